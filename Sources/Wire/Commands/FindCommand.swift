import Domain

/// `FIND <noun> [<text>] [codes=] [limit=]`
public struct Find: Sendable {
  public var noun: What
  /// The beginning of a code or of a name; everything without it.
  public var text: String?
  /// In place of a text: codes whose names are wanted.
  public var codes: [String]
  public var limit: Int

  /// What is looked for.
  public enum What: Sendable, Hashable {
    case noun(Noun)
    /// A firm or a project.
    case candidate
    /// A firm or an investor.
    case party

    static let words = ["candidate", "party"] + Noun.allCases.filter(\.hasCode).map(\.name)

    init?(_ word: String) {
      switch word {
      case "candidate": self = .candidate
      case "party": self = .party
      default:
        guard let noun = Noun(rawValue: word), noun.hasCode else { return nil }
        self = .noun(noun)
      }
    }
  }

  static let spec = CommandSpec(
    "FIND", .registry, .only([.organizer, .investor, .firm]), Load(atOnce: 8),
    [
      Parameter(
        "noun", .positional(required: true),
        "what is looked for; candidate: a firm or project; party: a firm or investor",
        choices: What.words),
      Parameter(
        "text", .positional(required: false), "a name, or the beginning of a code or name; any without it"),
      Parameter(
        "codes", .named(required: false),
        "in place of a text: codes with commas, at most \(Limits.findCodes); none without it"
      ),
      Parameter("limit", .named(required: false), "rows, 1 to \(Limits.largestFind); 20 without it"),
    ],
    "Finds objects by code or name; an investor or a firm finds itself and what its own list shows."
  ) { (arguments) throws(WireError) in
    let word = try arguments.choice("noun", of: What.words)!
    let codes = (arguments.text("codes") ?? "").split(separator: ",").map(String.init)
    guard codes.count <= Limits.findCodes else {
      throw .badArgument("codes", "are \(codes.count); at most \(Limits.findCodes)")
    }
    if let wrong = codes.first(where: { !Code.isValid($0) }) {
      throw .badArgument("codes", "\"\(wrong.prefix(60))\" is not a code: \(Code.rule)")
    }
    guard codes.isEmpty || arguments.text("text") == nil else {
      throw .badArgument("codes", "stand in place of a text; give one of the two")
    }
    return .find(
      Find(
        noun: What(word)!, text: arguments.text("text"), codes: codes,
        limit: codes.isEmpty
          ? try arguments.integer("limit", in: 1...Limits.largestFind) ?? Limits.page : codes.count * 2))
  }
}

extension CommandSpec {
  /// The object that an argument names, as FIND takes it; nil where it names none, or one that is yet to be.
  public func object(named parameter: String) -> String? {
    let noun = words.split(separator: " ").first.map { $0.lowercased() } ?? ""
    switch (words, parameter) {
    case ("PROJECT SPINOUT", "firm"), ("FIND", _): return nil
    case ("FIRM MERGE", "from"), ("FIRM MERGE", "into"): return "firm"
    case ("ROADSHOW WISH", "from"), ("ROADSHOW WISH", "to"): return "party"
    case (_, "code"): return words.hasSuffix(" ADD") ? nil : Find.What.words.contains(noun) ? noun : nil
    case (_, "investor"), (_, "firm"), (_, "project"), (_, "institute"), (_, "roadshow"), (_, "programme"),
      (_, "scenario"), (_, "expert"), (_, "candidate"), (_, "party"), (_, "sector"):
      // TOKEN and the fields of records name by code what they refer to.
      return parameters.contains { $0.name == parameter } ? parameter : fieldObject(parameter)
    default: return fieldObject(parameter)
    }
  }

  /// What a field refers to, for completion.
  private func fieldObject(_ key: String) -> String? {
    for parameter in parameters {
      guard case .fields(let noun, let prefix) = parameter.kind else { continue }
      let dotted = prefix.map { "\($0)." } ?? ""
      guard key.hasPrefix(dotted), let field = noun.field(String(key.dropFirst(dotted.count))) else {
        continue
      }
      switch field.type {
      case .reference(let other), .references(let other, _): return other.hasCode ? other.name : nil
      case .sectorWeights: return "sector"
      default: return nil
      }
    }
    return nil
  }
}
