@testable import Matching

/// A small random market, and what a choice from it is worth, in the plainest words.
struct Market {
  struct Pair: Hashable {
    var investor: Int
    var firm: Int
    var investorScore: Int
    var firmScore: Int
  }

  let pairs: [Pair]
  let investorCaps: [Int32]
  let firmCaps: [Int32]

  /// - Parameter scores: How many different ones there are; few make many ties.
  init(
    _ random: inout SeededGenerator, investors: Int, firms: Int, scores: Int, investorCap: Int = 3,
    firmCap: Int = 3
  ) {
    var pairs: [Pair] = []
    for investor in 0..<investors {
      for firm in 0..<firms where !random.isOne(in: 3) {
        pairs.append(
          Pair(
            investor: investor, firm: firm, investorScore: random.number(0...scores - 1),
            firmScore: random.number(0...scores - 1)))
      }
    }
    self.pairs = pairs
    investorCaps = (0..<investors).map { _ in Int32(random.number(investorCap == 1 ? 1...1 : 0...investorCap))
    }
    firmCaps = (0..<firms).map { _ in Int32(random.number(firmCap == 1 ? 1...1 : 0...firmCap)) }
  }

  /// The pairs of each investor in random order.
  func offers(_ random: inout SeededGenerator) -> Offers {
    var offers = Offers(firmCount: firmCaps.count)
    for investor in investorCaps.indices {
      offers.append(
        pairs.filter { $0.investor == investor }.shuffled(using: &random).map {
          Offers.Offer(
            firm: Int32($0.firm), investorScore: Int32($0.investorScore), firmScore: Int32($0.firmScore))
        })
    }
    return offers
  }

  func chosen(_ allocation: StableAllocation, _ offers: Offers) -> Set<Pair> {
    var chosen: Set<Pair> = []
    for investor in investorCaps.indices {
      for place in offers.places(of: investor) where allocation.isChosen[place] {
        chosen.insert(pairs.first { $0.investor == investor && $0.firm == Int(offers[place].firm) }!)
      }
    }
    return chosen
  }

  /// Whether the investor would rather have the first one.
  func investorPrefers(_ one: Pair, _ other: Pair) -> Bool {
    (-one.investorScore, one.firm) < (-other.investorScore, other.firm)
  }

  func firmPrefers(_ one: Pair, _ other: Pair) -> Bool {
    (-one.firmScore, -one.investorScore, one.investor) < (
      -other.firmScore, -other.investorScore, other.investor
    )
  }

  func keepsCaps(_ chosen: Set<Pair>) -> Bool {
    investorCaps.indices.allSatisfy { investor in
      chosen.count { $0.investor == investor } <= investorCaps[investor]
    }
      && firmCaps.indices.allSatisfy { firm in chosen.count { $0.firm == firm } <= firmCaps[firm] }
  }

  func blockingPairs(_ chosen: Set<Pair>) -> Int {
    var blocking = 0
    for pair in pairs where !chosen.contains(pair) {
      let ofInvestor = chosen.filter { $0.investor == pair.investor }
      let ofFirm = chosen.filter { $0.firm == pair.firm }
      let investorWants =
        ofInvestor.count < investorCaps[pair.investor] || ofInvestor.contains { investorPrefers(pair, $0) }
      let firmWants = ofFirm.count < firmCaps[pair.firm] || ofFirm.contains { firmPrefers(pair, $0) }
      if investorWants && firmWants { blocking += 1 }
    }
    return blocking
  }
}
