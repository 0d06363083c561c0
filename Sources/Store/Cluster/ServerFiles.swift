import Glibc
import Logging

/// What a private cluster's server is made of: its files, its user, its programs and its command lines.
struct ServerFiles {
  let directory: StateDirectory
  let user: ClusterUser
  let log: ServerLog
  let installation: Installation
  let settings: PrivateCluster.Settings
  let logger: Logger

  /// The same text on every machine: sorted by code points, with UTF-8.
  private static let locale: String = {
    guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return "C" }
    freelocale(locale)
    return "C.UTF-8"
  }()

  /// Nothing of the daemon's environment, where a PGDATA or PGOPTIONS may stand.
  var environment: [String] { ["PATH=/usr/bin:/bin", "LC_ALL=\(Self.locale)", "TZ=UTC"] }

  /// About authentication: peer authentication would refuse root, who connects to a server run by another
  /// user, and a password would have to lie in a file beside the socket. Instead the socket's directory has
  /// mode 0700, so that only the server's own user and root get to the socket, both of whom could read the
  /// data files anyway. Whoever gets there is trusted. There is no TCP, and if somebody turned it on, it
  /// would reject everyone.
  var initdbCommand: [String] {
    let command = [
      installation.initdb, "--pgdata=\(directory.newData)", "--username=\(ClusterKeeper.superuser)",
      "--encoding=UTF8", "--locale=\(Self.locale)", "--data-checksums", "--auth-local=trust",
      "--auth-host=reject", "--no-instructions",
    ]
    return settings.isDurable ? command : command + ["--no-sync"]
  }

  /// What must not be changed by hand stands on the command line, which is above every file.
  var serverCommand: [String] {
    let durable = settings.isDurable ? "on" : "off"
    let parameters = [
      "listen_addresses=", "port=\(StateDirectory.port)", "unix_socket_directories=\(directory.socket)",
      "unix_socket_permissions=0700", "fsync=\(durable)", "synchronous_commit=\(durable)",
      "full_page_writes=\(durable)", "logging_collector=off", "log_destination=stderr",
    ]
    // The last one counts, so nothing given can undo what the rest relies on.
    let given = settings.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return [installation.postgres, "-D", directory.data] + (given + parameters).flatMap { ["-c", $0] }
  }

  /// What an operator may change: written once, when the cluster is made.
  private static let configuration = """

    # Written by bellwether when it made this cluster. These lines are yours to change.
    max_connections = 64
    shared_buffers = 128MB
    work_mem = 8MB
    maintenance_work_mem = 64MB
    effective_cache_size = 512MB
    max_wal_size = 1GB
    wal_compression = on
    random_page_cost = 1.1
    jit = off
    log_line_prefix = '%m [%p] %q%u@%d '
    log_statement = none
    log_timezone = 'UTC'
    timezone = 'UTC'
    idle_in_transaction_session_timeout = '10min'

    """

  /// Removes what an initdb that was killed has left.
  func removeHalfMade() throws {
    let (exit, output) = try Child.run(["/bin/rm", "-rf", "--", directory.newData], time: .seconds(60))
    guard exit == .status(0) else {
      throw StoreError.unavailable(reason: "\(directory.newData) cannot be removed: \(oneLine(output))")
    }
  }

  /// Completes what initdb has made and gives it its name, in one step that either happened or did not.
  func adopt() throws {
    let path = directory.newData + "/postgresql.conf"
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw StoreError.unavailable(reason: "\(path): \(errorText(errno))") }
    defer { close(descriptor) }
    let text = Self.configuration
    let length = text.withCString { write(descriptor, $0, text.utf8.count) }
    guard length == text.utf8.count, fsync(descriptor) == 0 else {
      throw StoreError.unavailable(reason: "\(path) cannot be written: \(errorText(errno))")
    }
    guard rename(directory.newData, directory.data) == 0 else {
      throw StoreError.unavailable(reason: "\(directory.data) cannot be made: \(errorText(errno))")
    }
    try StateDirectory.sync(directory.path)
  }
}

extension StateDirectory {
  /// The major version of the PostgreSQL that made the data directory; nil if there is none yet.
  func dataVersion() throws -> Int? {
    var status = stat()
    guard stat(data, &status) == 0 else {
      guard errno == ENOENT else { throw StoreError.misconfigured(reason: "\(data): \(errorText(errno))") }
      return nil
    }
    guard let version = firstLine(of: data + "/PG_VERSION").flatMap({ Int($0) }) else {
      throw StoreError.misconfigured(
        reason: "\(data) is not a PostgreSQL data directory (its PG_VERSION is missing or odd); move it away")
    }
    return version
  }
}
