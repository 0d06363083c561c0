import Domain
import Wire

/// A file is sent as the same rows in whatever pieces it is read, each a JSON object that says what its cells say.
/// The input begins with the noun, what an empty cell means, and the size of the pieces.
func fuzzCSV(_ input: UnsafeBufferPointer<UInt8>) {
  guard input.count > 3, let noun = Noun(number: input[0]),
    let text = try? DecodedText(Array(input[3...]), name: "file", encoding: nil)
  else { return }
  require(String(validating: text.bytes, as: UTF8.self) != nil, "\(text.encoding) is read as broken UTF-8")
  text.bytes.withUnsafeBufferPointer { bytes in
    let start = CSVParser(delimiter: CSVParser.delimiter(ofHeader: text.bytes[...]))
    checkCells(start, bytes)
    var header = start
    guard (try? header.next(bytes)) == true else { return }
    let headers = header.cells.map { CSVParser.text(of: $0, in: bytes) }
    guard let map = try? HeaderMap(headers, of: noun, skipsUnknown: true) else { return }
    let source = CSVSource(header, map, clearsEmpty: input[1] % 2 == 0)
    let whole = sent(source, pieces: 1 << 20, bytes)
    let parts = sent(source, pieces: 1 + Int(input[2]), bytes)
    require(whole == parts, "\(whole) in one piece, \(parts) in several")
    checkRows(whole.rows)
  }
  let lines = text.bytes.withUnsafeBufferPointer { sent(JSONLinesSource(), pieces: 1 << 20, $0) }
  for line in lines.rows.split(separator: 10, omittingEmptySubsequences: false).dropLast() {
    require(!line.contains { $0 < 32 && $0 != 9 }, "a row holds a control character")
  }
}

private struct Sent: Equatable {
  var rows: [UInt8] = []
  var lines: [UInt32] = []
  var reasons: [Int: String] = [:]
  var failure: Failure?
}

private func sent(_ source: any RowSource, pieces: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Sent {
  var upload = UploadRows(source)
  var sent = Sent()
  do throws(Failure) {
    var hasMore = true
    while hasMore {
      var piece: [UInt8] = []
      defer { sent.rows += piece }
      hasMore = try upload.fill(&piece, upTo: pieces, from: bytes)
    }
  } catch { sent.failure = error }
  (sent.lines, sent.reasons) = (upload.lines, upload.reasons)
  return sent
}

/// Each row is a line of JSON without control characters.
private func checkRows(_ rows: [UInt8]) {
  for row in rows.split(separator: 10, omittingEmptySubsequences: false).dropLast() {
    let text = String(decoding: row, as: UTF8.self)
    requirePlainOctets(row, text)
    guard let json = try? JSONParser.parse(text) else { fatalError("no JSON: \(text)") }
    if case .object = json { continue }
    require(text == "\"unreadable\"", "no object: \(text)")
  }
}

private func requirePlainOctets(_ row: ArraySlice<UInt8>, _ text: String) {
  require(!row.contains { $0 < 32 || $0 == 127 }, "a row holds a control character: \(text.debugDescription)")
}

/// Cells that are written as CSV are read as the same cells.
private func checkCells(_ start: CSVParser, _ bytes: UnsafeBufferPointer<UInt8>) {
  var parser = start
  while (try? parser.next(bytes)) == true {
    let cells = parser.cells.map { CSVParser.text(of: $0, in: bytes) }
    guard cells != [""] else { continue }
    let escaped = cells.map { cell in
      cell.utf8.flatMap { $0 == UInt8(ascii: "\\") ? [$0, $0] : [$0] }
    }
    var written: [UInt8] = []
    CSVWriter().write(Array(escaped.joined(separator: [9])), to: &written)
    written.withUnsafeBufferPointer { written in
      var reader = CSVParser(delimiter: UInt8(ascii: ","))
      require((try? reader.next(written)) == true, "nothing is written of \(cells)")
      let again = reader.cells.map { FormulaGuard.unguarded(CSVParser.text(of: $0, in: written)) }
      require(again.elementsEqual(cells, by: isSame), "\(cells) is written and read as \(again)")
    }
  }
}

extension Noun {
  /// Any noun by any octet.
  init?(number: UInt8) { self = Noun.allCases[Int(number) % Noun.allCases.count] }
}
