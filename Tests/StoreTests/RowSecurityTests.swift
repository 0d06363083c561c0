import Domain
import TestSupport
import Testing

@testable import Store

/// What PostgreSQL itself shows to a party and lets it change, whatever the daemon asks.
@Suite struct RowSecurityTests {
  /// Investor I-1 has I-2 and below that I-3; I-4 is another's. I-1 knows F-1 from its list, F-2 as a holder and F-3
  /// because it excludes it; of F-4 it knows nothing, although the list of I-4 and an older one of its own have it.
  private static let registry = """
    INSERT INTO sector (code, name) VALUES ('ai', 'AI') ON CONFLICT DO NOTHING;
    INSERT INTO institute (code, name) VALUES ('N-1', 'One');
    INSERT INTO firm (code, id, name, sectors, stage)
      SELECT 'F-' || n, n, 'Firm ' || n, '{ai}', 'seed' FROM generate_series(1, 4) AS n;
    INSERT INTO investor (code, id, name, kind, parent) OVERRIDING SYSTEM VALUE
      SELECT 'I-' || n, n, 'Investor ' || n, 'vc', CASE WHEN n IN (2, 3) THEN 'I-' || n - 1 END
      FROM generate_series(1, 4) AS n;
    INSERT INTO holding (investor, firm) VALUES ('I-1', 'F-2'), ('I-4', 'F-4');
    UPDATE investor SET excluded_firms = '{F-3}' WHERE code = 'I-1';
    INSERT INTO policy (number, parameters, created_by) VALUES (1, '{}', 'test');
    INSERT INTO run (number, policy, state, host, started_by) VALUES (1, 1, 'running', 'h', 'test'), (2, 1, 'running', 'h', 'test');
    INSERT INTO revision (run, revision, policy_changed, registry_changed, changed_candidates, changed_investors,
      lists_changed, snapshot, as_of)
      SELECT run, 0, false, false, '{}', '{}', 4, '1:1:', '2026-01-01' FROM generate_series(1, 2) AS run;
    INSERT INTO ranking (investor, run, revision, candidates, scores)
      SELECT n, 1, 0, '{4}', '{1}' FROM generate_series(1, 4) AS n;
    INSERT INTO ranking (investor, run, revision, candidates, scores)
      SELECT n, 2, 0, CASE WHEN n = 4 THEN '{4}' ELSE '{1}' END::integer[], '{2}' FROM generate_series(1, 4) AS n;
    UPDATE publication SET run = 2, revision = 0, policy = 1;
    INSERT INTO token (id, digest, role, investor, firm, house, created_by, created_at, expires_at, revoked_at)
      SELECT id, sha256('x'), role, investor, firm, house, 'test', '2020-01-01', expires::timestamptz, revoked::timestamptz
      FROM (VALUES ('investor', 'investor', 'I-1', NULL, false, 'infinity', NULL),
        ('house', 'investor', 'I-1', NULL, true, 'infinity', NULL), ('firm', 'firm', NULL, 'F-1', false, 'infinity', NULL),
        ('expired', 'investor', 'I-1', NULL, true, '2021-01-01', NULL), ('revoked', 'firm', NULL, 'F-1', false, 'infinity', '2021-01-01'),
        ('job', 'job', NULL, NULL, false, 'infinity', NULL))
      AS t (id, role, investor, firm, house, expires, revoked);
    INSERT INTO idempotency_key (principal, key, request, last_line)
      SELECT 'token:' || id, 'k', '', '250 ok' FROM token;
    INSERT INTO audit (principal, action) SELECT 'token:' || id, 'test' FROM token;
    INSERT INTO introduction (investor, firm, state, investor_answer, firm_answer, investor_score, firm_score,
      investor_blurb, firm_blurb, expires_on, action, by)
      SELECT 'I-' || i, 'F-' || f, state::introduction_state, answer::introduction_answer, answer::introduction_answer, 1, 1,
        'x', 'x', '2030-01-01', 'emit', 'test'
      FROM (VALUES (1, 1, 'proposed', 'pending'), (3, 2, 'mutual', 'yes'), (4, 1, 'proposed', 'pending'),
        (4, 4, 'mutual', 'yes')) AS t (i, f, state, answer);
    INSERT INTO roadshow (code, name, starts_on, time_zone)
      SELECT 'R-' || n, 'Roadshow', '2031-12-01', 'UTC' FROM generate_series(1, 3) AS n;
    INSERT INTO roadshow_block (roadshow, number, starts_at, ends_at, slot_minutes, half)
      VALUES ('R-1', 1, '2031-12-01 09:00', '2031-12-01 10:00', 20, 'morning');
    INSERT INTO roadshow_table (roadshow, number) VALUES ('R-1', 1), ('R-1', 2);
    INSERT INTO participant (roadshow, party, side)
      SELECT 'R-1', party, CASE left(party, 1) WHEN 'F' THEN 'firm' ELSE 'investor' END::introduction_side
      FROM unnest('{F-1,F-2,I-1,I-3,I-4}'::text[]) AS party;
    INSERT INTO participant (roadshow, party, side) VALUES ('R-2', 'I-3', 'investor'), ('R-3', 'I-4', 'investor');
    -- A firm that has the code of an investor.
    INSERT INTO firm (code, id, name, sectors, stage) VALUES ('I-1', 5, 'Firm 5', '{ai}', 'seed');
    INSERT INTO participant (roadshow, party, side) VALUES ('R-3', 'I-1', 'firm');
    INSERT INTO participant_absence SELECT roadshow, party, 1, '[2031-12-01, 2031-12-02)' FROM participant;
    INSERT INTO wish (roadshow, "from", "to", side, kind) VALUES ('R-1', 'I-1', 'F-1', 'investor', 'meet'),
      ('R-1', 'F-1', 'I-1', 'firm', 'no_thanks'), ('R-1', 'I-3', 'F-2', 'investor', 'meet'), ('R-3', 'I-1', 'I-4', 'firm', 'meet');
    INSERT INTO plan (roadshow, number, seed, proof, created_by, parameters)
      SELECT 'R-1', number, 1, 'optimal', 'test', '{}' FROM generate_series(1, 2) AS number;
    INSERT INTO meeting (roadshow, firm, investor)
      VALUES ('R-1', 'F-1', 'I-1'), ('R-1', 'F-2', 'I-3'), ('R-1', 'F-2', 'I-4'), ('R-1', 'F-1', 'I-4');
    INSERT INTO plan_meeting (roadshow, plan, meeting, firm, investor, slot, "table", during)
      SELECT 'R-1', plan, m.number, m.firm, m.investor, s.number, 1, s.during
      FROM (VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3), (2, 4, 1)) AS planned (plan, meeting, slot)
        JOIN meeting m ON m.number = planned.meeting JOIN roadshow_slot s ON s.number = planned.slot;
    INSERT INTO plan_pitch (roadshow, plan, place, firm)
      VALUES ('R-1', 1, 1, 'F-1'), ('R-1', 1, 2, 'F-2'), ('R-1', 2, 1, 'F-3');
    UPDATE plan SET state = 'published' WHERE number = 1;
    """

