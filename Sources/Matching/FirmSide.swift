import Domain

/// What investors are worth in the eyes of firms: the other side of a ``Scorer``, with criteria of its own, so that the
/// two sides order the same pairs differently.
///
/// Prepared in time linear in the registry, a few tens of milliseconds for 100,000 firms and 20,000 investors; then a
/// pair costs a few loads, any number of threads at once. docs/SCORING.md has the rules.
public struct FirmSide: Sendable {
  private let curves: FirmCurves
  private let investors: [InvestorFacet]
  private let firms: [FirmFacet]
  /// By investor, what it holds or has held.
  private let tallies: Ragged<Tally>
  /// By fold of a city, the folds of the regions that candidates in it name.
  private let regionsOfCity: Ragged<Int32>
  /// By number, in folds of words.
  private let places: [Places.Place]
  /// By currency of an investor and of an ask, each with one added.
  private let conversions: [ExchangeRates.Conversion?]
  private let currencyCount: Int
  /// What firms state; the first one is empty.
  private let stated: [Stated]

  /// An investor as firms see it.
  private struct InvestorFacet {
    var ticketMax: Int64
    var budget: Int64
    /// Number and one.
    var currency: Int
    /// Holdings of today.
    var held: Int32
    /// Folds of words.
    var kind: Int32
    var city: Int32
    var country: Int32
    /// The investor above it, -1 for none.
    var parent: Int32
    var stages: UInt16
    /// Those of all its house.
    var houseStages: UInt16
    var concentrationCap: Int8
    /// 1 leads, 0 follows, -1 unknown.
    var lead: Int8
    var isCVC: Bool
    var hasHeld: Bool
  }

  /// A candidate.
  private struct FirmFacet {
    var ask: Int64
    /// Number and one.
    var currency: Int32
    /// Top-level sector of its primary one, -1 for none.
    var top: Int32
    var place: UInt32
    /// In ``stated``.
    var stated: UInt32
    /// -1 unknown.
    var stage: Int8
    /// 1 seeks a lead, 0 seeks none, -1 unknown.
    var seeksLead: Int8
  }

  /// Firms of one top-level sector that an investor holds or has held.
  private struct Tally {
    var top: Int32
    var all: Int32
    var current: Int32
  }

  private struct Stated {
    /// Folds of words.
    var kinds: [Int32] = []
    /// Indices of investors.
    var wanted: [Int32] = []
    var unwanted: [Int32] = []
    var hasWishes = false
  }

  /// Levels of houses above one another at most, as the registry holds.
  private static let houseDepth = 8

  /// - Parameter wishes: By id of a firm; those who wish nothing may be left out.
  public init(scorer: Scorer, wishes: [Int32: FirmWishes] = [:]) {
    let snapshot = scorer.snapshot
    curves = FirmCurves(scorer.policy)
    let words = snapshot.interning.words
    places = snapshot.interning.places.all.map {
      Places.Place(region: words.fold($0.region), city: words.fold($0.city), country: words.fold($0.country))
    }
    let tops = snapshot.sectorTops
    tallies = Self.tallies(snapshot, tops)
    regionsOfCity = Self.regionsOfCity(snapshot, places)
    investors = Self.investors(snapshot, tallies)
    (firms, stated) = Self.firms(snapshot, tops, wishes)
    let count = snapshot.interning.currencies.texts.count + 1
    currencyCount = count
    conversions = (0..<count * count).map {
      scorer.conversion(from: Int32($0 / count) - 1, to: Int32($0 % count) - 1)
    }
  }

  /// The score of an investor for a candidate, both by index: 0…1,000,000, the sum of its points; nil where the firm
  /// does not want it at all.
  public func score(of investor: Int, for candidate: Int) -> Int32? {
    let (own, firm) = (investors[investor], firms[candidate])
    if firm.stated > 0, isNamed(investor, stated[Int(firm.stated)].unwanted) { return nil }
    return curves.points(.lead, lead(own, firm)) + curves.points(.reach, reach(own, firm))
      + curves.points(.value, value(investor, own, firm))
      + curves.points(.limits, limits(investor, own, firm))
      + curves.points(.wishes, wishes(investor, own, firm))
  }

  /// What each criterion brings to the score of a pair, wanted or not.
  public func points(of investor: Int, for candidate: Int) -> [(criterion: FirmCriterion, points: Int32)] {
    let (own, firm) = (investors[investor], firms[candidate])
    return FirmCriterion.allCases.map { criterion in
      let value =
        switch criterion {
        case .lead: lead(own, firm)
        case .reach: reach(own, firm)
        case .value: value(investor, own, firm)
        case .limits: limits(investor, own, firm)
        case .wishes: wishes(investor, own, firm)
        }
      return (criterion, curves.points(criterion, value))
    }
  }
}

