import Domain
import Wire

/// Shows one reply as it arrives: tables on a terminal, rows as they are elsewhere.
struct ReplyPrinter {
  private let console: Console
  private let format: Invocation.Format
  private var held: [String] = []
  private var bar: ProgressBar
  private var isDocument = false
  /// Whether the rows are a message of mail for somebody at a terminal.
  private let isMail: Bool
  private let page: Page
  private var rows = 0
  /// Names by code, by noun.
  private var names: [String: [String: String]] = [:]

  /// A reply of several that together are one list.
  enum Page: Hashable {
    /// Nothing is asked for after it.
    case only
    /// One of a list, after so many rows of it.
    case part(after: Int)
  }

  /// Rows that are laid out together; after so many, a long list is shown in parts.
  static let rowsOfTable = 1_000

  /// - Parameters:
  ///   - request: what is answered; a digest is read by people as text and by programs as a message.
  ///   - page: where it stands in a list that is followed to its end.
  init(_ console: Console, request: RequestLine, page: Page = .only) {
    self.console = console
    self.page = page
    format = console.format
    isMail = request.positional.first?.uppercased() == "DIGEST" && console.out.isTerminal
    bar = ProgressBar(console.err, width: console.err.width(console.environment) ?? 80)
  }

  mutating func take(_ part: Connection.Part) throws {
    switch part {
    case .progress(let json): try bar.update(json: json)
    case .row(let bytes):
      rows += 1
      // The columns are named once in a list.
      if format == .tsv, rows == 1, case .part(after: 1...) = page { return }
      try bar.clear()
      guard format == .table else { return try pass(bytes) }
      held.append(String(decoding: bytes, as: UTF8.self))
      if held.count >= Self.rowsOfTable, !isMail { try showHeld(isLast: false) }
    case .notice(let bytes):
      try pass(bytes)
      try console.out.flush()
    case .last(let last): try finish(last)
    }
  }

  /// Before an error of the client itself is shown.
  mutating func clear() throws {
    try bar.clear()
    try showHeld(isLast: false)
    try console.out.flush()
  }

  private func pass(_ bytes: some Sequence<UInt8>) throws {
    if console.out.isTerminal {
      try console.out.write(Self.shown(String(decoding: Array(bytes), as: UTF8.self)))
    } else {
      try console.out.write(bytes)
    }
    try console.out.write(CollectionOfOne(10))
  }

  /// A line for people: without the CR that lines of some documents end in.
  private static func shown(_ line: String) -> String {
    var scalars = line.unicodeScalars
    if scalars.last == "\r" { scalars.removeLast() }
    return String(scalars).printable
  }

  /// The codes of the rows that are held whose names no column says.
  var unnamed: [NameColumns.Wanted] {
    guard format == .table, !held.isEmpty, !isMail, held[0].first == "{" else { return [] }
    let rows = held.compactMap { try? JSONParser.parse($0) }
    return rows.count == held.count ? NameColumns.wanted(of: rows) : []
  }

  /// Takes the names of such codes, for the table.
  mutating func take(_ found: [String: String], of wanted: NameColumns.Wanted) {
    names[wanted.noun, default: [:]].merge(found) { first, _ in first }
  }

  private mutating func finish(_ last: ReplyLine.Last) throws {
    try bar.clear()
    if last["type"] != nil { isDocument = true }
    if last["type"] == "message/rfc822", isMail, let text = MailText(held) { held = text.lines }
    let hidden = try showHeld(isLast: true)
    let failed = last.exitStatus != 0
    if failed {
      try console.out.flush()
      return try console.complain(last.complaint)
    }
    var last = last
    if case .part(let before) = page {
      if last["next"] != nil { return }
      last.attributes = last.attributes.map {
        $0.name == "rows" ? Attribute("rows", before + (Int($0.value) ?? 0)) : $0
      }
    }
    if isDocument, last.sentence == nil, last["next"] == nil { return try console.out.flush() }
    switch format {
    case .table:
      var footer = last.footer
      if !hidden.isEmpty { footer += " · not shown: \(hidden.joined(separator: ", ")) (--format json)" }
      try console.out.write(line: Paint.dim(footer.printable, if: console.out.isColored))
    case .json, .tsv: try conclude(last, format == .json ? .json : .tsv)
    }
    try console.out.flush()
    try console.err.flush()
  }

