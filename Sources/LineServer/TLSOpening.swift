import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The first octets of a connection to a TLS port: begins TLS where the client does, tells whoever speaks in plain text
/// that it is in the wrong place, and sees to it that all this takes little time. When the handshake is done, the
/// connection of lines takes its place.
final class TLSOpening: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  /// The first octet of a record that begins a handshake (RFC 8446, section 5.1).
  private static let handshake: UInt8 = 22

  private let context: NIOSSLContext
  private let time: TimeAmount
  private let logger: Logger
  /// Makes the connection of lines, given the name in the client's certificate and what is to be said at once.
  private let connection: (_ certificate: String?, _ farewell: LastLine?) -> Connection
  private var watchdog: Scheduled<Void>?
  private var hasBegun = false
  private var farewell: LastLine?

  init(
    context: NIOSSLContext, time: Duration, logger: Logger,
    connection: @escaping (_ certificate: String?, _ farewell: LastLine?) -> Connection
  ) {
    self.context = context
    self.time = TimeAmount(time)
    self.logger = logger
    self.connection = connection
  }

  func channelActive(context: ChannelHandlerContext) {
    watchdog = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.timeIsUp(context) }
    // What comes next in the pipeline is not there yet.
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !hasBegun {
      guard begin(context, unwrapInboundIn(data)) else { return }
    }
    context.fireChannelRead(data)
  }

  func channelInactive(context: ChannelHandlerContext) {
    watchdog?.cancel()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as DrainEvent: farewell = farewell ?? event.last ?? DrainEvent.shutdown
    case let event as ChannelEvent where event == .inputClosed && !hasBegun: context.close(promise: nil)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !hasBegun { context.close(promise: nil) }
    context.fireErrorCaught(error)
  }

  /// - Returns: false where the client does not begin TLS.
  private func begin(_ context: ChannelHandlerContext, _ bytes: ByteBuffer) -> Bool {
    guard bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == Self.handshake else {
      refuse(
        context, LastLine(.syntax, sentence: "this port speaks TLS; connect with TLS, or to another port"))
      return false
    }
    hasBegun = true
    let tls = NIOSSLServerHandler(context: self.context)
    let end = TLSOpeningEnd(logger: logger) { end in self.handshakeEnded(context, tls, end) }
    do {
      try context.pipeline.syncOperations.addHandlers([tls, end], position: .after(self))
    } catch { context.close(promise: nil) }
    return true
  }

  private func handshakeEnded(
    _ context: ChannelHandlerContext, _ tls: NIOSSLServerHandler, _ end: TLSOpeningEnd
  ) {
    watchdog?.cancel()
    let certificate = tls.peerCertificate
    // A session that is resumed is not held against the clock once more.
    if let certificate, certificate.notValidAfter < time_t(Glibc.time(nil)) {
      farewell = farewell ?? LastLine(.authFailed, sentence: "the certificate of this client has expired")
    }
    let name = certificate.map { CertificateName.of((try? $0.toDERBytes()) ?? []) }
    let pipeline = context.pipeline.syncOperations
    do {
      let connection = connection(name, farewell)
      try pipeline.addHandler(connection, position: .after(end))
      pipeline.removeHandler(self, promise: nil)
      end.handOver()
      pipeline.removeHandler(end, promise: nil)
    } catch { context.close(promise: nil) }
  }

  /// Whoever has sent nothing waits for a greeting in plain text.
  private func timeIsUp(_ context: ChannelHandlerContext) {
    guard !hasBegun else { return context.close(promise: nil) }
    let sentence = "this port speaks TLS, and no TLS came; connect with TLS, or to another port"
    refuse(context, LastLine(.syntax, sentence: sentence))
  }

  private func refuse(_ context: ChannelHandlerContext, _ line: LastLine) {
    watchdog?.cancel()
    logger.info("connection does not speak TLS")
    let pipeline = context.pipeline.syncOperations
    do {
      try pipeline.addHandler(connection(nil, line), position: .after(self))
      context.fireChannelActive()
      pipeline.removeHandler(self, promise: nil)
    } catch { context.close(promise: nil) }
  }
}

/// Behind the TLS handler: learns when its handshake is done.
final class TLSOpeningEnd: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let logger: Logger
  private let ended: (TLSOpeningEnd) -> Void
  private var context: ChannelHandlerContext?

  init(logger: Logger, ended: @escaping (TLSOpeningEnd) -> Void) {
    self.logger = logger
    self.ended = ended
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Lets what is behind it begin.
  func handOver() { context?.fireChannelActive() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      ended(self)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.info("TLS handshake failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }
}
