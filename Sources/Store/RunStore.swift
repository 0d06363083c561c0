import Domain
import Matching

/// Runs, their lists and what is published, in PostgreSQL.
public enum RunStore {
  /// Tries to become the only rescoring of all daemons on this database. The lock goes with the session.
  public static func tryLock(_ session: Session) throws -> Bool {
    try session.queryOne(RunStatements.TryLock()) ?? false
  }

  public static func unlock(_ session: Session) throws { try session.execute(RunStatements.Unlock()) }

  /// Notes a new run and gives its number. Runs that a crash left open are closed; only the holder of the lock
  /// calls this.
  public static func begin(policy: Int, host: String, by principal: String, in session: Session) throws -> Int
  {
    try session.execute(RunStatements.CloseAbandoned())
    guard let number = try session.queryOne(RunStatements.Begin(policy: policy, host: host, by: principal))
    else {
      throw StoreError.unexpectedResult(reason: "a new run got no number")
    }
    return number
  }

  /// Ends a run that publishes nothing; false when it was not running any more.
  @discardableResult
  public static func end(_ number: Int, _ state: RunState, problem: String?, in session: Session) throws
    -> Bool
  {
    try session.execute(RunStatements.End(number: number, state: state, problem: problem)) == 1
  }

  public static func get(_ number: Int, in session: Session) throws -> StoredRun? {
    try session.queryOne(RunStatements.Get(number: number))
  }

  public static func list(before: Int?, limit: Int, in session: Session) throws -> [StoredRun] {
    try session.query(RunStatements.Page(before: before, limit: limit))
  }

  public static func publication(in session: Session) throws -> Publication {
    guard let publication = try session.queryOne(RunStatements.SelectPublication()) else {
      throw StoreError.unexpectedResult(reason: "table publication has no row")
    }
    return publication
  }

  /// Makes the database's cluster the one that transaction ids belong to; see `publication.system_identifier`.
  public static func adoptCluster(in session: Session) throws {
    try session.execute(RunStatements.AdoptCluster())
  }

  /// What a published run was made from.
  public struct Basis: Sendable, Hashable {
    public var watermark: String
    public var asOf: String
    public var policy: Int

    public init(watermark: String, asOf: String, policy: Int) {
      self.watermark = watermark
      self.asOf = asOf
      self.policy = policy
    }
  }

  public static func basis(ofRun number: Int, in session: Session) throws -> Basis? {
    try session.queryOne(RunStatements.SnapshotOf(run: number)).map {
      Basis(watermark: $0.watermark, asOf: $0.asOf, policy: $0.policy)
    }
  }

  /// Candidates and investors that have changed since a watermark, by id, rising.
  public static func changedIDs(
    since watermark: String, in session: Session
  ) throws -> (candidates: [Int32], investors: [Int32]) {
    var (candidates, investors): ([Int32], [Int32]) = ([], [])
    for row in try session.query(RunStatements.ChangedIDs(since: watermark)) {
      if row.isCandidate { candidates.append(row.id) } else { investors.append(row.id) }
    }
    return (candidates, investors)
  }

  /// Whether sectors or rates have changed since a watermark.
  public static func sharedChanged(since watermark: String, in session: Session) throws -> Bool {
    try session.queryOne(SnapshotStatements.SharedChanges(since: watermark)) ?? true
  }

  /// A run that is ready to be published.
  public struct Result: Sendable {
    public var run: Int
    public var basis: Basis
    public var revision: StoredRevision
    public var candidates: Int
    public var lists: DealLists
    /// The lists in force, which `revision.previous` names; only what differs from them is written.
    public var previous: DealLists

    public init(
      run: Int, basis: Basis, revision: StoredRevision, candidates: Int, lists: DealLists, previous: DealLists
    ) {
      self.run = run
      self.basis = basis
      self.revision = revision
      self.candidates = candidates
      self.lists = lists
      self.previous = previous
    }
  }

