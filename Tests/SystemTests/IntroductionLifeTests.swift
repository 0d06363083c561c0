import Domain
import Foundation
import Store
import TestSupport
import Testing

/// Introductions through the protocol: who sees what, and what trouble does to them.
@Suite struct IntroductionLifeTests {
  /// Two investors, one of them with a person, and three firms; a run is published.
  private func prepare(_ daemon: DaemonProcess) throws -> LineClient {
    let root = try daemon.connect()
    for line in [
      "FIRM ADD F-1 name=\"Quantum Leap\" name_zh=量子跃迁 sectors=ai stage=seed region=Anhui trl=6 ask=\"5M CNY\"",
      "FIRM ADD F-2 name=Two sectors=ai stage=seed", "FIRM ADD F-3 name=Three sectors=chips stage=seed",
      "INVESTOR ADD I-1 name=\"Long March Capital\" kind=vc sectors=ai stages=seed country=CN ticket=2M-10M currency=CNY lead=yes",
      "INVESTOR ADD I-2 name=Other kind=cvc sectors=chips,ai stages=seed",
      "PERSON ADD P-1 name=王芳 of=I-1 of_kind=investor email=wang@example.org",
      "PERSON ADD P-2 name=Li of=F-1 of_kind=firm email=li@example.org", "RESCORE wait=yes",
    ] { try check(root, line, "250 ok") }
    return root
  }

  private func signIn(_ daemon: DaemonProcess, _ root: LineClient, _ words: String) throws -> LineClient {
    let client = try daemon.connectByTCP()
    try check(client, "AUTH TOKEN \(try root.newToken(words))", "250 ok")
    return client
  }

