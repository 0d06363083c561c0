import Glibc

/// Tells systemd how the service is (sd_notify(3)); does nothing where nobody listens.
enum ServiceNotice {
  static func ready() { send("READY=1\nSTATUS=serving") }
  /// Between this and ``ready()`` the settings are read anew.
  static func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)\nSTATUS=reloading")
  }
  static func stopping() { send("STOPPING=1\nSTATUS=ending connections") }

  private static func send(_ state: String) {
    guard let variable = getenv("NOTIFY_SOCKET") else { return }
    var path = Array(String(cString: variable).utf8)
    // A leading @ names an abstract socket.
    guard let first = path.first, first == 47 || first == 64, path.count < 108 else { return }
    if first == 64 { path[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let bytes = Array(state.utf8)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }
}
