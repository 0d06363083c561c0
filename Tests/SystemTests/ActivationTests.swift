import Foundation
import Store
import Synchronization
import TestSupport
import Testing

/// Sockets that outlive the daemon, as systemd holds them.
@Suite(.timeLimit(.minutes(20))) struct ActivationTests {
  /// What clients meet who connect all the time.
  private final class Tally: Sendable {
    struct Counts {
      var answered = 0
      /// Told 421, in place of the greeting or of a reply.
      var told = 0
      var troubles: [String] = []
    }
    private let state = Mutex((counts: Counts(), isOver: false))

    var counts: Counts { state.withLock { $0.counts } }
    func finish() { state.withLock { $0.isOver = true } }

    /// Connects and asks until it is told that it is over.
    func run(_ connect: @escaping @Sendable () throws -> LineClient) async {
      await withCheckedContinuation { continuation in
        // Threads of their own: they never rest, and others wait for those of a queue.
        Thread.detachNewThread { [self] in
          while !state.withLock({ $0.isOver }) {
            do {
              let client = try connect()
              let isAnswered = try Self.ask(client)
              state.withLock { if isAnswered { $0.counts.answered += 1 } else { $0.counts.told += 1 } }
            } catch { state.withLock { $0.counts.troubles.append("\(error)") } }
          }
          continuation.resume()
        }
      }
    }

    /// - Returns: false where the daemon said that it is ending.
    private static func ask(_ client: LineClient) throws -> Bool {
      for (request, beginning) in [(nil, "220 ready"), ("PING", "250 ok"), ("WHOAMI", "250 ok")] {
        // The daemon may have ended its side already; what it said is still to be read.
        if let request { try? client.send(request) }
        guard let line = try client.readLine() else {
          throw LineClient.Failure(description: "cut off before \(beginning)")
        }
        if line.hasPrefix("421 closing: the daemon is shutting down") { return false }
        guard line.hasPrefix(beginning) else { throw LineClient.Failure(description: line) }
      }
      return true
    }
  }

  @Test func restartsRefuseNobody() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-act")
    defer { folder.remove() }
    let certificates = try TestCertificates(in: folder)
    let path = folder.path + "/held.sock"
    let (unix, tcp, tls) = (try HeldSocket(path: path), try HeldSocket(), try HeldSocket())
    #expect(chmod(path, 0o622) == 0)
    let database = DaemonProcess.conninfo(try await TestCluster.shared.makeDatabase())
    let arguments =
      ["serve", "--state-dir", folder.path, "--database", database, "--owner-database", database]
      + ["--pool-connections", "2"] + certificates.flags
    func start() throws -> SpawnedDaemon {
      try SpawnedDaemon(
        arguments,
        sockets: [("bellwetherd.socket", unix.descriptor), ("x", tcp.descriptor), ("tls", tls.descriptor)],
        log: folder.path + "/log")
    }
    var daemon = try start()
    let tally = Tally()
    defer { tally.finish() }
    let (tcpPort, tlsPort, authority) = (tcp.port, tls.port, certificates.authority)
    async let clients: Void = withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { await tally.run { try LineClient(socket: path) } } }
      for _ in 0..<3 { group.addTask { await tally.run { try LineClient(port: tcpPort) } } }
      for _ in 0..<2 {
        group.addTask { await tally.run { try TLSLineClient(port: tlsPort, authority: authority) } }
      }
    }
    for _ in 0..<5 {
      // Each daemon serves for a while, and is stopped while clients come and go.
      let before = tally.counts.answered
      while tally.counts.answered < before + 200, tally.counts.troubles.isEmpty {
        try await Task.sleep(for: .milliseconds(1))
      }
      let status = daemon.stop()
      try #require(status == 0, "\(Self.end(of: folder.path + "/log"))")
      daemon = try start()
    }
    let before = tally.counts.answered
    while tally.counts.answered < before + 200, tally.counts.troubles.isEmpty {
      try await Task.sleep(for: .milliseconds(1))
    }
    tally.finish()
    await clients
    let counts = tally.counts
    #expect(
      counts.troubles.isEmpty,
      "\(counts.troubles.prefix(5)) after \(counts.answered) answers; \(Self.end(of: folder.path + "/log"))")
    #expect(counts.answered >= 1_200)
    #expect(daemon.stop() == 0)
    // The socket is whose it was, as it was.
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o622)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/bellwether.sock"))
  }

  private static func end(of log: String) -> String {
    String((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2_000) ?? "no log")
  }

  @Test func whatCannotBeServedIsRefused() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-act")
    defer { folder.remove() }
    let log = folder.path + "/log"
    let tcp = try HeldSocket()
    let arguments = ["serve", "--state-dir", folder.path]
    let secure = try SpawnedDaemon(arguments, sockets: [("tls", tcp.descriptor)], log: log)
    #expect(secure.wait() == 78)
    #expect(
      try String(contentsOfFile: log, encoding: .utf8).contains("tls_certificate and tls_key are not set"))
    let mute = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(mute) }
    let silent = try SpawnedDaemon(arguments, sockets: [("x", mute)], log: log)
    #expect(silent.wait() == 78)
    #expect(try String(contentsOfFile: log, encoding: .utf8).contains("is no stream socket that listens"))
  }

  /// What the service manager is told, in order.
  @Test func theServiceManagerIsTold() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-act")
    defer { folder.remove() }
    let path = folder.path + "/notify"
    let notices = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(notices) }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(notices, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(notices, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    func next() -> String {
      var octets = [UInt8](repeating: 0, count: 4_096)
      let count = recv(notices, &octets, octets.count, 0)
      return String(decoding: octets.prefix(max(0, count)), as: UTF8.self)
    }
    let database = DaemonProcess.conninfo(try await TestCluster.shared.makeDatabase())
    let daemon = try SpawnedDaemon(
      [
        "serve", "--state-dir", folder.path, "--database", database, "--owner-database", database,
        "--listen-tcp", "off",
      ], environment: ["NOTIFY_SOCKET": path], log: folder.path + "/log")
    #expect(next().hasPrefix("READY=1\n"))
    daemon.signal(SIGHUP)
    let reloading = next()
    #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect(reloading.split(separator: "\n")[1].split(separator: "=").last.flatMap { Int($0) } != nil)
    #expect(next().hasPrefix("READY=1\n"))
    daemon.signal(SIGTERM)
    #expect(next().hasPrefix("STOPPING=1\n"))
    #expect(daemon.wait() == 0)
  }
}
