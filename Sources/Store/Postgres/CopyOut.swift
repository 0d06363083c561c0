import CLibPQ
import Glibc

extension Session {
  /// Reads rows by COPY, each as the bytes libpq received, without copying them again.
  ///
  /// - Parameters:
  ///   - sql: A `COPY … TO STDOUT` in the text format with its default delimiter and NULL.
  ///   - name: What to call the statement in errors.
  ///   - body: Gets each row, without its line end; the memory is gone when it returns. If it throws, the
  ///     COPY is
  ///     cancelled and the error passed on.
  /// - Returns: The number of rows read.
  @discardableResult
  public func copyOut(
    _ sql: String, name: String = "COPY", _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    try begin(name: name)
    defer { interruption.statementEnds() }
    do {
      guard PQsendQuery(connection, sql) == 1 else { throw LostConnection(reason: lastComplaint) }
      try flush()
      try expectCopy(PGRES_COPY_OUT, name: name)
      let count = try receive(body)
      _ = try finalResult(name: name)
      return count
    } catch let error as LostConnection {
      // Reading changes nothing, whatever became of it.
      throw lost(error, name: name, sql: "SELECT", wasInTransaction: true)
    }
  }

  /// Reads rows by COPY as fields.
  @discardableResult
  public func copyRows(
    _ sql: String, name: String = "COPY", _ body: (inout CopyRow) throws -> Void
  ) throws -> Int {
    try copyOut(sql, name: name) { line in
      var row = CopyRow(line, statement: name)
      try body(&row)
    }
  }

  private func receive(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    var count = 0
    while true {
      var line: UnsafeMutablePointer<CChar>?
      let length = PQgetCopyData(connection, &line, 1)
      switch length {
      case 1...:
        defer { PQfreemem(line) }
        count += 1
        do {
          // The last byte is the line end.
          try body(UnsafeRawBufferPointer(start: line, count: Int(length) - 1))
        } catch {
          try abandon()
          throw error
        }
      case 0:
        _ = try wait(for: Int16(POLLIN))
        try consume()
      case -1: return count
      default: throw LostConnection(reason: lastComplaint)
      }
    }
  }
}

/// The fields of one row of COPY's text format, read from left to right.
///
/// Only what is asked for is decoded. Each accessor moves on by one field, and throws
/// `StoreError.unexpectedResult`, naming statement and column, when the field is missing, NULL or not of the
/// kind asked for.
public struct CopyRow {
  private let line: UnsafeRawBufferPointer
  private let statement: String
  private var position = 0
  private var column = -1

  /// - Parameter line: A row without its line end, which has to outlive this value.
  public init(_ line: UnsafeRawBufferPointer, statement: String = "COPY") {
    self.line = line
    self.statement = statement
  }

  /// True when every field has been read.
  public var isAtEnd: Bool { position > line.count }

  /// The next field's bytes as they came, still escaped; nil for NULL.
  public mutating func raw() throws -> UnsafeRawBufferPointer? {
    column += 1
    guard position <= line.count else { throw mismatch("is missing") }
    let rest = UnsafeRawBufferPointer(rebasing: line[position...])
    let length: Int
    if let start = rest.baseAddress, let tab = memchr(start, Int32(UInt8(ascii: "\t")), rest.count) {
      length = UnsafeRawPointer(tab) - start
    } else {
      length = rest.count
    }
    position += length + 1
    let field = UnsafeRawBufferPointer(rebasing: rest[..<length])
    if length == 2, field[0] == UInt8(ascii: "\\"), field[1] == UInt8(ascii: "N") { return nil }
    return field
  }

  /// Passes over fields.
  public mutating func skip(_ count: Int = 1) throws {
    for _ in 0..<count { _ = try raw() }
  }

  public mutating func int() throws -> Int {
    guard let value = Int(decimal: try present()) else { throw mismatch("is not a whole number") }
    return value
  }

  public mutating func optionalInt() throws -> Int? {
    guard let field = try raw() else { return nil }
    guard let value = Int(decimal: field) else { throw mismatch("is not a whole number") }
    return value
  }

  public mutating func bool() throws -> Bool {
    let field = try present()
    if field.count == 1, field[0] == UInt8(ascii: "t") { return true }
    if field.count == 1, field[0] == UInt8(ascii: "f") { return false }
    throw mismatch("is not a boolean")
  }

  public mutating func text() throws -> String {
    Self.string(try present())
  }

  public mutating func optionalText() throws -> String? {
    try raw().map(Self.string)
  }

  /// A `bigint[]` or `integer[]` without NULL elements.
  public mutating func intArray() throws -> [Int] {
    guard let values = ArrayText.decodeInts(try present()) else {
      throw mismatch("is not an array of whole numbers without NULL")
    }
    return values
  }

  /// A `text[]` without NULL elements.
  public mutating func textArray() throws -> [String] {
    let field = try present()
    let values =
      Self.needsUnescaping(field)
      ? Self.unescaped(field).withUnsafeBytes(ArrayText.decodeTexts) : ArrayText.decodeTexts(field)
    guard let values else { throw mismatch("is not an array of texts without NULL") }
    return values
  }

  private mutating func present() throws -> UnsafeRawBufferPointer {
    guard let field = try raw() else { throw mismatch("is NULL") }
    return field
  }

  private static func string(_ field: UnsafeRawBufferPointer) -> String {
    needsUnescaping(field)
      ? String(decoding: unescaped(field), as: UTF8.self) : String(decoding: field, as: UTF8.self)
  }

  private static func needsUnescaping(_ field: UnsafeRawBufferPointer) -> Bool {
    guard let start = field.baseAddress else { return false }
    return memchr(start, Int32(UInt8(ascii: "\\")), field.count) != nil
  }

  /// Undoes the backslashes that COPY TO writes.
  private static func unescaped(_ field: UnsafeRawBufferPointer) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(field.count)
    var index = 0
    while index < field.count {
      var byte = field[index]
      if byte == UInt8(ascii: "\\"), index + 1 < field.count {
        index += 1
        switch field[index] {
        case UInt8(ascii: "b"): byte = 8
        case UInt8(ascii: "t"): byte = 9
        case UInt8(ascii: "n"): byte = 10
        case UInt8(ascii: "v"): byte = 11
        case UInt8(ascii: "f"): byte = 12
        case UInt8(ascii: "r"): byte = 13
        default: byte = field[index]
        }
      }
      bytes.append(byte)
      index += 1
    }
    return bytes
  }

  private func mismatch(_ what: String) -> StoreError {
    .unexpectedResult(reason: "column \(column) of statement \(statement) \(what)")
  }
}

@available(*, unavailable)
extension CopyRow: Sendable {}
