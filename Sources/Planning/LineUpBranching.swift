/// Branch and bound over line-ups: exact where it comes to an end.
///
/// At each node the firms left are tried in the order of their gains; what is left out stays out. A branch ends where
/// neither the gains nor the linear function of ``LineUpBound`` leave anything better.
struct LineUpBranching {
  private let table: LineUpTable
  private let bound: LineUpBound
  private(set) var best: [Int]
  private var value: Int
  /// How many scores may still be read.
  private var effort: Int
  /// How many scores are read in the time that sorting a firm in takes.
  private static let cost = 50

  init(_ table: LineUpTable, best: [Int], bound: LineUpBound, effort: Int) {
    self.table = table
    self.bound = bound
    self.best = best
    self.effort = effort
    value = table.value(of: best)
  }

  /// Whether all was searched: then `best` is the best there is.
  mutating func run() -> Bool {
    let open = table.open.filter { bound.allows($0, table, above: value) }
    return search(table.state(of: table.guaranteed), table.guaranteed, open)
  }

  /// - Parameters:
  ///   - chosen: What the state is of.
  ///   - open: Which may still be added, in the order of codes.
  private mutating func search(_ state: LineUpState, _ chosen: [Int], _ open: [Int]) -> Bool {
    let open = chosen.count < table.places ? open.filter { state.allows($0, table) } : []
    guard !open.isEmpty else {
      // Only here, so that what is found fills its places: a firm that was tried before, or is not open because it
      // cannot be in anything better, would have been found with these.
      if state.value > value { (best, value) = (chosen, state.value) }
      return true
    }
    effort -= open.reduce(0) { $0 + Self.cost + table.starts[$1 + 1] - table.starts[$1] }
    guard effort > 0 else { return false }
    let gains = Dictionary(uniqueKeysWithValues: open.map { ($0, state.gain($0, table)) })
    let byGain = open.sorted { (gains[$1]!, $0) < (gains[$0]!, $1) }
    let byWorth = open.sorted { (bound.worth[$1], $0) < (bound.worth[$0], $1) }
    let base = chosen.reduce(bound.constant) { $0 + bound.worth[$1] }
    var tried = Set<Int>()
    for (position, firm) in byGain.enumerated() {
      let mostByGain = table.filled(byGain[position...], beside: chosen)
        .dropFirst(chosen.count).reduce(state.value) { $0 + gains[$1]! }
      guard mostByGain > value else { return true }
      let mostByWorth = table.filled(byWorth, beside: chosen, isTaken: tried.contains)
        .dropFirst(chosen.count).reduce(base) { $0 + bound.worth[$1] }
      guard mostByWorth > value else { return true }
      effort -= Self.cost * table.places
      tried.insert(firm)
      var next = state
      next.add(firm, table)
      guard search(next, chosen + [firm], byGain[(position + 1)...].sorted()) else { return false }
    }
    return true
  }
}