  @Test func eachSideLearnsWhoTheOtherIsOnceBothWantIt() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let root = try prepare(daemon)
    try check(root, "INTRO PROPOSE I-1 F-1", "250 ok introduction=1 state=proposed")
    try check(root, "INTRO PROPOSE I-2 F-2", "250 ok introduction=2")
    let investor = try signIn(daemon, root, "t-i role=investor investor=I-1")
    let firm = try signIn(daemon, root, "t-f role=firm firm=F-1")
    /// What names either side.
    func names(_ reply: [String]) -> [String] {
      ["Long March", "Quantum", "量子", "wang@", "li@", "I-1", "F-1", "王芳"].filter { name in
        reply.contains { $0.contains(name) }
      }
    }
    for line in ["INTRO LIST", "INTRO LIST state=all", "INTRO GET 1"] {
      let (toInvestor, toFirm) = (try investor.ask(line), try firm.ask(line))
      #expect(toInvestor.count == 2 && toFirm.count == 2, "\(toInvestor) \(toFirm)")
      #expect(names(toInvestor).allSatisfy { ["Long March", "I-1"].contains($0) }, "\(toInvestor)")
      #expect(names(toFirm).allSatisfy { ["Quantum", "量子", "F-1"].contains($0) }, "\(toFirm)")
    }
    #expect(
      try firm.ask("INTRO LIST").first?.contains(
        "\"who\":\"vc; CN; tickets 2M-10M CNY; seed; Artificial intelligence; leads\"") == true)
    #expect(
      try investor.ask("INTRO LIST").first?.contains(
        "\"who\":\"seed; Artificial intelligence; Anhui; asks 5M CNY; TRL 6\"") == true)
    try check(investor, "INTRO ASK 1 text=\"哪一年成立?\"", "250 ok introduction=1 state=proposed")
    try check(investor, "INTRO ACCEPT 1 side=firm", "531 not-permitted arg=side")
    try check(investor, "INTRO ACCEPT 1 note=\"good team\"", "250 ok introduction=1 state=asked")
    let asked = try firm.ask("INTRO GET 1").joined()
    #expect(asked.contains("哪一年成立?") && !asked.contains("good team") && !asked.contains("token:"))
    try check(firm, "INTRO ADVANCE 1", "531 not-permitted")
    try check(firm, "INTRO ACCEPT 1", "250 ok introduction=1 state=mutual")
    let (toInvestor, toFirm) = (
      try investor.ask("INTRO GET 1").joined(), try firm.ask("INTRO GET 1").joined()
    )
    #expect(
      toInvestor.contains("\"firm_name\":\"Quantum Leap\"") && toInvestor.contains("Li <li@example.org>"))
    #expect(toFirm.contains("\"investor\":\"I-1\"") && toFirm.contains("王芳 <wang@example.org>"))
    #expect(!toFirm.contains("good team") && !toFirm.contains("investor_score"))
    // What is another's and what is not there are the same.
    for client in [investor, firm] {
      for verb in ["GET", "ACCEPT", "DECLINE reason=risk", "DEFER until=2030-01-01", "ASK text=x"] {
        let words = verb.split(separator: " ", maxSplits: 1)
        let tail = words.count > 1 ? " \(words[1])" : ""
        let answers = try ["2", "77"].map { try client.ask("INTRO \(words[0]) \($0)\(tail)").last ?? "" }
        #expect(answers[0].hasPrefix("550 not-found introduction=2: "), "\(answers)")
        #expect(answers[1].replacing("77", with: "2") == answers[0])
      }
    }
    try check(root, "INTRO ADVANCE 1", "250 ok introduction=1 state=introduced")
    let wrong = try root.ask("INTRO ADVANCE 1 to=invested").last ?? ""
    #expect(
      wrong
        == "503 wrong-state introduction=1 state=introduced: introduction 1 is introduced; what can be done now is DECLINE, ASK, WITHDRAW, ADVANCE to met or to no_show with side="
    )
    try check(root, "INTRO ACCEPT 2", "502 bad-argument arg=side")
    try check(root, "INTRO DECLINE 2 side=firm reason=mood", "502 bad-argument arg=reason")
    try check(root, "INTRO DEFER 2 side=firm until=2020-01-01", "502 bad-argument arg=until")
    try check(root, "INTRO PROPOSE I-2 F-2", "554 rule-violated rule=introduction_under_way")
    #expect(daemon.stop() == 0)
  }

  /// A no takes the firm off the list at once, and nothing brings the pair back.
  @Test func aNoIsForGood() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let root = try prepare(daemon)
    #expect(try root.ask("DEALS I-1").contains { $0.contains("\"F-1\"") })
    try check(root, "INTRO PROPOSE I-1 F-1", "250 ok")
    try check(
      root, "INTRO DECLINE 1 side=firm reason=terms note=\"too late\"", "250 ok introduction=1 state=declined"
    )
    while try root.ask("DEALS I-1").contains(where: { $0.contains("\"F-1\"") }) {}
    #expect(try root.ask("EXPLAIN I-1 F-1").contains { $0.contains("\"veto\":\"declined\"") })
    try check(root, "INTRO PROPOSE I-1 F-1", "554 rule-violated rule=refusal")
    try check(root, "FIRM SET F-2 unwanted_investors=I-1,I-unknown", "250 ok")
    try check(root, "INTRO PROPOSE I-1 F-2", "554 rule-violated rule=unwanted_investors")
    let emitted = try root.ask("INTRO EMIT")
    #expect(
      !emitted.contains { $0.contains("\"investor\":\"I-1\"") && !$0.contains("\"F-3\"") }, "\(emitted)")
    try check(
      root, "INTRO ACCEPT 1 side=investor",
      "503 wrong-state introduction=1 state=declined: introduction 1 is declined, which is an end")
    #expect(daemon.stop() == 0)
  }

  @Test func emittingTwiceProposesNobodyTwice() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let root = try prepare(daemon)
    let dry = try root.ask("INTRO EMIT dry_run=yes")
    let first = try root.ask("INTRO EMIT key=one")
    #expect(dry.count == first.count && first.count > 4, "\(first)")
    #expect(first.last?.contains("blocking_pairs=0") == true)
    #expect(try root.ask("INTRO EMIT key=one").last == first.last?.replacing("250 ok", with: "251 unchanged"))
    try check(root, "INTRO EMIT key=two", "250 ok rows=0 ")
    #expect(try root.ask("INTRO LIST").count == first.count)
    try check(root, "INTRO EMIT roadshow=R-9", "550 not-found roadshow=R-9")
    try check(root, "INTRO EMIT cap_firm=0", "502 bad-argument arg=cap_firm")
    // Who is retired is taken back from what both have not begun.
    try check(root, "FIRM RETIRE F-1", "250 ok")
    let withdrawn = try root.ask("INTRO LIST state=withdrawn firm=F-1")
    #expect(withdrawn.count > 1)
    let id = withdrawn[0].split(separator: ":")[1].prefix { $0.isNumber }
    try check(root, "INTRO ACCEPT \(id) side=firm", "503 wrong-state")
    try check(root, "INTRO PROPOSE I-1 F-1", "503 wrong-state firm=F-1")
    #expect(daemon.stop() == 0)
  }

  /// The daemon is killed while it emits and the same request is sent again: there is one emission, whole.
  @Test func aKillWhileEmittingLeavesAllOrNothing() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let root = try daemon.connect()
    let firms = (0..<300).map {
      "{\"code\":\"F-\($0)\",\"name\":\"Firm \($0)\",\"sectors\":\"ai\",\"stage\":\"seed\"}"
    }
    let investors = (0..<300).map {
      "{\"code\":\"I-\($0)\",\"name\":\"Investor \($0)\",\"kind\":\"vc\",\"sectors\":\"ai\"}"
    }
    #expect(try root.upload("IMPORT firm", firms).last?.hasPrefix("250 ok") == true)
    #expect(try root.upload("IMPORT investor", investors).last?.hasPrefix("250 ok") == true)
    // Firms may be shown to everybody.
    try check(root, "POLICY SET intro_interest=1000000", "250 ok policy=2")
    try check(root, "POLICY ACTIVATE 2", "250 ok")
    try check(root, "RESCORE wait=yes", "250 ok")
    for round in 0..<6 {
      let client = try daemon.connect()
      try client.send("INTRO EMIT cap_investor=\(round + 1) cap_firm=100 key=k\(round)")
      // The later rounds are killed somewhere within the command.
      if round > 0 { try await Task.sleep(for: .milliseconds(round * 15)) }
      daemon.kill()
      try await daemon.start()
      let again = try daemon.connect()
      var last = ""
      repeat {
        last = try again.ask("INTRO EMIT cap_investor=\(round + 1) cap_firm=100 key=k\(round)").last ?? ""
      } while last.hasPrefix("4")
      #expect(last.hasPrefix("250 ok rows=300 ") || last.hasPrefix("251 unchanged rows=300 "), "\(last)")
    }
    let check = try daemon.connect()
    #expect(
      try check.ask("AUDIT LIST action=\"intro emit\" object=6.0 limit=10").last?.hasPrefix("250 ok") == true)
    var (count, after) = (0, "")
    repeat {
      let reply = try check.ask("INTRO LIST state=all limit=1000\(after)")
      count += reply.count - 1
      after =
        reply.last?.split(separator: " ").first { $0.hasPrefix("next=") }.map { " after=\($0.dropFirst(5))" }
        ?? ""
    } while !after.isEmpty
    #expect(count == 1_800)
    #expect(daemon.stop() == 0)
  }
}
