import Domain

/// `SCENARIO MATCH <scenario> [limit=]`
public struct ScenarioMatch: Sendable {
  public var scenario: String
  public var limit: Int

  static let spec = CommandSpec(
    "SCENARIO MATCH", .ranking, .only([.organizer]), Load(atOnce: 2, time: Limits.readingTime),
    [.code("scenario", "its code"), .limit],
    "Ranks firms and projects for a test ground, with why, and when it has a place."
  ) { (arguments) throws(WireError) in
    .scenarioMatch(
      ScenarioMatch(scenario: try arguments.code("scenario"), limit: try arguments.page().limit))
  }
}

/// `REVIEW NEEDED <firm> [step=]`
public struct ReviewNeeded: Sendable {
  public var firm: String
  /// Nil for all steps.
  public var step: RelayStep?

  static let spec = CommandSpec(
    "REVIEW NEEDED", .registry, .only([.organizer]), .light,
    [
      .code("firm", "its code"),
      Parameter("step", .named(required: false), "only before this step", choices: RelayStep.names),
    ], "What the policy in force needs of a firm before each step, and what there is of it."
  ) { (arguments) throws(WireError) in
    .reviewNeeded(
      ReviewNeeded(
        firm: try arguments.code("firm"),
        step: try arguments.choice("step", of: RelayStep.names).flatMap { RelayStep(rawValue: $0) }))
  }
}

/// `REVIEW ASSIGN [limit=] [dry_run=yes]`
public struct ReviewAssign: Sendable {
  /// How many reviews at most.
  public var limit: Int
  public var isDryRun: Bool
  public var key: String?

  static let spec = CommandSpec(
    "REVIEW ASSIGN", .registry, .only([.organizer]), Load(atOnce: 1, time: Limits.emissionTime),
    [
      Parameter(
        "limit", .named(required: false),
        "reviews at one time, those first that were asked for first: 1 to \(Limits.largestPage); \(Limits.assignedReviews) without it"
      ),
      Parameter(
        "dry_run", .named(required: false), "yes: says what it would do, and does nothing",
        choices: ["yes", "no"]), .key,
    ],
    "Gives open reviews to experts: as many as can be, then those who know the field best; nobody with a conflict."
  ) { (arguments) throws(WireError) in
    .reviewAssign(
      ReviewAssign(
        limit: try arguments.integer("limit", in: 1...Limits.largestPage) ?? Limits.assignedReviews,
        isDryRun: try arguments.flag("dry_run"), key: try arguments.idempotencyKey()))
  }
}

/// `ROADSHOW RESULT <roadshow> [close=yes] [force=yes]`
public struct RoadshowResult: Sendable {
  public var roadshow: String
  public var closes: Bool
  /// Whether it is closed even where marks are missing.
  public var isForced: Bool
  public var key: String?

  static let spec = CommandSpec(
    "ROADSHOW RESULT", .roadshows, .only([.organizer]), .light,
    [
      .code("roadshow", "code of the competition"),
      Parameter(
        "close", .named(required: false), "yes: gives the awards, for good", choices: ["yes", "no"]),
      Parameter(
        "force", .named(required: false), "yes: even where marks are missing", choices: ["yes", "no"]), .key,
    ], "Ranks the firms of a competition by their marks, corrected for how severe each juror is."
  ) { (arguments) throws(WireError) in
    .roadshowResult(
      RoadshowResult(
        roadshow: try arguments.code("roadshow"), closes: try arguments.flag("close"),
        isForced: try arguments.flag("force"), key: try arguments.idempotencyKey()))
  }
}
