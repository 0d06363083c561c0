import Foundation
import Store
import TestSupport
import Testing

/// Runs over two daemons on one database.
@Suite struct RescoringTests {
  private static func load(_ client: LineClient, firms: Int, investors: Int) throws {
    let stages = ["seed", "angel", "series_a"]
    let sectors = ["ai", "chips", "quantum", "batteries"]
    let firmRows = (0..<firms).map { index in
      "{\"code\":\"F-\(index)\",\"name\":\"Firm \(index)\",\"sectors\":\"\(sectors[index % 4])\","
        + "\"stage\":\"\(stages[index % 3])\",\"trl\":\(index % 9 + 1),\"ask\":\(index % 50 + 1)000000}"
    }
    let investorRows = (0..<investors).map { index in
      "{\"code\":\"I-\(index)\",\"name\":\"Investor \(index)\",\"kind\":\"vc\",\"stages\":\"\(stages[index % 3])\","
        + "\"sectors\":\"\(sectors[index % 4])\",\"ticket\":\"\(index % 20 + 1)M-\(index % 20 + 30)M\"}"
    }
    for (noun, rows) in [("firm", firmRows), ("investor", investorRows)] {
      let reply = try client.upload("IMPORT \(noun)", rows)
      try #require(reply.last?.hasPrefix("250 ok") == true, "\(reply)")
    }
  }

  private static func attribute(_ name: String, of line: String?) throws -> String {
    let words = try #require(line).split(separator: " ").map(String.init)
    let word = try #require(words.first { $0.hasPrefix("\(name)=") }, "\(line ?? "")")
    // The last attribute has the colon of the sentence behind it.
    return String(word.dropFirst(name.count + 1).prefix { $0 != ":" })
  }

  @Test func runsAreExclusiveCancellableAndReproducible() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let first = try await DaemonProcess(database: database)
    let second = try await DaemonProcess(database: database)
    let (one, other) = (try first.connect(), try second.connect())
    try Self.load(one, firms: 4_000, investors: 3_000)

    // Started, refused to others in both daemons, cancelled from the other daemon: nothing is published.
    let started = try one.ask("RESCORE")
    let run = try Self.attribute("run", of: started.last)
    let number = run.prefix { $0 != "." }
    #expect(try one.ask("RESCORE wait=yes").last?.hasPrefix("450 busy") == true)
    #expect(try other.ask("RESCORE wait=yes").last?.hasPrefix("450 busy") == true)
    #expect(try other.ask("RUN CANCEL \(run) key=stop").last == "250 ok run=\(number)")
    #expect(try other.ask("RUN CANCEL \(run) key=stop").last == "251 unchanged run=\(number)")
    #expect(try other.ask("RUN CANCEL \(run)").last?.hasPrefix("503 wrong-state") == true)
    #expect(try one.ask("DEALS I-1").last?.hasPrefix("503 wrong-state") == true)

    // Stopped where it runs, it makes room for the next, which is whole.
    var reply = try one.ask("RUN CANCEL \(run)")
    while true {
      reply = try other.ask("RESCORE wait=yes")
      // The cancelled run ends within the time of one ranking; there is nothing else to wait on.
      if reply.last?.hasPrefix("450 busy") != true { break }
    }
    let published = try #require(reply.last)
    #expect(published.hasPrefix("250 ok"), "\(published)")
    #expect(try Self.attribute("investors", of: published) == "3000")
    #expect(try one.ask("RUN GET \(run)").first?.contains("\"state\":\"cancelled\"") == true)
    // What it had written while it ranked is gone with it.
    let psql = try await Connection.open(database, deadline: .seconds(30))
    try await psql.run(deadline: .seconds(30)) {
      try $0.execute(
        """
        DO $$ BEGIN
          ASSERT NOT EXISTS (SELECT FROM ranking WHERE run = 1), 'lists of a cancelled run';
          ASSERT (SELECT count(*) FROM ranking WHERE run = 2) = 3000, 'not all lists of the next';
          ASSERT (SELECT lists_changed FROM revision WHERE run = 2) = 3000, 'a wrong count';
        END $$
        """, name: "asserts")
    }
    await psql.close()

