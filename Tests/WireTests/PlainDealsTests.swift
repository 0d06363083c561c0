import Domain
import Testing
import Wire

/// The short way of reading DEALS gives what the general one gives, or leaves it to that.
@Suite struct PlainDealsTests {
  private static func plain(_ line: String) -> Deals? {
    Array(line.utf8).withUnsafeBytes { Deals(plain: $0) }
  }

  private static func general(_ line: String) -> Deals? {
    guard let words = try? RequestLine(parsing: Array(line.utf8)),
      case (.deals(let deals), _)? = try? Request.read(
        words, by: Standing(roles: [.organizer]), isOfHouse: { _, _ in false })
    else { return nil }
    return deals
  }

  @Test func commonLinesAreRead() throws {
    for (line, investor, limit) in [
      ("DEALS I-007 limit=20", "I-007", 20), ("DEALS I-007", "I-007", Limits.page),
      ("deals  a/b:c_d.e   LIMIT=001000 ", "a/b:c_d.e", 1_000),
      (" Deals \(String(repeating: "x", count: 160)) Limit=1", String(repeating: "x", count: 160), 1),
    ] {
      let deals = try #require(Self.plain(line), "\(line)")
      #expect(deals.investor == investor && deals.page.limit == limit)
      #expect(deals == Self.general(line))
    }
  }

  @Test func othersAreLeftToTheGeneralWay() {
    for line in [
      "", " ", "DEALS", "DEALS ", "DEALSI-7", "DEALS limit=5", "DEALS I-7 limit=", "DEALS I-7 limit=0",
      "DEALS I-7 limit=1001", "DEALS I-7 limit=+5", "DEALS I-7 limit=5 limit=5", "DEALS É",
      "DEALS I-7 limit=5 stage=seed", "DEALS I-7 I-8", "DEALS \"I-7\"", "DEALS I-7\u{0}",
      "DEALS I-7\tlimit=5", "DEALS I-7 limit=\"5\"", "DEALS I-7 after=1.0-20",
      "DEALS \(String(repeating: "x", count: 161))", "DEALS I-7 limit=5x",
      "DEALS I-7 limit=99999999999999999999", "EXPLAIN I-7 F-7",
    ] { #expect(Self.plain(line) == nil, "\(line)") }
  }

  @Test func bothWaysAgree() {
    let pieces = [
      "DEALS", "deals", "dEALs", "DEAL", "DEALS", " ", " ", "  ", "I-7", "F_1", "a.b", "limit=", "LIMIT=",
      "limit", "limit=20", "limit=007", "after=", "after=1.0-2", "run=1", "kind=firm", "=", "\"", "1",
      "\"I-7\"", "1000", "1001", "0", "-", "\t", "\r", "\u{0}", "é", "ſ", "ﬁ", "K", ",",
    ]
    var random = SystemRandomNumberGenerator()
    var taken = 0
    for _ in 0..<50_000 {
      var line = Bool.random(using: &random) ? "DEALS " : ""
      for _ in 0..<Int.random(in: 0...6, using: &random) { line += pieces.randomElement(using: &random)! }
      guard let plain = Self.plain(line) else { continue }
      taken += 1
      #expect(plain == Self.general(line), "\(line)")
    }
    #expect(taken > 500)
  }
}
