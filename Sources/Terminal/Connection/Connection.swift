import Domain
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Wire

/// A connection to a daemon: lines out, replies in. It is used by one task; requests may be sent before the
/// replies to earlier ones are read.
final class Connection {
  /// A part of a reply. Rows keep their octets, since most only pass through.
  enum Part {
    case row(ArraySlice<UInt8>)
    case progress(String)
    case notice(ArraySlice<UInt8>)
    case last(ReplyLine.Last)
  }

  let endpoint: Endpoint
  /// The attributes of the greeting: `protocol`, `host`, `version`.
  private(set) var greeting: ReplyLine.Last?
  /// Whether nothing more can be asked on this connection.
  private(set) var isLost = false
  private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private let channel: any Channel
  private var framer = LineFramer()
  /// Why nothing more can be read, where it is more than an end.
  private var fault: (any Error)?

  private init(
    _ endpoint: Endpoint, _ channel: any Channel, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) {
    self.endpoint = endpoint
    self.channel = channel
    self.inbound = inbound.makeAsyncIterator()
    self.outbound = outbound
  }

  private static let patience = TimeAmount.seconds(10)

  /// One thread is enough for one connection; it lives as long as the process.
  private static let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// Connects, waits for the greeting, and closes when the body is through.
  /// - Throws: a failure with exit status 69 when no daemon answers or TLS does not come about, and 75 when it takes no
  ///   connection now.
  static func open<Result: Sendable>(
    _ endpoint: Endpoint, tls: TLSOptions, _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    let (channel, handshake) = try await connect(endpoint, tls)
    var outcome: Result?
    do {
      try await channel.executeThenClose { inbound, outbound in
        let connection = Connection(endpoint, channel.channel, inbound, outbound)
        try await connection.wait(for: handshake)
        try await connection.readGreeting()
        try await connection.signIn()
        outcome = try await body(connection)
      }
    } catch {
      // How the connection ends does not matter when all is said.
      guard outcome != nil else { throw error }
    }
    return outcome!
  }

  /// A connection, and the end of its TLS handshake.
  private typealias Opened = (
    channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, handshake: EventLoopFuture<Void>
  )

  private static func connect(_ endpoint: Endpoint, _ tls: TLSOptions) async throws -> Opened {
    let bootstrap = ClientBootstrap(group: threads).connectTimeout(patience)
      .channelOption(.socketOption(.so_keepalive), value: 1)
    do {
      switch endpoint {
      case .unix(let path):
        return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: wrap)
      case .tcp(let host, let port):
        return try await bootstrap.connect(host: host, port: port, channelInitializer: wrap)
      case .tls(let host, let port):
        let context = try tls.context()
        return try await bootstrap.connect(host: host, port: port) { channel in
          secure(channel, context, host, endpoint)
        }
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(
        status: ExitStatus.unavailable,
        message:
          "cannot connect to \(endpoint): \(reason(error)); is bellwetherd running there? --connect or "
          + "$BELLWETHER_CONNECT name another place", isLasting: isLasting(error, endpoint))
    }
  }

  /// Whether no daemon that is only away for a while can be the reason.
  private static func isLasting(_ error: any Error, _ endpoint: Endpoint) -> Bool {
    if case .unix(let path) = endpoint {
      // A daemon that restarts takes its socket away, but not the folder.
      let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
      var found = stat()
      if stat(folder.isEmpty ? "/" : String(folder), &found) != 0 { return true }
    }
    switch error {
    case let error as IOError:
      return [EACCES, EPERM, ENOTSOCK, EPROTOTYPE, ENOTDIR, EINVAL].contains(error.errnoCode)
    case let error as NIOConnectionError:
      // A name server that does not answer is another matter than a name that it does not know, but the resolver of
      // the C library tells NIO only that there is no address.
      return error.connectionErrors.isEmpty
    case SocketAddressError.unixDomainSocketPathTooLong, SocketAddressError.unknown: return true
    default: return false
    }
  }

  @Sendable private static func wrap(
    _ channel: any Channel
  ) -> EventLoopFuture<Opened> {
    channel.eventLoop.makeCompletedFuture {
      (
        try NIOAsyncChannel(wrappingChannelSynchronously: channel),
        channel.eventLoop.makeSucceededVoidFuture()
      )
    }
  }

  private static func secure(
    _ channel: any Channel, _ context: NIOSSLContext, _ host: String, _ endpoint: Endpoint
  ) -> EventLoopFuture<Opened> {
    channel.eventLoop.makeCompletedFuture {
      // An address is no name to ask for; the certificate must hold it all the same.
      let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
      let tls = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
      let done = channel.eventLoop.makePromise(of: Void.self)
      try channel.pipeline.syncOperations.addHandlers([tls, TLSHandshake(tls, endpoint, done: done)])
      return (try NIOAsyncChannel(wrappingChannelSynchronously: channel), done.futureResult)
    }
  }

  /// Waits for the end of the TLS handshake, but not for ever.
  private func wait(for handshake: EventLoopFuture<Void>) async throws {
    let channel = channel
    let watchdog = channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    defer { watchdog.cancel() }
    try await handshake.get()
  }

