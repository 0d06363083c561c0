import CLibPQ

/// How much a transaction sees of others that run beside it.
public enum Isolation: String, Sendable {
  case readCommitted = "READ COMMITTED"
  case repeatableRead = "REPEATABLE READ"
  case serializable = "SERIALIZABLE"
}

extension Session {
  /// BEGIN, `body`, COMMIT; or ROLLBACK when `body` throws.
  ///
  /// One synchronous closure, because an actor lets other work in at every `await`.
  ///
  /// - Throws: What `body` throws; `StoreError.outcomeUnknown` when the connection broke during COMMIT.
  public func transaction<Result>(
    isolation: Isolation = .readCommitted, readOnly: Bool = false, _ body: (Session) throws -> Result
  ) throws -> Result {
    precondition(!isInTransaction, "A transaction does not begin inside another; use savepoint(…).")
    try dropStale()
    let access = readOnly ? " READ ONLY" : ""
    _ = try simpleQuery("BEGIN ISOLATION LEVEL \(isolation.rawValue)\(access)", name: "BEGIN")
    let result: Result
    do {
      result = try body(self)
      if transactionStatus == PQTRANS_INERROR {
        throw StoreError.invalidValue(
          reason: "a failed statement was ignored, but it had spoilt its transaction")
      }
      guard ContinuousClock.now < deadline else { throw StoreError.deadlinePassed(statement: "COMMIT") }
      guard interruption.beginCommit() else { throw interrupted("COMMIT") }
    } catch {
      rollBack()
      throw error
    }
    try commit()
    return result
  }

  private func commit() throws {
    let least = ContinuousClock.now + Self.commitTime
    recoveryDeadline = max(deadline, least)
    defer {
      recoveryDeadline = nil
      interruption.resume()
    }
    let result = try simpleQuery("COMMIT", name: "COMMIT")
    guard result.commandTag == "COMMIT" else {
      throw StoreError.unexpectedResult(reason: "COMMIT was answered by \(result.commandTag)")
    }
  }

  /// Runs `body` so that its failure undoes only what it did itself, not the transaction around it.
  ///
  /// - Throws: What `body` throws, after the transaction is usable again.
  public func savepoint<Result>(_ body: (Session) throws -> Result) throws -> Result {
    precondition(isInTransaction, "A savepoint needs a transaction around it.")
    // The same name may be used again inside: PostgreSQL keeps them on a stack.
    _ = try simpleQuery("SAVEPOINT part", name: "SAVEPOINT")
    let result: Result
    do {
      result = try body(self)
      _ = try simpleQuery("RELEASE SAVEPOINT part", name: "RELEASE SAVEPOINT")
    } catch {
      // A run that was asked to stop sends nothing more; the whole transaction is about to be rolled back.
      guard !isBroken, interruption.cause == nil else { throw error }
      _ = try simpleQuery("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", name: "ROLLBACK TO SAVEPOINT")
      throw error
    }
    return result
  }
}
