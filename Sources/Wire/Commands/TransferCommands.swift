import Domain

/// `IMPORT <noun>`; its rows follow as JSON objects, then `.` alone on a line.
public struct Import: Sendable {
  public var noun: Noun
  /// Takes the good rows and names the bad ones, instead of all or nothing.
  public var isPartial: Bool
  /// Checks everything and changes nothing.
  public var isDryRun: Bool
  public var key: String?

  static let spec = CommandSpec(
    "IMPORT", .registry, .only([.organizer]),
    Load(
      atOnce: Limits.importsAtOnce, time: Limits.transferTime,
      upload: .init(rows: Limits.uploadRows, octets: Limits.uploadBytes)),
    [
      Parameter("noun", .positional(required: true), "what the rows are", choices: Noun.allCases.map(\.name)),
      Parameter(
        "partial", .named(required: false), "yes: take the good rows, name the bad", choices: ["yes", "no"]),
      Parameter("dry_run", .named(required: false), "yes: check and change nothing", choices: ["yes", "no"]),
      .key,
    ],
    "Takes rows (one JSON object a line, then . alone): adds new objects and changes known ones, all or nothing."
  ) { (arguments) throws(WireError) in
    .importRows(
      Import(
        noun: Noun(rawValue: try arguments.choice("noun", of: Noun.allCases.map(\.name))!)!,
        isPartial: try arguments.flag("partial"), isDryRun: try arguments.flag("dry_run"),
        key: try arguments.idempotencyKey()))
  }
}

/// `EXPORT <noun>|all`
public struct Export: Sendable {
  /// Nil for all.
  public var noun: Noun?
  /// The roadshow whose rows are meant; nil for those of all.
  public var roadshow: String?

  static let spec = CommandSpec(
    "EXPORT", .registry, .only([.organizer]), Load(atOnce: Limits.exportsAtOnce, time: Limits.transferTime),
    [
      Parameter(
        "noun", .positional(required: true), "what to export, or all",
        choices: Noun.allCases.map(\.name) + ["all"]),
      Parameter(
        "roadshow", .named(required: false),
        "of a noun with this field: the rows of one roadshow; those of all without it"),
    ],
    "Writes every object of a noun in the form that IMPORT takes; all: every noun of the registry, each row with its noun."
  ) { (arguments) throws(WireError) in
    let word = try arguments.choice("noun", of: Noun.allCases.map(\.name) + ["all"])!
    let noun = Noun(rawValue: word)
    let roadshow = try arguments.optionalCode("roadshow")
    guard roadshow == nil || noun?.field("roadshow") != nil else {
      let nouns = Noun.allCases.filter { $0.field("roadshow") != nil }.map(\.name).joined(separator: ", ")
      throw .badArgument("roadshow", "is for what belongs to a roadshow: \(nouns)")
    }
    return .export(Export(noun: noun, roadshow: roadshow))
  }
}
