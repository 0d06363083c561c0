import Domain
import Wire

/// HELP, made from the command table and the field table.
public enum HelpText {
  /// The text on a topic: a command, the first word of several, a group, a noun; all commands for none.
  ///
  /// - Parameter roles: whose commands are listed; all for none, since nobody has signed in yet. A command that is asked
  ///   for by its words is explained to everybody, with who may give it.
  public static func about(_ topic: String, for roles: Set<Role> = []) -> String? {
    let words = topic.split(separator: " ").map { $0.uppercased() }
    let mine = CommandTable.all.filter { roles.isEmpty || !roles.isDisjoint(with: $0.access.roles) }
    guard let first = words.first else { return overview(mine, roles) }
    if let spec = CommandTable.all.first(where: { $0.words == words.joined(separator: " ") }) {
      let isMine = roles.isEmpty || !roles.isDisjoint(with: spec.access.roles)
      let others = spec.access.roles.map(\.rawValue).joined(separator: ", ")
      return command(spec) + (isMine ? "" : "\n  not for this role, but for \(others)")
    }
    guard words.count == 1 else { return nil }
    let relatives = mine.filter { $0.words.hasPrefix(first + " ") }
    let noun = Noun(rawValue: first.lowercased())
    if !relatives.isEmpty || noun != nil {
      var parts: [String] = []
      if !relatives.isEmpty { parts.append(list(relatives)) }
      if let noun { parts.append(fields(noun)) }
      return parts.joined(separator: "\n\n")
    }
    guard let group = CommandSpec.Group(rawValue: first.lowercased()) else { return nil }
    return list(mine.filter { $0.group == group })
  }

  /// What HELP explains, for a topic that was mistyped.
  public static func hint(for topic: String) -> String {
    let words = CommandTable.all.flatMap { [$0.words, String($0.words.prefix { $0 != " " })] }
    let others = CommandSpec.Group.allCases.map(\.rawValue) + Noun.allCases.map(\.name)
    return NearestWord.hint(for: topic, among: words + others)
  }

  private static func overview(_ mine: [CommandSpec], _ roles: Set<Role>) -> String {
    var parts = [
      "Bellwether links R&D projects with investors. Words are case-insensitive; HELP <command> says more."
    ]
    if mine.count < CommandTable.all.count {
      let names = Role.allCases.filter(roles.contains).map(\.rawValue)
      parts[0] += " These are the commands for \(names.joined(separator: ", "))."
    }
    for group in CommandSpec.Group.allCases {
      let commands = mine.filter { $0.group == group }
      if commands.isEmpty { continue }
      // Many nouns share a few verbs; one line each says as much as sixty.
      let verbs = Noun.registered[0].commands.map { String($0.words.split(separator: " ")[1]) }
      let names = Noun.registered.map { $0.name.uppercased() }
      let single = commands.filter { spec in
        let words = spec.words.split(separator: " ")
        return !(words.count == 2 && names.contains(String(words[0])) && verbs.contains(String(words[1])))
      }
      var lines = ["\(group.rawValue):"]
      if single.count < commands.count, commands.count - single.count < 5 {
        // A party has a few of them.
        lines += commands.filter { spec in !single.contains { $0.words == spec.words } }.map {
          "  \(padded($0.words, 18)) \($0.help)"
        }
      } else if single.count < commands.count {
        lines.append("  \(names.joined(separator: "|"))")
        lines.append(
          "    × \(verbs.joined(separator: "|")) — HELP \(names[2]) shows the commands and fields of one"
            + " (\(Noun.exceptions))")
      }
      lines += single.map { "  \(padded($0.words, 18)) \($0.help)" }
      parts.append(lines.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  private static func list(_ commands: [CommandSpec]) -> String {
    commands.map { "\($0.usage)\n    \($0.help)" }.joined(separator: "\n")
  }

  private static func command(_ spec: CommandSpec) -> String {
    var lines = [spec.usage, "    \(spec.help)"]
    for parameter in spec.parameters {
      switch parameter.kind {
      case .fields(let noun, let prefix):
        let isAdding = spec.words.hasSuffix(" ADD")
        lines.append("  \(parameter.help)\(isAdding ? " (* required)" : ""):")
        lines += noun.fields.map { field in
          let star = isAdding && field.isRequired ? " *" : ""
          return "    \(padded((prefix.map { "\($0)." } ?? "") + field.name + star, 28)) \(describe(field))"
        }
      default:
        lines.append("  \(padded(parameter.name, 18)) \(parameter.help)\(otherwise(spec, parameter))")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// What holds without an argument, where its help does not say so.
  private static func otherwise(_ spec: CommandSpec, _ parameter: Parameter) -> String {
    guard let value = spec.defaults.first(where: { $0.parameter.name == parameter.name })?.value,
      !(parameter.help.contains("without it") && parameter.help.contains(value))
    else { return "" }
    return " (without it: \(value))"
  }

  private static func fields(_ noun: Noun) -> String {
    let code = noun.hasCode ? ["  \(padded("code *", 20)) \(Code.rule)"] : []
    return
      (["fields of \(noun.name) (* required):"] + code
      + noun.fields.map { "  \(padded($0.name + ($0.isRequired ? " *" : ""), 20)) \(describe($0))" })
      .joined(separator: "\n")
  }

  /// What a field means and takes.
  static func describe(_ field: Field) -> String {
    switch field.type {
    case .choice(let words): "\(field.help): \(words.joined(separator: ", "))"
    case .choices(let words): "\(field.help), some of: \(words.joined(separator: ", "))"
    case .integer(let range): "\(field.help), \(range.lowerBound) to \(range.upperBound)"
    case .flag: "\(field.help): yes or no"
    case .date: "\(field.help), like 2026-11-23"
    case .amount: "\(field.help), like 5M, 250k, 5000000"
    default: field.help
    }
  }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
