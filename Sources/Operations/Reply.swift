import Domain
import Wire

extension Page {
  /// Cuts rows that were read with one more than the page takes; whether there are more.
  func cut<Row>(_ rows: inout [Row]) -> Bool {
    guard rows.count > limit else { return false }
    rows.removeLast()
    return true
  }
}

/// The reply to one command on its way out: rows gathered into chunks, progress sent as it comes.
///
/// All lines of replies that take work go through ``flush()`` or ``send(lines:patience:)``, which hold them to the limit of
/// a line (``ReplyLimit``) and hand them over piece by piece, so that a client that does not read holds no more than its
/// queue and what is being sent.
struct Reply {
  private let sink: any ReplySink
  private var writer: RowWriter
  let format: RowFormat
  /// Of a list, whose header row stands in TSV even where no row does.
  var columns: [String]?
  private var pending: [UInt8] = []
  private(set) var rows = 0

  /// Octets that are gathered before they are sent.
  private static let chunk = Limits.replyPiece

  init(format: RowFormat, columns: [String]? = nil, sink: any ReplySink) {
    self.sink = sink
    self.columns = columns
    self.format = format
    writer = RowWriter(format: format)
  }

  /// Adds a row.
  mutating func row(_ members: [JSON.Member]) async throws {
    rows += 1
    writer.write(members, to: &pending)
    if pending.count >= Self.chunk { try await flush() }
  }

  mutating func add(_ rows: [[JSON.Member]]) async throws {
    for members in rows { try await row(members) }
  }

  /// Adds rows that are written already, LF and all.
  mutating func written(_ bytes: [UInt8], rows count: Int) async throws {
    rows += count
    pending += bytes
    if pending.count >= Self.chunk { try await flush() }
  }

  /// Adds the lines of a document.
  mutating func document(_ text: String) async throws {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      rows += 1
      pending += "250-\(line)\n".utf8
    }
    if pending.count >= Self.chunk { try await flush() }
  }

  /// Adds the lines of a document, as many as there may be; with a CR at the end of each where the document has them.
  mutating func document(lines: [String], hasCR: Bool) async throws {
    for line in lines {
      rows += 1
      pending += "250-\(line)\(hasCR ? "\r" : "")".utf8
      pending.append(10)
      if pending.count >= Self.chunk { try await flush() }
    }
  }

  /// Sends a progress line at once.
  mutating func progress(_ members: [JSON.Member]) async throws {
    pending += "150-".utf8
    JSON.object(members).write(to: &pending)
    pending.append(10)
    try await flush()
  }

  /// Sends lines that are written already, at once.
  /// - Returns: whether the client has read enough of them within the time.
  func send(lines: [UInt8], patience: Duration) async throws -> Bool {
    var lines = lines
    ReplyLimit.enforce(on: &lines)
    return try await sink.send(lines, patience: patience)
  }

  /// Sends the last line and all before it.
  mutating func end(_ last: LastLine) async throws {
    var last = last
    if writer.rowsCut > 0 { last.attributes.append(Attribute("cut", writer.rowsCut)) }
    if format == .tsv, rows == 0, last.code == .ok, let columns {
      pending += "250-\(columns.joined(separator: "\t"))\n".utf8
    }
    pending += "\(last.text)\n".utf8
    try await flush()
  }

  private mutating func flush() async throws {
    guard !pending.isEmpty else { return }
    var bytes = pending
    pending = []
    ReplyLimit.enforce(on: &bytes)
    guard bytes.count > 2 * Self.chunk else { return try await sink.send(bytes) }
    for start in stride(from: 0, to: bytes.count, by: Self.chunk) {
      try await sink.send(Array(bytes[start..<min(start + Self.chunk, bytes.count)]))
    }
  }
}
