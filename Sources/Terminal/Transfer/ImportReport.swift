import Domain
import Wire

/// What the daemon says of an upload, told by the lines of the file.
struct ImportReport {
  private let client: Client
  private let noun: Noun
  private let name: String
  private let rows: UploadRows
  private let started: ContinuousClock.Instant

  init(_ client: Client, _ noun: Noun, _ name: String, _ rows: UploadRows, _ started: ContinuousClock.Instant)
  {
    self.client = client
    self.noun = noun
    self.name = name
    self.rows = rows
    self.started = started
  }

  /// Reads the reply to its end.
  /// - Returns: the exit status.
  func read(from connection: Connection) async throws -> Int32 {
    let err = client.console.err
    var bar = ProgressBar(err, width: err.width(client.environment) ?? 80)
    while true {
      let part: Connection.Part
      do { part = try await connection.next { try err.flush() } } catch {
        try bar.clear()
        throw error
      }
      switch part {
      case .progress(let json): try bar.update(json: json)
      case .row(let bytes), .notice(let bytes):
        try bar.clear()
        try err.write(line: finding(String(decoding: bytes, as: UTF8.self)))
      case .last(let last):
        // 354 only says that rows may come; they are sent already.
        if last.code == 354 { continue }
        try bar.clear()
        try err.flush()
        return try conclude(last)
      }
    }
  }

  /// `firms.csv:12: field stage: unknown stage "serie_a"; one of …`
  func finding(_ text: String) -> String {
    guard let json = try? JSONParser.parse(text), let row = json["row"]?.int else { return text.printable }
    let index = Int(row) - 1
    var place = name
    if rows.lines.indices.contains(index) { place += ":\(rows.lines[index])" }
    let isWarning = json["severity"]?.text == "warning"
    let mark = isWarning ? Paint.yellow("warning", if: client.console.err.isColored) + ": " : ""
    if let reason = rows.reasons[index + 1] { return "\(place): the row \(reason)" }
    var reason = (json["reason"]?.text ?? text).printable
    if let other = json["other_row"]?.int, rows.lines.indices.contains(Int(other) - 1) {
      reason = reason.replacing("row \(other)", with: "line \(rows.lines[Int(other) - 1])")
    }
    guard let field = json["field"]?.text, !field.isEmpty else { return "\(place): \(mark)the row \(reason)" }
    return "\(place): \(mark)field \(field.printable): \(reason)"
  }

  private func conclude(_ last: ReplyLine.Last) throws -> Int32 {
    guard last.exitStatus == 0 else {
      // The daemon speaks of its own keys.
      try client.console.complain(last.complaint.replacing("partial=yes", with: "--partial"))
      return last.exitStatus
    }
    try client.console.out.write(line: summary(last, elapsed: ContinuousClock.now - started))
    try client.console.out.flush()
    return ExitStatus.done
  }

  /// `firm: 1,400 added, 12 changed, 0 unchanged, 0 skipped in 0.42 s (3,362 rows/s)`
  func summary(_ last: ReplyLine.Last, elapsed: Duration) -> String {
    let counts = last.attributes.filter { $0.name != "rows" && $0.name != "dry_run" }.map { attribute in
      guard let number = Int(attribute.value) else { return "\(attribute.name) \(attribute.value)" }
      return "\(Cell.grouped(number)) \(attribute.name)"
    }
    let rate = Int(Double(rows.lines.count) / max(elapsed.seconds, 0.001))
    let what = counts.isEmpty ? "\(Cell.grouped(rows.lines.count)) rows" : counts.joined(separator: ", ")
    let before = last.code == 251 ? " (done before under this key)" : ""
    let sentence = last.sentence.map { "; \($0.printable)" } ?? ""
    return
      "\(noun.name): \(what)\(before)\(sentence) in \(elapsed.short) (\(Cell.grouped(rate)) rows/s)"
  }
}
