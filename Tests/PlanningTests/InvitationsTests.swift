import Domain
import Testing

@testable import Planning

@Suite struct InvitationsTests {
  @Test(arguments: 0..<300) func everyNextOneAddsMost(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    let guaranteed = Self.standing(request, .guaranteed)
    guard guaranteed.count <= request.places, Self.allows(request, guaranteed) else {
      #expect(throws: PlacesProblem.self) { try Invitations(request) }
      return
    }
    let invitations = try Invitations(request)
    let listed = invitations.invited + invitations.reserves
    var before: [Int] = []
    for invitation in listed {
      let isOpen = before.count >= guaranteed.count
      let rivals = Self.standing(request, isOpen ? .open : .guaranteed)
        .filter { !before.contains($0) && Self.allows(request, before + [$0]) }
      let gains = rivals.map { Self.value(request, before + [$0]) - Self.value(request, before) }
      let gain = Self.value(request, before + [invitation.investor]) - Self.value(request, before)
      #expect(rivals.contains(invitation.investor) && gain == gains.max())
      // Of equals the first by code.
      let best = zip(rivals, gains).filter { $0.1 == gain }.map { request.investors[$0.0].code }.min()
      #expect(request.investors[invitation.investor].code == best)
      #expect(invitation.gain == gain / 1_000_000 && (gain > 0 || !isOpen))
      before.append(invitation.investor)
    }
    #expect(invitations.invited.count <= request.places)
    #expect(invitations.reserves.isEmpty || invitations.invited.count == request.places)
    #expect(
      (listed.map(\.investor) + invitations.others.map(\.investor)).sorted()
        == Array(request.investors.indices))
    for other in invitations.others {
      let gain = Self.value(request, before + [other.investor]) - Self.value(request, before)
      switch other.reason {
      case .excluded: #expect(request.investors[other.investor].standing == .excluded)
      case .noInterest: #expect(Self.interest(request, other.investor) == 0)
      case .houseFull: #expect(!Self.allows(request, before + [other.investor]))
      case .places: #expect(gain == 0 || listed.count == request.places + request.reserves)
      }
    }
  }

  @Test(arguments: 0..<200) func isAtLeastHalfOfTheBest(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let invitations = try? Invitations(request) else { return }
    let open = Self.standing(request, .open)
    let guaranteed = Self.standing(request, .guaranteed)
    let best = (0..<1 << open.count).lazy
      .map { set in guaranteed + open.indices.filter { set >> $0 & 1 == 1 }.map { open[$0] } }
      .filter { $0.count <= request.places && Self.allows(request, $0) }
      .map { Self.value(request, $0) }.max()!
    let value = Self.value(request, invitations.invited.map(\.investor))
    #expect(value <= best && 2 * value >= best)
  }

  @Test(arguments: 0..<100) func reasonsAreTrue(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random)
    guard let invitations = try? Invitations(request) else { return }
    var before: [Int] = []
    for invitation in invitations.invited {
      let probabilities = request.firms.indices.map {
        Self.probability(request, invitation.investor, $0)
      }
      let none = probabilities.reduce(1.0) { $0 * (1 - Double($1) / 1e6) }
      #expect(abs(Double(invitation.interest) - (1 - none) * 1e6) < 1)
      #expect(
        invitation.best.map(\.probability)
          == probabilities.filter { $0 > 0 }.sorted(by: >).prefix(3).map { $0 })
      for attraction in invitation.best { #expect(attraction.probability == probabilities[attraction.firm]) }
      let short = request.firms.indices.filter { firm in
        let expected = before.map { Self.probability(request, $0, firm) }.reduce(0, +)
        return probabilities[firm] > 0 && expected < request.firms[firm].demand * 1_000_000
      }
      #expect(invitation.covers.sorted() == short)
      before.append(invitation.investor)
      let house = request.investors[invitation.investor].house
      #expect(
        invitation.placeInHouse
          == (house == nil ? 0 : before.count { request.investors[$0].house == house }))
    }
    for coverage in invitations.coverage {
      #expect(
        coverage.expected == before.map { Self.probability(request, $0, coverage.firm) }.reduce(0, +))
      #expect(coverage.demand == request.firms[coverage.firm].demand)
    }
    #expect(invitations.coverage.map { request.firms[$0.firm].code } == request.firms.map(\.code).sorted())
  }

  @Test func spreadsOverHousesAndFirms() throws {
    // Three of house A are a little more interested than two of B and one of none.
    let houses = ["A", "A", "A", "B", "B", nil]
    let investors = houses.enumerated().map { Invitations.Investor(code: "v\($0)", house: $1) }
    let scores = (0..<6).map {
      PlanningScore(investor: $0, firm: 0, value: $0 < 3 ? 900_000 : 890_000)
    }
    var request = Invitations.Request(
      investors: investors, firms: [.init(code: "f0", demand: 0), .init(code: "f1", demand: 1)],
      scores: scores, places: 5)
    #expect(try Invitations(request).invited.map(\.investor) == [0, 3, 5, 1, 4].map { $0 })
    request.houseShare = 1_000_000
    #expect(try Invitations(request).invited.map(\.investor) == [0, 1, 2, 3, 4])
    request.mostPerHouse = 1
    let limited = try Invitations(request)
    #expect(limited.invited.map(\.investor) == [0, 3, 5])
    #expect(limited.others.map(\.reason) == [.houseFull, .houseFull, .houseFull])
    // Whoever likes the firm that nobody likes is worth more than those who like what all like.
    request.scores[5] = PlanningScore(investor: 5, firm: 1, value: 800_000)
    #expect(try Invitations(request).invited.map(\.investor) == [5, 0, 3])
  }

  // MARK: The rules once more, as plainly as they can be said

  static func request(_ random: inout SplitMix64) -> Invitations.Request {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let investors = (0..<number(1...9)).map {
      Invitations.Investor(
        code: "v\($0 * 7 % 10)", house: number(0...2) == 0 ? nil : "h\(number(0...2))",
        standing: [.guaranteed, .excluded, .open, .open, .open, .open, .open][number(0...6)])
    }
    let firms = (0..<number(1...5)).map { Invitations.Firm(code: "f\($0 * 3 % 5)", demand: number(0...3)) }
    var scores: [PlanningScore] = []
    for investor in investors.indices {
      for firm in firms.indices where number(0...2) > 0 {
        let value = number(0...1) == 0 ? number(0...5) * 200_000 : number(0...1_000_000)
        scores.append(PlanningScore(investor: investor, firm: firm, value: value))
      }
    }
    var request = Invitations.Request(
      investors: investors, firms: firms, scores: scores.shuffled(using: &random), places: number(0...6))
    request.mostPerHouse = number(0...1) == 0 ? nil : number(1...2)
    request.houseShare = [0, 500_000, 1_000_000][number(0...2)]
    request.coverage = [0, 300_000][number(0...1)]
    request.interest = number(0...2) == 0 ? .init(floor: 0, peak: 1_000_000) : .init()
    request.reserves = number(0...2)
    return request
  }

  static func standing(_ request: Invitations.Request, _ standing: Standing) -> [Int] {
    request.investors.indices.filter { request.investors[$0].standing == standing }
  }

  static func probability(_ request: Invitations.Request, _ investor: Int, _ firm: Int) -> Int {
    let score = request.scores.filter { $0.investor == investor && $0.firm == firm }.map(\.value).max() ?? 0
    let (floor, peak) = (request.interest.floor, request.interest.peak)
    return score <= floor ? 0 : (score - floor) * peak / (1_000_000 - floor)
  }

  static func interest(_ request: Invitations.Request, _ investor: Int) -> Int {
    let firms = request.firms.indices.sorted { request.firms[$0].code < request.firms[$1].code }
    return InvitationTable.interest(firms.map { probability(request, investor, $0) })
  }

  static func allows(_ request: Invitations.Request, _ invited: [Int]) -> Bool {
    let houses = Dictionary(grouping: invited.compactMap { request.investors[$0].house }) { $0 }
    return houses.values.allSatisfy { $0.count <= request.mostPerHouse ?? .max }
  }

  static func value(_ request: Invitations.Request, _ invited: [Int]) -> Int {
    var value = 0
    for investor in invited where request.investors[investor].house == nil {
      value += interest(request, investor) * 1_000_000
    }
    for house in Set(invited.compactMap { request.investors[$0].house }) {
      let interests = invited.filter { request.investors[$0].house == house }
        .map { interest(request, $0) }.sorted(by: >)
      var share = 1_000_000
      for interest in interests {
        value += interest * share
        share = share * request.houseShare / 1_000_000
      }
    }
    for (firm, wanting) in request.firms.enumerated() {
      let expected = invited.map { probability(request, $0, firm) }.reduce(0, +)
      value += min(wanting.demand * 1_000_000, expected) * request.coverage
    }
    return value
  }
}