  /// The schema with the registry above, and a connection as a role that owns nothing of it.
  private func serving() async throws -> Connection {
    let target = try await TestCluster.shared.makeDatabase()
    let owner = try await open(target)
    _ = try await Migrator().migrate(owner)
    try await owner.transaction(deadline: ample) { session in
      try session.execute(Self.registry, name: "test_registry")
      try ServingRole(name: "bellwether_serving", isSuperuser: false, ownsTables: false).grant(in: session)
    }
    await owner.close()
    return try await open(target.with("user", "bellwether_serving"))
  }

  private static func wish(_ from: String, _ to: String, _ side: String) -> String {
    "INSERT INTO wish (roadshow, \"from\", \"to\", side, kind) VALUES ('R-1', '\(from)', '\(to)', '\(side)', 'meet')"
  }

  /// What a party gets to see, as one text; nil where it may not ask.
  private func look(_ sql: String, as token: String?, on connection: Connection) async throws -> String? {
    do {
      return try await connection.transaction(deadline: ample) { session in
        if let token { try session.become(partyOf: token) }
        var rows: [String] = []
        try session.copyOut("COPY (\(sql)) TO STDOUT", name: "test_look") { row in
          rows.append(String(decoding: row, as: UTF8.self).filter { $0 != "\n" })
        }
        return rows.joined(separator: " ")
      }
    } catch StoreError.server(let error) where error.sqlState == "42501" { return nil }
  }

