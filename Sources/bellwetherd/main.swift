import Glibc
import LineServer
import Logging
import Settings
import Store

// bellwetherd: reads its command line and settings, then serves, migrates or says what it was told.

let usage = """
  bellwetherd: the matchmaking daemon. The client is bellwether.

  usage: bellwetherd serve        serve until SIGTERM
         bellwetherd migrate      bring the database's schema forward, then end
         bellwetherd check-config show every setting, its value and where it came from
         bellwetherd version

  Without a database the daemon makes and runs a PostgreSQL cluster of its own in --state-dir.
  Settings: flags over environment over file (--config FILE, $BELLWETHER_CONFIG, \(Settings.installedFile)).

    \(SettingTable.all.map { setting in
    "\(setting.flag)\(String(repeating: " ", count: max(1, 24 - setting.flag.count)))\(setting.help)"
      + (setting.standard.map { " [\($0)]" } ?? "")
  }.joined(separator: "\n  "))

  Exit status: 0 done, 64 wrong usage, 69 database or socket not to be had, 70 internal, 78 configuration.
  """

func fail(_ sentence: String, _ status: Int32) -> Never {
  let lines = sentence.split(separator: "\n", omittingEmptySubsequences: false)
  let bytes = Array(lines.map { "bellwetherd: \($0)\n" }.joined().utf8)
  _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  exit(status)
}

func environment() -> [String: String] {
  var found: [String: String] = [:]
  var entry = environ
  while let pointer = entry.pointee {
    let pair = String(cString: pointer).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if pair.count == 2, pair[0].hasPrefix("BELLWETHER_") { found[String(pair[0])] = String(pair[1]) }
    entry += 1
  }
  return found
}

/// Removes the variables that libpq and PostgreSQL's programs read. They are meant for some other database of whoever started
/// the daemon, and the private cluster would not come up with them. Called before there is a second thread.
func forgetPostgresEnvironment() {
  var names: [String] = []
  var entry = environ
  while let pointer = entry.pointee {
    let name = String(cString: pointer).prefix { $0 != "=" }
    if name.hasPrefix("PG") { names.append(String(name)) }
    entry += 1
  }
  for name in names { unsetenv(name) }
}

func settings(_ flags: [String]) -> Settings {
  do throws(SettingsError) { return try Settings(flags: flags, environment: environment()) } catch {
    fail(error.description, error.isUsage ? 64 : 78)
  }
}

func exitStatus(_ error: any Error) -> Int32 {
  switch error {
  case StoreError.misconfigured, is ConfigurationError, is TLSFileError: 78
  case is StoreError, is ListenerError: 69
  default: 70
  }
}

signal(SIGPIPE, SIG_IGN)
let arguments = CommandLine.arguments.dropFirst()
let flags = Array(arguments.dropFirst())
switch arguments.first {
case .some where flags.contains("--help") || flags.contains("-h"): print(usage)
case "serve", "migrate":
  let settings = settings(flags)
  LoggingSystem.bootstrap { _ in LogLines() }
  let logger = Logger(label: "bellwetherd")
  if let folder = settings.unnamedStateDirectory {
    logger.notice("as root and without a state_dir the daemon keeps its files and its socket in \(folder)")
  }
  do {
    let plan = try Daemon.Plan(settings, handed: try HandedSocket.all())
    LogLines.setLevel(plan.logLevel)
    if plan.database == nil { forgetPostgresEnvironment() }
    // Until the daemon can do what it asks for.
    signal(SIGHUP, SIG_IGN)
    let variables = environment()
    let daemon = Daemon(
      plan: plan, logger: logger, read: { try Settings(flags: flags, environment: variables) })
    defer { LogLines.flush() }
    if arguments.first == "serve" { try await daemon.serve() } else { try await daemon.migrate() }
  } catch { fail("\(error)", exitStatus(error)) }
case "check-config":
  let settings = settings(flags)
  do {
    if let files = try Daemon.Plan(settings).tls { _ = try TLSCredentials(files) }
    print(settings.report { text in (try? ConnectionString(text)).map { "\($0)" } ?? "unreadable" })
  } catch { fail("\(error)", 78) }
case "version", "--version": print("bellwetherd \(Daemon.version)")
case "help", "--help", "-h": print(usage)
case nil: fail("no command; bellwetherd --help lists them", 64)
case .some(let word): fail("unknown command \(word); one of serve, migrate, check-config, version, help", 64)
}
