import Domain
import Testing

@testable import Matching

@Suite struct RelayViewTests {
  private func view(_ desk: Desk, top: Int = 3, stakePrice: Int64? = nil) throws -> RelayView {
    let snapshot = try desk.rows.build(asOf: desk.asOf)
    return try RelayView(
      Scorer(snapshot: snapshot, policy: desk.policy), firm: try #require(snapshot.candidate(id: 1)),
      top: top,
      stakePrice: stakePrice)
  }

  /// Firm F at series_c, and investor I that leads at series_d.
  private var desk: Desk {
    Desk().with {
      $0.candidate.stage = .seriesC
      $0.candidate.sectors = ["ai.vision"]
      $0.candidate.risk = 3
      $0.candidate.ask = 100
      $0.investor.stages = [.seriesD]
      $0.investor.sectors = [.init(code: "ai", millionths: 1_000_000)]
      $0.investor.lead = true
      $0.investor.ticketMax = 200
    }
  }

  @Test func everyStageFromThePresentOneOn() throws {
    let view = try view(desk)
    #expect(view.steps.map(\.stage) == [.seriesC, .seriesD, .growth, .preIPO, .public])
    #expect(view.steps.map(\.isPresent) == [true, false, false, false, false])
    #expect(view.steps.map(\.lead.count) == [0, 1, 0, 0, 0])
    #expect(view.steps[0].lead.gap == .init(condition: .stage, left: 1))
    #expect(view.steps[1].lead.gap == nil)
    #expect(view.steps[1].lead.best.map(\.investor) == [1])
    // Nobody is there to follow, and the only private investor with a mandate leads.
    #expect(view.steps[1].follow.gap == .init(condition: .role, left: 1))
    #expect(view.steps[0].takeOver == nil)
    #expect(view.steps[1].takeOver?.count == 1)
    #expect(view.steps[2].takeOver?.gap == .init(condition: .stage, left: 1))
    let unknown = try self.view(desk.with { $0.candidate.stage = nil })
    #expect(unknown.steps.map(\.stage) == [nil] + Stage.allCases.map { $0 })
    #expect(unknown.steps[0].lead.gap?.condition == .stage)
  }

  @Test func theFirstConditionThatNobodyMeetsIsTheGap() throws {
    func gap(_ change: (inout Desk) -> Void) throws -> RelayView.Condition? {
      let gap = try view(
        desk.with {
          $0.candidate.stage = .seriesD
          change(&$0)
        }
      ).steps[0].lead.gap
      if let gap { #expect(gap.left == (gap.condition == .role ? 0 : 1)) }
      return gap?.condition
    }
    #expect(try gap { _ in } == nil)
    #expect(try gap { $0.investor.stages = [.seed] } == .stage)
    #expect(try gap { $0.investor.sectors[0].code = "chips" } == .sector)
    #expect(try gap { $0.investor.excludedSectors = ["ai.vision"] } == .sector)
    #expect(try gap { $0.investor.risk = 1 } == .risk)
    #expect(try gap { $0.candidate.ask = 2_001 } == .ticket)
    #expect(
      try gap {
        $0.investor.regions = ["Germany"]
        $0.investor.country = "Germany"
        $0.candidate.country = "China"
      } == .region)
    #expect(try gap { $0.investor.budgetLeft = 0 } == .rest)
    #expect(try gap { $0.investor.declinedFirms = [1] } == .rest)
    #expect(try gap { $0.investor.isRetired = true } == .role)
    // Who holds it already may lead again.
    #expect(try gap { $0.hold(1, 1) } == nil)
  }

