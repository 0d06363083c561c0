import Domain

/// Appointments of one recipient as a calendar of RFC 5545 that is sent by the rules of RFC 5546.
///
/// An appointment keeps its UID for ever, so that a calendar that is read again changes what it changed and adds nothing
/// twice. It is told to its owner alone, and no address stands in it but the organizer's. The same appointments give
/// the same octets but for DTSTAMP, which is when the programme was made. What is new of an appointment has a
/// higher SEQUENCE.
public struct ICalendar: Sendable {
  public enum Method: String, Sendable {
    case publish = "PUBLISH"
    case cancel = "CANCEL"
  }

  /// `cancel` where nothing is told but what is cancelled. Otherwise cancelled appointments are published as such, since
  /// a calendar has one method.
  public let method: Method
  /// Without their ends and folded, so that none has more than 75 octets.
  public let lines: [String]

  /// As a file or a part of mail (`text/calendar; charset=utf-8; method=…`): every line ends in CRLF.
  public var text: String { lines.map { $0 + "\r\n" }.joined() }

  /// The calendar of those appointments, which have to be the recipient's, in the order in which they are given.
  public init(
    _ appointments: [Programme.Appointment], for recipient: Programme.Recipient, of programme: Programme
  ) {
    method = !appointments.isEmpty && appointments.allSatisfy(\.isCancelled) ? .cancel : .publish
    var properties = [
      "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bellwether//Roadshow sheets//EN", "CALSCALE:GREGORIAN",
      "METHOD:\(method.rawValue)",
    ]
    properties += Self.zone(programme.zone)
    for appointment in appointments { properties += Self.event(appointment, recipient, programme) }
    lines = (properties + ["END:VCALENDAR"]).flatMap(Self.folded)
  }

  private static func event(
    _ appointment: Programme.Appointment, _ recipient: Programme.Recipient, _ programme: Programme
  ) -> [String] {
    let organizer = programme.organizer
    let common = organizer.name.isEmpty ? "" : ";CN=\(parameter(organizer.name))"
    return [
      "BEGIN:VEVENT", "UID:\(escaped(programme.uid(of: appointment)))",
      "DTSTAMP:\(WallTime(secondsSinceEpoch: programme.madeAt).basic)Z",
    ] + times(appointment, programme.zone) + [
      "SEQUENCE:\(appointment.sequence)", "STATUS:\(appointment.status.uppercased())",
      "ORGANIZER\(common):mailto:\(uri(organizer.address))",
      "SUMMARY:\(escaped(recipient.title(of: appointment)))",
      "LOCATION:\(escaped(recipient.place(of: appointment, in: programme)))",
      "DESCRIPTION:\(escaped(recipient.lines(on: appointment, of: programme)))", "END:VEVENT",
    ]
  }

  /// Local, but for a time that is there twice in the night in which clocks are put back.
  private static func times(_ appointment: Programme.Appointment, _ zone: ZoneOffsets) -> [String] {
    let instants = [("DTSTART", appointment.start), ("DTEND", appointment.end)]
    if instants.contains(where: { zone.isTwofold($0.1) }) {
      return instants.map { "\($0):\(WallTime(secondsSinceEpoch: $1).basic)Z" }
    }
    return instants.map { "\($0);TZID=\(parameter(zone.name)):\(zone.local($1).basic)" }
  }

  /// What changes an offset upwards is called daylight-saving time here, which is all that programs make of the word.
  private static func zone(_ zone: ZoneOffsets) -> [String] {
    var lines = ["BEGIN:VTIMEZONE", "TZID:\(escaped([zone.name]))"]
    func add(_ isDaylight: Bool, _ start: WallTime, from: Int, to offset: Int) {
      let name = isDaylight ? "DAYLIGHT" : "STANDARD"
      lines += [
        "BEGIN:\(name)", "DTSTART:\(start.basic)", "TZOFFSETFROM:\(WallTime.offset(from))",
        "TZOFFSETTO:\(WallTime.offset(offset))", "END:\(name)",
      ]
    }
    var before = zone.initial
    let falls = zone.transitions.first.map { $0.offset < before } ?? false
    add(falls, WallTime(secondsSinceEpoch: 0), from: before, to: before)
    for transition in zone.transitions {
      let start = WallTime(secondsSinceEpoch: transition.instant + before)
      add(transition.offset > before, start, from: before, to: transition.offset)
      before = transition.offset
    }
    return lines + ["END:VTIMEZONE"]
  }
}

