import Domain

/// What has changed since a snapshot was built. Whatever is not here (sectors, exchange rates, the day,
/// rows deleted) needs a new one.
public struct SnapshotChange: Sendable {
  /// Changed candidates, found by their ids, and new ones.
  public var candidates: [CandidateRow]
  /// Changed investors, found by their ids, and new ones.
  public var investors: [InvestorRow]
  /// By id of an investor: all it holds or held now.
  public var holdings: [Int32: [HoldingRow]]
  /// By id of a firm: all its evidence now.
  public var evidence: [Int32: [EvidenceRow]]

  public init(
    candidates: [CandidateRow] = [], investors: [InvestorRow] = [], holdings: [Int32: [HoldingRow]] = [:],
    evidence: [Int32: [EvidenceRow]] = [:]
  ) {
    self.candidates = candidates
    self.investors = investors
    self.holdings = holdings
    self.evidence = evidence
  }
}

extension Snapshot {
  /// A snapshot with these changes, which scores as one built anew from all rows does. Copies the columns that change
  /// in long runs, and all of them where rows are new or have another code: a few milliseconds among 100,000.
  /// - Throws: ``Flaw`` as ``SnapshotBuilder/build(asOf:)`` does.
  public func replacing(_ change: SnapshotChange) throws(Flaw) -> Snapshot {
    var interning = interning
    let candidateRows = try SnapshotBuilder.ordered(change.candidates)
    let investorRows = try SnapshotBuilder.ordered(change.investors)
    var freshCandidates = CandidateColumns()
    try freshCandidates.append(candidateRows, sectors: sectors, interning: &interning)
    var freshInvestors = InvestorColumns()
    try freshInvestors.append(investorRows, sectors: sectors, interning: &interning)

    let oldCandidates = candidateRows.map { candidate(id: $0.id) }
    let candidateMerge = Merge(
      count: candidates.count, replaced: oldCandidates, fresh: candidateRows.count,
      isSame: { index, row in
        candidateCode(at: index) == candidateRows[row].code
          && candidates.kind(index) == candidateRows[row].kind
      },
      precedes: { index, row in
        let (code, fresh) = (candidateCode(at: index), candidateRows[row])
        return code == fresh.code
          ? candidates.kind(index) < fresh.kind : Code.precedes(code, fresh.code)
      })
    let oldInvestors = investorRows.map { investor(id: $0.id) }
    let investorMerge = Merge(
      count: investors.count, replaced: oldInvestors, fresh: investorRows.count,
      isSame: { investorCode(at: $0) == investorRows[$1].code },
      precedes: { Code.precedes(investorCode(at: $0), investorRows[$1].code) })

    var newCandidates = candidates
    if candidateMerge.isInPlace {
      newCandidates.replace(oldCandidates.compactMap { $0 }, by: freshCandidates)
    } else {
      newCandidates = CandidateColumns()
      newCandidates.reserve(
        candidateMerge.count, codeBytes: candidates.codes.items.count + freshCandidates.codes.items.count,
        nameBytes: candidates.names.items.count + freshCandidates.names.items.count,
        nameZhBytes: candidates.namesZh.items.count + freshCandidates.namesZh.items.count)
      for run in candidateMerge.runs {
        newCandidates.append(run.range, of: run.isFresh ? freshCandidates : candidates)
      }
    }
    var newInvestors = investors
    if investorMerge.isInPlace {
      newInvestors.replace(oldInvestors.compactMap { $0 }, by: freshInvestors)
    } else {
      newInvestors = InvestorColumns()
      for run in investorMerge.runs {
        newInvestors.append(run.range, of: run.isFresh ? freshInvestors : investors)
      }
    }
    return try replacing(
      change, newCandidates, candidateMerge, newInvestors, investorMerge, interning)
  }

  private func replacing(
    _ change: SnapshotChange, _ newCandidates: CandidateColumns, _ candidateMerge: Merge,
    _ newInvestors: InvestorColumns, _ investorMerge: Merge, _ interning: Interning
  ) throws(Flaw) -> Snapshot {
    try Self.check(newCandidates, candidateMerge, newInvestors, investorMerge)
    for (investor, holdings) in change.holdings {
      guard holdings.allSatisfy({ $0.investor == investor }) else {
        throw Flaw("the holdings given for investor id \(investor) name another investor")
      }
    }
    let candidateIDs =
      candidateMerge.keepsPlaces ? candidateIDs : try IDOrder(newCandidates.ids, noun: "candidate")
    let investorIDs =
      investorMerge.keepsPlaces ? investorIDs : try IDOrder(newInvestors.ids, noun: "investor")
    var counts = evidenceCounts
    if !candidateMerge.keepsPlaces {
      counts = [UInt16](repeating: 0, count: newCandidates.count)
      for (index, place) in candidateMerge.places.enumerated() { counts[place] = evidenceCounts[index] }
    }
    for (firm, evidence) in change.evidence {
      guard let index = candidateIDs.index(of: firm, in: newCandidates.ids) else {
        throw Flaw("evidence is given for firm id \(firm), which does not exist")
      }
      let count = UInt16(clamping: evidence.count { $0.counts(on: asOf) })
      if counts[index] != count { counts[index] = count }
    }
    let holders = change.holdings.keys.compactMap { investorIDs.index(of: $0, in: newInvestors.ids) }
    let purchases = try SnapshotBuilder.purchases(change.holdings.values.flatMap { $0 }, asOf: asOf) {
      (investorIDs.index(of: $0, in: newInvestors.ids), candidateIDs.index(of: $1, in: newCandidates.ids))
    }
    let keepsPlaces = candidateMerge.keepsPlaces && investorMerge.keepsPlaces
    let moved =
      keepsPlaces ? positions : positions.moved(investors: investorMerge, candidates: candidateMerge)
    let newPositions = moved.replacing(holders, by: purchases)
    var step: Step?
    if keepsPlaces {
      var touched = Set(
        (change.candidates.map(\.id) + change.evidence.keys).compactMap {
          candidateIDs.index(of: $0, in: newCandidates.ids)
        })
      for holder in holders where newPositions.ofInvestor[holder] != positions.ofInvestor[holder] {
        touched.formUnion((newPositions.ofInvestor[holder] + positions.ofInvestor[holder]).map(\.firm))
      }
      step = Step(from: number, candidates: touched.sorted())
    }
    return Snapshot(
      asOf: asOf, sectors: sectors, rates: rates, candidates: newCandidates, investors: newInvestors,
      interning: interning, positions: newPositions, evidenceCounts: counts,
      candidateIDs: candidateIDs, investorIDs: investorIDs, step: step)
  }
}

