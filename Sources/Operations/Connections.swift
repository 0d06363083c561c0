import Store
import Synchronization
import Wire

/// The connections there are, so that one can cancel what runs on another, the end of a token ends its own, and no token
/// has too many.
final class Connections: Sendable {
  private struct Entry {
    var identity: Identity
    var hangUp: @Sendable (LastLine?) -> Void
    var cancel: (@Sendable () -> Void)?
  }

  private let state = Mutex<(next: Int, entries: [Int: Entry])>((1, [:]))

  var count: Int { state.withLock { $0.entries.count } }

  func open(_ identity: Identity, hangUp: @escaping @Sendable (LastLine?) -> Void) -> Int {
    state.withLock { state in
      let number = state.next
      state.next += 1
      state.entries[number] = Entry(identity: identity, hangUp: hangUp)
      return number
    }
  }

  func close(_ number: Int) { state.withLock { _ = $0.entries.removeValue(forKey: number) } }

  /// Makes a connection that of a token, unless that has as many others already as it may have connections.
  /// - Returns: whether it did.
  func become(_ principal: Principal, on number: Int, atMost limit: Int) -> Bool {
    state.withLock { state in
      guard let entry = state.entries[number] else { return false }
      let others = state.entries.count {
        $0.key != number && $0.value.identity.principal.token == principal.token
      }
      guard others < limit else { return false }
      entry.identity.become(principal)
      return true
    }
  }

  /// Ends a connection once the command that runs there is answered.
  func hangUp(_ number: Int) { state.withLock { $0.entries[number]?.hangUp }?(nil) }

  /// Notes how to cancel what runs on a connection; nil when nothing runs any more.
  func running(_ number: Int, cancel: (@Sendable () -> Void)?) {
    state.withLock { $0.entries[number]?.cancel = cancel }
  }

  /// Cancels what runs on a connection of the same principal, for an admin on any; nil when there is no such connection,
  /// false when nothing runs there.
  func cancel(_ number: Int, by principal: Principal) -> Bool? {
    let cancel: (@Sendable () -> Void)?? = state.withLock { state in
      guard let entry = state.entries[number],
        entry.identity.principal == principal || principal.standing.roles.contains(.admin)
      else { return nil }
      return .some(entry.cancel)
    }
    guard let cancel else { return nil }
    cancel?()
    return cancel != nil
  }

  /// The tokens that connections are signed in with.
  var holders: [TokenStore.Holder] {
    state.withLock { state in Array(Set(state.entries.values.compactMap(\.identity.principal.holder))) }
  }

  /// Ends the connections of some principals: what runs there is cancelled, and nothing more is answered.
  func end(_ why: String, where isEnded: (Principal) -> Bool) {
    let ended = state.withLock { state in
      state.entries.values.filter { isEnded($0.identity.principal) }
    }
    for entry in ended {
      entry.identity.forget()
      entry.cancel?()
      entry.hangUp(LastLine(.closing, sentence: why))
    }
  }
}
