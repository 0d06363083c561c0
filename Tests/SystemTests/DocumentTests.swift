import Domain
import Foundation
import Testing

/// What the documents say of the tables in the code is what the tables say.
@Suite struct DocumentTests {
  @Test func fieldsInTheProtocolAreThoseOfTheFieldTable() throws {
    let path = repository + "/docs/PROTOCOL.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- fields: "))
    let end = try #require(text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex))
    let head = try #require(text.range(of: "-->\n", range: start.upperBound..<text.endIndex)).upperBound
    let table = Self.fieldTable
    if ProcessInfo.processInfo.environment["BELLWETHER_RECORD"] == "1" {
      let written = text[..<head] + table + text[end.lowerBound...]
      try String(written).write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      #expect(String(text[head..<end.lowerBound]) == table, "write it anew, as the comment there says")
    }
  }

  private static var fieldTable: String {
    var text = "| noun | fields |\n|---|---|\n"
    for noun in Noun.allCases {
      let fields = noun.fields.map { "\($0.name)\($0.isRequired ? "*" : "")" }
      text += "| \(noun.name)\(noun.hasCode ? "" : " (no code)") | \(fields.joined(separator: ", ")) |\n"
    }
    return text
  }
}
