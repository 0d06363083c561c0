import Domain

/// What a connection may take up, in number, octets and time.
public struct ServerLimits: Sendable, Hashable {
  /// Connections at one time; the next one is told 452 and closed.
  public var connections = Limits.connections
  /// Lines of one connection that wait for their turn before reading from it pauses.
  public var waitingLines = Limits.pipelinedLines
  /// Octets of one connection that wait for their turn before reading from it pauses.
  public var waitingBytes = 2 * Limits.uploadRow
  /// Octets of replies queued on one connection before its next line waits.
  public var queuedReplyBytes = Limits.queuedReplyBytes
  /// Octets after which a line that does not end ends the connection.
  public var endlessLine = 8 << 20
  /// Time for a TLS handshake to be done, from the first moment of the connection. A client that waits ten seconds for a
  /// greeting in plain text learns within them why there is none.
  public var handshakeTime = Duration.seconds(8)
  /// Time for a line to end once its first octet has come.
  public var lineTime = Duration.seconds(60)
  /// Time in which a client must read something of a reply that waits for it.
  public var stallTime = Duration.seconds(60)
  /// Time a connection over a Unix socket may say nothing while nothing runs; nil is for ever.
  public var unixIdleTime: Duration?
  /// Time a connection over TCP may say nothing while nothing runs; nil is for ever.
  public var tcpIdleTime: Duration? = .seconds(600)
  /// Time connections have to come to an end by themselves when the server shuts down.
  public var drainTime = Duration.seconds(25)
  /// Time the client has to close after the server has said its last.
  public var lingerTime = Duration.seconds(2)
  /// Time that cancelled work has to end after its connection is gone when the server shuts down.
  public var cancelTime = Duration.seconds(5)

  public init() {}
}
