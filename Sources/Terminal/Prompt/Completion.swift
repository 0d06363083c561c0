import Domain
import Wire

/// What may stand next on a command line, from the command table.
enum Completion {
  /// At the prompt keys are `stage=seed`; in a shell they are `--stage seed`.
  enum Style { case prompt, shell }

  /// In place of candidates: names of files.
  static let files = [":files"]

  /// Words that complete the partial one.
  /// - Parameter lookup: asks the daemon for codes; nil for words of the command table alone.
  static func candidates(after words: [String], partial: String, style: Style, lookup: Lookup? = nil)
    -> [String]
  {
    let all = possible(after: words, partial: partial, style: style)
    if all == files { return all }
    let typed = partial.lowercased()
    let known = all.filter { $0.lowercased().hasPrefix(typed) && $0 != partial }
    guard let lookup, let wanted = object(after: words, partial: partial, style: style) else { return known }
    let codes = lookup.codes(of: wanted.noun, like: wanted.typed).map { wanted.before + $0 }
    return codes.filter { $0 != partial } + known
  }

  /// The object of the registry that the partial word may name, what is typed of it, and what stands before it.
  static func object(after words: [String], partial: String, style: Style) -> (
    noun: String, typed: String, before: String
  )? {
    let words = style == .shell ? withoutOptions(words) : words
    guard let spec = CommandTable.spec(of: words) else { return nil }
    let given = Array(words.dropFirst(spec.words.split(separator: " ").count))
    if let equals = partial.firstIndex(of: "=") {
      let before = String(partial[...equals])
      let name = String(before.dropLast().lowercased().drop { $0 == "-" }).replacing("-", with: "_")
      return spec.object(named: name).map { ($0, String(partial[partial.index(after: equals)...]), before) }
    }
    if let last = given.last, last.hasPrefix("--"), !last.contains("="), !partial.hasPrefix("-") {
      let name = last.dropFirst(2).lowercased().replacing("-", with: "_")
      if !spec.isYesOrNo(name) { return spec.object(named: name).map { ($0, partial, "") } }
    }
    guard !partial.hasPrefix("-") else { return nil }
    var (place, rest) = (0, given[...])
    while let word = rest.popFirst() {
      if word.hasPrefix("--") {
        let name = word.dropFirst(2).lowercased().replacing("-", with: "_")
        if !word.contains("="), !spec.isYesOrNo(name) { _ = rest.popFirst() }
      } else if !word.contains("=") {
        place += 1
      }
    }
    guard place < places(spec).count else { return nil }
    return spec.object(named: places(spec)[place].name).map { ($0, partial, "") }
  }

  private static let nouns = Noun.allCases.map(\.name)
  private static let ownFlags = [
    "--connect", "--ca", "--certificate", "--key", "--format", "--color", "--help",
  ]

  private static func possible(after words: [String], partial: String, style: Style) -> [String] {
    if style == .shell, let values = optionValues(words.last) { return values }
    let words = style == .shell ? withoutOptions(words) : words
    guard let first = words.first?.lowercased() else {
      if partial.hasPrefix("-") { return ownFlags + ["--version"] }
      return firstWords + ["import", "export", "nightly"] + (style == .shell ? ["completion"] : [])
    }
    switch first {
    case "import", "export":
      let flags =
        first == "import"
        ? [
          "--partial", "--dry-run", "--map", "--skip", "--skip-unknown", "--clear-empty", "--encoding",
          "--delimiter", "--key",
        ]
        : ["--as", "--force", "--bom"]
      return words.count == 1 ? nouns + ["all"] : words.count == 2 ? files : flags
    case "nightly": return ["--patience"]
    case "watch" where style == .shell:
      return words.last == "--state" ? files : ["--since", "--exec", "--state"]
    case "completion" where style == .shell: return words.count == 1 ? Shell.allCases.map(\.rawValue) : []
    case "format" where style == .prompt:
      return words.count == 1 ? Invocation.Format.allCases.map(\.rawValue) : []
    case "help": return words.count == 1 ? firstWords : secondWords(words[1])
    default: break
    }
    guard let spec = CommandTable.spec(of: words) else { return words.count == 1 ? secondWords(first) : [] }
    let given = Array(words.dropFirst(spec.words.split(separator: " ").count))
    return style == .shell
      ? ofShell(spec, given, partial) : ofPrompt(spec, given, partial)
  }

