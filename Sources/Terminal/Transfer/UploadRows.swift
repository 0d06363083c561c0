import Domain
import Wire

/// The rows of a file as upload rows: JSON objects, one a line. It remembers on which line of the file each
/// row stands, since the daemon counts rows and people count lines.
struct UploadRows {
  /// Where each row starts in the file, by row.
  private(set) var lines: [UInt32] = []
  /// Why a row is sent only as a mark that the daemon refuses: so that it counts and names it with the rest.
  private(set) var reasons: [Int: String] = [:]
  private(set) var source: any RowSource

  /// Rows that are named here before the file is given up: it is read in the wrong way.
  private static let mostReasons = 1_000

  init(_ source: any RowSource) { self.source = source }

  /// Appends rows until there are so many octets; false when the text is through.
  mutating func fill(
    _ rows: inout [UInt8], upTo size: Int, from bytes: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> Bool {
    while rows.count < size {
      let start = rows.count
      guard let row = try source.next(into: &rows, from: bytes) else { return false }
      // Blank lines, and the rows of empty cells that spreadsheets leave below the last one.
      if row.problem == nil, rows.count == start { continue }
      try finish(row, &rows, start)
    }
    return true
  }

  private mutating func finish(_ row: SourceRow, _ rows: inout [UInt8], _ start: Int) throws(Failure) {
    lines.append(UInt32(clamping: row.line))
    guard lines.count <= Limits.uploadRows else {
      throw .data("more than \(Limits.uploadRows) rows, which is more than one import takes; split the file")
    }
    let size = rows.count - start
    let isLong = size > Limits.uploadRow
    if let problem = row.problem ?? (isLong ? "is \(size) octets long; at most \(Limits.uploadRow)" : nil) {
      reasons[lines.count] = problem
      guard reasons.count <= Self.mostReasons else {
        throw .data("\(row.line): \(problem); more than \(Self.mostReasons) rows are like this")
      }
      rows.removeSubrange(start...)
      // Valid JSON, but no object: refused as one row, whatever the row was.
      rows.append(contentsOf: #""unreadable""#.utf8)
    }
    rows.append(10)
  }
}

/// A row of a file: where it stands, and why it cannot be sent if it cannot.
struct SourceRow {
  var line: Int
  var problem: String?
}

/// A text of rows in some form.
protocol RowSource {
  /// Octets of the text that have been read.
  var position: Int { get }
  /// Something a person should know once all is read: a line and a sentence.
  var warning: (line: Int, text: String)? { get }
  /// Appends the next row as a JSON object without LF, nothing for a blank one; nil at the end.
  /// - Throws: a failure that starts with the line, where nothing after it could be read.
  mutating func next(
    into rows: inout [UInt8], from bytes: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> SourceRow?
}

/// The records of a CSV file below its header.
struct CSVSource: RowSource {
  private var parser: CSVParser
  private let columns: [HeaderMap.Column]
  /// What stands before a value in the JSON: `"name":"`, by column.
  private let marks: [[UInt8]]
  /// Whether an empty cell clears its field; else it says nothing of it.
  private let clearsEmpty: Bool
  private var scratch: [UInt8] = []

  /// - Parameter parser: it has read the header.
  init(_ parser: CSVParser, _ map: HeaderMap, clearsEmpty: Bool) {
    self.parser = parser
    self.clearsEmpty = clearsEmpty
    columns = map.columns
    marks = columns.map { column in
      guard case .field(let name, _) = column else { return [] }
      return Array("\"\(name)\":\"".utf8)
    }
  }

  var position: Int { parser.position }

  var warning: (line: Int, text: String)? {
    guard parser.brokenCells > 0 else { return nil }
    let cells =
      parser.brokenCells == 1 ? "a cell holds" : "this and \(parser.brokenCells - 1) more cells hold"
    return (parser.firstBrokenLine, "\(cells) line breaks; each is read as a space")
  }

  mutating func next(
    into rows: inout [UInt8], from bytes: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> SourceRow? {
    guard try parser.next(bytes) else { return nil }
    return SourceRow(line: parser.recordLine, problem: build(&rows, bytes))
  }

  /// Appends the record as a JSON object straight from the octets of its cells.
  private mutating func build(_ rows: inout [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let start = rows.count
    var isEmpty = true
    for (index, cell) in parser.cells.enumerated() {
      let range = CSVParser.trimmed(cell.range, in: bytes)
      if !range.isEmpty { isEmpty = false }
      switch index < columns.count ? columns[index] : .unnamed {
      case .skipped: continue
      case .unnamed:
        if range.isEmpty { continue }
        return index < columns.count
          ? "has text in cell \(index + 1), whose column has no header"
          : "has \(parser.cells.count) cells, but the header \(columns.count); is a delimiter not in quotes?"
      case .field(_, let unit):
        if range.isEmpty && !clearsEmpty { continue }
        rows.append(rows.count == start ? UInt8(ascii: "{") : UInt8(ascii: ","))
        rows.append(contentsOf: marks[index])
        append(range, cell.needsCleaning, unit, to: &rows, bytes)
        rows.append(UInt8(ascii: "\""))
      }
    }
    if isEmpty {
      rows.removeSubrange(start...)
    } else {
      rows.append(contentsOf: rows.count == start ? "{}".utf8 : "}".utf8)
    }
    return nil
  }

  private mutating func append(
    _ range: Range<Int>, _ needsCleaning: Bool, _ unit: AmountUnit?, to rows: inout [UInt8],
    _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    // An apostrophe may be there to keep a spreadsheet from running the cell.
    let mayBeGuarded = !range.isEmpty && bytes[range.lowerBound] == UInt8(ascii: "'")
    guard needsCleaning || unit != nil || mayBeGuarded else {
      return rows.append(escaped: UnsafeBufferPointer(rebasing: bytes[range]))
    }
    scratch.removeAll(keepingCapacity: true)
    CSVParser.clean(range, in: bytes, into: &scratch)
    if mayBeGuarded { scratch = Array(FormulaGuard.unguarded(String(decoding: scratch, as: UTF8.self)).utf8) }
    if let unit, !scratch.isEmpty {
      scratch = Array(unit.applied(to: String(decoding: scratch, as: UTF8.self)).utf8)
    }
    scratch.withUnsafeBufferPointer { rows.append(escaped: $0) }
  }
}

/// JSON objects, one a line, passed on as they are.
struct JSONLinesSource: RowSource {
  private(set) var position = 0
  private var line = 0
  var warning: (line: Int, text: String)? { nil }

  mutating func next(
    into rows: inout [UInt8], from bytes: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> SourceRow? {
    guard position < bytes.count else { return nil }
    var end = position
    while end < bytes.count, bytes[end] != 10 { end += 1 }
    let isCRLF = end > position && bytes[end - 1] == 13
    let range = CSVParser.trimmed(position..<(isCRLF ? end - 1 : end), in: bytes)
    position = min(end + 1, bytes.count)
    line += 1
    guard let first = range.first else { return SourceRow(line: line) }
    guard bytes[first] == UInt8(ascii: "{") else {
      let hint = bytes[first] == UInt8(ascii: "[") ? "; jq -c '.[]' takes an array apart" : ""
      return SourceRow(line: line, problem: "is no JSON object; one stands on each line\(hint)")
    }
    guard !bytes[range].contains(where: { ($0 < 32 && $0 != 9) || $0 == 127 }) else {
      return SourceRow(line: line, problem: "holds a control character")
    }
    rows.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
    return SourceRow(line: line)
  }
}
