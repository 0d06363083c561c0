import Domain
import Testing

@testable import Planning

@Suite struct TestCalendarTests {
  private func day(_ number: Int) -> Day { Day(daysSinceEpoch: 20_000 + number) }

  private func days(_ from: Int, _ until: Int?) -> TestCalendar.Days {
    .init(from: day(from), until: until.map(day))
  }

  @Test func placesComeAndGo() {
    let calendar = TestCalendar(
      capacity: 2, open: days(0, 30), trials: [days(-9, 4), days(3, 10), days(11, 12), days(20, nil)])
    #expect(
      calendar.spans == [
        .init(days: days(0, 2), free: 1), .init(days: days(3, 4), free: 0), .init(days: days(5, 12), free: 1),
        .init(days: days(13, 19), free: 2), .init(days: days(20, 30), free: 1),
      ])
    #expect(calendar.next == calendar.spans[0])
  }

  @Test func fullOrClosed() {
    #expect(TestCalendar(capacity: 1, open: days(0, nil), trials: [days(0, nil), days(0, 5)]).next == nil)
    #expect(TestCalendar(capacity: 1, open: days(5, 4), trials: []).spans.isEmpty)
    #expect(TestCalendar(capacity: 0, open: days(0, 9), trials: []).next == nil)
    #expect(
      TestCalendar(capacity: 3, open: days(0, nil), trials: []).next == .init(days: days(0, nil), free: 3))
  }

  /// Against the count of each day.
  @Test(arguments: 0..<200) func everyDayIsRight(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let capacity = number(0...3)
    let open = days(number(0...10), number(0...3) == 0 ? nil : number(0...40))
    let trials = (0..<number(0...8)).map { _ in
      let from = number(-5...40)
      return days(from, number(0...4) == 0 ? nil : from + number(0...12))
    }
    let calendar = TestCalendar(capacity: capacity, open: open, trials: trials)
    func contains(_ days: TestCalendar.Days, _ day: Day) -> Bool {
      days.from <= day && (days.until.map { day <= $0 } ?? true)
    }
    for day in (-10...80).map(day) {
      let spans = calendar.spans.filter { contains($0.days, day) }
      #expect(spans.count == (contains(open, day) ? 1 : 0))
      if let span = spans.first {
        #expect(span.free == max(0, capacity - trials.count { contains($0, day) }))
      }
    }
    #expect(zip(calendar.spans, calendar.spans.dropFirst()).allSatisfy { $0.free != $1.free })
  }
}
