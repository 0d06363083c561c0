import Domain
import Glibc
import Logging

/// The thread that makes, starts, watches and stops a private cluster's server.
///
/// It is one thread from beginning to end, because the server's parent-death signal is tied to the thread
/// that started it; and everything on it is synchronous, because stopping has to work whatever became of the
/// tasks that wait.
final class ClusterKeeper: Sendable {
  /// Owns the database.
  static let role = "bellwether"
  /// Serves: it owns nothing.
  static let servingRole = "bellwether_serving"
  static let superuser = "postgres"

  private struct State {
    var status = PrivateCluster.Status.starting
    var isStopping = false
    var startResult: Result<Void, any Error>?
    var startWaiter: CheckedContinuation<Void, any Error>?
    var hasEnded = false
    var endWaiters: [CheckedContinuation<Void, Never>] = []
    /// Counts the ends of processes, to wake the keeper.
    var ends = 0
  }

  let settings: PrivateCluster.Settings
  private let directory: StateDirectory
  private let logger: Logger
  private let state = Monitor(State())

  /// - Throws: `StoreError.misconfigured` for a state directory whose name cannot be used.
  init(_ settings: PrivateCluster.Settings, logger: Logger) throws(StoreError) {
    self.settings = settings
    self.logger = logger
    directory = try StateDirectory(settings.stateDirectory)
  }

  func begin() throws(StoreError) {
    try startThread(name: "store-cluster") { [self] in keep() }
  }

  var status: PrivateCluster.Status { state.withLock { $0.status } }

  func requestStop() {
    state.withLock { $0.isStopping = true }
  }

  func awaitStart() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state in
        if state.startResult == nil { state.startWaiter = continuation }
        return state.startResult
      }
      if let result { continuation.resume(with: result) }
    }
  }

  func awaitEnd() async {
    await withCheckedContinuation { continuation in
      let hasEnded = state.withLock { state in
        if !state.hasEnded { state.endWaiters.append(continuation) }
        return state.hasEnded
      }
      if hasEnded { continuation.resume() }
    }
  }

  func connectionString(database: String, user: String) -> ConnectionString {
    // A path without quotes and commas, which `StateDirectory` has made sure of, needs no escapes but for
    // backslashes and spaces inside the quotes.
    let host = directory.socket.split(separator: "\\", omittingEmptySubsequences: false).joined(
      separator: "\\\\")
    do {
      return try ConnectionString(
        "host='\(host)' port=\(StateDirectory.port) dbname=\(database) user=\(user)")
    } catch {
      preconditionFailure("The cluster's own connection string cannot be read: \(error)")
    }
  }
}

// MARK: - The thread

