import Domain
import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Accepts connections no faster than their event loops make them ready; stops for a second when the process or the
/// machine has no descriptor or memory for one more, without which the listening socket stays readable and the event loop
/// spins; and for good when it is told to.
///
/// An event loop looks for what was sent only when no task is left, and each connection that is accepted for it on another
/// loop is several: those who connect without end would keep those who are connected waiting.
final class AcceptPause: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias OutboundIn = any Channel

  /// Connections that are made ready together, at most.
  static let batch: UInt = 32

  private let logger: Logger
  private var failures = FailureRecord()
  private var isPaused = false
  private var isStopped = false
  private var isReadHeld = false
  /// Accepted, and not ready yet.
  private var underway = 0

  init(logger: Logger) { self.logger = logger }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
      return context.fireErrorCaught(error)
    }
    guard !isPaused else { return }
    isPaused = true
    if failures.failed(at: .now) != nil {
      logger.error("cannot accept a connection; trying again each second", metadata: ["error": "\(error)"])
    }
    context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
      self.isPaused = false
      self.readOn(context)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let (own, other) = (context.eventLoop, unwrapInboundIn(data).eventLoop)
    if failures.failures > 0, case .recovered(let count) = failures.succeeded() {
      logger.warning("connections are accepted again", metadata: ["failures": "\(count)"])
    }
    underway += 1
    context.fireChannelRead(data)
    // It is set up on its own event loop, handed over on this one, and registered on its own.
    other.submit {}.hop(to: own).flatMap { other.submit {} }.hop(to: own).assumeIsolated().whenComplete { _ in
      self.underway -= 1
      self.readOn(context)
    }
  }

  private var isHeld: Bool { isPaused || isStopped || underway > 0 }

  private func readOn(_ context: ChannelHandlerContext) {
    guard isReadHeld, !isHeld else { return }
    isReadHeld = false
    context.read()
  }

  func read(context: ChannelHandlerContext) {
    if isHeld { isReadHeld = true } else { context.read() }
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
