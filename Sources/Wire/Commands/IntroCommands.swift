import Domain

/// `INTRO EMIT [cap_investor=] [cap_firm=] [roadshow=] [dry_run=yes]`
public struct IntroEmit: Sendable {
  /// Introductions that an investor, and a firm, is emitted at most; nil for the policy's.
  public var investorCap: Int?
  public var firmCap: Int?
  /// Only firms in the sectors of this roadshow.
  public var roadshow: String?
  public var isDryRun: Bool
  public var key: String?

  static let spec = CommandSpec(
    "INTRO EMIT", .introductions, .only([.organizer, .job]), Load(atOnce: 1, time: Limits.emissionTime),
    [
      Parameter(
        "cap_investor", .named(required: false),
        "introductions an investor gets at most, those that wait for its answer included"),
      Parameter(
        "cap_firm", .named(required: false),
        "introductions a firm gets at most, those that wait for its answer included"),
      Parameter("roadshow", .named(required: false), "only firms in the sectors of this roadshow"),
      Parameter(
        "dry_run", .named(required: false), "yes: says what it would do, and does nothing",
        choices: ["yes", "no"]), .key,
    ],
    "Proposes investors and firms to each other from the published lists: stable, under caps, nobody twice."
  ) { (arguments) throws(WireError) in
    .introEmit(
      IntroEmit(
        investorCap: try arguments.integer("cap_investor", in: 1...Limits.introductionCap),
        firmCap: try arguments.integer("cap_firm", in: 1...Limits.introductionCap),
        roadshow: try arguments.optionalCode("roadshow"), isDryRun: try arguments.flag("dry_run"),
        key: try arguments.idempotencyKey()))
  }
}

/// `INTRO PROPOSE <investor> <firm> [roadshow=] [kind=] [stake=]`
public struct IntroPropose: Sendable {
  public var investor: String
  public var firm: String
  public var roadshow: String?
  /// The stake that would be handed over; nil for an investment.
  public var stake: String?
  public var key: String?

  static let spec = CommandSpec(
    "INTRO PROPOSE", .introductions, .only([.organizer]), .light,
    [
      .code("investor", "its code"), .code("firm", "its code"),
      Parameter("roadshow", .named(required: false), "the roadshow it is for"), .kind,
      Parameter("stake", .named(required: false), "for a handover, the stake that would be sold"), .key,
    ],
    "Proposes an investor and a firm to each other by hand."
  ) { (arguments) throws(WireError) in
    let stake = try arguments.optionalCode("stake")
    guard (stake != nil) == (try arguments.kind() == .handover) else {
      throw .badArgument("stake", "kind=handover is of a stake, and nothing else is")
    }
    return .introPropose(
      IntroPropose(
        investor: try arguments.code("investor"), firm: try arguments.code("firm"),
        roadshow: try arguments.optionalCode("roadshow"), stake: stake, key: try arguments.idempotencyKey()))
  }
}

/// `INTRO LIST [state=] [kind=] [investor=] [firm=] [roadshow=]`
public struct IntroList: Sendable {
  public enum Which: Sendable, Hashable {
    /// What waits for one's own answer.
    case waiting
    /// What has not ended.
    case underWay
    case all
    case state(IntroductionState)
  }

  /// Nil for what waits, for a party; for what is under way, for others.
  public var which: Which?
  public var kind: IntroductionKind?
  public var investor: String?
  public var firm: String?
  public var roadshow: String?
  public var page: Page

  private static let words = ["waiting", "under_way", "all"] + IntroductionState.allCases.map(\.rawValue)

  static let spec = CommandSpec(
    "INTRO LIST", .introductions, .introductions(or: [.organizer]), .light,
    [
      Parameter(
        "state", .named(required: false),
        "waiting (for one's own answer; an investor's and a firm's default), under_way (an organizer's default), all, or a state",
        choices: words), .kind,
      Parameter("investor", .named(required: false), "only of this investor"),
      Parameter("firm", .named(required: false), "only of this firm"),
      Parameter("roadshow", .named(required: false), "only for this roadshow"), .limit, .after,
    ],
    "Lists introductions, the newest first; to an investor or a firm its own, without names until both want it."
  ) { (arguments) throws(WireError) in
    .introList(
      IntroList(
        which: try arguments.choice("state", of: words).flatMap { word in
          switch word {
          case "waiting": .waiting
          case "under_way": .underWay
          case "all": .all
          default: IntroductionState(rawValue: word).map { .state($0) }
          }
        }, kind: try arguments.kind(), investor: try arguments.optionalCode("investor"),
        firm: try arguments.optionalCode("firm"),
        roadshow: try arguments.optionalCode("roadshow"), page: try arguments.page()))
  }
}

