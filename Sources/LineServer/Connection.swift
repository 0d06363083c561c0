import Domain
import Logging
import NIOCore
import Wire

/// One connection: cuts lines off what is received, hands them to the session one at a time, and writes
/// what comes of them in order. All of it happens on the event loop of the connection; only work that takes
/// time runs elsewhere.
final class Connection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How the connection begins.
  enum Beginning {
    case session(any LineService, Peer)
    /// It is told this and closed.
    case refusal(LastLine)
  }

  private enum Phase {
    case serving
    /// The last octets are on their way; nothing is taken any more.
    case closing
    /// The last octets are sent; what the client still sends is dropped, so that its side does not answer
    /// with a reset that would take the last line from it.
    case lingering
    case closed
  }

  /// Octets of replies that gather before they are written, when many lines come together.
  private static let burst = 65_536
  /// Replies of fewer octets wait for those of other connections, see ``LoopTurn``.
  private static let fewOctets = 16_384
  /// Room for a reply that is written in place, at least.
  private static let room = LoopTurn.bufferSize - burst
  /// Octets of work that gather before it waits for the event loop to take them. There may be a thousand streams, so each
  /// waits every time, and holds no more than it is sending.
  private static let gatheredByWork = 65_536
  private static let gatheredByStream = 1

  private let beginning: Beginning
  private let limits: ServerLimits
  private let idleTime: TimeAmount?
  private let logger: Logger
  private let table: ConnectionTable

  private var session: (any LineSession)?
  private var framer: LineFramer
  private var phase = Phase.serving
  /// Replies that are not written yet.
  private var outgoing = ByteBuffer()
  private let turn = LoopTurn.ofThisThread
  private var work: (task: Task<Void, Never>, sink: WorkSink, isStream: Bool)?
  private var hasInputEnded = false
  /// Why and how the connection is told to come to its end.
  private var farewell: DrainEvent?
  private var isAdvancing = false
  /// When somebody must have signed in; nil once somebody has.
  private var signInDue: NIODeadline?
  /// Octets of replies that the table knows to be queued here.
  private var queuedBytes = 0
  /// All connections hold too much: what is queued here is read before anything else happens.
  private var isAwaitingReader = false
  /// It waits until others had their turn.
  private var hasHadItsTurn = false
  /// It has waited.
  private var isItsTurn = false
  /// The channel asked to read while enough was waiting.
  private var isReadHeld = false

  private var watch = ConnectionWatch()
  private var watchdog: (task: Scheduled<Void>, due: NIODeadline)?

  init(
    beginning: Beginning, limits: ServerLimits, idleTime: Duration?, logger: Logger, table: ConnectionTable
  ) {
    self.beginning = beginning
    self.limits = limits
    self.idleTime = idleTime.map { TimeAmount($0) }
    self.logger = logger
    self.table = table
    framer = LineFramer(endlessLine: limits.endlessLine)
  }

  // MARK: What the channel tells

  func channelActive(context: ChannelHandlerContext) {
    switch beginning {
    case .refusal(let line): end(context, line)
    case .session(let service, let peer):
      let channel = context.channel
      let session = service.connect(peer) { last in
        channel.pipeline.fireUserInboundEventTriggered(DrainEvent(last: last))
      }
      self.session = session
      if !session.isKnown { signInDue = .now() + TimeAmount(limits.signInTime) }
      handle(session.greet(), context)
      watch.noteActivity()
      advance(context)
      writeOut(context)
    }
    arm(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard phase == .serving else { return }
    var bytes = unwrapInboundIn(data)
    framer.append(&bytes)
    advance(context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    watch.noteActivity()
    if 1..<Self.fewOctets ~= outgoing.readableBytes {
      turn.atEnd(self, context)
    } else {
      turnEnds(context)
    }
    context.fireChannelReadComplete()
  }

  /// The event loop has served all connections that sent something.
  func turnEnds(_ context: ChannelHandlerContext) {
    guard phase != .closed else { return }
    writeOut(context)
    arm(context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as ChannelEvent where event == .inputClosed:
      hasInputEnded = true
      if phase == .lingering { return context.close(promise: nil) }
      advance(context)
      writeOut(context)
    case let event as DrainEvent:
      farewell = farewell ?? event
      advance(context)
      writeOut(context)
    default: break
    }
    arm(context)
    context.fireUserInboundEventTriggered(event)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { goOn(context) }
    context.fireChannelWritabilityChanged()
  }

  /// The client has read some of what was queued.
  private func goOn(_ context: ChannelHandlerContext) {
    guard phase != .closed else { return }
    work?.sink.setBlocked(!hasRoom(context))
    advance(context)
    writeOut(context)
    arm(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    phase = .closed
    table.noteQueued(-queuedBytes)
    queuedBytes = 0
    watchdog?.task.cancel()
    watchdog = nil
    framer.discard()
    outgoing = ByteBuffer()
    work?.task.cancel()
    work?.sink.retire()
    endSession()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.debug("connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  func read(context: ChannelHandlerContext) {
    if isFull { isReadHeld = true } else { context.read() }
  }

  // MARK: Lines

  private var isFull: Bool {
    guard phase == .serving, let session else { return false }
    return framer.isFull(lines: limits.waitingLines, bytes: 2 * session.lineLimit)
  }

  /// Does what can be done now: takes the lines whose turn it is, and ends the connection when it is over.
  private func advance(_ context: ChannelHandlerContext) {
    // Writing may tell of writability and of a closed channel before it returns.
    guard !isAdvancing, phase == .serving, session != nil else { return }
    isAdvancing = true
    defer { isAdvancing = false }
    refuseForeignProtocol(context)
    let isDry = takeLines(context)
    endStream()
    guard phase == .serving, work == nil else { return readOn(context) }
    if let farewell {
      if let last = farewell.last { end(context, last) } else { end(context) }
    } else if isDry, hasInputEnded {
      endAfterInput(context)
    }
    readOn(context)
  }

  /// - Returns: whether no whole line is left.
  private func takeLines(_ context: ChannelHandlerContext) -> Bool {
    // While others wait for their turn, whoever has sent several lines at once waits as well.
    if turn.hasBacklog, work == nil, !isItsTurn, !hasHadItsTurn, framer.isFull(lines: 2, bytes: .max) {
      letOthersGo(context)
    }
    while phase == .serving, work == nil, farewell == nil, !hasHadItsTurn, let session {
      if outgoing.readableBytes >= Self.burst {
        letOthersGo(context)
        return false
      }
      guard hasRoom(context) else { return false }
      answerInPlace(session)
      guard outgoing.readableBytes < Self.burst else { continue }
      switch framer.next(limit: session.lineLimit) {
      case nil: return true
      case .line(let line): handle(session.receive(line), context)
      case .oversize: handle(session.receiveOversize(), context)
      case .endless:
        let sentence = "the line goes on beyond \(limits.endlessLine) octets"
        end(context, LastLine(.lineTooLong, sentence: sentence))
      }
    }
    return false
  }

  /// Writes what there is and goes on when those who have sent something meanwhile had their turn: whoever sends many
  /// lines at once, and reads or does not, holds nobody up for longer than a burst takes.
  private func letOthersGo(_ context: ChannelHandlerContext) {
    hasHadItsTurn = true
    writeOut(context)
    turn.later(self, context)
  }

  /// Others had their turn.
  func takeTurn(_ context: ChannelHandlerContext) {
    hasHadItsTurn = false
    isItsTurn = true
    goOn(context)
    isItsTurn = false
  }

  /// Answers the lines that can be answered in place, until one cannot or a burst is full.
  private func answerInPlace(_ session: any LineSession) {
    // Held here meanwhile: a property of an object is looked after with every use.
    var replies = ByteBuffer()
    swap(&replies, &outgoing)
    if replies.capacity == 0 { replies = turn.take() }
    framer.offer(limit: session.lineLimit) { line in
      guard replies.readableBytes < Self.burst else { return false }
      var isAnswered = false
      replies.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.room) { room in
        guard let count = session.answer(line, into: room) else { return 0 }
        isAnswered = true
        return count
      }
      return isAnswered
    }
    swap(&replies, &outgoing)
  }

  private func handle(_ handling: LineHandling, _ context: ChannelHandlerContext) {
    switch handling {
    case .none: break
    case .reply(let bytes): outgoing.writeBytes(bytes)
    case .close(let bytes):
      outgoing.writeBytes(bytes)
      end(context)
    case .work(let work): begin(work, isStream: false, context)
    case .stream(let work): begin(work, isStream: true, context)
    }
  }

  private func begin(
    _ work: @escaping @Sendable (any ReplySink) async -> Void, isStream: Bool,
    _ context: ChannelHandlerContext
  ) {
    let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
    let eventLoop = context.eventLoop
    let sink = WorkSink(capacity: isStream ? Self.gatheredByStream : Self.gatheredByWork) {
      eventLoop.execute { bound.value.connection.drainSink(bound.value.context) }
    }
    let table = table
    table.workBegan()
    // A stream takes no turn that others would wait for.
    if !isStream { turn.works += 1 }
    let task = Task {
      await work(sink)
      eventLoop.execute { bound.value.connection.workEnded(bound.value.context) }
      table.workEnded()
    }
    self.work = (task, sink, isStream)
  }

  /// A stream goes on until there is something else to do: a line, if only one that is far too long, or the end.
  private func endStream() {
    guard let work, work.isStream, let session,
      farewell != nil || framer.isFull(lines: 1, bytes: 2 * session.lineLimit)
    else { return }
    work.task.cancel()
  }

  private func drainSink(_ context: ChannelHandlerContext) {
    guard phase == .serving, let sink = work?.sink else { return }
    var bytes = sink.take()
    if outgoing.readableBytes == 0 { swap(&outgoing, &bytes) } else { outgoing.writeBuffer(&bytes) }
    writeOut(context)
    sink.setBlocked(!hasRoom(context))
    arm(context)
  }

  private func workEnded(_ context: ChannelHandlerContext) {
    if work?.isStream == false { turn.works -= 1 }
    drainSink(context)
    work?.sink.retire()
    work = nil
    guard phase == .serving else { return }
    watch.noteActivity()
    refuseStranger(context)
    // Whoever has sent more lines already waits for the next turn like others.
    if phase == .serving, farewell == nil, !hasHadItsTurn, framer.isFull(lines: 1, bytes: .max) {
      letOthersGo(context)
    }
    advance(context)
    writeOut(context)
    arm(context)
  }

  /// Whoever has not signed in by now is sent away, whatever else is to be done.
  private func refuseStranger(_ context: ChannelHandlerContext) {
    // Whoever is to be closed already has been told why.
    guard let signInDue, signInDue <= .now(), !isAtWork, farewell == nil, session?.isKnown == false else {
      return
    }
    let time = limits.signInTime.components.seconds
    let last = LastLine(
      .closing, sentence: "nobody signed in within \(time) s; connect again and sign in first")
    guard work != nil else { return end(context, last) }
    farewell = farewell ?? DrainEvent(last: last)
    endStream()
  }

  /// Whether something runs that comes to its end by itself.
  private var isAtWork: Bool { work?.isStream == false }

  /// Whether a reply may be queued: below what one connection may hold and, of a stream or where all of them hold too
  /// much, only when the client has read all that was queued before.
  private func hasRoom(_ context: ChannelHandlerContext) -> Bool {
    guard context.channel.isWritable, !isAwaitingReader else { return false }
    guard table.holdsTooMuch || work?.isStream == true, queued(context) > 0 else { return true }
    isAwaitingReader = true
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in
      self.isAwaitingReader = false
      self.goOn(context)
    }
    writeOut(context, promise)
    // It may have been read at once.
    return context.channel.isWritable && !isAwaitingReader
  }

  /// Octets that the kernel has not taken yet.
  private func queued(_ context: ChannelHandlerContext) -> Int {
    (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Where browsers and TLS clients can connect, their first line must be their last one.
  private func refuseForeignProtocol(_ context: ChannelHandlerContext) {
    guard framer.linesCut == 0, case .session(_, let peer) = beginning, !peer.isLocal,
      let foreign = ForeignProtocol(opening: framer.opening)
    else { return }
    logger.info("connection speaks another protocol", metadata: ["protocol": "\(foreign)"])
    end(context, foreign.refusal)
  }

  /// Lets the channel read again when there is room.
  private func readOn(_ context: ChannelHandlerContext) {
    guard isReadHeld, !isFull else { return }
    isReadHeld = false
    context.read()
  }

  // MARK: Ends

  private func endSession() {
    session?.ended()
    session = nil
  }

  /// The client has sent all it will, and all of it is answered. What lacks its end is not carried out: a
  /// client that died in the middle of a line looks the same as one that left the line end out.
  private func endAfterInput(_ context: ChannelHandlerContext) {
    guard let session else { return end(context) }
    if session.lineLimit > Limits.requestLine {
      end(
        context,
        LastLine(
          .syntax, sentence: "the upload ended without a line of a single \".\"; nothing of it was taken"))
    } else if framer.isPassingOver {
      end(
        context,
        LastLine(
          .lineTooLong,
          sentence: "the last line has no line end, and more than \(session.lineLimit) octets already"))
    } else if framer.isInsideLine {
      end(
        context,
        LastLine(.syntax, sentence: "the last line has no line end (LF), so it was not carried out"))
    } else {
      end(context)
    }
  }

  private func end(_ context: ChannelHandlerContext, _ line: LastLine) {
    outgoing.writeBytes(Array((line.text + "\n").utf8))
    end(context)
  }

  /// Writes what there is, then closes. No line is taken from here on.
  private func end(_ context: ChannelHandlerContext) {
    guard phase == .serving else { return }
    phase = .closing
    framer.discard()
    endSession()
    let promise = context.eventLoop.makePromise(of: Void.self)
    // A turn later: the channel is still writing when it says that it has written, and what TLS has to say in the end
    // would not be.
    promise.futureResult.assumeIsolated().whenComplete { _ in
      context.eventLoop.assumeIsolated().execute { self.linger(context) }
    }
    writeOut(context, promise)
    readOn(context)
  }

  /// Called when the last octet has been handed to the kernel, or when that failed.
  private func linger(_ context: ChannelHandlerContext) {
    guard phase == .closing else { return }
    guard !hasInputEnded else { return context.close(promise: nil) }
    phase = .lingering
    watch.lingerUntil = .now() + TimeAmount(limits.lingerTime)
    context.close(mode: .output, promise: nil)
    arm(context)
  }

  private func writeOut(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil) {
    var bytes = ByteBuffer()
    swap(&bytes, &outgoing)
    if bytes.readableBytes > 0 || promise != nil {
      watch.written += bytes.readableBytes
      context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
    }
    turn.give(bytes)
  }

  // MARK: Time

  /// Sees to it that somebody looks when the next deadline comes.
  private func arm(_ context: ChannelHandlerContext) {
    guard phase != .closed, let due = nextDue(context) else { return }
    if let watchdog {
      guard due < watchdog.due else { return }
      watchdog.task.cancel()
    }
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.look(context) }
    watchdog = (task, due)
  }

  private func nextDue(_ context: ChannelHandlerContext) -> NIODeadline? {
    let queued = queued(context)
    if queued != queuedBytes {
      table.noteQueued(queued - queuedBytes)
      queuedBytes = queued
    }
    watch.noteQueue(queued, checkEvery: TimeAmount(limits.stallTime / 4))
    let awaitsLine = phase == .serving && work == nil && context.channel.isWritable && !isAwaitingReader
    if signInDue != nil, session?.isKnown == true { signInDue = nil }
    watch.signInDue = phase == .serving && farewell == nil && !isAtWork ? signInDue : nil
    watch.streamDue = work?.sink.due
    watch.noteLine(framer.isInsideLine && awaitsLine ? framer.linesCut : nil, TimeAmount(limits.lineTime))
    watch.idleDue = awaitsLine && queued == 0 ? idleTime.map { watch.lastActivity + $0 } : nil
    return watch.nextDue
  }

  private func look(_ context: ChannelHandlerContext) {
    watchdog = nil
    guard phase != .closed, nextDue(context) != nil else { return }
    let now = NIODeadline.now()
    if let due = watch.lingerUntil, due <= now { return context.close(promise: nil) }
    if watch.hasStalled(now) {
      logger.info("client does not read its replies; disconnected")
      return context.close(promise: nil)
    }
    work?.sink.endWaits(now)
    refuseStranger(context)
    guard phase == .serving else { return arm(context) }
    if let due = watch.lineDue, due <= now {
      end(
        context,
        LastLine(.closing, sentence: "the line did not end within \(limits.lineTime.components.seconds) s"))
    } else if let due = watch.idleDue, due <= now {
      end(context, LastLine(.closing, sentence: "nothing was said for too long; connect again"))
    }
    arm(context)
  }
}
