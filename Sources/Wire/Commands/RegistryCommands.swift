import Domain

/// `FIRM ADD <code> field=value …` and `FIRM SET <code> field=value …`, for each noun.
public struct Edit: Sendable {
  public enum Verb: String, Sendable {
    case add = "ADD"
    case set = "SET"
  }

  public var verb: Verb
  public var code: String
  public var record: Record
  /// The version that SET expects to find.
  public var version: Int?
  public var key: String?

  static func add(_ noun: Noun) -> CommandSpec {
    CommandSpec(
      "\(noun.name.uppercased()) ADD", .registry, .only([.organizer]), .light,
      [.code("code", "the new code"), Parameter("field", .fields(noun, prefix: nil), "its fields"), .key],
      "Adds a\(noun.article) \(noun.name)."
    ) { (arguments) throws(WireError) in
      let code = try arguments.code("code")
      let record = try arguments.record(noun, code: code)
      do throws(Record.Rejection) { try record.requireAll() } catch {
        throw .badArgument(error.field, error.reason)
      }
      return .edit(Edit(verb: .add, code: code, record: record, key: try arguments.idempotencyKey()))
    }
  }

  static func set(_ noun: Noun) -> CommandSpec {
    CommandSpec(
      "\(noun.name.uppercased()) SET", .registry, noun.ownAccess, .light,
      [
        .code("code", "its code"),
        Parameter("field", .fields(noun, prefix: nil), "fields to change; field= clears one"),
        Parameter("version", .named(required: false), "only if this is still its version"),
        .key,
      ],
      "Changes fields of a\(noun.article) \(noun.name); the others stay."
    ) { (arguments) throws(WireError) in
      let code = try arguments.code("code")
      let record = try arguments.record(noun, code: code)
      guard !arguments.rest.isEmpty else {
        throw .badArgument("field", "nothing to set; give at least one field=value")
      }
      return .edit(
        Edit(
          verb: .set, code: code, record: record, version: try arguments.integer("version", in: 1...Int.max),
          key: try arguments.idempotencyKey()))
    }
  }
}

extension Noun {
  /// The commands of a registered noun.
  public var commands: [CommandSpec] {
    var commands = [Edit.add(self)]
    if isChangeable { commands.append(Edit.set(self)) }
    commands += [Get.spec(self), List.spec(self)]
    if field("retired") != nil { commands += [Retire.spec(self), Retire.undoing(self)] }
    return commands
  }

  /// GET and SET of one object: investors and firms have theirs, but what places them with others stays with organizers.
  fileprivate var ownAccess: Access {
    switch self {
    case .investor:
      .party(.init(.investor, "code", keeping: ["parent", "kind", "retired"]), or: [.organizer])
    case .firm: .party(.init(.firm, "code", keeping: ["institute", "risk", "retired"]), or: [.organizer])
    default: .only([.organizer])
    }
  }

  /// What follows the letter `a` of the indefinite article: `an institute`, `a firm`.
  var article: String { "aeiou".contains(name.first!) ? "n" : "" }
}

/// `FIRM GET <code>`
public struct Get: Sendable {
  public var noun: Noun
  public var code: String

  static func spec(_ noun: Noun) -> CommandSpec {
    CommandSpec(
      "\(noun.name.uppercased()) GET", .registry, noun.ownAccess, .light, [.code("code", "its code")],
      "Shows a\(noun.article) \(noun.name), with its version."
    ) { (arguments) throws(WireError) in .get(Get(noun: noun, code: try arguments.code("code"))) }
  }
}

/// `FIRM LIST [field=…] [limit=] [after=]`, in order of codes.
public struct List: Sendable {
  public var noun: Noun
  /// Fields that must have this value; a list must hold it.
  public var filters: Record
  public var page: Page

  static func spec(_ noun: Noun) -> CommandSpec {
    CommandSpec(
      "\(noun.name.uppercased()) LIST", .registry, .only([.organizer]), .light,
      [
        Parameter("field", .fields(noun, prefix: nil), "only those with this value; lists must hold it"),
        .limit, .after,
      ],
      "Lists \(noun.name)s by code, a page at a time."
    ) { (arguments) throws(WireError) in
      .list(
        List(
          noun: noun, filters: try arguments.record(noun, code: nil),

          page: try arguments.page()))
    }
  }
}

/// `FIRM RETIRE <code>` and `FIRM UNRETIRE <code> reason=`
public struct Retire: Sendable {
  public var noun: Noun
  public var code: String
  /// Why it is taken back; nil where it is retired.
  public var takenBack: String?
  public var key: String?

