import Domain
import TestSupport
import Testing

@testable import Store

/// Introductions where they are kept: which moves the database itself allows, and in what order they are told.
@Suite struct IntroductionStoreTests {
  private func prepared() async throws -> (ConnectionString, Connection) {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await open(target)
    _ = try await Migrator().migrate(connection)
    try await run(
      """
      INSERT INTO firm (code, name, sectors, stage) SELECT 'F-' || n, 'Firm', '{ai}', 'seed' FROM generate_series(1, 200) AS n;
      INSERT INTO investor (code, name, kind) SELECT 'I-' || n, 'Investor', 'vc' FROM generate_series(1, 200) AS n
      """, on: connection)
    return (target, connection)
  }

  private func run(_ sql: String, on connection: Connection) async throws {
    try await connection.run(deadline: ample) { try $0.execute(sql, name: "test") }
  }

  private static let origin = IntroductionStore.Origin(action: .emit, by: "test", days: 14)

  private static func pair(_ investor: Int, _ firm: Int) -> NewIntroduction {
    NewIntroduction(
      investor: "I-\(investor)", firm: "F-\(firm)", investorScore: 1, firmScore: 2, investorPoints: [1],
      firmPoints: [2], investorBlurb: "an investor", firmBlurb: "a firm")
  }

  private func texts(_ sql: String, on connection: Connection) async throws -> [String] {
    try await connection.transaction(deadline: ample) { session in
      var rows: [String] = []
      try session.copyOut("COPY (\(sql)) TO STDOUT", name: "test_texts") { row in
        rows.append(String(decoding: row, as: UTF8.self).filter { $0 != "\n" })
      }
      return rows
    }
  }

  /// Which states follow which is said twice, in Swift and for psql; this holds one against the other.
  @Test func theDatabaseAllowsTheMovesOfTheDomainAndNoOther() async throws {
    let (_, connection) = try await prepared()
    var legal: Set<[IntroductionState]> = []
    for before in IntroductionMoves.standings {
      for move in IntroductionMoves.all {
        var after = before
        if (try? after.make(move)) != nil { legal.insert([before.state, after.state]) }
      }
    }
    for from in IntroductionState.allCases {
      for to in IntroductionState.allCases where from != to {
        let isAllowed = try await connection.transaction(deadline: ample) { session in
          do {
            try session.savepoint { session in
              try session.execute(
                """
                INSERT INTO introduction (investor, firm, state, investor_score, firm_score, investor_blurb, firm_blurb,
                  expires_on, action, by) VALUES ('I-1', 'F-1', '\(from.rawValue)', 1, 1, 'x', 'x', current_date, 'emit', 'test');
                UPDATE introduction SET state = '\(to.rawValue)'
                """, name: "test")
              throw Done()
            }
            return true
          } catch is Done { return true } catch StoreError.server(let error) {
            #expect(error.constraint == "introduction_move_is_legal")
            return false
          }
        }
        #expect(isAllowed == legal.contains([from, to]), "\(from) to \(to)")
      }
    }
  }

  private struct Done: Error {}

