import Domain
import Store
import Wire

extension Desk {
  func authenticate(_ command: AuthToken, _ call: Call) async throws -> LastLine {
    let origin = call.identity.origin
    guard let wait = guesses.wait(origin, token: command.id) else {
      throw WireError(.overloaded, [], "too many wrong tokens came from here; wait a minute")
    }
    try await awaitTurn(wait, call)
    let token = try await tokens.find(
      TokenClaim(id: command.id, secret: command.secret), deadline: settings.statementTime)
    guard let token else {
      guesses.failed(origin, token: command.id)
      logger.notice(
        "A wrong token was tried",
        metadata: ["from": "\(call.principal.name)", "connection": "\(call.connection)"])
      throw Self.badToken
    }
    guesses.succeeded(origin, token: command.id)
    do { return Self.whoami(try await signIn(token, call.identity, call.connection), call.connection) } catch
    {
      // One too many of this token: told so, and closed.
      if (error as? WireError)?.code == .overloaded { connections.hangUp(call.connection) }
      throw error
    }
  }

  /// Waits until a try may be looked at.
  /// - Throws: 421 when the time to sign in ends before that; the connection is closed after it.
  private func awaitTurn(_ wait: Duration, _ call: Call) async throws {
    guard wait > .zero else { return }
    let left = call.identity.since + settings.signInTime - .now
    guard call.principal.standing.roles.isEmpty, left < wait else { return try await Task.sleep(for: wait) }
    try await Task.sleep(for: max(left, .zero))
    connections.hangUp(call.connection)
    throw WireError(
      .closing, [],
      "other wrong tokens were before this one for \(settings.signInTime.components.seconds) s; connect again later"
    )
  }

  /// Signs in the token that a client's certificate names. There is no secret to guess: an authority that the operator
  /// trusts has signed the name.
  func authenticate(certificate id: String, _ identity: Identity, _ connection: Int) async throws {
    let token = try await tokens.find(TokenClaim(id: id, secret: nil), deadline: settings.statementTime)
    guard let token else {
      logger.notice(
        "A certificate names no good token",
        metadata: ["from": "\(identity.principal.name)", "connection": "\(connection)", "token": "\(id)"])
      throw Self.badToken
    }
    _ = try await signIn(token, identity, connection)
  }

  private func signIn(_ token: StoredToken, _ identity: Identity, _ connection: Int) async throws -> Principal
  {
    let (before, principal) = (identity.principal, Principal(token))
    guard connections.become(principal, on: connection, atMost: settings.connectionsPerPrincipal) else {
      throw WireError(
        .overloaded, [Attribute("principal", principal.name)],
        "\(settings.connectionsPerPrincipal) connections of this token are open, which is all it may have; close some, or try again later"
      )
    }
    // It may have been revoked since it was read, before the connection was known to use it.
    do { try await endDeadTokens() } catch {
      identity.become(before)
      throw error
    }
    return principal
  }

  private static var badToken: WireError {
    WireError(.authFailed, [], "this token is not good here; it may be wrong, expired or revoked")
  }

  func token(_ command: TokenCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    switch command {
    case .add(let token, let key):
      let secret = TokenStore.makeSecret()
      let last = try await write(call, key: key, &reply) { session in
        try Self.addToken(token, secret: secret, call, session)
      }
      // Shown once and never stored, so it is no part of what `key=` remembers.
      if last.code == .ok { try await reply.row([.init("token", .string("\(token.id).\(secret)"))]) }
      return last
    case .list(let page): return try await listTokens(page, &reply)
    case .revoke(let id, let key):
      let last = try await write(call, key: key, &reply) { session in
        guard try TokenStore.revoke(id, in: session) else { throw WireError.notFound("token", id) }
        return Written(
          last: LastLine(.ok, [Attribute("token", id)]), audit: .init(action: "token revoke", object: id))
      }
      try await endDeadTokens()
      return last
    }
  }

  private static func addToken(
    _ token: TokenCommand.NewToken, secret: String, _ call: Call, _ session: Session
  ) throws -> Written {
    if let own = token.own, let noun = token.role.party,
      try RegistryStore.get(noun, own, in: session) == nil
    {
      throw WireError.notFound(noun.name, own)
    }
    let stored = try TokenStore.add(
      token.id, secret: secret, role: token.role, own: token.own, includesHouse: token.includesHouse,
      expiresOn: token.expiresOn, by: call.principal.name, in: session)
    guard let stored else {
      throw WireError(
        .ruleViolated, [Attribute("token", token.id)],
        "there is a token of this id, or was one; the audit would not tell them apart")
    }
    return Written(
      last: LastLine(
        .ok, [Attribute("token", stored.id), Attribute("expires_on", stored.expiresOn)],
        sentence: "the secret is shown once"),
      audit: .init(action: "token add", object: stored.id, detail: .object(stored.members)))
  }

  private func listTokens(_ page: Page, _ reply: inout Reply) async throws -> LastLine {
    var tokens = try await pool.run(deadline: settings.statementTime) { session in
      try TokenStore.list(after: page.after, limit: page.limit + 1, in: session)
    }
    let hasMore = page.cut(&tokens)
    for token in tokens { try await reply.row(token.members) }
    return LastLine(
      .ok, [Attribute("rows", tokens.count)] + (hasMore ? [Attribute("next", tokens.last!.id)] : []))
  }

  /// Ends connections whose token is good for nothing any more, whoever revoked it, and those whose token is another
  /// firm's now, which theirs was merged into.
  func endDeadTokens() async throws {
    let dead = try await tokens.dead(among: { self.connections.holders }, deadline: settings.statementTime)
    guard !dead.isEmpty else { return }
    connections.end("the token of this connection has ended or is of another firm now; sign in again to see")
    {
      $0.holder.map(dead.contains) ?? false
    }
  }
}

extension StoredToken {
  fileprivate var members: [JSON.Member] {
    [
      .init("id", .string(id)), .init("role", .string(role.rawValue)),
      .init("investor", JSON(role == .investor ? own : nil)), .init("firm", JSON(role == .firm ? own : nil)),
      .init("house", .bool(includesHouse)), .init("created_at", .string(createdAt)),
      .init("created_by", .string(createdBy)), .init("expires_on", .string(expiresOn)),
      .init("state", .string(isRevoked ? "revoked" : isExpired ? "expired" : "good")),
    ]
  }
}
