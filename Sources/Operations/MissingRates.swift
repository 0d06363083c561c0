import Matching
import Wire

extension MissingRate {
  /// Pairs of currencies that a sentence names; of further ones it says the number.
  private static let named = 3

  /// A sentence on the exchange rates that are missing; nil if none is.
  static func sentence(_ missing: [MissingRate]) -> String? {
    guard !missing.isEmpty else { return nil }
    let parts = missing.prefix(named).map { rate in
      "no rate between \(rate.ask) (\(rate.candidates) asks) and \(rate.ticket) (\(rate.investors) tickets)"
    }
    let rest = missing.count - parts.count
    return parts.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
      + "; such tickets count as unknown until RATE SET"
  }
}
