import Domain

/// Field values as PostgreSQL's text, both ways.
enum FieldText {
  /// The text of a value for COPY or a parameter, not yet escaped for either.
  static func encode(_ value: FieldValue) -> String {
    switch value {
    case .text(let text): text
    case .integer(let number): String(number)
    case .flag(let flag): flag ? "t" : "f"
    case .list(let items): array(items)
    case .weights(let weights):
      "{" + weights.map { "\"\($0.code)\":\(Decimal6.text($0.millionths))" }.joined(separator: ",") + "}"
    case .amount(let amount): String(amount.units)
    case .range(let range): "[\(range.min.map(String.init) ?? ""),\(range.max.map(String.init) ?? "")]"
    }
  }

  private static func array(_ items: [String]) -> String {
    "{"
      + items.map { item in
        var quoted = "\""
        for character in item.unicodeScalars {
          if character == "\"" || character == "\\" { quoted.unicodeScalars.append("\\") }
          quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
      }.joined(separator: ",") + "}"
  }

  /// Reads a column of the field's type.
  static func decode(_ type: FieldType, _ row: Row, _ column: Int) throws -> FieldValue? {
    guard !row.isNull(column) else { return nil }
    switch type {
    case .integer, .vetoSteps: return .integer(Int64(try row.int(column)))
    case .amount: return .amount(Amount(units: Int64(try row.int(column))))
    case .flag: return .flag(try row.bool(column))
    case .references, .codes, .choices, .names: return .list(try row.textArray(column))
    case .sectorWeights: return .weights(try weights(row.text(column)))
    case .amountRange: return .range(try range(row.text(column)))
    case .decimal:
      // numeric(15, 6) comes with all its places.
      guard let millionths = Decimal6.millionths(try row.text(column)) else { throw unreadable("a number") }
      return .text(Decimal6.text(millionths))
    default: return .text(try row.text(column))
    }
  }

  /// `{"ai": 0.8, "chips": 0.5}`, whose keys are codes and so never hold a quote or a comma.
  static func weights(_ text: String) throws -> [FieldValue.Weight] {
    var weights: [FieldValue.Weight] = []
    for member in text.dropFirst().dropLast().split(separator: ",") {
      guard let colon = member.lastIndex(of: ":"),
        let millionths = Decimal6.millionths(member[member.index(after: colon)...].drop { $0 == " " })
      else { throw unreadable("weights") }
      let name = member[..<colon].drop { $0 == " " }
      weights.append(.init(code: String(name.dropFirst().dropLast()), millionths: millionths))
    }
    return FieldType.sorted(weights)
  }

  /// `[2000000,10000001)`, the canonical form of int8range.
  static func range(_ text: String) throws -> AmountRange {
    let ends = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = text.first, let last = text.last else { throw unreadable("a range") }
    let min = Int64(ends[0]).map { first == "(" ? $0 + 1 : $0 }
    let max = Int64(ends[1]).map { last == ")" ? $0 - 1 : $0 }
    return AmountRange(min: min, max: max)
  }

  private static func unreadable(_ what: String) -> StoreError {
    .unexpectedResult(reason: "a column holds no readable \(what)")
  }
}
