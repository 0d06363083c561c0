import Testing
import Wire

@testable import Operations

@Suite struct PartyTests {
  /// A token may end on another thread after its request was read and before it is carried out.
  @Test func whoseTokenHasEndedIsNobody() throws {
    let identity = Identity(Peer(transport: .tcp(address: "127.0.0.1:1")), organizers: [])
    func call(isParty: Bool) throws -> Call {
      let words = try RequestLine(parsing: Array("DEALS".utf8))
      return Call(
        identity: identity, connection: 1, words: words, format: .json,
        load: try CommandTable.find(words.positional).0.load, place: nil, isParty: isParty)
    }
    #expect(throws: WireError.authRequired) { try call(isParty: true).party }
    #expect(try call(isParty: false).party == nil)
  }
}
