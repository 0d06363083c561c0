import Synchronization

/// The settings of the desk, which may change while it works.
final class SettingsInForce: Sendable {
  private let current: Mutex<Desk.Settings>

  init(_ settings: Desk.Settings) { current = Mutex(settings) }

  var now: Desk.Settings { current.withLock { $0 } }

  /// - Returns: those that were in force before.
  func replace(with settings: Desk.Settings) -> Desk.Settings {
    current.withLock { current in
      defer { current = settings }
      return current
    }
  }
}
