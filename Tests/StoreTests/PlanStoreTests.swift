import Domain
import TestSupport
import Testing

@testable import Store

/// Plans where they are kept.
@Suite struct PlanStoreTests {
  /// Roadshow R with four slots and three tables; firms and investors 1 to 3 take part.
  private func prepared() async throws -> Connection {
    let connection = try await migratedConnection()
    try await connection.run(deadline: ample) { session in
      try session.execute(
        """
        INSERT INTO firm (code, name, sectors, stage) SELECT 'F-' || n, 'Firm ' || n, '{ai}', 'seed' FROM generate_series(1, 3) AS n;
        INSERT INTO investor (code, name, kind) SELECT 'I-' || n, 'Investor ' || n, 'vc' FROM generate_series(1, 3) AS n;
        INSERT INTO roadshow (code, name, starts_on, time_zone) VALUES ('R', 'One', '2031-12-01', 'Asia/Shanghai');
        INSERT INTO roadshow_block (roadshow, number, starts_at, ends_at, slot_minutes, half)
          VALUES ('R', 1, '2031-12-01 09:00', '2031-12-01 11:00', 30, 'morning');
        INSERT INTO roadshow_table (roadshow, number, name, room) SELECT 'R', n, 'Table ' || n, 'Hall' FROM generate_series(1, 3) AS n;
        INSERT INTO participant (roadshow, party, side)
          SELECT 'R', side || '-' || n, CASE side WHEN 'F' THEN 'firm' ELSE 'investor' END::introduction_side
          FROM unnest('{F,I}'::text[]) AS side, generate_series(1, 3) AS n;
        """, name: "test")
    }
    return connection
  }

  private func put(_ meetings: [(Int, Int, slot: Int, table: Int)], on connection: Connection) async throws
    -> Int
  {
    try await connection.transaction(deadline: ample) { session in
      try RoadshowStore.hold("R", in: session)
      let slots = try RoadshowStore.slots(of: "R", in: session)
      let plan = NewPlan(
        base: nil, seed: 7, breaks: 2, bound: 1, parameters: "{\"seconds\": 10}", reason: "test",
        pitches: ["F-2", "F-1"],
        meetings: meetings.map {
          NewPlan.Meeting(
            pair: .init(firm: "F-\($0.0)", investor: "I-\($0.1)"), slot: slots[$0.slot - 1], table: $0.table)
        })
      return try PlanStore.put(plan, of: "R", by: "tester", in: session)
    }
  }

  private func publish(_ number: Int, on connection: Connection) async throws -> Bool {
    try await connection.transaction(deadline: ample) { session in
      try RoadshowStore.hold("R", in: session)
      return try PlanStore.publish(number, of: "R", in: session)
    }
  }

