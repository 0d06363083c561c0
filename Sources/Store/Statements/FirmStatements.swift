/// What FIRM MERGE and PROJECT SPINOUT do beyond writing records.
enum FirmStatements {
  static var all: [any Statement] {
    [
      LockPair(first: "", second: ""), FillGaps(from: "", into: ""), MoveHoldings(from: "", into: ""),
      DropHoldings(of: ""), MoveRounds(from: "", into: ""), DropRounds(of: ""),
      MovePersons(from: "", into: ""),
      MoveExclusions(from: "", into: ""), RetireMerged(from: "", into: ""), SetProject(firm: "", project: ""),
    ]
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

  struct MoveHoldings: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_move_holdings"
    let sql = """
      UPDATE holding SET firm = $2 WHERE firm = $1 AND NOT EXISTS (
        SELECT FROM holding AS kept WHERE kept.firm = $2 AND kept.investor = holding.investor
          AND kept.since IS NOT DISTINCT FROM holding.since AND kept.round IS NOT DISTINCT FROM holding.round)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
  }

  /// Holdings that both firms had are one.
  struct DropHoldings: Statement {
    typealias Output = Void
    let of: String
    let name = "firm_drop_holdings"
    let sql = "DELETE FROM holding WHERE firm = $1"
    func bind(into bindings: inout Bindings) { bindings.text(of) }
  }

  struct MoveRounds: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_move_rounds"
    let sql = """
      UPDATE round SET firm = $2 WHERE firm = $1 AND NOT EXISTS (
        SELECT FROM round AS kept WHERE kept.firm = $2 AND kept.date = round.date AND kept.kind = round.kind)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
  }

  struct DropRounds: Statement {
    typealias Output = Void
    let of: String
    let name = "firm_drop_rounds"
    let sql = "DELETE FROM round WHERE firm = $1"
    func bind(into bindings: inout Bindings) { bindings.text(of) }
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
