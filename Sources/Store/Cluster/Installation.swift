import Glibc

/// A PostgreSQL installed on this machine.
struct Installation: Sendable, Hashable {
  /// The directory with `postgres` and `initdb`.
  var binaries: String
  /// For example 15.
  var version: Int

  var postgres: String { binaries + "/postgres" }
  var initdb: String { binaries + "/initdb" }

  /// The installation for a data directory: of its version if it exists, else the newest.
  ///
  /// - Parameters:
  ///   - given: The operator's choice of `bin` directory, if any.
  ///   - version: What the data directory's PG_VERSION says; nil when it is still to be made.
  static func find(given: String?, version: Int?, directory: String) throws -> Installation {
    if let given {
      let installation = try inspect(given)
      if let version, version != installation.version {
        throw StoreError.misconfigured(
          reason: "The cluster in \(directory) was made by PostgreSQL \(version), and \(given) is "
            + "\(installation.version)")
      }
      return installation
    }
    var found = installed()
    // Another place is looked for only when Debian's has nothing that fits.
    if !found.contains(where: { version == nil || version == $0.version }), let other = try inspectPath() {
      found.append(other)
    }
    guard let version else {
      if let newest = found.max(by: { $0.version < $1.version }) { return newest }
      throw StoreError.misconfigured(
        reason:
          "No PostgreSQL server was found in /usr/lib/postgresql; install one (apt-get install postgresql), "
          + "or name its bin directory in the settings")
    }
    if let matching = found.first(where: { $0.version == version }) { return matching }
    let others = Set(found.map(\.version)).sorted().map { "\($0)" }.joined(separator: ", ")
    throw StoreError.misconfigured(
      reason: "The cluster in \(directory) was made by PostgreSQL \(version), which is not installed (found: "
        + "\(others.isEmpty ? "none" : others)); install postgresql-\(version), or move the data over with "
        + "pg_upgrade"
    )
  }

  /// Debian's place for servers. What lies in PATH may be a wrapper that manages clusters of its own.
  private static func installed() -> [Installation] {
    let root = "/usr/lib/postgresql"
    guard let directory = opendir(root) else { return [] }
    defer { closedir(directory) }
    var found: [Installation] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let version = Int(name) else { continue }
      let installation = Installation(binaries: "\(root)/\(name)/bin", version: version)
      if installation.isComplete { found.append(installation) }
    }
    return found
  }

  private var isComplete: Bool { access(postgres, X_OK) == 0 && access(initdb, X_OK) == 0 }

  private static func inspectPath() throws -> Installation? {
    guard let path = getenv("PATH") else { return nil }
    for folder in String(cString: path).split(separator: ":") where access("\(folder)/pg_config", X_OK) == 0 {
      let (exit, output) = try Child.run(
        ["\(folder)/pg_config", "--bindir"], environment: ["PATH=/usr/bin:/bin"], time: .seconds(5))
      guard exit == .status(0), let binaries = output.split(separator: "\n").first else { continue }
      return try inspect(String(binaries))
    }
    return nil
  }

  private static func inspect(_ binaries: String) throws -> Installation {
    let unknown = Installation(binaries: binaries, version: 0)
    guard unknown.isComplete else {
      throw StoreError.misconfigured(reason: "\(binaries) has no programs postgres and initdb")
    }
    // "postgres (PostgreSQL) 15.4 (Debian 15.4-1)", or "16beta1" in place of the number.
    let (exit, output) = try Child.run(
      [unknown.postgres, "--version"], environment: ["PATH=/usr/bin:/bin"], time: .seconds(5))
    let words = output.split(separator: " ")
    guard exit == .status(0), words.count >= 3, let version = Int(words[2].prefix(while: \.isNumber)) else {
      throw StoreError.misconfigured(reason: "\(unknown.postgres) --version does not look like PostgreSQL's")
    }
    return Installation(binaries: binaries, version: version)
  }
}
