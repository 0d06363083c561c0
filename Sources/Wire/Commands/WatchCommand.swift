import Domain

/// `WATCH [since=<seq>]`
public struct WatchCommand: Sendable {
  /// The event after which it begins; nil for the newest there is.
  public var since: Int?

  static let spec = CommandSpec(
    "WATCH", .introductions, .introductions(or: [.organizer]), .light,
    [
      Parameter(
        "since", .named(required: false), "number of an event, to begin after it; without it, from now on")
    ],
    "Tells of every event of introductions, each once and in order, until your next line."
  ) { (arguments) throws(WireError) in
    .watch(WatchCommand(since: try arguments.integer("since", in: 0...Int.max)))
  }
}
