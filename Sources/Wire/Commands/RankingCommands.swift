import Domain

/// `DEALS [<investor>] …`
public struct Deals: Sendable, Hashable {
  public var investor: String?
  public var page: Page
  public var run: RunReference?
  public var sector: String?
  public var stage: Stage?
  /// `firm` or `project`.
  public var kind: Noun?
  /// Least score in millionths.
  public var minScore: Int?

  static let spec = CommandSpec(
    "DEALS", .ranking, .party(.init(.investor, "investor"), or: [.organizer]), .light,
    [
      Parameter("investor", .positional(required: false), "code of an investor or a house"), .limit, .after,
      Parameter("run", .named(required: false), "a run or run.revision that is kept"),
      Parameter("sector", .named(required: false), "only this sector and what is below it"),
      Parameter("stage", .named(required: false), "only this stage", choices: Stage.names),
      Parameter("kind", .named(required: false), "only firms or projects", choices: ["firm", "project"]),
      .minScore,
    ],
    "Shows an investor's ranked deal list from the published run; a house's is the merge of its funds' lists."
  ) { (arguments) throws(WireError) in
    .deals(
      Deals(
        investor: try arguments.optionalCode("investor"), page: try arguments.page(),
        run: try arguments.run("run"),
        sector: try arguments.optionalCode("sector"),
        stage: try arguments.choice("stage", of: Stage.names).flatMap { Stage(name: $0) },
        kind: try arguments.choice("kind", of: ["firm", "project"]).flatMap { Noun(rawValue: $0) },
        minScore: try arguments.integer("min_score", in: 0...1_000_000)))
  }
}

extension Arguments {
  /// `17` or `17.3`.
  func run(_ name: String) throws(WireError) -> RunReference? {
    guard let text = text(name) else { return nil }
    guard let run = RunReference(text) else {
      throw .badArgument(name, "\"\(text.prefix(60))\" is not a run like 17 or 17.3")
    }
    return run
  }
}

/// `BACKERS <candidate> …`
public struct Backers: Sendable {
  public var candidate: String
  public var page: Page
  public var kind: String?
  public var minScore: Int?

  static let spec = CommandSpec(
    "BACKERS", .ranking, .only([.organizer]), .light,
    [
      .code("candidate", "code of a firm or project"), .limit, .after,
      Parameter("kind", .named(required: false), "only this kind of investor"),
      .minScore,
    ],
    "Ranks all investors for one firm or project, from the registry as it is now."
  ) { (arguments) throws(WireError) in
    .backers(
      Backers(
        candidate: try arguments.code("candidate"), page: try arguments.page(),
        kind: try arguments.investorKind("kind"),
        minScore: try arguments.integer("min_score", in: 0...1_000_000)))
  }
}

extension Arguments {
  /// A kind of investor, from the field table.
  func investorKind(_ name: String) throws(WireError) -> String? {
    guard case .choice(let kinds) = Noun.investor.field("kind")?.type else { return nil }
    return try choice(name, of: kinds)
  }
}

/// `EXPLAIN <investor> <candidate>`
public struct Explain: Sendable {
  public var investor: String
  public var candidate: String

  static let spec = CommandSpec(
    "EXPLAIN", .ranking, .party(.init(.investor, "investor"), or: [.organizer]), .light,
    [.code("investor", "its code"), .code("candidate", "code of a firm or project")],
    "Shows how a score comes about: points by criterion that add up exactly, and every veto."
  ) { (arguments) throws(WireError) in
    .explain(Explain(investor: try arguments.code("investor"), candidate: try arguments.code("candidate")))
  }
}

/// `WHATIF <investor> <candidate> investor.field=value candidate.field=value …`
public struct WhatIf: Sendable {
  public var investor: String
  public var candidate: String
  public var investorChanges: Record
  /// The fields that firms and projects share are taken for both.
  public var candidateChanges: Record

  static let spec = CommandSpec(
    "WHATIF", .ranking, .party(.init(.investor, "investor"), or: [.organizer]), .light,
    [
      .code("investor", "its code"), .code("candidate", "code of a firm or project"),
      Parameter(
        "investor.field", .fields(.investor, prefix: "investor"), "a field of the investor as it might be"),
      Parameter(
        "candidate.field", .fields(.firm, prefix: "candidate"), "a field of the candidate as it might be"),
    ],
    "Explains a pair as it would score with some fields changed; nothing is stored."
  ) { (arguments) throws(WireError) in
    let (investor, candidate) = (try arguments.code("investor"), try arguments.code("candidate"))
    return .whatIf(
      WhatIf(
        investor: investor, candidate: candidate,
        investorChanges: try arguments.record(.investor, code: investor, prefix: "investor"),
        candidateChanges: try arguments.record(.firm, code: candidate, prefix: "candidate")))
  }
}

/// `MOVES [<investor>] [since=<run.revision>]`
public struct Moves: Sendable {
  public var investor: String?
  public var since: RunReference?
  public var page: Page

  static let spec = CommandSpec(
    "MOVES", .ranking, .party(.init(.investor, "investor"), or: [.organizer]), .light,
    [
      Parameter("investor", .positional(required: false), "code of an investor; all of them without it"),
      Parameter(
        "since", .named(required: false), "a run or run.revision that is kept; the one before without it"),
      .limit, .after,
    ],
    "Says who entered, left or moved on deal lists since a run, and why."
  ) { (arguments) throws(WireError) in
    .moves(
      Moves(
        investor: try arguments.optionalCode("investor"), since: try arguments.run("since"),
        page: try arguments.page()))
  }
}
