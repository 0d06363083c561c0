import Domain

/// Who could buy what the state has to sell of a firm, and whether the time has come.
///
/// The buyers of a stake are private investors whose mandate takes the firm's stage and one of its sectors (names it, one above
/// or one below, or names none), and that have no veto of the kernel for a firm that asks for what is for sale; that they hold
/// the firm already keeps nobody off. They are ranked by that score, then by code.
public struct HandOver: Sendable, Hashable {
  /// What a programme holds of a firm. Percents are of the firm, in millionths of a percent.
  public struct Stake: Sendable, Hashable {
    /// Index of the firm among candidates.
    public var firm: Int
    public var held: Int64
    /// What the state keeps.
    public var floor: Int64
    /// Of the last purchase or sale, for one percent, in whole units of ``currency``.
    public var price: Int64?
    public var currency: String?

    public init(firm: Int, held: Int64, floor: Int64, price: Int64?, currency: String?) {
      self.firm = firm
      self.held = held
      self.floor = floor
      self.price = price
      self.currency = currency
    }

    public var forSale: Int64 { max(0, held - floor) }

    /// What that is worth at the price; nil without one.
    public var value: Int64? { price.map { TranchePlan.amount(forSale, at: $0) } }
  }

  /// What must be so before a stake is sold.
  public struct Condition: Sendable, Hashable {
    public enum Name: String, Sendable, CaseIterable {
      /// The holding period is over.
      case period
      /// The firm's prospects are clear.
      case prospects
      /// Private money is interested.
      case interest
    }

    public var name: Name
    public var isMet: Bool
    /// What makes it so, or what is missing, in plain words.
    public var fact: String

    public init(name: Name, isMet: Bool, fact: String) {
      self.name = name
      self.isMet = isMet
      self.fact = fact
    }
  }

  public let stake: Stake
  public let conditions: [Condition]
  /// Best first; none where nothing is for sale.
  public let buyers: [Backer]

  /// Whether all conditions are met and there is something to sell.
  public var isReady: Bool { stake.forSale > 0 && conditions.allSatisfy(\.isMet) }

  /// O(candidates + investors): about 20 milliseconds for 100,000 and 20,000.
  /// - Throws: ``Flaw`` for rows that do not fit together.
  public init(_ stake: Stake, conditions: [Condition], _ scorer: Scorer) throws(Flaw) {
    self.stake = stake
    self.conditions = conditions
    guard stake.forSale > 0 else {
      buyers = []
      return
    }
    let snapshot = scorer.snapshot
    var row = snapshot.candidateRow(at: stake.firm)
    (row.ask, row.currency) = (stake.value.map { min($0, Limits.amount) }, stake.currency)
    let sectors = snapshot.sectorList(at: stake.firm)
    let privates = (0..<snapshot.investorCount).filter {
      snapshot.isPrivate(investor: $0) && snapshot.statesMandate(investor: $0)
        && snapshot.takes(row.stage, investor: $0) && snapshot.takes(sectors, investor: $0)
    }
    buyers = try Supposition(row, in: scorer).backers(among: privates)
  }

  /// How to sell what is for sale to the first of the buyers. Those whose ticket or budget is in a currency from which no
  /// rate leads to that of the price are passed over, since nobody knows what they can pay.
  /// - Parameters:
  ///   - buyers: How many are asked.
  ///   - known: By id of an investor, what it is known to hold of the firm.
  ///   - besides: What the seller holds of the firm in other stakes, which counts for its thresholds.
  public func plan(
    _ scorer: Scorer, from day: Day, months: Int = 6, buyers limit: Int, known: [Int32: Int64] = [:],
    besides: Int64 = 0
  ) -> TranchePlan {
    let snapshot = scorer.snapshot
    let asked = buyers.prefix(limit).compactMap { buyer -> TranchePlan.Buyer? in
      guard let investor = snapshot.investor(id: buyer.investor) else { return nil }
      let row = snapshot.investorRow(at: investor)
      func converted(_ amount: Int64?) -> Int64?? {
        guard let amount else { return .some(nil) }
        return snapshot.rates.convert(amount, from: row.currency, to: stake.currency).map { .some($0) }
      }
      guard let least = converted(row.ticketMin), let most = converted(row.ticketMax),
        let budget = converted(row.budgetLeft)
      else { return nil }
      return TranchePlan.Buyer(
        code: row.code, ticketMin: least, ticketMax: most, budget: budget,
        holds: known[buyer.investor] ?? 0)
    }
    return TranchePlan(
      held: stake.held + besides, floor: stake.held - stake.forSale + besides, price: stake.price,
      buyers: asked, from: day, months: months)
  }
}
