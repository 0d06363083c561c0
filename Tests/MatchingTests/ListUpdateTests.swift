import Domain
import Testing

@testable import Matching

/// Lists that follow changes one after the other against lists that are ranked anew.
@Suite struct ListUpdateTests {
  @Test(arguments: 0..<6) func followingEqualsRankingAnew(batch: Int) throws {
    var (followed, ranked) = (0, 0)
    for seed in 0..<60 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      var rows = RandomRegistry.rows(&random)
      let policy = try RandomRegistry.policy(&random).changing(["depth": random.number(1...12)], number: 1)
      var scorer = Scorer(snapshot: try rows.build(asOf: RandomRegistry.asOf), policy: policy)
      var lists = Self.rankAll(scorer)
      for _ in 0..<4 {
        var lag = Lag()
        let before = random.isOne(in: 4) ? nil : scorer.snapshot
        // Several changes may come before the lists follow.
        for _ in 0..<random.number(1...2) {
          let change = Self.change(&rows, &random)
          let old = scorer.snapshot
          // Large changes lead to a snapshot that is built anew, and numbers everything otherwise.
          let next =
            random.isOne(in: 4) ? try rows.build(asOf: RandomRegistry.asOf) : try old.replacing(change)
          scorer = Scorer(snapshot: next, policy: policy, after: scorer)
          lag.candidates.formUnion(change.candidates.map(\.id))
          lag.investors.formUnion(change.investors.map(\.id))
          if old.countries != scorer.snapshot.countries { lag.isTotal = true }
        }
        // At any moment, behind the back of whoever ranks.
        if random.isOne(in: 3) { scorer.renewBlocks(from: 1) }
        let update = ListUpdate(lag, scorer: scorer, lists: lists, rankedOn: before, threads: 2)
        let work = RankingWork(scorer: scorer, investors: update.toRank)
        work.run()
        lists = lists.replacing(update.lists(work.lists()))
        let anew = Self.rankAll(Scorer(snapshot: scorer.snapshot, policy: policy))
        #expect(lists == anew, "batch \(batch) seed \(seed)")
        followed += anew.count - update.toRank.count
        ranked += update.toRank.count
      }
    }
    // Otherwise nothing was tested.
    #expect(followed > 500 && ranked > 500)
  }

  private static func rankAll(_ scorer: Scorer) -> DealLists {
    let work = RankingWork(scorer: scorer)
    work.run()
    return work.lists()
  }

  /// A few changes as PostgreSQL tells of them: whoever has a new holding or piece of evidence is changed too.
  private static func change(_ rows: inout SnapshotBuilder, _ random: inout SeededGenerator) -> SnapshotChange
  {
    var change = SnapshotChange()
    let codes = rows.sectors.map(\.code)
    var touched: Set<Int32> = []
    for _ in 0..<random.number(0...2) {
      let index = random.number(0...rows.candidates.count - 1)
      let old = rows.candidates[index]
      var new = RandomRegistry.candidate(random.number(0...20), codes, &random)
      (new.id, new.kind, new.code, new.version) = (old.id, old.kind, old.code, old.version + 1)
      // Mostly the country stays, since another one changes everything.
      if !random.isOne(in: 4) { new.country = old.country }
      rows.candidates[index] = new
      touched.insert(new.id)
    }
    if random.isOne(in: 4) {
      var new = RandomRegistry.candidate(random.number(0...20), codes, &random)
      new.id = (rows.candidates.map(\.id).max() ?? 0) + 2
      new.code = "\(random.one(of: ["A", "C", "Z"]))--\(new.id)"
      rows.candidates.append(new)
      touched.insert(new.id)
    }
    var mandates: Set<Int32> = []
    let firms = rows.candidates.filter { $0.kind == .firm }
    if random.isOne(in: 3) {
      let index = random.number(0...rows.investors.count - 1)
      let old = rows.investors[index]
      var new = RandomRegistry.investor(random.number(0...11), codes, firms, &random)
      (new.id, new.code, new.country, new.version) = (old.id, old.code, old.country, old.version + 1)
      rows.investors[index] = new
      mandates.insert(new.id)
    }
    if random.isOne(in: 2), !firms.isEmpty {
      let investor = random.one(of: rows.investors).id
      let gone = rows.holdings.firstIndex { _ in random.isOne(in: 10) }.map { rows.holdings.remove(at: $0) }
      let new = HoldingRow(
        investor: investor, firm: random.one(of: firms).id,
        exitedOn: random.maybe(RandomRegistry.day(&random)))
      rows.holdings.append(new)
      for holding in [gone, new].compactMap(\.self) {
        touched.insert(holding.firm)
        mandates.insert(holding.investor)
      }
    }
    if random.isOne(in: 3), let firm = firms.randomElement(using: &random)?.id {
      rows.evidence.append(RandomRegistry.evidence(of: firm, &random))
      touched.insert(firm)
    }
    change.candidates = rows.candidates.filter { touched.contains($0.id) }
    change.investors = rows.investors.filter { mandates.contains($0.id) }
    for id in mandates { change.holdings[id] = rows.holdings.filter { $0.investor == id } }
    for row in change.candidates where row.kind == .firm {
      change.evidence[row.id] = rows.evidence.filter { $0.firm == row.id }
    }
    return change
  }
}
