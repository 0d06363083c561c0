import Testing

@testable import Matching

/// What is to be written of lists that others were in force before.
@Suite struct DealListsTests {
  private func lists(_ lists: [(investor: Int32, candidates: [Int32])]) -> DealLists {
    var made = DealLists(depth: 3)
    for (investor, candidates) in lists {
      made.append(candidates.map { Deal(candidate: $0, score: 9) }, of: investor)
    }
    return made
  }

  @Test func onlyListsThatDifferAreChanges() throws {
    let old = lists([(1, [5, 6]), (3, []), (4, [7])])
    let new = lists([(1, [6, 5]), (2, []), (3, []), (4, [7])])
    let changes = new.changes(from: old)
    // A new investor gets a list, though an empty one.
    #expect(changes.map(\.investor) == [1, 2])
    #expect(changes.map { $0.list.map(\.candidate) } == [[6, 5], []])
    #expect(new.changes(from: new).isEmpty)
  }

  @Test func anotherScoreIsAChange() {
    let old = lists([(1, [5])])
    #expect(old.change(of: 1, to: [Deal(candidate: 5, score: 9)]) == nil)
    #expect(old.change(of: 1, to: [Deal(candidate: 5, score: 8)])?.list.first?.score == 8)
  }

  @Test func whoeverHasNoListAnyMoreGetsAnEmptyOne() {
    let old = lists([(1, [5]), (2, []), (3, [6]), (5, [7]), (9, [8])])
    let emptied = old.emptied(by: lists([(3, []), (4, [1]), (5, [7])]))
    // The second had none before either.
    #expect(emptied.map(\.investor) == [1, 9])
    #expect(emptied.allSatisfy { $0.list.isEmpty })
    #expect(old.emptied(by: lists([])).map(\.investor) == [1, 3, 5, 9])
  }

  @Test func whoWaitsForListsOfStoppedWorkIsLetGo() throws {
    var random = SeededGenerator(1)
    let policy = RandomRegistry.policy(&random)
    let scorer = Scorer(
      snapshot: try RandomRegistry.rows(&random).build(asOf: RandomRegistry.asOf), policy: policy)
    let work = RankingWork(scorer: scorer)
    // Nobody ranks.
    work.stop()
    work.forEachList { _, _ in Issue.record("a list that nobody ranked") }
    #expect(work.isStopped)
  }
}
