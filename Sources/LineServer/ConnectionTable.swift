import NIOCore
import Synchronization
import Wire

/// The connections there are, and what still works for connections that are gone.
final class ConnectionTable: Sendable {
  /// What becomes of a connection that has just been accepted.
  enum Admission: Equatable {
    case served
    /// It is told this and closed.
    case refused(LastLine)
    /// There are too many that are being told something.
    case dropped
  }

  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var served: [ObjectIdentifier: Origin] = [:]
    /// Connections that are served, by where they come from.
    var origins: [Origin: Int] = [:]
    var works = 0
    var isDraining = false
    var emptied: [CheckedContinuation<Void, Never>] = []

    var isEmpty: Bool { channels.isEmpty && works == 0 }
    mutating func takeEmptied() -> [CheckedContinuation<Void, Never>] {
      guard isEmpty else { return [] }
      defer { emptied = [] }
      return emptied
    }
  }

  private let limits: ServerLimits
  private let state = Mutex(State())
  /// Octets of replies queued on all connections.
  private let queued = Atomic(0)

  init(_ limits: ServerLimits) { self.limits = limits }

  /// Connections that are served now.
  var count: Int { state.withLock { $0.served.count } }

  /// Whether so much is queued on all connections together that who has some queued must read it first.
  var holdsTooMuch: Bool { queued.load(ordering: .relaxed) > limits.queuedReplyBytesInAll }

  /// Notes how many more octets of replies are queued on a connection, or how many fewer.
  func noteQueued(_ difference: Int) { queued.wrappingAdd(difference, ordering: .relaxed) }

  /// Takes in a connection that has just been accepted.
  /// - Parameter mayUseReserve: whether the places are for it that are kept.
  /// - Returns: what becomes of it, and whether there was no place for it.
  func enter(_ channel: any Channel, from origin: Origin, mayUseReserve: Bool) -> (Admission, isFull: Bool) {
    let id = ObjectIdentifier(channel)
    return state.withLock { state in
      var refusal: LastLine?
      var isFull = false
      if state.isDraining {
        refusal = DrainEvent.shutdown
      } else if let sentence = want(of: origin, mayUseReserve, state) {
        refusal = LastLine(.overloaded, sentence: sentence)
        isFull = true
      }
      guard let refusal else {
        state.channels[id] = channel
        state.served[id] = origin
        state.origins[origin, default: 0] += 1
        return (.served, false)
      }
      guard state.channels.count - state.served.count < limits.refusalsAtOnce else {
        return (.dropped, isFull)
      }
      state.channels[id] = channel
      return (.refused(refusal), isFull)
    }
  }

  /// Why there is no place for a connection; nil where there is one.
  private func want(of origin: Origin, _ mayUseReserve: Bool, _ state: State) -> String? {
    let places = limits.connections - (mayUseReserve ? 0 : limits.reservedConnections)
    guard state.served.count < places else {
      return "\(state.served.count) connections are open, which is all there may be; try again later"
    }
    let open = state.origins[origin] ?? 0
    switch origin {
    case .user where open >= limits.connectionsPerUser:
      return
        "\(open) connections of this user are open, which is all it may have; close some, or try again later"
    case .address where open >= limits.connectionsPerAddress:
      return
        "\(open) connections from this address are open, which is all it may have; close some, or try again later"
    default: return nil
    }
  }

  /// Lets go of a connection that is closed.
  func leave(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let emptied = state.withLock { state in
      state.channels[id] = nil
      if let origin = state.served.removeValue(forKey: id), let open = state.origins[origin] {
        state.origins[origin] = open > 1 ? open - 1 : nil
      }
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
    for channel in channels {
      channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
    }
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

/// Tells a connection to finish what it does, and what it says in the end; nil is nothing more.
struct DrainEvent {
  static let shutdown = LastLine(.closing, sentence: "the daemon is shutting down; connect again")

  var last: LastLine? = DrainEvent.shutdown
}
