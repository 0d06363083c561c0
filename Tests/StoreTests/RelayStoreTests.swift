import Domain
import TestSupport
import Testing

@testable import Store

/// What the database itself refuses of the relay, and what follows from what it takes.
@Suite struct RelayStoreTests {
  private static let city = """
    INSERT INTO institute (code, name) VALUES ('IN-1', 'One'), ('IN-2', 'Two');
    INSERT INTO investor (code, name, kind) VALUES ('SF', 'State Fund', 'state_fund'), ('VC', 'Venture', 'vc'), ('VB', 'Other', 'vc');
    INSERT INTO firm (code, name, sectors, stage, trl, institute, region)
      SELECT 'F-' || n, 'Firm ' || n, '{ai}', 'pre_seed', 3, CASE WHEN n < 4 THEN 'IN-1' END, CASE WHEN n < 3 THEN 'Anhui' ELSE 'Jiangsu' END
      FROM generate_series(1, 4) AS n;
    INSERT INTO programme (code, name, fund, currency, budget, loss_tolerance, quota, region, starts_on, ends_on, hold_months)
      VALUES ('P', 'Seed', 'SF', 'CNY', 1000, 30, 60, 'Anhui', '2016-01-01', '2025-12-31', 36);
    INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('S', 'P', 'F-1', 400, '2016-02-01');
    INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T-1', 'S', 'buy', '2016-03-01', 10, 300, 'seed');
    INSERT INTO scenario (code, name, capacity, trl, opens_on) VALUES ('G', 'Ground', 1, 3, '2017-01-01');
    INSERT INTO expert (code, name, kinds, conflicts, capacity)
      VALUES ('E-1', 'Near', '{expert,legal}', '{F-1}', 3), ('E-2', 'Busy', '{expert}', NULL, 1), ('E-3', 'Free', '{expert,financial}', NULL, NULL);
    INSERT INTO committee (code, name, members, quorum) VALUES ('C', 'Committee', '{E-1,E-2,E-3}', 2);
    INSERT INTO roadshow (code, name, starts_on, kind) VALUES ('R', 'Final', '2020-01-01', 'competition'), ('Q', 'Show', '2020-01-01', 'roadshow');
    INSERT INTO participant (roadshow, party, side) VALUES ('R', 'F-1', 'firm'), ('R', 'F-2', 'firm');
    INSERT INTO juror (roadshow, expert, recused_from) VALUES ('R', 'E-1', NULL), ('R', 'E-3', '{F-2}');
    INSERT INTO criterion (roadshow, name, weight) VALUES ('R', 'team', 10);
    """

  private func prepared() async throws -> Connection {
    let connection = try await migratedConnection()
    try await run(Self.city, on: connection)
    return connection
  }

  private func run(_ sql: String, on connection: Connection) async throws {
    try await connection.run(deadline: ample) { try $0.execute(sql, name: "test") }
  }

  private struct Value: Statement {
    let sql: String
    // A statement is prepared once under its name.
    var name: String { "test_\(sql.hashValue)" }
    func decode(_ row: Row) throws -> String? { row.optionalText(0) }
  }

  private func value(_ sql: String, on connection: Connection) async throws -> String? {
    try await connection.run(deadline: ample) { try $0.queryOne(Value(sql: sql)) } ?? nil
  }