// MARK: Writing

extension ICalendar {
  /// A line as it is folded (RFC 5545, 3.1), never within a character. Linear in its length.
  static func folded(_ line: String) -> [String] {
    var lines: [String] = []
    var (current, length) = (String.UnicodeScalarView(), 0)
    for scalar in line.unicodeScalars {
      let octets = UTF8.width(scalar)
      if length + octets > 75 {
        lines.append(String(current))
        (current, length) = (String.UnicodeScalarView([" "]), 1)
      }
      current.append(scalar)
      length += octets
    }
    return lines + [String(current)]
  }

  /// Lines as a value of type TEXT (RFC 5545, 3.3.11).
  static func escaped(_ lines: [String]) -> String {
    lines.map { line in
      var text = ""
      for scalar in line.onOneLine.unicodeScalars {
        if scalar == "\\" || scalar == ";" || scalar == "," { text += "\\" }
        text.unicodeScalars.append(scalar)
      }
      return text
    }.joined(separator: "\\n")
  }

  private static func escaped(_ line: String) -> String { escaped([line]) }

  /// A value of a parameter, which cannot hold a quotation mark (RFC 5545, 3.2).
  static func parameter(_ text: String) -> String {
    let scalars = text.onOneLine.unicodeScalars.map { $0 == "\"" ? "'" : $0 }
    let value = String(String.UnicodeScalarView(scalars))
    return scalars.contains { $0 == ":" || $0 == ";" || $0 == "," } ? "\"\(value)\"" : value
  }

  /// An address behind `mailto:` (RFC 6068), where some of the signs that it may have mean something else.
  static func uri(_ address: MailAddress) -> String {
    address.description.utf8.map { octet in
      "%/?#&=^`{|}".utf8.contains(octet)
        ? "%" + String(octet, radix: 16, uppercase: true) : String(Unicode.Scalar(octet))
    }.joined()
  }
}

// MARK: What is said

extension Programme {
  /// What an appointment is known by for ever: `meeting-17.R-1@bellwether.example`.
  public func uid(of appointment: Appointment) -> String {
    switch appointment.kind {
    case .meeting(let number): "meeting-\(number).\(code)@\(host)"
    case .pitch: "pitch-\(appointment.firm.code).\(code)@\(host)"
    }
  }

  /// The calendar of all that a recipient has, what is cancelled included.
  public func calendar(for recipient: Recipient) -> ICalendar {
    ICalendar(appointments(of: recipient.party.code, side: recipient.side), for: recipient, of: self)
  }
}

extension Programme.Recipient {
  private var words: SheetWords { language.words }

  /// Whom it meets; itself where it pitches.
  func other(in appointment: Programme.Appointment) -> Programme.Delegation {
    appointment.delegation(side.other) ?? appointment.firm
  }

  func title(of appointment: Programme.Appointment) -> String {
    let kind = appointment.kind == .pitch ? words.pitch : words.meeting
    return kind + words.colon + language.name(other(in: appointment))
  }

  func place(of appointment: Programme.Appointment, in programme: Programme) -> String {
    [
      appointment.table.map(words.name), appointment.table?.room, programme.venue, programme.city,
    ].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: words.comma)
  }

  func lines(on appointment: Programme.Appointment, of programme: Programme) -> [String] {
    var lines = [language.name(programme)]
    let other = other(in: appointment)
    let (name, second) = language.names(other.name, other.nameZh)
    let label = appointment.kind == .pitch ? words.firm : words.side(side.other)
    lines.append(
      "\(label)\(words.colon)\([name, second ?? ""].filter { !$0.isEmpty }.joined(separator: " ")) (\(other.code))"
    )
    if !other.persons.isEmpty {
      lines.append(words.people + words.colon + other.persons.map(\.name).joined(separator: words.comma))
    }
    return lines
  }
}
