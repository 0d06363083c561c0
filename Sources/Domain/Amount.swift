/// An amount of money in whole units, with its currency where the text named one.
public struct Amount: Sendable, Hashable {
  public var units: Int64
  /// ISO 4217, nil where the field `currency` says it.
  public var currency: String?

  public init(units: Int64, currency: String? = nil) {
    self.units = units
    self.currency = currency
  }

  /// Reads `5M`, `250k`, `2.5B`, `5 million`, `5000000`, `5,000,000`, `500万`, `1.2亿`, with or without a currency
  /// before or behind (`5M CNY`, `¥5,000,000`, `500万元`, `RMB 500万`, `300万美元`). Nil for anything else, for a
  /// fraction of a unit and beyond ``Limits/amount``.
  public init?(_ text: some StringProtocol) {
    guard let money = MoneyText(text), let units = money.units() else { return nil }
    self.init(units: units, currency: money.currency)
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

  /// Reads `2M-10M`, `2M-`, `2M+`, `-10M`, `200万以上`, `5M` (both ends), with or without a currency; the dash may be
  /// any of those that sheets use. A smaller end without a unit has that of the larger one, since `2-10M` and
  /// `200-1000万` are never meant otherwise, unless that would make it the larger (`500000-2M`).
  public init?(_ text: some StringProtocol) {
    var ends = Self.ends(of: trimmed(text))
    guard ends.count <= 2 else { return nil }
    var currency: String?
    var money: [MoneyText?] = []
    for (index, end) in ends.enumerated() {
      // The currency may stand behind an open end: `2M- CNY`.
      if let alone = Currency.code(end) {
        ends[index] = ""
        guard currency == nil || currency == alone else { return nil }
        currency = alone
        money.append(nil)
        continue
      }
      let read = MoneyText(end)
      guard read != nil || end.isEmpty else { return nil }
      if let named = read?.currency {
        guard currency == nil || currency == named else { return nil }
        currency = named
      }
      money.append(read)
    }
    guard money.contains(where: { $0 != nil }) else { return nil }
    let max = money[money.count - 1].map { $0.units() }
    var min = money[0].map { $0.units() }
    if let low = money[0], low.exponent == nil, let exponent = money[money.count - 1]?.exponent,
      let high = max ?? nil, let scaled = low.units(exponent: exponent), scaled <= high
    {
      min = scaled
    }
    if min == .some(nil) || max == .some(nil) { return nil }
    if let min = min ?? nil, let max = max ?? nil, min > max { return nil }
    self.init(min: min ?? nil, max: max ?? nil, currency: currency)
  }

  /// The texts of the two ends, or of the one that stands for both.
  private static func ends(of text: String) -> [String] {
    if text.utf8.allSatisfy({ $0 < 128 && $0 != UInt8(ascii: "~") && $0 != UInt8(ascii: "+") }) {
      return text.split(separator: "-", omittingEmptySubsequences: false).map { trimmed($0) }
    }
    for (word, isFloor) in [("以上", true), ("+", true), ("以下", false), ("以内", false)]
    where text.hasSuffix(word) {
      let rest = trimmed(text.dropLast(word.count))
      return isFloor ? [rest, ""] : ["", rest]
    }
    return text.split(omittingEmptySubsequences: false) { "-–—−~～〜至".contains($0) }.map { trimmed($0) }
  }

  /// The form that reads back: `2000000-10000000`.
  public var text: String { "\(min.map(String.init) ?? "")-\(max.map(String.init) ?? "")" }
}

/// The unit that a column's header names for its amounts, `万元` or `M CNY`.
public struct AmountUnit: Sendable, Hashable {
  /// Digits before the decimal point that the unit stands for.
  public var exponent: Int
  public var currency: String?
  /// Whether the currency is only the 元 of a Chinese unit, which a column of currencies overrules.
  public var isLoose: Bool

  /// Reads `万元`, `CNY`, `M CNY`, `USD million`, `亿`; nil where the text is no unit.
  public init?(_ text: String) {
    let text = trimmed(text)
    let words = text.split(separator: " ")
    let readings = ["1\(text)", "1 \(text)"] + (words.count == 2 ? ["1 \(words[1]) \(words[0])"] : [])
    guard let money = readings.lazy.compactMap({ MoneyText($0) }).first(where: { $0.digits == "1" }),
      money.exponent != nil || money.currency != nil
    else { return nil }
    exponent = money.exponent ?? 0
    currency = money.currency
    isLoose = money.isLoose
  }

  /// The text of a cell with the unit written out behind each number that has none of its own.
  public func applied(to text: String) -> String {
    let scale = exponent == 0 ? "" : MoneyText.mark(exponent)
    var result = ""
    var rest = text[...]
    while let first = rest.first {
      let number = rest.prefix { "0123456789.,".contains($0) }
      guard !number.isEmpty else {
        result.append(first)
        rest.removeFirst()
        continue
      }
      rest = rest.dropFirst(number.count)
      let hasOwn = rest.first { $0 != " " }?.isLetter ?? false
      result += number + (hasOwn ? "" : scale)
    }
    guard let currency, AmountRange(result)?.currency == nil else { return result }
    return "\(result) \(currency)"
  }
}

/// The text of an amount taken apart.
struct MoneyText {
  /// As they stand, separators of thousands and the decimal point among them.
  private(set) var digits: Substring
  /// What the number is multiplied by, as a power of ten; nil where the text names no unit.
  private(set) var exponent: Int?
  private(set) var currency: String?
  /// Whether only 元 names the currency.
  private(set) var isLoose = false

