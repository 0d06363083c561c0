import Domain

/// One investor's mandate, compiled against a snapshot and a policy into tables by what candidates have in
/// common (stage and risk, sectors, place, currency), so that a candidate costs a few loads and additions.
/// Its own holdings and the firms it excludes are listed beside; co-investors are counted for the few candidates
/// that come so far.
///
/// A value of its own for each worker; ``turn(to:)`` compiles the next investor into the same memory.
public struct Mandate {
  /// Index of the investor.
  public private(set) var investor: Int
  public let scorer: Scorer
  /// Those of the snapshot, at hand.
  let sectorLists: Ragged<UInt16>
  /// Whether a veto of the investor (retired, no_budget) keeps every candidate off its list.
  public private(set) var isClosed = false

  // Points by trait, role, place, and the currency of the ask; `vetoed` where a veto holds.
  /// Stage and risk, and the most that co-investors can come to.
  private(set) var traitBounds: [Int32]
  /// By ``SectorRole``: of a primary sector, of sectors that are unknown here or there, and of a further sector.
  private(set) var rolePoints: [Int32]
  /// What the roles come to whose sector has nothing in common with those that the mandate names.
  private(set) var otherRolePoints: Int32 = 0
  /// The other roles: where it names sectors, those of sectors of the same top-level trees, and of none.
  private(set) var akinRoles: [Int] = []
  private(set) var placePoints: [Int32]
  private(set) var tickets: [TicketCurve]
  /// By class of ask, what no ask of it exceeds; `vetoed` where all are.
  private(set) var askBounds: [Int32]
  /// Points of a candidate whose ask or whose mandate's ticket is unknown.
  private(set) var unknownTicketPoints: Int32 = 0
  /// Points of an ask within the ticket.
  private(set) var fullTicketPoints: Int32 = 0
  /// Whether the mandate names sectors.
  private(set) var hasSectors = false

  /// Candidates that need more than the tables: what it holds or has held, what it excludes, and where a side has said
  /// no.
  private(set) var exceptions: [Exception] = []

  struct Exception {
    var candidate: UInt32
    var isOwn = false
    var isVetoed = false
  }

  var judged: Judged

  /// Whether the investor has ever held anything.
  private var hasHeld = false
  /// By count of co-investors up to 3, less the bound in ``traitBounds`` for who is held.
  private(set) var coInvestorPoints: InlineArray<4, Int32> = .init(repeating: 0)
  /// What an unknown one comes to, less that bound.
  private(set) var unknownCoInvestorPoints: Int32 = 0
  /// That bound, and the one for candidates with state capital whose effect is known.
  private var heldBound: Int32 = 0
  private var signalledBound: Int32 = 0
  /// Whether that effect tells the investor anything.
  private var seesSignals = false
  private(set) var partners: Partners
  /// All counts, where they are known.
  private let sharedFirms: SharedFirms.Rows?

  // Scratch of the compiler.
  private var affinities: [Int32]
  private var isRegion: [Bool]

  /// What a table says of a veto: far below what all points together can make up for, and such that one in
  /// each table and two beside do not overflow.
  static let vetoed: Int32 = -1 << 27

  /// Compiles the mandate of the investor at this index.
  public init(scorer: Scorer, investor: Int) { self.init(scorer: scorer, investor: investor, nil) }

  /// - Parameter sharedFirms: Of all investors, where somebody has counted them.
  init(scorer: Scorer, investor: Int, _ sharedFirms: SharedFirms.Rows?) {
    let snapshot = scorer.snapshot
    self.sharedFirms = sharedFirms
    self.scorer = scorer
    sectorLists = snapshot.interning.sectorLists.all
    self.investor = investor
    traitBounds = [Int32](repeating: 0, count: Trait.count)
    placePoints = [Int32](repeating: 0, count: snapshot.interning.places.all.count)
    tickets = [TicketCurve](
      repeating: TicketCurve(nil, scorer.curves), count: snapshot.interning.currencies.texts.count + 1)
    askBounds = [Int32](repeating: 0, count: AskClass.count)
    affinities = [Int32](repeating: 0, count: snapshot.sectors.count)
    rolePoints = [Int32](repeating: 0, count: SectorRole.count(sectors: snapshot.sectors.count))
    isRegion = [Bool](repeating: false, count: snapshot.interning.words.foldCount)
    judged = Judged(candidates: snapshot.candidateCount)
    partners = Partners(investors: snapshot.investorCount)
    turn(to: investor)
  }

