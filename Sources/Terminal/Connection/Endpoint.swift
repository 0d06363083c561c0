import Glibc

/// Where a daemon listens.
enum Endpoint: Sendable, Hashable, CustomStringConvertible {
  case unix(path: String)
  case tcp(host: String, port: Int)
  case tls(host: String, port: Int)

  static let installedSocket = "/run/bellwether/bellwether.sock"
  static let defaultPort = 7411
  static let defaultTLSPort = 7412
  private static let tlsMark = "tls://"

  /// Reads `PATH`, `host:port`, `[::1]:port` or a host alone, the last three with `tls://` before them for TLS. Whatever
  /// else holds a slash is a path.
  /// - Throws: a usage failure that says which of these it should have been.
  init(_ text: String) throws(Failure) {
    let isTLS = text.hasPrefix(Self.tlsMark)
    guard isTLS || !text.contains("/") else {
      self = .unix(path: text)
      return
    }
    let place = isTLS ? String(text.dropFirst(Self.tlsMark.count)) : text
    var (host, port) = (place[...], ""[...])
    if place.hasPrefix("["), let close = place.firstIndex(of: "]") {
      host = place[place.index(after: place.startIndex)..<close]
      port = place[place.index(after: close)...]
    } else if let colon = place.firstIndex(of: ":") {
      (host, port) = (place[..<colon], place[colon...])
    }
    let number = port.isEmpty ? (isTLS ? Self.defaultTLSPort : Self.defaultPort) : Int(port.dropFirst())
    guard !host.isEmpty, !host.contains("/"), port.isEmpty || port.first == ":", let number,
      (1...65_535).contains(number)
    else {
      throw .usage(
        "\"\(text)\" is no place to connect to; give a socket's path (with a /), host:port or tls://host:port"
      )
    }
    self = isTLS ? .tls(host: String(host), port: number) : .tcp(host: String(host), port: number)
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
    case .tls(let host, let port): Self.tlsMark + Endpoint.tcp(host: host, port: port).description
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
