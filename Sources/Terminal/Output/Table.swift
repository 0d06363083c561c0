import Domain
import Wire

/// Rows laid out in columns that fit the width of a terminal.
struct Table {
  /// Names of the columns, in the order of the rows' members.
  private(set) var columns: [String] = []
  private var rows: [[String: Cell]] = []
  private let showsScores: Bool

  /// Columns that mean something only whole.
  private static let keptWhole: Set<String> = ["code", "rank", "run", "id"]
  /// Cells that a column of text keeps at least when room is short.
  private static let leastText = 10
  private static let gap = "  "

  init(_ rows: [JSON], showsScores: Bool = true) {
    self.showsScores = showsScores
    for row in rows {
      guard case .object(let members) = row else { continue }
      takeColumns(of: members)
      var cells: [String: Cell] = [:]
      for member in members {
        cells[member.name] = Cell(member.value, column: member.name, showsScores: showsScores)
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
    var natural: [Int] = []
    var least: [Int] = []
    var isNumber: [Bool] = []
    for column in columns {
      let cells = rows.compactMap { $0[column] }
      let widest = max(column.cellWidth, cells.lazy.map(\.text.cellWidth).max() ?? 0)
      let numbers = cells.allSatisfy { $0.isNumber || $0.text.isEmpty }
      natural.append(widest)
      isNumber.append(numbers && !cells.isEmpty)
      least.append(numbers || Self.keptWhole.contains(column) ? widest : min(widest, Self.leastText))
    }
    let widths = Self.fitted(natural: natural, least: least, width: width)
    let shown = columns.prefix(widths.count)
    func line(_ texts: [String]) -> String {
      var line = ""
      for (index, text) in texts.enumerated() {
        let cut = text.cut(toCells: widths[index])
        let pad = String(repeating: " ", count: widths[index] - cut.cellWidth)
        if index > 0 { line += Self.gap }
        line += isNumber[index] ? pad + cut : cut + pad
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    let total = widths.reduce(0, +) + Self.gap.count * max(0, widths.count - 1)
    var lines = [
      Paint.bold(line(Array(shown)), if: colored),
      Paint.dim(String(repeating: "─", count: total), if: colored),
    ]
    lines += rows.map { row in line(shown.map { row[$0]?.text ?? "" }) }
    return Drawing(lines: lines, hidden: Array(columns.dropFirst(widths.count)))
  }

  /// Widths of as many columns, from the left, as have room; the widest columns of text give way first.
  static func fitted(natural: [Int], least: [Int], width: Int?) -> [Int] {
    guard let width else { return natural }
    var (count, used) = (0, 0)
    for size in least {
      used += size + (count > 0 ? gap.count : 0)
      if used > width && count > 0 { break }
      count += 1
    }
    let room = width - gap.count * max(0, count - 1)
    func widths(cap: Int) -> [Int] { (0..<count).map { max(min(natural[$0], cap), least[$0]) } }
    // The largest cap at which all fits. If not even the least widths do, that is one column alone.
    var (low, high) = (0, natural.prefix(count).max() ?? 0)
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
