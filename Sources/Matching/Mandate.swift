import Domain

/// One investor's mandate, compiled against a snapshot and a policy into tables by what candidates have in
/// common (stage and risk, sectors, place, ask), so that a candidate costs five loads and four additions.
/// What concerns single candidates (holdings, co-investors, excluded firms) lies in a sparse list beside.
///
/// A value of its own for each worker; ``turn(to:)`` compiles the next investor into the same memory.
public struct Mandate {
  /// Index of the investor.
  public private(set) var investor: Int
  public let scorer: Scorer
  /// Whether a veto of the investor (retired, no_budget) keeps every candidate off its list.
  public private(set) var isClosed = false

  // Points by trait, sector list, place and rank of ask; `vetoed` where a veto holds.
  private(set) var traitPoints: [Int32]
  private(set) var sectorPoints: [Int32]
  private(set) var placePoints: [Int32]
  private(set) var askPoints: [Int32]

  /// Candidates that need more than the tables, in order, and what to add for them.
  private(set) var exceptions: [UInt32] = []
  private(set) var exceptionPoints: [Int32] = []

  // Scratch of the compiler.
  private var affinities: [Int32]
  private var primaryPoints: [Int32]
  private var furtherPoints: [Int32]
  private var isExcluded: [Bool]
  private var isConcentrated: [Bool]
  private var isRegion: [Bool]
  private var marks: [Mark]
  private var shared: [UInt8]
  private var partners: [UInt32] = []

  /// What a table says of a veto: far below what all points together can make up for, and such that one in
  /// each table and two beside do not overflow.
  static let vetoed: Int32 = -1 << 27

  private struct Mark {
    /// Co-investors, at most 3, since more count no more.
    var count: UInt8 = 0
    var isOwn = false
    var isVetoed = false
    var isListed = false
  }

  /// Compiles the mandate of the investor at this index.
  public init(scorer: Scorer, investor: Int) {
    let snapshot = scorer.snapshot
    self.scorer = scorer
    self.investor = investor
    traitPoints = [Int32](repeating: 0, count: Trait.count)
    sectorPoints = [Int32](repeating: 0, count: snapshot.interning.sectorLists.all.count)
    placePoints = [Int32](repeating: 0, count: snapshot.interning.places.all.count)
    askPoints = [Int32](repeating: 0, count: snapshot.asks.count + 1)
    affinities = [Int32](repeating: 0, count: snapshot.sectors.count)
    primaryPoints = affinities
    furtherPoints = affinities
    isExcluded = [Bool](repeating: false, count: snapshot.sectors.count)
    isConcentrated = [Bool](repeating: false, count: snapshot.sectors.count)
    isRegion = [Bool](repeating: false, count: snapshot.interning.words.foldCount)
    marks = [Mark](repeating: Mark(), count: snapshot.candidateCount)
    shared = [UInt8](repeating: 0, count: snapshot.investorCount)
    turn(to: investor)
  }

  /// Compiles the mandate of another investor in place of this one.
  public mutating func turn(to investor: Int) {
    self.investor = investor
    isClosed = scorer.snapshot.isInvestorRetired(at: investor) || scorer.hasNoBudget(investor)
    compileTraits()
    compileSectors()
    compilePlaces()
    compileAsks()
    compileExceptions()
  }

  /// The score of a candidate, nil where a veto keeps it off the list.
  public func score(_ candidate: Int) -> Int32? {
    guard !isClosed else { return nil }
    let place = exceptions.firstIndex(atOrAfter: UInt32(candidate))
    return score(candidate, exceptionAt: exceptions[place...].first == UInt32(candidate) ? place : nil)
  }

  /// The score of a candidate, the place of which among the exceptions is known.
  func score(_ candidate: Int, exceptionAt place: Int?) -> Int32? {
    let score = tableScore(candidate) + (place.map { exceptionPoints[$0] } ?? 0)
    return score < 0 ? nil : score
  }

  /// Why a candidate is kept off the list.
  public func vetoes(_ candidate: Int) -> [Veto] {
    scorer.vetoes(investor: investor, candidate: candidate)
  }

