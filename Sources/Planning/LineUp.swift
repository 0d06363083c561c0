import Domain

/// Which firms pitch: the set that serves the investors best and is broad.
///
/// The **value** of a set of firms is
/// - for each investor, its weight times its best scores among them: `serving[0]` times the best, `serving[1]` times
///   the second best and so on (facility location); and
/// - `sectorRewards[k]` for the k-th sector that they cover, `instituteRewards[k]` for the k-th institute.
///
/// Weights and rewards do not grow along their lists, so the value is monotone and submodular. Greedy choice gives at
/// least 1 − 1/e of the optimum (G. Nemhauser, L. Wolsey and M. Fisher, "An analysis of approximations for maximizing
/// submodular set functions", Mathematical Programming 14, 1978), at least a half where institutes are limited; gains
/// are computed again only where they may still be the greatest (M. Minoux 1978). Swaps follow until none helps. How
/// near the optimum that came is proved by ``LineUpBound`` for the case at hand, and ``LineUpBranching`` closes the
/// gap where it is small.
///
/// All arithmetic is in integers and ties go by code, so the same request has the same answer everywhere, in whatever
/// order its parts come.
public struct LineUp: Sendable, Hashable {
  /// A firm that may pitch.
  public struct Candidate: Sendable, Hashable {
    public var code: String
    public var sectors: [String]
    public var institute: String?
    public var standing: Standing

    public init(code: String, sectors: [String] = [], institute: String? = nil, standing: Standing = .open) {
      self.code = code
      self.sectors = sectors
      self.institute = institute
      self.standing = standing
    }
  }

  /// Whom the line-up is to serve.
  public struct Investor: Sendable, Hashable {
    public var code: String
    /// 1…1,000; one that is enrolled can weigh more than one that is only invited.
    public var weight: Int

    public init(code: String, weight: Int = 1) {
      self.code = code
      self.weight = weight
    }
  }

  /// The greatest number of places.
  public static let mostPlaces = 200

  /// What is asked for. Limits: 10,000 investors, 100,000 candidates, ``mostPlaces``.
  public struct Request: Sendable {
    /// No code twice.
    public var candidates: [Candidate]
    /// No code twice.
    public var investors: [Investor]
    /// In any order; the greatest one of a pair counts.
    public var scores: [PlanningScore]
    /// How many firms pitch. There are fewer only where no more may.
    public var places: Int
    public var mostPerInstitute: Int?
    /// What an investor's best, second and further best firms count: not growing, together at most 1,000.
    public var serving = [6, 3, 1]
    /// What the first, second and further sector counts, in the unit of score × serving × weight: not growing, at
    /// most 10^12 each; nothing past the end.
    public var sectorRewards: [Int] = []
    /// The same for institutes.
    public var instituteRewards: [Int] = []
    /// How many scores may be read to prove the optimum, at some nanoseconds each; 0 for none.
    public var effort = 50_000_000
    /// How many of those not chosen are to be told of.
    public var runnersUp = 10

    public init(candidates: [Candidate], investors: [Investor], scores: [PlanningScore], places: Int) {
      self.candidates = candidates
      self.investors = investors
      self.scores = scores
      self.places = places
    }
  }

  /// A chosen firm and why. Gains are in the order of choice, so they add up to the value.
  public struct Choice: Sendable, Hashable {
    /// Which of the candidates.
    public var candidate: Int
    /// What it adds to those before it in the list.
    public var gain: Int
    /// What would be missed if its place stayed empty.
    public var missed: Int
    /// The investors whose best firm it is, the best score first.
    public var servesBest: [PlanningScore]
    /// The sectors that none before it in the list has, in order of code.
    public var addedSectors: [String]
    /// Its institute, if none before it in the list is of it.
    public var addedInstitute: String?
  }

  /// A firm that was not chosen, and what choosing it would have cost.
  public struct RunnerUp: Sendable, Hashable {
    /// Which of the candidates.
    public var candidate: Int
    /// What it would add if there were one more place.
    public var gain: Int
    /// The chosen candidate that it could replace at the least loss.
    public var insteadOf: Int
    /// That loss; never negative.
    public var missed: Int
  }

  /// In the order of choice: guaranteed ones first, then who adds most.
  public let choices: [Choice]
  /// The least loss first.
  public let runnersUp: [RunnerUp]
  public let value: Int
  /// No line-up that the request allows has more value than this.
  public let bound: Int

  /// Whether no better line-up exists.
  public var isOptimal: Bool { value == bound }

  /// The proven share of the optimum in millionths, rounded down.
  public var share: Int {
    guard value < bound else { return 1_000_000 }
    let product = value.multipliedFullWidth(by: 1_000_000)
    return bound.dividingFullWidth(product).quotient
  }

  /// Chooses. 2,000 candidates, 430 investors and 30 places take about a second, most of it to prove the share.
  /// - Throws: ``PlacesProblem``.
  public init(_ request: Request) throws(PlacesProblem) {
    let table = LineUpTable(request)
    try table.checkGuaranteed()
    let search = LineUpSearch(table)
    var chosen = search.improved(search.greedy(after: table.guaranteed))
    var bound = LineUpBound(table, around: chosen)
    if bound.value > table.value(of: chosen) {
      var branching = LineUpBranching(table, best: chosen, bound: bound, effort: request.effort)
      let isComplete = branching.run()
      chosen = search.improved(branching.best)
      if isComplete { bound.value = table.value(of: chosen) }
    }
    value = table.value(of: chosen)
    self.bound = bound.value
    choices = table.choices(chosen)
    runnersUp = search.runnersUp(chosen, count: request.runnersUp)
  }
}
