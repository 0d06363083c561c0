/// What can go wrong between the daemon and its database.
///
/// These never go to a client as they are: the daemon logs them and maps each, in one place, to a reply of
/// the protocol. No case ever holds a password.
public enum StoreError: Error, Sendable, Hashable {
  /// The server refused a statement, and its effect is certainly undone.
  case server(ServerError)
  /// The connection broke. Whatever was not yet committed is undone.
  case connectionLost(reason: String)
  /// The connection broke while a commit was under way: the change may or may not be there.
  case outcomeUnknown(reason: String)
  /// The time allowed has passed; the statement was cancelled and its effect is undone.
  case deadlinePassed(statement: String?)
  /// No connection was free, and either too many requests wait already or this one waited long enough.
  /// - Parameter over: The name of the borrower, where it has its share.
  case poolExhausted(reason: String, over: String?)
  /// There is no database to talk to now; the reason says why, and when the next attempt is due.
  case unavailable(reason: String)
  /// The Swift task was cancelled, and the effect of its statement is undone.
  case cancelled
  /// A connection string, a setting, a directory or a schema does not fit, and somebody has to change it.
  case misconfigured(reason: String)
  /// A value that PostgreSQL text cannot hold.
  case invalidValue(reason: String)
  /// The server's answer is not what the statement's decoding expects.
  case unexpectedResult(reason: String)
}

/// An error report of the server.
public struct ServerError: Error, Sendable, Hashable {
  /// Five letters and digits, as listed in PostgreSQL's manual, appendix A.
  public var sqlState: String
  /// `ERROR`, `FATAL` or `PANIC`, whatever the language of the server.
  public var severity: String
  public var message: String
  public var detail: String?
  public var hint: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  /// The constraint that was violated.
  public var constraint: String?
  /// The name of the statement that failed.
  public var statement: String?
  /// Where in the SQL the error was found: characters from 1.
  public var position: Int?
  /// Where the server was, for example the line and column of a COPY.
  public var context: String?
  /// The server's own function that raised it, which unlike the message is never translated.
  public var routine: String?
}

extension StoreError {
  /// The server's five-character code, when it was the server that refused.
  public var sqlState: String? {
    if case .server(let error) = self { error.sqlState } else { nil }
  }

  /// The name of the statement that failed, when one did.
  public var statement: String? {
    switch self {
    case .server(let error): error.statement
    case .deadlinePassed(let statement): statement
    default: nil
    }
  }

  /// The violated constraint, when one was.
  public var constraint: String? {
    if case .server(let error) = self { error.constraint } else { nil }
  }

  /// True when the same transaction may well succeed if it is run again as a whole, and running it again is
  /// safe.
  ///
  /// An unknown outcome is not retryable here: only the one who knows the idempotency key can decide that.
  public var isRetryable: Bool {
    switch self {
    case .server(let error): error.isRetryable
    case .connectionLost, .poolExhausted, .unavailable: true
    case .outcomeUnknown, .deadlinePassed, .cancelled, .misconfigured, .invalidValue, .unexpectedResult: false
    }
  }
}

extension ServerError {
  /// The SQLSTATE of a full disk.
  public static let diskFull = "53100"

  /// Serialization failure, deadlock, lock timeout, too many connections, out of memory or disk for now, or a
  /// prepared plan that a migration made stale.
  public var isRetryable: Bool {
    switch sqlState {
    case "40001", "40P01", "55P03", "53000", "53200", "53300", "57P01", "57P02", "57P03": true
    default: isStalePlan
    }
  }

  /// The statement was prepared before a table it reads changed. Preparing it again helps.
  var isStalePlan: Bool {
    // 0A000 has many meanings; this routine has only one of them.
    (sqlState == "0A000" && routine == "RevalidateCachedQuery") || sqlState == "26000"
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .server(let error): error.description
    case .connectionLost(let reason): "The connection to the database was lost: \(reason)."
    case .outcomeUnknown(let reason): "Whether the change was stored is unknown: \(reason)."
    case .deadlinePassed(let statement?): "Statement \(statement) did not end in the time allowed."
    case .deadlinePassed(nil): "The database did not answer in the time allowed."
    case .poolExhausted(let reason, _): "No database connection is free: \(reason)."
    case .unavailable(let reason): "The database is unavailable: \(reason)."
    case .cancelled: "The request was cancelled."
    case .misconfigured(let reason): "\(reason)."
    case .invalidValue(let reason): "A value cannot be stored: \(reason)."
    case .unexpectedResult(let reason): "The database answered unexpectedly: \(reason)."
    }
  }
}

extension ServerError: CustomStringConvertible {
  public var description: String {
    var text = "\(severity) \(sqlState)"
    if let statement { text += " in statement \(statement)" }
    text += ": \(message)"
    if let detail { text += " (\(detail))" }
    if let context { text += " at \(context)" }
    if let constraint { text += " [constraint \(constraint)]" }
    if let hint { text += " Hint: \(hint)" }
    return text
  }
}
