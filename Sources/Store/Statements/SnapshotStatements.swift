import Domain
import Matching

/// What makes a picture of the registry. Each statement gives all rows, or those that a PostgreSQL snapshot
/// given as text does not see: as two texts, since one plan for both would have to read everything.
enum SnapshotStatements {
  static var all: [any Statement] {
    [
      Now(), News(since: ""), Firms(since: nil), Firms(since: ""), Projects(since: nil), Projects(since: ""),
      Investors(since: nil), Investors(since: ""), Holdings(investors: nil), Holdings(investors: []),
      Evidence(firms: nil), Evidence(firms: []), Sectors(), Rates(), SharedChanges(since: ""),
    ]
  }

  /// Since when the server has lived without a crash: the statistics are reset by the recovery from one, even where the
  /// server's first process lives on.
  private static let life =
    "concat_ws(' ', pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter))"

  /// The snapshot of the transaction, as text, its day, and the life of the server.
  struct Now: Statement {
    let name = "snapshot_now"
    let sql = "SELECT pg_current_snapshot()::text, current_date::text, \(life)"
    func decode(_ row: Row) throws -> (snapshot: String, day: Day, life: String) {
      guard let day = Day(try row.text(1)) else {
        throw StoreError.unexpectedResult(reason: "current_date is no date")
      }
      return (try row.text(0), day, try row.text(2))
    }
  }

  /// What ``Now`` gives, what is in force, and of which tables there is something to read that a snapshot does not see. One
  /// question, since most changes are of one row and most often there is none. The order is for the planner: it takes a third of a table for new, and would read all
  /// of it for the first such row.
  struct News: Statement {
    let since: String
    let name = "snapshot_news"
    let sql = """
      SELECT pg_current_snapshot()::text, current_date::text,
        EXISTS (SELECT FROM sector
            WHERE changed_xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(changed_xid, $1))
          OR EXISTS (SELECT FROM rate
            WHERE changed_xid >= pg_snapshot_xmin($1) AND NOT pg_visible_in_snapshot(changed_xid, $1)),
        coalesce((SELECT true FROM firm
          WHERE changed_xid >= pg_snapshot_xmin($1) AND NOT pg_visible_in_snapshot(changed_xid, $1)
          ORDER BY changed_xid LIMIT 1), false),
        coalesce((SELECT true FROM project
          WHERE changed_xid >= pg_snapshot_xmin($1) AND NOT pg_visible_in_snapshot(changed_xid, $1)
          ORDER BY changed_xid LIMIT 1), false),
        coalesce((SELECT true FROM investor
          WHERE changed_xid >= pg_snapshot_xmin($1) AND NOT pg_visible_in_snapshot(changed_xid, $1)
          ORDER BY changed_xid LIMIT 1), false),
        \(life), publication.policy, publication.run, publication.revision
      FROM publication
      """
    func bind(into bindings: inout Bindings) { bindings.text(since) }
    func decode(_ row: Row) throws -> SnapshotReader.News {
      guard let day = Day(try row.text(1)) else {
        throw StoreError.unexpectedResult(reason: "current_date is no date")
      }
      let run = try row.optionalInt(8)
      return SnapshotReader.News(
        watermark: try row.text(0), life: try row.text(6), day: day, policy: try row.optionalInt(7),
        published: try run.map { RunRevision(run: $0, revision: try row.int(9)) }, isShared: try row.bool(2),
        ofFirms: try row.bool(3), ofProjects: try row.bool(4), ofInvestors: try row.bool(5))
    }
  }

  struct Firms: Statement {
    let since: String?
    var name: String { since == nil ? "snapshot_firms" : "snapshot_firms_changed" }
    var sql: String { since == nil ? Self.all : Self.changed }
    // All signals are worked out once for all firms, and those of a few firms by the stakes in them: OFFSET 0 keeps the
    // planner from doing the former for the latter.
    private static let all =
      "\(columns) LEFT JOIN state_signal signal ON signal.firm = f.code ORDER BY f.code"
    private static let changed = """
      \(columns) LEFT JOIN LATERAL (SELECT value FROM state_signal WHERE firm = f.code OFFSET 0) AS signal ON true
      WHERE f.changed_xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(f.changed_xid, $1)
      ORDER BY f.code
      """
    private static let columns = """
      SELECT f.id, f.code, f.version, f.retired, f.name, f.name_zh, f.stage, f.sectors, f.trl, f.risk, f.region, f.city,
        f.country, f.ask, f.currency, f.round, record.value, signal.value
      FROM firm f LEFT JOIN track_record record ON record.institute = f.institute
      """
    func bind(into bindings: inout Bindings) {
      if let since { bindings.text(since) }
    }
    func decode(_ row: Row) throws -> CandidateRow {
      CandidateRow(
        id: Int32(try row.int(0)), kind: .firm, code: try row.text(1), version: Int32(try row.int(2)),
        isRetired: try row.bool(3), name: try row.text(4), nameZh: row.optionalText(5),
        stage: Stage(name: try row.text(6)), sectors: try row.textArray(7), trl: try row.optionalInt(8),
        risk: riskStep(row, 9), region: row.optionalText(10), city: row.optionalText(11),
        country: row.optionalText(12), ask: try row.optionalInt(13).map(Int64.init),
        currency: row.optionalText(14),
        round: row.optionalText(15), record: try row.optionalInt(16), signal: try row.optionalInt(17))
    }
  }

