import Foundation
import Store
import TestSupport
import Testing

/// What other users and an operator's environment may do to a start.
@Suite struct StartTests {
  /// Variables meant for some other database do not reach the private cluster.
  @Test func postgresVariablesDoNotReachThePrivateCluster() async throws {
    let daemon = try await DaemonProcess(
      database: nil,
      variables: [
        "PGHOSTADDR": "10.255.255.1", "PGOPTIONS": "-c search_path=nowhere", "PGSERVICE": "none",
        "PGCHANNELBINDING": "require", "PGGSSENCMODE": "require", "PGSSLMODE": "verify-full",
        "PGUSER": "nobody", "PGPORT": "1", "PGTARGETSESSIONATTRS": "standby",
      ])
    try check(daemon.connect(), "FIRM ADD F-1 name=One sectors=ai stage=seed", "250 ok")
    #expect(daemon.stop() == 0)
  }

  /// Whoever may only look at the state directory cannot keep the daemon from starting.
  @Test(.enabled(if: geteuid() == 0)) func locksOfOthersKeepNoDaemonFromStarting() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-lock")
    chmod(folder.path, 0o755)
    // Left by a daemon of an older version.
    _ = FileManager.default.createFile(atPath: folder.path + "/lock", contents: Data("999999\n".utf8))
    chmod(folder.path + "/lock", 0o600)
    let hog = Process()
    hog.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    let script = """
      import fcntl, os, sys
      held = []
      for name in sys.argv[1:]:
        try: held.append(os.open(name, os.O_RDONLY))
        except PermissionError: continue
        fcntl.flock(held[-1], fcntl.LOCK_EX)
      print("ready", flush=True)
      sys.stdin.read()
      """
    hog.arguments = [
      "--reuid=nobody", "--regid=nogroup", "--clear-groups", "/usr/bin/python3", "-c", script, folder.path,
      folder.path + "/lock",
    ]
    let (input, output) = (Pipe(), Pipe())
    (hog.standardInput, hog.standardOutput) = (input, output)
    try hog.run()
    _ = output.fileHandleForReading.availableData
    defer {
      try? input.fileHandleForWriting.close()
      hog.waitUntilExit()
    }
    let daemon = try await DaemonProcess(database: nil, folder: folder)
    for name in ["lock", "bellwether.sock.lock"] {
      var status = stat()
      #expect(stat("\(folder.path)/\(name)", &status) == 0 && status.st_mode & 0o077 == 0, "\(name)")
    }
    // A second daemon is refused, and told who has it.
    let second = try DaemonProcess.run([
      "serve", "--state-dir", folder.path, "--listen-unix", folder.path + "/other.sock", "--listen-tcp",
      "off",
    ])
    #expect(second.status == 78)
    #expect(second.output.contains("in use by process \(daemon.process.processIdentifier) (bellwetherd)"))
    #expect(daemon.stop() == 0)
  }

  /// Found before PostgreSQL is made, and nothing is left behind.
  @Test func aTakenPortIsFoundFirst() async throws {
    let taken = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let folder = try TemporaryFolder(prefix: "bwt-port")
    defer { folder.remove() }
    let port = try taken.tcpPort
    let second = try DaemonProcess.run([
      "serve", "--state-dir", folder.path, "--listen-tcp", "127.0.0.1:\(port)",
    ])
    #expect(second.status == 69)
    #expect(second.output.contains("cannot listen on 127.0.0.1:\(port): Address already in use"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let third = try DaemonProcess.run([
      "serve", "--state-dir", folder.path, "--listen-unix", taken.socket, "--listen-tcp", "off",
    ])
    #expect(third.status == 69 && third.output.contains("another process answers there"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(taken.stop() == 0)
  }

  /// An organizer need not be in the daemon's group; without one the socket is closed to others.
  @Test(.enabled(if: geteuid() == 0)) func organizersReachTheSocket() async throws {
    let file = try TemporaryFolder(prefix: "bwt-org")
    defer { file.remove() }
    let config = file.path + "/settings.yaml"
    try "organizers: nobody\n".write(toFile: config, atomically: true, encoding: .utf8)
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), arguments: ["--config", config])
    #expect(try Self.ask(daemon.socket, as: "nobody").contains("role=organizer"))
    #expect(try Self.ask(daemon.socket, as: "games").contains("role=none"))
    try "log_level: info\n".write(toFile: config, atomically: true, encoding: .utf8)
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("reloaded changed=organizers")
    #expect(try Self.ask(daemon.socket, as: "nobody").contains("PermissionError"))
    #expect(daemon.stop() == 0)
  }

  /// What WHOAMI says to a user of this machine, in a group of its own.
  private static func ask(_ socket: String, as user: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    let script = """
      import socket, sys
      client = socket.socket(socket.AF_UNIX)
      client.connect(sys.argv[1])
      client.sendall(b"WHOAMI\\nQUIT\\n")
      for line in client.makefile(): print(line, end="", flush=True)
      """
    process.arguments = [
      "--reuid=\(user)", "--regid=nogroup", "--clear-groups", "/usr/bin/python3", "-c", script, socket,
    ]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return said
  }

  /// A policy stored before the criterion `co_investors` existed keeps its meaning.
  @Test func aPolicyOlderThanACriterionIsServed() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let client = try daemon.connect()
    try check(client, "FIRM ADD F-1 name=One sectors=ai stage=seed", "250 ok")
    try check(client, "INVESTOR ADD I-1 name=Two kind=vc sectors=ai", "250 ok")
    let connection = try await Connection.open(database, deadline: .seconds(30))
    try await connection.run(deadline: .seconds(30)) { session in
      try session.execute(
        """
        INSERT INTO policy (number, parameters, created_by)
          SELECT 2, parameters - 'co_investors_weight' || '{"stage_weight": 250000}', 'test' FROM policy WHERE number = 1;
        UPDATE publication SET policy = 2;
        """, name: "test")
    }
    await connection.close()
    #expect(daemon.stop() == 0)
    try await daemon.start()
    try check(daemon.connect(), "RESCORE wait=yes", "250 ok run=1.0 policy=2")
    #expect(
      try daemon.connect().ask("EXPLAIN I-1 F-1").contains {
        $0.contains("\"criterion\":\"co_investors\",\"points\":0,\"weight\":0")
      })
    #expect(daemon.stop() == 0)
  }
}
