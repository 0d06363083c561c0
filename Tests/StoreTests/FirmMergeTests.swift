import Domain
import TestSupport
import Testing

@testable import Store

/// What becomes of all that names a firm when it is merged into another.
@Suite struct FirmMergeTests {
  private struct Texts: Statement {
    let sql: String
    // A statement is prepared once under its name.
    var name: String { "test_\(sql.hashValue)" }
    func decode(_ row: Row) throws -> String { row.optionalText(0) ?? "" }
  }

  private func texts(_ sql: String, on connection: Connection) async throws -> [String] {
    try await connection.run(deadline: ample) { try $0.query(Texts(sql: sql)) }
  }

  private func run(_ sql: String, on connection: Connection) async throws {
    try await connection.run(deadline: ample) { try $0.execute(sql, name: "test") }
  }

  private func merge(_ from: String, _ into: String, on connection: Connection) async throws
    -> [FirmMerge.Effect]
  {
    try await connection.transaction(deadline: ample) { session in
      try FirmMerge.merge(from, into: into, by: "tester", in: session)
    }
  }

  // MARK: The declaration

  private static let declare =
    "declare it in FirmReference.all (Sources/Store/FirmReference.swift) as moved or joined, with a step in FirmMergeStatements, or as kept with the reason; if it names no firm, in FirmReference.others"

  /// Columns that lead to a firm's code over foreign keys, or whose name says that they do.
  private static let columns = """
    WITH RECURSIVE key AS (
      SELECT conrelid AS child, child.attname::text COLLATE "C" AS child_column, confrelid AS parent,
        parent.attname::text COLLATE "C" AS parent_column
      FROM pg_constraint, unnest(conkey, confkey) AS pair (child_key, parent_key),
        LATERAL (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = child_key) AS child,
        LATERAL (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = parent_key) AS parent
      WHERE contype = 'f'),
    named AS (
      SELECT 'firm'::regclass::oid AS relation, 'code' COLLATE "C" AS name UNION SELECT 'participant'::regclass::oid, 'party'
      UNION SELECT key.child, key.child_column FROM named JOIN key ON key.parent = relation AND key.parent_column = name)
    SELECT relation::regclass || '.' || name FROM named WHERE (relation, name) <> ('firm'::regclass, 'code')
    UNION SELECT c.table_name || '.' || c.column_name FROM information_schema.columns AS c
      JOIN information_schema.tables AS t USING (table_schema, table_name)
      WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'ARRAY')
        AND c.column_name ~ '(^|_)firms?$'
    ORDER BY 1
    """

  /// Columns that may name anything: lists of codes and JSON.
  private static let lists = """
    SELECT c.table_name || '.' || c.column_name FROM information_schema.columns AS c
      JOIN information_schema.tables AS t USING (table_schema, table_name)
    WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND (c.data_type = 'jsonb' OR c.data_type = 'ARRAY' AND c.udt_name IN ('_text', '_code', '_varchar')) ORDER BY 1
    """

