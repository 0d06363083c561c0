import Foundation
import TestSupport
import Testing

/// Kills the daemon and its private PostgreSQL with SIGKILL at random moments of writes, imports and
/// rescorings, and checks against a model that nothing acknowledged is lost, nothing is there by half, and a
/// resend with the same key has one effect. BELLWETHER_KILLS sets how many, BELLWETHER_SEED which.
@Suite struct KillTests {
  /// SplitMix64 (Steele, Lea, Flood 2014), so that a seed says all.
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  /// One thing that is under way when the kill comes.
  private enum Operation {
    case set(ask: Int)
    case rows(round: Int)
    case rescore

    func request(key: String) -> String {
      switch self {
      case .set(let ask): "FIRM SET F-0 ask=\(ask) key=\(key)"
      case .rows: "IMPORT firm key=\(key)"
      case .rescore: "RESCORE wait=yes scope=all key=\(key)"
      }
    }

    func send(_ key: String, _ client: LineClient) throws -> [String] {
      guard case .rows(let round) = self else { return try client.ask(request(key: key)) }
      return try client.upload(request(key: key), KillTests.rows("R\(round)", 300))
    }
  }

  fileprivate static func rows(_ name: String, _ count: Int) -> [String] {
    (0..<count).map {
      "{\"code\":\"\(name)-\($0)\",\"name\":\"Firm \(name) \($0)\",\"sectors\":\"ai\",\"stage\":\"seed\"}"
    }
  }

  /// A connection to a daemon that answers from its database, however long it takes to heal.
  private static func healed(_ daemon: DaemonProcess) async throws -> LineClient {
    let limit = ContinuousClock.now + .seconds(90)
    var last = "nothing"
    while ContinuousClock.now < limit {
      if let client = try? daemon.connect(), let reply = try? client.ask("FIRM GET F-0").last {
        if reply.hasPrefix("250 ok") { return client }
        last = reply
      }
      // Healing has no event of its own to wait on.
      try await Task.sleep(for: .milliseconds(20))
    }
    throw LineClient.Failure(description: "the daemon did not heal: \(last)")
  }

  private static func postmaster(_ daemon: DaemonProcess) -> Int32? {
    let path = daemon.folder.path + "/postgres/postmaster.pid"
    return (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first.flatMap {
      Int32($0)
    }
  }

  /// Asks as a client should: 4yz means try again.
  private static func patiently(_ ask: () throws -> [String]) throws -> [String] {
    var reply: [String] = []
    for _ in 0..<3_000 {
      reply = try ask()
      guard reply.last?.hasPrefix("4") == true else { return reply }
      usleep(10_000)
    }
    return reply
  }

  private static func isThere(_ code: String, _ client: LineClient) throws -> Bool {
    let last = try patiently { try client.ask("FIRM GET \(code)") }.last ?? ""
    try #require(last.hasPrefix("250 ok") || last.hasPrefix("550 not-found"), "\(last)")
    return last.hasPrefix("250 ok")
  }

  @Test func nothingAcknowledgedIsLost() async throws {
    let seed = Self.number("BELLWETHER_SEED") ?? UInt64.random(in: 1...1_000_000)
    let kills = Int(Self.number("BELLWETHER_KILLS") ?? 12)
    var random = Random(state: seed)
    let daemon = try await DaemonProcess(database: nil)
    let setup = try daemon.connect()
    #expect(try setup.upload("IMPORT firm", Self.rows("F", 300)).last?.hasPrefix("250 ok") == true)
    let investors = (0..<100).map {
      "{\"code\":\"I-\($0)\",\"name\":\"Investor \($0)\",\"kind\":\"vc\",\"sectors\":\"ai\",\"stages\":\"seed\"}"
    }
    #expect(try setup.upload("IMPORT investor", investors).last?.hasPrefix("250 ok") == true)
    var (acknowledged, version) = (0, 1)
    for round in 0..<kills {
      let operation: Operation =
        switch round % 3 {
        case 0: .set(ask: 1_000 + round)
        case 1: .rows(round: round)
        default: .rescore
        }
      let key = "kill-\(seed)-\(round)"
      let client = try await Self.healed(daemon)
      let work = Task.detached { [transfer = Unchecked(client)] in
        try? operation.send(key, transfer.value).last
      }
      try await Task.sleep(for: .microseconds(Int.random(in: 0...120_000, using: &random)))
      let killsDaemon = Bool.random(using: &random)
      if killsDaemon {
        daemon.kill()
      } else if let pid = Self.postmaster(daemon) {
        Foundation.kill(pid, SIGKILL)
      }
      let reply = await work.value
      if killsDaemon { try await daemon.start() }
      let after = try await Self.healed(daemon)
      let wasAcknowledged = reply?.hasPrefix("250 ok") == true
      if wasAcknowledged { acknowledged += 1 }
      try check(
        operation, key: key, wasAcknowledged, after, &version,
        "seed \(seed), round \(round): \(reply ?? "no reply")")
    }
    let client = try await Self.healed(daemon)
    let digests = try (0..<2).map { _ in
      try Self.patiently { try client.ask("RESCORE wait=yes scope=all") }.last?.firstMatch(
        of: /digest=(\w+)/)?.1
    }
    #expect(digests[0] != nil && digests[0] == digests[1])
    #expect(try client.ask("RUN LIST limit=1000").contains { $0.contains("\"state\":\"running\"") } == false)
    #expect(daemon.stop() == 0)
    print("kills \(kills), acknowledged \(acknowledged), lost 0, seed \(seed)")
  }

  private func check(
    _ operation: Operation, key: String, _ wasAcknowledged: Bool, _ client: LineClient, _ version: inout Int,
    _ context: String
  ) throws {
    switch operation {
    case .set(let ask):
      let row = try Self.patiently { try client.ask("FIRM GET F-0") }.first ?? ""
      let isSet = row.contains("\"ask\":\(ask),")
      #expect(isSet || !wasAcknowledged, "\(context): an acknowledged change is lost: \(row)")
      #expect(row.contains("\"version\":\(isSet ? version + 1 : version)}"), "\(context): \(row)")
    case .rows(let round):
      let found = try ["R\(round)-0", "R\(round)-150", "R\(round)-299"].map { try Self.isThere($0, client) }
      #expect(Set(found).count == 1, "\(context): half an import is there")
      #expect(found[0] || !wasAcknowledged, "\(context): an acknowledged import is lost")
    case .rescore: break
    }
    // A resend has one effect, whether or not the first had its own.
    let again = try Self.patiently { try operation.send(key, client) }.last ?? ""
    #expect(again.hasPrefix("250 ok") || again.hasPrefix("251 unchanged"), "\(context): resent: \(again)")
    if wasAcknowledged { #expect(again.hasPrefix("251 unchanged"), "\(context): resent: \(again)") }
    if case .set(let ask) = operation {
      version += 1
      let row = try Self.patiently { try client.ask("FIRM GET F-0") }.first ?? ""
      #expect(
        row.contains("\"ask\":\(ask),") && row.contains("\"version\":\(version)}"), "\(context): \(row)")
    }
    if case .rescore = operation {
      let run = try #require(again.firstMatch(of: /run=(\d+)/)?.1)
      let shown = try Self.patiently { try client.ask("RUN EXPORT \(run)") }.count - 1
      let deals = try #require(again.firstMatch(of: /deals=(\d+)/).flatMap { Int($0.1) })
      #expect(shown == deals, "\(context): a published run is not whole")
    }
  }

  /// The test hands the connection over and does not touch it before it has it back.
  private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}