  static func spec(_ noun: Noun) -> CommandSpec {
    CommandSpec(
      "\(noun.name.uppercased()) RETIRE", .registry, .only([.organizer]), .light,
      [.code("code", "its code"), .key],
      "Takes a\(noun.article) \(noun.name) out of lists and rankings; it stays on record. UNRETIRE brings it back."
    ) { (arguments) throws(WireError) in
      .retire(Retire(noun: noun, code: try arguments.code("code"), key: try arguments.idempotencyKey()))
    }
  }

  static func undoing(_ noun: Noun) -> CommandSpec {
    CommandSpec(
      "\(noun.name.uppercased()) UNRETIRE", .registry, .only([.organizer]), .light,
      [.code("code", "its code"), .revertReason, .key],
      noun == .firm || noun == .investor
        ? "Brings a\(noun.article) \(noun.name) back, with the introductions that its retirement withdrew and nobody was told of."
        : "Brings a\(noun.article) \(noun.name) back into lists."
    ) { (arguments) throws(WireError) in
      .retire(
        Retire(
          noun: noun, code: try arguments.code("code"), takenBack: try arguments.revertReason(),
          key: try arguments.idempotencyKey()))
    }
  }
}

/// `FIRM MERGE <from> <into> [dry_run=yes]`
public struct Merge: Sendable {
  public var from: String
  public var into: String
  public var isDryRun: Bool
  public var key: String?

  static let spec = CommandSpec(
    "FIRM MERGE", .registry, .only([.organizer]), .light,
    [
      .code("from", "the firm that was entered twice"), .code("into", "the one that stays"),
      Parameter(
        "dry_run", .named(required: false), "yes: says what it would do, and does nothing",
        choices: ["yes", "no"]),
      .key,
    ],
    "Moves all that refers to one firm to another, fills its empty fields, and retires the first."
  ) { (arguments) throws(WireError) in
    .merge(
      Merge(
        from: try arguments.code("from"), into: try arguments.code("into"),
        isDryRun: try arguments.flag("dry_run"), key: try arguments.idempotencyKey()))
  }
}

/// `PROJECT SPINOUT <project> <firm>`
public struct Spinout: Sendable {
  public var project: String
  public var firm: String
  /// Fields of the new firm beyond those of the project.
  public var record: Record
  public var key: String?

  static let spec = CommandSpec(
    "PROJECT SPINOUT", .registry, .only([.organizer]), .light,
    [
      .code("project", "the project's code"), .code("firm", "the new firm's code"),
      Parameter("field", .fields(.firm, prefix: nil), "fields of the firm that differ from the project's"),
      .key,
    ],
    "Makes a firm out of a project and retires the project."
  ) { (arguments) throws(WireError) in
    let firm = try arguments.code("firm")
    return .spinout(
      Spinout(
        project: try arguments.code("project"), firm: firm, record: try arguments.record(.firm, code: firm),
        key: try arguments.idempotencyKey()))
  }
}

/// `RATE SET <from> <to> <rate> date=`
public struct RateSet: Sendable {
  public var record: Record
  public var key: String?

  static let spec = CommandSpec(
    "RATE SET", .registry, .only([.organizer]), .light,
    [
      Parameter("from", .positional(required: true), "currency that is changed"),
      Parameter("to", .positional(required: true), "currency it is changed into"),
      Parameter("rate", .positional(required: true), "units of `to` for one of `from`"),
      Parameter("date", .named(required: true), "day from which it holds"), .key,
    ],
    "Sets an exchange rate from a day on."
  ) { (arguments) throws(WireError) in
    var record = Record(noun: .rate)
    for (index, field) in Noun.rate.fields.enumerated() {
      do throws(Record.Rejection) { try record.take(at: index, text: arguments.required(field.name)) } catch {
        throw .badArgument(error.field, error.reason)
      }
    }
    return .rateSet(RateSet(record: record, key: try arguments.idempotencyKey()))
  }
}

/// `RATE LIST`
public struct RateList: Sendable {
  static let spec = CommandSpec(
    "RATE LIST", .registry, .only([.organizer]), .light, [], "Lists the exchange rates, newest first."
  ) {
    (_) throws(WireError) in .rateList
  }
}

/// `SECTOR LIST [parent=]`
public struct SectorList: Sendable {
  public var parent: String?

  static let spec = CommandSpec(
    "SECTOR LIST", .registry, .only([.organizer, .investor, .firm]), .light,
    [Parameter("parent", .named(required: false), "only what stands below this sector")],
    "Lists the sector tree from the top down."
  ) { (arguments) throws(WireError) in .sectorList(SectorList(parent: try arguments.optionalCode("parent"))) }
}
