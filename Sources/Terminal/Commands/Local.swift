import Domain
import Wire

/// The commands that the client has of its own, beside the daemon's.
enum Local {
  case importFile(ImportOptions)
  case exportFile(ExportOptions)
  case nightly(NightlyOptions)
  case watch(WatchOptions)
  case completion(Completion.Request)

  /// Nil where the words are the daemon's: `export firm` without a file passes its rows through.
  /// - Parameter typed: whether it is a line of the prompt or a script, where the rows of an import may follow
  ///   the line in place of a file's name.
  init?(_ words: [String], typed: Bool = false) throws(Failure) {
    let rest = Array(words.dropFirst())
    switch words.first?.lowercased() {
    case "import"
    where typed && !rest.contains { $0.hasPrefix("--") } && rest.count { !$0.contains("=") } < 2:
      return nil
    case "import": self = .importFile(try ImportOptions(rest))
    case "export":
      guard rest.count > 1 else { return nil }
      self = .exportFile(try ExportOptions(rest))
    case "nightly": self = .nightly(try NightlyOptions(rest))
    // At the prompt it is the daemon's, on the connection that is open.
    case "watch" where !typed: self = .watch(try WatchOptions(rest))
    case "completion": self = .completion(try Completion.Request(rest))
    default: return nil
    }
  }

  /// Runs it, on a connection that is open already where there is one.
  func run(_ client: Client, on connection: Connection?) async throws -> Int32 {
    switch self {
    case .importFile(let options):
      try await client.using(connection) { try await FileImport(client, options).run(on: $0) }
    case .exportFile(let options):
      try await client.using(connection) { try await FileExport(client, options).run(on: $0) }
    case .nightly(let options): try await Nightly(client, options).run()
    case .watch(let options): try await Watch(client, options).run()
    case .completion(let request): try request.run(client)
    }
  }

  /// Its help, nil for a word that is none of these.
  static func help(of word: String) -> String? {
    switch word.lowercased() {
    case "import": ImportOptions.help
    case "export": ExportOptions.help
    case "nightly": NightlyOptions.help
    case "watch": WatchOptions.help
    case "completion": Completion.Request.help
    default: nil
    }
  }
}

extension Client {
  fileprivate func using(_ connection: Connection?, _ body: (Connection) async throws -> Int32) async throws
    -> Int32
  {
    if let connection { return try await body(connection) }
    return try await connected(body)
  }
}

/// The words, flags and values after a local command's name.
struct LocalArguments {
  private(set) var words: [String] = []
  private var values: [String: String] = [:]

  /// - Parameters:
  ///   - valued: names of flags that take a value: `--key VALUE`, `--key=VALUE` or `key=VALUE`.
  ///   - plain: names of flags that stand alone, or are given as `name=yes`.
  init(_ arguments: [String], valued: Set<String>, plain: Set<String>) throws(Failure) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let isFlag = argument.hasPrefix("--") && argument.count > 2
      let body = isFlag ? argument.dropFirst(2) : argument[...]
      let equals = body.firstIndex(of: "=")
      let name = String(body[..<(equals ?? body.endIndex)].map { $0 == "_" ? "-" : $0 })
      let isKnown = valued.contains(name) || plain.contains(name)
      guard isFlag || (equals != nil && isKnown) else {
        words.append(argument)
        continue
      }
      guard isKnown else {
        let known = (valued.map { "--\($0) VALUE" } + plain.map { "--\($0)" }).sorted()
        let hint = NearestWord.hint(for: name, among: valued.sorted() + plain.sorted())
        throw .usage(
          "--\(name) is unknown here\(hint.isEmpty ? ";" : hint) known are \(known.joined(separator: ", "))")
      }
      guard values[name] == nil else { throw .usage("--\(name) stands twice; give it once") }
      if let equals {
        values[name] = String(body[body.index(after: equals)...])
      } else if plain.contains(name) {
        values[name] = "yes"
      } else {
        guard let value = rest.popFirst() else { throw .usage("--\(name) needs a value") }
        values[name] = value
      }
    }
  }

  subscript(_ name: String) -> String? { values[name] }

  func flag(_ name: String) throws(Failure) -> Bool {
    switch values[name]?.lowercased() {
    case nil, "no": return false
    case "yes": return true
    default: throw .usage("--\(name) is \"\(values[name]!)\"; yes or no, or nothing for yes")
    }
  }
}
