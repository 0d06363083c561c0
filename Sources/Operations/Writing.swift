import Domain
import Store
import Wire

/// What a command that writes has done, as it will be told and remembered.
struct Written: Sendable {
  var rows: [[JSON.Member]] = []
  var last: LastLine
  /// What the audit says of it; nil when nothing was changed.
  var audit: AuditEntry?

  struct AuditEntry: Sendable {
    var action: String
    var object: String?
    var detail: JSON = .object([])
  }
}

extension Desk {
  /// Runs a command that writes: its effect, its audit entry and the memory of its `key=` are one transaction.
  func write(
    _ call: Call, key: String?, deadline: Duration? = nil, _ reply: inout Reply,
    _ body: @escaping @Sendable (Session) throws -> Written
  ) async throws -> LastLine {
    let principal = call.principal.name
    let request = call.request
    let written = try await pool.transaction(deadline: deadline ?? settings.statementTime) { session in
      if let key, let done = try Self.recall(principal, key, request, session) { return done }
      let written = try body(session)
      if let audit = written.audit { try Self.audit(audit, principal, session) }
      if let key { try Self.remember(written, principal, key, request, session) }
      return written
    }
    try await reply.add(written.rows)
    return written.last
  }

  static func audit(_ entry: Written.AuditEntry, _ principal: String, _ session: Session) throws {
    try Ledger.audit(
      principal: principal, action: entry.action, object: entry.object, detail: entry.detail.line, in: session
    )
  }

  /// What was done under this key before: told again as 251. Nil when it is new.
  static func recall(
    _ principal: String, _ key: String, _ request: String, _ session: Session
  ) throws -> Written? {
    switch try Ledger.claim(principal: principal, key: key, request: request, in: session) {
    case .new: return nil
    case .reused:
      throw WireError(
        .keyReused, [Attribute("key", key)],
        "this key was used for another request; give each request a key of its own")
    case .done(let reply):
      var rows: [[JSON.Member]] = []
      for line in (reply.rows ?? "").split(separator: "\n") {
        if case .object(let members) = try? JSONParser.parse(String(line)) { rows.append(members) }
      }
      guard case .last(let last) = ReplyLine(parsing: reply.lastLine) else {
        throw StoreError.unexpectedResult(reason: "a remembered reply cannot be read")
      }
      return Written(rows: rows, last: LastLine(.unchanged, last.attributes, sentence: last.sentence))
    }
  }

  static func remember(
    _ written: Written, _ principal: String, _ key: String, _ request: String, _ session: Session
  ) throws {
    let rows = written.rows.map { JSON.object($0).line }.joined(separator: "\n")
    try Ledger.remember(
      principal: principal, key: key, request: request, reply: .init(rows: rows, lastLine: written.last.text),
      in: session)
  }
}

extension Call {
  /// The request without its key, the same for the same request however it was spelled.
  var request: String {
    let named = words.named.filter { $0.name != "key" }.sorted { $0.name < $1.name }
    var text = RequestLine(positional: words.positional, named: named).text
    if let upload { text += " #\(upload.rows) \(upload.fingerprint)" }
    return text
  }
}
