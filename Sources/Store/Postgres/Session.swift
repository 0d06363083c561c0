import CLibPQ
import Glibc
import Logging
import Synchronization

/// The synchronous face of a connection: it is usable only inside the closures given to `Connection.run` and
/// `transaction`, which run on the connection's own thread.
///
/// Every call that talks to the server is bounded by the deadline of the run it is in. libpq is used without
/// blocking throughout; the waiting happens in `poll`, here.
public final class Session {
  /// How long a cancelled statement, a ROLLBACK or an aborted COPY may take before the connection is given
  /// up.
  static let recoveryTime = Duration.seconds(5)
  /// The least time a COMMIT gets, even when the deadline of its run is near: it is not cancelled.
  static let commitTime = Duration.seconds(10)

  let connection: OpaquePointer
  let interruption: Interruption
  let notices: NoticeLog
  /// When the present run has to end.
  var deadline = ContinuousClock.now
  /// When the server has to have answered a cancel request.
  var recoveryDeadline: ContinuousClock.Instant?
  /// The statements that are prepared on this connection, by name.
  var prepared: Set<String> = []
  /// Prepared statements that no longer fit their tables, to be dropped as soon as no transaction is open.
  var stale: Set<String> = []
  /// Notifications that have arrived and were not asked for yet.
  var notifications: [Notification] = []
  /// Parameters of the statement being sent; kept so that its memory is.
  var bindings = Bindings()

  /// A message sent by NOTIFY.
  public struct Notification: Sendable, Hashable {
    public var channel: String
    public var payload: String
  }

  /// Takes over a connection that has just been opened.
  init(_ connection: OpaquePointer, interruption: Interruption, notices: NoticeLog) {
    self.connection = connection
    self.interruption = interruption
    self.notices = notices
  }

  deinit {
    interruption.markBroken()
    PQfinish(connection)
  }

  var isBroken: Bool { interruption.isBroken }

  /// Gives the connection up: it is never used again, and its owner replaces it.
  func giveUp() {
    interruption.markBroken()
  }

  var transactionStatus: PGTransactionStatusType { PQtransactionStatus(connection) }

  var isInTransaction: Bool {
    transactionStatus == PQTRANS_INTRANS || transactionStatus == PQTRANS_INERROR
  }

  /// The version of the server, for example 150004 for 15.4.
  public var serverVersion: Int { Int(PQserverVersion(connection)) }
}

@available(*, unavailable)
extension Session: Sendable {}

// MARK: - Runs

extension Session {
  /// Runs `body` with a deadline, and leaves the connection either usable and idle or given up.
  func run<Result>(until deadline: ContinuousClock.Instant, _ body: (Session) throws -> Result) throws
    -> Result
  {
    guard !isBroken else { throw StoreError.connectionLost(reason: "it was given up before") }
    self.deadline = deadline
    recoveryDeadline = nil
    defer { settle() }
    let result = try body(self)
    if isInTransaction {
      throw StoreError.invalidValue(
        reason: "a closure left a transaction open; use transaction(…) instead of BEGIN")
    }
    return result
  }

  /// Brings the connection back to idle after a run, or gives it up.
  private func settle() {
    let limit = ContinuousClock.now + Self.recoveryTime
    if !isBroken, !interruption.awaitQuiet(until: limit) { giveUp() }
    if !isBroken, transactionStatus != PQTRANS_IDLE { rollBack() }
  }

  func rollBack() {
    guard !isBroken else { return }
    interruption.beginRecovery()
    recoveryDeadline = ContinuousClock.now + Self.recoveryTime
    // A cancel request still on its way would hit the ROLLBACK.
    guard interruption.awaitQuiet(until: recoveryDeadline!) else { return giveUp() }
    do {
      _ = try simpleQuery("ROLLBACK", name: "ROLLBACK")
    } catch {
      giveUp()
    }
    if transactionStatus != PQTRANS_IDLE { giveUp() }
    recoveryDeadline = nil
    interruption.resume()
  }
}

// MARK: - Sending and waiting

