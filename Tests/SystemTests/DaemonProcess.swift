import Foundation
import Store
import TestSupport

/// A real `bellwetherd` on a folder of its own, ended when the test is done with it.
final class DaemonProcess: @unchecked Sendable {
  struct DidNotStart: Error, CustomStringConvertible { var description: String }

  let folder: TemporaryFolder
  let socket: String
  private(set) var process: Process
  private let arguments: [String]
  private let environment: [String: String]
  let log: String

  /// The folder of the built programs: the one this test bundle lies in, unless `BELLWETHER_PROGRAMS` names another.
  static let programs: String = {
    if let folder = ProcessInfo.processInfo.environment["BELLWETHER_PROGRAMS"] { return folder }
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    // The runner may be the toolchain's; the bundle is then named in its arguments.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
    return (bundle ?? executable).deletingLastPathComponent().path
  }()

  /// Starts a daemon and returns once it answers.
  /// - Parameters:
  ///   - database: an existing database; nil for the embedded cluster.
  ///   - variables: of its environment, beside those of the test.
  ///   - migrates: whether the daemon may bring that database's schema forward.
  init(
    database: ConnectionString?, migrates: Bool = true, tcp: String = "off", arguments extra: [String] = [],
    folder: TemporaryFolder? = nil, variables: [String: String] = [:]
  ) async throws {
    self.folder = try folder ?? TemporaryFolder(prefix: "bwt-d")
    socket = self.folder.path + "/bellwether.sock"
    log = self.folder.path + "/daemon.log"
    var arguments = ["serve", "--state-dir", self.folder.path, "--listen-tcp", tcp]
    if let database {
      arguments += ["--database", Self.conninfo(database)]
      if migrates { arguments += ["--owner-database", Self.conninfo(database)] }
    }
    // A test may be kept waiting by others for longer than a client has.
    if !extra.contains("--sign-in-timeout-ms") { arguments += ["--sign-in-timeout-ms", "600000"] }
    self.arguments = arguments + extra
    environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BELLWETHER_") }
      .merging(variables) { $1 }
    process = Process()
    try await start()
  }

  /// A test cluster has no passwords, so a few keywords say it all.
  static func conninfo(_ database: ConnectionString) -> String {
    ["host", "port", "user", "dbname", "target_session_attrs"].compactMap { key in
      database[key].map { "\(key)=\($0)" }
    }
    .joined(separator: " ")
  }

  /// Starts it, for the first time or again.
  func start() async throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: Self.programs + "/bellwetherd")
    process.arguments = arguments
    process.environment = environment
    if !FileManager.default.fileExists(atPath: log) {
      _ = FileManager.default.createFile(atPath: log, contents: nil)
    }
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let before = Int(output.seekToEndOfFile())
    process.standardError = output
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let limit = ContinuousClock.now + .seconds(60)
    while true {
      // The socket may answer before the other listeners do.
      let said = FileManager.default.contents(atPath: log)?.dropFirst(before) ?? Data()
      if said.range(of: Data(" ready version=".utf8)) != nil, let client = try? LineClient(socket: socket),
        (try? client.greeting()) != nil
      {
        return
      }
      // Asked after the look: tests that block may have kept this one waiting for longer than the daemon took.
      guard process.isRunning, ContinuousClock.now < limit else { break }
      // There is nothing to wait on but the log and the socket.
      try await Task.sleep(for: .milliseconds(10))
    }
    let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    kill()
    throw DidNotStart(description: "bellwetherd did not answer; its log:\n\(words.suffix(4_000))")
  }

  /// Runs the program to its end.
  static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: programs + "/bellwetherd")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BELLWETHER_") }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  func connect() throws -> LineClient {
    let client = try LineClient(socket: socket)
    _ = try client.greeting()
    return client
  }

  /// Connects over TCP.
  func connectByTCP() throws -> LineClient {
    let client = try LineClient(port: try tcpPort)
    _ = try client.greeting()
    return client
  }

  /// The ports of the listeners, by the log.
  var tcpPort: UInt16 { get throws { try port(after: "address=127.0.0.1:") } }
  var tlsPort: UInt16 { get throws { try port(after: "address=tls://127.0.0.1:") } }

  private func port(after mark: String) throws -> UInt16 {
    let words = try String(contentsOfFile: log, encoding: .utf8)
    guard let found = words.range(of: mark, options: .backwards),
      let port = UInt16(words[found.upperBound...].prefix { $0.isNumber })
    else { throw LineClient.Failure(description: "the log names no port") }
    return port
  }

  /// Waits until the log says this once more than it did.
  func waitForLog(_ words: String, times: Int = 1) async throws {
    let limit = ContinuousClock.now + .seconds(60)
    while try String(contentsOfFile: log, encoding: .utf8).components(separatedBy: words).count <= times {
      guard ContinuousClock.now < limit else {
        throw LineClient.Failure(description: "the log does not say \"\(words)\"")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

  /// SIGKILL, at once.
  func kill() {
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// SIGTERM; gives the exit status.
  @discardableResult func stop() -> Int32 {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    return process.terminationStatus
  }

  deinit {
    if process.isRunning {
      process.terminate()
      process.waitUntilExit()
    }
    folder.remove()
  }
}
