import Domain

/// A page of HTML for paper of A4 that needs nothing beside it: a section for each sheet, which begins a sheet of paper.
struct SheetPage {
  private(set) var html: String

  /// Of sections that are HTML.
  init(_ title: String, _ language: SheetLanguage, isWide: Bool = false, sections: [String]) {
    html = """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title.inHTML)</title>
      <style>
      @page{size:A4\(isWide ? " landscape" : "");margin:\(isWide ? "10mm" : "14mm")}
      \(Self.style)
      @media screen{body{background:#eef1f4}section{max-width:\(isWide ? 297 : 210)mm;margin:16px auto;padding:10mm;\
      background:#fff}}
      </style></head>
      <body>

      """
    html += sections.joined() + "</body></html>\n"
  }

  /// Names may be long: they wrap anywhere, and on the wall they are cut after two lines.
  private static let style = """
    *{box-sizing:border-box}
    body{margin:0;color:#1b2733;font:10pt/1.3 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',\
    'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;overflow-wrap:anywhere}
    section{break-after:page}
    section:last-child{break-after:auto}
    h1{margin:4mm 0 1mm;font-size:20pt;line-height:1.2}
    h1.long{font-size:13pt}
    h2{margin:5mm 0 2mm;font-size:12pt;break-after:avoid}
    p{margin:0}
    table{width:100%;margin-top:4mm;border-collapse:collapse;table-layout:fixed}
    thead{display:table-header-group}
    tr{break-inside:avoid}
    th,td{padding:1.1mm 2mm;text-align:left;vertical-align:top;border-bottom:.3mm solid #c8d1d9}
    th{font-size:9pt;color:#5a6876;border-bottom:.5mm solid #1b2733}
    col.time{width:31mm}
    col.place{width:52mm}
    th.day{padding-left:0;border:0;font-size:12pt;color:#1b2733}
    .day div{display:flex;justify-content:space-between;gap:8mm;white-space:nowrap}
    .day span{overflow:hidden;text-overflow:ellipsis;font-weight:normal}
    td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
    .faint{color:#5a6876;font-size:9pt}
    .free td{color:#7a8794;border-bottom-style:dashed}
    .head{display:flex;justify-content:space-between;gap:8mm;padding-bottom:1.5mm;border-bottom:.5mm solid #1b2733}
    .foot{margin-top:4mm;color:#5a6876;font-size:8.5pt}
    ol{margin:0;padding:0;list-style:none;columns:2;column-gap:8mm}
    li{break-inside:avoid;padding:.8mm 0;border-bottom:.2mm solid #dfe5ea;display:flex;gap:3mm}
    li>span{flex:none;font-variant-numeric:tabular-nums}
    li>span:first-child{min-width:2.3em}
    .big{font-size:12.5pt;margin-top:3mm}
    .wall{font-size:9.5pt;line-height:1.25;margin-top:2mm}
    .wall th{font-size:10pt;color:#1b2733}
    .wall th.time{width:27mm}
    .wall th,.wall td{padding:.9mm 1.5mm;border:.2mm solid #9aa6b2}
    .wall div,.cut{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
    .wall .free{background:#f4f6f8}
    """
}

/// The parts of sheets in a language.
struct SheetParts {
  let programme: Programme
  let language: SheetLanguage

  var words: SheetWords { language.words }

  /// Beside the name of the roadshow stands where it is, or what is given.
  func head(_ right: String? = nil) -> String {
    let (name, second) = language.names(programme.name, programme.nameZh)
    let place = [programme.venue, programme.city].compactMap { $0 }.filter { !$0.isEmpty }
    return """
      <div class="head"><div><b>\(name.inHTML)</b>\(second.map { " <span class=\"faint\">\($0.inHTML)</span>" } ?? "")</div>
      <div>\((right ?? place.joined(separator: words.comma)).inHTML)</div></div>

      """
  }

  var foot: String {
    // In UTC, since the zone's offset on that day is not known here.
    let made = WallTime(secondsSinceEpoch: programme.madeAt)
    let text = words.made(programme.plan, "\(made.day) \(made.clock) UTC", programme.zone.name)
    return "<p class=\"foot\">\(text.inHTML)</p>\n"
  }

  func section(_ content: String) -> String {
    "<section lang=\"\(language.rawValue)\">\n\(content)</section>\n"
  }

