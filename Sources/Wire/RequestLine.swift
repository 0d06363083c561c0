import Domain

/// A request line taken apart by the grammar of docs/PROTOCOL.md, before anyone asks which command it is.
public struct RequestLine: Sendable, Hashable {
  /// Arguments without a key, the words of the command among them, in order.
  public var positional: [String]
  /// Arguments with a key, in order; an empty value clears the field. Keys are lowercase.
  public var named: [Attribute]

  public init(positional: [String], named: [Attribute] = []) {
    self.positional = positional
    self.named = named
  }

  /// Takes a line apart. The line is without its LF or CRLF. Blank lines give no arguments at all.
  /// - Throws: 500 for a control character, broken UTF-8, an open quote or an unknown escape, naming the
  ///   column; 502 for a key that stands twice.
  public init(parsing line: [UInt8]) throws(WireError) {
    self.init(positional: [])
    // Without a word of its own nobody would see what is wrong with the command.
    if line.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw Self.syntax(0, "the line begins with a byte order mark; send UTF-8 without one")
    }
    if let column = line.firstIndex(where: { $0 < 32 || $0 == 127 }) {
      throw Self.syntax(column, "a control character (\(line[column])); a request is one line of plain text")
    }
    guard line.allSatisfy({ $0 < 128 }) || String(validating: line, as: UTF8.self) != nil else {
      throw Self.syntax(0, "the line is not UTF-8")
    }
    var position = 0
    while position < line.count {
      if line[position] == UInt8(ascii: " ") {
        position += 1
        continue
      }
      try takeArgument(line, &position)
    }
    guard positional.count + named.count <= Limits.arguments else {
      throw WireError(.syntax, [], "more than \(Limits.arguments) arguments")
    }
  }

  private mutating func takeArgument(_ line: [UInt8], _ position: inout Int) throws(WireError) {
    let key = Self.key(line, at: position)
    if let key { position += key.utf8.count + 1 }
    var value: [UInt8] = []
    if position < line.count, line[position] == UInt8(ascii: "\"") {
      value = try Self.quoted(line, &position)
      guard position == line.count || line[position] == UInt8(ascii: " ") else {
        throw Self.syntax(position, "text directly after a closing quote; put a space between arguments")
      }
    } else {
      while position < line.count, line[position] != UInt8(ascii: " ") {
        guard line[position] != UInt8(ascii: "\"") else {
          throw Self.syntax(position, "a quote inside a word; quote the whole value, name=\"…\"")
        }
        value.append(line[position])
        position += 1
      }
    }
    let text = String(decoding: value, as: UTF8.self)
    guard let key = key?.lowercased() else { return positional.append(text) }
    guard !named.contains(where: { $0.name == key }) else {
      throw .badArgument(key, "stands twice; give it once")
    }
    named.append(Attribute(key, text))
  }

  /// The key that starts here, if one does: ALPHA *(ALPHA / DIGIT / "_") then "=". One dot may part it in
  /// two, for `investor.field=` of WHATIF.
  private static func key(_ line: [UInt8], at start: Int) -> String? {
    var position = start
    var dots = 0
    while position < line.count {
      switch line[position] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): break
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        if position == start { return nil }
      case UInt8(ascii: "."):
        dots += 1
        if position == start || dots > 1 { return nil }
      case UInt8(ascii: "="):
        return position == start ? nil : String(decoding: line[start..<position], as: UTF8.self)
      default: return nil
      }
      position += 1
    }
    return nil
  }

  private static func quoted(_ line: [UInt8], _ position: inout Int) throws(WireError) -> [UInt8] {
    let open = position
    position += 1
    var value: [UInt8] = []
    while position < line.count {
      let byte = line[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return value }
      guard byte == UInt8(ascii: "\\") else {
        value.append(byte)
        continue
      }
      guard position < line.count else { break }
      switch line[position] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): value.append(line[position])
      case UInt8(ascii: "n"): value.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): value.append(UInt8(ascii: "\t"))
      default: throw syntax(position, #"an unknown escape; \" \\ \n \t are known"#)
      }
      position += 1
    }
    throw syntax(open, "a quote that is not closed")
  }

  private static func syntax(_ column: Int, _ sentence: String) -> WireError {
    WireError(.syntax, [Attribute("column", column + 1)], sentence)
  }

  /// A value as an argument spells it: as it is where that reads back, else quoted.
  public static func spelling(of value: String) -> String {
    // A mark of byte order is nothing to begin a line with, and a colon before a blank begins a reply's sentence.
    let isPlain =
      !value.isEmpty && value.unicodeScalars.first != "\u{FEFF}" && value.utf8.last != UInt8(ascii: ":")
      && value.utf8.allSatisfy { $0 > 32 && $0 != 127 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    if isPlain { return value }
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  /// The line without its LF; it parses back to the same request.
  public var text: String {
    (positional.map(Self.spelling)
      + named.map { "\($0.name)=\($0.value.isEmpty ? "" : Self.spelling(of: $0.value))" })
      .joined(separator: " ")
  }
}
