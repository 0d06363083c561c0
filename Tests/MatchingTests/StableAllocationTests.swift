import Testing

@testable import Matching

@Suite struct StableAllocationTests {
  private func allocate(_ market: Market, _ offers: Offers) -> StableAllocation {
    StableAllocation(offers, investorCaps: market.investorCaps, firmCaps: market.firmCaps)
  }

  @Test(arguments: 0..<4) func choicesAreStableAndKeepCaps(batch: Int) {
    var chosenInAll = 0
    for seed in 0..<300 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      let market = Market(
        &random, investors: random.number(0...8), firms: random.number(1...8), scores: random.number(1...6))
      let offers = market.offers(&random)
      let allocation = allocate(market, offers)
      let chosen = market.chosen(allocation, offers)
      #expect(market.keepsCaps(chosen), "batch \(batch) seed \(seed)")
      #expect(market.blockingPairs(chosen) == 0, "batch \(batch) seed \(seed)")
      #expect(
        allocation.blockingPairs(offers, investorCaps: market.investorCaps, firmCaps: market.firmCaps) == 0)
      #expect(allocate(market, market.offers(&random)) == allocation, "another order, the same choice")
      chosenInAll += chosen.count
    }
    #expect(chosenInAll > 500)
  }

  /// The count of blocking pairs, of choices that nobody would make.
  @Test func blockingPairsAreThoseOfTheSearch() {
    var blockingInAll = 0
    for seed in 0..<300 {
      var random = SeededGenerator(UInt64(seed))
      let market = Market(&random, investors: 5, firms: 5, scores: 3)
      let offers = market.offers(&random)
      let any = StableAllocation(isChosen: (0..<offers.count).map { _ in random.isOne(in: 4) })
      let blocking = market.blockingPairs(market.chosen(any, offers))
      #expect(
        any.blockingPairs(offers, investorCaps: market.investorCaps, firmCaps: market.firmCaps) == blocking)
      blockingInAll += blocking
    }
    #expect(blockingInAll > 500)
  }

  /// Gale and Shapley's own case, as textbooks write it: one place for each investor.
  @Test func withOnePlaceForAnInvestorItIsTheTextbooks() {
    for seed in 0..<300 {
      var random = SeededGenerator(UInt64(seed))
      let market = Market(&random, investors: 7, firms: 4, scores: 4, investorCap: 1)
      let offers = market.offers(&random)
      #expect(
        market.chosen(allocate(market, offers), offers) == Self.collegeAdmissions(market), "seed \(seed)")
    }
  }

  private static func collegeAdmissions(_ market: Market) -> Set<Market.Pair> {
    var lists = market.investorCaps.indices.map { investor in
      market.pairs.filter { $0.investor == investor }.sorted(by: market.investorPrefers)
    }
    var held: Set<Market.Pair> = []
    while true {
      // In rounds: everyone who is not held applies to the best left on its list, and firms turn away whom they must.
      let applying = lists.indices.filter { investor in
        !lists[investor].isEmpty && !held.contains { $0.investor == investor }
      }
      if applying.isEmpty { return held }
      for investor in applying { held.insert(lists[investor].removeFirst()) }
      for firm in market.firmCaps.indices {
        let applicants = held.filter { $0.firm == firm }.sorted(by: market.firmPrefers)
        held.subtract(applicants.dropFirst(Int(market.firmCaps[firm])))
      }
    }
  }

  /// Of all stable choices of tiny markets, every one, the one that every investor likes best.
  @Test func noStableChoiceIsBetterForAnyInvestor() {
    var several = 0
    for seed in 0..<400 {
      var random = SeededGenerator(UInt64(seed))
      let market = Market(
        &random, investors: 3, firms: 3, scores: 9, investorCap: 1 + seed % 2, firmCap: 1 + seed / 2 % 2)
      let offers = market.offers(&random)
      let chosen = market.chosen(allocate(market, offers), offers)
      let all = (0..<1 << market.pairs.count).map { bits in
        Set(market.pairs.indices.filter { bits >> $0 & 1 == 1 }.map { market.pairs[$0] })
      }
      let stable = all.filter { market.keepsCaps($0) && market.blockingPairs($0) == 0 }
      #expect(stable.contains(chosen))
      if stable.count > 1 { several += 1 }
      for other in stable {
        for investor in 0..<3 {
          let (ours, theirs) = (ranked(chosen, investor, market), ranked(other, investor, market))
          #expect(ours.count == theirs.count)
          #expect(zip(ours, theirs).allSatisfy { $0 == $1 || market.investorPrefers($0, $1) }, "seed \(seed)")
        }
      }
    }
    #expect(several > 10)
  }

  private func ranked(_ chosen: Set<Market.Pair>, _ investor: Int, _ market: Market) -> [Market.Pair] {
    chosen.filter { $0.investor == investor }.sorted(by: market.investorPrefers)
  }

  @Test(arguments: 0..<2) func spreadIsWhatANaiveCountGives(batch: Int) {
    for seed in 0..<200 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      let market = Market(&random, investors: random.number(0...7), firms: 6, scores: 20)
      let offers = market.offers(&random)
      let allocation = allocate(market, offers)
      let spread = Spread(offers, allocation, investorCaps: market.investorCaps)
      var before: Set<Market.Pair> = []
      for investor in market.investorCaps.indices {
        let own = market.pairs.filter { $0.investor == investor }.sorted(by: market.investorPrefers)
        before.formUnion(own.prefix(Int(market.investorCaps[investor])))
      }
      let after = market.chosen(allocation, offers)
      #expect(spread.before == Self.figures(before, market), "batch \(batch) seed \(seed)")
      #expect(spread.after == Self.figures(after, market), "batch \(batch) seed \(seed)")
      #expect(spread.firms == Set(market.pairs.map(\.firm)).count)
      let (all, left) = (
        before.reduce(0) { $0 + $1.investorScore }, after.reduce(0) { $0 + $1.investorScore }
      )
      #expect(spread.priceOfFairness == (all == 0 ? 0 : (all - left) * 1_000_000 / all))
      #expect((0...1_000_000).contains(spread.priceOfFairness))
    }
  }

  /// Gini's mean difference over twice the mean, from all pairs of firms.
  private static func figures(_ chosen: Set<Market.Pair>, _ market: Market) -> Spread.Figures {
    let counts = Set(market.pairs.map(\.firm)).map { firm in chosen.count { $0.firm == firm } }
    let differences = counts.flatMap { one in counts.map { abs(one - $0) } }.reduce(0, +)
    let whole = 2 * counts.count * chosen.count
    return Spread.Figures(
      introductions: chosen.count, score: chosen.reduce(0) { $0 + $1.investorScore },
      gini: whole == 0 ? 0 : differences * 1_000_000 / whole, without: counts.count { $0 == 0 })
  }

  @Test func spreadOfASmallMarket() {
    // Three investors who all want firm 0 first, which has one place.
    var offers = Offers(firmCount: 4)
    for _ in 0..<3 {
      offers.append([
        Offers.Offer(firm: 0, investorScore: 10, firmScore: 1),
        Offers.Offer(firm: 1, investorScore: 5, firmScore: 1),
      ])
    }
    let caps: [Int32] = [1, 1, 1]
    let allocation = StableAllocation(offers, investorCaps: caps, firmCaps: [1, 1, 1, 1])
    #expect(allocation.isChosen == [true, false, false, true, false, false])
    let spread = Spread(offers, allocation, investorCaps: caps)
    #expect(spread.firms == 2)
    #expect(spread.before == Spread.Figures(introductions: 3, score: 30, gini: 500_000, without: 1))
    #expect(spread.after == Spread.Figures(introductions: 2, score: 15, gini: 0, without: 0))
    #expect(spread.priceOfFairness == 500_000)
  }
}
