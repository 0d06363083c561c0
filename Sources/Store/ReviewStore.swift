import Domain

/// What is needed of a firm before a step, and what there is of it.
public struct NeededEvidence: Sendable, Hashable {
  /// How far it is covered, from what speaks for the firm most.
  public enum Standing: String, Sendable, Hashable {
    /// A verdict for it that still counts.
    case fresh
    /// Asked for, and not answered yet.
    case open
    /// A verdict against it that still counts.
    case negative
    /// All verdicts have expired.
    case stale
    case missing
  }

  public var step: RelayStep
  /// A kind of review, or `committee`.
  public var kind: String
  public var standing: Standing
  /// Of the review or decision that says so; nil where there is none.
  public var code: String?
  /// The expert, or the committee.
  public var by: String?
  /// `positive`, `approved` and so on; nil while it is open.
  public var verdict: String?
  public var date: String?
  public var expiresOn: String?
}

/// A review that nobody writes yet.
public struct OpenReview: Sendable, Hashable {
  public var code: String
  public var firm: String
  public var kind: String
}

/// An expert with what room it has.
public struct FreeExpert: Sendable, Hashable {
  public var code: String
  public var kinds: [String]
  public var sectors: [String]
  /// Its region; where it has none, its city.
  public var place: String?
  /// How many more reviews it can take.
  public var room: Int
}

/// Reviews in PostgreSQL.
public enum ReviewStore {
  /// In the order of steps and kinds, by the policy in force; nil where there is no such firm.
  /// - Parameter step: nil for all.
  public static func needed(of firm: String, before step: RelayStep?, in session: Session) throws
    -> [NeededEvidence]?
  {
    guard try RegistryStore.get(.firm, firm, in: session) != nil else { return nil }
    return try session.query(ReviewStatements.Needed(firm: firm, step: step))
  }

  /// Reviews that nobody writes yet, those first that were asked for first, and all experts who may write some. Where
  /// they are held, both stay as they are until the transaction ends, reviews first, as a review that is given by hand
  /// holds them.
  public static func unassigned(limit: Int, holding: Bool, in session: Session) throws
    -> (reviews: [OpenReview], experts: [FreeExpert])
  {
    let reviews = try session.query(ReviewStatements.Unassigned(limit: limit, isHolding: holding))
    if holding { try session.execute(ReviewStatements.HoldExperts()) }
    return (reviews, try session.query(ReviewStatements.Experts()))
  }

  /// Which of these experts have a conflict of interest with which firms, and why.
  public static func conflicts(of experts: [String], with firms: [String], in session: Session) throws
    -> [(expert: String, firm: String, why: String)]
  {
    try session.query(ReviewStatements.Conflicts(experts: experts, firms: firms))
  }

  /// Gives reviews to experts.
  public static func assign(_ experts: [(review: String, expert: String)], in session: Session) throws {
    try session.execute(
      ReviewStatements.Assign(reviews: experts.map(\.review), experts: experts.map(\.expert)))
  }
}
