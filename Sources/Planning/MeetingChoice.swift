import Domain

/// Which firms and investors meet one to one, as long as nobody has more meetings than it has room for and all fit
/// on the tables.
///
/// Of all choices the best one, by what comes first (``Measure``):
/// 1. the most pairs in which both say `must_meet`, then the most in which one does;
/// 2. as many participants as possible with one meeting, then with two, and so on up to the minimum of each;
/// 3. the most pairs that both wish, then the most that one wishes, then the greatest sum of scores.
///
/// Where there are more wishes than slots, the least valuable ones by this order are left out, and named with the
/// reason. A pair that is worth nothing, without wish or score and needed for nobody's minimum, is not chosen.
///
/// Exact, by a flow of the greatest weight (``MeetingFlow``). All arithmetic is in integers; among equally good
/// choices codes decide, not the order of what is given.
public struct MeetingChoice: Sendable, Hashable {
  /// A delegation.
  public struct Participant: Sendable, Hashable {
    public var code: String
    /// How many meetings it wants at most.
    public var most: Int?
    /// In how many slots it is there.
    public var slots: Int
    /// How many meetings it should have at least, if possible.
    public var minimum: Int

    public init(code: String, most: Int? = nil, slots: Int, minimum: Int = 1) {
      self.code = code
      self.most = most
      self.slots = slots
      self.minimum = minimum
    }

    /// How many meetings it can have.
    public var room: Int { max(0, min(most ?? .max, slots)) }
  }

  /// A firm and an investor that might meet.
  public struct Pair: Sendable, Hashable {
    /// Which of the firms of the request.
    public var firm: Int
    /// Which of the investors of the request.
    public var investor: Int
    public var firmWish: Wish?
    public var investorWish: Wish?
    /// In millionths, 0…1,000,000.
    public var score: Int
    /// Must be chosen.
    public var isPinned: Bool

    public init(
      firm: Int, investor: Int, firmWish: Wish? = nil, investorWish: Wish? = nil, score: Int = 0,
      isPinned: Bool = false
    ) {
      self.firm = firm
      self.investor = investor
      self.firmWish = firmWish
      self.investorWish = investorWish
      self.score = score
      self.isPinned = isPinned
    }

    public var isForbidden: Bool { firmWish == .noThanks || investorWish == .noThanks }
    var mustCount: Int { (firmWish == .mustMeet ? 1 : 0) + (investorWish == .mustMeet ? 1 : 0) }
    /// How many of the two wish the meeting.
    var wishCount: Int {
      [firmWish, investorWish].count { $0 == .mustMeet || $0 == .meet }
    }
  }

  public struct Request: Sendable {
    /// No code twice.
    public var firms: [Participant]
    /// No code twice.
    public var investors: [Participant]
    /// In any order, and of two participants once. Who cannot meet, because it is never there at the same time, must
    /// not be among them.
    public var pairs: [Pair]
    /// How many meetings there can be in all: tables × slots.
    public var capacity: Int

    public init(firms: [Participant], investors: [Participant], pairs: [Pair], capacity: Int) {
      self.firms = firms
      self.investors = investors
      self.pairs = pairs
      self.capacity = capacity
    }
  }

  /// How good a choice is; the first part that differs decides. Pinned pairs count as well.
  public struct Measure: Sendable, Hashable, Comparable {
    /// Pairs in which both say `must_meet`.
    public var bothMust = 0
    /// Pairs in which at least one does.
    public var must = 0
    /// How many participants with a minimum of at least k have k meetings, for k = 1, 2, …
    public var reached: [Int] = []
    /// Pairs that both wish.
    public var mutual = 0
    /// Pairs that one wishes.
    public var oneSided = 0
    /// The sum of all scores.
    public var score = 0

    public static func < (left: Measure, right: Measure) -> Bool {
      left.parts.lexicographicallyPrecedes(right.parts)
    }

    private var parts: [Int] { [bothMust, must] + reached + [mutual, oneSided, score] }
  }

  /// A firm or an investor, by its place in the request.
  public enum Party: Sendable, Hashable {
    case firm(Int)
    case investor(Int)
  }

  /// A participant that has fewer meetings than its minimum.
  public struct Shortage: Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
      /// It wants no more or is there in no more slots.
      case ownLimit = "own_limit"
      /// It meets everybody with whom it may meet.
      case noneLeft = "none_left"
      /// All others with whom it may meet have no room left.
      case partnersFull = "partners_full"
      /// The tables are full.
      case capacity
    }

    public var party: Party
    public var meetings: Int
    public var minimum: Int
    public var reason: Reason
  }

  /// A pair that somebody wishes and that was not chosen.
  public struct LeftOut: Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
      /// One of the two does not want it.
      case unwanted
      /// The firm has no room left, with meetings that are worth more to all.
      case firmFull = "firm_full"
      case investorFull = "investor_full"
      case bothFull = "both_full"
      /// The tables are full.
      case capacity
    }

    /// Which of the pairs.
    public var pair: Int
    /// Whether one of the two says `must_meet`.
    public var isMust: Bool
    public var reason: Reason
  }

  /// Why there is no choice.
  public enum Problem: Error, Hashable {
    /// Pairs of the same two participants.
    case twice(pair: Int)
    /// A pinned pair that one of the two does not want.
    case pinnedUnwanted(pair: Int)
    /// A participant with more pinned pairs than room.
    case pinnedBeyondRoom(Party, pinned: Int, room: Int)
    /// More pinned pairs than tables and slots.
    case pinnedBeyondCapacity(pinned: Int, capacity: Int)
    /// Minimums so high, with so many participants, that the order above cannot be reckoned with. With 550
    /// participants minimums up to 8 are possible.
    case tooLarge
  }

  /// Which of the pairs, in order of the firm's and then of the investor's code.
  public let chosen: [Int]
  public let measure: Measure
  /// Firms first, in order of code.
  public let shortages: [Shortage]
  /// The most valuable first, so `must_meet` before all others; of equals in order of code.
  public let leftOut: [LeftOut]

  /// Chooses: 120 firms, 430 investors and 8,000 pairs take half a second for 2,700 meetings.
  /// - Throws: ``Problem``.
  public init(_ request: Request) throws(Problem) {
    let table = try MeetingTable(request)
    var flow = MeetingFlow(table)
    let isChosen = try flow.run()
    chosen = table.order.filter { isChosen[$0] }
    measure = table.measure(chosen)
    let reasons = MeetingReasons(table, isChosen)
    shortages = reasons.shortages()
    leftOut = reasons.leftOut()
  }
}
