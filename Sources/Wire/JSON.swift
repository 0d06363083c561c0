/// A JSON value. Objects keep their order; a number that is no 64-bit integer keeps its text, so that
/// nothing is lost on the way.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number with a fraction or an exponent, as it was written.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  /// A name and its value.
  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  public subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string, nil for anything else.
  public var text: String? { if case .string(let text) = self { text } else { nil } }
  public var int: Int64? { if case .integer(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// Appends the value on one line, without spaces.
  public func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(decimal: value)
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .string(let text): bytes.append(json: text)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(json: member.name)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// The value on one line.
  public var line: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  public init(_ value: Int) { self = .integer(Int64(value)) }
  public init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
}

extension [UInt8] {
  /// Appends the digits of a number.
  public mutating func append(decimal value: some FixedWidthInteger) {
    if value >= 0 && value < 10 { return append(UInt8(48 + Int(value))) }
    var digits: (UInt64, UInt64, UInt32) = (0, 0, 0)
    var magnitude = UInt64(value.magnitude)
    Swift.withUnsafeMutableBytes(of: &digits) { buffer in
      var start = buffer.count
      repeat {
        start -= 1
        buffer[start] = UInt8(48 + magnitude % 10)
        magnitude /= 10
      } while magnitude > 0
      if value < 0 {
        start -= 1
        buffer[start] = UInt8(ascii: "-")
      }
      append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[start...]))
    }
  }

  /// Appends a text as a JSON string, quotes and all.
  public mutating func append(json text: String) {
    var text = text
    append(UInt8(ascii: "\""))
    text.withUTF8 { append(escaped: $0) }
    append(UInt8(ascii: "\""))
  }

  /// Appends UTF-8 as the inside of a JSON string. Line separators U+2028 and U+2029 are legal JSON and pass.
  public mutating func append(escaped utf8: UnsafeBufferPointer<UInt8>) {
    var (run, index) = (0, 0)
    while index < utf8.count {
      if index + 8 <= utf8.count, Self.areAllPlain(utf8, at: index) {
        index += 8
        continue
      }
      let byte = utf8[index]
      defer { index += 1 }
      guard byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 127 else {
        continue
      }
      append(contentsOf: utf8[run..<index])
      run = index + 1
      switch byte {
      case UInt8(ascii: "\""): append(contentsOf: #"\""#.utf8)
      case UInt8(ascii: "\\"): append(contentsOf: #"\\"#.utf8)
      case UInt8(ascii: "\n"): append(contentsOf: #"\n"#.utf8)
      case UInt8(ascii: "\t"): append(contentsOf: #"\t"#.utf8)
      case UInt8(ascii: "\r"): append(contentsOf: #"\r"#.utf8)
      default:
        let hex = Array("0123456789abcdef".utf8)
        append(contentsOf: #"\u00"#.utf8)
        append(hex[Int(byte >> 4)])
        append(hex[Int(byte & 15)])
      }
    }
    append(contentsOf: utf8[run...])
  }

  /// Whether eight octets need no escape: the high bit of each octet of the words below says that it is below 32, a
  /// quote, a backslash or DEL (the tests for a zero octet of H. S. Warren, "Hacker's Delight", 6-1).
  private static func areAllPlain(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    let word = UnsafeRawBufferPointer(utf8).loadUnaligned(fromByteOffset: index, as: UInt64.self)
    let (low, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    func zeros(_ word: UInt64) -> UInt64 { (word &- low) & ~word }
    let isControl = (word &- low &* 32) & ~word
    let needs = isControl | zeros(word ^ low &* 34) | zeros(word ^ low &* 92) | zeros(word ^ low &* 127)
    return needs & high == 0
  }
}
