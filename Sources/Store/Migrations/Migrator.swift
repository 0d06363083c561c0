import Logging
import SchemaSQL

/// Brings a database's schema forward to what this daemon knows; never back.
public struct Migrator: Sendable {
  /// Where a database stood and where it stands.
  public struct Outcome: Sendable, Hashable {
    /// The number of the newest migration the database had before; 0 for an empty database.
    public var from: Int
    public var to: Int
  }

  private let migrations: [Migration]
  private let logger: Logger

  /// - Parameter migrations: Numbered from 1 without gaps.
  public init(
    _ migrations: [Migration] = SchemaSQL.migrations, logger: Logger = Logger(label: "bellwether.store")
  ) {
    precondition(
      migrations.map(\.number) == Array(1..<migrations.count + 1),
      "Migrations are numbered from 1 without gaps.")
    self.migrations = migrations
    self.logger = logger
  }

  /// Applies the migrations that a database has not had yet, each in a transaction of its own.
  ///
  /// Daemons that come at the same time do it one after the other. Running it again changes nothing.
  ///
  /// - Parameter deadline: For all of them, waiting for another daemon included.
  /// - Throws: `StoreError.misconfigured` when the schema is newer than this daemon, or a migration was
  ///   edited after it was applied, or its SQL fails: then naming file and line. What had been applied before
  ///   stays.
  public func migrate(_ connection: Connection, deadline: Duration = .seconds(600)) async throws -> Outcome {
    try await connection.run(deadline: deadline) { session in
      try session.transaction { session in
        try session.execute(MigrationStatements.withoutTimeouts, name: "migration_timeouts")
        try session.execute(MigrationStatements.AdvisoryLock())
      }
      let outcome: Outcome
      do {
        outcome = try migrate(session)
      } catch {
        unlock(session)
        throw error
      }
      unlock(session)
      return outcome
    }
  }

  private func unlock(_ session: Session) {
    do {
      try session.execute(MigrationStatements.AdvisoryUnlock())
    } catch {
      // The lock goes with the connection.
      session.giveUp()
    }
  }

  /// Checks that a database's schema is exactly what this daemon knows, changing nothing.
  ///
  /// - Throws: `StoreError.misconfigured` when it is older, newer or different.
  public func verify(_ connection: Connection, deadline: Duration = .seconds(30)) async throws {
    try await connection.run(deadline: deadline) { session in
      let applied: [MigrationStatements.Applied.Output]
      do {
        applied = try session.query(MigrationStatements.Applied())
      } catch StoreError.server(let error) where error.sqlState == "42P01" {
        applied = []
      } catch StoreError.server(let error) where error.sqlState == "42501" {
        throw ServingRole.refusal(try ServingRole.of(session).name, "may not read table schema_migration")
      }
      try check(applied, session)
      guard applied.count == migrations.count else {
        throw StoreError.misconfigured(
          reason: "The database's schema is at migration \(applied.count), and this daemon needs "
            + "\(migrations.count); run 'bellwetherd migrate', with owner_database as the tables' owner if that is another role"
        )
      }
    }
  }

  private func migrate(_ session: Session) throws -> Outcome {
    let applied = try session.transaction { session in
      try session.execute(MigrationStatements.withoutTimeouts, name: "migration_timeouts")
      try session.execute(MigrationStatements.createTable, name: "migration_table")
      let applied = try session.query(MigrationStatements.Applied())
      try check(applied, session)
      return applied
    }
    for migration in migrations.dropFirst(applied.count) {
      logger.info("Applying migration \(migration.number) (\(migration.name)).")
      try apply(migration, session)
    }
    return Outcome(from: applied.count, to: migrations.count)
  }

  private func check(_ applied: [MigrationStatements.Applied.Output], _ session: Session) throws {
    if let newest = applied.last, newest.number > migrations.count {
      throw StoreError.misconfigured(
        reason:
          "The database's schema is at migration \(newest.number) (\(newest.name)), and this daemon knows "
          + "only \(migrations.count); a newer daemon has used this database, so run that one")
    }
    for (migration, was) in zip(migrations, applied) {
      guard was.number == migration.number else {
        throw StoreError.misconfigured(
          reason: "Migration \(migration.number) (\(migration.name)) is missing from the database, although "
            + "\(was.number) (\(was.name)) is there; table schema_migration was changed by hand")
      }
      let checksum = try checksum(of: migration, session)
      guard was.checksum == checksum else {
        throw StoreError.misconfigured(
          reason:
            "Migration \(migration.number) (\(migration.name)) was edited after it had been applied to this "
            + "database, which knows it as \(was.name) with SHA-256 \(was.checksum) instead of \(checksum); "
            + "undo the edit and write a new migration")
      }
    }
  }

  private func apply(_ migration: Migration, _ session: Session) throws {
    do {
      try session.transaction { session in
        try session.execute(MigrationStatements.withoutTimeouts, name: "migration_timeouts")
        try session.execute(migration.sql, name: migration.fileName)
        let checksum = try checksum(of: migration, session)
        try session.execute(
          MigrationStatements.Record(number: migration.number, migration: migration.name, checksum: checksum))
      }
    } catch StoreError.server(let error) where !error.isRetryable {
      let line = error.position.map { ", line \(migration.line(at: $0))" } ?? ""
      throw StoreError.misconfigured(reason: "\(migration.fileName)\(line) failed and was undone: \(error)")
    }
  }

  private func checksum(of migration: Migration, _ session: Session) throws -> String {
    guard let checksum = try session.queryOne(MigrationStatements.Checksum(text: migration.sql)) else {
      throw StoreError.unexpectedResult(reason: "no checksum came back")
    }
    return checksum
  }
}

extension Migration {
  var fileName: String {
    let digits = String(number)
    return "m\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)_\(name).sql"
  }

  /// The line, from 1, of a character, from 1.
  fileprivate func line(at position: Int) -> Int {
    1 + sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" }
  }
}
