import Domain
import Foundation
import Store
import TestSupport
import Testing
import Wire

/// Pitches as appointments, and commands that are given twice.
@Suite struct RoadshowPitchTests {
  private struct Show {
    let daemon: DaemonProcess
    let root: LineClient
    let database: ConnectionString
  }

  private static let day = "2037-03-29"

  /// Five firms and three investors who all take part: pitch slots from 08:00, meetings from 10:00, in the zone and on the
  /// day that are given.
  private func prepare(
    pitches: Int, day: String = Self.day, zone: String = "UTC", pitchesFrom: String = "08:00",
    meetingsFrom: String = "10:00", more: String = ""
  ) async throws -> Show {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let root = try daemon.connect()
    func end(_ start: String, _ minutes: Int) -> String {
      let begins = WallTime("\(day)T\(start)")!
      return WallTime(day: begins.day, minute: begins.minute + minutes).description
    }
    var lines = (1...5).map { "FIRM ADD F-\($0) name=Firm-\($0) sectors=ai stage=seed" }
    lines += (1...3).map { "INVESTOR ADD I-\($0) name=Investor-\($0) kind=vc stages=seed sectors=ai" }
    lines += [
      "ROADSHOW ADD R-1 name=Show starts_on=\(day) time_zone=\(zone)\(more)",
      "ROADSHOW BLOCK R-1 1 kind=pitches starts=\(day)T\(pitchesFrom) ends=\(end(pitchesFrom, 5 * pitches)) slot_minutes=5",
      "ROADSHOW BLOCK R-1 2 starts=\(day)T\(meetingsFrom) ends=\(end(meetingsFrom, 80)) slot_minutes=20",
      "ROADSHOW TABLE R-1 count=3",
    ]
    lines += ["F-1", "F-2", "F-3", "F-4", "I-1", "I-2", "I-3"].map { "ROADSHOW ENROLL R-1 \($0)" }
    for line in lines { try check(root, line, "250 ok") }
    return Show(daemon: daemon, root: root, database: database)
  }

  private func rows(_ reply: [String]) throws -> [JSON] {
    try reply.filter { $0.hasPrefix("250-") }.map { try JSONParser.parse(String($0.dropFirst(4))) }
  }

  /// By firm, state, sequence and beginning of its pitch as sheets tell it.
  private func pitches(_ root: LineClient) throws -> [String: String] {
    let lines = try root.ask("ROADSHOW SHEETS R-1 format=csv")
    return Dictionary(
      uniqueKeysWithValues: lines.filter { $0.hasPrefix("250-pitch,") }.map { line in
        let cells = line.dropFirst(4).split(separator: ",", omittingEmptySubsequences: false)
        return (String(cells[10]), "\(cells[2]) \(cells[3]) \(cells[4].dropFirst(11).prefix(5))")
      })
  }

  // MARK: Twice

