/// How evenly introductions fall on firms, and what that costs: an allocation beside what would come of it if every
/// investor simply took the best of its list.
public struct Spread: Sendable, Hashable {
  /// An allocation, among the firms that have at least one offer.
  public struct Figures: Sendable, Hashable {
    public var introductions: Int
    /// Sum of what the firms are to the investors, in millionths.
    public var score: Int
    /// Gini coefficient of introductions by firm, in millionths: 0 where all have as many, near 1,000,000 where one has
    /// them all (C. Gini, "Variabilità e mutabilità", 1912).
    public var gini: Int
    /// Firms without an introduction.
    public var without: Int
  }

  /// Firms with at least one offer.
  public var firms: Int
  /// Every investor takes as many as it has places for.
  public var before: Figures
  public var after: Figures

  /// The part of the investors' scores that is given up for it, in millionths, rounded down (D. Bertsimas, V. F. Farias
  /// and N. Trichakis, "The price of fairness", Operations Research 2011).
  public var priceOfFairness: Int { Self.share(before.score - after.score, of: before.score) }

  /// O(offers + firms · log firms).
  public init(_ offers: Offers, _ allocation: StableAllocation, investorCaps: [Int32]) {
    var isOffered = [Bool](repeating: false, count: offers.firmCount)
    for offer in offers.all { isOffered[Int(offer.firm)] = true }
    firms = isOffered.count { $0 }
    before = Self.figures(offers, isOffered) { investor in
      offers.places(of: investor).prefix(Int(investorCaps[investor]))
    }
    after = Self.figures(offers, isOffered) { investor in
      offers.places(of: investor).lazy.filter { allocation.isChosen[$0] }
    }
  }

  private static func figures<Places: Sequence<Int>>(
    _ offers: Offers, _ isOffered: [Bool], _ places: (Int) -> Places
  ) -> Figures {
    var (counts, score) = ([Int](repeating: 0, count: offers.firmCount), 0)
    for investor in 0..<offers.investorCount {
      for place in places(investor) {
        counts[Int(offers[place].firm)] += 1
        score += Int(offers[place].investorScore)
      }
    }
    let own = counts.indices.filter { isOffered[$0] }.map { counts[$0] }.sorted()
    let sum = own.reduce(0, +)
    let weighted = own.enumerated().reduce(0) { $0 + (2 * $1.offset + 1 - own.count) * $1.element }
    return Figures(
      introductions: sum, score: score, gini: share(weighted, of: own.count * sum),
      without: own.count { $0 == 0 })
  }

  private static func share(_ part: Int, of whole: Int) -> Int {
    whole == 0 ? 0 : Curves.share(Int64(part), of: Int64(whole))
  }
}
