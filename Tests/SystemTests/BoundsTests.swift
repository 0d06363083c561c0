import Domain
import Foundation
import Store
import TestSupport
import Testing
import Wire

/// What a party can lengthen has a bound, and a reply is no longer than its limits, whatever is stored.
@Suite struct BoundsTests {
  /// A daemon with an introduction of I-1 and F-1, and a token for each.
  private struct Desk {
    let database: ConnectionString
    let daemon: DaemonProcess
    let root: LineClient
    let investor: String
    let firm: String

    init() async throws {
      database = try await TestCluster.shared.makeDatabase()
      daemon = try await DaemonProcess(database: database, tcp: "127.0.0.1:0")
      root = try daemon.connect()
      for line in [
        "FIRM ADD F-1 name=One sectors=ai stage=seed", "INVESTOR ADD I-1 name=One kind=vc sectors=ai",
        "RESCORE wait=yes", "INTRO PROPOSE I-1 F-1",
      ] { try check(root, line, "250 ok") }
      investor = try root.newToken("t-i role=investor investor=I-1")
      firm = try root.newToken("t-f role=firm firm=F-1")
    }

    func signedIn(_ token: String) throws -> LineClient {
      let client = try daemon.connectByTCP()
      try check(client, "AUTH TOKEN \(token)", "250 ok")
      return client
    }

    func execute(_ sql: String) async throws {
      let connection = try await Connection.open(database, deadline: .seconds(60))
      try await connection.run(deadline: .seconds(60)) { try $0.execute(sql, name: "test") }
      await connection.close()
    }

    /// Puts so many questions with the longest notes into the history of introduction 1, behind the daemon's back.
    func lengthenHistory(_ count: Int) async throws {
      try await execute(
        """
        INSERT INTO introduction_event (introduction, step, investor, firm, action, state, side, by, note, at)
          SELECT 1, n + 1, 'I-1', 'F-1', 'ask', 'proposed', 'investor', 'token:t-i', n || repeat('😀', 1990), '2026-01-01'
          FROM generate_series(1, \(count)) AS n;
        UPDATE introduction SET step = \(count) + 1, action = 'ask' WHERE id = 1
        """)
    }
  }

  // MARK: Introductions

