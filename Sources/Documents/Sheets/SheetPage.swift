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
    body{margin:0;color:#1b2733;font:10.5pt/1.35 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',\
    'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;overflow-wrap:anywhere}
    section{break-after:page}
    section:last-child{break-after:auto}
    h1{margin:6mm 0 1mm;font-size:20pt;line-height:1.2}
    h1.long{font-size:13pt}
    h2{margin:6mm 0 2mm;font-size:12.5pt;break-after:avoid}
    p{margin:0}
    table{width:100%;border-collapse:collapse;table-layout:fixed}
    thead{display:table-header-group}
    tr{break-inside:avoid}
    th,td{padding:1.6mm 2mm;text-align:left;vertical-align:top;border-bottom:.3mm solid #c8d1d9}
    th{font-size:9pt;color:#5a6876;border-bottom:.5mm solid #1b2733}
    th.time{width:31mm}
    th.place{width:46mm}
    td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
    .faint{color:#5a6876;font-size:9pt}
    .free td{padding-top:1mm;padding-bottom:1mm;color:#7a8794;border-bottom-style:dashed}
    .head{display:flex;justify-content:space-between;gap:8mm;padding-bottom:1.5mm;border-bottom:.5mm solid #1b2733}
    .foot{margin-top:4mm;color:#5a6876;font-size:8.5pt}
    ol{margin:0;padding:0;list-style:none;columns:2;column-gap:8mm}
    li{break-inside:avoid;padding:.8mm 0;border-bottom:.2mm solid #dfe5ea;display:flex;gap:3mm}
    li>span{flex:none;font-variant-numeric:tabular-nums}
    .wall{font-size:8.5pt;line-height:1.25;margin-top:2mm}
    .wall th{font-size:10pt;color:#1b2733}
    .wall th.time{width:24mm}
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
    return "<b>\(name.inHTML)</b><div class=\"faint\">\(more.inHTML)</div>"
      + (people.isEmpty ? "" : "<div>\(people.inHTML)</div>")
  }

  /// `09:00–09:25`
  func time(_ start: Int, _ end: Int) -> String {
    "\(programme.zone.local(start).clock)–\(programme.zone.local(end).clock)"
  }

  /// A table of what is there on a day, gaps included. Columns are a heading with its class each.
  func table(_ columns: [(heading: String, style: String)], _ rows: [String]) -> String {
    let head = columns.map {
      "<th\($0.style.isEmpty ? "" : " class=\"\($0.style)\"")>\($0.heading.inHTML)</th>"
    }
    return "<table><thead><tr>\(head.joined())</tr></thead><tbody>\n\(rows.joined())</tbody></table>\n"
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
    _ appointments: [Programme.Appointment], columns: [(heading: String, style: String)],
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
      "<h2>\(words.date(day).inHTML)</h2>\n"
        + table(columns, rows.filter { programme.zone.local($0.0).day == day }.map(\.1))
    }.joined()
  }

  /// Who pitches when, by day; empty without pitches.
  var lineUp: String {
    let pitches = programme.pitches
    return programme.days(of: pitches.map(\.start)).map { day in
      let items = pitches.enumerated().filter { programme.zone.local($0.element.start).day == day }.map {
        let (name, second) = language.names($0.element.firm.name, $0.element.firm.nameZh)
        let other = second.map { " <span class=\"faint\">\($0.inHTML)</span>" } ?? ""
        return """
          <li><span><b>\($0.offset + 1)</b></span><span>\(time($0.element.start, $0.element.end))</span>\
          <div class="cut">\(name.inHTML)\(other)</div></li>

          """
      }
      return "<h2>\(words.lineUp.inHTML) · \(words.date(day).inHTML)</h2>\n<ol>\n\(items.joined())</ol>\n"
    }.joined()
  }
}