  /// Compiles the mandate of another investor in place of this one.
  public mutating func turn(to investor: Int) {
    self.investor = investor
    isClosed = scorer.snapshot.isInvestorRetired(at: investor) || scorer.hasNoBudget(investor)
    compileTraits()
    compileSectors()
    compilePlaces()
    compileTickets()
    compileExceptions()
  }

  /// The score of a candidate, nil where a veto keeps it off the list. Linear in the exceptions.
  public func score(_ candidate: Int) -> Int32? {
    guard !isClosed else { return nil }
    let exception = exceptions.first { $0.candidate == candidate }
    return score(exception ?? Exception(candidate: UInt32(candidate)))
  }

  /// The score of a candidate, nil where a veto keeps it off the list.
  func score(_ exception: Exception) -> Int32? {
    guard !exception.isVetoed else { return nil }
    let facet = scorer.facets[Int(exception.candidate)]
    let less = coInvestors(exception, facet.trait)
    let score =
      facet.readiness + traitBounds[Int(facet.trait)] + sectorPoints(Int(facet.sectorList))
      + placePoints[Int(facet.place)]
      + ticketPoints(ask: facet.ask, currency: Int(facet.currency))
    return score < 0 ? nil : score + less
  }

  /// Points of a list of sectors: those of its best one, since points never fall while values rise.
  @inline(__always)
  func sectorPoints(_ list: Int) -> Int32 {
    Self.sectorPoints(sectorLists.starts.span, sectorLists.items.span, list, rolePoints.span)
  }

  /// - Parameters:
  ///   - starts: Of the lists of sectors.
  ///   - sectors: Theirs.
  ///   - points: By role.
  @inline(__always)
  static func sectorPoints(
    _ starts: Span<UInt32>, _ sectors: Span<UInt16>, _ list: Int, _ points: Span<Int32>
  ) -> Int32 {
    // All numbers in columns lie within the tables of their snapshot.
    let none = points.count / 2
    let (start, end) = (Int(starts[unchecked: list]), Int(starts[unchecked: list &+ 1]))
    guard start < end else { return points[unchecked: none] }
    let primary = points[unchecked: SectorRole.primary(Int(sectors[unchecked: start]))]
    var (best, signs) = (primary, primary)
    // How many there are cannot be foreseen, so no branch depends on it up to three. Where there are fewer the last one
    // is read again; as a further one it is worth no more, nor vetoed more, than as the primary one.
    for offset in 1...2 {
      let sector = Int(sectors[unchecked: min(start &+ offset, end &- 1)])
      let further = points[unchecked: SectorRole.further(sector, sectors: none)]
      best = max(best, further)
      signs |= further
    }
    var place = start &+ 3
    while place < end {
      let further = points[unchecked: SectorRole.further(Int(sectors[unchecked: place]), sectors: none)]
      best = max(best, further)
      signs |= further
      place &+= 1
    }
    return signs < 0 ? vetoed : best
  }

  /// What co-investors and state capital come to, less the bound that ``traitBounds`` has for them.
  private func coInvestors(_ exception: Exception, _ trait: UInt16) -> Int32 {
    let holders = scorer.snapshot.positions.holders
    let range = holders.range(Int(exception.candidate))
    let isSignalled = Trait.isSignalled(trait)
    guard isSignalled || !range.isEmpty else { return 0 }
    // One that it has held itself is a firm that it shares with each holder, and does not count.
    let (own, least) = exception.isOwn ? (1, UInt8(2)) : (0, 1)
    let counted =
      range.count == own
      ? unknownCoInvestorPoints
      : points(coInvestors: holders.items[range].count { partners.counts[Int($0)] >= least })
    return isSignalled ? withSignal(counted, Int(exception.candidate)) : counted
  }

  /// What so many co-investors come to, less the bound that ``traitBounds`` has for who is held.
  @inline(__always)
  func points(coInvestors count: Int) -> Int32 { coInvestorPoints[min(count, 3)] }

  /// - Parameter counted: What co-investors come to, less the bound for who is held.
  /// - Returns: what they or state capital come to, less the bound for candidates with a signal.
  func withSignal(_ counted: Int32, _ candidate: Int) -> Int32 {
    max(counted &+ heldBound, seesSignals ? scorer.signalPoints(candidate) : 0) &- signalledBound
  }

  /// What no ask of a block exceeds, `vetoed` where all are.
  func askBound(_ block: Blocks.Block) -> Int32 {
    guard block.currency != Blocks.Block.mixedCurrency else {
      return max(unknownTicketPoints, fullTicketPoints)
    }
    return block.asks.lowerBound < 0
      ? unknownTicketPoints : tickets[Int(block.currency)].points(asks: block.asks)
  }

