import Glibc
import LineServer
import Logging
import Store

// Temporary wiring until the settings are merged.
var options: [String: String] = [:]
var index = 2
while index + 1 < CommandLine.arguments.count {
  options[CommandLine.arguments[index]] = CommandLine.arguments[index + 1]
  index += 2
}
let state = options["--state-dir"]!
var logger = Logger(label: "bellwetherd") { StreamLogHandler.standardError(label: $0) }
let daemon = Daemon(
  plan: .init(
    stateDirectory: state, database: try options["--database"].map { try ConnectionString($0) },
    ownerDatabase: nil,
    binaries: nil, listeners: [.unix(path: state + "/bellwether.sock", mode: 0o660)], poolConnections: 8,
    statementTime: .seconds(60), rescoreThreads: 2, keepRuns: 30, keepDays: 90, drainTime: .seconds(25)),
  logger: logger)
do { try await daemon.serve() } catch {
  logger.error("\(error)")
  exit(70)
}