  struct Projects: Statement {
    let since: String?
    var name: String { since == nil ? "snapshot_projects" : "snapshot_projects_changed" }
    var sql: String { since == nil ? Self.all : Self.changed }
    private static let all = "\(columns) ORDER BY p.code"
    private static let changed = """
      \(columns)
      WHERE p.changed_xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(p.changed_xid, $1)
      ORDER BY p.code
      """
    private static let columns = """
      SELECT p.id, p.code, p.version, p.retired, p.name, p.name_zh, p.sectors, p.trl, p.region, p.ask, p.currency,
        record.value
      FROM project p LEFT JOIN track_record record ON record.institute = p.institute
      """
    func bind(into bindings: inout Bindings) {
      if let since { bindings.text(since) }
    }
    func decode(_ row: Row) throws -> CandidateRow {
      CandidateRow(
        id: Int32(try row.int(0)), kind: .project, code: try row.text(1), version: Int32(try row.int(2)),
        isRetired: try row.bool(3), name: try row.text(4), nameZh: row.optionalText(5),
        sectors: try row.textArray(6), trl: try row.optionalInt(7), region: row.optionalText(8),
        ask: try row.optionalInt(9).map(Int64.init), currency: row.optionalText(10),
        record: try row.optionalInt(11))
    }
  }

  struct Investors: Statement {
    let since: String?
    var name: String { since == nil ? "snapshot_investors" : "snapshot_investors_changed" }
    var sql: String { since == nil ? Self.all : Self.changed }
    // All refusals are read once for all investors, and those of a few investors by the key.
    private static let all = """
      \(columns) LEFT JOIN (
        SELECT refusal.investor, array_agg(firm.id ORDER BY firm.id) AS firms
        FROM refusal JOIN firm ON firm.code = refusal.firm GROUP BY refusal.investor) AS refused ON refused.investor = i.code
      ORDER BY i.code
      """
    private static let changed = """
      \(columns) LEFT JOIN LATERAL (
        SELECT array_agg(firm.id ORDER BY firm.id) AS firms
        FROM refusal JOIN firm ON firm.code = refusal.firm WHERE refusal.investor = i.code) AS refused ON true
      WHERE i.changed_xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(i.changed_xid, $1)
      ORDER BY i.code
      """
    private static let columns = """
      SELECT i.id, i.code, i.version, i.retired, i.name, i.name_zh, i.kind, house.id, i.stages, i.sectors,
        i.excluded_sectors, i.excluded_firms, i.risk, i.risk_veto, i.ticket, i.currency, i.regions, i.city, i.country,
        i.lead, i.budget_left, i.local_quota, i.concentration_cap, refused.firms
      FROM investor i LEFT JOIN investor house ON house.code = i.parent
      """
    func bind(into bindings: inout Bindings) {
      if let since { bindings.text(since) }
    }
    func decode(_ row: Row) throws -> InvestorRow {
      let ticket = try row.optionalText(14).map(FieldText.range)
      return InvestorRow(
        id: Int32(try row.int(0)), code: try row.text(1), version: Int32(try row.int(2)),
        isRetired: try row.bool(3), name: try row.text(4), nameZh: row.optionalText(5), kind: try row.text(6),
        parent: try row.optionalInt(7).map(Int32.init),
        stages: try list(row, 8).compactMap { Stage(name: $0) },
        sectors: try row.optionalText(9).map(FieldText.weights) ?? [], excludedSectors: try list(row, 10),
        excludedFirms: try list(row, 11),
        declinedFirms: row.isNull(23) ? [] : try row.intArray(23).map(Int32.init), risk: riskStep(row, 12),
        riskVeto: try row.optionalInt(13),
        ticketMin: ticket?.min, ticketMax: ticket?.max, currency: row.optionalText(15),
        regions: try list(row, 16),
        city: row.optionalText(17), country: row.optionalText(18), lead: try row.optionalBool(19),
        budgetLeft: try row.optionalInt(20).map(Int64.init), localQuota: try row.optionalInt(21),
        concentrationCap: try row.optionalInt(22))
    }
  }

