/// An investor's ticket and the currency of one ask: what is asked meets what is written, in that currency.
struct Ticket {
  /// Nil for an open end.
  var min: Int64?
  var max: Int64?

  /// In another currency.
  func converted(by conversion: ExchangeRates.Conversion) -> Ticket {
    Ticket(min: min.map(conversion.convert), max: max.map(conversion.convert))
  }

  /// Full inside; above, the part that one ticket covers, since co-investors may take the rest; below,
  /// the part of the smallest ticket that is asked for.
  func value(ask: Int64) -> Int {
    if let max, ask > max { return Curves.share(max, of: ask) }
    if let min, ask < min { return Curves.share(ask, of: min) }
    return Curves.one
  }

  func isVetoed(ask: Int64, _ curves: Curves) -> Bool {
    if let max, ask > max {
      let (reach, overflow) = max.multipliedReportingOverflow(by: curves.ticketHighReach)
      return !overflow && ask > reach
    }
    if let min, ask < min {
      let (reach, overflow) = ask.multipliedReportingOverflow(by: curves.ticketLowReach)
      return !overflow && reach < min
    }
    return false
  }
}

/// A ticket in the currency of the asks it judges, with the ends of its reach worked out.
struct TicketCurve: Sendable {
  /// Asks below and above these are vetoed.
  private let low: Int64
  private let high: Int64
  private let min: Int64
  private let max: Int64

  init(_ ticket: Ticket, _ curves: Curves) {
    min = ticket.min ?? 0
    max = ticket.max ?? .max
    low = (min + curves.ticketLowReach - 1) / curves.ticketLowReach
    let (reach, overflow) = max.multipliedReportingOverflow(by: curves.ticketHighReach)
    high = overflow ? .max : reach
  }

  /// The best value of asks from one to another; nil where all are vetoed.
  func value(asks: ClosedRange<Int64>) -> Int? {
    // The value rises up to the smallest ticket and falls from the largest one on.
    if asks.lowerBound > max { return value(ask: asks.lowerBound) }
    if asks.upperBound < min { return value(ask: asks.upperBound) }
    return Curves.one
  }

  /// Millionths; nil for a veto.
  func value(ask: Int64) -> Int? {
    if ask > max { return ask > high ? nil : Curves.share(max, of: ask) }
    if ask < min { return ask < low ? nil : Curves.share(ask, of: min) }
    return Curves.one
  }
}
