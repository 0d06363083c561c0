/// Why there is no timetable: a smallest set of rules that cannot all hold, and the cheapest way out.
///
/// Smallest means that each of them is needed: without any one, the others can hold (found by leaving out one after the
/// other; J. Marques-Silva: "Minimal Unsatisfiability: Models, Algorithms and Applications", 2010). There may be
/// another clash elsewhere; the way out ends all of them.
public struct TimetableClash: Sendable {
  /// Slots that some meetings must not have, for one reason.
  public struct Closure: Sendable {
    public var meetings: [Int]
    public var slots: [Int]
    /// What it costs to give it up; above zero.
    public var price: Int

    public init(meetings: [Int], slots: [Int], price: Int) {
      self.meetings = meetings
      self.slots = slots
      self.price = price
    }
  }

  /// What may be given up, by its number.
  public enum Rule: Sendable, Hashable {
    case closure(Int)
    /// No more meetings in this slot than there are tables.
    case tables(slot: Int)
    case precedence(Int)
    /// This meeting takes place.
    case meeting(Int)
  }

  /// What to do.
  public enum WayOut: Sendable, Hashable {
    case open(closure: Int)
    case moreTables(slot: Int, count: Int)
    case forget(precedence: Int)
    case cancel(meeting: Int)
  }

  /// What giving up costs where nothing else is said.
  public struct Prices: Sendable {
    public var table = 2
    public var precedence = 3
    public var meeting = 10

    public init(table: Int = 2, precedence: Int = 3, meeting: Int = 10) {
      self.table = table
      self.precedence = precedence
      self.meeting = meeting
    }
  }

  /// Rules of which one has to go; empty where there is a timetable.
  public private(set) var rules: [Rule] = []
  /// Each of the rules is needed for the clash. False where time was up before all were looked at.
  public private(set) var isSmallest = false
  /// What ends all clashes at the least price; empty where there is none, or time was up.
  public private(set) var wayOut: [WayOut] = []
  /// Nothing cheaper would do.
  public private(set) var isCheapest = false

  /// - Parameters:
  ///   - problem: with only those slots closed that nothing can open.
  ///   - closures: what closes other slots.
  ///   - prices: of what is no closure.
  ///   - deadline: when to end with what there is.
  public init(
    _ problem: TimetableProblem, closures: [Closure], prices: Prices = Prices(),
    until deadline: ContinuousClock.Instant
  ) {
    let solver = SATSolver()
    solver.interrupt { ContinuousClock.now > deadline }
    let model = TimetableModel(problem, mayBreakRules: true, in: solver)
    var selectors: [(rule: Rule, literal: Literal, price: Int)] = []
    for (number, closure) in closures.enumerated() {
      let holds = solver.variable()
      for meeting in closure.meetings {
        for slot in closure.slots { if let there = model.at[meeting][slot] { solver.add(-holds, -there) } }
      }
      selectors.append((.closure(number), holds, closure.price))
    }
    for (slot, usage) in model.usage.enumerated() {
      guard let tooMany = usage.more(than: problem.tables[slot]) else { continue }
      selectors.append((.tables(slot: slot), -tooMany, prices.table))
    }
    for (number, holds) in model.precedences.enumerated() {
      selectors.append((.precedence(number), holds, prices.precedence))
    }
    for (number, outside) in model.outside.enumerated() {
      if let outside { selectors.append((.meeting(number), -outside, prices.meeting)) }
    }
    guard case .unsatisfiable = solver.solve(assuming: selectors.map(\.literal)) else { return }
    shrink(selectors.filter { solver.failed($0.literal) }.map { ($0.rule, $0.literal) }, in: solver)
    findWayOut(model, selectors, problem, prices.table)
  }

  private mutating func shrink(_ core: [(rule: Rule, literal: Literal)], in solver: SATSolver) {
    var (open, needed) = (core, [(rule: Rule, literal: Literal)]())
    isSmallest = true
    while let candidate = open.popLast() {
      switch solver.solve(assuming: (open + needed).map(\.literal)) {
      case .satisfiable: needed.append(candidate)
      case .unsatisfiable: open = open.filter { solver.failed($0.literal) }
      case .interrupted:
        isSmallest = false
        needed.append(candidate)
      }
    }
    rules = needed.reversed().map(\.rule)
  }

  private mutating func findWayOut(
    _ model: TimetableModel, _ selectors: [(rule: Rule, literal: Literal, price: Int)],
    _ problem: TimetableProblem, _ table: Int
  ) {
    var soft = selectors.map { (literal: $0.literal, price: $0.price) }
    // A second table more costs once more, and so on; beyond eight in a slot it does not matter how many.
    let slots = model.usage.indices.filter { model.usage[$0].more(than: problem.tables[$0]) != nil }
    for slot in slots {
      for more in 1...8 {
        guard let tooMany = model.usage[slot].more(than: problem.tables[slot] + more) else { break }
        soft.append((-tooMany, table))
      }
    }
    guard case .optimal = LeastCost(soft, in: model.solver).minimise() else { return }
    isCheapest = true
    let used = model.slots
    for (rule, literal, _) in selectors where !model.solver.holds(literal) {
      switch rule {
      case .closure(let number): wayOut.append(.open(closure: number))
      case .tables(let slot):
        let count = used.filter { $0 == slot }.count - problem.tables[slot]
        if count > 0 { wayOut.append(.moreTables(slot: slot, count: count)) }
      case .precedence(let number): wayOut.append(.forget(precedence: number))
      case .meeting(let number): wayOut.append(.cancel(meeting: number))
      }
    }
  }
}
