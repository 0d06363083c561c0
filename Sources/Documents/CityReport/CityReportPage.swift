import Domain

/// A report as a page of HTML that needs nothing beside it: no scripts, nothing from elsewhere; light or dark as the reader
/// has it, light on paper of A4. Beside each chart stands the table that it shows.
public struct CityReportPage: Sendable {
  public private(set) var html: String

  private let words: ReportWords
  private let numbers: ReportNumbers

  public init(_ report: CityReport, in language: SheetLanguage) {
    let tables = report.tables
    let words = ReportWords(language: language)
    self.words = words
    numbers = ReportNumbers(tables, in: language)
    html = ""
    let name = report.name.map { words.colon + language.names($0, report.nameZh).first } ?? ""
    html += """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)"><head><meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>\("\(words.title)\(name) (\(words.asOf(report.day)))".inHTML)</title>
      <style>\(Self.style)</style></head>
      <body><main>
      <h1>\("\(words.title)\(name)".inHTML)</h1>
      <p class="faint">\(words.asOf(report.day).inHTML)</p>
      \(tiles(tables))
      """
    for section in ReportTable.Section.allCases {
      html += self.section(section, tables.filter { $0.section == section })
    }
    html += "</main></body></html>\n"
  }

  /// What is read first: a few of the figures below, in large.
  private func tiles(_ tables: [ReportTable]) -> String {
    let shown: [(ReportTable.Section, [ReportTable.Measure])] = [
      (.capital, [.invested, .returned, .held]), (.effect, [.followed24]), (.stages, [.firms]),
      (.funds, [.funds]), (.scenarios, [.onTrial]), (.roadshows, [.met, .investments]),
    ]
    var items: [String] = []
    for (section, measures) in shown {
      for table in tables where table.section == section {
        guard let row = table.rows.first(where: { $0.item == .all }) else { continue }
        for (column, value) in zip(table.columns, row.values)
        where measures.contains(column.measure) && value != nil {
          let words = [words.tile(section, column.measure), numbers.unit(column.unit)].compactMap { $0 }
          items.append(
            "<div><dt>\(words.joined(separator: " · ").inHTML)</dt><dd>\(numbers.shown(value, column.unit))</dd></div>"
          )
        }
      }
    }
    return items.isEmpty ? "" : "<dl>\(items.joined(separator: "\n"))</dl>\n"
  }

  private func section(_ section: ReportTable.Section, _ tables: [ReportTable]) -> String {
    if tables.isEmpty, section == .effect { return "" }
    let (title, _) = words.section(section)
    let filled = tables.filter { !$0.rows.isEmpty }
    var text = "<section id=\"\(section.rawValue)\">\n<h2>\(title.inHTML)</h2>\n"
    if filled.isEmpty { text += "<p>\(words.nothing.inHTML)</p>\n" }
    for table in filled {
      let chart = chart(of: table)
      // A wide table has no room beside a chart.
      let style = table.columns.count > 4 ? "below" : "pair"
      text +=
        chart.isEmpty
        ? self.table(table)
        : "<div class=\"\(style)\"><figure>\n\(chart)</figure>\n\(self.table(table))</div>\n"
    }
    if let note = words.note(section), !filled.isEmpty { text += "<p class=\"faint\">\(note.inHTML)</p>\n" }
    return text + "</section>\n"
  }
}

// MARK: Tables

extension CityReportPage {
  private func table(_ table: ReportTable) -> String {
    let (title, item) = words.section(table.section)
    let hasOneUnit = table.columns.allSatisfy { $0.unit == table.columns[0].unit }
    let unit = hasOneUnit ? numbers.unit(table.columns[0].unit) : nil
    let headings = table.columns.map { column -> String in
      let name = words.measure(column.measure)
      guard !hasOneUnit, let unit = numbers.unit(column.unit) else {
        return "<th scope=\"col\">\(name.inHTML)</th>"
      }
      if column.unit == .percent { return "<th scope=\"col\">\(words.inUnit(name, unit).inHTML)</th>" }
      return "<th scope=\"col\">\(name.inHTML) <span class=\"faint\">\(unit.inHTML)</span></th>"
    }
    // A caption that says what the heading above says is for those who hear the page.
    let caption =
      unit.map { "<caption>\($0.inHTML)</caption>" } ?? "<caption class=\"unseen\">\(title.inHTML)</caption>"
    let rows = table.rows.map { row -> String in
      let values = zip(table.columns, row.values).map { "<td>\(numbers.shown($1, $0.unit))</td>" }
      let style = row.item == .all ? " class=\"all\"" : ""
      let name = if case .named = row.item { " class=\"name\"" } else { "" }
      return "<tr\(style)><th scope=\"row\"\(name)>\(self.name(row.item))</th>\(values.joined())</tr>\n"
    }
    return """
      <div class="wide"><table>\(caption)
      <thead><tr><th scope="col">\(item.inHTML)</th>\(headings.joined())</tr></thead>
      <tbody>
      \(rows.joined())</tbody></table></div>

      """
  }

  /// What a row is about, with its code and its other name.
  private func name(_ item: ReportTable.Item) -> String {
    guard case .named(let named) = item else { return words.item(item).inHTML }
    let (name, second) = words.language.names(named.name, named.nameZh)
    let more = [second, named.code].compactMap { $0 }.joined(separator: " · ")
    return "\(name.inHTML) <span class=\"faint\">\(more.inHTML)</span>"
  }
}

