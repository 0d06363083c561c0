import Domain
import Testing

@testable import Matching

@Suite struct HandOverTests {
  private let million: Int64 = 1_000_000

  private func handOver(_ desk: Desk, price: Int64? = 10, held: Int64 = 30) throws -> HandOver {
    let snapshot = try desk.rows.build(asOf: desk.asOf)
    let stake = HandOver.Stake(
      firm: try #require(snapshot.candidate(id: 1)), held: held * million, floor: 10 * million, price: price,
      currency: nil)
    return try HandOver(stake, conditions: [], Scorer(snapshot: snapshot, policy: desk.policy))
  }

  private var desk: Desk {
    Desk().with {
      $0.candidate.ask = 1
      $0.candidate.stage = .seriesD
      $0.investor.stages = [.seriesD]
      $0.investor.kind = "vc"
      $0.investor.ticketMin = 100
      $0.investor.ticketMax = 200
    }
  }

  @Test func whoBuysWhatIsForSale() throws {
    let found = try handOver(desk)
    #expect(found.stake.forSale == 20 * million)
    #expect(found.stake.value == 200)
    // Measured by the value of the stake, not by what the firm asks; others state no mandate.
    #expect(found.buyers.map(\.investor) == [1])
    #expect(try handOver(desk, price: 101).buyers.isEmpty)
    #expect(try handOver(desk, price: nil).buyers.map(\.investor) == [1])
    #expect(try handOver(desk, held: 10).buyers.isEmpty)
    #expect(try handOver(desk.with { $0.hold(1, 1) }).buyers.count == 1)
    #expect(try handOver(desk.with { $0.investor.kind = "sub_fund" }).buyers.isEmpty)
    #expect(try handOver(desk.with { $0.candidate.stage = .growth }).buyers.isEmpty)
    #expect(
      try handOver(desk.with { $0.investor.sectors = [.init(code: "chips", millionths: 1)] }).buyers.isEmpty)
    #expect(try handOver(desk.with { $0.investor.excludedFirms = ["F"] }).buyers.isEmpty)
  }

  @Test func theTimeHasComeWhenEverythingIsMet() throws {
    let snapshot = try desk.rows.build(asOf: desk.asOf)
    let scorer = Scorer(snapshot: snapshot, policy: desk.policy)
    func isReady(_ met: [Bool], held: Int64 = 30) throws -> Bool {
      try HandOver(
        .init(firm: 0, held: held * million, floor: 10 * million, price: 1, currency: nil),
        conditions: zip(HandOver.Condition.Name.allCases, met).map { .init(name: $0, isMet: $1, fact: "") },
        scorer
      ).isReady
    }
    #expect(try isReady([true, true, true]))
    #expect(try !isReady([true, false, true]))
    #expect(try !isReady([true, true, true], held: 10))
  }

  @Test func buyersPayInTheirOwnCurrencies() throws {
    let rates = [RateRow(from: "USD", to: "CNY", millionths: 7_000_000, date: Day("2026-01-01")!)]
    func tranches(_ currency: String, known: [Int32: Int64] = [:], besides: Int64 = 0) throws -> TranchePlan {
      let desk = desk.with {
        $0.rates = rates
        $0.investor.currency = currency
        ($0.investor.ticketMin, $0.investor.ticketMax) = (nil, 20)
      }
      let scorer = Scorer(snapshot: try desk.rows.build(asOf: desk.asOf), policy: desk.policy)
      let stake = HandOver.Stake(
        firm: try #require(scorer.snapshot.candidate(id: 1)), held: 30 * million, floor: 10 * million,
        price: 10, currency: "CNY")
      return try HandOver(stake, conditions: [], scorer).plan(
        scorer, from: desk.asOf, buyers: 5, known: known, besides: besides)
    }
    #expect(try tranches("USD").tranches.map(\.amount) == [140])
    #expect(try tranches("USD").unplacedAmount == 60)
    #expect(try tranches("EUR").reason == .noBuyers)
    // What it is known to hold brings it near a third.
    #expect(try tranches("USD", known: [1: 30_000_000]).tranches.map(\.percent) == [3_330_000])
    // With 15 percent more in another stake, the seller goes below a third before it is at its floor.
    #expect(try tranches("USD", besides: 15 * million).tranches.flatMap(\.passes) == [33_330_000])
    #expect(try tranches("USD").tranches.flatMap(\.passes).isEmpty)
  }

  @Test(arguments: UInt64(0)..<40) func theBestBuyerFirst(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let rows = RandomRegistry.rows(&random)
    guard let firm = rows.candidates.filter({ $0.kind == .firm }).randomElement(using: &random) else {
      return
    }
    let snapshot = try rows.build(asOf: RandomRegistry.asOf)
    let policy = RandomRegistry.policy(&random)
    let found = try HandOver(
      .init(
        firm: try #require(snapshot.candidate(id: firm.id)), held: 40 * million, floor: 0, price: 50_000,
        currency: "CNY"), conditions: [], Scorer(snapshot: snapshot, policy: policy))
    var other = rows
    var supposed = firm
    (supposed.ask, supposed.currency) = (2_000_000, "CNY")
    other.candidates[try #require(rows.candidates.firstIndex { $0.id == firm.id })] = supposed
    let reference = Reference(rows: other, policy: policy.values, asOf: RandomRegistry.asOf)
    let buyers = rows.investors.filter {
      !["state_fund", "sub_fund"].contains($0.kind) && !($0.stages.isEmpty && $0.sectors.isEmpty)
        && ($0.stages.isEmpty || firm.stage.map($0.stages.contains) ?? false) && wants($0, firm, reference)
        && reference.vetoes($0, supposed).allSatisfy { $0 == .alreadyHolds }
    }.map { (row: $0, score: Int32(reference.judge($0, supposed).score)) }.sorted {
      $0.score != $1.score ? $0.score > $1.score : Code.precedes($0.row.code, $1.row.code)
    }
    #expect(found.buyers == buyers.map { Backer(investor: $0.row.id, score: $0.score) })
  }

  private func wants(_ investor: InvestorRow, _ firm: CandidateRow, _ reference: Reference) -> Bool {
    investor.sectors.isEmpty
      || firm.sectors.contains { own in
        investor.sectors.contains {
          reference.path(own).contains($0.code) || reference.path($0.code).contains(own)
        }
      }
  }
}
