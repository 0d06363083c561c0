import Foundation
import TestSupport
import Testing

/// The demo runs from a clone that nobody but its owner can enter, PostgreSQL's user not either.
@Suite struct DemoTests {
  @Test func demoRunsFromAPrivateClone() throws {
    let folder = try TemporaryFolder(prefix: "bwt-c")
    defer { folder.remove() }
    let files = FileManager.default
    let clone = folder.path + "/clone"
    try files.createDirectory(atPath: clone + "/examples", withIntermediateDirectories: true)
    for part in ["deploy", "examples/hefei"] {
      try files.copyItem(atPath: "\(repository)/\(part)", toPath: "\(clone)/\(part)")
    }
    try files.createDirectory(atPath: clone + "/programs", withIntermediateDirectories: true)
    for program in ["bellwetherd", "bellwether"] {
      try files.copyItem(
        atPath: "\(DaemonProcess.programs)/\(program)", toPath: "\(clone)/programs/\(program)")
    }
    try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: clone)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: clone + "/deploy/demo")
    process.arguments = ["--once"]
    process.environment = ProcessInfo.processInfo.environment
      .merging(["DEMO_PROGRAMS": clone + "/programs"]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("rank") && text.contains("co_investors"), "\(text)")
  }
}
