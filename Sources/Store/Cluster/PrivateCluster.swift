import Glibc
import Logging

/// A PostgreSQL cluster that belongs to this daemon alone: made, run, restarted and stopped by it.
///
/// Its server listens only on a Unix socket inside the state directory. Started as root, it runs as an
/// unprivileged user. It ends with the daemon, even when the daemon is killed, and no other cluster of the
/// machine is touched.
public final class PrivateCluster: Sendable {
  /// Where and how to run a cluster.
  public struct Settings: Sendable, Hashable {
    /// Made if missing. PostgreSQL's user has to be able to enter it.
    public var stateDirectory: String
    /// The directory with `postgres` and `initdb`; nil finds them.
    public var binaries: String?
    /// The database to make, in lower-case letters and underscores.
    public var database = "bellwether"
    /// False gives up safety against power failure for speed: for tests only.
    public var isDurable = true
    /// Server parameters that win over the cluster's own files, such as `max_connections`.
    public var parameters: [String: String] = [:]
    /// How long a start may take, recovery after a crash included.
    public var startingTime = Duration.seconds(120)
    /// How long a fast shutdown may take before it becomes an immediate one.
    public var stoppingTime = Duration.seconds(30)

    public init(stateDirectory: String) { self.stateDirectory = stateDirectory }
  }

  /// What the server is doing, for STATUS.
  public enum Status: Sendable, Hashable {
    case starting
    case running(pid: Int32)
    /// It ended unasked, and is started again.
    case restarting(attempt: Int, reason: String)
    case stopped
  }

  private let keeper: ClusterKeeper

  private init(keeper: ClusterKeeper) { self.keeper = keeper }

  // The keeper's thread holds the keeper, not this.
  deinit { keeper.requestStop() }

  /// Makes the cluster if there is none yet, starts its server, and returns when it can be used.
  ///
  /// - Throws: `StoreError.misconfigured` when somebody has to change something (a directory that
  ///   PostgreSQL's user cannot enter, a second daemon in the same directory, no PostgreSQL installed);
  ///   `unavailable` when the server did not start, with its last words; `cancelled`. Nothing is left running
  ///   then.
  public static func start(
    _ settings: Settings, logger: Logger = Logger(label: "bellwether.cluster")
  ) async throws -> PrivateCluster {
    let keeper = try ClusterKeeper(settings, logger: logger)
    try keeper.begin()
    return try await withTaskCancellationHandler {
      try await keeper.awaitStart()
      return PrivateCluster(keeper: keeper)
    } onCancel: {
      keeper.requestStop()
    }
  }

  /// How to reach the database, as a role that owns it but is not a superuser.
  public var connectionString: ConnectionString {
    keeper.connectionString(database: keeper.settings.database, user: ClusterKeeper.role)
  }

  /// How to reach the database as the role that serves, which owns nothing and may do what ``ServingRole/grant(in:)``
  /// gives it.
  public var servingConnectionString: ConnectionString {
    keeper.connectionString(database: keeper.settings.database, user: ClusterKeeper.servingRole)
  }

  /// How to reach the cluster as its superuser, for making databases.
  public var adminConnectionString: ConnectionString {
    keeper.connectionString(database: "postgres", user: ClusterKeeper.superuser)
  }

  public var status: Status { keeper.status }

  /// Stops the server and returns when it has ended and the directory is free. Stops even if the task is
  /// cancelled; stopping twice is harmless.
  public func stop() async {
    keeper.requestStop()
    await keeper.awaitEnd()
  }
}
