/// Why a best choice leaves out what it leaves out.
///
/// A pair that is worth something and whose two sides have room is chosen as long as there are tables: the choice with
/// it would be better. So what is left out has one of few reasons.
struct MeetingReasons {
  private let table: MeetingTable
  private let isChosen: [Bool]
  private let meetings: [Int]
  private let isCapacityLeft: Bool

  init(_ table: MeetingTable, _ isChosen: [Bool]) {
    self.table = table
    self.isChosen = isChosen
    let chosen = table.order.filter { isChosen[$0] }
    meetings = table.counts(chosen)
    isCapacityLeft = chosen.count < table.request.capacity
  }

  private func isFull(_ node: Int) -> Bool { meetings[node] >= table.participants[node].room }

  func shortages() -> [MeetingChoice.Shortage] {
    var partners = [[Int]](repeating: [], count: meetings.count)
    for pair in table.order where !isChosen[pair] && !table.request.pairs[pair].isForbidden {
      partners[table.firmNodes[pair]].append(table.investorNodes[pair])
      partners[table.investorNodes[pair]].append(table.firmNodes[pair])
    }
    return meetings.indices.filter { meetings[$0] < table.participants[$0].minimum }.map { node in
      let reason: MeetingChoice.Shortage.Reason =
        if isFull(node) {
          .ownLimit
        } else if partners[node].isEmpty {
          .noneLeft
        } else if partners[node].allSatisfy(isFull) {
          .partnersFull
        } else {
          .capacity
        }
      assert(reason != .capacity || !isCapacityLeft)
      return MeetingChoice.Shortage(
        party: table.parties[node], meetings: meetings[node], minimum: table.participants[node].minimum,
        reason: reason)
    }
  }

  func leftOut() -> [MeetingChoice.LeftOut] {
    let left = table.order.filter { !isChosen[$0] && table.request.pairs[$0].wishCount > 0 }
    let ranked = left.enumerated().sorted { left, right in
      let (first, second) = (rank(left.element), rank(right.element))
      return first == second ? left.offset < right.offset : second.lexicographicallyPrecedes(first)
    }
    return ranked.map { _, pair in
      MeetingChoice.LeftOut(
        pair: pair, isMust: table.request.pairs[pair].mustCount > 0, reason: reason(pair))
    }
  }

  private func rank(_ index: Int) -> [Int] {
    let pair = table.request.pairs[index]
    return [pair.mustCount, pair.wishCount, pair.score]
  }

  private func reason(_ pair: Int) -> MeetingChoice.LeftOut.Reason {
    guard !table.request.pairs[pair].isForbidden else { return .unwanted }
    switch (isFull(table.firmNodes[pair]), isFull(table.investorNodes[pair])) {
    case (true, true): return .bothFull
    case (true, false): return .firmFull
    case (false, true): return .investorFull
    case (false, false):
      assert(!isCapacityLeft)
      return .capacity
    }
  }
}
