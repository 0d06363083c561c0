import Domain

/// A currency of asks and one of tickets without an exchange rate between them: the criterion `ticket` is unknown for these
/// pairs.
public struct MissingRate: Sendable, Hashable {
  /// Currency of asks.
  public var ask: String
  /// Currency of tickets.
  public var ticket: String
  /// Candidates that ask in the one, and investors with a ticket in the other; none of them retired.
  public var candidates: Int
  public var investors: Int
}

extension Scorer {
  /// The pairs of currencies without a rate, those that keep most pairs apart first. O(candidates + investors).
  public var missingRates: [MissingRate] {
    let currencies = snapshot.interning.currencies
    var asks = [Int](repeating: 0, count: currencies.texts.count + 1)
    var tickets = asks
    for index in 0..<snapshot.candidateCount
    where snapshot.candidates.asks[index] >= 0 && !snapshot.isCandidateRetired(at: index) {
      asks[Int(snapshot.candidates.currencies[index]) + 1] += 1
    }
    for index in 0..<snapshot.investorCount
    where (snapshot.investors.ticketMins[index] >= 0 || snapshot.investors.ticketMaxes[index] >= 0)
      && !snapshot.isInvestorRetired(at: index)
    {
      tickets[Int(snapshot.investors.currencies[index]) + 1] += 1
    }
    var missing: [MissingRate] = []
    for from in asks.indices where asks[from] > 0 {
      for to in tickets.indices where tickets[to] > 0 {
        // Amounts without a currency meet only each other, and no rate would change that.
        guard let ask = currencies.text(Int32(from) - 1), let ticket = currencies.text(Int32(to) - 1),
          snapshot.rates.conversion(from: ticket, to: ask) == nil
        else { continue }
        missing.append(
          MissingRate(ask: ask, ticket: ticket, candidates: asks[from], investors: tickets[to]))
      }
    }
    return missing.sorted {
      let (one, other) = ($0.candidates * $0.investors, $1.candidates * $1.investors)
      return one != other ? one > other : ($0.ask, $0.ticket) < ($1.ask, $1.ticket)
    }
  }
}
