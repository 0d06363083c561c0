import Domain

/// One investor and one candidate, judged from their rows. This is the definition that a ``Mandate``
/// compiles into tables.
struct Pair {
  let scorer: Scorer
  let investor: Int
  let candidate: Int

  /// What a criterion comes to.
  struct Finding: Equatable {
    /// Millionths.
    var value: Int
    /// False where the prior stands in for what is not known.
    var isKnown: Bool
  }

  var snapshot: Snapshot { scorer.snapshot }
  var curves: Curves { scorer.curves }
  var investors: InvestorColumns { scorer.snapshot.investors }
  var candidates: CandidateColumns { scorer.snapshot.candidates }

  func finding(_ criterion: Criterion) -> Finding {
    let value: Int? =
      switch criterion {
      case .stage: stageDistance.map { curves.stage(distance: $0) }
      case .sector: sector?.value
      case .risk: riskOver.map { curves.risk(over: $0) }
      case .ticket: ask.map { $0.ticket.value(ask: $0.amount) }
      case .region: region.value(curves, localQuota: localQuota)
      case .readiness: nil
      case .coInvestors: coInvestorValue
      }
    if criterion == .readiness {
      let value = curves.readiness(stage: stage, trl: trl, evidence: evidence, record: record)
      return Finding(value: value, isKnown: stage != nil && trl != nil)
    }
    return Finding(value: value ?? curves.prior(criterion), isKnown: value != nil)
  }

  // MARK: Stage, risk, readiness

  var stage: Stage? { candidates.scoredStage(candidate) }
  var trl: Int? { candidates.trls[candidate] == 0 ? nil : Int(candidates.trls[candidate]) }
  var evidence: Int { Int(snapshot.evidenceCounts[candidate]) }

  /// What the track record of the candidate's institute counts as evidence; nil where it does not.
  var record: Int? { curves.record(candidates.record(candidate), stage: stage) }

  /// Stages from the candidate's to the nearest of the mandate's; nil unknown.
  var stageDistance: Int? { stage.flatMap { Self.distance(from: $0, to: investors.stages[investor]) } }

  static func distance(from stage: Stage, to mask: UInt16) -> Int? {
    guard mask != 0 else { return nil }
    let place = Int(stage.rawValue)
    // The nearest bit from its own one upwards, and the nearest one downwards.
    let (upper, lower) = (mask >> UInt16(place), mask << UInt16(15 - place))
    return min(upper == 0 ? .max : upper.trailingZeroBitCount, lower == 0 ? .max : lower.leadingZeroBitCount)
  }

  /// Steps of the candidate's risk above the investor's tolerance, negative below it; nil unknown.
  var riskOver: Int? {
    let (risk, tolerance) = (Int(candidates.risks[candidate]), Int(investors.risks[investor]))
    return risk == 0 || tolerance == 0 ? nil : risk - tolerance
  }

  /// Steps above tolerance from which a risk is a veto.
  var riskVeto: Int { Self.riskVeto(investors, investor) }

  static func riskVeto(_ investors: InvestorColumns, _ investor: Int) -> Int {
    max(1, Int(investors.riskVetoes[investor]))
  }

  // MARK: Sector

  /// The sectors of candidate and mandate that meet best.
  struct SectorMatch {
    var value: Int
    var isPrimary: Bool
    var sector: Int
    var wanted: Int
  }

  var sector: SectorMatch? {
    var best: SectorMatch?
    for (position, sector) in snapshot.sectorList(at: candidate).enumerated() {
      for wanted in investors.sectors[investor] {
        let nearness = snapshot.sectors.nearness(of: Int(sector), to: Int(wanted.sector))
        var value = Int(wanted.millionths) * nearness / Curves.one
        if position > 0 { value = value * curves.sectorSecondary / Curves.one }
        if let best, best.value >= value { continue }
        best = SectorMatch(
          value: value, isPrimary: position == 0, sector: Int(sector), wanted: Int(wanted.sector))
      }
    }
    return best
  }

  // MARK: Ticket

  /// The ask, and the ticket in the currency of the ask; nil where either or the rate is unknown.
  var ask: (amount: Int64, currency: Int32, ticket: Ticket)? {
    let (amount, currency) = (candidates.asks[candidate], candidates.currencies[candidate])
    guard amount >= 0, let ticket = scorer.ticket(of: investor, in: currency) else { return nil }
    return (amount, currency, ticket)
  }

