import Domain

/// How the numbers of a report are shown: amounts all in one unit, which is told beside them, and rounded half up. CSV has
/// them as they are.
struct ReportNumbers: Sendable {
  /// What amounts are shown in: a power of ten, its name, and the places behind the point.
  private struct Scale {
    var exponent: Int
    var name: String
    var places: Int
  }

  private let scale: Scale
  private let language: SheetLanguage

  /// Fit for the largest amount of some tables.
  init(_ tables: [ReportTable], in language: SheetLanguage) {
    var largest = 0
    for table in tables {
      for (index, column) in table.columns.enumerated() {
        guard case .currency = column.unit else { continue }
        for row in table.rows { largest = max(largest, row.values[index] ?? 0) }
      }
    }
    self.language = language
    if largest < 10_000_000 {
      scale = Scale(exponent: 0, name: "", places: 0)
    } else {
      scale =
        language == .chinese
        ? Scale(exponent: 4, name: "万", places: 0) : Scale(exponent: 6, name: "million", places: 2)
    }
  }

  /// What amounts of a currency are told in: `million CNY`, `万元`.
  func unit(_ currency: String) -> String {
    switch language {
    case .english: scale.name.isEmpty ? currency : "\(scale.name) \(currency)"
    case .chinese:
      currency == "CNY" ? scale.name + "元" : scale.name.isEmpty ? currency : "\(scale.name) \(currency)"
    }
  }

  /// What stands beside a measure; nil for counts, which are told by its name.
  func unit(_ unit: ReportTable.Unit) -> String? {
    switch unit {
    case .count, .perYear: nil
    case .currency(let code): self.unit(code)
    case .percent: "%"
    case .perUnit: nil
    }
  }

  /// A value as it is shown; `–` is not known.
  func shown(_ value: Int?, _ unit: ReportTable.Unit) -> String {
    guard let value else { return "–" }
    return switch unit {
    case .count: Self.decimal(value, exponent: 0, places: 0)
    case .currency: Self.decimal(value, exponent: scale.exponent, places: scale.places)
    case .percent: Self.decimal(value, exponent: 1, places: 1)
    case .perUnit, .perYear: Self.decimal(value, exponent: 6, places: 2)
    }
  }

  /// A value at the tick of an axis: no digit that says nothing, and none left out.
  func tick(_ value: Int, _ unit: ReportTable.Unit) -> String {
    let exponent =
      switch unit {
      case .count: 0
      case .currency: scale.exponent
      case .percent: 1
      case .perUnit, .perYear: 6
      }
    let text = Self.decimal(value, exponent: exponent, places: exponent)
    if exponent == 0 { return text }
    let end = text.lastIndex { $0 != "0" }!
    return String(text[end] == "." ? text[..<end] : text[...end])
  }

  /// `1,234.5`: a value divided by a power of ten, to so many places, which are not more than that power's.
  static func decimal(_ value: Int, exponent: Int, places: Int) -> String {
    let step = power(exponent - places)
    let magnitude = (value.magnitude + UInt(step / 2)) / UInt(step)
    let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: UInt(power(places)))
    var text = grouped(whole)
    if places > 0 {
      let digits = String(fraction)
      text += "." + String(repeating: "0", count: places - digits.count) + digits
    }
    return value < 0 && magnitude > 0 ? "-" + text : text
  }

  private static func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * 10 } }

  private static func grouped(_ whole: UInt) -> String {
    var text = ""
    let digits = String(whole)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}
