import Glibc
import Testing

@testable import LineServer

/// Who is let in, for how long without a name, and what the others are told.
@Suite(.timeLimit(.minutes(5))) struct AdmissionTests {
  @Test func capsConnectionsOfAnAddress() async throws {
    var limits = ServerLimits()
    limits.connectionsPerAddress = 2
    try await withServer(limits: limits) { unix, tcp, _, _ in
      let taken = try (0..<2).map { _ in try TestClient(tcp) }
      for client in taken { #expect(try await client.lines(1) == ["hello"]) }
      let third = try TestClient(tcp)
      try await third.send("anything\n")
      #expect(
        try await third.rest() == [
          "452 overloaded: 2 connections from this address are open, which is all it may have; close some, or try again later"
        ])
      // Others do not suffer for it.
      #expect(try await TestClient(tcp, from: "127.0.0.2").lines(1) == ["hello"])
      #expect(try await TestClient(unix).lines(1) == ["hello"])
      try await taken[0].send("quit\n")
      #expect(try await taken[0].rest() == ["bye"])
      taken[0].vanish()
      // The place is free when the socket is closed, which the client cannot see: it asks until it is let in.
      var greeting: [String] = []
      while greeting != ["hello"] { greeting = try await TestClient(tcp).lines(1) }
    }
  }

  @Test func capsConnectionsOfAUser() async throws {
    var limits = ServerLimits()
    limits.connectionsPerUser = 1
    try await withServer(limits: limits) { unix, tcp, _, _ in
      let first = try TestClient(unix)
      #expect(try await first.lines(1) == ["hello"])
      #expect(
        try await TestClient(unix).rest() == [
          "452 overloaded: 1 connections of this user are open, which is all it may have; close some, or try again later"
        ])
      #expect(try await TestClient(tcp).lines(1) == ["hello"])
    }
  }

  @Test(arguments: [true, false]) func keepsPlacesForThoseWhoLookAfterIt(isTrusted: Bool) async throws {
    var limits = ServerLimits()
    limits.connections = 3
    limits.reservedConnections = 1
    try await withServer(limits: limits, service: EchoService(trustsUnix: isTrusted)) { unix, tcp, _, _ in
      let taken = try (0..<2).map { _ in try TestClient(tcp) }
      for client in taken { #expect(try await client.lines(1) == ["hello"]) }
      func full(_ open: Int) -> String {
        "452 overloaded: \(open) connections are open, which is all there may be; try again later"
      }
      #expect(try await TestClient(tcp, from: "127.0.0.2").rest() == [full(2)])
      let kept = try TestClient(unix)
      #expect(try await kept.lines(1) == [isTrusted ? "hello" : full(2)])
      #expect(try await TestClient(unix).rest() == [full(isTrusted ? 3 : 2)])
    }
  }

  /// Those who are being told no take up no places of those who are not.
  @Test func refusalsDoNotLockOut() async throws {
    var limits = ServerLimits()
    limits.connectionsPerAddress = 1
    limits.refusalsAtOnce = 2
    limits.lingerTime = .seconds(60)
    try await withServer(limits: limits) { unix, tcp, _, _ in
      let first = try TestClient(tcp)
      #expect(try await first.lines(1) == ["hello"])
      // Two are told and do not close; whoever comes then is not told.
      let told = try (0..<2).map { _ in try TestClient(tcp) }
      for client in told { #expect(try await client.rest().first?.hasPrefix("452 ") == true) }
      let dropped = try TestClient(tcp)
      #expect(((try? await dropped.rest()) ?? []) == [])
      #expect(try await TestClient(tcp, from: "127.0.0.2").lines(1) == ["hello"])
      #expect(try await TestClient(unix).lines(1) == ["hello"])
    }
  }

  @Test func strangersHaveToSignIn() async throws {
    var limits = ServerLimits()
    limits.signInTime = .seconds(1)
    try await withServer(limits: limits, service: EchoService(knowsNobody: true)) { unix, tcp, _, service in
      let known = try TestClient(tcp)
      try await known.send("sign in\n")
      #expect(try await known.lines(2) == ["hello", "welcome"])
      let busy = try TestClient(unix)
      try await busy.send("gate g\nnever\n")
      #expect(try await busy.lines(2) == ["hello", "begun g"])
      let talkative = try TestClient(tcp)
      let silent = try TestClient(tcp)
      let farewell = "421 closing: nobody signed in within 1 s; connect again and sign in first"
      // What it says meanwhile gives it no more time.
      var last = ""
      while last != farewell {
        try? await talkative.send("still here\n")
        guard let line = try await talkative.lines(1).first else { break }
        last = line
      }
      #expect(last == farewell)
      #expect(try await silent.rest() == ["hello", farewell])
      // What runs comes to its end, and nothing after it.
      service.journal.note("open g")
      #expect(try await busy.rest() == ["done g", farewell])
      try await known.send("still here\n")
      #expect(try await known.lines(1) == ["still here"])
    }
  }

  @Test func aReplyMayBeTheLastWord() async throws {
    try await withServer { unix, _, _, _ in
      let client = try TestClient(unix)
      try await client.send("leave\nnever\n")
      #expect(try await client.rest() == ["hello", "left"])
      let other = try TestClient(unix)
      try await other.send("leave gone\n")
      #expect(try await other.rest() == ["hello", "left", "421 closing: gone"])
    }
  }
}
