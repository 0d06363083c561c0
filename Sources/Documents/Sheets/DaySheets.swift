import Domain

/// The sheets of a roadshow as pages of HTML that need nothing beside them: no scripts, nothing from elsewhere. They print
/// on A4, each sheet on paper of its own. What is cancelled is not on them.
extension Programme {
  /// A sheet for each recipient, in its language: when, with whom and where it meets, and what time it has left. That of
  /// an investor has the line-up as well. It tells of the recipient's own meetings only.
  public func sheets(for recipients: [Recipient]) -> String {
    let language = recipients.first?.language ?? .english
    let whose = recipients.count == 1 ? recipients.map { language.words.colon + $0.name }.joined() : ""
    return SheetPage(
      language.name(self) + whose, language,
      sections: recipients.map(sheet)
    ).html
  }

  /// A sheet for each table, or for one of them: who sits there when.
  public func tableSheets(_ number: Int? = nil, in language: SheetLanguage) -> String {
    let parts = SheetParts(programme: self, language: language)
    let chosen = allTables.filter { number == nil || $0.number == number }
    let meetings = Dictionary(grouping: meetings) { $0.table?.number }
    return SheetPage(
      language.name(self) + parts.words.colon
        + parts.words.tables(chosen.first?.number ?? 0, chosen.last?.number ?? 0), language,
      sections: chosen.map { sheet(of: $0, meetings[$0.number] ?? [], parts) }
    ).html
  }

  /// The sheets for the wall: the line-up, then the timetable, slots by tables, a few tables on each sheet.
  public func wall(in language: SheetLanguage) -> String {
    let wall = WallSheets(programme: self, language: language)
    return SheetPage(
      language.name(self) + language.words.colon + language.words.timetable, language, isWide: true,
      sections: wall.sections
    ).html
  }

  /// Those that are in use and those that somebody sits at all the same, by number.
  var allTables: [Table] {
    var tables = Dictionary(tables.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    for table in meetings.compactMap(\.table) where tables[table.number] == nil {
      tables[table.number] = table
    }
    return tables.values.sorted { $0.number < $1.number }
  }

  private func sheet(_ recipient: Recipient) -> String {
    let parts = SheetParts(programme: self, language: recipient.language)
    let words = parts.words
    let own = appointments(of: recipient.party.code, side: recipient.side).filter { !$0.isCancelled }
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
      parts.head() + title(recipient, parts) + days + (recipient.side == .investor ? parts.lineUp : "")
        + parts.foot)
  }

  /// The recipient's name, and below it what it is and who else comes.
  private func title(_ recipient: Recipient, _ parts: SheetParts) -> String {
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

  private func sheet(of table: Table, _ meetings: [Appointment], _ parts: SheetParts) -> String {
    let words = parts.words
    let days = parts.days(
      meetings, of: words.name(table),
      columns: [(words.time, "time"), (words.firm, ""), (words.investor, "")]
    ) {
      parts.row($0.start, $0.end, [parts.cell($0.firm), $0.investor.map(parts.cell) ?? ""])
    }
    return parts.section(parts.head() + parts.title(words.name(table), table.room) + days + parts.foot)
  }
}

extension Programme.Recipient {
  /// The person's name, or the delegation's.
  fileprivate var name: String { person?.name ?? language.name(party) }
}
