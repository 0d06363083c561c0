import Domain
import Testing

@testable import Matching

@Suite struct VetoCountsTests {
  /// The counts agree with the explanations, and an open candidate stands on the list.
  @Test(arguments: UInt64(0)..<20) func agreeWithExplanations(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let snapshot = try RandomRegistry.rows(&random).build(asOf: RandomRegistry.asOf)
    let scorer = Scorer(snapshot: snapshot, policy: Policy(number: 1))
    for investor in 0..<snapshot.investorCount {
      let counts = VetoCounts(scorer, investor: investor)
      let vetoes = (0..<snapshot.candidateCount).filter { !snapshot.isCandidateRetired(at: $0) }.map {
        scorer.explanation(investor: investor, candidate: $0).vetoes.map(\.veto)
      }
      #expect(counts.candidates == vetoes.count && counts.open == vetoes.count(where: \.isEmpty))
      for veto in Veto.allCases {
        let held = vetoes.count { $0.contains(veto) }
        #expect((counts.byVeto.first { $0.veto == veto }?.candidates ?? 0) == held)
      }
      #expect(zip(counts.byVeto, counts.byVeto.dropFirst()).allSatisfy { $0.candidates >= $1.candidates })
    }
  }
}
