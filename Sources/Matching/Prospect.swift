import Domain

/// One candidate compiled against a snapshot and a policy, so that an investor costs a few loads: what a
/// ``Mandate`` is for an investor, the other way round. A whole registry of investors takes a few milliseconds.
struct Prospect {
  let candidate: Int
  private let scorer: Scorer
  private let readiness: Int32
  private let isRetired: Bool
  private let stage: Stage?
  /// By tolerance and risk_veto; `vetoed` where it is one.
  private let riskPoints: [Int32]
  /// By sector of the tree, how near its primary sector and the nearest of the others are to it; millionths.
  private let primaryNearness: [Int32]
  private let furtherNearness: [Int32]
  private let hasSectors: Bool
  /// By sector of the tree: whether one of its own is this one or lies below it.
  private let isWithin: [Bool]
  /// What excludes it by name, or empty where nothing can.
  private let excludedName: [UInt8]
  /// What the criteria that are judged after the first three, and those after the first four, can bring at most.
  private let mostOfRest: (sectorAndOn: Int32, ticketAndOn: Int32)
  private let unknown: (sector: Int32, ticket: Int32, coInvestors: Int32)
  private let ask: Int64
  /// By currency of the ticket and one: how to come to the currency of the ask.
  private let conversions: [ExchangeRates.Conversion?]
  /// Its place in folds of words.
  private let place: (country: Int32, region: Int32, city: Int32)
  private let coInvestorPoints: [Int32]
  private let signalPoints: Int32
  /// By investor, how many of the candidate's holders share another firm with it: 3 for three and more.
  private let coInvestors: [UInt8]
  /// Those that hold or have held it, and whether they still do.
  private let holders: [Int: Bool]

  init(scorer: Scorer, candidate: Int) {
    let (snapshot, curves) = (scorer.snapshot, scorer.curves)
    let facet = scorer.facets[candidate]
    self.scorer = scorer
    self.candidate = candidate
    readiness = facet.readiness
    isRetired = Trait.isRetired(facet.trait)
    stage = snapshot.candidates.scoredStage(candidate)
    riskPoints = Self.riskPoints(Int(snapshot.candidates.risks[candidate]), curves)
    let sectors = snapshot.sectorList(at: candidate)
    hasSectors = !sectors.isEmpty
    (primaryNearness, furtherNearness) = Self.nearness(sectors, snapshot.sectors)
    isWithin = (0..<snapshot.sectors.count).map { wanted in
      sectors.contains { snapshot.sectors.isSector(Int($0), atOrBelow: wanted) }
    }
    let isFirm = snapshot.candidates.kind(candidate) == .firm
    excludedName = isFirm ? Array(snapshot.candidateCode(at: candidate).utf8) : []
    let rest = [Criterion.ticket, .region, .coInvestors].reduce(0) { $0 + curves.points($1, Curves.one) }
    mostOfRest = (rest + curves.points(.sector, Curves.one), rest)
    unknown = (
      curves.points(.sector, curves.prior(.sector)), curves.points(.ticket, curves.prior(.ticket)),
      curves.points(.coInvestors, curves.prior(.coInvestors))
    )
    ask = facet.ask
    conversions = (-1..<Int32(snapshot.interning.currencies.texts.count)).map {
      facet.ask < 0 ? nil : scorer.conversion(from: $0, to: snapshot.candidates.currencies[candidate])
    }
    let spot = snapshot.interning.places.all[Int(facet.place)]
    let words = snapshot.interning.words
    place = (words.fold(spot.country), words.fold(spot.region), words.fold(spot.city))
    coInvestorPoints = curves.coInvestors.indices.map { curves.points(.coInvestors, curves.coInvestors[$0]) }
    signalPoints = scorer.signalPoints(candidate)
    coInvestors = Self.coInvestors(candidate, snapshot.positions, investors: snapshot.investorCount)
    var holders: [Int: Bool] = [:]
    for holder in snapshot.positions.holders[candidate] {
      holders[Int(holder)] = snapshot.positions.ofInvestor[Int(holder)].contains {
        $0.firm == candidate && $0.isCurrent
      }
    }
    self.holders = holders
  }

  /// The score for an investor, nil where a veto keeps the candidate off its list; nil too for a score below
  /// `least`, which spares the dearer criteria and the last veto.
  func score(_ investor: Int, atLeast least: Int32 = 0) -> Int32? {
    let investors = scorer.snapshot.investors
    guard !isRetired, !investors.flags[investor].contains(.retired), !scorer.hasNoBudget(investor) else {
      return nil
    }
    let risk = riskPoints[Int(investors.risks[investor]) * 6 + Int(investors.riskVetoes[investor])]
    guard risk >= 0 else { return nil }
    var score = readiness + stagePoints(investor, investors) + risk
    guard score + mostOfRest.sectorAndOn >= least else { return nil }
    // What tells candidates apart most comes first.
    score += sectorPoints(investor, investors)
    guard score + mostOfRest.ticketAndOn >= least else { return nil }
    guard let ticket = ticketPoints(investor, investors) else { return nil }
    score += ticket + coInvestorPoints(investor)
    guard let region = regionPoints(investor, investors) else { return nil }
    score += region
    guard score >= least, !isKeptOff(investor, investors) else { return nil }
    return score
  }
}

// MARK: - One investor

extension Prospect {
  private func stagePoints(_ investor: Int, _ investors: InvestorColumns) -> Int32 {
    let curves = scorer.curves
    let distance = stage.flatMap { Pair.distance(from: $0, to: investors.stages[investor]) }
    return curves.points(.stage, distance.map { curves.stage(distance: $0) } ?? curves.prior(.stage))
  }

