import Domain

/// A request for a line-up, as columns. A **firm** here is a candidate that is not excluded, counted in order of code.
struct LineUpTable {
  /// A kind of thing that firms cover: sectors, or institutes.
  struct Coverage {
    /// By firm.
    let groups: [[Int]]
    let names: [String]
    /// What covering so many is worth; the last one holds for more.
    let worth: [Int]

    init(_ namesByFirm: [[String]], rewards: [Int]) {
      precondition(zip(rewards, rewards.dropFirst()).allSatisfy(>=), "rewards grow")
      precondition(rewards.allSatisfy { (0...1_000_000_000_000).contains($0) }, "a reward is out of range")
      names = Set(namesByFirm.joined()).sorted(by: Code.precedes)
      let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
      groups = namesByFirm.map { Set($0).map { numbers[$0]! }.sorted() }
      worth = rewards.prefix(names.count).reduce(into: [0]) { $0.append($0.last! + $1) }
    }

    func worth(of count: Int) -> Int { worth[min(count, worth.count - 1)] }
  }

  let request: LineUp.Request
  /// By firm, which candidate it is.
  let candidates: [Int]
  let guaranteed: [Int]
  /// Firms whose place is open.
  let open: [Int]
  let places: Int
  /// By firm, the number of its institute or -1.
  let institutes: [Int]
  /// Of one institute.
  let most: Int
  let sectors: Coverage
  let instituteCoverage: Coverage

  /// Scores by firm: those of firm f are at `starts[f]..<starts[f + 1]`, in order of investors.
  private(set) var starts: [Int] = [0]
  private(set) var scoredInvestors: [Int32] = []
  private(set) var scores: [Int32] = []
  /// By investor.
  let weights: [Int]
  /// How much more an investor's k-th best firm counts than the next one.
  let steps: [Int]

  var firmCount: Int { candidates.count }
  var investorCount: Int { weights.count }
  var depth: Int { steps.count }

  init(_ request: LineUp.Request) {
    precondition(request.investors.count <= 10_000 && request.candidates.count <= 100_000)
    precondition((0...LineUp.mostPlaces).contains(request.places), "too many places")
    precondition(request.investors.allSatisfy { (1...1_000).contains($0.weight) }, "a weight is out of range")
    let serving = request.serving
    precondition(zip(serving, serving.dropFirst()).allSatisfy(>=), "what firms count grows")
    precondition(serving.allSatisfy { $0 >= 0 } && serving.reduce(0, +) <= 1_000, "firms count too much")
    self.request = request
    candidates = request.candidates.indices.filter { request.candidates[$0].standing != .excluded }
      .sorted { Code.precedes(request.candidates[$0].code, request.candidates[$1].code) }
    let firms = candidates.map { request.candidates[$0] }
    guaranteed = firms.indices.filter { firms[$0].standing == .guaranteed }
    open = firms.indices.filter { firms[$0].standing == .open }
    places = request.places
    sectors = Coverage(firms.map(\.sectors), rewards: request.sectorRewards)
    instituteCoverage = Coverage(
      firms.map { $0.institute.map { [$0] } ?? [] }, rewards: request.instituteRewards)
    institutes = instituteCoverage.groups.map { $0.first ?? -1 }
    most = request.mostPerInstitute ?? .max
    weights = request.investors.map(\.weight)
    steps = serving.indices.map { serving[$0] - ($0 + 1 < serving.count ? serving[$0 + 1] : 0) }
    readScores()
  }

  private mutating func readScores() {
    var firmOfCandidate = [Int](repeating: -1, count: request.candidates.count)
    for (firm, candidate) in candidates.enumerated() { firmOfCandidate[candidate] = firm }
    var rows = [[(investor: Int32, score: Int32)]](repeating: [], count: firmCount)
    for score in request.scores where score.value > 0 && firmOfCandidate[score.firm] >= 0 {
      precondition(score.value <= PlanningScore.most && score.investor < investorCount)
      rows[firmOfCandidate[score.firm]].append((Int32(score.investor), Int32(score.value)))
    }
    for row in rows {
      for (investor, score) in row.sorted(by: { ($0.investor, $1.score) < ($1.investor, $0.score) })
      where scoredInvestors.count == starts.last! || scoredInvestors.last! != investor {
        scoredInvestors.append(investor)
        scores.append(score)
      }
      starts.append(scores.count)
    }
  }

  func checkGuaranteed() throws(PlacesProblem) {
    guard guaranteed.count <= places else {
      throw .tooManyGuaranteed(guaranteed.count, places: places)
    }
    var counts = [Int](repeating: 0, count: instituteCoverage.names.count)
    for firm in guaranteed where institutes[firm] >= 0 { counts[institutes[firm]] += 1 }
    if let institute = counts.firstIndex(where: { $0 > most }) {
      throw .tooManyGuaranteedOf(
        group: instituteCoverage.names[institute], counts[institute], most: most)
    }
  }

  func state(of firms: some Sequence<Int>) -> LineUpState {
    var state = LineUpState(self)
    for firm in firms { state.add(firm, self) }
    return state
  }

  func value(of firms: [Int]) -> Int { state(of: firms).value }

  /// The guaranteed firms and the best of these open ones that fit in: a maximal weight basis of a matroid, for which
  /// greedy choice is exact.
  /// - Parameter firms: The best first.
  func filled(_ firms: some Sequence<Int>, beside taken: [Int], isTaken: (Int) -> Bool = { _ in false })
    -> [Int]
  {
    var result = taken
    var counts = [Int: Int]()
    for firm in taken { counts[institutes[firm], default: 0] += 1 }
    for firm in firms {
      guard result.count < places else { break }
      guard !isTaken(firm) else { continue }
      let institute = institutes[firm]
      guard institute < 0 || counts[institute, default: 0] < most else { continue }
      counts[institute, default: 0] += 1
      result.append(firm)
    }
    return result
  }
}
