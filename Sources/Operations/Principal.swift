import Wire

/// Who makes a request. Until roles arrive, whoever reaches the daemon is an organizer: the user behind a Unix
/// socket, or anyone on the loopback interface.
struct Principal: Sendable, Hashable {
  /// How the audit and idempotency keys name it.
  let name: String
  let role = "organizer"

  init(_ peer: Peer) {
    switch peer.transport {
    case .unix(let user, _): name = "unix:\(user)"
    case .tcp(let address): name = "tcp:\(address)"
    }
  }
}
