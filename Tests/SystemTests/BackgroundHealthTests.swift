import Foundation
import Store
import TestSupport
import Testing

/// Background work that PostgreSQL refuses shows in the log and in STATUS, and so does its recovery.
@Suite struct BackgroundHealthTests {
  @Test func refusedWritesAreToldAndForgottenAfterwards() async throws {
    let owner = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: owner)
    let client = try daemon.connect()
    try check(client, "FIRM ADD F-1 name=One sectors=ai stage=seed", "250 ok")
    try check(client, "INVESTOR ADD I-1 name=Two kind=vc sectors=ai", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    #expect(try Self.behind(client) == [])

    try await Self.run("ALTER TABLE ranking ADD CONSTRAINT test_refusal CHECK (false) NOT VALID", owner)
    try await Self.run("ALTER TABLE audit_block ADD CONSTRAINT test_refusal CHECK (false) NOT VALID", owner)
    try check(client, "INVESTOR SET I-1 sectors=chips", "250 ok")
    try await daemon.waitForLog("work=lists")
    try await daemon.waitForLog("work=audit")
    let log = try String(contentsOfFile: daemon.log, encoding: .utf8)
    let line = try #require(log.split(separator: "\n").first { $0.contains("work=lists") })
    #expect(line.contains("warning") && line.contains("sqlstate=23514") && line.contains("statement="))
    let limit = ContinuousClock.now + .seconds(60)
    var behind = try Self.behind(client)
    while Set(behind.map { $0.work }) != ["lists", "audit"], ContinuousClock.now < limit {
      behind = try Self.behind(client)
    }
    #expect(Set(behind.map { $0.work }) == ["lists", "audit"])
    #expect(behind.allSatisfy { $0.sentence.hasPrefix("behind since 20") && $0.sentence.contains("23514") })

    try await Self.run("ALTER TABLE ranking DROP CONSTRAINT test_refusal", owner)
    try await Self.run("ALTER TABLE audit_block DROP CONSTRAINT test_refusal", owner)
    try await daemon.waitForLog("succeeds again", times: 2)
    #expect(try Self.behind(client) == [])
    #expect(daemon.stop() == 0)
  }

  /// A user learns that the disk is full in so many words.
  @Test func aFullDiskHasASentence() async throws {
    let owner = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: owner)
    let client = try daemon.connect()
    try await Self.run(
      """
      CREATE FUNCTION test_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
      END $$;
      CREATE TRIGGER test_full BEFORE INSERT ON firm FOR EACH STATEMENT EXECUTE FUNCTION test_full();
      """, owner)
    let reply = try client.ask("FIRM ADD F-1 name=One sectors=ai stage=seed").last
    #expect(
      reply
        == "451 database-unavailable reason=disk_full: the database's disk is full; nothing was changed; free space there, then try again"
    )
    #expect(daemon.stop() == 0)
  }

  private struct Behind: Equatable {
    var work: String
    var sentence: String
  }

  private static func behind(_ client: LineClient) throws -> [Behind] {
    try client.ask("STATUS").compactMap { line in
      guard let place = line.range(of: "behind since") else { return nil }
      let work = line.dropFirst(4).prefix { $0 != " " }
      return Behind(work: String(work), sentence: String(line[place.lowerBound...]))
    }
  }

  private static func run(_ sql: String, _ database: ConnectionString) async throws {
    let connection = try await Connection.open(database, deadline: .seconds(30))
    do { try await connection.run(deadline: .seconds(30)) { try $0.execute(sql, name: "test") } } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}