  private func tableScore(_ candidate: Int) -> Int32 {
    let snapshot = scorer.snapshot
    let columns = snapshot.candidates
    return scorer.readiness[candidate] + traitPoints[Int(snapshot.traits[candidate])]
      + sectorPoints[Int(columns.sectorLists[candidate])] + placePoints[Int(columns.places[candidate])]
      + askPoints[Int(columns.asks[candidate])]
  }
}

// MARK: - Tables

extension Mandate {
  /// Stage, risk, and co-investors of a candidate that no exception speaks of.
  private mutating func compileTraits() {
    let (curves, snapshot) = (scorer.curves, scorer.snapshot)
    let mask = snapshot.investors.stages[investor]
    let tolerance = Int(snapshot.investors.risks[investor])
    let riskVeto = Pair.riskVeto(snapshot.investors, investor)
    let (stranger, unknown) = coInvestorPoints()
    for stageNumber in 0...Stage.allCases.count {
      let stage = stageNumber == 0 ? nil : Stage.allCases[stageNumber - 1]
      let distance = stage.flatMap { Pair.distance(from: $0, to: mask) }
      let stagePoints = curves.points(
        .stage, distance.map { curves.stage(distance: $0) } ?? curves.prior(.stage))
      for risk in 0...5 {
        var points = stagePoints
        if risk == 0 || tolerance == 0 {
          points += curves.points(.risk, curves.prior(.risk))
        } else {
          points += curves.points(.risk, curves.risk(over: risk - tolerance))
          if risk - tolerance >= riskVeto { points = Self.vetoed }
        }
        for isHeld in [false, true] {
          let trait = Trait(stage: stage, risk: risk, isHeld: isHeld, isRetired: false)
          traitPoints[Int(trait.number)] = points + (isHeld ? stranger : unknown)
          traitPoints[Int(trait.number) + 1] = Self.vetoed
        }
      }
    }
  }

  /// Points for a candidate whose holders are all strangers, and for one where nothing is known.
  private func coInvestorPoints() -> (stranger: Int32, unknown: Int32) {
    let curves = scorer.curves
    let unknown = curves.points(.coInvestors, curves.prior(.coInvestors))
    guard !scorer.snapshot.positions.ofInvestor.range(investor).isEmpty else { return (unknown, unknown) }
    return (curves.points(.coInvestors, curves.coInvestors(0)), unknown)
  }

  private mutating func compileSectors() {
    let snapshot = scorer.snapshot
    for sector in affinities.indices {
      affinities[sector] = 0
      isExcluded[sector] = false
      isConcentrated[sector] = false
    }
    for wanted in snapshot.investors.sectors[investor] { spread(wanted) }
    for sector in snapshot.investors.excludedSectors[investor] {
      for below in snapshot.sectors.subtree(of: Int(sector)) { isExcluded[below] = true }
    }
    markConcentration()
    compileSectorLists()
  }

  /// Points of each list: those of its best sector, since points never fall while values rise.
  private mutating func compileSectorLists() {
    let curves = scorer.curves
    let unknown = curves.points(.sector, curves.prior(.sector))
    let isKnown = !scorer.snapshot.investors.sectors.range(investor).isEmpty
    for sector in affinities.indices {
      let value = Int(affinities[sector])
      let further = value * curves.sectorSecondary / Curves.one
      primaryPoints[sector] =
        isExcluded[sector] || isConcentrated[sector]
        ? Self.vetoed : isKnown ? curves.points(.sector, value) : unknown
      furtherPoints[sector] =
        isExcluded[sector] ? Self.vetoed : isKnown ? curves.points(.sector, further) : unknown
    }
    let lists = scorer.snapshot.interning.sectorLists.all
    let (starts, items) = (lists.starts.span, lists.items.span)
    let (primaryPoints, furtherPoints) = (primaryPoints, furtherPoints)
    let (primary, further) = (primaryPoints.span, furtherPoints.span)
    var points = sectorPoints.mutableSpan
    points[0] = unknown
    guard lists.count > 1 else { return }
    for list in 1..<lists.count {
      // Lists are made of sectors of the tree, and lie within their items.
      let start = Int(starts[unchecked: list])
      var best = primary[unchecked: Int(items[unchecked: start])]
      var signs = best
      for place in start &+ 1..<max(start &+ 1, Int(starts[unchecked: list &+ 1])) {
        let point = further[unchecked: Int(items[unchecked: place])]
        best = max(best, point)
        signs |= point
      }
      points[unchecked: list] = signs < 0 ? Self.vetoed : best
    }
  }

