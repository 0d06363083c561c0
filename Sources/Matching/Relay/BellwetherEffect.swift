import Domain

/// What private capital follows state capital, against what firms like those raise without it.
///
/// A firm's treatment begins with a programme's first purchase of it. For windows of 6, 12 and 24 months that have passed:
/// what private investors put in after that day, up to the window's end, for each unit that the state put in by then, and
/// what up to five similar firms raised in the same window (``MatchedFirms``). The difference is the effect on those who
/// were treated, as nearest-neighbour matching with replacement estimates it (A. Abadie and G. W. Imbens, "Large Sample
/// Properties of Matching Estimators for Average Treatment Effects", Econometrica 74, 2006); treated firms that nothing can
/// be compared with are counted, and left out of both sides (the condition of common support: J. J. Heckman, H. Ichimura
/// and P. E. Todd, Review of Economic Studies 64, 1997). Firms are matched on what is known of them. That the state chooses
/// firms which would have raised more anyway cannot be seen here, so this is no proof of a cause.
///
/// All amounts are in one currency; who calls converts them (``ExchangeRates``), all at the rates of one day, lest a change
/// of rates look like an effect.
public struct BellwetherEffect: Sendable, Hashable {
  /// Money on a day.
  public struct Payment: Sendable, Hashable {
    public var day: Day
    /// In whole units, 0 to ``Limits/amount``.
    public var amount: Int64

    public init(day: Day, amount: Int64) {
      self.day = day
      self.amount = amount
    }
  }

  /// A firm, treated or not. Retired ones belong here too: without those that failed, the others would seem to raise more.
  public struct Firm: Sendable, Hashable {
    public var code: String
    /// Code of the top-level sector; nil unknown, and then it is like no other.
    public var sector: String?
    public var founded: Day?
    /// Equity, whoever put it in.
    public var rounds: [Payment]
    /// What state funds put in, which the rounds may hold as well. A holding whose day is not known is given the first day
    /// there is, one whose amount is not known 0.
    public var state: [Payment]

    public init(
      code: String, sector: String? = nil, founded: Day? = nil, rounds: [Payment] = [], state: [Payment] = []
    ) {
      self.code = code
      self.sector = sector
      self.founded = founded
      self.rounds = rounds
      self.state = state
    }
  }

  /// What a programme bought of a firm.
  public struct Treatment: Sendable, Hashable {
    /// Code of a firm.
    public var firm: String
    public var programme: String
    public var purchases: [Payment]

    public init(firm: String, programme: String, purchases: [Payment]) {
      self.firm = firm
      self.programme = programme
      self.purchases = purchases
    }
  }

  /// The figures of one window.
  public struct Window: Sendable, Hashable {
    public var months: Int
    /// Treated firms whose window has passed, and which others can be compared with.
    public var firms = 0
    /// Those that no firm can be compared with.
    public var unmatched = 0
    /// What the state put into ``firms`` from the first purchase to the window's end.
    public var state: Int64 = 0
    /// What others put in after the first purchase, to the window's end.
    public var followed: Int64 = 0
    /// What similar firms raised in the same windows: of each treated firm the mean over its matches, rounded down.
    public var matched: Int64 = 0
    /// ``followed`` over ``state`` in millionths; nil without ``firms``. So is ``matchedPerUnit``.
    public var perUnit: Int?
    public var matchedPerUnit: Int?
    /// What 95 of 100 resamples of the treated firms have for the difference of the two, in millionths; nil for fewer
    /// than two firms (``bootstrap(_:seed:)``).
    public var interval: ClosedRange<Int>?
  }

  /// The figures of one programme, or of all.
  public struct Finding: Sendable, Hashable {
    /// Nil for all programmes together, where a firm of several counts once, from the first purchase of any.
    public var programme: String?
    /// By ``months``.
    public var windows: [Window]

    /// What the effect counts for standing, in millionths: half of the difference per unit after 24 months, from 0 to 1,
    /// so that two units of private capital beyond what other firms raise, for each unit of the state's, are all of it.
    /// Nil while no such window has passed.
    public var value: Int? {
      guard let window = windows.last, let perUnit = window.perUnit, let matched = window.matchedPerUnit
      else {
        return nil
      }
      return min(1_000_000, max(0, perUnit - matched) / 2)
    }
  }

  public static let months = [6, 12, 24]

  public let all: Finding
  /// Those with a treatment, by code.
  public let programmes: [Finding]

