import CLibPQ
import Glibc

/// One row of a result, valid only while `Statement.decode` runs. Columns count from 0.
///
/// Each accessor throws `StoreError.unexpectedResult`, naming statement and column, when the column is NULL
/// or not of the kind asked for.
public struct Row {
  private let result: OpaquePointer
  private let index: Int32
  private let statement: String

  init(_ result: OpaquePointer, index: Int, statement: String) {
    self.result = result
    self.index = Int32(index)
    self.statement = statement
  }

  public var columnCount: Int { Int(PQnfields(result)) }

  public func isNull(_ column: Int) -> Bool {
    PQgetisnull(result, index, Int32(column)) == 1
  }

  /// The column's raw text, valid only while the row is.
  public func bytes(_ column: Int) throws -> UnsafeRawBufferPointer {
    guard let bytes = optionalBytes(column) else { throw mismatch(column, "is NULL") }
    return bytes
  }

  public func optionalBytes(_ column: Int) -> UnsafeRawBufferPointer? {
    precondition(column < columnCount, "Statement \(statement) has no column \(column).")
    guard !isNull(column) else { return nil }
    let start = PQgetvalue(result, index, Int32(column))
    return UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, index, Int32(column))))
  }

  public func text(_ column: Int) throws -> String {
    String(decoding: try bytes(column), as: UTF8.self)
  }

  public func optionalText(_ column: Int) -> String? {
    optionalBytes(column).map { String(decoding: $0, as: UTF8.self) }
  }

  public func int(_ column: Int) throws -> Int {
    try parse(column, "a whole number", Int.init(decimal:))
  }

  public func optionalInt(_ column: Int) throws -> Int? {
    try isNull(column) ? nil : int(column)
  }

  public func bool(_ column: Int) throws -> Bool {
    try parse(column, "a boolean") { bytes in
      bytes.elementsEqual("t".utf8) ? true : bytes.elementsEqual("f".utf8) ? false : nil
    }
  }

  public func optionalBool(_ column: Int) throws -> Bool? {
    try isNull(column) ? nil : bool(column)
  }

  public func double(_ column: Int) throws -> Double {
    try parse(column, "a number") { Double(String(decoding: $0, as: UTF8.self)) }
  }

  public func optionalDouble(_ column: Int) throws -> Double? {
    try isNull(column) ? nil : double(column)
  }

  /// A `text[]` without NULL elements.
  public func textArray(_ column: Int) throws -> [String] {
    try parse(column, "an array of texts without NULL", ArrayText.decodeTexts)
  }

  /// A `bigint[]` or `integer[]` without NULL elements.
  public func intArray(_ column: Int) throws -> [Int] {
    try parse(column, "an array of whole numbers without NULL", ArrayText.decodeInts)
  }

  /// A `bytea`.
  public func bytea(_ column: Int) throws -> [UInt8] {
    try parse(column, "bytes in hexadecimal") { text in
      guard text.count >= 2, text.count % 2 == 0, text.starts(with: "\\x".utf8) else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(text.count / 2 - 1)
      for index in stride(from: 2, to: text.count, by: 2) {
        guard let high = text[index].hexValue, let low = text[index + 1].hexValue else { return nil }
        bytes.append(high << 4 | low)
      }
      return bytes
    }
  }

  private func parse<Value>(
    _ column: Int, _ kind: String, _ parse: (UnsafeRawBufferPointer) -> Value?
  ) throws -> Value {
    guard let value = parse(try bytes(column)) else { throw mismatch(column, "is not \(kind)") }
    return value
  }

  private func mismatch(_ column: Int, _ what: String) -> StoreError {
    let name = PQfname(result, Int32(column)).map { String(cString: $0) } ?? "?"
    return .unexpectedResult(reason: "column \(column) (\(name)) of statement \(statement) \(what)")
  }
}

@available(*, unavailable)
extension Row: Sendable {}

extension UInt8 {
  /// The value of an ASCII hexadecimal digit.
  fileprivate var hexValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
