import NIOCore
import Synchronization
import Wire

/// The connections there are, and what still works for connections that are gone.
final class ConnectionTable: Sendable {
  /// What becomes of a connection that has just been accepted.
  enum Admission: Equatable {
    case served
    /// There are too many, or no more are served: it is told so.
    case overloaded(open: Int)
    case closing
    /// There are too many that are being told so.
    case dropped
  }

  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var served: Set<ObjectIdentifier> = []
    var works = 0
    var isDraining = false
    var hasSaidFull = false
    var emptied: [CheckedContinuation<Void, Never>] = []

    var isEmpty: Bool { channels.isEmpty && works == 0 }
    mutating func takeEmptied() -> [CheckedContinuation<Void, Never>] {
      guard isEmpty else { return [] }
      defer { emptied = [] }
      return emptied
    }
  }

  /// Connections beyond the limit that may be told of it at one time; more are closed without a word.
  private static let refusedAtOnce = 64

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  /// Connections that are served now.
  var count: Int { state.withLock { $0.served.count } }

  /// Takes in a connection that has just been accepted.
  /// - Returns: what becomes of it, and whether it is the first one to meet a full table.
  func enter(_ channel: any Channel) -> (Admission, isFirstRefusal: Bool) {
    let id = ObjectIdentifier(channel)
    return state.withLock { state in
      let isFull = state.served.count >= limit
      guard state.channels.count < limit + Self.refusedAtOnce else { return (.dropped, false) }
      state.channels[id] = channel
      if state.isDraining { return (.closing, false) }
      if isFull {
        defer { state.hasSaidFull = true }
        return (.overloaded(open: state.served.count), !state.hasSaidFull)
      }
      state.served.insert(id)
      return (.served, false)
    }
  }

  /// Lets go of a connection that is closed.
  func leave(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let emptied = state.withLock { state in
      state.channels[id] = nil
      if state.served.remove(id) != nil { state.hasSaidFull = false }
      return state.takeEmptied()
    }
    for waiter in emptied { waiter.resume() }
  }

  /// Counts a piece of work, which may outlive its connection.
  func workBegan() { state.withLock { $0.works += 1 } }

  func workEnded() {
    let emptied = state.withLock { state in
      state.works -= 1
      return state.takeEmptied()
    }
    for waiter in emptied { waiter.resume() }
  }

  /// Tells every connection to come to its end, and those that come later.
  func drain() {
    let channels = state.withLock { state in
      state.isDraining = true
      return Array(state.channels.values)
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
  }

  /// Closes every connection as it is.
  func closeAll() {
    let channels = state.withLock { state in
      state.isDraining = true
      return Array(state.channels.values)
    }
    for channel in channels { channel.close(promise: nil) }
  }

  /// Waits until there is no connection and no work.
  func waitUntilEmpty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if state.isEmpty { return true }
        state.emptied.append(continuation)
        return false
      }
      if isEmpty { continuation.resume() }
    }
  }

  /// Stops waiting for it.
  func giveUpWaiting() {
    let emptied = state.withLock { state in
      defer { state.emptied = [] }
      return state.emptied
    }
    for waiter in emptied { waiter.resume() }
  }
}

/// Tells a connection to finish what it does and say this.
struct DrainEvent {
  var last = LastLine(.closing, sentence: "the daemon is shutting down; connect again")
}