  /// By pair, the sequence of each meeting of a plan.
  private func sequences(_ number: Int, on connection: Connection) async throws -> [String: Int] {
    let plan = try #require(
      await connection.run(deadline: ample) { try PlanStore.plan(number, of: "R", in: $0) })
    return Dictionary(
      uniqueKeysWithValues: plan.meetings.map { ("\($0.pair.firm):\($0.pair.investor)", $0.sequence) })
  }

  @Test func aPlanIsReadAsItWasStored() async throws {
    let connection = try await prepared()
    let first = try await put([(2, 1, slot: 1, table: 1), (1, 1, slot: 2, table: 3)], on: connection)
    let second = try await put([(1, 1, slot: 4, table: 1), (1, 2, slot: 1, table: 1)], on: connection)
    #expect([first, second] == [1, 2])
    let plan = try #require(
      await connection.run(deadline: ample) { try PlanStore.plan(1, of: "R", in: $0) })
    #expect(plan.state == .draft && plan.proof == .feasible && plan.publishedAt == nil && plan.base == nil)
    #expect((plan.seed, plan.breaks, plan.bound) == (7, 2, 1) as (Int, Int?, Int?))
    #expect(plan.createdBy == "tester" && plan.createdAt.hasSuffix("Z") && plan.reason == "test")
    #expect(plan.parameters == "{\"seconds\": 10}" && plan.pitches == ["F-2", "F-1"])
    // Numbers go by codes, and stay.
    #expect(plan.meetings.map(\.number) == [2, 1] && plan.meetings.map(\.slot) == [1, 2])
    let other = try #require(
      await connection.run(deadline: ample) { try PlanStore.plan(2, of: "R", in: $0) })
    #expect(other.meetings.map(\.number) == [3, 1])
    let listed = try await connection.run(deadline: ample) { session in
      (
        try PlanStore.plans(of: "R", limit: 9, in: session).map(\.number),
        try PlanStore.plans(of: "R", before: 2, limit: 9, in: session).map(\.meetingCount),
        try PlanStore.plan(3, of: "R", in: session), try PlanStore.newestLineUp(of: "R", in: session)
      )
    }
    #expect(listed.0 == [2, 1] && listed.1 == [2] && listed.2 == nil && listed.3 == 2)
    await connection.close()
  }

  @Test func calendarsAreToldOfWhatChanges() async throws {
    let connection = try await prepared()
    _ = try await put(
      [(1, 1, slot: 1, table: 1), (2, 2, slot: 1, table: 2), (3, 3, slot: 1, table: 3)], on: connection)
    // 1:1 stays, 2:2 moves, 3:3 is gone, 1:2 is new.
    _ = try await put(
      [(1, 1, slot: 1, table: 1), (2, 2, slot: 2, table: 2), (1, 2, slot: 3, table: 3)], on: connection)
    #expect(try await publish(1, on: connection))
    #expect(try await sequences(1, on: connection) == ["F-1:I-1": 0, "F-2:I-2": 0, "F-3:I-3": 0])
    #expect(try await publish(2, on: connection))
    #expect(try await sequences(2, on: connection) == ["F-1:I-1": 0, "F-2:I-2": 1, "F-1:I-2": 0])
    #expect(try await !publish(2, on: connection))
    #expect(try await !publish(9, on: connection))
    // Back: what was taken out meanwhile was told once, and is told once more.
    #expect(try await publish(1, on: connection))
    #expect(try await sequences(1, on: connection) == ["F-1:I-1": 0, "F-2:I-2": 2, "F-3:I-3": 2])
    #expect(try await publish(2, on: connection))
    #expect(try await sequences(2, on: connection) == ["F-1:I-1": 0, "F-2:I-2": 3, "F-1:I-2": 2])
    let previous = try await connection.run(deadline: ample) { try PlanStore.previous(of: "R", in: $0) }
    #expect(previous == 1)
    await connection.close()
  }

  @Test func aMeetingThatIsCalledOffIsToldAsWell() async throws {
    let connection = try await prepared()
    _ = try await put([(1, 1, slot: 1, table: 1)], on: connection)
    _ = try await put([(1, 1, slot: 1, table: 1)], on: connection)
    #expect(try await publish(1, on: connection))
    try await connection.run(deadline: ample) { session in
      try session.execute("UPDATE meeting SET state = 'cancelled'", name: "test")
      #expect(try PlanStore.cancelled(at: "R", in: session) == [.init(firm: "F-1", investor: "I-1")])
    }
    #expect(try await sequences(1, on: connection) == ["F-1:I-1": 1])
    #expect(try await publish(2, on: connection))
    #expect(try await sequences(2, on: connection) == ["F-1:I-1": 1])
    let desk = try await connection.run(deadline: ample) { try RoadshowStore.desk("R", in: $0) }
    #expect(desk?.published?.meetings.map(\.isLive) == [false])
    await connection.close()
  }

  @Test func whatCannotBeIsRefused() async throws {
    let connection = try await prepared()
    for (meetings, constraint) in [
      ([(1, 1, slot: 1, table: 1), (1, 2, slot: 1, table: 2)], "plan_meeting_firm_twice"),
      ([(1, 1, slot: 1, table: 4)], "plan_meeting_has_a_place"),
      ([(1, 1, slot: 1, table: 1), (2, 2, slot: 1, table: 1)], "plan_meeting_table_twice"),
    ] as [([(Int, Int, slot: Int, table: Int)], String)] {
      do {
        _ = try await put(meetings, on: connection)
        Issue.record("\(constraint) holds nothing back")
      } catch StoreError.server(let error) { #expect(error.constraint == constraint) }
    }
    // Nothing is left of it, not even the number of a meeting.
    #expect(try await put([(3, 3, slot: 1, table: 1)], on: connection) == 1)
    await connection.close()
  }
}
