/// The least cost of what cannot hold together: literals each have a price at which they may be given up.
///
/// Guided by what clashes: each set of literals that cannot all hold raises the bound by the least of their prices, and
/// a count of how many of them fail takes their place (A. Morgado, C. Dodaro, J. Marques-Silva: "Core-Guided MaxSAT
/// with Soft Cardinality Constraints", 2014). The bound is proven at any moment; the first solution is of least cost.
final class LeastCost {
  /// What is proven once a call is over.
  enum Outcome {
    /// The solution in hand costs as much as the bound.
    case optimal
    /// No solution, whatever is given up.
    case infeasible
    case interrupted
  }

  private let solver: SATSolver
  /// What is assumed at present, and at which price each may be given up.
  private var prices: [Literal: Int] = [:]
  /// For the literal that says "no more than so many of these fail": the count, and how many.
  private var counts: [Literal: (count: Totalizer, bound: Int)] = [:]
  /// Proven: no solution costs less.
  private(set) var bound = 0

  /// - Parameter soft: literals that ought to hold, and what each costs where it does not; prices above zero.
  init(_ soft: [(literal: Literal, price: Int)], in solver: SATSolver) {
    self.solver = solver
    for (literal, price) in soft { prices[literal, default: 0] += price }
  }

  /// Raises the bound until there is a solution. Dear literals come first, so that the bound rises fast.
  ///
  /// - Parameters:
  ///   - patience: conflicts after which a single step is given up, and the search with it.
  ///   - raised: called with the bound whenever it has risen; false ends the search.
  func minimise(patience: Int32 = .max, raised: (Int) -> Bool = { _ in true }) -> Outcome {
    var level = prices.values.max() ?? 0
    while true {
      let assumed = prices.filter { $0.value >= level }.keys.sorted { abs($0) < abs($1) }
      if patience < .max { solver.limitConflicts(patience) }
      switch solver.solve(assuming: assumed) {
      case .interrupted: return .interrupted
      case .satisfiable:
        guard let next = prices.values.filter({ $0 < level }).max() else { return .optimal }
        level = next
      case .unsatisfiable:
        let core = assumed.filter(solver.failed)
        guard !core.isEmpty else { return .infeasible }
        relax(core)
        guard raised(bound) else { return .interrupted }
      }
    }
  }

  /// These cannot all hold.
  private func relax(_ core: [Literal]) {
    let price = core.compactMap { prices[$0] }.min() ?? 0
    bound += price
    for literal in core {
      let left = (prices[literal] ?? 0) - price
      prices[literal] = left > 0 ? left : nil
      guard let (count, bound) = counts[literal] else { continue }
      if left == 0 { counts[literal] = nil }
      expect(count, atMost: bound + 1, price: price)
    }
    if core.count == 1 { return solver.add(-core[0]) }
    // One fails, which is paid for.
    solver.add(core.map { -$0 })
    expect(Totalizer(core.map { -$0 }, in: solver), atMost: 1, price: price)
  }

  private func expect(_ count: Totalizer, atMost bound: Int, price: Int) {
    guard let more = count.more(than: bound) else { return }
    prices[-more, default: 0] += price
    counts[-more] = (count, bound)
  }
}
