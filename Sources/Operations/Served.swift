import Domain
import Matching
import Store
import Synchronization
import Wire

/// What the daemon answers from without asking the database: an immutable picture, replaced as a whole. A class, since
/// whoever answers a request takes hold of it.
final class Served: Sendable {
  /// Prepared for the policy in force; holds the snapshot of the registry.
  let scorer: Scorer
  /// What the snapshot was read from: all that this PostgreSQL snapshot sees.
  let watermark: String
  /// The life of the server that the watermark belongs to.
  let life: String
  /// The published state that ``lists`` are of; nil before the first run.
  let published: RunRevision?
  let lists: DealLists
  /// The registry that the lists were ranked on; nil where that is not at hand. It shares with the present one all that
  /// has not changed.
  let listed: Snapshot?
  /// What the lists are true to, their reserves included, which no other daemon keeps: all that this PostgreSQL snapshot
  /// sees. It may be older than what the published state was made from.
  let rankedAt: String?
  /// Ids of investors with funds below them.
  let houses: Set<Int32>
  /// Of these lists on this registry.
  let shown: ShownLists
  /// Of this registry.
  let texts: CandidateTexts

  var snapshot: Snapshot { scorer.snapshot }
  var policy: Policy { scorer.policy }

  /// - Parameter before: What was served before, of which is kept what still holds.
  private init(
    scorer: Scorer, watermark: String, life: String, published: RunRevision?, lists: DealLists,
    listed: Snapshot?, rankedAt: String?, after before: Served?
  ) {
    self.scorer = scorer
    self.watermark = watermark
    self.life = life
    self.published = published
    self.lists = lists
    self.listed = listed
    self.rankedAt = rankedAt
    let snapshot = scorer.snapshot
    if let before, before.scorer === scorer, before.published == published {
      shown = before.shown
    } else {
      shown = ShownLists()
    }
    if let before, before.snapshot === snapshot {
      (houses, texts) = (before.houses, before.texts)
    } else {
      let keepsHouses = before.map { snapshot.hasHouses(of: $0.snapshot) } ?? false
      houses = keepsHouses ? before!.houses : Self.houses(of: snapshot)
      texts = CandidateTexts(count: snapshot.candidateCount)
    }
  }

  /// A registry without lists.
  convenience init(scorer: Scorer, watermark: String, life: String) {
    self.init(
      scorer: scorer, watermark: watermark, life: life, published: nil, lists: DealLists(), listed: nil,
      rankedAt: nil, after: nil)
  }

  /// This with another picture of the registry.
  func with(scorer: Scorer, watermark: String, listed: Snapshot?) -> Served {
    Served(
      scorer: scorer, watermark: watermark, life: life, published: published, lists: lists, listed: listed,
      rankedAt: rankedAt, after: self)
  }

  /// This as of a later moment, at which nothing has changed.
  func with(watermark: String) -> Served { with(scorer: scorer, watermark: watermark, listed: listed) }

  /// Whether all of it is as the database has it.
  func isCurrent(_ news: SnapshotReader.News) -> Bool {
    news.isEmpty && news.life == life && news.day == snapshot.asOf && news.published == published
      && news.policy == Int(policy.number)
  }

  /// This with other lists.
  func with(lists: DealLists, as id: RunRevision?, listed: Snapshot?, rankedAt: String?) -> Served {
    Served(
      scorer: scorer, watermark: watermark, life: life, published: id, lists: lists, listed: listed,
      rankedAt: rankedAt,
      after: self)
  }

  private static func houses(of snapshot: Snapshot) -> Set<Int32> {
    Set((0..<snapshot.investorCount).compactMap { snapshot.investorParent(at: $0) })
  }

  /// The index of an investor.
  /// - Throws: 550 when there is none.
  func investor(_ code: String) throws(WireError) -> Int {
    guard let index = snapshot.investor(code: code) else { throw .notFound("investor", code) }
    return index
  }

  /// The published list of an investor at an index, a house's own alone.
  func list(of investor: Int) -> ArraySlice<Deal> { lists[snapshot.investorID(at: investor)] ?? [] }

  func isHouse(_ investor: Int) -> Bool { houses.contains(snapshot.investorID(at: investor)) }

  func isHouse(_ code: String) -> Bool { snapshot.investor(code: code).map(isHouse) ?? false }

  /// Whether an investor stands below a house, however far. O(levels · log investors).
  func isInvestor(_ code: String, ofHouse house: String) -> Bool {
    guard let house = snapshot.investor(code: house), var fund = snapshot.investor(code: code) else {
      return false
    }
    // Bounded, should somebody have made a circle of houses by hand.
    for _ in 0..<houses.count {
      guard let parent = snapshot.investorParent(at: fund).flatMap(snapshot.investor(id:)) else {
        return false
      }
      if parent == house { return true }
      fund = parent
    }
    return false
  }

