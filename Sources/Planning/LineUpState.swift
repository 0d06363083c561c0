/// What a set of firms is worth, and what one more would add.
struct LineUpState {
  /// By investor, its best scores among the firms, falling.
  private(set) var best: [Int32]
  private(set) var value = 0
  private var sectorCounts: [Int32]
  private var instituteCounts: [Int32]
  private(set) var sectorsCovered = 0
  private(set) var institutesCovered = 0

  /// Of no firms.
  init(_ table: LineUpTable) {
    best = [Int32](repeating: 0, count: table.investorCount * table.depth)
    sectorCounts = [Int32](repeating: 0, count: table.sectors.names.count)
    instituteCounts = [Int32](repeating: 0, count: table.instituteCoverage.names.count)
  }

  func covers(sector: Int) -> Bool { sectorCounts[sector] > 0 }
  func count(ofInstitute institute: Int) -> Int { Int(instituteCounts[institute]) }

  /// Whether the limit of its institute leaves room for the firm.
  func allows(_ firm: Int, _ table: LineUpTable) -> Bool {
    let institute = table.institutes[firm]
    return institute < 0 || count(ofInstitute: institute) < table.most
  }

  /// What the firm would add. The sum of an investor's k best scores grows by what the firm's score is above the k-th
  /// of them, for every k.
  func gain(_ firm: Int, _ table: LineUpTable) -> Int {
    table.above(best, firm) + coverageGain(firm, table)
  }

  private func coverageGain(_ firm: Int, _ table: LineUpTable) -> Int {
    let sectors = table.sectors.groups[firm].count { sectorCounts[$0] == 0 }
    let institutes = table.instituteCoverage.groups[firm].count { instituteCounts[$0] == 0 }
    return table.sectors.worth(of: sectorsCovered + sectors) - table.sectors.worth(of: sectorsCovered)
      + table.instituteCoverage.worth(of: institutesCovered + institutes)
      - table.instituteCoverage.worth(of: institutesCovered)
  }

  mutating func add(_ firm: Int, _ table: LineUpTable) {
    value += gain(firm, table)
    let depth = table.depth
    for place in table.starts[firm]..<table.starts[firm + 1] {
      let first = Int(table.scoredInvestors[place]) * depth
      var score = table.scores[place]
      for position in first..<(first + depth) where best[position] < score {
        swap(&best[position], &score)
      }
    }
    for sector in table.sectors.groups[firm] {
      if sectorCounts[sector] == 0 { sectorsCovered += 1 }
      sectorCounts[sector] += 1
    }
    for institute in table.instituteCoverage.groups[firm] {
      if instituteCounts[institute] == 0 { institutesCovered += 1 }
      instituteCounts[institute] += 1
    }
  }
}

extension LineUpTable {
  /// How much the firm's scores are above these thresholds, of which each investor has one for every k, weighted. The
  /// innermost loop of all that chooses line-ups.
  func above(_ thresholds: [Int32], _ firm: Int) -> Int {
    let (depth, rows) = (depth, starts[firm]..<starts[firm + 1])
    let (thresholds, steps) = (thresholds.span, steps.span)
    let (investors, scores, weights) = (scoredInvestors.span, scores.span, weights.span)
    var sum = 0
    for place in rows {
      let investor = Int(investors[place])
      let score = scores[place]
      var above = 0
      for step in 0..<depth {
        above += steps[step] * Int(max(0, score - thresholds[investor * depth + step]))
      }
      sum += above * weights[investor]
    }
    return sum
  }
}
