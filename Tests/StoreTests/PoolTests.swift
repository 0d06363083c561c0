import Store
import Synchronization
import TestSupport
import Testing

/// Who came when.
private final class Order: Sendable {
  private let list = Mutex<[Int]>([])

  var numbers: [Int] { list.withLock { $0 } }

  func append(_ number: Int) { list.withLock { $0.append(number) } }
}

@Suite(.timeLimit(.minutes(2)))
struct PoolTests {
  private func limits(_ connections: Int, waiting: Int = 256) -> Pool.Limits {
    var limits = Pool.Limits(connections: connections)
    limits.waiting = waiting
    limits.waitingTime = ample
    limits.openingTime = ample
    limits.firstPause = .milliseconds(10)
    limits.longestPause = .milliseconds(50)
    return limits
  }

  private func pool(_ limits: Pool.Limits) async throws -> (target: ConnectionString, pool: Pool) {
    let target = try await TestCluster.shared.makeDatabase()
    return (target, Pool(target, limits: limits))
  }

  private func awaitState(_ pool: Pool, _ isWanted: (Pool.State) -> Bool) async throws {
    while !isWanted(await pool.state) { try await breathe() }
  }

  @Test func manyRequestsShareAFewConnections() async throws {
    let (_, pool) = try await pool(limits(3))
    try await pool.run(deadline: ample) { try $0.execute("CREATE TABLE item (code integer)") }
    let pids = try await withThrowingTaskGroup { group in
      for number in 0..<100 {
        group.addTask {
          try await pool.transaction(deadline: ample) { session in
            try session.execute("INSERT INTO item VALUES (\(number))")
            return try session.queryOne(BackendPID())
          }
        }
      }
      return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
    }
    #expect((1...3).contains(pids.count))
    #expect(try await pool.run(deadline: ample) { try $0.queryOne(CountRows()) } == 100)
    let state = await pool.state
    #expect(state.open == state.idle)
    #expect(state.waiting == 0)
    await pool.close(deadline: ample)
  }

  @Test func waitersAreServedInOrder() async throws {
    let (_, pool) = try await pool(limits(1))
    let order = Order()
    let tasks = try await pool.withConnection(deadline: ample) { _ in
      var tasks: [Task<Void, any Error>] = []
      for number in 0..<5 {
        tasks.append(
          Task { try await pool.run(deadline: ample) { _ in order.append(number) } })
        // Each is in the queue before the next comes.
        try await awaitState(pool) { $0.waiting == number + 1 }
      }
      return tasks
    }
    for task in tasks { try await task.value }
    #expect(order.numbers == [0, 1, 2, 3, 4])
  }

