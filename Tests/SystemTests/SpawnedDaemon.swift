import CLinux
import Foundation

/// A `bellwetherd` that gets what a service manager gives: listening sockets, and an environment of its own.
final class SpawnedDaemon {
  struct DidNotStart: Error { var reason: String }

  private(set) var process: pid_t = 0
  private(set) var status: Int32?

  /// - Parameters:
  ///   - sockets: become the descriptors from 3 on, with these names.
  ///   - log: where standard output and error are appended.
  init(
    _ arguments: [String], sockets: [(name: String, descriptor: Int32)] = [],
    environment more: [String: String] = [:], log: String
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Away from where they are to go, so that none is overwritten before it is copied.
    let copies = sockets.map { fcntl($0.descriptor, F_DUPFD_CLOEXEC, 200) }
    defer { for copy in copies { close(copy) } }
    for (index, copy) in copies.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, copy, 3 + Int32(index))
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, 3 + Int32(sockets.count))
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BELLWETHER_") }
    if !sockets.isEmpty {
      environment["LISTEN_FDS"] = "\(sockets.count)"
      environment["LISTEN_FDNAMES"] = sockets.map(\.name).joined(separator: ":")
    }
    environment.merge(more) { $1 }
    // The shell becomes the daemon and keeps its number, which nobody knows before.
    let script = #"[ -z "$LISTEN_FDS" ] || export LISTEN_PID=$$; exec "$0" "$@""#
    let words = ["/bin/sh", "-c", script, DaemonProcess.programs + "/bellwetherd"] + arguments
    let argv = words.map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    let result = posix_spawn(&process, "/bin/sh", &actions, nil, argv, envp)
    guard result == 0 else { throw DidNotStart(reason: String(cString: strerror(result))) }
  }

  func signal(_ number: Int32) { if status == nil { kill(process, number) } }

  /// Waits for its end; gives the exit status.
  @discardableResult func wait() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while waitpid(process, &raw, 0) < 0, errno == EINTR {}
    let status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + (raw & 0x7F)
    self.status = status
    return status
  }

  @discardableResult func stop() -> Int32 {
    signal(SIGTERM)
    return wait()
  }

  deinit { stop() }
}

/// A socket that listens for as long as a test holds it, whichever daemon serves it meanwhile.
final class HeldSocket {
  let descriptor: Int32
  private(set) var port: UInt16 = 0

  /// On loopback.
  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    try listen(&address)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
    }
    port = UInt16(bigEndian: address.sin_port)
  }

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    try listen(&address)
  }

  private func listen<Address>(_ address: inout Address) throws {
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard bound == 0, Glibc.listen(descriptor, 4_096) == 0 else {
      throw LineClient.Failure(description: "cannot listen: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }
}
