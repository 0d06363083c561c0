import Domain
import Foundation
import Store
import TestSupport
import Testing

/// Those who take up connections, memory and time, one kind after the other, while somebody who does not is served.
///
/// The daemon's memory is held to a bound; how long the good client waits is told and not asserted, as that is a matter of
/// the machine. `BELLWETHER_FLOOD_SECONDS` is how long each kind goes on, 2 without it.
@Suite(.serialized, .timeLimit(.minutes(30))) struct FloodTests {
  /// MiB above what the daemon holds before, whatever comes.
  private static let bound = 256.0
  private static let firms = 2_000
  private static let tokens = 20
  private static let signInSeconds = 5

  private let seconds =
    ProcessInfo.processInfo.environment["BELLWETHER_FLOOD_SECONDS"].flatMap { Double($0) } ?? 2
  private let daemon: DaemonProcess
  private let port: UInt16
  private let memory: ProcessMemory
  private let secrets: [String]
  private let good: GoodClient

  init() async throws {
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    try #require(files.rlim_cur >= 10_000, "thousands of connections are thousands of files; see ulimit -Hn")
    daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0",
      arguments: ["--sign-in-timeout-ms", "\(Self.signInSeconds)000"])
    port = try daemon.tcpPort
    memory = ProcessMemory(process: daemon.process.processIdentifier)
    let root = try daemon.connect()
    let rows = (0..<Self.firms).map {
      "{\"code\":\"F-\($0)\",\"name\":\"Firm number \($0)\",\"sectors\":[\"ai\"],\"stage\":\"seed\"}"
    }
    #expect(try root.upload("IMPORT firm", rows).last?.hasPrefix("250 ok") == true)
    try check(root, "INVESTOR ADD I-1 name=One kind=vc sectors=ai", "250 ok")
    try check(root, "RESCORE wait=yes", "250 ok")
    secrets = try (0..<Self.tokens).map { try root.newToken("t-\($0) role=organizer") }
    let client = try LineClient(port: port, from: "127.0.0.2")
    _ = try client.greeting()
    try check(client, "AUTH TOKEN \(secrets[0])", "250 ok")
    good = GoodClient(client, asking: [("PING", "250 ok"), ("DEALS I-1", "250 ok rows=20")])
  }

  @Test func theGoodAreServedAndMemoryIsBounded() throws {
    var all: [Double] = []
    let base = try memory.resident
    var most = 0.0
    for (name, flood) in [
      ("nothing", quiet), ("idle connections", idle), ("connect and close", connectAndClose),
      ("strangers in every place", squat), ("slow readers", readSlowly), ("replies nobody reads", neverRead),
      ("endless lines", endlessLines), ("HTTP and TLS", otherProtocols),
    ] {
      try memory.resetPeak()
      good.begin()
      let done = try flood(ContinuousClock.now + .seconds(seconds))
      let times = try good.end()
      let held = try memory.peak - base
      if name != "nothing" { all += times }
      most = max(most, held)
      print(
        "flood \(name): \(done); good client \(times.count) replies,"
          + [0.5, 0.99, 1].map { " p\(Int($0 * 100)) \(Self.text(quantile($0, of: times))) ms" }.joined()
          + ", memory \(Self.text(held)) MiB above \(Self.text(base)) MiB")
      #expect(held < Self.bound * ProcessMemory.allowance, "\(name)")
    }
    // Nobody is kept out for long.
    try check(daemon.connect(), "STATUS", "250 ok")
    print("figure flood.good_client_p99_ms \(Self.text(quantile(0.99, of: all.sorted()))) ms")
    print("figure flood.memory_mib \(Self.text(most)) MiB")
    #expect(daemon.stop() == 0)
  }

  /// Those who ask for all of the database, and those who try ids that nobody has; beside them an administrator on the Unix
  /// socket, and people who sign in.
  @Test func theDatabaseIsLeftToOthers() throws {
    let root = try daemon.connect()
    try check(root, "TOKEN ADD gone role=monitor", "250 ok")
    let admin = GoodClient(
      root,
      asking: [("TOKEN REVOKE gone", "250 ok"), ("FIRM GET F-1", "250 ok"), ("EXPLAIN I-1 F-1", "250 ok")])
    let (port, secret) = (port, secrets[1])
    let newcomer = GoodClient([
      {
        let client = try LineClient(port: port, from: "127.0.0.3")
        _ = try client.greeting()
        try check(client, "AUTH TOKEN \(secret)", "250 ok")
        client.closeByReset()
      }
    ])
    var (ofAdmin, ofNewcomer): ([Double], [Double]) = ([], [])
    for (name, flood) in [
      ("nothing", quiet), ("three tokens that set their rows", hog), ("unknown ids", guess),
    ] {
      for client in [good, admin, newcomer] { client.begin() }
      let done = try flood(ContinuousClock.now + .seconds(seconds))
      let times = try [good, admin, newcomer].map { try $0.end() }
      if name != "nothing" {
        ofAdmin += times[1]
        ofNewcomer += times[2]
      }
      print(
        "flood \(name): \(done);"
          + zip(["good client", "root", "sign-in"], times).map { who, times in
            " \(who) \(times.count) replies,"
              + [0.5, 0.99, 1].map { " p\(Int($0 * 100)) \(Self.text(quantile($0, of: times))) ms" }.joined()
          }.joined(separator: ","))
    }
    print("figure hog.root_p99_ms \(Self.text(quantile(0.99, of: ofAdmin.sorted()))) ms")
    print("figure hog.signin_p99_ms \(Self.text(quantile(0.99, of: ofNewcomer.sorted()))) ms")
    #expect(daemon.stop() == 0)
  }

  private static func text(_ number: Double) -> String { String(format: "%.2f", number) }

  // MARK: Floods

  private func quiet(until end: ContinuousClock.Instant) throws -> String {
    while ContinuousClock.now < end { usleep(10_000) }
    return "no flood"
  }

  /// Two thousand that have signed in and say nothing more.
  private func idle(until end: ContinuousClock.Instant) throws -> String {
    let count = 2_000
    let threads = 4
    let crowd = try onThreads(threads) { thread in
      try stride(from: thread, to: count, by: threads).map { try signedIn($0 % Self.tokens, net: 1) }
    }.flatMap { $0 }
    #expect(crowd.count == count)
    _ = try quiet(until: end)
    for client in crowd { try check(client, "PING", "250 ok") }
    return "\(count) signed in"
  }

  /// As many as can connect in the time, each gone at once.
  private func connectAndClose(until end: ContinuousClock.Instant) throws -> String {
    let done = try onThreads(4) { thread in
      var count = 0
      while ContinuousClock.now < end {
        let client = try LineClient(port: port, from: "127.0.2.\(thread + 1)")
        client.closeByReset()
        count += 1
      }
      return count
    }
    return "\(done.reduce(0, +)) connections"
  }

  /// More than there are places for, from enough addresses; none of them ever says who it is.
  private func squat(until end: ContinuousClock.Instant) throws -> String {
    let start = ContinuousClock.now
    let addresses = Limits.connections / Limits.connectionsPerAddress + 1
    let crowd = try (0..<addresses * Limits.connectionsPerAddress).map {
      try LineClient(port: port, from: "127.0.3.\($0 / Limits.connectionsPerAddress + 1)")
    }
    var greeted: [LineClient] = []
    for client in crowd {
      // Those for whom there is no place are told, or closed without a word.
      guard let line = try? client.readLine() else { continue }
      if line.hasPrefix("220 ") {
        greeted.append(client)
      } else {
        #expect(line.hasPrefix("452 overloaded: "))
      }
    }
    #expect(greeted.count > Limits.connections / 2)
    if ContinuousClock.now - start < .seconds(Self.signInSeconds) {
      // Nobody has been sent away yet.
      #expect(greeted.count <= Limits.connections - Limits.reservedConnections)
    }
    // Whoever looks after the daemon gets in.
    try check(daemon.connect(), "STATUS", "250 ok")
    while ContinuousClock.now < end {
      for client in greeted { try? client.send("DEALS I-1") }
      usleep(100_000)
    }
    for client in greeted {
      var last = ""
      while let line = try? client.readLine() { last = line }
      // What was sent after the farewell may have become a reset that took it away.
      #expect(
        last.hasPrefix("421 closing: nobody signed in") || last.hasPrefix("530 auth-required"), "\(last)")
    }
    return "\(crowd.count) strangers, \(greeted.count) let in, all sent away"
  }

  /// Those who read an octet now and then, and have asked for much.
  private func readSlowly(until end: ContinuousClock.Instant) throws -> String {
    let crowd = try (0..<128).map { try signedIn($0 % Self.tokens, net: 4, receiveBuffer: 4_096) }
    let request = Array(repeating: Array("DEALS I-1 limit=1000\n".utf8), count: 200).flatMap { $0 }
    while ContinuousClock.now < end {
      for client in crowd {
        client.sendWhatGoes(request)
        client.receiveOne()
      }
      usleep(10_000)
    }
    return "\(crowd.count) readers"
  }

  /// Those who ask and ask and read nothing, half of them strangers.
  private func neverRead(until end: ContinuousClock.Instant) throws -> String {
    let strangers = try (0..<512).map {
      try LineClient(port: port, from: "127.0.5.\($0 / 200 + 1)", receiveBuffer: 4_096)
    }
    let known = try (0..<512).map { try signedIn($0 % Self.tokens, net: 6, receiveBuffer: 4_096) }
    let requests = ["HELP", "DEALS I-1 limit=1000", "EXPORT firm"].map { line in
      Array(repeating: Array("\(line)\n".utf8), count: 200).flatMap { $0 }
    }
    while ContinuousClock.now < end {
      for client in strangers { client.sendWhatGoes(requests[0]) }
      for (number, client) in known.enumerated() { client.sendWhatGoes(requests[number % 8 == 0 ? 2 : 1]) }
      usleep(10_000)
    }
    return "\(strangers.count) strangers and \(known.count) signed in"
  }

  /// Lines that do not end, one after the other.
  private func endlessLines(until end: ContinuousClock.Instant) throws -> String {
    let piece = Array(repeating: UInt8(ascii: "x"), count: 65_536)
    let done = try onThreads(4) { thread in
      var octets = 0
      var refused = 0
      while ContinuousClock.now < end {
        let client = try LineClient(port: port, from: "127.0.7.\(thread + 1)")
        _ = try client.greeting()
        while ContinuousClock.now < end, (try? client.send(bytes: piece)) != nil { octets += piece.count }
        client.halfClose()
        if let line = try? client.readLine() {
          // On a slow machine the time to sign in is over first.
          #expect(line.hasPrefix("505 line-too-long: ") || line.hasPrefix("421 closing: nobody signed in"))
          refused += 1
        }
      }
      return (octets, refused)
    }
    #expect(done.contains { $0.1 > 0 })
    return "\(done.reduce(0) { $0 + $1.0 } >> 20) MiB of \(done.reduce(0) { $0 + $1.1 }) lines"
  }

  /// A browser and a client of TLS, again and again.
  private func otherProtocols(until end: ContinuousClock.Instant) throws -> String {
    let openings: [([UInt8], String)] = [
      (Array("POST /x HTTP/1.1\r\nHost: a\r\n\r\nTOKEN LIST\r\n".utf8), "501 unknown-command: "),
      ([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3] + Array(repeating: 10, count: 196), "500 syntax: "),
    ]
    let done = try onThreads(2) { thread in
      var count = 0
      while ContinuousClock.now < end {
        let client = try LineClient(port: port, from: "127.0.8.\(thread + 1)")
        try client.send(bytes: openings[thread].0)
        _ = try client.greeting()
        let line = try client.readLine() ?? ""
        #expect(line.hasPrefix(openings[thread].1), "\(line)")
        #expect(try client.readLine() == nil)
        client.closeByReset()
        count += 1
      }
      return count
    }
    return "\(done.reduce(0, +)) connections"
  }

  /// Three tokens that set their own rows on 120 connections each.
  private func hog(until end: ContinuousClock.Instant) throws -> String {
    let root = try daemon.connect()
    let secrets = try (0..<3).map { number in
      try check(root, "INVESTOR ADD I-HOG-\(number) name=Hog kind=vc sectors=ai", "250 ok")
      return try root.newToken("hog-\(number) role=investor investor=I-HOG-\(number)")
    }
    let done = try onThreads(secrets.count) { thread in
      let crowd = try (0..<120).map { _ in
        let client = try LineClient(port: port, from: "127.0.9.\(thread + 1)")
        _ = try client.greeting()
        try check(client, "AUTH TOKEN \(secrets[thread])", "250 ok")
        return client
      }
      var (written, refused) = (0, 0)
      while ContinuousClock.now < end {
        for (number, client) in crowd.enumerated() {
          try client.send("INVESTOR SET I-HOG-\(thread) budget_left=\(written + number + 1)")
        }
        for client in crowd {
          let last = try client.reply().last ?? ""
          if last.hasPrefix("250 ok") { written += 1 } else { refused += 1 }
          #expect(
            last.hasPrefix("250 ok") || last.hasPrefix("452 overloaded"), "\(last)")
        }
      }
      return (written, refused)
    }
    return "\(done.reduce(0) { $0 + $1.0 }) written, \(done.reduce(0) { $0 + $1.1 }) refused"
  }

  /// Ids that nobody has, each try from another address, so that no brake holds it up.
  private func guess(until end: ContinuousClock.Instant) throws -> String {
    let done = try onThreads(4) { thread in
      var count = 0
      while ContinuousClock.now < end {
        let crowd = try (0..<50).map { number in
          let place = count + number
          let client = try LineClient(
            port: port, from: "127.\(thread + 10).\(place / 250 % 250).\(place % 250 + 1)")
          try client.send("AUTH TOKEN x\(thread)-\(place).\(String(repeating: "0", count: 64))")
          return client
        }
        for client in crowd {
          _ = try client.greeting()
          let last = try client.reply().last ?? ""
          #expect(last.hasPrefix("535 auth-failed"), "\(last)")
          client.closeByReset()
          count += 1
        }
      }
      return count
    }
    return "\(done.reduce(0, +)) tries"
  }

  // MARK: Who floods

  /// Somebody from an address that others of the same net share.
  private func signedIn(_ token: Int, net: Int, receiveBuffer: Int32? = nil) throws -> LineClient {
    let client = try LineClient(
      port: port, from: "127.0.\(net).\(token + 1)", receiveBuffer: receiveBuffer)
    _ = try client.greeting()
    try check(client, "AUTH TOKEN \(secrets[token])", "250 ok")
    return client
  }

  /// Does the same on several threads and waits for all of them.
  private func onThreads<Result>(_ count: Int, _ body: @escaping (Int) throws -> Result) throws -> [Result] {
    let results = Results<Result>()
    let group = DispatchGroup()
    for thread in 0..<count {
      group.enter()
      nonisolated(unsafe) let body = body
      Thread.detachNewThread {
        // Whoever floods has a machine of its own; here it takes what the daemon and the good client leave.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        results.add(Swift.Result { try body(thread) })
        group.leave()
      }
    }
    group.wait()
    return try results.all.map { try $0.get() }
  }

  private final class Results<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var all: [Result<Value, any Error>] = []

    func add(_ result: Result<Value, any Error>) { lock.withLock { all.append(result) } }
  }
}

extension LineClient {
  /// Sends as much as the kernel takes at once.
  fileprivate func sendWhatGoes(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes {
      Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }

  fileprivate func receiveOne() {
    var octet: UInt8 = 0
    _ = recv(descriptor, &octet, 1, Int32(MSG_DONTWAIT))
  }

  /// Closes with a reset when the object goes, so that the machine keeps nothing of the connection.
  fileprivate func closeByReset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Foundation.linger>.size))
  }
}
