import Store
import TestSupport

/// A statement made up by a test; one type each, because names and SQL belong to types.
struct BackendPID: Statement {
  let name = "test_backend_pid"
  let sql = "SELECT pg_backend_pid()"
  func decode(_ row: Row) throws -> Int { try row.int(0) }
}

struct Terminate: Statement {
  let name = "test_terminate"
  let sql = "SELECT pg_terminate_backend($1::integer, 10000)"
  typealias Output = Void
  var pid: Int
  func bind(into bindings: inout Bindings) { bindings.int(pid) }
}

/// How many other sessions of this database are running a given text now.
struct Running: Statement {
  let name = "test_running"
  let sql = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1
    """
  var text: String
  func bind(into bindings: inout Bindings) { bindings.text(text) }
  func decode(_ row: Row) throws -> Int { try row.int(0) }
}

struct CountRows: Statement {
  let name = "test_count"
  let sql = "SELECT count(*) FROM item"
  func decode(_ row: Row) throws -> Int { try row.int(0) }
}

func open(_ target: ConnectionString) async throws -> Connection {
  try await Connection.open(target, deadline: .seconds(30))
}

func open() async throws -> Connection {
  try await open(TestCluster.shared.makeDatabase())
}

/// Long enough for anything but a hang.
let ample = Duration.seconds(60)

/// Asks the database, again and again, until that many sessions run a text.
func awaitRunning(_ text: String, count: Int = 1, on watcher: Connection) async throws {
  while try await watcher.run(deadline: ample, { try $0.queryOne(Running(text: text)) }) != count {
    try await breathe()
  }
}

/// Lets others work before a test looks again; a loop that only yields would keep a whole core from them.
func breathe() async throws {
  try await Task.sleep(for: .milliseconds(2))
}

extension Connection {
  func count() async throws -> Int? {
    try await run(deadline: ample) { try $0.queryOne(CountRows()) }
  }

  func execute(_ sql: String) async throws {
    try await run(deadline: ample) { try $0.execute(sql) }
  }

  func terminate(_ pid: Int) async throws {
    try await run(deadline: ample) { session in
      _ = try session.query(Terminate(pid: pid))
    }
  }

  var pid: Int? {
    get async throws { try await run(deadline: ample) { try $0.queryOne(BackendPID()) } }
  }
}

/// The error that a closure throws, as a `StoreError`.
func failure<Result>(_ body: () async throws -> Result) async -> StoreError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? StoreError
  }
}

/// Whether an error is of a case, whatever it carries.
extension StoreError {
  var kind: String { String("\(Mirror(reflecting: self).children.first?.label ?? "\(self)")") }
}
