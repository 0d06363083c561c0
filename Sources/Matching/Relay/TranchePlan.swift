import Domain

/// How a stake is sold down to its floor: tranche by tranche, one to a buyer, some months apart.
///
/// Buyers are asked in their order. Each takes as much as its largest ticket, its budget and its own control thresholds
/// leave, and no less than its smallest ticket. The seller stays above its next threshold while anybody can take what lies
/// above it; only then a tranche goes below, and names what it passes. Greedy, in O(buyers × thresholds).
///
/// Percents are of the firm, in millionths of a percent. A threshold is passed upwards by who holds more than it and did
/// not before, downwards by who no longer does. Amounts are what is sold so far at the price, less what was sold before,
/// both rounded down, so that they sum to the amount of the whole.
public struct TranchePlan: Sendable, Hashable {
  /// Who buys, and how much it can. Amounts are in the currency of the price; nil is no such limit.
  public struct Buyer: Sendable, Hashable {
    public var code: String
    public var ticketMin: Int64?
    public var ticketMax: Int64?
    public var budget: Int64?
    /// What it is known to hold of the firm already.
    public var holds: Int64

    public init(
      code: String, ticketMin: Int64? = nil, ticketMax: Int64? = nil, budget: Int64? = nil, holds: Int64 = 0
    ) {
      self.code = code
      self.ticketMin = ticketMin
      self.ticketMax = ticketMax
      self.budget = budget
      self.holds = holds
    }
  }

  /// One sale.
  public struct Tranche: Sendable, Hashable {
    public var day: Day
    public var buyer: String
    public var percent: Int64
    public var amount: Int64
    /// What the seller holds afterwards.
    public var left: Int64
    public var end: End
    /// Thresholds of the seller that it passes downwards, the highest first.
    public var passes: [Int64]
  }

  /// What ends a tranche.
  public enum End: String, Sendable {
    /// All is sold that was for sale.
    case floor
    /// The buyer has no more of its largest ticket or its budget.
    case ticket, budget
    /// More would carry the buyer across a control threshold.
    case control
    /// More would take the seller below a threshold of its own.
    case threshold
  }

  /// Why something is left that was for sale.
  public enum Reason: String, Sendable {
    case noPrice = "no_price"
    case noBuyers = "no_buyers"
    /// Somebody could pay for more, but would come to control the firm.
    case control
    /// Somebody could pay for it, but it is less than its smallest ticket.
    case smallestTicket = "smallest_ticket"
    /// Largest tickets and budgets are used up.
    case money
  }

  /// A third, as it is written, and a half: what blocks and what decides.
  public static let thresholds: [Int64] = [33_330_000, 50_000_000]

  public private(set) var tranches: [Tranche] = []
  /// What could not be placed, and its amount; nil without a price.
  public private(set) var unplaced: Int64
  public private(set) var unplacedAmount: Int64?
  /// Nil where everything is placed.
  public private(set) var reason: Reason?

  /// - Parameters:
  ///   - price: For one percent, in whole units; nil or below 1 sells nothing.
  ///   - buyers: In the order in which they are asked, each once.
  ///   - day: Of the first tranche.
  ///   - months: Between two tranches.
  ///   - thresholds: Rising.
  public init(
    held: Int64, floor: Int64, price: Int64?, buyers: [Buyer], from day: Day, months: Int = 6,
    thresholds: [Int64] = thresholds
  ) {
    let forSale = max(0, held - floor)
    unplaced = forSale
    guard forSale > 0 else {
      unplacedAmount = price.map { _ in 0 }
      return
    }
    guard let price, price > 0 else {
      reason = .noPrice
      return
    }
    var purses = buyers.map { Purse($0, price: price, thresholds) }
    var left = held
    // Down to just above each threshold in turn, then to the floor.
    let stops = thresholds.reversed().filter { $0 < held && $0 >= floor }.map { $0 + 1 } + [floor]
    for stop in stops {
      for place in purses.indices where left > stop {
        guard let (percent, end) = purses[place].take(upTo: left - stop) else { continue }
        let sold = held - left
        let after = left - percent
        tranches.append(
          Tranche(
            day: day.adding(months: months * tranches.count), buyer: purses[place].code, percent: percent,
            amount: Self.amount(sold + percent, at: price) - Self.amount(sold, at: price), left: after,
            end: end ?? (stop == floor ? .floor : .threshold),
            passes: thresholds.reversed().filter { $0 < left && $0 >= after }))
        left = after
      }
    }
    unplaced = left - floor
    unplacedAmount = Self.amount(forSale, at: price) - Self.amount(held - left, at: price)
    if unplaced > 0 { reason = Self.reason(purses, unplaced) }
  }

  /// What a percent costs, rounded down to whole units, at most `Int64.max`.
  /// - Parameter price: For one percent.
  public static func amount(_ percent: Int64, at price: Int64) -> Int64 {
    Int64(clamping: Int128(percent) * Int128(price) / 1_000_000)
  }

  private static func reason(_ purses: [Purse], _ unplaced: Int64) -> Reason {
    if purses.isEmpty { return .noBuyers }
    if purses.contains(where: { min($0.money, unplaced) >= $0.least }) { return .control }
    return purses.contains { $0.money > 0 } ? .smallestTicket : .money
  }

  /// What a buyer can still take.
  private struct Purse {
    let code: String
    /// The least of one tranche.
    let least: Int64
    /// What its money is good for, and whether ticket or budget ends it.
    private(set) var money: Int64
    private let moneyEnd: End
    /// What it may take without coming to control the firm.
    private var control: Int64

    init(_ buyer: Buyer, price: Int64, _ thresholds: [Int64]) {
      code = buyer.code
      func percent(_ amount: Int64, roundedUp: Bool) -> Int64 {
        let (whole, rest) = (Int128(amount) * 1_000_000).quotientAndRemainder(dividingBy: Int128(price))
        return Int64(clamping: roundedUp && rest > 0 ? whole + 1 : whole)
      }
      least = max(1, percent(buyer.ticketMin ?? 0, roundedUp: true))
      let (ticket, budget) = (buyer.ticketMax ?? .max, buyer.budget ?? .max)
      money = min(ticket, budget) == .max ? .max : percent(min(ticket, budget), roundedUp: false)
      moneyEnd = budget < ticket ? .budget : .ticket
      control = thresholds.first { $0 >= buyer.holds }.map { $0 - buyer.holds } ?? .max
    }

    /// How much of what is offered it takes, and what keeps it from more, nil for nothing; nil where it takes nothing.
    mutating func take(upTo offered: Int64) -> (percent: Int64, end: End?)? {
      let percent = min(money, control, offered)
      guard percent >= least else { return nil }
      let end: End? = percent == offered ? nil : control < money ? .control : moneyEnd
      money -= percent
      control -= percent
      return (percent, end)
    }
  }
}
