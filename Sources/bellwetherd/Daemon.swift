import Glibc
import LineServer
import Logging
import Operations
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
    var poolConnections: Int
    var statementTime: Duration
    var rescoreThreads: Int
    var keepRuns: Int
    var keepDays: Int
    var drainTime: Duration
  }

  static let version = "0.1.0"

  let plan: Plan
  let logger: Logger

  /// Serves until SIGTERM or SIGINT; a second one stops at once.
  func serve() async throws {
    var cluster: PrivateCluster?
    let database: ConnectionString
    if let given = plan.database {
      database = given
    } else {
      var settings = PrivateCluster.Settings(stateDirectory: plan.stateDirectory!)
      settings.binaries = plan.binaries
      let started = try await PrivateCluster.start(settings, logger: logger)
      cluster = started
      database = started.connectionString
    }
    do {
      try await serve(on: database, cluster: cluster)
    } catch {
      await cluster?.stop()
      throw error
    }
    await cluster?.stop()
  }

  private func serve(on database: ConnectionString, cluster: PrivateCluster?) async throws {
    try await Self.migrate(plan.ownerDatabase ?? database, logger: logger)
    var limits = Pool.Limits()
    limits.connections = plan.poolConnections
    let pool = Pool(database, limits: limits, logger: logger) { session in
      try session.execute(SessionSettings.sql, name: "session_settings")
    }
    let desk = Desk(
      settings: .init(
        host: Self.hostName, version: Self.version, rescoreThreads: plan.rescoreThreads,
        keepRuns: plan.keepRuns,
        keepDays: plan.keepDays, statementTime: plan.statementTime),
      pool: pool, database: database, logger: logger, clusterStatus: { cluster.map { "\($0.status)" } })
    try await desk.open()
    var serverLimits = ServerLimits()
    serverLimits.drainTime = plan.drainTime
    let server = LineServer(listeners: plan.listeners, service: desk, limits: serverLimits, logger: logger)
    for address in try await server.start() {
      if case .tcp = address {
        logger.warning(
          "anyone on this machine who can reach the TCP port is an organizer; restrict it or switch it off with --listen-tcp off",
          metadata: ["address": "\(address)"])
      }
    }
    logger.info("ready", metadata: ["version": "\(Self.version)"])
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await desk.follow(database) }
      group.addTask {
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
          logger.info("shutting down", metadata: ["signal": "\(signal)"])
          server.shutdown()
        }
      }
      await server.run()
      group.cancelAll()
    }
    await desk.close()
    await pool.close(deadline: .seconds(5))
  }

  /// Brings the schema forward.
  static func migrate(_ database: ConnectionString, logger: Logger) async throws {
    let connection = try await Connection.open(database, deadline: .seconds(30), logger: logger) { session in
      try session.execute(SessionSettings.sql, name: "session_settings")
    }
    do {
      let outcome = try await Migrator(logger: logger).migrate(connection)
      if outcome.from != outcome.to {
        logger.info("schema migrated", metadata: ["from": "\(outcome.from)", "to": "\(outcome.to)"])
      }
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }

  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty ? "localhost" : text
  }
}
