import Domain
import Wire

/// A value as a table shows it.
struct Cell: Hashable {
  var text: String
  var isNumber = false

  static let empty = Cell(text: "")

  /// - Parameter row: the whole row, which says what some of its columns mean.
  init(_ value: JSON, column: String, of row: [JSON.Member] = []) {
    switch value {
    case .null: self = .empty
    case .bool(let flag): self.init(text: flag ? "yes" : "no")
    case .integer(let number):
      if Self.isScore(column)
        || Self.ofScores.contains(column) && row.contains(where: { $0.name == "points" })
      {
        self.init(text: Self.score(number), isNumber: true)
      } else {
        self.init(
          text: Self.moneyColumns.contains(column) ? Self.grouped(number) : String(number), isNumber: true)
      }
    case .number(let text): self.init(text: text, isNumber: true)
    case .string(let text):
      if let range = AmountRange(text), Self.rangeColumns.contains(column) {
        let ends = [range.min, range.max].map { $0.map(Self.grouped) ?? "" }
        self.init(text: ends.joined(separator: "–"), isNumber: true)
      } else {
        self.init(text: text.printable)
      }
    case .array(let items): self.init(text: items.map(Self.inner).joined(separator: ", ").printable)
    case .object(let members):
      self.init(text: members.map { "\($0.name) \(Self.inner($0.value))" }.joined(separator: ", ").printable)
    }
  }

  private init(text: String, isNumber: Bool = false) {
    // A tab would push the columns after it out of line.
    self.text = text.contains("\t") ? String(text.map { $0 == "\t" ? " " : $0 }) : text
    self.isNumber = isNumber
  }

  private static func inner(_ value: JSON) -> String {
    switch value {
    case .string(let text): text
    case .object(let members):
      members.map { "\($0.name) \($0.value.text ?? $0.value.line)" }.joined(separator: " ")
    default: value.line
    }
  }

  /// What stands beside the points of a criterion, in millionths as well.
  private static let ofScores: Set<String> = ["weight", "value", "weight_before", "value_before"]

  /// Whether a number of this name is in millionths, which people read as 0 to 100.
  static func isScore(_ column: String) -> Bool {
    ["score", "points"].contains { column == $0 || column.hasSuffix("_\($0)") || column.hasPrefix("\($0)_") }
  }

  /// Millionths as 0–100 with one decimal, halves away from zero: 873456 is `87.3`.
  static func score(_ millionths: Int64) -> String {
    let tenths = (millionths.magnitude + 500) / 1_000
    return "\(millionths < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
  }

  /// A whole number with its thousands apart: `1,250,000`.
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// The fields that hold money, from the field table.
  static let moneyColumns = columns { $0 == .amount }
  private static let rangeColumns = columns { $0 == .amountRange }

  private static func columns(_ isWanted: (FieldType) -> Bool) -> Set<String> {
    Set(Noun.allCases.flatMap(\.fields).filter { isWanted($0.type) }.map(\.name))
  }
}
