import Glibc

/// The directory in which a private cluster lives, and what lies in it.
///
///     DIR/lock              held by the daemon that uses the directory, with its process id; its user's alone
///     DIR/postgres          PostgreSQL's data directory
///     DIR/postgres.new      the same while initdb makes it
///     DIR/postgres-socket   the Unix socket; only the cluster's user and root can enter
///     DIR/postgres.log      what PostgreSQL says, and the log before it as postgres.log.1
struct StateDirectory: Sendable, Hashable {
  static let port = 5432
  /// The size of `sockaddr_un.sun_path` less the NUL.
  static let longestSocketPath = 107

  /// Absolute, without symbolic links.
  let path: String

  var data: String { path + "/postgres" }
  var newData: String { path + "/postgres.new" }
  var socket: String { path + "/postgres-socket" }
  var socketFile: String { "\(socket)/.s.PGSQL.\(Self.port)" }
  var log: String { path + "/postgres.log" }
  var olderLog: String { path + "/postgres.log.1" }
  var lock: String { path + "/lock" }

  /// - Throws: `StoreError.misconfigured` for a path that PostgreSQL or libpq could not use.
  init(_ given: String) throws(StoreError) {
    guard !given.isEmpty else { throw .misconfigured(reason: "The state directory's name is empty") }
    if let wrong = given.unicodeScalars.first(where: {
      $0.value < 0x20 || $0 == "," || $0 == "\"" || $0 == "'"
    }) {
      throw .misconfigured(
        reason:
          "The state directory \(given) has the character "
          + "U+\(String(wrong.value, radix: 16, uppercase: true)) in its name, with which PostgreSQL cannot "
          + "name its socket; choose a name without commas, quotes and control characters")
    }
    let (existing, missing) = try Self.resolve(given)
    path = ([existing == "/" ? "" : existing] + missing).joined(separator: "/")
    let length = socketFile.utf8.count
    guard length <= Self.longestSocketPath else {
      let excess = length - Self.longestSocketPath
      throw .misconfigured(
        reason:
          "The state directory \(path) is too long by \(excess) bytes: its socket \(socketFile) has "
          + "\(length), and a Unix socket's path at most \(Self.longestSocketPath); choose a state "
          + "directory of at most \(path.utf8.count - excess) bytes")
    }
  }

  /// Splits a path into the part that exists, resolved, and the names still to be made.
  private static func resolve(_ given: String) throws(StoreError) -> (existing: String, missing: [String]) {
    var head = given
    if !head.hasPrefix("/") {
      guard let current = realpath(".", nil) else {
        throw .misconfigured(reason: "The current directory cannot be read: \(errorText(errno))")
      }
      defer { free(current) }
      head = String(cString: current) + "/" + head
    }
    var missing: [String] = []
    while true {
      if let resolved = realpath(head, nil) {
        defer { free(resolved) }
        return (String(cString: resolved), missing)
      }
      guard errno == ENOENT, let slash = head.lastIndex(of: "/") else {
        throw .misconfigured(reason: "The state directory \(given): \(head): \(errorText(errno))")
      }
      let name = String(head[head.index(after: slash)...])
      if name == ".." {
        throw .misconfigured(
          reason: "The state directory \(given) goes up from \(head), which does not exist")
      }
      if !name.isEmpty && name != "." { missing.insert(name, at: 0) }
      head = slash == head.startIndex ? "/" : String(head[..<slash])
    }
  }
}

// MARK: - Making and checking

extension StateDirectory {
  /// Makes the directory if it is missing, and makes sure that `user` can enter it.
  ///
  /// Nothing is made when it is refused, and nothing that existed before changes hands.
  func prepare(for user: ClusterUser) throws {
    let (existing, missing) = try Self.resolve(path)
    var found = stat()
    guard stat(existing, &found) == 0, found.st_mode & S_IFMT == S_IFDIR else {
      throw StoreError.misconfigured(
        reason: "The state directory \(path): \(existing) is not a directory; move it away, or choose another"
      )
    }
    try check(existing, for: user)
    var made = existing == "/" ? "" : existing
    for name in missing {
      made += "/" + name
      guard mkdir(made, 0o755) == 0 || errno == EEXIST else {
        throw StoreError.misconfigured(
          reason: "The state directory \(path): \(made) cannot be made: \(errorText(errno))")
      }
      // The daemon's umask may have closed it to the cluster's user.
      chmod(made, 0o755)
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw StoreError.misconfigured(reason: "The state directory \(path) is not a directory")
    }
    // Whoever can replace our files could make root write elsewhere.
    guard status.st_mode & 0o1002 != 0o0002 else {
      throw StoreError.misconfigured(
        reason:
          "The state directory \(path) can be written by everybody (mode \(Self.octal(status.st_mode))); "
          + "'chmod o-w' it, or choose another")
    }
    guard access(path, W_OK) == 0 else {
      throw StoreError.misconfigured(
        reason: "The state directory \(path) cannot be written: \(errorText(errno)); choose one that user "
          + "\(ClusterUser(uid: geteuid())?.name ?? "\(geteuid())") may write")
    }
  }

