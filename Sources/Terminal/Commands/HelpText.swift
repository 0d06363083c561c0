import Domain
import Wire

/// What `--help` says. The commands and their flags come from the table that the daemon reads requests with.
enum HelpText {
  /// The release this client belongs to.
  static let version = "0.1.0"

  static let overview = """
    bellwether: asks a bellwetherd who should meet whom, and why.

    usage: bellwether [--connect PLACE] [--format json|tsv|table] [--color WHEN] COMMAND…
           bellwether                       an interactive prompt; requests from a file: bellwether < FILE
           bellwether COMMAND --help        what a command takes

    Words go to the daemon in order; --a-b VALUE, --a-b=VALUE and a_b=VALUE set the key a_b.

    examples:
      bellwether import firm firms.csv          read a spreadsheet; every wrong row is named, all or nothing
      bellwether rescore --wait                 score everyone against everyone and publish the lists
      bellwether deals I-007 --limit 5          the best five candidates of an investor
      bellwether explain I-007 F-0042           where a score comes from, point by point
      bellwether firm set F-0042 --stage seed   change a firm
      bellwether deals I-007 | jq -r .code      rows through a pipe are JSON, one a line
      bellwether firm list --all > firms.jsonl  a list to its end

    """

  static let local = """
    of the client itself:
      import NOUN FILE      read a spreadsheet (CSV) or JSON lines; import --help says how
      export NOUN|all FILE  write what import reads
      nightly               rescore, for cron: waits out short failures, safe to run twice
      watch                 events of introductions as they come, for people or a command for each
      completion SHELL      a completion script for bash, zsh or fish

    """

  static let ending = """
    options:
      --connect PLACE   a socket's path (with a /), host:port, or tls://host:port
      --ca FILE         with tls://: the authorities that are trusted (PEM); else those of the system
      --certificate FILE, --key FILE
                        with tls://: who asks, in place of a token (PEM); before the command
      --format FORMAT   json: one object a line; tsv; table. On a terminal table, else json
      --all             ask for the pages of a list (LIST, DEALS, MOVES …) until there are no more
      --color WHEN      auto, always or never
      --help, --version

    through a pipe:
      Rows go to standard output. What the last line says beside them (next= where there is more, score=,
      run=) goes to standard error as the daemon wrote it: "250 ok rows=20 next=F-0020". A reply without rows
      (whoami, rescore, firm set …) is one object on standard output: {"reply":"ok","run":"17.0",…}.

    environment:
      BELLWETHER_CONNECT  where to connect, if --connect does not say; without both it is
                          \(Endpoint.installedSocket) if there is one, else 127.0.0.1:\(Endpoint.defaultPort)
      BELLWETHER_TOKEN    who asks: signs in with this token
      BELLWETHER_CA, BELLWETHER_CERTIFICATE, BELLWETHER_KEY
                          in place of --ca, --certificate and --key
      NO_COLOR            if not empty, no colour
      XDG_STATE_HOME      where the history of the prompt is kept (else ~/.local/state)

    exit status:
       0 done            64 wrong usage       65 bad data, or not found   69 cannot connect
      70 internal error  73 cannot create     75 try again later          77 not allowed

    """

  /// The whole of `bellwether --help`.
  static var top: String {
    var text = overview
    for group in CommandSpec.Group.allCases {
      let entries = entries(of: CommandTable.all.filter { $0.group == group && !isLocal($0) })
      guard !entries.isEmpty else { continue }
      text += "\n\(group.rawValue):\n" + columns(entries, indent: 2)
    }
    return text + "\n" + local + "\n" + ending
  }

  private static func isLocal(_ spec: CommandSpec) -> Bool {
    ["IMPORT", "EXPORT", "FORMAT", "QUIT", "WATCH"].contains(spec.words)
  }

  /// One entry a command; those that every noun has are shown once.
  private static func entries(of specs: [CommandSpec]) -> [(String, String)] {
    let nouns = Noun.registered.map { $0.name.uppercased() }
    var entries: [(String, String)] = []
    for spec in specs {
      let words = spec.words.split(separator: " ").map(String.init)
      if words.count == 2, let index = nouns.firstIndex(of: words[0]),
        // The first noun has all there are.
        CommandTable.spec(of: [nouns[0], words[1]])?.words == "\(nouns[0]) \(words[1])"
      {
        if index == 0 {
          entries.append(("NOUN \(usage(spec).dropFirst(words[0].count + 1))", general(spec.help)))
        }
      } else {
        entries.append((usage(spec), spec.help))
      }
    }
    if entries.contains(where: { $0.0.hasPrefix("NOUN") }) {
      entries.append(
        ("", "NOUN is one of \(Noun.registered.map(\.name).joined(separator: ", ")); \(Noun.exceptions)."))
    }
    return entries
  }

