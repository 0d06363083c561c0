import NIOCore
import NIOPosix

/// What the connections of an event loop share: memory for replies, and the end of a turn.
///
/// In a turn the loop serves every connection that has sent something. Their replies go out together at the end of it, as
/// a client that sleeps is woken by the first, at some cost to both, and is awake for the others.
final class LoopTurn {
  /// Octets of a buffer; a power of two, as buffers are.
  static let bufferSize = 131_072
  /// Connections whose replies may wait for one another, and buffers that are kept for them.
  private static let places = 16

  // Every thread sees its own.
  private nonisolated(unsafe) static let ofThreads = ThreadSpecificVariable<LoopTurn>()

  /// The one of this thread.
  static var ofThisThread: LoopTurn {
    if let turn = ofThreads.currentValue { return turn }
    let turn = LoopTurn()
    ofThreads.currentValue = turn
    return turn
  }

  private var spares: [ByteBuffer] = []
  private var waiting: [(connection: Connection, context: ChannelHandlerContext)] = []
  private var isEndAwaited = false

  /// Memory for replies. A connection that has nothing to say holds none.
  func take() -> ByteBuffer {
    spares.popLast() ?? ByteBufferAllocator().buffer(capacity: Self.bufferSize)
  }

  /// Takes back what has been handed to a channel, if it is worth keeping. Where the channel still holds it since the
  /// client reads slowly, the memory is the channel's, and there will be other memory.
  func give(_ used: consuming ByteBuffer) {
    guard used.capacity == Self.bufferSize, spares.count < Self.places else { return }
    used.clear()
    spares.append(used)
  }

  /// Has a connection write its replies at the end of the turn.
  func atEnd(_ connection: Connection, _ context: ChannelHandlerContext) {
    waiting.append((connection, context))
    if waiting.count == Self.places { return end() }
    guard !isEndAwaited else { return }
    isEndAwaited = true
    // Tasks have their turn when all connections had theirs.
    context.eventLoop.assumeIsolated().execute {
      self.isEndAwaited = false
      self.end()
    }
  }

  private func end() {
    var ready: [(connection: Connection, context: ChannelHandlerContext)] = []
    swap(&ready, &waiting)
    for (connection, context) in ready { connection.turnEnds(context) }
    ready.removeAll(keepingCapacity: true)
    if waiting.isEmpty { swap(&ready, &waiting) }
  }
}
