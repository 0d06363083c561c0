import Testing

@testable import Matching

/// A mandate bounds all asks of a class at once, so that most candidates fall before their own ask is looked at.
@Suite struct TicketCurveTests {
  /// Where classes begin, and beside it, up to what an exchange may make of an amount.
  private static let asks: [Int64] =
    [0, .max - 1, .max]
    + (3..<63).flatMap { digits in
      (8..<16).flatMap { eighth in
        let start = Int64(eighth) << Int64(digits - 3)
        return [start - 1, start, start + 1]
      }
    }

  @Test(arguments: [(1, 1), (10, 4), (1_000, 1_000)])
  func noAskExceedsWhatItsClassIsBoundedBy(high: Int, low: Int) throws {
    let policy = try Policy(number: 1, values: ["ticket_high_reach": high, "ticket_low_reach": low])
    let curves = Curves(policy)
    let classes = AskClass.numbers(currency: 3)
    var bounds = [Int32](repeating: -7, count: AskClass.count)
    let smallest = Self.asks.indices.filter { $0 % 13 == 0 }.map { Self.asks[$0] }.filter { $0 < 1 << 60 }
    for smallest in smallest {
      for largest in [smallest, smallest * 3, .max] {
        let ticket = TicketCurve(Ticket(min: smallest, max: largest), curves)
        ticket.bound(classes, in: &bounds)
        let wrong = Self.asks.first { ask in
          let (points, bound) = (ticket.points(ask: ask), bounds[Int(AskClass(ask: ask, currency: 3).number)])
          // Nor is it bounded by much more: a class is an eighth wide.
          return points > bound || points >= 0 && Int(bound) > Int(points) * 9 / 8 + 3
        }
        #expect(wrong == nil, "with a ticket from \(smallest) to \(largest)")
      }
    }
    #expect(
      bounds[classes.lowerBound - 1] == -7 && bounds[classes.upperBound] == -7, "other currencies' classes")
  }

  @Test func anUnknownTicketGivesAllAsksThePrior() {
    let curves = Curves(Policy(number: 1))
    let ticket = TicketCurve(nil, curves)
    var bounds = [Int32](repeating: -7, count: AskClass.count)
    ticket.bound(AskClass.numbers(currency: 1), in: &bounds)
    let prior = curves.points(.ticket, curves.prior(.ticket))
    #expect(Self.asks.allSatisfy { ticket.points(ask: $0) == prior })
    #expect(Self.asks.allSatisfy { bounds[Int(AskClass(ask: $0, currency: 1).number)] == prior })
  }
}
