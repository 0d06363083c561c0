import Domain

/// What a connection may take up, in number, octets and time.
public struct ServerLimits: Sendable, Hashable {
  /// Connections at one time; the next one is told 452 and closed.
  public var connections = Limits.connections
  /// Of these, those kept for whom ``LineService/mayUseReserve(_:)`` names.
  public var reservedConnections = Limits.reservedConnections
  /// Connections from one address.
  public var connectionsPerAddress = Limits.connectionsPerAddress
  /// Connections of one user on the Unix socket.
  public var connectionsPerUser = Limits.connectionsPerPrincipal
  /// Connections beyond a limit that are told so at one time; more are closed without a word.
  public var refusalsAtOnce = Limits.refusalsAtOnce
  /// Time to sign in, for those who have to.
  public var signInTime = Limits.signInTime
  /// Lines of one connection that wait for their turn before reading from it pauses.
  public var waitingLines = Limits.pipelinedLines
  /// Octets of replies queued on one connection before its next line waits.
  public var queuedReplyBytes = Limits.queuedReplyBytes
  /// Octets of replies queued on all connections before the next line of each that has some queued waits.
  public var queuedReplyBytesInAll = Limits.queuedReplyBytesInAll
  /// Octets after which a line that does not end ends the connection.
  public var endlessLine = Limits.endlessLine
  /// Time for a TLS handshake to be done, from the first moment of the connection.
  public var handshakeTime = Limits.handshakeTime
  /// Time for a line to end once its first octet has come.
  public var lineTime = Limits.lineTime
  /// Time in which a client must read something of a reply that waits for it.
  public var stallTime = Limits.stallTime
  /// Time a connection over a Unix socket may say nothing while nothing runs; nil is for ever.
  public var unixIdleTime: Duration?
  /// Time a connection over TCP may say nothing while nothing runs; nil is for ever.
  public var tcpIdleTime: Duration? = Limits.idleTime
  /// Time connections have to come to an end by themselves when the server shuts down.
  public var drainTime = Duration.seconds(25)
  /// Time the client has to close after the server has said its last.
  public var lingerTime = Duration.seconds(2)
  /// Time that cancelled work has to end after its connection is gone when the server shuts down.
  public var cancelTime = Duration.seconds(5)

  public init() {}
}
