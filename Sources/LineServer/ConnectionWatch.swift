import NIOCore

/// The clocks of one connection: what it has to do by when. It reads no clock by itself when it need not.
struct ConnectionWatch {
  /// When something was last received, or work ended.
  private(set) var lastActivity = NIODeadline.now()
  /// Octets of replies handed to the channel, ever.
  var written = 0
  /// When the connection is closed although the client has not closed its side.
  var lingerUntil: NIODeadline?
  /// When the connection has been silent for too long.
  var idleDue: NIODeadline?
  /// When somebody must have signed in.
  var signInDue: NIODeadline?
  /// When a stream has waited for the client for too long.
  var streamDue: NIODeadline?

  /// The line that has begun, by its number, and when it must have ended.
  private var line: (number: Int, due: NIODeadline)?
  /// How many octets the client had taken when someone last looked, how often that had not changed, and when
  /// to look again.
  private var queue: (taken: Int, quietLooks: Int, due: NIODeadline, every: TimeAmount)?

  var lineDue: NIODeadline? { line?.due }

  /// The first of the deadlines.
  var nextDue: NIODeadline? {
    // Asked after every reply, so it makes no list of them.
    Self.earlier(
      Self.earlier(Self.earlier(lingerUntil, idleDue), Self.earlier(signInDue, streamDue)),
      Self.earlier(line?.due, queue?.due))
  }

  private static func earlier(_ one: NIODeadline?, _ other: NIODeadline?) -> NIODeadline? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }

  mutating func noteActivity() { lastActivity = .now() }

  /// Notes which line has begun and not ended; nil when none is awaited.
  mutating func noteLine(_ number: Int?, _ time: TimeAmount) {
    guard let number else {
      line = nil
      return
    }
    if line?.number != number { line = (number, .now() + time) }
  }

  /// Notes how many octets wait for the client to read. What it takes is looked at four times in the time
  /// that it has for taking some, since a client that reads slowly is not one that does not read.
  mutating func noteQueue(_ queued: Int, checkEvery every: TimeAmount) {
    guard queued > 0 else {
      queue = nil
      return
    }
    if queue == nil { queue = (written - queued, 0, .now() + every, every) }
    if let watched = queue, written - queued > watched.taken {
      queue = (written - queued, 0, .now() + watched.every, watched.every)
    }
  }

  /// Whether the client has taken nothing for as long as it may.
  mutating func hasStalled(_ now: NIODeadline) -> Bool {
    guard let watched = queue, watched.due <= now else { return false }
    guard watched.quietLooks < 3 else { return true }
    queue = (watched.taken, watched.quietLooks + 1, now + watched.every, watched.every)
    return false
  }
}
