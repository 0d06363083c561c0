import Domain
import Glibc
import LineServer
import Logging
import Operations
import Settings
import Store
import UnixSignals

/// The daemon, put together: database, desk, sockets, signals.
struct Daemon {
  /// What `serve` needs to know.
  struct Plan: Sendable {
    /// Where the embedded cluster lives; unused with `database`.
    var stateDirectory: String?
    /// Somebody else's database.
    var database: ConnectionString?
    /// Who owns its schema, for migrations only.
    var ownerDatabase: ConnectionString?
    var binaries: String?
    var listeners: [Listener]
    var tls: TLSFiles?
    var poolConnections: Int
    var statementTime: Duration
    var rescoreThreads: Int
    var keepRuns: Int
    var keepDays: Int
    var organizers: Set<UInt32>
    var mailFrom: MailAddress
    var logLevel: Logger.Level
    /// What all this was read from.
    var settings: Settings
    var limits: ServerLimits
    var connectionsPerPrincipal: Int

    /// Reads the plan off the settings.
    /// - Parameter handed: The sockets that systemd has handed over.
    /// - Throws: `StoreError.misconfigured` for a connection string that cannot be read, ``ConfigurationError`` for what
    ///   does not go together.
    init(_ settings: Settings, handed: [HandedSocket] = []) throws {
      self.settings = settings
      stateDirectory = settings["state_dir"]
      database = try settings["database"].map { try ConnectionString($0) }
      ownerDatabase = try settings["owner_database"].map { try ConnectionString($0) }
      binaries = settings["postgres_bin_dir"]
      listeners = try Listeners.of(settings, handed: handed)
      tls = listeners.contains(where: \.isTLS) ? TLSFiles(settings) : nil
      poolConnections = settings.integer("pool_connections")
      statementTime = .milliseconds(settings.integer("statement_timeout_ms"))
      let threads = settings.integer("rescore_threads")
      rescoreThreads = threads > 0 ? threads : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      keepRuns = settings.integer("keep_runs")
      keepDays = settings.integer("keep_days")
      organizers = try Daemon.users(settings["organizers"] ?? "")
      // A machine may have a name that mail cannot have.
      mailFrom =
        MailAddress(settings["mail_from"] ?? "bellwether@\(Daemon.hostName)")
        ?? MailAddress("bellwether@localhost")!
      logLevel = settings["log_level"].flatMap { Logger.Level(rawValue: $0) } ?? .info
      connectionsPerPrincipal = settings.integer("connections_per_principal")
      limits = ServerLimits()
      limits.connections = settings.integer("connections")
      limits.connectionsPerAddress = settings.integer("connections_per_address")
      limits.connectionsPerUser = connectionsPerPrincipal
      limits.signInTime = .milliseconds(settings.integer("sign_in_timeout_ms"))
      limits.tcpIdleTime = .milliseconds(settings.integer("idle_timeout_ms"))
      limits.drainTime = .milliseconds(settings.integer("drain_timeout_ms"))
    }

    /// Path of the Unix socket that the daemon makes.
    var unixPath: String? {
      listeners.lazy.compactMap { if case .unix(let path, _) = $0 { path } else { nil } }.first
    }

    var deskSettings: Desk.Settings {
      Desk.Settings(
        host: Daemon.hostName, version: Daemon.version, rescoreThreads: rescoreThreads, keepRuns: keepRuns,
        keepDays: keepDays, statementTime: statementTime, organizers: organizers,
        mailFrom: mailFrom, connectionsPerPrincipal: connectionsPerPrincipal, signInTime: limits.signInTime)
    }
  }

  /// Numbers of users named by commas.
  fileprivate static func users(_ names: String) throws -> Set<UInt32> {
    var users: Set<UInt32> = []
    for name in names.split(separator: ",").map({ $0.filter { $0 != " " } }) where !name.isEmpty {
      guard let user = UInt32(name) ?? getpwnam(name)?.pointee.pw_uid else {
        throw StoreError.misconfigured(reason: "organizers names \(name), and there is no such user")
      }
      users.insert(user)
    }
    return users
  }

  static let version = "0.1.0"

  let plan: Plan
  let logger: Logger
  /// Gives the settings as they are now, on SIGHUP.
  let read: @Sendable () throws -> Settings

  /// Serves until SIGTERM or SIGINT; a second one stops at once. SIGHUP reads the settings and certificates anew.
  func serve() async throws {
    let tls = try plan.tls.map { try TLSCredentials($0) }
    if let tls { Reload.note(tls, logger) }
    // Before a cluster is made, which takes seconds and leaves files behind.
    for listener in plan.listeners { try listener.check() }
    try await withDatabase { database, owner, cluster in
      try await serve(on: database, owner: owner, cluster, tls)
    }
  }

