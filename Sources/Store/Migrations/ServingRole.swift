import SchemaSQL

/// The role that a daemon serves with, as the database knows it. It needs no more than to read and write rows; what
/// owns the tables is another role, where the operator wants it so.
public struct ServingRole: Sendable, Hashable {
  public var name: String
  public var isSuperuser: Bool
  /// Whether it may change the tables themselves, as their owner or as a member of it.
  public var ownsTables: Bool

  /// The role that a session runs as.
  public static func of(_ session: Session) throws -> ServingRole {
    guard let role = try session.queryOne(MigrationStatements.CurrentRole()) else {
      throw StoreError.unexpectedResult(reason: "the session has no role")
    }
    return role
  }

  /// Gives the role what serving needs and it does not have yet: rows of all tables, but only to append to the
  /// audit and to read which migrations there were. Running it again changes nothing.
  ///
  /// - Parameter session: One of the tables' owner, inside a transaction.
  /// - Throws: `StoreError.misconfigured` when the owner may not give all of it.
  public func grant(in session: Session) throws {
    for gap in try session.query(MigrationStatements.PrivilegeGaps(role: name)) {
      try session.execute(gap.remedy, name: "migration_grant")
    }
    // PostgreSQL only warns when somebody gives what is not theirs to give.
    if let gap = try session.query(MigrationStatements.PrivilegeGaps(role: name)).first {
      throw StoreError.misconfigured(
        reason: "Role \(name) needs \(gap.what), and the role of owner_database may not give it; have the "
          + "database's owner or an administrator run: \(gap.remedy)")
    }
  }

  /// Checks that the role can serve.
  /// - Throws: `StoreError.misconfigured` that says what to run.
  public func verify(in session: Session) throws {
    guard let gap = try session.query(MigrationStatements.PrivilegeGaps(role: name)).first else { return }
    throw Self.refusal(name, "needs \(gap.what)")
  }

  static func refusal(_ role: String, _ complaint: String) -> StoreError {
    .misconfigured(
      reason: "Role \(role) \(complaint); run 'bellwetherd migrate' with the same database and with "
        + "owner_database as the tables' owner, which gives it")
  }
}
