/// What the migrator says to the database.
enum MigrationStatements {
  static var all: [any Statement] {
    [
      AdvisoryLock(), AdvisoryUnlock(), Applied(), Checksum(text: ""),
      Record(number: 1, migration: "", checksum: ""), CurrentRole(), PrivilegeGaps(role: "postgres"),
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

  /// The session's role. Owner is who may change the schema's own table of migrations.
  struct CurrentRole: Statement {
    let name = "migration_role"
    let sql = """
      SELECT r.rolname, r.rolsuper, coalesce(
        (SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c WHERE c.oid = to_regclass('schema_migration')), false)
      FROM pg_roles r WHERE r.rolname = current_user
      """

    func decode(_ row: Row) throws -> ServingRole {
      ServingRole(name: try row.text(0), isSuperuser: try row.bool(1), ownsTables: try row.bool(2))
    }
  }

  /// What serving needs and a role does not have, with the command that gives it. Ours is what has the owner and the
  /// schema of `schema_migration`; other tables there are somebody else's.
  struct PrivilegeGaps: Statement {
    struct Output: Sendable, Hashable {
      var what: String
      var remedy: String
    }

    let name = "migration_privilege_gaps"
    let sql = """
      WITH ours AS (
        SELECT c.oid, c.relkind, c.relname, c.relnamespace FROM pg_class c JOIN pg_class known
          ON known.oid = to_regclass('schema_migration')
            AND c.relnamespace = known.relnamespace AND c.relowner = known.relowner),
      gap (place, what, remedy) AS (
        SELECT 1, format('TEMPORARY on database %I', current_database()),
            format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), $1::name)
          WHERE NOT has_database_privilege($1::name, current_database(), 'TEMPORARY')
        UNION ALL
        SELECT 2, format('USAGE on schema %I', n.nspname), format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, $1::name)
          FROM pg_namespace n
          WHERE n.oid IN (SELECT relnamespace FROM ours) AND NOT has_schema_privilege($1::name, n.oid, 'USAGE')
        UNION ALL
        SELECT 3, format('%s on table %I', privilege, relname),
            format('GRANT %s ON TABLE %s TO %I', privilege, oid::regclass, $1::name)
          FROM ours, unnest(CASE relname WHEN 'schema_migration' THEN '{SELECT}'::text[] WHEN 'audit' THEN '{SELECT,INSERT}'
            WHEN 'audit_block' THEN '{SELECT,INSERT}' WHEN 'audit_unsealed' THEN '{SELECT}'
            WHEN 'deal_list' THEN '{SELECT}'
            ELSE '{SELECT,INSERT,UPDATE,DELETE}' END) AS privilege
          WHERE relkind IN ('r', 'p', 'v') AND NOT has_table_privilege($1::name, oid, privilege)
        UNION ALL
        SELECT 4, format('USAGE on sequence %I', relname),
            format('GRANT USAGE ON SEQUENCE %s TO %I', oid::regclass, $1::name)
          -- The planner may look at a privilege before the kind, so the kind is asked for twice.
          FROM ours WHERE relkind = 'S'
            AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege($1::name, oid, 'USAGE') END
        UNION ALL
        SELECT 5, format('membership in role %I', rolname), format('GRANT %I TO %I', rolname, $1::name)
          FROM pg_roles WHERE rolname = '\(PartyStatements.role)' AND NOT pg_has_role($1::name, oid, 'MEMBER'))
      SELECT what, remedy FROM gap ORDER BY place, what
      """
    var role: String

    func bind(into bindings: inout Bindings) { bindings.text(role) }

    func decode(_ row: Row) throws -> Output { Output(what: try row.text(0), remedy: try row.text(1)) }
  }
}
