/// How lists follow a change of the registry without everybody being ranked anew.
///
/// A changed candidate is judged for every investor, which is quick (see ``Prospect``): it enters a list, moves on it
/// or leaves it. Only where so many leave a list that its reserve is used up, that investor is ranked anew; so are
/// the changed investors, and all who hold a candidate that has other holders or another sector at the top now, since
/// the sector of a holding counts for concentration, and since a purchase makes its holders co-investors of each other.
/// What comes of it is what ranking
/// everybody gives, list by list.
public struct ListUpdate: Sendable {
  /// New lists with their reserves by the investors' ids, of those that are not ranked anew. Each holds the best of
  /// all candidates, however many it holds; one that is shorter than the policy's depth holds all there are.
  private var patched: [Int32: [Deal]] = [:]
  /// Indices of investors to be ranked anew, rising.
  public private(set) var toRank: [Int] = []

  private let scorer: Scorer
  private let lists: DealLists
  private var isRanked: [Bool]
  /// By investor, whether ``patched`` has its list.
  private var isPatched: [Bool]

  /// - Parameters:
  ///   - lag: What has changed since the lists were ranked, under the scorer's policy.
  ///   - scorer: Of the registry as it is now.
  ///   - before: The registry that the lists were ranked on; where it is not at hand, more are ranked anew.
  public init(_ lag: Lag, scorer: Scorer, lists: DealLists, rankedOn before: Snapshot? = nil) {
    self.scorer = scorer
    self.lists = lists
    let snapshot = scorer.snapshot
    isPatched = [Bool](repeating: false, count: snapshot.investorCount)
    let changed = Self.scoredOtherwise(lag, scorer, before)
    isRanked = [Bool](repeating: changed == nil, count: snapshot.investorCount)
    if let changed {
      for id in lag.investors { if let index = snapshot.investor(id: id) { isRanked[index] = true } }
      for candidate in changed where !Self.isHeldAsBefore(candidate, snapshot, before) {
        for holder in snapshot.positions.holders[candidate] { isRanked[Int(holder)] = true }
      }
      for candidate in changed { follow(candidate) }
    }
    toRank = isRanked.indices.filter { isRanked[$0] }
    for investor in toRank { patched[snapshot.investorID(at: investor)] = nil }
  }

  /// Whether everybody is ranked anew.
  public var isWide: Bool { toRank.count == isRanked.count }

  /// Changed candidates of which nobody looks which of them score otherwise: an import, not a change.
  private static let mostChanged = 16_384
  /// Candidates that score otherwise from which on ranking everybody is quicker than looking for whom each of them
  /// concerns.
  private static let mostFollowed = 256

  /// Candidates that may score otherwise than before with somebody, by rising index; nil where everybody is to be ranked
  /// anew. What an institute has brought forth marks all its young firms as changed, and tells something only of those
  /// with less evidence of their own.
  private static func scoredOtherwise(_ lag: Lag, _ scorer: Scorer, _ before: Snapshot?) -> [Int]? {
    guard !lag.isTotal, lag.candidates.count <= mostChanged else { return nil }
    let candidates = Set(lag.candidates.compactMap { scorer.snapshot.candidate(id: $0) })
    let changed = candidates.subtracting(scoredAlike(candidates, scorer, before))
    return changed.count > mostFollowed ? nil : changed.sorted()
  }

  /// Those of the candidates that are known to score with everybody as before.
  private static func scoredAlike(_ candidates: Set<Int>, _ scorer: Scorer, _ before: Snapshot?) -> [Int] {
    let now = scorer.snapshot
    // Facets say by number what only such a snapshot numbers alike.
    guard let before, before.isContinued(by: now) else { return [] }
    let known = candidates.compactMap { candidate in
      before.candidate(id: now.candidateID(at: candidate)).map { (now: candidate, before: $0) }
    }
    let facets = Facet.some(of: before, known.map(\.before), scorer.curves)
    return zip(known, facets).filter { places, facet in
      facet == scorer.facets[places.now] && isHeldAsBefore(places.now, now, before)
        && before.candidates.signals[places.before] == now.candidates.signals[places.now]
        && before.candidateCode(at: places.before) == now.candidateCode(at: places.now)
    }.map(\.0.now)
  }