  /// - Parameters:
  ///   - ask: -1 for none.
  ///   - currency: As in a facet.
  @inline(__always)
  func ticketPoints(ask: Int64, currency: Int) -> Int32 {
    ask < 0 ? unknownTicketPoints : tickets[currency].points(ask: ask)
  }
}

// MARK: - Tables

extension Mandate {
  /// Stage, risk, and the bound for co-investors.
  private mutating func compileTraits() {
    let (curves, snapshot) = (scorer.curves, scorer.snapshot)
    let mask = snapshot.investors.stages[investor]
    let tolerance = Int(snapshot.investors.risks[investor])
    let riskVeto = Pair.riskVeto(snapshot.investors, investor)
    let bounds = compileCoInvestorPoints()
    let riskPoints = (0...5).map { risk in
      if risk == 0 || tolerance == 0 { return curves.points(.risk, curves.prior(.risk)) }
      if risk - tolerance >= riskVeto { return Self.vetoed }
      return curves.points(.risk, curves.risk(over: risk - tolerance))
    }
    var traits = traitBounds.mutableSpan
    for stageNumber in 0...Stage.allCases.count {
      let stage = Stage(number: stageNumber)
      let distance = stage.flatMap { Pair.distance(from: $0, to: mask) }
      let stagePoints = curves.points(
        .stage, distance.map { curves.stage(distance: $0) } ?? curves.prior(.stage))
      for risk in 0...5 {
        let points = riskPoints[risk] < 0 ? Self.vetoed : stagePoints + riskPoints[risk]
        let first = Int(Trait.number(stage: stageNumber, risk: risk, standing: .free))
        for standing in bounds.indices { traits[first &+ standing] = points &+ bounds[standing] }
      }
    }
  }

  /// The most that co-investors and state capital come to, by standing; `vetoed` for who is retired.
  private mutating func compileCoInvestorPoints() -> InlineArray<4, Int32> {
    let curves = scorer.curves
    let unknown = curves.points(.coInvestors, curves.prior(.coInvestors))
    hasHeld = !scorer.snapshot.positions.ofInvestor.range(investor).isEmpty
    heldBound = hasHeld ? 0 : unknown
    coInvestorPoints = .init(repeating: 0)
    if hasHeld {
      for count in coInvestorPoints.indices {
        coInvestorPoints[count] = curves.points(.coInvestors, curves.coInvestors[count])
        heldBound = max(heldBound, coInvestorPoints[count])
      }
      for count in coInvestorPoints.indices { coInvestorPoints[count] -= heldBound }
    }
    unknownCoInvestorPoints = unknown - heldBound
    seesSignals = !scorer.snapshot.investors.flags[investor].contains(.state)
    signalledBound = max(unknown, heldBound, seesSignals ? scorer.mostOfSignals : 0)
    return [unknown, heldBound, signalledBound, Self.vetoed]
  }

  private mutating func compileSectors() {
    let snapshot = scorer.snapshot
    let wanted = snapshot.investors.sectors[investor]
    let unknown = scorer.curves.points(.sector, scorer.curves.prior(.sector))
    hasSectors = !wanted.isEmpty
    otherRolePoints = hasSectors ? 0 : unknown
    let none = SectorRole.none(sectors: affinities.count)
    rolePoints.refill(with: otherRolePoints)
    rolePoints[none] = unknown
    akinRoles.removeAll(keepingCapacity: true)
    if hasSectors { akinRoles.append(none) }
    affinities.refill(with: 0)
    let tree = snapshot.sectors
    for wanted in wanted { spread(wanted, tree) }
    var top = 0
    while top < affinities.count {
      let subtree = tree.subtree(of: top)
      if wanted.contains(where: { subtree.contains(Int($0.sector)) }) { compileAkinRoles(subtree) }
      top = subtree.upperBound
    }
    for sector in snapshot.investors.excludedSectors[investor] {
      for below in tree.subtree(of: Int(sector)) {
        rolePoints[SectorRole.primary(below)] = Self.vetoed
        rolePoints[SectorRole.further(below, sectors: affinities.count)] = Self.vetoed
      }
    }
    vetoConcentration()
  }

  /// The roles of the sectors of a top-level tree, some of them wanted.
  private mutating func compileAkinRoles(_ sectors: Range<Int>) {
    let (weight, secondary) = (scorer.curves.weight(.sector), scorer.curves.sectorSecondary)
    let (affinities, count) = (affinities, affinities.count)
    var points = rolePoints.mutableSpan
    for sector in sectors {
      let value = Int(affinities[sector])
      points[SectorRole.primary(sector)] = Curves.points(weight: weight, value)
      points[SectorRole.further(sector, sectors: count)] = Curves.points(
        weight: weight, value * secondary / Curves.one)
    }
    akinRoles.append(contentsOf: sectors.lazy.map(SectorRole.primary))
    akinRoles.append(contentsOf: sectors.lazy.map { SectorRole.further($0, sectors: count) })
  }

