import Domain
import Foundation
import Store
import TestSupport
import Testing

/// Pilots, reviews and experts through the protocol, and what follows from them.
@Suite struct DiligenceTests {
  private func score(_ firm: String, _ client: LineClient) throws -> Int {
    let row = try #require(try client.ask("DEALS I-1").first { $0.contains("\"code\":\"\(firm)\"") })
    let text = try #require(row.split(separator: "\"score\":").last?.prefix { $0.isNumber })
    return try #require(Int(text))
  }

  /// Asks for the deal list until a firm has another score; a minute is what is promised.
  private func scoreOther(than before: Int, of firm: String, _ client: LineClient) throws -> Int {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      let now = try score(firm, client)
      if now != before { return now }
    }
    return before
  }

  private func prepare(_ root: LineClient) throws {
    for line in [
      "FIRM ADD F-1 name=One sectors=industrial_robots stage=series_a trl=4",
      "FIRM ADD F-2 name=Two sectors=industrial_robots stage=series_a trl=5",
      "INVESTOR ADD I-1 name=Fund kind=vc sectors=industrial_robots stages=series_a",
      "EXPERT ADD E-1 name=Near kinds=expert,legal sectors=industrial_robots conflicts=F-1 capacity=5",
      "EXPERT ADD E-2 name=Far kinds=expert sectors=ai capacity=5",
      "SCENARIO ADD S-1 name=Yard sectors=industrial_robots trl=4 capacity=1",
    ] { try check(root, line, "250 ok") }
  }

  @Test func aPassedPilotRanksTheFirmsInvestorsAnew() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let root = try daemon.connect()
    try prepare(root)
    try check(root, "RESCORE wait=yes", "250 ok")
    #expect(try root.ask("DEALS I-1").first?.contains("\"code\":\"F-2\"") == true)
    let before = try score("F-1", root)
    let today = try Self.day(0)
    try check(
      root, "PILOT ADD P-1 scenario=S-1 firm=F-1 starts_on=\(today) ends_on=\(today) trl=7", "250 ok")
    try check(root, "PILOT SET P-1 result=passed result_on=\(today)", "250 ok")
    let after = try scoreOther(than: before, of: "F-1", root)
    #expect(after > before)
    #expect(try root.ask("DEALS I-1").first?.contains("\"code\":\"F-1\"") == true)
    // Of the run that was made before; nobody has asked for another one.
    #expect(try root.ask("RUN LIST").count { $0.hasPrefix("250-") } == 1)
    #expect(daemon.stop() == 0)
  }

  @Test func staleReviewsStopCounting() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let root = try daemon.connect()
    try prepare(root)
    try check(root, "POLICY SET need_term_sheet_expert=1", "250 ok")
    try check(root, "POLICY ACTIVATE 2", "250 ok")
    for line in ["INTRO PROPOSE I-1 F-1", "INTRO ACCEPT 1 side=firm", "INTRO ACCEPT 1 side=investor"]
      + ["introduced", "met", "diligence"].map({ "INTRO ADVANCE 1 to=\($0)" })
    { try check(root, line, "250 ok") }
    #expect(try root.ask("REVIEW NEEDED F-1").first?.contains("\"standing\":\"missing\"") == true)
    let refused = try root.ask("INTRO ADVANCE 1 to=term_sheet").last ?? ""
    #expect(refused.hasPrefix("554 rule-violated rule=introduction_evidence_missing"), "\(refused)")
    #expect(refused.contains("expert"))
    // A verdict of last year, which held until yesterday.
    try check(root, "REVIEW ADD R-1 firm=F-1 kind=expert expert=E-2", "250 ok")
    #expect(try root.ask("REVIEW NEEDED F-1").first?.contains("\"standing\":\"open\"") == true)
    try check(
      root,
      "REVIEW SET R-1 verdict=positive date=\(try Self.day(-300)) expires_on=\(try Self.day(-1))", "250 ok")
    let stale = try root.ask("REVIEW NEEDED F-1").first ?? ""
    #expect(stale.contains("\"standing\":\"stale\"") && stale.contains("\"code\":\"R-1\""), "\(stale)")
    try check(root, "INTRO ADVANCE 1 to=term_sheet", "554 rule-violated rule=introduction_evidence_missing")
    try check(root, "REVIEW ADD R-2 firm=F-1 kind=expert expert=E-2", "250 ok")
    try check(root, "REVIEW SET R-2 verdict=negative date=\(try Self.day(-2))", "250 ok")
    #expect(try root.ask("REVIEW NEEDED F-1").first?.contains("\"standing\":\"negative\"") == true)
    try check(root, "INTRO ADVANCE 1 to=term_sheet", "554 rule-violated rule=introduction_evidence_missing")
    try check(root, "REVIEW ADD R-3 firm=F-1 kind=expert expert=E-2", "250 ok")
    try check(root, "REVIEW SET R-3 verdict=positive date=\(try Self.day(0))", "250 ok")
    #expect(try root.ask("REVIEW NEEDED F-1").first?.contains("\"standing\":\"fresh\"") == true)
    try check(root, "INTRO ADVANCE 1 to=term_sheet", "250 ok introduction=1 state=term_sheet")
    #expect(daemon.stop() == 0)
  }

  @Test func nobodyWithAConflictIsAssigned() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let root = try daemon.connect()
    try prepare(root)
    for line in [
      "REVIEW ADD R-1 firm=F-1 kind=expert", "REVIEW ADD R-2 firm=F-2 kind=expert",
      "REVIEW ADD R-3 firm=F-1 kind=legal", "REVIEW ADD R-4 firm=F-1 kind=financial",
      "REVIEW ADD R-5 firm=F-2 kind=legal",
    ] { try check(root, line, "250 ok") }
    let dry = try root.ask("REVIEW ASSIGN dry_run=yes")
    let reply = try root.ask("REVIEW ASSIGN")
    #expect(dry.dropLast() == reply.dropLast())
    func row(_ review: String) -> String { reply.first { $0.contains("\"review\":\"\(review)\"") } ?? "" }
    // E-1 knows the field and is near to F-1, so F-1 is for E-2, and F-2 for E-1.
    #expect(row("R-1").contains("\"expert\":\"E-2\""))
    #expect(row("R-2").contains("\"expert\":\"E-1\""))
    #expect(row("R-3").contains("\"reason\":\"conflict\""))
    #expect(row("R-4").contains("\"reason\":\"no_expert\""))
    #expect(row("R-5").contains("\"expert\":\"E-1\""))
    #expect(reply.last?.hasPrefix("250 ok rows=5 assigned=3 unassigned=2") == true)
    #expect(try root.ask("REVIEW GET R-1").first?.contains("\"expert\":\"E-2\"") == true)
    // Those are taken, and what is left still finds nobody.
    try check(root, "REVIEW ASSIGN", "250 ok rows=2 assigned=0 unassigned=2")
    // With a conflict that became known later the other one is no choice any more.
    try check(root, "EXPERT SET E-2 conflicts=F-1", "250 ok")
    try check(root, "REVIEW ADD R-6 firm=F-1 kind=expert", "250 ok")
    #expect(try root.ask("REVIEW ASSIGN").first { $0.contains("R-6") }?.contains("\"conflict\"") == true)
    #expect(daemon.stop() == 0)
  }

  /// The way of every introduction, at the end of which the policy asks for what a hand-over needs.
  @Test func aStakeIsHandedOver() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let root = try daemon.connect()
    try prepare(root)
    for line in [
      "INVESTOR ADD I-S name=State kind=state_fund currency=CNY",
      "PROGRAMME ADD G-1 name=Seed fund=I-S currency=CNY budget=10M starts_on=2015-01-01",
      "STAKE ADD K-1 programme=G-1 firm=F-1 committed=2M agreed_on=2020-01-01 floor=2",
      "TRANCHE ADD T-1 stake=K-1 kind=buy date=2020-02-01 percent=10 amount=1M reason=first",
      "POLICY SET need_handover_committee=1", "POLICY ACTIVATE 2",
    ] { try check(root, line, "250 ok") }
    // Who holds a part already may take over more.
    let held = try root.upload("IMPORT holding", ["{\"investor\":\"I-1\",\"firm\":\"F-1\"}"])
    #expect(held.last?.hasPrefix("250 ok") == true, "\(held)")
    try check(root, "INTRO PROPOSE I-1 F-1 kind=handover stake=K-1", "250 ok introduction=1")
    let investor = try daemon.connectByTCP()
    try check(
      investor, "AUTH TOKEN \(try root.newToken("t-i role=investor investor=I-1"))", "250 ok")
    let shown = try investor.ask("INTRO GET 1").first ?? ""
    #expect(shown.contains("\"kind\":\"handover\"") && !shown.contains("K-1"), "\(shown)")
    // Eight percent above the floor, at a hundred thousand each.
    #expect(shown.contains("asks 800k CNY"), "\(shown)")
    #expect(try root.ask("INTRO LIST kind=handover").first?.contains("\"stake\":\"K-1\"") == true)
    #expect(try root.ask("INTRO LIST kind=investment").count == 1)
    try check(investor, "INTRO ACCEPT 1", "250 ok")
    try check(root, "INTRO ACCEPT 1 side=firm", "250 ok introduction=1 state=mutual")
    for step in ["introduced", "met", "diligence", "term_sheet"] {
      try check(root, "INTRO ADVANCE 1 to=\(step)", "250 ok")
    }
    let refused = try root.ask("INTRO ADVANCE 1 to=invested").last ?? ""
    #expect(refused.hasPrefix("554 rule-violated rule=introduction_evidence_missing"), "\(refused)")
    #expect(refused.contains("committee"), "\(refused)")
    let today = try Self.day(0)
    for line in [
      "COMMITTEE ADD C-1 name=Committee members=E-2 quorum=1",
      "DECISION ADD D-1 committee=C-1 firm=F-1 step=handover date=\(today) outcome=approved in_favour=E-2",
    ] { try check(root, line, "250 ok") }
    let needed = try root.ask("REVIEW NEEDED F-1 step=handover").first ?? ""
    #expect(needed.contains("\"standing\":\"fresh\",\"code\":\"D-1\",\"by\":\"C-1\""), "\(needed)")
    try check(root, "INTRO ADVANCE 1 to=invested", "250 ok introduction=1 state=invested")
    try check(
      root,
      "TRANCHE ADD T-2 stake=K-1 kind=sell date=\(today) percent=8 amount=1M buyer=I-1 introduction=1 reason=sold",
      "250 ok")
    #expect(daemon.stop() == 0)
  }

  /// Today in UTC, so many days on, as the test database reckons it.
  private static func day(_ offset: Int) throws -> String {
    let seconds = Int(Date.now.timeIntervalSince1970)
    return Day(daysSinceEpoch: seconds / 86_400 + offset).description
  }
}
