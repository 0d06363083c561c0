import Domain
import Testing

@testable import Matching

@Suite struct VetoTests {
  let desk = Desk()

  @Test func excludedSector() throws {
    let desk = desk.with {
      $0.investor.excludedSectors = ["ai.vision"]
      $0.candidate.sectors = ["chips", "ai.vision.medical"]
    }
    #expect(
      try desk.veto(.excludedSector) == "ai.vision.medical lies below ai.vision, an excluded sector")
    #expect(try desk.with { $0.candidate.sectors = ["ai", "ai.speech"] }.veto(.excludedSector) == nil)
    #expect(
      try desk.with { $0.candidate.sectors = ["ai.vision"] }.veto(.excludedSector)
        == "ai.vision is an excluded sector")
  }

  @Test func excludedFirm() throws {
    let desk = desk.with { $0.investor.excludedFirms = ["nobody", "F"] }
    #expect(try desk.veto(.excludedFirm) == "F is an excluded firm")
    #expect(try desk.with { $0.candidate.kind = .project }.veto(.excludedFirm) == nil)
    #expect(try desk.with { $0.candidate.code = "F9" }.veto(.excludedFirm) == nil)
  }

  @Test(arguments: [(nil, true), (1, true), (2, true), (3, false), (5, false)] as [(Int?, Bool)])
  func risk(veto: Int?, holds: Bool) throws {
    let desk = desk.with {
      ($0.investor.risk, $0.investor.riskVeto, $0.candidate.risk) = (2, veto, 4)
    }
    let fact = "R4 is 2 steps above tolerance C2, a veto from \(veto == 2 ? "2 steps" : "1 step") on"
    #expect(try desk.veto(.risk) == (holds ? fact : nil))
  }

  @Test func riskOfTheUtmostIsNoVetoWhereNoneIsWanted() throws {
    let desk = desk.with { ($0.investor.risk, $0.investor.riskVeto, $0.candidate.risk) = (1, 5, 5) }
    #expect(try desk.veto(.risk) == nil)
    #expect(try desk.with { $0.investor.riskVeto = 4 }.veto(.risk) != nil)
  }

  @Test(
    arguments: [
      (50_000_000, nil),
      (50_000_001, "ask 50000001 is 10 times the largest ticket 5000000, more than 10 times"),
      (500_000, nil),
      (499_999, "ask 499999 is 0.249999 of the smallest ticket 2000000, less than 1/4"),
    ] as [(Int64, String?)]) func ticket(ask: Int64, fact: String?) throws
  {
    let desk = desk.with {
      ($0.investor.ticketMin, $0.investor.ticketMax, $0.candidate.ask) = (2_000_000, 5_000_000, ask)
    }
    #expect(try desk.veto(.ticket) == fact)
  }

  @Test func regionAbroad() throws {
    let abroad = "Berlin, DE is outside the regions of the mandate and in another country"
    let desk = desk.with {
      $0.investor.regions = ["Anhui"]
      ($0.candidate.city, $0.candidate.country) = ("Berlin", "DE")
    }
    #expect(try desk.veto(.region) == nil)
    #expect(try desk.with { $0.investor.country = "CN" }.veto(.region) == abroad)
    // A region is a country where some row says so, here another investor's.
    let named = desk.with { $0.investor.regions = ["cn"] }
    #expect(try named.veto(.region) == nil)
    #expect(try named.with { $0.investor.country = "FR" }.veto(.region) == abroad)
    var rows = named.rows
    rows.investors[1].country = "CN"
    let scorer = Scorer(snapshot: try rows.build(asOf: desk.asOf), policy: desk.policy)
    #expect(scorer.vetoes(investor: 0, candidate: 0) == [.region])
    #expect(Mandate(scorer: scorer, investor: 0).score(0) == nil)
  }

  @Test func regionUnderAFullQuota() throws {
    let desk = desk.with {
      ($0.investor.regions, $0.investor.country, $0.investor.localQuota) = (["Anhui"], "CN", 100)
      ($0.candidate.region, $0.candidate.country) = ("Jiangsu", "CN")
    }
    #expect(
      try desk.veto(.region)
        == "Jiangsu, CN is outside the regions of the mandate, in the country of the investor, "
        + "with a local quota of 100 %, which leaves nothing for other places")
    #expect(try desk.with { $0.investor.localQuota = 99 }.veto(.region) == nil)
    #expect(try desk.with { $0.candidate.region = "Anhui" }.veto(.region) == nil)
    #expect(try desk.with { $0.investor.country = nil }.veto(.region) != nil)
  }

  @Test func noBudget() throws {
    #expect(
      try desk.with { $0.investor.budgetLeft = 0 }.veto(.noBudget) == "the investor has no budget left")
    let desk = desk.with {
      ($0.investor.budgetLeft, $0.investor.ticketMin, $0.investor.currency) = (99, 100, "CNY")
    }
    #expect(try desk.veto(.noBudget) == "budget left 99 CNY is below the smallest ticket 100 CNY")
    #expect(try desk.with { $0.investor.budgetLeft = 100 }.veto(.noBudget) == nil)
    #expect(try desk.with { $0.investor.ticketMin = nil }.veto(.noBudget) == nil)
  }

  @Test func concentration() throws {
    var desk = desk
    desk.policy = try desk.policy.changing(["concentration_from": 2], number: 2)
    desk.investor.concentrationCap = 50
    desk.candidate.sectors = ["chips", "ai"]
    desk.hold(1, 2)
    #expect(try desk.veto(.concentration) == nil, "below the count from which the cap is checked")
    // Bought twice, still one position.
    desk.hold(1, 2)
    #expect(try desk.veto(.concentration) == nil)
    desk.hold(1, 3)
    #expect(
      try desk.veto(.concentration)
        == "with it 3 of 3 holdings are in chips, more than the cap of 50 %")
    // Sold on the day itself: no longer held.
    desk.holdings[2].exitedOn = desk.asOf
    #expect(try desk.veto(.concentration) == nil)
    desk.holdings[2].exitedOn = Day(daysSinceEpoch: desk.asOf.daysSinceEpoch + 1)
    #expect(try desk.veto(.concentration) != nil)
    desk.candidate.sectors = ["ai", "chips"]
    #expect(try desk.veto(.concentration) == nil, "1 of 3 holdings would be in ai")
    desk.investor.concentrationCap = 33
    #expect(try desk.veto(.concentration) != nil)
    // What is held already does not count twice.
    desk.hold(1, 1)
    #expect(
      try desk.veto(.concentration) == "with it 1 of 3 holdings are in ai, more than the cap of 33 %")
  }

  @Test func alreadyHolds() throws {
    var desk = desk
    desk.hold(1, 1, until: "2026-06-16")
    #expect(try desk.veto(.alreadyHolds) == "the investor holds the firm already")
    desk.holdings[0].exitedOn = desk.asOf
    #expect(try desk.veto(.alreadyHolds) == nil)
    desk.hold(1, 1)
    #expect(try desk.veto(.alreadyHolds) != nil, "one of two purchases is still held")
  }

  @Test func declined() throws {
    var desk = desk.with { $0.investor.declinedFirms = [1, 99] }
    #expect(try desk.veto(.declined) == "a side has said no to an introduction")
    // What it has sold and would not have again.
    desk.hold(1, 1, until: "2026-06-01")
    #expect(try desk.veto(.declined) != nil)
    #expect(try desk.with { $0.investor.declinedFirms = [2, 99] }.veto(.declined) == nil)
    let scorer = Scorer(snapshot: try desk.rows.build(asOf: desk.asOf), policy: desk.policy)
    #expect(!scorer.top(50, of: 0).contains { $0.candidate == 1 })
    #expect(scorer.top(50, of: 1).contains { $0.candidate == 1 })
  }

  @Test func retiredOnEitherSide() throws {
    let investor = desk.with { $0.investor.isRetired = true }
    #expect(try investor.veto(.retired) == "the investor is retired")
    let snapshot = try investor.rows.build(asOf: desk.asOf)
    let scorer = Scorer(snapshot: snapshot, policy: desk.policy)
    #expect(scorer.top(50, of: 0).isEmpty)
    #expect(!scorer.top(50, of: 1).isEmpty)
    #expect(try desk.with { $0.candidate.isRetired = true }.veto(.retired) == "the firm is retired")
    let both = desk.with { ($0.candidate.isRetired, $0.investor.isRetired) = (true, true) }
    #expect(try both.veto(.retired) == "the investor and the firm are retired")
    #expect(try both.explanation().score == both.with { $0.candidate.isRetired = false }.explanation().score)
  }
}
