import Domain

/// The introductions that a state of the deal lists leads to: every investor proposes along its list, firms choose, and
/// nobody gets more than it can answer (see ``StableAllocation``). The same input gives the same proposals.
public struct Emission: Sendable {
  /// A pair to be introduced.
  public struct Proposal: Sendable, Hashable {
    /// Indices in the snapshot.
    public var investor: Int
    public var candidate: Int
    /// On the investor's deal list, from 1.
    public var rank: Int
    /// What each side would find in the other, in millionths.
    public var investorScore: Int32
    public var firmScore: Int32
  }

  /// What is known of introductions beside the registry. Investors and firms by their ids.
  public struct Circumstances: Sendable {
    public var wishes: [Int32: FirmWishes] = [:]
    /// Pairs that may not be proposed: those under way, those that have cooled down too little.
    public var blocked: Set<IDPair> = []
    /// Introductions that wait for the answer of an investor, or of a firm. They take up its places.
    public var waitingForInvestors: [Int32: Int] = [:]
    public var waitingForFirms: [Int32: Int] = [:]
    /// What each firm has been answered so far, by which its exposure is set.
    public var answers: [Int32: Answers] = [:]
    /// Introductions that an investor and a firm may have waiting; nil for the policy's.
    public var investorCap: Int?
    public var firmCap: Int?
    /// Indices of sectors, for a roadshow: only firms in one of them or below. Nil for all.
    public var sectors: [Int]?

    public init() {}
  }

  /// In order of investors, and of ranks.
  public let proposals: [Proposal]
  /// Pairs that could have been proposed.
  public let offerCount: Int
  /// Counted from the proposals; 0 unless the program is wrong.
  public let blockingPairs: Int
  public let spread: Spread
  /// What the firms' scores were made with.
  public let firmSide: FirmSide

  /// O(deals of all lists): about half a second for 20,000 lists of 50 on two threads.
  /// - Parameters:
  ///   - scorer: Of the registry as it is now.
  ///   - lists: Of its policy; they may be of a registry that was a little older.
  ///   - threads: How many look for offers.
  public init(
    scorer: Scorer, lists: DealLists, circumstances: Circumstances = Circumstances(), threads: Int = 2
  ) {
    let search = OfferSearch(scorer, lists, circumstances)
    let offers = search.offers(threads: threads)
    let (investorCaps, firmCaps) = Self.caps(scorer, circumstances)
    let allocation = StableAllocation(offers, investorCaps: investorCaps, firmCaps: firmCaps)
    firmSide = search.firmSide
    offerCount = offers.count
    blockingPairs = allocation.blockingPairs(offers, investorCaps: investorCaps, firmCaps: firmCaps)
    spread = Spread(offers, allocation, investorCaps: investorCaps)
    proposals = Self.proposals(offers, allocation, scorer.snapshot, lists)
  }

  private static func caps(_ scorer: Scorer, _ given: Circumstances) -> (investors: [Int32], firms: [Int32]) {
    let (snapshot, policy) = (scorer.snapshot, scorer.policy)
    let exposure = Exposure(policy, cap: given.firmCap, given.answers)
    let investorCap = given.investorCap ?? policy.investorCap
    return (
      snapshot.investors.ids.map { Int32(max(0, investorCap - (given.waitingForInvestors[$0] ?? 0))) },
      snapshot.candidates.ids.map { Int32(max(0, exposure.cap(of: $0) - (given.waitingForFirms[$0] ?? 0))) }
    )
  }

  private static func proposals(
    _ offers: Offers, _ allocation: StableAllocation, _ snapshot: Snapshot, _ lists: DealLists
  ) -> [Proposal] {
    var proposals: [Proposal] = []
    for investor in 0..<offers.investorCount {
      let list = lists[snapshot.investorID(at: investor)] ?? []
      for place in offers.places(of: investor) where allocation.isChosen[place] {
        let (offer, candidate) = (offers[place], Int(offers[place].firm))
        let id = snapshot.candidateID(at: candidate)
        guard let deal = list.firstIndex(where: { $0.candidate == id }) else { continue }
        proposals.append(
          Proposal(
            investor: investor, candidate: candidate, rank: deal - list.startIndex + 1,
            investorScore: offer.investorScore, firmScore: offer.firmScore))
      }
    }
    return proposals
  }
}

/// An investor and a firm, by their persistent ids.
public struct IDPair: Sendable, Hashable {
  public var investor: Int32
  public var firm: Int32

  public init(investor: Int32, firm: Int32) {
    self.investor = investor
    self.firm = firm
  }
}

/// Looks through deal lists for pairs that may be proposed.
private struct OfferSearch: Sendable {
  private let scorer: Scorer
  private let lists: DealLists
  private let blocked: Set<IDPair>
  let firmSide: FirmSide
  /// By number of a list of sectors, whether it is one of those that are asked for; empty for all.
  private let isWanted: [Bool]

  /// Investors that a thread takes at a time.
  private static let together = 256

  init(_ scorer: Scorer, _ lists: DealLists, _ given: Emission.Circumstances) {
    self.scorer = scorer
    self.lists = lists
    blocked = given.blocked
    firmSide = FirmSide(scorer: scorer, wishes: given.wishes)
    let (sectorLists, tree) = (scorer.snapshot.interning.sectorLists.all, scorer.snapshot.sectors)
    isWanted =
      given.sectors.map { wanted in
        (0..<sectorLists.count).map { list in
          sectorLists[list].contains { own in wanted.contains { tree.isSector(Int(own), atOrBelow: $0) } }
        }
      } ?? []
  }

  func offers(threads: Int) -> Offers {
    let count = scorer.snapshot.investorCount
    var offers = Offers(firmCount: scorer.snapshot.candidateCount)
    offers.reserve(investors: count, offers: lists.dealCount)
    let parts = JointWork.parts(of: count, together: Self.together, threads: threads) { $0.map(found) }
    for part in parts {
      for own in part { offers.append(own) }
    }
    return offers
  }

  private func found(of investor: Int) -> [Offers.Offer] {
    let snapshot = scorer.snapshot
    let id = snapshot.investorID(at: investor)
    guard let list = lists[id], !snapshot.isInvestorRetired(at: investor), !scorer.hasNoBudget(investor)
    else { return [] }
    return list.compactMap { deal in
      guard let candidate = snapshot.candidate(id: deal.candidate), isEligible(candidate, investor),
        blocked.isEmpty || !blocked.contains(IDPair(investor: id, firm: deal.candidate)),
        let firmScore = firmSide.score(of: investor, for: candidate)
      else { return nil }
      return Offers.Offer(firm: Int32(candidate), investorScore: deal.score, firmScore: firmScore)
    }
  }

  /// Lists may be older than the registry, so what is quick to judge is judged again.
  private func isEligible(_ candidate: Int, _ investor: Int) -> Bool {
    let snapshot = scorer.snapshot
    guard snapshot.candidateKind(at: candidate) == .firm, !snapshot.isCandidateRetired(at: candidate),
      isWanted.isEmpty || isWanted[Int(snapshot.candidates.sectorLists[candidate])]
    else { return false }
    let pair = Pair(scorer: scorer, investor: investor, candidate: candidate)
    return !pair.isVetoed(.declined) && !pair.isVetoed(.alreadyHolds)
  }
}
