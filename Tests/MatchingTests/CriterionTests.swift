import Domain
import Testing

@testable import Matching

/// Values worked out by hand from the default curves.
@Suite struct CriterionTests {
  let desk = Desk()

  // MARK: Stage

  @Test(arguments: [
    (Stage.seed, 1_000_000, "seed is a stage of the mandate"),
    (.angel, 600_000, "angel is 1 stage from seed"),
    (.seriesB, 250_000, "series_b is 2 stages from seed"),
    (.seriesC, 250_000, "series_c is 2 stages from growth"),
    (.public, 250_000, "public is 2 stages from growth"),
  ]) func stageFallsWithTheDistance(stage: Stage, value: Int, fact: String) throws {
    let part = try desk.with {
      $0.investor.stages = [.seed, .growth]
      $0.candidate.stage = stage
    }.part(.stage)
    #expect(part.value == value)
    #expect(part.fact == fact)
  }

  @Test func stageThreeAwayOrMoreIsWorthNothing() throws {
    for stage in [Stage.seriesB, .public] {
      let part = try desk.with {
        $0.investor.stages = [.preSeed]
        $0.candidate.stage = stage
      }.part(.stage)
      #expect(part.value == 0)
    }
  }

  @Test func stageIsUnknownWithoutEitherSide() throws {
    let nothing = try desk.with { $0.candidate.stage = .seed }.part(.stage)
    #expect(nothing == (nil, "the mandate names no stages"))
    let firm = try desk.with { $0.investor.stages = [.seed] }.part(.stage)
    #expect(firm == (nil, "the stage of the firm is not known"))
  }

  @Test func aProjectCountsAsPreSeed() throws {
    let part = try desk.with {
      $0.investor.stages = [.angel]
      $0.candidate.kind = .project
    }.part(.stage)
    #expect(part == (600_000, "a project counts as pre_seed, which is 1 stage from angel"))
  }

  // MARK: Sector

  @Test(arguments: [
    (["ai"], 800_000, "ai is wanted with weight 0.8"),
    (["ai.vision.medical"], 800_000, "ai.vision.medical lies below ai, wanted with weight 0.8"),
    // The common ancestor is chips at depth 1; the depths are 1 and 2: 2/3 of 0.6.
    (["chips"], 399_999, "chips is near to chips.design by 0.666666, wanted with weight 0.6"),
    (["chips.design"], 600_000, "chips.design is wanted with weight 0.6"),
    // A further sector counts four fifths: 0.64 beats the primary one's 0.6.
    (
      ["chips.design", "ai.speech"], 640_000,
      "ai.speech lies below ai, wanted with weight 0.8, as a further sector counted 0.8"
    ),
  ]) func sectorIsTheBestMeeting(sectors: [String], value: Int, fact: String) throws {
    let part = try desk.with {
      $0.investor.sectors = [
        .init(code: "ai", millionths: 800_000), .init(code: "chips.design", millionths: 600_000),
      ]
      $0.candidate.sectors = sectors
    }.part(.sector)
    #expect(part.value == value)
    #expect(part.fact == fact)
  }

  @Test func sectorOfAnotherTreeIsWorthNothing() throws {
    let part = try desk.with {
      $0.investor.sectors = [.init(code: "ai", millionths: 1_000_000)]
      $0.candidate.sectors = ["chips"]
    }.part(.sector)
    #expect(part == (0, "none of its sectors is near one of the mandate"))
  }

