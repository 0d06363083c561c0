import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension Listener {
  /// Finds out whether it could listen here, without doing so: whether the port is free, and nobody answers on the path.
  /// - Throws: `ListenerError` if not.
  public func check() throws {
    switch self {
    case .unix(let path, _): try UnixSocket.check(path)
    case .tcp(let host, let port), .tls(let host, let port):
      if port != 0 { try checkPort(host, port) }
    case .descriptor: break
    }
  }

  private func checkPort(_ host: String, _ port: Int) throws {
    let address: SocketAddress
    do { address = try SocketAddress.makeAddressResolvingHost(host, port: port) } catch {
      throw ListenerError(listener: description, reason: "\(error)")
    }
    let family = if case .v6 = address { AF_INET6 } else { AF_INET }
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw ListenerError(listener: description, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    // As the listener will: connections of a daemon that has just ended do not count.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let failure: Int32 = address.withSockAddr { pointer, size in
      Glibc.bind(descriptor, pointer, socklen_t(size)) == 0 ? 0 : errno
    }
    guard failure != 0 else { return }
    let reason = String(cString: strerror(failure))
    throw ListenerError(
      listener: description,
      reason: failure == EADDRINUSE
        ? "\(reason); another process listens there: stop it, or choose another port" : reason)
  }
}
