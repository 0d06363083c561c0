import CLibPQ
import Glibc

extension Session {
  /// Loads rows by COPY, about a hundred times faster than single INSERTs.
  ///
  /// - Parameters:
  ///   - sql: A `COPY table (columns…) FROM STDIN` in the text format with its default delimiter and NULL.
  ///   - name: What to call the statement in errors.
  ///   - body: Writes the rows. If it throws, the whole COPY is undone and the error passed on.
  /// - Returns: The number of rows loaded.
  /// - Throws: `StoreError`; the server's complaints about rows arrive only at the end.
  @discardableResult
  public func copyIn(_ sql: String, name: String = "COPY", _ body: (CopyWriter) throws -> Void) throws -> Int
  {
    try copy(sql, name: name) { buffer in
      let writer = CopyWriter(buffer)
      try body(writer)
      writer.finish()
    }
  }

  /// The same in the binary format, which spares the server reading and us writing digits.
  ///
  /// - Parameters:
  ///   - sql: A `COPY table (columns…) FROM STDIN (FORMAT binary)`.
  ///   - columns: How many it names.
  @discardableResult
  public func copyInBinary(
    _ sql: String, columns: Int, name: String = "COPY", _ body: (BinaryCopyWriter) throws -> Void
  ) throws -> Int {
    try copy(sql, name: name) { buffer in
      let writer = try BinaryCopyWriter(buffer, columns: columns)
      try body(writer)
      try writer.finish()
    }
  }

  private func copy(_ sql: String, name: String, _ body: (CopyBuffer) throws -> Void) throws -> Int {
    let wasInTransaction = isInTransaction
    try begin(name: name)
    defer { interruption.statementEnds() }
    do {
      guard PQsendQuery(connection, sql) == 1 else { throw LostConnection(reason: lastComplaint) }
      try flush()
      try expectCopy(PGRES_COPY_IN, name: name)
      let buffer = CopyBuffer { try self.send($0, name: name) }
      do {
        try body(buffer)
        try buffer.flush()
      } catch let error where !(error is LostConnection) {
        try abortCopy(name: name)
        throw error
      }
      guard PQputCopyEnd(connection, nil) == 1 else { throw LostConnection(reason: lastComplaint) }
      try flush()
      return try finalResult(name: name).changedRows
    } catch let error as LostConnection {
      throw lost(error, name: name, sql: sql, wasInTransaction: wasInTransaction)
    }
  }

  /// Reads the answer to a COPY statement; anything but the wanted direction is an error.
  func expectCopy(_ direction: ExecStatusType, name: String) throws {
    guard let result = try nextResult() else { throw LostConnection(reason: lastComplaint) }
    if result.status == direction { return }
    let failure: StoreError
    switch result.status {
    case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = try self.failure(of: result, name: name)
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      giveUp()
      throw StoreError.invalidValue(reason: "\(name) copies in the other direction")
    default: failure = .invalidValue(reason: "\(name) is not a COPY")
    }
    while try nextResult() != nil {}
    throw failure
  }

  private func send(_ bytes: UnsafeRawBufferPointer, name: String) throws {
    // A run that was asked to stop sends no more rows; the COPY is then aborted.
    if ContinuousClock.now >= deadline { interruption.request(.deadline) }
    if interruption.cause != nil { throw interrupted(name) }
    let start = bytes.bindMemory(to: CChar.self).baseAddress
    while true {
      switch PQputCopyData(connection, start, Int32(bytes.count)) {
      case 1:
        // Without this, libpq would buffer all rows while the server is slower than we are.
        return try flush()
      case 0: _ = try wait(for: Int16(POLLOUT))
      default: throw LostConnection(reason: lastComplaint)
      }
    }
  }

  /// Tells the server to forget the rows sent so far.
  private func abortCopy(name: String) throws {
    recoveryDeadline = ContinuousClock.now + Self.recoveryTime
    guard PQputCopyEnd(connection, "the sender gave up") == 1 else {
      throw LostConnection(reason: lastComplaint)
    }
    try flush()
    while let result = try nextResult() {
      // The server repeats our own words as an error, which says nothing new.
      if result.status == PGRES_FATAL_ERROR { _ = try failure(of: result, name: name) }
    }
    recoveryDeadline = nil
  }
}
