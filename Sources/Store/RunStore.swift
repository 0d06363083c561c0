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

  /// The run that is under way somewhere, or that a crash has left so.
  public static func underWay(in session: Session) throws -> Int? {
    try session.queryOne(RunStatements.UnderWay()) ?? nil
  }

  /// Closes runs that a crash left open. Only the holder of the lock may call this.
  public static func closeAbandoned(in session: Session) throws {
    try session.execute(RunStatements.CloseAbandoned())
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

  /// What a published state was made from.
  public struct Basis: Sendable, Hashable {
    public var watermark: String
    public var asOf: String
    public var policy: Int
    /// The day of its run.
    public var runAsOf: String
  }

  /// What a published state was made from; nil when there is no such state.
  public static func basis(of id: RunRevision, in session: Session) throws -> Basis? {
    try session.queryOne(RunStatements.BasisOf(id: id))
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

  /// Whether nothing that is scored has changed since a watermark.
  public static func isCurrent(_ watermark: String, in session: Session) throws -> Bool {
    let changed = try changedIDs(since: watermark, in: session)
    return try changed.candidates.isEmpty && changed.investors.isEmpty
      && !sharedChanged(since: watermark, in: session)
  }

  /// Lets the state in force be made from a later registry, which gives the same lists.
  public static func move(_ id: RunRevision, to watermark: String, asOf: String, in session: Session) throws {
    try session.execute(RunStatements.MoveBasis(id: id, watermark: watermark, asOf: asOf))
  }

  /// Whether sectors or rates have changed since a watermark.
  public static func sharedChanged(since watermark: String, in session: Session) throws -> Bool {
    try session.queryOne(SnapshotStatements.SharedChanges(since: watermark)) ?? true
  }

  /// Publishes a run while it is ranked, in the transaction of the caller: its commit shows the run whole.
  ///
  /// - Parameters:
  ///   - revision: Revision 0 of the run, and what was in force before.
  ///   - candidates: How many are scored.
  ///   - rank: Writes every list that differs from that in force, and gives all.
  /// - Returns: All lists, how many differed, and the digest of all; nil when the run is not running any more: nothing of it
  ///   may be committed then.
  /// - Throws: `StoreError.unexpectedResult` when something else is in force than `revision.previous`, and what `rank` throws.
  public static func publish(
    _ revision: StoredRevision, candidates: Int, in session: Session,
    rank: (ListWriter) throws -> DealLists
  ) throws -> (lists: DealLists, listsChanged: Int, digest: String)? {
    try session.execute(RunStatements.settingsOfRun, name: "run_settings")
    // Its lists have to name one that there is; how many they are is told below.
    try session.execute(RunStatements.InsertRevision(revision: revision, listsChanged: 0))
    var digesting: (lists: DealLists, digest: PendingDigest)?
    let listsChanged = try copy(as: revision.id, in: session) { writer in
      let lists = try rank(writer)
      writer.beginStep()
      // Worked out while the server looks at the last of the lists.
      digesting = (lists, PendingDigest(lists))
    }
    try pointTo(revision, in: session)
    let (lists, pending) = digesting!
    let digest = pending.wait()
    let publish = RunStatements.Publish(
      number: revision.id.run, watermark: revision.watermark, asOf: revision.asOf,
      investors: lists.count, candidates: candidates, entries: lists.dealCount, digest: digest,
      listsChanged: listsChanged)
    guard try session.execute(publish) == 1 else { return nil }
    return (lists, listsChanged, digest.hexadecimal)
  }

  /// Publishes a revision of the run in force, in the transaction of the caller.
  ///
  /// - Throws: `StoreError.unexpectedResult` when something else is in force than `revision.previous`.
  public static func publish(
    _ revision: StoredRevision, changes: [DealLists.Change], in session: Session
  ) throws {
    try session.execute(RunStatements.InsertRevision(revision: revision, listsChanged: changes.count))
    try copy(as: revision.id, in: session) { writer in try changes.forEach(writer.write) }
    try pointTo(revision, in: session)
  }

  /// Writes lists of a state that is being published.
  public struct ListWriter {
    fileprivate let copy: BinaryCopyWriter
    fileprivate let id: RunRevision
    fileprivate let session: Session

    public func write(_ change: DealLists.Change) throws {
      beginStep()
      try copy.int(change.investor)
      try copy.int(Int32(id.run))
      try copy.int(Int32(id.revision))
      try copy.intArray(change.list.lazy.map(\.candidate))
      try copy.intArray(change.list.lazy.map(\.score))
    }

    /// Counts the time that the server has from now on: what went before was ranking.
    fileprivate func beginStep() { session.deadline = .now + Limits.publishingTime }
  }

  /// - Returns: How many lists were written.
  @discardableResult
  private static func copy(
    as id: RunRevision, in session: Session, _ body: (ListWriter) throws -> Void
  ) throws -> Int {
    try session.copyInBinary(RegistryCopies.ranking, columns: 5, name: "ranking_copy") { copy in
      try body(ListWriter(copy: copy, id: id, session: session))
    }
  }

  private static func pointTo(_ revision: StoredRevision, in session: Session) throws {
    guard try session.execute(RunStatements.PointTo(id: revision.id, previous: revision.previous)) == 1 else {
      throw StoreError.unexpectedResult(reason: "another state was published meanwhile; nothing was changed")
    }
  }

  /// All lists of a published state.
  public static func lists(upTo id: RunRevision, in session: Session) throws -> DealLists {
    var lists = DealLists(depth: .max)
    try session.forEach(RunStatements.Lists(upTo: id)) { lists.append($0) }
    return lists
  }

  /// The lists that a published state has after another revision of its run.
  /// - Parameter depth: Of lists that these will be put among.
  public static func lists(
    after revision: Int, upTo id: RunRevision, depth: Int, in session: Session
  ) throws -> DealLists {
    var lists = DealLists(depth: depth)
    try session.forEach(RunStatements.YoungerLists(after: revision, upTo: id)) { lists.append($0) }
    return lists
  }

  /// Some lists of a published state, by investor.
  public static func lists(
    of investors: [Int32], at id: RunRevision, in session: Session
  ) throws -> [Int32: [Deal]] {
    var lists: [Int32: [Deal]] = [:]
    for list in try session.query(RunStatements.ListsOf(investors: investors.map(Int.init), at: id)) {
      lists[list.investor] = list.deals
    }
    return lists
  }

  /// The published state that is asked for, nil where its lists are not kept any more or never were.
  public static func kept(_ wanted: RunReference, in session: Session) throws -> RunRevision? {
    guard let found = try session.queryOne(RunStatements.Kept(wanted: wanted)), let newest = found.newest
    else {
      return nil
    }
    guard let revision = wanted.revision else { return RunRevision(run: wanted.run, revision: newest) }
    return found.isKept ? RunRevision(run: wanted.run, revision: revision) : nil
  }

  /// The newest kept state that is no younger than another one, else the oldest one that is kept.
  public static func kept(atOrBefore wanted: RunRevision, in session: Session) throws -> RunRevision? {
    try session.queryOne(RunStatements.KeptBefore(wanted: wanted))
  }

  /// The revisions after one state up to another.
  public static func revisions(
    after: RunRevision, upTo: RunRevision, in session: Session
  ) throws -> [StoredRevision] {
    try session.query(RunStatements.Revisions(after: after, upTo: upTo))
  }

  /// From here on this transaction waits a second at most for locks of others: it holds the lock of rescoring, and what it
  /// does can be done after the next run.
  public static func waitBriefly(in session: Session) throws {
    try session.execute(RunStatements.briefWaits, name: "run_brief_waits")
  }

  /// Forgets lists of runs beyond the newest `keepRuns` or older than `keepDays`, and of earlier runs the revisions
  /// between the first and the last. The newest two runs stay whole: cursors and digests of the day before go on.
  /// - Returns: How many lists were forgotten.
  public static func prune(keepRuns: Int, keepDays: Int, in session: Session) throws -> Int {
    var count = try session.execute(RunStatements.Superseded(keepRuns: keepRuns, keepDays: keepDays))
    try session.execute(RunStatements.UnusedRevisions(keepRuns: keepRuns, keepDays: keepDays))
    count += try session.execute(RunStatements.Intermediate())
    try session.execute(RunStatements.IntermediateRevisions())
    return count
  }

  /// Gives the room of forgotten lists to the next ones, outside a transaction. Autovacuum would do it too, but only
  /// after several runs' worth, and it may be switched off. Without the right to it the server passes it over.
  public static func vacuum(_ session: Session) throws {
    try session.execute(RunStatements.vacuum, name: "ranking_vacuum")
  }
}

extension DealLists {
  fileprivate mutating func append(_ list: RunStatements.StoredList) {
    append(list.deals, of: list.investor)
  }
}

/// The channels of NOTIFY. A notification is a hint to look; what changed is read from the tables.
public enum Channel {
  public static let changed = "bellwether_changed"
  /// The payload is the state that is in force now.
  public static let published = "bellwether_published"
  /// There are new events of introductions.
  public static let introduction = "bellwether_introduction"
}
