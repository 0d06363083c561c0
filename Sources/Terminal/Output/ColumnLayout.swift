/// Which columns of a table stay when the terminal is too narrow for all, and how narrow each may become.
struct ColumnLayout {
  /// A column as its cells make it.
  struct Column {
    var name: String
    /// Cells it takes to show everything.
    var natural: Int
    /// Whether it is shown whole or not at all: numbers, codes, times.
    var isWhole: Bool
  }

  /// Cells that a name keeps.
  static let leastName = 24
  /// Cells that other text keeps.
  private static let leastText = 20
  static let gap = 2

  /// Cells that a column keeps at least.
  static func least(_ column: Column) -> Int {
    if column.isWhole { return column.natural }
    return min(column.natural, isName(column.name) ? leastName : leastText)
  }

  static func isName(_ column: String) -> Bool {
    ["name", "title"].contains(column) || column.hasSuffix("_name") || column.hasSuffix("name_zh")
  }

  /// Which columns have room, by index in their order: the least important ones are left out first, and of equal ones
  /// the last. An amount and its currency stay or go together. One column always stays.
  static func kept(_ columns: [Column], width: Int, money: Set<String>) -> [Int] {
    let currency = columns.firstIndex { $0.name == "currency" }
    var units: [(members: [Int], priority: Int)] = []
    let amounts = columns.indices.filter { money.contains(columns[$0].name) }
    let isMoney = currency != nil && !amounts.isEmpty
    for index in columns.indices {
      if isMoney, index == currency { continue }
      if isMoney, index == amounts[0] {
        // One currency says what all amounts of the row are in, so the first amount brings it.
        units.append(([index, currency!], priority(columns[index].name)))
      } else if isMoney, amounts.contains(index) {
        units.append(([index], priority(columns[index].name) + 1))
      } else {
        units.append(([index], priority(columns[index].name)))
      }
    }
    func room(_ kept: [Int]) -> Int {
      kept.reduce(0) { $0 + least(columns[$1]) } + gap * max(0, kept.count - 1)
    }
    let order = units.indices.sorted {
      (units[$0].priority, units[$0].members[0]) < (units[$1].priority, units[$1].members[0])
    }
    var kept = order.flatMap { units[$0].members }.sorted()
    for unit in order.reversed() where room(kept) > width && kept.count > units[unit].members.count {
      kept.removeAll(where: units[unit].members.contains)
    }
    return kept
  }

  /// How soon a column is left out; the greatest goes first.
  private static func priority(_ column: String) -> Int {
    switch column {
    case "code", "id", "introduction", "meeting", "criterion", "row", "seq", "what", "firm", "investor",
      "party",
      "candidate", "run":
      0
    case "name", "title", "firm_name", "investor_name", "party_name", "with_name": 1
    case "score", "points", "state", "starts", "at", "verdict", "move": 2
    case "rank", "ask", "amount", "stage", "table", "slot", "with", "days", "weight": 3
    case "ends", "side", "kind", "region", "until", "ticket", "rank_before", "value": 4
    case "reasons", "why", "fact", "sectors", "city", "room": 5
    case "name_zh", "version", "retired", "created_at", "updated_at", "summary", "notes": 8
    default: isName(column) ? 6 : 7
    }
  }
}
