import Domain
import Testing

@testable import Planning

@Suite struct MeetingChoiceTests {
  @Test(arguments: 0..<800) func isTheBestOfAll(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let best = Self.best(request) else {
      #expect(throws: MeetingChoice.Problem.self) { try MeetingChoice(request) }
      return
    }
    let choice = try MeetingChoice(request)
    #expect(Self.allows(request, choice.chosen))
    #expect(choice.measure == Self.measure(request, choice.chosen))
    #expect(choice.measure == best)
    // What is worth nothing is not chosen.
    for pair in choice.chosen where !request.pairs[pair].isPinned {
      #expect(Self.measure(request, choice.chosen.filter { $0 != pair }) < best)
    }
  }

  /// Too large to try everything: a flow is the best one if no cycle of what it leaves open makes it better.
  @Test(arguments: 0..<30) func leavesNoBetterCycle(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random, firms: 12...25, investors: 20...40, pairs: 400, capacity: 20...200)
    let choice = try MeetingChoice(request)
    let table = try MeetingTable(request)
    let weights = try MeetingWeights(table)
    let (source, sink) = (table.participants.count, table.participants.count + 1)
    let chosen = Set(choice.chosen)
    let counts = table.counts(choice.chosen)
    let pinned = table.counts(table.order.filter { request.pairs[$0].isPinned })
    var arcs: [(from: Int, to: Int, weight: MeetingWeights.Weight)] = []
    for (node, participant) in table.participants.enumerated() {
      let (from, to) = node < request.firms.count ? (source, node) : (node, sink)
      if counts[node] < participant.room {
        arcs.append((from, to, weights.weight(minimum: participant.minimum, after: counts[node])))
      }
      if counts[node] > pinned[node] {
        arcs.append((to, from, .zero - weights.weight(minimum: participant.minimum, after: counts[node] - 1)))
      }
    }
    for index in table.order where !request.pairs[index].isPinned && !request.pairs[index].isForbidden {
      let (firm, investor) = (table.firmNodes[index], table.investorNodes[index])
      let weight = weights.weight(request.pairs[index])
      arcs.append(chosen.contains(index) ? (investor, firm, .zero - weight) : (firm, investor, weight))
    }
    if chosen.count < request.capacity { arcs.append((sink, source, .zero)) }
    arcs.append((source, sink, .zero))
    // R. Bellman and L. Ford: as many rounds as nodes end without a change unless there is such a cycle.
    var best = [MeetingWeights.Weight](repeating: .zero, count: sink + 1)
    var rounds = 0
    var isChanged = true
    while isChanged && rounds <= sink + 1 {
      isChanged = false
      for arc in arcs where best[arc.to] < best[arc.from] + arc.weight {
        best[arc.to] = best[arc.from] + arc.weight
        isChanged = true
      }
      rounds += 1
    }
    #expect(!isChanged)
  }

  @Test(arguments: 0..<300) func reasonsAreTrue(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let choice = try? MeetingChoice(request) else { return }
    let areTablesFull = choice.chosen.count >= request.capacity
    func meetings(firm: Int) -> Int { choice.chosen.count { request.pairs[$0].firm == firm } }
    func meetings(investor: Int) -> Int { choice.chosen.count { request.pairs[$0].investor == investor } }
    func isFull(firm: Int) -> Bool { meetings(firm: firm) >= request.firms[firm].room }
    func isFull(investor: Int) -> Bool { meetings(investor: investor) >= request.investors[investor].room }
    let short =
      request.firms.indices.count { meetings(firm: $0) < request.firms[$0].minimum }
      + request.investors.indices.count { meetings(investor: $0) < request.investors[$0].minimum }
    #expect(choice.shortages.count == short)
    for shortage in choice.shortages {
      let others = request.pairs.indices.filter { index in
        let pair = request.pairs[index]
        let isIts =
          switch shortage.party {
          case .firm(let firm): pair.firm == firm
          case .investor(let investor): pair.investor == investor
          }
        return isIts && !pair.isForbidden && !choice.chosen.contains(index)
      }
      let areFull = others.allSatisfy {
        switch shortage.party {
        case .firm: isFull(investor: request.pairs[$0].investor)
        case .investor: isFull(firm: request.pairs[$0].firm)
        }
      }
      switch (shortage.party, shortage.reason) {
      case (.firm(let firm), .ownLimit): #expect(isFull(firm: firm))
      case (.investor(let investor), .ownLimit): #expect(isFull(investor: investor))
      case (_, .noneLeft): #expect(others.isEmpty)
      case (_, .partnersFull): #expect(!others.isEmpty && areFull)
      case (_, .capacity): #expect(!areFull && areTablesFull)
      }
    }
    let wished = request.pairs.indices.filter {
      Self.wishes(request.pairs[$0]) > 0 && !choice.chosen.contains($0)
    }
    #expect(choice.leftOut.map(\.pair).sorted() == wished)
    for left in choice.leftOut {
      let pair = request.pairs[left.pair]
      #expect(left.isMust == (pair.firmWish == .mustMeet || pair.investorWish == .mustMeet))
      let full = (isFull(firm: pair.firm), isFull(investor: pair.investor))
      switch left.reason {
      case .unwanted: #expect(pair.isForbidden)
      case .firmFull: #expect(full == (true, false))
      case .investorFull: #expect(full == (false, true))
      case .bothFull: #expect(full == (true, true))
      case .capacity: #expect(full == (false, false) && areTablesFull)
      }
    }
    #expect(choice.leftOut.map(\.isMust) == choice.leftOut.map(\.isMust).sorted { $0 && !$1 })
  }

  @Test(arguments: 0..<100) func orderOfWhatIsAskedDoesNotMatter(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let choice = try? MeetingChoice(request) else { return }
    let firms = request.firms.indices.shuffled(using: &random)
    let pairs = request.pairs.indices.shuffled(using: &random)
    var other = request
    other.firms = firms.map { request.firms[$0] }
    other.pairs = pairs.map {
      var pair = request.pairs[$0]
      pair.firm = firms.firstIndex(of: pair.firm)!
      return pair
    }
    let again = try MeetingChoice(other)
    #expect(again.chosen.map { pairs[$0] } == choice.chosen)
    #expect(again.leftOut.map { pairs[$0.pair] } == choice.leftOut.map(\.pair))
  }

  @Test func namesWhatCannotBe() {
    func request(_ pairs: [MeetingChoice.Pair], capacity: Int = 9, minimum: Int = 1) -> MeetingChoice.Request
    {
      let participants = ["a", "b"].map { MeetingChoice.Participant(code: $0, slots: 1, minimum: minimum) }
      return .init(firms: participants, investors: participants, pairs: pairs, capacity: capacity)
    }
    func pinned(_ firm: Int, _ investor: Int, _ wish: Wish? = nil) -> MeetingChoice.Pair {
      .init(firm: firm, investor: investor, investorWish: wish, isPinned: true)
    }
    func expect(_ problem: MeetingChoice.Problem, _ request: MeetingChoice.Request) {
      #expect(throws: problem) { try MeetingChoice(request) }
    }
    expect(.twice(pair: 1), request([.init(firm: 0, investor: 1), .init(firm: 0, investor: 1)]))
    expect(.pinnedUnwanted(pair: 0), request([pinned(0, 0, .noThanks)]))
    expect(.pinnedBeyondRoom(.firm(0), pinned: 2, room: 1), request([pinned(0, 0), pinned(0, 1)]))
    expect(.pinnedBeyondRoom(.investor(1), pinned: 2, room: 1), request([pinned(0, 1), pinned(1, 1)]))
    expect(
      .pinnedBeyondCapacity(pinned: 2, capacity: 1), request([pinned(0, 0), pinned(1, 1)], capacity: 1))
    expect(.tooLarge, request([.init(firm: 0, investor: 1)], minimum: 100))
  }

  // MARK: The rules once more, as plainly as they can be said

  static func request(
    _ random: inout SplitMix64, firms: ClosedRange<Int> = 1...4, investors: ClosedRange<Int> = 1...4,
    pairs most: Int = 11, capacity: ClosedRange<Int> = 0...8
  ) -> MeetingChoice.Request {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let isSmall = most < 20
    func participants(_ prefix: String, _ range: ClosedRange<Int>) -> [MeetingChoice.Participant] {
      (0..<number(range)).map {
        .init(
          code: "\(prefix)\(isSmall ? $0 * 3 % 4 : $0)", most: number(0...2) == 0 ? number(0...3) : nil,
          slots: number(1...3),
          minimum: number(0...3))
      }
    }
    let (firms, investors) = (participants("f", firms), participants("v", investors))
    func wish() -> Wish? { [.mustMeet, .meet, nil, nil, .meet, .noThanks][number(0...5)] }
    var pairs: [MeetingChoice.Pair] = []
    for firm in firms.indices {
      for investor in investors.indices where number(0...3) > 0 && pairs.count < most {
        pairs.append(
          .init(
            firm: firm, investor: investor, firmWish: wish(), investorWish: wish(),
            score: [0, number(0...3), number(0...1_000_000)][number(0...2)],
            isPinned: isSmall && number(0...11) == 0))
      }
    }
    return .init(
      firms: firms, investors: investors, pairs: pairs.shuffled(using: &random), capacity: number(capacity))
  }

  static func wishes(_ pair: MeetingChoice.Pair) -> Int {
    [pair.firmWish, pair.investorWish].count { $0 == .mustMeet || $0 == .meet }
  }

  static func allows(_ request: MeetingChoice.Request, _ chosen: [Int]) -> Bool {
    func areWithin(_ participants: [MeetingChoice.Participant], _ side: KeyPath<MeetingChoice.Pair, Int>)
      -> Bool
    {
      participants.enumerated().allSatisfy { index, participant in
        let count = chosen.count { request.pairs[$0][keyPath: side] == index }
        return count <= participant.slots && count <= participant.most ?? .max
      }
    }
    return chosen.count <= request.capacity && areWithin(request.firms, \.firm)
      && areWithin(request.investors, \.investor)
      && request.pairs.indices.allSatisfy {
        let pair = request.pairs[$0]
        let isUnwanted = pair.firmWish == .noThanks || pair.investorWish == .noThanks
        return chosen.contains($0) ? !isUnwanted : !pair.isPinned
      }
  }

  static func measure(_ request: MeetingChoice.Request, _ chosen: [Int]) -> MeetingChoice.Measure {
    let pairs = chosen.map { request.pairs[$0] }
    var measure = MeetingChoice.Measure()
    measure.bothMust = pairs.count { $0.firmWish == .mustMeet && $0.investorWish == .mustMeet }
    measure.must = pairs.count { $0.firmWish == .mustMeet || $0.investorWish == .mustMeet }
    let counts =
      request.firms.enumerated().map { index, firm in (firm.minimum, pairs.count { $0.firm == index }) }
      + request.investors.enumerated().map { index, investor in
        (investor.minimum, pairs.count { $0.investor == index })
      }
    measure.reached = (0..<(counts.map(\.0).max() ?? 0)).map { step in
      counts.count { $0.0 > step && $0.1 > step }
    }
    measure.mutual = pairs.count { wishes($0) == 2 }
    measure.oneSided = pairs.count { wishes($0) == 1 }
    measure.score = pairs.map(\.score).reduce(0, +)
    return measure
  }

  /// The best measure of all choices that are allowed; nil where none is.
  static func best(_ request: MeetingChoice.Request) -> MeetingChoice.Measure? {
    (0..<1 << request.pairs.count).lazy
      .map { set in request.pairs.indices.filter { set >> $0 & 1 == 1 } }
      .filter { allows(request, $0) }.map { measure(request, $0) }.max()
  }
}
