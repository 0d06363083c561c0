import Dispatch
import TestSupport
import Testing

@testable import Store

/// What is done to the audit behind its back shows.
@Suite struct AuditStoreTests {
  private func note(_ action: String, _ session: Session) throws {
    try Ledger.audit(
      principal: "unix:0", action: action, object: "合肥-\(action)", detail: "{\"n\":1}", in: session)
  }

  private func noteAndSeal(_ connection: Connection, _ actions: [String]) async throws {
    for action in actions {
      try await connection.transaction(deadline: .seconds(20)) { session in try note(action, session) }
    }
    let isSealed = try await connection.transaction(deadline: .seconds(20)) { try AuditStore.seal(in: $0) }
    #expect(isSealed)
  }

  private func verify(_ connection: Connection) async throws -> AuditStore.Seal {
    try await connection.transaction(isolation: .repeatableRead, readOnly: true, deadline: .seconds(20)) {
      try AuditStore.verify(in: $0)
    }
  }

  /// As one who owns the table could.
  private func tamper(_ connection: Connection, _ sql: String) async throws {
    try await connection.transaction(deadline: .seconds(20)) { session in
      try session.execute(
        """
        ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_block DISABLE TRIGGER USER; \(sql);
        ALTER TABLE audit ENABLE TRIGGER USER; ALTER TABLE audit_block ENABLE TRIGGER USER
        """, name: "test")
    }
  }

  @Test func nothingIsChangedByTheWay() async throws {
    let connection = try await migratedConnection()
    try await noteAndSeal(connection, ["a", "b"])
    for table in ["audit", "audit_block"] {
      for sql in ["DELETE FROM \(table)", "TRUNCATE \(table)", "UPDATE \(table) SET xid = xid"] {
        let sql = table == "audit" ? sql : sql.replacing("xid = xid", with: "count = count")
        await #expect(throws: StoreError.self, "\(sql)") {
          try await connection.transaction(deadline: .seconds(20)) { try $0.execute(sql, name: "test") }
        }
      }
    }
    let seal = try await verify(connection)
    #expect(seal.blocks == 1 && seal.rows == 2 && seal.broken.isEmpty && seal.unsealed == 0 && seal.late == 0)
    #expect(try await connection.transaction(deadline: .seconds(20)) { try AuditStore.seal(in: $0) } == false)
    await connection.close()
  }

  @Test func whatIsChangedRemovedOrAddedShows() async throws {
    let changes: [(sql: String, blocks: [Int], loose: Int)] = [
      ("UPDATE audit SET object = 'x' WHERE action = 'b'", [1], 0),
      ("UPDATE audit SET at = at + interval '1 microsecond' WHERE action = 'c'", [2], 0),
      ("DELETE FROM audit WHERE action = 'd'", [2], 0),
      ("DELETE FROM audit_block WHERE number = 1", [2], 2),
      ("UPDATE audit_block SET hash = sha256('x') WHERE number = 2", [2, 3], 0),
      (
        """
        DELETE FROM audit WHERE action = 'a'; UPDATE audit_block SET (count, hash) =
          (SELECT h.count, h.hash FROM audit_hash(decode(repeat('00', 32), 'hex'), rows) AS h) WHERE number = 1
        """, [2], 0
      ),
      (
        """
        INSERT INTO audit (principal, action, xid) VALUES ('unix:0', 'forged', (SELECT min(xid::text)::xid8 FROM audit))
        """, [], 1
      ),
    ]
    for change in changes {
      let connection = try await migratedConnection()
      for actions in [["a", "b"], ["c", "d"], ["e"]] { try await noteAndSeal(connection, actions) }
      #expect(try await verify(connection).broken.isEmpty)
      try await tamper(connection, change.sql)
      let seal = try await verify(connection)
      #expect(seal.broken.map(\.number) == change.blocks, "\(change.sql)")
      // Which of both depends on the oldest transaction of the whole cluster, which others use as well.
      #expect(seal.late + seal.unsealed == change.loose, "\(change.sql)")
      await connection.close()
    }
  }

  /// A transaction that commits late has an early number: it is sealed once, and in no block before.
  @Test func whatCommitsLateIsSealedOnce() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await Connection.open(target, deadline: .seconds(20))
    _ = try await Migrator().migrate(connection)
    let late = try await Connection.open(target, deadline: .seconds(20))
    // The connection has a thread of its own, which may wait.
    let (noted, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let slow = Task {
      try await late.transaction(deadline: .seconds(60)) { session in
        try note("late", session)
        noted.signal()
        go.wait()
      }
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        noted.wait()
        continuation.resume()
      }
    }
    for actions in [["a"], ["b"], ["c"]] { try await noteAndSeal(connection, actions) }
    #expect(try await verify(connection).unsealed == 0)
    go.signal()
    try await slow.value
    #expect(try await verify(connection).unsealed == 1)
    try await noteAndSeal(connection, [])
    let seal = try await verify(connection)
    #expect(seal.blocks == 4 && seal.rows == 4 && seal.broken.isEmpty && seal.unsealed == 0 && seal.late == 0)
    await late.close()
    await connection.close()
  }
}
