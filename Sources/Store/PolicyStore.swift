/// Policies in PostgreSQL. All calls run inside a transaction of the caller.
public enum PolicyStore {
  /// A policy; the active one for nil.
  public static func get(_ number: Int?, in session: Session) throws -> StoredPolicy? {
    let rows = try session.query(PolicyStatements.Select(number: number))
    guard var policy = rows.first?.policy else { return nil }
    for row in rows { if let name = row.name, let value = row.value { policy.values[name] = value } }
    return policy
  }

  /// Policies below a number, newest first, without their values.
  public static func list(before: Int?, limit: Int, in session: Session) throws -> [StoredPolicy] {
    try session.query(PolicyStatements.Page(before: before, limit: limit))
  }

  /// Stores a new policy and gives its number.
  public static func add(_ values: [String: Int], by principal: String, in session: Session) throws -> Int {
    try session.execute(PolicyStatements.LockPolicies())
    let names = values.keys.sorted()
    let insert = PolicyStatements.Insert(names: names, values: names.map { values[$0]! }, by: principal)
    guard let number = try session.queryOne(insert) else {
      throw StoreError.unexpectedResult(reason: "a new policy got no number")
    }
    return number
  }

  /// Makes a policy the active one; false where there is none of that number.
  public static func activate(_ number: Int, in session: Session) throws -> Bool {
    try session.execute(PolicyStatements.Activate(number: number)) == 1
  }
}
