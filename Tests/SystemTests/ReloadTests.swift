import Foundation
import Store
import TestSupport
import Testing

/// SIGHUP: settings and certificates are read anew while the daemon serves.
@Suite(.timeLimit(.minutes(20))) struct ReloadTests {
  @Test func certificatesAreReplaced() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-rel")
    defer { folder.remove() }
    let certificates = try TestCertificates(in: folder)
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), arguments: certificates.flags)
    try check(try daemon.connect(), "TOKEN ADD m role=monitor", "250 ok")
    let port = try daemon.tlsPort
    func connect(_ identity: (certificate: String, key: String)? = nil) throws -> TLSLineClient {
      let client = try TLSLineClient(port: port, authority: certificates.authority, identity: identity)
      _ = try client.greeting()
      return client
    }
    let first = try connect()
    let names = "DNS:localhost,IP:127.0.0.1"
    try certificates.issue("server", subject: "/CN=localhost", names: names)
    // Nothing changes by itself.
    #expect(try connect().serial == first.serial)
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("notice reloaded")
    let second = try connect()
    #expect(second.serial != first.serial)
    // Who was there stays.
    try check(first, "PING", "250 ok")

    // A broken one, and one whose key is another's: the daemon goes on with what it had.
    let broken = [certificates.path("server.crt"), certificates.path("server.key")]
    let whole = try broken.map { try String(contentsOfFile: $0, encoding: .utf8) }
    try "no certificate".write(toFile: broken[0], atomically: false, encoding: .utf8)
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("notice reloaded", times: 2)
    #expect(try connect().serial == second.serial)
    try whole[0].write(toFile: broken[0], atomically: false, encoding: .utf8)
    try certificates.issue("other", subject: "/CN=x")
    try String(contentsOfFile: certificates.path("other.key"), encoding: .utf8)
      .write(toFile: broken[1], atomically: false, encoding: .utf8)
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("notice reloaded", times: 3)
    #expect(try connect().serial == second.serial)
    let log = try String(contentsOfFile: daemon.log, encoding: .utf8)
    #expect(log.components(separatedBy: "TLS goes on with the certificate it had").count == 3)
    #expect(log.contains("tls_certificate \(broken[0]): holds no certificate in PEM"))
    #expect(log.contains("tls_key \(broken[1]): is not the key of the certificate in \(broken[0])"))

    // Another authority for clients: those of the one before are refused from now on.
    try whole[1].write(toFile: broken[1], atomically: false, encoding: .utf8)
    let former = try certificates.client("m")
    try check(try connect(former), "WHOAMI", "250 ok principal=token:m")
    let authority = try Data(contentsOf: URL(fileURLWithPath: certificates.authority))
    try certificates.makeAuthority("new")
    let new = try certificates.client("m", by: "new")
    try FileManager.default.removeItem(atPath: certificates.authority)
    try FileManager.default.copyItem(atPath: certificates.path("new.crt"), toPath: certificates.authority)
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("notice reloaded", times: 4)
    // The daemon's own certificate is still of the first authority.
    try authority.write(to: URL(fileURLWithPath: certificates.authority))
    try check(try connect(new), "WHOAMI", "250 ok principal=token:m")
    #expect(throws: LineClient.Failure.self) { try connect(former) }
    #expect(daemon.stop() == 0)
  }

  @Test func settingsAreReadAnew() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-rel")
    defer { folder.remove() }
    let file = folder.path + "/settings.yaml"
    func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }
    try write("keep_runs: 7\nlog_level: info\n")
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), arguments: ["--config", file])
    func said(_ words: String) throws -> Bool {
      try String(contentsOfFile: daemon.log, encoding: .utf8).contains(words)
    }
    try write("keep_runs: 8\npool_connections: 3\nlog_level: info\n")
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("notice reloaded changed=keep_runs")
    let restart =
      "warning some settings take effect only when the daemon is started again settings=pool_connections"
    try await daemon.waitForLog(restart)
    // The level is in force at once, so that the notice is left out; what needs a restart is told each time.
    try write("keep_runs: 9\npool_connections: 3\nlog_level: warning\n")
    daemon.signal(SIGHUP)
    try await daemon.waitForLog(restart, times: 2)
    #expect(try !said("changed=keep_runs,log_level"))
    // A broken file changes nothing, says why and where, and the daemon serves on.
    try write("log_level: info\nkeep_runs: many\n")
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("error the settings cannot be used; nothing has changed")
    #expect(try said("\(file):2: keep_runs"))
    try check(try daemon.connect(), "PING", "250 ok")
    #expect(daemon.stop() == 0)
  }

  /// Only root can become somebody else.
  @Test(.enabled(if: geteuid() == 0)) func aFormerOrganizerIsTold() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-rel")
    defer { folder.remove() }
    let file = folder.path + "/settings.yaml"
    try "organizers: nobody\n".write(toFile: file, atomically: true, encoding: .utf8)
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), arguments: ["--config", file])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    let script = """
      import socket, sys
      client = socket.socket(socket.AF_UNIX)
      client.connect(sys.argv[1])
      client.sendall(b"WHOAMI\\n")
      for line in client.makefile(): print(line, end="", flush=True)
      """
    // In root's group, whose the socket is.
    process.arguments = [
      "--reuid=nobody", "--regid=0", "--clear-groups", "/usr/bin/python3", "-c", script, daemon.socket,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var said = ""
    while !said.contains("250 ok") {
      let some = pipe.fileHandleForReading.availableData
      guard !some.isEmpty else { break }
      said += String(decoding: some, as: UTF8.self)
    }
    #expect(said.contains("role=organizer"), "\(said)")
    let root = try daemon.connect()
    try "keep_runs: 9\n".write(toFile: file, atomically: true, encoding: .utf8)
    daemon.signal(SIGHUP)
    let rest = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(rest == "421 closing: you are no organizer here any more; connect again\n")
    process.waitUntilExit()
    try check(root, "PING", "250 ok")
    #expect(daemon.stop() == 0)
  }
}
