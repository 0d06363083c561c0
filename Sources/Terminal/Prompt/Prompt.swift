import Domain
import Synchronization
import Wire

/// The interactive prompt: protocol lines in, tables out. An error is shown and the next line is read; a lost
/// connection is made anew for the next line.
struct Prompt {
  private let client: Client
  private let editor: LineEditor

  private static let prompt = "bellwether> "
  private static let rowPrompt = "       row> "

  init(_ client: Client) {
    self.client = client
    let lookup = Lookup(client)
    editor = LineEditor(environment: client.environment) { words, partial in
      Completion.candidates(after: words, partial: partial, style: .prompt, lookup: lookup)
    }
  }

  /// What ended the lines of one connection.
  private enum Ending {
    case quit
    case lost
    /// A line was typed after the connection had gone; nothing of it was sent.
    case unsent(String)
  }

  func run() async throws -> Int32 {
    var pending: String?
    var isFirst = true
    while true {
      do {
        let line = pending
        let greets = isFirst
        pending = nil
        let ending = try await client.connected { connection in
          if greets { try greet(connection) }
          return try await converse(on: connection, first: line)
        }
        isFirst = false
        switch ending {
        case .quit: return ExitStatus.done
        case .unsent(let line):
          pending = line
          continue
        case .lost: break
        }
      } catch let failure as Failure {
        if isFirst { throw failure }
        try client.console.complain(failure.message)
      }
      // Not connected: the next line connects.
      guard let line = nextLine() else { return ExitStatus.done }
      pending = line
    }
  }

  private func greet(_ connection: Connection) throws {
    let version = connection.greeting?["version"].map { " \($0)" } ?? ""
    let text =
      "bellwetherd\(version) at \(connection.endpoint). help lists the commands, Tab completes, Ctrl-D ends."
    try client.console.out.write(line: Paint.dim(text.printable, if: client.console.out.isColored))
    try client.console.out.flush()
  }

  private func converse(on connection: Connection, first: String?) async throws -> Ending {
    var line = first
    while true {
      if line == nil { line = nextLine() }
      guard let typed = line else { return .quit }
      line = nil
      guard connection.isOpen else { return .unsent(typed) }
      do {
        if try await perform(typed, on: connection) { return .quit }
      } catch let failure as Failure {
        try client.console.complain(failure.message)
      }
      if connection.isLost { return .lost }
    }
  }

  /// The next line that is not blank; nil at the end.
  private func nextLine() -> String? {
    while true {
      switch editor.read(prompt: Self.prompt) {
      case .interrupted: continue
      case .ended: return nil
      case .line(let line):
        if line.utf8.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
        editor.remember(line)
        return line
      }
    }
  }

  /// - Returns: whether this was the last line.
  private func perform(_ line: String, on connection: Connection) async throws -> Bool {
    let parsed: RequestLine
    do throws(WireError) { parsed = try RequestLine(parsing: Array(line.utf8)) } catch {
      throw Failure.usage(error.sentence)
    }
    if parsed.named.isEmpty, ["quit", "exit"].contains(parsed.words.joined().lowercased()) { return true }
    if parsed.named.isEmpty, parsed.positional.first?.lowercased() == "help", parsed.positional.count == 2,
      let text = Local.help(of: parsed.positional[1])
    {
      try client.console.out.write(text)
      try client.console.out.flush()
      return false
    }
    if parsed.named.isEmpty, parsed.positional.count == 2, parsed.positional[0].lowercased() == "format" {
      try await setFormat(parsed.positional[1], on: connection)
      return false
    }
    guard parsed.positional.contains(where: { $0.hasPrefix("--") || $0 == "-h" }) else {
      var request = parsed
      try request.readScores()
      try await perform(request, words: parsed.words, followed: false, on: connection)
      return false
    }
    let invocation = try Invocation(parsed.words)
    guard invocation.connect == nil, invocation.authorities == nil, invocation.certificate == nil else {
      throw Failure.usage("a prompt stays where it is connected; end it and start bellwether --connect PLACE")
    }
    if invocation.asksForHelp {
      guard let text = invocation.words.isEmpty ? HelpText.top : HelpText.of(invocation.words) else {
        throw Failure.usage(HelpText.unknown(invocation.words))
      }
      try client.console.out.write(text)
      try client.console.out.flush()
      return false
    }
    let usual = client.console.format
    try await use(invocation.format ?? usual, on: connection)
    let outcome: Result<Void, any Error>
    do {
      try await perform(
        try RequestLine(words: invocation.words), words: invocation.words, followed: invocation.wantsAll,
        on: connection)
      outcome = .success(())
    } catch { outcome = .failure(error) }
    if connection.isLost { client.console.format = usual } else { try await use(usual, on: connection) }
    try outcome.get()
    return false
  }

