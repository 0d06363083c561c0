import Domain

/// What is entered of a roadshow, for its plans to be made from: `ROADSHOW ENROLL`, `WITHDRAW`, `AVAILABLE`, `WISH`,
/// `BLOCK`, `TABLE` and `PIN <roadshow> …`
public struct RoadshowCommand: Sendable {
  public enum Deed: Sendable {
    case enroll(Enrolment)
    case withdraw(party: String)
    case available(Availability)
    /// Nil for a wish that is taken back.
    case wish(from: String, to: String, Wish?)
    case block(BlockEdit)
    case removeBlock(Int)
    case table(TableEdit)
    case removeTable(Int)
    case pin(PinEdit)
    case removePin(firm: String, investor: String)
  }

  /// What becomes of a value that a command may leave as it is.
  public enum Change<Value: Sendable>: Sendable {
    case keep
    case set(Value?)

    public func applied(to old: Value?) -> Value? { if case .set(let value) = self { value } else { old } }
  }

  public struct Enrolment: Sendable {
    public var party: String
    /// Needed only where a firm and an investor have the same code.
    public var side: IntroductionSide?
    /// Codes of those who come with it; set to nil for nobody.
    public var persons: Change<[String]>
    public var maxMeetings: Change<Int>
    public var minMeetings: Change<Int>
    public var prefers: Change<DayHalf>

    public init(
      party: String, side: IntroductionSide?, persons: Change<[String]>, maxMeetings: Change<Int>,
      minMeetings: Change<Int>, prefers: Change<DayHalf>
    ) {
      self.party = party
      self.side = side
      self.persons = persons
      self.maxMeetings = maxMeetings
      self.minMeetings = minMeetings
      self.prefers = prefers
    }
  }

  public struct Availability: Sendable {
    public var party: String
    /// Nil for the roadshow's first moment, and its last.
    public var from: WallTime?
    public var until: WallTime?
    public var isAway: Bool

    public init(party: String, from: WallTime?, until: WallTime?, isAway: Bool) {
      self.party = party
      self.from = from
      self.until = until
      self.isAway = isAway
    }
  }

  /// A block as it shall be; what is nil stays, and of a new block is what is usual.
  public struct BlockEdit: Sendable {
    public var number: Int
    public var kind: RoadshowBlock.Kind?
    public var startsAt: WallTime?
    public var endsAt: WallTime?
    public var slotMinutes: Int?
    public var pauseMinutes: Int?
    public var half: DayHalf?
  }

  public struct TableEdit: Sendable {
    public var numbers: ClosedRange<Int>
    public var name: Change<String>
    public var room: Change<String>
    public var isOutOfOrder: Bool?
  }

  public struct PinEdit: Sendable {
    public var firm: String
    public var investor: String
    public var slot: Change<Int>
    public var table: Change<Int>
    /// The meeting before it: every way to read `firm:investor`, since codes may hold colons themselves.
    public var after: Change<[Pair]>

    public struct Pair: Sendable, Hashable {
      public var firm: String
      public var investor: String
    }
  }

  public var roadshow: String
  public var deed: Deed
  public var key: String?

  private static func spec(
    _ word: String, _ access: Access, _ parameters: [Parameter], _ help: String,
    _ deed: @escaping @Sendable (Arguments) throws(WireError) -> Deed
  ) -> CommandSpec {
    let roadshow = Parameter.code("roadshow", "code of the roadshow")
    return CommandSpec("ROADSHOW \(word)", .roadshows, access, .light, [roadshow] + parameters + [.key], help)
    {
      (arguments) throws(WireError) in
      .roadshow(
        RoadshowCommand(
          roadshow: try arguments.code("roadshow"), deed: try deed(arguments),
          key: try arguments.idempotencyKey()))
    }
  }

  private static let desk = Access.only([.organizer])
  private static let remove = Parameter(
    "remove", .named(required: false), "yes: takes it away", choices: ["yes", "no"])

  // MARK: Who takes part

  static let enroll = spec(
    "ENROLL", desk,
    [
      .code("party", "code of the firm or investor"),
      Parameter(
        "side", .named(required: false), "needed only where a firm and an investor have this code",
        choices: IntroductionSide.allCases.map(\.rawValue)),
      Parameter(
        "persons", .named(required: false),
        "who comes with it, at most \(Limits.delegation); without it, all its persons that are not retired"),
      Parameter("max_meetings", .named(required: false), "meetings it takes at most, 1 to \(Limits.slots)"),
      Parameter("min_meetings", .named(required: false), "meetings it should have at least; 1 without it"),
      Parameter(
        "prefers", .named(required: false), "when it would rather have its meetings", choices: DayHalf.names),
    ], "Has a firm or an investor take part; once more changes what is given, and brings back who withdrew."
  ) { (arguments) throws(WireError) in
    .enroll(
      Enrolment(
        party: try arguments.code("party"),
        side: try arguments.choice("side", of: IntroductionSide.allCases.map(\.rawValue)).flatMap {
          IntroductionSide(rawValue: $0)
        },
        persons: try arguments.change("persons") { (text) throws(WireError) in
          try arguments.codes("persons", text)
        },
        maxMeetings: try arguments.change("max_meetings", in: 1...Limits.slots),
        minMeetings: try arguments.change("min_meetings", in: 0...Limits.slots),
        prefers: try arguments.change("prefers") { (_) throws(WireError) in try arguments.half("prefers") }))
  }

