import Foundation
import Store
import TestSupport
import Testing

/// A slip of the desk is taken back until the other side was told, and the audit keeps what was and what is.
@Suite struct TakingBackTests {
  private func prepare(_ daemon: DaemonProcess) throws -> LineClient {
    let root = try daemon.connect()
    var lines = (1...5).map { "FIRM ADD F-\($0) name=\"\(Self.names[$0 - 1])\" sectors=ai stage=seed" }
    lines += (1...2).map { "INVESTOR ADD I-\($0) name=\"Capital \($0)\" kind=vc sectors=ai stages=seed" }
    lines += ["RESCORE wait=yes"]
    lines += (1...5).map { "INTRO PROPOSE I-1 F-\($0)" }
    for line in lines { try check(root, line, "250 ok") }
    return root
  }

  private static let names = ["Quantum Leap", "Sea Wind", "Old Harbour", "Green Lamp", "Northern Mill"]

  private func signIn(_ daemon: DaemonProcess, _ root: LineClient, _ words: String) throws -> LineClient {
    let client = try daemon.connectByTCP()
    try check(client, "AUTH TOKEN \(try root.newToken(words))", "250 ok")
    return client
  }

  private func daemon() async throws -> DaemonProcess {
    try await DaemonProcess(database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
  }

  @Test func aSlipIsUndoneWithAllThatFollowed() async throws {
    let daemon = try await daemon()
    let root = try prepare(daemon)
    try check(root, "INTRO REVERT 1 reason=x", "554 rule-violated rule=introduction_revert_of_the_desk")
    try check(root, "INTRO REVERT 77 reason=x", "550 not-found introduction=77")
    try check(root, "INTRO ACCEPT 1 side=investor", "250 ok introduction=1 state=asked")
    try check(root, "INTRO DECLINE 1 side=firm reason=terms", "250 ok introduction=1 state=declined")
    while try root.ask("DEALS I-1").contains(where: { $0.contains("\"F-1\"") }) {}
    try check(root, "INTRO REVERT 1", "502 bad-argument arg=reason")
    try check(root, "INTRO REVERT 1 reason=\"wrong line\"", "250 ok introduction=1 state=asked")
    // The list follows, and the pair may be introduced.
    while try !root.ask("DEALS I-1").contains(where: { $0.contains("\"F-1\"") }) {}
    #expect(try !root.ask("EXPLAIN I-1 F-1").contains { $0.contains("declined") })
    try check(root, "INTRO REVERT 1 reason=x", "554 rule-violated rule=introduction_revert_of_the_desk")
    try check(root, "INTRO ACCEPT 1 side=firm", "250 ok introduction=1 state=mutual")
    try check(root, "INTRO ADVANCE 1", "250 ok introduction=1 state=introduced")
    try check(root, "INTRO REVERT 1 reason=x", "250 ok introduction=1 state=mutual")
    try check(root, "INTRO WITHDRAW 2", "250 ok introduction=2 state=withdrawn")
    try check(root, "INTRO REVERT 2 reason=x", "250 ok introduction=2 state=proposed")
    let audit = try root.ask("AUDIT LIST object=1").joined(separator: "\n")
    #expect(audit.contains("\"action\":\"intro decline\"") && audit.contains("\"action\":\"intro revert\""))
    #expect(audit.contains("\"was\":{\"state\":\"declined\"}"), "\(audit)")
    // A party does not see what the desk took back for the other side.
    let investor = try signIn(daemon, root, "t-i role=investor investor=I-1")
    let shown = try investor.ask("INTRO GET 1").joined()
    #expect(
      shown.contains("\"action\":\"accept\"") && !shown.contains("decline") && !shown.contains("revert"))
    #expect(try root.ask("INTRO GET 1").joined().contains("wrong line"))
    #expect(daemon.stop() == 0)
  }

  @Test func whatWasToldStays() async throws {
    let daemon = try await daemon()
    let root = try prepare(daemon)
    let (investor, firm) = (
      try signIn(daemon, root, "t-i role=investor investor=I-1"),
      try signIn(daemon, root, "t-f role=firm firm=F-1")
    )
    let told = "554 rule-violated rule=introduction_revert_untold"
    // By its own list; a firm for which the desk has spoken is not the other side.
    try check(root, "INTRO DECLINE 1 side=firm reason=terms", "250 ok")
    _ = try firm.ask("INTRO LIST state=all")
    try check(root, "INTRO REVERT 1 reason=x", "250 ok introduction=1 state=proposed")
    try check(root, "INTRO DECLINE 1 side=firm reason=terms", "250 ok")
    _ = try investor.ask("INTRO LIST state=all")
    try check(root, "INTRO REVERT 1 reason=x", told)
    // By what it watches.
    try check(root, "INTRO WITHDRAW 2", "250 ok")
    try investor.send("WATCH since=0")
    while let line = try investor.readLine(), !line.contains("\"introduction\":2,\"action\":\"withdraw\"") {}
    try check(root, "INTRO REVERT 2 reason=x", told)
    // By a digest that the desk makes for it.
    try check(root, "INTRO WITHDRAW 3", "250 ok")
    #expect(try root.ask("DIGEST I-1 since=1.0").last?.hasPrefix("250 ok") == true)
    try check(root, "INTRO REVERT 3 reason=x", told)
    // What a side says itself is no slip of the desk.
    let second = try signIn(daemon, root, "t-g role=firm firm=F-4")
    try check(second, "INTRO DECLINE 4 reason=team", "250 ok")
    try check(root, "INTRO REVERT 4 reason=x", "554 rule-violated rule=introduction_revert_of_the_desk")
    try check(second, "INTRO REVERT 4 reason=x", "531 not-permitted")
    #expect(daemon.stop() == 0)
  }

