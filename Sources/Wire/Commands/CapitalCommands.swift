import Domain

/// `EFFECT [<programme>] [as_of=] [currency=] [record=yes]`
public struct Effect: Sendable {
  /// Nil for all.
  public var programme: String?
  /// Nil for today.
  public var asOf: Day?
  public var currency: String?
  /// Whether what was measured counts for the firms that the programmes hold from now on.
  public var isRecorded: Bool
  public var key: String?

  static let spec = CommandSpec(
    "EFFECT", .ranking, .only([.organizer, .job]), Load(atOnce: 1, time: Limits.readingTime),
    [
      Parameter("programme", .positional(required: false), "code of a programme; all of them without it"),
      Parameter("as_of", .named(required: false), "as it was on a day; today without it"), .currency,
      Parameter(
        "record", .named(required: false), "yes: stores it, and firms that are held score by it",
        choices: ["yes", "no"]), .key,
    ],
    "Measures what private capital followed the state's within 6, 12 and 24 months, against firms like those without it."
  ) { (arguments) throws(WireError) in
    .effect(
      Effect(
        programme: try arguments.optionalCode("programme"), asOf: try arguments.day("as_of"),
        currency: try arguments.currency("currency"), isRecorded: try arguments.flag("record"),
        key: try arguments.idempotencyKey()))
  }
}

/// `HANDOVER LIST [programme=] [stake=] [all=yes] [buyers=] [months=]`
public struct HandOverList: Sendable {
  public var programme: String?
  public var stake: String?
  /// Also those whose conditions are not all met.
  public var showsAll: Bool
  /// How many of the best are shown and asked.
  public var buyers: Int
  /// Between two tranches.
  public var months: Int
  public var page: Page

  static let spec = CommandSpec(
    "HANDOVER LIST", .ranking, .only([.organizer]), Load(atOnce: 2, time: Limits.readingTime),
    [
      Parameter("programme", .named(required: false), "only stakes of this programme"),
      Parameter("stake", .named(required: false), "only this stake"),
      Parameter(
        "all", .named(required: false), "yes: also stakes whose time has not come, with what is missing",
        choices: ["yes", "no"]),
      Parameter(
        "buyers", .named(required: false),
        "buyers that are shown and asked, \(Limits.handOverBuyers.lowerBound) to \(Limits.handOverBuyers.upperBound); 5 without it"
      ),
      Parameter(
        "months", .named(required: false),
        "between two tranches, \(Limits.trancheMonths.lowerBound) to \(Limits.trancheMonths.upperBound); 6 without it"
      ),
      .limit, .after,
    ],
    "Says which stakes of the state can be handed over, to whom, and in which tranches."
  ) { (arguments) throws(WireError) in
    .handOverList(
      HandOverList(
        programme: try arguments.optionalCode("programme"), stake: try arguments.optionalCode("stake"),
        showsAll: try arguments.flag("all"),
        buyers: try arguments.integer("buyers", in: Limits.handOverBuyers) ?? 5,
        months: try arguments.integer("months", in: Limits.trancheMonths) ?? 6, page: try arguments.page()))
  }
}

/// `RELAY <firm> [top=]`
public struct Relay: Sendable {
  public var firm: String
  /// How many of the best are named.
  public var top: Int

  static let spec = CommandSpec(
    "RELAY", .ranking, .only([.organizer]), Load(atOnce: 2, time: Limits.readingTime),
    [
      .code("firm", "its code"),
      Parameter(
        "top", .named(required: false),
        "investors named for each part, 1 to \(Limits.handOverBuyers.upperBound); 3 without it"),
    ],
    "Says who could lead, follow and take over at each coming stage of a firm, and where the gap is."
  ) { (arguments) throws(WireError) in
    .relay(
      Relay(
        firm: try arguments.code("firm"),
        top: try arguments.integer("top", in: Limits.handOverBuyers) ?? 3))
  }
}

/// `GAPS [sector=] [currency=] [limit=]`
public struct Gaps: Sendable {
  public var sector: String?
  public var currency: String?
  public var limit: Int

  static let spec = CommandSpec(
    "GAPS", .ranking, .only([.organizer]), Load(atOnce: 2, time: Limits.readingTime),
    [
      Parameter("sector", .named(required: false), "only the top-level sector that this one is in"),
      .currency, .limit,
    ],
    "Shows the holes in the jungle of funds: money asked and mandated over stage, sector and risk, the largest hole first."
  ) { (arguments) throws(WireError) in
    .gaps(
      Gaps(
        sector: try arguments.optionalCode("sector"), currency: try arguments.currency("currency"),
        limit: try arguments.page().limit))
  }
}

extension Parameter {
  fileprivate static let currency = Parameter(
    "currency", .named(required: false), "what amounts are counted in; the most common one without it")
}

extension Arguments {
  /// The code of a currency, however it is spelled.
  fileprivate func currency(_ name: String) throws(WireError) -> String? {
    guard let text = text(name) else { return nil }
    guard let code = Currency.code(text) else {
      throw .badArgument(name, "\"\(text.prefix(60))\" is no currency like CNY")
    }
    return code
  }
}