  /// Refuses a path that the cluster's user cannot enter, naming the component that stops it.
  private func check(_ existing: String, for user: ClusterUser) throws {
    // Asking the kernel, as that user, also counts access control lists and mount options; the modes of the
    // components are looked at only to say which one it is.
    let (exit, output) = try Child.run(user.command(["/usr/bin/test", "-x", existing]), time: .seconds(10))
    guard exit != .status(0) else { return }
    guard exit == .status(1) else {
      throw StoreError.unavailable(
        reason:
          "/usr/bin/setpriv (package util-linux) could not become user \(user.name): \(exit), "
          + oneLine(output)
      )
    }
    var component = ""
    var culprit = existing
    var mode: mode_t = 0
    for name in [""] + existing.split(separator: "/").map(String.init) {
      component += component == "/" ? name : "/" + name
      var status = stat()
      guard stat(component, &status) == 0 else { break }
      culprit = component
      mode = status.st_mode
      let isOwner = status.st_uid == user.uid
      let isGroup = status.st_gid == user.gid
      let bit: mode_t = isOwner ? 0o100 : isGroup ? 0o010 : 0o001
      if status.st_mode & bit == 0 { break }
    }
    throw StoreError.misconfigured(
      reason:
        "The state directory \(path): user \(user.name), as whom PostgreSQL runs, cannot enter \(culprit) "
        + "(mode \(Self.octal(mode))); choose a directory that it can enter, such as /var/lib/bellwether, or "
        + "'chmod o+x \(culprit)'")
  }

  private static func octal(_ mode: mode_t) -> String {
    let digits = String(mode & 0o7777, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// Makes a directory that only `user` and root can enter; one that exists has to be such already.
  static func makePrivate(_ path: String, for user: ClusterUser) throws {
    if mkdir(path, 0o700) == 0 {
      // Only what was made here changes hands, and no link is followed.
      guard chmod(path, 0o700) == 0, user.isCurrent || lchown(path, user.uid, user.gid) == 0 else {
        throw StoreError.unavailable(reason: "\(path) cannot be given to \(user.name): \(errorText(errno))")
      }
      return
    }
    guard errno == EEXIST else {
      throw StoreError.unavailable(reason: "\(path) cannot be made: \(errorText(errno))")
    }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user.uid,
      status.st_mode & 0o077 == 0
    else {
      throw StoreError.misconfigured(
        reason: "\(path) is not a directory of user \(user.name) with mode 0700; move it away")
    }
  }

  /// Makes the directory's entries last through a power failure.
  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError.unavailable(reason: "\(path): \(errorText(errno))") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw StoreError.unavailable(reason: "\(path) cannot be written to disk: \(errorText(errno))")
    }
  }
}

// MARK: - The lock

/// Keeps a second daemon out of a state directory. The system lets go of it when the daemon ends, however it
/// ends.
final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `StoreError.misconfigured` naming the process that has it.
  init(_ directory: StateDirectory) throws(StoreError) {
    // Whoever can open a file can lock it, so nobody else can open this one.
    let descriptor = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw .misconfigured(reason: "\(directory.lock) cannot be opened: \(errorText(errno))")
    }
    // Daemons before this one left it readable.
    fchmod(descriptor, 0o600)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno
      let holder = Self.holder(of: descriptor)
      close(descriptor)
      guard failure == EWOULDBLOCK else {
        throw .misconfigured(reason: "\(directory.lock) cannot be locked: \(errorText(failure))")
      }
      throw .misconfigured(
        reason:
          "The state directory \(directory.path) is in use by \(holder ?? "another process"), which holds "
          + "\(directory.lock); stop it first, or choose another state directory")
    }
    self.descriptor = descriptor
    ftruncate(descriptor, 0)
    let text = "\(getpid())\n"
    // Only for people and for the message above; the lock itself is the kernel's.
    _ = text.withCString { write(descriptor, $0, text.utf8.count) }
  }

  deinit { close(descriptor) }

  /// The process that holds a lock on a file, by the kernel's table of locks: the number in the file may be of a process
  /// that has long ended.
  private static func holder(of descriptor: Int32) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    for line in lines(of: "/proc/locks") {
      // `1: FLOCK  ADVISORY  WRITE 708 08:02:1234 0 EOF`, the device in hexadecimal digits.
      let words = line.split(separator: " ")
      guard words.count > 5, words[1] == "FLOCK", let process = Int32(words[4]), process > 0,
        words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == UInt64(status.st_ino)
      else { continue }
      let name = firstLine(of: "/proc/\(process)/comm")
      return "process \(process)" + (name.map { " (\($0))" } ?? "")
    }
    return nil
  }
}

/// The first line of a small file, without its end; nil if there is none.
func firstLine(of path: String) -> String? {
  lines(of: path).first
}

/// The lines of the first 16 KiB of a file.
func lines(of path: String) -> [String] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
  guard descriptor >= 0 else { return [] }
  defer { close(descriptor) }
  var buffer = [UInt8](repeating: 0, count: 1 << 14)
  let length = read(descriptor, &buffer, buffer.count)
  guard length > 0 else { return [] }
  return String(decoding: buffer[..<length], as: UTF8.self).split(separator: "\n").map(String.init)
}
