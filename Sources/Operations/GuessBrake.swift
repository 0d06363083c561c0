import Domain
import Synchronization

/// Slows those who guess tokens. An address that has used up its free tries waits twice as long before each further one,
/// until it is left alone for a while; and its tries of one token take turns with those of other such addresses. An
/// address with free tries left never waits, so that guessers elsewhere cannot keep out the holder of a token.
/// docs/SECURITY.md states how many guesses an hour that leaves.
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

    /// The longest queue of tries. One that would wait longer is refused.
    var longestQueue: Duration {
      switch self {
      case .address: Limits.longestGuessPause
      case .token: Limits.longestTokenQueue
      }
    }
  }

  private struct Entry {
    var failures = 0
    /// When the next try may be looked at.
    var next: ContinuousClock.Instant
    var last: ContinuousClock.Instant
    /// The one token that an address has failed with; nil for several, which is no mistyping.
    var token: String?
  }

  private let entries = Mutex<[Source: Entry]>([:])

  /// Sources that are remembered.
  var count: Int { entries.withLock { $0.count } }

  /// How long a try has to wait; nil where so many wait already that it should come again later.
  func wait(_ address: String, token: String, now: ContinuousClock.Instant = .now) -> Duration? {
    entries.withLock { entries in
      guard let from = entries[.address(address)], from.last + Limits.guessMemory > now,
        from.failures >= Limits.freeGuesses
      else { return .zero }
      var start = now
      var queued: [Source: Entry] = [:]
      for source in [Source.address(address), .token(token)] {
        guard var entry = entries[source], entry.last + Limits.guessMemory > now else { continue }
        let turn = max(now, entry.next)
        guard turn - now <= source.longestQueue else { return nil }
        start = max(start, turn)
        // Tries side by side take turns.
        entry.next = turn + Self.pause(source, entry.failures)
        queued[source] = entry
      }
      // A try that is refused takes no turn.
      for (source, entry) in queued { entries[source] = entry }
      return start - now
    }
  }

  func failed(_ address: String, token: String, now: ContinuousClock.Instant = .now) {
    entries.withLock { entries in
      for source in [Source.address(address), .token(token)] {
        var entry = entries[source] ?? Entry(next: now, last: now, token: token)
        if entry.last + Limits.guessMemory <= now { (entry.failures, entry.token) = (0, token) }
        if entry.token != token { entry.token = nil }
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

  /// Forgets the failures of an address with the token that it has now signed in with. Those with other tokens stay: the
  /// holder of one token may be guessing at others.
  func succeeded(_ address: String, token: String) {
    entries.withLock { entries in
      if entries[.address(address)]?.token == token { entries[.address(address)] = nil }
    }
  }

  private static func pause(_ source: Source, _ failures: Int) -> Duration {
    let costly = failures - Limits.freeGuesses
    return costly < 0 ? .zero : min(source.longest, Limits.firstGuessPause * (1 << min(costly, 10)))
  }
}