  /// Gives every sector of the same top-level tree what it is worth to this one: the subtrees of its
  /// ancestors are ranges, each within the next, and what lies in one and not in the one before has that
  /// ancestor in common.
  private mutating func spread(_ wanted: InvestorColumns.WeightedSector, _ tree: SectorTree) {
    let weight = Int(wanted.millionths)
    var inner = tree.subtree(of: Int(wanted.sector))
    raise(inner) { _ in weight }
    var ancestor = tree.parent(of: Int(wanted.sector))
    let depth = tree.depth(of: Int(wanted.sector))
    while let node = ancestor {
      let outer = tree.subtree(of: node)
      let common = tree.depth(of: node)
      for part in [outer.lowerBound..<inner.lowerBound, inner.upperBound..<outer.upperBound] {
        raise(part) {
          weight * SectorTree.similarity(common: common, depths: tree.depth(of: $0) + depth) / Curves.one
        }
      }
      inner = outer
      ancestor = tree.parent(of: node)
    }
  }

  @inline(__always)
  private mutating func raise(_ sectors: Range<Int>, to value: (Int) -> Int) {
    var affinities = affinities.mutableSpan
    for sector in sectors { affinities[sector] = max(affinities[sector], Int32(value(sector))) }
  }

  private mutating func vetoConcentration() {
    let cap = Int(scorer.snapshot.investors.concentrationCaps[investor])
    guard cap >= 0 else { return }
    let (total, byTop) = scorer.currentPositions(of: investor)
    guard total >= scorer.curves.concentrationFrom else { return }
    let tree = scorer.snapshot.sectors
    var top = 0
    while top < tree.count {
      let subtree = tree.subtree(of: top)
      if (byTop[top] + 1) * 100 > (total + 1) * cap {
        for sector in subtree { rolePoints[SectorRole.primary(sector)] = Self.vetoed }
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

  private mutating func compileTickets() {
    let curves = scorer.curves
    unknownTicketPoints = curves.points(.ticket, curves.prior(.ticket))
    fullTicketPoints = curves.points(.ticket, Curves.one)
    askBounds[Int(AskClass.none.number)] = unknownTicketPoints
    askBounds[Int(AskClass.any.number)] = max(unknownTicketPoints, fullTicketPoints)
    for currency in scorer.askCurrencies {
      let ticket = TicketCurve(scorer.ticket(of: investor, in: currency), curves)
      tickets[Int(currency) + 1] = ticket
      ticket.bound(AskClass.numbers(currency: Int(currency) + 1), in: &askBounds)
    }
  }
}

// MARK: - Exceptions

extension Mandate {
  /// What the investor has held, who has held the same, excluded firms, and those where a side has said no.
  private mutating func compileExceptions() {
    let positions = scorer.snapshot.positions
    exceptions.removeAll(keepingCapacity: true)
    let own = positions.ofInvestor[investor]
    for position in own {
      exceptions.append(
        Exception(candidate: UInt32(position.firm), isOwn: true, isVetoed: position.isCurrent))
    }
    if let sharedFirms {
      partners.turn(to: investor, counts: sharedFirms[investor])
    } else {
      partners.turn(to: investor, own.lazy.map(\.firm), positions.holders)
    }
    let owned = exceptions.count
    for code in scorer.snapshot.excludedFirms(at: investor) {
      veto(scorer.snapshot.candidate(code: code, kind: .firm), owned: owned)
    }
    for id in scorer.snapshot.investors.declinedFirms[investor] {
      veto(scorer.snapshot.candidate(id: id), owned: owned)
    }
  }

  /// - Parameter owned: How many exceptions are of what it holds or has held.
  private mutating func veto(_ firm: Int?, owned: Int) {
    guard let firm else { return }
    if let place = exceptions[..<owned].firstIndex(where: { $0.candidate == firm }) {
      exceptions[place].isVetoed = true
    } else {
      exceptions.append(Exception(candidate: UInt32(firm), isVetoed: true))
    }
  }
}

extension Array {
  fileprivate mutating func refill(with element: Element) { fill(indices, with: element) }

  /// Puts the element in all places of a range.
  mutating func fill(_ range: Range<Int>, with element: Element) {
    precondition(indices.contains(range))
    var elements = mutableSpan
    for place in range { elements[unchecked: place] = element }
  }
}
