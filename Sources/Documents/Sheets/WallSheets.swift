import Domain

/// What hangs on the wall, in sheets that can be read from where people stand.
struct WallSheets {
  /// Tables that find room side by side on A4, 48 millimetres each.
  private static let width = 5

  let programme: Programme
  let language: SheetLanguage

  private struct Times: Hashable {
    var start: Int
    var end: Int
  }

  private var parts: SheetParts { SheetParts(programme: programme, language: language) }

  /// The line-up, then the timetable by day and tables.
  var sections: [String] {
    let lineUp = parts.lineUp
    return (lineUp.isEmpty ? [] : [parts.section(parts.head() + lineUp + parts.foot)]) + timetables
  }

  private var timetables: [String] {
    let meetings = programme.meetings.filter { $0.table != nil }
    let rows = Set(
      programme.slots.map { Times(start: $0.start, end: $0.end) }
        + meetings.map { Times(start: $0.start, end: $0.end) }
    ).sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    let cells = Dictionary(grouping: meetings) { Times(start: $0.start, end: $0.end) }
    let tables = chunks(programme.allTables)
    return programme.days(of: rows.map(\.start)).flatMap { day in
      let rows = rows.filter { programme.zone.local($0.start).day == day }
      return tables.enumerated().map { index, tables in
        let page = tables.isEmpty ? "" : " · " + parts.words.tables(tables[0].number, tables.last!.number)
        let count = " · " + parts.words.page(index + 1, self.tableSheets)
        return parts.section(
          parts.head(parts.words.date(day) + page + count) + grid(rows, tables, cells) + parts.foot)
      }
    }
  }

  private var tableSheets: Int { (programme.allTables.count + Self.width - 1) / Self.width }

  /// As even as can be, so that the last sheet is not left with a single column.
  private func chunks(_ tables: [Programme.Table]) -> [[Programme.Table]] {
    let count = tableSheets
    return (0..<count).map { index in
      Array(tables[(index * tables.count / count)..<((index + 1) * tables.count / count)])
    }
  }

  private func grid(
    _ rows: [Times], _ tables: [Programme.Table], _ cells: [Times: [Programme.Appointment]]
  ) -> String {
    let head = tables.map { table in
      let room = table.room.map { "<div class=\"faint\">\($0.inHTML)</div>" } ?? ""
      return "<th><div>\(parts.words.name(table).inHTML)</div>\(room)</th>"
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
      <table class="wall"><thead><tr><th class="time">\(parts.words.time.inHTML)</th>\(head.joined())</tr></thead><tbody>
      \(body.joined())</tbody></table>

      """
  }
}
