/// An amount of money in whole units, with its currency where the text named one.
public struct Amount: Sendable, Hashable {
  public var units: Int64
  /// ISO 4217, nil where the field `currency` says it.
  public var currency: String?

  public init(units: Int64, currency: String? = nil) {
    self.units = units
    self.currency = currency
  }

  /// Reads `5M`, `250k`, `2.5B`, `5000000`, `5,000,000`, `500万`, `1.2亿`, with or without a currency
  /// after a space (`5M CNY`). Nil for anything else, for a fraction of a unit and beyond ``Limits/amount``.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 1 || parts.count == 2, let units = Self.units(parts[0]) else { return nil }
    if parts.count == 2 {
      guard Currency.isValid(parts[1]) else { return nil }
      self.init(units: units, currency: parts[1].uppercased())
    } else {
      self.init(units: units)
    }
  }

  /// The number before the currency.
  static func units(_ text: some StringProtocol) -> Int64? {
    let scales: [Character: Int] = [
      "k": 3, "K": 3, "m": 6, "M": 6, "b": 9, "B": 9, "万": 4, "亿": 8,
    ]
    var digits = String(text)
    var exponent = 0
    if let last = digits.last, let scale = scales[last] {
      exponent = scale
      digits.removeLast()
    }
    let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, let whole = ungrouped(halves[0]) else { return nil }
    let fraction = halves.count == 2 ? halves[1] : ""
    guard fraction.count <= 12, fraction.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      halves.count == 1 || !fraction.isEmpty
    else { return nil }
    // Digits beyond the scale may only be zeros: an amount is whole units.
    let kept = fraction.prefix(exponent)
    guard fraction.dropFirst(exponent).allSatisfy({ $0 == "0" }) else { return nil }
    let all = whole + kept + String(repeating: "0", count: exponent - kept.count)
    guard all.count <= 19, let units = Int64(all), units <= Limits.amount else { return nil }
    return units
  }

  /// Digits, with commas only as separators of thousands.
  private static func ungrouped(_ text: Substring) -> String? {
    let groups = text.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }) else {
      return nil
    }
    guard groups.count == 1 || (groups[0].count <= 3 && groups.dropFirst().allSatisfy { $0.count == 3 })
    else { return nil }
    return groups.joined()
  }
}

/// A range of amounts, either end open: `2M-10M`, `2M-`, `-10M`.
public struct AmountRange: Sendable, Hashable {
  public var min: Int64?
  public var max: Int64?
  public var currency: String?

  public init(min: Int64?, max: Int64?, currency: String? = nil) {
    self.min = min
    self.max = max
    self.currency = currency
  }

  /// Reads `2M-10M`, `2M-`, `-10M`, `5M` (both ends), with or without a currency after a space.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 1 || parts.count == 2 else { return nil }
    if parts.count == 2 { guard Currency.isValid(parts[1]) else { return nil } }
    let currency = parts.count == 2 ? parts[1].uppercased() : nil
    let ends = Substring(parts[0]).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2 else { return nil }
    func end(_ text: Substring) -> Int64?? {
      text.isEmpty ? .some(nil) : Amount.units(text).map { .some($0) }
    }
    guard let min = end(ends[0]), let max = end(ends[ends.count - 1]), min != nil || max != nil else {
      return nil
    }
    if let min, let max, min > max { return nil }
    self.init(min: min, max: max, currency: currency)
  }

  /// The form that reads back: `2000000-10000000`.
  public var text: String { "\(min.map(String.init) ?? "")-\(max.map(String.init) ?? "")" }
}

/// Currencies are named by ISO 4217 codes. Any three letters are taken; what a currency is worth is said
/// by the exchange rates.
public enum Currency {
  public static func isValid(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 3
      && text.utf8.allSatisfy { ($0 >= 65 && $0 <= 90) || ($0 >= 97 && $0 <= 122) }
  }
}
