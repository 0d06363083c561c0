/// A timetable in clauses.
///
/// After M. Bofill, J. Coll, M. Garcia, J. Giráldez-Cru, G. Pesant, J. Suy, M. Villaret: "Constraint Solving Approaches
/// to the Business-to-Business Meeting Scheduling Problem", JAIR 74, 2022. What they found to make the difference is
/// implied by the rest and stated all the same: each participant uses as many slots as it has meetings, groups of
/// meetings that share a participant stand for the tables they use, and those who meet are twice as many as tables.
struct TimetableModel {
  let solver: SATSolver
  /// For each meeting and slot, the literal that says it is there; nil where it cannot be.
  private(set) var at: [[Literal?]] = []
  /// For each participant and slot, the literal that says it has a meeting.
  private(set) var used: [[Literal?]] = []
  /// For each participant, literals that hold wherever it has more than 0, 1, … breaks above the fewest allowed.
  private(set) var breaks: [[Literal]] = []

  private let problem: TimetableProblem
  private let meetingsOf: [[Int]]

  /// - Parameter fewest: breaks that each participant has at least; at most it has `mostSpread` more.
  init(_ problem: TimetableProblem, fewest: Int = 0, in solver: SATSolver) {
    self.problem = problem
    self.solver = solver
    meetingsOf = problem.meetingsOfParticipants
    addMeetings()
    addParticipants()
    addTables()
    addPrecedences()
    addPlaces()
    addWalks()
    for participant in 0..<problem.participants { addBreaks(of: participant, fewest: fewest) }
  }

  /// For each meeting its slot in the solution just found.
  var timetable: [Int] {
    at.map { $0.firstIndex { $0.map(solver.holds) ?? false } ?? 0 }
  }

  private mutating func addMeetings() {
    for domain in problem.domains {
      let places = domain.map { $0 ? solver.variable() : nil }
      at.append(places)
      solver.addExactlyOne(places.compactMap { $0 })
    }
  }

  private mutating func addParticipants() {
    for meetings in meetingsOf {
      let row = problem.tables.indices.map { slot -> Literal? in
        let here = meetings.compactMap { at[$0][slot] }
        guard here.count > 1 else { return here.first }
        let used = solver.variable()
        solver.add(here + [-used])
        for literal in here { solver.add(-literal, used) }
        solver.addAtMostOne(here)
        return used
      }
      solver.addExactly(meetings.count, of: row.compactMap { $0 })
      used.append(row)
    }
  }

  /// Each meeting belongs to a group of one of its participants, the largest first; a group uses one table at most.
  private func addTables() {
    var open = Set(problem.meetings.indices)
    var groups: [(participant: Int, meetings: [Int])] = []
    var left = meetingsOf.map(\.count)
    while !open.isEmpty {
      let participant = left.indices.max { (left[$0], -$0) < (left[$1], -$1) } ?? 0
      let meetings = meetingsOf[participant].filter(open.contains)
      for meeting in meetings {
        left[problem.meetings[meeting].first] -= 1
        left[problem.meetings[meeting].second] -= 1
      }
      open.subtract(meetings)
      groups.append((participant, meetings))
    }
    for (slot, tables) in problem.tables.enumerated() {
      let busy = groups.compactMap { group -> Literal? in
        let here = group.meetings.compactMap { at[$0][slot] }
        guard here.count > 1 else { return here.first }
        let isAll = group.meetings.count == meetingsOf[group.participant].count
        guard !isAll else { return used[group.participant][slot] }
        let used = solver.variable()
        for literal in here { solver.add(-literal, used) }
        solver.add(here + [-used])
        return used
      }
      if let tooMany = Totalizer(busy, in: solver).more(than: tables) { solver.add(-tooMany) }
      // Implied: two people sit at each table.
      let people = used.compactMap { $0[slot] }
      if let tooMany = Totalizer(people, in: solver).more(than: 2 * tables) { solver.add(-tooMany) }
    }
  }