// MARK: - Criteria

// Millionths; nil where nothing is known.
extension FirmSide {
  private func lead(_ own: InvestorFacet, _ firm: FirmFacet) -> Int? {
    guard own.lead >= 0, firm.seeksLead >= 0 else { return nil }
    if own.lead == firm.seeksLead { return Curves.one }
    return own.lead == 1 ? curves.leadSpare : curves.leadFollower
  }

  /// Its own stage and the next three, as far as there are so many.
  private func reach(_ own: InvestorFacet, _ firm: FirmFacet) -> Int? {
    guard firm.stage >= 0, own.stages != 0 else { return nil }
    let coming = Int(firm.stage)..<min(Int(firm.stage) + 4, Stage.allCases.count)
    var sum = 0
    for stage in coming {
      if own.stages >> UInt16(stage) & 1 == 1 {
        sum += Curves.one
      } else if own.houseStages >> UInt16(stage) & 1 == 1 {
        sum += curves.reachHouse
      }
    }
    return sum / coming.count
  }

  private func value(_ investor: Int, _ own: InvestorFacet, _ firm: FirmFacet) -> Int? {
    var held: Int?
    if own.hasHeld, firm.top >= 0 { held = curves.held(Int(tally(investor, firm.top)?.all ?? 0)) }
    return curves.value(
      .value, (own.isCVC ? Curves.one : 0, nearness(own, firm), held),
      shares: (curves.valueCVC, curves.valueNear))
  }

  private func nearness(_ own: InvestorFacet, _ firm: FirmFacet) -> Int? {
    let place = places[Int(firm.place)]
    if own.country >= 0, place.country >= 0, own.country != place.country { return 0 }
    guard own.city >= 0, place.city >= 0 || place.region >= 0 else { return nil }
    if own.city == place.city { return Curves.one }
    // Some cities are a region of their own.
    let isSameRegion =
      own.city == place.region || regionsOfCity[Int(own.city)].contains(place.region)
    return isSameRegion ? curves.valueRegion : 0
  }

  private func limits(_ investor: Int, _ own: InvestorFacet, _ firm: FirmFacet) -> Int? {
    curves.value(
      .limits,
      (
        part(own.ticketMax, own, of: firm.ask, firm),
        part(own.budget, own, of: 2 * firm.ask, firm), room(investor, own, firm)
      ), shares: (curves.limitsTicket, curves.limitsBudget))
  }

  /// What an amount of the investor carries of one in the currency of the ask.
  private func part(_ amount: Int64, _ own: InvestorFacet, of whole: Int64, _ firm: FirmFacet) -> Int? {
    guard amount >= 0, firm.ask >= 0 else { return nil }
    // A ticket without an upper end needs no rate.
    if amount == .max { return Curves.one }
    guard let conversion = conversions[own.currency * currencyCount + Int(firm.currency)] else {
      return nil
    }
    let converted = conversion.convert(amount)
    return converted >= whole ? Curves.one : Curves.share(converted, of: whole)
  }

  /// What would be left of the concentration cap with the candidate as one more holding.
  private func room(_ investor: Int, _ own: InvestorFacet, _ firm: FirmFacet) -> Int? {
    guard own.concentrationCap >= 0, firm.top >= 0 else { return nil }
    guard own.held >= curves.concentrationFrom else { return Curves.one }
    let most = Int64(own.concentrationCap) * Int64(own.held + 1)
    let share = 100 * Int64((tally(investor, firm.top)?.current ?? 0) + 1)
    return share >= most ? 0 : Curves.share(most - share, of: most)
  }

  private func wishes(_ investor: Int, _ own: InvestorFacet, _ firm: FirmFacet) -> Int? {
    guard firm.stated > 0 else { return nil }
    let stated = stated[Int(firm.stated)]
    guard stated.hasWishes else { return nil }
    if isNamed(investor, stated.wanted) { return Curves.one }
    return stated.kinds.contains(own.kind) ? curves.wishesKind : curves.wishesOther
  }

  private func tally(_ investor: Int, _ top: Int32) -> Tally? {
    for place in tallies.range(investor) where tallies.items[place].top == top { return tallies.items[place] }
    return nil
  }

  /// Whether an investor or a house above it is one of these.
  private func isNamed(_ investor: Int, _ named: [Int32]) -> Bool {
    guard !named.isEmpty else { return false }
    var node = Int32(investor)
    for _ in 0...Self.houseDepth where node >= 0 {
      if named.contains(node) { return true }
      node = investors[Int(node)].parent
    }
    return false
  }
}

// MARK: - Tables

