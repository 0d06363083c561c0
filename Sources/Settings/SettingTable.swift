import Domain

/// One setting: the single definition from which the flag, the environment variable, the key of the file,
/// help and docs/CONFIGURATION.md are made.
public struct Setting: Sendable {
  public enum Kind: Sendable, Hashable {
    case path, text
    /// A connection string; its password is never shown.
    case database
    /// `host:port`, or `off`.
    case address
    /// An address of mail.
    case mail
    case flag
    case integer(ClosedRange<Int>)
    case choice([String])
  }

  public let name: String
  public let kind: Kind
  /// As it is written in the file; nil where there is none.
  public let standard: String?
  public let help: String
  /// Whether a running daemon takes another value on SIGHUP, without being restarted.
  public let isLive: Bool

  /// `--state-dir`
  public var flag: String { "--" + name.split(separator: "_").joined(separator: "-") }
  /// `BELLWETHER_STATE_DIR`
  public var variable: String {
    "BELLWETHER_" + (name.hasSuffix("database") ? name + "_url" : name).uppercased()
  }

  init(_ name: String, _ kind: Kind, _ standard: String? = nil, live: Bool = false, _ help: String) {
    self.name = name
    isLive = live
    self.kind = kind
    self.standard = standard
    self.help = help
  }

  /// What is wrong with a value, nil when it is right.
  func complaint(_ value: String) -> String? {
    switch kind {
    case .path: value.isEmpty ? "is empty; a path is wanted" : nil
    case .text, .database: value.isEmpty ? "is empty" : nil
    case .flag: ["yes", "no", "true", "false"].contains(value.lowercased()) ? nil : "is neither yes nor no"
    case .choice(let words): words.contains(value) ? nil : "is none of \(words.joined(separator: ", "))"
    case .integer(let range):
      Int(value).map(range.contains) == true
        ? nil : "is not a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .address:
      value == "off" || Address(value) != nil ? nil : "is not host:port like 127.0.0.1:7411, nor off"
    case .mail: MailAddress(value) == nil ? "is not a mail address like deals@example.org" : nil
    }
  }
}

/// `host:port`; an IPv6 host stands in brackets.
public struct Address: Sendable, Hashable {
  public var host: String
  public var port: Int

  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !host.contains(where: { "[]".contains($0) }) else { return nil }
    self.host = String(host)
    self.port = port
  }

  /// Whether only this machine can reach it.
  public var isLoopback: Bool {
    // A name may begin with 127. and be anybody's.
    host == "localhost" || host == "::1"
      || host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isASCII && $0.isNumber }
  }
}