extension ClusterKeeper {
  private func keep() {
    var lock: DirectoryLock?
    do {
      let server = try prepare(&lock)
      let child = try launch(server)
      reportStart(.success(()))
      supervise(server, child)
    } catch {
      reportStart(.failure(error))
    }
    // Only now may another daemon use the directory.
    lock = nil
    let waiters = state.withLock { state in
      state.status = .stopped
      state.hasEnded = true
      defer { state.endWaiters = [] }
      return state.endWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func reportStart(_ result: Result<Void, any Error>) {
    let waiter = state.withLock { state in
      state.startResult = result
      defer { state.startWaiter = nil }
      return state.startWaiter
    }
    waiter?.resume(with: result)
  }

  /// Everything that a server needs before it starts.
  private func prepare(_ lock: inout DirectoryLock?) throws -> ServerFiles {
    let user = try ClusterUser.choose(dataDirectory: directory.data)
    try directory.prepare(for: user)
    lock = try DirectoryLock(directory)
    let files = ServerFiles(
      directory: directory, user: user, log: try ServerLog(directory),
      installation: try Installation.find(
        given: settings.binaries, version: try directory.dataVersion(), directory: directory.data),
      settings: settings, logger: logger)
    files.log.rotateIfLarge()
    try LeftoverServer(directory, logger: logger).stop(within: settings.stoppingTime)
    try StateDirectory.makePrivate(directory.socket, for: user)
    if try directory.dataVersion() == nil {
      logger.info("Making a PostgreSQL \(files.installation.version) cluster in \(directory.data).")
      try initialise(files)
    }
    return files
  }

  private func initialise(_ files: ServerFiles) throws {
    try files.removeHalfMade()
    try StateDirectory.makePrivate(directory.newData, for: files.user)
    let logStart = files.log.size
    let child = try start(files.initdbCommand, files)
    let exit = try waitForEnd(of: child, until: .now + settings.startingTime)
    guard exit == .status(0) else {
      let isLate = exit == nil
      throw StoreError.unavailable(
        reason: "initdb \(isLate ? "did not end in time" : "failed with \(exit!)"): "
          + files.log.tail(since: logStart))
    }
    try files.adopt()
  }

  /// Waits for a process; nil if it did not end in time, and then it has been stopped.
  private func waitForEnd(of child: Child, until deadline: ContinuousClock.Instant) throws -> Child.Exit? {
    let isStopping = state.wait(until: deadline) { state -> Bool? in
      if child.ending != nil { return false }
      return state.isStopping ? true : nil
    }
    if isStopping == false { return child.ending }
    stop(child, patience: .seconds(5))
    if isStopping == true { throw StoreError.cancelled }
    return nil
  }

  private func start(_ command: [String], _ files: ServerFiles) throws -> Child {
    try Child.spawn(
      files.user.command(command), environment: files.environment, output: files.log.descriptor
    ) { [self] in state.withLock { $0.ends += 1 } }
  }
}

// MARK: - The server

extension ClusterKeeper {
  /// Starts the server and returns when it answers and has its database.
  private func launch(_ files: ServerFiles) throws -> Child {
    let logStart = files.log.size
    let child = try start(files.serverCommand, files)
    do {
      let session = try awaitReadiness(child, files, logStart: logStart)
      try session.run(until: .now + .seconds(60)) { try makeDatabase($0) }
    } catch {
      stop(child, patience: settings.stoppingTime)
      throw error
    }
    state.withLock { $0.status = .running(pid: child.pid) }
    logger.info("The private PostgreSQL server is ready.", metadata: ["pid": "\(child.pid)"])
    return child
  }

  private func awaitReadiness(_ child: Child, _ files: ServerFiles, logStart: Int) throws -> Session {
    let target = connectionString(database: "postgres", user: Self.superuser)
    let deadline = ContinuousClock.now + settings.startingTime
    var pause = Duration.milliseconds(10)
    while true {
      do {
        let interruption = try Interruption()
        _ = interruption.begin()
        return try Session.open(
          target, until: min(deadline, .now + .seconds(5)), interruption: interruption, logger: logger)
      } catch StoreError.unavailable(let reason) {
        guard ContinuousClock.now < deadline else {
          throw StoreError.unavailable(reason: "the private server was not ready in time: \(reason)")
        }
      }
      // A crash recovery may take long; meanwhile its end or a wish to stop ends this wait at once.
      let isStopping = state.wait(until: .now + pause) { state -> Bool? in
        if child.ending != nil { return false }
        return state.isStopping ? true : nil
      }
      if isStopping == true { throw StoreError.cancelled }
      if let exit = child.ending {
        throw StoreError.unavailable(
          reason: "the private server ended with \(exit) while starting: \(files.log.tail(since: logStart))")
      }
      pause = min(pause * 2, .milliseconds(200))
    }
  }

  private func makeDatabase(_ session: Session) throws {
    func presence(of role: String) throws -> ClusterStatements.Presence.Output? {
      try session.queryOne(ClusterStatements.Presence(role: role, database: settings.database))
    }
    for role in [Self.role, Self.servingRole] where try presence(of: role)?.hasRole != true {
      try session.execute(ClusterStatements.createRole(role))
    }
    let present = try presence(of: PartyStatements.role)
    if present?.hasRole != true { try session.execute(ClusterStatements.createPartyRole) }
    try session.execute(ClusterStatements.lendPartyRole(to: [Self.role, Self.servingRole]))
    if present?.hasDatabase != true {
      try session.execute(ClusterStatements.createDatabase(settings.database, owner: Self.role))
    }
  }

  /// Watches the server until the cluster is to stop, and starts it again whenever it ends before.
  private func supervise(_ files: ServerFiles, _ first: Child) {
    var child = first
    while true {
      let event = state.wait(until: .now + .seconds(60)) { state -> Bool? in
        if state.isStopping { return true }
        return child.ending != nil ? false : nil
      }
      switch event {
      case nil: files.log.rotateIfLarge()
      case true?:
        stop(child, patience: settings.stoppingTime)
        logger.info("The private PostgreSQL server has stopped.")
        return
      case false?:
        guard let next = restart(files, after: child) else { return }
        child = next
      }
    }
  }

  /// Starts the server until it runs; nil when the cluster is to stop.
  private func restart(_ files: ServerFiles, after child: Child) -> Child? {
    var reason = "the server ended with \(child.ending.map { "\($0)" } ?? "nothing")"
    var pause = Duration.milliseconds(100)
    var failures = FailureRecord()
    for attempt in 1... {
      if failures.failed(at: .now) != nil {
        logger.error("The private PostgreSQL server is down: \(reason)", metadata: ["attempt": "\(attempt)"])
      }
      state.withLock { $0.status = .restarting(attempt: attempt, reason: reason) }
      do {
        files.log.rotateIfLarge()
        // Processes of a killed postmaster hold its shared memory for a moment.
        try LeftoverServer(directory, logger: logger).stop(within: settings.stoppingTime)
        return try launch(files)
      } catch {
        reason = "\(error)"
      }
      if state.wait(until: .now + pause, { $0.isStopping ? true : nil }) == true { return nil }
      pause = min(pause * 2, .seconds(10))
    }
    return nil
  }

  /// Fast shutdown, then immediate shutdown, which the next start recovers from, then the kernel's.
  private func stop(_ child: Child, patience: Duration) {
    for (signal, time) in [(SIGINT, patience), (SIGQUIT, .seconds(10)), (SIGKILL, .seconds(10))] {
      child.signal(signal)
      if child.waitForEnd(until: .now + time) != nil { return }
      logger.warning("The private PostgreSQL server did not end on signal \(signal) in time.")
    }
  }
}