  @Test func retirementIsTakenBackWithItsIntroductions() async throws {
    let daemon = try await daemon()
    let root = try prepare(daemon)
    try check(root, "INTRO PROPOSE I-2 F-1", "250 ok introduction=6")
    let investor = try signIn(daemon, root, "t-i role=investor investor=I-2")
    try check(root, "FIRM RETIRE F-1", "250 ok code=F-1 version=2")
    #expect(try investor.ask("INTRO GET 6").joined().contains("withdrawn"))
    try check(root, "INTRO REVERT 1 reason=x", "554 rule-violated rule=introduction_revert_of_active")
    try check(root, "FIRM UNRETIRE F-1", "502 bad-argument arg=reason")
    let reply = try root.ask("FIRM UNRETIRE F-1 reason=\"the other Quantum\"")
    #expect(reply.last == "250 ok code=F-1 version=3 introductions=1", "\(reply)")
    #expect(
      reply.count == 2 && reply[0].contains("\"introduction\":6") && reply[0].contains("was told of it"))
    #expect(try root.ask("INTRO LIST firm=F-1").joined().contains("\"id\":1,"))
    let audit = try root.ask("AUDIT LIST object=F-1 action=\"firm unretire\"").joined()
    #expect(audit.contains("\"retired\":false") && audit.contains("\"was\":{\"retired\":true}"), "\(audit)")
    #expect(audit.contains("the other Quantum"))
    try check(root, "FIRM UNRETIRE F-1 reason=x", "250 ok code=F-1 version=3 changed=no")
    try check(root, "FIRM MERGE F-2 F-3", "250 ok")
    try check(root, "FIRM UNRETIRE F-2 reason=x", "503 wrong-state firm=F-2")
    #expect(daemon.stop() == 0)
  }

  @Test func theAuditTellsWhatWasAndWhatIs() async throws {
    let daemon = try await daemon()
    let root = try daemon.connect()
    try check(root, "FIRM ADD F-1 name=One sectors=ai stage=seed ask=5 currency=CNY", "250 ok")
    try check(root, "INVESTOR ADD I-1 name=Fund kind=vc sectors=ai:0.5 ticket=1M-2M currency=CNY", "250 ok")
    try check(root, "FIRM SET F-1 ask=6 city=Hefei stage=seed", "250 ok")
    func entries(_ words: String) throws -> [String] {
      try root.ask("AUDIT LIST \(words)").dropLast().map(\.self)
    }
    #expect(
      try entries("object=F-1 action=\"firm set\"").joined().contains("\"was\":{\"ask\":5,\"city\":null}"))
    let rows = [
      #"{"code":"F-1","ask":7,"city":"Hefei","sectors":"ai,chips"}"#,
      #"{"code":"F-2","name":"Two","sectors":"ai","stage":"seed"}"#,
    ]
    #expect(try root.upload("IMPORT firm", rows).last?.contains("added=1 changed=1") == true)
    let imported = try entries("action=\"firm import\"")
    #expect(imported.count == 1, "only what was changed")
    #expect(imported[0].contains("\"object\":\"F-1\""))
    for part in [#""ask":7"#, #""sectors":["ai","chips"]"#, #""was":{"ask":6,"sectors":["ai"]}"#] {
      #expect(imported[0].contains(part), "\(imported[0])")
    }
    #expect(!imported[0].contains("city"))
    _ = try root.upload("IMPORT investor", [#"{"code":"I-1","ticket":"1M-3M","sectors":"ai:0.6"}"#])
    let investor = try entries("action=\"investor import\"").joined()
    #expect(
      investor.contains(#""ticket":"1000000-3000000""#)
        && investor.contains(#""was":{"ticket":"1000000-2000000""#))
    // Of a person only which fields, and a row that breaks a rule is noted by itself as well.
    try check(root, "PERSON ADD P-1 name=Ann of=F-1", "250 ok")
    _ = try root.upload("IMPORT person", [#"{"code":"P-1","name":"Anna"}"#])
    let person = try entries("action=\"person import\"").joined()
    #expect(person.contains("\"name\":true") && !person.contains("Ann"))
    _ = try root.upload("IMPORT holding", [#"{"investor":"I-1","firm":"F-1","amount":5,"currency":"CNY"}"#])
    _ = try root.upload("IMPORT holding", [#"{"investor":"I-1","firm":"F-1","amount":6,"currency":"CNY"}"#])
    #expect(try entries("object=I-1/F-1").joined().contains(#""was":{"amount":5}"#))
    #expect(daemon.stop() == 0)
  }
}
