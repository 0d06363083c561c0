import Glibc

/// A file that appears under its name when it is whole. What is no regular file (a pipe, /dev/null) is written
/// to directly.
struct NewFile {
  let output: Output
  private let descriptor: Int32
  private let path: String
  /// Nil when it is written to directly.
  private let temporaryPath: String?
  private let isForced: Bool

  /// - Throws: a failure with exit status 73 when the file is there already or cannot be made.
  init(_ path: String, isForced: Bool) throws(Failure) {
    self.isForced = isForced
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      self.path = path
      temporaryPath = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      guard !exists || isForced else { throw Self.taken(path) }
      // A link stays a link: the file it leads to is replaced.
      self.path = exists ? Self.resolved(path) : path
      let temporary = "\(self.path).\(getpid()).part"
      temporaryPath = temporary
      Interrupts.setTemporaryFile(temporary)
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw Self.cannot("create", path) }
    output = Output(descriptor: descriptor)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func cannot(_ what: String, _ path: String) -> Failure {
    Failure(
      status: ExitStatus.cannotCreate, message: "cannot \(what) \(path): \(String(cString: strerror(errno)))")
  }

  private static func taken(_ path: String) -> Failure {
    Failure(status: ExitStatus.cannotCreate, message: "\(path) is there already; --force replaces it")
  }

  /// Makes the file appear. Without force, one that has appeared under the name meanwhile stays. Where it throws, the
  /// file is still to be discarded: its descriptor is closed once, since by then another may have the number.
  func commit() throws {
    try output.flush()
    if let temporaryPath {
      guard fsync(descriptor) == 0 else { throw Self.cannot("write", path) }
      if isForced {
        guard rename(temporaryPath, path) == 0 else { throw Self.cannot("create", path) }
      } else if link(temporaryPath, path) == 0 {
        unlink(temporaryPath)
      } else if errno == EEXIST {
        throw Self.taken(path)
      } else {
        // A file system without hard links.
        guard rename(temporaryPath, path) == 0 else { throw Self.cannot("create", path) }
      }
      Interrupts.setTemporaryFile(nil)
    }
    close(descriptor)
  }

  /// Leaves nothing behind; for a file that was not committed.
  func discard() {
    close(descriptor)
    if let temporaryPath { unlink(temporaryPath) }
    Interrupts.setTemporaryFile(nil)
  }
}
