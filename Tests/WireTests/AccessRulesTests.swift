import Domain
import Testing

@testable import Wire

/// What is refused before a command is read any further.
@Suite struct AccessRulesTests {
  private func read(_ line: String, _ standing: Standing) -> WireError? {
    do throws(WireError) {
      let words = try RequestLine(parsing: Array(line.utf8))
      _ = try Request.read(words, by: standing) { code, house in code == "I-fund" && house == "I-1" }
      return nil
    } catch { return error }
  }

  @Test func whoIsNobodyMaySayWhoTheyAre() {
    for line in ["PING", "HELP", "WHOAMI", "AUTH TOKEN a.b", "FORMAT tsv", "QUIT"] {
      #expect(read(line, .unknown) == nil, "\(line)")
    }
    #expect(read("DEALS I-1", .unknown)?.code == .authRequired)
    #expect(read("NONSENSE", .unknown)?.code == .unknownCommand)
  }

  @Test func aPartyWithoutAnObjectMayNothing() {
    let standing = Standing(roles: [.investor])
    #expect(read("DEALS I-1", standing)?.code == .notPermitted)
    #expect(read("DEALS", standing)?.code == .notPermitted)
    let firm = Standing(roles: [.investor], own: .init(noun: .firm, code: "I-1"))
    #expect(read("DEALS I-1", firm)?.code == .notPermitted)
  }

  @Test func houseOnlyWhereGranted() {
    let alone = Standing(roles: [.investor], own: .init(noun: .investor, code: "I-1"))
    let house = Standing(roles: [.investor], own: .init(noun: .investor, code: "I-1", includesHouse: true))
    #expect(read("DEALS I-1", alone) == nil)
    #expect(read("DEALS I-fund", alone) == .notFound("investor", "I-fund"))
    #expect(read("DEALS I-fund", house) == nil)
    #expect(read("DEALS I-2", house) == .notFound("investor", "I-2"))
    // Codes are case-sensitive.
    #expect(read("DEALS i-1", alone) == .notFound("investor", "i-1"))
  }
}
