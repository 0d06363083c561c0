import Domain

/// `DIGEST [<party>] [since=<run.revision>|<next>] [side=]`
public struct DigestCommand: Sendable {
  /// What a digest is compared with.
  public enum Since: Sendable, Hashable {
    /// A published state of the lists.
    case run(RunReference)
    /// What the digest before had told.
    case mark(DigestMark)
  }

  /// Code of an investor, a house or a firm.
  public var party: String
  public var since: Since?
  /// Nil for an investor of this code, else a firm.
  public var side: IntroductionSide?

  static let spec = CommandSpec(
    "DIGEST", .introductions, .party(.init(nil, "party"), or: [.organizer, .job]), .light,
    [
      Parameter("party", .positional(required: false), "code of an investor, a house or a firm"),
      Parameter(
        "since", .named(required: false),
        "told= of the digest before, or a run or run.revision that is kept; the state before the run in force without it"
      ),
      Parameter(
        "side", .named(required: false), "which is meant where both an investor and a firm have the code",
        choices: IntroductionSide.allCases.map(\.rawValue)),
    ],
    "Writes a mail of what is new on a deal list, of introductions that wait and of those that both want; pipe it to sendmail -t -i."
  ) { (arguments) throws(WireError) in
    guard let party = try arguments.optionalCode("party") else {
      throw .badArgument("party", "is missing; only an investor and a firm have one of their own")
    }
    return .digest(
      DigestCommand(
        party: party, since: try arguments.digestSince(),
        side: try arguments.choice("side", of: IntroductionSide.allCases.map(\.rawValue)).flatMap {
          IntroductionSide(rawValue: $0)
        }))
  }
}

/// How far somebody has been told, `17.3-204-20261201`: the state of the lists, the last event of introductions, the day.
public struct DigestMark: Sendable, Hashable, CustomStringConvertible {
  /// Nil where no list was told: a firm has none, and before the first run nobody has.
  public var run: RunRevision?
  public var event: Int
  public var day: Day

  public init(run: RunRevision?, event: Int, day: Day) {
    self.run = run
    self.event = event
    self.day = day
  }

  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let event = Int(parts[1]), event >= 0, parts[2].utf8.count == 8,
      let day = Day("\(parts[2].prefix(4))-\(parts[2].dropFirst(4).prefix(2))-\(parts[2].suffix(2))")
    else { return nil }
    run = RunRevision(parts[0])
    guard run != nil || parts[0] == "0" else { return nil }
    self.event = event
    self.day = day
  }

  public var description: String {
    "\(run?.description ?? "0")-\(event)-\(day.description.filter { $0 != "-" })"
  }
}

extension Arguments {
  fileprivate func digestSince() throws(WireError) -> DigestCommand.Since? {
    guard let text = text("since") else { return nil }
    if let run = RunReference(text) { return .run(run) }
    guard let mark = DigestMark(text) else {
      throw .badArgument(
        "since", "\"\(text.prefix(60))\" is neither a run like 17 or 17.3 nor told= of a digest before")
    }
    return .mark(mark)
  }
}
