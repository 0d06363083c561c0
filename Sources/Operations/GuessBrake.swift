import Synchronization

/// Slows those who guess: after a few wrong tokens each further try from the same address, or for the same token, waits
/// twice as long, until it is left alone for a while.
final class GuessBrake: Sendable {
  private struct Entry {
    var failures = 0
    /// When the next try may be looked at.
    var next: ContinuousClock.Instant
    var last: ContinuousClock.Instant
  }

  /// Wrong tokens that cost nothing, since people mistype.
  static let free = 3
  static let longest = Duration.seconds(30)
  /// Time after which failures are forgotten.
  static let memory = Duration.seconds(900)
  /// Addresses and tokens that are remembered; beyond, those that failed longest ago are forgotten.
  static let places = 10_000

  private let entries = Mutex<[String: Entry]>([:])

  /// How long a try has to wait; nil where so many wait already that this one should come again later.
  func wait(for names: [String], now: ContinuousClock.Instant = .now) -> Duration? {
    entries.withLock { entries in
      var start = now
      for name in names {
        guard let entry = entries[name], entry.last + Self.memory > now else { continue }
        start = max(start, entry.next)
      }
      guard start - now <= Self.longest else { return nil }
      // Tries side by side take turns.
      for name in names where entries[name] != nil {
        entries[name]!.next = start + Self.pause(entries[name]!.failures)
      }
      return start - now
    }
  }

  func failed(_ names: [String], now: ContinuousClock.Instant = .now) {
    entries.withLock { entries in
      for name in names {
        var entry = entries[name] ?? Entry(next: now, last: now)
        if entry.last + Self.memory <= now { entry.failures = 0 }
        entry.failures += 1
        entry.last = now
        entry.next = max(entry.next, now + Self.pause(entry.failures))
        entries[name] = entry
      }
      guard entries.count > Self.places else { return }
      for (name, _) in entries.sorted(by: { $0.value.last < $1.value.last }).prefix(Self.places / 10) {
        entries[name] = nil
      }
    }
  }

  /// Names that are remembered.
  var count: Int { entries.withLock { $0.count } }

  func succeeded(_ names: [String]) { entries.withLock { for name in names { $0[name] = nil } } }

  private static func pause(_ failures: Int) -> Duration {
    failures < free ? .zero : min(longest, .milliseconds(250) * (1 << min(failures - free, 10)))
  }
}