  /// What one of the client's own options takes, where it is the word before.
  private static func optionValues(_ option: String?) -> [String]? {
    switch option {
    case "--format": Invocation.Format.allCases.map(\.rawValue)
    case "--color": Output.Color.allCases.map(\.rawValue)
    case "--connect", "--ca", "--certificate": files
    default: nil
    }
  }

  /// The client's own options may stand anywhere.
  private static func withoutOptions(_ words: [String]) -> [String] {
    var kept: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if ["--connect", "--ca", "--certificate", "--format", "--color"].contains(word)
        || word == "--key" && kept.isEmpty
      {
        _ = rest.popFirst()
      } else {
        kept.append(word)
      }
    }
    return kept
  }

  private static var firstWords: [String] {
    var seen: [String] = []
    for spec in CommandTable.all {
      let word = spec.words.prefix { $0 != " " }.lowercased()
      if !seen.contains(word) { seen.append(word) }
    }
    return seen
  }

  private static func secondWords(_ first: String) -> [String] {
    CommandTable.all.map(\.words).filter { $0.hasPrefix(first.uppercased() + " ") }
      .map { $0.dropFirst(first.count + 1).lowercased() }
  }

  /// Keys of a command with the values they may have; none for free ones.
  private static func keys(_ spec: CommandSpec) -> [(name: String, values: [String])] {
    spec.parameters.flatMap { parameter -> [(name: String, values: [String])] in
      switch parameter.kind {
      case .positional, .settings: []
      case .named: [(parameter.name, parameter.choices)]
      case .fields(let noun, let prefix):
        noun.fields.map { ((prefix.map { "\($0)." } ?? "") + $0.name, values(of: $0.type)) }
      }
    }
  }

  private static func values(of type: FieldType) -> [String] {
    switch type {
    case .choice(let words), .choices(let words): words
    case .flag: ["yes", "no"]
    default: []
    }
  }

  private static func places(_ spec: CommandSpec) -> [Parameter] {
    spec.parameters.filter { if case .positional = $0.kind { true } else { false } }
  }

  private static func ofPrompt(_ spec: CommandSpec, _ given: [String], _ partial: String) -> [String] {
    let keys = keys(spec)
    if let equals = partial.firstIndex(of: "=") {
      let name = partial[..<equals].lowercased()
      return keys.first { $0.name == name }?.values.map { "\(name)=\($0)" } ?? []
    }
    let taken = given.compactMap { word in word.firstIndex(of: "=").map { word[..<$0].lowercased() } }
    let place = given.count - taken.count
    let choices = place < places(spec).count ? places(spec)[place].choices : []
    return choices + keys.map(\.name).filter { !taken.contains($0) }.map { $0 + "=" }
  }

  private static func ofShell(_ spec: CommandSpec, _ given: [String], _ partial: String) -> [String] {
    let keys = keys(spec)
    func key(_ flag: String) -> String { flag.dropFirst(2).lowercased().replacing("-", with: "_") }
    if let last = given.last, last.hasPrefix("--"), !partial.hasPrefix("--"),
      let values = keys.first(where: { $0.name == key(last) })?.values
    {
      return values
    }
    var (place, rest, taken) = (0, given[...], Set<String>())
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        place += 1
        continue
      }
      taken.insert(key(word))
      if let next = rest.first, !next.hasPrefix("--"),
        !spec.isYesOrNo(key(word)) || ["yes", "no"].contains(next)
      {
        rest.removeFirst()
      }
    }
    let choices = place < places(spec).count ? places(spec)[place].choices : []
    if !choices.isEmpty, !partial.hasPrefix("-") { return choices }
    let isList = keys.contains { $0.name == "after" } && !taken.contains("all")
    return keys.map(\.name).filter { !taken.contains($0) }.map { "--" + $0.replacing("_", with: "-") }
      + (isList ? ["--all"] : []) + ["--help"]
  }
}
