import Domain
import Testing

@testable import Wire

/// No reply line is longer than its limit, whatever is stored.
@Suite struct ReplyLimitTests {
  private let long = JSON.string(String(repeating: "x", count: Limits.replyLine))

  private func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func aRowLeavesItsLongestMembersOut() throws {
    var writer = RowWriter(format: .json)
    var bytes: [UInt8] = []
    writer.write([.init("id", 1), .init("note", "short")], to: &bytes)
    writer.write(
      [.init("id", 2), .init("note", long), .init("name", "n"), .init("history", long)], to: &bytes)
    #expect(
      lines(bytes) == [
        #"250-{"id":1,"note":"short"}"#, #"250-{"id":2,"name":"n","cut":["history","note"]}"#,
      ])
    #expect(writer.rowsCut == 1)
  }

  /// As many as must go, and no more.
  @Test func whatFitsStays() throws {
    let half = JSON.string(String(repeating: "y", count: Limits.replyLine / 2))
    var writer = RowWriter(format: .json)
    var bytes: [UInt8] = []
    writer.write([.init("a", half), .init("b", long), .init("c", "z")], to: &bytes)
    let line = try #require(lines(bytes).first)
    #expect(line.utf8.count <= Limits.replyLine && line.utf8.count > Limits.replyLine / 2)
    #expect(line.hasSuffix(#","c":"z","cut":["b"]}"#))
  }

  @Test func columnsOfTSVStay() throws {
    var writer = RowWriter(format: .tsv)
    var bytes: [UInt8] = []
    writer.write([.init("id", 1), .init("note", long), .init("name", "n")], to: &bytes)
    writer.write([.init("id", 2), .init("note", "short"), .init("name", "m")], to: &bytes)
    #expect(lines(bytes) == ["250-id\tnote\tname", "250-1\t\\N\tn", "250-2\tshort\tm"])
    #expect(writer.rowsCut == 1)
  }

  /// A row just at the limit is sent as it is.
  @Test(arguments: [-1, 0, 1]) func theLimitIsExact(_ more: Int) throws {
    let frame = #"250-{"n":""}"#.utf8.count
    let text = String(repeating: "x", count: Limits.replyLine - frame + more)
    var writer = RowWriter(format: .json)
    var bytes: [UInt8] = []
    writer.write([.init("n", .string(text))], to: &bytes)
    #expect(writer.rowsCut == (more > 0 ? 1 : 0))
    #expect(lines(bytes)[0].utf8.count <= Limits.replyLine)
  }

  @Test func theLastGuardCutsAnyLine() throws {
    let row = "250-{\"n\":\"" + String(repeating: "x", count: Limits.replyLine) + "\"}"
    let document = "250-" + String(repeating: "肥", count: Limits.replyLine)
    let last = "250 ok rows=1: " + String(repeating: "s", count: Limits.replyLine)
    var bytes = Array("250-{\"a\":1}\n\(row)\n\(document)\n\(last)\n250-end\n".utf8)
    ReplyLimit.enforce(on: &bytes)
    #expect(String(validating: bytes, as: UTF8.self) != nil, "no character is cut in two")
    let kept = lines(bytes)
    #expect(kept.count == 5 && kept.allSatisfy { $0.utf8.count <= Limits.replyLine })
    #expect(kept[0] == "250-{\"a\":1}" && kept[4] == "250-end")
    #expect(kept[1] == "250-{\"cut\":true,\"bytes\":\(row.utf8.count)}")
    #expect(kept[2].hasPrefix("250-肥肥") && kept[2].hasSuffix("肥… (cut)"))
    #expect(kept[3].hasPrefix("250 ok rows=1: ss") && kept[3].hasSuffix("s… (cut)"))
  }
}
