/// The failures in a row of work that is tried again and again, and when to log them: the first at once, then ever more
/// rarely, and the recovery. Work that fails and succeeds in turn is logged no more often than every `leastPause`.
///
/// It reads no clock and writes no log, so that both can be tested without waiting.
public struct FailureRecord: Sendable, Hashable {
  public typealias Instant = ContinuousClock.Instant

  /// The log line that an outcome asks for.
  public enum Notice: Sendable, Hashable {
    case failing
    /// After so many failures in a row.
    case recovered(failures: Int)
  }

  /// The least time between two notices of failure.
  public static let leastPause = Duration.seconds(10)
  /// The time between two notices of the same failure doubles from `leastPause` up to this.
  public static let longestPause = Duration.seconds(600)

  /// Failures since the last success; 0 while the work succeeds.
  public private(set) var failures = 0
  /// The first of them.
  public private(set) var since: Instant?
  private var nextNotice: Instant?
  private var pause = FailureRecord.leastPause
  /// Whether the present failures were logged, so that the recovery has to be.
  private var isNoted = false

  public init() {}

  public mutating func failed(at now: Instant) -> Notice? {
    failures += 1
    if since == nil { since = now }
    if let nextNotice, now < nextNotice { return nil }
    pause = isNoted ? min(pause * 2, Self.longestPause) : Self.leastPause
    nextNotice = now + pause
    isNoted = true
    return .failing
  }

  public mutating func succeeded() -> Notice? {
    defer { (failures, since, isNoted) = (0, nil, false) }
    return isNoted ? .recovered(failures: failures) : nil
  }
}