  static let withdraw = spec(
    "WITHDRAW", desk, [.code("party", "code of the participant")],
    "Has a participant take no part any more; what it entered is kept."
  ) { (arguments) throws(WireError) in .withdraw(party: try arguments.code("party")) }

  static let available = spec(
    "AVAILABLE", .party(.init(nil, "party"), or: [.organizer]),
    [
      .code("party", "code of the participant"),
      Parameter(
        "from", .named(required: false),
        "when it begins, like 2026-12-01T09:00 by the clocks there; the roadshow's first moment without it"),
      Parameter(
        "until", .named(required: false), "when it ends, likewise; the roadshow's last moment without it"),
      Parameter(
        "away", .named(required: false),
        "yes (without it as well): it is away then; no: it is there after all",
        choices: ["yes", "no"]),
    ], "Says when a participant is not there."
  ) { (arguments) throws(WireError) in
    let isAway = arguments.text("away") == nil ? true : try arguments.flag("away")
    let (from, until) = (try arguments.wallTime("from"), try arguments.wallTime("until"))
    if let from, let until, until <= from {
      throw .badArgument("until", "\(until) is not later than \(from)")
    }
    return .available(
      Availability(party: try arguments.code("party"), from: from, until: until, isAway: isAway))
  }

  static let wish = spec(
    "WISH", .party(.init(nil, "from"), or: [.organizer]),
    [
      .code("from", "code of the participant who wishes"),
      .code("to", "code of the one of the other side that it is about"),
      Parameter(
        "wish", .named(required: true), "what it wishes; no_thanks is never told to the other side",
        choices: Wish.names + ["none"]),
    ], "Says whom a participant wishes to meet; none takes a wish back."
  ) { (arguments) throws(WireError) in
    let word = try arguments.choice("wish", of: Wish.names + ["none"]) ?? ""
    return .wish(from: try arguments.code("from"), to: try arguments.code("to"), Wish(rawValue: word))
  }

  // MARK: When and where

  static let block = spec(
    "BLOCK", desk,
    [
      Parameter("number", .positional(required: true), "number of the block, 1 to \(Limits.blocks)"),
      Parameter(
        "starts", .named(required: false), "when it begins, like 2026-12-01T09:00 by the clocks there"),
      Parameter("ends", .named(required: false), "when it ends, on the same day"),
      Parameter("slot_minutes", .named(required: false), "minutes of each slot"),
      Parameter("pause_minutes", .named(required: false), "minutes between two slots; none without it"),
      Parameter(
        "kind", .named(required: false), "what is done in it; meetings without it",
        choices: RoadshowBlock.Kind.names),
      Parameter(
        "half", .named(required: false),
        "what half of the day it counts for; morning before 13:00 without it",
        choices: DayHalf.names), remove,
    ], "Sets a stretch of one day that is cut into slots; of a block that there is, what is not given stays."
  ) { (arguments) throws(WireError) in
    let number = try arguments.integer("number", in: 1...Limits.blocks)!
    if try arguments.flag("remove") { return .removeBlock(number) }
    return .block(
      BlockEdit(
        number: number,
        kind: try arguments.choice("kind", of: RoadshowBlock.Kind.names).flatMap {
          RoadshowBlock.Kind(rawValue: $0)
        }, startsAt: try arguments.wallTime("starts"), endsAt: try arguments.wallTime("ends"),
        slotMinutes: try arguments.integer("slot_minutes", in: Limits.slotMinutes),
        pauseMinutes: try arguments.integer("pause_minutes", in: Limits.pauseMinutes),
        half: try arguments.half("half")))
  }

  static let table = spec(
    "TABLE", desk,
    [
      Parameter("number", .positional(required: false), "number of the table, 1 to \(Limits.tables)"),
      Parameter("count", .named(required: false), "in place of a number: all tables from 1 to this"),
      Parameter("name", .named(required: false), "what it is called"),
      Parameter("room", .named(required: false), "where it stands"),
      Parameter(
        "out_of_order", .named(required: false), "yes: nobody is seated at it", choices: ["yes", "no"]),
      remove,
    ], "Sets a table, or several; of a table that there is, what is not given stays."
  ) { (arguments) throws(WireError) in
    let number = try arguments.integer("number", in: 1...Limits.tables)
    let count = try arguments.integer("count", in: 1...Limits.tables)
    guard (number == nil) != (count == nil) else {
      throw .badArgument("number", "give the number of a table, or count= for all from 1 to that")
    }
    if try arguments.flag("remove") {
      guard let number else { throw .badArgument("count", "tables are taken away one by one") }
      return .removeTable(number)
    }
    return .table(
      TableEdit(
        numbers: (number ?? 1)...(number ?? count!), name: try arguments.shortText("name"),
        room: try arguments.shortText("room"),
        isOutOfOrder: arguments.text("out_of_order") == nil ? nil : try arguments.flag("out_of_order")))
  }

