import Domain
import Logging
import Matching
import Store

/// Keeps the published lists true: whole runs on request, and revisions that follow single changes by themselves;
/// one at a time over all daemons on the database.
///
/// A run holds a lock of its own database session from its first step to its last, a revision for the moment it
/// takes. Whatever kills the daemon ends that session and so the lock; the run's row stays `running` until the next
/// holder of the lock closes it, and nothing of it was published, since lists and the pointer to them become visible
/// in one commit.
actor Rescoring {
  /// How far a run has come.
  struct Progress: Sendable {
    var step: String
    var done: Int
    var of: Int
  }

  /// What came of a request to rescore.
  enum Outcome: Sendable {
    /// The lists are those of the registry as it is.
    case unchanged(RunRevision)
    case published(Published)
  }

  struct Published: Sendable {
    var id: RunRevision
    var policy: Int
    var investors: Int
    var candidates: Int
    var deals: Int
    var listsChanged: Int
    /// Of a run; a revision has none.
    var digest: String?
    var duration: Duration
    /// Exchange rates that were missing.
    var missingRates: [MissingRate]
  }

  /// Why a run does not start.
  enum Refusal: Error {
    /// Another one is under way, here or in another daemon.
    case busy(run: Int?)
  }

  /// A run was told to stop.
  struct Stopped: Error {}

  /// What is to be done in the transactions that begin and that publish a run, for audit and `key=`.
  struct Hooks: Sendable {
    var begun: @Sendable (Int, Session) throws -> Void = { _, _ in }
    var published: @Sendable (Published, Session) throws -> Void = { _, _ in }
  }

  private struct Running {
    var number: Int
    var work: RankingWork
    var progress: Progress
    var task: Task<Outcome, any Error>?
  }

  private let inForce: SettingsInForce
  private let database: ConnectionString
  private let upkeep: Upkeep
  private let picture: Picture
  private let health: BackgroundHealth
  private let errors: ErrorMapping
  private let logger: Logger
  private var running: Running?
  private var isClosed = false
  /// Whether a run is being started or a revision made.
  private var isTaken = false
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private var isGivingRoom = false
  /// For revisions; kept, since they come often.
  private var revising: Connection?

  private var settings: Desk.Settings { inForce.now }

  init(
    settings: SettingsInForce, database: ConnectionString, upkeep: Upkeep, picture: Picture,
    health: BackgroundHealth, errors: ErrorMapping, logger: Logger
  ) {
    inForce = settings
    self.database = database
    self.upkeep = upkeep
    self.picture = picture
    self.health = health
    self.errors = errors
    self.logger = logger
  }

  /// How long a run waits for another daemon's revision.
  private static let lockTime = Duration.seconds(10)
  /// Lists to forget from which on their room is worth a VACUUM.
  private static let manyLists = 1_000

  var statusLine: String {
    guard let running else { return "idle" }
    return
      "run \(running.number), \(running.progress.step) \(running.progress.done) of \(running.progress.of)"
  }

  // MARK: Runs

  /// Brings the lists up to date, by a revision of the run in force where that will do, else by a new run; and gives
  /// the run's number with the task that carries it through.
  ///
  /// - Parameter force: Starts a new run even if nothing has changed.
  /// - Throws: ``Refusal``, `StoreError`.
  func start(
    force: Bool, by principal: String, hooks: Hooks,
    progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> (run: Int?, task: Task<Outcome, any Error>) {
    guard running == nil else { throw Refusal.busy(run: running?.number) }
    await take()
    defer { release() }
    guard !isClosed else { throw StoreError.unavailable(reason: "the daemon is shutting down") }
    guard running == nil else { throw Refusal.busy(run: running?.number) }
    let connection = try await open()
    do {
      try await lock(connection)
      let found = try await look()
      if !force, !found.needsRun {
        let outcome = try await revise(found, connection, hooks, progress)
        await finish(connection)
        return (nil, Task { outcome })
      }
      let started = try await begin(found, by: principal, connection, hooks, progress)
      return (started.number, started.task!)
    } catch {
      await connection.close()
      throw error
    }
  }

  private func begin(
    _ found: Found, by principal: String, _ connection: Connection, _ hooks: Hooks,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> Running {
    let (policy, host) = (Int(found.served.policy.number), settings.host)
    let number = try await connection.transaction(deadline: Limits.publishingTime) { session in
      let number = try RunStore.begin(policy: policy, host: host, by: principal, in: session)
      try hooks.begun(number, session)
      return number
    }
    let work = RankingWork(scorer: found.served.scorer) { done, of in
      let step = Progress(step: "score", done: done, of: of)
      progress(step)
      Task { await self.note(number, step) }
    }
    if found.abandoned { giveRoomBack() }
    running = Running(number: number, work: work, progress: Progress(step: "score", done: 0, of: 0))
    running!.task = Task { try await self.carry(number, found, hooks, work, connection, progress) }
    return running!
  }

  /// Stops a run of this daemon; false when it is not under way here.
  func stop(_ number: Int) -> Bool {
    guard let running, running.number == number else { return false }
    running.work.stop()
    return true
  }

  /// Stops what runs and takes nothing more.
  func close() async {
    isClosed = true
    running?.work.stop()
    _ = await running?.task?.result
    await take()
    await revising?.close()
    release()
  }

  private func carry(
    _ number: Int, _ found: Found, _ hooks: Hooks, _ work: RankingWork, _ connection: Connection,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> Outcome {
    do {
      let published = try await rank(work) {
        try await self.publish(number, found, hooks, work, connection, progress)
      }
      running = nil
      // Pruning runs after the reply. It needs the lock; VACUUM, which may wait long for others, does not.
      Task {
        let forgotten = await self.health.attempt(.maintenance) { try await self.prune(connection) }
        await self.finish(connection)
        giveMemoryBack()
        if let forgotten, forgotten >= Self.manyLists { self.giveRoomBack() }
      }
      logger.info(
        "A run is published",
        metadata: [
          "run": "\(published.id)", "lists_changed": "\(published.listsChanged)",
          "duration": "\(published.duration)",
        ])
      return .published(published)
    } catch {
      await fail(number, error, connection)
      throw error
    }
  }

  private func note(_ number: Int, _ progress: Progress) {
    if running?.number == number { running?.progress = progress }
  }

  /// Writes the lists while they are ranked, and shows them once all are written.
  private func publish(
    _ number: Int, _ found: Found, _ hooks: Hooks, _ work: RankingWork, _ connection: Connection,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> Published {
    let (served, started) = (found.served, ContinuousClock.now)
    var revision = found.revision
    revision.id = RunRevision(run: number)
    let (candidates, missingRates) = (served.snapshot.openCandidateCount, served.scorer.missingRates)
    return try await picture.publish(as: revision.id, on: served) { [revision] in
      try await connection.transaction(deadline: Limits.publishingTime) { session in
        let run = try RunStore.publish(revision, candidates: candidates, in: session) { writer in
          let lists = try Self.write(work, insteadOf: served.lists, to: writer)
          let step = Progress(step: "publish", done: lists.count, of: lists.count)
          progress(step)
          Task { await self.note(number, step) }
          return lists
        }
        guard let run else { throw Stopped() }
        let published = Published(
          id: revision.id, policy: Int(served.policy.number), investors: run.lists.count,
          candidates: candidates, deals: run.lists.dealCount, listsChanged: run.listsChanged,
          digest: run.digest, duration: started.duration(to: .now), missingRates: missingRates)
        try hooks.published(published, session)
        return (run.lists, published)
      }
    }
  }

  /// Writes the lists that differ from those in force as they are ranked, and gives all.
  private static func write(
    _ work: RankingWork, insteadOf old: DealLists, to writer: RunStore.ListWriter
  ) throws -> DealLists {
    try work.forEachList { investor, list in
      if let change = old.change(of: investor, to: list) { try writer.write(change) }
    }
    guard !work.isStopped else { throw Stopped() }
    let lists = work.lists()
    try old.emptied(by: lists).forEach(writer.write)
    return lists
  }

  /// - Returns: how many lists were forgotten.
  private func prune(_ connection: Connection) async throws -> Int {
    let settings = settings
    return try await connection.transaction(deadline: Limits.publishingTime) { session in
      try RunStore.waitBriefly(in: session)
      try Ledger.forgetOldKeys(in: session)
      return try RunStore.prune(keepRuns: settings.keepRuns, keepDays: settings.keepDays, in: session)
    }
  }

  private func fail(_ number: Int, _ error: any Error, _ connection: Connection) async {
    let state: RunState = error is Stopped || error is CancellationError ? .cancelled : .failed
    let problem = state == .cancelled ? nil : errors.wireError(error, command: "RESCORE").sentence
    // Where this cannot be written, the next holder of the lock closes the row.
    _ = try? await connection.transaction(deadline: .seconds(10)) { session in
      try RunStore.end(number, state, problem: problem, in: session)
    }
    await finish(connection)
    running = nil
    giveRoomBack()
  }

  /// Gives the room of lists that nobody needs any more to the next ones. While the table is locked by others one VACUUM
  /// waits for it, however many runs end meanwhile.
  private func giveRoomBack() {
    guard !isGivingRoom else { return }
    isGivingRoom = true
    Task {
      await upkeep.run { try RunStore.vacuum($0) }
      isGivingRoom = false
    }
  }

  // MARK: Revisions

  /// Follows what has changed in the registry: brings the picture up to date, and the lists by a revision.
  ///
  /// Nothing is published before the first run, nor under a policy other than that of the run in force: that is for
  /// RESCORE.
  /// - Returns: False where it has to be called again soon, since another daemon is at work.
  func follow() async throws -> Bool {
    guard running == nil, !isClosed else {
      _ = try await picture.refresh()
      return isClosed
    }
    await take()
    defer { release() }
    do {
      if revising?.isBroken ?? true { revising = try await open() }
      guard let revising else { return false }
      guard try await revising.run(deadline: .seconds(10), { try RunStore.tryLock($0) }) else {
        _ = try await picture.refresh()
        return false
      }
      let found = try await look()
      if found.abandoned {
        try await revising.run(deadline: .seconds(10)) { try RunStore.closeAbandoned(in: $0) }
        giveRoomBack()
      }
      // A new day alone is left to the night.
      if !found.policyChanged, found.served.published != nil, found.registryChanged || !found.isSame {
        _ = try await revise(found, revising, Hooks()) { _ in }
      }
      try await revising.run(deadline: .seconds(10)) { try RunStore.unlock($0) }
      let scorer = found.served.scorer
      Task { try? await offThread { scorer.renewBlocks() } }
      return true
    } catch {
      // The lock goes with the connection.
      await revising?.close()
      revising = nil
      throw error
    }
  }

  private func revise(
    _ found: Found, _ connection: Connection, _ hooks: Hooks,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> Outcome {
    let started = ContinuousClock.now
    let (served, lag, threads) = (found.served, found.lag, settings.rescoreThreads)
    let current = served.published!
    guard !lag.isEmpty else { return .unchanged(current) }
    let update = try await offThread {
      ListUpdate(lag, scorer: served.scorer, lists: served.lists, rankedOn: served.listed, threads: threads)
    }
    let work = RankingWork(scorer: served.scorer, investors: update.toRank) { done, of in
      progress(Progress(step: "score", done: done, of: of))
    }
    try await rank(work) {}
    let ranked = work.lists()
    let (changes, lists) = try await offThread {
      let followed = update.lists(ranked)
      return (followed.changes(from: served.lists), served.lists.replacing(followed))
    }
    var revision = found.revision
    if changes.isEmpty {
      try await picture.publish(as: current, on: served) { [revision] in
        try await connection.transaction(deadline: Limits.publishingTime) { session in
          try RunStore.move(current, to: revision.watermark, asOf: revision.asOf, in: session)
        }
        return (lists, ())
      }
      return .unchanged(current)
    }
    revision.id = RunRevision(run: current.run, revision: current.revision + 1)
    let published = Published(
      id: revision.id, policy: Int(served.policy.number), investors: lists.count,
      candidates: served.snapshot.openCandidateCount, deals: lists.dealCount, listsChanged: changes.count,
      duration: started.duration(to: .now), missingRates: served.scorer.missingRates)
    try await picture.publish(as: published.id, on: served) { [revision] in
      try await connection.transaction(deadline: Limits.publishingTime) { session in
        try RunStore.publish(revision, changes: changes, in: session)
        try hooks.published(published, session)
      }
      return (lists, ())
    }
    if update.isWide { giveMemoryBack() }
    logger.debug(
      "A revision is published",
      metadata: ["run": "\(published.id)", "lists_changed": "\(published.listsChanged)"])
    return .published(published)
  }

  // MARK: Steps of both

  /// What is published is made from, and what has changed since.
  private struct Found: Sendable {
    var served: Served
    /// What has changed that lists depend on, the policy aside.
    var lag: Lag
    var policyChanged: Bool
    /// Sectors or rates have changed.
    var registryChanged: Bool
    /// Whether the run in force was made on another day, or there is none.
    var isOld: Bool
    /// A run that a crash has left open.
    var abandoned: Bool
    /// Of what will be published, its number aside.
    var revision: StoredRevision

    /// Whether no candidate and no investor has changed.
    var isSame: Bool { lag.candidates.isEmpty && lag.investors.isEmpty }
    /// Whether a revision will not do.
    var needsRun: Bool { policyChanged || isOld }
  }

  /// Brings the picture up to date and finds out what has changed since what is published. Only the holder of the
  /// lock can rely on it.
  private func look() async throws -> Found {
    let (served, (basis, candidates, investors, shared, open)) = try await picture.refresh {
      session, served -> (RunStore.Basis?, [Int32], [Int32], Bool, Int?) in
      let open = try RunStore.underWay(in: session)
      guard let published = served.published, let basis = try RunStore.basis(of: published, in: session)
      else {
        return (nil, [], [], false, open)
      }
      // Another daemon may have found that a change leaves all lists as they are; for the reserves kept here it may not.
      let since = served.rankedAt ?? basis.watermark
      let changed = try RunStore.changedIDs(since: since, in: session)
      let shared = try RunStore.sharedChanged(since: since, in: session)
      return (basis, changed.candidates, changed.investors, shared, open)
    }
    let day = served.snapshot.asOf.description
    let policyChanged = basis.map { $0.policy != Int(served.policy.number) } ?? false
    var lag = Lag(
      candidates: Set(candidates), investors: Set(investors), isTotal: shared || basis?.asOf != day)
    // Ids alone do not tell which words were countries.
    if !lag.isEmpty, served.listed?.countries != served.snapshot.countries { lag.isTotal = true }
    let revision = StoredRevision(
      id: RunRevision(run: 1), previous: served.published, policyChanged: policyChanged,
      registryChanged: basis != nil && lag.isTotal, changedCandidates: candidates,
      changedInvestors: investors,
      watermark: served.watermark, asOf: day)
    return Found(
      served: served, lag: lag, policyChanged: policyChanged, registryChanged: shared,
      isOld: basis?.runAsOf != day,
      abandoned: open != nil, revision: revision)
  }

  private func open() async throws -> Connection {
    try await Connection.open(
      database, deadline: .seconds(10), logger: logger, prepare: SessionSettings.apply)
  }

  /// Becomes the only one of all daemons. Another one's revision is waited for, another one's run is not.
  private func lock(_ connection: Connection) async throws {
    let limit = ContinuousClock.now + Self.lockTime
    while true {
      let (isLocked, run) = try await connection.run(deadline: .seconds(10)) { session in
        try RunStore.tryLock(session) ? (true, nil) : (false, try RunStore.underWay(in: session))
      }
      if isLocked { return }
      guard run == nil, ContinuousClock.now < limit else { throw Refusal.busy(run: run) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Lets go of the lock and of the connection that holds it.
  private func finish(_ connection: Connection) async {
    try? await connection.run(deadline: .seconds(5)) { try RunStore.unlock($0) }
    await connection.close()
  }

  /// Starting a run and making a revision take turns.
  private func take() async {
    guard isTaken else {
      isTaken = true
      return
    }
    await withCheckedContinuation { waiters.append($0) }
  }

  private func release() {
    if waiters.isEmpty { isTaken = false } else { waiters.removeFirst().resume() }
  }

  /// Ranks on as many threads as the settings say, beside `body`; both are done when it returns.
  private func rank<Result: Sendable>(
    _ work: RankingWork, beside body: () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<max(1, min(settings.rescoreThreads, work.count)) {
        group.addTask { try await offThread { work.run() } }
      }
      do {
        let result = try await body()
        try await group.waitForAll()
        return result
      } catch {
        work.stop()
        throw error
      }
    }
  }
}
