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

/// What asks of one currency come to with a mandate: its ticket in that currency, with the ends of its reach worked
/// out.
struct TicketCurve: Sendable {
  /// Asks below and above these are vetoed.
  private let low: Int64
  private let high: Int64
  private let min: Int64
  private let max: Int64
  /// Points from the smallest ticket to the largest.
  private let full: Int

  /// - Parameter ticket: Nil where it is unknown, or what it is in this currency.
  init(_ ticket: Ticket?, _ curves: Curves) {
    min = ticket?.min ?? 0
    max = ticket?.max ?? .max
    low = (min + curves.ticketLowReach - 1) / curves.ticketLowReach
    let (reach, overflow) = max.multipliedReportingOverflow(by: curves.ticketHighReach)
    high = overflow ? .max : reach
    full = Int(curves.points(.ticket, ticket == nil ? curves.prior(.ticket) : Curves.one))
  }

  /// What the best of asks from one to another comes to; ``Mandate/vetoed`` where all are.
  @inline(__always)
  func points(asks: ClosedRange<Int64>) -> Int32 {
    // They rise up to the smallest ticket and fall from the largest one on.
    points(ask: asks.lowerBound > max ? asks.lowerBound : Swift.min(asks.upperBound, max))
  }

  /// Points of an ask, ``Mandate/vetoed`` for a veto.
  @inline(__always)
  func points(ask: Int64) -> Int32 {
    guard ask >= low, ask <= high else { return Mandate.vetoed }
    // Whether it lies within the ticket cannot be foreseen, so no branch depends on it; then both are the ask. One of
    // nothing is within where the ticket starts at nothing.
    let part = Swift.max(1, Swift.min(ask, max))
    return Curves.points(weight: full, Curves.share(part, of: Swift.max(part, ask, min)))
  }

  /// Writes what no ask of each class of the currency exceeds.
  ///
  /// - Parameter classes: Their numbers.
  func bound(_ classes: Range<Int>, in bounds: inout [Int32]) {
    guard !classes.isEmpty else { return }
    let (lowest, smallest) = (AskClass.place(of: low), AskClass.place(of: min))
    let (largest, highest) = (AskClass.place(of: max), AskClass.place(of: high))
    let (first, most) = (classes.lowerBound, Int32(full))
    bounds.fill(classes, with: Mandate.vetoed)
    bounds.fill(first + smallest..<first + largest + 1, with: most)
    // The part of the ask in the ticket, or of the ticket in the ask, and one for all that is rounded.
    var bounds = bounds.mutableSpan
    for place in lowest..<smallest {
      let part = AskClass.least(place: place &+ 1) / Double(min)
      bounds[first &+ place] = Swift.min(most, Int32(Double(full) * part) &+ 1)
    }
    for place in largest &+ 1..<highest &+ 1 {
      let part = Double(max) / AskClass.least(place: place)
      bounds[first &+ place] = Swift.min(most, Int32(Double(full) * part) &+ 1)
    }
  }
}
