import Foundation
import Store
import Synchronization

/// A transaction of somebody else that holds its locks until it is told to end.
final class HeldTransaction: Sendable {
  private let connection: Connection
  private let end: DispatchSemaphore
  private let task: Task<Void, any Error>

  /// Returns once the statement has its locks.
  init(_ sql: String, on database: ConnectionString) async throws {
    let connection = try await Connection.open(database, deadline: .seconds(30))
    let end = DispatchSemaphore(value: 0)
    let (locked, hasLocks) = AsyncStream.makeStream(of: Void.self)
    task = Task {
      defer { hasLocks.finish() }
      // On the connection's own thread, which may wait.
      try await connection.transaction(deadline: .seconds(600)) { session in
        try session.execute(sql, name: "held")
        hasLocks.finish()
        end.wait()
      }
    }
    (self.connection, self.end) = (connection, end)
    for await _ in locked {}
  }

  func release() async throws {
    end.signal()
    try await task.value
    await connection.close()
  }

  deinit { end.signal() }
}

/// Waits until so many sessions of a database wait for a lock in a statement like this.
func awaitLockWaits(_ count: Int, in statement: String, on database: ConnectionString) async throws {
  struct Waiting: Statement {
    let text: String
    let name = "test_lock_waits"
    let sql = """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(text) }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }
  let watcher = try await Connection.open(database, deadline: .seconds(30))
  while try await watcher.run(deadline: .seconds(30), { try $0.queryOne(Waiting(text: statement)) ?? 0 })
    < count
  {
    try await Task.sleep(for: .milliseconds(10))
  }
  await watcher.close()
}