  @Test func questionsAreCountedByTheDay() async throws {
    let desk = try await Desk()
    let (investor, firm) = (try desk.signedIn(desk.investor), try desk.signedIn(desk.firm))
    for number in 1...Limits.questionsPerDay {
      try check(investor, "INTRO ASK 1 text=\"question \(number)\"", "250 ok")
    }
    #expect(
      try investor.ask("INTRO ASK 1 text=more").last
        == "554 rule-violated rule=introduction_questions_a_day: the investor has asked 20 questions in introduction 1 today, which is all there may be; go on tomorrow, or say yes or no"
    )
    // The other side has its own, the desk is not counted, and neither is what was asked before today.
    try check(firm, "INTRO ASK 1 text=answer", "250 ok")
    try check(desk.root, "INTRO ASK 1 text=answer", "250 ok")
    try await desk.execute(
      """
      ALTER TABLE introduction_event DISABLE TRIGGER introduction_event_append_only;
      UPDATE introduction_event SET at = at - interval '1 day';
      ALTER TABLE introduction_event ENABLE TRIGGER introduction_event_append_only
      """)
    try check(investor, "INTRO ASK 1 text=more", "250 ok")
    #expect(desk.daemon.stop() == 0)
  }

  @Test func answersAreCountedByTheDay() async throws {
    let desk = try await Desk()
    let investor = try desk.signedIn(desk.investor)
    let today = Int(Date().timeIntervalSince1970) / 86_400
    for number in 1...Limits.answersPerDay {
      let day = Day(daysSinceEpoch: today + 10 + number)
      try check(investor, "INTRO DEFER 1 until=\(day)", "250 ok")
    }
    try check(investor, "INTRO ACCEPT 1", "554 rule-violated rule=introduction_answers_a_day")
    // A "no" is always heard.
    try check(investor, "INTRO DECLINE 1 reason=other", "250 ok introduction=1 state=declined")
    #expect(desk.daemon.stop() == 0)
  }

  @Test func historiesArePaged() async throws {
    let desk = try await Desk()
    let count = 8_487
    try await desk.lengthenHistory(count)
    let investor = try desk.signedIn(desk.investor)
    var (after, notes, pages) = ("", [String](), 0)
    repeat {
      let reply = try investor.ask("INTRO GET 1 limit=\(Limits.largestHistoryPage)\(after)")
      #expect(reply.count == 2 && reply.allSatisfy { $0.utf8.count <= Limits.replyLine })
      let row = try JSONParser.parse(String(reply[0].dropFirst(4)))
      guard case .array(let moves) = row["history"] else {
        throw LineClient.Failure(description: "no history")
      }
      notes = moves.map { String(($0["note"]?.text ?? "").prefix { $0.isNumber }) } + notes
      pages += 1
      let next = reply[1].components(separatedBy: " next=").dropFirst().first
      after = next.map { " after=\($0)" } ?? ""
      #expect(pages <= count)
    } while !after.isEmpty && pages <= count
    #expect(notes == [""] + (1...count).map(String.init), "each move is on one page, in their order")
    #expect(pages == (count + 1 + 99) / 100)
    // A page is short where nothing is said.
    let short = try investor.ask("INTRO GET 1")
    #expect(short[0].components(separatedBy: "\"action\":").count - 1 == Limits.historyPage)
    for line in ["limit=0", "limit=101", "after=0", "after=x"] {
      try check(investor, "INTRO GET 1 \(line)", "502 bad-argument arg=")
    }
    #expect(desk.daemon.stop() == 0)
  }

  /// Sixty connections that ask for the longest reply again and again and never read it.
  @Test func thoseWhoDoNotReadHoldLittle() async throws {
    let desk = try await Desk()
    try await desk.lengthenHistory(8_487)
    let memory = ProcessMemory(process: desk.daemon.process.processIdentifier)
    let base = try memory.resident
    let idle = try (0..<60).map { _ in try desk.signedIn(desk.investor) }
    let line = "INTRO GET 1 limit=\(Limits.largestHistoryPage)\n"
    for client in idle { try client.send(bytes: Array(String(repeating: line, count: 20).utf8)) }
    // Its first byte has come, so a reply is on its way to each.
    for client in idle {
      var byte: UInt8 = 0
      #expect(recv(client.descriptor, &byte, 1, Int32(MSG_PEEK)) == 1)
    }
    // Somebody who reads is served meanwhile, as often as it takes for the others to have what they get.
    for _ in 0..<20 { try check(desk.root, "INTRO GET 1", "250 ok rows=1 next=") }
    let held = try memory.peak - base
    print(
      "figure bounds.unread_memory_mib \(String(format: "%.1f", held)) MiB above \(String(format: "%.1f", base))"
    )
    #expect(held < 256 * ProcessMemory.allowance)
    #expect(desk.daemon.stop() == 0)
  }

  // MARK: Roadshows and keys

  @Test func oneParticipantDoesNotUseUpTheWishesOfAll() async throws {
    let desk = try await Desk()
    try await desk.execute(
      """
      INSERT INTO firm (code, name, sectors, stage)
        SELECT 'W-' || n, 'Firm', '{ai}', 'seed' FROM generate_series(1, \(Limits.participantWishes + 1)) AS n;
      INSERT INTO roadshow (code, name, starts_on, time_zone) VALUES ('R-1', 'Roadshow', '2031-12-01', 'UTC');
      INSERT INTO participant (roadshow, party, side) SELECT 'R-1', code, 'firm' FROM firm WHERE code LIKE 'W-%';
      INSERT INTO participant (roadshow, party, side) VALUES ('R-1', 'I-1', 'investor');
      INSERT INTO wish (roadshow, "from", "to", side, kind)
        SELECT 'R-1', 'I-1', 'W-' || n, 'investor', 'meet' FROM generate_series(1, \(Limits.participantWishes)) AS n
      """)
    let investor = try desk.signedIn(desk.investor)
    let more = "ROADSHOW WISH R-1 I-1 W-\(Limits.participantWishes + 1) wish=meet"
    try check(investor, more, "554 rule-violated rule=wish_of_one_limit: I-1 would have more than 200 wishes")
    // One may be changed, and taken back for another one.
    try check(investor, "ROADSHOW WISH R-1 I-1 W-1 wish=must_meet", "250 ok")
    try check(investor, "ROADSHOW WISH R-1 I-1 W-1 wish=none", "250 ok")
    try check(investor, more, "250 ok")
    #expect(desk.daemon.stop() == 0)
  }

  @Test func keysOfAPartyAreCounted() async throws {
    let desk = try await Desk()
    try await desk.execute(
      """
      INSERT INTO idempotency_key (principal, key, request, last_line)
        SELECT 'token:t-i', 'k-' || n, '', '250 ok' FROM generate_series(1, \(Limits.partyKeys)) AS n
      """)
    let investor = try desk.signedIn(desk.investor)
    try check(
      investor, "INVESTOR SET I-1 city=Hefei key=more",
      "554 rule-violated rule=idempotency_key_limit: 5000 keys")
    try check(desk.root, "INVESTOR GET I-1", "250 ok rows=1 version=1")
    try check(investor, "INVESTOR SET I-1 city=Hefei", "250 ok")
    // Those of others are counted for themselves, and those of organizers not at all.
    try check(desk.signedIn(desk.firm), "FIRM SET F-1 city=Hefei key=more", "250 ok")
    try check(desk.root, "FIRM SET F-1 city=Wuhu key=more", "250 ok")
    #expect(desk.daemon.stop() == 0)
  }

  // MARK: All of it

  /// Every parameter of every command by which a party writes refuses what is longer than its bound: nothing that is sent
  /// here may be stored.
  @Test func nothingIsTakenThatIsLongerThanItsBound() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let tokens = try AccessTests().prepare(daemon)
    for (role, spec) in Self.writing {
      let client = try daemon.connectByTCP()
      try check(client, "AUTH TOKEN \(tokens[role]!)", "250 ok")
      let line = AccessTests().request(spec, "own", role)
      // One long word, and a list of more items than any field takes.
      let words = [
        String(repeating: "x", count: Limits.note + 1),
        (1...300).map { "X-00000\($0)" }.joined(separator: ","),
      ]
      for parameter in spec.parameters {
        for name in Self.names(of: parameter) {
          for word in words {
            let last = try client.ask(Self.line(line, spec, name, word)).last ?? ""
            #expect(
              last.hasPrefix("5") && !last.hasPrefix("56"), "\(spec.words) \(name): \(last.prefix(200))")
          }
        }
      }
    }
    #expect(daemon.stop() == 0)
  }

  /// Each pair of a party's role and a command by which it writes.
  private static var writing: [(role: Role, spec: CommandSpec)] {
    CommandTable.all.filter { spec in spec.parameters.contains { $0.name == "key" } }.flatMap { spec in
      spec.access.roles.filter { $0.party != nil }.map { ($0, spec) }
    }
  }

  private static func names(of parameter: Parameter) -> [String] {
    switch parameter.kind {
    case .fields(let noun, let prefix): noun.fields.map { (prefix.map { "\($0)." } ?? "") + $0.name }
    default: [parameter.name]
    }
  }

  /// A request with one of its arguments replaced or added.
  static func line(_ line: String, _ spec: CommandSpec, _ name: String, _ value: String) -> String {
    let places = spec.parameters.filter { if case .positional = $0.kind { true } else { false } }
    var words = line.split(separator: " ").map(String.init)
    if let place = places.firstIndex(where: { $0.name == name }) {
      words[spec.words.split(separator: " ").count + place] = value
    } else {
      words.removeAll { $0.hasPrefix("\(name)=") }
      words.append("\(name)=\"\(value)\"")
    }
    return words.joined(separator: " ")
  }

  /// The table of docs/SECURITY.md names every command by which a party writes and every table that it may add rows to,
  /// and each rule that it names is one of the schema with a sentence.
  @Test func theTableOfBoundsIsWhole() async throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/SECURITY.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "### What a party can lengthen\n").dropFirst().first
    )
    .components(separatedBy: "\n#")[0]
    let table = section.split(separator: "\n").drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
    // Without its head.
    let rows = table.dropFirst(2).map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    func quoted(_ cell: String) -> [String] {
      cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        .map {
          String($0.element)
        }
    }
    #expect(rows.allSatisfy { $0.count == 4 })
    #expect(Set(rows.flatMap { quoted($0[0]) }) == Set(Self.writing.map(\.spec.words)))
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let connection = try await Connection.open(database, deadline: .seconds(30))
    let tables = try await connection.transaction(deadline: .seconds(30)) { session in
      var tables: Set<String> = []
      try session.copyOut(
        """
        COPY (SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
          AND (has_any_column_privilege('bellwether_party', oid, 'INSERT')
            OR has_any_column_privilege('bellwether_party', oid, 'UPDATE'))) TO STDOUT
        """, name: "test_tables"
      ) { tables.insert(String(decoding: $0, as: UTF8.self).filter { $0 != "\n" }) }
      return tables
    }
    await connection.close()
    #expect(Set(rows.flatMap { quoted($0[1]) }) == tables, "a party may write to these tables")
    let schema = try String(
      contentsOf: file.deletingLastPathComponent().appendingPathComponent("../sql/schema.sql"),
      encoding: .utf8)
    for rule in rows.flatMap({ quoted($0[3]) }) where rule.contains("_") {
      #expect(schema.contains(rule), "\(rule) is no rule of the schema")
      #expect(
        SchemaRule.explained.contains(rule) || SchemaRule.sentences[rule] != nil, "\(rule) has no sentence")
    }
    #expect(daemon.stop() == 0)
  }
}
