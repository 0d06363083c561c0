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
    var waiters: [Int: CheckedContinuation<Bool, any Error>] = [:]
    var lastWaiter = 0
    /// When the patience of who waits ends, where it does.
    var due: NIODeadline?
  }

  /// Octets that may gather before the work waits for the event loop to take them.
  private let capacity: Int
  private let state = Mutex(State())
  /// Asks the event loop to take what has gathered.
  private let announce: @Sendable () -> Void

  init(capacity: Int, announce: @escaping @Sendable () -> Void) {
    self.capacity = capacity
    self.announce = announce
  }

  /// One call is taken whole, whatever its size; the wait follows it.
  func send(_ bytes: [UInt8]) async throws {
    if let waiter = try gather(bytes) { _ = try await room(waiter) }
  }

  func send(_ bytes: [UInt8], patience: Duration) async throws -> Bool {
    guard let waiter = try gather(bytes, patience) else { return true }
    return try await withTaskCancellationHandler {
      try await room(waiter, endsEarly: true)
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: true)
    }
  }

  /// When the event loop has to look for who has waited for too long; nil where nobody can have.
  var due: NIODeadline? { state.withLock { $0.due } }

  /// Lets those go on whose patience has ended.
  func endWaits(_ now: NIODeadline) {
    let waiters = state.withLock { state in
      guard let due = state.due, due <= now else { return [Int: CheckedContinuation<Bool, any Error>]() }
      state.due = nil
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume(returning: false) }
  }

  /// - Returns: the number under which to wait, where there is no room for more.
  private func gather(_ bytes: [UInt8], _ patience: Duration? = nil) throws -> Int? {
    let (isFirst, waiter) = try state.withLock { state in
      guard !state.isRetired else { throw CancellationError() }
      state.pending.writeBytes(bytes)
      let isFirst = !state.isAnnounced
      state.isAnnounced = true
      guard isFull(state) else { return (isFirst, Int?.none) }
      state.lastWaiter += 1
      // The event loop looks at it when it takes the octets. A task that sleeps would be dearer: one that is cancelled
      // holds its memory until its time is over.
      state.due = patience.map { .now() + TimeAmount($0) }
      return (isFirst, state.lastWaiter)
    }
    if isFirst { announce() }
    return waiter
  }

  private func isFull(_ state: borrowing State) -> Bool {
    state.isBlocked || state.pending.readableBytes >= capacity
  }

  /// - Returns: false where the patience has ended before there was room.
  private func room(_ waiter: Int, endsEarly: Bool = false) async throws -> Bool {
    try await withCheckedThrowingContinuation { continuation in
      let outcome: Result<Bool, any Error>? = state.withLock { state in
        if state.isRetired { return .failure(CancellationError()) }
        // Whoever cancels it either is seen here or finds it waiting.
        guard isFull(state), !(endsEarly && Task.isCancelled) else { return .success(true) }
        state.waiters[waiter] = continuation
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
      guard !isFull(state) else { return [Int: CheckedContinuation<Bool, any Error>]() }
      state.due = nil
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume(returning: true) }
  }

  /// Ends it: whoever waits or sends from now on is told that the connection is gone.
  func retire() {
    let waiters = state.withLock { state in
      state.isRetired = true
      state.pending = ByteBuffer()
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume(throwing: CancellationError()) }
  }
}
