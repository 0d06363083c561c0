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
  /// Time for those in the backlog, and work begun for them, before whoever has sent something meanwhile is served.
  private static let backlogTime = TimeAmount.milliseconds(1)
  private static let backlogWorks = 16

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
  /// Connections that have had their turn and have more lines, in order.
  private var backlog = CircularBuffer<(connection: Connection, context: ChannelHandlerContext)>()

  /// Work that runs for connections of this loop.
  var works = 0
  /// The end of the last pause of the backlog.
  private var lastPause = NIODeadline.uptimeNanoseconds(0)

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

  /// Whether connections wait for their next turn.
  var hasBacklog: Bool { !backlog.isEmpty }

  /// Has a connection go on when those before it had their next turn, and whoever sends a single line meanwhile was served.
  func later(_ connection: Connection, _ context: ChannelHandlerContext) {
    backlog.append((connection, context))
    if backlog.count == 1 { scheduleBacklog(on: context.eventLoop) }
  }

  /// The loop looks for what was sent only when no task is due, and work that ends is a task too: so now and then there
  /// must be a pause that lasts until what runs has ended.
  private func scheduleBacklog(on eventLoop: any EventLoop) {
    var pause = TimeAmount.zero
    if lastPause + Self.backlogTime < .now() {
      pause = .microseconds(50) + .microseconds(10) * min(works, Self.backlogWorks)
      lastPause = .now() + pause
    }
    eventLoop.assumeIsolated().scheduleTask(in: pause) { self.serveBacklog(on: eventLoop) }
  }

  private func serveBacklog(on eventLoop: any EventLoop) {
    let end = NIODeadline.now() + Self.backlogTime
    let worksBefore = works
    // Each stays until its turn is over, so that the next one finds that somebody sees to the backlog.
    repeat {
      let (connection, context) = backlog.first!
      connection.takeTurn(context)
      backlog.removeFirst()
    } while !backlog.isEmpty && works < worksBefore + Self.backlogWorks && NIODeadline.now() < end
    if !backlog.isEmpty { scheduleBacklog(on: eventLoop) }
  }

  private func end() {
    var ready: [(connection: Connection, context: ChannelHandlerContext)] = []
    swap(&ready, &waiting)
    for (connection, context) in ready { connection.turnEnds(context) }
    ready.removeAll(keepingCapacity: true)
    if waiting.isEmpty { swap(&ready, &waiting) }
  }
}
