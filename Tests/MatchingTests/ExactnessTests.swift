import Domain
import Foundation
import Testing

@testable import Matching

/// Compiled mandates and single pairs against the plain rules, over random registries and policies.
@Suite struct ExactnessTests {
  @Test(arguments: 0..<8) func listsAndPairsAreThoseOfTheReference(batch: Int) throws {
    for seed in 0..<60 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      let rows = RandomRegistry.rows(&random)
      let policy = RandomRegistry.policy(&random)
      let reference = Reference(rows: rows, policy: policy.values, asOf: RandomRegistry.asOf)
      let scorer = Scorer(snapshot: try rows.build(asOf: RandomRegistry.asOf), policy: policy)
      try check(scorer, reference, "batch \(batch) seed \(seed)")
    }
  }

  /// What threads make together, blocks and the table of shared firms, against a scan by each mandate alone.
  @Test(arguments: 0..<4) func wholeRunsOfSeveralThreadsAreThoseOfScans(batch: Int) throws {
    var (withTable, without) = (0, 0)
    for seed in 0..<60 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      let policy = try RandomRegistry.policy(&random).changing(["depth": random.number(1...12)], number: 1)
      let snapshot = try RandomRegistry.rows(&random).build(asOf: RandomRegistry.asOf)
      if SharedFirms(snapshot.positions) == nil { without += 1 } else { withTable += 1 }
      let scorer = Scorer(snapshot: snapshot, policy: policy)
      let work = RankingWork(scorer: scorer)
      // Of their own, since this one waits for them.
      for _ in 0..<4 { Thread { work.run() }.start() }
      var handedOver: [Int32: [Deal]] = [:]
      work.forEachList { investor, list in
        #expect(handedOver.updateValue(Array(list), forKey: investor) == nil, "batch \(batch) seed \(seed)")
      }
      let lists = work.lists()
      #expect(handedOver.count == lists.count)
      for (investor, list) in handedOver { #expect(list == lists[investor].map(Array.init)) }
      var mandate = Mandate(scorer: scorer, investor: 0)
      for investor in 0..<snapshot.investorCount {
        mandate.turn(to: investor)
        let list = Array(lists[snapshot.investorID(at: investor)] ?? [])
        #expect(list == mandate.topByScan(policy.depth), "batch \(batch) seed \(seed)")
      }
    }
    // Otherwise one of them was not tested.
    #expect(withTable > 0 && without > 0)
  }

  private func check(_ scorer: Scorer, _ reference: Reference, _ place: Comment) throws {
    let snapshot = scorer.snapshot
    var mandate = Mandate(scorer: scorer, investor: 0)
    let prospects = (0..<snapshot.candidateCount).map { Prospect(scorer: scorer, candidate: $0) }
    for row in reference.rows.investors {
      let investor = try #require(snapshot.investor(id: row.id))
      mandate.turn(to: investor)
      let verdicts = (0..<snapshot.candidateCount).map { index in
        let candidate = snapshot.candidateRow(at: index)
        return (candidate, reference.judge(row, candidate))
      }
      let all = Reference.list(verdicts)
      for depth in [1, 2, all.count / 2, all.count, all.count + 1] where depth > 0 {
        #expect(mandate.top(depth) == Array(all.prefix(depth)), place)
        #expect(mandate.topByScan(depth) == Array(all.prefix(depth)), place)
      }
      for (candidate, (_, verdict)) in verdicts.enumerated() {
        let score = mandate.score(candidate)
        #expect(score == (verdict.vetoes.isEmpty ? Int32(verdict.score) : nil), place)
        #expect(prospects[candidate].score(investor) == score, place)
        #expect(scorer.score(investor: investor, candidate: candidate) == verdict.score, place)
        // Some in full, since words take time.
        guard (investor + candidate) % 4 == 0 else { continue }
        check(scorer.explanation(investor: investor, candidate: candidate), verdict, place)
      }
    }
  }

  private func check(_ explanation: Explanation, _ verdict: Reference.Verdict, _ place: Comment) {
    #expect(Int(explanation.score) == verdict.score, place)
    #expect(explanation.vetoes.map(\.veto) == verdict.vetoes, place)
    for part in explanation.parts {
      let agrees =
        Int(part.value) == verdict.values[part.criterion]
        && Int(part.points) == verdict.points[part.criterion]
        && part.isKnown != verdict.unknown.contains(part.criterion)
      #expect(agrees, "\(place) \(part) \(verdict)")
    }
    let facts = explanation.parts.map(\.fact) + explanation.vetoes.map(\.fact)
    #expect(!facts.contains(""), place)
  }
}
