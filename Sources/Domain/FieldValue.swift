/// A value of a field, in the one form that all its spellings are read into.
public enum FieldValue: Sendable, Hashable {
  /// Text, a code, a choice, a date: whatever is one word or sentence.
  case text(String)
  case integer(Int64)
  case flag(Bool)
  case list([String])
  /// Weights of codes in millionths, heaviest first, then by code.
  case weights([Weight])
  case amount(Amount)
  case range(AmountRange)

  /// A code with what it counts for.
  public struct Weight: Sendable, Hashable {
    public var code: String
    /// 1…1,000,000.
    public var millionths: Int

    public init(code: String, millionths: Int) {
      self.code = code
      self.millionths = millionths
    }
  }

  /// The value as a request, a CSV cell and a TSV field spell it; it reads back as the same value.
  public var spelling: String {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    case .flag(let value): value ? "yes" : "no"
    case .list(let items): items.joined(separator: ",")
    case .weights(let weights):
      weights.map { "\($0.code):\(Decimal6.text($0.millionths))" }.joined(separator: ",")
    case .amount(let amount): String(amount.units)
    case .range(let range): range.text
    }
  }
}

/// Decimal numbers with at most six places, held as millionths.
public enum Decimal6 {
  /// Reads `0.8`, `1`, `.5`; nil for anything else, a seventh place included.
  public static func millionths(_ text: some StringProtocol) -> Int? {
    let halves = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count), halves.contains(where: { !$0.isEmpty }),
      halves.allSatisfy({ $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }),
      halves[0].count <= 9, halves.count == 1 || halves[1].count <= 6
    else { return nil }
    let whole = halves[0].isEmpty ? 0 : Int(halves[0])!
    let places = halves.count == 2 ? String(halves[1]) : ""
    let fraction = Int(places + String(repeating: "0", count: 6 - places.count))!
    return whole * 1_000_000 + fraction
  }

  /// The shortest form: `0.8`, `1`, `0.000001`.
  public static func text(_ millionths: Int) -> String {
    let (whole, fraction) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
    guard fraction != 0 else { return String(whole) }
    var digits = String(fraction)
    digits = String(repeating: "0", count: 6 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}
