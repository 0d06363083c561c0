import Domain

/// What hangs on the wall, in sheets that can be read from where people stand.
struct WallSheets {
  /// Tables and slots that find room on a sheet, with two names of two lines where they meet.
  private static let (tables, slots) = (5, 8)
  /// Pitches that find room on a sheet, in two columns.
  private static let pitches = 24

  let programme: Programme
  let language: SheetLanguage

  private struct Times: Hashable {
    var start: Int
    var end: Int
  }

  private var parts: SheetParts { SheetParts(programme: programme, language: language) }

  /// The line-up, then the timetable, by day.
  var sections: [String] { lineUps + timetables }

  private var lineUps: [String] {
    let pitches = Array(programme.pitches.enumerated())
    return programme.days(of: pitches.map(\.element.start)).flatMap { day in
      let sheets = Self.even(
        pitches.filter { programme.zone.local($0.element.start).day == day }, Self.pitches)
      return sheets.enumerated().map { index, pitches in
        section(day, [parts.words.lineUp], (index + 1, sheets.count), parts.list(pitches, style: "big"))
      }
    }
  }

  private var timetables: [String] {
    let meetings = programme.meetings.filter { $0.table != nil }
    let rows = Set(
      programme.slots.map { Times(start: $0.start, end: $0.end) }
        + meetings.map { Times(start: $0.start, end: $0.end) }
    ).sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    let cells = Dictionary(grouping: meetings) { Times(start: $0.start, end: $0.end) }
    let tables = Self.even(programme.allTables, Self.tables)
    return programme.days(of: rows.map(\.start)).flatMap { day in
      let rows = Self.even(rows.filter { programme.zone.local($0.start).day == day }, Self.slots)
      let sheets = rows.flatMap { rows in tables.map { (rows, $0) } }
      return sheets.enumerated().map { index, sheet in
        let (rows, tables) = sheet
        let what = [
          parts.time(rows[0].start, rows.last!.end),
          parts.words.tables(tables[0].number, tables.last!.number),
        ]
        return section(day, what, (index + 1, sheets.count), grid(rows, tables, cells))
      }
    }
  }

  private func section(_ day: Day, _ what: [String], _ page: (Int, Int), _ content: String) -> String {
    let head = [parts.words.date(day)] + what + [parts.words.page(page.0, page.1)]
    return parts.section(parts.head(head.joined(separator: " · ")) + content)
  }

  /// In as few parts as can be of at most so many each, and as even as can be, so that no sheet is left with a single row.
  /// None is empty.
  private static func even<Element>(_ elements: [Element], _ most: Int) -> [[Element]] {
    let count = (elements.count + most - 1) / most
    return (0..<count).map { index in
      Array(elements[(index * elements.count / count)..<((index + 1) * elements.count / count)])
    }
  }

  private func grid(
    _ rows: [Times], _ tables: [Programme.Table], _ cells: [Times: [Programme.Appointment]]
  ) -> String {
    let head = tables.map { table in
      let room = table.room.map { "<div class=\"faint\">\($0.inHTML)</div>" } ?? ""
      return "<th scope=\"col\"><div>\(parts.words.name(table).inHTML)</div>\(room)</th>"
    }
    let body = rows.map { times in
      let taken = Dictionary(
        cells[times, default: []].map { ($0.table?.number, $0) }, uniquingKeysWith: { $1 })
      let columns = tables.map { table in
        guard let meeting = taken[table.number], let investor = meeting.investor else {
          return "<td class=\"free\"></td>"
        }
        return """
          <td><div><b>\(language.name(meeting.firm).inHTML)</b></div>\
          <div>\(language.name(investor).inHTML)</div></td>
          """
      }
      return "<tr><td class=\"time\">\(parts.time(times.start, times.end))</td>\(columns.joined())</tr>\n"
    }
    return """
      <table class="wall"><thead><tr><th scope="col" class="time">\(parts.words.time.inHTML)</th>\(head.joined())</tr></thead><tbody>
      \(body.joined())</tbody></table>

      """
  }
}
