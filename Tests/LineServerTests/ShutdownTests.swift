import Testing

@testable import LineServer

@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
  @Test func drainFinishesTheCommandUnderWay() async throws {
    try await withServer { unix, tcp, server, service in
      let busy = try TestClient(unix)
      try await busy.send("gate g\nnot begun\n")
      #expect(try await busy.lines(2) == ["hello", "begun g"])
      let idle = try TestClient(tcp)
      #expect(try await idle.lines(1) == ["hello"])
      server.shutdown()
      let farewell = "421 closing: the daemon is shutting down; connect again"
      #expect(try await idle.rest() == [farewell])
      service.journal.note("open g")
      #expect(try await busy.rest() == ["done g", farewell])
      #expect(throws: TestClient.Failure.self) { try TestClient(unix) }
    }
  }

  @Test func drainEndsAtItsDeadline() async throws {
    var limits = ServerLimits()
    limits.drainTime = .milliseconds(50)
    try await withServer(limits: limits) { unix, _, server, service in
      let client = try TestClient(unix)
      try await client.send("sleep\n")
      await service.journal.wait(for: "sleeping")
      server.shutdown()
      #expect(try await client.rest() == ["hello"])
      await service.journal.wait(for: "cancelled")
      // The work may say so before the session does.
      await service.journal.wait(for: "ended")
      #expect(service.journal.events.count { $0 == "ended" } == 1)
    }
  }

  @Test func secondShutdownStopsAtOnce() async throws {
    try await withServer { unix, _, server, service in
      let client = try TestClient(unix)
      try await client.send("sleep\n")
      await service.journal.wait(for: "sleeping")
      server.shutdown()
      server.shutdown()
      #expect(try await client.rest() == ["hello"])
      await service.journal.wait(for: "cancelled")
    }
  }

  @Test func vanishingClientCancelsItsWork() async throws {
    try await withServer { unix, tcp, server, service in
      let client = try TestClient(unix)
      try await client.send("sleep\n")
      await service.journal.wait(for: "sleeping")
      client.vanish()
      await service.journal.wait(for: "cancelled")
      await service.journal.wait(for: "ended")
      // Others are not harmed.
      let other = try TestClient(tcp)
      try await other.send("fine\n")
      #expect(try await other.lines(2) == ["hello", "fine"])
      #expect(service.journal.events.count { $0 == "ended" } == 1)
    }
  }

  @Test func vanishingInAnUploadEndsTheSession() async throws {
    try await withServer { unix, _, server, service in
      let client = try TestClient(unix)
      try await client.send("upload\n{}\n")
      #expect(try await client.lines(2) == ["hello", "send"])
      client.vanish()
      await service.journal.wait(for: "ended")
    }
  }
}
