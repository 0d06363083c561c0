import Synchronization

/// Whether the database answers, so that what is shown from memory can say how old it may be.
final class DatabaseReach: Sendable {
  private let lastAnswer = Mutex(ContinuousClock.now)
  private let isAway = Atomic(false)

  func answered() {
    lastAnswer.withLock { $0 = .now }
    isAway.store(false, ordering: .relaxed)
  }

  func failed() { isAway.store(true, ordering: .relaxed) }

  /// Seconds since the database answered last; nil while it does.
  var silence: Int? {
    guard isAway.load(ordering: .relaxed) else { return nil }
    return Int(lastAnswer.withLock { $0 }.duration(to: .now).components.seconds)
  }
}
