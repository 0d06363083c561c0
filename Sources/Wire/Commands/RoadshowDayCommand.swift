import Domain

/// What happens on the day of a roadshow: `ROADSHOW CHECKIN`, `CANCEL`, `WALKIN` and `OUTCOME <roadshow> …`
public struct RoadshowDayCommand: Sendable {
  public enum Deed: Sendable {
    case checkIn(party: String, Arrival)
    case cancel(Loss, reason: String?)
    case walkIn(RoadshowCommand.Enrolment)
    case outcome(Outcome)
  }

  public enum Arrival: Sendable, Hashable {
    case here
    /// Comes when the clocks there show this; without a day, on the day of the roadshow that it is.
    case late(Day?, minute: Int)
    case noShow
    /// Nothing is known of it after all.
    case unknown
  }

  /// What falls away.
  public enum Loss: Sendable, Hashable {
    case party(String)
    case meeting(Int)
    case table(Int)
  }

  public struct Outcome: Sendable, Hashable {
    public var meeting: Int
    public var hasMet: Bool
    /// Who did not come.
    public var absentee: String?
    public var note: String?
    /// Whether it is taken before the meeting begins.
    public var isForced: Bool

    public init(meeting: Int, hasMet: Bool, absentee: String?, note: String?, isForced: Bool) {
      self.meeting = meeting
      self.hasMet = hasMet
      self.absentee = absentee
      self.note = note
      self.isForced = isForced
    }
  }

  public var roadshow: String
  public var deed: Deed
  public var key: String?

  private static func spec(
    _ word: String, _ parameters: [Parameter], _ help: String,
    _ deed: @escaping @Sendable (Arguments) throws(WireError) -> Deed
  ) -> CommandSpec {
    let roadshow = Parameter.code("roadshow", "code of the roadshow")
    return CommandSpec(
      "ROADSHOW \(word)", .roadshows, .only([.organizer]), .light, [roadshow] + parameters + [.key], help
    ) { (arguments) throws(WireError) in
      .roadshowDay(
        RoadshowDayCommand(
          roadshow: try arguments.code("roadshow"), deed: try deed(arguments),
          key: try arguments.idempotencyKey()))
    }
  }

  private static func flag(_ name: String, _ help: String) -> Parameter {
    Parameter(name, .named(required: false), help, choices: ["yes", "no"])
  }

  static let checkIn = spec(
    "CHECKIN",
    [
      .code("party", "code of the participant"),
      Parameter(
        "late_until", .named(required: false),
        "when it will be there, like 10:40 by the clocks there, or with a day"),
      flag("no_show", "yes: it has not come"), flag("undo", "yes: it is neither here nor late nor missing"),
    ],
    "Notes that a participant is here, comes later or has not come, and counts the meetings that this touches."
  ) { (arguments) throws(WireError) in
    let late = try arguments.lateUntil()
    let said = [
      (late, late != nil), (.noShow, try arguments.flag("no_show")), (.unknown, try arguments.flag("undo")),
    ]
    .filter(\.1).map(\.0)
    guard said.count <= 1 else {
      throw .badArgument("late_until", "goes with neither no_show= nor undo=; say one of them")
    }
    return .checkIn(party: try arguments.code("party"), (said.first ?? nil) ?? .here)
  }

  static let cancel = spec(
    "CANCEL",
    [
      Parameter("party", .positional(required: false), "code of a participant who comes no more"),
      Parameter("meeting", .named(required: false), "in place of a party: number of a meeting that is off"),
      Parameter("table", .named(required: false), "in place of a party: number of a table that is lost"),
      Parameter("reason", .named(required: false), "why, for the audit and the meeting"),
    ], "Calls off a participant, a meeting or a table, and names whom that touches; REPAIR mends the plan."
  ) { (arguments) throws(WireError) in
    let losses: [Loss?] = [
      try arguments.optionalCode("party").map { .party($0) },
      try arguments.integer("meeting", in: 1...Int.max).map { .meeting($0) },
      try arguments.integer("table", in: 1...Limits.tables).map { .table($0) },
    ]
    let given = losses.compactMap { $0 }
    guard given.count == 1 else {
      throw .badArgument("party", "give a participant, or meeting=, or table=")
    }
    return .cancel(given[0], reason: try arguments.remark("reason"))
  }

  static let walkIn = spec(
    "WALKIN",
    [
      .code("party", "code of the firm or investor"),
      Parameter(
        "side", .named(required: false), "needed only where a firm and an investor have this code",
        choices: IntroductionSide.allCases.map(\.rawValue)),
      Parameter(
        "persons", .named(required: false),
        "who has come with it, at most \(Limits.delegation); without it, all its persons that are not retired"
      ),
      Parameter("max_meetings", .named(required: false), "meetings it takes at most, 1 to \(Limits.slots)"),
    ], "Has somebody take part who has just come: enrolled, checked in, there from now on."
  ) { (arguments) throws(WireError) in
    .walkIn(
      RoadshowCommand.Enrolment(
        party: try arguments.code("party"),
        side: try arguments.choice("side", of: IntroductionSide.allCases.map(\.rawValue)).flatMap {
          IntroductionSide(rawValue: $0)
        },
        persons: try arguments.change("persons") { (text) throws(WireError) in
          try arguments.codes("persons", text)
        }, maxMeetings: try arguments.change("max_meetings", in: 1...Limits.slots), minMeetings: .keep,
        prefers: .keep))
  }

  static let outcome = spec(
    "OUTCOME",
    [
      Parameter("meeting", .positional(required: true), "number of the meeting"),
      Parameter("outcome", .named(required: true), "what came of it", choices: ["met", "no_show"]),
      Parameter("by", .named(required: false), "of a no_show: code of the side that did not come"),
      Parameter("note", .named(required: false), "what was said, for the desk"),
      flag("force", "yes: take it although the meeting has not begun by the server's clock"),
    ],
    "Notes what came of a meeting that has begun, and moves the introduction of the two on; who met without one gets one."
  ) { (arguments) throws(WireError) in
    let hasMet = try arguments.choice("outcome", of: ["met", "no_show"]) == "met"
    let absentee = try arguments.optionalCode("by")
    guard hasMet == (absentee == nil) else {
      throw .badArgument(
        "by", hasMet ? "is for a no_show" : "is missing; who did not come, by=<code of the firm or investor>")
    }
    return .outcome(
      Outcome(
        meeting: try arguments.integer("meeting", in: 1...Int.max)!, hasMet: hasMet, absentee: absentee,
        note: try arguments.remark("note"), isForced: try arguments.flag("force")))
  }

  static let specs = [checkIn, cancel, walkIn, outcome]
}

extension Arguments {
  fileprivate func lateUntil() throws(WireError) -> RoadshowDayCommand.Arrival? {
    guard let text = text("late_until") else { return nil }
    if let time = WallTime("2000-01-01T\(text)") { return .late(nil, minute: time.minute) }
    guard let time = WallTime(text) else {
      throw .badArgument(
        "late_until", "\"\(text.prefix(60))\" is not a time like 10:40 or 2026-12-01T10:40")
    }
    return .late(time.day, minute: time.minute)
  }

  fileprivate func remark(_ name: String) throws(WireError) -> String? {
    guard let text = text(name), !text.isEmpty else { return nil }
    do throws(FieldType.Rejection) {
      guard case .text(let read) = try FieldType.text(Limits.note).read(text) else { return nil }
      return read
    } catch { throw .badArgument(name, error.reason) }
  }
}
