import Domain

/// Collects the rows of one moment, in any order, and builds a snapshot of them.
public struct SnapshotBuilder: Sendable {
  public var candidates: [CandidateRow]
  public var investors: [InvestorRow]
  public var holdings: [HoldingRow]
  public var evidence: [EvidenceRow]
  public var sectors: [SectorRow]
  public var rates: [RateRow]

  public init(
    candidates: [CandidateRow] = [], investors: [InvestorRow] = [], holdings: [HoldingRow] = [],
    evidence: [EvidenceRow] = [], sectors: [SectorRow] = [], rates: [RateRow] = []
  ) {
    self.candidates = candidates
    self.investors = investors
    self.holdings = holdings
    self.evidence = evidence
    self.sectors = sectors
    self.rates = rates
  }

  /// Builds the snapshot. Rows that come in order of code (bytewise) need no sort.
  /// - Throws: ``Flaw`` for doubled codes and ids, references to nothing and values out of range.
  public func build(asOf: Day) throws(Flaw) -> Snapshot {
    let tree = try SectorTree(sectors)
    let rates = try ExchangeRates(rates, asOf: asOf)
    var interning = Interning()
    let candidateRows = try Self.ordered(candidates)
    let investorRows = try Self.ordered(investors)
    var candidates = CandidateColumns()
    candidates.reserve(
      candidateRows.count, codeBytes: candidateRows.reduce(0) { $0 + $1.code.utf8.count },
      nameBytes: candidateRows.reduce(0) { $0 + $1.name.utf8.count },
      nameZhBytes: candidateRows.reduce(0) { $0 + ($1.nameZh?.utf8.count ?? 0) })
    try candidates.append(candidateRows, sectors: tree, interning: &interning)
    var investors = InvestorColumns()
    try investors.append(investorRows, sectors: tree, interning: &interning)
    let candidateIDs = try IDOrder(candidates.ids, noun: "candidate")
    let investorIDs = try IDOrder(investors.ids, noun: "investor")
    let purchases = try Self.purchases(holdings, asOf: asOf) {
      (investorIDs.index(of: $0, in: investors.ids), candidateIDs.index(of: $1, in: candidates.ids))
    }
    var evidenceCounts = [UInt16](repeating: 0, count: candidates.count)
    for piece in evidence {
      guard let firm = candidateIDs.index(of: piece.firm, in: candidates.ids) else {
        throw Flaw("a piece of evidence names firm id \(piece.firm), which does not exist")
      }
      if piece.counts(on: asOf), evidenceCounts[firm] < .max { evidenceCounts[firm] += 1 }
    }
    return Snapshot(
      asOf: asOf, sectors: tree, rates: rates, candidates: candidates, investors: investors,
      interning: interning,
      positions: Positions(purchases, investors: investors.count, candidates: candidates.count),
      evidenceCounts: evidenceCounts, candidateIDs: candidateIDs, investorIDs: investorIDs)
  }

  static func purchases(
    _ holdings: [HoldingRow], asOf: Day, indices: (Int32, Int32) -> (investor: Int?, firm: Int?)
  ) throws(Flaw) -> [Positions.Purchase] {
    var purchases: [Positions.Purchase] = []
    purchases.reserveCapacity(holdings.count)
    for holding in holdings {
      let found = indices(holding.investor, holding.firm)
      guard let investor = found.investor, let firm = found.firm else {
        throw Flaw(
          "a holding names investor id \(holding.investor) and firm id \(holding.firm), not both there")
      }
      let isCurrent = holding.exitedOn.map { $0 > asOf } ?? true
      purchases.append(.init(investor: investor, firm: firm, isCurrent: isCurrent))
    }
    return purchases
  }

  // MARK: Order

  static func precedes(_ left: CandidateRow, _ right: CandidateRow) -> Bool {
    left.code == right.code ? left.kind < right.kind : Code.precedes(left.code, right.code)
  }

  static func ordered(_ rows: [CandidateRow]) throws(Flaw) -> [CandidateRow] {
    let sorted = ordered(rows, by: precedes)
    for (left, right) in zip(sorted, sorted.dropFirst()) where !precedes(left, right) {
      throw Flaw("\(right.kind.name) \(right.code) stands twice")
    }
    return sorted
  }

  static func ordered(_ rows: [InvestorRow]) throws(Flaw) -> [InvestorRow] {
    let sorted = ordered(rows) { Code.precedes($0.code, $1.code) }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.code == right.code {
      throw Flaw("investor \(right.code) stands twice")
    }
    return sorted
  }

  /// Sorts positions rather than rows, which are large to move, and nothing where all is in order.
  private static func ordered<Row>(_ rows: [Row], by precedes: (Row, Row) -> Bool) -> [Row] {
    if zip(rows, rows.dropFirst()).allSatisfy({ precedes($0, $1) }) { return rows }
    return rows.indices.sorted { precedes(rows[$0], rows[$1]) }.map { rows[$0] }
  }
}
