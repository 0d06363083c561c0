import Domain
import Logging

/// A bounded number of connections, lent to one user at a time and shared out among those who borrow.
///
/// Connections are opened as they are needed and replaced when they break. Requests that find none free wait, bounded in
/// number and time. While the server cannot be reached, requests fail at once and the pool tries again on its own, ever
/// more slowly.
///
/// No ``Borrower`` can take all connections, nor all places of those who wait. The first connection of a borrower must
/// leave the reserve, each further one twice the reserve; an administrator's must leave one reserve less. A connection
/// that comes free goes to the borrower that holds fewest. Where the waiting are too many, the newest request of the
/// borrower with most of them makes room. Requests that change one object go one after the other, and those that wait for
/// their turn hold no connection.
public actor Pool {
  /// How much of everything; nothing is unbounded.
  public struct Limits: Sendable, Hashable {
    /// Connections open at once.
    public var connections: Int
    /// Connections that an ordinary borrower leaves to others.
    public var reserve: Int
    /// Requests waiting for one at once.
    public var waiting = 256
    /// How long each waits at most.
    public var waitingTime = Duration.seconds(5)
    /// How long a slow request waits at most, and one that changes an object, which may have to wait for those before it.
    public var longWaitingTime = Duration.seconds(30)
    /// How long opening a connection may take.
    public var openingTime = Duration.seconds(10)
    /// The pause after the first failure to connect; it doubles with each.
    public var firstPause = Duration.milliseconds(100)
    public var longestPause = Duration.seconds(5)

    /// A quarter of the connections are the reserve; a pool of one has none.
    public init(connections: Int = 8) {
      precondition(connections > 0, "A pool needs at least one connection.")
      self.connections = connections
      reserve = connections == 1 ? 0 : max(1, connections / 4)
    }
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
    /// The object that it will change.
    let object: String?
    let continuation: CheckedContinuation<Connection, any Error>
    let timer: Task<Void, Never>
  }

  /// A borrower's loans and those of its requests that wait, in order.
  private struct Line {
    var held = 0
    var waiters: [Waiter] = []
    /// The number of its last loan; the smallest was served longest ago.
    var lastLoan: UInt64 = 0
  }

  private struct Loan {
    let connection: Connection
    /// Nil for the program itself.
    let borrower: Borrower?
    let object: String?
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
  private var lent: [ObjectIdentifier: Loan] = [:]
  /// Objects that a request with a connection changes.
  private var changing: Set<String> = []
  private var opening = 0
  private var lines: [Borrower?: Line] = [:]
  /// Requests in all lines.
  private var waiting = 0
  private var lastWaiter: UInt64 = 0
  private var lastLoan: UInt64 = 0
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
    self.target = target
    self.limits = limits
    self.logger = logger
    self.onOpen = onOpen
  }

  public var state: State {
    State(
      open: idle.count + lent.count, idle: idle.count, waiting: waiting, isFailing: failure != nil,
      lastError: lastError, isClosed: isClosed)
  }
}

// MARK: - Use

extension Pool {
  /// Runs `body` on a connection of the pool, each statement committing by itself.
  ///
  /// - Parameters:
  ///   - object: What it changes: of one object one request at a time has a connection.
  ///   - deadline: For all of it: waiting for a connection and running.
  /// - Throws: `StoreError`, or what `body` throws.
  public nonisolated func run<Result: Sendable>(
    changing object: String? = nil, deadline: Duration, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    let limit = ContinuousClock.now + deadline
    return try await withConnection(changing: object, deadline: deadline) { connection in
      try await connection.perform(until: limit, body)
    }
  }

  /// Runs `body` between BEGIN and COMMIT on a connection of the pool; see `run` and `Connection.transaction`.
  public nonisolated func transaction<Result: Sendable>(
    changing object: String? = nil, isolation: Isolation = .readCommitted, readOnly: Bool = false,
    deadline: Duration, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    try await run(changing: object, deadline: deadline) { session in
      try session.transaction(isolation: isolation, readOnly: readOnly, body)
    }
  }

