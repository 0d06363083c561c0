import Domain

/// Who could carry a firm on, from its present stage to the stock exchange, and where nobody could.
///
/// At each stage the firm is supposed to stand there with everything else as it is now: its risk class does not fall by
/// evidence that it does not have yet. Who leads or follows has a mandate that takes the stage and one of its sectors (names
/// it, one above or one below, or names none) and no veto of the kernel, but for that of holding it already.
public struct RelayView: Sendable, Hashable {
  /// The firm at one stage.
  public struct Step: Sendable, Hashable {
    /// Nil where the present one is not known.
    public var stage: Stage?
    public var isPresent: Bool
    /// In whole units of ``RelayView/currency``.
    public var ask: Int64?
    public var basis: Basis
    public var lead: Runners
    public var follow: Runners
    /// Private investors that could take the state's stake over; nil at the present stage unless the price of a stake is
    /// given.
    public var takeOver: Runners?
  }

  /// Where the ask of a step comes from.
  public enum Basis: String, Sendable {
    /// What the firm asks for now.
    case own
    /// The median of what firms at the stage ask for, those of its top-level sector or all. Of two in the middle the lower.
    case sector, stage
    case unknown
  }

  /// Investors for one part of a step.
  public struct Runners: Sendable, Hashable {
    public var count: Int
    /// The best by the kernel's score of the firm at that stage, then by code.
    public var best: [Backer]
    /// What keeps everybody off, where ``count`` is 0.
    public var gap: Gap?
  }

  /// Where a chain of investors ends: the conditions are looked at in order, each among those that met the ones before.
  public struct Gap: Sendable, Hashable {
    /// The first condition that nobody met.
    public var condition: Condition
    /// How many there were before it.
    public var left: Int
  }

  /// What an investor must meet, in the order in which gaps are looked for.
  public enum Condition: String, Sendable, CaseIterable {
    /// To lead, to follow or to be private, with a mandate and not retired.
    case role
    /// Of the mandate.
    case stage, sector
    /// Vetoes of the kernel; a sector that is excluded counts as `sector`.
    case risk, ticket, region
    /// All other vetoes: budget, concentration, refusals.
    case rest
  }

  /// ``currency(of:in:)``.
  public let currency: String?
  /// The present stage, then those that may come.
  public let steps: [Step]

  /// O(steps × (candidates + investors)); about 20 milliseconds a step for 100,000 and 20,000.
  /// - Parameters:
  ///   - firm: Index of a candidate that is a firm.
  ///   - top: How many of the best are named.
  ///   - stakePrice: What the state's stake would cost, in the currency of the firm; nil where none is known, and then who
  ///     takes over is measured by the ask.
  /// - Throws: ``Flaw`` for rows that do not fit together.
  public init(_ scorer: Scorer, firm: Int, top: Int, stakePrice: Int64? = nil) throws(Flaw) {
    let snapshot = scorer.snapshot
    var row = snapshot.candidateRow(at: firm)
    currency = Self.currency(of: firm, in: snapshot)
    let present = row.stage
    let coming = Stage.allCases.filter { stage in present.map { stage > $0 } ?? true }
    let asks = StageAsks(snapshot, besides: firm, currency: currency)
    let ownAsk = row.ask
    let field = Field(scorer, top: top)
    var steps: [Step] = []
    for stage in [present] + coming {
      let isPresent = stage == present
      let (ask, basis) = isPresent ? (ownAsk, ownAsk == nil ? .unknown : .own) : asks.median(at: stage)
      (row.stage, row.ask, row.currency) = (stage, ask, currency)
      let supposed = try Supposition(row, in: scorer)
      var takeOver: Runners?
      if !isPresent || stakePrice != nil {
        row.ask = stakePrice.map { min($0, Limits.amount) } ?? ask
        let bought = row.ask == ask ? supposed : try Supposition(row, in: scorer)
        takeOver = field.runners(field.privates, for: bought)
      }
      steps.append(
        Step(
          stage: stage, isPresent: isPresent, ask: ask, basis: basis,
          lead: field.runners(field.leaders, for: supposed),
          follow: field.runners(field.followers, for: supposed), takeOver: takeOver))
    }
    self.steps = steps
  }

