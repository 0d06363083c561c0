import Domain
import Matching

/// State capital in PostgreSQL: what programmes bought, what they hold, and what speaks for handing it over.
public enum CapitalStore {
  // MARK: The effect

  /// Money for a firm, as it was entered.
  public struct Payment: Sendable {
    public var firm: String
    /// Of a purchase.
    public var programme: String?
    public var day: Day
    public var amount: Int64
    public var currency: String?
  }

  /// Codes and currencies of programmes, by code; of one where it is named.
  public static func programmes(_ code: String? = nil, in session: Session) throws
    -> [(code: String, currency: String)]
  {
    try session.query(CapitalStatements.Programmes(code: code))
  }

  /// All that the effect is measured from, up to a day.
  public struct History: Sendable {
    /// All firms that were not merged into another, with the day of their foundation.
    public var firms: [(code: String, founded: Day?)]
    /// Rounds of equity whose amount is known.
    public var rounds: [Payment]
    /// Of state funds.
    public var holdings: [Payment]
    public var purchases: [Payment]
    public var rates: [RateRow]
  }

  public static func history(asOf day: Day, in session: Session) throws -> History {
    History(
      firms: try session.query(CapitalStatements.EffectFirms()),
      rounds: try session.query(CapitalStatements.EquityRounds(asOf: day)),
      holdings: try session.query(CapitalStatements.StateHoldings(asOf: day)),
      purchases: try session.query(CapitalStatements.Purchases(asOf: day)),
      rates: try session.query(SnapshotStatements.Rates()))
  }

  /// Stores a measured effect, in millionths, and has the firms that the programme holds scored anew. What was measured
  /// for a later day stays.
  /// - Returns: whether it is another one than was stored.
  public static func record(_ value: Int, of programme: String, asOf day: Day, in session: Session) throws
    -> Bool
  {
    try session.execute(CapitalStatements.RecordEffect(programme: programme, asOf: day, value: value)) > 0
  }

  // MARK: Stakes

  /// Which stakes are asked for.
  public struct StakeFilter: Sendable {
    public var programme: String?
    public var stake: String?
    /// Also those whose conditions are not met.
    public var includesAll: Bool

    public init(programme: String? = nil, stake: String? = nil, includesAll: Bool = false) {
      self.programme = programme
      self.stake = stake
      self.includesAll = includesAll
    }
  }

  /// A stake that holds something, and what its conditions go by. Percents are of the firm, in millionths of a percent.
  public struct Stake: Sendable {
    public var code: String
    public var programme: String
    public var firm: String
    public var currency: String
    public var held: Int64
    public var floor: Int64
    public var holdUntil: Day
    /// Of what is held.
    public var cost: Int64
    /// The last one for one percent, in whole units.
    public var price: Int64?
    /// What the fund holds of the firm in other stakes.
    public var besides: Int64
    public var isHeldLong: Bool
    public var isClear: Bool
    public var isWanted: Bool
    public var today: Day
    /// The newest fresh ones.
    public var negativeReview: String?
    public var negativeKind: String?
    /// Of the kind `commercial`.
    public var positiveReview: String?
    public var round: Round?
    public var stage: Stage?
    /// A private investor that came in after the first purchase.
    public var holder: (investor: String, since: String)?
    /// Of a private investor, at `mutual` or further.
    public var introduction: (id: Int, investor: String, state: String)?

    /// The latest round of equity to which others than the state gave.
    public struct Round: Sendable {
      public var date: String
      public var kind: String
      /// Within 24 months.
      public var isRecent: Bool
      /// After the first purchase.
      public var isSincePurchase: Bool
    }
  }

  /// Stakes behind a code, by code.
  public static func stakes(_ filter: StakeFilter, after: String?, limit: Int, in session: Session) throws
    -> [Stake]
  {
    try session.query(CapitalStatements.Stakes(filter: filter, after: after, limit: limit))
  }

  /// By firm and investor, what those who bought of the state are known to hold.
  public static func knownBuyers(of firms: [String], in session: Session) throws
    -> [String: [String: Int64]]
  {
    var known: [String: [String: Int64]] = [:]
    for (firm, buyer, percent) in try session.query(CapitalStatements.KnownBuyers(firms: firms)) {
      known[firm, default: [:]][buyer] = percent
    }
    return known
  }

  /// What all that the state holds of a firm would cost, by currency.
  public static func stakePrices(of firm: String, in session: Session) throws
    -> [(currency: String, amount: Int64)]
  {
    try session.query(CapitalStatements.StakePrices(firm: firm))
  }
}
