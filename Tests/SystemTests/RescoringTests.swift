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
    try Self.load(one, firms: 2_000, investors: 2_000)

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
    #expect(try Self.attribute("investors", of: published) == "2000")
    #expect(try one.ask("RUN GET \(run)").first?.contains("\"state\":\"cancelled\"") == true)

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

  /// Points add up to the score, for every pair of a list, and DEALS and EXPLAIN say the same.
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
}
