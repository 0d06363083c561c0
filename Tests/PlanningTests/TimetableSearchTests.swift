import Domain
import Testing

@testable import Planning

@Suite struct TimetableSearchTests {
  /// Small days of every kind, against all timetables there are.
  @Test func findsTheFewestBreaksOrNone() {
    var random = SplitMix64(seed: 6)
    var kinds: [String: Int] = [:]
    for _ in 0..<900 {
      let problem = Self.day(&random)
      let search = TimetableSearch(problem, until: .now + .seconds(600))
      search.prove()
      let best = Self.best(problem)
      #expect(search.found.isDecided)
      #expect(search.found.isInfeasible == (best == nil))
      #expect(search.found.breaks == best)
      if let slots = search.found.slots { Self.check(slots, problem) }
      kinds[
        best.map { $0 > problem.participants ? "everybody has one" : $0 > 0 ? "some" : "none" }
          ?? "impossible", default: 0] += 1
    }
    #expect(kinds.count == 4 && kinds.values.allSatisfy { $0 > 1 }, "\(kinds)")
  }

  /// Without a proof beside it: never better than possible, and no bound that is not one.
  @Test func improvesByItself() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<100 {
      let problem = Self.day(&random)
      guard let best = Self.best(problem), best < problem.participants else { continue }
      let search = TimetableSearch(problem, until: .now + .seconds(600)) { state in
        #expect(state.bound <= best && state.breaks ?? best >= best)
      }
      search.leaveProofAlone()
      search.improve()
      #expect(search.found.breaks == best)
    }
  }

  /// More slots than annealing can do with.
  @Test func manySlots() {
    let slots = 150
    let open = [Bool](repeating: true, count: slots)
    var problem = TimetableProblem(
      participants: 3, tables: Array(repeating: 1, count: slots),
      meetings: [.init(0, 1, slots: open), .init(1, 2, slots: open), .init(0, 2, slots: open)])
    for slot in 1..<slots - 1 { problem.meetings[0].slots[slot] = false }
    let search = TimetableSearch(problem, until: .now + .seconds(600))
    search.leaveProofAlone()
    search.improve()
    #expect(search.found.breaks == 1 && search.found.bound == 1)
  }

  @Test func endsWithWhatItHas() {
    var random = SplitMix64(seed: 9)
    let problem = Self.day(&random)
    let late = TimetableSearch(problem, until: .now - .seconds(1))
    late.prove()
    late.improve()
    let cancelled = TimetableSearch(problem, until: .now + .seconds(600))
    cancelled.cancel()
    cancelled.prove()
    cancelled.improve()
    for search in [late, cancelled] { #expect(search.found.slots == nil && !search.found.isInfeasible) }
  }

  static func day(_ random: inout SplitMix64) -> TimetableProblem {
    func number(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + Int(random.number(below: UInt64(range.count)))
    }
    let (people, slots) = (number(3...4), number(3...6))
    let away = (0..<people).map { _ in (0..<slots).map { _ in number(0...9) == 0 } }
    let lunch = number(0...2) == 0 ? slots / 2 : nil
    var pairs = (0..<people).flatMap { first in (first + 1..<people).map { (first, $0) } }
    while pairs.count > 4, number(0...2) > 0 { pairs.remove(at: number(0...pairs.count - 1)) }
    let rooms = number(0...2) == 0
    let meetings = pairs.map { pair in
      TimetableProblem.Meeting(
        pair.0, pair.1,
        slots: (0..<slots).map { !away[pair.0][$0] && !away[pair.1][$0] && $0 != lunch && number(0...7) > 0 },
        room: rooms ? number(0...1) : nil)
    }
    let precedences = (0..<number(0...1)).map { _ in
      let after = number(1...meetings.count - 1)
      return TimetableProblem.Precedence(number(0...after - 1), after)
    }
    let places = (0..<number(0...2)).map { _ in
      TimetableProblem.Place(meetings.indices.filter { _ in number(0...1) == 0 }, most: number(1...2))
    }
    return TimetableProblem(
      participants: people, tables: (0..<slots).map { _ in number(0...9) == 0 ? 0 : number(1...2) },
      meetings: meetings,
      precedences: precedences, places: places,
      dayStarts: number(0...3) == 0 ? [slots / 2] : [],
      hurriedSlots: Set((0..<slots).filter { _ in number(0...1) == 0 }), mostSpread: number(0...2))
  }

  /// Whether everybody is where he may be, at one place at a time.
  static func isValid(_ slots: [Int], _ problem: TimetableProblem) -> Bool {
    var seats: Set<[Int]> = []
    var rooms: [[Int]: Int] = [:]
    for (meeting, slot) in zip(problem.meetings, slots) {
      guard meeting.slots[slot] else { return false }
      for person in [meeting.first, meeting.second] {
        guard seats.insert([person, slot]).inserted else { return false }
        rooms[[person, slot]] = meeting.room
      }
    }
    for (place, room) in rooms
    where problem.hurriedSlots.contains(place[1]) && !problem.dayStarts.contains(place[1] + 1) {
      if let next = rooms[[place[0], place[1] + 1]], next != room { return false }
    }
    for (slot, tables) in problem.tables.enumerated() where slots.filter({ $0 == slot }).count > tables {
      return false
    }
    for place in problem.places {
      let here = Dictionary(grouping: place.meetings) { slots[$0] }
      if here.values.contains(where: { $0.count > place.most }) { return false }
    }
    for precedence in problem.precedences where slots[precedence.before] >= slots[precedence.after] {
      return false
    }
    let breaks = problem.breaks(slots)
    return (breaks.max() ?? 0) - (breaks.min() ?? 0) <= problem.mostSpread
  }

  static func check(_ slots: [Int], _ problem: TimetableProblem) { #expect(isValid(slots, problem)) }

  /// Tries everything.
  static func best(_ problem: TimetableProblem) -> Int? {
    var best: Int?
    var slots: [Int] = []
    func place() {
      guard slots.count < problem.meetings.count else {
        if isValid(slots, problem) { best = min(best ?? .max, problem.breaks(slots).reduce(0, +)) }
        return
      }
      let meeting = problem.meetings[slots.count]
      for slot in problem.tables.indices where meeting.slots[slot] {
        let clashes = zip(problem.meetings, slots).contains { other, at in
          at == slot && [other.first, other.second].contains { $0 == meeting.first || $0 == meeting.second }
        }
        guard !clashes else { continue }
        slots.append(slot)
        place()
        slots.removeLast()
      }
    }
    place()
    return best
  }
}