/// `INTRO GET <id> [limit=] [after=]`
public struct IntroGet: Sendable {
  public var id: Int
  /// Moves of its history.
  public var limit: Int
  /// Only moves before this one.
  public var before: Int?

  static let spec = CommandSpec(
    "INTRO GET", .introductions, .introductions(or: [.organizer]), .light,
    [
      .introduction,
      Parameter(
        "limit", .named(required: false),
        "moves of its history, the latest ones, 1 to \(Limits.largestHistoryPage); \(Limits.historyPage) without it"
      ),
      Parameter(
        "after", .named(required: false), "cursor from next= of the page before: the moves before those"),
    ],
    "Shows one introduction, how each side's score comes about, and its latest moves."
  ) { (arguments) throws(WireError) in
    .introGet(
      IntroGet(
        id: try arguments.introduction(),
        limit: try arguments.integer("limit", in: 1...Limits.largestHistoryPage) ?? Limits.historyPage,
        before: try arguments.integer("after", in: 1...Int(Int32.max))))
  }
}

/// `INTRO ACCEPT`, `DECLINE`, `DEFER`, `ASK`, `WITHDRAW`, `ADVANCE` and `REVERT <id>`
public struct IntroMove: Sendable {
  /// What is to be done, where the side may still be the asker's own.
  public enum Deed: Sendable, Hashable {
    case accept
    case decline(DeclineReason)
    case `defer`(until: Day)
    case ask
    case withdraw
    /// To a state, or to the next one.
    case advance(to: IntroductionState?)
    /// The last move of the desk, for a reason.
    case revert(reason: String)
  }

  public var id: Int
  public var deed: Deed
  /// The side that is spoken for; nil where it is the asker's own, or none.
  public var side: IntroductionSide?
  public var note: String?
  public var key: String?

  private static func spec(
    _ word: String, _ access: Access, _ parameters: [Parameter], _ help: String,
    _ deed: @escaping @Sendable (Arguments) throws(WireError) -> Deed
  ) -> CommandSpec {
    CommandSpec("INTRO \(word)", .introductions, access, .light, [.introduction] + parameters + [.key], help)
    {
      (arguments) throws(WireError) in
      .introMove(
        IntroMove(
          id: try arguments.introduction(), deed: try deed(arguments), side: try arguments.side(),
          note: try arguments.note(), key: try arguments.idempotencyKey()))
    }
  }

  private static let side = Parameter(
    "side", .named(required: false), "for which side an organizer speaks", choices: ["investor", "firm"])
  private static let note = Parameter("note", .named(required: false), "a remark, for the desk")
  private static let sides = Access.introductions(or: [.organizer])

  static let accept = spec(
    "ACCEPT", sides, [side, note], "Says that a side wants it; once both do, each learns who the other is."
  ) { _ in .accept }

  static let decline = spec(
    "DECLINE", sides,
    [
      Parameter("reason", .named(required: true), "why", choices: DeclineReason.names), side, note,
    ], "Says that a side does not want it; this pair is never proposed again."
  ) { (arguments) throws(WireError) in
    .decline(DeclineReason(rawValue: try arguments.choice("reason", of: DeclineReason.names)!)!)
  }

  static let `defer` = spec(
    "DEFER", sides,
    [Parameter("until", .named(required: true), "the day on which the side is asked again"), side, note],
    "Says that a side does not want it now; it is asked again on a day."
  ) { (arguments) throws(WireError) in
    let text = arguments.required("until")
    guard let day = Day(text) else {
      throw .badArgument("until", "\"\(text.prefix(60))\" is not a day like 2027-03-31")
    }
    return .defer(until: day)
  }

  static let ask = spec(
    "ASK", sides,
    [Parameter("text", .named(required: true), "the question, or the answer to one"), side],
    "Asks the other side something, or answers; both sides and the desk read it."
  ) { _ in .ask }

  static let withdraw = spec(
    "WITHDRAW", .only([.organizer]), [note], "Takes an introduction back."
  ) { _ in .withdraw }

