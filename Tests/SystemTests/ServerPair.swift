import Foundation
import TestSupport

@testable import Store

/// Two PostgreSQL servers on the loopback interface: a primary, and a synchronous standby that has to have what the
/// primary commits before anybody is told.
///
/// An actor with a thread of its own, since the servers end with the thread that started them.
actor ServerPair {
  struct Failure: Error, CustomStringConvertible { var description: String }

  private struct Server {
    let data: String
    let port: Int
    var process: Child?
  }

  private let folder: TemporaryFolder
  private let user: ClusterUser
  private let installation: Installation
  private var servers: [Server]
  private var primary = 0
  private let log: ServerLog
  private let executor: ThreadExecutor

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Makes both and starts them; commits wait for the standby from then on.
  init() async throws {
    executor = try ThreadExecutor(name: "server-pair")
    folder = try TemporaryFolder(prefix: "bwt-p")
    user = try ClusterUser.choose(dataDirectory: folder.path + "/0")
    installation = try Installation.find(given: nil, version: nil, directory: folder.path)
    log = try ServerLog(StateDirectory(folder.path))
    let path = folder.path
    servers = try Self.freePorts().enumerated().map { Server(data: "\(path)/\($0)", port: $1) }
    try await make()
  }

  deinit {
    for process in servers.compactMap(\.process) {
      for pid in ProcessTable.children(of: process.pid) { kill(pid, SIGKILL) }
      process.signal(SIGKILL)
    }
    folder.remove()
    executor.stop()
  }

  /// Both servers, whichever is the primary.
  nonisolated var connectionString: ConnectionString {
    get async throws {
      let ports = await servers.map { "\($0.port)" }.joined(separator: ",")
      return try ConnectionString(
        "host=127.0.0.1,127.0.0.1 port=\(ports) user=bellwether dbname=bellwether target_session_attrs=read-write"
      )
    }
  }

  /// Ports that nobody uses just now.
  private static func freePorts() throws -> [Int] {
    var (descriptors, ports): ([Int32], [Int]) = ([], [])
    defer { for descriptor in descriptors { close(descriptor) } }
    for _ in 0..<2 {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      descriptors.append(descriptor)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
      }
      guard result == 0 else { throw Failure(description: "no port: \(String(cString: strerror(errno)))") }
      ports.append(Int(UInt16(bigEndian: address.sin_port)))
    }
    return ports
  }
}

// MARK: - What happens to them

extension ServerPair {
  /// SIGKILL for every process of the primary, as if its machine were gone.
  func killPrimary() throws {
    let server = servers[primary]
    guard let process = server.process else { return }
    let all = [process.pid] + ProcessTable.children(of: process.pid)
    for pid in all { kill(pid, SIGKILL) }
    guard process.waitForEnd(until: .now + .seconds(30)) != nil else {
      throw Failure(description: "the primary does not end")
    }
    servers[primary].process = nil
  }

  /// Makes the standby the primary. It has no standby itself until ``rejoin()``.
  func promote() async throws {
    primary = 1 - primary
    try await run("SELECT pg_promote(true, 60)")
  }

  /// Makes the server that is not the primary anew, as its standby; commits wait for it when this returns.
  func rejoin() async throws {
    let standby = 1 - primary
    try execute(["/bin/rm", "-rf", "--", servers[standby].data])
    try StateDirectory.makePrivate(servers[standby].data, for: user)
    let source = "host=127.0.0.1 port=\(servers[primary].port) user=postgres application_name=standby"
    try execute(
      user.command([
        program("pg_basebackup"), "--pgdata=\(servers[standby].data)", "--dbname=\(source)",
        "--write-recovery-conf",
        "--wal-method=stream", "--checkpoint=fast", "--no-sync",
      ]))
    try start(standby)
    try await awaitRow(
      "SELECT FROM pg_stat_replication WHERE application_name = 'standby' AND state = 'streaming'")
    // Promoted, it would wait for a standby that it does not have.
    try await run("ALTER SYSTEM SET synchronous_standby_names = ''", on: standby)
    try await run("SELECT pg_reload_conf()", on: standby)
    try await run("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    try await run("SELECT pg_reload_conf()")
    try await awaitWaiting()
  }

  /// Keeps the standby from confirming anything, or lets it again.
  func holdStandby(_ holds: Bool) throws {
    guard let process = servers[1 - primary].process else { return }
    for pid in ProcessTable.children(of: process.pid) { kill(pid, holds ? SIGSTOP : SIGCONT) }
  }

  /// Cancels whatever waits for the standby, as an administrator may; true where something did.
  func cancelWaiting() async throws -> Bool {
    try await hasRow(
      """
      SELECT pg_cancel_backend(pid) FROM (
        SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT' OFFSET 0) AS waiting
      """)
  }

  /// Lets the primary refuse changes from now on, as one that is to be replaced does.
  func makePrimaryReadOnly() async throws {
    try await run("ALTER SYSTEM SET default_transaction_read_only = on")
    try await run("SELECT pg_reload_conf()")
    // The server tells those who are connected before it lets in anybody who sees the setting.
    try await awaitRow("SELECT 1 WHERE current_setting('default_transaction_read_only') = 'on'")
  }
}

// MARK: - Making and running

extension ServerPair {
  private func make() async throws {
    try StateDirectory.makePrivate(servers[0].data, for: user)
    try execute(
      user.command([
        installation.initdb, "--pgdata=\(servers[0].data)", "--username=postgres", "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--auth=trust", "--no-sync", "--no-instructions",
      ]))
    try start(0)
    try await run("CREATE ROLE bellwether LOGIN")
    try await run("CREATE ROLE bellwether_party NOLOGIN")
    try await run("GRANT bellwether_party TO bellwether")
    try await run("CREATE DATABASE bellwether OWNER bellwether")
    try await rejoin()
  }