extension FirmSide {
  private static func investors(_ snapshot: Snapshot, _ tallies: Ragged<Tally>) -> [InvestorFacet] {
    let (investors, words) = (snapshot.investors, snapshot.interning.words)
    let parents = investors.parents.map { $0 < 0 ? -1 : Int32(snapshot.investor(id: $0) ?? -1) }
    var stagesOfHouse = [UInt16](repeating: 0, count: investors.count)
    let houses = parents.indices.map { investor in
      var house = investor
      for _ in 0..<houseDepth where parents[house] >= 0 { house = Int(parents[house]) }
      if !investors.flags[investor].contains(.retired) {
        stagesOfHouse[house] |= investors.stages[investor]
      }
      return house
    }
    return parents.indices.map { investor in
      let (flags, max) = (investors.flags[investor], investors.ticketMaxes[investor])
      return InvestorFacet(
        ticketMax: max < 0 && investors.ticketMins[investor] >= 0 ? .max : max,
        budget: investors.budgets[investor], currency: Int(investors.currencies[investor]) + 1,
        held: tallies[investor].reduce(0) { $0 + $1.current }, kind: words.fold(investors.kinds[investor]),
        city: words.fold(investors.cities[investor]), country: words.fold(investors.countries[investor]),
        parent: parents[investor], stages: investors.stages[investor],
        houseStages: stagesOfHouse[houses[investor]],
        concentrationCap: investors.concentrationCaps[investor],
        lead: flags.contains(.leads) ? 1 : flags.contains(.follows) ? 0 : -1,
        isCVC: words.text(investors.kinds[investor]) == "cvc",
        hasHeld: !snapshot.positions.ofInvestor.range(investor).isEmpty)
    }
  }

  private static func tallies(_ snapshot: Snapshot, _ tops: [Int32]) -> Ragged<Tally> {
    var tallies = Ragged<Tally>()
    var own: [Tally] = []
    for investor in 0..<snapshot.investorCount {
      own.removeAll(keepingCapacity: true)
      for position in snapshot.positions.ofInvestor[investor] {
        let top = tops[Int(snapshot.candidates.sectorLists[position.firm])]
        let place = own.firstIndex { $0.top == top } ?? own.count
        if place == own.count { own.append(Tally(top: top, all: 0, current: 0)) }
        own[place].all += 1
        if position.isCurrent { own[place].current += 1 }
      }
      tallies.append(own)
    }
    return tallies
  }

  private static func regionsOfCity(_ snapshot: Snapshot, _ places: [Places.Place]) -> Ragged<Int32> {
    var pairs: Set<Places.Place> = []
    // A place that no row has any more may still be interned, so the rows are asked.
    for number in Set(snapshot.candidates.places) {
      let place = places[Int(number)]
      if place.city >= 0, place.region >= 0 {
        pairs.insert(Places.Place(region: place.region, city: place.city))
      }
    }
    return Ragged.grouped(
      pairs.map { (entry: Int($0.city), item: $0.region) }, count: snapshot.interning.words.foldCount,
      filler: 0)
  }

  private static func firms(
    _ snapshot: Snapshot, _ tops: [Int32], _ wishes: [Int32: FirmWishes]
  ) -> ([FirmFacet], [Stated]) {
    let candidates = snapshot.candidates
    var stated = [Stated()]
    let firms = candidates.ids.indices.map { index in
      let list = candidates.sectorLists[index]
      var firm = FirmFacet(
        ask: candidates.asks[index], currency: candidates.currencies[index] + 1, top: tops[Int(list)],
        place: candidates.places[index], stated: 0,
        stage: candidates.scoredStage(index).map { Int8($0.rawValue) } ?? -1, seeksLead: -1)
      guard let own = wishes[candidates.ids[index]] else { return firm }
      if let seeks = own.seeksLead { firm.seeksLead = seeks ? 1 : 0 }
      let fresh = Self.stated(own, snapshot)
      if fresh.hasWishes || !fresh.unwanted.isEmpty {
        firm.stated = UInt32(stated.count)
        stated.append(fresh)
      }
      return firm
    }
    return (firms, stated)
  }

  private static func stated(_ wishes: FirmWishes, _ snapshot: Snapshot) -> Stated {
    func named(_ codes: [String]) -> [Int32] {
      codes.compactMap { snapshot.investor(code: $0).map(Int32.init) }
    }
    return Stated(
      kinds: wishes.wantedKinds.compactMap { snapshot.interning.words.foldNumbers[$0] },
      wanted: named(wishes.wantedInvestors), unwanted: named(wishes.unwantedInvestors),
      hasWishes: !(wishes.wantedKinds.isEmpty && wishes.wantedInvestors.isEmpty))
  }
}