  @Test func whatALaterStageAsksFor() throws {
    var rows = desk.rows
    func ask(_ amounts: [Int64], _ stage: Stage, _ sector: String) {
      for amount in amounts {
        let id = Int32(rows.candidates.count + 10)
        rows.candidates.append(
          CandidateRow(
            id: id, kind: .firm, code: "G\(id)", name: "G", stage: stage, sectors: [sector], ask: amount))
      }
    }
    ask([40, 10, 20, 30], .seriesD, "ai.speech")
    ask([1_000], .seriesD, "chips")
    ask([7, 9], .growth, "chips.design")
    let snapshot = try rows.build(asOf: desk.asOf)
    let view = try RelayView(
      Scorer(snapshot: snapshot, policy: desk.policy), firm: try #require(snapshot.candidate(id: 1)), top: 3)
    #expect(view.steps.map(\.ask) == [100, 20, 7, nil, nil])
    #expect(view.steps.map(\.basis) == [.own, .sector, .stage, .unknown, .unknown])
  }

  @Test func theStateIsBoughtOutByOthers() throws {
    let state = desk.with {
      $0.candidate.stage = .seriesD
      $0.investor.kind = "state_fund"
    }
    #expect(try view(state, stakePrice: 150).steps[0].takeOver?.gap == .init(condition: .role, left: 1))
    let priced = try view(desk.with { $0.candidate.stage = .seriesD }, stakePrice: 150).steps[0]
    #expect(priced.takeOver?.count == 1)
    // The price decides, not the ask.
    let dear = try view(desk.with { $0.candidate.stage = .seriesD }, stakePrice: 2_001).steps[0]
    #expect(dear.takeOver?.gap == .init(condition: .ticket, left: 1))
    #expect(dear.lead.count == 1)
  }

  // MARK: The same, slowly

  @Test(arguments: UInt64(0)..<60) func asTheSlowOneFindsIt(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let rows = RandomRegistry.rows(&random)
    let policy = RandomRegistry.policy(&random)
    guard let firm = rows.candidates.filter({ $0.kind == .firm }).randomElement(using: &random) else {
      return
    }
    let price = random.maybe(Int64(random.number(1...2_000_000)))
    let snapshot = try rows.build(asOf: RandomRegistry.asOf)
    let view = try RelayView(
      Scorer(snapshot: snapshot, policy: policy), firm: try #require(snapshot.candidate(id: firm.id)), top: 2,
      stakePrice: price)
    for step in view.steps {
      var (supposed, bought) = (firm, firm)
      (supposed.stage, supposed.ask, supposed.currency) = (step.stage, step.ask, view.currency)
      bought = supposed
      if let price { bought.ask = price }
      try check(step.lead, rows, supposed, policy) { $0.lead == true }
      try check(step.follow, rows, supposed, policy) { $0.lead != true }
      #expect((step.takeOver == nil) == (step.isPresent && price == nil))
      if let takeOver = step.takeOver {
        try check(takeOver, rows, bought, policy) { !["state_fund", "sub_fund"].contains($0.kind) }
      }
    }
  }

  private func check(
    _ runners: RelayView.Runners, _ rows: SnapshotBuilder, _ firm: CandidateRow, _ policy: Policy,
    _ canRun: @escaping (InvestorRow) -> Bool
  ) throws {
    var rows = rows
    rows.candidates[try #require(rows.candidates.firstIndex { $0.id == firm.id })] = firm
    let reference = Reference(rows: rows, policy: policy.values, asOf: RandomRegistry.asOf)
    let open = rows.investors.filter { !$0.isRetired && !($0.stages.isEmpty && $0.sectors.isEmpty) }
    func has(_ investor: InvestorRow, _ veto: Veto) -> Bool {
      reference.vetoes(investor, firm).contains(veto)
    }
    func wants(_ investor: InvestorRow) -> Bool {
      investor.sectors.isEmpty
        || firm.sectors.contains { own in
          investor.sectors.contains {
            reference.path(own).contains($0.code) || reference.path($0.code).contains(own)
          }
        }
    }
    let sieves: [(RelayView.Condition, (InvestorRow) -> Bool)] = [
      (.role, canRun),
      (.stage, { $0.stages.isEmpty || firm.stage.map($0.stages.contains) ?? false }),
      (.sector, { wants($0) && !has($0, .excludedSector) }), (.risk, { !has($0, .risk) }),
      (.ticket, { !has($0, .ticket) }), (.region, { !has($0, .region) }),
      (.rest, { reference.vetoes($0, firm).allSatisfy { $0 == .alreadyHolds } }),
    ]
    var (left, gap) = (open, RelayView.Gap?.none)
    for (condition, sieve) in sieves where gap == nil {
      let before = left.count
      left = left.filter(sieve)
      if left.isEmpty { gap = .init(condition: condition, left: before) }
    }
    #expect(runners.gap == gap)
    #expect(runners.count == left.count)
    let best = left.map { (row: $0, score: Int32(reference.judge($0, firm).score)) }.sorted {
      $0.score != $1.score ? $0.score > $1.score : Code.precedes($0.row.code, $1.row.code)
    }
    #expect(runners.best == best.prefix(2).map { Backer(investor: $0.row.id, score: $0.score) })
  }
}
