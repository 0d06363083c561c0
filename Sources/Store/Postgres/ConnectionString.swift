import CLibPQ

/// Where a database is and how to sign in: libpq's `keyword=value` form or a `postgresql://` URL, with one
/// host or several.
///
/// Its description never shows a password, so that it can be logged.
public struct ConnectionString: Sendable, Hashable {
  /// The options given and the defaults added here, by libpq's keyword.
  private(set) var options: [String: String]

  /// - Parameter text: libpq's `keyword=value` form or a URL, as in PostgreSQL's manual, "Connection
  ///   Strings".
  /// - Throws: `StoreError.misconfigured`, whose sentence does not repeat what might be a password.
  public init(_ text: String) throws(StoreError) {
    options = try Self.parse(text)
    try validate()
    addDefaults()
  }

  private init(options: [String: String]) {
    self.options = options
  }

  /// The same with one option replaced, for example another `dbname`.
  public func with(_ keyword: String, _ value: String) -> ConnectionString {
    var changed = self
    changed.options[keyword] = value
    return changed
  }

  /// The value of an option, nil when it is left to libpq.
  public subscript(keyword: String) -> String? { options[keyword] }

  /// One connection string for each host, in order.
  ///
  /// libpq can walk through several hosts on its own, but without blocking it gives up none of them: a host
  /// that swallows packets would hold up the living one behind it.
  var attempts: [ConnectionString] {
    let hosts = list("host")
    let addresses = list("hostaddr")
    let ports = list("port")
    let count = max(hosts.count, addresses.count)
    guard count > 1 else { return [self].preferringStandby(options["target_session_attrs"]) }
    return (0..<count).map { index in
      var one = self
      if !hosts.isEmpty { one.options["host"] = hosts[index] }
      if !addresses.isEmpty { one.options["hostaddr"] = addresses[index] }
      if !ports.isEmpty { one.options["port"] = ports.count == 1 ? ports[0] : ports[index] }
      return one
    }.preferringStandby(options["target_session_attrs"])
  }

  /// The time allowed for one host, nil when the operator set none.
  var connectTimeout: Duration? {
    guard let seconds = options["connect_timeout"].flatMap({ Int($0) }), seconds > 0 else { return nil }
    return .seconds(seconds)
  }

  /// `host:port` or the socket directory, for messages.
  var place: String {
    let host = options["host"] ?? options["hostaddr"] ?? "the default host"
    guard let port = options["port"] else { return host }
    return "\(host):\(port)"
  }

  private func list(_ keyword: String) -> [String] {
    guard let value = options[keyword], !value.isEmpty else { return [] }
    return value.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.drop { $0 == " " })
    }
  }
}

extension [ConnectionString] {
  /// `prefer-standby` means: any standby first, and if there is none, anything.
  fileprivate func preferringStandby(_ attributes: String?) -> [ConnectionString] {
    guard attributes == "prefer-standby" else { return self }
    return map { $0.with("target_session_attrs", "standby") } + map { $0.with("target_session_attrs", "any") }
  }
}

// MARK: - Parsing

