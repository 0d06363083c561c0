import Domain
import Logging

/// A bounded number of connections, lent to one user at a time.
///
/// Connections are opened as they are needed and replaced when they break. Requests that find none free wait
/// in order, bounded in number and time. While the server cannot be reached, requests fail at once and the
/// pool tries again on its own, ever more slowly.
public actor Pool {
  /// How much of everything; nothing is unbounded.
  public struct Limits: Sendable, Hashable {
    /// Connections open at once.
    public var connections = 8
    /// Requests waiting for one at once.
    public var waiting = 256
    /// How long each waits at most.
    public var waitingTime = Duration.seconds(5)
    /// How long opening a connection may take.
    public var openingTime = Duration.seconds(10)
    /// The pause after the first failure to connect; it doubles with each.
    public var firstPause = Duration.milliseconds(100)
    public var longestPause = Duration.seconds(5)

    public init() {}
  }

  /// What the pool is doing, for STATUS.
  public struct State: Sendable, Hashable {
    /// Connections that are up, lent ones included.
    public var open: Int
    public var idle: Int
    /// Requests waiting for a connection.
    public var waiting: Int
    /// True while the last attempt to connect failed.
    public var isFailing: Bool
    /// What the last failed attempt said, even if later ones succeeded.
    public var lastError: String?
    public var isClosed: Bool
  }

  private struct Waiter {
    let id: UInt64
    let continuation: CheckedContinuation<Connection, any Error>
    let timer: Task<Void, Never>
  }

  private struct Failure {
    var attempts: Int
    var reason: String
    var nextAttempt: ContinuousClock.Instant
  }

  private let target: ConnectionString
  private let limits: Limits
  private let logger: Logger
  private let onOpen: @Sendable (Session) throws -> Void
  private var idle: [Connection] = []
  private var lent: [ObjectIdentifier: Connection] = [:]
  private var opening = 0
  private var waiters: [Waiter] = []
  private var lastWaiter: UInt64 = 0
  private var failure: Failure?
  /// Failures to open a connection, for the log.
  private var failures = FailureRecord()
  private var lastError: String?
  private var isClosed = false
  private var closers: [CheckedContinuation<Void, Never>] = []

  /// Opens nothing yet.
  ///
  /// - Parameter onOpen: Runs once on each new connection, to set up its session.
  public init(
    _ target: ConnectionString, limits: Limits = Limits(), logger: Logger = Logger(label: "bellwether.store"),
    onOpen: @escaping @Sendable (Session) throws -> Void = { _ in }
  ) {
    precondition(limits.connections > 0, "A pool needs at least one connection.")
    self.target = target
    self.limits = limits
    self.logger = logger
    self.onOpen = onOpen
  }

  public var state: State {
    State(
      open: idle.count + lent.count, idle: idle.count, waiting: waiters.count, isFailing: failure != nil,
      lastError: lastError, isClosed: isClosed)
  }
}

// MARK: - Use

extension Pool {
  /// Runs `body` on a connection of the pool, each statement committing by itself.
  ///
  /// - Parameter deadline: For all of it: waiting for a connection and running.
  /// - Throws: `StoreError`, or what `body` throws.
  public nonisolated func run<Result: Sendable>(
    deadline: Duration, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    let limit = ContinuousClock.now + deadline
    return try await withConnection(deadline: deadline) { connection in
      try await connection.perform(until: limit, body)
    }
  }

  /// Runs `body` between BEGIN and COMMIT on a connection of the pool; see `Connection.transaction`.
  public nonisolated func transaction<Result: Sendable>(
    isolation: Isolation = .readCommitted, readOnly: Bool = false, deadline: Duration,
    _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    try await run(deadline: deadline) { session in
      try session.transaction(isolation: isolation, readOnly: readOnly, body)
    }
  }

  /// Lends a connection for as long as `body` takes.
  ///
  /// - Parameter deadline: For waiting until one is free; the pool's own `waitingTime` counts too.
  /// - Throws: `StoreError.poolExhausted`, `unavailable`, `cancelled`, or what `body` throws.
  public nonisolated func withConnection<Result: Sendable>(
    deadline: Duration, _ body: @Sendable (Connection) async throws -> Result
  ) async throws -> Result {
    let connection = try await borrow(until: .now + min(deadline, limits.waitingTime))
    do {
      let result = try await body(connection)
      await giveBack(connection)
      return result
    } catch {
      await giveBack(connection)
      throw error
    }
  }

  /// Takes no more requests, fails the waiting ones, and waits for the connections that are lent.
  ///
  /// - Parameter deadline: After it, what still runs is cancelled, except COMMIT, and no longer waited for.
  public func close(deadline: Duration) async {
    isClosed = true
    failAll(.unavailable(reason: "the daemon is shutting down"))
    let free = idle
    idle = []
    for connection in free { await connection.close() }
    guard !lent.isEmpty else { return }
    let timer = Task.detached {
      try? await Task.sleep(for: deadline)
      await self.stopWaitingForLent()
    }
    await withCheckedContinuation { closers.append($0) }
    timer.cancel()
  }

  private func stopWaitingForLent() {
    for connection in lent.values { connection.cancelRunning() }
    finishClosing()
  }

  private func finishClosing() {
    for closer in closers { closer.resume() }
    closers = []
  }
}

// MARK: - Lending

