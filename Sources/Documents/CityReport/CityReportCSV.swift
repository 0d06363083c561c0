import Domain

/// A report as CSV (RFC 4180): one tidy table, a figure a row, below the names of the fields. The same in every language,
/// so that the reports of many days can be put below one another and turned as one likes. `item` is a code, a word of the
/// registry or `*` for all together; `value` is a number without rounding, empty where it is not known; `unit` is `count`,
/// `percent`, `per_unit`, `per_year` or a currency, of which amounts are whole units.
public struct CityReportCSV: Sendable {
  /// Without their ends. No field holds a line end, so that each is a row.
  public let lines: [String]

  /// As a file: every line ends in CRLF.
  public var text: String { lines.map { $0 + "\r\n" }.joined() }

  static let header = ["as_of", "section", "item", "name", "measure", "value", "unit"]

  /// Linear in the figures.
  public init(_ report: CityReport) {
    var lines = [Self.header.joined(separator: ",")]
    for table in report.tables {
      for row in table.rows {
        let name = if case .named(let named) = row.item { named.name } else { "" }
        for (column, value) in zip(table.columns, row.values) {
          let fields = [
            report.day.description, table.section.rawValue, row.item.key, name, column.measure.rawValue,
            value.map(column.unit.exact) ?? "", column.unit.key,
          ]
          lines.append(fields.map(SheetCSV.field).joined(separator: ","))
        }
      }
    }
    self.lines = lines
  }
}
