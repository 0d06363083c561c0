import LineServer
import Settings

/// Where a daemon listens.
enum Listeners {
  /// What systemd has handed over, and beside that what the settings say, for kinds of which nothing was handed over.
  ///
  /// A handed TCP socket is one for TLS when its unit calls it `tls`, or when its port is that of `listen_tls`.
  /// - Throws: for a socket that the settings do not allow.
  static func of(_ settings: Settings, handed: [HandedSocket]) throws(ConfigurationError) -> [Listener] {
    let secure = settings["listen_tls"].flatMap(Address.init)
    var listeners: [Listener] = []
    var (hasUnix, hasTCP, hasTLS) = (false, false, false)
    for socket in handed {
      switch socket.place {
      case .unix:
        hasUnix = true
        listeners.append(.descriptor(socket.descriptor))
      case .tcp(let host, let port):
        let isTLS = socket.name == "tls" || port == secure?.port
        try check(Listener.tcp(host: host, port: port), isTLS: isTLS, settings)
        if isTLS { hasTLS = true } else { hasTCP = true }
        listeners.append(.descriptor(socket.descriptor, isTLS: isTLS))
      }
    }
    let path = settings["listen_unix"] ?? settings["state_dir"].map { $0 + "/bellwether.sock" }
    if !hasUnix, let path { listeners.append(.unix(path: path, mode: SocketModes.mode(settings))) }
    if !hasTCP, let address = settings["listen_tcp"].flatMap(Address.init) {
      listeners.append(.tcp(host: address.host, port: address.port))
    }
    if !hasTLS, settings.isTLSWanted, let secure {
      listeners.append(.tls(host: secure.host, port: secure.port))
    }
    return listeners
  }

  private static func check(
    _ listener: Listener, isTLS: Bool, _ settings: Settings
  ) throws(ConfigurationError) {
    if isTLS {
      guard settings["tls_certificate"] != nil else {
        throw ConfigurationError(
          "systemd handed over \(listener) for TLS, and tls_certificate and tls_key are not set")
      }
    } else if Address("\(listener)")?.isLoopback != true, !settings.flag("plain_tcp_anywhere") {
      throw ConfigurationError(
        "systemd handed over \(listener), which can be reached from other machines, and plain TCP is not encrypted; "
          + "call it tls (FileDescriptorName=tls), or say plain_tcp_anywhere: yes")
    }
  }
}

extension TLSFiles {
  /// Nil where nothing is said of TLS.
  init?(_ settings: Settings) {
    guard let certificate = settings["tls_certificate"], let key = settings["tls_key"] else { return nil }
    self.init(
      certificate: certificate, key: key, clientAuthority: settings["tls_client_ca"],
      requiresClientCertificate: settings["tls_client_certificate"] == "required")
  }
}
