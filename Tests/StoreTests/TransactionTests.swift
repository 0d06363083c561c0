import Glibc
import Store
import Synchronization
import TestSupport
import Testing

private struct Refusal: Error {}

@Suite(.timeLimit(.minutes(2)))
struct TransactionTests {
  /// A table whose rows take their time at COMMIT: as a statement says.
  private func slowCommit(_ statement: String = "pg_sleep(600)") async throws -> (
    target: ConnectionString, connection: Connection
  ) {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await open(target)
    try await connection.execute(
      """
      CREATE TABLE item (code text);
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM \(statement); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION dawdle();
      """)
    return (target, connection)
  }

  @Test func commitsOrRollsBack() async throws {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (code text)")
    try await connection.transaction(deadline: ample) { try $0.execute("INSERT INTO item VALUES ('a')") }
    await #expect(throws: Refusal.self) {
      try await connection.transaction(deadline: ample) { session in
        try session.execute("INSERT INTO item VALUES ('b')")
        throw Refusal()
      }
    }
    #expect(try await connection.count() == 1)
  }

  @Test func anIgnoredFailureDoesNotPassForACommit() async throws {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (code text)")
    let error = await failure {
      try await connection.transaction(deadline: ample) { session in
        try session.execute("INSERT INTO item VALUES ('a')")
        _ = try? session.execute("SELECT 1/0")
      }
    }
    #expect(error?.kind == "invalidValue")
    #expect(try await connection.count() == 0)
  }

  @Test func aSavepointUndoesOnlyItself() async throws {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (code text UNIQUE)")
    try await connection.transaction(deadline: ample) { session in
      try session.execute("INSERT INTO item VALUES ('a')")
      for code in ["a", "b", "a", "c"] {
        _ = try? session.savepoint { try $0.execute("INSERT INTO item VALUES ('\(code)')") }
      }
    }
    #expect(try await connection.count() == 3)
  }

  @Test func aTransactionLeftOpenIsRolledBackAndReported() async throws {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (code text)")
    let error = await failure { try await connection.execute("BEGIN; INSERT INTO item VALUES ('a')") }
    #expect(error?.kind == "invalidValue")
    #expect(try await connection.count() == 0)
  }

  @Test func readOnlyIsReadOnly() async throws {
    let connection = try await open()
    let error = await failure {
      try await connection.transaction(readOnly: true, deadline: ample) {
        try $0.execute("CREATE TABLE item ()")
      }
    }
    #expect(error?.sqlState == "25006")
  }

  @Test func aSerializationFailureIsRetryable() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await open(target)
    try await connection.execute("CREATE TABLE item (code integer); INSERT INTO item VALUES (1)")
    let other = try await open(target)
    let meeting = Meeting()
    let error = await failure {
      let outcome = Task {
        try await connection.transaction(isolation: .repeatableRead, deadline: ample) {
          session in
          try session.execute("SELECT code FROM item")
          meeting.pass()
          meeting.await(2)
          try session.execute("UPDATE item SET code = code + 1")
        }
      }
      while meeting.count < 1 { try await breathe() }
      try await other.execute("UPDATE item SET code = code + 1")
      meeting.pass()
      try await outcome.value
    }
    #expect(error?.sqlState == "40001")
    #expect(error?.isRetryable == true)
  }

  @Test func commitIsNotCancelled() async throws {
    let (target, connection) = try await slowCommit("pg_advisory_lock(1)")
    let watcher = try await open(target)
    try await watcher.execute("SELECT pg_advisory_lock(1)")
    let task = Task {
      try await connection.transaction(deadline: ample) { try $0.execute("INSERT INTO item VALUES ('a')") }
    }
    try await awaitRunning("COMMIT", on: watcher)
    connection.cancelRunning()
    task.cancel()
    try await watcher.execute("SELECT pg_advisory_unlock(1)")
    try await task.value
    #expect(try await connection.count() == 1)
  }

  @Test func commitOutlastsItsDeadline() async throws {
    let (_, connection) = try await slowCommit("pg_sleep(3)")
    try await connection.transaction(deadline: .seconds(2)) {
      try $0.execute("INSERT INTO item VALUES ('a')")
    }
    #expect(try await connection.count() == 1)
  }

  @Test func aConnectionLostDuringCommitIsAnUnknownOutcome() async throws {
    let (target, connection) = try await slowCommit()
    let pid = try #require(try await connection.pid)
    let watcher = try await open(target)
    let outcome = Task {
      try await connection.transaction(deadline: ample) {
        try $0.execute("INSERT INTO item VALUES ('a')")
      }
    }
    try await awaitRunning("COMMIT", on: watcher)
    try await watcher.terminate(pid)
    let error = await failure { try await outcome.value }
    #expect(error?.kind == "outcomeUnknown")
    #expect(error?.isRetryable == false)
    #expect(connection.isBroken)
  }

  @Test func aConnectionLostBeforeCommitIsNot() async throws {
    let (target, connection) = try await slowCommit()
    let pid = try #require(try await connection.pid)
    let watcher = try await open(target)
    let outcome = Task {
      try await connection.transaction(deadline: ample) {
        try $0.execute("INSERT INTO item VALUES ('a')")
        try $0.execute("SELECT pg_sleep(60)")
      }
    }
    try await awaitRunning("%pg_sleep(60)%", on: watcher)
    try await watcher.terminate(pid)
    let error = await failure { try await outcome.value }
    #expect(error?.kind == "connectionLost")
    #expect(try await watcher.count() == 0)
  }

  @Test func aWriteOutsideATransactionThatLosesItsConnectionIsUnknown() async throws {
    let (target, connection) = try await slowCommit()
    let pid = try #require(try await connection.pid)
    let watcher = try await open(target)
    let outcome = Task { try await connection.execute("INSERT INTO item VALUES ('a')") }
    try await awaitRunning("INSERT%", on: watcher)
    try await watcher.terminate(pid)
    #expect(await failure { try await outcome.value }?.kind == "outcomeUnknown")
  }
}

/// Lets a test and a closure on a connection's thread meet.
final class Meeting: Sendable {
  private let passes = Atomic(0)

  var count: Int { passes.load(ordering: .sequentiallyConsistent) }

  func pass() { passes.add(1, ordering: .sequentiallyConsistent) }

  /// Blocks a thread of our own, never one of Swift's.
  func await(_ wanted: Int) {
    while count < wanted { usleep(1000) }
  }
}
