import Domain

/// `RESCORE [wait=yes] [scope=changed|all]`
public struct Rescore: Sendable {
  public enum Scope: String, Sendable, CaseIterable { case changed, all }

  /// Whether the reply waits for the run to end, with progress.
  public var waits: Bool
  /// `changed` does nothing when nothing changed since the published run.
  public var scope: Scope
  public var key: String?

  static let spec = CommandSpec(
    "RESCORE", .rescoring, .only([.organizer, .job]), Load(time: Limits.publishingTime),
    [
      Parameter(
        "wait", .named(required: false), "yes: answer when it is done, with progress", choices: ["yes", "no"]),
      Parameter(
        "scope", .named(required: false),
        "changed: nothing to do if nothing changed (the default); all: anew",
        choices: ["changed", "all"]), .key,
    ],
    "Scores every investor against every candidate and publishes the lists, whole or not at all."
  ) { (arguments) throws(WireError) in
    .rescore(
      Rescore(
        waits: try arguments.flag("wait"),
        scope: try arguments.choice("scope", of: ["changed", "all"]).flatMap { Scope(rawValue: $0) }
          ?? .changed,
        key: try arguments.idempotencyKey()))
  }
}

/// `RUN LIST`
public struct RunList: Sendable {
  public var page: Page

  static let spec = CommandSpec(
    "RUN LIST", .rescoring, .only([.organizer, .job]), .light, [.limit, .after],
    "Lists the runs, newest first."
  ) {
    (arguments) throws(WireError) in .runList(RunList(page: try arguments.page()))
  }
}

/// `RUN GET`, `RUN CANCEL` and `RUN EXPORT <run>`
public struct RunCommand: Sendable {
  public var run: RunReference
  /// Of `RUN CANCEL`, which is the one that writes.
  public var key: String?

  private static let run = Parameter("run", .positional(required: true), "number of the run")

  static let get = CommandSpec(
    "RUN GET", .rescoring, .only([.organizer, .job]), .light, [run], "Shows one run."
  ) {
    (arguments) throws(WireError) in
    .runGet(RunCommand(run: try arguments.run("run")!))
  }
  static let cancel = CommandSpec(
    "RUN CANCEL", .rescoring, .only([.organizer, .job]), .light, [run, .key],
    "Stops a run that is under way; nothing of it is published."
  ) { (arguments) throws(WireError) in
    .runCancel(RunCommand(run: try arguments.run("run")!, key: try arguments.idempotencyKey()))
  }
  static let export = CommandSpec(
    "RUN EXPORT", .rescoring, .only([.organizer]),
    Load(atOnce: Limits.runExportsAtOnce, time: Limits.readingTime), [run],
    "Writes every deal list of a run, in order of investors and ranks."
  ) { (arguments) throws(WireError) in .runExport(RunCommand(run: try arguments.run("run")!)) }
}

/// `POLICY SHOW [<number>]`, `POLICY LIST`, `POLICY SET parameter=value …`, `POLICY ACTIVATE <number>`
public enum PolicyCommand: Sendable {
  case show(Int?)
  case list(Page)
  case set(values: [Attribute], key: String?)
  case activate(Int, key: String?)

  private static let number = Parameter("number", .positional(required: true), "number of the policy")

  static let showSpec = CommandSpec(
    "POLICY SHOW", .rescoring, .only([.organizer]), .light,
    [Parameter("number", .positional(required: false), "number of the policy; the active one without it")],
    "Shows a policy: every parameter, its value and its default."
  ) { (arguments) throws(WireError) in .policy(.show(try arguments.integer("number", in: 1...Int.max))) }
  static let listSpec = CommandSpec(
    "POLICY LIST", .rescoring, .only([.organizer]), .light, [.limit, .after],
    "Lists the policies, newest first."
  ) {
    (arguments) throws(WireError) in .policy(.list(try arguments.page()))
  }
  static let setSpec = CommandSpec(
    "POLICY SET", .rescoring, .only([.organizer]), .light,
    [.key, Parameter("parameter", .settings, "a parameter of POLICY SHOW and its new value")],
    "Makes a new policy from the active one with these values; it takes effect once activated."
  ) { (arguments) throws(WireError) in
    guard !arguments.rest.isEmpty else {
      throw .badArgument("parameter", "nothing to set; POLICY SHOW lists them")
    }
    return .policy(.set(values: arguments.rest, key: try arguments.idempotencyKey()))
  }
  static let activateSpec = CommandSpec(
    "POLICY ACTIVATE", .rescoring, .only([.organizer]), .light, [number, .key],
    "Makes a policy the active one; the next rescoring uses it."
  ) { (arguments) throws(WireError) in
    .policy(.activate(try arguments.integer("number", in: 1...Int.max)!, key: try arguments.idempotencyKey()))
  }
}
