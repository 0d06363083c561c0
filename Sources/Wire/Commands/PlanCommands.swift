import Domain

/// `ROADSHOW PLAN <roadshow> [seconds=] [seed=] [walking_minutes=]`
public struct RoadshowPlan: Sendable {
  public var roadshow: String
  /// For the search of a timetable, at most.
  public var seconds: Int
  public var seed: Int
  /// From one room to another; 0 where nobody needs time for that.
  public var walkingMinutes: Int
  public var key: String?

  static let spec = CommandSpec(
    "ROADSHOW PLAN", .roadshows, .only([.organizer]), Load(atOnce: Limits.plansAtOnce),
    [
      .code("roadshow", "code of the roadshow"),
      Parameter(
        "seconds", .named(required: false),
        "time for the search, \(Limits.planSeconds.lowerBound) to \(Limits.planSeconds.upperBound); 10 without it"
      ),
      Parameter("seed", .named(required: false), "of the search, a whole number; 1 without it"),
      Parameter(
        "walking_minutes", .named(required: false),
        "what a participant needs from one room to another; 0 without it"), .key,
    ],
    "Chooses who meets whom, when and at which table, with the fewest breaks; stores it as a draft."
  ) { (arguments) throws(WireError) in
    .roadshowPlan(
      RoadshowPlan(
        roadshow: try arguments.code("roadshow"),
        seconds: try arguments.integer("seconds", in: Limits.planSeconds) ?? 10,
        seed: try arguments.integer("seed", in: 0...Int(Int32.max)) ?? 1,
        walkingMinutes: try arguments.integer("walking_minutes", in: Limits.pauseMinutes) ?? 0,
        key: try arguments.idempotencyKey()))
  }
}

/// `ROADSHOW PLANS <roadshow>`
public struct RoadshowPlans: Sendable {
  public var roadshow: String
  public var page: Page

  static let spec = CommandSpec(
    "ROADSHOW PLANS", .roadshows, .only([.organizer]), .light,
    [.code("roadshow", "code of the roadshow"), .limit, .after],
    "Lists the plans of a roadshow, the newest first."
  ) { (arguments) throws(WireError) in
    .roadshowPlans(RoadshowPlans(roadshow: try arguments.code("roadshow"), page: try arguments.page()))
  }
}

/// `ROADSHOW DIFF <roadshow> [from=] [to=]`
public struct RoadshowDiff: Sendable {
  public var roadshow: String
  /// Nil for the plan in force.
  public var from: Int?
  /// Nil for the newest draft, if it is newer than what was in force.
  public var to: Int?

  static let spec = CommandSpec(
    "ROADSHOW DIFF", .roadshows, .only([.organizer]), .light,
    [
      .code("roadshow", "code of the roadshow"),
      Parameter("from", .named(required: false), "number of a plan; the published one without it"),
      Parameter(
        "to", .named(required: false),
        "number of another; without it the newest draft that is newer than what was in force"),
    ], "Shows what would change from one plan to another."
  ) { (arguments) throws(WireError) in
    .roadshowDiff(
      RoadshowDiff(
        roadshow: try arguments.code("roadshow"), from: try arguments.plan("from"),
        to: try arguments.plan("to")))
  }
}

/// `ROADSHOW PUBLISH` and `ROADSHOW ROLLBACK <roadshow> [plan=] [force=]`
public struct RoadshowPublish: Sendable {
  public var roadshow: String
  /// Nil for the newest draft, if it is newer than what was in force; to roll back, for the plan that was before.
  public var plan: Int?
  public var isRollback: Bool
  /// Even where it does not hold any more.
  public var isForced: Bool
  public var key: String?

  private static func spec(_ word: String, isRollback: Bool, _ plan: String, _ help: String) -> CommandSpec {
    CommandSpec(
      "ROADSHOW \(word)", .roadshows, .only([.organizer]), .light,
      [
        .code("roadshow", "code of the roadshow"), Parameter("plan", .named(required: false), plan),
        Parameter(
          "force", .named(required: false),
          "yes: even where it does not hold any more, or takes away more than a quarter of what takes place",
          choices: ["yes", "no"]),
        .key,
      ], help
    ) { (arguments) throws(WireError) in
      .roadshowPublish(
        RoadshowPublish(
          roadshow: try arguments.code("roadshow"), plan: try arguments.plan("plan"),
          isRollback: isRollback, isForced: try arguments.flag("force"), key: try arguments.idempotencyKey()))
    }
  }

