import Domain
import Wire

/// `import`: a file into the registry.
struct FileImport {
  private let client: Client
  private let options: ImportOptions

  /// Octets of rows that are sent at a time.
  private static let pieceSize = 1 << 18

  init(_ client: Client, _ options: ImportOptions) {
    self.client = client
    self.options = options
  }

  private var name: String { options.path == "-" ? "standard input" : options.path }

  func run(on connection: Connection) async throws -> Int32 {
    let raw = try InputFile.read(options.path)
    let text = try DecodedText(raw, name: name, encoding: options.encoding)
    if text.encoding != "UTF-8" {
      try client.console.err.write(
        line:
          "\(name): read as \(text.encoding)\(options.encoding == nil ? "; --encoding names another" : "")")
      try client.console.err.flush()
    }
    guard let noun = options.noun else { return try await runAll(text.bytes, on: connection) }
    let source = try self.source(text.bytes, noun)
    return try await upload(noun, source, text.bytes, on: connection)
  }

  // MARK: What the file is

  private func source(_ bytes: [UInt8], _ noun: Noun) throws(Failure) -> any RowSource {
    if isJSONLines(bytes) {
      guard options.map.isEmpty, options.skip.isEmpty, options.delimiter == nil else {
        throw .usage("\(name) holds JSON lines; --map, --skip and --delimiter are for CSV")
      }
      return JSONLinesSource()
    }
    let result: Result<CSVSource, Failure> = bytes.withUnsafeBufferPointer { buffer in
      do throws(Failure) { return .success(try csv(buffer, noun)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func isJSONLines(_ bytes: [UInt8]) -> Bool {
    let path = options.path.lowercased()
    if [".jsonl", ".ndjson", ".json"].contains(where: path.hasSuffix) { return true }
    return bytes.first { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 } == UInt8(ascii: "{")
  }

  private func csv(_ buffer: UnsafeBufferPointer<UInt8>, _ noun: Noun) throws(Failure) -> CSVSource {
    var start = 0
    var delimiter = options.delimiter
    // Excel's own way to say the delimiter: a first line like "sep=;".
    if buffer.count > 4, buffer[..<4].elementsEqual("sep=".utf8) {
      delimiter = delimiter ?? buffer[4]
      while start < buffer.count, buffer[start] != 10 { start += 1 }
      start = min(start + 1, buffer.count)
    }
    let header = buffer.dropFirst(start).drop { $0 == 10 || $0 == 13 }.prefix(Limits.uploadRow)
    var parser = CSVParser(
      delimiter: delimiter ?? CSVParser.delimiter(ofHeader: Array(header)[...]), from: start,
      line: start > 0 ? 2 : 1)
    do throws(Failure) {
      guard try parser.next(buffer) else { throw .data(" it is empty; the first row names the fields") }
    } catch { throw located(error) }
    let headers = parser.cells.map { CSVParser.text(of: $0, in: buffer) }
    do throws(Failure) {
      let map = try HeaderMap(
        headers, of: noun, map: options.map, skip: options.skip, skipsUnknown: options.skipsUnknown)
      if !map.skippedUnknown.isEmpty {
        let columns = map.skippedUnknown.map { "\"\($0)\"" }.joined(separator: ", ")
        try? client.console.err.write(line: "\(name): left out, meaning nothing here: \(columns)".printable)
      }
      return CSVSource(parser, map, clearsEmpty: options.clearsEmpty)
    } catch {
      throw Failure(status: error.status, message: "\(name):\(parser.recordLine): \(error.message)")
    }
  }

  private func located(_ failure: Failure) -> Failure {
    Failure(status: failure.status, message: "\(name):\(failure.message)")
  }

  // MARK: Sending

  /// Sends the rows while the daemon takes them, then shows what it says of them.
  private func upload(
    _ noun: Noun, _ source: any RowSource, _ bytes: [UInt8], on connection: Connection
  ) async throws -> Int32 {
    let started = ContinuousClock.now
    let err = client.console.err
    var bar = ProgressBar(err, width: err.width(client.environment) ?? 80)
    var rows = UploadRows(source)
    var piece: [UInt8] = Array((options.request(noun).text + "\n").utf8)
    var hasMore = true
    while hasMore, !connection.isLost {
      do throws(Failure) {
        hasMore = try Self.fill(&rows, &piece, bytes)
      } catch {
        try bar.clear()
        // Without its closing line the upload never happened.
        connection.abandon()
        throw Failure(status: error.status, message: "\(name):\(error.message); nothing was imported")
      }
      if !hasMore { piece.append(contentsOf: ".\n".utf8) }
      try await connection.send(piece)
      piece.removeAll(keepingCapacity: true)
      try bar.update(
        step: "send KiB", done: Int64(rows.source.position >> 10), of: Int64(max(bytes.count >> 10, 1)))
    }
    try bar.clear()
    if let warning = rows.source.warning {
      try err.write(
        line: "\(name):\(warning.line): \(Paint.yellow("warning", if: err.isColored)): \(warning.text)")
    }
    return try await ImportReport(client, noun, name, rows, started).read(from: connection)
  }

  private static func fill(
    _ rows: inout UploadRows, _ piece: inout [UInt8], _ bytes: [UInt8]
  ) throws(Failure) -> Bool {
    let result: Result<Bool, Failure> = bytes.withUnsafeBufferPointer { buffer in
      do throws(Failure) { return .success(try rows.fill(&piece, upTo: pieceSize, from: buffer)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  // MARK: What "export all" wrote

  /// Imports noun after noun, so that what is referred to is there first. Each noun is all or nothing.
  private func runAll(_ bytes: [UInt8], on connection: Connection) async throws -> Int32 {
    var byNoun: [Noun: SortedRows] = [:]
    var number = 0
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      number += 1
      let line = line.last == 13 ? line.dropLast() : line
      if line.isEmpty { continue }
      guard case .object(let members)? = try? JSONParser.parse(String(decoding: line, as: UTF8.self)),
        let word = members.first(where: { $0.name == "noun" })?.value.text, let noun = Noun(rawValue: word)
      else {
        throw Failure.data("\(name):\(number): is no row of \"export all\": a JSON object with its noun")
      }
      byNoun[noun, default: SortedRows()].append(members.filter { $0.name != "noun" }, line: number)
    }
    for noun in Noun.inOrderOfReference {
      guard let rows = byNoun[noun] else { continue }
      let status = try await upload(noun, rows, rows.bytes, on: connection)
      guard status == 0 else { return status }
    }
    return ExitStatus.done
  }
}

/// The rows of one noun out of a file of many, with the lines they came from.
private struct SortedRows: RowSource {
  private(set) var bytes: [UInt8] = []
  private var ends: [(end: Int, line: Int)] = []
  private var index = 0
  private(set) var position = 0
  var warning: (line: Int, text: String)? { nil }

  mutating func append(_ members: [JSON.Member], line: Int) {
    JSON.object(members).write(to: &bytes)
    ends.append((bytes.count, line))
  }

  mutating func next(
    into rows: inout [UInt8], from bytes: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> SourceRow? {
    guard index < ends.count else { return nil }
    let (end, line) = ends[index]
    rows.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<end]))
    position = end
    index += 1
    return SourceRow(line: line)
  }
}
