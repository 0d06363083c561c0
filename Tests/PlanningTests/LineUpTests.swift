import Domain
import Testing

@testable import Planning

@Suite struct LineUpTests {
  @Test(arguments: 0..<400) func boundHoldsAndValueIsNear(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let best = Self.best(request) else {
      #expect(throws: PlacesProblem.self) { try LineUp(request) }
      return
    }
    let lineUp = try LineUp(request)
    let value = Self.value(request, lineUp.choices.map(\.candidate))
    #expect(value == lineUp.value)
    #expect(lineUp.value <= best && best <= lineUp.bound)
    // Ten firms are few enough to be searched to the end.
    #expect(lineUp.isOptimal && lineUp.share == 1_000_000)
    #expect(Self.allows(request, lineUp.choices.map(\.candidate)))
    let table = LineUpTable(request)
    #expect(lineUp.choices.count == table.filled(table.open, beside: table.guaranteed).count)

    var hasty = request
    hasty.effort = 0
    let near = try LineUp(hasty)
    #expect(near.value <= best && best <= near.bound)
    #expect(near.share <= 1_000_000 && (near.share == 1_000_000) == (near.value == near.bound))
    #expect(2 * near.value >= best)
  }

  @Test(arguments: 0..<200) func boundIsNotAboveThatByGains(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var request = Self.request(&random)
    request.mostPerInstitute = nil
    let table = LineUpTable(request)
    guard table.guaranteed.count <= table.places else { return }
    let chosen = LineUpSearch(table).greedy(after: table.guaranteed)
    let bound = LineUpBound(table, around: chosen)
    let state = table.state(of: chosen)
    let gains = table.open.filter { !chosen.contains($0) }.map { state.gain($0, table) }.sorted(by: >)
    let places = table.places - table.guaranteed.count
    #expect(bound.value <= gains.prefix(places).reduce(state.value, +))
    // The function lies above every set that is allowed, not only above the best one.
    for _ in 0..<20 {
      let set = table.filled(table.open.shuffled(using: &random), beside: table.guaranteed)
      #expect(set.reduce(bound.constant) { $0 + bound.worth[$1] } >= table.value(of: set))
    }
  }

  /// Whatever line-up and whatever bound it starts from.
  @Test(arguments: 0..<400) func branchingFindsTheBest(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var request = Self.request(&random)
    // Few and nearly equal scores leave gaps that swaps and bounds do not close.
    let spread = [0, 9_000][Int.random(in: 0...1, using: &random)]
    for place in request.scores.indices {
      let score = 300_000 + Int.random(in: 0...spread, using: &random)
      request.scores[place].value = Int.random(in: 0...2, using: &random) / 2 * score
    }
    request.sectorRewards = []
    guard let best = Self.best(request) else { return }
    let table = LineUpTable(request)
    func any() -> [Int] { table.filled(table.open.shuffled(using: &random), beside: table.guaranteed) }
    let start = any()
    let bound = LineUpBound(table, around: [any(), start][Int.random(in: 0...1, using: &random)])
    var branching = LineUpBranching(table, best: start, bound: bound, effort: .max)
    let isComplete = branching.run()
    #expect(isComplete)
    #expect(table.value(of: branching.best) == best && branching.best.count == start.count)
    #expect(Self.allows(request, branching.best.map { table.candidates[$0] }))
    for firm in table.open where !bound.allows(firm, table, above: best - 1) {
      request.candidates[table.candidates[firm]].standing = .guaranteed
      #expect(Self.best(request) ?? 0 < best)
      request.candidates[table.candidates[firm]].standing = .open
    }
  }

