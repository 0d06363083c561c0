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
    editor = LineEditor(environment: client.environment)
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
    if let local = try Local(parsed.words, typed: true) {
      _ = try await interruptible(connection) { try await local.run(client, on: connection) }
      return false
    }
    let hasFlags = parsed.positional.contains { $0.hasPrefix("--") }
    let request = hasFlags ? try RequestLine(words: parsed.words) : parsed
    if CommandTable.spec(of: request.positional)?.takesUpload == true {
      try await upload(request, on: connection)
      return false
    }
    _ = try await interruptible(connection) {
      try await client.ask(request, line: request.text, on: connection)
    }
    if parsed.positional.count == 1, parsed.words[0].lowercased() == "help" {
      try client.console.out.write(HelpText.local)
      try client.console.out.flush()
    }
    return false
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
