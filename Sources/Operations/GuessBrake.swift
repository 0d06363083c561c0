import Domain
import Synchronization

/// Slows those who guess tokens: after a few wrong ones each further try from the same address waits twice as long, until
/// it is left alone for a while; and tries of one token from many addresses take turns, a little apart.
final class GuessBrake: Sendable {
  /// What wrong tokens are counted by.
  enum Source: Hashable {
    case address(String)
    case token(String)

    /// The longest that a try waits for the one before.
    var longest: Duration {
      switch self {
      case .address: Limits.longestGuessPause
      case .token: Limits.longestTokenPause
      }
    }
  }

  private struct Entry {
    var failures = 0
    /// When the next try may be looked at.
    var next: ContinuousClock.Instant
    var last: ContinuousClock.Instant
  }

  private let entries = Mutex<[Source: Entry]>([:])

  /// Sources that are remembered.
  var count: Int { entries.withLock { $0.count } }

  /// How long a try has to wait; nil where so many from this address wait already that it should come again later.
  func wait(_ address: String, token: String, now: ContinuousClock.Instant = .now) -> Duration? {
    entries.withLock { entries in
      var start = now
      for source in [Source.address(address), .token(token)] {
        guard var entry = entries[source], entry.last + Limits.guessMemory > now else { continue }
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
        if entry.last + Limits.guessMemory <= now { entry.failures = 0 }
        entry.failures += 1
        entry.last = now
        entry.next = max(entry.next, now + Self.pause(source, entry.failures))
        entries[source] = entry
      }
      guard entries.count > Limits.guessSources else { return }
      for (source, _) in entries.sorted(by: { $0.value.last < $1.value.last }).prefix(
        Limits.guessSources / 10)
      {
        entries[source] = nil
      }
    }
  }

  /// Forgets what was counted of an address, which has shown that it does not guess.
  func succeeded(_ address: String) { entries.withLock { $0[.address(address)] = nil } }

  private static func pause(_ source: Source, _ failures: Int) -> Duration {
    let costly = failures - Limits.freeGuesses
    return costly < 0 ? .zero : min(source.longest, Limits.firstGuessPause * (1 << min(costly, 10)))
  }
}