  @Test(arguments: 0..<100) func reasonsAreTrue(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let lineUp = try? LineUp(request) else { return }
    let chosen = lineUp.choices.map(\.candidate)
    var before: [Int] = []
    for choice in lineUp.choices {
      let rest = chosen.filter { $0 != choice.candidate }
      #expect(choice.missed == lineUp.value - Self.value(request, rest))
      let candidate = request.candidates[choice.candidate]
      let sectors = Set(before.flatMap { request.candidates[$0].sectors })
      #expect(choice.addedSectors == Set(candidate.sectors).subtracting(sectors).sorted())
      let isNew = !before.contains { request.candidates[$0].institute == candidate.institute }
      #expect(choice.addedInstitute == (isNew ? candidate.institute : nil))
      before.append(choice.candidate)
      #expect(
        choice.gain == Self.value(request, before) - Self.value(request, before.dropLast()))
      for score in choice.servesBest {
        #expect(score.value == Self.score(request, score.investor, choice.candidate))
        #expect(chosen.allSatisfy { Self.score(request, score.investor, $0) <= score.value })
      }
    }
    let served = request.investors.indices.count { investor in
      chosen.contains { Self.score(request, investor, $0) > 0 }
    }
    #expect(lineUp.choices.reduce(0) { $0 + $1.servesBest.count } == served)
    for other in lineUp.runnersUp {
      let swapped = chosen.map { $0 == other.insteadOf ? other.candidate : $0 }
      #expect(Self.allows(request, swapped) && other.missed >= 0)
      #expect(other.missed == lineUp.value - Self.value(request, swapped))
      #expect(other.gain == Self.value(request, chosen + [other.candidate]) - lineUp.value)
    }
    #expect(lineUp.runnersUp.map(\.missed) == lineUp.runnersUp.map(\.missed).sorted())
  }

  @Test(arguments: 0..<50) func orderOfWhatIsAskedDoesNotMatter(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let lineUp = try? LineUp(request) else { return }
    let places = request.candidates.indices.shuffled(using: &random)
    var other = request
    other.candidates = places.map { request.candidates[$0] }
    other.scores = request.scores.shuffled(using: &random).map {
      PlanningScore(investor: $0.investor, firm: places.firstIndex(of: $0.firm)!, value: $0.value)
    }
    let again = try LineUp(other)
    #expect(
      again.choices.map { other.candidates[$0.candidate].code }
        == lineUp.choices.map { request.candidates[$0.candidate].code })
    #expect(
      again.runnersUp.map { other.candidates[$0.candidate].code }
        == lineUp.runnersUp.map { request.candidates[$0.candidate].code })
  }

  @Test func namesWhatCannotBe() {
    var request = LineUp.Request(
      candidates: [
        .init(code: "a", institute: "x", standing: .guaranteed),
        .init(code: "b", institute: "x", standing: .guaranteed),
      ], investors: [], scores: [], places: 1)
    #expect(throws: PlacesProblem.tooManyGuaranteed(2, places: 1)) { try LineUp(request) }
    request.places = 2
    request.mostPerInstitute = 1
    #expect(throws: PlacesProblem.tooManyGuaranteedOf(group: "x", 2, most: 1)) { try LineUp(request) }
  }

  // MARK: The rules once more, as plainly as they can be said

  static func request(_ random: inout SplitMix64) -> LineUp.Request {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let candidates = (0..<number(1...10)).map { index in
      LineUp.Candidate(
        code: "f\(index * 7 % 10)", sectors: (0..<number(0...2)).map { _ in "s\(number(0...4))" },
        institute: number(0...3) == 0 ? nil : "i\(number(0...3))",
        standing: [.guaranteed, .excluded, .open, .open, .open, .open][number(0...5)])
    }
    let investors = (0..<number(1...8)).map { LineUp.Investor(code: "v\($0)", weight: number(1...3)) }
    var scores: [PlanningScore] = []
    for investor in investors.indices {
      for firm in candidates.indices where number(0...2) > 0 {
        let value = number(0...1) == 0 ? number(0...5) * 200_000 : number(0...1_000_000)
        scores.append(PlanningScore(investor: investor, firm: firm, value: value))
      }
    }
    var request = LineUp.Request(
      candidates: candidates, investors: investors, scores: scores, places: number(0...6))
    request.mostPerInstitute = number(0...1) == 0 ? nil : number(1...2)
    request.serving = [[1], [6, 3, 1], [2, 2], []][number(0...3)]
    func rewards() -> [Int] {
      (0..<number(0...5)).map { _ in number(0...2_000_000) }.sorted(by: >)
    }
    request.sectorRewards = rewards()
    request.instituteRewards = rewards()
    return request
  }

  static func score(_ request: LineUp.Request, _ investor: Int, _ firm: Int) -> Int {
    request.scores.filter { $0.investor == investor && $0.firm == firm }.map(\.value).max() ?? 0
  }

  static func value(_ request: LineUp.Request, _ chosen: some Sequence<Int>) -> Int {
    let chosen = Array(chosen)
    var value = 0
    for (index, investor) in request.investors.enumerated() {
      let scores = chosen.map { score(request, index, $0) }.sorted(by: >)
      value += zip(scores, request.serving).reduce(0) { $0 + $1.0 * $1.1 } * investor.weight
    }
    let sectors = Set(chosen.flatMap { request.candidates[$0].sectors })
    let institutes = Set(chosen.compactMap { request.candidates[$0].institute })
    return value + request.sectorRewards.prefix(sectors.count).reduce(0, +)
      + request.instituteRewards.prefix(institutes.count).reduce(0, +)
  }

  static func allows(_ request: LineUp.Request, _ chosen: [Int]) -> Bool {
    let institutes = Dictionary(grouping: chosen.compactMap { request.candidates[$0].institute }) { $0 }
    return chosen.count <= request.places && Set(chosen).count == chosen.count
      && institutes.values.allSatisfy { $0.count <= request.mostPerInstitute ?? .max }
      && request.candidates.indices.allSatisfy {
        switch request.candidates[$0].standing {
        case .open: true
        case .guaranteed: chosen.contains($0)
        case .excluded: !chosen.contains($0)
        }
      }
  }

  /// The greatest value of all sets that are allowed; nil where none is.
  static func best(_ request: LineUp.Request) -> Int? {
    (0..<1 << request.candidates.count).lazy
      .map { set in request.candidates.indices.filter { set >> $0 & 1 == 1 } }
      .filter { allows(request, $0) }.map { value(request, $0) }.max()
  }
}
