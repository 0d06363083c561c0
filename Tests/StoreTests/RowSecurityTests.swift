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
          case "investor", "firm", "institute": "code"
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
    for (token, sql) in [
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
