import Domain

/// `ROADSHOW LINEUP <roadshow> [places=] [guaranteed=] [excluded=] [per_institute=] [from=] [seed=] [dry_run=yes]`
public struct LineUpCommand: Sendable {
  /// Which firms may be chosen.
  public enum Source: String, Sendable, CaseIterable {
    /// Those that are enrolled; where these are fewer than there are places, all.
    case enrolled
    /// All in the roadshow's sectors.
    case all
  }

  public var roadshow: String
  /// Nil for the roadshow's.
  public var places: Int?
  public var guaranteed: [String]
  public var excluded: [String]
  public var perInstitute: Int?
  public var source: Source
  /// Of the order of pitches; nil for any.
  public var seed: Int?
  public var isDryRun: Bool
  public var key: String?

  static let spec = CommandSpec(
    "ROADSHOW LINEUP", .roadshows, .only([.organizer]),
    Load(atOnce: Limits.lineUpsAtOnce, time: Limits.emissionTime),
    [
      .code("roadshow", "code of the roadshow"),
      Parameter(
        "places", .named(required: false),
        "how many firms pitch, 1 to \(Limits.pitchPlaces); the roadshow's pitch_places without it"),
      Parameter("guaranteed", .named(required: false), "firms that pitch in any case, F-1;F-2"),
      Parameter("excluded", .named(required: false), "firms that do not"),
      Parameter("per_institute", .named(required: false), "firms of one institute at most"),
      Parameter(
        "from", .named(required: false),
        "enrolled: of those that take part (without it as well, if they are enough); all: of all in its sectors",
        choices: Source.allCases.map(\.rawValue)),
      Parameter(
        "seed", .named(required: false), "of the lot for the order; the same seed gives the same order"),
      Parameter("dry_run", .named(required: false), "yes: stores no plan", choices: ["yes", "no"]), .key,
    ], "Chooses the firms that pitch, for its investors and for breadth, and draws their order; a new plan."
  ) { (arguments) throws(WireError) in
    .lineUp(
      LineUpCommand(
        roadshow: try arguments.code("roadshow"),
        places: try arguments.integer("places", in: 1...Limits.pitchPlaces),
        guaranteed: try arguments.parties("guaranteed"), excluded: try arguments.parties("excluded"),
        perInstitute: try arguments.integer("per_institute", in: 1...Limits.pitchPlaces),
        source: try arguments.choice("from", of: Source.allCases.map(\.rawValue)).flatMap {
          Source(rawValue: $0)
        }
          ?? .enrolled, seed: try arguments.integer("seed", in: 0...Int.max),
        isDryRun: try arguments.flag("dry_run"), key: try arguments.idempotencyKey()))
  }
}

/// `ROADSHOW INVITE <roadshow> [places=] [per_house=] [demand=] [excluded=] [plan=]`
public struct InviteCommand: Sendable {
  public var roadshow: String
  public var places: Int
  public var perHouse: Int?
  /// How many interested investors each firm should find.
  public var demand: Int
  public var excluded: [String]
  /// Whose line-up; nil for the plan in force, or the newest that has one.
  public var plan: Int?

  static let spec = CommandSpec(
    "ROADSHOW INVITE", .roadshows, .only([.organizer]),
    Load(atOnce: Limits.lineUpsAtOnce, time: Limits.emissionTime),
    [
      .code("roadshow", "code of the roadshow"),
      Parameter("places", .named(required: false), "how many investors are invited; 30 without it"),
      Parameter("per_house", .named(required: false), "investors of one house at most"),
      Parameter(
        "demand", .named(required: false), "interested investors that each firm should find; 5 without it"),
      Parameter("excluded", .named(required: false), "investors who are not, I-1;I-2"),
      Parameter(
        "plan", .named(required: false), "number of the plan whose line-up it is; that in force without it"),
    ],
    "Whom to invite to a line-up, in order, with who comes next and which firms are short of interest."
  ) { (arguments) throws(WireError) in
    .invite(
      InviteCommand(
        roadshow: try arguments.code("roadshow"),
        places: try arguments.integer("places", in: 1...Limits.participants) ?? 30,
        perHouse: try arguments.integer("per_house", in: 1...Limits.participants),
        demand: try arguments.integer("demand", in: 0...Limits.slots) ?? 5,
        excluded: try arguments.parties("excluded"),
        plan: try arguments.integer("plan", in: 1...Int(Int32.max))))
  }
}

extension Arguments {
  /// Codes of a list, none without it.
  fileprivate func parties(_ name: String) throws(WireError) -> [String] {
    guard let text = text(name), !text.isEmpty else { return [] }
    return try codes(name, text, atMost: Limits.namedParties) ?? []
  }
}
