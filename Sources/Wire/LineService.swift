/// Who is at the other end of a connection.
public struct Peer: Sendable, Hashable {
  public enum Transport: Sendable, Hashable {
    /// A Unix socket; the user is told by the kernel (SO_PEERCRED).
    case unix(user: UInt32, process: Int32)
    /// TCP, with the address as text.
    case tcp(address: String)
    /// TLS over TCP, with the name in the client's certificate, which was verified; nil where it showed none. A
    /// certificate that names nobody has the empty name.
    case tls(address: String, certificate: String?)
  }

  public var transport: Transport
  public init(transport: Transport) { self.transport = transport }

  /// Whether it is a process of this machine, and no browser, on a Unix socket.
  public var isLocal: Bool { if case .unix = transport { true } else { false } }
}

/// What serves the lines of connections. The server of sockets knows nothing of commands, and what answers
/// them nothing of sockets: they meet here.
public protocol LineService: Sendable {
  /// Begins a connection.
  /// - Parameter hangUp: ends it with this line once the line that is being answered is answered; with none where that
  ///   reply has said all.
  func connect(_ peer: Peer, hangUp: @escaping @Sendable (LastLine?) -> Void) -> any LineSession
  /// Whether the places are for it that are kept for those who look after the daemon.
  func mayUseReserve(_ peer: Peer) -> Bool
}

/// One connection, seen from what answers it. The server calls it for one line at a time, from one thread
/// at a time.
public protocol LineSession: AnyObject {
  /// Says the first word; no line is taken before that is done.
  func greet() -> LineHandling
  /// Whether it is known who is at the other end. Whoever stays unknown is sent away after a while.
  var isKnown: Bool { get }
  /// Octets the next line may have: a request's, or an upload row's.
  var lineLimit: Int { get }
  /// Answers a line, without its LF or CRLF, at once and in place, where it is one of few that are worth it and the whole
  /// reply fits into the room there is; else it does nothing and gives nil, and the line comes to ``receive(_:)``.
  /// - Returns: the octets of the reply.
  func answer(_ line: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int?
  /// Takes one line, without its LF or CRLF.
  func receive(_ line: [UInt8]) -> LineHandling
  /// Takes note of a line that was longer than ``lineLimit`` and was passed over.
  func receiveOversize() -> LineHandling
  /// The client's sending side has ended inside an upload, or the connection is gone.
  func ended()
}

extension LineSession {
  public func answer(_ line: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int? { nil }
}

/// What comes of a line.
public enum LineHandling {
  /// Nothing is to be said yet.
  case none
  /// A reply that is ready now.
  case reply([UInt8])
  /// A reply after which the connection ends.
  case close([UInt8])
  /// A reply that takes time; the next line waits for it. The task is cancelled when the connection goes.
  case work(@Sendable (any ReplySink) async -> Void)
  /// A reply that goes on until the client's next line, however long that takes: the task is cancelled when that has
  /// come, when the connection is told to come to its end, and when it goes. The line that ended it is handled as any
  /// other once the task is over. Who closes the sending side goes on receiving.
  case stream(@Sendable (any ReplySink) async -> Void)
}

/// Where a reply that takes time is written.
public protocol ReplySink: Sendable {
  /// Sends octets; waits while the client is slow to read.
  /// - Throws: `CancellationError` when the connection is gone.
  func send(_ bytes: [UInt8]) async throws
  /// Sends octets; waits no longer than this while the client is slow to read, nor when the task is cancelled.
  /// - Returns: false where the time was not enough; the octets are on their way all the same.
  /// - Throws: `CancellationError` when the connection is gone.
  func send(_ bytes: [UInt8], patience: Duration) async throws -> Bool
}