  /// Lends a connection to the task's ``Borrower`` for as long as `body` takes.
  ///
  /// - Parameter deadline: For waiting until one is free; the pool's own limits count too.
  /// - Throws: `StoreError.poolExhausted`, `unavailable`, `cancelled`, or what `body` throws.
  public nonisolated func withConnection<Result: Sendable>(
    changing object: String? = nil, deadline: Duration,
    _ body: @Sendable (Connection) async throws -> Result
  ) async throws -> Result {
    let borrower = Borrower.current
    let waitsLong = object != nil || borrower?.isSlow == true
    let longest = waitsLong ? limits.longWaitingTime : limits.waitingTime
    let connection = try await borrow(for: borrower, object, atMost: min(deadline, longest))
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
    for loan in lent.values { loan.connection.cancelRunning() }
    finishClosing()
  }

  private func finishClosing() {
    for closer in closers { closer.resume() }
    closers = []
  }
}

// MARK: - Lending

extension Pool {
  private func borrow(for borrower: Borrower?, _ object: String?, atMost time: Duration) async throws
    -> Connection
  {
    guard !isClosed else { throw StoreError.unavailable(reason: "the daemon is shutting down") }
    if Task.isCancelled { throw StoreError.cancelled }
    // While a connection is idle, nobody waits who may have it.
    if mayBorrow(borrower, object), let connection = takeIdle() {
      lend(connection, to: borrower, object)
      return connection
    }
    if let failure, idle.isEmpty, lent.isEmpty { throw unavailable(failure) }
    try makeRoom(for: borrower)
    return try await queue(borrower, object, atMost: time)
  }

