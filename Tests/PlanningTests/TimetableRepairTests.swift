import Domain
import Testing

@testable import Planning

@Suite struct TimetableRepairTests {
  /// Something happens on small days; all that could be done about it is tried.
  @Test func changesAsLittleAsPossible() throws {
    var random = SplitMix64(seed: 9)
    var seen: [String: Int] = [:]
    var (quickest, days) = (0, 0)
    for _ in 0..<1_500 {
      var problem = TimetableSearchTests.day(&random)
      let search = TimetableSearch(problem, until: .now + .seconds(600))
      search.prove()
      guard let planned = search.found.slots else { continue }
      var slots = planned.map { Int?.some($0) }
      let kind = Self.happen(&problem, &slots, &random)
      problem.mostSpread = problem.tables.count
      var request = TimetableRepair.Request(problem, slots: slots)
      request.wants = slots.map { _ in Int(random.number(below: 3)) }
      request.scores = slots.map { _ in Int(random.number(below: 9)) }
      if kind == "most" { request.most[Int(random.number(below: UInt64(problem.participants)))] = 1 }
      let repair = TimetableRepair(request, until: .now + .seconds(600))
      let least = Self.least(request)
      let (dropped, moved) = (least[0], least[least.count - 1])
      #expect(repair.isProven && repair.bound == dropped + moved, "\(kind)")
      #expect(Self.costs(repair.slots, request) == least, "\(kind)")
      Self.check(repair.slots, request)
      // Without any time there is a repair all the same, and what it says is proven is so.
      let quick = TimetableRepair(request, until: .now - .seconds(1))
      Self.check(quick.slots, request)
      let quickCosts = Self.costs(quick.slots, request)
      #expect(quick.isProven ? quickCosts == least : !quickCosts.lexicographicallyPrecedes(least), "\(kind)")
      quickest += quickCosts[0] == dropped ? 1 : 0
      days += 1
      seen[
        "\(kind), \(dropped > 0 ? "dropped" : moved > 1 ? "many" : moved > 0 ? "one" : "none")",
        default: 0] += 1
    }
    #expect(seen.count >= 9, "\(seen)")
    #expect(quickest * 10 >= days * 9, "\(quickest) of \(days)")
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
    let repair = TimetableRepair(
      .init(problem, slots: [0, 2, nil, nil], standby: [3, 2]), until: .now + .seconds(600))
    #expect(
      repair.slots == [0, 2, nil, 1] && repair.moved.isEmpty && repair.dropped.isEmpty && repair.isProven)
  }

  /// One table of five is lost on a day that fills them all: every slot loses its least wanted meeting, nobody moves, and
  /// that is proven at once.
  @Test(arguments: [0, 1]) func seatsRunOut(seconds: Int) {
    let (slots, tables, firms) = (12, 5, 9)
    let open = [Bool](repeating: true, count: slots)
    var (meetings, at, wants, scores) = ([TimetableProblem.Meeting](), [Int?](), [Int](), [Int]())
    var random = SplitMix64(seed: 4)
    for slot in 0..<slots {
      for table in 0..<tables {
        meetings.append(.init((slot + table) % firms, firms + (slot * tables + table) % 30, slots: open))
        at.append(slot)
        // In each slot one is wished for by nobody.
        wants.append(table == slot % tables ? 0 : 1 + Int(random.number(below: 2)))
        scores.append(Int(random.number(below: 1_000_000)))
      }
    }
    let problem = TimetableProblem(
      participants: firms + 30, tables: Array(repeating: tables - 1, count: slots), meetings: meetings,
      mostSpread: slots)
    var request = TimetableRepair.Request(problem, slots: at)
    (request.wants, request.scores) = (wants, scores)
    var seen: [TimetableRepair.Progress] = []
    let repair = TimetableRepair(request, until: .now + .seconds(seconds), report: { seen.append($0) })
    #expect(repair.dropped == wants.indices.filter { wants[$0] == 0 })
    #expect(repair.moved.isEmpty && repair.isProven && repair.bound == slots)
    #expect(seen.first == .init(moved: 0, dropped: slots, leastDropped: slots))
    Self.check(repair.slots, request)
  }

  /// Among meetings that nobody wishes for more, the one of the least score goes.
  @Test func scoresDecideAmongEquals() {
    let open = [true, true]
    let meetings = (0..<4).map { TimetableProblem.Meeting($0, $0 + 4, slots: open) }
    var request = TimetableRepair.Request(
      TimetableProblem(participants: 8, tables: [1, 1], meetings: meetings), slots: [0, 0, 1, 1])
    request.scores = [5, 7, 9, 8]
    let repair = TimetableRepair(request, until: .now + .seconds(600))
    #expect(repair.dropped == [0, 3] && repair.moved.isEmpty)
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
      let repair = TimetableRepair(.init(problem, slots: planned), until: .now + .seconds(600))
      let hit = planned.indices.filter { !problem.meetings[$0].slots[planned[$0]] }
      #expect(repair.isProven && repair.bound >= hit.count && repair.dropped.isEmpty)
      Self.check(repair.slots, .init(problem, slots: planned))
      problem.meetings = saved
    }
  }

  private static func happen(
    _ problem: inout TimetableProblem, _ slots: inout [Int?], _ random: inout SplitMix64
  ) -> String {
    func number(_ count: Int) -> Int { Int(random.number(below: UInt64(count))) }
    switch number(7) {
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
    case 4: return "most"
    case 5:
      // Tables are what a day has too few of, most of all.
      for slot in problem.tables.indices { problem.tables[slot] = min(1, problem.tables[slot]) }
      return "one table"
    default:
      let (person, slot) = (number(problem.participants), number(problem.tables.count))
      problem.occupied[person, default: []].insert(slot)
      return "elsewhere"
    }
  }

  private static func check(_ slots: [Int?], _ request: TimetableRepair.Request) {
    #expect(isValid(slots, request.problem) && keepsLimits(slots, request))
  }

  private static func keepsLimits(_ slots: [Int?], _ request: TimetableRepair.Request) -> Bool {
    request.most.allSatisfy { person, most in
      zip(slots, request.problem.meetings).count { $0 != nil && ($1.first == person || $1.second == person) }
        <= most
    }
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

  /// How many are dropped, of those how many are wanted so much or more, the most wanted first, and how many moved.
  private static func costs(_ slots: [Int?], _ request: TimetableRepair.Request) -> [Int] {
    let dropped = slots.indices.filter { slots[$0] == nil }
    let wanted = (1...2).reversed().map { level in dropped.count { request.wants[$0] >= level } }
    let moved = slots.indices.count { number in
      slots[number].map { $0 != request.slots[number] ?? $0 } ?? false
    }
    return [dropped.count] + wanted + [moved]
  }

  /// The least that can be, by trying everything.
  private static func least(_ request: TimetableRepair.Request) -> [Int] {
    let problem = request.problem
    var best = [Int.max]
    var slots: [Int?] = []
    func place() {
      // More meetings make no part of it less.
      let costs = costs(slots, request)
      guard costs.lexicographicallyPrecedes(best) else { return }
      guard slots.count < request.slots.count else {
        if isValid(slots, problem), keepsLimits(slots, request) { best = costs }
        return
      }
      for slot in problem.tables.indices where problem.meetings[slots.count].slots[slot] {
        slots.append(slot)
        place()
        slots.removeLast()
      }
      slots.append(nil)
      place()
      slots.removeLast()
    }
    place()
    return best
  }
}
