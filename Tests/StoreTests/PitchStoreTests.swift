import TestSupport
import Testing

@testable import Store

/// Pitches as PostgreSQL keeps them, whoever writes: psql can neither move nor double one.
@Suite struct PitchStoreTests {
  /// Roadshow R with two slots for pitches; firms 1 and 2 take part, 3 does not. Plans 1 and 2 have all three firms, the
  /// third without a slot; plan 3 has firm 3 in the place and slot of firm 2.
  private func prepared() async throws -> Connection {
    let connection = try await migratedConnection()
    try await connection.run(deadline: ample) { session in
      try session.execute(
        """
        INSERT INTO firm (code, name, sectors, stage) SELECT 'F-' || n, 'Firm ' || n, '{ai}', 'seed' FROM generate_series(1, 3) AS n;
        INSERT INTO investor (code, name, kind) VALUES ('I-1', 'Investor', 'vc');
        INSERT INTO roadshow (code, name, starts_on, time_zone)
          VALUES ('R', 'One', '2036-12-01', 'Asia/Shanghai'), ('S', 'Two', '2036-12-01', 'Asia/Shanghai');
        INSERT INTO roadshow_block (roadshow, number, kind, starts_at, ends_at, slot_minutes, pause_minutes, half)
          VALUES ('R', 1, 'pitches', '2036-12-01 09:00', '2036-12-01 09:25', 10, 5, 'morning'),
            ('S', 1, 'pitches', '2036-12-01 09:05', '2036-12-01 09:15', 10, 0, 'morning'),
            ('S', 2, 'meetings', '2036-12-01 09:15', '2036-12-01 09:35', 20, 0, 'morning');
        INSERT INTO roadshow_table (roadshow, number) VALUES ('S', 1);
        INSERT INTO participant (roadshow, party, side) VALUES ('R', 'F-1', 'firm'), ('R', 'F-2', 'firm'), ('S', 'F-2', 'firm'),
          ('S', 'I-1', 'investor');
        INSERT INTO plan (roadshow, number, seed, proof, created_by, parameters)
          SELECT show, n, 1, 'feasible', 'test', '{}' FROM unnest('{R,S}'::text[]) AS show, generate_series(1, 3) AS n;
        INSERT INTO plan_pitch (roadshow, plan, place, firm, during)
          SELECT 'R', plan, n, 'F-' || n, s.during FROM generate_series(1, 2) AS plan, generate_series(1, 3) AS n
            LEFT JOIN pitch_slots('R') AS s ON s.number = n;
        INSERT INTO plan_pitch (roadshow, plan, place, firm, during)
          SELECT 'R', 3, 2, 'F-3', s.during FROM pitch_slots('R') AS s WHERE s.number = 2;
        """, name: "test")
    }
    return connection
  }

  private func run(_ sql: String, on connection: Connection) async throws {
    try await connection.transaction(deadline: ample) { try $0.execute(sql, name: "test") }
  }

  /// The constraint that holds a change back; nil where none does.
  private func refusal(_ sql: String, on connection: Connection) async throws -> String? {
    do {
      try await run(sql, on: connection)
      return nil
    } catch StoreError.server(let error) { return error.constraint }
  }

  private func publish(_ plan: Int, of show: String = "R") -> String {
    """
    UPDATE plan SET state = 'superseded' WHERE roadshow = '\(show)' AND state = 'published';
    UPDATE plan SET state = 'published' WHERE roadshow = '\(show)' AND number = \(plan);
    """
  }

  /// What is told of each firm's pitch: its local time, whether it takes place, and its sequence.
  private func told(on connection: Connection) async throws -> [String: String] {
    let pitches = try await connection.run(deadline: ample) {
      try SheetStore.programme(of: "R", isParty: false, in: $0)?.pitches ?? []
    }
    return Dictionary(
      uniqueKeysWithValues: pitches.map {
        ($0.firm.code, "\(($0.starts / 60) % 60) \($0.isLive ? "live" : "off") \($0.sequence)")
      })
  }

