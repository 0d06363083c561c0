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

    /// Says one thing more of it.
    mutating func add(_ name: String, _ value: JSON) {
      guard case .object(let members) = detail else { return }
      detail = .object(members + [.init(name, value)])
    }
  }
}

extension Desk {
  /// Runs a command that writes: its effect, its audit entry and the memory of its `key=` are one transaction.
  ///
  /// - Parameter noun: What records are written of, for a party.
  func write(
    _ call: Call, key: String?, _ reply: inout Reply, editing noun: Noun? = nil,
    _ body: @escaping @Sendable (Session) throws -> Written
  ) async throws -> LastLine {
    let principal = call.principal.name
    let request = call.request
    let party = try call.party
    let written = try await pool.transaction(changing: call.object, deadline: time(of: call)) { session in
      if let party { try session.become(partyOf: party, writing: noun) }
      if let key, let done = try Self.recall(principal, key, request, session) { return done }
      let written = try body(session)
      if let audit = written.audit { try Self.audit(audit, principal, session) }
      if let key { try Self.remember(written, principal, key, request, session) }
      return written
    }
    try await reply.add(written.rows)
    return written.last
  }

  /// Tells again what a command that works for long has done under this key before, so that the work is not done for
  /// nothing; nil when it is new.
  func recalled(_ call: Call, key: String?, _ reply: inout Reply) async throws -> LastLine? {
    guard let key else { return nil }
    let (principal, request) = (call.principal.name, call.request)
    let done = try await pool.transaction(deadline: settings.statementTime) { session in
      try Self.recall(principal, key, request, session)
    }
    guard let done else { return nil }
    try await reply.add(done.rows)
    return done.last
  }

  /// Reads for the one who asks: for a party under row-level security.
  func read<Result: Sendable>(_ call: Call, _ body: @escaping @Sendable (Session) throws -> Result)
    async throws
    -> Result
  {
    guard let party = try call.party else {
      return try await pool.run(deadline: settings.statementTime, body)
    }
    return try await pool.transaction(readOnly: true, deadline: settings.statementTime) { session in
      try session.become(partyOf: party)
      return try body(session)
    }
  }

  /// Time that a transaction of a command may take.
  func time(of call: Call) -> Duration { max(settings.statementTime, call.load.time ?? .zero) }

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
      guard reply.rows != nil else { return Written(last: withoutRows(last)) }
      return Written(rows: rows, last: LastLine(.unchanged, last.attributes, sentence: last.sentence))
    }
  }

  /// What is told again of a reply whose rows were too long to be remembered: `rows=` counts the rows that come.
  private static func withoutRows(_ last: ReplyLine.Last) -> LastLine {
    let count = last["rows"] ?? "0"
    let attributes = last.attributes.map { $0.name == "rows" ? Attribute("rows", 0) : $0 }
    return LastLine(
      .unchanged, attributes + [Attribute("rows_not_kept", count)],
      sentence:
        "this key= was done before; its \(count) rows took more than \(Limits.rememberedReply / 1_024) KiB and were not kept"
    )
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
  /// The token of a party that asks about what is its own.
  /// - Throws: 530 when the token ended after the request was read.
  var party: String? {
    get throws(WireError) {
      guard isParty else { return nil }
      guard let token = principal.token else { throw .authRequired }
      return token
    }
  }

  /// The request without its key, the same for the same request however it was spelled.
  var request: String {
    let named = words.named.filter { $0.name != "key" }.sorted { $0.name < $1.name }
    let (spec, rest) = (try? CommandTable.find(words.positional)) ?? (nil, words.positional[...])
    let command = spec.map { $0.words.split(separator: " ").map(String.init) } ?? []
    var text = RequestLine(positional: command + rest, named: named).text
    if let upload { text += " #\(upload.rows) \(upload.fingerprint)" }
    return text
  }
}
