import Foundation
import Glibc
import TestSupport
import Testing

/// The client at a terminal: a pseudo-terminal, a real daemon, and what a person would see.
@Suite struct PromptTests {
  /// The client on a pseudo-terminal of its own.
  final class Terminal {
    private let master: Int32
    private let process = Process()
    private(set) var text = ""

    init(
      _ arguments: [String], on daemon: DaemonProcess, columns: UInt16 = 120,
      environment: [String: String] = [:]
    )
      throws
    {
      master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>, macros that Swift does not import.
      var (lock, number): (Int32, UInt32) = (0, 0)
      #expect(
        master >= 0 && ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
      var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      #expect(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
      let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      let handle = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
      process.executableURL = URL(fileURLWithPath: DaemonProcess.programs + "/bellwether")
      process.arguments = ["--connect", daemon.socket, "--color", "never"] + arguments
      process.environment = [
        "PATH": "/usr/bin:/bin", "TERM": "xterm", "HOME": daemon.folder.path, "LANG": "C.UTF-8",
      ].merging(environment) { $1 }
      process.standardInput = handle
      process.standardOutput = handle
      process.standardError = handle
      try process.run()
    }

    deinit { close(master) }

    /// Types, and reads until the text that follows it holds this.
    @discardableResult func type(_ keys: String, until wanted: String) throws -> String {
      let before = text.count
      if !keys.isEmpty { _ = keys.withCString { write(master, $0, strlen($0)) } }
      while !wanted.isEmpty, !text.dropFirst(before).contains(wanted) {
        guard try read() else {
          Issue.record("\(keys) was not followed by \(wanted): \(text.dropFirst(before))")
          break
        }
      }
      return String(text.dropFirst(before))
    }

    /// Reads to the end; the exit status.
    func finish() throws -> Int32 {
      while try read() {}
      process.waitUntilExit()
      return process.terminationStatus
    }

    private func read() throws -> Bool {
      var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      // Far beyond what any answer takes; a test that hangs says so.
      guard poll(&wait, 1, 60_000) > 0 else { return false }
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = Glibc.read(master, &bytes, bytes.count)
      guard count > 0 else { return false }
      text += String(decoding: bytes[..<count], as: UTF8.self).replacingOccurrences(of: "\r", with: "")
      return true
    }
  }

  private static func daemon() async throws -> DaemonProcess {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let root = try daemon.connect()
    let rows = (10..<40).map {
      "{\"code\":\"F-\($0)\",\"name\":\"Firm number \($0)\",\"name_zh\":\"企业\($0)\",\"sectors\":\"quantum_sensing\",\"stage\":\"seed\"}"
    }
    #expect(try root.upload("IMPORT firm", rows).last?.hasPrefix("250 ok") == true)
    for line in [
      "FIRM ADD KD name=\"Kedao Quantum\" name_zh=科道量子 sectors=quantum_sensing stage=seed ask=9M currency=CNY",
      "FIRM ADD twin-1 name=Twin sectors=ai stage=seed retired=no",
      "FIRM ADD twin-2 name=Twin sectors=ai stage=seed",
      "INVESTOR ADD I-1 name=\"City Seed Fund\" kind=vc sectors=quantum stages=seed",
      "INVESTOR ADD I-2 name=\"Other Fund\" kind=vc sectors=quantum stages=seed", "RESCORE wait=yes",
      "INTRO PROPOSE I-1 KD",
    ] {
      #expect(try root.ask(line).last?.hasPrefix("250 ok") == true, "\(line)")
    }
    return daemon
  }

  private static let prompt = "bellwether> "