  @Test func aPitchKeepsItsTimeAndCountsItsChanges() async throws {
    let connection = try await prepared()
    try await run(publish(1), on: connection)
    #expect(try await told(on: connection) == ["F-1": "0 live 0", "F-2": "15 live 0"])
    // The same times under another plan are nothing new.
    try await run(publish(2), on: connection)
    #expect(try await told(on: connection) == ["F-1": "0 live 0", "F-2": "15 live 0"])
    // Who withdraws pitches no more, at once, and nobody else moves.
    try await run("UPDATE participant SET state = 'withdrawn' WHERE party = 'F-2'", on: connection)
    #expect(try await told(on: connection) == ["F-1": "0 live 0", "F-2": "15 off 1"])
    try await run("UPDATE participant SET state = 'enrolled' WHERE party = 'F-2'", on: connection)
    #expect(try await told(on: connection) == ["F-1": "0 live 0", "F-2": "15 live 2"])
    // Out, and back again: calendars are told of both.
    try await run(publish(3), on: connection)
    #expect(try await told(on: connection) == ["F-1": "0 off 1", "F-2": "15 off 3", "F-3": "15 live 0"])
    try await run(publish(1), on: connection)
    #expect(try await told(on: connection) == ["F-1": "0 live 2", "F-2": "15 live 4", "F-3": "15 off 1"])
    await connection.close()
  }

  @Test func whatCannotBeIsRefused() async throws {
    let connection = try await prepared()
    try await run(publish(1), on: connection)
    try await run("UPDATE participant SET state = 'withdrawn' WHERE party = 'F-1'", on: connection)
    for (sql, constraint) in [
      (
        "INSERT INTO plan_pitch SELECT 'R', 3, 1, 'F-1', during FROM plan_pitch WHERE plan = 3",
        "plan_pitch_slot_twice"
      ),
      (
        "INSERT INTO plan_pitch VALUES ('R', 3, 1, 'F-1', '[2036-12-01 08:00+08, 2036-12-01 08:10+08)')",
        "plan_pitch_has_a_slot"
      ),
      ("UPDATE plan_pitch SET during = NULL WHERE plan = 3", "plan_is_fixed"),
      ("UPDATE plan_pitch SET live = true WHERE plan = 3", "plan_pitch_live_is_published"),
      ("UPDATE plan_pitch SET live = true WHERE plan = 1 AND place = 1", "plan_pitch_live_is_published"),
      ("UPDATE plan_pitch SET live = true WHERE plan = 1 AND place = 3", "plan_pitch_live_has_a_slot"),
      (
        "UPDATE roadshow_block SET starts_at = starts_at - interval '1 min' WHERE roadshow = 'R'",
        "roadshow_block_pitched"
      ),
      ("DELETE FROM roadshow_block WHERE roadshow = 'R'", "roadshow_block_pitched"),
      ("UPDATE roadshow SET freeze_minutes = 481 WHERE code = 'R'", "roadshow_freeze_minutes_range"),
    ] {
      #expect(try await refusal(sql, on: connection) == constraint, "\(sql)")
    }
    await connection.close()
  }

  /// A firm cannot pitch at one roadshow while it pitches or meets somebody at another.
  @Test func aFirmIsInOnePlaceOverAllRoadshows() async throws {
    let connection = try await prepared()
    try await run(
      """
      INSERT INTO plan_pitch SELECT 'S', 1, 1, 'F-1', during FROM pitch_slots('S') AS s;
      INSERT INTO meeting (roadshow, firm, investor) VALUES ('S', 'F-2', 'I-1');
      INSERT INTO plan_meeting (roadshow, plan, meeting, firm, investor, slot, "table", during)
        SELECT 'S', 2, m.number, m.firm, m.investor, 1, 1, s.during FROM meeting AS m, roadshow_slot AS s WHERE s.roadshow = 'S';
      """, on: connection)
    try await run(publish(1), on: connection)
    #expect(try await refusal(publish(1, of: "S"), on: connection) == "plan_pitch_firm_elsewhere")
    #expect(try await refusal(publish(2, of: "S"), on: connection) == "plan_pitch_firm_elsewhere")
    let absent = try await connection.run(deadline: ample) { try RoadshowStore.pitchSlots(of: "S", in: $0) }
    #expect(absent.map(\.absent) == [[]] && absent.map(\.startsAt.description) == ["2036-12-01T09:05"])
    // The other way round.
    try await run("UPDATE plan SET state = 'superseded' WHERE state = 'published'", on: connection)
    try await run(publish(2, of: "S"), on: connection)
    #expect(try await refusal(publish(2), on: connection) == "plan_pitch_firm_elsewhere")
    let slots = try await connection.run(deadline: ample) { try RoadshowStore.pitchSlots(of: "R", in: $0) }
    #expect(slots.map(\.absent) == [[], ["F-2"]])
    await connection.close()
  }
}
