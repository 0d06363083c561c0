import Domain

/// Whom to invite to a line-up, in order: first who adds most, then who adds most to those, and so on.
///
/// An investor's **interest** is the probability that at least one of the firms interests it: 1 − Π(1 − p), with p by
/// firm from the score (``Interest``), as if these were independent. What a set of investors is worth is
/// - the interest of each, where of one house the second most interested counts `houseShare` of its interest, the
///   third `houseShare` of that, and so on; and
/// - for each firm, `coverage` times the number of investors that can be expected to be interested, up to its demand.
///
/// That is monotone and submodular, so choosing the next best again and again is at least 1 − 1/e of the optimum for
/// every number of places at once (G. Nemhauser, L. Wolsey and M. Fisher 1978), at least a half where houses are
/// limited. All arithmetic is in integers; ties go by code.
public struct Invitations: Sendable, Hashable {
  /// Whom one could invite.
  public struct Investor: Sendable, Hashable {
    public var code: String
    public var house: String?
    public var standing: Standing

    public init(code: String, house: String? = nil, standing: Standing = .open) {
      self.code = code
      self.house = house
      self.standing = standing
    }
  }

  /// A firm of the line-up.
  public struct Firm: Sendable, Hashable {
    public var code: String
    /// How many interested investors it should find, 0…10,000.
    public var demand: Int

    public init(code: String, demand: Int) {
      self.code = code
      self.demand = demand
    }
  }

  /// How likely a score makes interest: not at all up to `floor`, with the probability `peak` at the greatest score,
  /// and on a straight line between. What is set here is a start; outcomes of meetings tell better ones.
  public struct Interest: Sendable, Hashable {
    /// A score in millionths, 0…999,999.
    public var floor: Int
    /// In millionths, 0…1,000,000.
    public var peak: Int

    public init(floor: Int = 400_000, peak: Int = 600_000) {
      self.floor = floor
      self.peak = peak
    }

    /// In millionths, rounded down.
    public func probability(of score: Int) -> Int {
      max(0, score - floor) * peak / (PlanningScore.most - floor)
    }
  }

  /// What is asked for. Limits: 1,000,000 investors, 1,000 firms.
  public struct Request: Sendable {
    /// No code twice.
    public var investors: [Investor]
    /// No code twice.
    public var firms: [Firm]
    /// In any order; the greatest one of a pair counts.
    public var scores: [PlanningScore]
    /// How many can be invited.
    public var places: Int
    public var mostPerHouse: Int?
    public var interest = Interest()
    /// What each further investor of a house counts, in millionths of what the one before counts, 0…1,000,000.
    public var houseShare = 500_000
    /// What one more interested investor counts for a firm that has not yet enough, in millionths of a certainly
    /// interested investor, 0…1,000,000.
    public var coverage = 500_000
    /// How many of those who come next are to be told of.
    public var reserves = 20

    public init(investors: [Investor], firms: [Firm], scores: [PlanningScore], places: Int) {
      self.investors = investors
      self.firms = firms
      self.scores = scores
      self.places = places
    }
  }

  /// A firm that is likely to interest an investor.
  public struct Attraction: Sendable, Hashable {
    /// Which of the firms.
    public var firm: Int
    /// In millionths.
    public var probability: Int
  }

  /// Who is invited, and why.
  public struct Invitation: Sendable, Hashable {
    /// Which of the investors.
    public var investor: Int
    /// In millionths.
    public var interest: Int
    /// What it adds to those before it, in millionths of a certainly interested investor, rounded down.
    public var gain: Int
    /// The three firms most likely to interest it, the best first.
    public var best: [Attraction]
    /// 1 for the first of its house in the list; 0 if it is of none.
    public var placeInHouse: Int
    /// The firms that had not enough interested investors before it, and to which it is likely to be one.
    public var covers: [Int]
  }

  /// Who is neither invited nor a reserve.
  public struct Other: Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
      case excluded
      /// No firm is likely to interest it.
      case noInterest = "no_interest"
      /// Its house has as many as it may have.
      case houseFull = "house_full"
      /// Others add more.
      case places
    }

    /// Which of the investors.
    public var investor: Int
    public var reason: Reason
  }

  /// How many investors can be expected to be interested in a firm.
  public struct Coverage: Sendable, Hashable {
    /// Which of the firms.
    public var firm: Int
    /// Of those who are invited, in millionths of an investor.
    public var expected: Int
    /// In investors.
    public var demand: Int

    /// How much is missing, in millionths of an investor.
    public var missing: Int { max(0, demand * 1_000_000 - expected) }
  }

  /// In order: guaranteed ones first, then who adds most. Fewer than there are places where no more are interested.
  public let invited: [Invitation]
  /// Who comes next, in order.
  public let reserves: [Invitation]
  /// In order of code.
  public let others: [Other]
  /// By firm, in order of code.
  public let coverage: [Coverage]

  /// Chooses. O(scores × log firms + investors × log investors) and some more where gains have to be computed again.
  /// - Throws: ``PlacesProblem``.
  public init(_ request: Request) throws(PlacesProblem) {
    let table = InvitationTable(request)
    try table.checkGuaranteed()
    var list = InvitationList(table)
    list.extend(table.guaranteed, to: request.places)
    list.extend(table.open, to: request.places)
    coverage = list.coverage()
    let invitedCount = list.invitations.count
    if invitedCount == request.places { list.extend(table.open, to: request.places + request.reserves) }
    invited = Array(list.invitations.prefix(invitedCount))
    reserves = Array(list.invitations.dropFirst(invitedCount))
    others = list.others()
  }
}
