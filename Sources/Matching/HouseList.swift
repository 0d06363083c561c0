/// A place on the deal list of a house.
public struct HouseDeal: Sendable, Hashable {
  /// Id of the candidate.
  public var candidate: Int32
  /// Millionths.
  public var score: Int32
  /// Id of the fund on whose list it has that score.
  public var fund: Int32

  public init(candidate: Int32, score: Int32, fund: Int32) {
    self.candidate = candidate
    self.score = score
    self.fund = fund
  }
}

/// The deal list of a house: the merge of its funds' lists.
public enum HouseList {
  /// A fund's deal list.
  public struct FundList: Sendable {
    /// Id of the fund.
    public var fund: Int32
    public var deals: [Deal]

    public init(fund: Int32, deals: [Deal]) {
      self.fund = fund
      self.deals = deals
    }
  }

  /// Every candidate once, with its best score and the fund it came through; ties by code and kind of the
  /// candidate, and between funds by code of the fund.
  /// - Parameter snapshot: gives the order of codes; candidates and funds that are not in it are left out.
  public static func merge(_ lists: [FundList], in snapshot: Snapshot, limit: Int = .max) -> [HouseDeal] {
    var best: [Int: (score: Int32, fund: Int)] = [:]
    for list in lists {
      guard let fund = snapshot.investor(id: list.fund) else { continue }
      for deal in list.deals {
        guard let candidate = snapshot.candidate(id: deal.candidate) else { continue }
        if let other = best[candidate],
          (other.score, -other.fund) >= (deal.score, -fund)
        {
          continue
        }
        best[candidate] = (deal.score, fund)
      }
    }
    let ranked = best.sorted { left, right in
      left.value.score != right.value.score
        ? left.value.score > right.value.score : left.key < right.key
    }
    return ranked.prefix(limit).map { candidate, through in
      HouseDeal(
        candidate: snapshot.candidateID(at: candidate), score: through.score,
        fund: snapshot.investorID(at: through.fund))
    }
  }
}
