import Domain
import Matching

enum RunStatements {
  static var all: [any Statement] {
    let revision = RunRevision(run: 1)
    return [
      TryLock(), Unlock(), Begin(policy: 1, host: "", by: ""), CloseAbandoned(),
      End(number: 1, state: .failed, problem: nil), Get(number: 1), Page(before: nil, limit: 1),
      SelectPublication(), AdoptCluster(),
      UnderWay(),
      Publish(
        number: 1, watermark: "", asOf: "", investors: 0, candidates: 0, entries: 0, digest: [],
        listsChanged: 0),
      PointTo(id: revision, previous: nil),
      InsertRevision(
        revision: StoredRevision(
          id: revision, previous: nil, policyChanged: false, registryChanged: false, changedCandidates: [],
          changedInvestors: [], watermark: "", asOf: ""), listsChanged: 0),
      Revisions(after: revision, upTo: revision), Lists(upTo: revision),
      YoungerLists(after: 0, upTo: revision),
      ListsOf(investors: [], at: revision), BasisOf(id: revision),
      MoveBasis(id: revision, watermark: "", asOf: ""), Kept(wanted: RunReference(revision)),
      KeptBefore(wanted: revision),
      Superseded(keepRuns: 1, keepDays: 1), Intermediate(), IntermediateRevisions(),
      UnusedRevisions(keepRuns: 1, keepDays: 1),
      ChangedIDs(since: ""),
    ] as [any Statement]
  }

  static let vacuum = "VACUUM ranking"

  static let briefWaits = "SET LOCAL lock_timeout = '1s'"

  /// Keeps the lists of a run in memory, some ten megabytes, for the look at their rules; and bounds each step by our own
  /// deadline, since ranking counts as a part of the COPY.
  static let settingsOfRun = "SET LOCAL work_mem = '32MB'; SET LOCAL statement_timeout = 0"

  /// The lock that keeps rescorings apart, in one daemon and across all of them. It is the session's and ends
  /// with it, so no crash can leave it behind.
  struct TryLock: Statement {
    let name = "run_try_lock"
    let sql = "SELECT pg_try_advisory_lock(\(key))"
    // "bellwrun" in ASCII.
    fileprivate static let key = 0x6265_6c6c_7772_756e
    func decode(_ row: Row) throws -> Bool { try row.bool(0) }
  }

  struct Unlock: Statement {
    typealias Output = Void
    let name = "run_unlock"
    let sql = "SELECT pg_advisory_unlock(\(TryLock.key))"
  }

