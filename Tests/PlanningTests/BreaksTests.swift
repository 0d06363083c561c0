import Testing

@testable import Planning

/// Breaks as docs/PROTOCOL.md and docs/ROADSHOWS.md say: stretches of slots without a meeting, between two of one day.
@Suite struct BreaksTests {
  @Test(
    arguments: [
      ([0], 0), ([0, 1, 2], 0), ([0, 2], 1), ([0, 3], 1), ([0, 5], 1), ([0, 2, 4], 2), ([0, 3, 5], 2),
      ([1, 2, 5], 1),
      // A night between two days is none, and neither is what lies before the first or after the last.
      ([5, 7], 0), ([4, 9], 0), ([0, 5, 6, 9], 2),
    ] as [([Int], Int)]) func aStretchIsOneBreak(slots: [Int], breaks: Int)
  {
    let any = [Bool](repeating: true, count: 10)
    let problem = TimetableProblem(
      participants: slots.count + 1, tables: [Int](repeating: 1, count: 10),
      meetings: slots.indices.map { .init(0, $0 + 1, slots: any) }, dayStarts: [6])
    #expect(problem.breaks(slots) == [breaks] + slots.map { _ in 0 })
  }
}
