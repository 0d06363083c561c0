import Synchronization

/// Slows those who guess tokens: after a few wrong ones each further try from the same address waits twice as long, until
/// it is left alone for a while; and tries of one token from many addresses take turns, a little apart.
final class GuessBrake: Sendable {
  /// What wrong tokens are counted by.
  enum Source: Hashable {
    case address(String)
    case token(String)

    /// The longest that a try waits for the one before. Short for a token, lest others lock out whose it is.
    var longest: Duration {
      switch self {
      case .address: .seconds(30)
      case .token: .milliseconds(250)
      }
    }
  }

  private struct Entry {
    var failures = 0
    /// When the next try may be looked at.
    var next: ContinuousClock.Instant
    var last: ContinuousClock.Instant
  }

  /// Wrong tokens that cost nothing, since people mistype.
  static let free = 3
  /// Time after which failures are forgotten.
  static let memory = Duration.seconds(900)
  /// Sources that are remembered; beyond, those that failed longest ago are forgotten.
  static let places = 10_000

  private let entries = Mutex<[Source: Entry]>([:])

  /// Sources that are remembered.
  var count: Int { entries.withLock { $0.count } }

  /// How long a try has to wait; nil where so many from this address wait already that it should come again later.
  func wait(_ address: String, token: String, now: ContinuousClock.Instant = .now) -> Duration? {
    entries.withLock { entries in
      var start = now
      for source in [Source.address(address), .token(token)] {
        guard var entry = entries[source], entry.last + Self.memory > now else { continue }
        let turn = max(now, entry.next)
        if case .address = source, turn - now > source.longest { return nil }
        start = max(start, turn)
        // Tries side by side take turns.
        entry.next = turn + Self.pause(source, entry.failures)
        entries[source] = entry
      }
      return start - now
    }
  }

  func failed(_ address: String, token: String, now: ContinuousClock.Instant = .now) {
    entries.withLock { entries in
      for source in [Source.address(address), .token(token)] {
        var entry = entries[source] ?? Entry(next: now, last: now)
        if entry.last + Self.memory <= now { entry.failures = 0 }
        entry.failures += 1
        entry.last = now
        entry.next = max(entry.next, now + Self.pause(source, entry.failures))
        entries[source] = entry
      }
      guard entries.count > Self.places else { return }
      for (source, _) in entries.sorted(by: { $0.value.last < $1.value.last }).prefix(Self.places / 10) {
        entries[source] = nil
      }
    }
  }

  /// Forgets what was counted of an address, which has shown that it does not guess.
  func succeeded(_ address: String) { entries.withLock { $0[.address(address)] = nil } }

  private static func pause(_ source: Source, _ failures: Int) -> Duration {
    failures < free ? .zero : min(source.longest, .milliseconds(250) * (1 << min(failures - free, 10)))
  }
}
