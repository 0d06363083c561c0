import CSSL
import Foundation
import Store
import TestSupport
import Testing

/// TLS and what clients prove with it, against a real daemon, with certificates made for the test.
@Suite(.timeLimit(.minutes(20))) struct TLSTests {
  private static let badToken =
    "535 auth-failed: this token is not good here; it may be wrong, expired or revoked"

  /// A daemon with TLS, and what it was given.
  private final class Stage {
    let folder: TemporaryFolder
    let certificates: TestCertificates
    let daemon: DaemonProcess
    let port: UInt16

    init(_ more: [String] = []) async throws {
      folder = try TemporaryFolder(prefix: "bwt-tls")
      certificates = try TestCertificates(in: folder)
      daemon = try await DaemonProcess(
        database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0",
        arguments: certificates.flags + more)
      port = try daemon.tlsPort
    }

    deinit { folder.remove() }

    func connect(_ identity: (certificate: String, key: String)? = nil) throws -> TLSLineClient {
      try TLSLineClient(port: port, authority: certificates.authority, identity: identity)
    }
  }

  @Test func speaksOnlyTheNewest() async throws {
    let stage = try await Stage()
    let client = try stage.connect()
    #expect(try client.greeting().hasPrefix("220 ready protocol=1"))
    // Whoever shows nothing is nobody, as over plain TCP.
    try check(client, "STATUS", "530 auth-required")
    try check(client, "WHOAMI", "250 ok principal=tls:127.0.0.1 role=none")
    #expect {
      try TLSLineClient(port: stage.port, authority: stage.certificates.authority, version: TLS1_2_VERSION)
    } throws: {
      "\($0)".contains("protocol version")
    }
    // The plain port still says so to whoever speaks TLS there.
    let plain = try stage.daemon.tcpPort
    #expect(throws: LineClient.Failure.self) {
      try TLSLineClient(port: plain, authority: stage.certificates.authority)
    }
    #expect(stage.daemon.stop() == 0)
  }

  @Test func aCertificateIsAToken() async throws {
    let stage = try await Stage()
    let root = try stage.daemon.connect()
    try check(root, "TOKEN ADD desk role=organizer", "250 ok")
    let desk = try stage.certificates.client("desk")
    let client = try stage.connect(desk)
    #expect(try client.greeting().hasPrefix("220 ready"))
    try check(client, "WHOAMI", "250 ok principal=token:desk role=organizer")
    try check(client, #"INSTITUTE ADD T-1 name="Tests""#, "250 ok")
    #expect(try root.ask("AUDIT LIST").contains { $0.contains("token:desk") })
    // A resumed session is looked at like a new one.
    let session = try #require(client.session)
    defer { SSL_SESSION_free(session) }
    func resume() throws -> TLSLineClient {
      try TLSLineClient(
        port: stage.port, authority: stage.certificates.authority, identity: desk, session: session)
    }
    let again = try resume()
    #expect(again.isResumed)
    _ = try again.greeting()
    try check(again, "WHOAMI", "250 ok principal=token:desk")
    // The end of the token is the end of the connections, and of new ones.
    #expect(try root.ask("TOKEN REVOKE desk").last == "250 ok token=desk")
    for ended in [client, again] {
      #expect(try ended.readLine()?.hasPrefix("421 closing: the token of this connection") == true)
      #expect(try ended.readLine() == nil)
    }
    for refused in [try stage.connect(desk), try resume()] {
      #expect(try refused.readLine() == Self.badToken)
      #expect(try refused.readLine() == nil)
    }
    #expect(stage.daemon.stop() == 0)
  }

  @Test func whatIsWrongIsNotToldApart() async throws {
    let stage = try await Stage()
    let certificates = stage.certificates
    let root = try stage.daemon.connect()
    try check(root, "TOKEN ADD known role=monitor", "250 ok")
    // Nobody's, and one whose subject names two.
    try certificates.issue("two", subject: "/CN=known/CN=known")
    try certificates.issue("none", subject: "/O=known")
    for identity in [
      try certificates.client("unknown"), try certificates.client("known'; --"),
      (certificates.path("two.crt"), certificates.path("two.key")),
      (certificates.path("none.crt"), certificates.path("none.key")),
    ] {
      let client = try stage.connect(identity)
      #expect(try client.readLine() == Self.badToken)
      #expect(try client.readLine() == nil)
    }
    // What TLS itself refuses never reaches the protocol: the client is told by an alert, or finds the line cut.
    try certificates.makeAuthority("other")
    for identity in [
      try certificates.client("known", by: "other"), try certificates.client("known", days: -1),
    ] {
      #expect(throws: LineClient.Failure.self) { try stage.connect(identity).readLine() }
    }
    // A secret still signs in whoever shows no certificate.
    let token = try root.newToken("t role=monitor")
    let plain = try stage.connect()
    _ = try plain.greeting()
    try check(plain, "AUTH TOKEN \(token)", "250 ok principal=token:t role=monitor")
    #expect(stage.daemon.stop() == 0)
  }

  @Test func aCertificateCanBeRequired() async throws {
    let stage = try await Stage(["--tls-client-certificate", "required"])
    try check(try stage.daemon.connect(), "TOKEN ADD m role=monitor", "250 ok")
    #expect {
      try stage.connect().readLine()
    } throws: {
      "\($0)".contains("certificate required")
    }
    let client = try stage.connect(try stage.certificates.client("m"))
    _ = try client.greeting()
    try check(client, "STATUS", "250 ok")
    #expect(stage.daemon.stop() == 0)
  }

  /// A client that says close_notify after its requests gets every reply, and close_notify after them.
  @Test func oneSideMayEndFirst() async throws {
    let stage = try await Stage()
    let client = try stage.connect()
    _ = try client.greeting()
    try client.send(bytes: Array(String(repeating: "HELP\n", count: 200).utf8) + Array("PING\nPIN".utf8))
    client.halfClose()
    var last = ""
    var count = 0
    while let line = try client.readLine() {
      if line.hasPrefix("250 ok") { count += 1 }
      last = line
    }
    #expect(count == 201 && last.hasPrefix("500 syntax: the last line has no line end"), "\(count), \(last)")
    #expect(stage.daemon.stop() == 0)
  }

  /// A cut connection is not the end of a request.
  @Test func aRaggedEndIsNoEnd() async throws {
    let stage = try await Stage()
    let client = try stage.connect()
    _ = try client.greeting()
    try client.send("PING")
    _ = try client.reply()
    shutdown(client.descriptor, Int32(SHUT_WR))
    #expect(try client.readLine() == nil)
    try check(try stage.daemon.connect(), "PING", "250 ok")
    #expect(stage.daemon.stop() == 0)
  }

  @Test func plainTextIsAnsweredInPlainText() async throws {
    let stage = try await Stage()
    for opening in ["PING\n", "GET / HTTP/1.1\r\n\r\n", "\u{0}"] {
      let client = try LineClient(port: stage.port)
      try client.send(bytes: Array(opening.utf8))
      #expect(try client.readLine()?.hasPrefix("500 syntax: this port speaks TLS") == true)
      #expect(try client.readLine() == nil)
    }
    // Whoever waits for a greeting is told within the time that a client waits; half a hello is not waited for longer.
    let silent = try LineClient(port: stage.port)
    let slow = try LineClient(port: stage.port)
    try slow.send(bytes: [22, 3, 1, 2, 0, 1])
    // The threads of the tests are few, and this takes a while.
    await withCheckedContinuation { continuation in
      let descriptors = [silent.descriptor, slow.descriptor]
      DispatchQueue.global().async {
        for descriptor in descriptors {
          var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          poll(&waited, 1, 60_000)
        }
        continuation.resume()
      }
    }
    #expect(try silent.readLine()?.hasPrefix("500 syntax: this port speaks TLS, and no TLS came") == true)
    #expect(try slow.readLine() == nil)
    #expect(stage.daemon.stop() == 0)
  }

  @Test func aStopIsToldOverTLS() async throws {
    let stage = try await Stage()
    let client = try stage.connect()
    _ = try client.greeting()
    // Accepted, and nothing said yet: it is told as soon as it can be.
    let late = try TLSLineClient(port: stage.port, authority: stage.certificates.authority, isLate: true)
    try client.send("HELP")
    #expect(try client.reply().last?.hasPrefix("250 ok") == true)
    stage.daemon.signal(SIGTERM)
    #expect(try client.readLine() == "421 closing: the daemon is shutting down; connect again")
    // close_notify, or this throws.
    #expect(try client.readLine() == nil)
    try late.shakeHands()
    // Connections are told one after the other: one that comes in between is greeted before.
    var lines: [String] = []
    while let line = try late.readLine() { lines.append(line) }
    #expect(lines.last == "421 closing: the daemon is shutting down; connect again")
    #expect(lines.dropLast().allSatisfy { $0.hasPrefix("220 ") } && lines.count <= 2, "\(lines)")
    stage.daemon.process.waitUntilExit()
    #expect(stage.daemon.process.terminationStatus == 0)
  }

  @Test func aSecondStopEndsAtOnce() async throws {
    let stage = try await Stage()
    // A handshake that never comes would hold the daemon for as long as it may take.
    let hello = try LineClient(port: stage.port)
    try hello.send(bytes: [22, 3, 1, 2, 0, 1])
    let client = try stage.connect()
    _ = try client.greeting()
    let began = ContinuousClock.now
    stage.daemon.signal(SIGTERM)
    #expect(try client.readLine()?.hasPrefix("421 ") == true)
    stage.daemon.signal(SIGTERM)
    stage.daemon.process.waitUntilExit()
    #expect(stage.daemon.process.terminationStatus == 0)
    #expect(began.duration(to: .now) < .seconds(6))
  }
}
