import Store
import Synchronization
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(2))) struct SharedReadingTests {
  /// Answers with the number of the reading, the first of which lasts until it is let go.
  private final class Source: Sendable {
    private let state = Mutex(
      (readings: [[Int]](), first: CheckedContinuation<Void, Never>?.none, isFree: false))

    var readings: [[Int]] { state.withLock { $0.readings } }

    func read(_ questions: [Int]) async -> [Int] {
      let number = state.withLock { state in
        state.readings.append(questions)
        return state.readings.count
      }
      if number == 1 {
        await withCheckedContinuation { continuation in
          let isFree = state.withLock { state in
            if !state.isFree { state.first = continuation }
            return state.isFree
          }
          if isFree { continuation.resume() }
        }
      }
      return questions.map { _ in number }
    }

    func letGo() {
      let first = state.withLock { state in
        state.isFree = true
        return state.first
      }
      first?.resume()
    }
  }

  private func until(_ isSo: () async -> Bool) async throws {
    while await !isSo() { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test func whoeverAsksDuringAReadingSharesTheNext() async throws {
    let (source, shared) = (Source(), SharedReading<Int, Int>(atMost: 100))
    let ask: @Sendable (Int) -> Task<Int, any Error> = { question in
      Task { try await shared.answer(question, until: .now + .seconds(60)) { await source.read($0) } }
    }
    let first = ask(0)
    try await until { source.readings.count == 1 }
    let others = (1...250).map(ask)
    try await until { await shared.waiting == 251 }
    source.letGo()
    #expect(try await first.value == 1)
    var readings: Set<Int> = []
    for other in others { readings.insert(try await other.value) }
    // Three readings of a hundred at most for all of them, and none saw what was under way when it came.
    #expect(readings == [2, 3, 4])
    #expect(source.readings.map(\.count) == [1, 100, 100, 50])
    #expect(source.readings.flatMap { $0 }.sorted() == Array(0...250))
  }

  @Test func whoeverWaitsTooLongOrIsCancelledLeavesTheOthers() async throws {
    let (source, shared) = (Source(), SharedReading<Int, Int>())
    let patient = Task { try await shared.answer(1, until: .now + .seconds(60)) { await source.read($0) } }
    try await until { source.readings.count == 1 }
    await #expect(throws: StoreError.deadlinePassed(statement: nil)) {
      try await shared.answer(2, until: .now + .milliseconds(20)) { await source.read($0) }
    }
    let cancelled = Task { try await shared.answer(3, until: .now + .seconds(60)) { await source.read($0) } }
    try await until { await shared.waiting == 2 }
    cancelled.cancel()
    await #expect(throws: StoreError.cancelled) { try await cancelled.value }
    source.letGo()
    #expect(try await patient.value == 1)
    // The reading that nobody waits for any more does not take place.
    #expect(try await shared.answer(4, until: .now + .seconds(60)) { await source.read($0) } == 2)
    #expect(source.readings == [[1], [4]])
  }
}
