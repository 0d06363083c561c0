import Domain

/// The exchange rates in effect on a day: for each pair of currencies the latest one dated up to it.
public struct ExchangeRates: Sendable {
  /// How to come from one currency to another: times `numerator` over `denominator`.
  struct Conversion: Sendable, Hashable {
    var numerator: UInt128
    var denominator: UInt128

    static let identity = Conversion(numerator: 1, denominator: 1)

    /// The amount in the other currency, rounded half up to whole units, at most ``ceiling``.
    func convert(_ amount: Int64) -> Int64 {
      if numerator == denominator { return amount }
      let (high, low) = numerator.multipliedFullWidth(by: UInt128(amount))
      guard high < denominator else { return Self.ceiling }
      var (quotient, remainder) = denominator.dividingFullWidth((high, low))
      if remainder >= denominator - remainder { quotient += 1 }
      return quotient > UInt128(Self.ceiling) ? Self.ceiling : Int64(quotient)
    }

    /// Beyond every amount there is, and far enough below the end of Int64 to multiply by a few.
    static let ceiling: Int64 = 1_000_000_000_000_000_000
  }

  private struct Pair: Sendable, Hashable {
    var from: String
    var to: String
  }

  private struct Leg: Sendable {
    var conversion: Conversion
    var date: Day
  }

  /// Each rate, under its own direction and the inverse one; the later of the two where both were given.
  private var legs: [Pair: Leg] = [:]
  /// What each currency has a rate with, in order of codes.
  private var neighbours: [String: [String]] = [:]

  /// - Throws: ``Flaw`` for a rate that is not above 0.
  public init(_ rows: [RateRow], asOf: Day) throws(Flaw) {
    var given: [Pair: RateRow] = [:]
    for row in rows where row.date <= asOf && row.from != row.to {
      guard row.millionths > 0 else { throw Flaw("the rate from \(row.from) to \(row.to) is not above 0") }
      let pair = Pair(from: row.from, to: row.to)
      if let other = given[pair], other.date >= row.date { continue }
      given[pair] = row
    }
    for (pair, row) in given {
      let inverse = given[Pair(from: pair.to, to: pair.from)]
      // A rate that was given in this direction comes before an inverse one of the same day.
      if let inverse, inverse.date > row.date { continue }
      let (rate, million) = (UInt128(row.millionths), UInt128(1_000_000))
      legs[pair] = Leg(conversion: Conversion(numerator: rate, denominator: million), date: row.date)
      if let inverse, inverse.date == row.date { continue }
      legs[Pair(from: pair.to, to: pair.from)] = Leg(
        conversion: Conversion(numerator: million, denominator: rate), date: row.date)
    }
    for pair in legs.keys { neighbours[pair.from, default: []].append(pair.to) }
    for currency in neighbours.keys { neighbours[currency]!.sort(by: Code.precedes) }
  }

  /// An amount, not negative, in another currency, rounded half up to whole units; nil where no rate leads there.
  public func convert(_ amount: Int64, from: String?, to: String?) -> Int64? {
    conversion(from: from, to: to)?.convert(amount)
  }

  /// The rate between two currencies: none between equals (no currency is a currency of its own), a direct
  /// or inverse one, else through the one currency between them whose older rate is the latest, the first
  /// in order of codes among equals. Nil when there is no such way.
  func conversion(from: String?, to: String?) -> Conversion? {
    if from == to { return .identity }
    guard let from, let to else { return nil }
    if let leg = legs[Pair(from: from, to: to)] { return leg.conversion }
    var best: (conversion: Conversion, date: Day)?
    for between in neighbours[from] ?? [] {
      guard let first = legs[Pair(from: from, to: between)], let second = legs[Pair(from: between, to: to)]
      else { continue }
      let date = min(first.date, second.date)
      if let best, best.date >= date { continue }
      best = (
        Conversion(
          numerator: first.conversion.numerator * second.conversion.numerator,
          denominator: first.conversion.denominator * second.conversion.denominator), date
      )
    }
    return best?.conversion
  }
}
