import Domain

/// A candidate as it would be with another stage or ask, and what it would score.
///
/// Holding it already keeps nobody off here: who holds a firm may follow in its next round and buy more of it. All other
/// vetoes of the kernel hold.
struct Supposition {
  /// Of a registry that holds the candidate as it would be.
  let scorer: Scorer
  let candidate: Int
  private let prospect: Prospect

  /// Copies the columns that change: some milliseconds among 100,000.
  /// - Parameter row: Of a candidate of the snapshot, with the same id and code.
  init(_ row: CandidateRow, in scorer: Scorer) throws(Flaw) {
    guard let candidate = scorer.snapshot.candidate(id: row.id) else {
      throw Flaw("\(row.kind.name) \(row.code) is not there")
    }
    let snapshot = try scorer.snapshot.replacing(SnapshotChange(candidates: [row]))
    self.scorer = Scorer(snapshot: snapshot, policy: scorer.policy, after: scorer)
    self.candidate = candidate
    prospect = Prospect(scorer: self.scorer, candidate: candidate)
  }

  /// Millionths; nil where a veto keeps the candidate off the investor's list.
  func score(_ investor: Int) -> Int32? {
    if let score = prospect.score(investor) { return score }
    let pair = Pair(scorer: scorer, investor: investor, candidate: candidate)
    guard pair.isVetoed(.alreadyHolds), !isVetoedOtherwise(pair) else { return nil }
    return scorer.score(investor: investor, candidate: candidate)
  }

  private func isVetoedOtherwise(_ pair: Pair) -> Bool {
    Veto.allCases.contains { $0 != .alreadyHolds && pair.isVetoed($0) }
  }

  /// All of these investors that no veto keeps off, best first, then by code.
  func backers(among investors: some Sequence<Int>) -> [Backer] {
    var backers = investors.compactMap { investor in
      score(investor).map { (investor: investor, score: $0) }
    }
    // Investors stand in order of their codes.
    backers.sort { ($1.score, $0.investor) < ($0.score, $1.investor) }
    return backers.map { Backer(investor: scorer.snapshot.investorID(at: $0.investor), score: $0.score) }
  }
}
