/// What FIRM MERGE and PROJECT SPINOUT do beyond writing records, and the names of firms.
enum FirmStatements {
  static var all: [any Statement] {
    [
      LockPair(first: "", second: ""), Conflict(from: "", into: ""), Held(from: "", into: ""),
      MergedInto(code: ""),
      SetProject(firm: "", project: ""),
      NamesSince(since: ""), Known(codes: []),
    ]
  }

  /// Firms that a snapshot does not see as they are, without those that this transaction has written.
  struct NamesSince: Statement {
    let since: String
    let name = "firm_names_since"
    let sql = """
      SELECT code, name, name_zh, retired FROM firm
      WHERE changed_xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(changed_xid, $1)
        AND changed_xid <> pg_current_xact_id()
      ORDER BY code
      """
    func bind(into bindings: inout Bindings) { bindings.text(since) }
    func decode(_ row: Row) throws -> RegistryStore.FirmName {
      RegistryStore.FirmName(
        named: .init(code: try row.text(0), name: try row.text(1), nameZh: row.optionalText(2)),
        isRetired: try row.bool(3))
    }
  }

  /// Locks both firms, always in the same order.
  struct LockPair: Statement {
    let first: String
    let second: String
    let name = "firm_lock_pair"
    let sql = "SELECT code, retired FROM firm WHERE code IN ($1, $2) ORDER BY code FOR UPDATE"
    func bind(into bindings: inout Bindings) {
      bindings.text(first)
      bindings.text(second)
    }
    func decode(_ row: Row) throws -> (code: String, isRetired: Bool) { (try row.text(0), try row.bool(1)) }
  }

  /// Two records of one holding or round, one of each firm, that cannot be joined: with amounts in different
  /// currencies, or of which only one has ended.
  struct Conflict: Statement {
    struct Output: Sendable, Hashable {
      var noun: String
      /// The key without the firm, as a person reads it.
      var record: String
    }

    let from: String
    let into: String
    let name = "firm_merge_conflict"
    let sql = """
      SELECT 'holding', concat_ws(' ', gone.investor, gone.since, gone.round)
      FROM holding AS gone JOIN holding AS kept ON kept.investor = gone.investor
        AND kept.since IS NOT DISTINCT FROM gone.since AND kept.round IS NOT DISTINCT FROM gone.round
      WHERE gone.firm = $1 AND kept.firm = $2 AND (kept.exited_on IS DISTINCT FROM gone.exited_on
        OR (gone.amount IS NOT NULL AND kept.amount IS NOT NULL AND kept.currency IS DISTINCT FROM gone.currency))
      UNION ALL
      SELECT 'round', concat_ws(' ', gone.date, gone.kind)
      FROM round AS gone JOIN round AS kept ON kept.date = gone.date AND kept.kind = gone.kind
      WHERE gone.firm = $1 AND kept.firm = $2
        AND gone.amount IS NOT NULL AND kept.amount IS NOT NULL AND kept.currency IS DISTINCT FROM gone.currency
      ORDER BY 1, 2 LIMIT 1
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
    func decode(_ row: Row) throws -> Output { Output(noun: try row.text(0), record: try row.text(1)) }
  }

  /// Percent of both firms together that programmes hold, where that is more than there is.
  struct Held: Statement {
    let from: String
    let into: String
    let name = "firm_merge_held"
    let sql = "SELECT trim_scale(sum(held)) FROM stake_position WHERE firm IN ($1, $2) HAVING sum(held) > 100"
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  struct MergedInto: Statement {
    let code: String
    let name = "firm_merged_into"
    let sql = "SELECT merged_into FROM firm WHERE code = $1 AND merged_into IS NOT NULL"
    func bind(into bindings: inout Bindings) { bindings.text(code) }
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  /// Those of some codes that are firms, as row-level security shows them to the one who asks.
  struct Known: Statement {
    let codes: [String]
    let name = "firm_known"
    let sql = "SELECT code FROM firm WHERE code = ANY ($1::text[])"
    func bind(into bindings: inout Bindings) { bindings.textArray(codes) }
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  struct SetProject: Statement {
    typealias Output = Void
    let firm: String
    let project: String
    let name = "firm_set_project"
    let sql = "UPDATE firm SET project = $2 WHERE code = $1"
    func bind(into bindings: inout Bindings) {
      bindings.text(firm)
      bindings.text(project)
    }
  }
}