  static let pin = spec(
    "PIN", desk,
    [
      .code("firm", "code of the firm"), .code("investor", "code of the investor"),
      Parameter("slot", .named(required: false), "number of the slot it takes place at; slot= for any"),
      Parameter("table", .named(required: false), "number of its table; table= for any"),
      Parameter(
        "after", .named(required: false),
        "<firm>:<investor>, the meeting that it comes after; after= for none"),
      remove,
    ], "Sees to it that two participants meet: at all, at a slot, at a table, after another meeting."
  ) { (arguments) throws(WireError) in
    let (firm, investor) = (try arguments.code("firm"), try arguments.code("investor"))
    if try arguments.flag("remove") { return .removePin(firm: firm, investor: investor) }
    return .pin(
      PinEdit(
        firm: firm, investor: investor, slot: try arguments.change("slot", in: 1...Limits.slots),
        table: try arguments.change("table", in: 1...Limits.tables),
        after: try arguments.change("after") { (text) throws(WireError) in try arguments.pairs("after", text)
        }
      ))
  }

  static let specs = [enroll, withdraw, available, wish, block, table, pin]
}

/// `ROADSHOW SHOW <roadshow> [only=]`
public struct RoadshowShow: Sendable {
  public enum Part: String, Sendable, CaseIterable { case blocks, slots, tables, participants, pins }

  public var roadshow: String
  /// Nil for all parts.
  public var part: Part?

  static let spec = CommandSpec(
    "ROADSHOW SHOW", .roadshows, .only([.organizer]), .light,
    [
      .code("roadshow", "code of the roadshow"),
      Parameter("only", .named(required: false), "only these rows", choices: Part.allCases.map(\.rawValue)),
    ], "Shows what has been entered of a roadshow: blocks, slots, tables, participants, pins."
  ) { (arguments) throws(WireError) in
    .roadshowShow(
      RoadshowShow(
        roadshow: try arguments.code("roadshow"),
        part: try arguments.choice("only", of: Part.allCases.map(\.rawValue)).flatMap { Part(rawValue: $0) }))
  }
}

extension Arguments {
  /// A value that may be left as it is, and with `name=` be cleared.
  func change<Value: Sendable>(
    _ name: String, _ read: (String) throws(WireError) -> Value?
  ) throws(WireError) -> RoadshowCommand.Change<Value> {
    guard let text = text(name) else { return .keep }
    return .set(text.isEmpty ? nil : try read(text))
  }

  func change(_ name: String, in range: ClosedRange<Int>) throws(WireError)
    -> RoadshowCommand.Change<Int>
  {
    try change(name) { (_) throws(WireError) in try integer(name, in: range) }
  }

  func half(_ name: String) throws(WireError) -> DayHalf? {
    try choice(name, of: DayHalf.names).flatMap { DayHalf(rawValue: $0) }
  }

  func wallTime(_ name: String) throws(WireError) -> WallTime? {
    guard let text = text(name) else { return nil }
    guard let time = WallTime(text) else {
      throw .badArgument(name, "\"\(text.prefix(60))\" is not a time like 2026-12-01T09:00")
    }
    return time
  }

  /// Codes of a list; nil for none.
  func codes(_ name: String, _ text: String, atMost limit: Int = Limits.delegation) throws(WireError)
    -> [String]?
  {
    do throws(FieldType.Rejection) {
      guard case .list(let codes) = try FieldType.codes(limit).read(text) else { return nil }
      return codes
    } catch { throw .badArgument(name, error.reason) }
  }

  func shortText(_ name: String) throws(WireError) -> RoadshowCommand.Change<String> {
    try change(name) { (text) throws(WireError) in
      do throws(FieldType.Rejection) {
        guard case .text(let read) = try FieldType.text(Limits.name).read(text) else { return nil }
        return read
      } catch { throw .badArgument(name, error.reason) }
    }
  }

  func pairs(_ name: String, _ text: String) throws(WireError) -> [RoadshowCommand.PinEdit.Pair] {
    let pairs = text.indices.filter { text[$0] == ":" }.map { colon in
      RoadshowCommand.PinEdit.Pair(
        firm: String(text[..<colon]), investor: String(text[text.index(after: colon)...]))
    }.filter { Code.isValid($0.firm) && Code.isValid($0.investor) }
    guard !pairs.isEmpty else {
      throw .badArgument(
        name, "\"\(text.prefix(60))\" does not name a firm and an investor, like F-1:I-1")
    }
    return pairs
  }
}