extension ConnectionString {
  private static func parse(_ text: String) throws(StoreError) -> [String: String] {
    guard !text.utf8.contains(0) else {
      throw .misconfigured(reason: "The connection string has a NUL byte")
    }
    if isURL(text), let authority = text.utf8.firstRange(of: "://".utf8)?.upperBound {
      // "postgresql://u:a/b@host/db" would silently become host "u", and the password's rest a database name.
      let rest = text.unicodeScalars[authority...]
      if let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }), rest[slash...].contains("@") {
        throw .misconfigured(
          reason: "The connection URL has an '@' behind its host part; in a password, the characters "
            + "'/', '?', '#', ':' and '@' are written as %2F, %3F, %23, %3A and %40")
      }
    }
    var complaint: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &complaint) else {
      let message = complaint.map { String(cString: $0) } ?? "out of memory"
      PQfreemem(complaint)
      throw .misconfigured(
        reason: "The connection string cannot be read: \(hidingValues(in: message, of: text))")
    }
    defer { PQconninfoFree(parsed) }
    var options: [String: String] = [:]
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return options
  }

  private static func isURL(_ text: String) -> Bool {
    ["postgresql://", "postgres://"].contains { text.utf8.starts(with: $0.utf8) }
  }

  /// libpq quotes the piece it stumbled over, which may be a piece of the password. By scalars, since a quote
  /// with a mark on it is one character, and not a quote.
  private static func hidingValues(in message: String, of text: String) -> String {
    let message = oneLine(message)
    guard isURL(text) || text.utf8.firstRange(of: "password".utf8) != nil else { return message }
    let isQuote: (Unicode.Scalar) -> Bool = { $0 == "\"" }
    guard !text.unicodeScalars.contains(where: isQuote) else {
      // Nobody can tell its quotes from those of the text.
      return String(message.unicodeScalars.prefix { !isQuote($0) }) + "…"
    }
    let pieces = message.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: isQuote)
    return pieces.enumerated().map { index, piece in
      let isShown = index % 2 == 0 || ["=", ":", "/", "]", "%00"].contains(String(piece))
      return isShown ? String(piece) : "…"
    }.joined(separator: "\"")
  }

  private func validate() throws(StoreError) {
    let hosts = list("host")
    let addresses = list("hostaddr")
    let ports = list("port")
    if !hosts.isEmpty, !addresses.isEmpty, hosts.count != addresses.count {
      throw .misconfigured(
        reason: "The connection string names \(hosts.count) hosts but \(addresses.count) addresses (hostaddr)"
      )
    }
    let count = max(hosts.count, addresses.count, 1)
    if ports.count > 1, ports.count != count {
      throw .misconfigured(
        reason:
          "The connection string names \(count) hosts but \(ports.count) ports; give one, or one for each")
    }
    for port in ports where !port.isEmpty && !(Int(port).map { (1...65535).contains($0) } ?? false) {
      throw .misconfigured(reason: "A port of the connection string is not a number between 1 and 65535")
    }
    if let timeout = options["connect_timeout"], Int(timeout) == nil {
      throw .misconfigured(reason: "connect_timeout of the connection string is not a number of seconds")
    }
    let known = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]
    if let wanted = options["target_session_attrs"], !known.contains(wanted) {
      throw .misconfigured(
        reason: "target_session_attrs of the connection string is none of \(known.joined(separator: ", "))")
    }
  }

  /// What libpq leaves open and a daemon must not: endless waiting, and writing to a standby.
  private mutating func addDefaults() {
    let defaults = [
      "connect_timeout": "5",
      "target_session_attrs": "read-write",
      "application_name": "bellwether",
      "keepalives": "1",
      "keepalives_idle": "30",
      "keepalives_interval": "10",
      "keepalives_count": "3",
      "tcp_user_timeout": "30000",
    ]
    options.merge(defaults) { given, _ in given }
    // Everything here decodes UTF-8; another encoding would be wrong, not a choice.
    options["client_encoding"] = "UTF8"
  }
}

// MARK: - Describing

extension ConnectionString: CustomStringConvertible, CustomReflectable {
  /// The options in libpq's form, secrets as `***`.
  public var description: String {
    let first = ["host", "hostaddr", "port", "dbname", "user"]
    let keywords = first.filter { options[$0] != nil } + options.keys.filter { !first.contains($0) }.sorted()
    return keywords.map { keyword in
      "\(keyword)=\(Self.isSecret(keyword) ? "***" : Self.quoted(options[keyword]!))"
    }.joined(separator: " ")
  }

  /// `dump` and debuggers see the description too, not the options.
  public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

  private static func isSecret(_ keyword: String) -> Bool {
    keyword.contains("password")
  }

  /// By scalars, since a quote with a mark on it is one character, and not a quote.
  private static func quoted(_ value: String) -> String {
    let special = value.unicodeScalars.contains { $0.value <= 32 || $0 == "'" || $0 == "\\" }
    guard value.isEmpty || special else { return value }
    var escaped = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      if scalar == "'" || scalar == "\\" { escaped.append("\\") }
      escaped.append(scalar)
    }
    return "'\(escaped)'"
  }
}

/// A message of libpq or the server without line ends and without the last full stop, to stand inside a
/// sentence.
func oneLine(_ message: String) -> String {
  let lines = message.split(whereSeparator: \.isNewline).map { line in
    line.drop { $0 == " " || $0 == "\t" }
  }
  let text = lines.joined(separator: "; ")
  return text.hasSuffix(".") ? String(text.dropLast()) : text
}
