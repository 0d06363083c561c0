import Domain
import Logging
import Store
import Synchronization

/// Where all who watch hear of events of introductions. What is new is read from the database once for all of them, and
/// the newest is kept; who is further behind reads for itself, on connections apart, a few at a time.
final class EventFeed: Sendable {
  /// What follows a number.
  enum Next {
    case page(EventPage)
    /// What follows up to here stands in the database only.
    case older(upTo: Int)
    /// Nothing yet.
    case nothing
  }

  private struct State {
    var watchers = 0
    /// All events between these numbers stand in the pages, in order. Kept while somebody watches.
    var oldest = 0
    var newest = 0
    var pages: [EventPage] = []
    var octets = 0
    var waiters: [Int: (due: ContinuousClock.Instant, continuation: CheckedContinuation<Void, Never>)] = [:]
    var lastWaiter = 0
  }

  /// The least time between two readings, so that those who watch do not take all of the daemon's time, and what each
  /// of them adds to it.
  private static let pause = Duration.milliseconds(10)
  private static let pausePerWatcher = Duration.microseconds(50)

  private let pool: Pool
  private let olderPool: Pool
  private let picture: Picture
  private let health: BackgroundHealth
  private let state = Mutex(State())
  private let hints: AsyncStream<Void>
  private let hint: AsyncStream<Void>.Continuation

  init(pool: Pool, database: ConnectionString, picture: Picture, health: BackgroundHealth, logger: Logger) {
    self.pool = pool
    self.picture = picture
    self.health = health
    var limits = Pool.Limits(connections: Limits.eventConnections)
    limits.reserve = 0
    limits.waiting = Limits.connections
    olderPool = Pool(database, limits: limits, logger: logger, onOpen: SessionSettings.apply)
    (hints, hint) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Looks for new events soon.
  func look() { hint.yield() }

  /// Looks for new events whenever it is told to, while somebody watches; until it is cancelled.
  func follow() async {
    for await _ in hints {
      await health.attempt(.events) {
        while let newest = state.withLock({ $0.watchers > 0 ? $0.newest : nil }) {
          guard let pause = try await read(after: newest) else { break }
          if pause > .zero { try await Task.sleep(for: pause) }
        }
      }
      release { $0.due <= .now }
    }
  }

  /// Begins a watch.
  /// - Returns: the number of the newest event.
  func open(deadline: Duration) async throws -> Int {
    let newest = try await pool.run(deadline: deadline) { try EventStore.newest(in: $0) }
    state.withLock { state in
      if state.watchers == 0 { (state.oldest, state.newest) = (newest, newest) }
      state.watchers += 1
    }
    look()
    return newest
  }

  /// Ends a watch.
  func close() {
    state.withLock { state in
      state.watchers -= 1
      if state.watchers == 0 { (state.pages, state.octets) = ([], 0) }
    }
  }

  /// What follows a number; waits for it until then, or until the task is cancelled.
  func next(after sequence: Int, until due: ContinuousClock.Instant) async -> Next {
    let waiter = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          // Whoever cancels it either is seen here or finds it waiting.
          guard state.newest <= sequence, !Task.isCancelled else { return false }
          state.waiters[waiter] = (due, continuation)
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: waiter) }?.continuation.resume()
    }
    return state.withLock { state in
      if state.newest <= sequence { return .nothing }
      if sequence < state.oldest { return .older(upTo: state.oldest) }
      return .page(Self.page(after: sequence, in: state.pages))
    }
  }

  /// The first page with a later event; there is one. O(log n).
  private static func page(after sequence: Int, in pages: [EventPage]) -> EventPage {
    var (low, high) = (0, pages.count - 1)
    while low < high {
      let middle = (low + high) / 2
      (low, high) = pages[middle].last <= sequence ? (middle + 1, high) : (low, middle)
    }
    return pages[low]
  }

  /// Reads the next events for one that watches, up to a number.
  func older(
    after sequence: Int, upTo last: Int, for side: IntroductionSide?, investors: [String]?, firm: String?
  ) async throws -> EventPage {
    try await olderPool.run(deadline: Limits.readingTime) { session in
      let events = try EventStore.page(
        after: sequence, upTo: last, investors: investors, firm: firm, in: session)
      return EventPage(events, for: [side], upTo: last)
    }
  }

  /// Closes its connections.
  func end() async { await olderPool.close(deadline: .seconds(5)) }

  /// Reads what follows the newest event.
  /// - Returns: the time before the next reading; nil where nothing was left to read.
  private func read(after newest: Int) async throws -> Duration? {
    let (page, investors, isFull) = try await pool.run(deadline: Limits.readingTime) { session in
      let events = try EventStore.page(after: newest, in: session)
      return (
        EventPage(events, for: [nil, .investor, .firm]), Set(events.map(\.investor)),
        events.count == Limits.eventPage
      )
    }
    guard page.last > newest else { return nil }
    // A house is told of its funds' events, so the funds have to be known.
    if let snapshot = picture.served?.snapshot,
      investors.contains(where: { snapshot.investor(code: $0) == nil })
    {
      _ = try await picture.refresh()
    }
    let watchers = state.withLock { state in
      // Everybody may have left meanwhile, and somebody else begun.
      guard state.newest == newest, state.watchers > 0 else { return 0 }
      state.newest = page.last
      state.pages.append(page)
      state.octets += page.octets
      while state.octets > Limits.watchedBytes, state.pages.count > 1 {
        let first = state.pages.removeFirst()
        state.octets -= first.octets
        state.oldest = first.last
      }
      return state.watchers
    }
    release { _ in true }
    return isFull ? .zero : Self.pause + Self.pausePerWatcher * watchers
  }

  /// Lets those go on who wait, where that is so.
  private func release(
    _ isDue: ((due: ContinuousClock.Instant, continuation: CheckedContinuation<Void, Never>)) -> Bool
  ) {
    let released = state.withLock { state in
      let released = state.waiters.filter { isDue($0.value) }
      for waiter in released.keys { state.waiters[waiter] = nil }
      return released
    }
    for waiter in released.values { waiter.continuation.resume() }
  }
}
