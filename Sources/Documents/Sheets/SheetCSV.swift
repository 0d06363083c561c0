import Domain

/// Appointments as CSV (RFC 4180), a row each below the names of the fields. ``FormulaGuard`` keeps spreadsheets from running
/// what names hold.
public struct SheetCSV: Sendable {
  /// Without their ends. No field holds a line end, so that each is a row.
  public let lines: [String]

  /// As a file: every line ends in CRLF.
  public var text: String { lines.map { $0 + "\r\n" }.joined() }

  static let header = [
    "kind", "meeting", "state", "sequence", "starts_at", "ends_at", "slot", "table", "table_name", "room",
    "firm",
    "firm_name", "firm_name_zh", "firm_persons", "investor", "investor_name", "investor_name_zh",
    "investor_persons",
  ]

  /// Those appointments in the order in which they are given. Linear in their number.
  public init(_ appointments: [Programme.Appointment], of programme: Programme) {
    lines =
      [Self.header.joined(separator: ",")]
      + appointments.map { Self.fields($0, programme.zone).map(Self.field).joined(separator: ",") }
  }

  private static func fields(_ appointment: Programme.Appointment, _ zone: ZoneOffsets) -> [String] {
    func time(_ instant: Int) -> String {
      zone.local(instant).extended + WallTime.offset(zone.offset(at: instant), separator: ":")
    }
    func number(_ value: Int?) -> String { value.map { "\($0)" } ?? "" }
    func party(_ delegation: Programme.Delegation?) -> [String] {
      [
        delegation?.code ?? "", delegation?.name ?? "", delegation?.nameZh ?? "",
        delegation?.persons.map(\.name).joined(separator: "; ") ?? "",
      ]
    }
    let (kind, meeting): (String, Int?) =
      switch appointment.kind {
      case .meeting(let number): ("meeting", number)
      case .pitch: ("pitch", nil)
      }
    return [
      kind, number(meeting), appointment.status, "\(appointment.sequence)",
      time(appointment.start), time(appointment.end), number(appointment.slot),
      number(appointment.table?.number),
      appointment.table?.name ?? "", appointment.table?.room ?? "",
    ] + party(appointment.firm) + party(appointment.investor)
  }

  /// A field, in quotes where it needs them.
  static func field(_ text: String) -> String {
    let text = FormulaGuard.guarded(text.onOneLine)
    let scalars = text.unicodeScalars
    if !scalars.contains(where: { $0 == "," || $0 == "\"" }), scalars.first != " ", scalars.last != " " {
      return text
    }
    // By scalars, for a quotation mark with an accent on it is still one.
    var quoted = String.UnicodeScalarView(["\""])
    for scalar in scalars { quoted.append(contentsOf: scalar == "\"" ? ["\"", "\""] : [scalar]) }
    return String(quoted) + "\""
  }
}

extension Programme {
  /// All appointments in order of time, what is cancelled included.
  public var csv: SheetCSV { SheetCSV(appointments.sorted(by: Appointment.precedes), of: self) }

  /// Those of one recipient.
  public func csv(for recipient: Recipient) -> SheetCSV {
    SheetCSV(appointments(of: recipient.party.code, side: recipient.side), of: self)
  }
}
