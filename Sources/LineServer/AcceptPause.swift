import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Stops accepting for a second when the process or the machine has no descriptor or memory for one more
/// connection, without which the listening socket stays readable and the event loop spins; and for good when it is told
/// to.
final class AcceptPause: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias OutboundIn = any Channel

  private let logger: Logger
  private var isPaused = false
  private var isStopped = false
  private var isReadHeld = false

  init(logger: Logger) { self.logger = logger }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
      return context.fireErrorCaught(error)
    }
    guard !isPaused else { return }
    isPaused = true
    logger.error("cannot accept a connection; trying again in a second", metadata: ["error": "\(error)"])
    context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
      self.isPaused = false
      guard self.isReadHeld, !self.isStopped else { return }
      self.isReadHeld = false
      context.read()
    }
  }

  func read(context: ChannelHandlerContext) {
    if isPaused || isStopped { isReadHeld = true } else { context.read() }
  }

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard event is StopAccepting else { return context.triggerUserOutboundEvent(event, promise: promise) }
    isStopped = true
    do {
      try context.channel.syncOptions?.setOption(.autoRead, value: false)
      promise?.succeed()
    } catch { promise?.fail(error) }
  }
}

/// Has a listening socket accept nothing more; what comes waits in the kernel.
struct StopAccepting {}
