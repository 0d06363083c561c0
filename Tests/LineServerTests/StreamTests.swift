import Domain
import Synchronization
import Testing

@testable import LineServer

/// Replies that go on until the client's next line.
@Suite(.timeLimit(.minutes(5))) struct StreamTests {
  private static let farewell = "421 closing: the daemon is shutting down; connect again"

  /// An empty line, one that comes in two parts, and one that is far too long are lines as well.
  @Test(arguments: [
    ("\n", ""), ("after\r\n", "after"), (String(repeating: "x", count: 200_000) + "\n", "oversize"),
  ]) func theNextLineEndsIt(_ line: String, _ reply: String) async throws {
    try await withServer { unix, tcp, _, service in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        try await client.send("stream\n")
        #expect(try await client.lines(2) == ["hello", "begun"])
        for word in ["one", "two"] {
          service.say(word)
          #expect(try await client.lines(1) == [word])
        }
        try await client.send("par")
        service.say("three")
        #expect(try await client.lines(1) == ["three"])
        try await client.send("tial\n")
        #expect(try await client.lines(2) == ["over", "partial"])
        try await client.send("stream\n" + line + "last\n")
        client.finish()
        #expect(try await client.rest() == ["begun", "over"] + (reply.isEmpty ? [] : [reply]) + ["last"])
      }
      #expect(service.journal.events.count { $0 == "over" } == 4)
    }
  }

  /// What never ends is no line, but more than anybody keeps.
  @Test func anEndlessLineEndsIt() async throws {
    var limits = ServerLimits()
    limits.endlessLine = 1 << 20
    try await withServer(limits: limits) { unix, _, _, service in
      let client = try TestClient(unix)
      try await client.send("stream\n")
      // The daemon closes before it has read all of it.
      try? await client.send(Array(repeating: UInt8(ascii: "x"), count: 2 << 20))
      await service.journal.wait(for: "over")
      await service.journal.wait(for: "ended")
    }
  }

  @Test func goesOnWhenTheClientHasSaidAllItWill() async throws {
    try await withServer { unix, tcp, server, service in
      var clients: [TestClient] = []
      for address in [unix, tcp] {
        let client = try TestClient(address)
        try await client.send("stream\n")
        client.finish()
        #expect(try await client.lines(2) == ["hello", "begun"])
        for number in 0..<1_000 { service.say("\(number)") }
        #expect(try await client.lines(1_000) == (0..<1_000).map { "\($0)" })
        clients.append(client)
      }
      server.shutdown()
      for client in clients { #expect(try await client.rest() == ["over", Self.farewell]) }
    }
  }

  @Test func drainEndsIt() async throws {
    try await withServer { unix, tcp, server, _ in
      let clients = [try TestClient(unix), try TestClient(tcp)]
      for client in clients {
        try await client.send("stream\n")
        #expect(try await client.lines(2) == ["hello", "begun"])
      }
      server.shutdown()
      for client in clients { #expect(try await client.rest() == ["over", Self.farewell]) }
    }
  }

  @Test func aVanishingClientEndsIt() async throws {
    try await withServer { unix, _, _, service in
      let client = try TestClient(unix)
      try await client.send("stream\n")
      #expect(try await client.lines(2) == ["hello", "begun"])
      client.vanish()
      await service.journal.wait(for: "over")
      await service.journal.wait(for: "ended")
    }
  }

  @Test func isNoReasonToBeTakenForIdle() async throws {
    var limits = ServerLimits()
    limits.tcpIdleTime = .milliseconds(50)
    try await withServer(limits: limits) { _, tcp, _, service in
      let client = try TestClient(tcp)
      try await client.send("stream\n")
      #expect(try await client.lines(2) == ["hello", "begun"])
      // One that came later has been idle for too long.
      #expect(try await TestClient(tcp).rest().count == 2)
      service.say("still")
      #expect(try await client.lines(1) == ["still"])
    }
  }

  @Test func isNoWayToStayWithoutAName() async throws {
    var lines: [String] = []
    // On a slow machine the time may be over before the line has come.
    for time in [50, 500, 5_000] where lines.count < 4 {
      var limits = ServerLimits()
      limits.signInTime = .milliseconds(time)
      try await withServer(limits: limits, service: EchoService(knowsNobody: true)) { unix, _, _, _ in
        let client = try TestClient(unix)
        try await client.send("stream\n")
        lines = try await client.rest()
      }
    }
    #expect(lines.prefix(3) == ["hello", "begun", "over"])
    #expect(lines.dropFirst(3).first?.hasPrefix("421 closing: nobody signed in") == true)
  }

  /// Nothing is queued for who does not read, beyond what is being sent.
  @Test func holdsNothingForASlowReader() async throws {
    try await withServer { unix, _, _, service in
      let client = try TestClient(unix)
      try await client.send("hurry\n")
      await service.journal.wait(for: "out of patience")
      // What the kernel holds for a Unix socket is some 200 KiB.
      #expect(service.flooded.withLock { $0 } < 512 << 10)
      try await client.send("after\n")
      client.finish()
      #expect(try await client.rest().suffix(2) == ["slow", "after"])
    }
  }
}
