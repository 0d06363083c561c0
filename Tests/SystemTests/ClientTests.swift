import Foundation
import TestSupport
import Testing

/// The client as a script runs it, against a real daemon: what goes to standard output, what to standard error.
@Suite struct ClientTests {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
    var lines: [Substring] { output.split(separator: "\n") }
  }

  private static func run(
    _ arguments: [String], on daemon: DaemonProcess, in folder: TemporaryFolder? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: DaemonProcess.programs + "/bellwether")
    process.arguments = ["--connect", daemon.socket] + arguments
    process.environment = ["PATH": "/usr/bin:/bin"]
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder.path) }
    // Files, so that no pipe can fill up while the other is read.
    let names = ["out", "err"].map { daemon.folder.path + "/client.\($0)" }
    for name in names { _ = FileManager.default.createFile(atPath: name, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: names[0]))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: names[1]))
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let texts = try names.map { try String(contentsOfFile: $0, encoding: .utf8) }
    return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  private static func daemon() async throws -> DaemonProcess {
    try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
  }

  @Test func aPipeLosesNothing() async throws {
    let daemon = try await Self.daemon()
    let rows = (0..<1_234).map {
      "{\"code\":\"F-\($0)\",\"name\":\"Firm \($0)\",\"sectors\":\"ai\",\"stage\":\"seed\"}"
    }
    let client = try daemon.connect()
    #expect(try client.upload("IMPORT firm", rows).last?.hasPrefix("250 ok") == true)

    let page = try Self.run(["firm", "list"], on: daemon)
    #expect(page.lines.count == 20 && page.errors == "250 ok rows=20 next=F-1014\n")
    let all = try Self.run(["firm", "list", "--all"], on: daemon)
    #expect(all.lines.count == 1_234 && Set(all.lines).count == 1_234 && all.errors.isEmpty)
    let table = try Self.run(["--format", "tsv", "firm", "list", "--all", "--limit", "500"], on: daemon)
    #expect(table.lines.count == 1_235 && table.lines.count { $0.hasPrefix("code\t") } == 1)
    #expect(try Self.run(["whoami", "--all"], on: daemon).status == 64)

    let added = try Self.run(["investor", "add", "I-1", "--name", "One", "--kind", "vc"], on: daemon)
    #expect(added.output == "{\"reply\":\"ok\",\"code\":\"I-1\",\"version\":1}\n" && added.errors.isEmpty)
    let scored = try Self.run(["rescore", "--wait"], on: daemon)
    #expect(scored.output.hasPrefix("{\"reply\":\"ok\",\"run\":\"1.0\",\"policy\":1,\"investors\":1,"))
    #expect(try Self.run(["whoami"], on: daemon).output.hasPrefix("{\"reply\":\"ok\",\"principal\":"))
    let explained = try Self.run(["explain", "I-1", "F-7"], on: daemon)
    #expect(explained.lines.count == 7 && explained.errors.hasPrefix("250 ok rows=7 score="))
    // With nothing to say beside the rows nothing is said.
    #expect(try Self.run(["firm", "get", "F-7"], on: daemon).errors.isEmpty)
    #expect(daemon.stop() == 0)
  }
}
