import NIOCore
import Synchronization
import Wire

/// Where one piece of work writes its reply. Octets gather here and go to the connection's event loop
/// together; the work waits only while the client is slow to read.
final class WorkSink: ReplySink {
  private struct State {
    /// Octets the event loop has not taken yet.
    var pending = ByteBuffer()
    /// The event loop has been asked to take them.
    var isAnnounced = false
    /// The connection's queue is full.
    var isBlocked = false
    /// The connection is gone, or the work is over.
    var isRetired = false
    var waiters: [CheckedContinuation<Void, any Error>] = []
  }

  /// Octets that may gather before the work waits for the event loop to take them.
  private static let gathered = 65_536

  private let state = Mutex(State())
  /// Asks the event loop to take what has gathered.
  private let announce: @Sendable () -> Void

  init(announce: @escaping @Sendable () -> Void) { self.announce = announce }

  /// One call is taken whole, whatever its size; the wait follows it.
  func send(_ bytes: [UInt8]) async throws {
    let (isFirst, mustWait) = try state.withLock { state in
      guard !state.isRetired else { throw CancellationError() }
      state.pending.writeBytes(bytes)
      defer { state.isAnnounced = true }
      return (!state.isAnnounced, state.isBlocked || state.pending.readableBytes >= Self.gathered)
    }
    if isFirst { announce() }
    if mustWait { try await room() }
  }

  private func room() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let outcome: Result<Void, any Error>? = state.withLock { state in
        if state.isRetired { return .failure(CancellationError()) }
        guard state.isBlocked || state.pending.readableBytes >= Self.gathered else { return .success(()) }
        state.waiters.append(continuation)
        return nil
      }
      if let outcome { continuation.resume(with: outcome) }
    }
  }

  /// Takes what has gathered. The event loop calls it.
  func take() -> ByteBuffer {
    state.withLock { state in
      state.isAnnounced = false
      var taken = ByteBuffer()
      swap(&taken, &state.pending)
      return taken
    }
  }

  /// Says whether the connection's queue has room, after what had gathered was taken.
  func setBlocked(_ isBlocked: Bool) {
    let waiters = state.withLock { state in
      state.isBlocked = isBlocked
      guard !isBlocked, state.pending.readableBytes < Self.gathered else {
        return [CheckedContinuation<Void, any Error>]()
      }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Ends it: whoever waits or sends from now on is told that the connection is gone.
  func retire() {
    let waiters = state.withLock { state in
      state.isRetired = true
      state.pending = ByteBuffer()
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(throwing: CancellationError()) }
  }
}