  /// Gives every sector of the same top-level tree what it is worth to this one: the subtrees of its
  /// ancestors are ranges, each within the next, and what lies in one and not in the one before has that
  /// ancestor in common.
  private mutating func spread(_ wanted: InvestorColumns.WeightedSector) {
    let tree = scorer.snapshot.sectors
    let weight = Int(wanted.millionths)
    func raise(_ range: Range<Int>, _ value: (Int) -> Int) {
      for sector in range {
        affinities[sector] = max(affinities[sector], Int32(weight * value(sector) / Curves.one))
      }
    }
    var inner = tree.subtree(of: Int(wanted.sector))
    raise(inner) { _ in Curves.one }
    var ancestor = tree.parent(of: Int(wanted.sector))
    let depth = tree.depth(of: Int(wanted.sector))
    while let node = ancestor {
      let outer = tree.subtree(of: node)
      let common = tree.depth(of: node)
      for part in [outer.lowerBound..<inner.lowerBound, inner.upperBound..<outer.upperBound] {
        raise(part) { SectorTree.similarity(common: common, depths: tree.depth(of: $0) + depth) }
      }
      inner = outer
      ancestor = tree.parent(of: node)
    }
  }

  private mutating func markConcentration() {
    let cap = Int(scorer.snapshot.investors.concentrationCaps[investor])
    guard cap >= 0 else { return }
    let (total, byTop) = scorer.currentPositions(of: investor)
    guard total >= scorer.curves.concentrationFrom else { return }
    let tree = scorer.snapshot.sectors
    var top = 0
    while top < tree.count {
      let subtree = tree.subtree(of: top)
      if (byTop[top, default: 0] + 1) * 100 > (total + 1) * cap {
        for sector in subtree { isConcentrated[sector] = true }
      }
      top = subtree.upperBound
    }
  }

  private mutating func compilePlaces() {
    let (curves, snapshot) = (scorer.curves, scorer.snapshot)
    let words = snapshot.interning.words
    let places = snapshot.interning.places.all
    let unknown = curves.points(.region, curves.prior(.region))
    let regions = snapshot.investors.regions[investor]
    var knowsCountry = false
    for region in regions {
      let fold = Int(words.fold(region))
      isRegion[fold] = true
      knowsCountry = knowsCountry || snapshot.isCountry[fold]
    }
    let home = words.fold(snapshot.investors.countries[investor])
    let localQuota = max(0, Int(snapshot.investors.localQuotas[investor]))
    for (index, place) in places.enumerated() {
      let standing = RegionStanding(
        place: place, words, home: home, hasRegions: !regions.isEmpty, knowsCountry: knowsCountry
      ) { isRegion[Int($0)] }
      let points = standing.value(curves, localQuota: localQuota).map { curves.points(.region, $0) }
      placePoints[index] = standing.isVetoed(localQuota: localQuota) ? Self.vetoed : points ?? unknown
    }
    for region in regions { isRegion[Int(words.fold(region))] = false }
  }

  private mutating func compileAsks() {
    let (curves, asks) = (scorer.curves, scorer.snapshot.asks)
    let unknown = curves.points(.ticket, curves.prior(.ticket))
    askPoints[0] = unknown
    for (currency, ranks) in scorer.askCurrencies {
      guard let ticket = scorer.ticket(of: investor, in: currency) else {
        for rank in ranks { askPoints[rank] = unknown }
        continue
      }
      fillAskPoints(ranks, ticket, asks)
    }
  }

