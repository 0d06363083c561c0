/// How many meetings find no slot at least, whatever moves.
///
/// Two bounds, the greater of which holds: somebody has more meetings than slots for them, and there are more meetings
/// than seats where they may be. A solver that has to find the second one by itself proves that pigeons do not fit into
/// too few holes, which takes it time that grows exponentially; an augmenting path takes microseconds.
struct LeastOutside {
  private let problem: TimetableProblem
  private let most: [Int: Int]
  private let open: [[Bool]]
  private let meetingsOf: [[Int]]

  init(_ problem: TimetableProblem, most: [Int: Int]) {
    (self.problem, self.most) = (problem, most)
    open = problem.openSlots
    meetingsOf = problem.meetingsOfParticipants
  }

  /// Among these meetings, where all others may stay outside.
  func among(_ meetings: [Int]) -> Int { max(byParticipants(Set(meetings)), bySeats(meetings)) }

  /// Each meeting counts for one participant only.
  private func byParticipants(_ meetings: Set<Int>) -> Int {
    var open = meetings
    var least = 0
    for (participant, all) in meetingsOf.enumerated() {
      let theirs = all.filter(open.contains)
      let without = bySeats(theirs, everySlot: 1)
      let surplus = max(without, theirs.count - (most[participant] ?? theirs.count))
      guard surplus > 0 else { continue }
      least += surplus
      open.subtract(theirs)
    }
    return least
  }

  /// Meetings less a largest matching of them with seats, by augmenting paths.
  ///
  /// - Parameter everySlot: seats of each slot; nil for its tables.
  private func bySeats(_ meetings: [Int], everySlot: Int? = nil) -> Int {
    var seated = [[Int]](repeating: [], count: problem.tables.count)
    func place(_ meeting: Int) -> Bool {
      // For each slot that is reached, the meeting that would move there, and where it sits.
      var mover = [Int](repeating: -1, count: seated.count)
      var origin = mover
      var queue = seated.indices.filter { open[meeting][$0] }
      for slot in queue { mover[slot] = meeting }
      var next = 0
      while next < queue.count {
        let slot = queue[next]
        next += 1
        if seated[slot].count < everySlot ?? problem.tables[slot] {
          var here = slot
          while true {
            seated[here].append(mover[here])
            guard origin[here] >= 0 else { return true }
            seated[origin[here]].removeAll { $0 == mover[here] }
            here = origin[here]
          }
        }
        for other in seated[slot] {
          for beyond in seated.indices where open[other][beyond] && mover[beyond] < 0 {
            (mover[beyond], origin[beyond]) = (other, slot)
            queue.append(beyond)
          }
        }
      }
      return false
    }
    return meetings.count { !place($0) }
  }
}
