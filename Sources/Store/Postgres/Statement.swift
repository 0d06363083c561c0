import CLibPQ
import Glibc

/// One SQL statement with its parameters and the meaning of its rows.
///
/// It is prepared under its name the first time a connection meets it. Parameters and results travel as text.
public protocol Statement {
  /// What one row becomes; `Void` for a statement without rows.
  associatedtype Output

  /// Unique among all statements; it appears in errors and in the server's views.
  var name: String { get }

  /// One statement with `$1`, `$2`… in the order of `bind`.
  var sql: String { get }

  /// Adds the parameters, in order.
  func bind(into bindings: inout Bindings)

  /// Reads one row. The row is valid only during the call.
  func decode(_ row: Row) throws -> Output
}

extension Statement {
  public func bind(into bindings: inout Bindings) {}
}

extension Statement where Output == Void {
  public func decode(_ row: Row) {}
}

extension Session {
  /// Runs a statement and decodes all its rows.
  ///
  /// For a result too large to hold, use `forEach` or `copyOut`.
  ///
  /// - Throws: `StoreError`, or what `decode` throws.
  public func query<S: Statement>(_ statement: S) throws -> [S.Output] {
    let result = try run(statement)
    return try (0..<result.rowCount).map {
      try statement.decode(Row(result.pointer, index: $0, statement: statement.name))
    }
  }

  /// Runs a statement that gives one row or none; more are an error.
  public func queryOne<S: Statement>(_ statement: S) throws -> S.Output? {
    let result = try run(statement)
    guard result.rowCount <= 1 else {
      throw StoreError.unexpectedResult(
        reason: "statement \(statement.name) gave \(result.rowCount) rows instead of one")
    }
    return try result.rowCount == 0
      ? nil : statement.decode(Row(result.pointer, index: 0, statement: statement.name))
  }

  /// Runs a statement and gives the number of rows it changed.
  @discardableResult
  public func execute<S: Statement>(_ statement: S) throws -> Int {
    try run(statement).changedRows
  }

  /// Runs SQL without parameters, several statements if need be; their rows are discarded.
  ///
  /// Outside a transaction, the server runs the whole text as one transaction of its own.
  public func execute(_ sql: String, name: String = "script") throws {
    _ = try simpleQuery(sql, name: name)
  }

  /// Prepares a statement without running it, which checks its SQL against the schema.
  public func prepare(_ statement: any Statement) throws {
    try prepare(name: statement.name, sql: statement.sql)
  }

  /// Runs a statement and hands over its rows one at a time, without ever holding them all.
  ///
  /// If `body` throws, the statement is cancelled, and the error is passed on.
  public func forEach<S: Statement>(_ statement: S, _ body: (S.Output) throws -> Void) throws {
    try bind(statement)
    try ensurePrepared(statement)
    let wasInTransaction = isInTransaction
    try begin(name: statement.name)
    defer { interruption.statementEnds() }
    do {
      guard sendPrepared(statement.name) == 1, PQsetSingleRowMode(connection) == 1 else {
        throw LostConnection(reason: lastComplaint)
      }
      try flush()
      while let result = try nextResult() {
        switch result.status {
        case PGRES_SINGLE_TUPLE:
          do {
            try body(statement.decode(Row(result.pointer, index: 0, statement: statement.name)))
          } catch {
            try abandon()
            throw error
          }
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
          let error = try failure(of: result, name: statement.name)
          while try nextResult() != nil {}
          throw error
        default: break
        }
      }
    } catch let error as LostConnection {
      throw lost(error, name: statement.name, sql: statement.sql, wasInTransaction: wasInTransaction)
    }
  }
}

// MARK: - Preparing and running

extension Session {
  private func run<S: Statement>(_ statement: S) throws -> QueryResult {
    try bind(statement)
    try ensurePrepared(statement)
    do {
      return try exchange(name: statement.name, sql: statement.sql) { sendPrepared(statement.name) }
    } catch let error as StoreError {
      // Inside a transaction the failure has already spoilt it; the plan is renewed for the next one.
      guard case .server(let reason) = error, reason.isStalePlan, !isInTransaction else { throw error }
      try ensurePrepared(statement)
      return try exchange(name: statement.name, sql: statement.sql) { sendPrepared(statement.name) }
    }
  }

  private func bind<S: Statement>(_ statement: S) throws {
    bindings.removeAll()
    statement.bind(into: &bindings)
    if let problem = bindings.problem {
      throw StoreError.invalidValue(reason: "\(problem), in statement \(statement.name)")
    }
  }

  private func ensurePrepared(_ statement: some Statement) throws {
    if !isInTransaction { try dropStale() }
    if !prepared.contains(statement.name) { try prepare(name: statement.name, sql: statement.sql) }
  }

  private func prepare(name: String, sql: String) throws {
    guard !prepared.contains(name) else { return }
    // A PREPARE changes no data, so a lost connection is never an unknown outcome.
    _ = try exchange(name: name, sql: "PREPARE") { PQsendPrepare(connection, name, sql, 0, nil) }
    prepared.insert(name)
  }

  /// Forgets the statements whose plans no longer fit, so that they are prepared anew. Not inside a transaction.
  func dropStale() throws {
    for name in stale {
      stale.remove(name)
      prepared.remove(name)
      do {
        _ = try simpleQuery("DEALLOCATE \"\(name)\"", name: name)
      } catch StoreError.server(let error) where error.sqlState == "26000" {
        // It is gone already, which is what was wanted.
      }
    }
  }

  private func sendPrepared(_ name: String) -> Int32 {
    bindings.withPointers { values, count in
      PQsendQueryPrepared(connection, name, count, values, nil, nil, 0)
    }
  }

  /// Stops the statement in flight, whose remaining rows nobody wants, and reads it to its end.
  func abandon() throws {
    interruption.abandonStatement()
    recoveryDeadline = recoveryDeadline ?? ContinuousClock.now + Self.recoveryTime
    while let result = try nextResult() {
      if result.status == PGRES_COPY_OUT { try discardCopy() }
    }
    // The request must not hit the next statement.
    guard interruption.awaitQuiet(until: recoveryDeadline!) else {
      throw LostConnection(reason: "a cancel request did not arrive in time", isSilent: true)
    }
    recoveryDeadline = nil
  }

  private func discardCopy() throws {
    var row: UnsafeMutablePointer<CChar>?
    while true {
      let length = PQgetCopyData(connection, &row, 1)
      PQfreemem(row)
      row = nil
      if length == 0 {
        _ = try wait(for: Int16(POLLIN))
        try consume()
      } else if length < 0 {
        return
      }
    }
  }
}
