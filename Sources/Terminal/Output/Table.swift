import Domain
import Wire

/// Rows laid out in columns that fit the width of a terminal.
struct Table {
  /// Names of the columns, in the order of the rows' members.
  private(set) var columns: [String] = []
  private var rows: [[String: Cell]] = []

  /// Columns that mean something only whole.
  private static let keptWhole: Set<String> = [
    "code", "rank", "run", "id", "firm", "investor", "party", "candidate", "state", "stage", "currency",
    "email",
  ]
  /// Cells that a value of a single row has at least.
  private static let leastText = 10
  private static let gap = "  "

  init(_ rows: [JSON]) {
    for row in rows {
      guard case .object(let members) = row else { continue }
      takeColumns(of: members)
      var cells: [String: Cell] = [:]
      for member in members {
        cells[member.name] = Cell(member.value, column: member.name, of: members)
      }
      self.rows.append(cells)
    }
  }

  /// Rows leave out what they do not have, so a column that a later row brings goes after its neighbour.
  private mutating func takeColumns(of members: [JSON.Member]) {
    var place = 0
    for member in members {
      if let index = columns.firstIndex(of: member.name) {
        place = index + 1
      } else {
        columns.insert(member.name, at: place)
        place += 1
      }
    }
  }

  /// A table as text, and the columns there was no room for.
  struct Drawing: Hashable {
    /// Without LF.
    var lines: [String]
    var hidden: [String] = []
  }

  /// Draws the rows one below the other under a header.
  /// - Parameter width: cells of a line; nil for as many as it takes.
  func drawing(width: Int?, colored: Bool) -> Drawing {
    var sizes: [ColumnLayout.Column] = []
    var isNumber: [Bool] = []
    for column in columns {
      let cells = rows.compactMap { $0[column] }
      let widest = max(column.cellWidth, cells.lazy.map(\.text.cellWidth).max() ?? 0)
      let numbers = cells.allSatisfy { $0.isNumber || $0.text.isEmpty }
      let isTime = cells.allSatisfy { $0.text.isEmpty || Self.isTime($0.text) }
      isNumber.append(numbers && !cells.isEmpty)
      sizes.append(
        .init(
          name: column, natural: widest, isWhole: numbers || isTime || Self.keptWhole.contains(column)))
    }
    let kept =
      width.map { ColumnLayout.kept(sizes, width: $0, money: Cell.moneyColumns) } ?? Array(columns.indices)
    let widths = Self.fitted(
      natural: kept.map { sizes[$0].natural }, least: kept.map { ColumnLayout.least(sizes[$0]) }, width: width
    )
    let shown = kept.map { columns[$0] }
    func line(_ texts: [String]) -> String {
      var line = ""
      for (index, text) in texts.enumerated() {
        let cut = text.cut(toCells: widths[index])
        let pad = String(repeating: " ", count: widths[index] - cut.cellWidth)
        if index > 0 { line += Self.gap }
        line += isNumber[kept[index]] ? pad + cut : cut + pad
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    let total = widths.reduce(0, +) + Self.gap.count * max(0, widths.count - 1)
    var lines = [
      Paint.bold(line(shown), if: colored), Paint.dim(String(repeating: "─", count: total), if: colored),
    ]
    lines += rows.map { row in line(shown.map { row[$0]?.text ?? "" }) }
    return Drawing(lines: lines, hidden: columns.indices.filter { !kept.contains($0) }.map { columns[$0] })
  }

  /// Whether a text is a day or a time, of which a part would be another: `2031-12-01T09:00`.
  private static func isTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(10))
    func areDigits(_ places: Range<Int>) -> Bool { bytes[places].allSatisfy { (48...57).contains($0) } }
    if bytes.count >= 5, bytes[2] == UInt8(ascii: ":") { return areDigits(0..<2) && areDigits(3..<5) }
    return bytes.count == 10 && bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
      && areDigits(0..<4) && areDigits(5..<7) && areDigits(8..<10)
  }

  /// Widths of the columns: the widest ones of text give way first. If not even the least widths fit, that is one column
  /// alone.
  static func fitted(natural: [Int], least: [Int], width: Int?) -> [Int] {
    guard let width else { return natural }
    let room = width - gap.count * max(0, natural.count - 1)
    func widths(cap: Int) -> [Int] { natural.indices.map { max(min(natural[$0], cap), least[$0]) } }
    // The largest cap at which all fits.
    var (low, high) = (0, natural.max() ?? 0)
    while low < high {
      let middle = (low + high + 1) / 2
      if widths(cap: middle).reduce(0, +) <= room { low = middle } else { high = middle - 1 }
    }
    return widths(cap: low).map { min($0, max(room, 1)) }
  }

  /// Draws one row as names and values, one a line; long values go on below.
  func vertical(width: Int?, colored: Bool) -> [String] {
    let names = columns.map(\.cellWidth).max() ?? 0
    var lines: [String] = []
    for row in rows {
      for column in columns {
        guard let cell = row[column] else { continue }
        let pad = String(repeating: " ", count: names - column.cellWidth)
        let room = width.map { max($0 - names - Self.gap.count, Self.leastText) }
        for (index, part) in Self.folded(cell.text, room: room).enumerated() {
          let name = index == 0 ? Paint.dim(column + pad, if: colored) : String(repeating: " ", count: names)
          lines.append(name + Self.gap + part)
        }
      }
    }
    return lines
  }

  /// The text in lines of at most so many cells, broken at spaces where there are some.
  private static func folded(_ text: String, room: Int?) -> [String] {
    guard let room, text.cellWidth > room else { return [text] }
    var lines: [String] = []
    var rest = text[...]
    while rest.cellWidth > room {
      var (end, width, space) = (rest.startIndex, 0, rest.startIndex)
      while end < rest.endIndex {
        width += String(rest[end]).cellWidth
        guard width <= room else { break }
        if rest[end] == " " { space = end }
        end = rest.index(after: end)
      }
      if end == rest.startIndex { end = rest.index(after: end) }
      let stop = space > rest.startIndex ? space : end
      lines.append(String(rest[..<stop]))
      rest = rest[stop...].drop { $0 == " " }
    }
    return rest.isEmpty ? lines : lines + [String(rest)]
  }
}
