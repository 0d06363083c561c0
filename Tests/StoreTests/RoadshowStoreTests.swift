import Domain
import TestSupport
import Testing

@testable import Store

/// What a roadshow is planned from, where it is kept: what the database itself refuses, and what the planner reads.
@Suite struct RoadshowStoreTests {
  /// Roadshow R with four slots of two blocks and three tables, and S at the same time; firms and investors 1 to 4 take
  /// part in both.
  private static let roadshows = """
    INSERT INTO firm (code, name, sectors, stage) SELECT 'F-' || n, 'Firm ' || n, '{ai}', 'seed' FROM generate_series(1, 5) AS n;
    INSERT INTO investor (code, name, kind) SELECT 'I-' || n, 'Investor ' || n, 'vc' FROM generate_series(1, 5) AS n;
    INSERT INTO person (code, name, "of", of_kind)
      SELECT 'P-' || n, 'Person', 'F-' || 1 + n / 10, 'firm' FROM generate_series(1, 12) AS n;
    INSERT INTO roadshow (code, name, starts_on, ends_on, time_zone, pitch_places)
      VALUES ('R', 'One', '2031-12-01', '2031-12-02', 'Asia/Shanghai', 2), ('S', 'Two', '2031-12-01', NULL, 'Asia/Shanghai', NULL);
    INSERT INTO roadshow_block (roadshow, number, starts_at, ends_at, slot_minutes, pause_minutes, half)
      VALUES ('R', 1, '2031-12-01 09:00', '2031-12-01 10:00', 20, 10, 'morning'),
        ('R', 2, '2031-12-02 14:00', '2031-12-02 15:00', 30, 0, 'afternoon'),
        ('S', 1, '2031-12-01 09:10', '2031-12-01 10:10', 20, 0, 'morning');
    INSERT INTO roadshow_table (roadshow, number) SELECT show, n FROM unnest('{R,S}'::text[]) AS show, generate_series(1, 3) AS n;
    INSERT INTO participant (roadshow, party, side)
      SELECT show, side || '-' || n, CASE side WHEN 'F' THEN 'firm' ELSE 'investor' END::introduction_side
      FROM unnest('{R,S}'::text[]) AS show, unnest('{F,I}'::text[]) AS side, generate_series(1, 4) AS n;
    INSERT INTO meeting (roadshow, firm, investor)
      SELECT show, 'F-' || f, 'I-' || i FROM unnest('{R,S}'::text[]) AS show, generate_series(1, 4) AS f, generate_series(1, 4) AS i;
    """

  private func prepared(_ sql: String = roadshows) async throws -> Connection {
    let connection = try await migratedConnection()
    try await run(sql, on: connection)
    return connection
  }

  private func run(_ sql: String, on connection: Connection) async throws {
    try await connection.run(deadline: ample) { try $0.execute(sql, name: "test") }
  }

  /// The constraint that refuses some SQL; nil where none does.
  private func refusal(_ sql: String, on connection: Connection) async throws -> String? {
    do {
      try await run(sql, on: connection)
      return nil
    } catch StoreError.server(let error) { return error.constraint ?? error.description }
  }

