import Domain
import Store
import Synchronization
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Who makes a request.
struct Principal: Sendable, Hashable {
  /// How the audit and idempotency keys name it.
  let name: String
  let standing: Standing
  /// Id of the token it came with.
  let token: String?
  /// The user of this machine that it is, where nothing else was said.
  let user: UInt32?

  /// One that has said nothing yet: on the Unix socket the peer's user decides, elsewhere nobody is known.
  ///
  /// - Parameter organizers: users that are organizers beside root and the daemon's own, which are admins as well.
  init(_ peer: Peer, organizers: Set<UInt32>) {
    token = nil
    user = if case .unix(let user, _) = peer.transport { user } else { nil }
    switch peer.transport {
    case .unix(let user, _):
      name = "unix:\(user)"
      let isOwner = user == 0 || user == geteuid()
      standing = Standing(
        roles: isOwner ? [.organizer, .admin] : organizers.contains(user) ? [.organizer] : [])
    case .tcp(let address):
      name = "tcp:\(address)"
      standing = .unknown
    case .tls(let address, _):
      name = "tls:\(address)"
      standing = .unknown
    }
  }

  init(_ token: StoredToken) {
    self.token = token.id
    user = nil
    name = "token:\(token.id)"
    standing = Standing(
      roles: [token.role],
      own: token.role.party.flatMap { noun in
        token.own.map { .init(noun: noun, code: $0, includesHouse: token.includesHouse) }
      })
  }

  /// One whose token has ended.
  init(ended principal: Principal) {
    name = principal.name
    standing = .unknown
    token = nil
    user = nil
  }

  /// The token that it came with, and whose that was.
  var holder: TokenStore.Holder? { token.map { .init(token: $0, own: standing.own?.code ?? "") } }

  /// For WHOAMI and the log.
  var roles: String {
    standing.roles.isEmpty
      ? "none" : Role.allCases.filter(standing.roles.contains).map(\.rawValue).joined(separator: ",")
  }
}

extension Standing {
  /// The side of introductions that a party speaks for.
  var side: IntroductionSide? {
    own.flatMap { own in IntroductionSide.allCases.first { $0.role.party == own.noun } }
  }
}

/// Who is at the other end of a connection, which AUTH changes.
final class Identity: Sendable {
  /// Where it comes from: guesses are counted by it.
  let origin: String
  /// When the connection began.
  let since = ContinuousClock.now
  private let current: Mutex<Principal>

  init(_ peer: Peer, organizers: Set<UInt32>) {
    origin = "\(peer.origin)"
    current = Mutex(Principal(peer, organizers: organizers))
  }

  var principal: Principal { current.withLock { $0 } }

  func become(_ principal: Principal) { current.withLock { $0 = principal } }

  /// From now on nobody.
  func forget() { current.withLock { $0 = Principal(ended: $0) } }
}