  private func perform(
    _ request: RequestLine, words: [String], followed: Bool, on connection: Connection
  ) async throws {
    if let local = try Local(words, typed: true) {
      _ = try await interruptible(connection) { try await local.run(client, on: connection) }
      return
    }
    if CommandTable.spec(of: request.positional)?.takesUpload == true {
      return try await upload(request, on: connection)
    }
    _ = try await interruptible(connection) {
      let request = try await client.naming(request, on: connection)
      return followed
        ? try await client.askAll(request, on: connection)
        : try await client.ask(request, line: request.text, on: connection)
    }
    if request.positional.count == 1, request.named.isEmpty, words[0].lowercased() == "help" {
      try client.console.out.write(HelpText.local)
      try client.console.out.flush()
    }
  }

  /// `format table|json|tsv`: how the prompt shows rows from now on.
  private func setFormat(_ word: String, on connection: Connection) async throws {
    let words = Invocation.Format.allCases.map(\.rawValue)
    guard let format = Invocation.Format(rawValue: word.lowercased()) else {
      let hint = NearestWord.hint(for: word, among: words)
      throw Failure.usage(
        "format \"\(word)\" is unknown\(hint.isEmpty ? ";" : hint) one of \(words.joined(separator: ", "))")
    }
    try await use(format, on: connection)
    try client.console.out.write(
      line: Paint.dim("rows are shown as \(format.rawValue)", if: client.console.out.isColored))
    try client.console.out.flush()
  }

  /// The daemon writes TSV or JSON; tables are drawn from JSON.
  private func use(_ format: Invocation.Format, on connection: Connection) async throws {
    let rows: RowFormat = format == .tsv ? .tsv : .json
    if rows != (client.console.format == .tsv ? .tsv : .json) { try await connection.set(format: rows) }
    client.console.format = format
  }

  /// Rows typed by hand, up to a `.` alone.
  private func upload(_ request: RequestLine, on connection: Connection) async throws {
    try await connection.send(line: request.text)
    while true {
      guard case .line(let row) = editor.read(prompt: Self.rowPrompt) else {
        connection.abandon()
        throw Failure(
          status: ExitStatus.interrupted, message: "the upload was given up; nothing was imported")
      }
      try await connection.send(line: row)
      if row == "." { break }
    }
    _ = try await interruptible(connection) { try await client.show(request, from: connection) }
  }

  /// Runs a command that Ctrl-C ends: the connection goes, and with it the daemon's work on it.
  private func interruptible<Result>(
    _ connection: Connection, _ body: () async throws -> Result
  ) async throws -> Result {
    let isInterrupted = Flag()
    let close = connection.closer
    Interrupts.set {
      isInterrupted.raise()
      close()
    }
    defer { Interrupts.set(nil) }
    do { return try await body() } catch {
      if isInterrupted.isRaised { throw Failure(status: ExitStatus.interrupted, message: "cancelled") }
      throw error
    }
  }
}

/// A word between the thread of the signals and the prompt.
private final class Flag: Sendable {
  private let state = Mutex(false)
  var isRaised: Bool { state.withLock { $0 } }
  func raise() { state.withLock { $0 = true } }
}
