import Wire

/// Shows one reply as it arrives: tables on a terminal, rows as they are elsewhere.
struct ReplyPrinter {
  private let console: Console
  private let format: Invocation.Format
  private let showsScores: Bool
  private var held: [String] = []
  private var bar: ProgressBar
  private var isDocument = false

  /// Rows that are laid out together; after so many, a long list is shown in parts.
  static let rowsOfTable = 1_000

  /// - Parameter request: what is answered; it says whether scores are shown as integers.
  init(_ console: Console, request: RequestLine) {
    self.console = console
    format = console.format
    let command = request.positional.first?.uppercased()
    showsScores = command != "EXPLAIN" && command != "WHATIF"
    bar = ProgressBar(console.err, width: console.err.width(console.environment) ?? 80)
  }

  mutating func take(_ part: Connection.Part) throws {
    switch part {
    case .progress(let json): try bar.update(json: json)
    case .row(let bytes):
      try bar.clear()
      guard format == .table else { return try pass(bytes) }
      held.append(String(decoding: bytes, as: UTF8.self))
      if held.count == Self.rowsOfTable { try showHeld(isLast: false) }
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
      try console.out.write(String(decoding: Array(bytes), as: UTF8.self).printable)
    } else {
      try console.out.write(bytes)
    }
    try console.out.write(CollectionOfOne(10))
  }

  private mutating func finish(_ last: ReplyLine.Last) throws {
    try bar.clear()
    if last["type"] != nil { isDocument = true }
    let hidden = try showHeld(isLast: true)
    let failed = last.exitStatus != 0
    if failed {
      try console.out.flush()
      return try console.complain(last.complaint)
    }
    if isDocument, last.sentence == nil, last["next"] == nil { return try console.out.flush() }
    var footer = last.footer
    if !hidden.isEmpty { footer += " · not shown: \(hidden.joined(separator: ", ")) (--format json)" }
    let output = format == .table && console.out.isTerminal ? console.out : console.err
    if output.isTerminal { try output.write(line: Paint.dim(footer.printable, if: output.isColored)) }
    try console.out.flush()
    try output.flush()
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
      for text in held { try console.out.write(line: text.printable) }
      return []
    }
    let table = Table(rows, showsScores: showsScores)
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
  let format: Invocation.Format

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
      case "next": parts.append("more: --after \(RequestLine.spelling(of: attribute.value))")
      default: parts.append("\(attribute.name) \(attribute.value)")
      }
    }
    if let sentence { parts.append(sentence) }
    return parts.isEmpty ? "ok" : parts.joined(separator: " · ")
  }
}
