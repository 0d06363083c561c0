/// What the migrator says to the database.
enum MigrationStatements {
  static var all: [any Statement] {
    [
      AdvisoryLock(), AdvisoryUnlock(), Applied(), Checksum(text: ""),
      Record(number: 1, migration: "", checksum: ""),
    ]
  }

  /// Migrations may take longer, and wait longer for locks, than anything else the daemon does.
  static let withoutTimeouts = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"

  static let createTable = """
    CREATE TABLE IF NOT EXISTS schema_migration (
      number integer CONSTRAINT schema_migration_pkey PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )
    """

  /// The lock is the session's, so that it lasts over the transactions of several migrations.
  struct AdvisoryLock: Statement {
    let name = "migration_lock"
    let sql = "SELECT pg_advisory_lock(\(key))"
    // "bellwthr" in ASCII; no other program should come upon it by chance.
    fileprivate static let key = 0x6265_6c6c_7774_6872
    typealias Output = Void
  }

  struct AdvisoryUnlock: Statement {
    let name = "migration_unlock"
    let sql = "SELECT pg_advisory_unlock(\(AdvisoryLock.key))"
    typealias Output = Void
  }

  /// The migrations a database has had.
  struct Applied: Statement {
    struct Output: Sendable, Hashable {
      var number: Int
      var name: String
      var checksum: String
    }

    let name = "migration_applied"
    let sql = "SELECT number, name, checksum FROM schema_migration ORDER BY number"

    func decode(_ row: Row) throws -> Output {
      Output(number: try row.int(0), name: try row.text(1), checksum: try row.text(2))
    }
  }

  /// PostgreSQL computes it, which spares us a cryptographic library.
  struct Checksum: Statement {
    let name = "migration_checksum"
    let sql = "SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')"
    var text: String

    func bind(into bindings: inout Bindings) { bindings.text(text) }

    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  struct Record: Statement {
    let name = "migration_record"
    let sql = "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)"
    typealias Output = Void
    var number: Int
    var migration: String
    var checksum: String

    func bind(into bindings: inout Bindings) {
      bindings.int(number)
      bindings.text(migration)
      bindings.text(checksum)
    }
  }
}
