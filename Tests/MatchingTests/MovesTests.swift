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

  @Test func aNoIsTheReasonAndNoChangeOfAMandate() {
    let inputs = Moves.Inputs(changedCandidates: [1], isRegistryChanged: true, declined: [2, 3, 9])
    let moves = Moves.between(list((1, 9), (2, 8), (3, 7)), list((1, 6), (3, 5)), inputs: inputs)
    #expect(moves.map(\.candidate) == [1, 3, 2])
    #expect(moves[0].causes == [.firmChanged, .registryChanged])
    // On a house's list, through another fund.
    #expect(moves[1].causes == [.registryChanged])
    #expect(moves[2].causes == [.declined])
    let house = Moves.between(list((1, 9)), list((1, 6)), inputs: .init(declined: [1]))
    #expect(house[0].causes == [.declined])
  }

  @Test func aRankThatChangedAloneIsNoNews() {
    let before = list(
      (1, 99), (2, 98), (3, 97), (4, 96), (5, 95), (6, 94), (7, 93), (8, 92), (9, 91), (10, 90), (11, 89))
    var after = before
    after.insert(Deal(candidate: 12, score: 100), at: 0)
    let moves = Moves.between(before, after, inputs: .init(changedCandidates: [12]))
    #expect(moves.count == 12)
    // The new one, and the one that left the first ten for it.
    #expect(moves.filter(\.isNews).map(\.candidate) == [12, 10])
    var rescored = before
    rescored[10].score = 88
    #expect(Moves.between(before, rescored, inputs: .init()).filter(\.isNews).map(\.candidate) == [11])
  }

  @Test func aRefusalIsToldFromAChangeOfTheMandate() throws {
    let desk = Desk().with { $0.hold(1, 2) }
    let before = try desk.rows.build(asOf: desk.asOf)
    func differs(_ change: (inout Desk) -> Void) throws -> Bool {
      let now = try desk.with(change).rows.build(asOf: desk.asOf)
      return now.differsOnlyInRefusals(1, from: before)
    }
    #expect(try differs { $0.investor.declinedFirms = [1] })
    #expect(try !differs { _ in })
    #expect(try !differs { ($0.investor.declinedFirms, $0.investor.stages) = ([1], [.seed]) })
    #expect(
      try !differs {
        $0.investor.declinedFirms = [1]
        $0.hold(1, 3)
      })
    let refused = desk.with { $0.investor.declinedFirms = [1, 3] }
    let then = try refused.rows.build(asOf: desk.asOf)
    let now = try refused.with { $0.investor.declinedFirms = [3] }.rows.build(asOf: desk.asOf)
    #expect(!now.differsOnlyInRefusals(1, from: then), "one was taken back")
  }

  @Test func equalListsDoNotMove() {
    let same = list((1, 5), (2, 5))
    #expect(Moves.between(same, same, inputs: .init(isPolicyChanged: true)).isEmpty)
    #expect(Moves.between([], [], inputs: .init()).isEmpty)
  }
}