  /// Every move of the desk is taken back to exactly what it was, its refusal with it, and to nothing else.
  @Test func aMoveOfTheDeskIsTakenBackAndNothingElse() async throws {
    let (_, connection) = try await prepared()
    let moves: [IntroductionMove] = [
      .withdraw, .decline(.firm, .terms), .decline(.investor, .risk), .advance(to: nil, nil),
      .advance(to: .noShow, .firm),
    ]
    @Sendable func quoted(_ day: Day?) -> String { day.map { "'\($0)'" } ?? "NULL" }
    let row = """
      SELECT concat_ws('|', state, investor_answer, firm_answer, coalesce(investor_until::text, '-'), coalesce(firm_until::text, '-'),
        coalesce(ended_by::text, '-'), coalesce(reason::text, '-'), (SELECT count(*) FROM refusal)) FROM introduction
      """
    var count = 0
    for before in IntroductionMoves.standings where !before.state.isEnd {
      for move in moves {
        var after = before
        guard (try? after.make(move)) != nil else { continue }
        count += 1
        do {
          try await connection.transaction(deadline: ample) { session in
            try session.execute(
              """
              INSERT INTO introduction (investor, firm, state, investor_answer, firm_answer, investor_until, firm_until,
                investor_score, firm_score, investor_blurb, firm_blurb, expires_on, action, by)
              VALUES ('I-1', 'F-1', '\(before.state.rawValue)', '\(before.investor.rawValue)', '\(before.firm.rawValue)',
                \(quoted(before.investorUntil)), \(quoted(before.firmUntil)), 1, 1, 'x', 'x', current_date, 'emit', 'test')
              """, name: "test")
            let id = try session.queryOne(OneText(sql: "SELECT max(id)::text FROM introduction")).flatMap {
              Int($0)
            }
            let was = try session.queryOne(OneText(sql: row))
            _ = try IntroductionStore.make(.init(move, by: "desk"), on: id!, in: session)
            for wrong in [
              "state = 'invested', note = 'x'", "note = NULL", "expires_on = expires_on + 1, note = 'x'",
            ] {
              let refused = try Self.refusal(session) { session in
                try session.execute(
                  "UPDATE introduction SET step = step + 1, action = 'revert', \(wrong)", name: "test")
              }
              #expect(refused == "introduction_revert_restores", "\(wrong)")
            }
            #expect(
              try IntroductionStore.revert(id!, by: "desk", reason: "slip", in: session) == before.state)
            #expect(try session.queryOne(OneText(sql: row)) == was, "\(before) \(move)")
            // Once is all.
            let again = try Self.refusal(session) { session in
              _ = try IntroductionStore.revert(id!, by: "desk", reason: "slip", in: session)
            }
            #expect(again == "introduction_revert_of_the_desk")
            throw Done()
          }
        } catch is Done {}
      }
    }
    #expect(count > 30)
    await connection.close()
  }

  private struct OneText: Statement {
    let sql: String
    var name: String { "test_\(sql.hashValue)" }
    func decode(_ row: Row) throws -> String { row.optionalText(0) ?? "" }
  }

  /// The rule that refuses something; nil where none does.
  private static func refusal(_ session: Session, _ body: (Session) throws -> Void) throws -> String? {
    do {
      try session.savepoint(body)
      return nil
    } catch StoreError.server(let error) { return error.constraint ?? error.description }
  }

  /// A reader that has seen a number never finds a smaller one later, however many write at once.
  @Test func eventsAreNumberedInTheOrderOfTheirCommits() async throws {
    let (target, connection) = try await prepared()
    _ = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.add((1...200).map { Self.pair($0, $0) }, Self.origin, in: session)
    }
    let writers = try await withThrowingTaskGroup(of: Void.self, returning: [[Int]].self) { group in
      for writer in 0..<4 {
        group.addTask {
          let own = try await open(target)
          for id in stride(from: writer + 1, through: 200, by: 4) {
            _ = try await own.transaction(deadline: ample) { session in
              try IntroductionStore.make(.init(.accept(.firm), by: "w\(writer)"), on: id, in: session)
            }
          }
          await own.close()
        }
      }
      var looks: [[Int]] = [[]]
      while (looks.last ?? []).count < 400 {
        looks.append(
          try await texts("SELECT sequence FROM introduction_event ORDER BY sequence", on: connection)
            .compactMap { Int($0) })
      }
      try await group.waitForAll()
      return looks
    }
    for (early, late) in zip(writers, writers.dropFirst()) {
      #expect(Array(late.prefix(early.count)) == early)
    }
    let told = try await texts(
      "SELECT count(*) || ' ' || count(DISTINCT (introduction, step)) FROM introduction_event", on: connection
    )
    #expect(told == ["400 400"])
    await connection.close()
  }

  /// Both sides at one moment: neither answer is lost, and there is one "mutual".
  @Test func bothSidesAtOnce() async throws {
    let (target, connection) = try await prepared()
    _ = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.add((1...50).map { Self.pair($0, $0) }, Self.origin, in: session)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for side in IntroductionSide.allCases {
        group.addTask {
          let own = try await open(target)
          for id in 1...50 {
            let made = try await own.transaction(deadline: ample) { session in
              try IntroductionStore.make(.init(.accept(side), by: "\(side)"), on: id, in: session)
            }
            #expect(made?.isNew == true)
          }
          await own.close()
        }
      }
      try await group.waitForAll()
    }
    let states = try await texts(
      """
      SELECT count(*) FILTER (WHERE i.state = 'mutual'), (SELECT count(*) FROM introduction_event WHERE state = 'mutual'),
        (SELECT count(*) FROM audit WHERE action = 'intro accept') FROM introduction i
      """, on: connection)
    #expect(states == ["50\t50\t100"])
    await connection.close()
  }

  @Test func aPairIsProposedOnceAndARefusalIsForGood() async throws {
    let (_, connection) = try await prepared()
    let pairs = [Self.pair(1, 1), Self.pair(2, 2), Self.pair(1, 1), Self.pair(3, 3)]
    let first = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.add(pairs, Self.origin, in: session)
    }
    #expect(first.count >= 3)
    let again = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.add(pairs, Self.origin, in: session)
    }
    #expect(again.isEmpty)
    try await run("UPDATE firm SET retired = true WHERE code IN ('F-2', 'F-4')", on: connection)
    let retired = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.add([Self.pair(4, 4), Self.pair(5, 5)], Self.origin, in: session)
    }
    #expect(Array(retired.keys) == [1])
    #expect(
      try await texts("SELECT state, reason FROM introduction WHERE firm = 'F-2'", on: connection) == [
        "withdrawn\tretired"
      ])
    let before = try await texts("SELECT changed_xid FROM investor WHERE code = 'I-1'", on: connection)
    _ = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.make(.init(.decline(.firm, .terms), by: "test"), on: 1, in: session)
    }
    #expect(try await texts("SELECT changed_xid FROM investor WHERE code = 'I-1'", on: connection) != before)
    let isRefused = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.isRefused(investor: "I-1", firm: "F-1", in: session)
    }
    #expect(isRefused)
    for forbidden in [
      "DELETE FROM introduction", "DELETE FROM introduction_event", "UPDATE introduction_event SET by = 'x'",
      "UPDATE introduction SET firm = 'F-9' WHERE id = 1",
      "UPDATE introduction SET state = 'asked' WHERE id = 1",
    ] {
      await #expect(throws: StoreError.self, "\(forbidden)") { try await run(forbidden, on: connection) }
    }
    await connection.close()
  }

  /// What a day brings, however often and by however many it is asked for.
  @Test func daysExpireAndReturn() async throws {
    let (_, connection) = try await prepared()
    _ = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.add((1...4).map { Self.pair($0, $0) }, Self.origin, in: session)
    }
    let today = try await connection.run(deadline: ample) { try IntroductionStore.today(in: $0) }
    let later = Day(daysSinceEpoch: today.daysSinceEpoch + 30)
    for (id, move) in [
      (1, .accept(.investor)), (2, .defer(.firm, until: later)), (3, .defer(.firm, until: later)),
      (3, .defer(.investor, until: Day(daysSinceEpoch: later.daysSinceEpoch + 1))),
    ] as [(Int, IntroductionMove)] {
      _ = try await connection.transaction(deadline: ample) { session in
        try IntroductionStore.make(.init(move, by: "test"), on: id, in: session)
      }
    }
    func settle(_ day: Day) async throws -> IntroductionStore.Settlement {
      try await connection.transaction(deadline: ample) { session in
        try IntroductionStore.settle(on: day, days: 14, by: "test", in: session)
      }
    }
    let last = Day(daysSinceEpoch: today.daysSinceEpoch + 14)
    #expect(try await settle(last) == .init(expired: 0, returned: 0))
    let next = Day(daysSinceEpoch: last.daysSinceEpoch + 1)
    #expect(try await settle(next) == .init(expired: 2, returned: 0))
    #expect(try await settle(next) == .init(expired: 0, returned: 0))
    #expect(try await settle(later) == .init(expired: 0, returned: 2))
    let states = try await texts("SELECT id, state, expires_on FROM introduction ORDER BY id", on: connection)
    #expect(
      states == [
        "1\texpired\t\(last)", "2\tproposed\t\(Day(daysSinceEpoch: later.daysSinceEpoch + 14))",
        "3\tnot_now\t\(Day(daysSinceEpoch: later.daysSinceEpoch + 14))", "4\texpired\t\(last)",
      ])
    await connection.close()
  }
  /// The clock of the database jumps a year ahead and back: what has ended stays ended, what has not is not touched
  /// twice, and events keep their order, whatever time they bear.
  @Test func clocksMayJump() async throws {
    let (_, connection) = try await prepared()
    _ = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.add((1...3).map { Self.pair($0, $0) }, Self.origin, in: session)
    }
    let today = try await connection.run(deadline: ample) { try IntroductionStore.today(in: $0) }
    _ = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.make(
        .init(.defer(.firm, until: Day(daysSinceEpoch: today.daysSinceEpoch + 300)), by: "test"), on: 3,
        in: session)
    }
    var settlements: [IntroductionStore.Settlement] = []
    for days in [400, 0, -400, 400] {
      settlements.append(
        try await connection.transaction(deadline: ample) { session in
          try IntroductionStore.settle(
            on: Day(daysSinceEpoch: today.daysSinceEpoch + days), days: 14, by: "test", in: session)
        })
    }
    let nothing = IntroductionStore.Settlement(expired: 0, returned: 0)
    #expect(settlements == [.init(expired: 2, returned: 1), nothing, nothing, nothing])
    for id in 1...2 {
      await #expect(throws: IntroductionStanding.Illegal.self) {
        try await connection.transaction(deadline: ample) { session in
          try IntroductionStore.make(.init(.accept(.firm), by: "test"), on: id, in: session)
        }
      }
    }
    _ = try await connection.transaction(deadline: ample) { session in
      try IntroductionStore.make(.init(.accept(.firm), by: "test"), on: 3, in: session)
    }
    let events = try await texts(
      "SELECT introduction, action FROM introduction_event ORDER BY sequence", on: connection)
    #expect(
      events == [
        "1\temit", "2\temit", "3\temit", "3\tdefer", "1\texpire", "2\texpire", "3\treturn", "3\taccept",
      ])
    await connection.close()
  }

  private struct WaitsForAnother: Statement {
    typealias Output = Void
    let name = "test_waits"
    let sql = """
      SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1
      """
  }

  /// Somebody is retired while an emission is under way: whichever of the two comes first, nothing is left proposed.
  @Test func nobodyIsProposedWhoIsBeingRetired() async throws {
    let (target, connection) = try await prepared()
    let retiring = try await open(target)
    for (number, table) in [(1, "firm"), (2, "investor")] {
      let code = "\(table == "firm" ? "F" : "I")-\(number)"
      let retired = try await connection.transaction(deadline: ample) { session in
        try IntroductionStore.lockEmission(in: session)
        _ = try IntroductionStore.add([Self.pair(number, number)], Self.origin, in: session)
        let retired = Task {
          try await run("UPDATE \(table) SET retired = true WHERE code = '\(code)'", on: retiring)
        }
        let limit = ContinuousClock.now + .seconds(20)
        while try session.queryOne(WaitsForAnother()) == nil, ContinuousClock.now < limit {}
        return retired
      }
      try await retired.value
      let states = try await texts(
        "SELECT state, reason FROM introduction WHERE firm = 'F-\(number)'", on: connection)
      #expect(states == ["withdrawn\tretired"])
      let late = try await connection.transaction(deadline: ample) { session in
        try IntroductionStore.lockEmission(in: session)
        return try IntroductionStore.add([Self.pair(number, number)], Self.origin, in: session)
      }
      #expect(late.isEmpty)
    }
    await retiring.close()
    await connection.close()
  }
}
