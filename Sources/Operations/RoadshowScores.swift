import Dispatch
import Domain
import Matching
import Planning
import Store
import Synchronization
import Wire

/// Scores of pairs of a roadshow, as planning takes them: those of the deal lists, of a house the best of its funds. A pair has
/// none that a veto or one of the two keeps from meeting.
struct RoadshowScores {
  let served: Served
  /// By id of a firm.
  let wishes: [Int32: FirmWishes]
  /// Pairs of which one does not want the other one.
  let refused: Set<RoadshowDesk.Pair>
  /// The firms' side, where there are wishes.
  private let side: FirmSide?

  /// What speaks for a pair, or against it.
  enum Fit {
    /// Of the best of its funds that the firm does not refuse.
    case score(Int32)
    /// A veto of the mandate.
    case vetoed
    /// The firm wants none of its funds.
    case unwanted
  }

  init(_ served: Served, _ desk: RoadshowDesk, wishes: [Int32: FirmWishes]) {
    self.served = served
    self.wishes = wishes.filter { !$0.value.unwantedInvestors.isEmpty }
    refused = Set(
      desk.wishes.filter { $0.wish == .noThanks }.map { .init(firm: $0.firm, investor: $0.investor) })
    side = self.wishes.isEmpty ? nil : FirmSide(scorer: served.scorer, wishes: self.wishes)
  }

  /// How a candidate fits investors, each given by its funds, all by index in the snapshot.
  func fits(of candidate: Int, for investors: [[Int]]) -> [Fit] {
    guard let side, wishes[served.snapshot.candidateID(at: candidate)] != nil else {
      return served.scorer.scores(of: candidate, for: investors).map {
        $0.map { .score($0.score) } ?? .vetoed
      }
    }
    let wanted = investors.map { funds in funds.filter { side.score(of: $0, for: candidate) != nil } }
    return zip(investors.indices, served.scorer.scores(of: candidate, for: wanted)).map { place, best in
      best.map { .score($0.score) }
        ?? (wanted[place].isEmpty && !investors[place].isEmpty ? .unwanted : .vetoed)
    }
  }

  /// All scores of firms and investors, both by index in the snapshot; numbered by their places in these lists. One pair takes
  /// some tens of nanoseconds, one firm some microseconds more.
  ///
  /// - Throws: 554 where there are more pairs than memory is kept for.
  func scores(firms: [Int], investors: [Int], threads: Int) throws(WireError) -> [PlanningScore] {
    guard firms.count * investors.count <= Limits.lineUpPairs else {
      throw WireError(
        .ruleViolated, [Attribute("rule", "lineup_pairs")],
        "\(firms.count) firms and \(investors.count) investors are more than \(Limits.lineUpPairs) pairs; enroll those who may come"
      )
    }
    let funds = investors.map { served.funds(of: $0) }
    let next = Atomic(0)
    let parts = Mutex([[PlanningScore]](repeating: [], count: firms.count))
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let firm = next.add(1, ordering: .relaxed).oldValue
        guard firm < firms.count else { return }
        let found = scores(of: firm, firms[firm], investors, funds)
        parts.withLock { $0[firm] = found }
      }
    }
    return parts.withLock { $0.flatMap(\.self) }
  }

  private func scores(of firm: Int, _ candidate: Int, _ investors: [Int], _ funds: [[Int]]) -> [PlanningScore]
  {
    let snapshot = served.snapshot
    let code = snapshot.candidateCode(at: candidate)
    return fits(of: candidate, for: funds).enumerated().compactMap { place, fit in
      guard case .score(let score) = fit, score > 0,
        refused.isEmpty
          || !refused.contains(.init(firm: code, investor: snapshot.investorCode(at: investors[place])))
      else { return nil }
      return PlanningScore(investor: place, firm: firm, value: Int(score))
    }
  }

  /// Why a pair has its score: `sector 24.0, stage 20.0, ticket 15.0`.
  func reasons(investor: Int, candidate: Int) -> String? {
    let funds = served.funds(of: investor)
    return served.scorer.scores(of: candidate, for: [funds])[0].map { fund, score in
      served.scorer.reasons(investor: fund, candidate: candidate, score: score).text
    }
  }
}

extension Served {
  /// The firm of a code that is not retired.
  /// - Throws: 550 where there is none.
  func openFirm(_ code: String) throws(WireError) -> Int {
    guard let index = snapshot.candidate(code: code, kind: .firm), !snapshot.isCandidateRetired(at: index)
    else {
      throw .notFound("firm", code)
    }
    return index
  }

  /// All firms that are not retired and in one of these sectors (by index) or below; nil for all.
  func openFirms(in sectors: [Int]?) -> [Int] {
    (0..<snapshot.candidateCount).filter { index in
      snapshot.candidateKind(at: index) == .firm && !snapshot.isCandidateRetired(at: index)
        && (sectors?.contains { snapshot.candidate(at: index, isInSector: $0) } ?? true)
    }
  }

  /// All investors that are not retired and have a mandate of their own: funds, and houses that invest themselves.
  var openInvestors: [Int] {
    (0..<snapshot.investorCount).filter { index in
      !snapshot.isInvestorRetired(at: index) && (!isHouse(index) || funds(of: index).first == index)
    }
  }

  /// Code of the house at the top of an investor; nil for one that has and is none.
  func topHouse(of investor: Int) -> String? {
    var house = investor
    // Bounded, should somebody have made a circle of houses by hand.
    for _ in 0..<houses.count {
      guard let parent = snapshot.investorParent(at: house).flatMap(snapshot.investor(id:)) else { break }
      house = parent
    }
    return house != investor || isHouse(investor) ? snapshot.investorCode(at: house) : nil
  }
}

extension RoadshowDesk {
  /// Codes of those of a side who take part, as far as is known.
  func taking(_ side: IntroductionSide) -> [String] {
    participants.filter { $0.side == side && ![.withdrawn, .noShow].contains($0.state) }.map(\.party)
  }

  /// Codes of those of a side who take part no more.
  func gone(_ side: IntroductionSide) -> Set<String> {
    Set(participants.map(\.party)).subtracting(taking(side))
  }
}

extension PlacesProblem {
  /// As the one who asked is told.
  var wireError: WireError {
    switch self {
    case .tooManyGuaranteed(let count, let places):
      WireError(
        .ruleViolated, [Attribute("rule", "places_guaranteed")],
        "\(count) have a place in any case, and there are \(places)")
    case .tooManyGuaranteedOf(let group, let count, let most):
      WireError(
        .ruleViolated, [Attribute("rule", "places_guaranteed"), Attribute("of", group)],
        "\(count) of \(group) have a place in any case, and it may have \(most)")
    }
  }
}

/// Millionths as a number with three decimals, rounded down.
func thousandths(_ millionths: Int) -> String {
  let digits = String(millionths / 1_000 % 1_000)
  return "\(millionths / 1_000_000)." + String(repeating: "0", count: 3 - digits.count) + digits
}
