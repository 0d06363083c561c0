/// More than any line-up can be worth, by a linear function above the value.
///
/// Whatever thresholds an investor is given, its k best scores among a set of firms sum up to at most k times the k-th
/// threshold and what each firm's score is above that. Likewise, what covered sectors are worth is at most what a
/// straight line gives, and a sector counts at most x once and for all and the rest for each firm that is of it. So
/// `value(S) ≤ constant + Σ worth of the firms in S`, and the best that may be chosen for such a sum is found by sorting
/// (the Lagrangean relaxation of facility location: G. Cornuéjols, M. Fisher and G. Nemhauser, "Location of bank
/// accounts to optimize float", Management Science 23, 1977). With the thresholds of a chosen set this is never above
/// the well-known bound by the gains that set leaves; subgradient steps (B. Polyak 1969) from there make it much
/// tighter. Every set of thresholds gives a valid bound, so rounding costs no proof.
struct LineUpBound {
  /// The least bound found.
  var value: Int
  /// The linear function that gives it.
  private(set) var constant = 0
  /// By firm.
  private(set) var worth: [Int] = []
  /// The firms that are best by that function.
  private(set) var best: [Int] = []

  /// How many scores are read at most, besides those of the first rounds.
  private static let effort = 40_000_000
  private static let rounds = 20...400

  /// - Parameter chosen: A line-up, near the best if possible.
  init(_ table: LineUpTable, around chosen: [Int]) {
    let state = table.state(of: chosen)
    value = .max
    var multipliers = LineUpMultipliers(table, state)
    let rounds = min(
      max(Self.effort / max(1, table.scores.count), Self.rounds.lowerBound), Self.rounds.upperBound)
    // Sixteenths of a Polyak step.
    var pace = 16
    var inVain = 0
    for _ in 0..<rounds {
      let (constant, worth) = multipliers.function(table)
      let order = table.open.sorted { (worth[$1], $0) < (worth[$0], $1) }
      let best = table.filled(order, beside: table.guaranteed)
      let bound = best.reduce(constant) { $0 + worth[$1] }
      inVain += 1
      if bound < value {
        (value, self.constant, self.worth, self.best) = (bound, constant, worth, best)
        inVain = 0
      }
      if inVain == 8 {
        pace /= 2
        inVain = 0
      }
      let gap = bound - state.value
      guard value > state.value, pace > 0 else { break }
      guard multipliers.step(table, best, gap: gap, pace: pace) else { break }
    }
    value = max(value, state.value)
  }

  /// Whether the firm may be in a line-up of more than this value.
  func allows(_ firm: Int, _ table: LineUpTable, above value: Int) -> Bool {
    let last = best.lazy.filter { table.request.candidates[table.candidates[$0]].standing == .open }
      .map { worth[$0] }.min()
    guard best.count == table.places, let last, !best.contains(firm) else { return true }
    return self.value - last + worth[firm] > value
  }
}

/// What the linear function above the value depends on.
struct LineUpMultipliers {
  /// Of sectors or institutes.
  fileprivate struct Slope {
    /// What each covered one counts.
    var slope: Int
    /// By group, what of that counts once and for all.
    var once: [Int]
  }

  private var thresholds: [Int32]
  private var sectors: Slope
  private var institutes: Slope

  /// Such that the function is exact at the state.
  init(_ table: LineUpTable, _ state: LineUpState) {
    thresholds = state.best
    func slope(_ coverage: LineUpTable.Coverage, _ covered: Int, _ isCovered: (Int) -> Bool) -> Slope {
      let slope = coverage.worth(of: covered + 1) - coverage.worth(of: covered)
      return Slope(slope: slope, once: coverage.names.indices.map { isCovered($0) ? slope : 0 })
    }
    sectors = slope(table.sectors, state.sectorsCovered, state.covers(sector:))
    institutes = slope(table.instituteCoverage, state.institutesCovered) {
      state.count(ofInstitute: $0) > 0
    }
  }

