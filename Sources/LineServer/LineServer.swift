import Domain
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Serves the line protocol of docs/PROTOCOL.md on sockets; what a line means is the service's affair.
///
/// ```swift
/// let server = LineServer(listeners: listeners, service: service, logger: logger)
/// let addresses = try await server.start()
/// await server.run()          // until shutdown() is called, and its connections have come to their end
/// ```
///
/// What has no line end when the client's side ends is not carried out, but answered with 500: a client that
/// died half-way through a line cannot be told from one that forgot its end.
public final class LineServer: Sendable {
  private enum Phase {
    case idle
    case starting
    case running
    case draining
    /// Connections are being closed as they are.
    case stopping
  }

  private struct State {
    var phase = Phase.idle
    var channels: [any Channel] = []
    var sockets: [UnixSocket] = []
    /// Resumed when the server is told to shut down.
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let listeners: [Listener]
  private let tls: TLSCredentials?
  private let service: any LineService
  private let limits: ServerLimits
  private let logger: Logger
  private let group: any EventLoopGroup
  private let table: ConnectionTable
  private let state = Mutex(State())

  /// - Parameters:
  ///   - tls: What TLS listeners prove themselves with; needed where there are any.
  ///   - group: Where connections run; by default a thread a core, shared by the process. Even on two cores, one of them
  ///     taken by the client, that answers more than a single thread does (docs/PERFORMANCE.md).
  public init(
    listeners: [Listener], tls: TLSCredentials? = nil, service: any LineService,
    limits: ServerLimits = ServerLimits(), logger: Logger,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.listeners = listeners
    self.tls = tls
    self.service = service
    self.limits = limits
    self.logger = logger
    self.group = group
    table = ConnectionTable(limits)
  }

  /// Connections that are served now.
  public var connectionCount: Int { table.count }

  /// Begins to listen everywhere, or nowhere.
  /// - Returns: where, in the order of the listeners.
  /// - Throws: `ListenerError` for the first one that fails.
  public func start() async throws -> [BoundAddress] {
    state.withLock {
      precondition($0.phase == .idle, "A server starts once.")
      $0.phase = .starting
    }
    var addresses: [BoundAddress] = []
    do {
      for listener in listeners {
        let address = try await listen(listener)
        logger.info("listening", metadata: ["address": "\(address)"])
        addresses.append(address)
      }
    } catch {
      await stopListening()
      throw error
    }
    let isStopped = state.withLock { state in
      if state.phase == .starting { state.phase = .running }
      return state.phase != .running
    }
    if isStopped { await stopListening() }
    return addresses
  }

  /// Serves until ``shutdown()`` is called and every connection has come to its end, or the time for that
  /// is over. Cancelling the task closes everything at once.
  public func run() async {
    await withTaskCancellationHandler {
      await waitForShutdown()
      await stopListening()
      table.drain()
      let deadline = group.next().scheduleTask(in: TimeAmount(limits.drainTime)) { self.stopNow() }
      await table.waitUntilEmpty()
      deadline.cancel()
      logger.info("all connections closed")
    } onCancel: {
      stopNow()
    }
  }

  /// Begins to shut down: no connection is accepted any more, each one finishes the command under way, is
  /// told 421 and closed; an upload under way is dropped. Called again, it closes them as they are.
  public func shutdown() {
    let (waiters, isAgain) = state.withLock { state in
      let isAgain = state.phase == .draining || state.phase == .stopping
      if !isAgain { state.phase = .draining }
      defer { state.waiters = [] }
      return (state.waiters, isAgain)
    }
    for waiter in waiters { waiter.resume() }
    if isAgain { stopNow() }
  }

  /// Closes everything as it is; ``run()`` then returns as soon as cancelled work has ended, or has had the
  /// time for it.
  private func stopNow() {
    let (waiters, isFirst) = state.withLock { state in
      let isFirst = state.phase != .stopping
      state.phase = .stopping
      defer { state.waiters = [] }
      return (state.waiters, isFirst)
    }
    for waiter in waiters { waiter.resume() }
    guard isFirst else { return }
    table.closeAll()
    group.next().scheduleTask(in: TimeAmount(limits.cancelTime)) { self.table.giveUpWaiting() }
  }

  private func waitForShutdown() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        precondition(state.phase != .idle && state.phase != .starting, "A server is started, then run.")
        guard state.phase == .running else { return true }
        state.waiters.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  /// Accepts nothing more, and returns when the table knows every connection that was accepted: each is served or told
  /// 421. What has not been accepted stays in the kernel, for whoever else has the listening socket.
  private func stopListening() async {
    let (channels, sockets) = state.withLock { state in
      defer { (state.channels, state.sockets) = ([], []) }
      return (state.channels, state.sockets)
    }
    for socket in sockets { socket.remove() }
    for channel in channels { try? await channel.triggerUserOutboundEvent(StopAccepting()).get() }
    // A connection that has been accepted is made ready on its own event loop and then handed over on that of the
    // listening socket, which must still be open; tasks of an event loop run in order.
    for _ in 0..<2 {
      for eventLoop in group.makeIterator() { try? await eventLoop.submit {}.get() }
    }
    // Closed when this returns, so that a successor may listen at once.
    for channel in channels { try? await channel.close().get() }
  }

  // MARK: Listening

  private enum Transport { case unix, tcp, tls }

