/// Asks of one currency within an eighth of a power of two, so that one entry of a mandate's table bounds them all, at
/// most an eighth too high.
struct AskClass: Sendable, Hashable, Comparable {
  /// Below 65,536. Those of a currency lie together, so that the few that occur share lines of cache.
  let number: UInt16

  static let count = Int(UInt16.max) + 1
  private static let perCurrency = 512
  /// No ask.
  static let none = AskClass(number: 0)
  /// Any ask, in a currency beyond those there is room for.
  static let any = AskClass(number: 1)

  init(number: UInt16) { self.number = number }

  static func < (one: AskClass, other: AskClass) -> Bool { one.number < other.number }

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
    // Three digits after the first one; what is smaller than eight has them all behind the point.
    let digits = 63 - (ask | 1).leadingZeroBitCount
    let eighth = digits >= 3 ? ask >> Int64(digits - 3) & 7 : ask << Int64(3 - digits) & 7
    number = currency * UInt16(Self.perCurrency) + UInt16(digits * 8) + UInt16(eighth)
  }

  /// As in a facet; nil for none and any.
  var currency: Int? { number < 2 ? nil : Int(number) / Self.perCurrency }

  /// All asks of the class lie in here.
  var asks: ClosedRange<Int64> {
    let (digits, eighth) = (Int64(number) % Int64(Self.perCurrency) / 8, Int64(number) % 8)
    guard digits >= 3 else { return 0...7 }
    let low = (8 + eighth) << (digits - 3)
    return low...(low + (1 << (digits - 3)) - 1)
  }
}
