#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The file of a Unix socket that this process listens on.
struct UnixSocket: Sendable {
  /// Octets a path may have: `sun_path` without its final zero.
  static let longestPath = 107

  let path: String
  let descriptor: Int32
  /// Which file it is, so that a successor's is not taken for it.
  private let device: dev_t
  private let inode: ino_t

  /// Binds a socket at `path`, in place of a file that nobody answers on.
  ///
  /// Nobody can connect before its permissions are `mode`: they hold from the moment the file exists, and
  /// the socket does not listen yet.
  /// - Throws: `ListenerError` when the path is too long, is something else, belongs to a daemon that
  ///   answers, or what the system says.
  static func bind(path: String, mode: UInt32) async throws -> UnixSocket {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw refusal(path, "the path is empty") }
    guard path.utf8.count <= longestPath else {
      throw refusal(
        path,
        "the path has \(path.utf8.count) octets and a Unix socket's may have \(longestPath); use a shorter folder"
      )
    }
    let folder = parent(of: path)
    try makeFolders(folder, for: path)
    // The lock keeps two daemons that start at once from removing each other's new socket.
    let lock = try openLock(path)
    defer { close(lock) }
    var attempts = 0
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      attempts += 1
      guard errno == EWOULDBLOCK || errno == EINTR, attempts < 200 else {
        throw refusal(path, "\(path).lock is locked by another process, which may be a daemon that starts")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    try removeStale(path)
    return try bindNew(path, mode)
  }

  /// Opens the lock file beside the socket. Only its owner can open it: anybody who can open a file can hold a lock on it
  /// for ever, a folder's included.
  private static func openLock(_ path: String) throws -> Int32 {
    let name = path + ".lock"
    let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw refusal(path, "\(name) cannot be opened: \(reason())") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      fchmod(descriptor, 0o600) == 0
    else {
      close(descriptor)
      throw refusal(path, "\(name) is not a file of this user; remove it")
    }
    return descriptor
  }

  /// Refuses a path that another process answers on, or where something else is.
  static func check(_ path: String) throws { _ = try hasStale(path) }

  /// Removes the file if it is still this socket's.
  func remove() {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
    unlink(path)
  }

  private static func bindNew(_ path: String, _ mode: UInt32) throws -> UnixSocket {
    let descriptor = try streamSocket(path)
    var isDone = false
    defer { if !isDone { close(descriptor) } }
    // Linux gives the file the permissions of the socket, less the umask; the second call adds what the
    // umask took. It follows no link that was put there meanwhile.
    let bits = mode_t(mode)
    guard fchmod(descriptor, bits) == 0 else { throw refusal(path, reason()) }
    let bound = withAddress(path) { Glibc.bind(descriptor, $0, $1) }
    guard bound == 0 else { throw refusal(path, reason()) }
    var status = stat()
    guard fchmodat(AT_FDCWD, path, bits, AT_SYMLINK_NOFOLLOW) == 0, lstat(path, &status) == 0 else {
      let why = reason()
      unlink(path)
      throw refusal(path, "its permissions cannot be set: \(why)")
    }
    isDone = true
    return UnixSocket(path: path, descriptor: descriptor, device: status.st_dev, inode: status.st_ino)
  }

  /// Removes a socket file that nobody answers on.
  private static func removeStale(_ path: String) throws {
    guard try hasStale(path) else { return }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw refusal(path, "the stale socket cannot be removed: \(reason())")
    }
  }

  /// Whether there is a socket file that nobody answers on; false if there is nothing.
  private static func hasStale(_ path: String) throws -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      // A missing folder is made later, and what is none is refused by whoever makes it.
      guard errno == ENOENT || errno == ENOTDIR else { throw refusal(path, reason()) }
      return false
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw refusal(path, "a file that is no socket is there; remove it, or listen elsewhere")
    }
    let probe = try streamSocket(path)
    defer { close(probe) }
    if withAddress(path, { connect(probe, $0, $1) }) == 0 || errno == EAGAIN {
      throw refusal(path, "another process answers there; stop it, or listen elsewhere")
    }
    guard errno == ECONNREFUSED else { throw refusal(path, "what is there cannot be asked: \(reason())") }
    return true
  }

  private static func streamSocket(_ path: String) throws -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw refusal(path, reason()) }
    return descriptor
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func makeFolders(_ folder: String, for path: String) throws {
    if mkdir(folder, 0o755) == 0 || errno == EEXIST { return }
    if errno == ENOENT {
      let above = parent(of: folder)
      guard above != folder else { throw refusal(path, "the folder \(folder) cannot be made: \(reason())") }
      try makeFolders(above, for: path)
      if mkdir(folder, 0o755) == 0 || errno == EEXIST { return }
    }
    throw refusal(path, "the folder \(folder) cannot be made: \(reason())")
  }

  private static func reason() -> String { String(cString: strerror(errno)) }

  private static func refusal(_ path: String, _ reason: String) -> ListenerError {
    ListenerError(listener: path, reason: reason)
  }
}