  @Test func waitingIsBoundedInNumber() async throws {
    let (_, pool) = try await pool(limits(1, waiting: 2))
    try await pool.withConnection(deadline: ample) { _ in
      let first = Task { try await pool.run(deadline: ample) { _ in } }
      let second = Task { try await pool.run(deadline: ample) { _ in } }
      try await awaitState(pool) { $0.waiting == 2 }
      let error = await failure { try await pool.run(deadline: ample) { _ in } }
      #expect(
        error
          == .poolExhausted(reason: "2 requests wait for the database already, 2 of them yours", over: nil))
      first.cancel()
      second.cancel()
      #expect(await failure { try await first.value } == .cancelled)
      #expect(await failure { try await second.value } == .cancelled)
      #expect(await pool.state.waiting == 0)
    }
    // The cancelled ones have taken nothing with them.
    try await pool.run(deadline: ample) { _ in }
  }

  @Test func waitingIsBoundedInTime() async throws {
    let (_, pool) = try await pool(limits(1))
    try await pool.withConnection(deadline: ample) { _ in
      let error = await failure { try await pool.run(deadline: .milliseconds(50)) { _ in } }
      #expect(error?.kind == "poolExhausted")
    }
    try await pool.run(deadline: ample) { _ in }
  }

  @Test func cancellingWaitersLosesNoConnection() async throws {
    let (_, pool) = try await pool(limits(2))
    await withTaskGroup { group in
      for number in 0..<200 {
        let task = Task { try await pool.run(deadline: ample) { try $0.execute("SELECT pg_sleep(0.001)") } }
        group.addTask {
          if number % 2 == 0 { task.cancel() }
          _ = await failure { try await task.value }
        }
      }
    }
    let state = await pool.state
    #expect(state.open == state.idle)
    // Both can be lent at once still.
    try await pool.withConnection(deadline: ample) { _ in
      try await pool.withConnection(deadline: ample) { _ in }
    }
  }

  @Test func deadConnectionsAreReplaced() async throws {
    let (target, pool) = try await pool(limits(2))
    let watcher = try await open(target)
    let first = try await pool.run(deadline: ample) { try $0.queryOne(BackendPID()) }
    let pid = try #require(first)
    try await watcher.terminate(pid)
    // Not even one request notices.
    let second = try await pool.run(deadline: ample) { try $0.queryOne(BackendPID()) }
    #expect(second != first)
    #expect(await pool.state.open == 1)
  }

  @Test func aConnectionThatDiesInUseIsReplaced() async throws {
    let (target, pool) = try await pool(limits(1))
    let watcher = try await open(target)
    let pid = try #require(try await pool.run(deadline: ample) { try $0.queryOne(BackendPID()) })
    let lost = Task { try await pool.run(deadline: ample) { try $0.execute("SELECT pg_sleep(600)") } }
    try await awaitRunning("%pg_sleep(600)%", on: watcher)
    let next = Task { try await pool.run(deadline: ample) { try $0.queryOne(BackendPID()) } }
    try await awaitState(pool) { $0.waiting == 1 }
    try await watcher.terminate(pid)
    #expect(await failure { try await lost.value }?.kind == "connectionLost")
    #expect(try await next.value != pid)
  }

  @Test func aConnectionThatWasMisusedIsCleanAgain() async throws {
    let (_, pool) = try await pool(limits(1))
    _ = await failure { try await pool.run(deadline: ample) { try $0.execute("BEGIN") } }
    try await pool.run(deadline: ample) { session in
      try session.transaction { try $0.execute("SELECT 1") }
    }
  }

  @Test func sessionsAreSetUpOnce() async throws {
    struct Setting: Statement {
      let name = "test_setting"
      let sql = "SELECT current_setting('lock_timeout')"
      func decode(_ row: Row) throws -> String { try row.text(0) }
    }
    let target = try await TestCluster.shared.makeDatabase()
    let pool = Pool(target, limits: limits(1)) { try $0.execute("SET lock_timeout = '7s'") }
    #expect(try await pool.run(deadline: ample) { try $0.queryOne(Setting()) } == "7s")
    let broken = Pool(target, limits: limits(1)) { try $0.execute("SET no_such_thing = 1") }
    let error = await failure { try await broken.run(deadline: ample) { _ in } }
    #expect(error?.kind == "unavailable")
  }

  @Test func withoutAServerRequestsFailAtOnceUntilItIsBack() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var settings = PrivateCluster.Settings(stateDirectory: folder.path)
    settings.isDurable = false
    var cluster = try await PrivateCluster.start(settings)
    let pool = Pool(cluster.connectionString, limits: limits(2))
    try await pool.run(deadline: ample) { _ in }
    await cluster.stop()

    let first = await failure { try await pool.run(deadline: ample) { _ in } }
    #expect(first?.kind == "unavailable")
    let state = await pool.state
    #expect(state.isFailing)
    #expect(state.open == 0)
    #expect(state.lastError?.contains(".s.PGSQL.5432") == true)
    let second = await failure { try await pool.run(deadline: ample) { _ in } }
    guard case .unavailable(let reason)? = second else {
      return #expect(Bool(false), "\(String(describing: second))")
    }
    #expect(reason.contains("the next attempt"))

    cluster = try await PrivateCluster.start(settings)
    try await awaitState(pool) { !$0.isFailing }
    try await pool.run(deadline: ample) { _ in }
    await pool.close(deadline: ample)
    await cluster.stop()
  }

  @Test func closingWaitsForWhatRuns() async throws {
    let (target, pool) = try await pool(limits(1))
    let watcher = try await open(target)
    try await watcher.execute("SELECT pg_advisory_lock(1)")
    let running = Task {
      try await pool.run(deadline: ample) { try $0.execute("SELECT pg_advisory_lock(1)") }
    }
    try await awaitRunning("%pg_advisory_lock(1)%", on: watcher)
    let waiting = Task { try await pool.run(deadline: ample) { _ in } }
    try await awaitState(pool) { $0.waiting == 1 }
    async let closing: Void = pool.close(deadline: ample)
    try await awaitState(pool) { $0.isClosed }
    try await watcher.execute("SELECT pg_advisory_unlock(1)")
    await closing
    try await running.value
    #expect(await failure { try await waiting.value }?.kind == "unavailable")
    #expect(await failure { try await pool.run(deadline: ample) { _ in } }?.kind == "unavailable")
    #expect(await pool.state.open == 0)
  }

  @Test func closingCancelsWhatRunsTooLong() async throws {
    let (target, pool) = try await pool(limits(1))
    let watcher = try await open(target)
    let running = Task {
      try await pool.run(deadline: .seconds(600)) { try $0.execute("SELECT pg_sleep(600)") }
    }
    try await awaitRunning("%pg_sleep(600)%", on: watcher)
    await pool.close(deadline: .milliseconds(50))
    #expect(await failure { try await running.value } == .cancelled)
    try await awaitState(pool) { $0.open == 0 }
  }

  // MARK: Shares

  private let hog = Borrower(name: "hog")
  private let other = Borrower(name: "other")
  private let root = Borrower(name: "root", mayUseReserve: true)

  /// Borrows a connection for somebody until the gate opens.
  private func hold(_ pool: Pool, for borrower: Borrower?, changing object: String? = nil, until gate: Gate)
    -> Task<Void, any Error>
  {
    Task {
      try await Borrower.$current.withValue(borrower) {
        try await pool.withConnection(changing: object, deadline: ample) { _ in
          gate.entered(borrower?.name ?? "")
          await gate.opened()
        }
      }
    }
  }

  /// Borrows for somebody, who has to get a connection though others hold or want theirs.
  private func borrow(_ pool: Pool, for borrower: Borrower?, changing object: String? = nil) async throws {
    try await Borrower.$current.withValue(borrower) {
      try await pool.run(changing: object, deadline: ample) { _ in }
    }
  }

  @Test func nobodyTakesAllConnections() async throws {
    let (_, pool) = try await pool(limits(8))
    let gate = Gate()
    var tasks = (0..<20).map { _ in hold(pool, for: hog, until: gate) }
    // Half of them, and the others wait.
    try await awaitState(pool) { $0.open - $0.idle == 4 && $0.waiting == 16 }
    for borrower in [other, root, nil] { try await borrow(pool, for: borrower) }
    // Slow requests of whoever it is leave four.
    tasks.append(hold(pool, for: Borrower(name: "export", isSlow: true), until: gate))
    try await awaitState(pool) { $0.waiting == 17 }
    // Others have one each as far as the reserve, which is the administrators'.
    for number in 0..<3 { tasks.append(hold(pool, for: Borrower(name: "\(number)"), until: gate)) }
    try await awaitState(pool) { $0.open - $0.idle == 6 && $0.waiting == 18 }
    for borrower in [root, nil] { try await borrow(pool, for: borrower) }
    gate.open()
    for task in tasks { try await task.value }
    let state = await pool.state
    #expect(state.open == state.idle)
    #expect(state.waiting == 0)
  }

  @Test func whoHoldsFewestIsNext() async throws {
    let (_, pool) = try await pool(limits(1))
    let gate = Gate()
    let order = Order()
    let first = hold(pool, for: hog, until: gate)
    try await awaitState(pool) { $0.open == 1 && $0.idle == 0 }
    let turns = [(hog, 1), (hog, 2), (hog, 3), (other, 4), (other, 5)]
    var tasks: [Task<Void, any Error>] = []
    for (count, (borrower, number)) in turns.enumerated() {
      tasks.append(
        Task {
          try await Borrower.$current.withValue(borrower) {
            try await pool.run(deadline: ample) { _ in order.append(number) }
          }
        })
      try await awaitState(pool) { $0.waiting == count + 1 }
    }
    gate.open()
    for task in tasks + [first] { try await task.value }
    #expect(order.numbers == [4, 1, 5, 2, 3])
  }

  @Test func whoeverHasMostOfTheQueueMakesRoom() async throws {
    let (_, pool) = try await pool(limits(1, waiting: 4))
    let gate = Gate()
    var held = [hold(pool, for: nil, until: gate)]
    try await awaitState(pool) { $0.open == 1 && $0.idle == 0 }
    let refusals = Order()
    let hogs = (0..<4).map { number in
      Task {
        do { try await hold(pool, for: hog, until: gate).value } catch {
          refusals.append(number)
          throw error
        }
      }
    }
    try await awaitState(pool) { $0.waiting == 4 }
    let crowded = StoreError.poolExhausted(
      reason: "4 requests wait for the database already, 4 of them yours", over: "hog")
    #expect(await failure { try await hold(pool, for: hog, until: gate).value } == crowded)
    held.append(hold(pool, for: other, until: gate))
    held.append(hold(pool, for: root, until: gate))
    // Two of the hog's make room, as soon as the others have asked.
    try await awaitState(pool) { _ in refusals.numbers.count == 2 }
    gate.open()
    for task in held { try await task.value }
    var errors: [StoreError] = []
    for task in hogs { if let error = await failure({ try await task.value }) { errors.append(error) } }
    #expect(
      Set(errors) == [
        crowded,
        .poolExhausted(reason: "4 requests wait for the database already, 3 of them yours", over: "hog"),
      ])
  }

  @Test func changesOfOneObjectHoldOneConnection() async throws {
    let (_, pool) = try await pool(limits(8))
    let gate = Gate()
    let tasks = (0..<10).map { hold(pool, for: $0 < 5 ? hog : other, changing: "firm F-1", until: gate) }
    try await awaitState(pool) { $0.open - $0.idle == 1 && $0.waiting == 9 }
    // Another object, and no object, wait for nobody.
    try await borrow(pool, for: hog, changing: "firm F-2")
    try await borrow(pool, for: hog)
    gate.open()
    for task in tasks { try await task.value }
    // The two who wanted the same object took turns.
    let names = gate.names.filter { $0 == "hog" || $0 == "other" }
    #expect(names.count == 10)
    #expect(names.dropFirst(2).prefix(6).filter { $0 == "other" }.count == 3)
    #expect(await pool.state.waiting == 0)
  }
}

/// Those who have come in, and the door that lets them out.
private final class Gate: Sendable {
  private struct State {
    var names: [String] = []
    var isOpen = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var names: [String] { state.withLock { $0.names } }

  func entered(_ name: String) { state.withLock { $0.names.append(name) } }

  func opened() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
