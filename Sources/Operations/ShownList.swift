import Domain
import Matching
import Synchronization
import Wire

/// The beginning of a deal list with what finding takes longer than writing: where each candidate stands in the snapshot
/// and why it is there.
struct ShownList: Sendable {
  struct Row: Sendable {
    var reasons: Reasons
    var text: CandidateText
    /// Index.
    var candidate: UInt32
    var score: Int32
  }

  var rows: [Row]
  /// For a house, by row the index of the fund on whose list it stands.
  var funds: [UInt32]
  /// Deals of the whole list.
  var count: Int

  /// - Parameters:
  ///   - limit: Rows at most.
  ///   - list: The list of a fund.
  init(of investor: Int, _ served: Served, limit: Int, list: (Int) -> ArraySlice<Deal>) {
    let snapshot = served.snapshot
    let isMerged = served.funds(of: investor) != [investor]
    let deals = Self.deals(of: investor, served, list: list)
    count = deals.count
    rows = []
    self.funds = []
    for deal in deals.prefix(limit) {
      // Lists may be of another moment than the snapshot, whose rows are never deleted.
      guard let candidate = snapshot.candidate(id: deal.candidate) else { continue }
      let fund = isMerged ? snapshot.investor(id: deal.fund) ?? investor : investor
      rows.append(
        Row(
          reasons: served.scorer.reasons(investor: fund, candidate: candidate, score: deal.score),
          text: served.texts.text(of: candidate, snapshot), candidate: UInt32(candidate), score: deal.score))
      if served.isHouse(investor) { self.funds.append(UInt32(fund)) }
    }
  }
}

extension ShownList {
  /// The deals of a whole list, best first; of a house those of its funds, merged. Without the reasons, which cost far more.
  static func deals(of investor: Int, _ served: Served, list: (Int) -> ArraySlice<Deal>) -> [HouseDeal] {
    let snapshot = served.snapshot
    let funds = served.funds(of: investor)
    guard funds == [investor] else {
      let lists = funds.map { HouseList.FundList(fund: snapshot.investorID(at: $0), deals: Array(list($0))) }
      return HouseList.merge(lists, in: snapshot, limit: served.policy.depth)
    }
    let id = snapshot.investorID(at: investor)
    return list(investor).map { HouseDeal(candidate: $0.candidate, score: $0.score, fund: id) }
  }
}

/// The lists that somebody has asked for, as long as a page is without `limit=`, by the code of their investor. They belong
/// to one picture of registry and lists.
final class ShownLists: Sendable {
  private let kept = Mutex<[String: ShownList]>([:])
  private let empty = Mutex<[String: EmptyList]>([:])

  /// Why the list of a fund is empty. One look at all candidates; other threads that ask meanwhile wait for it.
  func whyEmpty(_ code: String, at investor: Int, _ served: Served) -> EmptyList {
    empty.withLock { known in
      if let reason = known[code] { return reason }
      let reason = EmptyList(of: investor, served)
      known[code] = reason
      return reason
    }
  }

  /// - Throws: 550 when there is no such investor.
  func list(of code: String, _ served: Served) throws(WireError) -> ShownList {
    if let list = kept.withLock({ $0[code] }) { return list }
    let list = ShownList(of: try served.investor(code), served, limit: Limits.page) { served.list(of: $0) }
    kept.withLock { $0[code] = list }
    return list
  }
}