  @Test func everyTableShowsAPartyItsOwnAndNothingElse() async throws {
    let connection = try await serving()
    let relations = try await #require(
      look(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v') ORDER BY 1",
        as: nil, on: connection)
    ).split(separator: " ").map(String.init)
    #expect(relations.count > 15)
    let codes: [String: [String: String]] = [
      "investor": ["investor": "I-1", "house": "I-1 I-2 I-3"],
      "firm": ["investor": "F-1 F-2 F-3", "house": "F-1 F-2 F-3", "firm": "F-1"],
      "institute": [:],
      "introduction": ["investor": "1", "house": "1 2", "firm": "1 3"],
      // Each side sees the other one once both want it.
      "introduction_shown": [
        "investor": "1/I-1/-", "house": "1/I-1/- 2/I-3/F-2", "firm": "1/-/F-1 3/-/F-1",
      ],
      "introduction_history": ["investor": "1/-", "house": "1/- 2/-", "firm": "1/- 3/-"],
      "deal_list": ["investor": "1/1 1/2", "house": "1/1 1/2 2/1 2/2 3/1 3/2"],
      "idempotency_key": [:],
      "participant": [
        "investor": "R-1/I-1", "house": "R-1/I-1 R-1/I-3 R-2/I-3", "firm": "R-1/F-1",
      ],
      "participant_absence": [
        "investor": "R-1/I-1", "house": "R-1/I-1 R-1/I-3 R-2/I-3", "firm": "R-1/F-1",
      ],
      "roadshow": ["investor": "R-1", "house": "R-1 R-2", "firm": "R-1"],
      "wish": ["investor": "I-1/F-1", "house": "I-1/F-1 I-3/F-2", "firm": "F-1/I-1"],
      "plan_meeting": ["investor": "1", "house": "1 2", "firm": "1"],
      "meeting": ["investor": "1", "house": "1 2", "firm": "1"],
      "meeting_shown": ["investor": "1", "house": "1 2", "firm": "1"],
      "roadshow_block": ["investor": "R-1/1", "house": "R-1/1", "firm": "R-1/1"],
      "roadshow_slot": [
        "investor": "R-1/1 R-1/2 R-1/3", "house": "R-1/1 R-1/2 R-1/3", "firm": "R-1/1 R-1/2 R-1/3",
      ],
      "told_plan": ["investor": "R-1/1", "house": "R-1/1", "firm": "R-1/1"],
      "told_meeting": ["investor": "R-1/1", "house": "R-1/1 R-1/2", "firm": "R-1/1"],
      // An investor who takes part sees the line-up, a firm its own pitch.
      "told_pitch": ["investor": "F-1/1 F-2/2", "house": "F-1/1 F-2/2", "firm": "F-1/1"],
      // Those who meet each other.
      "told_delegation": [
        "investor": "R-1/F-1 R-1/I-1", "house": "R-1/F-1 R-1/F-2 R-1/I-1 R-1/I-3 R-2/I-3",
        "firm": "R-1/F-1 R-1/I-1",
      ],
    ]
    let everybody = ["sector"]
    for token in ["investor", "house", "firm", "expired", "revoked", "job", "nowhere", ""] {
      for relation in relations where !everybody.contains(relation) {
        let key =
          switch relation {
          case "deal_list", "ranking": "investor || '/' || run"
          case "idempotency_key": "principal"
          case "introduction": "id::text"
          case "introduction_shown": "id || '/' || coalesce(investor, '-') || '/' || coalesce(firm, '-')"
          case "introduction_history": "introduction || '/' || coalesce(by, '-')"
          case "investor", "firm", "institute", "roadshow": "code"
          case "participant", "participant_absence", "told_delegation": "roadshow || '/' || party"
          case "roadshow_block", "roadshow_slot", "told_plan", "told_meeting": "roadshow || '/' || number"
          case "told_pitch": "firm || '/' || place"
          case "wish": "\"from\" || '/' || \"to\""
          case "plan_meeting": "meeting::text"
          case "meeting", "meeting_shown": "number::text"
          default: "count(*)::text"
          }
        let order = key.hasPrefix("count") ? "" : " ORDER BY 1"
        let seen = try await look("SELECT \(key) FROM \(relation)\(order)", as: token, on: connection)
        var expected = codes[relation].map { $0[token] ?? "" }
        if relation == "idempotency_key", !["nowhere", ""].contains(token) { expected = "token:\(token)" }
        #expect(seen == expected, "\(token): \(relation)")
      }
    }
    // The session is the daemon's again.
    #expect(
      try await look("SELECT code FROM investor ORDER BY 1", as: nil, on: connection) == "I-1 I-2 I-3 I-4")
    #expect(try await look("SELECT count(*)::text FROM deal_list", as: nil, on: connection) == "8")
    await connection.close()
  }

  @Test func aPartyChangesItsOwnAndNothingElse() async throws {
    let connection = try await serving()
    func change(_ sql: String, as token: String) async throws -> String? {
      do {
        return try await connection.transaction(deadline: ample) { session in
          try session.become(partyOf: token)
          try session.execute(sql, name: "test_change")
          return nil
        }
      } catch StoreError.server(let error) { return error.sqlState }
    }
    _ = try await change("UPDATE investor SET city = 'Hefei'", as: "house")
    _ = try await change("UPDATE firm SET city = 'Hefei'", as: "investor")
    _ = try await change("UPDATE firm SET city = 'Hefei'", as: "firm")
    _ = try await change("UPDATE investor SET city = 'Wuhu'", as: "expired")
    #expect(
      try await look("SELECT code FROM investor WHERE city IS NOT NULL ORDER BY 1", as: nil, on: connection)
        == "I-1 I-2 I-3")
    #expect(try await look("SELECT code FROM firm WHERE city IS NOT NULL", as: nil, on: connection) == "F-1")
    for (token, by) in [("house", "token:house"), ("firm", "token:house"), ("revoked", "token:revoked")] {
      let state = try await change(
        "UPDATE introduction SET expires_on = '2031-01-01', by = '\(by)'", as: token)
      #expect(state == (token == "firm" ? "42501" : nil))
    }
    #expect(
      try await look(
        "SELECT id FROM introduction WHERE expires_on > '2030-12-31' ORDER BY 1", as: nil, on: connection)
        == "1 2")
    // One's own wishes and absences, under one's own name only.
    for (token, sql, refused) in [
      ("house", "UPDATE wish SET kind = 'no_thanks'", nil),
      ("house", "DELETE FROM wish WHERE \"from\" = 'F-1'", nil),
      ("firm", "DELETE FROM participant_absence", nil),
      ("firm", "INSERT INTO participant_absence VALUES ('R-1', 'F-1', 1, '[2031-12-01, 2031-12-03)')", nil),
      (
        "firm", "INSERT INTO participant_absence VALUES ('R-1', 'F-2', 2, '[2031-12-03, 2031-12-04)')",
        "42501"
      ),
      ("investor", Self.wish("I-1", "F-2", "investor"), nil),
      ("investor", Self.wish("I-3", "F-1", "investor"), "42501"),
      ("investor", Self.wish("F-2", "I-1", "firm"), "42501"),
      ("investor", Self.wish("I-1", "F-4", "investor"), "23503"),
      // Not as the firm of the same code.
      (
        "investor",
        "INSERT INTO wish (roadshow, \"from\", \"to\", side, kind) VALUES ('R-3', 'I-1', 'I-4', 'firm', 'meet')",
        "42501"
      ),
    ] as [(String, String, String?)] {
      #expect(try await change(sql, as: token) == refused, "\(token): \(sql)")
    }
    #expect(
      try await look(
        "SELECT \"from\" || kind FROM wish ORDER BY \"from\", \"to\", side", as: nil, on: connection)
        == "F-1no_thanks I-1no_thanks I-1meet I-1meet I-3no_thanks")
    #expect(try await look("SELECT count(*)::text FROM participant_absence", as: nil, on: connection) == "8")
    for (token, sql) in [
      ("house", "SELECT outcome FROM meeting"), ("house", "UPDATE participant SET max_meetings = 9"),
      ("firm", "UPDATE plan_meeting SET live = false"), ("firm", "SELECT FROM pin"),
      ("firm", "UPDATE roadshow SET city = 'x'"),
      ("firm", "UPDATE wish SET \"from\" = 'F-2'"),
      ("house", "SELECT investor FROM introduction"), ("house", "UPDATE introduction SET firm_score = 2"),
      ("house", "SELECT FROM refusal"), ("firm", "SELECT FROM introduction_event"),
      ("firm", "UPDATE introduction SET firm = 'F-4'"),
      ("investor", "UPDATE investor SET code = 'I-4' WHERE code = 'I-1'"),
      ("investor", "INSERT INTO investor (code, name, kind) VALUES ('I-9', 'x', 'vc')"),
      ("firm", "INSERT INTO firm (code, name, sectors, stage) VALUES ('F-9', 'x', '{ai}', 'seed')"),
      ("firm", "DELETE FROM firm"), ("investor", "UPDATE ranking SET scores = scores"),
      ("investor", "INSERT INTO audit (principal, action) VALUES ('token:house', 'x')"),
      (
        "investor",
        "INSERT INTO idempotency_key (principal, key, request, last_line) VALUES ('token:house', 'x', '', '')"
      ),
      ("investor", "CREATE TABLE t (x integer)"), ("investor", "UPDATE token SET revoked_at = now()"),
    ] {
      let state = try await change(sql, as: token)
      #expect(state == "42501" || state == "23514", "\(sql): \(state ?? "")")
    }
    await connection.close()
  }

  /// The daemon's own ways, as it takes them for a party.
  @Test func readingAndWritingThroughTheRegistry() async throws {
    let connection = try await serving()
    try await connection.transaction(deadline: ample) { session in
      try session.become(partyOf: "investor")
      #expect(try RegistryStore.get(.investor, "I-1", in: session)?.code == "I-1")
      for code in ["I-4", "I-9"] { #expect(try RegistryStore.get(.investor, code, in: session) == nil) }
      #expect(try RunStore.lists(of: [1, 2, 4], at: RunRevision(run: 2), in: session).keys.sorted() == [1])
    }
    func exclude(_ firms: [String]) async throws -> RegistryStore.Outcome {
      var record = Record(noun: .investor, code: "I-1")
      record["excluded_firms"] = .value(.list(firms))
      let staged = RegistryStore.Staged(row: 1, record: record)
      return try await connection.transaction(deadline: ample) { session in
        try session.become(partyOf: "investor", writing: .investor)
        _ = try RegistryStore.lock(.investor, "I-1", in: session)
        return try RegistryStore.write([staged], noun: .investor, partial: false, in: session)
      }
    }
    #expect(try await exclude(["F-1", "F-2", "F-3"]).changed == 1)
    // What it does not know is not there.
    #expect(try await exclude(["F-4"]).rejected.map(\.reason) == ["there is no firm \"F-4\""])
    #expect(try await exclude(["F-9"]).rejected.map(\.reason) == ["there is no firm \"F-9\""])
    await connection.close()
  }

  /// Tables that a session makes for itself do not stand in for those that decide.
  @Test func temporaryTablesDeceiveNobody() async throws {
    let connection = try await serving()
    try await connection.execute(
      """
      CREATE TEMPORARY TABLE token AS SELECT 'false'::text AS id, 'I-4'::text AS investor, NULL::text AS firm,
        true AS house, NULL::timestamptz AS revoked_at, 'infinity'::timestamptz AS expires_at
      """)
    #expect(try await look("SELECT code FROM investor", as: "false", on: connection) == "")
    await connection.close()
  }
}
