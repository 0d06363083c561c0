import Domain
import Testing

@testable import Planning

@Suite struct TimetableRepairTests {
  /// Something happens on small days; all that could be done about it is tried.
  @Test func changesAsLittleAsPossible() throws {
    var random = SplitMix64(seed: 9)
    var seen: [String: Int] = [:]
    for _ in 0..<1_500 {
      var problem = TimetableSearchTests.day(&random)
      let search = TimetableSearch(problem, until: .now + .seconds(600))
      search.prove()
      guard let planned = search.found.slots else { continue }
      var slots = planned.map { Int?.some($0) }
      let kind = Self.happen(&problem, &slots, &random)
      problem.mostSpread = problem.tables.count
      let repair = try #require(TimetableRepair(.init(problem, slots: slots), until: .now + .seconds(600)))
      let least = Self.least(problem, slots)
      #expect(repair.isProven && repair.bound == least.dropped + least.moved, "\(kind)")
      #expect(repair.dropped.count == least.dropped && repair.moved.count == least.moved, "\(kind)")
      Self.check(repair.slots, problem)
      seen[
        "\(kind), \(least.dropped > 0 ? "dropped" : least.moved > 1 ? "many" : least.moved > 0 ? "one" : "none")",
        default: 0] += 1
    }
    #expect(seen.count >= 8, "\(seen)")
  }

  /// A gap is filled with the best that fits, and nobody moves for it.
  @Test func fillsGapsFromStandby() throws {
    let open = [Bool](repeating: true, count: 3)
    // 0 meets 3 and 4; whoever met 1 is gone.
    let problem = TimetableProblem(
      participants: 6, tables: [1, 1, 1],
      meetings: [
        .init(0, 3, slots: open), .init(0, 4, slots: open), .init(1, 3, slots: open),
        .init(2, 5, slots: open),
      ])
    let repair = try #require(
      TimetableRepair(
        .init(problem, slots: [0, 2, nil, nil], standby: [3, 2]), until: .now + .seconds(600)))
    #expect(
      repair.slots == [0, 2, nil, 1] && repair.moved.isEmpty && repair.dropped.isEmpty && repair.isProven)
  }

  @Test func endsWithNothingWhereThereIsNoTime() {
    let problem = TimetableProblem(
      participants: 2, tables: [1, 1], meetings: [.init(0, 1, slots: [false, true])])
    #expect(TimetableRepair(.init(problem, slots: [0]), until: .now - .seconds(1)) == nil)
  }

  /// What is far away does not move, and is no part of the work.
  @Test func onlyTheNeighbourhoodIsLookedAt() throws {
    var random = SplitMix64(seed: 10)
    let slots = 12
    let open = [Bool](repeating: true, count: slots)
    var meetings: [TimetableProblem.Meeting] = []
    for firm in 0..<30 {
      for place in 0..<8 { meetings.append(.init(firm, 30 + (firm * 8 + place * 7) % 90, slots: open)) }
    }
    var problem = TimetableProblem(
      participants: 120, tables: Array(repeating: 30, count: slots), meetings: meetings)
    let search = TimetableSearch(problem, until: .now + .seconds(600))
    search.prove()
    guard let planned = search.found.slots else { return #expect(Bool(false)) }
    for _ in 0..<20 {
      let late = Int(random.number(below: 120))
      let saved = problem.meetings
      for number in problem.meetings.indices
      where problem.meetings[number].first == late || problem.meetings[number].second == late {
        problem.meetings[number].slots[0] = false
        problem.meetings[number].slots[1] = false
      }
      let repair = try #require(TimetableRepair(.init(problem, slots: planned), until: .now + .seconds(600)))
      let hit = planned.indices.filter { !problem.meetings[$0].slots[planned[$0]] }
      #expect(repair.isProven && repair.bound >= hit.count && repair.dropped.isEmpty)
      Self.check(repair.slots, problem)
      problem.meetings = saved
    }
  }

  private static func happen(
    _ problem: inout TimetableProblem, _ slots: inout [Int?], _ random: inout SplitMix64
  ) -> String {
    func number(_ count: Int) -> Int { Int(random.number(below: UInt64(count))) }
    switch number(5) {
    case 0:
      let (person, from) = (number(problem.participants), number(problem.tables.count))
      for meeting in problem.meetings.indices
      where problem.meetings[meeting].first == person || problem.meetings[meeting].second == person {
        for slot in 0...from { problem.meetings[meeting].slots[slot] = false }
      }
      return "late"
    case 1:
      for slot in problem.tables.indices { problem.tables[slot] = max(0, problem.tables[slot] - 1) }
      return "table"
    case 2:
      problem.places.append(.init(problem.meetings.indices.filter { _ in number(2) == 0 }, most: 1))
      return "place"
    case 3:
      slots[number(slots.count)] = nil
      return "new"
    default:
      let (person, slot) = (number(problem.participants), number(problem.tables.count))
      problem.occupied[person, default: []].insert(slot)
      return "elsewhere"
    }
  }

  private static func check(_ slots: [Int?], _ problem: TimetableProblem) {
    #expect(isValid(slots, problem))
  }

  private static func isValid(_ slots: [Int?], _ problem: TimetableProblem) -> Bool {
    var held = problem
    held.precedences = []
    let kept = slots.indices.filter { slots[$0] != nil }
    held.places = problem.places.map { place in
      .init(place.meetings.compactMap { kept.firstIndex(of: $0) }, most: place.most)
    }
    held.meetings = kept.map { problem.meetings[$0] }
    for precedence in problem.precedences {
      if let earlier = slots[precedence.before], let later = slots[precedence.after], earlier >= later {
        return false
      }
    }
    for number in kept {
      for person in [problem.meetings[number].first, problem.meetings[number].second] {
        if problem.occupied[person, default: []].contains(slots[number] ?? -1) { return false }
      }
    }
    return TimetableSearchTests.isValid(kept.compactMap { slots[$0] }, held)
  }

  /// The fewest that are dropped, and then moved.
  private static func least(_ problem: TimetableProblem, _ before: [Int?]) -> (dropped: Int, moved: Int) {
    var best = (dropped: Int.max, moved: Int.max)
    var slots: [Int?] = []
    func place(_ dropped: Int, _ moved: Int) {
      guard (dropped, moved) < best else { return }
      guard slots.count < before.count else {
        if isValid(slots, problem) { best = (dropped, moved) }
        return
      }
      let number = slots.count
      for slot in problem.tables.indices where problem.meetings[number].slots[slot] {
        slots.append(slot)
        place(dropped, moved + (before[number].map { $0 == slot ? 0 : 1 } ?? 0))
        slots.removeLast()
      }
      slots.append(nil)
      place(dropped + 1, moved)
      slots.removeLast()
    }
    place(0, 0)
    return best
  }
}