/// All settings there are.
public enum SettingTable {
  public static let all: [Setting] = [
    Setting(
      "state_dir", .path, nil, "folder of the embedded database and the socket; as root /var/lib/bellwether"),
    Setting(
      "database", .database, nil,
      "PostgreSQL to use instead of the embedded one: a URL or conninfo, several hosts allowed"),
    Setting(
      "owner_database", .database, nil,
      "the same database as the role that owns its tables: it migrates and gives the role of database what it needs"
    ),
    Setting("listen_unix", .path, nil, "Unix socket; bellwether.sock in state_dir without it"),
    Setting("listen_tcp", .address, "127.0.0.1:7411", "plain TCP, host:port, or off"),
    Setting("plain_tcp_anywhere", .flag, "no", "yes: allow listen_tcp beyond this machine, unencrypted"),
    Setting(
      "listen_tls", .address, "0.0.0.0:7412", "TLS 1.3, host:port, or off; only where tls_certificate is set"),
    Setting(
      "tls_certificate", .path, nil, live: true,
      "PEM file: the certificate that TLS shows, then those of the authorities above it"),
    Setting("tls_key", .path, nil, live: true, "PEM file: its private key, which others cannot read"),
    Setting(
      "tls_client_ca", .path, nil, live: true,
      "PEM file: authorities whose certificates sign clients in, as the token of the common name"),
    Setting(
      "tls_client_certificate", .choice(["optional", "required"]), "optional", live: true,
      "whether TLS turns clients without a certificate away; only with tls_client_ca"),
    Setting(
      "organizers", .text, nil, live: true,
      "users of this machine, by commas, that are organizers on the Unix socket beside root and the daemon's own"
    ),
    Setting(
      "mail_from", .mail, nil, live: true,
      "whom digests are from; bellwether@ and the name of this machine without it"),
    Setting(
      "connections", .integer(32...1_000_000), "\(Limits.connections)",
      "connections at one time, \(Limits.reservedConnections) of them kept for root and the daemon's own user on the Unix socket"
    ),
    Setting(
      "connections_per_address", .integer(1...1_000_000), "\(Limits.connectionsPerAddress)",
      "connections from one IPv4 address or /64 network of IPv6"),
    Setting(
      "connections_per_principal", .integer(1...1_000_000), "\(Limits.connectionsPerPrincipal)",
      "connections of one token, or of one user on the Unix socket"),
    Setting(
      "sign_in_timeout_ms", .integer(100...3_600_000), milliseconds(Limits.signInTime),
      "time to sign in"),
    Setting(
      "idle_timeout_ms", .integer(1_000...86_400_000), milliseconds(Limits.idleTime),
      "time a connection over TCP may say nothing"),
    Setting("pool_connections", .integer(1...256), "8", "connections to the database"),
    Setting(
      "statement_timeout_ms", .integer(100...3_600_000), "60000", live: true,
      "time a command may take in the database"),
    Setting("rescore_threads", .integer(0...256), "0", live: true, "threads that score; 0 is one a core"),
    Setting("keep_runs", .integer(1...10_000), "30", live: true, "newest runs whose lists are kept"),
    Setting(
      "keep_days", .integer(1...36_500), "90", live: true, "days after which a run's lists are forgotten"),
    Setting(
      "log_level", .choice(["trace", "debug", "info", "notice", "warning", "error"]), "info",
      live: true,
      "least level that is logged"),
    Setting(
      "drain_timeout_ms", .integer(0...600_000), "25000", "time for commands under way when the daemon stops"),
    Setting(
      "postgres_bin_dir", .path, nil,
      "folder of initdb and postgres; the newest in /usr/lib/postgresql without it"),
  ]

  private static func milliseconds(_ time: Duration) -> String { "\(Int(time / .milliseconds(1)))" }

  static func named(_ name: String) -> Setting? { all.first { $0.name == name } }

  /// ` (did you mean X?)`, or nothing.
  static func hint(_ name: String, among names: [String]) -> String {
    let near = names.map { (name: $0, distance: distance(Array(name.utf8), Array($0.utf8))) }.min {
      $0.distance < $1.distance
    }
    return near.map { $0.distance <= 3 ? "; did you mean \($0.name)?" : "" } ?? ""
  }

  /// Edit distance (Levenshtein 1966), by rows.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        (diagonal, row[j + 1]) = (row[j + 1], a == b ? diagonal : 1 + min(diagonal, row[j], row[j + 1]))
      }
    }
    return row[right.count]
  }

  /// The table of docs/CONFIGURATION.md.
  public static var markdown: String {
    var text =
      "| setting (file) | flag | environment | default | SIGHUP | meaning |\n|---|---|---|---|---|---|\n"
    for setting in all {
      let values: String? =
        switch setting.kind {
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .choice(let words): words.joined(separator: ", ")
        default: nil
        }
      text += "| `\(setting.name)` | `\(setting.flag)` | `\(setting.variable)` | "
      text +=
        "\(setting.standard.map { "`\($0)`" } ?? "–") | \(setting.isLive ? "yes" : "–") | \(setting.help)\(values.map { " (\($0))" } ?? "") |\n"
    }
    return text
  }
}
