import Domain

/// What holds where an optional argument is left out: HELP and the table of docs/PROTOCOL.md are made from it, and a test
/// fails for an argument that says nothing.
extension CommandSpec {
  /// The arguments that may be left out, with what holds then; nil where the table does not know.
  public var defaults: [(parameter: Parameter, value: String?)] {
    parameters.filter(\.isOptional).map { ($0, value(without: $0)) }
  }

  /// What holds without an argument.
  func value(without parameter: Parameter) -> String? {
    Self.ownDefaults["\(words) \(parameter.name)"] ?? parameter.saidDefault
      ?? Self.commonDefaults[parameter.name] ?? parameter.impliedDefault
  }

  private static let commonDefaults = [
    "key": "takes effect each time", "after": "from the beginning", "limit": String(Limits.page),
    "note": "none", "version": "whatever its version is", "seed": "1",
    "side": "the side that has the code; needed where both have it",
  ]

  private static let ownDefaults = [
    "HELP command": "all commands", "HELP word": "all commands of the word",
    "DEALS investor": "one's own", "DEALS run": "the published state",
    "DEALS min_score": "0", "BACKERS min_score": "0",
    "DIGEST party": "one's own",
    "DIGEST side": "the investor of this code, else the firm",
    "INTRO EMIT cap_investor": "intro_cap_investor of the policy",
    "INTRO EMIT cap_firm": "intro_cap_firm of the policy",
    "INTRO PROPOSE roadshow": "none", "INTRO PROPOSE kind": "investment", "INTRO PROPOSE stake": "none",
    "INTRO LIST state": "waiting for a party, under_way for an organizer", "INTRO LIST kind": "both",
    "INTRO ACCEPT side": "one's own; an organizer has to say",
    "INTRO DECLINE side": "one's own; an organizer has to say",
    "INTRO DEFER side": "one's own; an organizer has to say",
    "INTRO ASK side": "one's own; the desk's for an organizer",
    "INTRO ADVANCE side": "none; to=no_show needs it",
    "INSTITUTE RECORD institute": "all institutes", "PROGRAMME BALANCE programme": "all programmes",
    "RESCORE scope": "changed",
    "ROADSHOW LINEUP guaranteed": "none", "ROADSHOW LINEUP excluded": "none",
    "ROADSHOW LINEUP per_institute": "any number", "ROADSHOW LINEUP from": "enrolled, if they are enough",
    "ROADSHOW LINEUP seed": "a new one, which the reply names",
    "ROADSHOW INVITE excluded": "none", "ROADSHOW INVITE per_house": "any number",
    "ROADSHOW ENROLL max_meetings": "as it is; any number at first",
    "ROADSHOW ENROLL prefers": "as it is; no half of the day at first",
    "ROADSHOW WALKIN max_meetings": "any number",
    "ROADSHOW AVAILABLE away": "yes",
    "ROADSHOW BLOCK starts": "as it is", "ROADSHOW BLOCK ends": "as it is",
    "ROADSHOW BLOCK slot_minutes": "as it is",
    "ROADSHOW TABLE number": "count= says which", "ROADSHOW TABLE count": "the number says which",
    "ROADSHOW TABLE name": "as it is", "ROADSHOW TABLE room": "as it is",
    "ROADSHOW TABLE out_of_order": "as it is",
    "ROADSHOW PIN slot": "as it is; any at first", "ROADSHOW PIN table": "as it is; any at first",
    "ROADSHOW PIN after": "as it is; none at first",
    "ROADSHOW CHECKIN late_until": "it is there",
    "ROADSHOW CANCEL party": "meeting= or table= says what falls away",
    "ROADSHOW CANCEL meeting": "the party or table= says what falls away",
    "ROADSHOW CANCEL table": "the party or meeting= says what falls away",
    "ROADSHOW CANCEL reason": "none", "ROADSHOW OUTCOME by": "not said",
    "ROADSHOW SHEETS for": "all", "TOKEN ADD investor": "none", "TOKEN ADD firm": "none",
    "REPORT CITY format": "text", "MAINTAIN date": "today",
    "ROADSHOW SCHEDULE party": "oneself, for the desk all",
    "ROADSHOW SHEETS language": "that of the one it is for, else English",
  ]
}

extension Parameter {
  public var isOptional: Bool { kind == .named(required: false) || kind == .positional(required: false) }

  /// What the help says itself: `; 20 without it`, `without it, all its persons`.
  var saidDefault: String? {
    let words = " without it"
    var rest = help[...]
    while let clause = rest.split(separator: ";", maxSplits: 1).first {
      let text = clause.drop { $0 == " " }
      if text.hasSuffix(words) { return String(text.dropLast(words.count)) }
      if text.hasPrefix("without it") {
        return String(text.dropFirst("without it".count).drop { $0 == "," || $0 == " " })
      }
      guard clause.endIndex < rest.endIndex else { return nil }
      rest = rest[rest.index(after: clause.endIndex)...]
    }
    return nil
  }

  /// A flag is off, and a list is not narrowed.
  var impliedDefault: String? {
    if help.hasPrefix("yes: ") || help.hasPrefix("yes (") { return "no" }
    if help.hasPrefix("no: ") { return "yes" }
    if help.hasPrefix("only ") { return "all" }
    return nil
  }
}
