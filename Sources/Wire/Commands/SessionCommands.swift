import Domain

/// `HELP [command]`
public struct Help: Sendable {
  public var topic: String?

  static let spec = CommandSpec(
    "HELP", .session, .everybody, .light,
    [
      Parameter("command", .positional(required: false), "a command, a group or a noun"),
      Parameter("word", .positional(required: false), "the command's second word"),
    ],
    "Lists the commands, or explains one."
  ) { (arguments) throws(WireError) in
    .help(
      Help(
        topic: [arguments.text("command"), arguments.text("word")].compactMap { $0 }.joined(separator: " ")))
  }
}

/// Commands without arguments.
enum PlainCommand {
  static let ping = CommandSpec("PING", .session, .everybody, .light, [], "Answers at once.") {
    (_) throws(WireError) in .ping
  }
  static let whoami = CommandSpec(
    "WHOAMI", .session, .everybody, .light, [], "Says who you are here, and your connection's number."
  ) {
    (_) throws(WireError) in .whoami
  }
  static let quit = CommandSpec(
    "QUIT", .session, .everybody, .light, [], "Ends the connection after the replies before it."
  ) {
    (_) throws(WireError) in .quit
  }
  static let status = CommandSpec(
    "STATUS", .operations, .only([.organizer, .job, .admin, .monitor]), .light, [],
    "Says how the daemon is: version, database, registry, published run, connections."
  ) { (_) throws(WireError) in .status }
}

/// `FORMAT json|tsv`
public enum RowFormat: String, Sendable, CaseIterable {
  case json, tsv

  static let spec = CommandSpec(
    "FORMAT", .session, .everybody, .light,
    [Parameter("format", .positional(required: true), "json or tsv", choices: ["json", "tsv"])],
    "Chooses how rows are written on this connection."
  ) { (arguments) throws(WireError) in
    .format(RowFormat(rawValue: try arguments.choice("format", of: ["json", "tsv"])!)!)
  }
}

/// `CANCEL <connection>`
public struct Cancel: Sendable {
  public var connection: Int

  static let spec = CommandSpec(
    "CANCEL", .session, .only(Role.allCases), .light,
    [Parameter("connection", .positional(required: true), "a number from WHOAMI")],
    "Cancels what runs on another connection of yours."
  ) { (arguments) throws(WireError) in
    .cancel(Cancel(connection: try arguments.integer("connection", in: 1...Int.max)!))
  }
}
