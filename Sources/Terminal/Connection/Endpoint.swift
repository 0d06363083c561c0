import Glibc

/// Where a daemon listens.
enum Endpoint: Sendable, Hashable, CustomStringConvertible {
  case unix(path: String)
  case tcp(host: String, port: Int)

  static let installedSocket = "/run/bellwether/bellwether.sock"
  static let defaultPort = 7411

  /// Reads `PATH`, `host:port`, `[::1]:port` or a host alone. Whatever holds a slash is a path.
  /// - Throws: a usage failure that says which of these it should have been.
  init(_ text: String) throws(Failure) {
    if text.contains("/") {
      self = .unix(path: text)
      return
    }
    var (host, port) = (text[...], ""[...])
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<close]
      port = text[text.index(after: close)...]
    } else if let colon = text.firstIndex(of: ":") {
      (host, port) = (text[..<colon], text[colon...])
    }
    let number = port.isEmpty ? Self.defaultPort : Int(port.dropFirst())
    guard !host.isEmpty, port.isEmpty || port.first == ":", let number, (1...65_535).contains(number) else {
      throw .usage("\"\(text)\" is no place to connect to; give a socket's path (with a /) or host:port")
    }
    self = .tcp(host: String(host), port: number)
  }

  /// The place a client connects to: what the command line says, else `$BELLWETHER_CONNECT`, else the
  /// socket of an installed daemon if there is one, else loopback.
  static func chosen(option: String?, environment: [String: String]) throws(Failure) -> Endpoint {
    if let option { return try Endpoint(option) }
    if let text = environment["BELLWETHER_CONNECT"], !text.isEmpty { return try Endpoint(text) }
    if access(installedSocket, F_OK) == 0 { return .unix(path: installedSocket) }
    return .tcp(host: "127.0.0.1", port: defaultPort)
  }

  var description: String {
    switch self {
    case .unix(let path): path
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
