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
    let wasInTransaction = isInTransaction
    try begin(name: name)
    defer { interruption.statementEnds() }
    do {
      guard PQsendQuery(connection, sql) == 1 else { throw LostConnection(reason: lastComplaint) }
      try flush()
      try expectCopy(PGRES_COPY_IN, name: name)
      let writer = CopyWriter { try self.send($0, name: name) }
      do {
        try body(writer)
        try writer.finish()
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

/// Writes rows in the text format of COPY: fields between tabs, rows on lines, `\N` for NULL.
///
/// Bytes are gathered in a buffer and sent 64 KiB at a time. Valid only inside the closure of `copyIn`.
public final class CopyWriter {
  private static let capacity = 1 << 16

  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
  private var used = 0
  private var isAtRowStart = true
  private let send: (UnsafeRawBufferPointer) throws -> Void

  init(send: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.send = send }

  deinit { buffer.deallocate() }

  /// A text. Tabs, line ends and backslashes are escaped.
  ///
  /// - Throws: `StoreError.invalidValue` for a NUL character, which PostgreSQL's text cannot hold.
  public func field(_ text: String) throws {
    var text = text
    try text.withUTF8 { try field(UnsafeRawBufferPointer($0)) }
  }

  /// A text or NULL.
  public func field(_ text: String?) throws {
    if let text { try field(text) } else { try null() }
  }

  /// Text as UTF-8 bytes, escaped like a string. The server refuses what is not UTF-8.
  public func field(_ bytes: UnsafeRawBufferPointer) throws {
    try beginField()
    var start = 0
    for index in 0..<bytes.count {
      let byte = bytes[index]
      // One test lets nearly every byte pass: what needs care is below 14, or a backslash.
      guard byte < 0x0E || byte == UInt8(ascii: "\\") else { continue }
      let escape: UInt8
      switch byte {
      case 0: throw StoreError.invalidValue(reason: "a text has a NUL character")
      case UInt8(ascii: "\\"): escape = byte
      case UInt8(ascii: "\n"): escape = UInt8(ascii: "n")
      case UInt8(ascii: "\r"): escape = UInt8(ascii: "r")
      case UInt8(ascii: "\t"): escape = UInt8(ascii: "t")
      default: continue
      }
      try append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
      try append(UInt8(ascii: "\\"))
      try append(escape)
      start = index + 1
    }
    try append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
  }

  public func field(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try field($0) }
  }

  public func null() throws {
    try beginField()
    try append(UInt8(ascii: "\\"))
    try append(UInt8(ascii: "N"))
  }

  public func int(_ value: Int) throws {
    try beginField()
    try digits(of: value)
  }

  public func int(_ value: Int?) throws {
    if let value { try int(value) } else { try null() }
  }

  public func bool(_ value: Bool) throws {
    try beginField()
    try append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
  }

  /// A `bigint[]` or `integer[]`.
  public func intArray(_ values: some Sequence<Int>) throws {
    try beginField()
    try append(UInt8(ascii: "{"))
    var isFirst = true
    for value in values {
      if !isFirst { try append(UInt8(ascii: ",")) }
      isFirst = false
      try digits(of: value)
    }
    try append(UInt8(ascii: "}"))
  }

  /// A `text[]`.
  public func textArray(_ values: [String]) throws {
    try field(ArrayText.encode(values))
  }

  public func endRow() throws {
    try append(UInt8(ascii: "\n"))
    isAtRowStart = true
  }

  /// Sends what is left.
  func finish() throws {
    precondition(isAtRowStart, "A row was begun and not ended with endRow().")
    try sendBuffer()
  }

  private func beginField() throws {
    if !isAtRowStart { try append(UInt8(ascii: "\t")) }
    isAtRowStart = false
  }

  private func digits(of value: Int) throws {
    if used + 20 > buffer.count { try sendBuffer() }
    var rest = value.magnitude
    if value < 0 {
      buffer[used] = UInt8(ascii: "-")
      used += 1
    }
    let start = used
    repeat {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
      buffer[used] = UInt8(ascii: "0") + UInt8(remainder)
      used += 1
      rest = quotient
    } while rest > 0
    // The digits came out last first.
    var low = start
    var high = used - 1
    while low < high {
      buffer.swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  private func append(_ byte: UInt8) throws {
    if used == buffer.count { try sendBuffer() }
    buffer[used] = byte
    used += 1
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while rest.count > buffer.count - used {
      let part = buffer.count - used
      copy(UnsafeRawBufferPointer(rebasing: rest[..<part]))
      rest = UnsafeRawBufferPointer(rebasing: rest[part...])
      try sendBuffer()
    }
    copy(rest)
  }

  private func copy(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, let target = buffer.baseAddress else { return }
    memcpy(target + used, source, bytes.count)
    used += bytes.count
  }

  private func sendBuffer() throws {
    guard used > 0 else { return }
    let full = UnsafeRawBufferPointer(rebasing: buffer[..<used])
    used = 0
    try send(full)
  }
}

@available(*, unavailable)
extension CopyWriter: Sendable {}
