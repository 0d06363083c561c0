import Domain
import Glibc
import Testing

@testable import LineServer

@Suite(.timeLimit(.minutes(5))) struct BackpressureTests {
  /// A client that does not read holds up its own work, and little memory: what the sockets hold and twice
  /// the limit of the queue.
  @Test func slowReaderHoldsUpWork() async throws {
    var limits = ServerLimits()
    limits.stallTime = .seconds(2)
    try await withServer(limits: limits) { unix, _, _, service in
      let client = try TestClient(unix)
      try await client.send("flood 1000000\n")
      // It is disconnected for not reading, which ends the flood; until then it could send this much.
      await service.journal.wait(for: "flood cancelled")
      await service.journal.wait(for: "ended")
      let flooded = service.flooded.withLock { $0 }
      #expect(flooded > 0)
      #expect(flooded < 2 * Limits.queuedReplyBytes + (1 << 20))
      #expect(!service.journal.events.contains("flooded"))
    }
  }

  /// Many that do not read hold little together, and keep nobody who reads from getting everything.
  @Test func slowReadersHoldLittleTogether() async throws {
    var limits = ServerLimits()
    limits.queuedReplyBytesInAll = 4 << 20
    try await withServer(limits: limits) { unix, tcp, _, service in
      let silent = try (0..<40).map { _ in try TestClient(unix) }
      for client in silent { try await client.send("flood 1000\n") }
      while service.flooded.withLock({ $0 }) <= 6 << 20 { await Task.yield() }
      let reader = try TestClient(tcp)
      try await reader.send("flood 400\nafter\n")
      reader.finish()
      let bytes = try await reader.restBytes()
      #expect(bytes.count == "hello\n".utf8.count + 400 * 65_536 + "after\n".utf8.count)
      let held = service.flooded.withLock { $0 } - 400 * 65_536
      // Beside the queues there is what a socket holds and what has gathered, of each.
      #expect(held < (4 << 20) + silent.count * 600_000)
      // And whoever reads after all gets everything as well.
      try await silent[0].send("quit\n")
      #expect(try await silent[0].restBytes().count == "hello\nbye\n".utf8.count + 1_000 * 65_536)
    }
  }

  /// A client that reads, however late, gets all of it.
  @Test func lateReaderGetsEverything() async throws {
    try await withServer { unix, tcp, _, service in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        try await client.send("flood 400\nafter\n")
        client.finish()
        let bytes = try await client.restBytes()
        #expect(bytes.count == "hello\n".utf8.count + 400 * 65_536 + "after\n".utf8.count)
        #expect(bytes.suffix(6) == Array("after\n".utf8))
      }
    }
  }

  /// Ready replies are held to the same bound: lines wait while the client does not read.
  @Test(arguments: ["big\n", "!\(String(repeating: "x", count: 600))\n"])
  func readyRepliesWaitForTheReader(_ line: String) async throws {
    var limits = ServerLimits()
    limits.stallTime = .milliseconds(200)
    try await withServer(limits: limits) { unix, _, _, service in
      let client = try TestClient(unix)
      // Each asks for a mebibyte, or for 60 KiB in place; together they would be many mebibytes.
      // Not all of the lines may be read either.
      try? await client.send(String(repeating: line, count: 1_024))
      await service.journal.wait(for: "ended")
      let bytes = try? await client.restBytes()
      #expect((bytes ?? []).count < 8 << 20)
    }
  }

  /// Reading pauses when too much waits, and goes on.
  @Test func readingPausesWhileWorkRuns() async throws {
    try await withServer { unix, tcp, _, service in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        let name = "\(address)"
        try await client.send("gate \(name)\n")
        #expect(try await client.lines(2) == ["hello", "begun \(name)"])
        // More than the server's bound and the sockets hold: the client can only finish once it is read.
        let words = String(repeating: "x", count: 1_000) + "\n"
        let count = 20_000
        async let sending: Void = client.send(String(repeating: words, count: count))
        await client.waitUntilFull()
        service.journal.note("open \(name)")
        let lines = try await client.lines(1 + count)
        try await sending
        #expect(lines.first == "done \(name)")
        #expect(lines.dropFirst().allSatisfy { $0.utf8.count == 1_000 })
        #expect(lines.count == 1 + count)
      }
    }
  }
}