  @Test func sectorIsUnknownWithoutEitherSide() throws {
    #expect(
      try desk.with { $0.candidate.sectors = ["ai"] }.part(.sector) == (nil, "the mandate names no sectors"))
    let part = try desk.with { $0.investor.sectors = [.init(code: "ai", millionths: 1)] }.part(.sector)
    #expect(part == (nil, "the sectors of the firm are not known"))
  }

  // MARK: Risk

  @Test(arguments: [
    (1, 5, 700_000, "R1 is 4 steps under tolerance C5"), (2, 5, 800_000, "R2 is 3 steps under tolerance C5"),
    (3, 5, 900_000, "R3 is 2 steps under tolerance C5"), (4, 5, 1_000_000, "R4 is 1 step under tolerance C5"),
    (3, 3, 1_000_000, "R3 is at tolerance C3"), (4, 3, 700_000, "R4 is 1 step above tolerance C3"),
    (5, 3, 400_000, "R5 is 2 steps above tolerance C3"), (4, 1, 100_000, "R4 is 3 steps above tolerance C1"),
    (5, 1, 0, "R5 is 4 steps above tolerance C1"),
  ]) func riskAgainstTolerance(risk: Int, tolerance: Int, value: Int, fact: String) throws {
    let part = try desk.with {
      $0.candidate.risk = risk
      $0.investor.risk = tolerance
    }.part(.risk)
    #expect(part == (value, fact))
  }

  @Test func riskIsUnknownWithoutEitherSide() throws {
    #expect(
      try desk.with { $0.candidate.risk = 3 }.part(.risk)
        == (nil, "the risk tolerance of the investor is not known"))
    #expect(try desk.with { $0.investor.risk = 3 }.part(.risk) == (nil, "the risk of the firm is not known"))
  }

  // MARK: Ticket

  @Test(
    arguments: [
      (2_000_000, 1_000_000, "ask 2000000 CNY is within the ticket from 2000000 CNY up to 5000000 CNY"),
      (5_000_000, 1_000_000, "ask 5000000 CNY is within the ticket from 2000000 CNY up to 5000000 CNY"),
      (12_000_000, 416_666, "ask 12000000 CNY is 2.4 times the largest ticket 5000000 CNY"),
      (5_000_001, 999_999, "ask 5000001 CNY is just above the largest ticket 5000000 CNY"),
      (500_000, 250_000, "ask 500000 CNY is 0.25 of the smallest ticket 2000000 CNY"),
    ] as [(Int64, Int, String)]) func askAgainstTicket(ask: Int64, value: Int, fact: String) throws
  {
    let part = try desk.with {
      ($0.investor.ticketMin, $0.investor.ticketMax, $0.investor.currency) = (2_000_000, 5_000_000, "CNY")
      ($0.candidate.ask, $0.candidate.currency) = (ask, "CNY")
    }.part(.ticket)
    #expect(part == (value, fact))
  }

  @Test func ticketWithAnOpenEnd() throws {
    let from = desk.with { ($0.investor.ticketMin, $0.candidate.ask) = (100, 1_000_000) }
    #expect(try from.part(.ticket) == (1_000_000, "ask 1000000 is within the ticket from 100"))
    let upTo = desk.with { ($0.investor.ticketMax, $0.candidate.ask) = (100, 0) }
    #expect(try upTo.part(.ticket) == (1_000_000, "ask 0 is within the ticket up to 100"))
  }

  @Test func ticketOfNothingDividesByNothing() throws {
    let desk = desk.with { ($0.investor.ticketMax, $0.candidate.ask) = (0, 7) }
    #expect(try desk.part(.ticket) == (0, "ask 7 is above the largest ticket 0"))
  }

  @Test func ticketMeetsTheAskInItsCurrency() throws {
    let part = try desk.with {
      ($0.investor.ticketMax, $0.investor.currency) = (700_000, "USD")
      ($0.candidate.ask, $0.candidate.currency) = (12_000_000, "CNY")
      $0.rates = [RateRow(from: "USD", to: "CNY", millionths: 7_200_000, date: Day("2026-01-01")!)]
    }.part(.ticket)
    #expect(part == (420_000, "ask 12000000 CNY is 2.38 times the largest ticket 700000 USD (5040000 CNY)"))
  }

  @Test func ticketIsUnknownWithoutAskTicketOrRate() throws {
    #expect(try desk.part(.ticket) == (nil, "the firm asks for no amount"))
    let ask = desk.with { ($0.candidate.ask, $0.candidate.currency) = (5, "CNY") }
    #expect(try ask.part(.ticket) == (nil, "the mandate names no ticket"))
    let rate = ask.with { ($0.investor.ticketMax, $0.investor.currency) = (5, "USD") }
    #expect(try rate.part(.ticket) == (nil, "no exchange rate leads from USD to CNY"))
    let currency = ask.with { $0.investor.ticketMax = 5 }
    #expect(try currency.part(.ticket) == (nil, "no exchange rate leads from no currency to CNY"))
  }

  @Test func ticketOfTheLargestAmountsDoesNotOverflow() throws {
    let part = try desk.with {
      ($0.investor.ticketMax, $0.investor.currency) = (Limits.amount / 2, "KWD")
      ($0.candidate.ask, $0.candidate.currency) = (Limits.amount, "VND")
      $0.rates = [RateRow(from: "KWD", to: "VND", millionths: 85_000_000_000, date: Day("2026-01-01")!)]
    }.part(.ticket)
    #expect(part.value == 1_000_000)
    let beyond = try desk.with {
      ($0.investor.ticketMin, $0.investor.currency) = (Limits.amount, "KWD")
      ($0.candidate.ask, $0.candidate.currency) = (Limits.amount, "VND")
      $0.rates = [RateRow(from: "KWD", to: "VND", millionths: .max, date: Day("2026-01-01")!)]
    }.part(.ticket)
    // The ceiling is 10^18, a thousand times the ask.
    #expect(beyond.value == 1_000)
  }

  // MARK: Region

  private func placed(_ regions: [String], _ country: String?, quota: Int? = nil) -> Desk {
    desk.with {
      ($0.investor.regions, $0.investor.country, $0.investor.localQuota) = (regions, country, quota)
      ($0.candidate.city, $0.candidate.region, $0.candidate.country) = ("Hefei", "Anhui", "CN")
    }
  }

  @Test(arguments: [["hefei"], ["ANHUI"], ["cn"], ["Jiangsu", "Anhui"]])
  func regionIsCoveredByAnyWord(regions: [String]) throws {
    let part = try placed(regions, nil, quota: 100).part(.region)
    #expect(part.value == 1_000_000)
    #expect(part.fact.hasSuffix("is a region of the mandate"))
  }

  @Test func regionOfTheSameCountryIsAPart() throws {
    #expect(
      try placed(["Jiangsu"], "cn").part(.region)
        == (
          400_000,
          "Hefei, Anhui, CN is outside the regions of the mandate, in the country of the investor"
        ))
    #expect(
      try placed(["Jiangsu"], "CN", quota: 40).part(.region)
        == (
          240_000,
          "Hefei, Anhui, CN is outside the regions of the mandate, in the country of the investor, "
            + "with a local quota of 40 %"
        ))
  }

  @Test func regionElsewhereIsWorthNothing() throws {
    let part = try placed(["Jiangsu"], nil).part(.region)
    #expect(part == (0, "Hefei, Anhui, CN is outside the regions of the mandate"))
    #expect(try placed(["Jiangsu"], nil).veto(.region) == nil)
  }

  @Test func regionIsUnknownWithoutEitherSide() throws {
    #expect(try placed([], "CN").part(.region) == (nil, "the mandate names no regions"))
    let part = placed(["Jiangsu"], "CN", quota: 100).with { $0.candidate.country = nil }
    #expect(try part.part(.region) == (nil, "the country of the firm is not known"))
    #expect(try part.veto(.region) == nil)
  }

  // MARK: Readiness

  @Test(arguments: [
    // 0.7 of the TRL's value and 0.3 of the evidence's.
    (Stage.seed, 5, 0, 760_000, "TRL 5 is at 5, the norm of seed; no evidence"),
    (.seed, 7, 1, 910_000, "TRL 7 is 2 above 5, the norm of seed; 1 piece of evidence"),
    (.seriesA, 5, 2, 790_000, "TRL 5 is 1 below 6, the norm of series_a; 2 pieces of evidence"),
    (.seriesB, 5, 3, 545_000, "TRL 5 is 2 below 7, the norm of series_b; 3 pieces of evidence"),
    (.seriesC, 4, 0, 130_000, "TRL 4 is 4 below 8, the norm of series_c; no evidence"),
    (.preIPO, 9, 0, 760_000, "TRL 9 is at 9, the norm of pre_ipo; no evidence"),
  ]) func readiness(stage: Stage, trl: Int, pieces: Int, value: Int, fact: String) throws {
    let part = try desk.with {
      ($0.candidate.stage, $0.candidate.trl) = (stage, trl)
      let day = Day("2026-06-15")!
      $0.evidence = [EvidenceRow](repeating: EvidenceRow(firm: 1, date: day, until: day), count: pieces)
      // Not there yet on the snapshot's day, and expired by then.
      $0.evidence.append(EvidenceRow(firm: 1, date: Day("2026-06-16")!))
      $0.evidence.append(EvidenceRow(firm: 1, date: Day("2025-06-15")!, until: Day("2026-06-14")!))
    }.part(.readiness)
    #expect(part == (value, fact))
  }

  @Test(arguments: [
    // 0.7 of the TRL's value, and 0.3 of 0.9 × 0.7, which is more than no evidence and less than one piece.
    (Stage?.some(.preSeed), 0, 889_000, "3, the norm of pre_seed; no evidence\(CriterionTests.moreOfRecord)"),
    (.angel, 0, 889_000, "4, the norm of angel; no evidence\(CriterionTests.moreOfRecord)"),
    (.seed, 0, 889_000, "5, the norm of seed; no evidence\(CriterionTests.moreOfRecord)"),
    (.seed, 1, 910_000, "5, the norm of seed; 1 piece of evidence"),
    (.seriesA, 0, 760_000, "6, the norm of series_a; no evidence"),
  ]) func aTrackRecordStandsInForEvidenceOfTheYoung(
    stage: Stage?, pieces: Int, value: Int, fact: String
  ) throws {
    let part = try desk.with {
      ($0.candidate.stage, $0.candidate.trl, $0.candidate.record) = (stage, 9, 900_000)
      $0.evidence = [EvidenceRow](repeating: EvidenceRow(firm: 1, date: $0.asOf), count: pieces)
    }.part(.readiness)
    #expect(part.value == value)
    #expect(part.fact.hasSuffix(fact))
  }

  private static let moreOfRecord = ", and the track record 0.9 of its institute counts for more"

  @Test func aTrackRecordCountsForProjectsAndNotWithoutAStage() throws {
    let young = desk.with { ($0.candidate.trl, $0.candidate.record) = (3, 1_000_000) }
    let project = young.with { $0.candidate.kind = .project }
    #expect(try project.part(.readiness).value == 910_000)
    let parts = try young.explanation().parts
    let part = try #require(parts.first { $0.criterion == .readiness })
    #expect(part.value == 410_000 && part.fact == "the stage of the firm is not known; no evidence")
  }

  @Test func readinessKeepsItsEvidenceWithoutTRL() throws {
    let parts = try desk.with {
      $0.candidate.stage = .seed
      $0.evidence = [EvidenceRow(firm: 1, date: Day("2020-01-01")!)]
    }.explanation().parts
    let part = try #require(parts.first { $0.criterion == .readiness })
    #expect(part.value == 560_000 && !part.isKnown)
    #expect(part.fact == "the TRL is not known; 1 piece of evidence")
  }

  // MARK: Co-investors

  @Test func coInvestorsShareAnotherFirm() throws {
    var desk = desk
    desk.hold(1, 2)
    desk.hold(2, 1, until: "2020-01-01")
    #expect(
      try desk.part(.coInvestors) == (200_000, "no other holder shares another firm with the investor"))
    desk.hold(2, 2, until: "2020-01-01")
    #expect(try desk.part(.coInvestors) == (600_000, "1 other holder shares another firm with the investor"))
    desk.hold(3, 1)
    desk.hold(3, 2)
    #expect(try desk.part(.coInvestors) == (850_000, "2 other holders share another firm with the investor"))
    desk.hold(4, 1)
    desk.hold(4, 2)
    #expect(try desk.part(.coInvestors).value == 1_000_000)
  }

  @Test func theFirmItselfIsNoOtherFirm() throws {
    var desk = desk
    // An investor of old shares only this firm with the other holder.
    desk.hold(1, 1, until: "2020-01-01")
    desk.hold(2, 1)
    #expect(try desk.part(.coInvestors).value == 200_000)
    desk.hold(1, 3)
    desk.hold(2, 3)
    #expect(try desk.part(.coInvestors).value == 600_000)
  }

  @Test func stateCapitalWithAnEffectDrawsOthers() throws {
    var desk = desk
    desk.investor.kind = "vc"
    desk.candidate.signal = 800_000
    // 0.8 × 0.85 is more than the prior, and than one co-investor, but less than two.
    let effect = "and the effect 0.8 of state capital in it counts for"
    #expect(
      try desk.part(.coInvestors) == (680_000, "no holding of the investor is on record, \(effect) more"))
    desk.hold(1, 2)
    #expect(
      try desk.part(.coInvestors) == (680_000, "no other holder of the firm is on record, \(effect) more"))
    desk.hold(2, 1)
    desk.hold(2, 2)
    #expect(
      try desk.part(.coInvestors)
        == (680_000, "1 other holder shares another firm with the investor, \(effect) more"))
    desk.hold(3, 1)
    desk.hold(3, 2)
    #expect(
      try desk.part(.coInvestors)
        == (850_000, "2 other holders share another firm with the investor, \(effect) no more"))
  }

  @Test(arguments: ["state_fund", "sub_fund"]) func stateCapitalDoesNotDrawItself(kind: String) throws {
    let desk = desk.with { ($0.investor.kind, $0.candidate.signal) = (kind, 1_000_000) }
    #expect(try desk.part(.coInvestors) == (nil, "no holding of the investor is on record"))
  }

  @Test func coInvestorsStayKnownWhereAnEffectIsSmall() throws {
    let desk = desk.with { $0.candidate.signal = 0 }
    #expect(
      try desk.part(.coInvestors)
        == (
          400_000,
          "no holding of the investor is on record, and the effect 0 of state capital in it counts for no more"
        ))
  }

  @Test func coInvestorsAreUnknownWithoutHistory() throws {
    var desk = desk
    #expect(try desk.part(.coInvestors) == (nil, "no holding of the investor is on record"))
    desk.hold(1, 1, until: "2020-01-01")
    #expect(try desk.part(.coInvestors) == (nil, "no other holder of the firm is on record"))
  }
}
