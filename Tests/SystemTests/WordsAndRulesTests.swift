import Foundation
import TestSupport
import Testing

/// What docs/PROTOCOL.md and docs/INTRODUCTIONS.md say of cases that their readers had to guess.
@Suite(.timeLimit(.minutes(10))) struct WordsAndRulesTests {
  private static func header(_ reply: [String]) -> String? {
    reply.first.flatMap { $0.hasPrefix("250-") ? String($0.dropFirst(4)) : nil }
  }

  private static let oneOfEach = [
    "INSTITUTE ADD N-1 name=Institute", "PROJECT ADD J-1 name=Project institute=N-1 sectors=ai",
    "FIRM ADD F-1 name=Firm institute=N-1 sectors=ai stage=seed ask=\"8M CNY\" risk=R3",
    "INVESTOR ADD I-1 name=Fund kind=state_fund sectors=ai stages=seed ticket=1M-9M currency=CNY budget_left=20M",
    "INVESTOR ADD I-2 name=None kind=vc excluded_sectors=ai",
    "FIRM ADD F-2 name=Free sectors=ai stage=seed", "PERSON ADD P-1 name=Ann of=F-1",
    "ROADSHOW ADD R-1 name=Show starts_on=2031-03-03 time_zone=Asia/Shanghai",
    "PROGRAMME ADD G-1 name=Programme fund=I-1 currency=CNY budget=100M starts_on=2026-01-01",
    "STAKE ADD S-1 programme=G-1 firm=F-1 committed=5M agreed_on=2026-01-05",
    "TRANCHE ADD T-1 stake=S-1 kind=buy date=2026-01-06 percent=10 amount=5M reason=start",
    "SCENARIO ADD C-1 name=Ground sectors=ai capacity=2",
    "PILOT ADD L-1 scenario=C-1 firm=F-1 starts_on=2026-02-01 ends_on=2026-05-01",
    "EXPERT ADD E-1 name=Expert kinds=expert", "REVIEW ADD V-1 firm=F-1 kind=expert asked_on=2026-02-01",
    "COMMITTEE ADD O-1 name=Board members=E-1 quorum=1",
    "RATE SET USD CNY 7 date=2026-01-01",
    "RESCORE wait=yes", "TOKEN ADD t-1 role=job", "INTRO PROPOSE I-1 F-2",
  ]

  /// Lists that are empty in a new registry, and what makes a row of each.
  @Test func listsWithoutRowsNameTheirColumnsAsThoseWithRowsDo() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    let nouns = [
      "INSTITUTE", "PROJECT", "FIRM", "INVESTOR", "PERSON", "ROADSHOW", "PROGRAMME", "STAKE", "TRANCHE",
      "SCENARIO",
      "PILOT", "EXPERT", "REVIEW", "COMMITTEE", "DECISION",
    ]
    let lists =
      nouns.map { "\($0) LIST" }
      + [
        "RATE LIST", "RUN LIST", "TOKEN LIST", "INTRO LIST", "INTRO STATS by=firm", "MEETING LIST",
        "INSTITUTE RECORD", "PROGRAMME BALANCE", "GAPS", "EXPORT firm", "EXPORT holding",
      ]
    try check(client, "FORMAT tsv", "250 ok")
    var headers: [String: String] = [:]
    for list in lists {
      let reply = try client.ask(list)
      #expect(reply.count == 2 && reply.last?.hasPrefix("250 ok rows=0") == true, "\(list): \(reply)")
      headers[list] = Self.header(reply)
      #expect(headers[list] != nil, "\(list)")
    }
    for line in Self.oneOfEach { try check(client, line, "250 ok") }
    // What may have no row yet is still compared where it has.
    var compared = 0
    for list in lists {
      let reply = try client.ask(list)
      #expect(Self.header(reply) == headers[list], "\(list)")
      if reply.count > 2 { compared += 1 }
    }
    #expect(compared >= lists.count - 4, "\(compared) lists have rows")
    // Lists of an investor.
    for list in ["DEALS", "MOVES"] {
      let (full, empty) = ("\(list) I-1", "\(list) I-2")
      if list == "MOVES" {
        try check(client, "FIRM SET F-2 stage=angel", "250 ok")
        try check(client, "RESCORE wait=yes", "25")
      }
      let (rows, none) = (try client.ask(full), try client.ask(empty))
      #expect(rows.count > 2 && none.count == 2 && Self.header(rows) == Self.header(none), "\(none)")
    }
    let (all, few) = (try client.ask("BACKERS F-2"), try client.ask("BACKERS F-2 kind=bank"))
    #expect(all.count > 2 && few.count == 2 && Self.header(all) == Self.header(few))
    let audit = (try client.ask("AUDIT LIST"), try client.ask("AUDIT LIST object=nothing"))
    #expect(audit.0.count > 2 && audit.1.count == 2 && Self.header(audit.0) == Self.header(audit.1))
    // A house has a column more, and a party others.
    for line in [
      "INVESTOR ADD H-1 name=House kind=vc", "INVESTOR SET I-1 parent=H-1",
      "INVESTOR ADD H-2 name=House kind=vc",
      "INVESTOR SET I-2 parent=H-2", "RESCORE wait=yes",
    ] { try check(client, line, "25") }
    let house = (try client.ask("DEALS H-1"), try client.ask("DEALS H-2"))
    #expect(house.0.count > 2 && house.1.count == 2 && Self.header(house.0) == Self.header(house.1))
    #expect(Self.header(house.0)?.hasSuffix("\tvia") == true)
    let party = try daemon.connectByTCP()
    try check(party, "AUTH TOKEN \(try daemon.connect().newToken("t-2 role=firm firm=F-2"))", "250 ok")
    try check(party, "FORMAT tsv", "250 ok")
    let own = (try party.ask("INTRO LIST"), try party.ask("INTRO LIST state=met"))
    #expect(own.0.count == 3 && own.1.count == 2 && Self.header(own.0) == Self.header(own.1))
    // What is no list, or fails, has none.
    #expect(try client.ask("DEALS NOBODY").count == 1)
    #expect(try client.ask("PING") == ["250 ok"])
    #expect(daemon.stop() == 0)
  }

  @Test func rowsThatAreNotKeptAreNotPromised() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    let firms = (1...60).map {
      "{\"code\":\"F-\($0)\",\"name\":\"Firm number \($0)\",\"sectors\":\"ai\",\"stage\":\"seed\"}"
    }
    let investors = (1...30).map {
      "{\"code\":\"I-\($0)\",\"name\":\"Fund number \($0)\",\"kind\":\"vc\",\"sectors\":\"ai\",\"stages\":\"seed\"}"
    }
    #expect(try client.upload("IMPORT firm", firms).last?.hasPrefix("250 ok") == true)
    #expect(try client.upload("IMPORT investor", investors).last?.hasPrefix("250 ok") == true)
    try check(client, "POLICY SET intro_interest=1000000", "250 ok policy=2")
    try check(client, "POLICY ACTIVATE 2", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    let few = try client.ask("INTRO EMIT cap_investor=2 cap_firm=100 key=few")
    let again = try client.ask("INTRO EMIT cap_investor=2 cap_firm=100 key=few")
    #expect(few.count == 61 && again.dropLast() == few.dropLast())
    #expect(again.last?.hasPrefix("251 unchanged rows=60 ") == true)
    let many = try client.ask("INTRO EMIT cap_investor=50 cap_firm=100 key=many")
    #expect(many.count > 1_000 && many.joined(separator: "\n").utf8.count > 70_000)
    let short = try client.ask("INTRO EMIT cap_investor=50 cap_firm=100 key=many")
    #expect(short.count == 1, "no row comes")
    let last = try #require(short.last)
    #expect(
      last.hasPrefix("251 unchanged rows=0 ") && last.contains(" rows_not_kept=\(many.count - 1):"), "\(last)"
    )
    #expect(daemon.stop() == 0)
  }

  @Test func aCursorOutlivesTheNextRunAndThenSaysToBeginAnew() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    for line in (1...6).map({ "FIRM ADD F-\($0) name=Firm\($0) sectors=ai stage=seed" }) + [
      "INVESTOR ADD I-1 name=Fund kind=vc sectors=ai stages=seed", "RESCORE wait=yes",
    ] { try check(client, line, "250 ok") }
    // The state between the first and the last of its run.
    for number in 7...8 {
      try check(client, "FIRM ADD F-\(number) name=Firm\(number) sectors=ai stage=seed", "250 ok")
      try check(client, "RESCORE wait=yes", "25")
    }
    let page = try client.ask("DEALS I-1 limit=2 run=1.1")
    #expect(page.last == "250 ok rows=2 run=1.1 next=1.1-2")
    try check(client, "RESCORE wait=yes scope=all", "250 ok run=2.0")
    #expect(try client.ask("DEALS I-1 limit=2 after=1.1-2").last == "250 ok rows=2 run=1.1 next=1.1-4")
    try check(client, "RESCORE wait=yes scope=all", "250 ok run=3.0")
    // What is forgotten is forgotten after the reply, and the next one waits for it.
    try check(client, "RESCORE wait=yes", "251 unchanged")
    #expect(
      try client.ask("DEALS I-1 limit=2 after=1.1-2")
        == [
          "455 begin-anew run=3.0: the list of run 1.1 that this cursor goes on with is not kept any more; ask again without after="
        ])
    // A run that is asked for by its number is another matter.
    try check(client, "DEALS I-1 run=1.1", "550 not-found run=1.1")
    // The last state of a run is kept.
    #expect(try client.ask("DEALS I-1 limit=2 after=1.2-2").last == "250 ok rows=2 run=1.2 next=1.2-4")
    #expect(daemon.stop() == 0)
  }

  @Test func whatTheOtherSideHasPutOffWaitsAndCounts() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    for line in (1...6).map({ "FIRM ADD F-\($0) name=Firm\($0) sectors=ai stage=seed" }) + [
      "INVESTOR ADD I-1 name=Fund kind=vc sectors=ai stages=seed", "RESCORE wait=yes",
      "INTRO EMIT cap_investor=3",
    ] { try check(client, line, "250 ok") }
    let until = try #require(
      Calendar(identifier: .gregorian).date(byAdding: .day, value: 30, to: Date()))
    let day = until.formatted(.iso8601.year().month().day())
    try check(client, "INTRO DEFER 1 side=firm until=\(day)", "250 ok introduction=1 state=not_now")
    // Three wait for the investor, one of them put off by its firm.
    #expect(try client.ask("INTRO EMIT cap_investor=3").last?.hasPrefix("250 ok rows=0 ") == true)
    let investor = try daemon.connectByTCP()
    try check(investor, "AUTH TOKEN \(try client.newToken("t-1 role=investor investor=I-1"))", "250 ok")
    #expect(try investor.ask("INTRO LIST").last == "250 ok rows=3")
    let mail = try investor.ask("DIGEST")
    #expect(mail.contains("250-Bellwether-Digest: waiting=3 new=6 moved=0 left=0 mutual=0"))
    #expect(mail.joined(separator: " ").contains("the other side has said not now, until \(day)"))
    // What one has put off oneself does not wait for oneself.
    let firm = try daemon.connectByTCP()
    let code =
      try client.ask("INTRO GET 1")[0].firstMatch(of: try Regex(#""firm":"(F-\d)""#))?[1].substring ?? ""
    try check(firm, "AUTH TOKEN \(try client.newToken("t-2 role=firm firm=\(code)"))", "250 ok")
    #expect(try firm.ask("INTRO LIST").last == "250 ok rows=0")
    #expect(try client.ask("INTRO EMIT cap_investor=4").last?.hasPrefix("250 ok rows=1 ") == true)
    #expect(daemon.stop() == 0)
  }

  @Test func aHouseHasAListOfItsOwnWhereItNamesStagesOrSectors() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    for line in [
      "FIRM ADD F-1 name=One sectors=ai stage=seed", "FIRM ADD F-2 name=Two sectors=chips stage=growth",
      "INVESTOR ADD H name=House kind=vc country=CN ticket=1M-2M currency=CNY risk=C5",
      "INVESTOR ADD I name=Middle kind=vc parent=H excluded_firms=F-2",
      "INVESTOR ADD J name=Fund kind=vc parent=I stages=seed sectors=ai excluded_firms=F-2",
      "RESCORE wait=yes",
    ] { try check(client, line, "250 ok") }
    let alone = try client.ask("DEALS H")
    #expect(alone.count == 2 && alone[0].contains("\"code\":\"F-1\""))
    try check(client, "INVESTOR SET H sectors=chips", "250 ok")
    try check(client, "RESCORE wait=yes", "25")
    let merged = try client.ask("DEALS H")
    #expect(alone[0].contains("\"via\":\"J\""))
    #expect(
      merged.count == 3 && merged.contains { $0.contains("\"code\":\"F-2\"") && $0.contains("\"via\":\"H\"") }
    )
    #expect(daemon.stop() == 0)
  }
}
