import Domain

/// What must stand in the same transaction as an effect: the audit, and the keys that make a request take
/// effect at most once.
public enum Ledger {
  /// A reply that was given before.
  public struct Remembered: Sendable {
    /// Nil when the rows were too long to keep.
    public var rows: String?
    public var lastLine: String

    public init(rows: String?, lastLine: String) {
      self.rows = rows
      self.lastLine = lastLine
    }
  }

  public enum Claim: Sendable {
    /// Nobody used the key before.
    case new
    case done(Remembered)
    /// The key was used for another request.
    case reused
  }

  /// Looks a key up, and keeps others with the same key waiting until the transaction ends.
  ///
  /// - Parameter request: The request without its key, and for an upload its rows.
  public static func claim(
    principal: String, key: String, request: String, in session: Session
  ) throws -> Claim {
    try session.execute(LedgerStatements.LockKey(principal: principal, key: key))
    let select = LedgerStatements.SelectKey(principal: principal, key: key, request: request)
    guard let found = try session.queryOne(select) else { return .new }
    guard found.isSame else { return .reused }
    // What was done may be on this server alone, when it gave up waiting for its standby or crashed while it waited. A
    // transaction that writes is not acknowledged before all that came before it is on the standby as well.
    try session.execute(LedgerStatements.Write())
    return .done(Remembered(rows: found.rows, lastLine: found.lastLine))
  }

  /// Remembers the reply to a key.
  public static func remember(
    principal: String, key: String, request: String, reply: Remembered, in session: Session
  ) throws {
    let rows = reply.rows.flatMap { $0.utf8.count <= Limits.rememberedReply ? $0 : nil }
    try session.execute(
      LedgerStatements.InsertKey(
        principal: principal, key: key, request: request, rows: rows, lastLine: reply.lastLine))
  }

  /// Forgets keys that are older than their time.
  public static func forgetOldKeys(in session: Session) throws {
    try session.execute(LedgerStatements.ForgetKeys(days: Limits.idempotencyDays))
  }

  /// Writes down who did what to which object. `detail` is a JSON object that holds nothing of a person but
  /// the code, since the audit is kept when a person is erased.
  public static func audit(
    principal: String, action: String, object: String?, detail: String?, in session: Session
  ) throws {
    try session.execute(
      LedgerStatements.InsertAudit(principal: principal, action: action, object: object, detail: detail))
  }
}