  /// Writes a run's lists and points to them, in the transaction of the caller: its commit publishes the run
  /// whole. Gives the number of lists that changed and the digest of all, or nil when the run is not running
  /// any more.
  public static func publish(_ result: Result, in session: Session) throws -> (
    listsChanged: Int, digest: String
  )? {
    let changed = changedLists(result)
    try session.execute(RunStatements.InsertRevision(revision: result.revision, listsChanged: changed.count))
    try session.copyIn(RegistryCopies.ranking, name: "ranking_copy") { writer in
      for (investor, list) in changed {
        try writer.int(Int(investor))
        try writer.int(result.revision.id.run)
        try writer.int(result.revision.id.revision)
        try writer.intArray(list.lazy.map { Int($0.candidate) })
        try writer.intArray(list.lazy.map { Int($0.score) })
        try writer.endRow()
      }
    }
    let publish = RunStatements.Publish(
      number: result.run, watermark: result.basis.watermark, asOf: result.basis.asOf,
      investors: result.lists.count,
      candidates: result.candidates, entries: result.lists.dealCount)
    guard let digest = try session.queryOne(publish) else { return nil }
    try session.execute(RunStatements.PointTo(id: result.revision.id))
    try session.execute(RunStatements.Notify(channel: Channel.published))
    return (changed.count, digest)
  }

  /// Lists that are not as they were. An investor that had a list and has none now gets an empty one.
  private static func changedLists(_ result: Result) -> [(Int32, ArraySlice<Deal>)] {
    var changed: [(Int32, ArraySlice<Deal>)] = []
    for (index, investor) in result.lists.investors.enumerated() {
      let list = result.lists.list(at: index)
      if result.previous[investor].map({ !$0.elementsEqual(list) }) ?? true {
        changed.append((investor, list))
      }
    }
    for (index, investor) in result.previous.investors.enumerated()
    where result.lists[investor] == nil && !result.previous.list(at: index).isEmpty {
      changed.append((investor, []))
    }
    return changed
  }

  /// All lists of a published state.
  public static func lists(at id: RunRevision, in session: Session) throws -> DealLists {
    var lists = DealLists()
    try session.forEach(RunStatements.Lists(at: id)) { list in
      lists.append(
        zip(list.candidates, list.scores).map { Deal(candidate: $0, score: $1) }, of: list.investor)
    }
    return lists
  }

  /// One list of a published state, empty where there is none.
  public static func list(of investor: Int32, at id: RunRevision, in session: Session) throws -> [Deal] {
    guard let list = try session.queryOne(RunStatements.ListOf(investor: Int(investor), at: id)) else {
      return []
    }
    return zip(list.candidates, list.scores).map { Deal(candidate: $0, score: $1) }
  }

  /// Some lists of a published state, by investor.
  public static func lists(
    of investors: [Int32], at id: RunRevision, in session: Session
  ) throws -> [Int32: [Deal]] {
    var lists: [Int32: [Deal]] = [:]
    for list in try session.query(RunStatements.ListsOf(investors: investors.map(Int.init), at: id)) {
      lists[list.investor] = zip(list.candidates, list.scores).map { Deal(candidate: $0, score: $1) }
    }
    return lists
  }

  /// The newest revision of a run whose lists are still kept; nil where they are not.
  public static func newestRevision(ofRun run: Int, in session: Session) throws -> RunRevision? {
    guard let revision = try session.queryOne(RunStatements.IsKept(run: run)), let revision else {
      return nil
    }
    return RunRevision(run: run, revision: revision)
  }

  /// The revisions after one state up to another.
  public static func revisions(
    after: RunRevision, upTo: RunRevision, in session: Session
  ) throws -> [StoredRevision] {
    try session.query(RunStatements.Revisions(after: after, upTo: upTo))
  }

  /// Forgets lists of runs beyond the newest `keepRuns` or older than `keepDays`; the newest run stays.
  public static func prune(keepRuns: Int, keepDays: Int, in session: Session) throws {
    try session.execute(RunStatements.Superseded(keepRuns: keepRuns, keepDays: keepDays))
    try session.execute(RunStatements.UnusedRevisions(keepRuns: keepRuns, keepDays: keepDays))
  }
}

/// The channels of NOTIFY. A notification is a hint to look; what changed is read from the tables.
public enum Channel {
  public static let changed = "bellwether_changed"
  public static let published = "bellwether_published"
}