  private func addPrecedences() {
    for precedence in problem.precedences {
      // The first was there or earlier.
      var begun: Literal?
      for slot in problem.tables.indices {
        if let after = at[precedence.after][slot] { solver.add([-after] + (begun.map { [$0] } ?? [])) }
        guard let before = at[precedence.before][slot] else { continue }
        let now = solver.variable()
        solver.add([-now, before] + (begun.map { [$0] } ?? []))
        begun = now
      }
    }
  }

  private func addPlaces() {
    for place in problem.places {
      for slot in problem.tables.indices {
        let here = place.meetings.compactMap { at[$0][slot] }
        if let tooMany = Totalizer(here, in: solver).more(than: place.most) { solver.add(-tooMany) }
      }
    }
  }

  /// Nobody is in two rooms one right after the other where there is no time to walk.
  private func addWalks() {
    let lastOfDays = Set(problem.dayStarts.map { $0 - 1 }).union([problem.tables.count - 1])
    for slot in problem.hurriedSlots.subtracting(lastOfDays).sorted() {
      for meetings in meetingsOf {
        let rooms = Dictionary(grouping: meetings.filter { problem.meetings[$0].room != nil }) {
          problem.meetings[$0].room
        }
        guard rooms.count > 1 else { continue }
        for (room, here) in rooms {
          for (other, there) in rooms where other != room {
            for first in here.compactMap({ at[$0][slot] }) {
              for second in there.compactMap({ at[$0][slot + 1] }) { solver.add(-first, -second) }
            }
          }
        }
      }
    }
  }

  /// Counts breaks from the first slot to the last: a meeting after a slot without one, on a day that had one before,
  /// ends a break.
  private mutating func addBreaks(of participant: Int, fewest: Int) {
    let most = min(fewest + problem.mostSpread, max(meetingsOf[participant].count - 1, 0))
    /// had: there was a meeting today; counted[k]: more than k breaks have ended.
    var had: Literal?
    var counted: [Literal?] = Array(repeating: nil, count: most + 1)
    for slot in problem.tables.indices {
      if problem.dayStarts.contains(slot) { had = nil }
      guard let here = used[participant][slot] else { continue }
      let before = problem.dayStarts.contains(slot) ? nil : used[participant][slot - 1]
      if let had {
        let ends = [-here, -had] + (before.map { [$0] } ?? [])
        counted = count(ends, on: counted, exactly: fewest > 0)
      }
      had = added(here, to: had)
    }
    if let tooMany = counted[most] { solver.add(-tooMany) }
    for k in 0..<min(fewest, most + 1) { solver.add(counted[k].map { [$0] } ?? []) }
    if fewest > most { solver.add([]) }
    let above = fewest < most ? counted[fewest..<most].compactMap { $0 } : []
    // More than one is more than none.
    for (fewer, more) in zip(above, above.dropFirst()) { solver.add(-more, fewer) }
    breaks.append(above)
  }

  private func added(_ literal: Literal, to earlier: Literal?) -> Literal {
    guard let earlier else { return literal }
    let either = solver.variable()
    solver.add(-earlier, either)
    solver.add(-literal, either)
    solver.add(-either, earlier, literal)
    return either
  }

  /// One break more where what `ends` says is all wrong.
  private func count(_ ends: [Literal], on counted: [Literal?], exactly: Bool) -> [Literal?] {
    counted.indices.map { k in
      let fewer = k == 0 ? nil : counted[k - 1]
      guard k == 0 || fewer != nil else { return counted[k] }
      let now = solver.variable()
      solver.add(ends + (fewer.map { [-$0] } ?? []) + [now])
      if let before = counted[k] { solver.add(-before, now) }
      if exactly {
        let before = counted[k].map { [$0] } ?? []
        for reason in ends { solver.add([-now, -reason] + before) }
        if let fewer { solver.add([-now, fewer] + before) }
      }
      return now
    }
  }
}
