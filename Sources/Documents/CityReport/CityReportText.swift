import Domain

/// A report as plain text for a terminal of 100 columns, in which Chinese characters take two.
public struct CityReportText: Sendable {
  /// Without their ends; none is wider than 100 columns but for the names of cities.
  public private(set) var lines: [String] = []

  public var text: String { lines.map { $0 + "\n" }.joined() }

  private static let width = 100
  /// Columns that names have at least.
  private static let least = 20

  private let words: ReportWords
  private let numbers: ReportNumbers

  public init(_ report: CityReport, in language: SheetLanguage) {
    words = ReportWords(language: language)
    let tables = report.tables
    numbers = ReportNumbers(tables, in: language)
    let name = report.name.map { words.colon + language.names($0, report.nameZh).first.printable } ?? ""
    lines = ["\(words.title)\(name) (\(words.asOf(report.day)))"]
    lines.append(String(repeating: "=", count: lines[0].cellWidth))
    for section in ReportTable.Section.allCases { add(section, tables.filter { $0.section == section }) }
  }

  private mutating func add(_ section: ReportTable.Section, _ tables: [ReportTable]) {
    // A section of which nothing was asked is left out; one of which nothing is there says so.
    if tables.isEmpty, section == .effect { return }
    let title = words.section(section).title
    if tables.allSatisfy(\.rows.isEmpty) { lines += ["", title, words.nothing] }
    for table in tables where !table.rows.isEmpty {
      let hasOneUnit = table.columns.allSatisfy { $0.unit == table.columns[0].unit }
      let unit = hasOneUnit ? numbers.unit(table.columns[0].unit) : nil
      lines += ["", unit.map { words.inUnit(title, $0) } ?? title]
      add(table, saysUnits: !hasOneUnit)
    }
    if let note = words.note(section), !tables.allSatisfy(\.rows.isEmpty) { addNote(note) }
  }

  /// Adds a table; columns that have no room stand below, beside the names once more.
  private mutating func add(_ table: ReportTable, saysUnits: Bool) {
    var columns = table.columns.enumerated().map { index, column in
      let unit = saysUnits ? numbers.unit(column.unit) : nil
      let heading = words.measure(column.measure)
      return [unit.map { words.inUnit(heading, $0) } ?? heading]
        + table.rows.map { numbers.shown($0.values[index], column.unit) }
    }[...]
    let names =
      [words.section(table.section).item] + table.rows.map { words.item($0.item).onOneLine.printable }
    let longest = names.map(\.cellWidth).max()!
    while !columns.isEmpty {
      var room = Self.width - min(longest, Self.least)
      let fitting = columns.prefix { column in
        room -= Self.width(of: column) + 2
        return room >= 0
      }
      let shown = columns.prefix(max(1, fitting.count))
      if columns.count < table.columns.count { lines.append("") }
      add(Array(shown), of: table, names)
      columns = columns.dropFirst(shown.count)
    }
  }

  private mutating func add(_ columns: [[String]], of table: ReportTable, _ names: [String]) {
    let widths = columns.map(Self.width)
    let taken = widths.reduce(0) { $0 + $1 + 2 }
    let first = min(Self.width - taken, names.map(\.cellWidth).max()!)
    let rule = String(repeating: "-", count: first + taken)
    for row in names.indices {
      let name = names[row].cut(toCells: first)
      var line = name + Self.blanks(first - name.cellWidth)
      for (column, width) in zip(columns, widths) {
        line += Self.blanks(2 + width - column[row].cellWidth) + column[row]
      }
      if row > 1, table.rows[row - 1].item == .all { lines.append(rule) }
      lines.append(line)
      if row == 0 { lines.append(rule) }
    }
  }

  private static func width(of column: [String]) -> Int { column.map(\.cellWidth).max()! }

  /// Words in as many lines as they take.
  private mutating func addNote(_ note: String) {
    var line = ""
    for word in note.split(separator: " ") {
      if !line.isEmpty, line.cellWidth + 1 + word.cellWidth > Self.width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
  }

  private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
