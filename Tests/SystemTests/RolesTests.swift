import Foundation
import Store
import TestSupport
import Testing

/// Serving with a role that owns nothing, on a database that another role owns.
@Suite struct RolesTests {
  private let owner: ConnectionString
  private let serving: ConnectionString

  /// Two roles of this test's own, and a database where nobody has what was not given to them.
  init() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let name = try #require(target["dbname"])
    owner = target.with("user", "\(name)_owner")
    serving = target.with("user", "\(name)_Serving")
    try await Self.run(
      """
      CREATE ROLE \(name)_owner LOGIN; CREATE ROLE "\(name)_Serving" LOGIN;
      ALTER DATABASE \(name) OWNER TO \(name)_owner;
      REVOKE TEMPORARY ON DATABASE \(name) FROM PUBLIC;
      GRANT bellwether_party TO \(name)_owner WITH ADMIN OPTION
      """, on: TestCluster.shared.cluster.adminConnectionString)
    try await Self.run("REVOKE ALL ON SCHEMA public FROM PUBLIC", on: owner)
  }

  private static func run(_ sql: String, on target: ConnectionString) async throws {
    let connection = try await Connection.open(target, deadline: .seconds(20))
    do { try await connection.run(deadline: .seconds(20)) { try $0.execute(sql, name: "test") } } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }

  private var databases: [String] {
    ["--database", DaemonProcess.conninfo(serving), "--owner-database", DaemonProcess.conninfo(owner)]
  }

  @Test func migratingSetsTheServingRoleUp() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-r")
    let serve = ["serve", "--state-dir", folder.path, "--listen-tcp", "off"] + databases.prefix(2)
    let early = try DaemonProcess.run(serve)
    #expect(early.status == 78 && early.output.contains("run 'bellwetherd migrate'"), "\(early.output)")

    for _ in 0..<2 {
      let migrated = try DaemonProcess.run(["migrate"] + databases)
      #expect(migrated.status == 0, "\(migrated.output)")
    }
    let daemon = try await DaemonProcess(database: serving, migrates: false, folder: folder)
    let client = try daemon.connect()
    #expect(
      try client.ask("FIRM ADD F-1 name=One sectors=ai stage=seed key=k1").last == "250 ok code=F-1 version=1"
    )
    #expect(try client.ask("INVESTOR ADD I-1 name=Two kind=vc sectors=ai").last?.hasPrefix("250 ok") == true)
    #expect(try client.ask("RATE SET USD CNY 7.1 date=2026-01-01").last == "250 ok")
    #expect(try client.ask("RESCORE wait=yes scope=all").last?.hasPrefix("250 ok run=1.0") == true)
    #expect(try client.ask("RESCORE wait=yes scope=all").last?.hasPrefix("250 ok run=2.0") == true)
    #expect(try client.ask("POLICY SET depth=20").last?.hasPrefix("250 ok policy=2") == true)
    #expect(try client.ask("DEALS I-1").last == "250 ok rows=1 run=2.0")
    #expect(daemon.stop() == 0)
    #expect(try !String(contentsOfFile: daemon.log, encoding: .utf8).contains("the daemon serves as"))

    for forbidden in [
      "UPDATE audit SET action = action", "DELETE FROM audit", "DROP TABLE firm",
      "DELETE FROM schema_migration", "DELETE FROM audit_block",
      "CREATE TABLE other (x int)",
    ] {
      await #expect(throws: StoreError.self, "\(forbidden)") { try await Self.run(forbidden, on: serving) }
    }
    try await Self.run("REVOKE INSERT ON project FROM \"\(serving["user"]!)\"", on: owner)
    let lacking = try DaemonProcess.run(serve)
    #expect(
      lacking.status == 78
        && lacking.output.contains("needs INSERT on table project; run 'bellwetherd migrate'"),
      "\(lacking.output)")
  }

  @Test func servingWithBothRolesMigratesFirst() async throws {
    let daemon = try await DaemonProcess(
      database: serving, migrates: false, arguments: Array(databases.suffix(2)))
    #expect(
      try daemon.connect().ask("FIRM ADD F-1 name=One sectors=ai stage=seed").last?.hasPrefix("250") == true)
    #expect(daemon.stop() == 0)
  }

  /// Without a database of the operator's: the daemon makes the roles itself.
  @Test func theEmbeddedClusterIsServedByARoleThatOwnsNothing() async throws {
    let daemon = try await DaemonProcess(database: nil)
    let client = try daemon.connect()
    #expect(try client.ask("FIRM ADD F-1 name=One sectors=ai stage=seed").last?.hasPrefix("250 ok") == true)
    #expect(try client.ask("RESCORE wait=yes").last?.hasPrefix("250 ok") == true)
    func cluster(_ user: String) throws -> ConnectionString {
      try ConnectionString("host=\(daemon.folder.path)/postgres-socket user=\(user) dbname=bellwether")
    }
    let watching = try await Connection.open(cluster("bellwether"), deadline: .seconds(20))
    let users = try await watching.run(deadline: .seconds(20)) { try $0.query(Users()) }
    #expect(users == ["bellwether_serving"])
    await watching.close()
    await #expect(throws: StoreError.self) {
      try await Self.run("UPDATE audit SET action = action", on: cluster("bellwether_serving"))
    }
    #expect(daemon.stop() == 0)
  }

  private struct Users: Statement {
    let name = "test_users"
    let sql = """
      SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      """
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  @Test func servingAsOwnerOrSuperuserIsWarnedOf() async throws {
    let owning = try await DaemonProcess(database: owner)
    #expect(owning.stop() == 0)
    #expect(
      try String(contentsOfFile: owning.log, encoding: .utf8).contains("serves as the owner of its tables"))
    let admin = try await TestCluster.shared.cluster.adminConnectionString.with("dbname", owner["dbname"]!)
    let powerful = try await DaemonProcess(database: admin, migrates: false)
    #expect(powerful.stop() == 0)
    #expect(try String(contentsOfFile: powerful.log, encoding: .utf8).contains("serves as a superuser"))
  }
}
