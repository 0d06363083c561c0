import CCrypto
import Domain

/// A token as it is stored, without what proves it.
public struct StoredToken: Sendable, Hashable {
  public var id: String
  public var role: Role
  /// Code of the investor or firm whose it is, for the role of one.
  public var own: String?
  /// Whether the funds below its investor are its own as well.
  public var includesHouse: Bool
  /// ISO 8601, UTC.
  public var createdAt: String
  public var createdBy: String
  /// Last day it is good for, UTC.
  public var expiresOn: String
  public var isRevoked: Bool
  public var isExpired: Bool
}

/// The id of a token and what shows that somebody may use it.
public struct TokenClaim: Sendable, Hashable {
  public var id: String
  /// Nil for somebody who has proved by other means whose the token is.
  public var secret: String?

  public init(id: String, secret: String?) {
    self.id = id
    self.secret = secret
  }
}

/// Tokens in PostgreSQL: of their secrets only digests.
public enum TokenStore {
  /// 256 random bits, as hexadecimal digits.
  public static func makeSecret() -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<32).map { _ in random.next() as UInt8 }.hexadecimal
  }

  /// Stores a new token. The caller's transaction.
  ///
  /// - Parameters:
  ///   - own: Code of the investor or firm whose it is, for the role of one.
  ///   - expiresOn: Last day it is good for; nil for ``Limits/tokenDays`` from today.
  /// - Returns: Nil where the id is taken.
  public static func add(
    _ id: String, secret: String, role: Role, own: String?, includesHouse: Bool, expiresOn: Day?, by: String,
    in session: Session
  ) throws -> StoredToken? {
    try session.queryOne(
      TokenStatements.Insert(
        id: id, digest: digest(of: secret), role: role, own: own, includesHouse: includesHouse, by: by,
        expiresOn: expiresOn?.description, days: Limits.tokenDays))
  }

  /// Tokens behind an id, in order of ids.
  public static func list(after: String?, limit: Int, in session: Session) throws -> [StoredToken] {
    try session.query(TokenStatements.Page(after: after, limit: limit))
  }

  /// Ends a token; ending it again changes nothing. The caller's transaction.
  /// - Returns: False where there is none.
  public static func revoke(_ id: String, in session: Session) throws -> Bool {
    try session.execute(TokenStatements.Revoke(id: id)) == 1
  }

  /// The token of each claim, in their order, if the claim is right and the token is good now. What is wrong is not told
  /// apart, by words or by time: an id that does not exist costs the same comparison.
  public static func find(_ claims: [TokenClaim], in session: Session) throws -> [StoredToken?] {
    let found = try session.query(TokenStatements.Select(ids: Array(Set(claims.map(\.id)))))
    let known = Dictionary(uniqueKeysWithValues: found.map { ($0.token.id, $0) })
    return claims.map { claim in
      let found = known[claim.id]
      if let secret = claim.secret {
        let stored = found?.digest ?? [UInt8](repeating: 0, count: 32)
        guard CRYPTO_memcmp(stored, digest(of: secret), 32) == 0 else { return nil }
      }
      guard let token = found?.token, !token.isRevoked, !token.isExpired else { return nil }
      return token
    }
  }

  /// A token that somebody is signed in with.
  public struct Holder: Sendable, Hashable {
    public var token: String
    /// Code of the investor or firm that it was of at that time; empty for other roles.
    public var own: String

    public init(token: String, own: String) {
      self.token = token
      self.own = own
    }
  }

  /// Which of some tokens are good for nothing any more, or are another party's now.
  public static func dead(among holders: [Holder], in session: Session) throws -> [Holder] {
    try session.query(TokenStatements.Dead(holders: holders))
  }

  private static func digest(of secret: String) -> [UInt8] {
    let digest = Digest()
    var secret = secret
    secret.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
    return digest.finish()
  }
}
