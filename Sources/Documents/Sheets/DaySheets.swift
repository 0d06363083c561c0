import Domain

/// The sheets of a roadshow as pages of HTML that need nothing beside them: no scripts, nothing from elsewhere. They print
/// on A4, each sheet on paper of its own. What is cancelled is not on them.
public struct DaySheets: Sendable {
  public let programme: Programme

  public init(_ programme: Programme) { self.programme = programme }

  /// A sheet for each recipient, in its language: when, with whom and where it meets, and what time it has left. That of
  /// an investor has the line-up as well. It tells of the recipient's own meetings only.
  public func parties(_ recipients: [Programme.Recipient]) -> String {
    let language = recipients.first?.language ?? .english
    let whose = recipients.count == 1 ? recipients.map { language.words.colon + $0.name }.joined() : ""
    return SheetPage(
      language.name(programme) + whose, language,
      sections: recipients.map(sheet)
    ).html
  }

  /// A sheet for each table, or for one of them: who sits there when.
  public func tables(_ number: Int? = nil, in language: SheetLanguage) -> String {
    let parts = SheetParts(programme: programme, language: language)
    let chosen = programme.allTables.filter { number == nil || $0.number == number }
    let meetings = Dictionary(grouping: programme.meetings) { $0.table?.number }
    let which =
      chosen.first.map { parts.words.colon + parts.words.tables($0.number, chosen.last!.number) } ?? ""
    return SheetPage(
      language.name(programme) + which, language,
      sections: chosen.map { sheet(of: $0, meetings[$0.number] ?? [], parts) }
    ).html
  }

  /// The sheets for the wall: the line-up, then the timetable, slots by tables, a few tables on each sheet.
  public func wall(in language: SheetLanguage) -> String {
    let wall = WallSheets(programme: programme, language: language)
    return SheetPage(
      language.name(programme) + language.words.colon + language.words.timetable, language, isWide: true,
      sections: wall.sections
    ).html
  }

  private func sheet(_ recipient: Programme.Recipient) -> String {
    let parts = SheetParts(programme: programme, language: recipient.language)
    let words = parts.words
    let own = programme.appointments(of: recipient.party.code, side: recipient.side).filter {
      !$0.isCancelled
    }
    let days = parts.days(
      own, of: recipient.name, columns: [(words.time, "time"), (words.with, ""), (words.place, "place")]
    ) {
      appointment in
      let place = [appointment.table.map(words.name), appointment.table?.room].compactMap { $0 }
      return parts.row(
        appointment.start, appointment.end,
        [
          appointment.kind == .pitch
            ? "<b>\(words.pitch.inHTML)</b>" : parts.cell(recipient.other(in: appointment)),
          place.filter { !$0.isEmpty }.map { "<div>\($0.inHTML)</div>" }.joined(),
        ])
    }
    return parts.section(
      parts.head() + title(recipient, parts) + days + (recipient.side == .investor ? parts.lineUp : ""))
  }

  /// The recipient's name, and below it what it is and who else comes.
  private func title(_ recipient: Programme.Recipient, _ parts: SheetParts) -> String {
    let (party, words) = (recipient.party, parts.words)
    let (name, second) = recipient.language.names(party.name, party.nameZh)
    let kind = "\(words.side(recipient.side)) · \(party.code)"
    let people = party.persons.map(\.name).joined(separator: words.comma)
    let heading =
      recipient.person.map { parts.title($0.name, [name, second].compactMap { $0 }.joined(separator: " ")) }
      ?? parts.title(name, second)
    return heading + "<p class=\"faint\">\(kind.inHTML)</p>\n"
      + (people.isEmpty ? "" : "<p>\((words.people + words.colon + people).inHTML)</p>\n")
  }

  private func sheet(of table: Programme.Table, _ meetings: [Programme.Appointment], _ parts: SheetParts)
    -> String
  {
    let words = parts.words
    let days = parts.days(
      meetings, of: words.name(table),
      columns: [(words.time, "time"), (words.firm, ""), (words.investor, "")]
    ) {
      parts.row($0.start, $0.end, [parts.cell($0.firm), $0.investor.map(parts.cell) ?? ""])
    }
    return parts.section(parts.head() + parts.title(words.name(table), table.room) + days)
  }
}

extension Programme.Recipient {
  /// The person's name, or the delegation's.
  fileprivate var name: String { person?.name ?? language.name(party) }
}
