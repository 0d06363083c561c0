import Domain

extension Deals {
  /// Reads `DEALS <investor>` and `DEALS <investor> limit=<number>` from a line as it lies in memory: what investors send
  /// all day long, without making words of it first. Nil for any other line, right or wrong: that is read like all
  /// requests, which gives the same for these.
  public init?(plain line: UnsafeRawBufferPointer) {
    var words = PlainWords(line)
    guard words.take("deals"), let code = words.next(), code.count <= Limits.code,
      code.allSatisfy(Code.isCodeByte)
    else { return nil }
    self.init(investor: String(decoding: code, as: UTF8.self), page: Page())
    if words.isAtEnd { return }
    guard words.take("limit=", isWhole: false), let digits = words.next(), words.isAtEnd,
      let limit = Self.number(digits), 1...Limits.largestPage ~= limit
    else { return nil }
    page.limit = limit
  }

  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
    // More digits do not make a larger page.
    guard 1...9 ~= digits.count else { return nil }
    var value = 0
    for digit in digits {
      guard 48...57 ~= digit else { return nil }
      value = value * 10 + Int(digit) - 48
    }
    return value
  }
}

/// The words of a line, by spaces alone.
private struct PlainWords {
  private let line: UnsafeRawBufferPointer
  private var position = 0

  init(_ line: UnsafeRawBufferPointer) {
    self.line = line
    skipSpaces()
  }

  var isAtEnd: Bool { position == line.count }

  /// Takes these lowercase letters and signs, in whatever case the line has the letters.
  mutating func take(_ text: StaticString, isWhole: Bool = true) -> Bool {
    let end = position + text.utf8CodeUnitCount
    guard end <= line.count, !isWhole || end == line.count || line[end] == 32 else { return false }
    for place in 0..<text.utf8CodeUnitCount {
      let (octet, wanted) = (line[position + place], text.utf8Start[place])
      let isLetter = 97...122 ~= wanted
      guard octet == wanted || isLetter && octet | 32 == wanted else { return false }
    }
    position = end
    if isWhole { skipSpaces() }
    return true
  }

  /// Takes what comes before the next space.
  mutating func next() -> Slice<UnsafeRawBufferPointer>? {
    var end = position
    while end < line.count, line[end] != 32 { end += 1 }
    guard end > position else { return nil }
    defer {
      position = end
      skipSpaces()
    }
    return line[position..<end]
  }

  private mutating func skipSpaces() {
    while position < line.count, line[position] == 32 { position += 1 }
  }
}
