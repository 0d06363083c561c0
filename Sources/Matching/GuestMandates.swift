import Domain

/// Those who invest nothing and are matched all the same: test grounds that look for firms to try out, experts who
/// look at firms. Each is a mandate with a field and a place and nothing else, under a policy in which only these and
/// readiness count.
public struct GuestMandates: Sendable {
  /// What a guest is about.
  public struct Guest: Sendable, Hashable {
    /// Sector codes, all of the same weight. None: unknown.
    public var sectors: [String]
    /// A country, region or city. Nil: anywhere.
    public var region: String?

    public init(sectors: [String], region: String?) {
      self.sectors = sectors
      self.region = region
    }
  }

  /// The registry with the guests, and their policy.
  public let scorer: Scorer
  /// By guest, its place among the investors.
  private let places: [Int]

  /// What criteria weigh for guests; the others nothing.
  public static let weights: [Criterion: Int] = [.sector: 600_000, .readiness: 250_000, .region: 150_000]

  /// Adds the guests to a copy of the registry: some ten milliseconds for 100,000 candidates and 5,000 investors.
  /// - Parameter policy: Whose curves hold.
  /// - Throws: ``Flaw`` where a guest names a sector that there is not.
  public init(_ guests: [Guest], in snapshot: Snapshot, policy: Policy) throws(Flaw) {
    // No code is empty or has a blank, so these stand before all others, in their order.
    let digits = String(guests.count).count
    let codes = guests.indices.map { index in
      " " + String(repeating: "0", count: digits - String(index).count) + String(index)
    }
    var change = SnapshotChange()
    var id = Int32.max
    for (guest, code) in zip(guests, codes) {
      while snapshot.investor(id: id) != nil { id -= 1 }
      change.investors.append(
        InvestorRow(
          id: id, code: code, name: "",
          sectors: guest.sectors.map { FieldValue.Weight(code: $0, millionths: 1_000_000) },
          regions: guest.region.map { [$0] } ?? []))
      id -= 1
    }
    let other = try snapshot.replacing(change)
    places = codes.map { other.investor(code: $0)! }
    var weights: [String: Int] = [:]
    for criterion in Criterion.allCases {
      weights["\(criterion.name)_weight"] = Self.weights[criterion] ?? 0
    }
    do { scorer = Scorer(snapshot: other, policy: try policy.changing(weights, number: policy.number)) } catch
    {
      preconditionFailure("The weights are in range and sum up: \(error.sentence)")
    }
  }

  /// Candidates by score for a guest, best first, ties in order of code and kind. None that is retired or, where the
  /// region is a country, in another one. O(candidates + those that count × log).
  /// - Parameter counts: Whether a candidate, by index in the registry, may stand on the list.
  public func ranked(_ guest: Int, limit: Int, where counts: (Int) -> Bool) -> [Deal] {
    guard limit > 0 else { return [] }
    let mandate = Mandate(scorer: scorer, investor: places[guest])
    var best = BestFew(limit: min(limit, scorer.snapshot.candidateCount))
    for candidate in 0..<scorer.snapshot.candidateCount {
      guard let score = mandate.score(candidate) else { continue }
      let key = BestFew.key(score, UInt32(candidate))
      if key > best.threshold, counts(candidate) { best.offer(key) }
    }
    return best.deals(scorer.snapshot.candidates.ids)
  }

  /// How well guests suit candidates, by index in the registry, vetoes or not: millionths by guest and then by place in
  /// the list. About a microsecond a pair.
  public func scores(of candidates: [Int]) -> [[Int32]] {
    places.map { place in candidates.map { scorer.score(investor: place, candidate: $0) } }
  }

  /// What the score of a candidate for a guest is made of, the most first, and of equals in the order of the criteria:
  /// `sector 60.0, readiness 19.0, region 7.5?`, with `?` behind what rests on a prior.
  public func reasons(_ guest: Int, candidate: Int) -> String {
    let pair = Pair(scorer: scorer, investor: places[guest], candidate: candidate)
    let parts = Criterion.allCases.filter { Self.weights[$0] != nil }.map { criterion in
      let finding = pair.finding(criterion)
      return (
        criterion.name, points: scorer.curves.points(criterion, finding.value), isKnown: finding.isKnown
      )
    }
    return parts.sorted { $0.points > $1.points }.map { name, points, isKnown in
      let tenths = (points + 500) / 1_000
      return "\(name) \(tenths / 10).\(tenths % 10)\(isKnown ? "" : "?")"
    }.joined(separator: ", ")
  }
}
