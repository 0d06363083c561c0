import Glibc

/// A folder of its own for one test, with a short name, for Unix sockets have short paths; open to other
/// users, for PostgreSQL's has to get through it.
public struct TemporaryFolder: Sendable {
  public let path: String

  public init(prefix: String = "bwt-") throws {
    var template = Array("/tmp/\(prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil, chmod(&template, 0o755) == 0 else {
      throw CannotMake(reason: String(cString: strerror(errno)))
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  public func remove() { Self.remove(path) }

  public struct CannotMake: Error {
    var reason: String
  }

  static func remove(_ path: String) {
    precondition(path.hasPrefix("/tmp/bwt"), "Only temporary folders of tests are removed, not \(path).")
    let words: [String] = ["rm", "-rf", "--", path]
    let arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    if posix_spawn(&pid, "/bin/rm", nil, nil, arguments, [nil]) == 0 { waitpid(pid, nil, 0) }
  }
}
