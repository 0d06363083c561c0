import Domain

enum TokenStatements {
  static var all: [any Statement] {
    [
      Insert(
        id: "", digest: [], role: .monitor, own: nil, includesHouse: false, by: "", expiresOn: nil, days: 1),
      Select(ids: []), Page(after: nil, limit: 1), Revoke(id: ""), Dead(holders: []),
    ]
  }

  private static let columns = """
    id, role, coalesce(investor, firm), house, to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), created_by,
    ((expires_at AT TIME ZONE 'UTC')::date - 1)::text, revoked_at IS NOT NULL, expires_at <= now()
    """

  private static func token(_ row: Row) throws -> StoredToken {
    guard let role = Role(rawValue: try row.text(1)) else {
      throw StoreError.unexpectedResult(reason: "a token has no role of ours")
    }
    return StoredToken(
      id: try row.text(0), role: role, own: row.optionalText(2), includesHouse: try row.bool(3),
      createdAt: try row.text(4), createdBy: try row.text(5), expiresOn: try row.text(6),
      isRevoked: try row.bool(7), isExpired: try row.bool(8))
  }

  /// Gives no row where the id is taken.
  struct Insert: Statement {
    let id: String
    let digest: [UInt8]
    let role: Role
    let own: String?
    let includesHouse: Bool
    let by: String
    /// Nil for `days` from today.
    let expiresOn: String?
    let days: Int
    let name = "token_insert"
    let sql = """
      INSERT INTO token (id, digest, role, investor, firm, house, created_by, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7,
        (coalesce($8::date, (now() AT TIME ZONE 'UTC')::date + $9::integer) + 1)::timestamp AT TIME ZONE 'UTC')
      ON CONFLICT DO NOTHING RETURNING \(columns)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(id)
      bindings.bytea(digest)
      bindings.text(role.rawValue)
      bindings.text(role == .investor ? own : nil)
      bindings.text(role == .firm ? own : nil)
      bindings.bool(includesHouse)
      bindings.text(by)
      bindings.text(expiresOn)
      bindings.int(days)
    }
    func decode(_ row: Row) throws -> StoredToken { try token(row) }
  }

  struct Select: Statement {
    let ids: [String]
    let name = "token_select"
    let sql = "SELECT \(columns), digest FROM token WHERE id = ANY ($1::text[])"
    func bind(into bindings: inout Bindings) { bindings.textArray(ids) }
    func decode(_ row: Row) throws -> (token: StoredToken, digest: [UInt8]) {
      (try token(row), try row.bytea(9))
    }
  }

  struct Page: Statement {
    let after: String?
    let limit: Int
    let name = "token_page"
    let sql = "SELECT \(columns) FROM token WHERE $1::text IS NULL OR id > $1 ORDER BY id LIMIT $2"
    func bind(into bindings: inout Bindings) {
      bindings.text(after)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> StoredToken { try token(row) }
  }

  struct Revoke: Statement {
    typealias Output = Void
    let id: String
    let name = "token_revoke"
    let sql = "UPDATE token SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1"
    func bind(into bindings: inout Bindings) { bindings.text(id) }
  }

  /// Which of some tokens are good for nothing any more, or are another party's now.
  struct Dead: Statement {
    let holders: [TokenStore.Holder]
    let name = "token_dead"
    let sql = """
      SELECT asked.id, asked.own FROM unnest($1::text[], $2::text[]) AS asked (id, own) LEFT JOIN token USING (id)
      WHERE token.id IS NULL OR revoked_at IS NOT NULL OR expires_at <= now()
        OR coalesce(token.investor, token.firm, '') <> asked.own
      """
    func bind(into bindings: inout Bindings) {
      bindings.textArray(holders.map(\.token))
      bindings.textArray(holders.map(\.own))
    }
    func decode(_ row: Row) throws -> TokenStore.Holder {
      TokenStore.Holder(token: try row.text(0), own: try row.text(1))
    }
  }
}
