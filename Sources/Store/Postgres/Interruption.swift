import CLibPQ
import CLinux
import Glibc

/// What other threads may do to a connection while its own thread works or waits: ask it to stop.
///
/// A cancel request travels on a connection of its own and names a server process, not a statement. Two rules
/// follow, both kept here: none is sent unless a statement is in flight, and never during COMMIT, whose
/// outcome it would blur; and the next statement is not sent before an earlier request has arrived, or it
/// would be hit instead.
final class Interruption: Sendable {
  enum Cause { case deadline, task }

  enum Phase { case idle, working, committing, recovering }

  struct State {
    var phase = Phase.idle
    /// Which `run` is under way, so that a late request for an earlier one does nothing.
    var run: UInt64 = 0
    var cause: Cause?
    var isInFlight = false
    var requestsUnderWay = 0
    var isBroken = false
    var socket: Int32 = -1
    var handle: CancelHandle?
  }

  private let state = Monitor(State())

  /// Becomes readable when a request arrives, so that the connection's thread wakes from `poll`.
  let bell: Int32

  init() throws(StoreError) {
    bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard bell >= 0 else {
      throw .unavailable(reason: "no file descriptor for a connection: \(errorText(errno))")
    }
  }

  deinit { Glibc.close(bell) }

  // MARK: For the connection's own thread

  func connected(socket: Int32, handle: CancelHandle) {
    state.withLock {
      $0.socket = socket
      $0.handle = handle
    }
  }

  /// Opens a run; requests are heeded from now on.
  func begin() -> UInt64 {
    silence()
    return state.withLock {
      $0.run += 1
      $0.cause = nil
      $0.phase = .working
      return $0.run
    }
  }

  func end() {
    state.withLock {
      $0.phase = .idle
      $0.cause = nil
    }
  }

  /// Says that a statement is about to be sent; false if it must not be, because the run was asked to stop.
  func statementBegins() -> Bool {
    state.withLock {
      if $0.phase == .working && $0.cause != nil { return false }
      $0.isInFlight = true
      return true
    }
  }

  func statementEnds() {
    state.withLock { $0.isInFlight = false }
  }

  /// From here on nothing is cancelled; false if a request came before.
  func beginCommit() -> Bool {
    state.withLock {
      guard $0.cause == nil else { return false }
      $0.phase = .committing
      return true
    }
  }

  /// From here on the connection is only being brought back to a usable state.
  func beginRecovery() {
    state.withLock { $0.phase = .recovering }
  }

  /// After a commit or a recovery: requests are heeded again, those included that came meanwhile.
  func resume() {
    state.withLock { $0.phase = .working }
  }

  var cause: Cause? { state.withLock { $0.cause } }

  var phase: Phase { state.withLock { $0.phase } }

  var isBroken: Bool { state.withLock { $0.isBroken } }

  func markBroken() {
    state.withLock {
      $0.isBroken = true
      $0.socket = -1
    }
  }

  /// Waits until every cancel request has reached the server; false if one has not by then.
  func awaitQuiet(until deadline: ContinuousClock.Instant) -> Bool {
    state.wait(until: deadline) { $0.requestsUnderWay == 0 ? true : nil } ?? false
  }

  /// Makes the bell ready to ring again.
  func silence() {
    var rings: UInt64 = 0
    _ = Glibc.read(bell, &rings, 8)
  }

  /// True when nothing has arrived on an idle connection, not even its end. Costs one system call.
  var isQuiet: Bool {
    state.withLock { state in
      guard !state.isBroken, state.socket >= 0 else { return false }
      var descriptor = pollfd(fd: state.socket, events: Int16(POLLIN), revents: 0)
      return poll(&descriptor, 1, 0) == 0
    }
  }

  /// Sends a cancel request for the statement in flight without ending the run: its remaining rows are
  /// unwanted.
  func abandonStatement() {
    send(
      state.withLock { state in
        guard state.isInFlight, state.phase == .working, state.cause == nil, let handle = state.handle else {
          return nil
        }
        state.requestsUnderWay += 1
        return handle
      })
  }

  // MARK: For any thread

  /// Asks the run that is under way to stop: the given one, or whichever it is.
  func request(_ cause: Cause, run: UInt64? = nil) {
    let handle = state.withLock { state -> CancelHandle? in
      guard state.phase != .idle, state.cause == nil, run == nil || run == state.run else { return nil }
      state.cause = cause
      // During COMMIT and recovery the request is only noted, for what would come after.
      guard state.phase == .working, state.isInFlight, let handle = state.handle else { return nil }
      state.requestsUnderWay += 1
      return handle
    }
    var ring: UInt64 = 1
    _ = Glibc.write(bell, &ring, 8)
    send(handle)
  }

  private func send(_ handle: CancelHandle?) {
    guard let handle else { return }
    // PQcancel connects, and blocks until the server has closed that connection: a minute if the network is
    // gone. Nobody waits for it longer than `awaitQuiet` says.
    let isStarted: Void? = try? startThread(name: "store-cancel") { [self] in
      handle.send()
      state.withLock { $0.requestsUnderWay -= 1 }
    }
    if isStarted == nil { state.withLock { $0.requestsUnderWay -= 1 } }
  }
}

/// libpq's key for cancelling, which unlike the connection may be used from any thread.
final class CancelHandle: @unchecked Sendable {
  private let handle: OpaquePointer

  /// - Returns: nil if the connection is not open.
  init?(_ connection: OpaquePointer) {
    guard let handle = PQgetCancel(connection) else { return nil }
    self.handle = handle
  }

  deinit { PQfreeCancel(handle) }

  /// Blocks until the server has taken the request, or cannot be reached.
  func send() {
    var complaint = [CChar](repeating: 0, count: 256)
    // A request that fails is as good as one that came too late: the caller's deadline closes the connection.
    _ = PQcancel(handle, &complaint, Int32(complaint.count))
  }
}
