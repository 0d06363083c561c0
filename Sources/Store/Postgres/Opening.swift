import CLibPQ
import Glibc
import Logging

extension Session {
  /// Connects to the first host that takes us, on the calling thread.
  ///
  /// Each host gets its share of the time, so that one that swallows packets leaves enough for the next. Only
  /// the resolution of host names is libpq's and the system's, and may take the resolver's own time.
  ///
  /// The caller has called `interruption.begin()`.
  ///
  /// - Throws: `StoreError.unavailable` naming every host and what it said, `cancelled`.
  static func open(
    _ target: ConnectionString, until deadline: ContinuousClock.Instant, interruption: Interruption,
    logger: Logger
  ) throws -> Session {
    var complaints: [String] = []
    let attempts = target.attempts
    for (index, attempt) in attempts.enumerated() {
      let now = ContinuousClock.now
      guard now < deadline else {
        complaints.append("\(attempt.place): not tried, the time was used up")
        continue
      }
      let share = now.duration(to: deadline) / (attempts.count - index)
      let limit = now + min(share, attempt.connectTimeout ?? share)
      do {
        return try openOne(attempt, until: limit, interruption: interruption, logger: logger)
      } catch let complaint as LostConnection {
        // libpq names the host itself, except when it is we who lost patience.
        let isNamed = complaint.reason.hasPrefix("connection to server")
        complaints.append(isNamed ? complaint.reason : "\(attempt.place): \(complaint.reason)")
      }
    }
    throw StoreError.unavailable(reason: complaints.joined(separator: "; "))
  }

  private static func openOne(
    _ target: ConnectionString, until limit: ContinuousClock.Instant, interruption: Interruption,
    logger: Logger
  ) throws -> Session {
    guard let connection = start(target) else { throw LostConnection(reason: "out of memory") }
    var isHandedOver = false
    defer { if !isHandedOver { PQfinish(connection) } }
    let notices = NoticeLog(logger)
    notices.attach(to: connection)
    var step = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step != PGRES_POLLING_FAILED else {
        throw LostConnection(reason: oneLine(String(cString: PQerrorMessage(connection))))
      }
      let events = Int16(step == PGRES_POLLING_READING ? POLLIN : POLLOUT)
      var descriptors = [
        pollfd(fd: PQsocket(connection), events: events, revents: 0),
        pollfd(fd: interruption.bell, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&descriptors, 2, limit.millisecondsLeft)
      if interruption.cause != nil { throw StoreError.cancelled }
      if count == 0 { throw LostConnection(reason: "no answer in time") }
      if count > 0, descriptors[0].revents != 0 { step = PQconnectPoll(connection) }
    }
    guard PQsetnonblocking(connection, 1) == 0, let handle = CancelHandle(connection) else {
      throw LostConnection(reason: oneLine(String(cString: PQerrorMessage(connection))))
    }
    interruption.connected(socket: PQsocket(connection), handle: handle)
    isHandedOver = true
    return Session(connection, interruption: interruption, notices: notices)
  }

  private static func start(_ target: ConnectionString) -> OpaquePointer? {
    let options = target.options.sorted { $0.key < $1.key }
    let keywords = options.map { strdup($0.key) }
    let values = options.map { strdup($0.value) }
    defer { for string in keywords + values { free(string) } }
    let keywordPointers = keywords.map { UnsafePointer($0) } + [nil]
    let valuePointers = values.map { UnsafePointer($0) } + [nil]
    return PQconnectStartParams(keywordPointers, valuePointers, 0)
  }
}