  func function(_ table: LineUpTable) -> (constant: Int, worth: [Int]) {
    var constant = 0
    let depth = table.depth
    for investor in 0..<table.investorCount {
      for step in 0..<depth {
        constant +=
          table.weights[investor] * table.steps[step] * (step + 1) * Int(thresholds[investor * depth + step])
      }
    }
    var worth = (0..<table.firmCount).map { table.above(thresholds, $0) }
    for (slope, coverage) in [(sectors, table.sectors), (institutes, table.instituteCoverage)] {
      constant += Self.above(slope.slope, coverage).worth + slope.once.reduce(0, +)
      for firm in worth.indices {
        for group in coverage.groups[firm] { worth[firm] += slope.slope - slope.once[group] }
      }
    }
    return (constant, worth)
  }

  /// How far the worth of coverage is above the line of this slope at most, and at how many groups.
  fileprivate static func above(_ slope: Int, _ coverage: LineUpTable.Coverage) -> (count: Int, worth: Int) {
    var best = (count: 0, worth: 0)
    for count in coverage.worth.indices where coverage.worth[count] - slope * count > best.worth {
      best = (count, coverage.worth[count] - slope * count)
    }
    return best
  }

  /// A step against the subgradient at the set of firms that is best now. False where no step is left.
  mutating func step(_ table: LineUpTable, _ firms: [Int], gap: Int, pace: Int) -> Bool {
    let depth = table.depth
    var direction = (0..<thresholds.count).map { $0 % depth + 1 }
    for firm in firms {
      for place in table.starts[firm]..<table.starts[firm + 1] {
        let first = Int(table.scoredInvestors[place]) * depth
        for position in first..<(first + depth) where table.scores[place] > thresholds[position] {
          direction[position] -= 1
        }
      }
    }
    let sectorCounts = Self.counts(firms, table.sectors)
    let instituteCounts = Self.counts(firms, table.instituteCoverage)
    // Coverage takes steps as if each group were an investor of weight one.
    let unit = max(1, table.steps.reduce(0, +))
    var square = 0
    for position in direction.indices {
      square +=
        direction[position] * direction[position] * table.steps[position % depth]
        * table.weights[position / depth]
    }
    square += unit * (sectors.square(table.sectors, sectorCounts))
    square += unit * (institutes.square(table.instituteCoverage, instituteCounts))
    guard square > 0 else { return false }
    let step = (gap / 16 + 1) * pace / square
    guard step > 0 else { return false }
    for position in direction.indices {
      let moved = Int(thresholds[position]) - clamped(step) * direction[position]
      thresholds[position] = Int32(min(max(moved, 0), PlanningScore.most))
    }
    sectors.move(step * unit, table.sectors, sectorCounts)
    institutes.move(step * unit, table.instituteCoverage, instituteCounts)
    return true
  }

  private func clamped(_ step: Int) -> Int { min(step, PlanningScore.most) }

  /// How many of the firms are of each group.
  private static func counts(_ firms: [Int], _ coverage: LineUpTable.Coverage) -> [Int] {
    var counts = [Int](repeating: 0, count: coverage.names.count)
    for firm in firms { for group in coverage.groups[firm] { counts[group] += 1 } }
    return counts
  }
}

extension LineUpMultipliers.Slope {
  private func direction(_ coverage: LineUpTable.Coverage, _ counts: [Int]) -> Int {
    counts.reduce(0, +) - LineUpMultipliers.above(slope, coverage).count
  }

  fileprivate func square(_ coverage: LineUpTable.Coverage, _ counts: [Int]) -> Int {
    guard coverage.worth.last! > 0 else { return 0 }
    let slope = direction(coverage, counts)
    return counts.reduce(slope * slope) { $0 + (1 - $1) * (1 - $1) }
  }

  fileprivate mutating func move(_ step: Int, _ coverage: LineUpTable.Coverage, _ counts: [Int]) {
    guard coverage.worth.last! > 0 else { return }
    let most = coverage.worth[1]
    let step = min(step, most)
    slope = min(max(slope - step * direction(coverage, counts), 0), most)
    for group in once.indices {
      once[group] = min(max(once[group] - step * (1 - counts[group]), 0), slope)
    }
  }
}
