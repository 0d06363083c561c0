import Domain

/// A request for meetings, checked and in order of codes. A **node** is a firm or, after all of these, an investor, each
/// in order of code.
struct MeetingTable {
  let request: MeetingChoice.Request
  let parties: [MeetingChoice.Party]
  /// By node.
  let participants: [MeetingChoice.Participant]
  /// By pair.
  let firmNodes: [Int]
  /// By pair.
  let investorNodes: [Int]
  /// All pairs, in order of their nodes.
  let order: [Int]

  init(_ request: MeetingChoice.Request) throws(MeetingChoice.Problem) {
    self.request = request
    func ranked(_ participants: [MeetingChoice.Participant]) -> [Int] {
      participants.indices.sorted { Code.precedes(participants[$0].code, participants[$1].code) }
    }
    let (firms, investors) = (ranked(request.firms), ranked(request.investors))
    parties = firms.map { .firm($0) } + investors.map { .investor($0) }
    participants = firms.map { request.firms[$0] } + investors.map { request.investors[$0] }
    var firmNode = [Int](repeating: 0, count: firms.count)
    for (node, firm) in firms.enumerated() { firmNode[firm] = node }
    var investorNode = [Int](repeating: 0, count: investors.count)
    for (node, investor) in investors.enumerated() { investorNode[investor] = firms.count + node }
    let firmNodes = request.pairs.map { firmNode[$0.firm] }
    let investorNodes = request.pairs.map { investorNode[$0.investor] }
    order = request.pairs.indices.sorted {
      (firmNodes[$0], investorNodes[$0], $0) < (firmNodes[$1], investorNodes[$1], $1)
    }
    (self.firmNodes, self.investorNodes) = (firmNodes, investorNodes)
    try checkPairs()
    try checkPinned()
  }

  private func checkPairs() throws(MeetingChoice.Problem) {
    for (first, second) in zip(order, order.dropFirst())
    where firmNodes[first] == firmNodes[second] && investorNodes[first] == investorNodes[second] {
      throw .twice(pair: second)
    }
    for pair in order {
      precondition((0...PlanningScore.most).contains(request.pairs[pair].score), "a score is out of range")
      if request.pairs[pair].isPinned && request.pairs[pair].isForbidden {
        throw .pinnedUnwanted(pair: pair)
      }
    }
  }

  private func checkPinned() throws(MeetingChoice.Problem) {
    let pinned = order.filter { request.pairs[$0].isPinned }
    for (node, count) in counts(pinned).enumerated() where count > participants[node].room {
      throw .pinnedBeyondRoom(parties[node], pinned: count, room: participants[node].room)
    }
    guard pinned.count <= request.capacity else {
      throw .pinnedBeyondCapacity(pinned: pinned.count, capacity: request.capacity)
    }
  }

  /// By node, in how many of the pairs it is.
  func counts(_ pairs: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: participants.count)
    for pair in pairs {
      counts[firmNodes[pair]] += 1
      counts[investorNodes[pair]] += 1
    }
    return counts
  }

  /// How many meetings any participant should have at least.
  var greatestMinimum: Int { max(0, participants.map(\.minimum).max() ?? 0) }

  func measure(_ chosen: [Int]) -> MeetingChoice.Measure {
    var measure = MeetingChoice.Measure()
    for pair in chosen.map({ request.pairs[$0] }) {
      if pair.mustCount == 2 { measure.bothMust += 1 }
      if pair.mustCount > 0 { measure.must += 1 }
      if pair.wishCount == 2 { measure.mutual += 1 }
      if pair.wishCount == 1 { measure.oneSided += 1 }
      measure.score += pair.score
    }
    measure.reached = [Int](repeating: 0, count: greatestMinimum)
    for (node, count) in counts(chosen).enumerated() {
      for step in 0..<max(0, min(count, participants[node].minimum)) { measure.reached[step] += 1 }
    }
    return measure
  }
}