  /// The funds whose lists make an investor's: itself, or for a house those below it, and itself where it
  /// states a mandate of its own.
  func funds(of investor: Int) -> [Int] {
    guard isHouse(investor) else { return [investor] }
    let row = snapshot.investorRow(at: investor)
    let hasMandate = !row.stages.isEmpty || !row.sectors.isEmpty
    return (hasMandate ? [investor] : []) + snapshot.funds(ofHouse: investor)
  }
}

/// Keeps ``Served`` true to the database.
///
/// Commands that need the registry as it is now call ``refresh(_:)``, which reads what has changed since the
/// last picture; lists change when a run or a revision of it is published, here or by another daemon.
actor Picture {
  private let pool: Pool
  private nonisolated let current = Mutex<Served?>(nil)
  private nonisolated let publishing = Mutex<RunRevision?>(nil)
  /// Refreshes take turns, so that a picture never steps back.
  private var turn: Task<Void, Never>?
  private let refreshes = SharedReading<Void, Served>()

  init(pool: Pool) { self.pool = pool }

  /// The picture as it is, at once; nil until ``load()`` was through.
  nonisolated var served: Served? { current.withLock { $0 } }

  /// Reads everything: registry, policy in force, published lists.
  func load() async throws {
    try await inTurn {
      let read = try await self.pool.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: Limits.readingTime
      ) {
        session in
        let publication = try RunStore.publication(in: session)
        let policy = try Self.policy(publication.policy, session)
        return try Self.whole(publication, policy, session)
      }
      self.current.withLock { $0 = read }
    }
  }

  /// Brings the picture up to all that is committed now, and gives it. Those who ask while a refresh is under way share the
  /// one that follows it.
  ///
  /// - Parameter deadline: For all of it: waiting and reading.
  nonisolated func refresh(deadline: Duration = Limits.readingTime) async throws -> Served {
    guard served != nil else { throw Self.notRead }
    return try await refreshes.answer((), until: .now + deadline) { requests in
      let served = try await self.refreshed()
      return Array(repeating: served, count: requests.count)
    }
  }

  /// Brings the picture up to date, and reads something more in the same transaction.
  ///
  /// - Parameter deadline: For waiting for the refreshes before it and for reading.
  func refresh<Extra: Sendable>(
    deadline: Duration = Limits.readingTime,
    _ extra: @escaping @Sendable (Session, Served) throws -> Extra
  ) async throws -> (served: Served, extra: Extra) {
    guard served != nil else { throw Self.notRead }
    let limit = ContinuousClock.now + deadline
    return try await inTurn {
      let before = self.served!
      let read = try await self.pool.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: ContinuousClock.now.duration(to: limit)
      ) {
        session in
        let served = try Self.update(before, session)
        return (served: served, extra: try extra(session, served))
      }
      return (self.show(read.served, after: before), read.extra)
    }
  }

  /// The picture brought up to date: by one statement where nothing has changed, which is most often.
  private func refreshed() async throws -> Served {
    try await inTurn {
      let before = self.served!
      let news = try await self.pool.run(deadline: Limits.readingTime) {
        try SnapshotReader.readNews(since: before.watermark, in: $0)
      }
      if before.isCurrent(news) { return self.show(before.with(watermark: news.watermark), after: before) }
      let read = try await self.pool.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: Limits.readingTime
      ) { try Self.update(before, $0) }
      return self.show(read, after: before)
    }
  }

  /// Shows what a refresh has read. What was published here meanwhile is shown already, with more of it known than the
  /// database keeps.
  private nonisolated func show(_ read: Served, after before: Served) -> Served {
    current.withLock { now in
      guard let shown = now, shown.life == read.life, let published = shown.published,
        read.published.map({ $0 <= published }) ?? true
      else {
        now = read
        return read
      }
      // What these lists were ranked on, but not where it would be kept beside a registry that was read anew.
      let isForgotten = before.listed != nil && read.listed == nil
      let both = read.with(
        lists: shown.lists, as: published, listed: isForgotten ? nil : shown.listed,
        rankedAt: shown.rankedAt)
      now = both
      return both
    }
  }

  private static let notRead = StoreError.unavailable(reason: "the registry has not been read yet")

  /// Whether a published state needs no look at the database: it is shown already, or on its way from this daemon.
  nonisolated func knows(_ id: RunRevision) -> Bool {
    if publishing.withLock({ $0 }) == id { return true }
    return served?.published.map { id <= $0 } ?? false
  }

  /// Commits a run or a revision of this daemon, and shows it.
  ///
  /// - Parameters:
  ///   - ranked: What its lists are ranked on.
  ///   - commit: Gives all lists; may be told of by the server's hint before it is through.
  func publish<Result: Sendable>(
    as id: RunRevision, on ranked: Served, commit: @Sendable () async throws -> (DealLists, Result)
  ) async throws -> Result {
    publishing.withLock { $0 = id }
    defer { publishing.withLock { $0 = nil } }
    let (lists, result): (DealLists, Result)
    do { (lists, result) = try await commit() } catch {
      // It may be committed all the same, with its hint passed over.
      Task { _ = try? await refresh() }
      throw error
    }
    current.withLock { served in
      served = served?.with(lists: lists, as: id, listed: ranked.snapshot, rankedAt: ranked.watermark)
    }
    return result
  }

  // MARK: Parts

  private func inTurn<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws
    -> Result
  {
    let before = turn
    let task = Task<Result, any Error> {
      await before?.value
      return try await body()
    }
    turn = Task { _ = await task.result }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// All as it is in the database.
  private static func whole(_ publication: Publication, _ policy: Policy, _ session: Session) throws -> Served
  {
    let whole = try SnapshotReader.readWhole(in: session)
    let scorer = Scorer(snapshot: try build(whole), policy: policy)
    var served = Served(scorer: scorer, watermark: whole.watermark, life: whole.life)
    try readLists(publication, into: &served, session)
    return served
  }

  private static func update(_ before: Served, _ session: Session) throws -> Served {
    let publication = try RunStore.publication(in: session)
    let changes = try SnapshotReader.readChanges(since: before.watermark, life: before.life, in: session)
    // What another life of the server has published may be less than what this one showed.
    guard changes.life == before.life else {
      return try whole(publication, try policy(publication.policy, session), session)
    }
    var (snapshot, listed) = (before.snapshot, before.listed)
    if changes.isLarge || changes.day != snapshot.asOf {
      snapshot = try build(try SnapshotReader.readWhole(in: session))
      // It shares nothing with the old one, and so much has changed that knowing it saves nothing.
      listed = nil
    } else if !changes.isEmpty {
      do { snapshot = try snapshot.replacing(changes.change) } catch {
        throw StoreError.unexpectedResult(reason: error.sentence)
      }
    }
    let policy =
      publication.policy == Int(before.policy.number)
      ? before.policy : try Self.policy(publication.policy, session)
    let isSame = snapshot === before.snapshot && policy == before.policy
    let scorer = isSame ? before.scorer : Scorer(snapshot: snapshot, policy: policy, after: before.scorer)
    var served = before.with(scorer: scorer, watermark: changes.watermark, listed: listed)
    if publication.published != before.published { try readLists(publication, into: &served, session) }
    return served
  }

  /// Reads the lists in force: of a run that is shown already those that are younger.
  private static func readLists(_ publication: Publication, into served: inout Served, _ session: Session)
    throws
  {
    guard let id = publication.published else { return }
    if let known = served.published, known.run == id.run {
      let younger = try RunStore.lists(
        after: known.revision, upTo: id, depth: served.lists.depth, in: session)
      served = served.with(
        lists: served.lists.replacing(younger), as: id, listed: served.listed, rankedAt: served.rankedAt)
      return
    }
    // Reserves of another run's lists may be another policy's, so they go.
    let lists = try RunStore.lists(upTo: id, in: session)
    let basis = try RunStore.basis(of: id, in: session)
    // The snapshot that those lists were ranked on is not at hand, unless nothing has changed since.
    let isCurrent = try basis.map { try RunStore.isCurrent($0.watermark, in: session) } ?? false
    served = served.with(
      lists: lists, as: id, listed: isCurrent ? served.snapshot : nil, rankedAt: basis?.watermark)
  }

  private static func policy(_ number: Int?, _ session: Session) throws -> Policy {
    guard let stored = try PolicyStore.get(number, in: session) else {
      throw StoreError.unexpectedResult(reason: "no policy is active")
    }
    do { return try Policy(number: Int32(stored.number), stored: stored.values) } catch {
      throw StoreError.unexpectedResult(reason: "policy \(stored.number) cannot be used: \(error.sentence)")
    }
  }

  private static func build(_ whole: SnapshotReader.Whole) throws -> Snapshot {
    do { return try whole.rows.build(asOf: whole.day) } catch {
      throw StoreError.unexpectedResult(reason: error.sentence)
    }
  }
}