  // MARK: Region

  var place: Places.Place { snapshot.interning.places.all[Int(candidates.places[candidate])] }
  var localQuota: Int { max(0, Int(investors.localQuotas[investor])) }

  var region: RegionStanding {
    let words = snapshot.interning.words
    let regions = investors.regions[investor].map { words.fold($0) }
    return RegionStanding(
      place: place, words, home: words.fold(investors.countries[investor]),
      hasRegions: !regions.isEmpty, knowsCountry: regions.contains { snapshot.isCountry[Int($0)] }
    ) { regions.contains($0) }
  }

  // MARK: Holdings

  var position: Positions.Position? {
    snapshot.positions.ofInvestor[investor].first { $0.firm == candidate }
  }

  /// How many other holders of the candidate share another firm with the investor; nil where the investor
  /// has never held anything, or nobody else has held the candidate.
  var coInvestors: Int? {
    let positions = snapshot.positions
    let own = positions.ofInvestor[investor]
    let others = positions.holders[candidate].filter { $0 != UInt32(investor) }
    guard !own.isEmpty, !others.isEmpty else { return nil }
    return others.count { sharesAnotherFirm(positions.ofInvestor[Int($0)], own) }
  }

  /// The effect of state capital in the candidate, as the investor sees it: state capital does not draw itself.
  var signal: Int? { investors.flags[investor].contains(.state) ? nil : candidates.signal(candidate) }

  /// Nil unknown.
  private var coInvestorValue: Int? {
    let counted = coInvestors.map { curves.coInvestors($0) }
    guard let signal else { return counted }
    return max(counted ?? curves.prior(.coInvestors), curves.stateCapital(signal))
  }

  /// Both lists are in order of candidates.
  private func sharesAnotherFirm(
    _ left: ArraySlice<Positions.Position>, _ right: ArraySlice<Positions.Position>
  ) -> Bool {
    var (one, other) = (left.startIndex, right.startIndex)
    while one < left.endIndex, other < right.endIndex {
      if left[one].firm < right[other].firm {
        one += 1
      } else if left[one].firm > right[other].firm {
        other += 1
      } else if left[one].firm != candidate {
        return true
      } else {
        one += 1
        other += 1
      }
    }
    return false
  }

  /// Positions held today, this candidate among them: in its top-level sector, and in all. Nil where there
  /// is no cap to check.
  var concentration: (inSector: Int, total: Int, top: Int)? {
    guard investors.concentrationCaps[investor] >= 0, let top = scorer.top(of: candidate) else { return nil }
    let (total, byTop) = scorer.currentPositions(of: investor)
    guard total >= curves.concentrationFrom else { return nil }
    let new = position?.isCurrent == true ? 0 : 1
    return (byTop[top] + new, total + new, top)
  }

  // MARK: Vetoes

  func isVetoed(_ veto: Veto) -> Bool {
    switch veto {
    case .excludedSector: excludedSector != nil
    case .excludedFirm:
      candidates.kind(candidate) == .firm
        && snapshot.excludedFirms(at: investor).contains(snapshot.candidateCode(at: candidate))
    case .risk: riskOver.map { $0 >= riskVeto } ?? false
    case .ticket: ask.map { $0.ticket.isVetoed(ask: $0.amount, curves) } ?? false
    case .region: region.isVetoed(localQuota: localQuota)
    case .noBudget: scorer.hasNoBudget(investor)
    case .concentration:
      concentration.map { $0.inSector * 100 > $0.total * Int(investors.concentrationCaps[investor]) }
        ?? false
    case .alreadyHolds: position?.isCurrent ?? false
    case .declined: investors.declinedFirms[investor].contains(snapshot.candidateID(at: candidate))
    case .retired:
      snapshot.isInvestorRetired(at: investor) || snapshot.isCandidateRetired(at: candidate)
    }
  }

  /// The first of the candidate's sectors that lies at or below an excluded one.
  var excludedSector: (sector: Int, excluded: Int)? {
    for sector in snapshot.sectorList(at: candidate) {
      for excluded in investors.excludedSectors[investor]
      where snapshot.sectors.isSector(Int(sector), atOrBelow: Int(excluded)) {
        return (Int(sector), Int(excluded))
      }
    }
    return nil
  }
}