  private func desk(_ roadshow: String, on connection: Connection) async throws -> RoadshowDesk {
    try #require(
      await connection.run(deadline: ample) { try RoadshowStore.desk(roadshow, in: $0) })
  }

  private static func plan(_ show: String, _ number: Int) -> String {
    """
    INSERT INTO plan (roadshow, number, seed, proof, created_by, parameters) VALUES ('\(show)', \(number), 7, 'optimal', 'test', '{}');
    """
  }

  private static func meets(
    _ show: String, _ plan: Int, _ firm: Int, _ investor: Int, slot: Int, table: Int
  ) -> String {
    """
    INSERT INTO plan_meeting (roadshow, plan, meeting, firm, investor, slot, "table", during)
      SELECT m.roadshow, \(plan), m.number, m.firm, m.investor, s.number, \(table), s.during
      FROM meeting m JOIN roadshow_slot s ON s.roadshow = m.roadshow
      WHERE m.roadshow = '\(show)' AND m.firm = 'F-\(firm)' AND m.investor = 'I-\(investor)' AND s.number = \(slot);
    """
  }

  // MARK: Two places at one time

  @Test func nobodyIsInTwoPlacesAtOneTime() async throws {
    let connection = try await prepared()
    try await run(
      Self.plan("R", 1) + Self.meets("R", 1, 1, 1, slot: 1, table: 1) + Self.plan("R", 2)
        + Self.meets("R", 2, 1, 2, slot: 2, table: 1) + Self.plan("S", 1)
        + Self.meets("S", 1, 1, 3, slot: 1, table: 1) + Self.plan("S", 2)
        + Self.meets("S", 2, 3, 1, slot: 1, table: 1) + Self.plan("S", 3)
        + Self.meets("S", 3, 1, 1, slot: 3, table: 1), on: connection)
    for (sql, constraint) in [
      (Self.meets("R", 1, 1, 2, slot: 1, table: 2), "plan_meeting_firm_twice"),
      (Self.meets("R", 1, 2, 1, slot: 1, table: 2), "plan_meeting_investor_twice"),
      (Self.meets("R", 1, 2, 2, slot: 1, table: 1), "plan_meeting_table_twice"),
      (Self.meets("R", 1, 1, 1, slot: 2, table: 1), "plan_meeting_pkey"),
      (Self.meets("R", 1, 2, 2, slot: 1, table: 2), nil),
      ("UPDATE plan SET state = 'published' WHERE roadshow = 'R' AND number = 1", nil),
      ("UPDATE plan SET state = 'published' WHERE roadshow = 'R' AND number = 2", "plan_one_published"),
      // Slot 1 of R overlaps slots 1 of S.
      (
        "UPDATE plan SET state = 'published' WHERE roadshow = 'S' AND number = 1",
        "plan_meeting_firm_elsewhere"
      ),
      (
        "UPDATE plan SET state = 'published' WHERE roadshow = 'S' AND number = 2",
        "plan_meeting_investor_elsewhere"
      ),
      ("UPDATE plan SET state = 'published' WHERE roadshow = 'S' AND number = 3", nil),
      // A meeting that is cancelled is in nobody's way.
      ("UPDATE plan SET state = 'superseded' WHERE roadshow = 'S' AND number = 3", nil),
      (
        "UPDATE meeting SET state = 'cancelled' WHERE roadshow = 'R' AND firm = 'F-1' AND investor = 'I-1'",
        nil
      ),
      ("UPDATE plan SET state = 'published' WHERE roadshow = 'S' AND number = 1", nil),
      (
        "UPDATE meeting SET state = 'planned' WHERE roadshow = 'R' AND firm = 'F-1' AND investor = 'I-1'",
        "plan_meeting_firm_elsewhere"
      ),
      (
        "UPDATE plan_meeting SET live = true WHERE roadshow = 'S' AND plan = 2",
        "plan_meeting_live_is_published"
      ),
    ] as [(String, String?)] {
      #expect(try await refusal(sql, on: connection) == constraint, "\(sql)")
    }
    await connection.close()
  }

  @Test func slotsAndBlocksDoNotOverlap() async throws {
    let connection = try await prepared()
    for (sql, constraint) in [
      (
        "INSERT INTO roadshow_slot SELECT roadshow, 9, block, tstzrange(lower(during) + '5 min', upper(during)) FROM roadshow_slot WHERE roadshow = 'R' AND number = 1",
        "roadshow_slot_overlap"
      ),
      (
        "UPDATE roadshow_block SET starts_at = '2031-12-01 09:30', ends_at = '2031-12-01 10:30' WHERE roadshow = 'R' AND number = 2",
        "roadshow_block_overlap"
      ),
      (
        "UPDATE roadshow_block SET ends_at = '2031-12-02 00:00' WHERE number = 1", "roadshow_block_in_one_day"
      ),
      ("UPDATE roadshow_block SET ends_at = starts_at WHERE number = 1", "roadshow_block_in_one_day"),
      ("UPDATE roadshow_block SET slot_minutes = 61 WHERE number = 1", "roadshow_block_has_a_slot"),
      ("UPDATE roadshow_block SET slot_minutes = 4 WHERE number = 1", "roadshow_block_slot_minutes_range"),
      ("UPDATE roadshow SET starts_on = '2031-12-02' WHERE code = 'R'", "roadshow_block_on_its_days"),
      ("UPDATE roadshow SET time_zone = NULL WHERE code = 'R'", "roadshow_time_zone_fixed"),
      ("UPDATE roadshow SET time_zone = 'Asia/Shanghai', city = 'Hefei' WHERE code = 'R'", nil),
      (
        "UPDATE roadshow SET time_zone = NULL, starts_on = '2027-01-01', ends_on = NULL WHERE code = 'R'",
        "roadshow_time_zone_fixed"
      ),
    ] as [(String, String?)] {
      #expect(try await refusal(sql, on: connection) == constraint, "\(sql)")
    }
    await connection.close()
  }

  // MARK: Clocks

  @Test(arguments: [
    // Berlin: forward at 02:00 to 03:00, back at 03:00 to 02:00.
    ("Europe/Berlin", "2026-03-29", "02:00", "04:00", "local_time_skipped"),
    ("Europe/Berlin", "2026-03-29", "02:59", "04:00", "local_time_skipped"),
    ("Europe/Berlin", "2026-03-29", "00:30", "02:30", "local_time_skipped"),
    ("Europe/Berlin", "2026-03-29", "01:00", "04:00", "roadshow_block_keeps_time"),
    ("Europe/Berlin", "2026-03-29", "03:00", "04:00", "01:00Z"),
    ("Europe/Berlin", "2026-03-29", "00:30", "01:59", "23:30Z"),
    ("Europe/Berlin", "2026-10-25", "02:00", "04:00", "local_time_doubled"),
    ("Europe/Berlin", "2026-10-25", "00:30", "02:59", "local_time_doubled"),
    ("Europe/Berlin", "2026-10-25", "01:00", "04:00", "roadshow_block_keeps_time"),
    ("Europe/Berlin", "2026-10-25", "03:00", "04:00", "02:00Z"),
    ("Europe/Berlin", "2026-10-25", "00:30", "01:59", "22:30Z"),
    // Half an hour, and southern.
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "04:00", "local_time_skipped"),
    ("Australia/Lord_Howe", "2026-10-04", "02:30", "04:00", "15:30Z"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "04:00", "local_time_doubled"),
    // A day that there never was.
    ("Pacific/Apia", "2011-12-30", "09:00", "10:00", "local_time_skipped"),
    ("Asia/Shanghai", "2026-03-29", "02:30", "04:00", "18:30Z"),
  ])
  func localTimes(zone: String, day: String, from: String, until: String, outcome: String) async throws {
    let connection = try await prepared(
      "INSERT INTO roadshow (code, name, starts_on, time_zone) VALUES ('D', 'D', '\(day)', '\(zone)')")
    let refused = try await refusal(
      """
      INSERT INTO roadshow_block (roadshow, number, starts_at, ends_at, slot_minutes, half)
        VALUES ('D', 1, '\(day) \(from)', '\(day) \(until)', 60, 'morning')
      """, on: connection)
    if outcome.hasSuffix("Z") {
      #expect(refused == nil)
      let slot = try #require(await desk("D", on: connection).slots.first)
      let minute = slot.starts / 60 % 1_440
      #expect(minute == WallTime("2026-01-01T\(outcome.dropLast())")?.minute)
      #expect(slot.startsAt == WallTime("\(day)T\(from)"))
      #expect(slot.ends - slot.starts == 3_600)
    } else {
      #expect(refused == outcome)
    }
    await connection.close()
  }

  // MARK: Blocks and what depends on them

  @Test func slotsAreNumberedAnewAndWhatIsHeldKeepsItsTime() async throws {
    let connection = try await prepared()
    try await run(
      "INSERT INTO pin (roadshow, firm, investor, slot) VALUES ('R', 'F-1', 'I-1', 1), ('R', 'F-1', 'I-2', 2);"
        + Self.plan("R", 1) + Self.meets("R", 1, 3, 3, slot: 4, table: 3)
        + "UPDATE plan SET state = 'published'", on: connection)
    #expect(try await desk("R", on: connection).published?.meetings.map(\.slot) == [4])
    let earlier = """
      INSERT INTO roadshow_block (roadshow, number, starts_at, ends_at, slot_minutes, half)
        VALUES ('R', 7, '2031-12-01 08:00', '2031-12-01 08:20', 20, 'morning')
      """
    #expect(try await refusal(earlier, on: connection) == nil)
    let after = try await desk("R", on: connection)
    #expect(after.slots.map(\.block) == [7, 1, 1, 2, 2])
    #expect(after.slots.map(\.number) == [1, 2, 3, 4, 5])
    #expect(after.pins.map(\.slot) == [2, 3])
    #expect(after.published?.meetings.map(\.slot) == [5])
    for (sql, constraint) in [
      ("DELETE FROM roadshow_block WHERE roadshow = 'R' AND number = 1", "roadshow_block_pinned"),
      (
        "UPDATE roadshow_block SET kind = 'pitches' WHERE roadshow = 'R' AND number = 1",
        "roadshow_block_pinned"
      ),
      ("DELETE FROM roadshow_block WHERE roadshow = 'R' AND number = 2", "roadshow_block_in_use"),
      (
        "UPDATE roadshow_block SET slot_minutes = 25 WHERE roadshow = 'R' AND number = 2",
        "roadshow_block_in_use"
      ),
      ("DELETE FROM roadshow_table WHERE roadshow = 'R' AND number = 3", "roadshow_table_in_use"),
      ("DELETE FROM roadshow_block WHERE roadshow = 'R' AND number = 7", nil),
      ("UPDATE plan SET state = 'superseded'", nil),
      ("DELETE FROM roadshow_block WHERE roadshow = 'R' AND number = 2", nil),
      ("DELETE FROM roadshow_table WHERE roadshow = 'R' AND number = 3", nil),
      ("UPDATE pin SET slot = 9 WHERE investor = 'I-1'", "pin_slot_fkey"),
      ("UPDATE pin SET slot = 2 WHERE investor = 'I-1'", "pin_firm_twice"),
    ] as [(String, String?)] {
      #expect(try await refusal(sql, on: connection) == constraint, "\(sql)")
    }
    #expect(try await desk("R", on: connection).pins.map(\.slot) == [1, 2])
    await connection.close()
  }

  // MARK: Plans

  @Test func plansDoNotChange() async throws {
    let connection = try await prepared()
    try await run(
      Self.plan("R", 1) + Self.meets("R", 1, 1, 1, slot: 1, table: 1)
        + "INSERT INTO plan_pitch VALUES ('R', 1, 1, 'F-1');" + Self.plan("R", 2)
        + Self.meets("R", 2, 1, 1, slot: 2, table: 2), on: connection)
    for (sql, constraint) in [
      ("UPDATE plan SET seed = 8 WHERE number = 1", "plan_is_fixed"),
      ("UPDATE plan_meeting SET \"table\" = 3 WHERE plan = 1", "plan_is_fixed"),
      ("UPDATE plan_pitch SET place = 3", "plan_is_fixed"), ("DELETE FROM plan_meeting", "plan_is_fixed"),
      ("DELETE FROM plan_pitch", "plan_is_fixed"),
      ("UPDATE plan_meeting SET live = true WHERE plan = 1", "plan_meeting_live_is_published"),
      ("UPDATE plan SET state = 'superseded' WHERE number = 1", "plan_move_is_legal"),
      ("UPDATE plan SET state = 'published' WHERE number = 1", nil),
      ("UPDATE plan SET state = 'draft', published_at = NULL WHERE number = 1", "plan_move_is_legal"),
      (Self.meets("R", 1, 2, 2, slot: 1, table: 2), "plan_is_fixed"),
      ("INSERT INTO plan_pitch VALUES ('R', 1, 2, 'F-2')", "plan_is_fixed"),
      ("DELETE FROM plan WHERE number = 1", "plan_rows_stay"),
      ("TRUNCATE plan_meeting", "plan_meeting_rows_stay"), ("DELETE FROM meeting", "meeting_rows_stay"),
      ("UPDATE meeting SET firm = 'F-2' WHERE number = 1", "meeting_pair_is_fixed"),
      (
        "UPDATE plan SET state = 'superseded' WHERE number = 1; UPDATE plan SET state = 'published' WHERE number = 2",
        nil
      ),
    ] as [(String, String?)] {
      #expect(try await refusal(sql, on: connection) == constraint, "\(sql)")
    }
    var published = try #require(try await desk("R", on: connection).published)
    #expect(published.number == 2 && published.pitches.isEmpty)
    #expect(published.meetings.map(\.isLive) == [true] && published.meetings.map(\.slot) == [2])
    // Back again.
    try await run(
      "UPDATE plan SET state = 'superseded' WHERE number = 2; UPDATE plan SET state = 'published' WHERE number = 1",
      on: connection)
    published = try #require(try await desk("R", on: connection).published)
    #expect(published.number == 1 && published.pitches == ["F-1"])
    #expect(published.meetings.map(\.slot) == [1])
    try await run(Self.plan("R", 3) + Self.meets("R", 3, 1, 1, slot: 3, table: 2), on: connection)
    #expect(try await refusal("DELETE FROM plan WHERE number = 3", on: connection) == nil)
    #expect(
      try await refusal(
        Self.plan("R", 4)
          + "INSERT INTO plan_meeting SELECT roadshow, 4, number, firm, investor, 1, 9, tstzrange(now(), now() + '1 h') FROM meeting WHERE number = 1",
        on: connection) == "plan_meeting_has_a_place")
    await connection.close()
  }

  // MARK: How many

  @Test func limits() async throws {
    let connection = try await prepared(
      Self.roadshows + """
        INSERT INTO firm (code, name, sectors, stage) SELECT 'X-' || n, 'X', '{ai}', 'seed' FROM generate_series(1, 2000) AS n;
        INSERT INTO person (code, name, "of", of_kind) SELECT 'Q-' || n, 'Person', 'F-3', 'firm' FROM generate_series(1, 9) AS n;
        """)
    func firms(_ range: ClosedRange<Int>) -> String {
      "INSERT INTO participant (roadshow, party, side) SELECT 'R', 'X-' || n, 'firm' FROM generate_series(\(range.lowerBound), \(range.upperBound)) AS n"
    }
    func absences(_ count: Int) -> String {
      "INSERT INTO participant_absence SELECT 'R', 'F-1', n, tstzrange('2031-12-01'::timestamptz + n * interval '2 min', '2031-12-01'::timestamptz + n * interval '2 min' + interval '1 min') FROM generate_series(1, \(count)) AS n"
    }
    for (sql, constraint) in [
      (firms(1...1_993), "participant_limit"), (firms(1...1_992), nil),
      ("INSERT INTO participant (roadshow, party, side) VALUES ('R', 'X-2000', 'firm')", "participant_limit"),
      (
        "INSERT INTO participant_person SELECT 'R', 'F-3', 'Q-' || n FROM generate_series(1, 9) AS n",
        "participant_person_limit"
      ),
      ("INSERT INTO participant_person SELECT 'R', 'F-3', 'Q-' || n FROM generate_series(1, 8) AS n", nil),
      ("INSERT INTO participant_person VALUES ('R', 'F-3', 'Q-9')", "participant_person_limit"),
      ("INSERT INTO participant_person VALUES ('R', 'F-3', 'Q-8')", "participant_person_once"),
      ("INSERT INTO participant_person VALUES ('R', 'F-2', 'Q-9')", "participant_person_of_party"),
      ("INSERT INTO participant_person VALUES ('R', 'I-3', 'Q-9')", "participant_person_of_party"),
      (absences(101), "participant_absence_number_range"), (absences(100), nil),
      ("INSERT INTO roadshow_table (roadshow, number) VALUES ('R', 1001)", "roadshow_table_number_range"),
      (
        "UPDATE roadshow_block SET number = 101 WHERE roadshow = 'R' AND number = 1",
        "roadshow_block_number_range"
      ),
      (
        "UPDATE roadshow_block SET starts_at = '2031-12-02 00:00', ends_at = '2031-12-02 16:35', slot_minutes = 5 WHERE roadshow = 'R' AND number = 2",
        "roadshow_slot_number_range"
      ),
      (
        "UPDATE roadshow_block SET starts_at = '2031-12-02 00:00', ends_at = '2031-12-02 16:30', slot_minutes = 5 WHERE roadshow = 'R' AND number = 2",
        nil
      ),
    ] as [(String, String?)] {
      #expect(try await refusal(sql, on: connection) == constraint, "\(sql)")
    }
    #expect(try await desk("R", on: connection).slots.count == 200)
    await connection.close()
  }

  @Test func wishesAreLimitedAndForTheOtherSide() async throws {
    let connection = try await prepared(
      Self.roadshows + """
        INSERT INTO firm (code, name, sectors, stage) SELECT 'X-' || n, 'X', '{ai}', 'seed' FROM generate_series(1, 200) AS n;
        INSERT INTO investor (code, name, kind) SELECT 'Y-' || n, 'Y', 'vc' FROM generate_series(1, 101) AS n;
        INSERT INTO participant (roadshow, party, side) SELECT 'R', 'X-' || n, 'firm' FROM generate_series(1, 200) AS n;
        INSERT INTO participant (roadshow, party, side) SELECT 'R', 'Y-' || n, 'investor' FROM generate_series(1, 101) AS n;
        """)
    func wish(_ from: String, _ to: String, _ side: String = "firm") -> String {
      "INSERT INTO wish (roadshow, \"from\", \"to\", side, kind) VALUES ('R', '\(from)', '\(to)', '\(side)', 'meet')"
    }
    for (sql, constraint) in [
      (wish("X-1", "X-2"), "wish_investor_fkey"), (wish("Y-1", "Y-2", "investor"), "wish_firm_fkey"),
      (wish("X-1", "I-5"), "wish_investor_fkey"), (wish("X-1", "Y-1", "investor"), "wish_investor_fkey"),
      (
        "INSERT INTO wish (roadshow, \"from\", \"to\", side, kind) SELECT 'R', 'X-' || n, 'Y-' || i, 'firm', 'meet' FROM generate_series(1, 200) AS n, generate_series(1, 100) AS i",
        nil
      ), (wish("X-1", "Y-101"), "wish_limit"), (wish("Y-1", "X-1", "investor"), "wish_limit"),
      ("DELETE FROM wish WHERE \"from\" = 'X-1' AND \"to\" = 'Y-1'", nil), (wish("X-1", "Y-101"), nil),
    ] as [(String, String?)] {
      #expect(try await refusal(sql, on: connection) == constraint, "\(sql)")
    }
    await connection.close()
  }

  /// Of two who come at the same time for the last place, one is refused.
  @Test func theLastPlaceIsGivenOnce() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let first = try await open(target)
    _ = try await Migrator().migrate(first)
    try await run(
      Self.roadshows + """
        INSERT INTO firm (code, name, sectors, stage) SELECT 'X-' || n, 'X', '{ai}', 'seed' FROM generate_series(1, 2000) AS n;
        INSERT INTO participant (roadshow, party, side) SELECT 'R', 'X-' || n, 'firm' FROM generate_series(1, 1991) AS n;
        """, on: first)
    let second = try await open(target)
    func add(_ firm: Int, on connection: Connection) async throws -> String? {
      try await refusal(
        "INSERT INTO participant (roadshow, party, side) VALUES ('R', 'X-\(firm)', 'firm')", on: connection)
    }
    async let one = add(1992, on: first)
    async let other = add(1993, on: second)
    let outcomes = try await [one, other].map { $0 ?? "taken" }.sorted()
    #expect(outcomes == ["participant_limit", "taken"])
    await first.close()
    await second.close()
  }

  // MARK: Reading

  @Test func theDeskHasAllThatWasEntered() async throws {
    let connection = try await prepared(
      Self.roadshows + """
        UPDATE roadshow_table SET name = 'Window', room = 'Hall', out_of_order = true WHERE roadshow = 'R' AND number = 2;
        UPDATE participant SET max_meetings = 3, min_meetings = 2, prefers = 'morning' WHERE roadshow = 'R' AND party = 'F-1';
        UPDATE participant SET state = 'late', late_until = '2031-12-01 09:10+08' WHERE roadshow = 'R' AND party = 'I-1';
        UPDATE firm SET retired = true WHERE code = 'F-4';
        INSERT INTO participant_person VALUES ('R', 'F-1', 'P-2'), ('R', 'F-1', 'P-1');
        INSERT INTO participant_absence VALUES ('R', 'F-1', 1, '[2031-12-01 09:15+08, 2031-12-01 09:25+08)'),
          ('R', 'F-1', 2, '[2031-12-02 14:45+08, 2031-12-02 16:00+08)');
        INSERT INTO wish (roadshow, "from", "to", side, kind)
          VALUES ('R', 'F-1', 'I-1', 'firm', 'must_meet'), ('R', 'I-1', 'F-2', 'investor', 'no_thanks'), ('S', 'F-1', 'I-2', 'firm', 'meet');
        INSERT INTO pin VALUES ('R', 'F-1', 'I-1', 2, 1, NULL, NULL), ('R', 'F-2', 'I-2', NULL, NULL, 'F-1', 'I-1');
        """ + Self.plan("S", 1) + "INSERT INTO plan_pitch VALUES ('S', 1, 1, 'F-2'), ('S', 1, 2, 'F-5');"
        + "UPDATE plan SET state = 'published';" + Self.plan("S", 2)
        + "INSERT INTO plan_pitch VALUES ('S', 2, 1, 'F-1');"
        + Self.plan("R", 1) + Self.meets("R", 1, 2, 2, slot: 3, table: 3)
        + Self.meets("R", 1, 1, 1, slot: 2, table: 1)
        + "INSERT INTO plan_pitch VALUES ('R', 1, 2, 'F-1'), ('R', 1, 1, 'F-3');"
        + "UPDATE plan SET state = 'published' WHERE roadshow = 'R'")
    let desk = try await desk("R", on: connection)
    #expect(
      desk.show
        == .init(
          code: "R", name: "One", timeZone: "Asia/Shanghai", startsOn: Day("2031-12-01")!,
          endsOn: Day("2031-12-02")!, pitchPlaces: 2, isRetired: false, freezeMinutes: 10))
    #expect(desk.blocks.map(\.number) == [1, 2])
    #expect(
      desk.blocks[0]
        == RoadshowBlock(
          number: 1, startsAt: WallTime("2031-12-01T09:00")!, endsAt: WallTime("2031-12-01T10:00")!,
          slotMinutes: 20, pauseMinutes: 10))
    let midnight = 1_953_820_800  // 2031-12-01T00:00 there
    #expect(desk.slots.map(\.starts) == [9, 9.5, 38, 38.5].map { midnight + Int($0 * 3_600) })
    #expect(desk.slots.map { $0.ends - $0.starts } == [1_200, 1_200, 1_800, 1_800])
    #expect(desk.slots.map(\.minutesToNext) == [10, 28 * 60 + 10, 0, nil])
    #expect(desk.slots.map(\.half) == [.morning, .morning, .afternoon, .afternoon])
    #expect(desk.slots.map(\.startsAt.description).last == "2031-12-02T14:30")
    #expect(desk.tables.map(\.number) == [1, 2, 3])
    #expect(desk.tables[1] == .init(number: 2, name: "Window", room: "Hall", isOutOfOrder: true))
    #expect(desk.participants.map(\.party) == ["F-1", "F-2", "F-3", "F-4", "I-1", "I-2", "I-3", "I-4"])
    #expect(
      desk.participants[0]
        == .init(
          party: "F-1", side: .firm, name: "Firm 1", maxMeetings: 3, minMeetings: 2, prefers: .morning,
          state: .enrolled, lateUntil: nil, absentSlots: [1, 4], persons: ["P-1", "P-2"]))
    #expect(desk.participants[3].state == .withdrawn)
    #expect(desk.participants[4].state == .late && desk.participants[4].absentSlots == [1])
    #expect(desk.participants[4].lateUntil == midnight + 9 * 3_600 + 600)
    #expect(
      desk.wishes == [
        .init(from: "F-1", to: "I-1", side: .firm, wish: .mustMeet),
        .init(from: "I-1", to: "F-2", side: .investor, wish: .noThanks),
      ])
    #expect(desk.wishes.map(\.firm) == ["F-1", "F-2"] && desk.wishes.map(\.investor) == ["I-1", "I-1"])
    #expect(
      desk.pins == [
        .init(pair: .init(firm: "F-1", investor: "I-1"), slot: 2, table: 1),
        .init(
          pair: .init(firm: "F-2", investor: "I-2"), after: .init(firm: "F-1", investor: "I-1")),
      ])
    let published = try #require(desk.published)
    #expect(published.number == 1 && published.pitches == ["F-3", "F-1"])
    #expect(published.meetings.map(\.pair.firm) == ["F-1", "F-2"])
    #expect(published.meetings.map(\.slot) == [2, 3] && published.meetings.map(\.table) == [1, 3])
    #expect(published.meetings.map(\.sequence) == [0, 0] && published.meetings.allSatisfy(\.isLive))
    #expect(published.meetings[0].starts == desk.slots[1].starts)
    #expect(desk.pitchesElsewhere == ["F-2": 1])
    let nowhere = try await connection.run(deadline: ample) { try RoadshowStore.desk("nowhere", in: $0) }
    #expect(nowhere == nil)
    await connection.close()
  }

  @Test func absencesBecomeOneAndAreCut() async throws {
    let connection = try await prepared()
    func say(_ from: String?, _ until: String?, away: Bool = true) async throws -> [Int] {
      try await connection.transaction(deadline: ample) { session in
        let (count, isNew) = try RoadshowStore.setAbsence(
          of: "F-1", at: "R", from: from.map { WallTime("2031-12-01T\($0)")! },
          until: until.map { WallTime("2031-12-01T\($0)")! }, isAway: away, in: session)
        return [count, isNew ? 1 : 0]
      }
    }
    #expect(try await say("09:00", "09:10") == [1, 1])
    #expect(try await say("09:10", "09:20") == [1, 1])
    #expect(try await say("09:05", "09:15") == [1, 0])
    #expect(try await say("11:00", nil) == [2, 1])
    #expect(try await desk("R", on: connection).participants[0].absentSlots == [1, 3, 4])
    #expect(try await say("09:05", "09:15", away: false) == [3, 1])
    #expect(try await say(nil, nil) == [1, 1])
    #expect(try await desk("R", on: connection).participants[0].absentSlots == [1, 2, 3, 4])
    #expect(try await say(nil, nil, away: false) == [0, 1])
    #expect(try await desk("R", on: connection).participants[0].absentSlots == [])
    await connection.close()
  }

  /// Persons who leave a party, or are deleted, leave its delegation.
  @Test func personsLeave() async throws {
    let connection = try await prepared()
    try await run(
      "INSERT INTO participant_person VALUES ('R', 'F-1', 'P-1'), ('R', 'F-1', 'P-2')", on: connection)
    try await run("UPDATE person SET \"of\" = 'F-2' WHERE code = 'P-1'", on: connection)
    #expect(try await desk("R", on: connection).participants[0].persons == ["P-2"])
    try await run("DELETE FROM person WHERE code = 'P-2'", on: connection)
    #expect(try await desk("R", on: connection).participants[0].persons == [])
    await connection.close()
  }
}