  func title(_ name: String, _ second: String? = nil) -> String {
    let isLong = name.unicodeScalars.count > 40
    let other = second.map { "<p class=\"faint\">\($0.inHTML)</p>\n" } ?? ""
    return "<h1\(isLong ? " class=\"long\"" : "")>\(name.inHTML)</h1>\n" + other
  }

  /// A delegation in a cell: what it is called, and who comes for it.
  func cell(_ delegation: Programme.Delegation) -> String {
    let (name, second) = language.names(delegation.name, delegation.nameZh)
    let more = [second, delegation.code].compactMap { $0 }.joined(separator: " · ")
    let people = delegation.persons.map(\.name).joined(separator: words.comma)
    return "<b>\(name.inHTML)</b> <span class=\"faint\">\(more.inHTML)</span>"
      + (people.isEmpty ? "" : "<div>\(people.inHTML)</div>")
  }

  /// `09:00–09:25`
  func time(_ start: Int, _ end: Int) -> String {
    "\(programme.zone.local(start).clock)–\(programme.zone.local(end).clock)"
  }

  /// A table of what is there on a day, gaps included. Columns are a heading with its class each. Above them stand the day
  /// and whose sheet it is, on every sheet of paper that it takes.
  private func table(
    _ day: Day, of whose: String, _ columns: [(heading: String, style: String)], _ rows: [String]
  ) -> String {
    let head = columns.map {
      "<th\($0.style.isEmpty ? "" : " class=\"\($0.style)\"")>\($0.heading.inHTML)</th>"
    }
    // The widths of columns are those of the first row, but where a group states them.
    let widths = columns.map { "<col\($0.style.isEmpty ? "" : " class=\"\($0.style)\"")>" }
    return """
      <table><colgroup>\(widths.joined())</colgroup><thead><tr><th class="day" colspan="\(columns.count)">\
      <div>\(words.date(day).inHTML)<span class="faint">\(whose.inHTML)</span></div></th></tr>
      <tr>\(head.joined())</tr></thead><tbody>
      \(rows.joined())</tbody></table>

      """
  }

  func row(_ start: Int, _ end: Int, _ cells: [String]) -> String {
    "<tr><td class=\"time\">\(time(start, end))</td>\(cells.map { "<td>\($0)</td>" }.joined())</tr>\n"
  }

  func freeRow(_ slot: Programme.Slot, columns: Int) -> String {
    """
    <tr class="free"><td class="time">\(time(slot.start, slot.end))</td>\
    <td colspan="\(columns)">\(words.free.inHTML)</td></tr>

    """
  }

  /// Appointments and the slots that are left beside them, by day.
  func days(
    _ appointments: [Programme.Appointment], of whose: String, columns: [(heading: String, style: String)],
    row: (Programme.Appointment) -> String
  ) -> String {
    let free = programme.slots.filter { slot in
      !appointments.contains { $0.start < slot.end && slot.start < $0.end }
    }
    let rows =
      (appointments.map { ($0.start, row($0)) }
      + free.map { ($0.start, freeRow($0, columns: columns.count - 1)) }).sorted { $0.0 < $1.0 }
    if rows.isEmpty { return "<p>\(words.nothing.inHTML)</p>\n" }
    return programme.days(of: rows.map(\.0)).map { day in
      table(day, of: whose, columns, rows.filter { programme.zone.local($0.0).day == day }.map(\.1))
    }.joined()
  }

  /// Who pitches when, by day; empty without pitches.
  var lineUp: String {
    let pitches = Array(programme.pitches.enumerated())
    return programme.days(of: pitches.map(\.element.start)).map { day in
      let items = pitches.filter { programme.zone.local($0.element.start).day == day }
      return "<h2>\(words.lineUp.inHTML) · \(words.date(day).inHTML)</h2>\n" + list(items)
    }.joined()
  }

  /// Pitches with their places in the line-up, from 0.
  func list(_ pitches: some Sequence<(offset: Int, element: Programme.Appointment)>, style: String = "")
    -> String
  {
    let items = pitches.map { place, pitch in
      let (name, second) = language.names(pitch.firm.name, pitch.firm.nameZh)
      let other = second.map { " <span class=\"faint\">\($0.inHTML)</span>" } ?? ""
      return """
        <li><span><b>\(place + 1)</b></span><span>\(time(pitch.start, pitch.end))</span>\
        <div class="cut">\(name.inHTML)\(other)</div></li>

        """
    }
    return "<ol\(style.isEmpty ? "" : " class=\"\(style)\"")>\n\(items.joined())</ol>\n"
  }
}
