import Domain
import Testing

@testable import Matching

@Suite struct MovesTests {
  private func list(_ deals: (Int32, Int32)...) -> [Deal] {
    deals.map { Deal(candidate: $0.0, score: $0.1) }
  }

  @Test func whoEnteredMovedAndLeft() {
    let moves = Moves.between(
      list((1, 900), (2, 800), (3, 700), (4, 600)), list((1, 900), (3, 850), (5, 820), (2, 800)),
      inputs: .init(changedCandidates: [3, 5]))
    #expect(
      moves == [
        Move(
          candidate: 3, kind: .moved, rankBefore: 3, rankAfter: 2, scoreBefore: 700, scoreAfter: 850,
          causes: [.firmChanged]),
        Move(candidate: 5, kind: .entered, rankAfter: 3, scoreAfter: 820, causes: [.firmChanged]),
        Move(
          candidate: 2, kind: .moved, rankBefore: 2, rankAfter: 4, scoreBefore: 800, scoreAfter: 800,
          causes: [.displaced]),
        Move(candidate: 4, kind: .left, rankBefore: 4, scoreBefore: 600, causes: [.displaced]),
      ])
  }

  @Test func everyCauseThatAppliesIsNamed() {
    let inputs = Moves.Inputs(
      changedCandidates: [1], isMandateChanged: true, isPolicyChanged: true, isRegistryChanged: true)
    let moves = Moves.between(list((1, 5), (2, 4), (3, 3)), list((1, 6), (3, 3)), inputs: inputs)
    #expect(moves.map(\.candidate) == [1, 3, 2])
    #expect(
      moves[0].causes.map(\.name) == [
        "firm_changed", "mandate_changed", "policy_changed", "registry_changed",
      ])
    #expect(moves[1].causes == [.displaced], "whatever changed did not reach its score")
    #expect(moves[2].causes == [.mandateChanged, .policyChanged, .registryChanged])
  }

  @Test func aScoreAloneMayMove() {
    let moves = Moves.between(list((1, 5)), list((1, 6)), inputs: .init(isPolicyChanged: true))
    #expect(moves.map(\.kind) == [.moved])
    #expect(moves[0].rankBefore == 1 && moves[0].rankAfter == 1)
    #expect(moves[0].causes == [.policyChanged])
  }

  @Test func equalListsDoNotMove() {
    let same = list((1, 5), (2, 5))
    #expect(Moves.between(same, same, inputs: .init(isPolicyChanged: true)).isEmpty)
    #expect(Moves.between([], [], inputs: .init()).isEmpty)
  }
}
