import Domain
import Testing

@testable import Planning

@Suite struct TimetableClashTests {
  private static let ages: ContinuousClock.Instant = .now + .seconds(600)

  @Test func namesWhatClashesAndTheTableThatIsMissing() {
    // Four who are all free: two meetings at a time, but one table, and only one slot in common.
    let open = [true, true, true]
    let problem = TimetableProblem(
      participants: 6, tables: [1, 1, 1],
      meetings: [.init(0, 1, slots: open), .init(2, 3, slots: open), .init(4, 5, slots: open)])
    let late = [0, 1].map { TimetableClash.Closure(meetings: [$0], slots: [0, 1], price: 5) }
    let clash = TimetableClash(problem, closures: late, until: Self.ages)
    #expect(clash.isSmallest && clash.isCheapest)
    #expect(Set(clash.rules) == [.closure(0), .closure(1), .tables(slot: 2), .meeting(0), .meeting(1)])
    #expect(clash.wayOut == [.moreTables(slot: 2, count: 1)])
  }

  @Test func saysNothingWhereThereIsATimetable() {
    let problem = TimetableProblem(
      participants: 2, tables: [1, 1], meetings: [.init(0, 1, slots: [true, true])])
    let clash = TimetableClash(
      problem, closures: [.init(meetings: [0], slots: [0], price: 1)], until: Self.ages)
    #expect(clash.rules.isEmpty && clash.wayOut.isEmpty)
  }

  /// On small days: whatever is named clashes, needs each of its rules, and the way out leads to a timetable.
  @Test func eachRuleIsNeeded() {
    var random = SplitMix64(seed: 11)
    var clashes = 0
    for _ in 0..<600 {
      var problem = TimetableSearchTests.day(&random)
      problem.mostSpread = problem.tables.count
      // What closes a slot for one of two is a rule that may go.
      let closed = problem.meetings.map(\.slots)
      let closures = closed.indices.map { meeting in
        TimetableClash.Closure(
          meetings: [meeting], slots: closed[meeting].indices.filter { !closed[meeting][$0] },
          price: 1 + meeting % 3)
      }
      var open = problem
      for meeting in open.meetings.indices {
        open.meetings[meeting].slots = Array(repeating: true, count: problem.tables.count)
      }
      let clash = TimetableClash(open, closures: closures, until: Self.ages)
      let isPossible = TimetableSearchTests.best(problem) != nil
      #expect(clash.rules.isEmpty == isPossible)
      guard !isPossible else { continue }
      clashes += 1
      #expect(clash.isSmallest && clash.isCheapest)
      #expect(!Self.isPossible(open, closures, keeping: Set(clash.rules)))
      for rule in clash.rules {
        #expect(Self.isPossible(open, closures, keeping: Set(clash.rules).subtracting([rule])))
      }
      #expect(Self.isPossible(after: clash.wayOut, problem, closures))
    }
    #expect(clashes > 30)
  }

  private static func isPossible(
    _ open: TimetableProblem, _ closures: [TimetableClash.Closure], keeping rules: Set<TimetableClash.Rule>
  ) -> Bool {
    var problem = open
    for (number, closure) in closures.enumerated() where rules.contains(.closure(number)) {
      for meeting in closure.meetings {
        for slot in closure.slots { problem.meetings[meeting].slots[slot] = false }
      }
    }
    for slot in problem.tables.indices where !rules.contains(.tables(slot: slot)) {
      problem.tables[slot] = problem.meetings.count
    }
    keep(
      problem.meetings.indices.filter { rules.contains(.meeting($0)) },
      precedences: problem.precedences.indices.filter { rules.contains(.precedence($0)) }, of: &problem)
    return TimetableSearchTests.best(problem) != nil
  }

  private static func isPossible(
    after wayOut: [TimetableClash.WayOut], _ problem: TimetableProblem, _ closures: [TimetableClash.Closure]
  ) -> Bool {
    var problem = problem
    var (cancelled, forgotten): (Set<Int>, Set<Int>) = ([], [])
    for step in wayOut {
      switch step {
      case .open(let number):
        for meeting in closures[number].meetings {
          for slot in closures[number].slots { problem.meetings[meeting].slots[slot] = true }
        }
      case .moreTables(let slot, let count): problem.tables[slot] += count
      case .forget(let number): forgotten.insert(number)
      case .cancel(let number): cancelled.insert(number)
      }
    }
    keep(
      problem.meetings.indices.filter { !cancelled.contains($0) },
      precedences: problem.precedences.indices.filter { !forgotten.contains($0) }, of: &problem)
    return TimetableSearchTests.best(problem) != nil
  }

  /// Only these meetings, and those of these precedences that are between them.
  private static func keep(_ meetings: [Int], precedences: [Int], of problem: inout TimetableProblem) {
    let places = Dictionary(uniqueKeysWithValues: meetings.enumerated().map { ($1, $0) })
    problem.precedences = precedences.compactMap { number in
      let precedence = problem.precedences[number]
      guard let before = places[precedence.before], let after = places[precedence.after] else { return nil }
      return .init(before, after)
    }
    problem.places = problem.places.map { place in
      .init(place.meetings.compactMap { places[$0] }, most: place.most)
    }
    problem.meetings = meetings.map { problem.meetings[$0] }
  }
}