  /// What the amounts about a firm are told in: the currency of its ask, or of the firm; where it states neither, the one
  /// in which most firms ask.
  public static func currency(of firm: Int, in snapshot: Snapshot) -> String? {
    let currency = snapshot.candidateCurrency(at: firm)
    return snapshot.candidateAsk(at: firm) == nil ? currency ?? snapshot.commonCurrency : currency
  }

  /// All investors that may run, by what they can do; indices, rising.
  private struct Field {
    let leaders: [Int]
    let followers: [Int]
    let privates: [Int]
    private let all: Int
    private let top: Int

    init(_ scorer: Scorer, top: Int) {
      let snapshot = scorer.snapshot
      let open = (0..<snapshot.investorCount).filter {
        !snapshot.isInvestorRetired(at: $0) && snapshot.statesMandate(investor: $0)
      }
      leaders = open.filter { snapshot.investors.flags[$0].contains(.leads) }
      followers = open.filter { !snapshot.investors.flags[$0].contains(.leads) }
      privates = open.filter { snapshot.isPrivate(investor: $0) }
      (all, self.top) = (open.count, top)
    }

    func runners(_ investors: [Int], for supposed: Supposition) -> Runners {
      let snapshot = supposed.scorer.snapshot
      let stage = snapshot.candidates.scoredStage(supposed.candidate)
      let atStage = investors.filter { snapshot.takes(stage, investor: $0) }
      let sectors = snapshot.sectorList(at: supposed.candidate)
      let inSector = atStage.filter { snapshot.takes(sectors, investor: $0) }
      let backers = supposed.backers(among: inSector)
      let gap = backers.isEmpty ? gap(investors, atStage, inSector, supposed) : nil
      return Runners(count: backers.count, best: Array(backers.prefix(top)), gap: gap)
    }

    private func gap(_ investors: [Int], _ atStage: [Int], _ inSector: [Int], _ supposed: Supposition) -> Gap
    {
      if investors.isEmpty { return Gap(condition: .role, left: all) }
      if atStage.isEmpty { return Gap(condition: .stage, left: investors.count) }
      let vetoes: [(Condition, Veto)] = [
        (.sector, .excludedSector), (.risk, .risk), (.ticket, .ticket), (.region, .region),
      ]
      var (before, left) = (atStage.count, inSector)
      for (condition, veto) in vetoes {
        left.removeAll { supposed.isVetoed(veto, investor: $0) }
        if left.isEmpty { return Gap(condition: condition, left: before) }
        before = left.count
      }
      return Gap(condition: .rest, left: before)
    }
  }
}

extension Supposition {
  fileprivate func isVetoed(_ veto: Veto, investor: Int) -> Bool {
    Pair(scorer: scorer, investor: investor, candidate: candidate).isVetoed(veto)
  }
}

/// What firms ask for by stage.
private struct StageAsks {
  private var inSector = [[Int64]](repeating: [], count: Stage.allCases.count)
  private var all = [[Int64]](repeating: [], count: Stage.allCases.count)

  init(_ snapshot: Snapshot, besides firm: Int, currency: String?) {
    let conversions = (-1..<Int32(snapshot.interning.currencies.texts.count)).map {
      snapshot.rates.conversion(from: snapshot.interning.currencies.text($0), to: currency)
    }
    let (candidates, tops) = (snapshot.candidates, snapshot.sectorTops)
    let own = tops[Int(candidates.sectorLists[firm])]
    for other in 0..<candidates.count where other != firm && snapshot.asks(other) {
      let stage = Int(candidates.stages[other])
      guard stage >= 0, let conversion = conversions[Int(candidates.currencies[other]) + 1] else { continue }
      let ask = min(conversion.convert(candidates.asks[other]), Limits.amount)
      all[stage].append(ask)
      if own >= 0, tops[Int(candidates.sectorLists[other])] == own { inSector[stage].append(ask) }
    }
  }

  func median(at stage: Stage?) -> (ask: Int64?, basis: RelayView.Basis) {
    guard let stage else { return (nil, .unknown) }
    let (near, all) = (inSector[Int(stage.rawValue)].sorted(), all[Int(stage.rawValue)])
    if !near.isEmpty { return (near[(near.count - 1) / 2], .sector) }
    guard !all.isEmpty else { return (nil, .unknown) }
    return (all.sorted()[(all.count - 1) / 2], .stage)
  }
}
