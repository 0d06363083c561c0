import Domain
import Testing

@testable import Matching

@Suite struct FirmSideTests {
  /// What a criterion comes to for investor `I` and candidate 1 where it has all the weight.
  private func value(_ criterion: FirmCriterion, _ desk: Desk, _ wishes: FirmWishes = FirmWishes()) throws
    -> Int
  {
    var weights: [String: Int] = [:]
    for other in FirmCriterion.allCases {
      weights["firm_\(other.name)_weight"] = other == criterion ? 1_000_000 : 0
    }
    let policy = try desk.policy.changing(weights, number: 2)
    let snapshot = try desk.rows.build(asOf: desk.asOf)
    let side = FirmSide(scorer: Scorer(snapshot: snapshot, policy: policy), wishes: [1: wishes])
    let pair = (try #require(snapshot.investor(id: 1)), try #require(snapshot.candidate(id: 1)))
    return Int(try #require(side.score(of: pair.0, for: pair.1)))
  }

  let desk = Desk()

  @Test(
    arguments: [
      (true, true, 1_000_000), (true, false, 200_000), (false, true, 600_000), (false, false, 1_000_000),
      (nil, true, 500_000), (true, nil, 500_000),
    ] as [(Bool?, Bool?, Int)]) func lead(seeks: Bool?, leads: Bool?, value: Int) throws
  {
    let desk = desk.with { $0.investor.lead = leads }
    #expect(try self.value(.lead, desk, FirmWishes(seeksLead: seeks)) == value)
  }

  @Test func reachCountsTheComingStages() throws {
    let desk = desk.with {
      ($0.investor.stages, $0.candidate.stage) = ([.angel, .seed, .seriesA, .seriesD], .seed)
    }
    #expect(try value(.reach, desk) == 500_000)
    #expect(try value(.reach, desk.with { $0.candidate.stage = .growth }) == 0)
    // There is no stage after the last one.
    let last = desk.with { ($0.candidate.stage, $0.investor.stages) = (.preIPO, [.public]) }
    #expect(try value(.reach, last) == 500_000)
    #expect(try value(.reach, desk.with { $0.candidate.stage = nil }) == 400_000)
    #expect(try value(.reach, desk.with { $0.investor.stages = [] }) == 400_000)
  }

  @Test func reachOfTheHouseCountsHalf() throws {
    let policy = Policy(number: 1)
    var rows = SnapshotBuilder(
      candidates: [CandidateRow(id: 1, kind: .firm, code: "F", name: "F", stage: .seed)],
      investors: [
        InvestorRow(id: 1, code: "HOUSE", name: "H"),
        InvestorRow(id: 2, code: "FUND", name: "F", parent: 1, stages: [.seed]),
        InvestorRow(id: 3, code: "LATER", name: "L", parent: 1, stages: [.seed, .seriesA, .seriesB]),
        InvestorRow(id: 4, code: "OTHER", name: "O", stages: [.seriesC]),
      ])
    func reach() throws -> Int32 {
      let snapshot = try rows.build(asOf: desk.asOf)
      let side = FirmSide(scorer: Scorer(snapshot: snapshot, policy: policy))
      return side.points(of: snapshot.investor(code: "FUND")!, for: 0)[1].points
    }
    // A fifth of 1, ½, ½ and 0 of four.
    #expect(try reach() == 100_000)
    rows.investors[2].isRetired = true
    #expect(try reach() == 50_000)
  }

  @Test func valueBeyondMoney() throws {
    var desk = desk
    desk.candidate.sectors = ["chips"]
    // Nothing is known but that it is no CVC: 0.8 of the prior.
    #expect(try value(.value, desk) == 240_000)
    #expect(try value(.value, desk.with { $0.investor.kind = "cvc" }) == 440_000)
    // Bought and sold: one firm of the sector, held so far.
    desk.hold(1, 2, until: "2026-01-01")
    #expect(try value(.value, desk) == 360_000)
    desk.hold(1, 3)
    desk.hold(1, 4)
    #expect(try value(.value, desk) == 660_000)
    #expect(try value(.value, desk.with { $0.candidate.sectors = ["ai"] }) == 120_000)
  }

  @Test(
    arguments: [
      ("Hefei", "Anhui", "CN", 200_000), ("hefei", nil, nil, 200_000),
      // Firm F2 tells that Wuhu is in Anhui.
      ("Nanjing", "Anhui", "CN", 120_000), ("Nanjing", "Jiangsu", "CN", 0), (nil, "Hefei", nil, 120_000),
      ("Hefei", "Anhui", "US", 0), (nil, nil, "CN", 60_000), (nil, nil, nil, 60_000),
    ] as [(String?, String?, String?, Int)])
  func nearness(city: String?, region: String?, country: String?, points: Int) throws {
    var rows = desk.with {
      ($0.investor.city, $0.investor.country) = ("Hefei", "CN")
      ($0.candidate.city, $0.candidate.region, $0.candidate.country) = (city, region, country)
    }.rows
    (rows.candidates[1].city, rows.candidates[1].region) = ("HEFEI", "Anhui")
    let policy = try Policy(number: 1).changing(
      ["firm_value_cvc": 0, "firm_value_prior": 300_000], number: 2)
    let side = FirmSide(scorer: Scorer(snapshot: try rows.build(asOf: desk.asOf), policy: policy))
    // Of the rest, 0.8, nothing is known; a quarter of all is the criterion's.
    #expect(Int(side.points(of: 0, for: 0)[2].points) == (points + 240_000) / 4)
  }

  @Test func limits() throws {
    let desk = desk.with {
      ($0.investor.ticketMax, $0.investor.budgetLeft, $0.investor.currency) = (500, 1_000, "USD")
      ($0.candidate.ask, $0.candidate.currency) = (10_000, "CNY")
      $0.rates = [RateRow(from: "USD", to: "CNY", millionths: 7_200_000, date: Day("2026-01-01")!)]
    }
    // 3,600 of 10,000, 7,200 of 20,000, and the prior for the cap.
    #expect(try value(.limits, desk) == 400_000 * 36 / 100 + 400_000 * 36 / 100 + 100_000)
    let enough = desk.with { ($0.investor.ticketMax, $0.investor.budgetLeft) = (1_389, 2_778) }
    #expect(try value(.limits, enough) == 900_000)
    #expect(try value(.limits, desk.with { $0.rates = [] }) == 500_000)
    let open = desk.with { ($0.investor.ticketMin, $0.investor.ticketMax, $0.rates) = (1, nil, []) }
    #expect(try value(.limits, open) == 700_000)
    #expect(try value(.limits, desk.with { $0.candidate.ask = nil }) == 500_000)
  }

  @Test func limitsOfConcentration() throws {
    var desk = desk
    desk.policy = try desk.policy.changing(["concentration_from": 3], number: 2)
    (desk.candidate.sectors, desk.investor.concentrationCap) = (["chips"], 80)
    desk.hold(1, 2)
    desk.hold(1, 3)
    // Below the count from which it is checked: 0.2 of 1 beside 0.8 of the prior.
    #expect(try value(.limits, desk) == 600_000)
    desk.hold(1, 4)
    // 4 of 4 would be in chips.
    #expect(try value(.limits, desk) == 400_000)
    // 1 of 4 would be in ai: 25 of 80 %.
    #expect(try value(.limits, desk.with { $0.candidate.sectors = ["ai"] }) == 537_500)
  }

  @Test func wishes() throws {
    let desk = desk.with { ($0.investor.kind, $0.investor.parent) = ("vc", 2) }
    #expect(try value(.wishes, desk) == 500_000)
    #expect(try value(.wishes, desk, FirmWishes(wantedKinds: ["bank", "vc"])) == 800_000)
    #expect(try value(.wishes, desk, FirmWishes(wantedKinds: ["bank"])) == 200_000)
    #expect(try value(.wishes, desk, FirmWishes(wantedKinds: ["vc"], wantedInvestors: ["I"])) == 1_000_000)
    #expect(try value(.wishes, desk, FirmWishes(wantedInvestors: ["I2"])) == 1_000_000, "its house")
    #expect(try value(.wishes, desk, FirmWishes(wantedInvestors: ["nobody"])) == 200_000)
    let side = FirmSide(
      scorer: Scorer(snapshot: try desk.rows.build(asOf: desk.asOf), policy: desk.policy),
      wishes: [1: FirmWishes(wantedInvestors: ["I"], unwantedInvestors: ["I2"])])
    #expect(side.score(of: 0, for: 0) == nil, "its house is unwanted")
    #expect(side.score(of: 1, for: 0) == nil)
    #expect(side.score(of: 2, for: 0) != nil && side.score(of: 0, for: 1) != nil)
  }

  @Test(arguments: 0..<4) func scoresAreThoseOfTheReference(batch: Int) throws {
    for seed in 0..<60 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      let rows = RandomRegistry.rows(&random)
      let (policy, wishes) = (RandomRegistry.policy(&random), RandomRegistry.wishes(rows, &random))
      let reference = FirmReference(
        rows: rows, wishes: wishes, policy: policy.values, asOf: RandomRegistry.asOf)
      let snapshot = try rows.build(asOf: RandomRegistry.asOf)
      let side = FirmSide(scorer: Scorer(snapshot: snapshot, policy: policy), wishes: wishes)
      for investor in 0..<snapshot.investorCount {
        let row = snapshot.investorRow(at: investor)
        for candidate in 0..<snapshot.candidateCount {
          let firm = snapshot.candidateRow(at: candidate)
          let points = side.points(of: investor, for: candidate)
          #expect(
            points.map { Int($0.points) } == reference.points(row, firm), "batch \(batch) seed \(seed)")
          let sum = points.reduce(0) { $0 + $1.points }
          #expect(
            side.score(of: investor, for: candidate) == (reference.isUnwanted(row, by: firm) ? nil : sum))
        }
      }
    }
  }

  /// Chips funds A and B before firms F and G: both funds would rather have F, which looks for a lead and for help at
  /// home; both firms would rather have B, though B is for both the lesser mandate.
  @Test func theTwoSidesOrderPairsDifferently() throws {
    let rows = SnapshotBuilder(
      candidates: [
        CandidateRow(
          id: 1, kind: .firm, code: "F", name: "F", stage: .seed, sectors: ["chips"], city: "Hefei",
          ask: 5_000_000),
        CandidateRow(
          id: 2, kind: .firm, code: "G", name: "G", stage: .seriesA, sectors: ["chips"], city: "Hefei",
          ask: 5_000_000),
      ],
      investors: [
        InvestorRow(
          id: 1, code: "A", name: "A", kind: "vc", stages: [.seed],
          sectors: [.init(code: "chips", millionths: 1_000_000)], ticketMax: 5_000_000, city: "Shanghai",
          lead: false, budgetLeft: 5_000_000),
        InvestorRow(
          id: 2, code: "B", name: "B", kind: "cvc", stages: [.seed, .seriesA, .seriesB, .seriesC],
          sectors: [.init(code: "chips", millionths: 500_000)], ticketMax: 4_000_000, city: "Hefei",
          lead: true,
          budgetLeft: 50_000_000),
      ], sectors: Desk.sectors)
    let scorer = Scorer(snapshot: try rows.build(asOf: desk.asOf), policy: Policy(number: 1))
    let side = FirmSide(scorer: scorer, wishes: [1: FirmWishes(seeksLead: true)])
    let pairs = [(0, 0), (0, 1), (1, 0), (1, 1)]
    let byInvestors = pairs.sorted {
      scorer.score(investor: $0.0, candidate: $0.1) > scorer.score(investor: $1.0, candidate: $1.1)
    }
    let byFirms = pairs.sorted { side.score(of: $0.0, for: $0.1)! > side.score(of: $1.0, for: $1.1)! }
    // Investor by investor and firm by firm.
    #expect(byInvestors.first! == (0, 0))
    #expect(byFirms.first! == (1, 0))
    for firm in 0...1 {
      #expect(scorer.score(investor: 0, candidate: firm) > scorer.score(investor: 1, candidate: firm))
      #expect(side.score(of: 0, for: firm)! < side.score(of: 1, for: firm)!)
    }
  }
}
