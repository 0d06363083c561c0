import Domain
import Testing

@testable import bellwetherd

/// A flood of clients is none of log lines.
@Suite struct LogBrakeTests {
  private let start = ContinuousClock.now
  private let kind = LogBrake.Kind(level: "notice", message: "A wrong token was tried")

  @Test func theFirstIsWrittenAndTheOthersAreCounted() {
    var brake = LogBrake()
    let written = (0..<1_800).count { brake.take(kind, now: start + .milliseconds($0)).isWritten }
    #expect(written == 1)
    #expect(brake.due(start + .seconds(9)).isEmpty)
    let due = brake.due(start + Limits.logPause)
    #expect(due.map(\.heldBack) == [1_799])
    #expect(
      LogBrake.summary(kind.message, due[0].heldBack) == "A wrong token was tried: and 1,799 more in 10 s")
    // Told once, and what comes then is the first again.
    #expect(brake.due(start + .seconds(60)).isEmpty && !brake.holdsBack)
    #expect(brake.take(kind, now: start + .seconds(60)).isWritten)
  }

  @Test func kindsDoNotHoldEachOtherBack() {
    var brake = LogBrake()
    #expect(brake.take(kind, now: start).isWritten)
    #expect(brake.take(.init(level: "info", message: "another"), now: start).isWritten)
    #expect(brake.take(.init(level: "warning", message: kind.message), now: start).isWritten)
  }

  /// Without a timer, whoever comes next brings the number along.
  @Test func theNextOneTellsOfThoseBefore() {
    var brake = LogBrake()
    for _ in 0..<5 { _ = brake.take(kind, now: start) }
    let next = brake.take(kind, now: start + .seconds(11))
    #expect(next.isWritten && next.heldBack == 4)
  }

  @Test func errorsHaveMoreRoom() {
    var brake = LogBrake()
    let written = (0..<100).count { _ in brake.take(kind, most: Limits.loggedErrors, now: start).isWritten }
    #expect(written == Limits.loggedErrors)
    #expect(brake.all().map(\.heldBack) == [100 - Limits.loggedErrors])
  }

  @Test func numbersAreReadable() {
    for (number, text) in [(1, "1"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
      #expect(LogBrake.summary("x", number) == "x: and \(text) more in 10 s")
    }
  }
}
