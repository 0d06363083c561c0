import Glibc
import Logging
import Testing

@testable import LineServer

@Suite(.timeLimit(.minutes(5))) struct UnixSocketTests {
  private func server(_ path: String, mode: UInt32 = 0o600) -> LineServer {
    LineServer(
      listeners: [.unix(path: path, mode: mode)], service: EchoService(),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
  }

  private func stop(_ server: LineServer) async {
    server.shutdown()
    await server.run()
  }

  @Test func makesTheFolderAndSetsPermissions() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a/b/s"
    // The group's right to write is what a usual umask takes away.
    let server = server(path, mode: 0o660)
    #expect(try await server.start() == [.unix(path: path)])
    var status = stat()
    #expect(lstat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o660)
    #expect(try await TestClient(.unix(path: path)).lines(1) == ["hello"])
    await stop(server)
    #expect(lstat(path, &status) != 0 && errno == ENOENT)
  }

  @Test func takesTheplaceOfAStaleSocketOnly() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/s"
    let first = server(path)
    _ = try await first.start()
    // Somebody answers: it is left alone.
    let second = server(path)
    await #expect(throws: ListenerError.self) { try await second.start() }
    #expect(try await TestClient(.unix(path: path)).lines(1) == ["hello"])
    // What a killed process leaves is a socket file that nobody listens on.
    #expect(rename(path, path + ".moved") == 0)
    await stop(first)
    #expect(rename(path + ".moved", path) == 0)
    let third = server(path)
    _ = try await third.start()
    #expect(try await TestClient(.unix(path: path)).lines(1) == ["hello"])
    await stop(third)
  }

  @Test func leavesASuccessorsSocketAlone() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/s"
    let first = server(path)
    _ = try await first.start()
    #expect(unlink(path) == 0)
    let second = server(path)
    _ = try await second.start()
    await stop(first)
    #expect(try await TestClient(.unix(path: path)).lines(1) == ["hello"])
    await stop(second)
  }

  @Test func refusesWhatIsNoSocket() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/s"
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    let error = await #expect(throws: ListenerError.self) { try await server(path).start() }
    #expect(error?.description.contains("a file that is no socket is there") == true)
    #expect(access(path, F_OK) == 0)
  }

  @Test func refusesALongPathByName() async throws {
    let folder = TemporaryFolder()
    let fill = String(repeating: "p", count: UnixSocket.longestPath - folder.path.utf8.count - 1)
    let longest = server(folder.path + "/" + fill)
    _ = try await longest.start()
    await stop(longest)
    let path = folder.path + "/" + fill + "q"
    let error = await #expect(throws: ListenerError.self) { try await server(path).start() }
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains("108 octets and a Unix socket's may have 107") == true)
  }

  @Test func namesTheTCPAddressThatIsTaken() async throws {
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let first = LineServer(
      listeners: [.tcp(host: "127.0.0.1", port: 0)], service: EchoService(), logger: logger)
    guard case .tcp(let host, let port) = try await first.start()[0] else { return }
    let second = LineServer(
      listeners: [.tcp(host: host, port: port)], service: EchoService(), logger: logger)
    let error = await #expect(throws: ListenerError.self) { try await second.start() }
    #expect(error?.description == "cannot listen on 127.0.0.1:\(port): Address already in use")
    await stop(first)
  }

  @Test func servesASocketThatIsAlreadyOpen() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/s"
    let socket = try await UnixSocket.bind(path: path, mode: 0o600)
    let service = EchoService()
    let server = LineServer(
      listeners: [.descriptor(socket.descriptor)], service: service,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    #expect(try await server.start() == [.unix(path: path)])
    #expect(try await TestClient(.unix(path: path)).lines(1) == ["hello"])
    #expect(service.journal.events.first?.contains("user: \(getuid())") == true)
    await stop(server)
    #expect(access(path, F_OK) == 0)
  }
}
