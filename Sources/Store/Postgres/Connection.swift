import CLibPQ
import Logging

/// A connection to PostgreSQL, on a thread of its own.
///
/// libpq blocks while the server thinks, so an actor on the shared threads would hold up the whole process.
/// All work happens in closures that run on the connection's thread with a `Session`.
public actor Connection {
  private let executor: ThreadExecutor
  nonisolated let interruption: Interruption
  private let logger: Logger
  private var session: Session?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(logger: Logger) throws {
    self.logger = logger
    interruption = try Interruption()
    executor = try ThreadExecutor(name: "store-connection")
  }

  deinit { executor.stop() }

  /// Connects to the first host of the connection string that takes us.
  ///
  /// - Parameters:
  ///   - deadline: For everything: connecting, signing in and `prepare`.
  ///   - prepare: Sets up the session, for example its `statement_timeout`.
  /// - Throws: `StoreError.unavailable` saying what each host answered, `cancelled`, or what `prepare`
  ///   throws.
  public static func open(
    _ target: ConnectionString, deadline: Duration, logger: Logger = Logger(label: "bellwether.store"),
    prepare: @escaping @Sendable (Session) throws -> Void = { _ in }
  ) async throws -> Connection {
    let connection = try Connection(logger: logger)
    try await connection.connect(to: target, until: .now + deadline, prepare: prepare)
    return connection
  }

  /// Runs `body` on the connection's thread.
  ///
  /// Outside a transaction each statement commits by itself. What changes data and must not be half done
  /// belongs in `transaction`.
  ///
  /// - Parameter deadline: For the whole of it, waiting for this connection included. When it passes, the
  ///   statement in flight is cancelled; if the server does not even answer that, the connection is given up.
  /// - Throws: `StoreError`, or what `body` throws.
  public nonisolated func run<Result: Sendable>(
    deadline: Duration, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    try await perform(until: .now + deadline, body)
  }

  /// Runs `body` between BEGIN and COMMIT; when it throws, everything is rolled back.
  ///
  /// - Throws: `StoreError.outcomeUnknown` when the connection broke during COMMIT: nobody knows then whether
  ///   the change is there. Otherwise any error means that nothing was changed.
  public nonisolated func transaction<Result: Sendable>(
    isolation: Isolation = .readCommitted, readOnly: Bool = false, deadline: Duration,
    _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    try await perform(until: .now + deadline) { session in
      try session.transaction(isolation: isolation, readOnly: readOnly, body)
    }
  }

  /// Asks the server to stop the statement that is under way, if one is and if it is not COMMIT. From any
  /// thread.
  public nonisolated func cancelRunning() {
    interruption.request(.task)
  }

  /// True once the connection is of no more use: it was closed, it broke, or the server fell silent.
  public nonisolated var isBroken: Bool { interruption.isBroken }

  /// Closes the connection; what runs on it ends first. Closing twice is harmless.
  public func close() {
    session = nil
    interruption.markBroken()
  }

  private func connect(
    to target: ConnectionString, until deadline: ContinuousClock.Instant,
    prepare: @Sendable (Session) throws -> Void
  ) async throws {
    let run = interruption.begin()
    defer { interruption.end() }
    try await withTaskCancellationHandler {
      try connectHere(to: target, until: deadline, prepare: prepare)
    } onCancel: {
      interruption.request(.task, run: run)
    }
  }

  /// A method and not part of the closure above, because a closure that does not capture `self` is not isolated to
  /// the actor: it would block one of Swift's own threads.
  private func connectHere(
    to target: ConnectionString, until deadline: ContinuousClock.Instant,
    prepare: @Sendable (Session) throws -> Void
  ) throws {
    let session = try Session.open(target, until: deadline, interruption: interruption, logger: logger)
    try session.run(until: deadline, prepare)
    self.session = session
  }

  /// Nothing in here suspends, so that two runs never mix.
  func perform<Result: Sendable>(
    until deadline: ContinuousClock.Instant, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    let run = interruption.begin()
    defer { interruption.end() }
    return try await withTaskCancellationHandler {
      try performHere(until: deadline, body)
    } onCancel: {
      interruption.request(.task, run: run)
    }
  }

  private func performHere<Result: Sendable>(
    until deadline: ContinuousClock.Instant, _ body: @Sendable (Session) throws -> Result
  ) throws -> Result {
    guard let session else { throw StoreError.connectionLost(reason: "it was closed") }
    // The socket goes at once; nobody will use it again.
    defer { if session.isBroken { self.session = nil } }
    return try session.run(until: deadline, body)
  }
}
