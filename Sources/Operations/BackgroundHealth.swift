import Domain
import Glibc
import Logging
import Store
import Synchronization

/// The health of the work that the daemon does by itself: since when each piece is behind, and why. Loops that go on after
/// an error report here, so that no failure stays unseen.
final class BackgroundHealth: Sendable {
  enum Work: String, CaseIterable, Sendable {
    /// Published lists follow the registry.
    case lists
    /// The audit is sealed in blocks.
    case audit
    /// Watchers are told of new events.
    case events
    /// Introductions expire, and return from `not_now`.
    case introductions
    /// Old runs are pruned, tables vacuumed and analyzed.
    case maintenance
  }

  private struct Entry {
    var record = FailureRecord()
    /// The first failure, in UTC.
    var since: String
    /// The newest one, as STATUS may tell it.
    var reason = ""
  }

  private let logger: Logger
  private let entries = Mutex<[Work: Entry]>([:])

  init(logger: Logger) { self.logger = logger }

  /// Does a piece of work, and notes how it went.
  /// - Returns: nil if it failed.
  @discardableResult func attempt<Result>(
    _ work: Work, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async -> Result? {
    do {
      let result = try await body()
      succeeded(work)
      return result
    } catch {
      failed(work, error)
      return nil
    }
  }

  func succeeded(_ work: Work) {
    let notice = entries.withLock { entries -> FailureRecord.Notice? in
      // Kept for its last notice, so that work that fails now and then is not logged each time.
      entries[work]?.record.succeeded()
    }
    guard case .recovered(let failures) = notice else { return }
    logger.warning(
      "background work succeeds again", metadata: ["work": "\(work.rawValue)", "failures": "\(failures)"])
  }

  /// Notes a failure. A cancelled task has not failed: the daemon stops.
  func failed(_ work: Work, _ error: any Error) {
    if error is CancellationError || error as? StoreError == .cancelled { return }
    let store = error as? StoreError
    let (failures, since, notice) = entries.withLock { entries -> (Int, String, FailureRecord.Notice?) in
      var entry = entries[work] ?? Entry(since: "")
      if entry.record.failures == 0 { entry.since = Self.utcNow }
      let notice = entry.record.failed(at: .now)
      entry.reason = store?.briefly ?? "the log says why"
      entries[work] = entry
      return (entry.record.failures, entry.since, notice)
    }
    guard notice != nil else { return }
    var metadata: Logger.Metadata = [
      "work": "\(work.rawValue)", "failures": "\(failures)", "since": "\(since)", "error": "\(error)",
    ]
    if let state = store?.sqlState { metadata["sqlstate"] = "\(state)" }
    if let statement = store?.statement { metadata["statement"] = "\(statement)" }
    logger.warning("background work fails and is tried again", metadata: metadata)
  }

  /// A sentence of each piece of work that is behind, for STATUS.
  var behind: [(work: Work, sentence: String)] {
    entries.withLock { entries in
      Work.allCases.compactMap { work in
        guard let entry = entries[work], entry.record.failures > 0 else { return nil }
        let count = entry.record.failures
        return (
          work,
          "behind since \(entry.since), \(count) \(count == 1 ? "failure" : "failures"): \(entry.reason)"
        )
      }
    }
  }

  private static var utcNow: String {
    let seconds = Glibc.time(nil)
    let time = WallTime(day: Day(daysSinceEpoch: seconds / 86_400), minute: seconds % 86_400 / 60)
    return "\(time)Z"
  }
}

extension StoreError {
  /// The error in a few words that name no value of a row.
  fileprivate var briefly: String {
    switch self {
    case .server(let error) where error.sqlState == ServerError.diskFull: "the database's disk is full"
    case .server(let error):
      "SQLSTATE \(error.sqlState)" + (error.statement.map { " in statement \($0)" } ?? "")
    case .connectionLost, .outcomeUnknown, .unavailable: "the database is out of reach"
    case .deadlinePassed(let statement):
      "no answer in time" + (statement.map { " of statement \($0)" } ?? "")
    case .poolExhausted: "all connections to the database are busy"
    case .cancelled, .misconfigured, .invalidValue, .unexpectedResult: "the log says why"
    }
  }
}
