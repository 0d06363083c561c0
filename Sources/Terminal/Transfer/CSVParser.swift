import Domain

/// A parser of CSV (RFC 4180) that works on octets: quotes, doubled quotes and line breaks inside quotes; LF,
/// CRLF or CR; any delimiter of one octet. Linear in the length of the text.
///
/// It holds places in the text and not the text itself, which is passed to each call: so the cells of a row
/// are ranges, and nothing is copied.
struct CSVParser {
  struct Cell: Hashable {
    /// Where its octets are, quotes not among them.
    var range: Range<Int>
    /// Whether it holds doubled quotes, line breaks or tabs, and is to be read by ``text(of:in:)``.
    var needsCleaning = false
  }

  let delimiter: UInt8
  /// The cells of the last record.
  private(set) var cells: [Cell] = []
  /// The line of the file on which the last record starts, from 1.
  private(set) var recordLine = 0
  /// Cells so far that hold line breaks, and the line of the first.
  private(set) var brokenCells = 0
  private(set) var firstBrokenLine = 0
  private(set) var position: Int
  private var line: Int

  private static let quote = UInt8(ascii: "\"")

  init(delimiter: UInt8, from position: Int = 0, line: Int = 1) {
    self.delimiter = delimiter
    self.position = position
    self.line = line
  }

  /// Reads the next record into ``cells``; false at the end. Blank lines are passed over.
  /// - Throws: a reason that starts with the line, for a quote that is never closed and for text after one.
  mutating func next(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Bool {
    skipBlankLines(bytes)
    guard position < bytes.count else { return false }
    cells.removeAll(keepingCapacity: true)
    recordLine = line
    while true {
      try takeCell(bytes)
      guard position < bytes.count else { return true }
      if bytes[position] == delimiter {
        position += 1
        continue
      }
      takeLineEnd(bytes)
      return true
    }
  }

  private mutating func skipBlankLines(_ bytes: UnsafeBufferPointer<UInt8>) {
    while position < bytes.count, bytes[position] == 10 || bytes[position] == 13 { takeLineEnd(bytes) }
  }

  private mutating func takeLineEnd(_ bytes: UnsafeBufferPointer<UInt8>) {
    if bytes[position] == 13, position + 1 < bytes.count, bytes[position + 1] == 10 { position += 1 }
    position += 1
    line += 1
  }

  private mutating func takeCell(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    var start = position
    // Some programs put a space between the delimiter and the quote.
    while start < bytes.count, bytes[start] == 32 { start += 1 }
    if start < bytes.count, bytes[start] == Self.quote {
      position = start + 1
      return try takeQuoted(bytes)
    }
    start = position
    var hasTab = false
    while position < bytes.count {
      let byte = bytes[position]
      if byte == delimiter || byte == 10 || byte == 13 { break }
      if byte == 9 { hasTab = true }
      position += 1
    }
    cells.append(Cell(range: start..<position, needsCleaning: hasTab))
  }

  private mutating func takeQuoted(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    let (start, openedOn) = (position, line)
    var (needsCleaning, isBroken) = (false, false)
    while true {
      guard position < bytes.count else {
        throw .data("\(openedOn): a quote opens in cell \(cells.count + 1) and is never closed")
      }
      switch bytes[position] {
      case Self.quote:
        guard position + 1 < bytes.count, bytes[position + 1] == Self.quote else {
          cells.append(Cell(range: start..<position, needsCleaning: needsCleaning))
          position += 1
          if isBroken { noteBroken(openedOn) }
          return try endQuoted(bytes)
        }
        needsCleaning = true
        position += 2
      case 10, 13:
        (needsCleaning, isBroken) = (true, true)
        takeLineEnd(bytes)
      case 9:
        needsCleaning = true
        position += 1
      default: position += 1
      }
    }
  }

  private mutating func endQuoted(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    while position < bytes.count, bytes[position] == 32 { position += 1 }
    guard position < bytes.count else { return }
    let byte = bytes[position]
    guard byte == delimiter || byte == 10 || byte == 13 else {
      throw .data(
        "\(line): text after the closing quote of cell \(cells.count); a quote inside a cell is written twice"
      )
    }
  }

  private mutating func noteBroken(_ line: Int) {
    if brokenCells == 0 { firstBrokenLine = line }
    brokenCells += 1
  }

  /// Where a cell's text is without the blanks around it: spaces, tabs, line ends and ideographic spaces.
  static func trimmed(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end {
      if isBlank(bytes[start]) {
        start += 1
      } else if end - start >= 3, isWideSpace(bytes, start) {
        start += 3
      } else {
        break
      }
    }
    while start < end {
      if isBlank(bytes[end - 1]) {
        end -= 1
      } else if end - start >= 3, isWideSpace(bytes, end - 3) {
        end -= 3
      } else {
        break
      }
    }
    return start..<end
  }

  /// A space, a tab or half a line end.
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

  /// U+3000.
  private static func isWideSpace(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    bytes[at] == 0xE3 && bytes[at + 1] == 0x80 && bytes[at + 2] == 0x80
  }

  /// Appends a cell's text on one line: doubled quotes made single, each line break or tab a space.
  static func clean(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      index += 1
      switch byte {
      case quote:
        text.append(quote)
        if index < range.upperBound, bytes[index] == quote { index += 1 }
      case 13:
        text.append(32)
        if index < range.upperBound, bytes[index] == 10 { index += 1 }
      case 9, 10: text.append(32)
      default: text.append(byte)
      }
    }
  }

  /// A cell's text, trimmed.
  static func text(of cell: Cell, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text: [UInt8] = []
    clean(trimmed(cell.range, in: bytes), in: bytes, into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The delimiter that a header line uses: the most frequent of comma, semicolon and tab outside quotes.
  static func delimiter(ofHeader bytes: ArraySlice<UInt8>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 10 || byte == 13 { break }
      counts[byte, default: 0] += 1
    }
    var best = UInt8(ascii: ",")
    for other in [UInt8(ascii: ";"), 9] where counts[other, default: 0] > counts[best, default: 0] {
      best = other
    }
    return best
  }
}
