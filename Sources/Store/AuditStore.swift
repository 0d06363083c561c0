/// An entry of the audit.
public struct AuditRow: Sendable, Hashable {
  public var sequence: Int
  /// ISO 8601, UTC.
  public var at: String
  public var principal: String
  public var action: String
  public var object: String?
  /// A JSON object.
  public var detail: String?
}

/// A block of the audit that is not what it was sealed as.
public struct BrokenAuditBlock: Sendable, Hashable {
  public var number: Int
  /// The sequence numbers of its rows, as PostgreSQL writes a multirange.
  public var rows: String
  /// Rows that were sealed, and those that are there.
  public var sealed: Int
  public var found: Int
  /// Whether the block before it is missing.
  public var isOutOfPlace: Bool
}

/// The audit, sealed in blocks that are linked by hashes, so that what is done to it later shows. Whoever may change
/// everything in the database could make all blocks anew; an operator who keeps the last hash elsewhere sees that too.
public enum AuditStore {
  /// What stands in the blocks.
  public struct Seal: Sendable, Hashable {
    public var blocks: Int
    public var rows: Int
    /// Hexadecimal, of the last block; nil before the first.
    public var hash: String?
    public var broken: [BrokenAuditBlock]
    /// Rows that wait for the next block, and rows that were put in behind the back of one.
    public var unsealed: Int
    public var late: Int
  }

  /// Seals what is not sealed yet. The caller's transaction.
  /// - Returns: Whether a block was made.
  public static func seal(in session: Session) throws -> Bool {
    guard try session.queryOne(AuditStatements.TryLock()) == true else { return false }
    return try session.queryOne(AuditStatements.Seal()) != nil
  }

  /// Entries older than a sequence number, newest first; nil is any.
  public static func list(
    before: Int?, principal: String?, action: String?, object: String?, limit: Int, in session: Session
  ) throws -> [AuditRow] {
    try session.query(
      AuditStatements.Page(before: before, principal: principal, action: action, object: object, limit: limit)
    )
  }

  /// Reads the whole audit and holds it against its blocks. In a transaction with one snapshot.
  public static func verify(in session: Session) throws -> Seal {
    let last = try session.queryOne(AuditStatements.Last())
    let unsealed = try session.queryOne(AuditStatements.Unsealed())
    return Seal(
      blocks: last?.number ?? 0, rows: last?.rows ?? 0, hash: last?.hash,
      broken: try session.query(AuditStatements.Broken()), unsealed: unsealed?.fresh ?? 0,
      late: unsealed?.late ?? 0)
  }
}