  struct Begin: Statement {
    let policy: Int
    let host: String
    let by: String
    let name = "run_begin"
    let sql = """
      INSERT INTO run (number, policy, host, started_by)
      SELECT coalesce(max(number), 0) + 1, $1, $2, $3 FROM run
      RETURNING number
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(policy)
      bindings.text(host)
      bindings.text(by)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  /// Whoever holds the lock knows that no run is under way.
  struct CloseAbandoned: Statement {
    typealias Output = Void
    let name = "run_close_abandoned"
    let sql = """
      UPDATE run SET state = 'failed', ended_at = now(), problem = 'its daemon stopped before it was done'
      WHERE state = 'running'
      """
  }

  struct End: Statement {
    typealias Output = Void
    let number: Int
    let state: RunState
    let problem: String?
    let name = "run_end"
    let sql = """
      UPDATE run SET state = $2::run_state, ended_at = clock_timestamp(), problem = $3
      WHERE number = $1 AND state = 'running'
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(number)
      bindings.text(state.rawValue)
      bindings.text(problem)
    }
  }

  /// The run that is under way, or that a crash has left so.
  struct UnderWay: Statement {
    let name = "run_under_way"
    let sql = "SELECT max(number) FROM run WHERE state = 'running'"
    func decode(_ row: Row) throws -> Int? { try row.optionalInt(0) }
  }

  private static let runColumns = """
    run.number, run.policy, run.state, run.host, run.started_by,
    to_char(run.started_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(run.ended_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    run.as_of::text, run.investors, run.candidates, run.entries, encode(run.digest, 'hex'), run.problem,
    revision.lists_changed
    """

  private static func decodeRun(_ row: Row) throws -> StoredRun {
    StoredRun(
      number: try row.int(0), policy: try row.int(1), state: RunState(rawValue: try row.text(2)) ?? .failed,
      host: try row.text(3), startedBy: try row.text(4), startedAt: try row.text(5),
      endedAt: row.optionalText(6),
      asOf: row.optionalText(7), investors: try row.optionalInt(8), candidates: try row.optionalInt(9),
      entries: try row.optionalInt(10), digest: row.optionalText(11), problem: row.optionalText(12),
      listsChanged: try row.optionalInt(13))
  }

  struct Get: Statement {
    let number: Int
    let name = "run_get"
    let sql = """
      SELECT \(runColumns) FROM run LEFT JOIN revision ON revision.run = run.number AND revision.revision = 0
      WHERE run.number = $1
      """
    func bind(into bindings: inout Bindings) { bindings.int(number) }
    func decode(_ row: Row) throws -> StoredRun { try decodeRun(row) }
  }

  struct Page: Statement {
    let before: Int?
    let limit: Int
    let name = "run_page"
    let sql = """
      SELECT \(runColumns) FROM run LEFT JOIN revision ON revision.run = run.number AND revision.revision = 0
      WHERE $1::integer IS NULL OR run.number < $1
      ORDER BY run.number DESC LIMIT $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(before)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> StoredRun { try decodeRun(row) }
  }

  struct SelectPublication: Statement {
    let name = "publication_select"
    let sql = """
      SELECT policy, run, revision, publication.system_identifier, control.system_identifier
      FROM publication, pg_control_system() AS control
      """
    func decode(_ row: Row) throws -> Publication {
      let run = try row.optionalInt(1)
      return Publication(
        policy: try row.optionalInt(0),
        published: try run.map { RunRevision(run: $0, revision: try row.int(2)) },
        systemIdentifier: try row.optionalInt(3), actualSystemIdentifier: try row.int(4))
    }
  }

  /// Notes the cluster that the transaction ids belong to. In a dump restored elsewhere the ids of the rows
  /// mean nothing, so all rows become changed once, now.
  struct AdoptCluster: Statement {
    typealias Output = Void
    let name = "publication_adopt_cluster"
    let sql = """
      WITH adopted AS (
        UPDATE publication SET system_identifier = control.system_identifier FROM pg_control_system() AS control
        WHERE publication.system_identifier IS DISTINCT FROM control.system_identifier
        RETURNING 1),
      firms AS (UPDATE firm SET changed_xid = pg_current_xact_id() WHERE EXISTS (SELECT FROM adopted)),
      projects AS (UPDATE project SET changed_xid = pg_current_xact_id() WHERE EXISTS (SELECT FROM adopted)),
      investors AS (UPDATE investor SET changed_xid = pg_current_xact_id() WHERE EXISTS (SELECT FROM adopted)),
      rates AS (UPDATE rate SET rate = rate WHERE EXISTS (SELECT FROM adopted))
      UPDATE sector SET changed_xid = pg_current_xact_id() WHERE EXISTS (SELECT FROM adopted)
      """
  }

  struct Publish: Statement {
    let number: Int
    let watermark: String
    let asOf: String
    let investors: Int
    let candidates: Int
    let entries: Int
    let digest: [UInt8]
    let listsChanged: Int
    typealias Output = Void
    let name = "run_publish"
    let sql = """
      WITH counted AS (
        UPDATE revision SET lists_changed = $8, published_at = clock_timestamp() WHERE run = $1 AND revision = 0)
      UPDATE run SET state = 'published', ended_at = clock_timestamp(), snapshot = $2::pg_snapshot, as_of = $3::date,
        investors = $4, candidates = $5, entries = $6, digest = $7
      WHERE number = $1 AND state = 'running'
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(number)
      bindings.text(watermark)
      bindings.text(asOf)
      bindings.int(investors)
      bindings.int(candidates)
      bindings.int(entries)
      bindings.bytea(digest)
      bindings.int(listsChanged)
    }
  }

  /// Puts a state in force and says so; a row only where it did.
  struct PointTo: Statement {
    typealias Output = Void
    let id: RunRevision
    /// What must be in force before.
    let previous: RunRevision?
    let name = "publication_point"
    let sql = """
      WITH pointed AS (
        UPDATE publication SET run = $1, revision = $2
        WHERE run IS NOT DISTINCT FROM $3 AND revision IS NOT DISTINCT FROM $4
        RETURNING 1)
      SELECT pg_notify($5, $6) FROM pointed
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(id.run)
      bindings.int(id.revision)
      bindings.int(previous?.run)
      bindings.int(previous?.revision)
      bindings.text(Channel.published)
      bindings.text(id.description)
    }
  }

  struct InsertRevision: Statement {
    typealias Output = Void
    let revision: StoredRevision
    let listsChanged: Int
    let name = "revision_insert"
    let sql = """
      INSERT INTO revision (run, revision, previous_run, previous_revision, policy_changed, registry_changed,
        changed_candidates, changed_investors, lists_changed, snapshot, as_of)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(revision.id.run)
      bindings.int(revision.id.revision)
      bindings.int(revision.previous?.run)
      bindings.int(revision.previous?.revision)
      bindings.bool(revision.policyChanged)
      bindings.bool(revision.registryChanged)
      bindings.intArray(revision.changedCandidates.map(Int.init))
      bindings.intArray(revision.changedInvestors.map(Int.init))
      bindings.int(listsChanged)
      bindings.text(revision.watermark)
      bindings.text(revision.asOf)
    }
  }

  /// The revisions between two states, the second included.
  struct Revisions: Statement {
    let after: RunRevision
    let upTo: RunRevision
    let name = "revision_between"
    let sql = """
      SELECT run, revision, previous_run, previous_revision, policy_changed, registry_changed, changed_candidates,
        changed_investors, snapshot::text, as_of::text
      FROM revision WHERE (run, revision) > ($1, $2) AND (run, revision) <= ($3, $4) ORDER BY run, revision
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(after.run)
      bindings.int(after.revision)
      bindings.int(upTo.run)
      bindings.int(upTo.revision)
    }
    func decode(_ row: Row) throws -> StoredRevision {
      StoredRevision(
        id: RunRevision(run: try row.int(0), revision: try row.int(1)),
        previous: try row.optionalInt(2).map { RunRevision(run: $0, revision: try row.int(3)) },
        policyChanged: try row.bool(4), registryChanged: try row.bool(5),
        changedCandidates: try row.intArray(6).map(Int32.init),
        changedInvestors: try row.intArray(7).map(Int32.init), watermark: try row.text(8),
        asOf: try row.text(9))
    }
  }

  /// One stored list.
  struct StoredList {
    var investor: Int32
    var candidates: [Int32]
    var scores: [Int32]

    var deals: [Deal] { zip(candidates, scores).map { Deal(candidate: $0, score: $1) } }
  }

  private static func decodeList(_ row: Row) throws -> StoredList {
    StoredList(
      investor: Int32(try row.int(0)), candidates: try row.intArray(1).map { Int32(truncatingIfNeeded: $0) },
      scores: try row.intArray(2).map { Int32(truncatingIfNeeded: $0) })
  }

  /// The lists of a published state, in order of the investors' ids.
  struct Lists: Statement {
    let upTo: RunRevision
    let name = "ranking_all"
    let sql = """
      SELECT DISTINCT ON (investor) investor, candidates, scores FROM ranking
      WHERE (run, revision) <= ($1, $2) ORDER BY investor, run DESC, revision DESC
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(upTo.run)
      bindings.int(upTo.revision)
    }
    func decode(_ row: Row) throws -> StoredList { try decodeList(row) }
  }

  /// Those that a revision has after another one of its run, in the same order.
  struct YoungerLists: Statement {
    /// A revision of the same run.
    let after: Int
    let upTo: RunRevision
    let name = "ranking_between"
    // Said twice, since the index holds only what is known to be no whole run's.
    let sql = """
      SELECT DISTINCT ON (investor) investor, candidates, scores FROM ranking
      WHERE run = $1 AND revision > 0 AND revision > $2 AND revision <= $3 ORDER BY investor, revision DESC
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(upTo.run)
      bindings.int(after)
      bindings.int(upTo.revision)
    }
    func decode(_ row: Row) throws -> StoredList { try decodeList(row) }
  }

  struct ListsOf: Statement {
    let investors: [Int]
    let at: RunRevision
    let name = "ranking_of_several"
    let sql = """
      SELECT DISTINCT ON (investor) investor, candidates, scores FROM deal_list
      WHERE investor = ANY ($1::integer[]) AND (run, revision) <= ($2, $3)
      ORDER BY investor, run DESC, revision DESC
      """
    func bind(into bindings: inout Bindings) {
      bindings.intArray(investors)
      bindings.int(at.run)
      bindings.int(at.revision)
    }
    func decode(_ row: Row) throws -> StoredList { try decodeList(row) }
  }

  /// What a published state was made from, and the day of its run.
  struct BasisOf: Statement {
    let id: RunRevision
    let name = "revision_basis"
    let sql = """
      SELECT revision.snapshot::text, revision.as_of::text, run.policy, run.as_of::text
      FROM revision JOIN run ON run.number = revision.run
      WHERE revision.run = $1 AND revision.revision = $2 AND run.state = 'published'
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(id.run)
      bindings.int(id.revision)
    }
    func decode(_ row: Row) throws -> RunStore.Basis {
      RunStore.Basis(
        watermark: try row.text(0), asOf: try row.text(1), policy: try row.int(2), runAsOf: try row.text(3))
    }
  }

  struct MoveBasis: Statement {
    typealias Output = Void
    let id: RunRevision
    let watermark: String
    let asOf: String
    let name = "revision_move_basis"
    let sql =
      "UPDATE revision SET snapshot = $3::pg_snapshot, as_of = $4::date WHERE run = $1 AND revision = $2"
    func bind(into bindings: inout Bindings) {
      bindings.int(id.run)
      bindings.int(id.revision)
      bindings.text(watermark)
      bindings.text(asOf)
    }
  }

  /// The newest revision of a run whose lists are kept, and whether those of the one asked for are.
  struct Kept: Statement {
    let wanted: RunReference
    let name = "revision_kept"
    let sql = """
      SELECT max(revision.revision), coalesce(bool_or(revision.revision = $2), false)
      FROM revision JOIN run ON run.number = revision.run
      WHERE revision.run = $1 AND run.state = 'published' AND NOT revision.superseded
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(wanted.run)
      bindings.int(wanted.revision)
    }
    func decode(_ row: Row) throws -> (newest: Int?, isKept: Bool) {
      (try row.optionalInt(0), try row.bool(1))
    }
  }

  struct KeptBefore: Statement {
    let wanted: RunRevision
    let name = "revision_kept_before"
    let sql = """
      SELECT run, revision FROM (
        SELECT revision.run, revision.revision, (revision.run, revision.revision) <= ($1, $2) AS is_before
        FROM revision JOIN run ON run.number = revision.run
        WHERE run.state = 'published' AND NOT revision.superseded) AS kept
      ORDER BY NOT is_before, CASE WHEN is_before THEN -run ELSE run END,
        CASE WHEN is_before THEN -revision ELSE revision END LIMIT 1
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(wanted.run)
      bindings.int(wanted.revision)
    }
    func decode(_ row: Row) throws -> RunRevision {
      RunRevision(run: try row.int(0), revision: try row.int(1))
    }
  }

  /// The run before the one in force, which stays whole like that one.
  private static let lastWhole = """
    (SELECT coalesce(max(number), 0) FROM run WHERE state = 'published' AND number < (SELECT run FROM publication))
    """

  /// Removes lists of revisions between the first and the last of a run that is over: a busy day has thousands.
  struct Intermediate: Statement {
    typealias Output = Void
    let name = "ranking_prune_intermediate"
    let sql = """
      DELETE FROM ranking USING revision
      WHERE ranking.revision > 0 AND ranking.run = revision.run AND ranking.revision = revision.revision
        AND NOT revision.superseded AND revision.run < \(lastWhole) AND EXISTS (
          SELECT FROM ranking AS younger
          WHERE younger.investor = ranking.investor AND younger.run = ranking.run
            AND younger.revision > ranking.revision)
      """
  }

  /// Marks those revisions.
  struct IntermediateRevisions: Statement {
    typealias Output = Void
    let name = "revision_prune_intermediate"
    let sql = """
      UPDATE revision SET superseded = true
      WHERE revision > 0 AND NOT superseded AND run < \(lastWhole) AND EXISTS (
        SELECT FROM revision AS younger WHERE younger.run = revision.run AND younger.revision > revision.revision)
      """
  }

  /// Removes lists that no kept state needs: those with a younger list that is itself no younger than the
  /// oldest kept run.
  struct Superseded: Statement {
    typealias Output = Void
    let keepRuns: Int
    let keepDays: Int
    let name = "ranking_prune"
    // One pass over the primary key, where the rows of an investor stand in the order of their runs.
    let sql = """
      WITH oldest AS (\(oldestKept))
      DELETE FROM ranking USING (
        SELECT investor, run, revision, lead(run) OVER (PARTITION BY investor ORDER BY run, revision) AS younger
        FROM ranking WHERE (run, revision) <= ((SELECT run FROM oldest), 0)) AS old
      WHERE old.younger IS NOT NULL AND ranking.investor = old.investor AND ranking.run = old.run
        AND ranking.revision = old.revision
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(keepRuns)
      bindings.int(keepDays)
    }
  }

  /// Marks what lies before the oldest kept run, and empties what MOVES would need of it.
  struct UnusedRevisions: Statement {
    typealias Output = Void
    let keepRuns: Int
    let keepDays: Int
    let name = "revision_prune"
    let sql = """
      WITH oldest AS (\(oldestKept))
      UPDATE revision SET superseded = true, changed_candidates = '{}', changed_investors = '{}'
      FROM oldest WHERE revision.run < oldest.run
        AND (NOT superseded OR changed_candidates <> '{}' OR changed_investors <> '{}')
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(keepRuns)
      bindings.int(keepDays)
    }
  }

  /// The oldest of the runs to keep: of the newest $1 published runs, the oldest that is not older than $2
  /// days; the newest run in any case.
  private static let oldestKept = """
    SELECT coalesce(
      min(number) FILTER (WHERE ended_at > now() - make_interval(days => $2::integer)), max(number)) AS run
    FROM (SELECT number, ended_at FROM run WHERE state = 'published' ORDER BY number DESC LIMIT $1) AS newest
    """

  /// Ids of candidates and investors that a snapshot does not see as they are.
  struct ChangedIDs: Statement {
    let since: String
    let name = "snapshot_changed_ids"
    let sql = """
      SELECT true, id FROM firm
        WHERE changed_xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(changed_xid, $1)
      UNION ALL
      SELECT true, id FROM project
        WHERE changed_xid >= pg_snapshot_xmin($1) AND NOT pg_visible_in_snapshot(changed_xid, $1)
      UNION ALL
      SELECT false, id FROM investor
        WHERE changed_xid >= pg_snapshot_xmin($1) AND NOT pg_visible_in_snapshot(changed_xid, $1)
      ORDER BY 1, 2
      """
    func bind(into bindings: inout Bindings) { bindings.text(since) }
    func decode(_ row: Row) throws -> (isCandidate: Bool, id: Int32) {
      (try row.bool(0), Int32(try row.int(1)))
    }
  }
}
