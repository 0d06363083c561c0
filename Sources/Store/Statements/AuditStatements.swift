/// Reading, sealing and verifying the audit; writing it is the ledger's affair.
enum AuditStatements {
  static var all: [any Statement] {
    [
      TryLock(), Seal(), Page(before: nil, principal: nil, action: nil, object: nil, limit: 1), Broken(),
      Unsealed(), Last(),
    ]
  }

  /// One seals at a time; who comes meanwhile has nothing to do.
  struct TryLock: Statement {
    let name = "audit_seal_lock"
    // "bwaudits" in ASCII; no other program should come upon it by chance.
    let sql = "SELECT pg_try_advisory_xact_lock(\(0x6277_6175_6469_7473))"
    func decode(_ row: Row) throws -> Bool { try row.bool(0) }
  }

  /// Puts all rows that are in no block into the next one; gives its number, or nothing where there are none.
  struct Seal: Statement {
    let name = "audit_seal"
    let sql = """
      INSERT INTO audit_block (number, rows, count, youngest, horizon, hash)
      SELECT coalesce(before.number, 0) + 1, fresh.rows, fresh.count, fresh.youngest,
        pg_snapshot_xmin(pg_current_snapshot()),
        (audit_hash(coalesce(before.hash, decode(repeat('00', 32), 'hex')), fresh.rows)).hash
      FROM (SELECT range_agg(int8range(sequence, sequence, '[]')) AS rows, count(*) AS count,
            (array_agg(xid ORDER BY xid DESC))[1] AS youngest
          FROM audit_unsealed) AS fresh
        LEFT JOIN (SELECT number, hash FROM audit_block ORDER BY number DESC LIMIT 1) AS before ON true
      WHERE fresh.count > 0
      RETURNING number
      """
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct Page: Statement {
    let before: Int?
    let principal: String?
    let action: String?
    let object: String?
    let limit: Int
    let name = "audit_page"
    let sql = """
      SELECT sequence, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), principal, action, object, detail::text FROM audit
      WHERE ($1::bigint IS NULL OR sequence < $1) AND ($2::text IS NULL OR principal = $2)
        AND ($3::text IS NULL OR action = $3) AND ($4::text IS NULL OR object = $4)
      ORDER BY sequence DESC LIMIT $5
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(before)
      bindings.text(principal)
      bindings.text(action)
      bindings.text(object)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> AuditRow {
      AuditRow(
        sequence: try row.int(0), at: try row.text(1), principal: try row.text(2), action: try row.text(3),
        object: row.optionalText(4), detail: row.optionalText(5))
    }
  }

  /// Blocks that are not what they were sealed as, oldest first. The first that is broken breaks those behind it only
  /// where its own hash is another one, since each is held against the hash that the block before states.
  struct Broken: Statement {
    let name = "audit_broken"
    let sql = """
      SELECT block.number, block.rows::text, block.count, now.count,
        block.before_number IS DISTINCT FROM nullif(block.number - 1, 0)
      FROM (SELECT number, rows, count, hash, lag(number) OVER (ORDER BY number) AS before_number,
            coalesce(lag(hash) OVER (ORDER BY number), decode(repeat('00', 32), 'hex')) AS before
          FROM audit_block) AS block,
        LATERAL audit_hash(block.before, block.rows) AS now
      WHERE now.hash <> block.hash OR block.before_number IS DISTINCT FROM nullif(block.number - 1, 0)
      ORDER BY block.number
      """
    func decode(_ row: Row) throws -> BrokenAuditBlock {
      BrokenAuditBlock(
        number: try row.int(0), rows: try row.text(1), sealed: try row.int(2), found: try row.int(3),
        isOutOfPlace: try row.bool(4))
    }
  }

  /// Rows in no block, and how many of them are older than the last block allows: those were put in later.
  struct Unsealed: Statement {
    let name = "audit_unsealed_count"
    let sql = """
      SELECT (SELECT count(*) FROM audit_unsealed),
        (SELECT count(*) FROM audit WHERE xid < (SELECT horizon FROM audit_block ORDER BY number DESC LIMIT 1)
          AND NOT EXISTS (SELECT FROM audit_block WHERE audit.sequence <@ audit_block.rows))
      """
    func decode(_ row: Row) throws -> (fresh: Int, late: Int) { (try row.int(0), try row.int(1)) }
  }

  struct Last: Statement {
    let name = "audit_last_block"
    let sql = """
      SELECT number, encode(hash, 'hex'), (SELECT sum(count) FROM audit_block) FROM audit_block ORDER BY number DESC LIMIT 1
      """
    func decode(_ row: Row) throws -> (number: Int, hash: String, rows: Int) {
      (try row.int(0), try row.text(1), try row.int(2))
    }
  }
}
