import Domain
import Glibc
import Testing
import Wire

@testable import LineServer

@Suite(.timeLimit(.minutes(5))) struct LineServerTests {
  @Test func answersPipelinedLinesInOrder() async throws {
    try await withServer { unix, tcp, _, _ in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        var expected = ["hello"]
        var request = ""
        for number in 0..<500 {
          // Work and ready replies take turns, in runs of different lengths.
          let isWork = number % 7 < 3
          request += isWork ? "work \(number)\n" : "ready \(number)\r\n"
          expected.append(isWork ? "worked \(number)" : "ready \(number)")
        }
        try await client.send(request)
        client.finish()
        #expect(try await client.rest() == expected)
      }
    }
  }

  /// Replies that are written in place keep their order among the others, many at once and one at a time.
  @Test func answersInPlaceInOrder() async throws {
    try await withServer { unix, tcp, _, _ in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        #expect(try await client.lines(1) == ["hello"])
        for number in 0..<20 {
          try await client.send("!\(number)\n")
          #expect(try await client.lines(100) == Array(repeating: "!\(number)", count: 100))
        }
        var expected: [String] = []
        var request = ""
        for number in 0..<200 {
          // Some are too long for the room there is and go the general way.
          let line = "!\(number)" + String(repeating: "x", count: [0, 60, 600, 1_500][number % 4])
          switch number % 11 {
          case 3:
            request += "work \(number)\n"
            expected.append("worked \(number)")
          case 5, 6:
            request += "ready \(number)\n"
            expected.append("ready \(number)")
          default:
            request += line + (number % 2 == 0 ? "\n" : "\r\n")
            expected += Array(repeating: line, count: line.utf8.count < 1_000 ? 100 : 1)
          }
        }
        try await client.send(request + "upload\n!\n.\n")
        client.finish()
        #expect(try await client.rest() == expected + ["send", "rows 1"])
      }
    }
  }

  @Test func answersWhatCameBeforeHalfClose() async throws {
    try await withServer { unix, tcp, server, service in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        let name = "\(address)"
        try await client.send("gate \(name)\nafter\n")
        client.finish()
        #expect(try await client.lines(2) == ["hello", "begun \(name)"])
        service.journal.note("open \(name)")
        #expect(try await client.rest() == ["done \(name)", "after"])
      }
    }
  }

  @Test func refusesLineWithoutEnd() async throws {
    try await withServer { unix, _, _, service in
      let client = try TestClient(unix)
      try await client.send("first\nsecond")
      client.finish()
      let lines = try await client.rest()
      #expect(lines.prefix(2) == ["hello", "first"])
      #expect(lines.last?.hasPrefix("500 syntax: the last line has no line end") == true)
      #expect(lines.count == 3)
      await service.journal.wait(for: "ended")
    }
  }

  @Test func refusesUploadWithoutEnd() async throws {
    try await withServer { unix, _, _, service in
      let client = try TestClient(unix)
      try await client.send("upload\n{}\n{")
      client.finish()
      let lines = try await client.rest()
      #expect(lines.prefix(2) == ["hello", "send"])
      #expect(lines.last?.hasPrefix("500 syntax: the upload ended") == true)
      #expect(service.journal.events.count { $0 == "ended" } == 1)
    }
  }

  @Test func passesOversizeLinesOver() async throws {
    try await withServer { unix, tcp, _, _ in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        // The client must read while it sends, as the replies to this could fill the socket.
        let longest = String(repeating: "x", count: Limits.requestLine)
        let words = "length " + longest.dropFirst(7)
        try await client.send("\(longest)y\n\(words)\r\n")
        try await client.send(String(repeating: longest, count: 20) + "\nafter\n")
        #expect(
          try await client.lines(5) == [
            "hello", "oversize", "length \(Limits.requestLine)", "oversize", "after",
          ])
      }
    }
  }

  @Test func tellsAnOversizeLineFromAnUnfinishedOne() async throws {
    try await withServer { unix, _, _, _ in
      let client = try TestClient(unix)
      try await client.send(Array(repeating: UInt8(ascii: "x"), count: 3_000_000))
      client.finish()
      #expect(
        try await client.rest().last?.hasPrefix("505 line-too-long: the last line has no line end") == true)
    }
  }

  @Test func asksForTheLimitOfEachLine() async throws {
    try await withServer { unix, _, _, _ in
      let client = try TestClient(unix)
      let row = String(repeating: "r", count: Limits.uploadRow)
      // All of it comes while work runs, before anyone knows that rows will follow.
      try await client.send("work first\nupload\n\(row)\n\(row)r\n.\n\(row)\n")
      client.finish()
      #expect(try await client.rest() == ["hello", "worked first", "send", "oversize", "rows 1", "oversize"])
    }
  }

  @Test func endsConnectionOverEndlessLine() async throws {
    var limits = ServerLimits()
    limits.endlessLine = 1 << 20
    try await withServer(limits: limits) { unix, tcp, _, _ in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        // More than the limit, and still sending when the answer comes: it must not be lost to a reset.
        try await client.send(Array(repeating: UInt8(ascii: "x"), count: (1 << 20) + 200_000))
        let lines = try await client.rest()
        #expect(lines.count == 2)
        #expect(lines.last?.hasPrefix("505 line-too-long: the line goes on beyond 1048576 octets") == true)
      }
    }
  }

  @Test func takesDrippedOctets() async throws {
    try await withServer { unix, tcp, _, _ in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        _ = try await client.lines(1)
        for octet in "slow\r\nnext\n".utf8 { try await client.send([octet]) }
        #expect(try await client.lines(2) == ["slow", "next"])
      }
    }
  }

  @Test func passesAnyOctetsToTheSession() async throws {
    try await withServer { unix, _, _, _ in
      let client = try TestClient(unix)
      let octets = (UInt8(0)...255).filter { $0 != 10 }
      try await client.send(octets + [10])
      client.finish()
      #expect(try await client.restBytes() == Array("hello\n".utf8) + octets + [10])
    }
  }

  @Test func limitsTheTimeOfALine() async throws {
    var limits = ServerLimits()
    limits.lineTime = .milliseconds(50)
    try await withServer(limits: limits) { unix, _, _, _ in
      let client = try TestClient(unix)
      try await client.send("whole\nhal")
      let lines = try await client.rest()
      #expect(lines.prefix(2) == ["hello", "whole"])
      #expect(lines.last?.hasPrefix("421 closing: the line did not end") == true)
    }
  }

  @Test func limitsSilenceOverTCPOnly() async throws {
    var limits = ServerLimits()
    limits.tcpIdleTime = .milliseconds(50)
    try await withServer(limits: limits) { unix, tcp, _, service in
      let patient = try TestClient(unix)
      let working = try TestClient(tcp)
      try await working.send("gate g\n")
      let silent = try TestClient(tcp)
      #expect(try await silent.rest().last?.hasPrefix("421 closing: nothing was said") == true)
      // Work is not silence, however long it takes: by now it has taken longer than the limit.
      service.journal.note("open g")
      #expect(try await working.lines(3) == ["hello", "begun g", "done g"])
      try await patient.send("still here\n")
      #expect(try await patient.lines(2) == ["hello", "still here"])
    }
  }

  @Test func closesAfterLastReply() async throws {
    try await withServer { unix, tcp, _, service in
      for address in [unix, tcp] {
        let client = try TestClient(address)
        try await client.send("a\nquit\nnever\n")
        #expect(try await client.rest() == ["hello", "a", "bye"])
      }
      #expect(!service.journal.events.contains("never"))
    }
  }

  @Test func tellsTheUserOfAUnixPeer() async throws {
    try await withServer { unix, tcp, _, service in
      let client = try TestClient(unix)
      _ = try await client.lines(1)
      let remote = try TestClient(tcp)
      _ = try await remote.lines(1)
      #expect(
        service.journal.events == [
          "connect \(Peer.Transport.unix(user: getuid(), process: getpid()))",
          "connect \(Peer.Transport.tcp(address: "127.0.0.1"))",
        ])
    }
  }

  @Test func countsAndCapsConnections() async throws {
    var limits = ServerLimits()
    limits.connections = 2
    limits.reservedConnections = 0
    try await withServer(limits: limits) { unix, tcp, server, service in
      let first = try TestClient(unix)
      let second = try TestClient(tcp)
      #expect(try await first.lines(1) == ["hello"])
      #expect(try await second.lines(1) == ["hello"])
      #expect(server.connectionCount == 2)
      for address in [unix, tcp] {
        let third = try TestClient(address)
        // What it says before it reads must not cost it the answer.
        try await third.send("anything\n")
        let lines = try await third.rest()
        #expect(
          lines == ["452 overloaded: 2 connections are open, which is all there may be; try again later"])
      }
      try await first.send("quit\n")
      #expect(try await first.rest() == ["bye"])
      first.vanish()
      await service.journal.wait(for: "ended")
      // The place is free when the socket is closed, which the client cannot see: it asks until it is let in.
      var greeting: [String] = []
      while greeting != ["hello"] { greeting = try await TestClient(unix).lines(1) }
    }
  }

  @Test func refusesBrowsersAndTLSOverTCP() async throws {
    try await withServer { unix, tcp, _, service in
      let browser = try TestClient(tcp)
      try await browser.send("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nobeyed\n")
      #expect(
        try await browser.rest() == [
          "hello", "501 unknown-command: this port speaks the Bellwether line protocol, not HTTP",
        ])
      let long = try TestClient(tcp)
      try await long.send("GET /" + String(repeating: "x", count: 10_000) + " HTTP/1.1\r\nobeyed\r\n")
      #expect(try await long.rest().last?.hasPrefix("501 ") == true)
      let secret = try TestClient(tcp)
      try await secret.send([0x16, 0x03, 0x01, 0x02, 0x00])
      #expect(try await secret.rest().last?.hasPrefix("500 syntax: ") == true)
      // A request that only begins like one is a request.
      let plain = try TestClient(tcp)
      try await plain.send("GET F-1\nPOSTAL\n")
      #expect(try await plain.lines(3) == ["hello", "GET F-1", "POSTAL"])
    }
  }
}
