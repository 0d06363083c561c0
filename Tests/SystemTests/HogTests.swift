import Foundation
import Store
import TestSupport
import Testing

/// Those who ask for all of the database that a daemon may use, and those beside them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HogTests {
  private static let hogs = 3
  private static let connections = 120

  /// Three tokens set their own rows on as many connections as they may have, and none of it can be done: somebody else
  /// has locked the rows. Nobody but them is told to come again.
  @Test func whoIsNoHogIsServed() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database, tcp: "127.0.0.1:0")
    let root = try daemon.connect()
    try check(root, "FIRM ADD F-1 name=One sectors=ai stage=seed", "250 ok")
    for hog in 1...Self.hogs {
      try check(root, "INVESTOR ADD I-\(hog) name=Hog kind=vc sectors=ai", "250 ok")
    }
    try check(root, "RESCORE wait=yes", "250 ok")
    let secrets = try (1...Self.hogs).map { try root.newToken("hog-\($0) role=investor investor=I-\($0)") }
    let good = try root.newToken("good role=firm firm=F-1")
    _ = try root.newToken("gone role=monitor")

    let held = try await HeldTransaction(
      "SELECT FROM investor WHERE code IN ('I-1', 'I-2', 'I-3') FOR UPDATE", on: database)
    var crowd: [LineClient] = []
    for (hog, secret) in secrets.enumerated() {
      for number in 0..<Self.connections {
        let client = try LineClient(port: try daemon.tcpPort, from: "127.0.1.\(hog + 1)")
        _ = try client.greeting()
        try check(client, "AUTH TOKEN \(secret)", "250 ok")
        try client.send("INVESTOR SET I-\(hog + 1) budget_left=\(number + 1)")
        crowd.append(client)
      }
    }
    // All have been read once those for whom there is no room are told so.
    while Self.answered(crowd) < Self.hogs * Self.connections - 256 - 8 { usleep(10_000) }

    for _ in 0..<3 {
      let client = try daemon.connectByTCP()
      try check(client, "AUTH TOKEN \(good)", "250 ok")
      try check(client, "FIRM SET F-1 ask=\(Int.random(in: 1...1_000_000))", "250 ok")
      try check(client, "FIRM GET F-1", "250 ok")
      try check(root, "EXPLAIN I-1 F-1", "250 ok")
      // Readers of what the hogs want to change wait for nobody.
      try check(root, "INVESTOR GET I-1", "250 ok")
      try check(root, "FIRM SET F-1 trl=\(Int.random(in: 1...9))", "250 ok")
      try check(root, "TOKEN REVOKE gone", "250 ok")
      try check(root, "RESCORE wait=yes scope=all", "25")
    }

    try await held.release()
    var told = 0
    for (place, client) in crowd.enumerated() {
      let reply = try client.reply().last ?? ""
      let hog =
        "452 overloaded principal=token:hog-\(place / Self.connections + 1): 256 requests wait for the database"
      if reply.hasPrefix(hog) { told += 1 }
      // On a slow machine some may have waited as long as they may.
      #expect(["250 ok", "450 busy", "452 overloaded"].contains { reply.hasPrefix($0) }, "\(reply)")
    }
    #expect(told > 0)
    #expect(daemon.stop() == 0)
  }

  /// Clients for whom something has come.
  private static func answered(_ clients: [LineClient]) -> Int {
    var descriptors = clients.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    return Int(poll(&descriptors, nfds_t(descriptors.count), 0))
  }

  /// While ids that nobody has are tried again and again, a token that has just been made is good at once, on another
  /// daemon as well, and a revoked one is not.
  @Test func aNewTokenIsGoodAtOnceInAFloodOfUnknownOnes() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let first = try await DaemonProcess(database: database, tcp: "127.0.0.1:0")
    let second = try await DaemonProcess(database: database, tcp: "127.0.0.1:0")
    let root = try first.connect()
    let port = try second.tcpPort
    let guessers = try (0..<60).map { number in
      let client = try LineClient(port: port, from: "127.0.4.\(number + 1)")
      _ = try client.greeting()
      return client
    }
    for round in 0..<3 {
      let wrong = String(repeating: "0", count: 64)
      try check(guessers[round], "AUTH TOKEN new-\(round).\(wrong)", "535 auth-failed")
      for (number, guesser) in guessers.enumerated() {
        try guesser.send("AUTH TOKEN unknown-\(round)-\(number).\(wrong)")
      }
      let secret = try root.newToken("new-\(round) role=monitor")
      let holder = try LineClient(port: port, from: "127.0.5.\(round + 1)")
      _ = try holder.greeting()
      try check(holder, "AUTH TOKEN \(secret)", "250 ok")
      try check(root, "TOKEN REVOKE new-\(round)", "250 ok")
      let late = try LineClient(port: port, from: "127.0.6.\(round + 1)")
      _ = try late.greeting()
      try check(late, "AUTH TOKEN \(secret)", "535 auth-failed")
      for guesser in guessers { #expect(try guesser.reply().last?.hasPrefix("535 auth-failed") == true) }
    }
    #expect(first.stop() == 0)
    #expect(second.stop() == 0)
  }
}