  private func program(_ name: String) -> String { "\(installation.binaries)/\(name)" }

  private func start(_ index: Int) throws {
    let settings = [
      "port=\(servers[index].port)", "listen_addresses=127.0.0.1", "unix_socket_directories=",
      "synchronous_commit=on", "shared_buffers=32MB", "max_connections=60",
      "wal_retrieve_retry_interval=200ms",
      "log_min_messages=warning",
    ]
    servers[index].process = try Child.spawn(
      user.command([program("postgres"), "-D", servers[index].data] + settings.flatMap { ["-c", $0] }),
      environment: ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"], output: log.descriptor)
  }

  private func execute(_ command: [String]) throws {
    let (exit, output) = try Child.run(
      command, environment: ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"], time: .seconds(120))
    guard exit == .status(0) else { throw Failure(description: "\(command): \(exit): \(output)") }
  }
}

// MARK: - Asking

extension ServerPair {
  private struct Line: Statement {
    let name = "pair"
    let sql: String
    func decode(_ row: Row) throws {}
  }

  private func session<Result: Sendable>(
    on index: Int?, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    let target = try ConnectionString(
      "host=127.0.0.1 port=\(servers[index ?? primary].port) user=postgres dbname=postgres target_session_attrs=any"
    )
    let limit = ContinuousClock.now + .seconds(60)
    while true {
      do {
        let connection = try await Connection.open(target, deadline: .seconds(10))
        do {
          let result = try await connection.run(deadline: .seconds(60), body)
          await connection.close()
          return result
        } catch {
          await connection.close()
          throw error
        }
      } catch StoreError.unavailable(let reason) {
        // It is starting.
        guard ContinuousClock.now < limit else {
          throw Failure(description: "\(reason); \(log.tail(since: 0, lines: 10))")
        }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }

  private func run(_ sql: String, on index: Int? = nil) async throws {
    try await session(on: index) { try $0.execute(sql, name: "pair") }
  }

  private func hasRow(_ sql: String) async throws -> Bool {
    try await session(on: nil) { try !$0.query(Line(sql: sql)).isEmpty }
  }

  private func awaitRow(_ sql: String) async throws {
    let limit = ContinuousClock.now + .seconds(60)
    while try await !hasRow(sql) {
      guard ContinuousClock.now < limit else {
        throw Failure(description: "\(sql) gives nothing; \(log.tail(since: 0, lines: 10))")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Returns when commits of the primary wait for the standby. The server says that they do before they do, so a commit
  /// is tried while the standby is held.
  private func awaitWaiting() async throws {
    try await awaitRow(
      "SELECT FROM pg_stat_replication WHERE application_name = 'standby' AND sync_state = 'sync'")
    try holdStandby(true)
    defer { try? holdStandby(false) }
    for _ in 0..<200 {
      do {
        try await session(on: nil) { session in
          try session.execute("SET statement_timeout = 0", name: "pair")
          session.deadline = .now + .milliseconds(500)
          try session.execute("SELECT pg_logical_emit_message(true, 'test', '')", name: "pair")
        }
      } catch StoreError.outcomeUnknown { return }
    }
    throw Failure(description: "commits do not wait for the standby")
  }
}
