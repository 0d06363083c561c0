import Domain
import Glibc
import Wire

/// The client `bellwether`: what one run of it does.
public struct Client {
  let console: Console
  let invocation: Invocation
  let environment: [String: String]

  /// Sets the process up: locale and signals. It is called before anything else.
  public static func prepare() {
    // Widths and the line editor go by the locale; a machine without one still gets UTF-8.
    setlocale(LC_CTYPE, "")
    if String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
    Interrupts.install()
  }

  /// The arguments after the program's name; nil in place of one that is not UTF-8.
  public static var arguments: [String?] {
    (1..<max(Int(CommandLine.argc), 1)).map { index in
      CommandLine.unsafeArgv[index].flatMap { String(validatingCString: $0) }
    }
  }

  /// The environment of the process.
  public static var environment: [String: String] {
    var found: [String: String] = [:]
    var entry = environ
    while let pair = entry.pointee {
      let text = String(cString: pair)
      if let equals = text.firstIndex(of: "=") {
        found[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry = entry.advanced(by: 1)
    }
    return found
  }

  /// Runs the client.
  /// - Parameter arguments: those after the program's name; nil in place of one that is not UTF-8.
  /// - Returns: the exit status, as docs/PROTOCOL.md lists them.
  public static func run(_ arguments: [String?], environment: [String: String]) async -> Int32 {
    let invocation: Invocation
    do throws(Failure) {
      if let index = arguments.firstIndex(of: nil) { throw .usage("argument \(index + 1) is not UTF-8") }
      invocation = try Invocation(arguments.compactMap { $0 })
    } catch {
      _ = "bellwether: \(error.message)\n".withCString { write(2, $0, strlen($0)) }
      return error.status
    }
    let console = Console(invocation, environment: environment)
    let client = Client(console: console, invocation: invocation, environment: environment)
    do {
      let status = try await client.run()
      try console.out.flush()
      return status
    } catch let failure as Failure {
      try? console.complain(failure.message)
      return failure.status
    } catch is ReaderGone {
      return ExitStatus.done
    } catch {
      try? console.complain("\(error)")
      return ExitStatus.unavailable
    }
  }

  private func run() async throws -> Int32 {
    let words = invocation.words
    if invocation.asksForVersion {
      try console.out.write(line: "bellwether \(HelpText.version)")
      return ExitStatus.done
    }
    if invocation.asksForHelp {
      guard let text = words.isEmpty ? HelpText.top : HelpText.of(words) else {
        throw Failure.usage(HelpText.unknown(words))
      }
      try console.out.write(text)
      return ExitStatus.done
    }
    if words.isEmpty {
      return isatty(0) == 1 ? try await Prompt(self).run() : try await Script(self).run()
    }
    if let local = try Local(words) { return try await local.run(self, on: nil) }
    let typed = try RequestLine(words: words)
    return try await connected { connection in
      let request = try await naming(typed, on: connection)
      if invocation.wantsAll { return try await askAll(request, on: connection).exitStatus }
      return try await ask(request, line: request.text, on: connection).exitStatus
    }
  }

  /// Connects, asks for the format that is wanted, and runs the body.
  func connected<Result: Sendable>(_ body: (Connection) async throws -> Result) async throws -> Result {
    let endpoint = try Endpoint.chosen(option: invocation.connect, environment: environment)
    let tls = TLSOptions(invocation, environment: environment)
    return try await Connection.open(endpoint, tls: tls) { connection in
      if console.format == .tsv { try await connection.set(format: .tsv) }
      return try await body(connection)
    }
  }

  /// Sends a request and shows its reply.
  @discardableResult
  func ask(_ request: RequestLine, line: String, on connection: Connection) async throws -> ReplyLine.Last {
    try await connection.send(line: line)
    return try await show(request, from: connection)
  }

  /// Follows `next=` to the end of a list, page by page.
  func askAll(_ request: RequestLine, on connection: Connection) async throws -> ReplyLine.Last {
    let keys = CommandTable.spec(of: request.positional)?.parameters.map(\.name) ?? []
    guard keys.contains("after"), keys.contains("limit") else {
      throw Failure.usage("--all is for lists: what takes --limit and --after")
    }
    var request = request
    if !request.named.contains(where: { $0.name == "limit" }) {
      request.named.append(Attribute("limit", Limits.largestPage))
    }
    var rows = 0
    while true {
      try await connection.send(line: request.text)
      let last = try await show(request, page: .part(after: rows), from: connection)
      guard last.exitStatus == 0, let next = last["next"] else { return last }
      rows += last["rows"].flatMap { Int($0) } ?? 0
      request.named.removeAll { $0.name == "after" }
      request.named.append(Attribute("after", next))
    }
  }

  /// Shows the next reply.
  func show(
    _ request: RequestLine, page: ReplyPrinter.Page = .only, from connection: Connection
  ) async throws -> ReplyLine.Last {
    var printer = ReplyPrinter(console, request: request, page: page)
    do {
      while true {
        let part = try await connection.next { try console.out.flush() }
        if case .last(let last) = part, last.exitStatus == 0 {
          // The replies come in order, so this is asked when the list is whole.
          for wanted in printer.unnamed { printer.take(try await names(wanted, on: connection), of: wanted) }
        }
        try printer.take(part)
        if case .last(let last) = part { return last }
      }
    } catch {
      try printer.clear()
      throw error
    }
  }
}

extension Connection {
  /// Sets how the rows that follow are written.
  func set(format: RowFormat) async throws {
    try await send(line: "FORMAT \(format.rawValue)")
    let last = try await lastLine()
    guard last.exitStatus == 0 else { throw Failure(status: last.exitStatus, message: last.complaint) }
  }
}
