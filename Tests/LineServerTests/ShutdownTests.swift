import Glibc
import Logging
import Synchronization
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

  /// A listening socket that outlives its servers, as systemd's do. Whoever connects is served, told 421, or waits for the
  /// next server; nobody is refused or cut off, whenever it comes.
  @Test(arguments: [false, true]) func successorsRefuseNobody(overUnix: Bool) async throws {
    let folder = TemporaryFolder()
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let held = try await Self.listeningSocket(overUnix ? folder.path + "/s" : nil)
    defer { close(held.descriptor) }
    let flag = Flag()
    let (served, each) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask {
          while !flag.isUp.load(ordering: .relaxed) {
            let lines: [String]
            do {
              let client = try TestClient(held.address)
              try? await client.send("fine\nquit\n")
              lines = try await client.rest()
            } catch {
              // Nobody is to wait for its answers.
              each.finish()
              throw error
            }
            let isTold = lines.last?.hasPrefix("421 closing: the daemon is shutting down") == true
            #expect(isTold || lines == ["hello", "fine", "bye"], "\(lines)")
            each.yield()
          }
        }
      }
      var answers = served.makeAsyncIterator()
      for _ in 0..<60 {
        let server = LineServer(
          listeners: [.descriptor(dup(held.descriptor))], service: EchoService(), logger: logger)
        _ = try await server.start()
        async let end: Void = server.run()
        for _ in 0..<25 { await answers.next() }
        server.shutdown()
        await end
      }
      flag.isUp.store(true, ordering: .relaxed)
      let last = LineServer(
        listeners: [.descriptor(dup(held.descriptor))], service: EchoService(), logger: logger)
      _ = try await last.start()
      async let end: Void = last.run()
      for try await _ in group {}
      last.shutdown()
      await end
    }
  }

  private final class Flag: Sendable { let isUp = Atomic(false) }

  private static func listeningSocket(
    _ path: String?
  ) async throws -> (descriptor: Int32, address: BoundAddress) {
    if let path {
      let socket = try await UnixSocket.bind(path: path, mode: 0o600)
      #expect(listen(socket.descriptor, 4_096) == 0)
      return (socket.descriptor, .unix(path: path))
    }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        #expect(bind(descriptor, $0, length) == 0 && listen(descriptor, 4_096) == 0)
        #expect(getsockname(descriptor, $0, &length) == 0)
      }
    }
    return (descriptor, .tcp(host: "127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port))))
  }
}
