/// Where the server listens.
public enum Listener: Sendable, Hashable, CustomStringConvertible {
  /// A Unix socket at this path, with these permissions (`0o660`).
  case unix(path: String, mode: UInt32)
  /// TCP; port 0 takes any that is free.
  case tcp(host: String, port: Int)
  /// TLS over TCP; port 0 takes any that is free.
  case tls(host: String, port: Int)
  /// A stream socket that is bound already, as systemd hands it over. The server closes it, and leaves the
  /// file of a Unix socket alone.
  case descriptor(Int32, isTLS: Bool = false)

  public var isTLS: Bool {
    switch self {
    case .tls, .descriptor(_, isTLS: true): true
    default: false
    }
  }

  public var description: String {
    switch self {
    case .unix(let path, _): path
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .tls(let host, let port): "tls://\(Listener.tcp(host: host, port: port))"
    case .descriptor(let descriptor, _): "descriptor \(descriptor)"
    }
  }
}

/// Where the server came to listen.
public enum BoundAddress: Sendable, Hashable, CustomStringConvertible {
  case unix(path: String)
  case tcp(host: String, port: Int)
  case tls(host: String, port: Int)

  public var description: String {
    switch self {
    case .unix(let path): path
    case .tls(let host, let port): Listener.tls(host: host, port: port).description
    case .tcp(let host, let port): Listener.tcp(host: host, port: port).description
    }
  }
}

/// Why the server cannot listen somewhere.
public struct ListenerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where it was to listen.
  public var listener: String
  /// What is wrong, and what would be right.
  public var reason: String

  public var description: String { "cannot listen on \(listener): \(reason)" }
}