extension Session {
  /// Sends a command and gathers its last result, or throws its first error.
  ///
  /// - Parameter name: What to call the statement in errors.
  func exchange(name: String, sql: String, send: () -> Int32) throws -> QueryResult {
    let wasInTransaction = isInTransaction
    try begin(name: name)
    defer { interruption.statementEnds() }
    do {
      guard send() == 1 else { throw LostConnection(reason: lastComplaint) }
      try flush()
      let result = try finalResult(name: name)
      if notices.takeUnconfirmed() {
        throw StoreError.outcomeUnknown(reason: "the server was told not to wait for its standby")
      }
      return result
    } catch let error as LostConnection {
      throw lost(error, name: name, sql: sql, wasInTransaction: wasInTransaction)
    }
  }

  /// Sends SQL without parameters, several statements if need be, by the simple protocol.
  func simpleQuery(_ sql: String, name: String) throws -> QueryResult {
    try exchange(name: name, sql: sql) { PQsendQuery(connection, sql) }
  }

  /// Refuses to start a statement when the run is over.
  func begin(name: String) throws {
    guard !isBroken else { throw StoreError.connectionLost(reason: "it was given up before") }
    if interruption.phase == .working, ContinuousClock.now >= deadline { interruption.request(.deadline) }
    guard interruption.statementBegins() else { throw interrupted(name) }
  }

  /// The error for a run that was asked to stop.
  func interrupted(_ name: String) -> StoreError {
    interruption.cause == .task ? .cancelled : .deadlinePassed(statement: name)
  }

  /// Sends what libpq has buffered.
  func flush() throws {
    while true {
      switch PQflush(connection) {
      case 0: return
      case 1:
        // The server may be waiting for us to read before it reads on.
        let events = try wait(for: Int16(POLLIN | POLLOUT))
        if events & Int16(POLLIN) != 0 { try consume() }
      default: throw LostConnection(reason: lastComplaint)
      }
    }
  }

  /// Reads what the server has sent.
  func consume() throws {
    guard PQconsumeInput(connection) == 1 else { throw LostConnection(reason: lastComplaint) }
    while let notify = PQnotifies(connection) {
      notifications.append(
        Notification(
          channel: String(cString: notify.pointee.relname), payload: String(cString: notify.pointee.extra)))
      PQfreemem(notify)
    }
  }

  /// The next result of the command in flight, nil at its end.
  func nextResult() throws -> QueryResult? {
    while PQisBusy(connection) == 1 {
      _ = try wait(for: Int16(POLLIN))
      try consume()
    }
    return PQgetResult(connection).map(QueryResult.init)
  }

  /// Reads all results of the command in flight.
  func finalResult(name: String) throws -> QueryResult {
    var last: QueryResult?
    var failure: StoreError?
    while let result = try nextResult() {
      switch result.status {
      case PGRES_COPY_IN:
        failure = failure ?? .invalidValue(reason: "\(name) is a COPY FROM STDIN; use copyIn")
        PQputCopyEnd(connection, "not a COPY statement")
        try flush()
      case PGRES_COPY_OUT, PGRES_COPY_BOTH:
        giveUp()
        throw StoreError.invalidValue(reason: "\(name) is a COPY TO STDOUT; use copyOut")
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
        let error = try self.failure(of: result, name: name)
        failure = failure ?? error
      default: last = result
      }
    }
    if let failure { throw failure }
    guard let last else { throw LostConnection(reason: lastComplaint) }
    return last
  }

  /// Sleeps until the socket is ready, the deadline has passed, or another thread rang the bell.
  ///
  /// - Returns: What the socket is ready for.
  func wait(for events: Int16) throws -> Int16 {
    while true {
      let limit = try currentLimit()
      var descriptors = [
        pollfd(fd: PQsocket(connection), events: events, revents: 0),
        pollfd(fd: interruption.bell, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&descriptors, 2, limit.millisecondsLeft)
      if count < 0 && errno != EINTR { throw LostConnection(reason: "poll failed: \(errorText(errno))") }
      if count > 0, descriptors[1].revents != 0 { interruption.silence() }
      if count > 0, descriptors[0].revents != 0 { return descriptors[0].revents }
    }
  }

  /// Until when the next wait may last; asks the server to stop once the deadline has passed.
  private func currentLimit() throws -> ContinuousClock.Instant {
    if interruption.phase == .working, recoveryDeadline == nil {
      if ContinuousClock.now >= deadline { interruption.request(.deadline) }
      guard interruption.cause != nil else { return deadline }
      recoveryDeadline = ContinuousClock.now + Self.recoveryTime
    }
    let limit = recoveryDeadline ?? deadline
    guard ContinuousClock.now < limit else {
      throw LostConnection(reason: "the server did not answer in time", isSilent: true)
    }
    return limit
  }
}

// MARK: - Failures

/// The connection broke, or was given up because the server fell silent. It becomes a `StoreError` where it
/// is known what was under way.
struct LostConnection: Error {
  var reason: String
  var isSilent = false
}

extension Session {
  var lastComplaint: String {
    let message = oneLine(String(cString: PQerrorMessage(connection)))
    return message.isEmpty ? "the server closed the connection" : message
  }

