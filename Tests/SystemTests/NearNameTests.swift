import Foundation
import Store
import TestSupport
import Testing

/// Names that somebody else writes at the same moment.
@Suite struct NearNameTests {
  private struct Waiting: Statement {
    let name = "test_waiting"
    let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'firm'::regclass"
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  @Test func namesWrittenMeanwhileAreSeen() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let other = try await DaemonProcess(database: database)
    let client = try daemon.connect()
    let psql = try await Connection.open(database, deadline: .seconds(30))
    #expect(
      try client.ask("FIRM ADD F-1 name=\"Kestrel Photonics\" sectors=ai stage=seed").last
        == "250 ok code=F-1 version=1")
    // The daemon has read the registry when it comes to the lock that psql has.
    nonisolated(unsafe) let waiting = client
    try await psql.transaction(deadline: .seconds(60)) { session in
      try session.execute(
        """
        UPDATE firm SET name = 'Lantern Robotics' WHERE code = 'F-1';
        INSERT INTO firm (code, name, sectors, stage) VALUES ('F-2', 'Kedao Quantum', '{ai}', 'seed')
        """)
      try waiting.send("FIRM ADD F-3 name=\"Kedao Quantum Ltd\" sectors=ai stage=seed")
      let limit = ContinuousClock.now + .seconds(30)
      while try session.queryOne(Waiting()) == 0, ContinuousClock.now < limit {}
      #expect(try session.queryOne(Waiting()) == 1)
    }
    #expect(
      try client.reply().last
        == "250 ok code=F-3 version=1: \"Kedao Quantum Ltd\" is nearly the name of F-2, \"Kedao Quantum\"; FIRM MERGE joins two that are one"
    )
    // The name that F-1 had is free, for either daemon.
    #expect(
      try other.connect().ask("FIRM ADD F-4 name=\"Kestral Photonics\" sectors=ai stage=seed").last
        == "250 ok code=F-4 version=1")
    #expect(
      try client.ask("FIRM ADD F-5 name=\"Lantern Robotic\" sectors=ai stage=seed").last?.contains(
        "nearly the name of F-1, \"Lantern Robotics\"") == true)
    #expect(daemon.stop() == 0)
    #expect(other.stop() == 0)
  }
}
