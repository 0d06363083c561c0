import Domain
import Testing

@testable import Planning

@Suite struct ReviewAssignmentTests {
  private struct Case {
    var reviews: [String]
    var experts: [ReviewAssignment.Expert]
    var pairs: [ReviewAssignment.Pair]

    var assignment: ReviewAssignment { .init(reviews: reviews, experts: experts, pairs: pairs) }

    init(_ random: inout SplitMix64) {
      func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
      let kinds = ["expert", "legal", "financial"]
      reviews = (0..<number(0...5)).map { _ in kinds[number(0...2)] }
      experts = (0..<number(0...4)).map { _ in
        .init(kinds: Set(kinds.shuffled(using: &random).prefix(number(0...2))), room: number(-1...2))
      }
      pairs = []
      for review in reviews.indices {
        for expert in experts.indices where number(0...3) > 0 {
          pairs.append(
            .init(review: review, expert: expert, score: [0, 5, number(0...1_000_000)][number(0...2)]))
        }
      }
      pairs.shuffle(using: &random)
    }

    func may(_ pair: ReviewAssignment.Pair) -> Bool {
      experts[pair.expert].kinds.contains(reviews[pair.review])
    }

    /// The most reviews and then the greatest score, by trying every expert for each review and nobody.
    func best(from review: Int = 0, _ room: [Int]) -> (count: Int, score: Int) {
      guard review < reviews.count else { return (0, 0) }
      var best = self.best(from: review + 1, room)
      for pair in pairs where pair.review == review && may(pair) && room[pair.expert] > 0 {
        var left = room
        left[pair.expert] -= 1
        let rest = self.best(from: review + 1, left)
        best = max(best, (rest.count + 1, rest.score + pair.score), by: <)
      }
      return best
    }
  }

  @Test(arguments: 0..<500) func isTheBestOfAll(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let given = Case(&random)
    let assignment = given.assignment
    let best = given.best(given.experts.map(\.room))
    #expect((assignment.count, assignment.score) == best)
    var taken = given.experts.map { _ in 0 }
    var (count, score) = (0, 0)
    for (review, outcome) in assignment.outcomes.enumerated() {
      guard case .expert(let expert, let value) = outcome else { continue }
      #expect(
        given.pairs.contains { $0 == .init(review: review, expert: expert, score: value) && given.may($0) })
      taken[expert] += 1
      count += 1
      score += value
    }
    #expect((count, score) == best)
    #expect(zip(taken, given.experts).allSatisfy { $0 <= max(0, $1.room) })
  }

  @Test(arguments: 0..<200) func reasonsAreTrue(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let given = Case(&random)
    let assignment = given.assignment
    for (review, outcome) in assignment.outcomes.enumerated() {
      guard case .nobody(let reason) = outcome else { continue }
      let ofKind = given.experts.filter { $0.kinds.contains(given.reviews[review]) }
      let pairs = given.pairs.filter { $0.review == review && given.may($0) }
      switch reason {
      case .noExpert: #expect(ofKind.isEmpty)
      case .conflict: #expect(!ofKind.isEmpty && pairs.isEmpty)
      case .full:
        #expect(!pairs.isEmpty)
        for pair in pairs {
          let taken = assignment.outcomes.count {
            if case .expert(pair.expert, _) = $0 { true } else { false }
          }
          #expect(taken >= given.experts[pair.expert].room)
        }
      }
    }
  }

  @Test(arguments: 0..<100) func orderOfPairsDoesNotMatter(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var given = Case(&random)
    let assignment = given.assignment
    given.pairs.shuffle(using: &random)
    #expect(given.assignment == assignment)
  }

  @Test func equalsGoByExpertAndReview() {
    let experts = [ReviewAssignment.Expert](repeating: .init(kinds: ["legal"], room: 1), count: 2)
    let pairs = [(1, 1), (0, 1), (1, 0), (0, 0)].map {
      ReviewAssignment.Pair(review: $0, expert: $1, score: 7)
    }
    let assignment = ReviewAssignment(reviews: ["legal", "legal"], experts: experts, pairs: pairs)
    #expect(assignment.outcomes == [.expert(0, score: 7), .expert(1, score: 7)])
  }

  /// One more review counts more than any score.
  @Test func asManyAsPossible() {
    let assignment = ReviewAssignment(
      reviews: ["legal", "legal"],
      experts: [.init(kinds: ["legal"], room: 1), .init(kinds: ["legal"], room: 1)],
      pairs: [
        .init(review: 0, expert: 0, score: 1_000_000), .init(review: 1, expert: 0, score: 0),
        .init(review: 0, expert: 1, score: 0),
      ])
    #expect(assignment.outcomes == [.expert(1, score: 0), .expert(0, score: 0)])
  }
}

private func max(
  _ left: (count: Int, score: Int), _ right: (Int, Int), by precedes: ((Int, Int), (Int, Int)) -> Bool
)
  -> (count: Int, score: Int)
{
  precedes(left, right) ? (right.0, right.1) : left
}
