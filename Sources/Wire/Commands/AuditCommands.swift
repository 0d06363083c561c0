import Domain

/// `AUDIT LIST …` and `AUDIT VERIFY`
public enum AuditCommand: Sendable {
  case list(Filter)
  case verify

  /// Which entries to list.
  public struct Filter: Sendable {
    public var principal: String?
    public var action: String?
    public var object: String?
    public var page: Page
  }

  static let listSpec = CommandSpec(
    "AUDIT LIST", .operations, .only([.admin]), .light,
    [
      Parameter("principal", .named(required: false), "only what this one did, as WHOAMI names it"),
      Parameter("action", .named(required: false), "only this, like firm set"),
      Parameter("object", .named(required: false), "only what was done to this code"), .limit, .after,
    ],
    "Lists who did what to which object, newest first."
  ) { (arguments) throws(WireError) in
    .audit(
      .list(
        Filter(
          principal: arguments.text("principal"), action: arguments.text("action"),
          object: arguments.text("object"), page: try arguments.page())))
  }

  static let verifySpec = CommandSpec(
    "AUDIT VERIFY", .operations, .only([.admin]),
    Load(atOnce: Limits.auditVerificationsAtOnce, time: Limits.transferTime), [],
    "Holds the audit against the hashes it was sealed with: a row changed, removed or put in later shows."
  ) { (_) throws(WireError) in .audit(.verify) }
}
