import Testing

@testable import Operations

@Suite struct GuessBrakeTests {
  private let start = ContinuousClock.now

  /// Fails so often, each as soon as it may, and gives how long that took in all.
  private func fail(_ brake: GuessBrake, _ names: [String], times: Int) -> Duration {
    var now = start
    for _ in 0..<times {
      guard let wait = brake.wait(for: names, now: now) else { return .seconds(1_000_000) }
      now += wait
      brake.failed(names, now: now)
    }
    return now - start
  }

  @Test func mistypingCostsNothingAndGuessingMore() {
    let brake = GuessBrake()
    #expect(fail(brake, ["from a"], times: GuessBrake.free) == .zero)
    #expect(brake.wait(for: ["from a"], now: start) == .milliseconds(250))
    #expect(brake.wait(for: ["from b"], now: start) == .zero)
    // Twice as long each time, up to the longest: a guess every half a minute.
    #expect(fail(GuessBrake(), ["from a"], times: 20) > GuessBrake.longest * 8)
  }

  @Test func triesSideBySideTakeTurns() {
    let brake = GuessBrake()
    _ = fail(brake, ["token x"], times: 6)
    var waits: [Duration?] = []
    for _ in 0..<40 { waits.append(brake.wait(for: ["token x", "from \(waits.count)"], now: start)) }
    let known = waits.compactMap { $0 }
    #expect(known == known.sorted() && Set(known).count == known.count)
    #expect(waits.last == .some(nil), "what would wait too long is told to come again")
  }

  @Test func successAndTimeForget() {
    let brake = GuessBrake()
    _ = fail(brake, ["from a"], times: 10)
    #expect(brake.wait(for: ["from a"], now: start + GuessBrake.memory * 2) == .zero)
    _ = fail(brake, ["from a"], times: 5)
    brake.succeeded(["from a"])
    #expect(brake.wait(for: ["from a"], now: start) == .zero)
  }

  @Test func onlySoManyAreRemembered() {
    let brake = GuessBrake()
    for number in 0...GuessBrake.places { brake.failed(["from \(number)"], now: start) }
    #expect(brake.count <= GuessBrake.places)
  }
}
