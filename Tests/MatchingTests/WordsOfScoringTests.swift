import Domain
import Testing

@testable import Matching

/// Rules of docs/SCORING.md that its readers had to guess, written once more from its words alone.
@Suite struct WordsOfScoringTests {
  // MARK: Evidence

  /// The first and the last day count, on the snapshot's day 15 June 2026.
  @Test(
    arguments: [
      ("2026-06-15", nil, true), ("2026-06-16", nil, false), ("1999-01-01", nil, true),
      ("2026-01-01", "2026-06-15", true), ("2026-01-01", "2026-06-14", false),
      ("2026-06-15", "2026-06-15", true), ("2026-06-16", "2026-12-31", false),
    ] as [(String, String?, Bool)]) func daysOfEvidence(from: String, until: String?, counts: Bool) throws
  {
    let desk = Desk().with {
      ($0.candidate.trl, $0.candidate.stage) = (6, .seriesA)
      $0.evidence = [EvidenceRow(firm: 1, date: Day(from)!, until: until.map { Day($0)! })]
    }
    #expect(try desk.part(.readiness).value == 700_000 + 300 * (counts ? 700 : 200))
  }

  // MARK: Tickets

  private static func ticketValue(_ ask: Int64, _ min: Int64?, _ max: Int64?) -> Int? {
    if min == nil, max == nil { return nil }
    if let max, ask > max { return Int(max * 1_000_000 / ask) }
    if let min, ask < min { return Int(ask * 1_000_000 / min) }
    return 1_000_000
  }

  @Test func ticketsWithAnOpenEnd() throws {
    let ends: [Int64?] = [nil, 400, 1_000]
    for min in ends {
      for max in ends where (min ?? 0) <= (max ?? .max) {
        for ask: Int64 in [
          1, 99, 100, 101, 399, 400, 401, 1_000, 4_000, 4_001, 10_000, 10_001, 1_000_000_000_000,
        ] {
          let desk = Desk().with {
            ($0.investor.ticketMin, $0.investor.ticketMax, $0.candidate.ask) = (min, max, ask)
          }
          let place = "\(ask) with \(min ?? -1) to \(max ?? -1)"
          #expect(try desk.part(.ticket).value == Self.ticketValue(ask, min, max), "\(place)")
          let isVetoed = max.map { ask > 10 * $0 } ?? false || min.map { ask * 4 < $0 } ?? false
          #expect(try (desk.veto(.ticket) != nil) == isVetoed, "\(place)")
        }
      }
    }
  }

  @Test(
    arguments: [
      (nil, nil, false), (0, nil, true), (1, nil, false), (99, 100, true), (100, 100, false),
      (nil, 100, false),
    ] as [(Int64?, Int64?, Bool)]) func budgetsLeft(budget: Int64?, smallest: Int64?, isVetoed: Bool) throws
  {
    let desk = Desk().with { ($0.investor.budgetLeft, $0.investor.ticketMin) = (budget, smallest) }
    #expect(try (desk.veto(.noBudget) != nil) == isVetoed)
  }

  // MARK: Near places

  private struct Place: Hashable {
    var city: String?
    var region: String?
    var country: String?
  }

  private static func near(_ firm: Place, _ investor: Place, _ all: [Place]) -> Int? {
    if let one = firm.country, let other = investor.country, one != other { return 0 }
    guard let city = investor.city?.lowercased(), firm.city != nil || firm.region != nil else { return nil }
    if firm.city?.lowercased() == city { return 1_000_000 }
    guard let region = firm.region?.lowercased() else { return 0 }
    let isNamed = all.contains { $0.city?.lowercased() == city && $0.region?.lowercased() == region }
    return region == city || isNamed ? 600_000 : 0
  }

  @Test func nearPlaces() throws {
    let policy = try Policy(number: 1).changing(["firm_value_near": 500_000, "firm_value_cvc": 0], number: 2)
    let other = Place(city: "Hefei", region: "Anhui", country: "CN")
    for city in [nil, "hefei", "Wuhu"] {
      for region in [nil, "ANHUI", "Hefei", "Jiangsu"] {
        for country in [nil, "CN", "DE"] {
          let firm = Place(city: city, region: region, country: country)
          for own in [nil, "Hefei", "Berlin"] {
            for home in [nil, "CN"] {
              let investor = Place(city: own, country: home)
              let snapshot = try SnapshotBuilder(
                candidates: [
                  CandidateRow(
                    id: 1, kind: .firm, code: "F", name: "F", region: region, city: city, country: country),
                  CandidateRow(
                    id: 2, kind: .firm, code: "G", isRetired: true, name: "G", region: other.region,
                    city: other.city, country: other.country),
                ], investors: [InvestorRow(id: 1, code: "I", name: "I", city: own, country: home)]
              ).build(asOf: Day("2026-06-15")!)
              let side = FirmSide(scorer: Scorer(snapshot: snapshot, policy: policy))
              let points = side.points(of: 0, for: 0).first { $0.criterion == .value }!.points
              // The other half are firms held, which are not known; the weight is a quarter.
              let value = ((Self.near(firm, investor, [firm, other]) ?? 300_000) + 300_000) / 2
              #expect(Int(points) == value / 4, "\(firm) and \(investor)")
            }
          }
        }
      }
    }
  }

  // MARK: Rates of yes

  @Test func ratesOfYes() throws {
    var random = SplitMix64(seed: 18)
    for _ in 0..<500 {
      var answers: [Int32: Answers] = [:]
      for firm in 1...Int32.random(in: 1...6, using: &random) {
        let answered = Int.random(in: 0...40, using: &random)
        answers[firm] = Answers(answered: answered, accepted: Int.random(in: 0...answered, using: &random))
      }
      let interest = Int.random(in: 100...9_000, using: &random)
      let most = Int.random(in: 1...60, using: &random)
      let policy = try Policy(number: 1).changing(
        ["intro_interest": interest, "intro_cap_firm": most], number: 2)
      let exposure = Exposure(policy, answers)
      let yeses = answers.values.reduce(0) { $0 + $1.accepted }
      let all = answers.values.reduce(0) { $0 + $1.answered }
      let overall = (yeses * 1_000_000 + 3_000_000) / (all + 10)
      for firm in 1...Int32(7) {
        let own = answers[firm]
        let rate = max(
          1, own.map { ($0.accepted * 1_000_000 + 10 * overall) / ($0.answered + 10) } ?? overall)
        let wanted = interest * 1_000
        let places = min(most, max(1, wanted / rate + (wanted % rate == 0 ? 0 : 1)))
        #expect(exposure.cap(of: firm) == places)
      }
    }
  }
}
