import Domain
import Logging
import Store
import Wire

/// Turns what went wrong in the store into what a client may know. The details stay in the log.
struct ErrorMapping: Sendable {
  let logger: Logger

  func wireError(_ error: any Error, command: String) -> WireError {
    switch error {
    case let error as WireError: return error
    case let error as StoreError: return map(error, command)
    case is CancellationError: return WireError(.closing, [], "the command was cancelled")
    default: return internalError("\(error)", command)
    }
  }

  private func map(_ error: StoreError, _ command: String) -> WireError {
    switch error {
    case .server(let server): return map(server, command)
    case .connectionLost, .unavailable:
      logger.warning(
        "The database is out of reach", metadata: ["command": "\(command)", "error": "\(error)"])
      return WireError(.databaseUnavailable, [], "the database is out of reach just now; nothing was changed")
    case .outcomeUnknown:
      logger.warning("An outcome is unknown", metadata: ["command": "\(command)", "error": "\(error)"])
      return WireError(
        .outcomeUnknown, [],
        "the database went away while it was deciding; send the same request with the same key= to learn the outcome"
      )
    case .deadlinePassed:
      logger.warning("A command took too long", metadata: ["command": "\(command)", "error": "\(error)"])
      return WireError(.overloaded, [], "this took longer than allowed and was stopped; nothing was changed")
    case .poolExhausted(let reason, let borrower):
      return WireError(
        .overloaded, borrower.map { [Attribute("principal", $0)] } ?? [],
        reason
          + (borrower == nil
            ? "; try again in a moment" : "; ask for less at one time, and try again in a second"))
    case .cancelled: return WireError(.closing, [], "the command was cancelled; nothing was changed")
    case .invalidValue(let reason): return WireError(.badArgument, [], reason)
    case .misconfigured, .unexpectedResult: return internalError("\(error)", command)
    }
  }

  private func map(_ error: ServerError, _ command: String) -> WireError {
    if error.isRetryable {
      return WireError(.busy, [], "another change was in the way; nothing was changed, try again")
    }
    if let (rule, sentence) = error.brokenRule {
      return WireError(.ruleViolated, [Attribute("rule", rule)], sentence)
    }
    if error.sqlState == ServerError.diskFull {
      logger.error("The database's disk is full", metadata: ["command": "\(command)", "error": "\(error)"])
      return WireError(
        .databaseUnavailable, [Attribute("reason", "disk_full")],
        "the database's disk is full; nothing was changed; free space there, then try again")
    }
    switch error.sqlState.prefix(2) {
    // Operator intervention and insufficient resources.
    case "57", "53":
      return WireError(.databaseUnavailable, [], "the database cannot answer just now; try again")
    // A read-only transaction: the primary has become a standby.
    case "25": return WireError(.databaseUnavailable, [], "the database takes no changes just now; try again")
    default: return internalError("\(error)", command)
    }
  }

  private func internalError(_ text: String, _ command: String) -> WireError {
    let reference = String(UInt32.random(in: .min ... .max), radix: 36)
    logger.error(
      "A command failed in a way nobody foresaw",
      metadata: ["ref": "\(reference)", "command": "\(command)", "error": "\(text)"])
    return WireError(
      .internal, [Attribute("ref", reference)], "something went wrong here; the log says more under this ref")
  }
}