  @Test func whatNamesAFirmIsDeclared() async throws {
    let connection = try await migratedConnection()
    let declared = Set(
      FirmReference.all.flatMap { reference in reference.columns.map { "\(reference.table).\($0)" } })
    let others = Set(FirmReference.others.flatMap { table, columns in columns.map { "\(table).\($0)" } })
    for column in try await texts(Self.columns, on: connection) {
      #expect(declared.contains(column), "\(column) names firms: \(Self.declare)")
    }
    var harmless: Set<String> = []
    for noun in Noun.tables {
      for field in noun.fields {
        let column = "\(noun.name).\(field.name)"
        switch field.type {
        case .reference(.firm), .references(.firm, _), .owner:
          #expect(declared.contains(column), "field \(column) names firms: \(Self.declare)")
        case .codes:
          #expect(declared.union(others).contains(column), "field \(column) names codes: \(Self.declare)")
        default: harmless.insert(column)
        }
      }
    }
    for column in try await texts(Self.lists, on: connection) {
      #expect(
        declared.union(others).union(harmless).contains(column), "\(column) may name firms: \(Self.declare)")
    }
    let there = Set(
      try await texts(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
        on: connection))
    #expect(declared.union(others).subtracting(there) == [], "declared, and not there")
    let handled = Set(FirmMergeStatements.steps.map(\.table))
    for reference in FirmReference.all {
      if case .kept = reference.treatment { continue }
      if case .follows(let other) = reference.treatment {
        #expect(handled.contains(other))
        continue
      }
      #expect(handled.contains(reference.table), "\(reference.table) has no step in FirmMergeStatements")
    }
    await connection.close()
  }

  /// A new column of a firm is filled, joined or kept by its type, as a field of the field table.
  @Test func aFirmHasNoColumnsBesideItsFields() async throws {
    let connection = try await migratedConnection()
    let columns = try await texts(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'firm'",
      on: connection)
    let own: Set = ["code", "id", "merged_into", "project", "version", "changed_at", "changed_xid"]
    #expect(
      Set(columns).subtracting(own) == Set(Noun.firm.fields.map(\.name)),
      "FIRM MERGE fills what the field table has; give the column a field there, or deal with it in FirmMergeStatements"
    )
    await connection.close()
  }

  // MARK: What was said stays said

  /// Firm G is merged into K. Both are enrolled at R, only G at S, where K meets nobody but pitches elsewhere.
  private static let city = """
    INSERT INTO firm (code, name, sectors, stage) VALUES ('K', 'Kept', '{ai}', 'seed'), ('G', 'Gone', '{ai}', 'seed'), ('O', 'Other', '{ai}', 'seed');
    INSERT INTO investor (code, name, kind) SELECT 'I-' || n, 'Investor ' || n, 'vc' FROM generate_series(1, 9) AS n;
    INSERT INTO person (code, name, "of", of_kind, email) VALUES ('PG', 'Gone Person', 'G', 'firm', NULL), ('PK', 'Kept Person', 'K', 'firm', NULL),
      ('PI', 'Investing Person', 'I-2', 'investor', 'i2@example.com');
    INSERT INTO token (id, digest, role, firm, created_by, expires_at) VALUES ('tg', sha256('x'), 'firm', 'G', 'test', 'infinity');
    UPDATE firm SET unwanted_investors = '{I-5}', wanted_investors = '{I-6}' WHERE code = 'K';
    UPDATE firm SET unwanted_investors = '{I-6,I-7}', wanted_investors = '{I-8,I-5}', ask = 5, currency = 'CNY' WHERE code = 'G';
    UPDATE investor SET excluded_firms = '{G}' WHERE code = 'I-8';
    INSERT INTO expert (code, name, kinds, conflicts) VALUES ('E', 'Expert', '{expert}', '{G}'), ('E-2', 'Free', '{expert}', NULL);
    INSERT INTO review (code, firm, kind, expert, date, verdict) VALUES ('RV', 'G', 'expert', 'E-2', '2024-01-01', 'positive');
    INSERT INTO committee (code, name, members, quorum) VALUES ('C', 'Committee', '{E,E-2}', 1);
    INSERT INTO decision (code, committee, firm, step, date, outcome, in_favour, recused) VALUES ('D', 'C', 'G', 'stake', '2024-01-01', 'approved', '{E-2}', '{E}');
    INSERT INTO investor (code, name, kind) VALUES ('SF', 'State', 'state_fund');
    INSERT INTO programme (code, name, fund, currency, budget, starts_on) VALUES ('P', 'Seed', 'SF', 'CNY', 1000, '2020-01-01');
    INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('ST', 'P', 'G', 400, '2020-02-01');
    INSERT INTO tranche (code, stake, kind, date, percent, amount, reason) VALUES ('T', 'ST', 'buy', '2020-03-01', 10, 300, 'seed');
    INSERT INTO scenario (code, name, capacity, trl) VALUES ('GR', 'Ground', 5, 3);
    INSERT INTO pilot (code, scenario, firm, starts_on, ends_on) VALUES ('PL', 'GR', 'G', '2024-01-01', '2024-02-01'),
      ('PL-2', 'GR', 'K', '2024-03-01', '2024-04-01'), ('PL-3', 'GR', 'G', '2024-03-15', '2024-04-15');
    """

  private static func introduce(
    _ investor: Int, _ firm: String, _ state: String, _ answers: String = "pending,pending"
  )
    -> String
  {
    let answers = answers.split(separator: ",").map { "'\($0)'" }.joined(separator: ", ")
    return """
      INSERT INTO introduction (investor, firm, state, investor_answer, firm_answer, investor_score, firm_score, investor_blurb,
        firm_blurb, expires_on, action, by)
        VALUES ('I-\(investor)', '\(firm)', '\(state)', \(answers), 1, 1, 'x', 'x', current_date, 'emit', 'test');
      """
  }

  @Test func aNoToEitherIsANoToBothAndTheFurtherIntroductionStays() async throws {
    let connection = try await migratedConnection()
    try await run(
      Self.city + Self.introduce(1, "G", "asked") + "UPDATE introduction SET state = 'declined', step = 2;"
        // Of both; that of the firm that goes is further.
        + Self.introduce(2, "K", "asked") + Self.introduce(2, "G", "met", "yes,yes")
        // The other one is.
        + Self.introduce(3, "K", "mutual", "yes,yes") + Self.introduce(3, "G", "proposed")
        // Refused by the other firm, by both sides' fields; what has begun goes on.
        + Self.introduce(1, "K", "proposed") + Self.introduce(5, "G", "proposed")
        + Self.introduce(7, "K", "mutual")
        + Self.introduce(8, "K", "asked") + Self.introduce(6, "G", "diligence", "yes,yes")
        + Self.introduce(4, "G", "asked"), on: connection)
    let effects = try await merge("G", "K", on: connection)
    let withdrawn = effects.filter { $0.done == .withdrawn }
    #expect(withdrawn.allSatisfy { $0.why != nil })
    #expect(
      try await texts(
        "SELECT concat_ws(' ', investor, firm, state, reason) FROM introduction ORDER BY id", on: connection)
        == [
          "I-1 K declined", "I-2 K withdrawn merged", "I-2 K met", "I-3 K mutual", "I-3 K withdrawn merged",
          "I-1 K withdrawn merged", "I-5 K withdrawn merged", "I-7 K withdrawn merged",
          "I-8 K withdrawn merged",
          "I-6 K diligence", "I-4 K asked",
        ])
    #expect(
      try await texts("SELECT concat_ws(' ', investor, firm) FROM refusal", on: connection) == ["I-1 K"])
    // The one that was mutual is told to its people.
    #expect(withdrawn.first { $0.record == "8" }?.tell == ["Gone Person", "Kept Person"])
    #expect(
      try await texts(
        "SELECT concat_ws('|', unwanted_investors, wanted_investors, ask, currency) FROM firm WHERE code = 'K'",
        on: connection) == ["{I-5,I-6,I-7}|{I-8}|5|CNY"])
    #expect(
      try await texts("SELECT excluded_firms::text FROM investor WHERE code = 'I-8'", on: connection) == [
        "{K}"
      ])
    #expect(try await texts("SELECT conflicts::text FROM expert WHERE code = 'E'", on: connection) == ["{K}"])
    #expect(try await texts("SELECT firm FROM token", on: connection) == ["K"])
    for table in ["review", "decision", "stake", "holding"] {
      #expect(try await texts("SELECT DISTINCT firm FROM \(table)", on: connection) == ["K"], "\(table)")
    }
    #expect(
      try await texts("SELECT concat_ws(' ', code, firm) FROM pilot ORDER BY code", on: connection)
        == ["PL K", "PL-2 K", "PL-3 G"])
    #expect(
      try await texts(
        "SELECT concat_ws(' ', introduction, firm, action, state) FROM introduction_event WHERE action = 'merge' ORDER BY 1",
        on: connection) == ["10 K merge diligence", "11 K merge asked", "3 K merge met"])
    await connection.close()
  }

  private static let shows = """
    INSERT INTO roadshow (code, name, starts_on, time_zone) VALUES ('R', 'Both', '2036-12-01', 'Asia/Shanghai'), ('S', 'One', '2036-12-01', 'Asia/Shanghai');
    INSERT INTO roadshow_block (roadshow, number, starts_at, ends_at, slot_minutes, half, kind)
      VALUES ('R', 1, '2036-12-01 09:00', '2036-12-01 11:00', 20, 'morning', 'meetings'), ('R', 2, '2036-12-01 08:00', '2036-12-01 08:40', 20, 'morning', 'pitches'),
        ('S', 1, '2036-12-01 09:00', '2036-12-01 11:00', 20, 'morning', 'meetings');
    INSERT INTO roadshow_table (roadshow, number) SELECT show, n FROM unnest('{R,S}'::text[]) AS show, generate_series(1, 4) AS n;
    INSERT INTO participant (roadshow, party, side) VALUES ('R', 'K', 'firm'), ('R', 'G', 'firm'), ('S', 'G', 'firm'), ('S', 'O', 'firm');
    INSERT INTO participant (roadshow, party, side) SELECT show, 'I-' || n, 'investor' FROM unnest('{R,S}'::text[]) AS show, generate_series(1, 6) AS n;
    INSERT INTO participant_person (roadshow, party, person) VALUES ('R', 'G', 'PG'), ('S', 'G', 'PG'), ('R', 'K', 'PK');
    INSERT INTO participant_absence (roadshow, party, number, during) VALUES
      ('R', 'G', 1, '[2036-12-01 02:00+00,2036-12-01 02:20+00)'), ('R', 'K', 1, '[2036-12-01 02:20+00,2036-12-01 02:40+00)'),
      ('S', 'G', 1, '[2036-12-01 02:40+00,2036-12-01 03:00+00)');
    INSERT INTO wish (roadshow, "from", "to", side, kind) VALUES ('R', 'I-4', 'G', 'investor', 'no_thanks'), ('R', 'G', 'I-1', 'firm', 'must_meet'),
      ('R', 'K', 'I-1', 'firm', 'meet'), ('R', 'I-2', 'G', 'investor', 'meet'), ('S', 'I-3', 'G', 'investor', 'must_meet'), ('S', 'G', 'I-3', 'firm', 'meet');
    INSERT INTO pin (roadshow, firm, investor, slot) VALUES ('R', 'G', 'I-2', 3), ('R', 'G', 'I-4', 5), ('S', 'G', 'I-3', 1);
    INSERT INTO meeting (roadshow, firm, investor) VALUES ('R', 'K', 'I-1'), ('R', 'G', 'I-2'), ('R', 'G', 'I-1'), ('R', 'G', 'I-3'), ('R', 'K', 'I-4'),
      ('S', 'G', 'I-3'), ('S', 'G', 'I-5'), ('S', 'O', 'I-6');
    INSERT INTO plan (roadshow, number, seed, proof, created_by, parameters) VALUES ('R', 1, 7, 'optimal', 'test', '{}'), ('S', 1, 7, 'optimal', 'test', '{}');
    INSERT INTO plan_pitch (roadshow, plan, place, firm) VALUES ('R', 1, 1, 'G');
    """

  /// Slot and table of each meeting: K meets I-1 at 1 and I-4 at 6, G I-2 at 3, I-1 at 4 and I-3 at 1; at S G meets I-3 at 1
  /// and I-5 at 2.
  private static func seat(_ meeting: Int, _ slot: Int, _ table: Int) -> String {
    """
    INSERT INTO plan_meeting (roadshow, plan, meeting, firm, investor, slot, "table", during)
      SELECT m.roadshow, 1, m.number, m.firm, m.investor, s.number, \(table), s.during
      FROM meeting m JOIN roadshow_slot s ON s.roadshow = m.roadshow WHERE m.number = \(meeting) AND s.number = \(slot);
    """
  }

  @Test func enrolmentsAndMeetingsGoOver() async throws {
    let connection = try await migratedConnection()
    try await run(
      Self.city + Self.shows + Self.seat(1, 1, 1) + Self.seat(2, 3, 1) + Self.seat(3, 4, 1)
        + Self.seat(4, 2, 2)
        + Self.seat(5, 6, 1) + Self.seat(6, 1, 1) + Self.seat(7, 5, 1)
        + "UPDATE plan SET state = 'published' WHERE roadshow = 'R';", on: connection)
    // At S the firm meets I-3 while K meets I-1 at R, which is known once S is in force as well.
    try await run("UPDATE plan SET state = 'published' WHERE roadshow = 'S';", on: connection)
    let effects = try await merge("G", "K", on: connection)
    #expect(
      try await texts(
        "SELECT concat_ws(' ', roadshow, party, state) FROM participant WHERE side = 'firm' ORDER BY 1",
        on: connection
      ) == ["R G withdrawn", "R K enrolled", "S K enrolled", "S O enrolled"])
    #expect(
      try await texts(
        "SELECT concat_ws(' ', roadshow, party, person) FROM participant_person ORDER BY 1", on: connection)
        == ["R K PG", "R K PK", "S K PG"])
    #expect(
      try await texts(
        "SELECT concat_ws(' ', roadshow, party, during) FROM participant_absence ORDER BY 1", on: connection)
        == [
          "R K [\"2036-12-01 02:00:00+00\",\"2036-12-01 02:40:00+00\")",
          "S K [\"2036-12-01 02:40:00+00\",\"2036-12-01 03:00:00+00\")",
        ])
    #expect(
      try await texts(
        "SELECT concat_ws(' ', roadshow, \"from\", \"to\", kind) FROM wish ORDER BY 1", on: connection)
        == [
          "R I-2 K meet", "R I-4 K no_thanks", "R K I-1 must_meet", "S I-3 K must_meet", "S K I-3 meet",
        ])
    #expect(
      try await texts(
        "SELECT concat_ws(' ', roadshow, firm, investor, slot) FROM pin ORDER BY 1", on: connection)
        == ["R K I-2 3", "S K I-3 1"])
    // The same investor twice, at the same time elsewhere, one that wants no meeting, and one that K does not want.
    #expect(
      effects.filter { $0.done == .cancelled }.map { "\($0.record): \($0.why ?? "")" } == [
        "R 3 I-1 2036-12-01T10:00: K has a meeting with the same investor",
        "S 6 I-3 2036-12-01T09:00: K is elsewhere at the time",
        "R 5 I-4 2036-12-01T10:40: one of the two has said no",
        "S 7 I-5 2036-12-01T10:20: one of the two has said no",
      ])
    #expect(
      try await texts(
        """
        SELECT concat_ws(' ', m.number, m.firm, m.state, p.firm, p.live) FROM meeting m LEFT JOIN plan_meeting p ON p.meeting = m.number
        ORDER BY m.number
        """, on: connection)
        == [
          "1 K planned K t", "2 K planned K t", "3 G cancelled G f", "4 K planned K t", "5 K cancelled K f",
          "6 K cancelled K f", "7 K cancelled K f", "8 O planned",
        ])
    #expect(try await texts("SELECT firm FROM plan_pitch", on: connection) == ["K"])
    await connection.close()
  }

  /// The rules that keep a record with its firm give way to a merger and to nothing else.
  @Test func nothingElseGoesOver() async throws {
    let connection = try await migratedConnection()
    try await run(Self.city + Self.shows + Self.introduce(4, "G", "asked"), on: connection)
    let rules = [
      "introduction": "introduction_pair_is_fixed", "meeting": "meeting_pair_is_fixed",
      "review": "review_is_of_one_firm",
      "decision": "decision_is_fixed", "stake": "stake_is_fixed", "pilot": "pilot_is_of_one_firm",
      "token": "token_only_ends", "plan_pitch": "plan_is_fixed",
    ]
    func refusal(_ sql: String) async throws -> String? {
      do {
        try await run("BEGIN; \(sql); ROLLBACK", on: connection)
        return nil
      } catch StoreError.server(let error) {
        try await run("ROLLBACK", on: connection)
        return error.constraint ?? error.description
      }
    }
    for (table, rule) in rules {
      #expect(
        try await refusal("UPDATE \(table) SET firm = 'O' WHERE firm = 'G'") == rule, "\(table)")
      #expect(
        try await refusal(
          "UPDATE firm SET retired = true, merged_into = 'K' WHERE code = 'G'; UPDATE \(table) SET firm = 'O' WHERE firm = 'G'"
        ) == rule, "\(table)")
    }
    #expect(
      try await refusal(
        "UPDATE firm SET retired = true, merged_into = 'K' WHERE code = 'G'; UPDATE stake SET firm = 'K', agreed_on = '2020-02-02' WHERE firm = 'G'"
      ) == "stake_is_fixed")
    // By hand without the rest: what is open is withdrawn at the end.
    try await run("UPDATE firm SET retired = true, merged_into = 'K' WHERE code = 'G'", on: connection)
    #expect(
      try await texts("SELECT concat_ws(' ', state, reason) FROM introduction", on: connection)
        == ["withdrawn retired"])
    await connection.close()
  }
}
