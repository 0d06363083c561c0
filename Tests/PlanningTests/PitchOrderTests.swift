import Domain
import Testing

@testable import Planning

@Suite struct PitchOrderTests {
  @Test func isThatOfTheSeed() {
    // SplitMix64 as its authors publish it.
    var random = SplitMix64(seed: 1_234_567)
    #expect((0..<2).map { _ in random.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973])
    // The order was computed by a few lines of Python that know the three steps only.
    let firms = ["d", "a", "c", "b", "e"].map { PitchOrder.Firm(code: $0, early: 0) }
    let order = PitchOrder.order(firms, seed: 42)
    #expect(order == PitchOrder.order(firms.reversed(), seed: 42))
    #expect(order == ["b", "c", "a", "e", "d"])
  }

  @Test(arguments: 0..<100) func earlyPlacesGoRound(seed: UInt64) {
    var counts = Dictionary(uniqueKeysWithValues: (0..<7).map { ("f\($0)", 0) })
    for round in 1...21 {
      let firms = counts.map { PitchOrder.Firm(code: $0, early: $1) }
      let order = PitchOrder.order(firms, seed: seed &+ UInt64(round))
      #expect(order.sorted() == counts.keys.sorted())
      for code in order.prefix(2) { counts[code]! += 1 }
      #expect(counts.values.max()! - counts.values.min()! <= 1)
    }
  }

  @Test func everyPlaceIsAsLikely() {
    // Of 6,000 orders of four firms each firm is at each place 1,500 times, with a deviation of 34.
    let firms = ["a", "b", "c", "d"].map { PitchOrder.Firm(code: $0, early: 0) }
    var counts: [String: [Int]] = [:]
    for seed in 0..<6_000 {
      for (place, code) in PitchOrder.order(firms, seed: UInt64(seed)).enumerated() {
        counts[code, default: [0, 0, 0, 0]][place] += 1
      }
    }
    #expect(counts.count == 4 && counts.values.joined().allSatisfy { abs($0 - 1_500) < 170 })
  }

  @Test func hasNoneOrOne() {
    #expect(PitchOrder.order([], seed: 1) == [])
    #expect(PitchOrder.order([PitchOrder.Firm(code: "a", early: 9)], seed: 1) == ["a"])
  }
}
