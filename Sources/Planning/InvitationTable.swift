import Domain

/// A request for invitations, as columns. An **investor** and a **firm** here are counted in order of code.
struct InvitationTable {
  let request: Invitations.Request
  /// By investor, which one of the request it is.
  let investors: [Int]
  /// By firm, which one of the request it is.
  let firms: [Int]
  let guaranteed: [Int]
  let open: [Int]
  /// By investor, the firms that may interest it, in order.
  private(set) var attractions: [[Invitations.Attraction]]
  /// By investor, in millionths.
  private(set) var interests: [Int] = []
  /// By investor, the number of its house or -1.
  let houses: [Int]
  let houseNames: [String]
  /// Of one house.
  let most: Int
  /// By firm, in millionths of an investor.
  let demands: [Int]

  init(_ request: Invitations.Request) {
    let (investors, firms) = (request.investors, request.firms)
    precondition(investors.count <= 1_000_000 && firms.count <= 1_000 && request.places >= 0)
    precondition(firms.allSatisfy { (0...10_000).contains($0.demand) }, "a demand is out of range")
    precondition((0...999_999).contains(request.interest.floor), "the floor is out of range")
    precondition(
      [request.interest.peak, request.houseShare, request.coverage].allSatisfy {
        (0...1_000_000).contains($0)
      },
      "a share is out of range")
    self.request = request
    let order = investors.indices.sorted { Code.precedes(investors[$0].code, investors[$1].code) }
    self.investors = order
    guaranteed = order.indices.filter { investors[order[$0]].standing == .guaranteed }
    open = order.indices.filter { investors[order[$0]].standing == .open }
    houseNames = Set(investors.compactMap(\.house)).sorted(by: Code.precedes)
    let numbers = Dictionary(uniqueKeysWithValues: houseNames.enumerated().map { ($1, $0) })
    houses = order.map { investors[$0].house.map { numbers[$0]! } ?? -1 }
    most = request.mostPerHouse ?? .max
    self.firms = firms.indices.sorted { Code.precedes(firms[$0].code, firms[$1].code) }
    demands = self.firms.map { firms[$0].demand * 1_000_000 }
    attractions = [[Invitations.Attraction]](repeating: [], count: order.count)
    readScores()
    interests = attractions.map { Self.interest($0.map(\.probability)) }
  }

  private mutating func readScores() {
    var investorNumbers = [Int](repeating: 0, count: investors.count)
    for (number, investor) in investors.enumerated() { investorNumbers[investor] = number }
    var firmNumbers = [Int](repeating: 0, count: firms.count)
    for (number, firm) in firms.enumerated() { firmNumbers[firm] = number }
    for score in request.scores {
      precondition(score.value <= PlanningScore.most, "a score is out of range")
      let probability = request.interest.probability(of: score.value)
      guard probability > 0 else { continue }
      attractions[investorNumbers[score.investor]].append(
        Invitations.Attraction(firm: firmNumbers[score.firm], probability: probability))
    }
    for investor in attractions.indices {
      var kept: [Invitations.Attraction] = []
      for attraction in attractions[investor].sorted(by: {
        ($0.firm, $1.probability) < ($1.firm, $0.probability)
      }) where kept.last?.firm != attraction.firm { kept.append(attraction) }
      attractions[investor] = kept
    }
  }

  /// The probability that not all fail, in millionths. Reckoned with twelve digits, each product rounded.
  static func interest(_ probabilities: [Int]) -> Int {
    var none = 1_000_000_000_000
    for probability in probabilities { none = (none * (1_000_000 - probability) + 500_000) / 1_000_000 }
    return (1_000_000_000_000 - none + 500_000) / 1_000_000
  }

  func checkGuaranteed() throws(PlacesProblem) {
    guard guaranteed.count <= request.places else {
      throw .tooManyGuaranteed(guaranteed.count, places: request.places)
    }
    var counts = [Int](repeating: 0, count: houseNames.count)
    for investor in guaranteed where houses[investor] >= 0 { counts[houses[investor]] += 1 }
    if let house = counts.firstIndex(where: { $0 > most }) {
      throw .tooManyGuaranteedOf(group: houseNames[house], counts[house], most: most)
    }
  }

  /// What these members of a house count together, in 10^-12 of an investor.
  /// - Parameter interests: The greatest first.
  func worth(ofHouse interests: [Int]) -> Int {
    var (sum, share) = (0, 1_000_000)
    for interest in interests {
      sum += interest * share
      share = share * request.houseShare / 1_000_000
      if share == 0 { break }
    }
    return sum
  }
}
