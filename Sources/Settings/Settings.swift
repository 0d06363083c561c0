import Glibc

/// The settings in force: flags over environment over file over defaults.
public struct Settings: Sendable {
  /// A value and where it came from.
  public struct Value: Sendable, Hashable {
    public var text: String
    public var origin: String
  }

  private var values: [String: Value] = [:]
  /// What is wrong so far: all of it is told at once.
  private var problems: [SettingsError] = []

  /// The file that is read when none is named.
  public static let installedFile = "/etc/bellwether/bellwether.yaml"

  /// Gathers settings.
  ///
  /// - Parameters:
  ///   - flags: What follows the subcommand.
  ///   - environment: `NAME` to value; only names that begin with BELLWETHER_ count.
  /// - Throws: ``SettingsError`` that names every unknown or wrong setting, where it stands and what would be right.
  public init(
    flags: [String], environment: [String: String], isRoot: Bool = geteuid() == 0,
    installedFile: String = installedFile
  ) throws(SettingsError) {
    var fromFlags = try Self.parse(flags)
    let named = fromFlags.removeValue(forKey: "config")?.text ?? environment["BELLWETHER_CONFIG"]
    for setting in SettingTable.all {
      if let standard = setting.standard { values[setting.name] = Value(text: standard, origin: "default") }
    }
    if let file = named ?? (access(installedFile, F_OK) == 0 ? installedFile : nil) { try take(file: file) }
    take(environment)
    for (name, value) in fromFlags.sorted(by: { $0.key < $1.key }) { put(name, value) }
    guard problems.isEmpty else { throw SettingsError(problems) }
    if isRoot, values["state_dir"] == nil {
      values["state_dir"] = Value(text: "/var/lib/bellwether", origin: Self.defaultAsRoot)
    }
    try checkTogether()
  }

  /// Names of the settings whose values are others there, in the order of the table: those that take effect in a running
  /// daemon, and those that need a restart.
  public func changes(to other: Settings) -> (live: [String], atStart: [String]) {
    let changed = SettingTable.all.filter { self[$0.name] != other[$0.name] }
    return (changed.filter(\.isLive).map(\.name), changed.filter { !$0.isLive }.map(\.name))
  }

  /// With the values of another for some settings.
  public func taking(_ names: [String], from other: Settings) -> Settings {
    var result = self
    for name in names { result.values[name] = other.values[name] }
    return result
  }

  /// Whether there is to be a listener for TLS.
  public var isTLSWanted: Bool { self["tls_certificate"] != nil && self["listen_tls"] != "off" }

  public subscript(_ name: String) -> String? { values[name]?.text }

  /// The folder that nobody named and root's daemon uses, for the log: a socket appears in it.
  public var unnamedStateDirectory: String? {
    values["state_dir"].flatMap { $0.origin == Self.defaultAsRoot ? $0.text : nil }
  }

  private static let defaultAsRoot = "default as root"

  public func integer(_ name: String) -> Int {
    guard let text = values[name]?.text, let value = Int(text) else {
      preconditionFailure("\(name) is a checked number")
    }
    return value
  }

  public func flag(_ name: String) -> Bool { ["yes", "true"].contains(values[name]?.text.lowercased()) }