extension Pool {
  private func borrow(until deadline: ContinuousClock.Instant) async throws -> Connection {
    guard !isClosed else { throw StoreError.unavailable(reason: "the daemon is shutting down") }
    if Task.isCancelled { throw StoreError.cancelled }
    // Whoever waits already goes first. The connection used last is the likeliest to be alive, and its server
    // process the likeliest to be warm.
    while waiters.isEmpty, let connection = idle.popLast() {
      lent[ObjectIdentifier(connection)] = connection
      if connection.interruption.isQuiet { return connection }
      // Something has arrived on it: a notice, or its end.
      if await connection.isAlive() { return connection }
      lent[ObjectIdentifier(connection)] = nil
      await connection.close()
      guard !isClosed else { throw StoreError.unavailable(reason: "the daemon is shutting down") }
    }
    if let failure, idle.isEmpty, lent.isEmpty { throw unavailable(failure) }
    guard waiters.count < limits.waiting else {
      throw StoreError.poolExhausted(
        reason: "all \(limits.connections) are busy and \(waiters.count) requests wait already")
    }
    return try await queue(until: deadline)
  }

  private func queue(until deadline: ContinuousClock.Instant) async throws -> Connection {
    lastWaiter += 1
    let id = lastWaiter
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // The handler may have run already, and found nobody to wake.
        if Task.isCancelled { return continuation.resume(throwing: StoreError.cancelled) }
        let timer = Task.detached { [weak self] in
          guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
          await self?.expire(id)
        }
        waiters.append(Waiter(id: id, continuation: continuation, timer: timer))
        grow()
      }
    } onCancel: {
      Task.detached { await self.fail(id, .cancelled) }
    }
  }

  private func giveBack(_ connection: Connection) async {
    lent[ObjectIdentifier(connection)] = nil
    if isClosed || connection.isBroken {
      // The place is free at once; closing may take a moment on the connection's thread.
      serveWaiters()
      await connection.close()
    } else {
      offer(connection)
    }
    if isClosed, lent.isEmpty { finishClosing() }
  }

  private func offer(_ connection: Connection) {
    guard !waiters.isEmpty else { return idle.append(connection) }
    let waiter = waiters.removeFirst()
    waiter.timer.cancel()
    lent[ObjectIdentifier(connection)] = connection
    waiter.continuation.resume(returning: connection)
  }

  /// Makes sure that whoever waits has something to wait for.
  private func serveWaiters() {
    if let failure, idle.isEmpty, lent.isEmpty {
      failAll(unavailable(failure))
    } else {
      grow()
    }
  }

  private func expire(_ id: UInt64) {
    let waited = "all \(limits.connections) stayed busy for as long as this request could wait"
    fail(
      id,
      lent.isEmpty
        ? .unavailable(reason: "no connection could be opened in time") : .poolExhausted(reason: waited))
  }

  private func fail(_ id: UInt64, _ error: StoreError) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    let waiter = waiters.remove(at: index)
    waiter.timer.cancel()
    waiter.continuation.resume(throwing: error)
  }

  private func failAll(_ error: StoreError) {
    let failed = waiters
    waiters = []
    for waiter in failed {
      waiter.timer.cancel()
      waiter.continuation.resume(throwing: error)
    }
  }

  private func unavailable(_ failure: Failure) -> StoreError {
    let pause = ContinuousClock.now.duration(to: failure.nextAttempt)
    let next = pause > .zero ? "the next attempt is in \(pause.inSeconds) s" : "the next attempt is under way"
    return .unavailable(reason: "\(failure.reason); \(next)")
  }
}

// MARK: - Opening

extension Pool {
  /// Opens connections for those who wait, as many as the limit allows.
  private func grow() {
    // After a failure one attempt at a time is enough, and it is scheduled.
    guard failure == nil, !isClosed else { return }
    while opening < waiters.count, idle.count + lent.count + opening < limits.connections {
      opening += 1
      Task.detached { await self.openOne() }
    }
  }

  private func openOne() async {
    do {
      let connection = try await Connection.open(
        target, deadline: limits.openingTime, logger: logger, prepare: onOpen)
      opening -= 1
      if case .recovered(let count) = failures.succeeded() {
        logger.warning("The database can be reached again.", metadata: ["failures": "\(count)"])
      }
      failure = nil
      guard !isClosed else { return await connection.close() }
      offer(connection)
      grow()
    } catch {
      opening -= 1
      guard !isClosed else { return }
      noteFailure(error)
    }
  }

  private func noteFailure(_ error: any Error) {
    let reason: String
    if case StoreError.unavailable(let text) = error { reason = text } else { reason = "\(error)" }
    lastError = reason
    let attempts = failure?.attempts ?? 0
    // Several attempts that fail together count as one, and cause one more.
    if let failure, failure.nextAttempt > .now { return }
    let doubled = limits.firstPause * Double(1 << min(attempts, 16))
    // Daemons that lost the same server must not all come back at the same moment.
    let pause = min(doubled, limits.longestPause) * Double.random(in: 0.5...1)
    failure = Failure(attempts: attempts + 1, reason: reason, nextAttempt: .now + pause)
    if failures.failed(at: .now) != nil {
      logger.warning("The database cannot be reached: \(reason)", metadata: ["attempt": "\(attempts + 1)"])
    }
    Task.detached { [weak self] in
      try? await Task.sleep(for: pause)
      await self?.probe()
    }
    serveWaiters()
  }

  /// The one attempt after a failure.
  private func probe() async {
    guard failure != nil, !isClosed else { return }
    opening += 1
    await openOne()
  }
}

extension Duration {
  /// Seconds with one decimal, for messages.
  var inSeconds: String {
    let tenths = components.seconds * 10 + components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
