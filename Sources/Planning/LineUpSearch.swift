import Domain

/// Greedy choice, and swaps until none helps.
struct LineUpSearch {
  private let table: LineUpTable

  init(_ table: LineUpTable) { self.table = table }

  /// These firms, and then one after the other who adds most.
  func greedy(after firms: [Int]) -> [Int] {
    var state = table.state(of: firms)
    var chosen = firms
    var queue = LazyQueue(table.open.filter { !firms.contains($0) }) { state.gain($0, table) }
    while chosen.count < table.places,
      let next = queue.next(gain: { state.allows($0, table) ? state.gain($0, table) : nil })
    {
      state.add(next.item, table)
      chosen.append(next.item)
    }
    return chosen
  }

  /// Replaces a firm by the one that is best instead, again and again until no single replacement helps. Every one
  /// makes the value greater, so this ends.
  func improved(_ chosen: [Int]) -> [Int] {
    var chosen = chosen
    var position = chosen.count
    var inVain = 0
    while inVain < chosen.count {
      position = position == 0 ? chosen.count - 1 : position - 1
      inVain += 1
      let firm = chosen[position]
      guard !table.guaranteed.contains(firm) else { continue }
      let rest = table.state(of: chosen.filter { $0 != firm })
      var best = (firm: firm, gain: rest.gain(firm, table))
      for other in table.open where !chosen.contains(other) && rest.allows(other, table) {
        let gain = rest.gain(other, table)
        if gain > best.gain { best = (other, gain) }
      }
      if best.firm != firm {
        chosen[position] = best.firm
        inVain = 0
      }
    }
    return chosen
  }

  /// The firms that come nearest to replacing one of the chosen, after the swaps.
  func runnersUp(_ chosen: [Int], count: Int) -> [LineUp.RunnerUp] {
    var nearest: [Int: (insteadOf: Int, missed: Int)] = [:]
    let others = table.open.filter { !chosen.contains($0) }
    for firm in chosen.sorted() where !table.guaranteed.contains(firm) {
      let rest = table.state(of: chosen.filter { $0 != firm })
      let gain = rest.gain(firm, table)
      for other in others where rest.allows(other, table) {
        let missed = gain - rest.gain(other, table)
        if missed < nearest[other]?.missed ?? .max { nearest[other] = (firm, missed) }
      }
    }
    let state = table.state(of: chosen)
    let order = nearest.keys.sorted { (nearest[$0]!.missed, $0) < (nearest[$1]!.missed, $1) }
    return order.prefix(count).map { firm in
      LineUp.RunnerUp(
        candidate: table.candidates[firm], gain: state.gain(firm, table),
        insteadOf: table.candidates[nearest[firm]!.insteadOf], missed: nearest[firm]!.missed)
    }
  }
}

extension LineUpTable {
  /// The chosen firms with the reasons for each.
  func choices(_ chosen: [Int]) -> [LineUp.Choice] {
    let value = value(of: chosen)
    let servesBest = servesBest(chosen)
    var state = LineUpState(self)
    var choices: [LineUp.Choice] = []
    for part in [chosen.filter { guaranteed.contains($0) }, chosen.filter { !guaranteed.contains($0) }] {
      var queue = LazyQueue(part.sorted()) { state.gain($0, self) }
      while let next = queue.next(gain: { state.gain($0, self) }) {
        let firm = next.item
        let institute = institutes[firm]
        choices.append(
          LineUp.Choice(
            candidate: candidates[firm], gain: next.gain,
            missed: value - self.value(of: chosen.filter { $0 != firm }),
            servesBest: servesBest[firm] ?? [],
            addedSectors: sectors.groups[firm].filter { !state.covers(sector: $0) }.map { sectors.names[$0] },
            addedInstitute: institute >= 0 && state.count(ofInstitute: institute) == 0
              ? instituteCoverage.names[institute] : nil))
        state.add(firm, self)
      }
    }
    return choices
  }

  /// By firm, the investors whose best one it is; of equals the first by code is the best one.
  private func servesBest(_ chosen: [Int]) -> [Int: [PlanningScore]] {
    var best = [(firm: Int, score: Int32)?](repeating: nil, count: investorCount)
    for firm in chosen.sorted() {
      for place in starts[firm]..<starts[firm + 1] {
        let investor = Int(scoredInvestors[place])
        if scores[place] > best[investor]?.score ?? 0 { best[investor] = (firm, scores[place]) }
      }
    }
    var result: [Int: [PlanningScore]] = [:]
    for (investor, best) in best.enumerated() {
      guard let best else { continue }
      result[best.firm, default: []].append(
        PlanningScore(investor: investor, firm: candidates[best.firm], value: Int(best.score)))
    }
    return result.mapValues { scores in
      scores.sorted {
        $0.value == $1.value
          ? Code.precedes(request.investors[$0.investor].code, request.investors[$1.investor].code)
          : $0.value > $1.value
      }
    }
  }
}
