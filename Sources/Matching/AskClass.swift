/// Asks of one currency within an eighth of a power of two, so that one entry of a mandate's table bounds them all, at
/// most an eighth too high.
struct AskClass: Sendable {
  /// Below 65,536. Those of a currency lie together, so that the few that occur share lines of cache.
  let number: UInt16

  static let count = Int(UInt16.max) + 1
  private static let perCurrency = 512
  /// No ask.
  static let none = AskClass(number: 0)
  /// Any ask, in a currency beyond those there is room for.
  static let any = AskClass(number: 1)

  private init(number: UInt16) { self.number = number }

  /// - Parameters:
  ///   - ask: -1 for none.
  ///   - currency: As in a facet.
  init(ask: Int64, currency: UInt16) {
    guard ask >= 0 else {
      self = .none
      return
    }
    guard Int(currency) < Self.count / Self.perCurrency, currency > 0 else {
      self = .any
      return
    }
    number = currency * UInt16(Self.perCurrency) + UInt16(Self.place(of: ask))
  }

  /// Among the classes of a currency, which rise with their asks: the exponent and the first three digits of the ask as
  /// a floating-point number. 0 goes with 1.
  static func place(of ask: Int64) -> Int { Int(Double(max(ask, 1)).bitPattern >> 49) - placeOfOne }

  /// The least ask of the class in such a place, but for 0. Those beyond 2^53 may be less by rounding.
  @inline(__always)
  static func least(place: Int) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: placeOfOne &+ place) << 49)
  }

  private static let placeOfOne = Int(Double(1).bitPattern >> 49)

  /// Numbers of the classes of a currency, as in a facet; empty for one there is no room for.
  static func numbers(currency: Int) -> Range<Int> {
    currency > 0 && currency < count / perCurrency
      ? currency * perCurrency..<(currency + 1) * perCurrency : 0..<0
  }
}
