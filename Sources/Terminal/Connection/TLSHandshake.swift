import Glibc
import NIOCore
import NIOSSL
import NIOTLS

/// Behind the TLS handler: learns how its handshake ends, and says in words why it failed.
final class TLSHandshake: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let tls: NIOSSLClientHandler
  private let endpoint: Endpoint
  private var done: EventLoopPromise<Void>?

  /// - Parameter done: Fulfilled with the end of the handshake, or a ``Failure``.
  init(_ tls: NIOSSLClientHandler, _ endpoint: Endpoint, done: EventLoopPromise<Void>) {
    self.tls = tls
    self.endpoint = endpoint
    self.done = done
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { end(.success(())) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(.failure(failure(error)))
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(.failure(failure(ChannelError.eof)))
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end(.failure(failure(ChannelError.eof))) }

  private func end(_ result: Result<Void, any Error>) {
    done?.completeWith(result)
    done = nil
  }

  private func failure(_ error: any Error) -> Failure {
    Failure(status: ExitStatus.unavailable, message: sentence("\(error)"))
  }

  /// BoringSSL tells its reasons apart by name only.
  private func sentence(_ reason: String) -> String {
    if reason.contains("CERTIFICATE_VERIFY_FAILED") { return doubt }
    if reason.contains("failedToValidateHostname") {
      return "the certificate of \(endpoint) is not for that name; connect by a name that it is for"
    }
    if reason.contains("WRONG_VERSION_NUMBER") || reason.contains("HTTP_REQUEST") {
      return "what listens at \(endpoint) does not speak TLS; without tls:// it may answer"
    }
    if reason.contains("PROTOCOL_VERSION") || reason.contains("UNSUPPORTED_PROTOCOL") {
      return "\(endpoint) does not speak TLS 1.3, and nothing older is good enough"
    }
    return "\(endpoint) ended the connection in the TLS handshake (\(Self.short(reason)))"
  }

  /// Why the daemon's certificate is not trusted.
  private var doubt: String {
    let now = time(nil)
    if let certificate = tls.peerCertificate {
      if certificate.notValidAfter < now {
        return "the certificate of \(endpoint) expired on \(Self.day(certificate.notValidAfter))"
      }
      if certificate.notValidBefore > now {
        return
          "the certificate of \(endpoint) is good from \(Self.day(certificate.notValidBefore)) only; is the clock "
          + "of this machine right?"
      }
    }
    return
      "the certificate of \(endpoint) is signed by no authority that is trusted here; --ca FILE or $BELLWETHER_CA "
      + "name the one that signed it"
  }

  private static func day(_ second: time_t) -> String {
    var (second, parts) = (second, tm())
    gmtime_r(&second, &parts)
    var text = [CChar](repeating: 0, count: 16)
    let count = strftime(&text, text.count, "%Y-%m-%d", &parts)
    return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What a daemon said that had let the handshake pass and then did not like the client's certificate.
  static func refusal(_ error: any Error) -> String? {
    let reason = "\(error)"
    guard reason.contains("ALERT") else { return nil }
    if reason.contains("CERTIFICATE_REQUIRED") {
      return "it takes clients with a certificate only; --certificate FILE and --key FILE give one"
    }
    return "it does not take the certificate of this client (\(short(reason)))"
  }

  /// The name of BoringSSL's reason in the description of an error: capitals, digits and `_`.
  private static func short(_ reason: String) -> String {
    let names = reason.split { !($0.isUppercase || $0.isNumber || $0 == "_") }.filter {
      $0.count > 8 && $0.contains("_")
    }
    return names.first.map { String($0) } ?? reason
  }
}
