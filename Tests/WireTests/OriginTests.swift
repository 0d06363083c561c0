import Testing

@testable import Wire

/// What is counted together.
@Suite struct OriginTests {
  private func origin(_ address: String) -> String { "\(Peer(transport: .tcp(address: address)).origin)" }

  @Test func usersAndAddressesAreCountedApart() {
    #expect("\(Peer(transport: .unix(user: 7, process: 1)).origin)" == "unix:7")
    #expect(origin("192.0.2.1") == "tcp:192.0.2.1")
    #expect(origin("192.0.2.1") != origin("192.0.2.2"))
    // The same client, whichever listener it found.
    #expect(origin("::ffff:192.0.2.1") == "tcp:192.0.2.1")
    #expect(origin("unknown") == "tcp:unknown")
  }

  @Test func anIPv6NetworkIsOneOrigin() {
    #expect(origin("2001:db8:1:2:3:4:5:6") == "tcp:2001:db8:1:2::/64")
    #expect(origin("2001:db8:1:2::6") == "tcp:2001:db8:1:2::/64")
    #expect(origin("2001:db8::6") == "tcp:2001:db8:0:0::/64")
    #expect(origin("2001:db8:1:3::6") != origin("2001:db8:1:2::6"))
    #expect(origin("::1") == "tcp:0:0:0:0::/64")
    #expect(origin("fe80::1%eth0") == "tcp:fe80:0:0:0::/64")
    #expect(origin("1::") == "tcp:1:0:0:0::/64")
  }
}