    // The same data gives the same bytes, in either daemon.
    let exported = try other.ask("RUN EXPORT 2")
    let again = try one.ask("RESCORE wait=yes scope=all")
    #expect(try Self.attribute("digest", of: again.last) == Self.attribute("digest", of: published))
    #expect(try Self.attribute("lists_changed", of: again.last) == "0")
    #expect(try one.ask("RUN EXPORT 3").dropLast() == exported.dropLast())

    // A daemon shows what the other published.
    #expect(try other.ask("EXPLAIN I-1 F-1").last?.contains("run=3.0") == true)
    #expect(first.stop() == 0)
    #expect(second.stop() == 0)
  }

  /// Somebody else's lock of the table of lists, which VACUUM waits for, keeps no run and no revision waiting.
  @Test func nobodyWaitsForTheVacuum() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database, arguments: ["--keep-runs", "1"])
    let client = try daemon.connect()
    try Self.load(client, firms: 12, investors: 1_200)
    try check(client, "RESCORE wait=yes", "250 ok")
    // Every list changes, so that all lists of the first run are forgotten with the second.
    for firm in 0..<12 { try check(client, "FIRM SET F-\(firm) trl=\(firm % 8 + 2)", "250 ok") }
    let held = try await HeldTransaction("LOCK TABLE ranking IN SHARE UPDATE EXCLUSIVE MODE", on: database)
    try check(client, "RESCORE wait=yes scope=all", "250 ok")
    try await awaitLockWaits(1, in: "VACUUM%", on: database)
    try check(client, "RESCORE wait=yes scope=all", "250 ok")
    try check(client, "FIRM SET F-1 trl=9", "250 ok")
    try check(client, "RESCORE wait=yes", "25")
    try await held.release()
    #expect(daemon.stop() == 0)
  }

  /// Points add up to the score, for every pair of a list, and DEALS and EXPLAIN say the same.
  /// However close together a request comes twice, there is one run of it, and whoever is not refused learns which.
  @Test func oneKeyIsOneRunHoweverCloseTogether() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let clients = [try daemon.connect(), try daemon.connect()]
    for line in [
      "FIRM ADD F-1 name=One sectors=ai stage=seed", "INVESTOR ADD I-1 name=Two kind=vc sectors=ai",
    ] {
      #expect(try clients[0].ask(line).last?.hasPrefix("250 ok") == true)
    }
    for (round, wait) in ["no", "yes", "no", "yes", "no", "yes", "no", "yes"].enumerated() {
      let request = "RESCORE wait=\(wait) scope=all key=k\(round)"
      for client in clients { try client.send(request) }
      let answers = try clients.map { client in
        var last = try #require(client.reply().last)
        while last.hasPrefix("450 busy") { last = try #require(client.ask(request).last) }
        return last
      }
      #expect(answers.contains { $0.hasPrefix("250 ok run=") }, "\(answers)")
      for answer in answers {
        #expect(
          answer.hasPrefix("250 ok run=\(round + 1)") || answer.hasPrefix("251 unchanged run=\(round + 1)"),
          "\(answers)")
      }
      while try clients[0].ask("RUN GET \(round + 1)").first?.contains("\"state\":\"running\"") == true {}
    }
    #expect(try clients[0].ask("RUN LIST").last == "250 ok rows=8")
    #expect(daemon.stop() == 0)
  }

  @Test func pointsAddUp() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    try Self.load(client, firms: 200, investors: 20)
    #expect(try client.ask("RESCORE wait=yes").last?.hasPrefix("250 ok") == true)
    for investor in 0..<20 {
      for row in try client.ask("DEALS I-\(investor) limit=50").dropLast() {
        let code = try #require(row.firstMatch(of: /"code":"([^"]+)"/)?.1)
        let digits = try #require(row.firstMatch(of: /"score":(\d+)/)?.1)
        let score = try #require(Int(digits))
        let explained = try client.ask("EXPLAIN I-\(investor) \(code)")
        let points = explained.dropLast().compactMap {
          $0.firstMatch(of: /"points":(\d+)/).flatMap { Int($0.1) }
        }
        #expect(points.count == 7)
        #expect(points.reduce(0, +) == score)
        #expect(try Self.attribute("score", of: explained.last) == String(score))
      }
    }
  }

  /// A page that is written in place is what the general way writes, which a quoted code has to go.
  @Test func pagesInPlaceAreTheSame() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    try Self.load(client, firms: 400, investors: 30)
    let house = ["I-2", "I-3"].map { "INVESTOR SET \($0) parent=I-29" }
    for line in house + ["RESCORE wait=yes"] { #expect(try client.ask(line).last?.hasPrefix("25") == true) }
    var depths = 0
    for index in 0..<30 {
      for limit in [1, 7, 19, 20, 21, 49, 1_000] {
        let reply = try client.ask("DEALS I-\(index) limit=\(limit)")
        #expect(reply == (try client.ask("DEALS \"I-\(index)\" limit=\(limit)")))
        #expect(reply.count <= limit + 1 && reply.count > 1)
        #expect(try Self.attribute("rows", of: reply.last) == "\(reply.count - 1)")
        #expect(reply.dropLast().allSatisfy { $0.contains("\"via\"") } == (index == 29))
        depths += reply.last!.contains(" depth=") ? 1 : 0
      }
    }
    #expect(depths > 0)
    #expect(try client.ask("DEALS I-99 limit=5") == (try client.ask("DEALS \"I-99\" limit=5")))
    #expect(try client.ask("FORMAT tsv").last?.hasPrefix("250") == true)
    #expect(try client.ask("DEALS I-29 limit=5") == (try client.ask("DEALS \"I-29\" limit=5")))
    #expect(daemon.stop() == 0)
  }

  /// Changes by the protocol, by an import and by psql reach the lists by themselves; what has come of them is what a
  /// whole run gives, byte for byte.
  @Test func listsFollowEveryChange() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let client = try daemon.connect()
    let psql = try await Connection.open(database, deadline: .seconds(30))
    try Self.load(client, firms: 400, investors: 60)
    #expect(try client.ask("RESCORE wait=yes").last?.hasPrefix("250 ok run=1.0") == true)

    func require(_ reply: [String]) throws { try #require(reply.last?.hasPrefix("250") == true, "\(reply)") }
    func deals() throws -> [String] { Array(try client.ask("DEALS I-1 limit=50").dropLast()) }
    func awaitChange(_ change: () async throws -> Void) async throws {
      let before = try deals()
      try await change()
      let limit = ContinuousClock.now + .seconds(60)
      while try deals() == before, ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(5)) }
      #expect(try deals() != before)
    }
    let first = try #require(try deals().first?.firstMatch(of: /"code":"([^"]+)"/)?.1)
    try await awaitChange { try require(try client.ask("FIRM RETIRE \(first)")) }
    try await awaitChange {
      try await psql.run(deadline: .seconds(30)) {
        try $0.execute("UPDATE investor SET risk = 'C1', stages = '{seed}' WHERE code = 'I-1'")
      }
    }
    try await awaitChange {
      let held = try #require(try deals().first?.firstMatch(of: /"code":"([^"]+)"/)?.1)
      let row = #"{"investor":"I-1","firm":"\#(held)"}"#
      try require(try client.upload("IMPORT holding", [row]))
    }
    try await awaitChange {
      let row =
        #"{"code":"A-NEW","name":"Newcomer","sectors":"chips","stage":"seed","trl":9,"risk":"R1","ask":"5M"}"#
      try require(try client.upload("IMPORT firm", [row]))
      try require(try client.ask("INVESTOR SET I-1 sectors=chips"))
    }
    // Whatever is still under way is waited for.
    #expect(try client.ask("RESCORE wait=yes").last?.hasPrefix("25") == true)
    let followed = try client.ask("RUN EXPORT 1").dropLast()
    let anew = try client.ask("RESCORE wait=yes scope=all").last
    #expect(try Self.attribute("lists_changed", of: anew) == "0")
    #expect(try client.ask("RUN EXPORT 2").dropLast() == followed)
    #expect(daemon.stop() == 0)
  }

  /// Each daemon keeps reserves of its own behind the lists, and either may be the one to follow a change.
  @Test func twoDaemonsFollowAsOne() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemons = [try await DaemonProcess(database: database), try await DaemonProcess(database: database)]
    let clients = try daemons.map { try $0.connect() }
    try Self.load(clients[0], firms: 200, investors: 30)
    for line in ["POLICY SET depth=3", "POLICY ACTIVATE 2", "RESCORE wait=yes"] {
      #expect(try clients[0].ask(line).last?.hasPrefix("250 ok") == true)
    }
    var random = SystemRandomNumberGenerator()
    for round in 0..<40 {
      let listed = try #require(
        clients[0].ask("DEALS I-\(round % 30) limit=3").compactMap {
          $0.firstMatch(of: /"code":"([^"]+)"/)?.1
        }
        .first.map(String.init))
      // What stands on no list but may be in a reserve gets worse, then what stands on a list goes.
      for code in (0..<5).map({ _ in "F-\(Int.random(in: 0..<200, using: &random))" }) where code != listed {
        _ = try clients[round % 2].ask("FIRM SET \(code) trl=\(Int.random(in: 1...9, using: &random))")
      }
      #expect(try clients[(round + 1) % 2].ask("FIRM RETIRE \(listed)").last?.hasPrefix("250") == true)
    }
    #expect(try clients[1].ask("RESCORE wait=yes").last?.hasPrefix("25") == true)
    let followed = try clients.map { try $0.ask("RUN EXPORT 1").dropLast() }
    #expect(followed[0].count == 90 && followed[0] == followed[1])
    let anew = try clients[0].ask("RESCORE wait=yes scope=all").last
    #expect(try Self.attribute("lists_changed", of: anew) == "0")
    for daemon in daemons { #expect(daemon.stop() == 0) }
  }

  private struct RankingSize: Statement {
    let name = "test_ranking_size"
    let sql = "SELECT pg_total_relation_size('ranking')"
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  /// Two policies in turn change every list again and again; what is not kept leaves its room to what comes.
  /// BELLWETHER_RUNS sets how often.
  @Test func manyRunsLeaveNoBloat() async throws {
    let runs = ProcessInfo.processInfo.environment["BELLWETHER_RUNS"].flatMap { Int($0) } ?? 24
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database, arguments: ["--keep-runs", "4"])
    let client = try daemon.connect()
    let psql = try await Connection.open(database, deadline: .seconds(30))
    try Self.load(client, firms: 60, investors: 1_100)
    #expect(
      try client.ask("POLICY SET stage_weight=150000 sector_weight=350000").last?.hasPrefix("250") == true)
    var sizes: [Int] = []
    for run in 1...runs {
      _ = try client.ask("POLICY ACTIVATE \(run % 2 + 1)")
      #expect(try client.ask("RESCORE wait=yes").last?.hasPrefix("250 ok run=\(run).0") == true)
      sizes.append(
        try #require(try await psql.run(deadline: .seconds(30)) { try $0.queryOne(RankingSize()) }))
    }
    // As many runs as are kept, and as much again on the way.
    #expect(
      sizes[runs - 1] < 3 * sizes[9], "\(sizes[9]) octets after 10 runs, \(sizes[runs - 1]) after \(runs)")
    #expect(daemon.stop() == 0)
  }
}
