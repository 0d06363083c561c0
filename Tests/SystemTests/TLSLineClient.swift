import CSSL
import Foundation

/// A connection over TLS, by OpenSSL. What ends without close_notify is an error, and no end.
final class TLSLineClient: LineClient {
  private let context: OpaquePointer
  private let connection: OpaquePointer

  /// - Parameters:
  ///   - authority: PEM file of the authority that the daemon's certificate must be signed by.
  ///   - identity: PEM files of this client's certificate and key.
  ///   - session: one to be resumed, see ``session``.
  ///   - isLate: whether ``shakeHands()`` is left to the test.
  init(
    port: UInt16, authority: String, identity: (certificate: String, key: String)? = nil,
    version: Int32 = TLS1_3_VERSION, session: OpaquePointer? = nil, isLate: Bool = false
  ) throws {
    guard let context = SSL_CTX_new(TLS_client_method()), limit_to_version(context, version) == 1,
      let connection = SSL_new(context)
    else { throw Failure(description: "no OpenSSL") }
    (self.context, self.connection) = (context, connection)
    try super.init(port: port)
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    SSL_set_verify(connection, SSL_VERIFY_PEER, nil)
    guard SSL_CTX_load_verify_locations(context, authority, nil) == 1 else { throw failure(0) }
    if let identity {
      guard SSL_use_certificate_file(connection, identity.certificate, SSL_FILETYPE_PEM) == 1,
        SSL_use_PrivateKey_file(connection, identity.key, SSL_FILETYPE_PEM) == 1
      else { throw failure(0) }
    }
    if let session { SSL_set_session(connection, session) }
    _ = ask_for_name(connection, "localhost")
    SSL_set1_host(connection, "localhost")
    SSL_set_fd(connection, descriptor)
    if !isLate { try shakeHands() }
  }

  func shakeHands() throws {
    let result = SSL_connect(connection)
    guard result == 1 else { throw failure(result) }
  }

  deinit {
    SSL_free(connection)
    SSL_CTX_free(context)
  }

  /// The session of this connection, for another one to resume; to be freed with `SSL_SESSION_free`. In TLS 1.3 there is
  /// one once something has been read.
  var session: OpaquePointer? { SSL_get1_session(connection) }
  var isResumed: Bool { SSL_session_reused(connection) == 1 }

  /// The number of the daemon's certificate, to tell one from another.
  var serial: String {
    guard let certificate = SSL_get1_peer_certificate(connection) else { return "none" }
    defer { X509_free(certificate) }
    guard let number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), nil) else { return "none" }
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return "none" }
    defer { CRYPTO_free(text, nil, 0) }
    return String(cString: text)
  }

  override func sendSome(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    let count = SSL_write(connection, bytes.baseAddress, Int32(bytes.count))
    guard count > 0 else { throw failure(count) }
    return Int(count)
  }

  override func receiveSome(_ room: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = SSL_read(connection, room.baseAddress, Int32(room.count))
    if count > 0 { return Int(count) }
    guard SSL_get_error(connection, count) == SSL_ERROR_ZERO_RETURN else { throw failure(count) }
    return 0
  }

  /// Says close_notify; replies still come.
  override func halfClose() { SSL_shutdown(connection) }

  private func failure(_ result: Int32) -> Failure {
    let kind = SSL_get_error(connection, result)
    let system = String(cString: strerror(errno))
    var text = [CChar](repeating: 0, count: 256)
    let code = ERR_get_error()
    ERR_error_string_n(code, &text, text.count)
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return Failure(description: code == 0 ? "TLS ended: \(kind), \(system)" : words)
  }
}
