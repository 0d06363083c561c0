import Foundation
import Store
import Synchronization
import TestSupport
import Testing

/// WATCH: every event once and in order, to whom it may be told.
@Suite(.timeLimit(.minutes(20))) struct WatchTests {
  private static let numbers = 1...4

  /// A daemon with a few investors and firms, and somebody who moves introductions beside it.
  private static func daemon(tcp: String = "off") async throws -> (DaemonProcess, IntroductionWriter) {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database, tcp: tcp)
    try fill(daemon)
    return (daemon, IntroductionWriter(database: database))
  }

  private static func fill(_ daemon: DaemonProcess) throws {
    let root = try daemon.connect()
    for number in numbers {
      try check(root, "INVESTOR ADD I-\(number) name=One kind=vc sectors=ai", "250 ok")
      try check(root, "FIRM ADD F-\(number) name=One sectors=ai stage=seed", "250 ok")
    }
  }

  // MARK: Once and in order

  /// Several write at once, in transactions of one event and of many, some of which come to nothing; and one by a clock
  /// that goes backwards, without telling anybody. No more than a socket holds, since those who watch may read later.
  private static func write(_ writer: IntroductionWriter) async throws {
    var introductions: [Int] = []
    for number in numbers { introductions.append(try await writer.propose("I-\(number)", "F-\(number)")) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for introduction in introductions {
        group.addTask {
          for round in 0..<40 {
            if round % 7 == 3 {
              try await writer.run(
                "BEGIN; UPDATE introduction SET step = step + 1 WHERE id = \(introduction); SELECT pg_sleep(0.005); ROLLBACK"
              )
            }
            try await writer.ask(introduction, "round \(round)")
          }
        }
      }
      group.addTask {
        for round in 1...5 {
          try await writer.run(
            """
            SELECT pg_advisory_xact_lock(hashtextextended('bellwether introduction_event', 0));
            INSERT INTO introduction_event (at, introduction, step, investor, firm, action, state, by, note)
              SELECT now() - interval '\(round) days', 1000, \(round) * 100 + n, 'I-1', 'F-1', 'ask', 'asked', 'test', 'by another clock'
              FROM generate_series(1, 40) AS n
            """)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func eachOnceAndInOrder() async throws {
    let (daemon, writer) = try await Self.daemon()
    let early = try (0..<3).map { _ in try daemon.connect() }
    for client in early { try client.send("WATCH since=0") }
    try await Self.write(writer)
    let all = try await writer.sequences()
    let last = try #require(all.last)
    for client in early {
      #expect(try client.events(upTo: last) == all)
      try client.send("PING")
      #expect(try client.nextOfWatch() == "250 ok next=\(last)")
      #expect(try client.readLine() == "250 ok")
    }
    // From anywhere, whether it is kept at hand or not.
    let late = try daemon.connect()
    for since in [0, 1, all[all.count / 2], all[all.count - 2], last - 1] {
      try late.send("WATCH since=\(since)")
      #expect(try late.events(upTo: last) == all.filter { $0 > since })
      #expect(try late.ask("").last == "250 ok next=\(last)")
    }
    #expect(
      try late.ask("WATCH since=\(last + 1)").last
        == "502 bad-argument arg=since: there is no event \(last + 1) yet; the newest is \(last)")
    try late.send("WATCH")
    try late.send("WATCH since=\(last)")
    #expect(try late.nextOfWatch() == "250 ok next=\(last)")
    try await writer.ask(1, "the next one")
    #expect(try late.events(upTo: last + 1) == [try await writer.sequences().last])
    #expect(daemon.stop() == 0)
  }

  @Test func goesOnOverACrashOfTheDaemon() async throws {
    let (daemon, writer) = try await Self.daemon()
    let writing = Task { try await Self.write(writer) }
    var seen: [Int] = []
    for count in [50, 100, 150] {
      let client = try daemon.connect()
      try client.send("WATCH since=\(seen.last ?? 0)")
      for _ in 0..<count {
        seen.append(try LineClient.sequence(try #require(try client.nextOfWatch())))
      }
      daemon.kill()
      try await daemon.start()
    }
    try await writing.value
    let all = try await writer.sequences()
    let client = try daemon.connect()
    try client.send("WATCH since=\(seen.last!)")
    seen += try client.events(upTo: all.last!)
    #expect(seen == all)
    #expect(daemon.stop() == 0)
  }

  @Test func goesOnWhenTheDatabaseIsBack() async throws {
    let daemon = try await DaemonProcess(database: nil)
    try Self.fill(daemon)
    let writer = IntroductionWriter(
      database: try ConnectionString(
        "host=\(daemon.folder.path)/postgres-socket user=postgres dbname=bellwether"))
    let (near, far) = (try daemon.connect(), try daemon.connect())
    try near.send("WATCH since=0")
    _ = try await writer.propose("I-1", "F-1")
    #expect(try near.events(upTo: 1) == [1])
    let before = try String(contentsOfFile: daemon.folder.path + "/postgres/postmaster.pid", encoding: .utf8)
    let server = try #require(before.split(separator: "\n").first.flatMap { Int32($0) })
    kill(server, SIGKILL)
    // It is started again by the daemon. Until then nothing can be written. Attempts are counted instead of seconds, since
    // this test may have to wait for its turn between two of them.
    var introduction: Int?
    for _ in 0..<1_200 where introduction == nil {
      introduction = try? await writer.propose("I-2", "F-2")
      if introduction == nil { try await Task.sleep(for: .milliseconds(50)) }
    }
    try await writer.ask(try #require(introduction), "are you there?")
    let all = try await writer.sequences()
    #expect(try near.events(upTo: all.last!) == Array(all.dropFirst()))
    try far.send("WATCH since=0")
    #expect(try far.events(upTo: all.last!) == all)
    #expect(daemon.stop() == 0)
  }

  // MARK: Ends

  @Test func goesOnWhenTheClientHasSaidAllItWill() async throws {
    let (daemon, writer) = try await Self.daemon(tcp: "127.0.0.1:0")
    let root = try daemon.connect()
    let token = try root.newToken("desk role=organizer")
    let (local, remote) = (try daemon.connect(), try daemon.connectByTCP())
    try check(remote, "AUTH TOKEN \(token)", "250 ok")
    for client in [local, remote] {
      try client.send("WATCH since=0")
      client.halfClose()
    }
    for number in Self.numbers {
      _ = try await writer.propose("I-\(number)", "F-\(number)")
      for client in [local, remote] { #expect(try client.events(upTo: number) == [number]) }
    }
    daemon.signal(SIGTERM)
    for client in [local, remote] {
      #expect(try client.nextOfWatch() == "250 ok next=4")
      #expect(try client.readLine()?.hasPrefix("421 closing: the daemon is shutting down") == true)
      #expect(try client.readLine() == nil)
    }
    daemon.process.waitUntilExit()
    #expect(daemon.process.terminationStatus == 0)
  }

  @Test func isCancelledAndNotMindedByAReload() async throws {
    let (daemon, writer) = try await Self.daemon()
    let (client, other) = (try daemon.connect(), try daemon.connect())
    let connection = try #require(try client.ask("WHOAMI").last?.components(separatedBy: "connection=").last)
    try client.send("WATCH since=0")
    _ = try await writer.propose("I-1", "F-1")
    #expect(try client.events(upTo: 1) == [1])
    daemon.signal(SIGHUP)
    try await daemon.waitForLog(" reloaded")
    _ = try await writer.propose("I-2", "F-2")
    #expect(try client.events(upTo: 2) == [2])
    #expect(try other.ask("CANCEL \(connection)") == ["250 ok cancelled=yes"])
    #expect(try client.nextOfWatch() == "250 ok next=2")
    try check(client, "PING", "250 ok")
    #expect(daemon.stop() == 0)
  }

  @Test func nothingIsToldOnceTheTokenHasEnded() async throws {
    let (daemon, writer) = try await Self.daemon(tcp: "127.0.0.1:0")
    let root = try daemon.connect()
    var clients: [LineClient] = []
    for number in 0..<8 {
      let client = try daemon.connectByTCP()
      try check(client, "AUTH TOKEN \(try root.newToken("desk-\(number) role=organizer"))", "250 ok")
      try client.send("WATCH since=0")
      clients.append(client)
    }
    let introduction = try await writer.propose("I-1", "F-1")
    for client in clients { #expect(try client.events(upTo: 1) == [1]) }
    // While others write.
    let writing = Task { for round in 0..<200 { try await writer.ask(introduction, "round \(round)") } }
    var ends: [Int] = []
    for number in clients.indices {
      try check(root, "TOKEN REVOKE desk-\(number)", "250 ok")
      ends.append(try await writer.sequences().last!)
    }
    try await writing.value
    for (client, end) in zip(clients, ends) {
      var last = 1
      while let line = try client.nextOfWatch(), line.hasPrefix("650-") {
        last = try LineClient.sequence(line)
      }
      #expect(last <= end)
      #expect(try client.readLine()?.hasPrefix("421 closing: the token of this connection") == true)
      #expect(try client.readLine() == nil)
    }
    #expect(daemon.stop() == 0)
  }

  // MARK: To whom

  /// An event as it is told, `*` where a test does not say.
  private static func event(
    _ sequence: Int, _ introduction: Int, _ action: String, _ state: String, side: String? = nil,
    investor: String?, firm: String?, by: String? = nil, reason: String? = nil, note: String? = nil,
    until: String? = nil
  ) -> String {
    func json(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
    return "650-{\"seq\":\(sequence),\"at\":\"*Z\",\"introduction\":\(introduction),\"action\":\"\(action)\","
      + "\"state\":\"\(state)\",\"side\":\(json(side)),\"investor\":\(json(investor)),\"firm\":\(json(firm)),"
      + "\"by\":\(json(by)),\"reason\":\(json(reason)),\"note\":\(json(note)),\"until\":\(json(until))}"
  }

  private static func expect(
    _ client: LineClient, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for pattern in expected {
      let line = try client.nextOfWatch() ?? ""
      #expect(Transcript.matches(line, pattern), "\(line)\n\(pattern)", sourceLocation: sourceLocation)
    }
  }

  @Test func aPartyIsToldWhatIsItsOwn() async throws {
    let (daemon, writer) = try await Self.daemon(tcp: "127.0.0.1:0")
    let root = try daemon.connect()
    try check(root, "INVESTOR ADD I-house name=House kind=vc", "250 ok")
    try check(root, "INVESTOR SET I-1 parent=I-house", "250 ok")
    func party(_ request: String) throws -> LineClient {
      let client = try daemon.connectByTCP()
      try check(client, "AUTH TOKEN \(try root.newToken(request))", "250 ok")
      return client
    }
    let desk = try daemon.connect()
    let investor = try party("one role=investor investor=I-1")
    let house = try party("two role=investor investor=I-house house=yes")
    let alone = try party("three role=investor investor=I-house")
    let firm = try party("four role=firm firm=F-1")
    let live = [desk, investor, house, alone, firm]
    // Half of them from the beginning, the others as it happens; none is told anything else.
    for client in live { try client.send("WATCH since=0") }

    let first = try await writer.propose("I-1", "F-1")
    let second = try await writer.propose("I-2", "F-2")
    let third = try await writer.propose("I-house", "F-3")
    try await writer.ask(first, "who pays?", side: "firm")
    for sql in [
      "state = 'asked', investor_answer = 'yes', action = 'accept', side = 'investor', note = 'a \"good\" team'",
      "state = 'mutual', firm_answer = 'yes', action = 'accept', side = 'firm', note = 'yes'",
      "state = 'introduced', action = 'advance', side = NULL, note = 'by mail'",
      "state = 'declined', investor_answer = 'no', ended_by = 'investor', reason = 'terms', action = 'decline', side = 'investor', note = 'too dear'",
    ] {
      try await writer.run(
        "UPDATE introduction SET step = step + 1, by = 'token:x', \(sql) WHERE id = \(first)")
    }
    try await writer.run(
      """
      UPDATE introduction SET step = step + 1, by = 'unix:0', action = 'defer', side = 'investor', state = 'not_now',
        investor_answer = 'not_now', investor_until = '2099-01-02', note = 'later' WHERE id = \(third)
      """)
    let all = [
      Self.event(1, first, "propose", "proposed", investor: "I-1", firm: "F-1", by: "test"),
      Self.event(2, second, "propose", "proposed", investor: "I-2", firm: "F-2", by: "test"),
      Self.event(3, third, "propose", "proposed", investor: "I-house", firm: "F-3", by: "test"),
      Self.event(
        4, first, "ask", "proposed", side: "firm", investor: "I-1", firm: "F-1", by: "test", note: "who pays?"
      ),
      Self.event(
        5, first, "accept", "asked", side: "investor", investor: "I-1", firm: "F-1", by: "token:x",
        note: #"a \"good\" team"#),
      Self.event(
        6, first, "accept", "mutual", side: "firm", investor: "I-1", firm: "F-1", by: "token:x", note: "yes"),
      Self.event(
        7, first, "advance", "introduced", investor: "I-1", firm: "F-1", by: "token:x", note: "by mail"),
      Self.event(
        8, first, "decline", "declined", side: "investor", investor: "I-1", firm: "F-1", by: "token:x",
        reason: "terms", note: "too dear"),
      Self.event(
        9, third, "defer", "not_now", side: "investor", investor: "I-house", firm: "F-3", by: "unix:0",
        note: "later", until: "2099-01-02"),
    ]
    let ofInvestor = [
      Self.event(1, first, "propose", "proposed", investor: "I-1", firm: nil),
      Self.event(4, first, "ask", "proposed", side: "firm", investor: "I-1", firm: nil, note: "who pays?"),
      Self.event(
        5, first, "accept", "asked", side: "investor", investor: "I-1", firm: nil, note: #"a \"good\" team"#),
      Self.event(6, first, "accept", "mutual", side: "firm", investor: "I-1", firm: "F-1"),
      Self.event(7, first, "advance", "introduced", investor: "I-1", firm: "F-1"),
      Self.event(
        8, first, "decline", "declined", side: "investor", investor: "I-1", firm: nil, reason: "terms",
        note: "too dear"),
    ]
    let ofHouse = [
      Self.event(3, third, "propose", "proposed", investor: "I-house", firm: nil),
      Self.event(
        9, third, "defer", "not_now", side: "investor", investor: "I-house", firm: nil, note: "later",
        until: "2099-01-02"),
    ]
    let ofFirm = [
      Self.event(1, first, "propose", "proposed", investor: nil, firm: "F-1"),
      Self.event(4, first, "ask", "proposed", side: "firm", investor: nil, firm: "F-1", note: "who pays?"),
      Self.event(5, first, "accept", "asked", side: "investor", investor: nil, firm: "F-1"),
      Self.event(6, first, "accept", "mutual", side: "firm", investor: "I-1", firm: "F-1", note: "yes"),
      Self.event(7, first, "advance", "introduced", investor: "I-1", firm: "F-1"),
      Self.event(8, first, "decline", "declined", side: "investor", investor: nil, firm: "F-1"),
    ]
    let houseAndFund = [ofInvestor[0], ofHouse[0]] + ofInvestor.dropFirst() + [ofHouse[1]]
    let told = [all, ofInvestor, houseAndFund, ofHouse, ofFirm]
    // Whether what is another's was passed over as well by then is a matter of moments.
    func endsWhereItIs(_ client: LineClient, _ lines: [String]) throws -> Bool {
      let last = try #require(lines.last.flatMap { try? LineClient.sequence($0) })
      try client.send("")
      let line = try client.nextOfWatch()
      return (last...9).contains { line == "250 ok next=\($0)" }
    }
    for (client, lines) in zip(live, told) {
      try Self.expect(client, lines)
      #expect(try endsWhereItIs(client, lines))
    }
    // The same from the database, when nobody has kept it at hand.
    for (client, lines) in zip(live, told) {
      try client.send("WATCH since=0")
      try Self.expect(client, lines)
      #expect(try endsWhereItIs(client, lines))
    }
    #expect(daemon.stop() == 0)
  }

  /// An investor that is new belongs to its house at once.
  @Test func aHouseIsToldOfNewFunds() async throws {
    let (daemon, writer) = try await Self.daemon(tcp: "127.0.0.1:0")
    let root = try daemon.connect()
    let house = try daemon.connectByTCP()
    try check(
      house, "AUTH TOKEN \(try root.newToken("one role=investor investor=I-1 house=yes"))", "250 ok")
    try house.send("WATCH since=0")
    for number in 1...20 {
      try await writer.run(
        "INSERT INTO investor (code, name, kind, parent) VALUES ('I-new-\(number)', 'New', 'sub_fund', 'I-1')"
      )
      _ = try await writer.propose("I-new-\(number)", "F-1")
      #expect(try house.events(upTo: number) == [number])
    }
    #expect(daemon.stop() == 0)
  }

  // MARK: Slow readers

  @Test func aSlowReaderIsToldWhereItWas() async throws {
    let (daemon, writer) = try await Self.daemon()
    try await writer.run(
      """
      INSERT INTO introduction_event (introduction, step, investor, firm, action, state, by, note)
        SELECT 1000000, n, 'I-1', 'F-1', 'ask', 'asked', 'test', repeat('n', 1000) FROM generate_series(1, 20000) AS n
      """)
    let memory = ProcessMemory(process: daemon.process.processIdentifier)
    let before = try memory.resident
    let slow = try (0..<40).map { _ in try daemon.connect() }
    for client in slow { try client.send("WATCH since=0") }
    // What comes while they do not read is kept for nobody.
    let introduction = try await writer.propose("I-1", "F-1")
    let good = try daemon.connect()
    try good.send("WATCH since=20000")
    for round in 0..<100 { try await writer.ask(introduction, "round \(round)") }
    #expect(try good.events(upTo: 20_101).count == 101)
    try await daemon.waitForLog("who watches reads too slowly", times: slow.count)
    for client in slow {
      var last = 0
      while let line = try client.nextOfWatch() {
        if line.hasPrefix("650-") {
          #expect(try LineClient.sequence(line) == last + 1)
          last += 1
        } else {
          #expect(line == "421 closing: you read too slowly; WATCH since=\(last) goes on where you were")
        }
      }
      #expect(last > 0)
    }
    let held = try memory.peak - before
    #expect(held < 24 * ProcessMemory.allowance)
    #expect(daemon.stop() == 0)
  }
}