  /// Brings the schema forward and ends.
  func migrate() async throws {
    try await withDatabase { database, owner, _ in try await migrate(database, owner: owner) }
  }

  /// Somebody else's database, or the embedded one for as long as `body` takes: as the role that serves, and as the
  /// owner of the tables where that is known.
  private func withDatabase(
    _ body: (ConnectionString, _ owner: ConnectionString?, PrivateCluster?) async throws -> Void
  ) async throws {
    if let database = plan.database { return try await body(database, plan.ownerDatabase, nil) }
    guard let stateDirectory = plan.stateDirectory else {
      preconditionFailure("the settings ask for one of both")
    }
    var settings = PrivateCluster.Settings(stateDirectory: stateDirectory)
    settings.binaries = plan.binaries
    let cluster = try await PrivateCluster.start(settings, logger: logger)
    do { try await body(cluster.servingConnectionString, cluster.connectionString, cluster) } catch {
      await cluster.stop()
      throw error
    }
    await cluster.stop()
  }

  private func serve(
    on database: ConnectionString, owner: ConnectionString?, _ cluster: PrivateCluster?,
    _ tls: TLSCredentials?
  ) async throws {
    // Somebody else's database is changed only by the role that was named for that.
    if owner != nil { try await migrate(database, owner: owner) }
    if cluster == nil { try await verify(database) }
    let pool = Pool(
      database, limits: Pool.Limits(connections: plan.poolConnections), logger: logger,
      onOpen: SessionSettings.apply)
    let desk = Desk(
      settings: plan.deskSettings, pool: pool, database: database, owner: owner, logger: logger,
      clusterStatus: { cluster.map { "\($0.status)" } })
    try await desk.open()
    var serverLimits = plan.limits
    serverLimits.connections = FileLimit.raise(
      for: serverLimits.connections, poolConnections: plan.poolConnections, logger: logger)
    let server = LineServer(
      listeners: plan.listeners, tls: tls, service: desk, limits: serverLimits, logger: logger)
    _ = try await server.start()
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
    ServiceNotice.ready()
    logger.info("ready", metadata: ["version": "\(Self.version)"])
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await desk.follow(database) }
      group.addTask {
        var reload = Reload(
          read: read, settings: plan.settings, desk: desk, tls: tls, logger: logger, unixPath: plan.unixPath)
        for await signal in signals {
          if signal == .sighup {
            reload.run()
            continue
          }
          logger.info("shutting down", metadata: ["signal": "\(signal)"])
          ServiceNotice.stopping()
          desk.hurry()
          server.shutdown()
        }
      }
      await server.run()
      group.cancelAll()
    }
    await desk.close()
    await pool.close(deadline: .seconds(5))
  }

  /// Brings the schema forward, and gives the role that serves what it needs where another one owns the tables.
  private func migrate(_ database: ConnectionString, owner: ConnectionString?) async throws {
    let role = owner == nil ? nil : try await onConnection(database) { try ServingRole.of($0) }
    try await withConnection(owner ?? database) { connection in
      let outcome = try await Migrator(logger: logger).migrate(connection)
      if outcome.from != outcome.to {
        logger.info("schema migrated", metadata: ["from": "\(outcome.from)", "to": "\(outcome.to)"])
      }
      guard let role else { return }
      try await connection.transaction(deadline: .seconds(60)) { session in try role.grant(in: session) }
    }
  }

  /// Refuses a database that this daemon cannot serve from, and warns of a role that may do too much.
  private func verify(_ database: ConnectionString) async throws {
    try await withConnection(database) { connection in try await Migrator(logger: logger).verify(connection) }
    let role = try await onConnection(database) { session in
      let role = try ServingRole.of(session)
      try role.verify(in: session)
      return role
    }
    guard role.isSuperuser || role.ownsTables else { return }
    logger.warning(
      "\(role.isSuperuser ? "the daemon serves as a superuser" : "the daemon serves as the owner of its tables"); a role of its own, set up by 'bellwetherd migrate' with owner_database, could do less harm",
      metadata: ["role": "\(role.name)"])
  }

  private func onConnection<Result: Sendable>(
    _ database: ConnectionString, _ body: @escaping @Sendable (Session) throws -> Result
  ) async throws -> Result {
    try await withConnection(database) { try await $0.run(deadline: .seconds(30), body) }
  }

  /// A connection of its own for as long as `body` takes.
  private func withConnection<Result: Sendable>(
    _ database: ConnectionString, _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    let connection = try await Connection.open(
      database, deadline: .seconds(30), logger: logger, prepare: SessionSettings.apply)
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  fileprivate static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty ? "localhost" : text
  }
}
