import Domain
import Testing

@testable import Operations

@Suite struct GuessBrakeTests {
  private let start = ContinuousClock.now
  private let longest = GuessBrake.Source.address("").longest

  /// Fails so often, each as soon as it may, and gives how long that took in all.
  @discardableResult private func fail(
    _ brake: GuessBrake, _ address: String, times: Int, token: String = "t"
  ) -> Duration {
    var now = start
    for _ in 0..<times {
      now += brake.wait(address, token: token, now: now) ?? longest * 2
      brake.failed(address, token: token, now: now)
    }
    return now - start
  }

  @Test func mistypingCostsNothingAndGuessingMore() {
    let brake = GuessBrake()
    #expect(fail(brake, "a", times: Limits.freeGuesses) == .zero)
    #expect(brake.wait("a", token: "u", now: start) == .milliseconds(250))
    #expect(brake.wait("b", token: "u", now: start) == .zero)
    // Twice as long each time, up to the longest: a guess every half a minute.
    #expect(fail(GuessBrake(), "a", times: 20) > longest * 8)
  }

  @Test func triesSideBySideTakeTurns() {
    let brake = GuessBrake()
    fail(brake, "a", times: 6)
    let waits = (0..<40).map { _ in brake.wait("a", token: "t", now: start) }
    let known = waits.compactMap { $0 }
    #expect(known == known.sorted() && Set(known).count == known.count && known.count > 1)
    #expect(waits.last == .some(nil), "what would wait too long is told to come again")
  }

  /// Whoever guesses at somebody's token from everywhere makes them wait, but not for long.
  @Test func othersDoNotLockOut() {
    let brake = GuessBrake()
    for number in 0..<200 { brake.failed("from \(number)", token: "mine", now: start) }
    #expect(brake.wait("home", token: "mine", now: start)! <= .milliseconds(250))
  }

  @Test func successAndTimeForget() {
    let brake = GuessBrake()
    fail(brake, "a", times: 10)
    #expect(brake.wait("a", token: "t", now: start + Limits.guessMemory * 2) == .zero)
    fail(brake, "a", times: 5)
    brake.succeeded("a")
    #expect(brake.wait("a", token: "u", now: start) == .zero)
  }

  @Test func onlySoManyAreRemembered() {
    let brake = GuessBrake()
    for number in 0...Limits.guessSources { brake.failed("\(number)", token: "t", now: start) }
    #expect(brake.count <= Limits.guessSources)
  }
}
