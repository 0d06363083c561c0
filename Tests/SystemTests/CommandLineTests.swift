import Foundation
import TestSupport
import Testing

/// What `bellwetherd` says of its command line.
@Suite struct CommandLineTests {
  @Test func everySubcommandHelps() throws {
    let help = try DaemonProcess.run(["--help"])
    #expect(help.status == 0)
    let settings = help.output.split(separator: "\n").filter {
      $0.contains("--state-dir  ") || $0.contains("--database  ")
    }
    #expect(settings.count == 2 && settings.allSatisfy { $0.hasPrefix("  --") }, "\(settings)")
    for arguments in [["serve", "--help"], ["migrate", "-h"], ["check-config", "--help"]] {
      let said = try DaemonProcess.run(arguments)
      #expect(said.status == 0 && said.output == help.output, "\(arguments)")
    }
  }

  @Test func aFileIsNoStateDirectory() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.path + "/sfile"
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    let said = try DaemonProcess.run(["serve", "--state-dir", file, "--listen-tcp", "off"])
    #expect(said.status == 78 && said.output.contains("\(file) is not a directory"), "\(said.output)")
  }

  @Test func checkConfigShowsNoPassword() throws {
    let said = try DaemonProcess.run([
      "check-config", "--database", "postgresql://bw:secret@db/bw", "--owner-database",
      "host=db user=o password=hidden sslpassword=hidden",
    ])
    #expect(said.status == 0 && said.output.contains("password=***"), "\(said.output)")
    #expect(!said.output.contains("secret") && !said.output.contains("hidden"))
  }
}
