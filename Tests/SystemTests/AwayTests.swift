import Foundation
import Store
import TestSupport
import Testing

/// The database goes away and comes back, while the daemon runs.
@Suite struct AwayTests {
  @Test func listsStayAndSayHowOldTheyAre() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-c")
    defer { folder.remove() }
    var cluster = try await PrivateCluster.start(.init(stateDirectory: folder.path))
    let daemon = try await DaemonProcess(database: cluster.connectionString)
    let client = try daemon.connect()
    try check(client, "FIRM ADD F-1 name=合肥一号 sectors=ai stage=seed", "250 ok")
    try check(client, "INVESTOR ADD I-1 name=Two kind=vc sectors=ai", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    let before = try client.ask("DEALS I-1")
    #expect(before.last == "250 ok rows=1 run=1.0")

    await cluster.stop()
    // How long it takes to be seen is not promised beyond a second or so; a limit keeps the test from hanging.
    let limit = ContinuousClock.now + .seconds(60)
    var away = before
    while away.last?.contains(" stale_s=") != true, ContinuousClock.now < limit {
      away = try client.ask("DEALS I-1")
    }
    #expect(away.last?.hasPrefix("250 ok rows=1 run=1.0 stale_s=") == true)
    #expect(away.dropLast() == before.dropLast())
    let asked = ContinuousClock.now
    try check(client, "FIRM ADD F-2 name=Other sectors=ai stage=seed", "451 database-unavailable")
    #expect(ContinuousClock.now - asked < .seconds(30), "a write is not kept waiting for the database")

    cluster = try await PrivateCluster.start(.init(stateDirectory: folder.path))
    var healed = away
    while healed.last?.contains(" stale_s=") == true, ContinuousClock.now < limit + .seconds(60) {
      healed = try client.ask("DEALS I-1")
    }
    #expect(healed == before)
    try check(client, "FIRM ADD F-2 name=Other sectors=ai stage=seed", "250 ok")
    #expect(daemon.stop() == 0)
    await cluster.stop()
  }

  /// A crash forgets transactions that left no trace, and gives their numbers to new ones. The daemon has seen these
  /// numbers pass, and must not take what changes under them for seen.
  @Test func changesUnderNumbersThatCameBackAreSeen() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-c")
    defer { folder.remove() }
    let cluster = try await PrivateCluster.start(.init(stateDirectory: folder.path))
    try await Self.run("ALTER SYSTEM SET wal_writer_delay = '10s'", cluster)
    try await Self.run("SELECT pg_reload_conf()", cluster)
    let daemon = try await DaemonProcess(database: cluster.connectionString)
    let client = try daemon.connect()
    try check(client, "INVESTOR ADD I-1 name=Two kind=vc sectors=ai", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    var (firms, cameBack) = (0, false)
    // Where something else writes the log to disk meanwhile, nothing is forgotten.
    for _ in 0..<20 where !cameBack {
      try await Self.awaitQuiet(cluster)
      try await Self.run(
        String(repeating: "BEGIN; SELECT pg_current_xact_id(); ROLLBACK;", count: 60), cluster)
      // Looks at the registry as it is now.
      try check(client, "SECTOR LIST", "250 ok")
      let seen = try await Self.nextNumber(cluster)
      guard case .running(let pid) = cluster.status else { continue }
      // What follows happens before the daemon looks again.
      kill(daemon.process.processIdentifier, SIGSTOP)
      // All of its processes, since one that is left would write the log to disk.
      for process in ProcessTable.children(of: pid) + [pid] { kill(process, SIGKILL) }
      let limit = ContinuousClock.now + .seconds(60)
      while !Self.isRunning(cluster, otherThan: pid), ContinuousClock.now < limit {
        try await Task.sleep(for: .milliseconds(5))
      }
      firms += 1
      try await Self.run(
        "INSERT INTO firm (code, name, sectors, stage) VALUES ('F-\(firms)', 'F', '{ai}', 'seed')", cluster)
      cameBack = try await Self.nextNumber(cluster) < seen
      kill(daemon.process.processIdentifier, SIGCONT)
      while try client.ask("RUN GET 1").last?.hasPrefix("250") != true, ContinuousClock.now < limit {}
      try check(client, "RESCORE wait=yes", "25")
      #expect(try client.ask("DEALS I-1").last?.hasPrefix("250 ok rows=\(firms) ") == true)
    }
    #expect(cameBack)
    #expect(daemon.stop() == 0)
    await cluster.stop()
  }

  private static func isRunning(_ cluster: PrivateCluster, otherThan before: Int32) -> Bool {
    if case .running(let pid) = cluster.status { pid != before } else { false }
  }

  private struct NextNumber: Statement {
    let name = "test_next_number"
    let sql = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  private static func nextNumber(_ cluster: PrivateCluster) async throws -> Int {
    try await session(cluster) { try $0.queryOne(NextNumber()) ?? 0 }
  }

  private struct LogEnd: Statement {
    let name = "test_log_end"
    let sql = "SELECT pg_current_wal_insert_lsn()::text"
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  /// Returns when nothing was written for a second: what follows a run and seals the audit is done.
  private static func awaitQuiet(_ cluster: PrivateCluster) async throws {
    var (end, since) = ("", ContinuousClock.now)
    let limit = ContinuousClock.now + .seconds(60)
    while since.duration(to: .now) < .seconds(1), ContinuousClock.now < limit {
      let now = try await session(cluster) { try $0.queryOne(LogEnd()) ?? "" }
      if now != end { (end, since) = (now, .now) }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private static func run(_ sql: String, _ cluster: PrivateCluster) async throws {
    try await session(cluster) { try $0.execute(sql, name: "test") }
  }

  private static func session<Result: Sendable>(
    _ cluster: PrivateCluster, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    let connection = try await Connection.open(
      cluster.adminConnectionString.with("dbname", "bellwether"), deadline: .seconds(20))
    do {
      let result = try await connection.run(deadline: .seconds(20), body)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }
}
