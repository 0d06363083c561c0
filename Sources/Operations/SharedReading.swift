import Store

/// One reading for all who ask for something at one time.
///
/// A request gets what a reading found that began after it asked, never what one found that was under way already: so it
/// sees all that was committed before. One reading runs at a time, so that however many ask, they cost the database one
/// connection.
actor SharedReading<Question: Sendable, Answer: Sendable> {
  typealias Read = @Sendable ([Question]) async throws -> [Answer]

  private struct Waiter {
    let question: Question
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Answer, any Error>
  }

  /// Questions of one reading at most.
  private let most: Int
  /// How long after the begin of a reading the next one begins at the earliest, by what was found.
  private let pause: @Sendable ([Answer]) -> Duration
  private var lastWaiter: UInt64 = 0
  /// Those who wait, in order of their numbers; those of the reading under way come first.
  private var waiters: [UInt64: Waiter] = [:]
  /// The questions that no reading has taken up yet.
  private var open: [UInt64] = []
  private var isReading = false
  private var alarm: (due: ContinuousClock.Instant, task: Task<Void, Never>)?

  init(atMost most: Int = .max, pause: @escaping @Sendable ([Answer]) -> Duration = { _ in .zero }) {
    self.most = most
    self.pause = pause
  }

  /// Requests that have no answer yet.
  var waiting: Int { waiters.count }

  /// - Parameters:
  ///   - deadline: Until when this request waits; the reading itself goes on for the others.
  ///   - read: Answers questions, in their order. The same for every request.
  /// - Throws: `StoreError.deadlinePassed`, `cancelled`, or what the reading throws.
  func answer(_ question: Question, until deadline: ContinuousClock.Instant, _ read: @escaping Read)
    async throws -> Answer
  {
    lastWaiter += 1
    let id = lastWaiter
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if Task.isCancelled { return continuation.resume(throwing: StoreError.cancelled) }
        waiters[id] = Waiter(question: question, deadline: deadline, continuation: continuation)
        open.append(id)
        setAlarm(deadline)
        guard !isReading else { return }
        isReading = true
        // The program's own task: it outlives the request that began it, and serves others.
        Task.detached { await self.readAll(read) }
      }
    } onCancel: {
      Task.detached { await self.end(id, .failure(StoreError.cancelled)) }
    }
  }

  private func readAll(_ read: Read) async {
    while !open.isEmpty {
      let taken = open.prefix(most).filter { waiters[$0] != nil }
      open.removeFirst(min(most, open.count))
      guard !taken.isEmpty else { continue }
      let started = ContinuousClock.now
      do {
        let answers = try await read(taken.map { waiters[$0]!.question })
        for (id, answer) in zip(taken, answers) { end(id, .success(answer)) }
        let pause = pause(answers)
        if pause > .zero { try? await Task.sleep(until: started + pause, clock: .continuous) }
      } catch {
        for id in taken { end(id, .failure(error)) }
      }
    }
    isReading = false
  }

  private func end(_ id: UInt64, _ result: Result<Answer, any Error>) {
    waiters.removeValue(forKey: id)?.continuation.resume(with: result)
  }

  /// Sees to it that somebody looks for deadlines at the earliest of them.
  private func setAlarm(_ due: ContinuousClock.Instant) {
    if let alarm, alarm.due <= due { return }
    alarm?.task.cancel()
    let task = Task.detached { [weak self] in
      guard (try? await Task.sleep(until: due, clock: .continuous)) != nil else { return }
      await self?.ring()
    }
    alarm = (due, task)
  }

  private func ring() {
    alarm = nil
    for (id, waiter) in waiters where waiter.deadline <= .now {
      end(id, .failure(StoreError.deadlinePassed(statement: nil)))
    }
    if let earliest = waiters.values.map(\.deadline).min() { setAlarm(earliest) }
  }
}
