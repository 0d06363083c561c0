import Foundation
import Testing

@testable import Settings

@Suite struct SettingsTests {
  private func settings(_ flags: [String], _ environment: [String: String] = [:]) throws -> Settings {
    try Settings(flags: flags, environment: environment, isRoot: false, installedFile: "/nonexistent")
  }

  private func file(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "bw-settings-\(UUID().uuidString).yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func complaint(_ flags: [String], _ environment: [String: String] = [:]) -> String {
    do {
      _ = try settings(flags, environment)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func flagsGoOverEnvironmentOverFileOverDefault() throws {
    let path = try file("state_dir: /from/file\nkeep_runs: 5\npool_connections: 3\nlog_level: debug\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let found = try settings(
      ["--config", path, "--keep-runs=7"], ["BELLWETHER_KEEP_RUNS": "6", "BELLWETHER_POOL_CONNECTIONS": "4"])
    #expect(found["state_dir"] == "/from/file")
    #expect(found.integer("keep_runs") == 7)
    #expect(found.integer("pool_connections") == 4)
    #expect(found["log_level"] == "debug")
    #expect(found.integer("keep_days") == 90)
    let report = found.report { _ in "redacted" }
    #expect(report.contains("\(path):1"))
    #expect(report.contains("$BELLWETHER_POOL_CONNECTIONS"))
  }

  @Test func loopbackIsWhatOnlyThisMachineReaches() throws {
    for host in ["127.0.0.1", "127.8.9.1", "localhost", "[::1]"] {
      #expect(Address("\(host):7411")?.isLoopback == true, "\(host)")
    }
    for host in ["127.example.com", "0.0.0.0", "[::]", "192.168.0.1"] {
      #expect(Address("\(host):7411")?.isLoopback == false, "\(host)")
    }
    for text in ["[[]]]]:1", "a]:1", "a:b:1", ":1", "x:65536", "x"] {
      #expect(Address(text) == nil, "\(text)")
    }
  }

  @Test func unknownSettingsAreRefusedByName() throws {
    #expect(complaint(["--state-dri", "/x"]) == "unknown flag --state-dri; did you mean --state-dir?")
    #expect(
      complaint(["--state-dir", "/x"], ["BELLWETHER_KEEP_RUN": "1"])
        == "unknown environment variable BELLWETHER_KEEP_RUN; did you mean BELLWETHER_KEEP_RUNS?")
    let path = try file("state_dir: /x\n\nkeep_dais: 3\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(complaint(["--config", path]) == "\(path):3: unknown setting keep_dais; did you mean keep_days?")
    #expect(complaint(["--state-dir", "/x"], ["BELLWETHER_CONNECT": "y"]) == "none")
  }

  @Test(arguments: [
    ("state_dir: [a, b]\n", "without lists"), ("state_dir: {a: b}\n", "without lists"),
    ("- a\n", "without lists"), ("keep_runs: 5\n---", ":2: settings are lines"),
    ("keep_runs: 0\n", "is not a whole number from 1"), ("keep_runs: 5\nkeep_runs: 6\n", "stands twice"),
    ("state_dir: \"x\n", ":"), ("listen_tcp: nowhere\n", "is not host:port"),
  ])
  func wrongFilesSayWhere(_ text: String, _ words: String) throws {
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let said = complaint(["--state-dir", "/x", "--config", path])
    #expect(said.hasPrefix(path), "\(said)")
    #expect(said.contains(words), "\(said)")
  }

  /// A line that the file has, though libyaml finds an open end in the line after it and gives broken text none.
  @Test(arguments: [
    (Array("state_dir: /x\nkeep_".utf8), 2), (Array("state_dir: \"x\n".utf8), 1), (Array("a: 1\n{b".utf8), 2),
    (Array("a: 1\nb: ".utf8) + [0xFF, 10], 2), (Array("a: 1\n\nb: \u{1}\n".utf8), 3),
  ])
  func brokenFilesNameALine(_ bytes: [UInt8], _ line: Int) {
    do throws(SettingsError) {
      _ = try YAMLFile.parse(bytes, path: "f")
      Issue.record("it is read")
    } catch { #expect(error.description.hasPrefix("f:\(line):"), "\(error)") }
  }

  @Test func whatCannotBeTogetherIsRefused() {
    #expect(complaint([]).hasPrefix("state_dir is not set"))
    #expect(complaint(["--state-dir", "/x", "--listen-tcp", "0.0.0.0:7411"]).contains("not encrypted"))
    #expect(
      complaint(["--state-dir", "/x", "--listen-tcp", "0.0.0.0:7411", "--plain-tcp-anywhere", "yes"])
        == "none")
    #expect(complaint(["--state-dir", "/x", "--state-dir", "/y"]).contains("twice"))
    #expect(complaint(["--state-dir"]).contains("needs a value"))
    let tls = ["--state-dir", "/x", "--tls-certificate", "/c", "--tls-key", "/k"]
    #expect(complaint(tls) == "none")
    #expect(complaint(Array(tls.prefix(4))).contains("tls_certificate goes with tls_key"))
    #expect(complaint(["--state-dir", "/x", "--tls-key", "/k"]).contains("goes with tls_certificate"))
    #expect(complaint(["--state-dir", "/x", "--tls-client-ca", "/a"]).contains("goes with tls_certificate"))
    #expect(complaint(["--state-dir", "/x", "--listen-tls", "0.0.0.0:1"]).contains("needs tls_certificate"))
    #expect(complaint(tls + ["--tls-client-certificate", "required"]).contains("needs tls_client_ca"))
    #expect(!complaint(["--database", ""]).contains("none"))
  }

  @Test func everyWrongSettingIsNamedAtOnce() throws {
    let path = try file("keep_runs: 0\nkeep_dais: 3\nlog_level: loud\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let said = complaint(["--config", path, "--keep-days", "x"], ["BELLWETHER_POOL_CONNECTIONS": "0"])
    #expect(
      said.split(separator: "\n").map { $0.prefix { $0 != " " } } == [
        "\(path):1:", "\(path):2:", "\(path):3:", "$BELLWETHER_POOL_CONNECTIONS:", "--keep-days:",
      ], "\(said)")
  }

  @Test func changesAreSortedByWhatTheyNeed() throws {
    let before = try settings(["--state-dir", "/x", "--keep-runs", "7"])
    let after = try settings(["--state-dir", "/y", "--keep-runs", "8", "--log-level", "debug"])
    let changes = before.changes(to: after)
    #expect(changes.live == ["keep_runs", "log_level"] && changes.atStart == ["state_dir"])
    let taken = before.taking(changes.live, from: after)
    #expect(taken["state_dir"] == "/x" && taken.integer("keep_runs") == 8)
    #expect(taken.changes(to: after).live.isEmpty)
  }

  @Test func aLongValueDoesNotWidenTheReport() throws {
    let report = try settings(["--database", String(repeating: "x", count: 300)]).report { $0 }
    #expect(report.split(separator: "\n").count { $0.count > 110 } == 1)
  }

  @Test func rootHasAStateDirectory() throws {
    let found = try Settings(flags: [], environment: [:], isRoot: true, installedFile: "/nonexistent")
    #expect(found["state_dir"] == "/var/lib/bellwether")
    #expect(found.unnamedStateDirectory == "/var/lib/bellwether")
    #expect(try settings(["--state-dir", "/x"]).unnamedStateDirectory == nil)
  }

  /// Every setting is documented in one place, and the example file loads.
  @Test func documentsAreTrue() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let text = try String(contentsOfFile: root + "/docs/CONFIGURATION.md", encoding: .utf8)
    #expect(
      text.contains(SettingTable.markdown), "docs/CONFIGURATION.md should hold:\n\(SettingTable.markdown)")
    let example = root + "/deploy/bellwether.yaml"
    let shown = try String(contentsOfFile: example, encoding: .utf8)
    for setting in SettingTable.all { #expect(shown.contains("\(setting.name):"), "\(setting.name)") }
    // All lines that are commented out are right as well.
    let path = try file(shown.replacingOccurrences(of: "\n#", with: "\n"))
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try settings(["--config", path])
  }
}