  /// What a script needs beside the rows. A reply without rows is itself a row; behind rows, which are data, the rest
  /// of the last line goes to standard error, as the daemon wrote it.
  private func conclude(_ last: ReplyLine.Last, _ format: RowFormat) throws {
    guard last["rows"] != nil else {
      var bytes: [UInt8] = []
      var writer = RowWriter(format: format)
      writer.write(last.members, to: &bytes)
      for line in bytes.split(separator: 10) { try pass(line.dropFirst("250-".utf8.count)) }
      return
    }
    // A row has its object's version as well.
    let more = last.attributes.contains { !["rows", "type", "version"].contains($0.name) }
    guard more || last.sentence != nil else { return }
    if console.err.isTerminal {
      try console.err.write(line: Paint.dim(last.footer.printable, if: console.err.isColored))
    } else {
      try console.err.write(line: last.text.printable)
    }
  }

  /// Shows the rows that were held back, and says which columns had no room.
  @discardableResult private mutating func showHeld(isLast: Bool) throws -> [String] {
    defer { held.removeAll(keepingCapacity: true) }
    guard !held.isEmpty else { return [] }
    var rows: [JSON] = []
    if !isDocument {
      for text in held {
        guard text.first == "{", let row = try? JSONParser.parse(text) else { break }
        rows.append(row)
      }
    }
    guard rows.count == held.count else {
      isDocument = true
      for text in held {
        try console.out.write(line: console.out.isTerminal ? Self.shown(text) : text.printable)
      }
      return []
    }
    let table = Table(names.isEmpty ? rows : NameColumns.added(names, to: rows))
    let width = console.out.width(console.environment)
    let limit = console.out.isTerminal ? width : nil
    if rows.count == 1, isLast {
      for line in table.vertical(width: limit, colored: console.out.isColored) {
        try console.out.write(line: line)
      }
      return []
    }
    let drawing = table.drawing(width: limit, colored: console.out.isColored)
    for line in drawing.lines { try console.out.write(line: line) }
    return drawing.hidden
  }
}

/// Standard output and error, and how rows are shown on them.
final class Console {
  let out: Output
  let err: Output
  let environment: [String: String]
  /// How rows are shown; at the prompt it changes.
  var format: Invocation.Format

  init(_ invocation: Invocation, environment: [String: String]) {
    out = Output(descriptor: 1, color: invocation.color, environment: environment)
    err = Output(descriptor: 2, color: invocation.color, environment: environment)
    self.environment = environment
    format = invocation.format ?? (out.isTerminal ? .table : .json)
  }

  /// `bellwether: what is wrong`, on standard error.
  func complain(_ message: String) throws {
    let name = Paint.red("bellwether:", if: err.isColored)
    try err.write(line: "\(name) \(message.printable)")
    try err.flush()
  }
}

extension ReplyLine.Last {
  /// An error in plain words: `bad-argument stage: unknown stage "serie_a"; one of …`.
  var complaint: String {
    var text = symbol
    if let argument = self["arg"] { text += " \(argument)" }
    let rest = attributes.filter { $0.name != "arg" && !(sentence ?? "").contains($0.value) }
    if !rest.isEmpty { text += " (\(rest.map { "\($0.name)=\($0.value)" }.joined(separator: " ")))" }
    return sentence.map { "\(text): \($0)" } ?? text
  }

  /// What a good reply ends with: `20 rows · run 17.0 · more: --after …`.
  var footer: String {
    var parts: [String] = []
    if symbol != "ok" { parts.append(symbol) }
    for attribute in attributes where attribute.name != "type" {
      switch attribute.name {
      case "rows": parts.append(attribute.value == "1" ? "1 row" : "\(attribute.value) rows")
      case "next": parts.append("more: --all, or --after \(RequestLine.spelling(of: attribute.value))")
      case let name where Cell.isScore(name):
        parts.append("\(name) \(Int64(attribute.value).map(Cell.score) ?? attribute.value)")
      default: parts.append("\(attribute.name) \(attribute.value)")
      }
    }
    if let sentence { parts.append(sentence) }
    return parts.isEmpty ? "ok" : parts.joined(separator: " · ")
  }

  /// The line as the daemon wrote it.
  var text: String {
    let words = attributes.map { " \($0.name)=\($0.value.isEmpty ? "" : RequestLine.spelling(of: $0.value))" }
    return "\(code) \(symbol)\(words.joined())" + (sentence.map { ": \($0)" } ?? "")
  }

  /// The line as a row. What names something stays text, whatever its digits.
  var members: [JSON.Member] {
    let names = ["code", "firm", "project", "principal", "host", "digest", "run", "since", "key"]
    return [.init("reply", .string(symbol))]
      + attributes.map { attribute in
        let number = names.contains(attribute.name) ? nil : Int64(attribute.value)
        return .init(attribute.name, number.map { .integer($0) } ?? .string(attribute.value))
      } + (sentence.map { [.init("sentence", .string($0))] } ?? [])
  }
}
