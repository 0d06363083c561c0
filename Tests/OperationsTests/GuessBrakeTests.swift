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

  /// Whoever guesses at somebody's token from everywhere does not make them wait, even where they have mistyped it.
  @Test func othersDoNotLockOut() {
    let brake = GuessBrake()
    for number in 0..<300 {
      for _ in 0..<Limits.freeGuesses { brake.failed("from \(number)", token: "mine", now: start) }
    }
    for number in 0..<300 { _ = brake.wait("from \(number)", token: "mine", now: start) }
    #expect(brake.wait("home", token: "mine", now: start) == .zero)
    fail(brake, "home", times: Limits.freeGuesses - 1, token: "mine")
    #expect(brake.wait("home", token: "mine", now: start) == .zero)
  }

  /// The tries of one token by addresses that guess are a quarter of a second apart, and few wait.
  @Test func guessersOfOneTokenTakeTurns() {
    let brake = GuessBrake()
    let guessers = (0..<300).map { "from \($0)" }
    for address in guessers {
      for _ in 0..<Limits.freeGuesses { brake.failed(address, token: "mine", now: start) }
    }
    // Each one's own pause is over.
    let now = start + .milliseconds(250)
    let waits = guessers.map { brake.wait($0, token: "mine", now: now) }
    let known = waits.compactMap { $0 }
    #expect(zip(known, known.dropFirst()).allSatisfy { $1 - $0 == Limits.longestTokenPause })
    #expect(known.last! <= Limits.longestTokenQueue && known.count == 21)
    #expect(waits.last == .some(nil))
    // A try that was refused has taken no turn, of its address neither.
    #expect(brake.wait(guessers.last!, token: "other", now: now) == .zero)
  }

  @Test func successAndTimeForget() {
    let brake = GuessBrake()
    fail(brake, "a", times: 10)
    #expect(brake.wait("a", token: "t", now: start + Limits.guessMemory * 2) == .zero)
    fail(brake, "a", times: 5)
    brake.succeeded("a", token: "t")
    #expect(brake.wait("a", token: "u", now: start) == .zero)
  }

  /// The holder of one token cannot buy guesses at others with it.
  @Test func aTokenOfOnesOwnExcusesNoGuesses() {
    let brake = GuessBrake()
    fail(brake, "a", times: 5, token: "others")
    brake.succeeded("a", token: "own")
    #expect(brake.wait("a", token: "others", now: start)! > .zero)
    fail(brake, "b", times: 2, token: "own")
    fail(brake, "b", times: 3, token: "others")
    brake.succeeded("b", token: "own")
    brake.succeeded("b", token: "others")
    #expect(brake.wait("b", token: "others", now: start)! > .zero)
  }

  @Test func onlySoManyAreRemembered() {
    let brake = GuessBrake()
    for number in 0...Limits.guessSources { brake.failed("\(number)", token: "t", now: start) }
    #expect(brake.count <= Limits.guessSources)
  }
}
