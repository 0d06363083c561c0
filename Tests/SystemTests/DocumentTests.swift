import Domain
import Foundation
import Testing
import Wire

/// What the documents say of the tables in the code is what the tables say.
@Suite(.serialized) struct DocumentTests {
  @Test func fieldsInTheProtocolAreThoseOfTheFieldTable() throws {
    try Self.compare(Self.fieldTable, "<!-- fields: ", "<!-- end -->")
  }

  @Test func defaultsInTheProtocolAreThoseOfTheCommandTable() throws {
    for spec in CommandTable.all {
      for (parameter, value) in spec.defaults {
        #expect(
          value != nil,
          "\(spec.words) \(parameter.name)=: what holds without it? \"…; 5 without it\" in its help says so, or ParameterDefaults"
        )
      }
    }
    try Self.compare(Self.defaultTable, "<!-- defaults: ", "<!-- end of defaults -->")
  }

  /// Holds a table against that between two marks of docs/PROTOCOL.md, or writes it there.
  private static func compare(_ table: String, _ mark: String, _ endMark: String) throws {
    let path = repository + "/docs/PROTOCOL.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let start = try #require(text.range(of: mark))
    let end = try #require(text.range(of: endMark, range: start.upperBound..<text.endIndex))
    let head = try #require(text.range(of: "-->\n", range: start.upperBound..<text.endIndex)).upperBound
    if ProcessInfo.processInfo.environment["BELLWETHER_RECORD"] == "1" {
      let written = text[..<head] + table + text[end.lowerBound...]
      try String(written).write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      #expect(String(text[head..<end.lowerBound]) == table, "write it anew, as the comment there says")
    }
  }

  /// A line a command; the nouns share theirs.
  private static var defaultTable: String {
    var text = "| command | without an argument |\n|---|---|\n"
    let nouns = Set(
      Noun.registered.flatMap { noun in
        ["ADD", "SET", "GET", "LIST", "RETIRE"].map { "\(noun.name.uppercased()) \($0)" }
      })
    let example = "FIRM "
    for spec in CommandTable.all where !nouns.contains(spec.words) || spec.words.hasPrefix(example) {
      let values = spec.defaults.map { parameter, value in
        let name =
          parameter.kind == .positional(required: false) ? "<\(parameter.name)>" : "\(parameter.name)="
        return "`\(name)` \(value ?? "?")".replacing("|", with: "\\|")
      }
      guard !values.isEmpty else { continue }
      let words = nouns.contains(spec.words) ? spec.words.replacing(example, with: "<NOUN> ") : spec.words
      text += "| `\(words)` | \(values.joined(separator: " · ")) |\n"
    }
    return text
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