  static let advance = spec(
    "ADVANCE", .only([.organizer]),
    [
      Parameter(
        "to", .named(required: false), "the next state, or no_show; introduced without it",
        choices: advanced.map(\.rawValue)), side, note,
    ], "Takes an introduction that both want one step further, or notes that a side did not come."
  ) { (arguments) throws(WireError) in
    .advance(
      to: try arguments.choice("to", of: advanced.map(\.rawValue)).flatMap { IntroductionState(rawValue: $0) }
    )
  }
  private static let advanced: [IntroductionState] = [
    .introduced, .met, .diligence, .termSheet, .invested, .noShow,
  ]

  static let revert = spec(
    "REVERT", .only([.organizer]), [.revertReason],
    "Takes the desk's own last move back (DECLINE, ADVANCE, WITHDRAW), until the other side was told of it."
  ) { (arguments) throws(WireError) in .revert(reason: try arguments.revertReason()) }

  static let specs = [accept, decline, `defer`, ask, withdraw, advance, revert]
}

/// `INTRO STATS [by=]`
public struct IntroStats: Sendable {
  public enum Grouping: String, Sendable, CaseIterable { case investor, firm, institute, roadshow, criterion }

  public var grouping: Grouping
  public var limit: Int

  static let spec = CommandSpec(
    "INTRO STATS", .introductions, .only([.organizer]), Load(atOnce: 2, time: Limits.readingTime),
    [
      Parameter(
        "by", .named(required: false), "what to count by; institute without it",
        choices: Grouping.allCases.map(\.rawValue)),
      .limit,
    ],
    "Counts how far introductions came, from shown to invested, with the median days between."
  ) { (arguments) throws(WireError) in
    .introStats(
      IntroStats(
        grouping: try arguments.choice("by", of: Grouping.allCases.map(\.rawValue)).flatMap {
          Grouping(rawValue: $0)
        } ?? .institute, limit: try arguments.page().limit))
  }
}

/// `MAINTAIN [date=]`
public struct Maintain: Sendable {
  /// The day that it is taken to be; nil for today.
  public var day: Day?
  public var key: String?

  static let spec = CommandSpec(
    "MAINTAIN", .operations, .only([.organizer, .job]), Load(atOnce: 1, time: Limits.emissionTime),
    [
      Parameter("date", .named(required: false), "as if it were this day; today without it, and not before"),
      .key,
    ],
    "Does what a day brings: introductions expire, and those come back whose day it is."
  ) { (arguments) throws(WireError) in
    let text = arguments.text("date")
    let day = text.flatMap { Day($0) }
    if let text, day == nil {
      throw .badArgument("date", "\"\(text.prefix(60))\" is not a day like 2027-03-31")
    }
    return .maintain(Maintain(day: day, key: try arguments.idempotencyKey()))
  }
}

extension Parameter {
  static let revertReason = Parameter("reason", .named(required: true), "why; the desk reads it")
  fileprivate static let kind = Parameter(
    "kind", .named(required: false), "investment or handover", choices: IntroductionKind.names)
  fileprivate static let introduction = Parameter(
    "id", .positional(required: true), "number of the introduction")
}

extension Arguments {
  fileprivate func kind() throws(WireError) -> IntroductionKind? {
    try choice("kind", of: IntroductionKind.names).flatMap { IntroductionKind(rawValue: $0) }
  }

  fileprivate func introduction() throws(WireError) -> Int { try integer("id", in: 1...Int.max)! }

  fileprivate func side() throws(WireError) -> IntroductionSide? {
    try choice("side", of: IntroductionSide.allCases.map(\.rawValue)).flatMap {
      IntroductionSide(rawValue: $0)
    }
  }

  /// Why something is taken back.
  func revertReason() throws(WireError) -> String { try remark("reason") ?? "" }

  /// A remark, or the text of a question.
  fileprivate func note() throws(WireError) -> String? { try remark(text("text") == nil ? "note" : "text") }

  private func remark(_ name: String) throws(WireError) -> String? {
    guard let text = text(name) else { return nil }
    do throws(FieldType.Rejection) {
      guard case .text(let note) = try FieldType.text(Limits.note).read(text), !note.isEmpty else {
        throw FieldType.Rejection("is empty")
      }
      return note
    } catch { throw .badArgument(name, error.reason) }
  }
}