  /// Turns a failed result into an error; throws `LostConnection` if the connection went with it.
  func failure(of result: QueryResult, name: String) throws -> StoreError {
    guard var error = result.serverError else {
      throw LostConnection(reason: oneLine(String(cString: PQresultErrorMessage(result.pointer))))
    }
    error.statement = name
    if error.severity == "FATAL" || error.severity == "PANIC" || PQstatus(connection) == CONNECTION_BAD {
      throw LostConnection(reason: "\(error.message) (\(error.sqlState))")
    }
    if error.isStalePlan { stale.insert(name) }
    // read_only_sql_transaction: this server takes no changes any more, and the next connection looks for one that does.
    if error.sqlState == "25006" { giveUp() }
    // query_canceled, and we know who asked for it.
    if error.sqlState == "57014", interruption.phase == .working, interruption.cause != nil {
      return interrupted(name)
    }
    return .server(error)
  }

  /// Gives the connection up and says what that means for the statement that was under way.
  func lost(_ error: LostConnection, name: String, sql: String, wasInTransaction: Bool) -> StoreError {
    let phase = interruption.phase
    let cause = interruption.cause
    giveUp()
    if phase == .committing { return .outcomeUnknown(reason: "\(error.reason), during COMMIT") }
    let mayHaveCommitted = !wasInTransaction && !Self.onlyReads(sql)
    if mayHaveCommitted { return .outcomeUnknown(reason: "\(error.reason), during \(name)") }
    if error.isSilent, phase == .working, let cause {
      return cause == .task ? .cancelled : .deadlinePassed(statement: name)
    }
    return .connectionLost(reason: error.reason)
  }

  /// True for statements that commit nothing by themselves; when in doubt, false.
  static func onlyReads(_ sql: String) -> Bool {
    let words = sql.split(maxSplits: 1) { $0.isWhitespace || $0 == "(" }
    guard let first = words.first else { return true }
    switch first.uppercased() {
    case "SELECT", "VALUES", "TABLE", "SHOW", "SET", "LISTEN", "BEGIN", "ROLLBACK", "PREPARE", "DEALLOCATE":
      return true
    default: return false
    }
  }
}

extension ContinuousClock.Instant {
  /// What `poll` takes: the time left, rounded up so that it does not wake just before the deadline.
  var millisecondsLeft: Int32 {
    let left = ContinuousClock.now.duration(to: self)
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds) * 1000 + Int32(attoseconds / 1_000_000_000_000_000) + 1
  }
}

/// Writes the server's notices to the log instead of standard error, where libpq would put them.
final class NoticeLog: Sendable {
  private let logger: Logger
  /// Whether something was committed here that no standby has confirmed.
  private let isUnconfirmed = Atomic(false)

  init(_ logger: Logger) { self.logger = logger }

  /// The log outlives the connection, because the session holds both and closes the connection first.
  func attach(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { argument, result in
        guard let argument, let result else { return }
        let log = Unmanaged<NoticeLog>.fromOpaque(argument).takeUnretainedValue()
        let message = oneLine(String(cString: PQresultErrorMessage(result)))
        // Somebody's pg_cancel_backend hit a COMMIT that waited for a synchronous standby. It goes through here with no
        // more than this warning, which has no code of its own; the routine has only this one to give.
        if let routine = PQresultErrorField(result, Int32(UInt8(ascii: "R"))),
          String(cString: routine) == "SyncRepWaitForLSN"
        {
          log.isUnconfirmed.store(true, ordering: .relaxed)
        }
        log.logger.debug("The database server says: \(message)")
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Whether a commit since the last call is on this server alone, for all that is known.
  func takeUnconfirmed() -> Bool { isUnconfirmed.exchange(false, ordering: .relaxed) }
}
