import Domain

/// An introduction as the one who asks may see it: row-level security leaves out what is not theirs to know.
public struct StoredIntroduction: Sendable, Hashable {
  public var id: Int
  public var kind: IntroductionKind
  /// The stake that would be handed over; nil for an investment, and for a party.
  public var stake: String?
  public var standing: IntroductionStanding
  /// ISO 8601, UTC.
  public var proposedAt: String
  public var stateAt: String
  public var expiresOn: String
  /// The published state that it comes from; nil for one that was proposed by hand.
  public var run: RunRevision?
  public var roadshow: String?
  /// Which side the one who asks is; nil for the desk.
  public var ownSide: IntroductionSide?
  public var investor: Party
  public var firm: Party
  public var reason: String?

  /// One of the two, as the other one sees it.
  public struct Party: Sendable, Hashable {
    /// Nil while it is anonymous.
    public var code: String?
    public var name: String?
    /// What is told of it before both want it.
    public var blurb: String
    /// What it finds in the other one, in millionths; nil where that is not for the one who asks.
    public var score: Int?
    /// Of each criterion, in their order.
    public var points: [Int]?
    /// `Name <mail>` once both want it, where a person is on record.
    public var contact: String?
  }

  public func party(_ side: IntroductionSide) -> Party { side == .investor ? investor : firm }
}

/// One move of an introduction, as the one who asks may see it.
public struct StoredMove: Sendable, Hashable {
  /// Its number among the moves of its introduction, from 1.
  public var step: Int
  /// ISO 8601, UTC.
  public var at: String
  public var action: String
  public var state: String
  public var side: String?
  public var by: String?
  public var reason: String?
  public var note: String?
  public var until: String?
}

/// A pair that is to be introduced to each other.
public struct NewIntroduction: Sendable {
  public var investor: String
  public var firm: String
  /// What each side finds in the other, in millionths, and of each criterion, in their order.
  public var investorScore: Int32
  public var firmScore: Int32
  public var investorPoints: [Int32]
  public var firmPoints: [Int32]
  /// What the other side is told of each before both want it.
  public var investorBlurb: String
  public var firmBlurb: String

  public init(
    investor: String, firm: String, investorScore: Int32, firmScore: Int32, investorPoints: [Int32],
    firmPoints: [Int32], investorBlurb: String, firmBlurb: String
  ) {
    self.investor = investor
    self.firm = firm
    self.investorScore = investorScore
    self.firmScore = firmScore
    self.investorPoints = investorPoints
    self.firmPoints = firmPoints
    self.investorBlurb = investorBlurb
    self.firmBlurb = firmBlurb
  }
}

/// What a programme holds of a firm, as it might be handed over.
public struct OfferedStake: Sendable, Hashable {
  public var firm: String
  /// The investor that holds it.
  public var fund: String
  public var currency: String
  /// Of all that may be sold, at the price of its latest tranche; nil where it has none.
  public var price: Int64?
}

/// How far the introductions of one group came, and how long that took.
public struct StoredFunnel: Sendable, Hashable {
  public var group: String?
  public var shown: Int
  public var asked: Int
  public var mutual: Int
  public var met: Int
  public var invested: Int
  public var declined: Int
  /// Median days from each step to the next; nil where none was taken.
  public var daysToAsked: Double?
  public var daysToMutual: Double?
  public var daysToMet: Double?
  public var daysToInvested: Double?
}
