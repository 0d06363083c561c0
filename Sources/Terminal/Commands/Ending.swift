import Glibc
import Synchronization

/// That somebody wants the program to end when what it does just now is done.
final class Ending: Sendable {
  private struct State {
    var isWanted = false
    var close: (@Sendable () -> Void)?
    var child: pid_t?
  }
  private let state = Mutex(State())

  var isWanted: Bool { state.withLock { $0.isWanted } }

  /// Wants it. Wanted once more, it ends at once, and so does what was waited for.
  func want() {
    let before = state.withLock { state in
      defer { state.isWanted = true }
      return state
    }
    guard before.isWanted else { return before.close?() ?? () }
    if let child = before.child { kill(-child, SIGTERM) }
    Interrupts.set(nil)
    raise(SIGTERM)
  }

  /// What keeps it from waiting for a connection.
  func setCloser(_ close: (@Sendable () -> Void)?) {
    let isWanted = state.withLock { state in
      state.close = close
      return state.isWanted
    }
    if isWanted { close?() }
  }

  /// The group of processes that is waited for.
  func setChild(_ child: pid_t?) { state.withLock { $0.child = child } }

  /// Waits, but not for longer than it may take to end.
  func sleep(for time: Duration) async throws {
    let due = ContinuousClock.now + time
    while !isWanted, case let left = ContinuousClock.now.duration(to: due), left > .zero {
      try await Task.sleep(for: min(left, .milliseconds(50)))
    }
  }
}
