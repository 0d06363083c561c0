/// What FIRM MERGE and PROJECT SPINOUT do beyond writing records, and the names of firms.
enum FirmStatements {
  static var all: [any Statement] {
    [
      LockPair(first: "", second: ""), FillGaps(from: "", into: ""), Conflict(from: "", into: ""),
      Kept(firm: ""), MoveConflicts(from: "", into: ""), MoveMilestones(from: "", into: ""),
      JoinHoldings(from: "", into: ""), MoveHoldings(from: "", into: ""), JoinRounds(from: "", into: ""),
      MoveRounds(from: "", into: ""),
      MovePersons(from: "", into: ""),
      MoveExclusions(from: "", into: ""), RetireMerged(from: "", into: ""), SetProject(firm: "", project: ""),
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

  /// What the firm that stays does not know, it takes over.
  struct FillGaps: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_fill_gaps"
    let sql = """
      UPDATE firm SET
        name_zh = coalesce(firm.name_zh, gone.name_zh), institute = coalesce(firm.institute, gone.institute),
        trl = coalesce(firm.trl, gone.trl), risk = coalesce(firm.risk, gone.risk),
        region = coalesce(firm.region, gone.region), city = coalesce(firm.city, gone.city),
        country = coalesce(firm.country, gone.country), founded_on = coalesce(firm.founded_on, gone.founded_on),
        -- An amount and its currency go together.
        ask = CASE WHEN firm.ask IS NULL THEN gone.ask ELSE firm.ask END,
        currency = CASE WHEN firm.ask IS NULL AND gone.ask IS NOT NULL THEN gone.currency ELSE firm.currency END,
        round = coalesce(firm.round, gone.round), instrument = coalesce(firm.instrument, gone.instrument),
        seeking_lead = coalesce(firm.seeking_lead, gone.seeking_lead),
        summary = coalesce(firm.summary, gone.summary), project = coalesce(firm.project, gone.project)
      FROM firm AS gone WHERE firm.code = $2 AND gone.code = $1
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
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

  /// What stays with a firm for good, the first of it.
  struct Kept: Statement {
    let firm: String
    let name = "firm_merge_kept"
    let sql = """
      SELECT 'stake', code FROM stake WHERE firm = $1
      UNION ALL SELECT 'pilot', code FROM pilot WHERE firm = $1
      UNION ALL SELECT 'review', code FROM review WHERE firm = $1
      UNION ALL SELECT 'decision', code FROM decision WHERE firm = $1
      UNION ALL SELECT 'mark', roadshow || ' ' || expert FROM mark WHERE firm = $1
      ORDER BY 1, 2 LIMIT 1
      """
    func bind(into bindings: inout Bindings) { bindings.text(firm) }
    func decode(_ row: Row) throws -> Conflict.Output {
      Conflict.Output(noun: try row.text(0), record: try row.text(1))
    }
  }

  /// Where both firms have a milestone of a day, that of the firm that stays counts.
  struct MoveMilestones: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_move_milestones"
    let sql = """
      UPDATE milestone AS gone SET firm = $2
      WHERE gone.firm = $1 AND NOT EXISTS (
        SELECT FROM milestone AS kept WHERE kept.firm = $2 AND kept.date = gone.date)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
  }

  /// Where both firms have a holding of the same investor, day and round, the one that stays has both amounts. The same
  /// amount twice is one holding that was recorded twice. Gives how many were joined.
  struct JoinHoldings: Statement {
    let from: String
    let into: String
    let name = "firm_join_holdings"
    let sql = """
      WITH twin AS (
        DELETE FROM holding AS gone USING holding AS kept
        WHERE gone.firm = $1 AND kept.firm = $2 AND kept.investor = gone.investor
          AND kept.since IS NOT DISTINCT FROM gone.since AND kept.round IS NOT DISTINCT FROM gone.round
        RETURNING gone.*),
      joined AS (
        UPDATE holding AS kept SET amount = coalesce(kept.amount + twin.amount, kept.amount, twin.amount),
          currency = CASE WHEN kept.amount IS NULL THEN coalesce(twin.currency, kept.currency) ELSE kept.currency END
        FROM twin
        WHERE kept.firm = $2 AND kept.investor = twin.investor
          AND kept.since IS NOT DISTINCT FROM twin.since AND kept.round IS NOT DISTINCT FROM twin.round
          AND twin.amount IS DISTINCT FROM kept.amount AND twin.amount IS NOT NULL)
      SELECT count(*) FROM twin
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  /// The holdings that are left. Gives how many.
  struct MoveHoldings: Statement {
    let from: String
    let into: String
    let name = "firm_move_holdings"
    let sql = """
      WITH moved AS (UPDATE holding SET firm = $2 WHERE firm = $1 RETURNING 1) SELECT count(*) FROM moved
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  /// The same of rounds of one day and kind.
  struct JoinRounds: Statement {
    let from: String
    let into: String
    let name = "firm_join_rounds"
    let sql = """
      WITH twin AS (
        DELETE FROM round AS gone USING round AS kept
        WHERE gone.firm = $1 AND kept.firm = $2 AND kept.date = gone.date AND kept.kind = gone.kind
        RETURNING gone.*),
      joined AS (
        UPDATE round AS kept SET amount = coalesce(kept.amount + twin.amount, kept.amount, twin.amount),
          currency = CASE WHEN kept.amount IS NULL THEN coalesce(twin.currency, kept.currency) ELSE kept.currency END
        FROM twin
        WHERE kept.firm = $2 AND kept.date = twin.date AND kept.kind = twin.kind
          AND twin.amount IS DISTINCT FROM kept.amount AND twin.amount IS NOT NULL)
      SELECT count(*) FROM twin
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct MoveRounds: Statement {
    let from: String
    let into: String
    let name = "firm_move_rounds"
    let sql = """
      WITH moved AS (UPDATE round SET firm = $2 WHERE firm = $1 RETURNING 1) SELECT count(*) FROM moved
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct MovePersons: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_move_persons"
    let sql = "UPDATE person SET \"of\" = $2 WHERE of_kind = 'firm' AND \"of\" = $1"
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
  }

  /// Whoever is near to the one is near to the other.
  struct MoveConflicts: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_move_conflicts"
    let sql = """
      WITH recused AS (
        UPDATE juror SET recused_from = array_append(array_remove(array_remove(recused_from, $1), $2), $2)
        WHERE $1 = ANY (recused_from))
      UPDATE expert SET conflicts = array_append(array_remove(array_remove(conflicts, $1), $2), $2)
      WHERE $1 = ANY (conflicts)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
  }

  /// An investor that excludes the one excludes the other.
  struct MoveExclusions: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_move_exclusions"
    let sql = """
      UPDATE investor SET excluded_firms = array_append(array_remove(array_remove(excluded_firms, $1), $2), $2)
      WHERE $1 = ANY (excluded_firms)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
  }

  struct RetireMerged: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_retire_merged"
    let sql = "UPDATE firm SET retired = true, merged_into = $2 WHERE code = $1"
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
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