// MARK: Charts

extension CityReportPage {
  /// Empty for a table that has none.
  private func chart(of table: ReportTable) -> String {
    switch table.section {
    case .years:
      columns(table, [.invested, .returned])
    case .stages, .risks: bars(table, .firms)
    case .incubation: bars(table, .projects)
    case .funds: bars(table, .funds)
    case .conversions: bars(table, .meetings, beside: .share)
    case .capital, .effect, .institutes, .scenarios, .reviews, .roadshows: ""
    }
  }

  private func bars(
    _ table: ReportTable, _ measure: ReportTable.Measure, beside other: ReportTable.Measure? = nil
  ) -> String {
    guard let unit = table.unit(of: measure) else { return "" }
    let others = other.map { table.values($0) } ?? []
    let bars = table.rows.indices.filter { table.rows[$0].item != .all }.map { index in
      let value = table.values(measure)[index]
      var shown = numbers.shown(value, unit)
      if let other, let more = others[index], let unit = table.unit(of: other) {
        shown += " · \(numbers.shown(more, unit)) %"
      }
      return ReportChart.Bar(label: words.item(table.rows[index].item), value: value ?? 0, shown: shown)
    }
    return chart(table, words.measure(measure), unit).bars(bars)
  }

  private func columns(_ table: ReportTable, _ measures: [ReportTable.Measure]) -> String {
    guard let unit = table.unit(of: measures[0]) else { return "" }
    let series = measures.map { measure in
      let values = table.values(measure)
      let bars = table.rows.indices.filter { table.rows[$0].item != .all }.map {
        ReportChart.Bar(
          label: words.item(table.rows[$0].item), value: values[$0] ?? 0,
          shown: numbers.shown(values[$0], unit))
      }
      return (name: words.measure(measure), bars: bars)
    }
    return chart(table, numbers.unit(unit) ?? "", unit).columns(series)
  }

  private func chart(_ table: ReportTable, _ axis: String, _ unit: ReportTable.Unit) -> ReportChart {
    ReportChart(title: words.section(table.section).title, unit: axis) { numbers.tick($0, unit) }
  }

  private static let style = """
    :root{--ink:#1b2733;--faint:#5a6876;--line:#c8d1d9;--paper:#fff;--ground:#eef1f4;--s0:#1f6f8b;--s1:#e08a2c}
    @media screen and (prefers-color-scheme:dark){:root{--ink:#e4e9ee;--faint:#9aa8b5;--line:#3a4652;--paper:#161d24;\
    --ground:#0e1318;--s0:#58b0cd;--s1:#f0a860}}
    @page{size:A4;margin:12mm}
    *{box-sizing:border-box;print-color-adjust:exact;-webkit-print-color-adjust:exact}
    body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.4 system-ui,-apple-system,'Segoe UI',Roboto,\
    'Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;overflow-wrap:break-word}
    main{max-width:1100px;margin:0 auto;padding:24px 32px;background:var(--paper)}
    h1{margin:0;font-size:28px;line-height:1.2}
    h2{margin:36px 0 8px;font-size:19px;break-after:avoid}
    p{margin:8px 0}
    dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0 0}
    dl>div{border-top:3px solid var(--s0);padding-top:6px;display:flex;flex-direction:column;justify-content:space-between}
    dt{color:var(--faint);font-size:13px}
    dd{margin:0;font-size:24px;font-variant-numeric:tabular-nums}
    .pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:16px 32px;align-items:start;break-inside:avoid}
    figure{margin:0;max-width:480px}
    svg{display:block;width:100%;height:auto}
    svg text{font-size:12px;fill:var(--ink);stroke:var(--paper);stroke-width:3px;paint-order:stroke}
    svg .f{fill:var(--faint)}
    svg path{stroke:var(--line);fill:none}
    svg .s0{fill:var(--s0)}
    svg .s1{fill:var(--s1)}
    .wide{overflow-x:auto}
    table{width:100%;border-collapse:collapse;font-size:14px}
    caption{text-align:right;color:var(--faint);font-size:.93em;padding-bottom:4px}
    .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    thead{display:table-header-group}
    tr{break-inside:avoid}
    th,td{padding:4px 0 4px 16px;text-align:right;vertical-align:top;border-bottom:1px solid var(--line);\
    font-weight:normal;font-variant-numeric:tabular-nums}
    td{white-space:nowrap}
    th:first-child{padding-left:0;text-align:left}
    .name{min-width:10em;overflow-wrap:anywhere}
    thead th{color:var(--faint);font-size:.93em;border-bottom:2px solid var(--ink);vertical-align:bottom;white-space:nowrap}
    thead .faint{display:block}
    .all th,.all td{font-weight:bold;border-bottom:0;border-top:1px solid var(--ink)}
    .faint{color:var(--faint);font-size:.9em;font-weight:normal}
    @media (max-width:760px){main{padding:16px}.pair{grid-template-columns:minmax(0,1fr)}}
    @media print{section{break-inside:avoid}body{background:none;font-size:9.5pt}main{max-width:none;padding:0}h2{margin-top:6mm}table{font-size:8.5pt}\
    dl{grid-template-columns:repeat(5,1fr)}dt{font-size:8pt}dd{font-size:15pt}th,td{padding:.7mm 0 .7mm 3mm}\
    .wide{overflow:visible}.pair{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
    """
}