  /// By the rule that refuses it.
  private static let refused: [(rule: String, sql: String)] = [
    (
      "tranche_within_holding",
      "INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'sell', '2019-01-01', 10.5, 9, 'x')"
    ),
    (
      "tranche_within_commitment",
      "INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'buy', '2019-01-01', 1, 101, 'x')"
    ),
    (
      "tranche_in_order",
      "INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'sell', '2016-02-29', 1, 9, 'x')"
    ),
    ("stake_is_closed_in_time", "UPDATE stake SET closed_on = current_date + 1 WHERE code = 'S'"),
    ("stake_is_closed_in_time", "UPDATE stake SET closed_on = '2016-02-29' WHERE code = 'S'"),
    ("programme_fund_is_of_the_state", "UPDATE investor SET kind = 'vc' WHERE code = 'SF'"),
    (
      "competition_is_open",
      "INSERT INTO award (roadshow, firm, rank, raw, points, date) VALUES ('R', 'F-1', 1, 5, 5, '2020-01-02'); UPDATE roadshow SET kind = 'roadshow' WHERE code = 'R'"
    ),
    (
      "stake_is_agreed",
      "INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('X', 'P', 'F-2', 1, current_date + 1)"
    ),
    ("programme_period", "UPDATE stake SET committed = 401 WHERE code = 'S'"),
    (
      "scenario_capacity",
      "UPDATE scenario SET capacity = 2; INSERT INTO pilot (code, scenario, firm, starts_on, ends_on) VALUES ('A', 'G', 'F-1', '2018-01-01', '2018-03-01'), ('B', 'G', 'F-2', '2018-03-01', '2018-04-01'); UPDATE scenario SET capacity = 1"
    ),
    ("tranche_is_fixed", "UPDATE tranche SET amount = 299 WHERE code = 'T-1'"),
    ("tranche_rows_stay", "DELETE FROM tranche"),
    (
      "tranche_amount_of_kind",
      "INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'write_off', '2019-01-01', 1, 9, 'x')"
    ),
    (
      "tranche_buyer_is_another",
      "INSERT INTO tranche (code, stake, kind, date, percent, amount, buyer, reason) VALUES ('T', 'S', 'sell', '2019-01-01', 1, 9, 'SF', 'x')"
    ),
    (
      "tranche_buyer_of_sale",
      "INSERT INTO tranche (code, stake, kind, date, percent, amount, buyer, reason) VALUES ('T', 'S', 'buy', '2019-01-01', 1, 9, 'VC', 'x')"
    ),
    (
      "firm_is_a_whole",
      "UPDATE programme SET ends_on = NULL; UPDATE stake SET committed = 500 WHERE code = 'S'; INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'buy', '2019-01-01', 90.1, 9, 'x')"
    ),
    (
      "programme_period",
      "INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('X', 'P', 'F-2', 1, '2015-12-31')"
    ),
    (
      "programme_budget_covers",
      "INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('X', 'P', 'F-2', 601, '2017-01-01')"
    ),
    ("programme_budget_covers", "UPDATE programme SET budget = 399"),
    (
      "programme_quota",
      "INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('X', 'P', 'F-3', 401, '2017-01-01')"
    ),
    (
      "programme_loss_tolerance",
      "INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'buy', '2016-03-02', 1, 50, 'x'), ('U', 'S', 'write_off', '2017-01-01', 11, 0, 'x'); INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('X', 'P', 'F-2', 1, '2018-01-01')"
    ),
    (
      "programme_sectors",
      "UPDATE programme SET sectors = (SELECT ARRAY[code::text] FROM sector WHERE code <> 'ai' AND parent IS NULL ORDER BY code LIMIT 1); INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('X', 'P', 'F-2', 1, '2018-01-01')"
    ),
    (
      "programme_fund_is_of_the_state",
      "INSERT INTO programme (code, name, fund, currency, budget) VALUES ('X', 'X', 'VC', 'CNY', 1)"
    ),
    ("programme_fund_is_fixed", "UPDATE programme SET currency = 'USD'"),
    (
      "stake_floor_is_kept",
      "UPDATE stake SET floor = 6; INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'sell', '2019-01-01', 4.5, 9, 'x')"
    ),
    (
      "stake_is_open",
      "UPDATE stake SET closed_on = '2017-01-01'; INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'S', 'buy', '2017-01-02', 1, 9, 'x')"
    ),
    ("stake_is_fixed", "UPDATE stake SET firm = 'F-2'"),
    ("ledger_is_fixed", "UPDATE posting SET amount = 1"),
    ("ledger_is_fixed", "DELETE FROM ledger_entry"),
    ("account_follows_postings", "UPDATE account SET balance = 1"),
    (
      "account_is_covered",
      "INSERT INTO ledger_entry (date, kind, programme) VALUES ('2017-01-01', 'budget', 'P'); INSERT INTO posting SELECT max(id), 'P', 'cash', -9999 FROM ledger_entry"
    ),
    (
      "ledger_entry_balances",
      "INSERT INTO ledger_entry (date, kind, programme) VALUES ('2017-01-01', 'budget', 'P')"
    ),
    (
      "ledger_entry_balances",
      "INSERT INTO ledger_entry (date, kind, programme) VALUES ('2017-01-01', 'budget', 'P'); INSERT INTO posting SELECT max(id), 'P', 'cash', 5 FROM ledger_entry"
    ),
    ("ledger_entry_balances", "INSERT INTO posting VALUES (1, 'P', 'result', 5)"),
    ("milestone_of_one", "INSERT INTO milestone (date, trl) VALUES ('2017-01-01', 5)"),
    ("milestone_is_reached", "INSERT INTO milestone (firm, date, trl) VALUES ('F-1', current_date + 2, 5)"),
    (
      "scenario_capacity",
      "INSERT INTO pilot (code, scenario, firm, starts_on, ends_on) VALUES ('A', 'G', 'F-1', '2018-01-01', '2018-03-01'), ('B', 'G', 'F-2', '2018-03-01', '2018-04-01')"
    ),
    (
      "pilot_once",
      "UPDATE scenario SET capacity = 9; INSERT INTO pilot (code, scenario, firm, starts_on, ends_on) VALUES ('A', 'G', 'F-1', '2018-01-01', '2018-03-01'), ('B', 'G', 'F-1', '2018-03-01', '2018-04-01')"
    ),
    (
      "pilot_trl",
      "UPDATE scenario SET trl = 4; INSERT INTO pilot (code, scenario, firm, starts_on, ends_on) VALUES ('A', 'G', 'F-1', '2018-01-01', '2018-03-01')"
    ),
    (
      "pilot_in_calendar",
      "INSERT INTO pilot (code, scenario, firm, starts_on, ends_on) VALUES ('A', 'G', 'F-1', '2016-12-31', '2018-03-01')"
    ),
    (
      "pilot_result_has_a_day",
      "INSERT INTO pilot (code, scenario, firm, starts_on, ends_on, result) VALUES ('A', 'G', 'F-1', '2018-01-01', '2018-03-01', 'passed')"
    ),
    ("review_conflict", "INSERT INTO review (code, firm, kind, expert) VALUES ('V', 'F-1', 'expert', 'E-1')"),
    (
      "review_expert_of_kind",
      "INSERT INTO review (code, firm, kind, expert) VALUES ('V', 'F-1', 'legal', 'E-2')"
    ),
    (
      "review_expert_has_room",
      "INSERT INTO review (code, firm, kind, expert) VALUES ('V', 'F-1', 'expert', 'E-2'), ('W', 'F-2', 'expert', 'E-2')"
    ),
    (
      "review_verdict_is_fixed",
      "INSERT INTO review (code, firm, kind, expert, verdict, date) VALUES ('V', 'F-1', 'expert', 'E-2', 'negative', '2020-01-01'); UPDATE review SET verdict = 'positive'"
    ),
    (
      "review_verdict_has_an_expert",
      "INSERT INTO review (code, firm, kind, verdict, date) VALUES ('V', 'F-1', 'expert', 'negative', '2020-01-01')"
    ),
    (
      "review_conditions_said",
      "INSERT INTO review (code, firm, kind, expert, verdict, date) VALUES ('V', 'F-1', 'expert', 'E-2', 'conditional', '2020-01-01')"
    ),
    (
      "committee_members_exist",
      "INSERT INTO committee (code, name, members, quorum) VALUES ('X', 'X', '{E-1,E-9}', 1)"
    ),
    (
      "committee_quorum_range",
      "INSERT INTO committee (code, name, members, quorum) VALUES ('X', 'X', '{E-1}', 2)"
    ),
    (
      "decision_quorum",
      "INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour) VALUES ('D', 'C', 'F-2', 'stake', '2020-01-01', 'approved', '{E-2}')"
    ),
    (
      "decision_recusal",
      "INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour) VALUES ('D', 'C', 'F-1', 'stake', '2020-01-01', 'approved', '{E-1,E-2}')"
    ),
    (
      "decision_one_vote_each",
      "INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour, against) VALUES ('D', 'C', 'F-2', 'stake', '2020-01-01', 'approved', '{E-1,E-2}', '{E-2}')"
    ),
    (
      "decision_majority",
      "INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour, against) VALUES ('D', 'C', 'F-2', 'stake', '2020-01-01', 'approved', '{E-1}', '{E-2}')"
    ),
    (
      "decision_by_members",
      "INSERT INTO expert (code, name, kinds) VALUES ('E-4', 'X', '{legal}'); INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour) VALUES ('D', 'C', 'F-2', 'stake', '2020-01-01', 'approved', '{E-4,E-2}')"
    ),
    (
      "decision_is_fixed",
      "INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour) VALUES ('D', 'C', 'F-2', 'stake', '2020-01-01', 'approved', '{E-1,E-2}'); UPDATE decision SET outcome = 'rejected'"
    ),
    ("competition_kind", "INSERT INTO juror (roadshow, expert) VALUES ('Q', 'E-1')"),
    (
      "mark_conflict",
      "INSERT INTO mark (roadshow, expert, firm, criterion, points) VALUES ('R', 'E-1', 'F-1', 'team', 50)"
    ),
    (
      "mark_conflict",
      "INSERT INTO mark (roadshow, expert, firm, criterion, points) VALUES ('R', 'E-3', 'F-2', 'team', 50)"
    ),
    (
      "mark_of_participant",
      "INSERT INTO mark (roadshow, expert, firm, criterion, points) VALUES ('R', 'E-3', 'F-3', 'team', 50)"
    ),
    (
      "mark_criterion_fkey",
      "INSERT INTO mark (roadshow, expert, firm, criterion, points) VALUES ('R', 'E-3', 'F-1', 'taste', 50)"
    ),
    (
      "competition_is_open",
      "INSERT INTO award (roadshow, firm, rank, raw, points, date) VALUES ('R', 'F-1', 1, 5, 5, '2020-01-02'); INSERT INTO mark (roadshow, expert, firm, criterion, points) VALUES ('R', 'E-3', 'F-1', 'team', 50)"
    ),
    (
      "introduction_stake_fits",
      "INSERT INTO introduction (investor, firm, investor_score, firm_score, investor_blurb, firm_blurb, expires_on, action, by, kind, stake) VALUES ('VC', 'F-2', 1, 1, 'x', 'x', '2030-01-01', 'propose', 'x', 'handover', 'S')"
    ),
    (
      "stake_evidence_missing",
      "INSERT INTO policy VALUES (1, '{\"need_stake_legal\": 1}', now(), 'x'); UPDATE publication SET policy = 1; INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('X', 'P', 'F-2', 1, '2018-01-01')"
    ),
  ]

