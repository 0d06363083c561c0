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

  @Test func aReportIsAFile() async throws {
    let daemon = try await Self.daemon()
    let page = try Self.run(["report", "city", "--format", "html", "--language", "zh"], on: daemon)
    #expect(page.output.hasPrefix("<!DOCTYPE html>\n<html lang=\"zh\">"))
    #expect(page.output.hasSuffix("</body></html>\n") && page.errors.isEmpty && page.status == 0)
    let rows = try Self.run(["report", "city", "--format=csv", "--as-of", "2020-01-31"], on: daemon)
    #expect(
      rows.output.hasPrefix("as_of,section,item,name,measure,value,unit\r\n2020-01-31,stages,pre_seed,,"))
    #expect(rows.output.hasSuffix("\r\n") && rows.errors.isEmpty)
    // Without one of its own it is text, not what rows of other commands are.
    let text = try Self.run(["--format", "json", "report", "city"], on: daemon)
    #expect(text.output.hasPrefix("City report (as of ") && text.errors.isEmpty)
    let late = try Self.run(["report", "city", "--as-of", "2999-01-01"], on: daemon)
    #expect(late.output.isEmpty && late.status == 64 && late.errors.contains("2999-01-01 is yet to come"))
    #expect(daemon.stop() == 0)
  }

  @Test func anImportSpeaksOfLinesAndFlags() async throws {
    let daemon = try await Self.daemon()
    let file = daemon.folder.path + "/sheet.csv"
    let sheet = """
      企业编号,企业名称,技术领域,发展阶段,融资金额（万元）,电话
      F-1,Müller Söhne,人工智能,A轮,500,1
      F-2,Zwei,人工智能,Z轮,viel,2

      F-1,Eins,人工智能,A轮,500,3
      """
    try sheet.write(toFile: file, atomically: true, encoding: .utf8)
    let unknown = try Self.run(["import", "firm", file], on: daemon)
    #expect(unknown.status == 65 && unknown.errors.contains("\"电话\"") && !unknown.errors.contains("FIELD"))
    let refused = try Self.run(["import", "firm", file, "--skip-unknown"], on: daemon)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("left out, meaning nothing here: \"电话\""))
    #expect(refused.errors.contains("sheet.csv:3: field stage:"))
    #expect(refused.errors.contains("sheet.csv:3: field ask:"))
    #expect(refused.errors.contains("sheet.csv:5: field code: names the same firm as line 2\n"))
    #expect(refused.errors.contains("; --partial takes the others"), "\(refused.errors)")
    let taken = try Self.run(["import", "firm", file, "--skip-unknown", "--partial"], on: daemon)
    #expect(taken.status == 0 && taken.output.contains("1 added"))
    let row = try daemon.connect().ask("FIRM GET F-1")[0]
    #expect(row.contains("Müller Söhne") && row.contains("\"ask\":5000000,\"currency\":\"CNY\""), "\(row)")
    #expect(daemon.stop() == 0)
  }

  @Test func anInterruptedExportLeavesNothing() async throws {
    let daemon = try await Self.daemon()
    let rows = (0..<30_000).map {
      "{\"code\":\"F-\($0)\",\"name\":\"Firm \($0)\",\"sectors\":\"ai\",\"stage\":\"seed\"}"
    }
    #expect(try daemon.connect().upload("IMPORT firm", rows).last?.hasPrefix("250 ok") == true)
    let folder = daemon.folder.path + "/export"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: DaemonProcess.programs + "/bellwether")
    process.arguments = ["--connect", daemon.socket, "export", "firm", folder + "/firms.csv"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    func left() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }
    while process.isRunning, left().isEmpty { usleep(500) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal, "\(process.terminationStatus)")
    #expect(left().isEmpty, "\(left())")
    #expect(daemon.stop() == 0)
  }

  @Test func aByteOrderMarkIsNamed() async throws {
    let daemon = try await Self.daemon()
    let reply = try daemon.connect().ask("\u{FEFF}PING").last
    #expect(reply == "500 syntax column=1: the line begins with a byte order mark; send UTF-8 without one")
    #expect(daemon.stop() == 0)
  }
}
