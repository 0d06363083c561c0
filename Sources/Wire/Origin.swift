/// Where a connection comes from, as far as several are counted together.
public enum Origin: Sendable, Hashable, CustomStringConvertible {
  /// A user of this machine, on the Unix socket.
  case user(UInt32)
  /// An IPv4 address, or the /64 network of an IPv6 address, since whoever has one of these has all of them (RFC 6177).
  case address(String)

  /// - Parameter address: as inet_ntop(3) writes it.
  init(address: String) {
    // Where a socket serves both, an IPv4 address is shown as ::ffff:192.0.2.1.
    guard !address.contains("."), address.contains(":") else {
      self = .address(String(address.suffix(while: { $0 != ":" })))
      return
    }
    let halves = address.prefix { $0 != "%" }.split(
      separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    let groups = halves.map { $0.split(separator: ":") }
    let left = groups.reduce(0) { $0 + $1.count }
    let all =
      groups.count == 2 ? groups[0] + Array(repeating: "0", count: max(0, 8 - left)) + groups[1] : groups[0]
    self = .address(all.prefix(4).joined(separator: ":") + "::/64")
  }

  public var description: String {
    switch self {
    case .user(let user): "unix:\(user)"
    case .address(let address): "tcp:\(address)"
    }
  }
}

extension Peer {
  /// Where it comes from, as connections and wrong tokens are counted.
  public var origin: Origin {
    switch transport {
    case .unix(let user, _): .user(user)
    case .tcp(let address), .tls(let address, _): Origin(address: address)
    }
  }
}

extension StringProtocol {
  /// The longest end whose characters all satisfy the condition.
  fileprivate func suffix(while isTaken: (Character) -> Bool) -> SubSequence {
    self[(lastIndex { !isTaken($0) }.map(index(after:)) ?? startIndex)...]
  }
}