  /// One database for all: each is undone before the next.
  @Test func whatMayNotBeIsRefused() async throws {
    struct Taken: Error {}
    let connection = try await prepared()
    for (rule, sql) in Self.refused {
      var found: (any Error)?
      do {
        try await connection.transaction(deadline: ample) {
          try $0.execute("\(sql); SET CONSTRAINTS ALL IMMEDIATE", name: "test")
          throw Taken()
        }
      } catch { found = error }
      #expect(
        (found as? StoreError)?.constraint == rule, "\(sql): \(found.map(String.init(describing:)) ?? "")")
      // Whoever is refused is told why in words, none of them PostgreSQL's.
      let isGuarded =
        rule.hasSuffix("_rows_stay") || ["ledger_is_fixed", "committee_members_exist"].contains(rule)
      #expect(
        isGuarded || SchemaRule.explained.contains(rule) || SchemaRule.sentences[rule] != nil,
        "\(rule) has no words")
    }
  }

  @Test func everyTrancheIsInTheBooksAndAmongTheHoldings() async throws {
    let connection = try await prepared()
    try await run(
      """
      INSERT INTO tranche (code, stake, kind, date, percent, amount, buyer, reason)
        VALUES ('T-2', 'S', 'sell', '2019-04-01', 4, 500, 'VC', 'hand-over');
      INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T-3', 'S', 'write_off', '2020-01-01', 6, 0, 'gone');
      UPDATE stake SET closed_on = '2020-02-01' WHERE code = 'S';
      """, on: connection)
    let balances = """
      SELECT string_agg(account || '=' || balance, ' ' ORDER BY account) FROM account WHERE programme = 'P'
      """
    #expect(
      try await value(balances, on: connection)
        == "appropriation=-1000 cash=1200 committed=0 stakes=0 result=-200")
    #expect(
      try await value(
        "SELECT string_agg(concat_ws(' ', investor, firm, since, amount, exited_on), ', ' ORDER BY investor) FROM holding",
        on: connection) == "SF F-1 2016-03-01 300 2020-01-01, VC F-1 2019-04-01 500")
    #expect(try await value("SELECT budget_left FROM investor WHERE code = 'SF'", on: connection) == "1200")
    #expect(
      try await value(
        "SELECT concat_ws(' ', drawn, trim_scale(held), cost, returned, lost) FROM stake_position",
        on: connection)
        == "300 0 0 500 180")
  }

  /// The ledger balances after every one of many random requests, most of which are refused, and says what a plain model
  /// of the money says.
  @Test(arguments: 1...3) func theLedgerBalancesWhateverIsAsked(seed: UInt64) async throws {
    let connection = try await prepared()
    try await run("UPDATE programme SET ends_on = NULL", on: connection)
    var random = SeededRandom(seed: seed)
    var taken = 0
    for step in 1...150 {
      let day = "DATE '2017-01-01' + \(step)"
      let stake = ["S", "S-2", "S-3"].randomElement(using: &random)!
      let amount = Int.random(in: 1...250, using: &random)
      let percent = Double(Int.random(in: 1...300, using: &random)) / 100
      let request =
        switch Int.random(in: 0...7, using: &random) {
        case 0:
          "INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('\(stake)', 'P', 'F-2', \(amount), \(day))"
        case 1: "UPDATE stake SET committed = \(amount * 2) WHERE code = '\(stake)'"
        case 2: "UPDATE programme SET budget = \(amount * 8)"
        case 3: "UPDATE stake SET closed_on = \(step % 3 == 0 ? "NULL" : day) WHERE code = '\(stake)'"
        case 4, 5:
          "INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('N-\(step)', '\(stake)', 'buy', \(day), \(percent), \(amount), 'x')"
        case 6:
          "INSERT INTO tranche (code, stake, kind, date, percent, amount, buyer, reason) VALUES ('N-\(step)', '\(stake)', 'sell', \(day), \(percent), \(amount * 2), 'VC', 'x')"
        default:
          "INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('N-\(step)', '\(stake)', 'write_off', \(day), \(percent), 0, 'x')"
        }
      do {
        try await run(request, on: connection)
        taken += 1
      } catch StoreError.server(let error) { #expect(error.sqlState.hasPrefix("23"), "\(error)") }
      #expect(try await value(Self.flaws, on: connection) == nil, "seed \(seed), step \(step): \(request)")
    }
    #expect(taken > 20, "seed \(seed): only \(taken) were taken")
  }

  /// What is wrong with the ledger: an entry, an account or a programme that does not add up to what the tranches say.
  private static let flaws = """
    SELECT 'entry ' || entry FROM posting GROUP BY entry HAVING sum(amount) <> 0
    UNION ALL SELECT 'account ' || account FROM account a
      WHERE balance <> coalesce((SELECT sum(amount) FROM posting p WHERE (p.programme, p.account) = (a.programme, a.account)), 0)
    UNION ALL SELECT 'balances of ' || programme FROM account GROUP BY programme HAVING sum(balance) <> 0
    UNION ALL SELECT 'below zero: ' || account FROM account WHERE balance < 0 AND account IN ('cash', 'committed', 'stakes')
    UNION ALL SELECT 'model of ' || p.code FROM programme p,
        LATERAL (SELECT coalesce(sum(cost), 0) AS cost, coalesce(sum(returned), 0) AS returned, coalesce(sum(drawn), 0) AS drawn,
          coalesce(sum(CASE WHEN closed_on IS NULL THEN committed - drawn ELSE 0 END), 0) AS open
          FROM stake_position s WHERE s.programme = p.code) AS t,
        LATERAL (SELECT max(balance) FILTER (WHERE account = 'cash') AS cash, max(balance) FILTER (WHERE account = 'committed') AS committed,
          max(balance) FILTER (WHERE account = 'stakes') AS stakes, max(balance) FILTER (WHERE account = 'appropriation') AS appropriation
          FROM account a WHERE a.programme = p.code) AS a
      WHERE (a.stakes, a.committed, a.appropriation, a.cash)
        IS DISTINCT FROM (t.cost, t.open, -p.budget, p.budget - t.open - t.drawn + t.returned)
    LIMIT 1
    """

  @Test func milestonesAndRowsAgree() async throws {
    let connection = try await prepared()
    // What is set is a milestone of today; what was before it is the beginning.
    try await run("UPDATE firm SET changed_at = '2018-05-01' WHERE code = 'F-2'", on: connection)
    try await run(
      """
      INSERT INTO milestone (firm, date, stage, trl) VALUES ('F-1', '2017-01-01', 'seed', 5), ('F-1', '2019-01-01', 'series_a', 7);
      INSERT INTO milestone (firm, date, stage, trl) VALUES ('F-1', '2018-01-01', 'series_c', 9);
      UPDATE firm SET stage = 'series_b' WHERE code = 'F-1';
      INSERT INTO project (code, name, institute, sectors, trl) VALUES ('J', 'Project', 'IN-2', '{ai}', 2);
      INSERT INTO milestone (project, date, trl) VALUES ('J', '2020-01-01', 3), ('J', '2021-01-01', 4);
      """, on: connection)
    #expect(
      try await value("SELECT stage || ' ' || trl FROM firm WHERE code = 'F-1'", on: connection)
        == "series_b 7")
    #expect(
      try await value(
        "SELECT string_agg(concat_ws(' ', CASE date WHEN current_date THEN 'today' ELSE date::text END, stage, trl), ', ' ORDER BY date) FROM milestone WHERE firm = 'F-1'",
        on: connection)
        == "2017-01-01 seed 5, 2018-01-01 series_c 9, 2019-01-01 series_a 7, today series_b 7")
    #expect(try await value("SELECT trl FROM project WHERE code = 'J'", on: connection) == "4")
    #expect(
      try await value(
        "SELECT concat_ws(' ', firms, funded, steps, days) FROM track_record WHERE institute = 'IN-2'",
        on: connection)
        == "0 0 1 366")
  }

  @Test func trackRecordsAreSteady() async throws {
    let connection = try await prepared()
    // Twenty firms of which one is funded, and one of which is known to have risen four steps in a year.
    try await run(
      """
      INSERT INTO institute (code, name) VALUES ('IN-9', 'Institute');
      INSERT INTO firm (code, name, institute, stage, sectors, country)
        SELECT 'Y-' || n, 'Young ' || n, 'IN-9', 'angel', '{ai}', 'CN' FROM generate_series(1, 20) AS n;
      INSERT INTO round (firm, date, kind, amount) VALUES ('Y-1', '2019-02-01', 'seed', 5);
      INSERT INTO milestone (firm, date, stage, trl)
        VALUES ('Y-2', '2019-01-01', 'angel', 3), ('Y-2', '2020-01-01', 'angel', 7);
      """, on: connection)
    let record =
      "SELECT concat_ws(' ', firms, funded, steps, days, candidates, tracked, value) FROM track_record WHERE institute = 'IN-9'"
    #expect(try await value(record, on: connection) == "20 1 4 365 20 1 100000")
    let before = try #require(try await value("SELECT pg_current_snapshot()", on: connection))
    // What another has reached moves what is known, and not what it is worth.
    try await run(
      "INSERT INTO milestone (firm, date, stage, trl) VALUES ('Y-3', '2019-01-01', 'angel', 3), ('Y-3', '2020-01-01', 'angel', 4)",
      on: connection)
    #expect(try await value(record, on: connection) == "20 1 5 730 20 2 100000")
    let touched =
      "SELECT count(*) FROM firm WHERE institute = 'IN-9' AND NOT pg_visible_in_snapshot(changed_xid, '\(before)')"
    #expect(try await value(touched, on: connection) == "1")
    try await run(
      "INSERT INTO round (firm, date, kind, amount) VALUES ('Y-2', '2019-02-01', 'seed', 5)", on: connection)
    #expect(try await value(record, on: connection) == "20 2 5 730 20 2 150000")
    #expect(try await value(touched, on: connection) == "20")
    // Of one that has nothing left there is no record.
    try await run("UPDATE firm SET institute = NULL WHERE institute = 'IN-9'", on: connection)
    #expect(
      try await value("SELECT count(*) FROM track_record WHERE institute = 'IN-9'", on: connection) == "0")
  }

  @Test func trackRecordsFollowAndTouchTheYoung() async throws {
    let connection = try await prepared()
    let record = "SELECT concat_ws(' ', firms, funded, value) FROM track_record WHERE institute = 'IN-1'"
    #expect(try await value(record, on: connection) == "3 0 200000")
    try await run("UPDATE firm SET stage = 'series_a' WHERE code = 'F-3'", on: connection)
    let before = try #require(try await value("SELECT pg_current_snapshot()", on: connection))
    try await run(
      "INSERT INTO round (firm, date, kind, amount) VALUES ('F-1', '2019-02-01', 'seed', 5), ('F-2', '2019-02-01', 'grant', 5)",
      on: connection)
    #expect(try await value(record, on: connection) == "3 1 400000")
    // The rounds touch their firms, and the record the young ones of the institute; F-3 is young no more.
    #expect(
      try await value(
        "SELECT string_agg(code, ' ' ORDER BY code) FROM firm WHERE NOT pg_visible_in_snapshot(changed_xid, '\(before)')",
        on: connection) == "F-1 F-2")
    try await run(
      "UPDATE firm SET institute = 'IN-2' WHERE code = 'F-1'; DELETE FROM round WHERE kind = 'grant'",
      on: connection)
    #expect(try await value(record, on: connection) == "2 0 250000")
    #expect(
      try await value(
        "SELECT concat_ws(' ', firms, funded) FROM track_record WHERE institute = 'IN-2'", on: connection)
        == "1 1")
  }

  @Test func aPassedPilotIsReadinessAndEvidence() async throws {
    let connection = try await prepared()
    try await run(
      """
      INSERT INTO pilot (code, scenario, firm, starts_on, ends_on, trl) VALUES ('A', 'G', 'F-1', '2018-01-01', '2018-03-01', 7);
      INSERT INTO review (code, firm, kind, expert, verdict, date) VALUES ('V', 'F-1', 'expert', 'E-2', 'positive', '2018-01-01');
      """, on: connection)
    let evidence =
      "SELECT string_agg(concat_ws(' ', date, until), ', ' ORDER BY date) FROM evidence WHERE firm = 'F-1'"
    #expect(try await value(evidence, on: connection) == "2018-01-01 2019-01-01")
    try await run(
      "UPDATE pilot SET result = 'passed', result_on = '2018-03-02' WHERE code = 'A'", on: connection)
    #expect(try await value(evidence, on: connection) == "2018-01-01 2019-01-01, 2018-03-02")
    #expect(try await value("SELECT trl FROM firm WHERE code = 'F-1'", on: connection) == "7")
  }

  /// What a policy needs counts while it is fresh.
  @Test func staleEvidenceStopsCounting() async throws {
    let connection = try await prepared()
    try await run(
      """
      INSERT INTO policy VALUES (1, '{"need_term_sheet_expert": 1, "need_term_sheet_committee": 1}', now(), 'x');
      UPDATE publication SET policy = 1;
      INSERT INTO review (code, firm, kind, expert, verdict, date, expires_on)
        VALUES ('V', 'F-2', 'expert', 'E-1', 'positive', '2020-01-01', '2020-06-30');
      INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour)
        VALUES ('D', 'C', 'F-2', 'term_sheet', '2020-03-01', 'approved', '{E-1,E-2}');
      """, on: connection)
    func missing(_ day: String) async throws -> String? {
      try await value(
        "SELECT array_to_string(evidence_missing('F-2', 'term_sheet', '\(day)'), ' ')", on: connection)
    }
    #expect(try await missing("2020-02-01") == "committee")
    #expect(try await missing("2020-06-30") == "")
    #expect(try await missing("2020-07-01") == "expert")
    #expect(try await missing("2021-06-30") == "expert committee")
    try await run(
      """
      INSERT INTO introduction (investor, firm, state, investor_score, firm_score, investor_blurb, firm_blurb, expires_on, action, by)
        VALUES ('VC', 'F-2', 'diligence', 1, 1, 'x', 'x', '2030-01-01', 'propose', 'x')
      """, on: connection)
    await #expect {
      try await run("UPDATE introduction SET state = 'term_sheet'", on: connection)
    } throws: { ($0 as? StoreError)?.constraint == "introduction_evidence_missing" }
  }
}