  /// What the system said, in a few words.
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { reason($0.error) }
        ?? (error.dnsAAAAError ?? error.dnsAError).map { _ in "no address is known for \(error.host)" }
        ?? "no address answers"
    case ChannelError.connectTimeout: "no answer within \(patience.nanoseconds / 1_000_000_000) s"
    case SocketAddressError.unixDomainSocketPathTooLong: "a socket's path has at most 107 octets"
    case SocketAddressError.unknown(let host, _): "no address is known for \(host)"
    default: "\(error)"
    }
  }

  private func readGreeting() async throws {
    // A server of something else may wait for us to speak first, so waiting for its greeting is bounded.
    let channel = channel
    let watchdog = channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    defer { watchdog.cancel() }
    let line = try? await nextLine()
    if line == nil, let refusal = fault.flatMap(TLSHandshake.refusal) {
      throw Failure(status: ExitStatus.notAllowed, message: "\(endpoint) takes no connection: \(refusal)")
    }
    guard let line, case .last(let last)? = ReplyLine(parsing: String(decoding: line, as: UTF8.self)) else {
      throw Failure(
        status: ExitStatus.unavailable,
        message: "what listens at \(endpoint) does not greet like a bellwetherd", isLasting: line != nil)
    }
    guard last.code == 220 else {
      let status = last.code / 100 == 2 ? ExitStatus.unavailable : last.exitStatus
      throw Failure(
        status: status, message: "\(endpoint) takes no connection: \(last.symbol): \(last.sentence ?? "")")
    }
    guard last["protocol"] == "1" else {
      throw Failure(
        status: ExitStatus.unavailable,
        message: "\(endpoint) speaks protocol \(last["protocol"] ?? "?"), this client protocol 1",
        isLasting: true)
    }
    greeting = last
  }

  // MARK: Sending

  /// Sends a request line; it is without its LF.
  private static let token: String? = getenv("BELLWETHER_TOKEN").map { String(cString: $0) }.flatMap {
    $0.isEmpty ? nil : $0
  }

  /// Says who asks, where a token is at hand.
  private func signIn() async throws {
    guard let token = Self.token else { return }
    try await send(line: "AUTH TOKEN \(RequestLine.spelling(of: token))")
    while true {
      guard case .last(let last) = try await next() else { continue }
      guard last.code != 250 else { return }
      throw Failure(
        status: last.exitStatus,
        message: "\(endpoint): \(last.symbol): \(last.sentence ?? "") ($BELLWETHER_TOKEN)")
    }
  }

  func send(line: String) async throws { try await send(Array((line + "\n").utf8)) }

  /// Sends whole lines. Waits while the daemon is slow to take them.
  func send(_ bytes: [UInt8]) async throws {
    do { try await outbound.write(ByteBuffer(bytes: bytes)) } catch {
      // The daemon may have said why before it closed; that is still to be read.
      isLost = true
    }
  }

  // MARK: Receiving

  /// The next part of the reply that is under way.
  /// - Parameter beforeWaiting: called when nothing has arrived yet, to show what there is so far.
  /// - Throws: a failure with exit status 75 when the connection ends first.
  func next(beforeWaiting: () throws -> Void = {}) async throws -> Part {
    guard let line = try await nextLine(beforeWaiting) else {
      isLost = true
      throw Failure(
        status: ExitStatus.tryAgain,
        message:
          "\(endpoint) closed the connection before the end of its reply; what was asked may or may not "
          + "have been done")
    }
    if line.starts(with: Self.rowMark) { return .row(line.dropFirst(4)) }
    if line.starts(with: Self.noticeMark) { return .notice(line.dropFirst(4)) }
    switch ReplyLine(parsing: String(decoding: line, as: UTF8.self)) {
    case .progress(let text): return .progress(text)
    case .row, .notice: return .row(line.dropFirst(4))
    case .last(let last):
      if last.code == 421 || last.code == 221 { isLost = true }
      return .last(last)
    case nil:
      throw Failure(
        status: ExitStatus.unavailable,
        message:
          "\(endpoint) sent a line that is no reply: \(String(decoding: line.prefix(80), as: UTF8.self))")
    }
  }

  private static let rowMark = Array("250-".utf8)
  private static let noticeMark = Array("650-".utf8)

  private func nextLine(_ beforeWaiting: () throws -> Void = {}) async throws -> ArraySlice<UInt8>? {
    while true {
      if let line = try framer.next() { return line }
      try beforeWaiting()
      let buffer: ByteBuffer?
      do { buffer = try await inbound.next() } catch {
        fault = error
        buffer = nil
      }
      guard let buffer else { return nil }
      framer.append(buffer)
    }
  }

  /// The last line of a reply whose rows are of no interest.
  func lastLine() async throws -> ReplyLine.Last {
    while true { if case .last(let last) = try await next() { return last } }
  }

  /// Closes at once, whatever is under way.
  func abandon() {
    isLost = true
    closer()
  }

  /// Closes from any thread; what waits for a reply gets none.
  var closer: @Sendable () -> Void {
    let channel = channel
    return { channel.close(promise: nil) }
  }

  /// Whether the daemon has closed the connection while nothing was asked of it.
  var isOpen: Bool { !isLost && channel.isActive }
}
