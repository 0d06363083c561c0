import Foundation
import Store
import TestSupport
import Testing

/// `bellwether watch`, as a person and a service run it.
@Suite(.timeLimit(.minutes(20))) struct WatchClientTests {
  /// A client that runs beside the test, with what it writes in files.
  private final class Client {
    let process = Process()
    let output: String
    let errors: String

    init(_ arguments: [String], on daemon: DaemonProcess, as name: String) throws {
      (output, errors) = (daemon.folder.path + "/\(name).out", daemon.folder.path + "/\(name).err")
      for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
      process.executableURL = URL(fileURLWithPath: DaemonProcess.programs + "/bellwether")
      process.arguments = ["--connect", daemon.socket, "watch"] + arguments
      process.environment = ["PATH": "/usr/bin:/bin"]
      process.currentDirectoryURL = URL(fileURLWithPath: daemon.folder.path)
      process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
      process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func wait() -> Int32 {
      process.waitUntilExit()
      return process.terminationStatus
    }
  }

  private static func lines(_ path: String) -> [String] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  /// Waits until a file has so many lines, and the last of them is this one.
  private static func await(_ count: Int, linesOf path: String, last: String? = nil) async throws -> [String]
  {
    let limit = ContinuousClock.now + .seconds(120)
    while true {
      let found = lines(path)
      if found.count >= count, last == nil || found.last == last { return found }
      guard ContinuousClock.now < limit else {
        throw LineClient.Failure(description: "\(path) has \(found.count) lines of \(count)")
      }
      // There is nothing to wait on but the file.
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private static func sequences(_ lines: [String]) throws -> [Int] {
    try lines.map { try LineClient.sequence("650-" + $0) }
  }

  private static func daemon() async throws -> (DaemonProcess, IntroductionWriter, introduction: Int) {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let root = try daemon.connect()
    try check(root, "INVESTOR ADD I-1 name=One kind=vc sectors=ai", "250 ok")
    try check(root, "FIRM ADD F-1 name=One sectors=ai stage=seed", "250 ok")
    let writer = IntroductionWriter(database: database)
    return (daemon, writer, try await writer.propose("I-1", "F-1"))
  }

  @Test func eachEventIsALine() async throws {
    let (daemon, writer, introduction) = try await Self.daemon()
    let client = try Client(["--since", "0"], on: daemon, as: "watch")
    _ = try await Self.await(1, linesOf: client.output)
    for round in 1...3 {
      if round == 2 {
        daemon.kill()
        try await writer.ask(introduction, "while nobody was there")
        try await daemon.start()
      }
      try await writer.ask(introduction, "round \(round)")
    }
    let lines = try await Self.await(5, linesOf: client.output)
    #expect(try Self.sequences(lines) == [1, 2, 3, 4, 5])
    #expect(lines.allSatisfy { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil })
    client.signal(SIGINT)
    #expect(client.wait() == 0)
    #expect(Self.lines(client.errors).isEmpty)
    #expect(daemon.stop() == 0)
  }

  @Test func aCommandIsRunForEachEventOverRestarts() async throws {
    let (daemon, writer, introduction) = try await Self.daemon()
    let arguments = [
      "--since", "0", "--state", "done", "--exec",
      #"cat >> events; echo "$BELLWETHER_SEQ $BELLWETHER_INTRODUCTION $BELLWETHER_ACTION $BELLWETHER_STATE" >> ran"#,
    ]
    let (events, ran) = (daemon.folder.path + "/events", daemon.folder.path + "/ran")
    var client = try Client(arguments, on: daemon, as: "first")
    _ = try await Self.await(1, linesOf: ran)
    var count = 1
    for end in 0..<3 {
      daemon.kill()
      for round in 0..<5 { try await writer.ask(introduction, "\(end) \(round)") }
      try await daemon.start()
      count += 5
      _ = try await Self.await(count, linesOf: ran)
    }
    client.signal(SIGTERM)
    #expect(client.wait() == 0)
    try await writer.ask(introduction, "while nobody watches")
    // Where it begins is what the file says, whatever else.
    client = try Client(arguments, on: daemon, as: "second")
    count += 1
    _ = try await Self.await(count, linesOf: ran)
    // Killed at any moment it may do the last one again, and leaves none out.
    client.signal(SIGKILL)
    _ = client.wait()
    client = try Client(arguments, on: daemon, as: "third")
    try await writer.ask(introduction, "the last")
    let lines = try await Self.await(
      count, linesOf: ran, last: "\(count + 1) \(introduction) ask proposed")
    client.signal(SIGTERM)
    #expect(client.wait() == 0)
    #expect(Self.lines(daemon.folder.path + "/done") == ["\(count + 1)"])
    let twice = lines.count - count - 1
    #expect((0...1).contains(twice))
    var done = try Self.sequences(Self.lines(events))
    if twice == 1 { done.remove(at: try #require(done.firstIndex(of: count))) }
    #expect(done == Array(1...(count + 1)))
    #expect(lines.first == "1 \(introduction) propose proposed")
    #expect(daemon.stop() == 0)
  }

  @Test func aCommandThatFailsIsTriedAgainAndThenNamed() async throws {
    let (daemon, writer, introduction) = try await Self.daemon()
    for round in 0..<2 { try await writer.ask(introduction, "\(round)") }
    // The second event fails twice, the third for good.
    let script = #"""
      echo $BELLWETHER_SEQ >> tries
      case $BELLWETHER_SEQ in 2) [ $(grep -c 2 tries) = 3 ];; 3) exit 7;; esac
      """#
    let client = try Client(["--since", "0", "--state", "done", "--exec", script], on: daemon, as: "watch")
    #expect(client.wait() == 75)
    #expect(
      Self.lines(daemon.folder.path + "/tries") == ["1", "2", "2", "2"] + Array(repeating: "3", count: 5))
    #expect(Self.lines(daemon.folder.path + "/done") == ["2"])
    #expect(Self.lines(client.errors).last?.contains("ended with status 7 for event 3, 5 times") == true)
    #expect(daemon.stop() == 0)
  }

  /// What runs when it is told to end comes to its own end, and is done.
  @Test(arguments: [SIGTERM, SIGINT]) func theCommandUnderWayMayFinish(_ signal: Int32) async throws {
    let (daemon, writer, introduction) = try await Self.daemon()
    try await writer.ask(introduction, "never reached")
    #expect(mkfifo(daemon.folder.path + "/gate", 0o600) == 0)
    let client = try Client(
      [
        "--since", "0", "--state", "done", "--exec",
        "echo begun >> begun; read line < gate; echo $line >> ended",
      ],
      on: daemon, as: "watch")
    _ = try await Self.await(1, linesOf: daemon.folder.path + "/begun")
    client.signal(signal)
    let gate = try FileHandle(forWritingTo: URL(fileURLWithPath: daemon.folder.path + "/gate"))
    try gate.write(contentsOf: Data("through\n".utf8))
    try gate.close()
    #expect(client.wait() == 0)
    #expect(Self.lines(daemon.folder.path + "/ended") == ["through"])
    #expect(Self.lines(daemon.folder.path + "/begun") == ["begun"])
    #expect(Self.lines(daemon.folder.path + "/done") == ["1"])
    #expect(daemon.stop() == 0)
  }

  /// Told to end while it waits, for events or for a daemon that is away, it ends.
  @Test func endsWhileItWaits() async throws {
    let (daemon, _, _) = try await Self.daemon()
    let (idle, lost) = (
      try Client(["--state", "one"], on: daemon, as: "idle"),
      try Client(["--state", "two"], on: daemon, as: "lost")
    )
    for name in ["one", "two"] {
      #expect(try await Self.await(1, linesOf: "\(daemon.folder.path)/\(name)") == ["1"])
    }
    idle.signal(SIGTERM)
    #expect(idle.wait() == 0)
    daemon.kill()
    lost.signal(SIGTERM)
    #expect(lost.wait() == 0)
  }

  @Test func whatCannotBeMendedEndsIt() async throws {
    let (daemon, _, _) = try await Self.daemon()
    try "nonsense".write(toFile: daemon.folder.path + "/bad", atomically: true, encoding: .utf8)
    for (arguments, status, words) in [
      (["--since", "99"], 64, "the newest is 1"), (["--since", "-1"], 64, "no number"),
      (["--state", "bad"], 65, "bad holds no number"), (["--state", "no/such/folder"], 73, "cannot create"),
      (["now"], 64, "takes no \"now\""),
    ] as [([String], Int32, String)] {
      let client = try Client(arguments, on: daemon, as: "watch")
      #expect(client.wait() == status, "\(arguments)")
      #expect(Self.lines(client.errors).last?.contains(words) == true, "\(Self.lines(client.errors))")
    }
    #expect(daemon.stop() == 0)
    let client = try Client([], on: daemon, as: "watch")
    #expect(client.wait() == 69)
  }
}