  /// Every setting with its value and origin, for check-config; passwords are left out by `redact`.
  public func report(redact: (String) -> String) -> String {
    let rows = SettingTable.all.map { setting -> (String, String, String) in
      guard let value = values[setting.name] else { return (setting.name, "–", "not set") }
      return (setting.name, setting.kind == .database ? redact(value.text) : value.text, value.origin)
    }
    // One long value, such as a connection string, does not push all origins off the screen.
    let widths = (rows.map(\.0.count).max() ?? 0, min(rows.map(\.1.count).max() ?? 0, 32))
    return rows.map { Self.padded($0.0, widths.0) + "  " + Self.padded($0.1, widths.1) + "  " + $0.2 }
      .joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  // MARK: Sources

  private static func parse(_ flags: [String]) throws(SettingsError) -> [String: Value] {
    var found: [String: Value] = [:]
    var index = 0
    while index < flags.count {
      var flag = flags[index]
      var value: String?
      if let equals = flag.firstIndex(of: "=") {
        value = String(flag[flag.index(after: equals)...])
        flag = String(flag[..<equals])
      }
      let known = SettingTable.all.map(\.flag) + ["--config"]
      guard known.contains(flag) else {
        throw SettingsError("unknown flag \(flag)\(SettingTable.hint(flag, among: known))", isUsage: true)
      }
      if value == nil {
        index += 1
        guard index < flags.count else { throw SettingsError("\(flag) needs a value", isUsage: true) }
        value = flags[index]
      }
      let name = flag == "--config" ? "config" : SettingTable.all.first { $0.flag == flag }!.name
      guard found[name] == nil else { throw SettingsError("\(flag) stands twice", isUsage: true) }
      found[name] = Value(text: value!, origin: flag)
      index += 1
    }
    return found
  }

  private mutating func take(file: String) throws(SettingsError) {
    for entry in try YAMLFile.read(file) {
      let names = SettingTable.all.map(\.name)
      guard names.contains(entry.name) else {
        problems.append(
          SettingsError(
            "\(file):\(entry.line): unknown setting \(entry.name)\(SettingTable.hint(entry.name, among: names))"
          ))
        continue
      }
      put(entry.name, Value(text: entry.value, origin: "\(file):\(entry.line)"))
    }
  }

  private mutating func take(_ environment: [String: String]) {
    // The client reads the others.
    let others = [
      "BELLWETHER_CONFIG", "BELLWETHER_CONNECT", "BELLWETHER_TOKEN", "BELLWETHER_CA",
      "BELLWETHER_CERTIFICATE",
      "BELLWETHER_KEY",
    ]
    for (variable, text) in environment.sorted(by: { $0.key < $1.key })
    where variable.hasPrefix("BELLWETHER_") {
      if others.contains(variable) { continue }
      guard let setting = SettingTable.all.first(where: { $0.variable == variable }) else {
        let known = SettingTable.all.map(\.variable)
        problems.append(
          SettingsError(
            "unknown environment variable \(variable)\(SettingTable.hint(variable, among: known))"))
        continue
      }
      put(setting.name, Value(text: text, origin: "$\(variable)"))
    }
  }

  private mutating func put(_ name: String, _ value: Value) {
    let setting = SettingTable.named(name)!
    if let complaint = setting.complaint(value.text) {
      let shown = setting.kind == .database ? "" : " \"\(value.text)\""
      problems.append(SettingsError("\(value.origin): \(name)\(shown) \(complaint)"))
    }
    values[name] = value
  }

  private func checkTogether() throws(SettingsError) {
    guard self["state_dir"] != nil || self["database"] != nil else {
      throw SettingsError(
        "state_dir is not set: give --state-dir DIR for the embedded database, or --database URL")
    }
    guard self["owner_database"] == nil || self["database"] != nil else {
      throw SettingsError(
        "\(values["owner_database"]!.origin): owner_database goes with database, which is not set")
    }
    try checkTLS()
    guard self["state_dir"] != nil || self["listen_unix"] != nil || self["listen_tcp"] != "off" || isTLSWanted
    else {
      throw SettingsError(
        "there is nothing to listen on: listen_tcp is off, and neither state_dir nor listen_unix is set")
    }
    if let address = self["listen_tcp"].flatMap(Address.init), !address.isLoopback,
      !flag("plain_tcp_anywhere")
    {
      throw SettingsError(
        "\(values["listen_tcp"]!.origin): listen_tcp \(self["listen_tcp"]!) can be reached from other machines, and plain "
          + "TCP is not encrypted; use 127.0.0.1, or say plain_tcp_anywhere: yes")
    }
  }

  /// What TLS needs goes together.
  private func checkTLS() throws(SettingsError) {
    for (name, other) in [
      ("tls_certificate", "tls_key"), ("tls_key", "tls_certificate"), ("tls_client_ca", "tls_certificate"),
    ] {
      guard let value = values[name], values[other] == nil else { continue }
      throw SettingsError("\(value.origin): \(name) goes with \(other), which is not set")
    }
    if let value = values["listen_tls"], value.text != "off", value.origin != "default", !isTLSWanted {
      throw SettingsError("\(value.origin): listen_tls needs tls_certificate and tls_key, which are not set")
    }
    if let value = values["tls_client_certificate"], value.text == "required", self["tls_client_ca"] == nil {
      throw SettingsError(
        "\(value.origin): tls_client_certificate required needs tls_client_ca, which is not set")
    }
  }
}