  /// What the footer says can be typed where it stands.
  @Test func theFootersHintsWorkInThePrompt() async throws {
    let daemon = try await Self.daemon()
    let terminal = try Terminal([], on: daemon)
    try terminal.type("", until: Self.prompt)
    #expect(try terminal.type("firm list --limit 10\r", until: Self.prompt).contains("more: --all"))
    #expect(try terminal.type("firm list --all\r", until: Self.prompt).contains("33 rows"))
    let json = try terminal.type("firm list --limit 1 --format json\r", until: "--after")
    #expect(json.contains("{\"code\":\"F-10\""))
    try terminal.type("\r", until: Self.prompt)
    // Only that command was shown so.
    #expect(!(try terminal.type("firm list --limit 2\r", until: "rows")).contains("{"))
    try terminal.type("\r", until: Self.prompt)
    for (format, mark) in [("tsv", "code\tname"), ("json", "{\"code\""), ("table", "code  name")] {
      try terminal.type("format \(format)\r", until: "rows are shown as \(format)")
      #expect(
        try terminal.type("firm list limit=2\r", until: "F-11").replacingOccurrences(of: "   ", with: "")
          .contains(mark) || format == "table", "\(format)")
      try terminal.type("\r", until: Self.prompt)
    }
    #expect(try terminal.type("format tabel\r", until: Self.prompt).contains("did you mean table?"))
    #expect(try terminal.type("deals I-1 --help\r", until: Self.prompt).contains("usage: bellwether deals"))
    #expect(try terminal.type("delas I-1\r", until: Self.prompt).contains("did you mean DEALS?"))
    try terminal.type("quit\r", until: "")
    #expect(try terminal.finish() == 0)
    #expect(daemon.stop() == 0)
  }

  @Test func peopleTypeScoresAsTheyReadThem() async throws {
    let daemon = try await Self.daemon()
    let terminal = try Terminal([], on: daemon)
    try terminal.type("", until: Self.prompt)
    let all = try daemon.connect().ask("DEALS I-1 limit=100")
    let best = try #require(
      all.first.flatMap { $0.firstMatch(of: /"score":(\d+)/)?.output.1 }.flatMap { Int($0) })
    let above = Double(best + 1_000) / 10_000
    #expect(best > 10_000 && above < 100)
    for line in ["deals I-1 min_score=\(above)", "deals I-1 --min-score \(above)"] {
      #expect(!(try terminal.type("\(line)\r", until: Self.prompt)).contains("F-10"), "\(line)")
    }
    #expect(try terminal.type("deals I-1 min_score=1 limit=100\r", until: Self.prompt).contains("F-10"))
    #expect(try terminal.type("deals I-1 min_score=850\r", until: Self.prompt).contains("0 to 100"))
    #expect(try terminal.type("explain I-1 KD\r", until: Self.prompt).contains("30.0"))
    try terminal.type("quit\r", until: "")
    #expect(try terminal.finish() == 0)
    #expect(daemon.stop() == 0)
  }

  @Test func namesDoForCodes() async throws {
    let daemon = try await Self.daemon()
    let terminal = try Terminal([], on: daemon)
    try terminal.type("", until: Self.prompt)
    #expect(try terminal.type("firm get 科道量子\r", until: Self.prompt).contains("Kedao Quantum"))
    #expect(try terminal.type("deals \"city seed fund\" limit=100\r", until: Self.prompt).contains("KD"))
    let twins = try terminal.type("firm get Twin\r", until: Self.prompt)
    #expect(twins.contains("is the name of 2: twin-1 (Twin), twin-2 (Twin); give the code"))
    let none = try terminal.type("firm get \"Kedao Quant\"\r", until: Self.prompt)
    #expect(none.contains("no firm is called") && none.contains("KD (Kedao Quantum)"))
    // A name stands beside each code.
    let list = try terminal.type("intro list\r", until: Self.prompt)
    #expect(list.contains("City Seed Fund") && list.contains("Kedao Quantum"))
    try terminal.type("quit\r", until: "")
    #expect(try terminal.finish() == 0)
    #expect(daemon.stop() == 0)
  }

  @Test func tabCompletesFromTheDaemon() async throws {
    let daemon = try await Self.daemon()
    let terminal = try Terminal([], on: daemon)
    try terminal.type("", until: Self.prompt)
    #expect(try terminal.type("firm get K\t\r", until: Self.prompt).contains("Kedao Quantum"))
    #expect(try terminal.type("firm get twin-\t\t", until: "twin-2").contains("twin-1"))
    try terminal.type("1\r", until: Self.prompt)
    #expect(try terminal.type("deals I-1 sector=quantum_sen\t\r", until: Self.prompt).contains("row"))
    try terminal.type("quit\r", until: "")
    #expect(try terminal.finish() == 0)
    #expect(daemon.stop() == 0)
  }

  /// An investor finds its own list and nothing beyond, and is shown what it may use.
  @Test func aPartyFindsOnlyWhatItMaySee() async throws {
    let daemon = try await Self.daemon()
    let root = try daemon.connect()
    let token = try root.newToken("t role=investor investor=I-1")
    let firm = try root.newToken("f role=firm firm=KD")
    let client = try daemon.connectByTCP()
    #expect(try client.ask("AUTH TOKEN \(token)").last?.hasPrefix("250 ok") == true)
    #expect(try client.ask("FIND investor \"City Seed Fund\"").count == 2)
    // Another investor, one that is there and one that is not, are the same to it.
    #expect(try client.ask("FIND investor \"Other Fund\"") == ["250 ok rows=0"])
    #expect(try client.ask("FIND investor codes=I-2") == ["250 ok rows=0"])
    #expect(try client.ask("FIND person x") == ["250 ok rows=0"])
    #expect(try client.ask("FIND firm 科道量子").first?.contains("\"code\":\"KD\"") == true)
    let help = try client.ask("HELP").joined(separator: "\n")
    #expect(help.contains("DEALS") && help.contains("These are the commands for investor."))
    #expect(!help.contains("RESCORE") && !help.contains("FIRM MERGE") && help.contains("INVESTOR SET"))
    #expect(try client.ask("HELP RESCORE").contains { $0.contains("not for this role, but for organizer") })
    let other = try daemon.connectByTCP()
    #expect(try other.ask("AUTH TOKEN \(firm)").last?.hasPrefix("250 ok") == true)
    #expect(try other.ask("FIND party").count == 2)
    #expect(try other.ask("FIND investor City") == ["250 ok rows=0"])
    #expect(try root.ask("FIND party codes=KD,I-2,nobody").count == 3)
    #expect(daemon.stop() == 0)
  }

  @Test func aDigestIsReadAtATerminalAndSentThroughAPipe() async throws {
    let daemon = try await Self.daemon()
    let root = try daemon.connect()
    #expect(try root.ask("FIRM SET KD stage=growth").last?.hasPrefix("250 ok") == true)
    #expect(try root.ask("RESCORE wait=yes scope=all").last?.hasPrefix("250 ok") == true)
    let terminal = try Terminal(["digest", "I-1"], on: daemon)
    let status = try terminal.finish()
    #expect(status == 0, "\(terminal.text)")
    #expect(terminal.text.contains("Subject:") && terminal.text.contains("City Seed Fund"))
    #expect(!terminal.text.contains("Content-Transfer-Encoding") && !terminal.text.contains("<html"))
    #expect(!terminal.text.contains("=E7=A7=91"))
    #expect(daemon.stop() == 0)
  }
}