extension Snapshot {
  /// Throws for a fresh row that has the code of another one: they stand side by side.
  private static func check(
    _ candidates: CandidateColumns, _ candidateMerge: Merge, _ investors: InvestorColumns,
    _ investorMerge: Merge
  ) throws(Flaw) {
    for place in candidateMerge.seams {
      let code = candidates.codes.text(place)
      guard candidates.codes.text(place - 1) == code, candidates.kind(place - 1) == candidates.kind(place)
      else { continue }
      throw Flaw("\(candidates.kind(place).name) \(code) stands twice")
    }
    for place in investorMerge.seams {
      let code = investors.codes.text(place)
      guard investors.codes.text(place - 1) == code else { continue }
      throw Flaw("investor \(code) stands twice")
    }
  }
}

/// Where old rows stay and fresh ones go, as long runs of either.
struct Merge {
  struct Run {
    var isFresh: Bool
    var range: Range<Int>
  }

  private(set) var runs: [Run] = []
  private(set) var count = 0
  /// New index of each old row; a replaced row has its replacement's.
  private(set) var places: [Int] = []
  /// Whether every old row stands where it stood and none is new.
  private(set) var keepsPlaces = true
  /// Whether old rows follow one another as they did.
  private(set) var keepsOrder = true
  /// Whether every fresh row has the code of the one it replaces: then there are no runs and no places.
  let isInPlace: Bool

  /// - Parameters:
  ///   - replaced: by fresh row, the old index it replaces.
  ///   - isSame: whether an old row has the name of a fresh one.
  ///   - precedes: whether an old row stands before a fresh one.
  init(
    count old: Int, replaced: [Int?], fresh: Int, isSame: (Int, Int) -> Bool, precedes: (Int, Int) -> Bool
  ) {
    isInPlace = replaced.enumerated().allSatisfy { row, index in index.map { isSame($0, row) } ?? false }
    guard !isInPlace else {
      count = old
      return
    }
    let gone = Set(replaced.compactMap { $0 }).sorted()
    var next = gone.startIndex
    var start = 0
    for row in 0..<fresh {
      // Binary search over what is left: old rows stand in order.
      let place = (start..<old).partition { precedes($0, row) }
      appendOld(start..<place, without: gone, from: &next)
      start = place
      append(Run(isFresh: true, range: row..<row + 1))
    }
    appendOld(start..<old, without: gone, from: &next)
    locate(old, replaced)
  }

  private mutating func appendOld(_ range: Range<Int>, without gone: [Int], from next: inout Int) {
    var start = range.lowerBound
    while next < gone.endIndex, gone[next] < range.upperBound {
      append(Run(isFresh: false, range: start..<gone[next]))
      start = gone[next] + 1
      next += 1
    }
    append(Run(isFresh: false, range: start..<range.upperBound))
  }

  private mutating func append(_ run: Run) {
    guard !run.range.isEmpty else { return }
    count += run.range.count
    if let last = runs.last, last.isFresh == run.isFresh, last.range.upperBound == run.range.lowerBound {
      runs[runs.count - 1].range = last.range.lowerBound..<run.range.upperBound
    } else {
      runs.append(run)
    }
  }

  /// The new index of an old row.
  func place(of old: Int) -> Int { isInPlace ? old : places[old] }

  /// Places where a row stands after another one that it did not stand after before.
  var seams: [Int] {
    var seams: Set<Int> = []
    var place = 0
    for run in runs {
      if run.isFresh { seams.formUnion(place..<place + run.range.count) }
      if place > 0 { seams.insert(place) }
      place += run.range.count
    }
    seams.remove(0)
    return seams.sorted()
  }

  private mutating func locate(_ old: Int, _ replaced: [Int?]) {
    places = [Int](repeating: -1, count: old)
    var place = 0
    for run in runs {
      for source in run.range {
        if run.isFresh {
          if let index = replaced[source] { places[index] = place }
        } else {
          places[source] = place
        }
        place += 1
      }
    }
    keepsPlaces = count == old && places.enumerated().allSatisfy { $0 == $1 }
    keepsOrder = zip(places, places.dropFirst()).allSatisfy { $0 < $1 }
  }
}
