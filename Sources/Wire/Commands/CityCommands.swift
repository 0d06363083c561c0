import Domain

/// `REPORT CITY [as_of=] [format=] [language=]`
public struct CityReportCommand: Sendable {
  public enum Format: String, Sendable, CaseIterable { case text, json, csv, html }

  /// Nil for today.
  public var asOf: Day?
  public var format: Format
  /// `en` or `zh`.
  public var language: String

  static let spec = CommandSpec(
    "REPORT CITY", .registry, .only([.organizer]),
    Load(atOnce: Limits.reportsAtOnce, time: .seconds(Limits.reportSeconds)),
    [
      .asOf,
      Parameter(
        "format", .named(required: false),
        "text (without it as well), rows of JSON or CSV, or a page to print",
        choices: Format.allCases.map(\.rawValue)),
      Parameter("language", .named(required: false), "en without it", choices: ["en", "zh"]),
    ], "Writes what the city's capital, firms, institutes, funds, test grounds and roadshows have come to."
  ) { (arguments) throws(WireError) in
    .cityReport(
      CityReportCommand(
        asOf: try arguments.asOf(),
        format: try arguments.choice("format", of: Format.allCases.map(\.rawValue)).flatMap(Format.init)
          ?? .text,
        language: try arguments.choice("language", of: ["en", "zh"]) ?? "en"))
  }
}

/// `INSTITUTE RECORD [<institute>] [limit=] [after=]`
public struct InstituteRecord: Sendable {
  /// Nil for all.
  public var institute: String?
  public var page: Page

  static let spec = CommandSpec(
    "INSTITUTE RECORD", .registry, .only([.organizer]), .light,
    [Parameter("institute", .positional(required: false), "code of an institute"), .limit, .after],
    "Shows what institutes have brought forth: firms, those that were funded, how fast their TRL rises."
  ) { (arguments) throws(WireError) in
    .instituteRecord(
      InstituteRecord(institute: try arguments.optionalCode("institute"), page: try arguments.page()))
  }
}

/// `INSTITUTE PIPELINE <institute>`
public struct InstitutePipeline: Sendable {
  public var institute: String

  static let spec = CommandSpec(
    "INSTITUTE PIPELINE", .registry, .only([.organizer]), .light,
    [.code("institute", "code of the institute")],
    "Shows an institute's projects in incubation and the firms that came of it."
  ) { (arguments) throws(WireError) in
    .institutePipeline(InstitutePipeline(institute: try arguments.code("institute")))
  }
}

/// `PROGRAMME BALANCE [<programme>] [as_of=]`
public struct ProgrammeBalanceCommand: Sendable {
  /// Nil for all.
  public var programme: String?
  public var asOf: Day?

  static let spec = CommandSpec(
    "PROGRAMME BALANCE", .registry, .only([.organizer]), .light,
    [Parameter("programme", .positional(required: false), "code of a programme"), .asOf],
    "Shows where programmes stand: budget, cash, stakes, returned and lost, and what they may still do."
  ) { (arguments) throws(WireError) in
    .programmeBalance(
      ProgrammeBalanceCommand(programme: try arguments.optionalCode("programme"), asOf: try arguments.asOf()))
  }
}

/// `PROGRAMME LEDGER <programme> [as_of=] [limit=] [after=]`
public struct ProgrammeLedger: Sendable {
  public var programme: String
  public var asOf: Day?
  public var page: Page

  static let spec = CommandSpec(
    "PROGRAMME LEDGER", .registry, .only([.organizer]), .light,
    [.code("programme", "code of the programme"), .asOf, .limit, .after],
    "Lists the entries of a programme's ledger with their postings, a page at a time."
  ) { (arguments) throws(WireError) in
    .programmeLedger(
      ProgrammeLedger(
        programme: try arguments.code("programme"), asOf: try arguments.asOf(), page: try arguments.page()))
  }
}

extension Parameter {
  static let asOf = Parameter(
    "as_of", .named(required: false), "as it was at the end of this day; today without it")
}

extension Arguments {
  /// A day, like 2027-03-31.
  func asOf() throws(WireError) -> Day? {
    guard let text = text("as_of") else { return nil }
    guard let day = Day(text) else {
      throw .badArgument("as_of", "\"\(text.prefix(60))\" is not a day like 2027-03-31")
    }
    return day
  }
}
