import Glibc
import SchemaSQL
import TestSupport
import Testing

@testable import Store

@Suite(.timeLimit(.minutes(2)))
struct MigratorTests {
  private let first = Migration(number: 1, name: "first", sql: "CREATE TABLE item (code text);")
  private let second = Migration(
    number: 2, name: "second", sql: "INSERT INTO item VALUES ('中');\nINSERT INTO item VALUES ('b');")

  @Test func movesForwardOnceOnly() async throws {
    let connection = try await open()
    #expect(try await Migrator([first]).migrate(connection) == Migrator.Outcome(from: 0, to: 1))
    #expect(try await Migrator([first]).migrate(connection) == Migrator.Outcome(from: 1, to: 1))
    #expect(try await Migrator([first, second]).migrate(connection) == Migrator.Outcome(from: 1, to: 2))
    #expect(try await Migrator([first, second]).migrate(connection) == Migrator.Outcome(from: 2, to: 2))
    #expect(try await connection.count() == 2)
    try await Migrator([first, second]).verify(connection)
  }

  @Test func refusesANewerSchema() async throws {
    let connection = try await open()
    _ = try await Migrator([first, second]).migrate(connection)
    for error in [
      await failure { try await Migrator([first]).migrate(connection) },
      await failure { try await Migrator([first]).verify(connection) },
    ] {
      #expect(error?.kind == "misconfigured")
      #expect("\(error!)".contains("migration 2 (second), and this daemon knows only 1"))
    }
  }

  @Test func refusesAnEditedMigration() async throws {
    let connection = try await open()
    _ = try await Migrator([first]).migrate(connection)
    let edited = Migration(number: 1, name: "first", sql: first.sql + " ")
    let error = await failure { try await Migrator([edited, second]).migrate(connection) }
    #expect(error?.kind == "misconfigured")
    #expect("\(error!)".contains("Migration 1 (first) was edited"))
    #expect(try await connection.count() == 0)
  }

  @Test func verifyingAsksForWhatIsMissing() async throws {
    let connection = try await open()
    let empty = await failure { try await Migrator([first]).verify(connection) }
    #expect("\(empty!)".contains("at migration 0, and this daemon needs 1"))
    _ = try await Migrator([first]).migrate(connection)
    let old = await failure { try await Migrator([first, second]).verify(connection) }
    #expect("\(old!)".contains("at migration 1, and this daemon needs 2"))
  }

  @Test func aFailureNamesTheLineAndUndoesItsOwnMigrationOnly() async throws {
    let connection = try await open()
    let wrong = Migration(
      number: 2, name: "wrong",
      sql: "INSERT INTO item VALUES ('中');\n-- 城市\nINSERT INTO nothing VALUES (1);")
    let error = await failure { try await Migrator([first, wrong]).migrate(connection) }
    #expect(error?.kind == "misconfigured")
    #expect("\(error!)".contains("m0002_wrong.sql, line 3"))
    #expect(try await connection.count() == 0)
    // The lock is free again, and the mended migration goes through.
    let other = try await open(
      TestCluster.shared.cluster.connectionString.with("dbname", database(connection)))
    #expect(try await Migrator([first, second]).migrate(other) == Migrator.Outcome(from: 1, to: 2))
  }

  private func database(_ connection: Connection) async throws -> String {
    struct Name: Statement {
      let name = "test_database"
      let sql = "SELECT current_database()"
      func decode(_ row: Row) throws -> String { try row.text(0) }
    }
    return try #require(try await connection.run(deadline: ample) { try $0.queryOne(Name()) })
  }

  @Test func daemonsThatComeTogetherTakeTurns() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let slow = Migration(number: 3, name: "slow", sql: "SELECT pg_sleep(0.2)")
    let migrations = [first, second, slow]
    let outcomes = try await withThrowingTaskGroup { group in
      for _ in 0..<4 {
        let connection = try await open(target)
        group.addTask { try await Migrator(migrations).migrate(connection) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.map(\.from).sorted() == [0, 3, 3, 3])
    #expect(outcomes.allSatisfy { $0.to == 3 })
    #expect(try await open(target).count() == 2)
  }

  @Test func timeoutsOfTheSessionDoNotStopIt() async throws {
    let connection = try await open()
    try await connection.execute("SET statement_timeout = '50ms'; SET lock_timeout = '1ms'")
    let slow = Migration(number: 1, name: "slow", sql: "SELECT pg_sleep(0.2)")
    #expect(try await Migrator([slow]).migrate(connection).to == 1)
  }

  @Test func everyFileIsEmbedded() throws {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let directory = try #require(opendir("/\(folder)/sql/migrations"))
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".sql") { names.append(name) }
    }
    let embedded = SchemaSQL.migrations.map { migration in
      let digits = String(migration.number)
      return "m" + String(repeating: "0", count: 4 - digits.count) + "\(digits)_\(migration.name).sql"
    }
    #expect(names.sorted() == embedded)
  }
}
