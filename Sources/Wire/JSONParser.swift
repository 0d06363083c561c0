import Domain

/// A strict parser of JSON (RFC 8259) over UTF-8 that is known to be valid. Linear in the length of the
/// text; nesting is bounded by ``Limits/jsonDepth``, so that no input can exhaust the stack.
///
/// It is written here and not taken from Foundation because an upload of a hundred thousand rows goes
/// through it (docs/decisions/0003-own-json.md).
public struct JSONParser {
  /// What is wrong and at which octet.
  public struct Failure: Error, Hashable {
    public var offset: Int
    public var reason: String
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// Parses one value that fills the whole text but for white space around it.
  public static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> JSON {
    var parser = JSONParser(bytes: bytes)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.failure("text after the end of the value") }
    return value
  }

  /// Parses a text.
  public static func parse(_ text: String) throws(Failure) -> JSON {
    var text = text
    let result: Result<JSON, Failure> = text.withUTF8 { utf8 in
      do throws(Failure) { return .success(try parse(utf8)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private func failure(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  private mutating func value(depth: Int) throws(Failure) -> JSON {
    guard depth < Limits.jsonDepth else { throw failure("nested deeper than \(Limits.jsonDepth)") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(UInt8(ascii: "-")), .some(48...57): return try number()
    case nil: throw failure("ends where a value should stand")
    default: throw failure("no JSON value starts like this")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(Failure) -> JSON {
    for index in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[index] else { throw failure("not \(word)") }
      position += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(Failure) -> JSON {
    position += 1
    var members: [JSON.Member] = []
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    members.reserveCapacity(16)
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("a name in quotes should stand here") }
      let name = try string()
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw failure("a colon should stand here") }
      position += 1
      skipSpace()
      members.append(.init(name, try value(depth: depth + 1)))
      skipSpace()
      guard let byte = next else { throw failure("ends inside an object") }
      position += 1
      if byte == UInt8(ascii: "}") { return .object(members) }
      guard byte == UInt8(ascii: ",") else { throw failure("a comma or } should stand here") }
    }
  }

  private mutating func array(depth: Int) throws(Failure) -> JSON {
    position += 1
    var items: [JSON] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array(items)
    }
    while true {
      skipSpace()
      items.append(try value(depth: depth + 1))
      skipSpace()
      guard let byte = next else { throw failure("ends inside an array") }
      position += 1
      if byte == UInt8(ascii: "]") { return .array(items) }
      guard byte == UInt8(ascii: ",") else { throw failure("a comma or ] should stand here") }
    }
  }

  private mutating func number() throws(Failure) -> JSON {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let firstDigit = position
    guard digits() > 0 else { throw failure("a digit should stand here") }
    if bytes[firstDigit] == UInt8(ascii: "0"), position - firstDigit > 1 {
      throw failure("a number does not start with 0")
    }
    var isInteger = true
    if next == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      guard digits() > 0 else { throw failure("a digit should stand here") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw failure("a digit should stand here") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .integer(value) }
    return .number(text)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, byte >= 48, byte <= 57 { position += 1 }
    return position - start
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 32 {
      position += 1
    }
    if next == UInt8(ascii: "\"") {
      position += 1
      return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }
    var text = Array(bytes[start..<position])
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<32: throw failure("a control character inside a string")
      default: text.append(byte)
      }
    }
    throw failure("ends inside a string")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    guard let byte = next else { throw failure("ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var scalar = try hexQuad()
      if (0xD800..<0xDC00).contains(scalar) {
        guard next == UInt8(ascii: "\\") else { throw failure("half a surrogate pair") }
        position += 1
        guard next == UInt8(ascii: "u") else { throw failure("half a surrogate pair") }
        position += 1
        let low = try hexQuad()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let unicode = UnicodeScalar(scalar) else { throw failure("half a surrogate pair") }
      text.append(contentsOf: UTF8.encode(unicode)!)
    default: throw failure("an escape that JSON does not know")
    }
  }

  private mutating func hexQuad() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 128 else {
        throw failure("four hexadecimal digits should stand here")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