  /// The help line of the first noun's command, said of any.
  private static func general(_ help: String) -> String {
    let noun = Noun.registered[0].name
    return help.replacing("an \(noun)", with: "an object").replacing("\(noun)s", with: "objects")
  }

  /// `deals [<investor>]`: the words and what stands by its place.
  private static func usage(_ spec: CommandSpec) -> String {
    let places = spec.parameters.compactMap { if case .positional = $0.kind { $0.usage } else { nil } }
    return ([spec.words.lowercased()] + places).joined(separator: " ")
  }

  /// What `bellwether WORDS --help` says; nil when no command starts with these words.
  static func of(_ words: [String]) -> String? {
    if let text = Local.help(of: words.first ?? "") { return text }
    if let spec = CommandTable.spec(of: words) { return of(spec) }
    guard let first = words.first?.uppercased() else { return nil }
    let relatives = CommandTable.all.filter { $0.words.hasPrefix(first + " ") }
    return relatives.isEmpty ? nil : columns(relatives.map { (usage($0), $0.help) }, indent: 0)
  }

  /// Why there is no help on these words.
  static func unknown(_ words: [String]) -> String {
    let known = CommandTable.all.map { String($0.words.prefix { $0 != " " }).lowercased() }
    let hint = NearestWord.hint(for: words.first ?? "", among: known + ["nightly", "completion"])
    return
      "no command \"\(words.joined(separator: " "))\" is known here\(hint.isEmpty ? ";" : hint) see bellwether --help"
  }

  private static func of(_ spec: CommandSpec) -> String {
    var lines: [(String, String)] = []
    var fields = ""
    for parameter in spec.parameters {
      let choices = parameter.choices.isEmpty ? "" : " (\(parameter.choices.joined(separator: ", ")))"
      switch parameter.kind {
      case .positional: lines.append(("<\(parameter.name)>", parameter.help + choices))
      case .named: lines.append(("--\(flag(parameter.name))", parameter.help + choices))
      case .settings: lines.append(("--NAME VALUE", parameter.help))
      case .fields(let noun, let prefix):
        let dotted = prefix.map { "\($0)." } ?? ""
        fields += "\nfields of \(noun.name) (\(parameter.help)):\n"
        fields += columns(noun.fields.map { ("--\(dotted)\(flag($0.name))", describe($0)) }, indent: 2)
      }
    }
    let flags = spec.parameters.contains { if case .positional = $0.kind { false } else { true } }
    let usage = "usage: bellwether \(usage(spec))\(flags ? " [--FLAG VALUE]…" : "")\n\n\(spec.help)\n"
    return usage + (lines.isEmpty ? "" : "\n" + columns(lines, indent: 2)) + fields
  }

  private static func flag(_ name: String) -> String { String(name.map { $0 == "_" ? "-" : $0 }) }

  private static func describe(_ field: Field) -> String {
    var text = field.help
    switch field.type {
    case .choice(let words), .choices(let words): text += " (\(words.joined(separator: ", ")))"
    case .flag: text += " (yes, no)"
    default: break
    }
    return field.isRequired ? text + "; required" : text
  }

  /// Names and explanations side by side, within 100 cells.
  static func columns(_ entries: [(String, String)], indent: Int) -> String {
    let left = min(entries.map(\.0.count).max() ?? 0, 34)
    let margin = String(repeating: " ", count: indent + left + 2)
    var text = ""
    for (name, help) in entries {
      var line = String(repeating: " ", count: indent) + name
      if name.count > left {
        text += line + "\n"
        line = margin
      } else {
        line += String(repeating: " ", count: left - name.count + 2)
      }
      var isEmpty = true
      for word in help.split(separator: " ") {
        if !isEmpty, line.count + 1 + word.count > 100 {
          text += line + "\n"
          line = margin
          isEmpty = true
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      text += line + "\n"
    }
    return text
  }
}