  /// Asks of one currency stand in order, so vetoes, parts of a ticket and full points are stretches.
  private mutating func fillAskPoints(_ ranks: Range<Int>, _ ticket: Ticket, _ asks: Asks) {
    let curves = scorer.curves
    func first(in ranks: Range<Int>, _ isReached: (Int64) -> Bool) -> Int {
      var (low, high) = (ranks.lowerBound, ranks.upperBound)
      while low < high {
        let middle = (low + high) / 2
        if isReached(asks.all[middle - 1].amount) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let inside = first(in: ranks) { ask in ticket.min.map { ask >= $0 } ?? true }
    let low = first(in: ranks.lowerBound..<inside) { !ticket.isVetoed(ask: $0, curves) }
    let above = first(in: inside..<ranks.upperBound) { ask in ticket.max.map { ask > $0 } ?? false }
    let high = first(in: above..<ranks.upperBound) { ticket.isVetoed(ask: $0, curves) }
    let full = curves.points(.ticket, Curves.one)
    for rank in ranks.lowerBound..<low { askPoints[rank] = Self.vetoed }
    for rank in inside..<above { askPoints[rank] = full }
    for rank in high..<ranks.upperBound { askPoints[rank] = Self.vetoed }
    for part in [low..<inside, above..<high] {
      for rank in part {
        askPoints[rank] = curves.points(.ticket, ticket.value(ask: asks.all[rank - 1].amount))
      }
    }
  }
}

// MARK: - Exceptions

extension Mandate {
  /// What the investor has held, what those who have held the same have held besides, and excluded firms.
  private mutating func compileExceptions() {
    let (curves, positions) = (scorer.curves, scorer.snapshot.positions)
    exceptions.removeAll(keepingCapacity: true)
    exceptionPoints.removeAll(keepingCapacity: true)
    markOwn(positions)
    markCoInvestments(positions)
    for code in scorer.snapshot.excludedFirms(at: investor) {
      guard let firm = scorer.snapshot.candidate(code: code, kind: .firm) else { continue }
      list(firm)
      marks[firm].isVetoed = true
    }
    exceptions.sort()
    let (stranger, unknown) = coInvestorPoints()
    let hasHeld = !positions.ofInvestor.range(investor).isEmpty
    for candidate in exceptions {
      let mark = marks[Int(candidate)]
      marks[Int(candidate)] = Mark()
      let holders = positions.holders.range(Int(candidate)).count
      var points: Int32 = 0
      if hasHeld, holders > 0 {
        let isKnown = holders > (mark.isOwn ? 1 : 0)
        points = isKnown ? curves.points(.coInvestors, curves.coInvestors(Int(mark.count))) : unknown
        points -= stranger
      }
      exceptionPoints.append(mark.isVetoed ? Self.vetoed : points)
    }
  }

  private mutating func list(_ candidate: Int) {
    guard !marks[candidate].isListed else { return }
    marks[candidate].isListed = true
    exceptions.append(UInt32(candidate))
  }

  private mutating func markOwn(_ positions: Positions) {
    for position in positions.ofInvestor[investor] {
      list(position.firm)
      marks[position.firm].isOwn = true
      marks[position.firm].isVetoed = position.isCurrent
      for holder in positions.holders[position.firm] where holder != UInt32(investor) {
        if shared[Int(holder)] == 0 { partners.append(holder) }
        // Two are as good as more: one for the firm itself, one besides.
        shared[Int(holder)] = min(2, shared[Int(holder)] + 1)
      }
    }
  }

  /// A partner counts for every firm it has held, if the two share another one than that.
  private mutating func markCoInvestments(_ positions: Positions) {
    for partner in partners {
      let sharesTwo = shared[Int(partner)] == 2
      shared[Int(partner)] = 0
      for position in positions.ofInvestor[Int(partner)] {
        let mark = marks[position.firm]
        guard !mark.isOwn || sharesTwo else { continue }
        list(position.firm)
        marks[position.firm].count = min(3, mark.count + 1)
      }
    }
    partners.removeAll(keepingCapacity: true)
  }
}

extension [UInt32] {
  /// In an array in order.
  fileprivate func firstIndex(atOrAfter value: UInt32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
