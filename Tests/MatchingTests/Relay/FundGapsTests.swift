import Domain
import Testing

@testable import Matching

@Suite struct FundGapsTests {
  private func gaps(_ desk: Desk, currency: String? = nil) throws -> FundGaps {
    FundGaps(Scorer(snapshot: try desk.rows.build(asOf: desk.asOf), policy: desk.policy), currency: currency)
  }

  private var desk: Desk {
    Desk().with {
      $0.candidate.stage = .seed
      $0.candidate.sectors = ["ai.vision", "chips"]
      $0.candidate.risk = 3
      $0.candidate.ask = 100
      $0.investor.stages = [.seed, .seriesA]
      $0.investor.budgetLeft = 60
    }
  }

  @Test func whatIsAskedAndWhatThereIsForIt() throws {
    let cell = try #require(gaps(desk).cells.first)
    #expect(try gaps(desk).cells.count == 1)
    #expect((cell.stage, cell.sector, cell.risk) == (.seed, "ai", 3))
    #expect((cell.firms, cell.asked) == (1, 100))
    // Only investor I states a mandate.
    #expect((cell.investors, cell.unknownBudgets, cell.budget, cell.spread) == (1, 0, 60, 60))
    #expect(cell.hole == 40)
  }

  @Test func whatAMandateTakes() throws {
    func takes(_ change: (inout Desk) -> Void) throws -> Bool {
      try gaps(desk.with(change)).cells[0].investors == 1
    }
    #expect(try takes { _ in })
    #expect(try takes { $0.investor.sectors = [.init(code: "ai.speech", millionths: 1)] })
    #expect(try !takes { $0.investor.sectors = [.init(code: "ai.speech", millionths: 0)] })
    #expect(try !takes { $0.investor.sectors = [.init(code: "chips", millionths: 1_000_000)] })
    #expect(try !takes { $0.investor.excludedSectors = ["ai"] })
    #expect(try takes { $0.investor.excludedSectors = ["ai.vision"] })
    #expect(try !takes { $0.investor.stages = [.seriesB] })
    #expect(try !takes { $0.investor.risk = 2 })
    #expect(try takes { ($0.investor.risk, $0.investor.riskVeto) = (2, 2) })
    #expect(
      try takes {
        $0.candidate.risk = nil
        $0.investor.risk = 1
      })
    #expect(try !takes { $0.candidate.stage = nil })
    #expect(
      try takes {
        $0.candidate.stage = nil
        $0.investor.stages = []
        $0.investor.sectors = [.init(code: "ai", millionths: 1)]
      })
    #expect(try !takes { $0.investor.isRetired = true })
    #expect(try !takes { $0.investor.stages = [] }, "no mandate of its own")
    #expect(try !takes { $0.investor.budgetLeft = 0 })
    #expect(try !takes { $0.investor.ticketMin = 61 })
  }

  /// An unknown budget is not counted as money, nor as none: what is missing is then known by its upper end only.
  @Test func anUnknownBudgetLeavesTheHoleOpen() throws {
    let cell = try gaps(desk.with { $0.investor.budgetLeft = nil }).cells[0]
    #expect((cell.investors, cell.unknownBudgets, cell.budget, cell.spread) == (1, 1, 0, 0))
    #expect(cell.knownHole == nil && cell.hole == cell.asked)
    let none = try gaps(desk.with { $0.investor.budgetLeft = 0 }).cells[0]
    #expect(none.knownHole == none.asked)
    let rates = [RateRow(from: "USD", to: "CNY", millionths: 7_000_000, date: Day("2026-01-01")!)]
    let other = desk.with {
      $0.candidate.currency = "USD"
      $0.investor.currency = "EUR"
      $0.rates = rates
    }
    #expect(try gaps(other, currency: "CNY").cells[0].asked == 700)
    #expect(try gaps(other, currency: "CNY").cells[0].unknownBudgets == 1)
    #expect(try gaps(other, currency: "JPY").cells.isEmpty)
    #expect(try gaps(other, currency: "JPY").unconverted == 1)
  }

  @Test(arguments: UInt64(0)..<80) func asTheSlowOneFindsIt(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    var rows = RandomRegistry.rows(&random)
    for index in rows.investors.indices where random.isOne(in: 2) {
      rows.investors[index].budgetLeft = Int64(random.number(0...40_000_000))
    }
    let snapshot = try rows.build(asOf: RandomRegistry.asOf)
    let scorer = Scorer(snapshot: snapshot, policy: Policy(number: 1))
    let gaps = FundGaps(scorer, currency: "CNY")
    let reference = Reference(rows: rows, policy: [:], asOf: RandomRegistry.asOf)
    let firms = rows.candidates.filter { $0.kind == .firm && !$0.isRetired && $0.ask != nil }
    #expect(gaps.cells.reduce(0) { $0 + $1.firms } + gaps.unconverted == firms.count)
    var budgets: Int128 = 0
    for investor in rows.investors {
      guard let budget = investor.budgetLeft, let amount = reference.convert(budget, investor.currency, "CNY")
      else { continue }
      budgets += Int128(amount)
    }
    #expect(gaps.cells.reduce(Int128(0)) { $0 + Int128($1.spread) } <= budgets)
    for cell in gaps.cells {
      let same = firms.filter { firm in
        firm.stage == cell.stage && firm.risk == cell.risk
          && firm.sectors.first.map { reference.path($0)[0] } == cell.sector
      }.compactMap { reference.convert($0.ask!, $0.currency, "CNY") }
      #expect(cell.firms == same.count && cell.asked == same.reduce(0, +))
      let takers = rows.investors.filter { takes($0, cell, reference) }
      #expect(cell.investors == takers.count)
      let known = takers.compactMap { taker in
        taker.budgetLeft.flatMap { reference.convert($0, taker.currency, "CNY") }
      }
      #expect(cell.unknownBudgets == takers.count - known.count)
      #expect(cell.budget == known.reduce(0, +))
      #expect(cell.spread <= cell.budget && cell.hole == max(0, cell.asked - cell.spread))
    }
    #expect(
      zip(gaps.cells, gaps.cells.dropFirst()).allSatisfy {
        ($0.knownHole ?? 0, $0.hole) >= ($1.knownHole ?? 0, $1.hole)
      })
  }

  private func takes(_ investor: InvestorRow, _ cell: FundGaps.Cell, _ reference: Reference) -> Bool {
    guard !investor.isRetired, !(investor.stages.isEmpty && investor.sectors.isEmpty) else { return false }
    if let budget = investor.budgetLeft, budget == 0 || budget < investor.ticketMin ?? 0 { return false }
    if !investor.stages.isEmpty, !(cell.stage.map(investor.stages.contains) ?? false) { return false }
    if let risk = cell.risk, let tolerance = investor.risk, risk - tolerance >= investor.riskVeto ?? 1 {
      return false
    }
    if let sector = cell.sector, investor.excludedSectors.contains(sector) { return false }
    return investor.sectors.isEmpty
      || investor.sectors.contains { $0.millionths > 0 && reference.path($0.code)[0] == cell.sector }
  }
}
