import Domain
import Store

/// Finds tokens in the database, all that are asked for at one time by one statement: a flood of sign-ins takes one
/// connection and a bounded number of statements a second. Nothing is remembered, so a new token is good at once, and a
/// revoked one good for nothing at once, on every daemon.
final class TokenLookup: Sendable {
  private let pool: Pool
  /// The pause follows any claim that fails, lest it tell unknown ids from wrong secrets.
  private let found = SharedReading<TokenClaim, StoredToken?>(atMost: Limits.tokensPerLookup) { tokens in
    tokens.contains { $0 == nil } ? Limits.lookupPause : .zero
  }
  private let ended = SharedReading<Void, [TokenStore.Holder]>()

  init(pool: Pool) { self.pool = pool }

  /// The token that is claimed; nil unless the claim is right and the token good now.
  func find(_ claim: TokenClaim, deadline: Duration) async throws -> StoredToken? {
    let pool = pool
    return try await found.answer(claim, until: .now + deadline) { claims in
      try await pool.run(deadline: Limits.lookupTime) { try TokenStore.find(claims, in: $0) }
    }
  }

  /// Which of the tokens in use are good for nothing any more, or are another party's now.
  ///
  /// - Parameter live: Gives the tokens in use when the look-up begins.
  func dead(among live: @escaping @Sendable () -> [TokenStore.Holder], deadline: Duration) async throws
    -> [TokenStore.Holder]
  {
    let pool = pool
    return try await ended.answer((), until: .now + deadline) { requests in
      let tokens = live()
      let dead =
        tokens.isEmpty
        ? [] : try await pool.run(deadline: Limits.lookupTime) { try TokenStore.dead(among: tokens, in: $0) }
      return Array(repeating: dead, count: requests.count)
    }
  }
}
