import Foundation
import Testing

/// The rules of the house that a compiler does not know.
@Suite struct TidyTests {
  /// What each target may import of ours. The arrows point down; docs/ARCHITECTURE.md has the picture.
  private static let arrows: [String: Set<String>] = [
    "Domain": [],
    "Matching": ["Domain"],
    "Planning": ["Domain", "CCaDiCaL"],
    "Documents": ["Domain"],
    "Wire": ["Domain"],
    "Store": ["Domain", "Matching", "SchemaSQL", "CCrypto", "CLibPQ", "CLinux"],
    "Operations": ["Documents", "Domain", "Matching", "Planning", "Wire", "Store", "CLinux"],
    "LineServer": ["Domain", "Wire", "CCrypto"],
    "Settings": ["Domain", "CYAML"],
    "Terminal": ["Domain", "Wire", "CEdit"],
    "bellwetherd": ["Domain", "LineServer", "Operations", "Settings", "Store", "SchemaSQL"],
    "bellwether": ["Terminal"],
  ]
  private static let ours: Set<String> = Set(arrows.keys).union([
    "SchemaSQL", "CCrypto", "CLibPQ", "CLinux", "CYAML", "CEdit", "CCaDiCaL",
  ])

  private struct Source {
    var target: String
    var path: String
    var lines: [String]
  }

  private static func sources() throws -> [Source] {
    let root = repository + "/Sources"
    let paths = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
      return Source(
        target: path.split(separator: "/")[0].description, path: path,
        lines: text.components(separatedBy: "\n"))
    }
  }

  @Test func arrowsPointDown() throws {
    for source in try Self.sources() {
      let allowed = try #require(Self.arrows[source.target], "target \(source.target) is in no picture")
      for (number, line) in source.lines.enumerated() {
        let words = line.split(separator: " ").map(String.init)
        guard let place = words.firstIndex(of: "import"), place + 1 < words.count, place <= 1 else {
          continue
        }
        let module = words[place + 1]
        #expect(module != "Foundation", "\(source.path):\(number + 1): no Foundation in what ships")
        if Self.ours.contains(module) {
          #expect(
            allowed.contains(module),
            "\(source.path):\(number + 1): \(source.target) does not import \(module)")
        }
      }
    }
  }

  @Test func sqlStaysInItsRoom() throws {
    let pattern = try Regex(
      #"("[^"]*\b(SELECT .* FROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET|CREATE TABLE|LOCK TABLE)\b|"COPY \w+ |^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|SET) \w)"#
    )
    for source in try Self.sources() where !source.path.hasPrefix("Store/Statements/") {
      for (number, line) in source.lines.enumerated() {
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        #expect(
          code.firstMatch(of: pattern) == nil,
          "\(source.path):\(number + 1): SQL belongs into Store/Statements")
      }
    }
  }

  @Test func functionsAreShort() throws {
    for source in try Self.sources() {
      var start: (line: Int, indent: Int)?
      for (number, line) in source.lines.enumerated() {
        let indent = line.prefix { $0 == " " }.count
        let words = line.split(separator: " ")
        if words.contains("func") || line.contains(" init(") || line.contains(" init?("), !line.contains("//")
        {
          start = (number, indent)
        } else if let began = start, line.hasPrefix(String(repeating: " ", count: began.indent) + "}"),
          indent == began.indent
        {
          let length = number - began.line + 1
          #expect(length <= 70, "\(source.path):\(began.line + 1): a function of \(length) lines; at most 70")
          start = nil
        }
      }
    }
  }

  @Test func nothingNamesTheWorkplace() throws {
    let enumerator = try #require(FileManager.default.enumerator(atPath: repository))
    for case let path as String in enumerator {
      if path.hasPrefix(".build") || path.hasPrefix(".git/") { continue }
      guard let text = try? String(contentsOfFile: "\(repository)/\(path)", encoding: .utf8) else { continue }
      for word in ["/wo" + "rk/", "/fa" + "rm/"] {
        #expect(!text.contains(word), "\(path) names \(word)")
      }
    }
  }
}
