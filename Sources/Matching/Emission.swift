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

  /// Deals that lead to no introduction.
  public struct PassedOver: Sendable, Hashable {
    /// The first reason that holds for a deal.
    public enum Reason: Int, Sendable, CaseIterable {
      /// Not a firm, or retired by now.
      case notOpen
      /// The firm is of other sectors than the roadshow.
      case otherSectors
      /// Declined by the investor, or held by it already.
      case declinedOrHeld
      /// An introduction of the two is under way, or ended too short a time ago.
      case introduced
      /// The firm does not want the investor.
      case unwanted
      /// The investor's or the firm's places are taken.
      case noPlace
    }

    /// Investors without a deal: their list is empty, or they are retired or without budget.
    public fileprivate(set) var investorsWithoutDeals = 0
    private var counts = [Int](repeating: 0, count: Reason.allCases.count)

    public fileprivate(set) subscript(reason: Reason) -> Int {
      get { counts[reason.rawValue] }
      set { counts[reason.rawValue] = newValue }
    }

    fileprivate static func += (one: inout PassedOver, other: PassedOver) {
      one.investorsWithoutDeals += other.investorsWithoutDeals
      for reason in Reason.allCases { one[reason] += other[reason] }
    }
  }

  /// In order of investors, and of ranks.
  public let proposals: [Proposal]
  /// Pairs that could have been proposed.
  public let offerCount: Int
  public let passedOver: PassedOver
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
    var (offers, passedOver) = search.offers(threads: threads)
    let (investorCaps, firmCaps) = Self.caps(scorer, circumstances)
    let allocation = StableAllocation(offers, investorCaps: investorCaps, firmCaps: firmCaps)
    firmSide = search.firmSide
    offerCount = offers.count
    blockingPairs = allocation.blockingPairs(offers, investorCaps: investorCaps, firmCaps: firmCaps)
    spread = Spread(offers, allocation, investorCaps: investorCaps)
    proposals = Self.proposals(offers, allocation, scorer.snapshot, lists)
    passedOver[.noPlace] = offers.count - proposals.count
    self.passedOver = passedOver
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

  func offers(threads: Int) -> (Offers, Emission.PassedOver) {
    let count = scorer.snapshot.investorCount
    var offers = Offers(firmCount: scorer.snapshot.candidateCount)
    offers.reserve(investors: count, offers: lists.dealCount)
    let parts = JointWork.parts(of: count, together: Self.together, threads: threads) { investors in
      var passedOver = Emission.PassedOver()
      return (investors.map { found(of: $0, &passedOver) }, passedOver)
    }
    var passedOver = Emission.PassedOver()
    for (part, passed) in parts {
      for own in part { offers.append(own) }
      passedOver += passed
    }
    return (offers, passedOver)
  }

  private func found(of investor: Int, _ passedOver: inout Emission.PassedOver) -> [Offers.Offer] {
    let snapshot = scorer.snapshot
    guard let list = lists[snapshot.investorID(at: investor)], !list.isEmpty,
      !snapshot.isInvestorRetired(at: investor), !scorer.hasNoBudget(investor)
    else {
      passedOver.investorsWithoutDeals += 1
      return []
    }
    return list.compactMap { deal in
      switch verdict(on: deal, for: investor) {
      case .offer(let offer): return offer
      case .passedOver(let reason):
        passedOver[reason] += 1
        return nil
      }
    }
  }

  private enum Verdict {
    case offer(Offers.Offer)
    case passedOver(Emission.PassedOver.Reason)
  }

  /// Lists may be older than the registry, so what is quick to judge is judged again.
  private func verdict(on deal: Deal, for investor: Int) -> Verdict {
    let snapshot = scorer.snapshot
    guard let candidate = snapshot.candidate(id: deal.candidate),
      snapshot.candidateKind(at: candidate) == .firm, !snapshot.isCandidateRetired(at: candidate)
    else { return .passedOver(.notOpen) }
    guard isWanted.isEmpty || isWanted[Int(snapshot.candidates.sectorLists[candidate])] else {
      return .passedOver(.otherSectors)
    }
    let pair = Pair(scorer: scorer, investor: investor, candidate: candidate)
    if pair.isVetoed(.declined) || pair.isVetoed(.alreadyHolds) { return .passedOver(.declinedOrHeld) }
    let ids = IDPair(investor: snapshot.investorID(at: investor), firm: deal.candidate)
    if !blocked.isEmpty, blocked.contains(ids) { return .passedOver(.introduced) }
    guard let firmScore = firmSide.score(of: investor, for: candidate) else { return .passedOver(.unwanted) }
    return .offer(
      Offers.Offer(firm: Int32(candidate), investorScore: deal.score, firmScore: firmScore))
  }
}
