/// How lists follow a change of the registry without everybody being ranked anew.
///
/// A changed candidate is judged for every investor, which is quick (see ``Prospect``): it enters a list, moves on it
/// or leaves it. Only where so many leave a list that its reserve is used up, that investor is ranked anew; so are
/// the changed investors, and all who hold a changed candidate, since the sector of a holding counts for
/// concentration, and since a purchase makes its holders co-investors of each other. What comes of it is what ranking
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

  /// - Parameters:
  ///   - lag: What has changed since the lists were ranked, under the scorer's policy.
  ///   - scorer: Of the registry as it is now.
  public init(_ lag: Lag, scorer: Scorer, lists: DealLists) {
    self.scorer = scorer
    self.lists = lists
    let snapshot = scorer.snapshot
    isRanked = [Bool](repeating: lag.isWide, count: snapshot.investorCount)
    if !lag.isWide {
      let candidates = lag.candidates.compactMap { snapshot.candidate(id: $0) }.sorted()
      for id in lag.investors { if let index = snapshot.investor(id: id) { isRanked[index] = true } }
      for candidate in candidates {
        for holder in snapshot.positions.holders[candidate] { isRanked[Int(holder)] = true }
      }
      for candidate in candidates { follow(candidate) }
    }
    toRank = isRanked.indices.filter { isRanked[$0] }
    for investor in toRank { patched[snapshot.investorID(at: investor)] = nil }
  }

  /// The lists that may have changed, reserves included.
  /// - Parameter ranked: What ranking ``toRank`` gave.
  public func lists(_ ranked: DealLists) -> DealLists {
    var patches = DealLists(depth: scorer.policy.depth)
    for investor in patched.keys.sorted() { patches.append(patched[investor]!, of: investor) }
    return patches.replacing(ranked)
  }

  private mutating func follow(_ candidate: Int) {
    let snapshot = scorer.snapshot
    let prospect = Prospect(scorer: scorer, candidate: candidate)
    let id = snapshot.candidateID(at: candidate)
    var place = 0
    for (investorID, investor) in snapshot.investorsByID {
      // Both come in order of ids.
      while place < lists.count, lists.investors[place] < investorID { place += 1 }
      guard !isRanked[investor] else { continue }
      guard place < lists.count, lists.investors[place] == investorID else {
        isRanked[investor] = true
        continue
      }
      let list = patched[investorID].map { $0[...] } ?? lists.known(at: place)
      follow(candidate, id, prospect, investor, investorID, list)
    }
  }

  private mutating func follow(
    _ candidate: Int, _ id: Int32, _ prospect: Prospect, _ investor: Int, _ investorID: Int32,
    _ list: ArraySlice<Deal>
  ) {
    let depth = scorer.policy.depth
    let holdsAll = list.count < depth
    let score = prospect.score(investor, atLeast: holdsAll ? 0 : list.last?.score ?? 0)
    let was = list.firstIndex { $0.candidate == id }
    if let was, list[was].score == score { return }
    guard score != nil || was != nil else { return }
    var rest = Array(list)
    if let was { rest.remove(at: was - list.startIndex) }
    if let score {
      let rank = rank(score, candidate, in: rest)
      // It stands above whoever is not known if it has risen, or if it stands above somebody who is known.
      if holdsAll || rank < rest.count || was.map({ list[$0].score < score }) ?? false {
        rest.insert(Deal(candidate: id, score: score), at: rank)
        patched[investorID] = Array(rest.prefix(depth + DealLists.reserve))
        return
      }
      guard was != nil else { return }
    }
    if holdsAll || rest.count >= depth { patched[investorID] = rest } else { isRanked[investor] = true }
  }

  /// Where a candidate belongs on a list.
  private func rank(_ score: Int32, _ candidate: Int, in list: [Deal]) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      let other = list[middle]
      let isBefore =
        other.score != score
        ? other.score > score : (scorer.snapshot.candidate(id: other.candidate) ?? 0) < candidate
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
