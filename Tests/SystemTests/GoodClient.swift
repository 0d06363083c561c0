import Foundation

/// Somebody who asks every few milliseconds, on a thread of its own, and takes the time of each reply from when it would
/// have been asked for if none before it had been late: so a single long wait shows as the many that it is.
final class GoodClient: @unchecked Sendable {
  private let acts: [() throws -> Void]
  private let lock = NSLock()
  private var isOver = false
  private var milliseconds: [Double] = []
  private var failure: (any Error)?
  /// When the next request is to be made, and how long after it the one that follows.
  private var due: UInt64 = 0
  private static let pause: UInt64 = 10_000_000
  private var ended = DispatchSemaphore(value: 0)

  /// - Parameter acts: What it does in turn, each a request and its reply at least.
  init(_ acts: [() throws -> Void]) { self.acts = acts }

  /// Asks on one connection.
  /// - Parameter requests: With what their replies begin with.
  convenience init(_ client: LineClient, asking requests: [(line: String, last: String)]) {
    self.init(
      requests.map { line, last in
        {
          let reply = try client.ask(line).last ?? ""
          guard reply.hasPrefix(last) else { throw LineClient.Failure(description: "\(line): \(reply)") }
        }
      })
  }

  func begin() {
    (isOver, milliseconds, failure) = (false, [], nil)
    Thread.detachNewThread { [self] in
      // It has a machine of its own as well: its waits for a core are not the daemon's. Only root may ask for that.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -10)
      due = DispatchTime.now().uptimeNanoseconds
      do { while !lock.withLock({ isOver }) { try askAll() } } catch { failure = error }
      ended.signal()
    }
  }

  /// - Returns: the milliseconds of each reply, sorted.
  func end() throws -> [Double] {
    lock.withLock { isOver = true }
    ended.wait()
    if let failure { throw failure }
    return milliseconds.sorted()
  }

  private func askAll() throws {
    for act in acts {
      let now = DispatchTime.now().uptimeNanoseconds
      if now < due { usleep(UInt32((due - now) / 1_000)) }
      // Waking up late is the machine's and not the daemon's.
      let start = now < due ? DispatchTime.now().uptimeNanoseconds : due
      due += Self.pause
      try act()
      milliseconds.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
    }
  }
}

/// The value below which this share of sorted values lies.
func quantile(_ share: Double, of sorted: [Double]) -> Double {
  sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
}
