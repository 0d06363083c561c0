import Domain

/// `ROADSHOW SHEETS <roadshow> format=ics|csv|html [for=] [language=en|zh]`
public struct SheetsCommand: Sendable {
  public enum Format: String, Sendable, CaseIterable { case ics, csv, html }

  /// What the sheets are about.
  public enum Subject: Sendable, Hashable {
    case all
    case wall
    case table(Int)
    /// A participant, or a person who comes with one.
    case code(String)
  }

  public var roadshow: String
  public var format: Format
  public var subject: Subject
  /// `en` or `zh`; nil for that of the one it is for.
  public var language: String?

  static let spec = CommandSpec(
    "ROADSHOW SHEETS", .roadshows, .party(.init(nil, "for"), or: [.organizer]),
    Load(atOnce: Limits.sheetsAtOnce),
    [
      .code("roadshow", "code of the roadshow"),
      Parameter(
        "format", .named(required: true), "a calendar, rows, or pages to print",
        choices: Format.allCases.map(\.rawValue)),
      Parameter(
        "for", .named(required: false),
        "code of a participant or of a person who comes; table:<number>; wall; all (without it as well)"),
      Parameter(
        "language", .named(required: false), "that of the one it is for without it, else English",
        choices: ["en", "zh"]),
    ], "Writes the published plan as calendars, CSV or printed sheets; send it into a file."
  ) { (arguments) throws(WireError) in
    .sheets(
      SheetsCommand(
        roadshow: try arguments.code("roadshow"),
        format: Format(rawValue: try arguments.choice("format", of: Format.allCases.map(\.rawValue))!)!,
        subject: try arguments.subject(), language: try arguments.choice("language", of: ["en", "zh"])))
  }
}

extension Arguments {
  fileprivate func subject() throws(WireError) -> SheetsCommand.Subject {
    switch text("for") {
    case nil, "all": return .all
    case "wall": return .wall
    case let text?:
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, parts[0] == "table", let number = Int(parts[1]),
        (1...Limits.tables).contains(number)
      {
        return .table(number)
      }
      return .code(try code("for"))
    }
  }
}
