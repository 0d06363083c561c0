import Testing

@testable import bellwetherd

/// What a client sends cannot forge a line of the log, nor a value of another key.
@Suite struct LogTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("合肥", "合肥"), ("", ""), ("a b", "\"a b\""), ("say \"x\"", "\"say 'x'\""),
    ("x\n2026-11-24T00:00:00Z error forged", "\"x\\x0a2026-11-24T00:00:00Z error forged\""),
    ("a\r\nb\u{1B}[2J\u{7F}\u{9B}", "a\\x0d\\x0ab\\x1b[2J\\x7f\\x9b"),
    ("a\u{2028}\u{202E}b\u{FEFF}", "a\\u{2028}\\u{202e}b\\u{feff}"),
    ("a \u{301}b=c", "\"a \u{301}b=c\""), ("\"\u{308}", "\"'\u{308}\""), ("a\u{3000}b=c", "\"a\u{3000}b=c\""),
  ])
  func valuesStayInTheirPlace(_ value: String, _ written: String) {
    let line = LogText.line("ready", [("a", value), ("b", "1")])
    #expect(line.utf8.elementsEqual("ready a=\(written) b=1".utf8), "\(line)")
  }

  @Test func messagesStayOnTheirLine() {
    #expect(LogText.line("a \"b\"\nc", []) == "a \"b\"\\x0ac")
  }
}
