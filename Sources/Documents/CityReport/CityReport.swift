import Domain

/// All figures of a city on one day: what its state capital, firms, institutes, funds, test grounds, reviews and roadshows
/// have come to. Amounts are whole units of their currency; nothing is converted, so that figures of two currencies never
/// stand in one sum. The same figures give the same octets in every form, whenever they are written.
public struct CityReport: Sendable, Hashable {
  /// The figures are those of the end of this day.
  public var day: Day
  /// Of the city, where one is given.
  public var name: String?
  public var nameZh: String?
  /// In the order in which they are shown.
  public var programmes: [Programme] = []
  public var years: [Year] = []
  public var effects: [Effect] = []
  /// Firms that there are on the day; nil is unknown.
  public var stages: [Stage?: Int] = [:]
  /// Firms by risk class, 1 to 5 for R1 to R5; nil is unknown.
  public var risks: [Int?: Int] = [:]
  public var institutes: [Institute] = []
  /// Projects that are not yet a firm, by TRL from 1 to 9; nil is unknown.
  public var incubation: [Int?: Int] = [:]
  /// Investors that invest on the day, by tolerance, 1 to 5 for C1 to C5; nil is unknown.
  public var funds: [Int?: Funds] = [:]
  public var scenarios: [Scenario] = []
  public var reviews: [Review] = []
  public var roadshows: [Roadshow] = []

  public init(day: Day, name: String? = nil, nameZh: String? = nil) {
    self.day = day
    self.name = name
    self.nameZh = nameZh
  }

  /// What has a code and names.
  public struct Named: Sendable, Hashable {
    public var code: String
    public var name: String
    public var nameZh: String?

    public init(code: String, name: String, nameZh: String? = nil) {
      self.code = code
      self.name = name
      self.nameZh = nameZh
    }
  }

  /// A programme of a state fund.
  public struct Programme: Sendable, Hashable {
    public var named: Named
    public var currency: String
    public var budget: Int
    /// Paid for stakes up to the day.
    public var invested: Int
    /// Received for stakes that were sold.
    public var returned: Int
    /// Cost of what was written off, and what sales brought less than their cost.
    public var lost: Int
    /// Cost of what is held.
    public var held: Int
    /// Committed and not yet drawn.
    public var undrawn: Int

    public init(
      _ named: Named, currency: String, budget: Int, invested: Int = 0, returned: Int = 0, lost: Int = 0,
      held: Int = 0, undrawn: Int = 0
    ) {
      self.named = named
      self.currency = currency
      self.budget = budget
      self.invested = invested
      self.returned = returned
      self.lost = lost
      self.held = held
      self.undrawn = undrawn
    }
  }

  /// What all programmes of a currency did in a year. Years without any may be left out.
  public struct Year: Sendable, Hashable {
    public var year: Int
    public var currency: String
    public var invested: Int
    public var returned: Int

    public init(_ year: Int, currency: String, invested: Int, returned: Int) {
      self.year = year
      self.currency = currency
      self.invested = invested
      self.returned = returned
    }
  }

  /// Private capital that followed state capital within 6, 12 and 24 months, in millionths of a unit for each unit, and
  /// that which went into matched firms without state capital. Nil is not known yet.
  public struct Effect: Sendable, Hashable {
    /// Nil for all programmes together.
    public var programme: Named?
    /// Firms that had state capital, and those of them that no other firm is like.
    public var firms: Int
    public var unmatched: Int
    /// Within 6, 12 and 24 months.
    public var followed: [Int?]
    public var matched: [Int?]

    public init(_ programme: Named?, firms: Int, unmatched: Int, followed: [Int?], matched: [Int?]) {
      self.programme = programme
      self.firms = firms
      self.unmatched = unmatched
      self.followed = followed
      self.matched = matched
    }
  }

  public struct Institute: Sendable, Hashable {
    public var named: Named
    /// Firms founded, and those of them that had an equity round.
    public var firms: Int
    public var funded: Int
    /// Steps of TRL that its projects and firms rose, and the days that they took.
    public var steps: Int
    public var days: Int

    public init(_ named: Named, firms: Int, funded: Int, steps: Int, days: Int) {
      self.named = named
      self.firms = firms
      self.funded = funded
      self.steps = steps
      self.days = days
    }
  }

  /// Investors of one tolerance for risk.
  public struct Funds: Sendable, Hashable {
    public var count: Int
    /// What they have left to invest, by currency, of those that say so.
    public var budgetLeft: [String: Int]

    public init(_ count: Int, budgetLeft: [String: Int] = [:]) {
      self.count = count
      self.budgetLeft = budgetLeft
    }
  }

  /// A test ground and what came of it.
  public struct Scenario: Sendable, Hashable {
    public var named: Named
    /// Places on the day; 0 where it is not open.
    public var places: Int
    /// Firms on trial on the day.
    public var onTrial: Int
    public var passed: Int
    public var failed: Int
    public var abandoned: Int

    public init(_ named: Named, places: Int, onTrial: Int, passed: Int, failed: Int, abandoned: Int) {
      self.named = named
      self.places = places
      self.onTrial = onTrial
      self.passed = passed
      self.failed = failed
      self.abandoned = abandoned
    }
  }

  /// Reviews of a kind.
  public struct Review: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable { case expert, commercial, financial, legal }

    public var kind: Kind
    public var positive: Int
    public var conditional: Int
    public var negative: Int
    /// Asked for and not given.
    public var open: Int
    /// Of those with a verdict, those that no longer count.
    public var expired: Int

    public init(
      _ kind: Kind, positive: Int, conditional: Int, negative: Int, open: Int, expired: Int
    ) {
      self.kind = kind
      self.positive = positive
      self.conditional = conditional
      self.negative = negative
      self.open = open
      self.expired = expired
    }
  }

  /// A roadshow and how far its meetings went. Each of `planned`, `met`, `mutual` and `invested` is among those before it.
  public struct Roadshow: Sendable, Hashable {
    public var named: Named
    public var firms: Int
    public var investors: Int
    public var planned: Int
    public var met: Int
    /// Pairs that met and both wanted an introduction.
    public var mutual: Int
    public var invested: Int

    public init(
      _ named: Named, firms: Int, investors: Int, planned: Int, met: Int, mutual: Int, invested: Int
    ) {
      self.named = named
      self.firms = firms
      self.investors = investors
      self.planned = planned
      self.met = met
      self.mutual = mutual
      self.invested = invested
    }
  }
}