  struct Holdings: Statement {
    /// Ids of investors; nil for all.
    let investors: [Int]?
    var name: String { investors == nil ? "snapshot_holdings" : "snapshot_holdings_changed" }
    var sql: String { investors == nil ? Self.all : Self.changed }
    private static let all = "\(columns) ORDER BY investor.id, firm.id"
    private static let changed =
      "\(columns) WHERE investor.id = ANY ($1::integer[]) ORDER BY investor.id, firm.id"
    private static let columns = """
      SELECT investor.id, firm.id, holding.exited_on
      FROM holding JOIN investor ON investor.code = holding.investor JOIN firm ON firm.code = holding.firm
      """
    func bind(into bindings: inout Bindings) {
      if let investors { bindings.intArray(investors) }
    }
    func decode(_ row: Row) throws -> HoldingRow {
      HoldingRow(
        investor: Int32(try row.int(0)), firm: Int32(try row.int(1)),
        exitedOn: row.optionalText(2).flatMap { Day($0) })
    }
  }

  struct Evidence: Statement {
    /// Ids of firms; nil for all.
    let firms: [Int]?
    var name: String { firms == nil ? "snapshot_evidence" : "snapshot_evidence_changed" }
    var sql: String { firms == nil ? Self.all : Self.changed }
    private static let all = "\(columns) ORDER BY firm.id, evidence.date"
    // Codes rather than a join, which would read all of what the view is made of.
    private static let changed = """
      \(columns) WHERE evidence.firm = ANY (ARRAY(SELECT code FROM firm WHERE id = ANY ($1::integer[])))
      ORDER BY firm.id, evidence.date
      """
    private static let columns = """
      SELECT firm.id, evidence.date, evidence.until FROM evidence JOIN firm ON firm.code = evidence.firm
      """
    func bind(into bindings: inout Bindings) {
      if let firms { bindings.intArray(firms) }
    }
    func decode(_ row: Row) throws -> EvidenceRow {
      guard let date = Day(try row.text(1)) else {
        throw StoreError.unexpectedResult(reason: "evidence has a date outside the years 1000 to 9999")
      }
      return EvidenceRow(
        firm: Int32(try row.int(0)), date: date, until: row.optionalText(2).flatMap { Day($0) })
    }
  }

  struct Sectors: Statement {
    let name = "snapshot_sectors"
    let sql = "SELECT code, name, name_zh, parent FROM sector ORDER BY code"
    func decode(_ row: Row) throws -> SectorRow {
      SectorRow(
        code: try row.text(0), name: try row.text(1), nameZh: row.optionalText(2), parent: row.optionalText(3)
      )
    }
  }

  struct Rates: Statement {
    let name = "snapshot_rates"
    let sql = """
      SELECT "from", "to", (rate * 1000000)::bigint, date FROM rate ORDER BY "from", "to", date
      """
    func decode(_ row: Row) throws -> RateRow {
      guard let date = Day(try row.text(3)) else {
        throw StoreError.unexpectedResult(reason: "a rate has a date outside the years 1000 to 9999")
      }
      return RateRow(
        from: try row.text(0), to: try row.text(1), millionths: Int64(try row.int(2)), date: date)
    }
  }

  /// Whether sectors or rates have changed, which every score may depend on.
  struct SharedChanges: Statement {
    let since: String
    let name = "snapshot_shared_changes"
    let sql = """
      SELECT EXISTS (SELECT FROM sector WHERE NOT pg_visible_in_snapshot(changed_xid, $1::pg_snapshot))
        OR EXISTS (SELECT FROM rate WHERE NOT pg_visible_in_snapshot(changed_xid, $1::pg_snapshot))
      """
    func bind(into bindings: inout Bindings) { bindings.text(since) }
    func decode(_ row: Row) throws -> Bool { try row.bool(0) }
  }

  private static func list(_ row: Row, _ column: Int) throws -> [String] {
    row.isNull(column) ? [] : try row.textArray(column)
  }

  /// The digit of `R3` or `C3`.
  private static func riskStep(_ row: Row, _ column: Int) -> Int? {
    row.optionalText(column).flatMap { Int($0.dropFirst()) }
  }
}