  private func sectorPoints(_ investor: Int, _ investors: InvestorColumns) -> Int32 {
    let range = investors.sectors.range(investor)
    guard hasSectors, !range.isEmpty else { return unknown.sector }
    var best = 0
    for place in range {
      let wanted = investors.sectors.items[place]
      let (sector, weight) = (Int(wanted.sector), Int(wanted.millionths))
      let further =
        weight * Int(furtherNearness[sector]) / Curves.one * scorer.curves.sectorSecondary / Curves.one
      best = max(best, weight * Int(primaryNearness[sector]) / Curves.one, further)
    }
    return scorer.curves.points(.sector, best)
  }

  /// Nil for a veto.
  private func ticketPoints(_ investor: Int, _ investors: InvestorColumns) -> Int32? {
    let (min, max) = (investors.ticketMins[investor], investors.ticketMaxes[investor])
    guard ask >= 0, min >= 0 || max >= 0,
      let conversion = conversions[Int(investors.currencies[investor]) + 1]
    else { return unknown.ticket }
    let ticket = Ticket(min: min < 0 ? nil : min, max: max < 0 ? nil : max).converted(by: conversion)
    if ticket.isVetoed(ask: ask, scorer.curves) { return nil }
    return scorer.curves.points(.ticket, ticket.value(ask: ask))
  }

  /// Nil for a veto.
  private func regionPoints(_ investor: Int, _ investors: InvestorColumns) -> Int32? {
    let snapshot = scorer.snapshot
    let words = snapshot.interning.words
    let regions = investors.regions[investor]
    var (isCovered, knowsCountry) = (false, false)
    for region in regions {
      let fold = words.fold(region)
      isCovered = isCovered || fold == place.country || fold == place.region || fold == place.city
      knowsCountry = knowsCountry || snapshot.isCountry[Int(fold)]
    }
    let standing = RegionStanding(
      country: place.country, isCovered: isCovered, home: words.fold(investors.countries[investor]),
      hasRegions: !regions.isEmpty, knowsCountry: knowsCountry)
    let localQuota = max(0, Int(investors.localQuotas[investor]))
    guard !standing.isVetoed(localQuota: localQuota) else { return nil }
    let curves = scorer.curves
    return curves.points(.region, standing.value(curves, localQuota: localQuota) ?? curves.prior(.region))
  }

  private func coInvestorPoints(_ investor: Int) -> Int32 {
    let others = holders.count - (holders[investor] == nil ? 0 : 1)
    let isKnown = others > 0 && !scorer.snapshot.positions.ofInvestor.range(investor).isEmpty
    let counted = isKnown ? coInvestorPoints[Int(coInvestors[investor])] : unknown.coInvestors
    guard signalPoints > counted, !scorer.snapshot.investors.flags[investor].contains(.state) else {
      return counted
    }
    return signalPoints
  }

  /// The vetoes of single candidates: held already, refused, excluded by sector or name, too much of a sector.
  private func isKeptOff(_ investor: Int, _ investors: InvestorColumns) -> Bool {
    if holders[investor] == true { return true }
    if investors.declinedFirms[investor].contains(scorer.snapshot.candidateID(at: candidate)) { return true }
    for sector in investors.excludedSectors[investor] where isWithin[Int(sector)] { return true }
    if !excludedName.isEmpty, !investors.excludedFirms.range(investor).isEmpty {
      let names = investors.excludedFirms[investor].split(separator: UInt8(ascii: "\n"))
      if names.contains(where: { $0.elementsEqual(excludedName) }) { return true }
    }
    guard investors.concentrationCaps[investor] >= 0 else { return false }
    return Pair(scorer: scorer, investor: investor, candidate: candidate).isVetoed(.concentration)
  }
}

// MARK: - Tables

extension Prospect {
  private static func riskPoints(_ risk: Int, _ curves: Curves) -> [Int32] {
    (0..<36).map { index in
      let (tolerance, veto) = (index / 6, max(1, index % 6))
      if risk == 0 || tolerance == 0 { return curves.points(.risk, curves.prior(.risk)) }
      return risk - tolerance >= veto
        ? Mandate.vetoed : curves.points(.risk, curves.risk(over: risk - tolerance))
    }
  }

  private static func nearness(_ sectors: ArraySlice<UInt16>, _ tree: SectorTree) -> ([Int32], [Int32]) {
    let all = (0..<tree.count)
    return (
      all.map { wanted in sectors.first.map { Int32(tree.nearness(of: Int($0), to: wanted)) } ?? 0 },
      all.map { wanted in
        Int32(sectors.dropFirst().map { tree.nearness(of: Int($0), to: wanted) }.max() ?? 0)
      }
    )
  }

  private static func coInvestors(_ candidate: Int, _ positions: Positions, investors: Int) -> [UInt8] {
    var counts = [UInt8](repeating: 0, count: investors)
    // The holder that an investor was last counted for, and one.
    var counted = [UInt32](repeating: 0, count: investors)
    for holder in positions.holders[candidate] {
      for position in positions.ofInvestor[Int(holder)] where position.firm != candidate {
        for other in positions.holders[position.firm]
        where other != holder && counted[Int(other)] != holder + 1 {
          counted[Int(other)] = holder + 1
          counts[Int(other)] = min(3, counts[Int(other)] + 1)
        }
      }
    }
    return counts
  }
}
