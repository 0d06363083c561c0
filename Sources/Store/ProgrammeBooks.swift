import Domain

/// Where a programme stands on a day.
public struct ProgrammeBalance: Sendable, Hashable {
  public var code: String
  public var name: String
  public var nameZh: String?
  public var fund: String
  public var currency: String
  /// Of its accounts: what it was given, what it has left to commit, what is committed and undrawn, the cost of what it
  /// holds, and what it has gained beyond costs, losses taken off.
  public var budget: Int
  public var cash: Int
  public var committed: Int
  public var stakes: Int
  public var result: Int
  public var invested: Int
  public var returned: Int
  public var lost: Int
  /// Percent of the budget that may be lost.
  public var lossTolerance: Int?
  /// Committed to firms outside of its region up to the day, and percent of the budget that are for firms within it.
  public var outside: Int
  public var quota: Int?
  public var region: String?
  /// Whether each entry sums to zero, and each account is the sum of its postings.
  public var isBalanced: Bool
}

/// An entry of a ledger with its postings, which sum to zero.
public struct LedgerLine: Sendable, Hashable {
  public var id: Int
  public var date: String
  public var kind: String
  public var stake: String?
  public var firm: String?
  public var tranche: String?
  public var reason: String?
  /// By the order of accounts.
  public var postings: [Posting]

  public struct Posting: Sendable, Hashable {
    public var account: String
    public var amount: Int
  }
}

/// Programmes and their ledgers, as they were on a day.
public enum ProgrammeBooks {
  /// Of one programme or of all that have a ledger by then, in order of codes.
  public static func balances(_ programme: String?, on day: Day, in session: Session) throws
    -> [ProgrammeBalance]
  {
    try session.query(ProgrammeStatements.Balances(programme: programme, day: day))
  }

  /// Nil where there is no such programme.
  public static func currency(of programme: String, in session: Session) throws -> String? {
    try session.queryOne(ProgrammeStatements.Currency(programme: programme))
  }

  /// Entries in order of their days, after one of these.
  public static func entries(
    of programme: String, until day: Day, after: Int?, limit: Int, in session: Session
  ) throws -> [LedgerLine] {
    try session.query(
      ProgrammeStatements.Entries(programme: programme, day: day, after: after, limit: limit))
  }
}
