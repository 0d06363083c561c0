import Dispatch
import Domain
import Logging
import Matching
import Store
import Synchronization

/// Rescores everything and publishes the lists, one run at a time over all daemons on the database.
///
/// A run holds a lock of its own database session from its first step to its last. Whatever kills the daemon
/// ends that session and so the lock; the run's row stays `running` until the next run closes it, and nothing of
/// it was published, since lists and the pointer to them become visible in one commit.
actor Rescoring {
  /// How far a run has come.
  struct Progress: Sendable {
    var step: String
    var done: Int
    var of: Int
  }

  /// What came of a request to rescore.
  enum Outcome: Sendable {
    /// Nothing has changed since this published run.
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
    var digest: String
    var duration: Duration
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

  private let settings: Desk.Settings
  private let database: ConnectionString
  private let picture: Picture
  private let errors: ErrorMapping
  private let logger: Logger
  private var isStarting = false
  private var running: Running?
  private var isClosed = false

  init(
    settings: Desk.Settings, database: ConnectionString, picture: Picture, errors: ErrorMapping,
    logger: Logger
  ) {
    self.settings = settings
    self.database = database
    self.picture = picture
    self.errors = errors
    self.logger = logger
  }

  /// Publishing writes at most some tens of megabytes; more time than this means that something is wrong.
  private static let stepTime = Duration.seconds(300)

  var statusLine: String {
    guard let running else { return "idle" }
    return
      "run \(running.number), \(running.progress.step) \(running.progress.done) of \(running.progress.of)"
  }

  /// Starts a run and gives its number with the task that carries it through; or says why there is nothing to
  /// do.
  ///
  /// - Parameter force: Rescores even if nothing has changed.
  /// - Throws: ``Refusal``, `StoreError`.
  func start(
    force: Bool, by principal: String, hooks: Hooks,
    progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> (run: Int?, task: Task<Outcome, any Error>) {
    guard !isClosed else { throw StoreError.unavailable(reason: "the daemon is shutting down") }
    guard !isStarting, running == nil else { throw Refusal.busy(run: running?.number) }
    isStarting = true
    defer { isStarting = false }
    let connection = try await Connection.open(database, deadline: .seconds(10), logger: logger) { session in
      try session.execute(SessionSettings.sql, name: "session_settings")
    }
    do {
      guard try await connection.run(deadline: .seconds(10), { try RunStore.tryLock($0) }) else {
        throw Refusal.busy(run: nil)
      }
      let found = try await look(force: force)
      if let published = found.unchanged {
        await connection.close()
        return (nil, Task { .unchanged(published) })
      }
      let host = settings.host
      let policy = Int(found.served.policy.number)
      let number = try await connection.transaction(deadline: Self.stepTime) { session in
        let number = try RunStore.begin(policy: policy, host: host, by: principal, in: session)
        try hooks.begun(number, session)
        return number
      }
      let work = RankingWork(scorer: found.served.scorer) { done, of in
        let step = Progress(step: "score", done: done, of: of)
        progress(step)
        Task { await self.note(number, step) }
      }
      running = Running(number: number, work: work, progress: Progress(step: "score", done: 0, of: 0))
      let task = Task {
        try await self.carry(number, found, hooks, work, connection, progress)
      }
      running?.task = task
      return (number, task)
    } catch {
      await connection.close()
      throw error
    }
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
  }

  // MARK: Steps

  /// What a run is made from.
  private struct Found: Sendable {
    var served: Served
    var unchanged: RunRevision?
    var revision: StoredRevision
  }

  /// Brings the picture up to date and finds out what has changed since the published run.
  private func look(force: Bool) async throws -> Found {
    let (served, basis) = try await picture.refresh {
      session, served -> (RunStore.Basis?, [Int32], [Int32], Bool) in
      guard let published = served.published,
        let basis = try RunStore.basis(ofRun: published.run, in: session)
      else {
        return (nil, [], [], true)
      }
      let changed = try RunStore.changedIDs(since: basis.watermark, in: session)
      let shared = try RunStore.sharedChanged(since: basis.watermark, in: session)
      return (
        basis, changed.candidates, changed.investors, shared || basis.asOf != served.snapshot.asOf.description
      )
    }
    let policyChanged = basis.0.map { $0.policy != Int(served.policy.number) } ?? true
    let isSame = basis.0 != nil && !policyChanged && basis.1.isEmpty && basis.2.isEmpty && !basis.3
    let isFirst = basis.0 == nil
    let revision = StoredRevision(
      id: RunRevision(run: 1), previous: served.published, policyChanged: policyChanged && !isFirst,
      registryChanged: basis.3 && !isFirst, changedCandidates: basis.1, changedInvestors: basis.2)
    return Found(served: served, unchanged: isSame && !force ? served.published : nil, revision: revision)
  }

  private func carry(
    _ number: Int, _ found: Found, _ hooks: Hooks, _ work: RankingWork,
    _ connection: Connection, _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> Outcome {
    let started = ContinuousClock.now
    do {
      let lists = try await rank(work)
      let step = Progress(step: "publish", done: lists.count, of: lists.count)
      progress(step)
      note(number, step)
      let published = try await publish(number, found, lists, hooks, connection, started)
      await picture.publish(lists, as: published.id, policy: published.policy)
      try? await prune(connection)
      await finish(connection)
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

  private func publish(
    _ number: Int, _ found: Found, _ lists: DealLists, _ hooks: Hooks, _ connection: Connection,
    _ started: ContinuousClock.Instant
  ) async throws -> Published {
    let served = found.served
    var revision = found.revision
    revision.id = RunRevision(run: number)
    let policy = Int(served.policy.number)
    let basis = RunStore.Basis(
      watermark: served.watermark, asOf: served.snapshot.asOf.description, policy: policy)
    let result = RunStore.Result(
      run: number, basis: basis, revision: revision, candidates: served.snapshot.candidateCount, lists: lists,
      previous: served.lists)
    return try await connection.transaction(deadline: Self.stepTime) { session in
      guard let (listsChanged, digest) = try RunStore.publish(result, in: session) else { throw Stopped() }
      let published = Published(
        id: result.revision.id, policy: policy, investors: lists.count, candidates: result.candidates,
        deals: lists.dealCount, listsChanged: listsChanged, digest: digest,
        duration: started.duration(to: .now))
      try hooks.published(published, session)
      return published
    }
  }

  private func prune(_ connection: Connection) async throws {
    let settings = settings
    try await connection.transaction(deadline: Self.stepTime) { session in
      try RunStore.prune(keepRuns: settings.keepRuns, keepDays: settings.keepDays, in: session)
      try Ledger.forgetOldKeys(in: session)
    }
  }

  private func fail(_ number: Int, _ error: any Error, _ connection: Connection) async {
    let state: RunState = error is Stopped || error is CancellationError ? .cancelled : .failed
    let problem = state == .cancelled ? nil : errors.wireError(error, command: "RESCORE").sentence
    // Where this cannot be written, the next run closes the row.
    _ = try? await connection.transaction(deadline: .seconds(10)) { session in
      try RunStore.end(number, state, problem: problem, in: session)
    }
    await finish(connection)
  }

  /// Lets go of the lock and of the connection that holds it.
  private func finish(_ connection: Connection) async {
    running = nil
    try? await connection.run(deadline: .seconds(5)) { try RunStore.unlock($0) }
    await connection.close()
  }

  // MARK: Scoring

  /// Ranks on as many threads as the settings say.
  private func rank(_ work: RankingWork) async throws -> DealLists {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<max(1, settings.rescoreThreads) {
        group.addTask {
          await withCheckedContinuation { continuation in
            // Not on the shared threads: they answer requests meanwhile.
            DispatchQueue.global(qos: .utility).async {
              work.run()
              continuation.resume()
            }
          }
        }
      }
    }
    guard !work.isStopped else { throw Stopped() }
    return work.lists()
  }
}
