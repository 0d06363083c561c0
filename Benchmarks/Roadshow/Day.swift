import Domain
import Planning

/// A made-up day: firms that many want to meet, and investors who each want a few.
enum Day {
  static let slots = 15
  static let tables = 100
  static let firms = 120

  /// Participants are the firms, then the investors. Some come late or leave early.
  static func problem(seed: UInt64, investors: Int = 430, meetings: Int = 1_300) -> TimetableProblem {
    var random = SplitMix64(seed: seed)
    func number(_ range: Range<Int>) -> Int {
      range.lowerBound + Int(random.number(below: UInt64(range.count)))
    }
    let people = firms + investors
    let here = (0..<people).map { _ -> Range<Int> in
      switch number(0..<20) {
      case 0: number(1..<6)..<slots
      case 1: 0..<number(10..<slots)
      default: 0..<slots
      }
    }
    var pairs: Set<[Int]> = []
    var count = [Int](repeating: 0, count: people)
    var list: [TimetableProblem.Meeting] = []
    while list.count < meetings {
      // Some firms are wanted more than others.
      let (firm, investor) = (min(number(0..<firms), number(0..<firms)), firms + number(0..<investors))
      guard count[firm] < here[firm].count - 1, count[investor] < min(6, here[investor].count),
        pairs.insert([firm, investor]).inserted
      else { continue }
      let open = (0..<slots).map { here[firm].contains($0) && here[investor].contains($0) }
      guard open.contains(true) else { continue }
      count[firm] += 1
      count[investor] += 1
      list.append(TimetableProblem.Meeting(firm, investor, slots: open))
    }
    return TimetableProblem(
      participants: people, tables: Array(repeating: tables, count: slots), meetings: list)
  }

  /// What happens on such a day, one thing at a time: an investor or a firm does not come and its partners have gaps,
  /// which those on standby may fill; or somebody comes an hour late.
  static func mishaps(of problem: TimetableProblem, slots planned: [Int], seed: UInt64, count: Int = 40)
    -> [TimetableRepair.Request]
  {
    guard !planned.isEmpty else { return [] }
    var random = SplitMix64(seed: seed &+ 1_000)
    return (0..<count).map { number in
      let person = Int(random.number(below: UInt64(problem.participants)))
      var changed = problem
      var before = planned.map { Int?.some($0) }
      let theirs = problem.meetings.indices.filter {
        problem.meetings[$0].first == person || problem.meetings[$0].second == person
      }
      guard number.isMultiple(of: 2) else {
        for meeting in theirs { for slot in 0..<4 { changed.meetings[meeting].slots[slot] = false } }
        return TimetableRepair.Request(changed, slots: before)
      }
      let free = theirs.map {
        problem.meetings[$0].first == person ? problem.meetings[$0].second : problem.meetings[$0].first
      }
      // They are gone; who was to meet them may meet somebody else.
      for meeting in theirs.reversed() {
        changed.meetings.remove(at: meeting)
        before.remove(at: meeting)
      }
      var standby: [Int] = []
      let known = Set(changed.meetings.map { [$0.first, $0.second] })
      for partner in free {
        for _ in 0..<3 {
          let other =
            partner < firms
            ? firms + Int(random.number(below: UInt64(problem.participants - firms)))
            : Int(random.number(below: UInt64(firms)))
          let pair = [min(partner, other), max(partner, other)]
          guard other != person, !known.contains(pair) else { continue }
          standby.append(changed.meetings.count)
          changed.meetings.append(
            .init(pair[0], pair[1], slots: Array(repeating: true, count: problem.tables.count)))
          before.append(nil)
        }
      }
      return TimetableRepair.Request(changed, slots: before, standby: standby)
    }
  }
}
