import Wire

/// A protocol that somebody speaks to this port by mistake, or on purpose: a web page can make a browser
/// send a request with any body to a port of its own machine, and a TLS hello can carry chosen octets. Where
/// the lines that follow would be obeyed, the first line must end the connection.
enum ForeignProtocol {
  case http, tls

  private static let methods = [
    "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PRI ",
  ].map { Array($0.utf8) }
  private static let connect = Array("CONNECT ".utf8)

  /// Tells by the first octets of a connection. An HTTP method is followed by a path, a star or an address;
  /// no request of the line protocol begins with one.
  init?(opening: [UInt8]) {
    if opening.first == 0x16 {
      self = .tls
    } else if let method = Self.methods.first(where: { opening.starts(with: $0) }),
      let target = opening.dropFirst(method.count).first,
      "/*h".utf8.contains(target) || method == Self.connect
    {
      self = .http
    } else {
      return nil
    }
  }

  /// What it is told.
  var refusal: LastLine {
    switch self {
    case .http:
      LastLine(.unknownCommand, sentence: "this port speaks the Bellwether line protocol, not HTTP")
    case .tls:
      LastLine(.syntax, sentence: "this port speaks the Bellwether line protocol in the clear, not TLS")
    }
  }
}
