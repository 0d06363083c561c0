import Glibc
import LineServer
import Settings

/// A socket that systemd has bound and listens on for this process (sd_listen_fds(3)). It outlives the process, so
/// that whoever connects while none runs waits in the kernel and is not refused.
struct HandedSocket {
  enum Place: Equatable {
    case unix(path: String)
    case tcp(host: String, port: Int)
  }

  let descriptor: Int32
  /// What the unit calls it (FileDescriptorName=).
  let name: String
  let place: Place

  /// The first of them, by convention.
  private static let first: Int32 = 3
  /// More than anybody listens on.
  private static let most: Int32 = 64

  /// All there are. The variables that tell of them are for this process alone and are removed.
  static func all() throws(ConfigurationError) -> [HandedSocket] {
    defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
    guard let process = variable("LISTEN_PID").flatMap({ pid_t($0) }), process == getpid() else { return [] }
    guard let count = variable("LISTEN_FDS").flatMap({ Int32($0) }), 0...most ~= count else {
      throw ConfigurationError("LISTEN_FDS is not a number from 0 to \(most)")
    }
    let names = (variable("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
    var sockets: [HandedSocket] = []
    for index in 0..<count {
      let name = Int(index) < names.count ? String(names[Int(index)]) : "unknown"
      sockets.append(try HandedSocket(first + index, name: name))
    }
    return sockets
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  private init(_ descriptor: Int32, name: String) throws(ConfigurationError) {
    // Not for the processes that this one starts.
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, let address = Self.address(of: descriptor) else {
      throw ConfigurationError("socket \(descriptor) (\(name)) was promised by LISTEN_FDS and is not there")
    }
    guard Self.option(descriptor, SO_TYPE) == Int32(SOCK_STREAM.rawValue),
      Self.option(descriptor, SO_ACCEPTCONN) == 1
    else {
      throw ConfigurationError(
        "socket \(descriptor) (\(name)) is no stream socket that listens; its unit needs ListenStream= and Accept=no"
      )
    }
    self.descriptor = descriptor
    self.name = name
    place = address
  }

  private static func option(_ descriptor: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  /// Where a socket is bound, where that is a place to serve at.
  private static func address(of descriptor: Int32) -> Place? {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &address) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Place? in
        guard getsockname(descriptor, address, &length) == 0 else { return nil }
        if Int32(address.pointee.sa_family) == AF_UNIX {
          return address.withMemoryRebound(to: sockaddr_un.self, capacity: 1) { address in
            withUnsafeBytes(of: address.pointee.sun_path) { path in
              .unix(path: String(decoding: path.prefix { $0 != 0 }, as: UTF8.self))
            }
          }
        }
        var (host, port) = ([CChar](repeating: 0, count: 64), [CChar](repeating: 0, count: 8))
        let flags = NI_NUMERICHOST | NI_NUMERICSERV
        guard getnameinfo(address, length, &host, 64, &port, 8, flags) == 0 else { return nil }
        return .tcp(host: text(host), port: Int(text(port)) ?? 0)
      }
    }
  }

  private static func text(_ octets: [CChar]) -> String {
    String(decoding: octets.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// A configuration that cannot be used, and what would be right.
struct ConfigurationError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