  /// The lists that may have changed, reserves included.
  /// - Parameter ranked: What ranking ``toRank`` gave.
  public func lists(_ ranked: DealLists) -> DealLists {
    var patches = DealLists(depth: scorer.policy.depth)
    for investor in patched.keys.sorted() { patches.append(patched[investor]!, of: investor) }
    return patches.replacing(ranked)
  }

  /// Whether what a candidate is for its holders' other deals is what it was.
  private static func isHeldAsBefore(_ candidate: Int, _ snapshot: Snapshot, _ before: Snapshot?) -> Bool {
    guard let before, let old = before.candidate(id: snapshot.candidateID(at: candidate)) else {
      return false
    }
    let holders = snapshot.positions.holders[candidate].map { snapshot.investorID(at: Int($0)) }
    let oldHolders = before.positions.holders[old].map { before.investorID(at: Int($0)) }
    return Set(holders) == Set(oldHolders)
      && snapshot.topSector(of: candidate) == before.topSector(of: old)
  }

  private mutating func follow(_ candidate: Int) {
    let snapshot = scorer.snapshot
    let prospect = Prospect(scorer: scorer, candidate: candidate)
    let id = snapshot.candidateID(at: candidate)
    let depth = scorer.policy.depth
    var holding = lists.places(of: id)[...]
    var place = 0
    for (investorID, investor) in snapshot.investorsByID {
      // Both come in order of ids.
      while place < lists.count, lists.investors[place] < investorID { place += 1 }
      guard !isRanked[investor] else { continue }
      guard place < lists.count, lists.investors[place] == investorID else {
        isRanked[investor] = true
        continue
      }
      while let first = holding.first, first.list < place { holding.removeFirst() }
      if isPatched[investor], let list = patched[investorID] {
        let was = list.firstIndex { $0.candidate == id }
        let score = prospect.score(investor, atLeast: list.count < depth ? 0 : list.last?.score ?? 0)
        follow(candidate, score, investor, list[...], was)
      } else {
        let was = holding.first.flatMap { $0.list == place ? $0.deal : nil }
        let score = prospect.score(investor, atLeast: lists.least(at: place, depth: depth))
        // Nearly everybody: what is known of the list need not be read.
        guard score != nil || was != nil else { continue }
        follow(candidate, score, investor, lists.known(at: place), was)
      }
    }
  }

  /// - Parameters:
  ///   - score: Nil where it does not belong on the list.
  ///   - was: Where it stands on the list.
  private mutating func follow(
    _ candidate: Int, _ score: Int32?, _ investor: Int, _ list: ArraySlice<Deal>, _ was: Int?
  ) {
    let depth = scorer.policy.depth
    let holdsAll = list.count < depth
    if let was, list[was].score == score { return }
    guard score != nil || was != nil else { return }
    var rest = Array(list)
    if let was { rest.remove(at: was - list.startIndex) }
    if let score {
      let rank = rank(score, candidate, in: rest)
      // It stands above whoever is not known if it has risen, or if it stands above somebody who is known.
      if holdsAll || rank < rest.count || was.map({ list[$0].score < score }) ?? false {
        rest.insert(Deal(candidate: scorer.snapshot.candidateID(at: candidate), score: score), at: rank)
        patch(investor, Array(rest.prefix(depth + DealLists.reserve)))
        return
      }
      guard was != nil else { return }
    }
    if holdsAll || rest.count >= depth { patch(investor, rest) } else { isRanked[investor] = true }
  }

  private mutating func patch(_ investor: Int, _ list: [Deal]) {
    patched[scorer.snapshot.investorID(at: investor)] = list
    isPatched[investor] = true
  }

  /// Where a candidate belongs on a list.
  private func rank(_ score: Int32, _ candidate: Int, in list: [Deal]) -> Int {
    list.indices.partition { place in
      let other = list[place]
      return other.score != score
        ? other.score > score : (scorer.snapshot.candidate(id: other.candidate) ?? 0) < candidate
    }
  }
}