  /// O(treated firms × firms of a sector).
  /// - Parameters:
  ///   - firms: In any order.
  ///   - treatments: Several of one firm and programme are one. Purchases after `asOf` are not looked at.
  ///   - seed: Of the resampling; the same gives the same.
  /// - Throws: ``Flaw`` for a doubled code, and a treatment of a firm that is not given.
  public init(firms: [Firm], treatments: [Treatment], asOf: Day, seed: UInt64 = 1) throws(Flaw) {
    var purchases: [String: [String: [Payment]]] = [:]
    var together: [String: [Payment]] = [:]
    for treatment in treatments {
      let past = treatment.purchases.filter { $0.day <= asOf }
      guard !past.isEmpty else { continue }
      purchases[treatment.programme, default: [:]][treatment.firm, default: []] += past
      together[treatment.firm, default: []] += past
    }
    var matches = try MatchedFirms(firms, bought: together)
    all = Finding(
      programme: nil,
      windows: try Self.windows(of: together, &matches, asOf: asOf, seed: seed))
    var programmes: [Finding] = []
    for (programme, treated) in purchases.sorted(by: { Code.precedes($0.key, $1.key) }) {
      programmes.append(
        Finding(
          programme: programme, windows: try Self.windows(of: treated, &matches, asOf: asOf, seed: seed)))
    }
    self.programmes = programmes
  }

  /// What came of one treated firm in one window.
  fileprivate struct Outcome {
    var state: Int64
    var followed: Int64
    var matched: Int64
  }

  /// - Parameter treated: By code of the firm, its purchases.
  private static func windows(
    of treated: [String: [Payment]], _ matches: inout MatchedFirms, asOf: Day, seed: UInt64
  ) throws(Flaw) -> [Window] {
    var windows = months.map { Window(months: $0) }
    var outcomes: [[Outcome]] = windows.map { _ in [] }
    for (code, purchases) in treated.sorted(by: { Code.precedes($0.key, $1.key) }) {
      guard let firm = matches.index(of: code) else {
        throw Flaw("a treatment names firm \(code), which is not there")
      }
      let first = purchases.map(\.day).min()!
      let ends = months.map { first.adding(months: $0) }
      let nearest = matches.nearest(to: firm, on: first, until: ends)
      for place in windows.indices {
        let end = ends[place]
        guard end <= asOf else { continue }
        let state = purchases.filter { $0.day <= end }.map(\.amount).saturatedSum()
        // What was bought for nothing has no effect for each unit.
        guard state > 0 else { continue }
        let others = nearest[place]
        guard !others.isEmpty else {
          windows[place].unmatched += 1
          continue
        }
        let raised = others.map { matches.privateCapital(of: $0, after: first, upTo: end) }
        outcomes[place].append(
          Outcome(
            state: state, followed: matches.privateCapital(of: firm, after: first, upTo: end),
            matched: raised.saturatedSum() / Int64(raised.count)))
      }
    }
    for place in windows.indices { windows[place].enter(outcomes[place], seed: seed) }
    return windows
  }
}

extension BellwetherEffect.Window {
  fileprivate typealias Outcomes = [BellwetherEffect.Outcome]

  fileprivate mutating func enter(_ outcomes: Outcomes, seed: UInt64) {
    firms = outcomes.count
    state = outcomes.map(\.state).saturatedSum()
    followed = outcomes.map(\.followed).saturatedSum()
    matched = outcomes.map(\.matched).saturatedSum()
    guard firms > 0 else { return }
    perUnit = Self.millionths(Int128(followed), of: state)
    matchedPerUnit = Self.millionths(Int128(matched), of: state)
    interval = Self.bootstrap(outcomes, seed: seed)
  }

  /// Rounded towards zero.
  private static func millionths(_ part: Int128, of whole: Int64) -> Int {
    // Far beyond what anybody would believe, and far from the ends of the range.
    let limit = Int128(1_000_000_000_000_000)
    return Int(min(limit, max(-limit, part * 1_000_000 / Int128(whole))))
  }

  private static let resamples = 1_000

  /// The middle 95 of 100 of what the difference comes to where treated firms are drawn anew, with replacement, each with
  /// the matches it has (the percentile interval: B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of
  /// Statistics 7, 1979). Drawing and matching all firms anew would be wrong, since the bootstrap fails for matching with
  /// replacement (A. Abadie and G. W. Imbens, Econometrica 76, 2008). What is left shows how much the result hangs on
  /// single firms; that some matches serve several firms makes it a little too narrow.
  private static func bootstrap(_ outcomes: Outcomes, seed: UInt64) -> ClosedRange<Int>? {
    guard outcomes.count > 1 else { return nil }
    var random = SplitMix64(seed: seed)
    var differences: [Int] = []
    differences.reserveCapacity(resamples)
    for _ in 0..<resamples {
      var (difference, state): (Int128, Int64) = (0, 0)
      for _ in outcomes.indices {
        let outcome = outcomes[Int(random.number(below: UInt64(outcomes.count)))]
        difference += Int128(outcome.followed) - Int128(outcome.matched)
        state = state.addingSaturated(outcome.state)
      }
      differences.append(millionths(difference, of: state))
    }
    differences.sort()
    return differences[resamples / 40 - 1]...differences[resamples - resamples / 40 - 1]
  }
}