  @Test func theSameAgainIsNothingElse() async throws {
    let show = try await prepare(pitches: 2)
    let root = show.root
    try check(root, "ROADSHOW LINEUP R-1 places=2 seed=1", "250 ok rows=4 plan=1")
    try check(root, "ROADSHOW PLAN R-1 seconds=1", "250 ok plan=2")
    try check(root, "ROADSHOW PUBLISH R-1", "250 ok roadshow=R-1 plan=2 added=")
    let schedule = try root.ask("ROADSHOW SCHEDULE R-1")
    let meetings = schedule.count { $0.contains("\"meeting\":") }
    #expect(meetings >= 4 && schedule.count { $0.contains("\"pitch\":") } == 2, "\(schedule)")
    // Again: neither the older draft of LINEUP, nor anything else.
    try check(root, "ROADSHOW PUBLISH R-1", "251 unchanged roadshow=R-1 plan=2: it is in force already")
    #expect(try root.ask("ROADSHOW SCHEDULE R-1") == schedule)
    try check(root, "ROADSHOW DIFF R-1", "503 wrong-state roadshow=R-1: R-1 has no draft that is newer")
    try check(root, "ROADSHOW REPAIR R-1 publish=yes", "251 unchanged plan=2 state=published")
    // The older one by its number, if it is meant.
    let emptier = try root.ask("ROADSHOW PUBLISH R-1 plan=1")
    #expect(
      emptier.last?.hasPrefix(
        "554 rule-violated rule=plan_keeps_appointments plan=1 was=2 removed=\(meetings) live=\(meetings): ")
        == true,
      "\(emptier)")
    #expect(try rows(emptier).count == meetings)
    #expect(try rows(emptier).allSatisfy { $0["change"]?.text == "removed" && $0["was_starts"]?.text != nil })
    #expect(try root.ask("ROADSHOW SCHEDULE R-1") == schedule)
    try check(
      root, "ROADSHOW PUBLISH R-1 plan=1 force=yes",
      "250 ok roadshow=R-1 plan=1 was=2 added=0 removed=\(meetings)")
    try check(root, "ROADSHOW PUBLISH R-1", "251 unchanged roadshow=R-1 plan=1")
    try check(root, "ROADSHOW ROLLBACK R-1", "250 ok roadshow=R-1 plan=2 was=1 added=\(meetings)")
    try check(
      root, "ROADSHOW ROLLBACK R-1", "251 unchanged roadshow=R-1 plan=2: plan 2 was brought back already")
    try check(
      root, "ROADSHOW ROLLBACK R-1 plan=1", "554 rule-violated rule=plan_keeps_appointments plan=1 was=2")
    // A new line-up goes on from what is in force, not from a draft that was passed over.
    let next = try root.ask("ROADSHOW LINEUP R-1 places=2 seed=1")
    #expect(next.last?.contains(" plan=3 ") == true)
    let difference = try root.ask("ROADSHOW DIFF R-1")
    #expect(difference == ["250 ok rows=0 from=2 to=3 added=0 removed=0 moved=0 tables=0"], "\(difference)")
    #expect(show.daemon.stop() == 0)
  }

  /// A quarter may go without a word.
  @Test func aQuarterMayGo() async throws {
    let show = try await prepare(pitches: 2)
    let four = [("F-1", "I-1", 1), ("F-2", "I-2", 1), ("F-3", "I-3", 1), ("F-4", "I-1", 2)]
    let connection = try await Connection.open(show.database, deadline: .seconds(20))
    for meetings in [four, Array(four.dropLast()), Array(four.dropLast(2))] {
      try await connection.transaction(deadline: .seconds(20)) { session in
        try RoadshowStore.hold("R-1", in: session)
        let slots = try RoadshowStore.slots(of: "R-1", in: session)
        let plan = NewPlan(
          seed: 1, pitches: [],
          meetings: meetings.enumerated().map {
            .init(pair: .init(firm: $1.0, investor: $1.1), slot: slots[$1.2 - 1], table: $0 % 3 + 1)
          })
        _ = try PlanStore.put(plan, of: "R-1", by: "tester", in: session)
      }
    }
    await connection.close()
    try check(show.root, "ROADSHOW PUBLISH R-1 plan=1", "250 ok roadshow=R-1 plan=1 added=4")
    try check(
      show.root, "ROADSHOW PUBLISH R-1 plan=3",
      "554 rule-violated rule=plan_keeps_appointments plan=3 was=1 removed=2 live=4")
    try check(show.root, "ROADSHOW PUBLISH R-1 plan=2", "250 ok roadshow=R-1 plan=2 was=1 added=0 removed=1")
    #expect(show.daemon.stop() == 0)
  }

  // MARK: Somebody falls out

  @Test func aPitchThatFallsOutMovesNoOther() async throws {
    let show = try await prepare(pitches: 3)
    let root = show.root
    let lineUp = try rows(try root.ask("ROADSHOW LINEUP R-1 places=3 seed=1"))
    let order = lineUp.filter { $0["what"]?.text == "pitch" }.compactMap { $0["firm"]?.text }
    #expect(
      order.count == 3 && lineUp.contains { $0["what"]?.text == "runner_up" && $0["firm"]?.text == "F-4" })
    try check(root, "ROADSHOW PLAN R-1 seconds=1", "250 ok plan=2")
    try check(root, "ROADSHOW PUBLISH R-1", "250 ok roadshow=R-1 plan=2")
    let times = ["08:00", "08:05", "08:10"]
    for (firm, time) in zip(order, times) { #expect(try pitches(root)[firm] == "confirmed 0 \(time)") }
    // The first one cancels: whoever waits for it is named, the one who would step in first.
    let cancelled = try root.ask("ROADSHOW CANCEL R-1 \(order[0]) reason=ill")
    #expect(
      cancelled.last?.hasPrefix("250 ok roadshow=R-1 party=\(order[0]) pitch=1 ") == true, "\(cancelled)")
    #expect(cancelled.last?.hasSuffix(" repair=needed") == true)
    let told = try rows(cancelled).filter { $0["pitch"]?.int == 1 }
    #expect(told.compactMap { $0["party"]?.text } == ["F-4", "I-1", "I-2", "I-3"], "\(cancelled)")
    #expect(told.compactMap { $0["steps_in"]?.bool } == [true])
    #expect(told.allSatisfy { $0["starts"]?.text == "\(Self.day)T08:00" && $0["with"]?.text == order[0] })
    #expect(try pitches(root)[order[0]] == "cancelled 1 08:00")
    // A gap stays where nobody is to step in, and it is said.
    let gap = try root.ask("ROADSHOW REPAIR R-1 standby=no")
    #expect(gap.last?.contains(" pitches=1 state=draft") == true, "\(gap)")
    let changes = try rows(gap).filter { $0["pitch"]?.int != nil }
    #expect(
      changes.map { $0["change"]?.text } == ["removed"]
        && changes[0]["was_starts"]?.text == "\(Self.day)T08:00")
    // Else the first runner-up steps in, at the same time.
    let repaired = try root.ask("ROADSHOW REPAIR R-1 publish=yes")
    #expect(repaired.last?.contains(" pitches=2 state=published") == true, "\(repaired)")
    #expect(
      try rows(repaired).contains {
        $0["change"]?.text == "added" && $0["pitch"]?.int == 1 && $0["firm"]?.text == "F-4"
          && $0["starts"]?.text == "\(Self.day)T08:00"
      })
    #expect(
      try pitches(root) == [
        order[0]: "cancelled 2 08:00", "F-4": "confirmed 0 08:00", order[1]: "confirmed 0 08:05",
        order[2]: "confirmed 0 08:10",
      ])
    let schedule = try rows(try root.ask("ROADSHOW SCHEDULE R-1 F-4"))
    #expect(schedule.first?["pitch"]?.int == 1 && schedule.first?["starts"]?.text == "\(Self.day)T08:00")
    try check(root, "ROADSHOW REPAIR R-1 publish=yes", "251 unchanged plan=4 state=published")
    // Somebody who is late for its pitch is told of, and pitches in a slot that is free; here there is none.
    let late = try root.ask("ROADSHOW CHECKIN R-1 \(order[1]) late_until=08:20")
    #expect(
      late.last?.contains(" pitch=2 ") == true && late.last?.hasSuffix(" repair=needed") == true, "\(late)")
    try check(root, "ROADSHOW PLAN R-1 seconds=1", "250 ok plan=5")
    #expect(try pitches(root)[order[2]] == "confirmed 0 08:10")
    #expect(show.daemon.stop() == 0)
  }

  // MARK: More firms than slots

  @Test func aLineUpLargerThanItsSlotsIsSaid() async throws {
    let show = try await prepare(pitches: 2)
    let root = show.root
    let reply = try root.ask("ROADSHOW LINEUP R-1 places=3 seed=1")
    #expect(reply.last?.contains(" no_slot=1 ") == true, "\(reply)")
    let without = try rows(reply).filter { $0["no_slot"]?.text != nil }
    #expect(without.map { $0["place"]?.int } == [3])
    #expect(without.first?["no_slot"]?.text?.contains("ROADSHOW BLOCK R-1") == true)
    let last = without.first?["firm"]?.text ?? ""
    let planned = try root.ask("ROADSHOW PLAN R-1 seconds=1").last ?? ""
    #expect(planned.hasPrefix("250 ok plan=2") && planned.hasSuffix(" no_slot=1"), "\(planned)")
    let refused = try root.ask("ROADSHOW PUBLISH R-1")
    #expect(
      refused.first == "250-{\"flaw\":\"no_slot\",\"party\":\"\(last)\",\"pitch\":3}"
        && refused.last?.hasPrefix("554 rule-violated rule=plan_holds plan=2 flaws=1: ") == true, "\(refused)"
    )
    // A slot is made, and the next plan gives it to the firm.
    try check(
      root,
      "ROADSHOW BLOCK R-1 3 kind=pitches starts=\(Self.day)T09:00 ends=\(Self.day)T09:05 slot_minutes=5",
      "250 ok")
    let again = try root.ask("ROADSHOW PLAN R-1 seconds=1").last ?? ""
    #expect(again.hasPrefix("250 ok plan=3") && !again.contains("no_slot"), "\(again)")
    try check(root, "ROADSHOW PUBLISH R-1", "250 ok roadshow=R-1 plan=3 added=")
    #expect(try pitches(root).count == 3 && pitches(root)[last] == "confirmed 0 09:00")
    // As it is, where that is wanted.
    try check(root, "ROADSHOW PUBLISH R-1 plan=2 force=yes", "250 ok roadshow=R-1 plan=2 was=3")
    #expect(try pitches(root)[last] == "cancelled 1 09:00")
    #expect(show.daemon.stop() == 0)
  }

  // MARK: Soon

  /// A day that is under way: a zone in which it is about noon, so that no day ends while this runs.
  private func noon() -> (day: String, zone: String, minute: Int) {
    let now = Int(time(nil))
    let hour = now / 3_600 % 24
    let ahead = 12 - hour
    let local = now + ahead * 3_600
    return (
      Day(daysSinceEpoch: local / 86_400).description, "Etc/GMT\(ahead > 0 ? "-" : "+")\(abs(ahead))",
      local / 60 % 1_440
    )
  }

  private func clock(_ minute: Int) -> String {
    let (hour, minute) = (minute / 60, minute % 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }

  @Test func whatBeginsSoonIsNotMoved() async throws {
    let (day, zone, minute) = noon()
    // The first pitch begins in about half an hour, the meetings in about an hour.
    let show = try await prepare(
      pitches: 3, day: day, zone: zone, pitchesFrom: clock(minute + 30), meetingsFrom: clock(minute + 60),
      more: " freeze_minutes=240")
    let root = show.root
    let lineUp = try rows(try root.ask("ROADSHOW LINEUP R-1 places=3 seed=1"))
    let first = try #require(lineUp.first?["firm"]?.text)
    try check(root, "ROADSHOW PLAN R-1 seconds=1", "250 ok plan=2")
    try check(root, "ROADSHOW PUBLISH R-1", "250 ok roadshow=R-1 plan=2")
    let before = try root.ask("ROADSHOW SCHEDULE R-1")
    // A plan that moves what begins soon, be it to another table, is refused with all that it moves.
    let connection = try await Connection.open(show.database, deadline: .seconds(20))
    let moved = try await connection.transaction(deadline: .seconds(20)) { session -> Int in
      try RoadshowStore.hold("R-1", in: session)
      let plan = try #require(try PlanStore.plan(2, of: "R-1", in: session))
      let draft = NewPlan(
        seed: 1, lineUp: plan.lineUp.map { .init(firm: $0.firm, place: $0.place, slot: .at($0.time!)) },
        meetings: plan.meetings.map {
          .init(pair: $0.pair, slot: $0.slot!, table: $0.table % 3 + 1, starts: $0.starts, ends: $0.ends)
        })
      #expect(try PlanStore.put(draft, of: "R-1", by: "tester", in: session) == 3)
      return draft.meetings.count
    }
    await connection.close()
    let refused = try root.ask("ROADSHOW PUBLISH R-1")
    #expect(
      refused.last?.hasPrefix("554 rule-violated rule=plan_holds plan=3 flaws=\(moved): ") == true,
      "\(refused)")
    #expect(try rows(refused).allSatisfy { $0["flaw"]?.text == "frozen" })
    #expect(try root.ask("ROADSHOW SCHEDULE R-1") == before)
    // A firm cancels. Nothing else moves, and nobody steps in so soon.
    try check(root, "ROADSHOW CANCEL R-1 \(first)", "250 ok")
    let repaired = try rows(try root.ask("ROADSHOW REPAIR R-1 publish=yes"))
    #expect(
      !repaired.isEmpty
        && repaired.allSatisfy { $0["change"]?.text == "removed" && $0["firm"]?.text == first },
      "\(repaired)")
    let after = try root.ask("ROADSHOW SCHEDULE R-1")
    let kept = before.dropLast().filter { !$0.contains("\"firm\":\"\(first)\"") }
    #expect(
      after.dropLast().map { $0.replacing(/"plan":\d+/, with: "") }
        == kept.map { $0.replacing(/"plan":\d+/, with: "") })
    // With less of a freeze, the runner-up steps in after the next one who falls out.
    try check(root, "ROADSHOW SET R-1 freeze_minutes=0", "250 ok")
    let second = try #require(lineUp.dropFirst().first?["firm"]?.text)
    try check(root, "ROADSHOW CANCEL R-1 \(second)", "250 ok")
    let filled = try rows(try root.ask("ROADSHOW REPAIR R-1 publish=yes"))
    #expect(
      filled.contains {
        $0["change"]?.text == "added" && $0["pitch"]?.int == 2 && $0["firm"]?.text == "F-4"
      }, "\(filled)")
    #expect(show.daemon.stop() == 0)
  }
}