  /// Longest first where one ends with another.
  private static let scales: [(word: String, exponent: Int)] = [
    ("thousand", 3), ("million", 6), ("billion", 9), ("mio", 6), ("mln", 6), ("mn", 6), ("bn", 9), ("k", 3),
    ("m", 6),
    ("b", 9), ("千万", 7), ("百万", 6), ("十亿", 9), ("千", 3), ("万", 4), ("萬", 4), ("亿", 8), ("億", 8),
  ]

  /// The shortest way to write a unit.
  static func mark(_ exponent: Int) -> String {
    scales.filter { $0.exponent == exponent }.map(\.word).min { $0.count < $1.count } ?? "e\(exponent)"
  }

  static func isScale(_ word: some StringProtocol) -> Bool {
    let lower = word.lowercased()
    return scales.contains { $0.word == lower }
  }

  /// No amount is longer in octets. Each currency that is taken off an end costs a look at all of the text.
  private static let longest = 128

  init?(_ text: some StringProtocol) {
    let text = trimmed(text)
    guard text.utf8.count <= Self.longest else { return nil }
    digits = text[...]
    if !text.utf8.allSatisfy(Self.isNumeric) {
      guard takeCurrencies() else { return nil }
      let lower = digits.lowercased()
      if let scale = Self.scales.first(where: { lower.hasSuffix($0.word) }) {
        exponent = scale.exponent
        digits = digits.dropLast(scale.word.count)
        digits = digits[..<(digits.lastIndex { $0 != " " }.map(digits.index(after:)) ?? digits.startIndex)]
      }
      guard digits.utf8.allSatisfy(Self.isNumeric) else { return nil }
    }
    guard !digits.isEmpty else { return nil }
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    (byte >= 48 && byte <= 57) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
  }

  /// Takes the currencies off both ends; false where two are named.
  private mutating func takeCurrencies() -> Bool {
    while let (code, isYuan, rest) = Currency.end(of: digits) {
      digits = rest
      if isYuan, currency != nil { continue }
      guard currency == nil || isLoose || currency == code else { return false }
      isLoose = isYuan
      currency = code
    }
    return true
  }

  /// The whole units; nil for what is no number, a fraction of a unit, and beyond ``Limits/amount``.
  func units(exponent other: Int? = nil) -> Int64? {
    let exponent = other ?? exponent ?? 0
    let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, let whole = Self.ungrouped(halves[0]) else { return nil }
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

/// Currencies are named by ISO 4217 codes, and a few by the signs and words of sheets. Any three letters are taken;
/// what a currency is worth is said by the exchange rates.
public enum Currency {
  /// Longest first where one begins or ends with another.
  private static let words: [(word: String, code: String)] = [
    ("人民币", "CNY"), ("rmb", "CNY"), ("us$", "USD"), ("hk$", "HKD"), ("美元", "USD"), ("美金", "USD"),
    ("港元", "HKD"),
    ("港币", "HKD"), ("欧元", "EUR"), ("英镑", "GBP"), ("日元", "JPY"), ("元", "CNY"), ("¥", "CNY"), ("￥", "CNY"),
    ("$", "USD"), ("€", "EUR"), ("£", "GBP"),
  ]

  /// The code that a text names, nil for anything else.
  public static func code(_ text: some StringProtocol) -> String? {
    let lower = text.lowercased()
    if let known = words.first(where: { $0.word == lower }) { return known.code }
    guard isThreeLetters(text), !MoneyText.isScale(text) else { return nil }
    return text.uppercased()
  }

  private static func isThreeLetters(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 3
      && text.utf8.allSatisfy { ($0 >= 65 && $0 <= 90) || ($0 >= 97 && $0 <= 122) }
  }

  /// A currency at one end of an amount: its code, whether it is 元, and the rest.
  static func end(of text: Substring) -> (code: String, isYuan: Bool, rest: Substring)? {
    let lower = text.lowercased()
    for (word, code) in words {
      if lower.hasPrefix(word) {
        return (code, word == "元", text.dropFirst(word.count).drop { $0 == " " })
      }
      if lower.hasSuffix(word) { return (code, word == "元", withoutSpaces(text.dropLast(word.count))) }
    }
    // A code stands apart, or is in capitals and touches a digit.
    let (first, last) = (text.prefix(3), text.suffix(3))
    let (behind, before) = (text.dropFirst(3).first, text.dropLast(3).last)
    func isApart(_ code: Substring, _ neighbour: Character?) -> Bool {
      guard let neighbour, isThreeLetters(code), !MoneyText.isScale(code) else { return false }
      return neighbour == " " || (neighbour.isNumber && code.utf8.allSatisfy { $0 <= 90 })
    }
    if isApart(first, behind) { return (first.uppercased(), false, text.dropFirst(3).drop { $0 == " " }) }
    if isApart(last, before) { return (last.uppercased(), false, withoutSpaces(text.dropLast(3))) }
    return nil
  }

  private static func withoutSpaces(_ text: Substring) -> Substring {
    text[..<(text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex)]
  }
}
