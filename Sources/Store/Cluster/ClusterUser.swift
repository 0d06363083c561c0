import Glibc

/// The user as whom a private cluster runs. PostgreSQL refuses to run as root.
struct ClusterUser: Sendable, Hashable {
  var name: String
  var uid: uid_t
  var gid: gid_t

  /// True when this process already is that user.
  var isCurrent: Bool { uid == geteuid() }

  init?(named name: String) {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 1 << 14)
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    self.init(name: name, uid: entry.pw_uid, gid: entry.pw_gid)
  }

  init?(uid: uid_t) {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 1 << 14)
    guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    self.init(name: String(cString: entry.pw_name), uid: uid, gid: entry.pw_gid)
  }

  private init(name: String, uid: uid_t, gid: gid_t) {
    self.name = name
    self.uid = uid
    self.gid = gid
  }

  /// Whoever we are; or, when we are root, the owner of the data directory that exists already, else user
  /// `bellwether`, else `postgres`.
  static func choose(dataDirectory: String) throws(StoreError) -> ClusterUser {
    if geteuid() != 0 {
      return ClusterUser(uid: geteuid())
        ?? ClusterUser(name: "user \(geteuid())", uid: geteuid(), gid: getegid())
    }
    var status = stat()
    if lstat(dataDirectory, &status) == 0 {
      guard status.st_uid != 0 else {
        throw .misconfigured(
          reason:
            "\(dataDirectory) belongs to root, as whom PostgreSQL does not run; give it to the user who made "
            + "it (chown -R), or move it away")
      }
      guard let owner = ClusterUser(uid: status.st_uid) else {
        throw .misconfigured(
          reason: "\(dataDirectory) belongs to user id \(status.st_uid), which this machine does not know")
      }
      return owner
    }
    if let user = ClusterUser(named: "bellwether") ?? ClusterUser(named: "postgres") { return user }
    throw .misconfigured(
      reason:
        "PostgreSQL does not run as root, and there is neither a user bellwether nor a user postgres; make "
        + "one with 'useradd --system bellwether', or start the daemon as another user")
  }

  /// A command line that runs another one as this user.
  ///
  /// Swift cannot fork, and `posix_spawn` changes neither user nor parent-death signal; util-linux's setpriv,
  /// which every Debian has, does both and then executes the program in its own place, under the same process
  /// id.
  ///
  /// The parent-death signal reaches the program when the *thread* that started it ends, hence also when this
  /// process is killed: no server outlives its daemon.
  func command(_ arguments: [String]) -> [String] {
    var command = ["/usr/bin/setpriv", "--no-new-privs", "--inh-caps=-all", "--pdeathsig=INT"]
    if !isCurrent { command += ["--reuid=\(uid)", "--regid=\(gid)", "--init-groups"] }
    return command + ["--"] + arguments
  }
}