  private func listen(_ listener: Listener) async throws -> BoundAddress {
    switch listener {
    case .unix(let path, let mode):
      let socket = try await UnixSocket.bind(path: path, mode: mode)
      state.withLock { $0.sockets.append(socket) }
      try await attempt(listener) {
        try await self.bootstrap(.unix).withBoundSocket(socket.descriptor).get()
      }
      Glibc.listen(socket.descriptor, Int32(Limits.waitingConnections))
      return .unix(path: path)
    case .tcp(let host, let port): return try await bind(host, port, .tcp, listener)
    case .tls(let host, let port): return try await bind(host, port, .tls, listener)
    case .descriptor(let descriptor, let isTLS):
      let transport: Transport = try Self.family(of: descriptor) == AF_UNIX ? .unix : isTLS ? .tls : .tcp
      let channel = try await attempt(listener) {
        try await self.bootstrap(transport).withBoundSocket(descriptor).get()
      }
      // NIO's own call gives a socket that it did not bind a backlog of 128.
      Glibc.listen(descriptor, Int32(Limits.waitingConnections))
      return boundAddress(channel, transport, listener)
    }
  }

  private func bind(
    _ host: String, _ port: Int, _ transport: Transport, _ listener: Listener
  ) async throws -> BoundAddress {
    let channel = try await attempt(listener) {
      try await self.bootstrap(transport).bind(host: host, port: port).get()
    }
    return boundAddress(channel, transport, listener)
  }

  @discardableResult
  private func attempt(
    _ listener: Listener, _ bind: () async throws -> any Channel
  ) async throws -> any Channel {
    do {
      let channel = try await bind()
      state.withLock { $0.channels.append(channel) }
      return channel
    } catch let error as IOError {
      let reason = String(cString: strerror(error.errnoCode))
      throw ListenerError(listener: listener.description, reason: reason)
    } catch {
      throw ListenerError(listener: listener.description, reason: "\(error)")
    }
  }

  private func boundAddress(
    _ channel: any Channel, _ transport: Transport, _ listener: Listener
  ) -> BoundAddress {
    let address = channel.localAddress
    let (host, port) = (address?.ipAddress ?? listener.description, address?.port ?? 0)
    switch transport {
    case .unix: return .unix(path: address?.pathname ?? listener.description)
    case .tcp: return .tcp(host: host, port: port)
    case .tls: return .tls(host: host, port: port)
    }
  }

  private static func family(of descriptor: Int32) throws -> Int32 {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard result == 0 else {
      throw ListenerError(
        listener: Listener.descriptor(descriptor).description, reason: String(cString: strerror(errno)))
    }
    return Int32(address.ss_family)
  }

  private func bootstrap(_ transport: Transport) -> ServerBootstrap {
    let logger = logger
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Int32(Limits.waitingConnections))
      .serverChannelOption(.maxMessagesPerRead, value: AcceptPause.batch)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(
        .writeBufferWaterMark,
        value: .init(low: limits.queuedReplyBytes / 2, high: limits.queuedReplyBytes)
      )
      .childChannelInitializer { channel in self.admit(channel, transport) }
    guard transport != .unix else { return bootstrap }
    return bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
  }

  // MARK: Connections

  private func admit(_ channel: any Channel, _ transport: Transport) -> EventLoopFuture<Void> {
    peer(of: channel, transport).flatMapThrowing { peer in
      let (admission, isFull) = self.table.enter(
        channel, from: peer.origin, mayUseReserve: self.service.mayUseReserve(peer))
      if isFull {
        self.logger(for: peer).warning(
          "too many connections; refusing some", metadata: ["open": "\(self.table.count)"])
      }
      var refusal: LastLine?
      switch admission {
      case .dropped: throw ChannelError.connectPending
      case .served: break
      case .refused(let line): refusal = line
      }
      let table = self.table
      channel.closeFuture.whenComplete { _ in table.leave(channel) }
      let pipeline = channel.pipeline.syncOperations
      guard case .tls(let address, _) = peer.transport else {
        return try pipeline.addHandler(self.connection(peer, refusal))
      }
      guard let tls = self.tls else { preconditionFailure("A TLS listener has credentials.") }
      let opening = TLSOpening(
        context: tls.context, time: self.limits.handshakeTime, logger: self.logger(for: peer)
      ) { certificate, farewell in
        self.connection(
          Peer(transport: .tls(address: address, certificate: certificate)), farewell ?? refusal)
      }
      try pipeline.addHandler(opening)
    }
  }

  /// What a connection is told that is not served.
  private func connection(_ peer: Peer, _ refusal: LastLine?) -> Connection {
    Connection(
      beginning: refusal.map { .refusal($0) } ?? .session(service, peer), limits: limits,
      idleTime: peer.isLocal ? limits.unixIdleTime : limits.tcpIdleTime, logger: logger(for: peer),
      table: table)
  }

  private func logger(for peer: Peer) -> Logger {
    var logger = logger
    logger[metadataKey: "peer"] = "\(peer.transport)"
    return logger
  }

  private func peer(of channel: any Channel, _ transport: Transport) -> EventLoopFuture<Peer> {
    let address = channel.remoteAddress?.ipAddress ?? "unknown"
    switch transport {
    case .tcp: return channel.eventLoop.makeSucceededFuture(Peer(transport: .tcp(address: address)))
    case .tls:
      let peer = Peer(transport: .tls(address: address, certificate: nil))
      return channel.eventLoop.makeSucceededFuture(peer)
    case .unix: return unixPeer(of: channel)
    }
  }

  private func unixPeer(of channel: any Channel) -> EventLoopFuture<Peer> {
    guard let options = channel as? any SocketOptionProvider else {
      preconditionFailure("A channel of a socket has socket options.")
    }
    let credentials: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    return credentials.map { Peer(transport: .unix(user: $0.user, process: $0.process)) }
  }
}

/// `struct ucred` of the kernel, which glibc declares only as a GNU extension.
private struct PeerCredentials: Sendable {
  var process: Int32
  var user: UInt32
  var group: UInt32
}
