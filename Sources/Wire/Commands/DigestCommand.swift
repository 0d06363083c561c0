import Domain

/// `DIGEST [<investor>] [since=<run.revision>]`
public struct DigestCommand: Sendable {
  public var investor: String
  public var since: RunReference?

  static let spec = CommandSpec(
    "DIGEST", .introductions, .party(.init(.investor, "investor"), or: [.organizer, .job]), .light,
    [
      Parameter("investor", .positional(required: false), "code of an investor or a house"),
      Parameter(
        "since", .named(required: false), "a run or run.revision that is kept; as for MOVES without it"),
    ],
    "Writes a mail of what is new on a deal list and what waits for an answer; pipe it to sendmail -t -i."
  ) { (arguments) throws(WireError) in
    guard let investor = try arguments.optionalCode("investor") else {
      throw .badArgument("investor", "is missing; only an investor has one of its own")
    }
    return .digest(DigestCommand(investor: investor, since: try arguments.run("since")))
  }
}
