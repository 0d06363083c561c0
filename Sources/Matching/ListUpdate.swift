/// How lists follow a change of the registry without everybody being ranked anew.
///
/// A changed candidate is judged for every investor, which is quick (see ``Prospect``): it enters a list, moves on it
/// or leaves it. Only where so many leave a list that its reserve is used up, that investor is ranked anew; so are
/// the changed investors, and all who hold a candidate that has other holders or another sector at the top now, since
/// the sector of a holding counts for concentration, and since a purchase makes its holders co-investors of each other.
/// What comes of it is what ranking everybody gives, list by list.
public struct ListUpdate: Sendable {
  /// By investor in order of ids.
  private let fates: [Fate]
  /// Indices of investors to be ranked anew, rising.
  public let toRank: [Int]

  private let scorer: Scorer

  /// What becomes of a list.
  fileprivate enum Fate: Sendable {
    case stays
    /// With its reserve: the best of all candidates, however many there are; one that is shorter than the policy's depth
    /// holds all there are.
    case patched([Deal])
    case rankedAnew
  }

  /// Shares that each thread takes, so that none waits long for another.
  private static let sharesOfThread = 4

  /// - Parameters:
  ///   - lag: What has changed since the lists were ranked, under the scorer's policy.
  ///   - scorer: Of the registry as it is now.
  ///   - before: The registry that the lists were ranked on; where it is not at hand, more are ranked anew.
  ///   - threads: That share the work; what comes of it does not depend on them.
  public init(
    _ lag: Lag, scorer: Scorer, lists: DealLists, rankedOn before: Snapshot? = nil, threads: Int = 1
  ) {
    self.scorer = scorer
    let snapshot = scorer.snapshot
    let investors = snapshot.investorsByID
    guard let changed = Self.scoredOtherwise(lag, scorer, before) else {
      fates = [Fate](repeating: .rankedAnew, count: investors.count)
      toRank = Array(0..<investors.count)
      return
    }
    var isRanked = [Bool](repeating: false, count: investors.count)
    for id in lag.investors { if let index = snapshot.investor(id: id) { isRanked[index] = true } }
    for candidate in changed where !Self.isHeldAsBefore(candidate, snapshot, before) {
      for holder in snapshot.positions.holders[candidate] { isRanked[Int(holder)] = true }
    }
    let prospects = JointWork.parts(of: changed.count, together: 1, threads: threads) { [changed] part in
      Prospect(scorer: scorer, candidate: changed[part.lowerBound])
    }
    let together = max(1, investors.count / (threads * Self.sharesOfThread))
    fates = JointWork.parts(of: investors.count, together: together, threads: threads) { [isRanked] part in
      let investors = investors[part]
      var following = ListFollowing(scorer, lists, investors, isRanked: investors.map { isRanked[$0.index] })
      for prospect in prospects { following.follow(prospect) }
      return following.fates
    }.flatMap(\.self)
    toRank = zip(investors, fates).compactMap { if case .rankedAnew = $1 { $0.index } else { nil } }.sorted()
  }

  /// Whether everybody is ranked anew.
  public var isWide: Bool { toRank.count == fates.count }

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
    for (investor, fate) in zip(scorer.snapshot.investorsByID, fates) {
      if case .patched(let list) = fate { patches.append(list, of: investor.id) }
    }
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
}

/// Some investors whose lists follow one changed candidate after the other.
private struct ListFollowing {
  private let scorer: Scorer
  private let lists: DealLists
  /// In order of ids.
  private let investors: ArraySlice<(id: Int32, index: Int)>
  /// Where their lists are among all.
  private let places: Range<Int>
  private(set) var fates: [ListUpdate.Fate]

  /// - Parameter investors: One at least.
  init(
    _ scorer: Scorer, _ lists: DealLists, _ investors: ArraySlice<(id: Int32, index: Int)>, isRanked: [Bool]
  ) {
    self.scorer = scorer
    self.lists = lists
    self.investors = investors
    places = lists.places(of: investors.first!.id...investors.last!.id)
    fates = isRanked.map { $0 ? .rankedAnew : .stays }
  }

  mutating func follow(_ prospect: Prospect) {
    let candidate = prospect.candidate
    let id = scorer.snapshot.candidateID(at: candidate)
    let depth = scorer.policy.depth
    var holding = lists.holders(of: id, in: places)[...]
    var place = places.lowerBound
    for (turn, investor) in investors.enumerated() {
      // Both come in order of ids.
      while place < places.upperBound, lists.investors[place] < investor.id { place += 1 }
      while let first = holding.first, first.list < place { holding.removeFirst() }
      switch fates[turn] {
      case .rankedAnew: continue
      case .patched(let list):
        let was = list.firstIndex { $0.candidate == id }
        let score = prospect.score(investor.index, atLeast: list.count < depth ? 0 : list.last?.score ?? 0)
        fates[turn] = fate(candidate, score, list[...], was) ?? fates[turn]
      case .stays:
        guard place < places.upperBound, lists.investors[place] == investor.id else {
          fates[turn] = .rankedAnew
          continue
        }
        let was = holding.first.flatMap { $0.list == place ? $0.deal : nil }
        let score = prospect.score(investor.index, atLeast: lists.least(at: place, depth: depth))
        // Nearly everybody: what is known of the list need not be read.
        guard score != nil || was != nil else { continue }
        fates[turn] = fate(candidate, score, lists.known(at: place), was) ?? fates[turn]
      }
    }
  }

  /// What a changed candidate makes of a list; nil where it stays as it is.
  /// - Parameters:
  ///   - score: Nil where it does not belong on the list.
  ///   - was: Where it stands on the list.
  private func fate(
    _ candidate: Int, _ score: Int32?, _ list: ArraySlice<Deal>, _ was: Int?
  ) -> ListUpdate.Fate? {
    let depth = scorer.policy.depth
    let holdsAll = list.count < depth
    if let was, list[was].score == score { return nil }
    guard score != nil || was != nil else { return nil }
    var rest = Array(list)
    if let was { rest.remove(at: was - list.startIndex) }
    if let score {
      let rank = rank(score, candidate, in: rest)
      // It stands above whoever is not known if it has risen, or if it stands above somebody who is known.
      if holdsAll || rank < rest.count || was.map({ list[$0].score < score }) ?? false {
        rest.insert(Deal(candidate: scorer.snapshot.candidateID(at: candidate), score: score), at: rank)
        return .patched(Array(rest.prefix(depth + DealLists.reserve)))
      }
      guard was != nil else { return nil }
    }
    return holdsAll || rest.count >= depth ? .patched(rest) : .rankedAnew
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
