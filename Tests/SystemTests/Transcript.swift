import Foundation
import Testing

/// A conversation with the daemon: `> ` lines are sent, `< ` lines are what must come back, in order.
///
/// In an expected line `*` stands for any text; `{token}` as well, and what it stood for is sent where a request has it;
/// `< ...` for any number of lines. With
/// BELLWETHER_RECORD=1 in the environment the expected lines are written anew from what came back, with what
/// differs from run to run replaced by `*`; read the difference before you commit it.
struct Transcript {
  struct Step {
    var sent: [(line: Int, text: String)] = []
    var expected: [(line: Int, text: String)] = []
  }

  let name: String
  let lines: [String]

  init(path: String) throws {
    name = URL(fileURLWithPath: path).lastPathComponent
    lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
  }

  init(name: String, lines: [String]) {
    self.name = name
    self.lines = lines
  }

  var requests: [String] { lines.filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) } }

  var steps: [Step] {
    var steps: [Step] = []
    for (index, line) in lines.enumerated() {
      if line.hasPrefix(">") {
        if steps.isEmpty || !steps[steps.count - 1].expected.isEmpty { steps.append(Step()) }
        steps[steps.count - 1].sent.append((index + 1, String(line.dropFirst(2))))
      } else if line.hasPrefix("<") {
        if steps.isEmpty { steps.append(Step()) }
        steps[steps.count - 1].expected.append((index + 1, String(line.dropFirst(2))))
      }
    }
    return steps
  }

  /// Plays it.
  func play(on client: LineClient) throws {
    var token = ""
    for step in steps {
      for (_, text) in step.sent { try client.send(text.replacingOccurrences(of: "{token}", with: token)) }
      var skips = false
      for (line, pattern) in step.expected {
        if pattern == "..." {
          skips = true
          continue
        }
        while true {
          guard var got = try client.readLine() else {
            Issue.record("\(name):\(line): the connection ended; expected: \(pattern)")
            return
          }
          // Lines of calendars and CSV end in a CR, which nobody sees in a transcript.
          if got.unicodeScalars.last == "\r" { got.unicodeScalars.removeLast() }
          let parts = pattern.components(separatedBy: "{token}")
          if Self.matches(got, parts.joined(separator: "*")) {
            if parts.count == 2 { token = String(got.dropFirst(parts[0].count).dropLast(parts[1].count)) }
            break
          }
          if skips, !Self.isLast(got) { continue }
          Issue.record("\(name):\(line):\n  expected: \(pattern)\n  got:      \(got)")
          return
        }
        skips = false
      }
    }
  }

  /// Plays only what is sent, and gives the transcript with what came back.
  func record(on client: LineClient) throws -> String {
    var result: [String] = []
    var pending: [String] = []
    var isUpload = false
    func flush() throws {
      guard !pending.isEmpty else { return }
      for text in pending { try client.send(text) }
      // A reply for each request; an upload has two for one.
      var replies = 0
      var inRows = false
      for text in pending {
        if inRows {
          guard text == "." else { continue }
          inRows = false
          replies += 1
        } else if !text.trimmingCharacters(in: .whitespaces).isEmpty {
          replies += 1
          inRows = text.uppercased().hasPrefix("IMPORT")
        }
      }
      for _ in 0..<replies {
        for line in try client.reply() {
          // How many lines of progress there are depends on the machine.
          guard line.hasPrefix("150-") else {
            result.append("< " + Self.generalized(line))
            continue
          }
          if result.last != "< ..." { result.append("< ...") }
        }
      }
      pending = []
    }
    for line in lines {
      if line.hasPrefix(">") {
        let text = String(line.dropFirst(2))
        result.append(line)
        pending.append(text)
        if text.uppercased().hasPrefix("IMPORT") { isUpload = true }
        if isUpload, text == "." { isUpload = false }
      } else if line.hasPrefix("<") {
        if !isUpload { try flush() }
      } else {
        if !isUpload { try flush() }
        result.append(line)
      }
    }
    try flush()
    return result.joined(separator: "\n")
  }

  private static func generalized(_ line: String) -> String {
    var text = line
    let rules = [
      (#""(started_at|ended_at|created_at|as_of|digest|host|started_by|created_by)":"[^"]*""#, #""$1":"*""#),
      (#" (ms|digest|ref|host|version|connection|principal)=\S+"#, " $1=*"),
      (#"^(250-(?:host|uptime_s|cluster|database|connections|version) +).*"#, "$1*"),
    ]
    text = text.replacingOccurrences(
      of: #"^250-\{"token":"[^"]*""#, with: #"250-{"token":"{token}""#, options: .regularExpression)
    for (pattern, replacement) in rules {
      // A version of an object matters; the daemon's does not, and stands only in the greeting.
      if pattern.contains("version|connection"), !line.hasPrefix("220") {
        text = text.replacingOccurrences(
          of: #" (ms|digest|ref|connection|principal)=\S+"#, with: " $1=*", options: .regularExpression)
        continue
      }
      text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
    }
    return text
  }

  static func isLast(_ line: String) -> Bool {
    let bytes = Array(line.utf8)
    return bytes.count > 3 && bytes[3] == UInt8(ascii: " ")
  }

  /// Whether a line is what a pattern with `*` says.
  static func matches(_ line: String, _ pattern: String) -> Bool {
    let parts = pattern.components(separatedBy: "*")
    guard parts.count > 1 else { return line == pattern }
    guard line.hasPrefix(parts[0]), line.hasSuffix(parts[parts.count - 1]) else { return false }
    var rest = line.dropFirst(parts[0].count)
    for part in parts[1..<(parts.count - 1)] {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.count >= parts[parts.count - 1].count
  }
}