  private func queue(_ borrower: Borrower?, _ object: String?, atMost time: Duration) async throws
    -> Connection
  {
    lastWaiter += 1
    let id = lastWaiter
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // The handler may have run already, and found nobody to wake.
        if Task.isCancelled { return continuation.resume(throwing: StoreError.cancelled) }
        let timer = Task.detached { [weak self] in
          guard (try? await Task.sleep(for: time)) != nil else { return }
          await self?.expire(id, of: borrower, after: time)
        }
        waiting += 1
        lines[borrower, default: Line()].waiters.append(
          Waiter(id: id, object: object, continuation: continuation, timer: timer))
        grow()
      }
    } onCancel: {
      Task.detached { await self.fail(id, of: borrower, .cancelled) }
    }
  }

  private func giveBack(_ connection: Connection) async {
    if let loan = lent.removeValue(forKey: ObjectIdentifier(connection)) {
      if let object = loan.object { changing.remove(object) }
      change(loan.borrower) { $0.held -= 1 }
    }
    if isClosed || connection.isBroken {
      // The place is free at once; closing may take a moment on the connection's thread.
      serve()
      await connection.close()
    } else {
      idle.append(connection)
      serve()
    }
    if isClosed, lent.isEmpty { finishClosing() }
  }

  private func lend(_ connection: Connection, to borrower: Borrower?, _ object: String?) {
    lastLoan += 1
    lent[ObjectIdentifier(connection)] = Loan(connection: connection, borrower: borrower, object: object)
    if let object { changing.insert(object) }
    change(borrower) { line in
      line.held += 1
      line.lastLoan = lastLoan
    }
  }

  /// Changes a borrower's line, and forgets one that holds nothing and waits for nothing.
  private func change(_ borrower: Borrower?, _ body: (inout Line) -> Void) {
    var line = lines.removeValue(forKey: borrower) ?? Line()
    body(&line)
    if line.held > 0 || !line.waiters.isEmpty { lines[borrower] = line }
  }

  /// Lends what is idle to those who wait, and makes sure that the others have something to wait for.
  private func serve() {
    while !idle.isEmpty, let next, let connection = takeIdle() {
      var waiter: Waiter?
      change(next.borrower) { waiter = $0.waiters.remove(at: next.index) }
      waiting -= 1
      waiter!.timer.cancel()
      lend(connection, to: next.borrower, waiter!.object)
      waiter!.continuation.resume(returning: connection)
    }
    if let failure, idle.isEmpty, lent.isEmpty { failAll(unavailable(failure)) } else { grow() }
  }

  /// The request that goes next. O(requests that wait).
  private var next: (borrower: Borrower?, index: Int)? {
    var best: (borrower: Borrower?, index: Int, rank: (Int, UInt64))?
    for (borrower, line) in lines where isWithinShare(borrower, held: line.held) {
      // The program's own work first: many may depend on it.
      let rank = (borrower == nil ? -1 : line.held, line.lastLoan)
      if let best, best.rank <= rank { continue }
      guard let index = line.waiters.firstIndex(where: { mayChange($0.object) }) else { continue }
      best = (borrower, index, rank)
    }
    return best.map { ($0.borrower, $0.index) }
  }

  private func mayBorrow(_ borrower: Borrower?, _ object: String?) -> Bool {
    mayChange(object) && isWithinShare(borrower, held: lines[borrower]?.held ?? 0)
  }

  private func mayChange(_ object: String?) -> Bool { object.map { !changing.contains($0) } ?? true }

  /// Whether a borrower that holds so many connections may have one more.
  private func isWithinShare(_ borrower: Borrower?, held: Int) -> Bool {
    var left = 0
    if let borrower {
      left = limits.reserve * (held == 0 && !borrower.isSlow ? 1 : 2)
      if borrower.mayUseReserve { left -= limits.reserve }
    }
    return limits.connections - lent.count > min(left, limits.connections - 1)
  }

  /// The connection that was used last: the likeliest to be alive, and its server process the likeliest to be warm. One
  /// on which something has arrived is closed, as that may be its end.
  private func takeIdle() -> Connection? {
    while let connection = idle.popLast() {
      if connection.interruption.isQuiet { return connection }
      Task.detached { await connection.close() }
    }
    return nil
  }

  /// Makes sure that one more may wait: in place of the newest request of the borrower with most of them.
  private func makeRoom(for borrower: Borrower?) throws {
    guard waiting >= limits.waiting else { return }
    let own = lines[borrower]?.waiters.count ?? 0
    let longest = lines.max { $0.value.waiters.count < $1.value.waiters.count }
    if let longest, longest.value.waiters.count > own + 1, let newest = longest.value.waiters.last {
      return fail(newest.id, of: longest.key, crowded(longest.key, longest.value.waiters.count))
    }
    throw crowded(borrower, own)
  }

  private func crowded(_ borrower: Borrower?, _ own: Int) -> StoreError {
    .poolExhausted(
      reason: "\(limits.waiting) requests wait for the database already, \(own) of them yours",
      over: borrower?.name)
  }

  private func expire(_ id: UInt64, of borrower: Borrower?, after time: Duration) {
    guard let line = lines[borrower], let waiter = line.waiters.first(where: { $0.id == id }) else { return }
    if lent.isEmpty {
      return fail(id, of: borrower, .unavailable(reason: "no connection could be opened in time"))
    }
    let waited = "\(time.inSeconds) s"
    if !mayChange(waiter.object) {
      let reason =
        "changes before this one of the same object took longer than the \(waited) that it may wait"
      return fail(id, of: borrower, .poolExhausted(reason: reason, over: nil))
    }
    let isOver = line.held > 0 && !isWithinShare(borrower, held: line.held)
    let reason =
      isOver
      ? "\(line.held) of your requests have connections to the database, which is your share, and none ended within \(waited)"
      : "all connections to the database that this request may have stayed busy for \(waited)"
    fail(id, of: borrower, .poolExhausted(reason: reason, over: isOver ? borrower?.name : nil))
  }

  private func fail(_ id: UInt64, of borrower: Borrower?, _ error: StoreError) {
    guard let index = lines[borrower]?.waiters.firstIndex(where: { $0.id == id }) else { return }
    var waiter: Waiter?
    change(borrower) { waiter = $0.waiters.remove(at: index) }
    waiting -= 1
    waiter!.timer.cancel()
    waiter!.continuation.resume(throwing: error)
  }

  private func failAll(_ error: StoreError) {
    let failed = lines.values.flatMap(\.waiters)
    for (borrower, line) in lines {
      var line = line
      line.waiters = []
      lines[borrower] = line.held > 0 ? line : nil
    }
    waiting = 0
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
    let wanted = lines.reduce(0) { count, line in
      count + (isWithinShare(line.key, held: line.value.held) ? line.value.waiters.count : 0)
    }
    while opening < wanted, idle.count + lent.count + opening < limits.connections {
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
      idle.append(connection)
      serve()
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
    serve()
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
