import Domain
import Wire

/// The command line, parted into what the client itself is told and the words and flags of a command.
struct Invocation {
  /// How rows are shown.
  enum Format: String, CaseIterable { case json, tsv, table }

  var connect: String?
  /// Files of TLS, see ``TLSOptions``.
  var authorities: String?
  var certificate: String?
  var key: String?
  var format: Format?
  var color = Output.Color.auto
  var asksForHelp = false
  var asksForVersion = false
  /// Whether a list is followed to its end.
  var wantsAll = false
  /// What is left, in order.
  var words: [String] = []

  /// Reads the arguments after the program's name. The client's own options may stand anywhere before `--`,
  /// but `--version` only before the first word, since commands have a `version=` of their own.
  init(_ arguments: [String]) throws(Failure) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--":
        words += rest
        return
      case "--help", "-h": asksForHelp = true
      case "--all": wantsAll = true
      case "--version" where words.isEmpty: asksForVersion = true
      default:
        if let text = try Self.value(of: "--connect", argument, &rest) {
          connect = text
        } else if let text = try Self.value(of: "--ca", argument, &rest) {
          authorities = text
        } else if words.isEmpty, let text = try Self.value(of: "--certificate", argument, &rest) {
          certificate = text
        } else if words.isEmpty, let text = try Self.value(of: "--key", argument, &rest) {
          // Commands have a key= of their own.
          key = text
        } else if let text = try Self.value(of: "--format", argument, &rest) {
          if commandHasFormat {
            words.append("--format=\(text)")
          } else {
            format = try Self.choice("--format", text)
          }
        } else if let text = try Self.value(of: "--color", argument, &rest) {
          color = try Self.choice("--color", text)
        } else {
          guard !words.isEmpty || !argument.hasPrefix("-") else {
            let name = String(argument.prefix { $0 != "=" })
            let hint = NearestWord.hint(for: name, among: Self.options)
            throw .usage(
              "\(name) is unknown here\(hint.isEmpty ? ";" : hint) a command's own flags come after its words "
                + "(see --help)")
          }
          words.append(argument)
        }
      }
    }
  }

  private static let options = [
    "--help", "--version", "--all", "--connect", "--ca", "--certificate", "--key", "--format", "--color",
  ]

  /// Whether the command that has been named takes a format of its own.
  private var commandHasFormat: Bool {
    (try? CommandTable.find(words))?.0.parameters.contains {
      guard case .named = $0.kind else { return false }
      return $0.name == "format"
    } ?? false
  }

  /// The value of an option in the argument itself (`--a=b`) or the one after it.
  private static func value(
    of option: String, _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(Failure) -> String? {
    if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.count + 1)) }
    guard argument == option else { return nil }
    guard let value = rest.popFirst() else { throw .usage("\(option) needs a value") }
    return value
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ option: String, _ text: String
  ) throws(Failure) -> Choice where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    let hint = NearestWord.hint(for: text, among: words)
    throw .usage(
      "\(option) \"\(text)\" is unknown\(hint.isEmpty ? ";" : hint) one of \(words.joined(separator: ", "))")
  }
}

/// How the words and flags of a command line become a request.
extension RequestLine {
  /// Words stay in order; `--a-b value`, `--a-b=value` and `a_b=value` become keys. A flag whose values are yes
  /// and no may stand without one. Commands that the table does not know are made up the same way: a newer
  /// daemon may know them.
  init(words: [String]) throws(Failure) {
    self.init(positional: [])
    let spec = CommandTable.spec(of: words)
    var rest = words[...]
    while let word = rest.popFirst() {
      if word.hasPrefix("--"), word.count > 2 {
        try takeFlag(word.dropFirst(2), spec, &rest)
      } else if let equals = word.firstIndex(of: "="), Self.isKey(word[..<equals]) {
        try add(word[..<equals], String(word[word.index(after: equals)...]))
      } else {
        positional.append(word)
      }
    }
    try readScores()
  }

  private mutating func takeFlag(
    _ flag: Substring, _ spec: CommandSpec?, _ rest: inout ArraySlice<String>
  ) throws(Failure) {
    let equals = flag.firstIndex(of: "=")
    let name = String(flag[..<(equals ?? flag.endIndex)].map { $0 == "-" ? "_" : $0 })
    guard Self.isKey(name[...]) else {
      throw .usage("--\(flag) is no flag; flags are letters, digits and -, like --min-score 85")
    }
    if let equals { return try add(name[...], String(flag[flag.index(after: equals)...])) }
    let next = rest.first
    if spec?.isYesOrNo(name.lowercased()) == true {
      guard let next, ["yes", "no", "true", "false"].contains(next.lowercased()) else {
        return try add(name[...], "yes")
      }
    }
    guard let next, !next.hasPrefix("--") else {
      if let spec, !spec.takes(key: name.lowercased()) {
        let hint = NearestWord.hint(for: "--\(flag)", among: spec.flags + ["--all", "--help", "--format"])
        if !hint.isEmpty { throw .usage("--\(flag) is unknown to \(spec.words.lowercased())\(hint)") }
      }
      throw .usage("--\(flag) needs a value: --\(flag) VALUE (or --\(flag)= to clear the field)")
    }
    rest.removeFirst()
    try add(name[...], next)
  }

  private mutating func add(_ name: Substring, _ value: String) throws(Failure) {
    let name = name.lowercased()
    guard !named.contains(where: { $0.name == name }) else {
      throw .usage("\(name) stands twice; give it once")
    }
    named.append(Attribute(name, value))
  }

  /// A key of the grammar, with one dot for `investor.field`.
  private static func isKey(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, Self.isLetter(first) else { return false }
    return text.utf8.count(where: { $0 == UInt8(ascii: ".") }) <= 1
      && text.utf8.allSatisfy {
        isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") || $0 == 46
      }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}

extension CommandTable {
  /// The command that these words start with; two words before one.
  static func spec(of words: some Collection<String>) -> CommandSpec? {
    let upper = words.prefix(2).map { $0.uppercased() }
    let names = [upper.joined(separator: " "), upper.first ?? ""]
    for name in names { if let spec = all.first(where: { $0.words == name }) { return spec } }
    return nil
  }
}

extension CommandSpec {
  /// The keys it takes, as flags.
  var flags: [String] {
    parameters.flatMap { parameter -> [String] in
      switch parameter.kind {
      case .positional, .settings: []
      case .named: [parameter.name]
      case .fields(let noun, let prefix): noun.fields.map { (prefix.map { "\($0)." } ?? "") + $0.name }
      }
    }.map { "--" + $0.replacing("_", with: "-") }
  }

  func takes(key: String) -> Bool {
    flags.contains("--" + key.replacing("_", with: "-")) || parameters.contains { $0.kind == .settings }
  }

  /// Whether a key takes yes and no, so that its flag may stand alone.
  func isYesOrNo(_ key: String) -> Bool {
    parameters.contains { parameter in
      switch parameter.kind {
      case .named: parameter.name == key && parameter.choices.contains("yes")
      case .fields(let noun, let prefix):
        noun.fields.contains { (prefix.map { "\($0)." } ?? "") + $0.name == key && $0.type == .flag }
      case .positional, .settings: false
      }
    }
  }
}
