import Domain
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

  private func check(_ scorer: Scorer, _ reference: Reference, _ place: Comment) throws {
    let snapshot = scorer.snapshot
    var mandate = Mandate(scorer: scorer, investor: 0)
    for row in reference.rows.investors {
      let investor = try #require(snapshot.investor(id: row.id))
      mandate.turn(to: investor)
      let all = reference.list(row, depth: .max)
      for depth in [1, 2, 3, 7, all.count, all.count + 1] where depth > 0 {
        #expect(mandate.top(depth) == Array(all.prefix(depth)), place)
      }
      for candidate in 0..<snapshot.candidateCount {
        let verdict = reference.judge(row, snapshot.candidateRow(at: candidate))
        let explanation = scorer.explanation(investor: investor, candidate: candidate)
        #expect(Int(explanation.score) == verdict.score, place)
        #expect(explanation.vetoes.map(\.veto) == verdict.vetoes, place)
        #expect(explanation.parts.reduce(0) { $0 + Int($1.points) } == verdict.score, place)
        for part in explanation.parts {
          #expect(Int(part.value) == verdict.values[part.criterion], place)
          #expect(Int(part.points) == verdict.points[part.criterion], place)
          #expect(part.isKnown != verdict.unknown.contains(part.criterion), place)
          #expect(!part.fact.isEmpty)
        }
        #expect(explanation.vetoes.allSatisfy { !$0.fact.isEmpty })
        #expect(scorer.score(investor: investor, candidate: candidate) == Int32(verdict.score), place)
        #expect(mandate.score(candidate) == (verdict.vetoes.isEmpty ? Int32(verdict.score) : nil), place)
      }
    }
  }
}
