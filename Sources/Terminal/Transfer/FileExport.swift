import Domain
import Wire

/// `export`: the registry, or a noun of it, into a file.
struct FileExport {
  private let client: Client
  private let options: ExportOptions

  init(_ client: Client, _ options: ExportOptions) {
    self.client = client
    self.options = options
  }

  func run(on connection: Connection) async throws -> Int32 {
    guard options.path != "-" else {
      let (last, _) = try await copy(connection, to: client.console.out)
      return try conclude(last, rows: nil)
    }
    let file = try NewFile(options.path, isForced: options.isForced)
    let (last, rows): (ReplyLine.Last, Int)
    do {
      (last, rows) = try await copy(connection, to: file.output)
      if last.exitStatus == 0 { try file.commit() } else { file.discard() }
    } catch {
      file.discard()
      throw error
    }
    return try conclude(last, rows: rows)
  }

  private func conclude(_ last: ReplyLine.Last, rows: Int?) throws -> Int32 {
    if last.exitStatus != 0 {
      try client.console.complain(last.complaint)
    } else if let rows, client.console.err.isTerminal {
      try client.console.err.write(line: "\(options.path): \(Cell.grouped(rows)) rows")
      try client.console.err.flush()
    }
    return last.exitStatus
  }

  /// Copies the rows in their form. CSV is made of TSV, since both have the same columns in every row.
  private func copy(_ connection: Connection, to output: Output) async throws -> (ReplyLine.Last, Int) {
    let usual: RowFormat = client.console.format == .tsv ? .tsv : .json
    let format: RowFormat = options.form == .csv ? .tsv : .json
    if format != usual { try await connection.set(format: format) }
    let writer = CSVWriter()
    if options.form == .csv, options.hasMark { try output.write([0xEF, 0xBB, 0xBF]) }
    let request = RequestLine(
      positional: ["EXPORT", options.noun?.name ?? "all"],
      named: options.roadshow.map { [Attribute("roadshow", $0)] } ?? [])
    try await connection.send(line: request.text)
    var bar = ProgressBar(client.console.err, width: client.console.err.width(client.environment) ?? 80)
    var lines = 0
    var bytes: [UInt8] = []
    while true {
      switch try await connection.next() {
      case .progress(let json): try bar.update(json: json)
      case .notice: continue
      case .row(let row):
        bytes.removeAll(keepingCapacity: true)
        if options.form == .csv { writer.write(row, to: &bytes) } else { bytes += row + [10] }
        try output.write(bytes)
        lines += 1
      case .last(let last):
        try bar.clear()
        if options.form == .csv, lines == 0, let noun = options.noun, last.exitStatus == 0 {
          try output.write(
            line: ((noun.hasCode ? ["code"] : []) + noun.fields.map(\.name)).joined(separator: ","))
        }
        if format != usual, connection.isOpen { try await connection.set(format: usual) }
        return (last, options.form == .csv ? max(lines - 1, 0) : lines)
      }
    }
  }
}