  static let publish = spec(
    "PUBLISH", isRollback: false,
    "number of a draft; without it the newest one that is newer than what was in force",
    "Puts a draft in force in place of the plan that is.")
  static let rollback = spec(
    "ROLLBACK", isRollback: true, "number of a plan that was in force; without it the last one before, once",
    "Puts a plan in force again that was so before.")
}

/// `ROADSHOW REPAIR <roadshow> [seconds=] [standby=] [publish=]`
public struct RoadshowRepair: Sendable {
  public var roadshow: String
  public var seconds: Int
  /// Gaps are filled with pairs that would have liked to meet.
  public var fills: Bool
  /// In force at once.
  public var isPublished: Bool
  public var key: String?

  static let spec = CommandSpec(
    "ROADSHOW REPAIR", .roadshows, .only([.organizer]),
    Load(atOnce: Limits.plansAtOnce, time: .seconds(Limits.repairSeconds.upperBound + 10)),
    [
      .code("roadshow", "code of the roadshow"),
      Parameter(
        "seconds", .named(required: false),
        "time for the search, \(Limits.repairSeconds.lowerBound) to \(Limits.repairSeconds.upperBound); 2 without it"
      ),
      Parameter(
        "standby", .named(required: false), "no: gaps stay, and are not filled with who would like to meet",
        choices: ["yes", "no"]),
      Parameter(
        "publish", .named(required: false), "yes: in force at once; a draft without it",
        choices: ["yes", "no"]),
      .key,
    ], "Makes the plan in force hold again after a cancellation or a delay, with as few moves as can be."
  ) { (arguments) throws(WireError) in
    .roadshowRepair(
      RoadshowRepair(
        roadshow: try arguments.code("roadshow"),
        seconds: try arguments.integer("seconds", in: Limits.repairSeconds) ?? 2,
        fills: try arguments.choice("standby", of: ["yes", "no"]) != "no",
        isPublished: try arguments.flag("publish"), key: try arguments.idempotencyKey()))
  }
}

/// `MEETING LIST [roadshow=] [party=] [state=]`
public struct MeetingList: Sendable {
  public var roadshow: String?
  public var party: String?
  /// A `MeetingState`.
  public var state: String?
  public var page: Page

  private static let states = MeetingState.allCases.map(\.rawValue)

  static let spec = CommandSpec(
    "MEETING LIST", .roadshows, .introductions(or: [.organizer]), .light,
    [
      Parameter("roadshow", .named(required: false), "only of this roadshow"),
      Parameter("party", .named(required: false), "only of this firm or investor"),
      Parameter("state", .named(required: false), "only in this state", choices: states), .limit, .after,
    ], "Lists meetings by number; to an investor or a firm its own that take place."
  ) { (arguments) throws(WireError) in
    .meetingList(
      MeetingList(
        roadshow: try arguments.optionalCode("roadshow"), party: try arguments.optionalCode("party"),
        state: try arguments.choice("state", of: states), page: try arguments.page()))
  }
}

/// `MEETING GET <number>`
public struct MeetingGet: Sendable {
  public var number: Int

  static let spec = CommandSpec(
    "MEETING GET", .roadshows, .introductions(or: [.organizer]), .light,
    [Parameter("number", .positional(required: true), "number of the meeting")],
    "Shows one meeting: when, where, with whom."
  ) { (arguments) throws(WireError) in
    .meetingGet(MeetingGet(number: try arguments.integer("number", in: 1...Int.max)!))
  }
}

/// `ROADSHOW SCHEDULE <roadshow> [<party>]`
public struct RoadshowSchedule: Sendable {
  public var roadshow: String
  /// Nil for all.
  public var party: String?

  static let spec = CommandSpec(
    "ROADSHOW SCHEDULE", .roadshows, .party(.init(nil, "party"), or: [.organizer]), .light,
    [
      .code("roadshow", "code of the roadshow"),
      Parameter(
        "party", .positional(required: false),
        "code of a participant; for a desk all without it, else oneself"),
    ], "Shows the meetings of a participant that take place, in order of time."
  ) { (arguments) throws(WireError) in
    .roadshowSchedule(
      RoadshowSchedule(
        roadshow: try arguments.code("roadshow"), party: try arguments.optionalCode("party")))
  }
}

extension Arguments {
  fileprivate func plan(_ name: String) throws(WireError) -> Int? {
    try integer(name, in: 1...Int(Int32.max))
  }
}
