import Domain

/// A policy as it is stored.
public struct StoredPolicy: Sendable {
  public var number: Int
  public var createdAt: String
  public var createdBy: String
  public var isActive: Bool
  public var values: [String: Int]
}

enum PolicyStatements {
  static var all: [any Statement] {
    [
      LockPolicies(), Insert(names: [], values: [], by: ""), Activate(number: 1), Select(number: nil),
      Page(before: nil, limit: 1),
    ]
  }

  /// Writers of policies take turns, so that numbers have no gaps.
  struct LockPolicies: Statement {
    typealias Output = Void
    let name = "policy_lock"
    let sql = "LOCK TABLE policy IN SHARE ROW EXCLUSIVE MODE"
  }

  struct Insert: Statement {
    let names: [String]
    let values: [Int]
    let by: String
    let name = "policy_insert"
    let sql = """
      INSERT INTO policy (number, parameters, created_by)
      SELECT (SELECT coalesce(max(number), 0) + 1 FROM policy),
        (SELECT coalesce(jsonb_object_agg(p.name, p.value), '{}') FROM unnest($1::text[], $2::bigint[]) AS p (name, value)),
        $3
      RETURNING number
      """
    func bind(into bindings: inout Bindings) {
      bindings.textArray(names)
      bindings.intArray(values)
      bindings.text(by)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct Activate: Statement {
    typealias Output = Void
    let number: Int
    let name = "policy_activate"
    let sql = "UPDATE publication SET policy = $1 FROM policy WHERE policy.number = $1"
    func bind(into bindings: inout Bindings) { bindings.int(number) }
  }

  /// One policy with a row a parameter; the active one for nil. A policy without parameters is one row.
  struct Select: Statement {
    let number: Int?
    let name = "policy_select"
    let sql = """
      SELECT policy.number, to_char(policy.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), policy.created_by,
        policy.number = publication.policy IS TRUE, parameter.key, parameter.value
      FROM publication JOIN policy ON policy.number = coalesce($1, publication.policy)
        LEFT JOIN LATERAL jsonb_each_text(policy.parameters) AS parameter ON true
      """
    func bind(into bindings: inout Bindings) { bindings.int(number) }
    func decode(_ row: Row) throws -> (policy: StoredPolicy, name: String?, value: Int?) {
      (
        StoredPolicy(
          number: try row.int(0), createdAt: try row.text(1), createdBy: try row.text(2),
          isActive: try row.bool(3),
          values: [:]), row.optionalText(4), row.optionalText(5).flatMap { Int($0) }
      )
    }
  }

  struct Page: Statement {
    let before: Int?
    let limit: Int
    let name = "policy_page"
    let sql = """
      SELECT policy.number, to_char(policy.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), policy.created_by,
        policy.number = publication.policy IS TRUE
      FROM publication, policy WHERE $1::integer IS NULL OR policy.number < $1
      ORDER BY policy.number DESC LIMIT $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(before)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> StoredPolicy {
      StoredPolicy(
        number: try row.int(0), createdAt: try row.text(1), createdBy: try row.text(2),
        isActive: try row.bool(3),
        values: [:])
    }
  }
}
