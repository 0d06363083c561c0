/// COPY statements that no noun's table gives.
enum RegistryCopies {
  static let ranking =
    "COPY ranking (investor, run, revision, candidates, scores) FROM STDIN (FORMAT binary)"
}

/// Audit and idempotency keys.
enum LedgerStatements {
  static var all: [any Statement] {
    [
      LockKey(principal: "", key: ""), SelectKey(principal: "", key: "", request: ""),
      InsertKey(principal: "", key: "", request: "", rows: nil, lastLine: ""), Write(), ForgetKeys(days: 30),
      InsertAudit(principal: "", action: "", object: nil, detail: nil),
    ]
  }

  /// Two requests with one key take turns, so that the second sees what the first did.
  struct LockKey: Statement {
    typealias Output = Void
    let principal: String
    let key: String
    let name = "idempotency_lock"
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1 || chr(10) || $2, 0))"
    func bind(into bindings: inout Bindings) {
      bindings.text(principal)
      bindings.text(key)
    }
  }

  struct SelectKey: Statement {
    let principal: String
    let key: String
    let request: String
    let name = "idempotency_select"
    let sql = """
      SELECT request = sha256(convert_to($3, 'UTF8')), rows, last_line FROM idempotency_key
      WHERE principal = $1 AND key = $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(principal)
      bindings.text(key)
      bindings.text(request)
    }
    func decode(_ row: Row) throws -> (isSame: Bool, rows: String?, lastLine: String) {
      (try row.bool(0), row.optionalText(1), try row.text(2))
    }
  }

  struct InsertKey: Statement {
    typealias Output = Void
    let principal: String
    let key: String
    let request: String
    let rows: String?
    let lastLine: String
    let name = "idempotency_insert"
    let sql = """
      INSERT INTO idempotency_key (principal, key, request, rows, last_line)
      VALUES ($1, $2, sha256(convert_to($3, 'UTF8')), $4, $5)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(principal)
      bindings.text(key)
      bindings.text(request)
      bindings.text(rows)
      bindings.text(lastLine)
    }
  }

  /// Writes to the log of the server and nowhere else, so that COMMIT waits for disk and standby.
  struct Write: Statement {
    typealias Output = Void
    let name = "ledger_write"
    let sql = "SELECT pg_logical_emit_message(true, 'bellwether', '')"
  }

  struct ForgetKeys: Statement {
    typealias Output = Void
    let days: Int
    let name = "idempotency_forget"
    let sql = "DELETE FROM idempotency_key WHERE created_at < now() - make_interval(days => $1::integer)"
    func bind(into bindings: inout Bindings) { bindings.int(days) }
  }

  struct InsertAudit: Statement {
    typealias Output = Void
    let principal: String
    let action: String
    let object: String?
    /// A JSON object.
    let detail: String?
    let name = "audit_insert"
    // Not the time of the transaction's begin: that of a run is open while it is ranked.
    let sql = """
      INSERT INTO audit (at, principal, action, object, detail) VALUES (clock_timestamp(), $1, $2, $3, $4::jsonb)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(principal)
      bindings.text(action)
      bindings.text(object)
      bindings.text(detail)
    }
  }
}
