import Testing

@testable import Store

/// The text forms that need no database.
struct TextFormTests {
  private func decodeInts(_ text: String) -> [Int]? {
    Array(text.utf8).withUnsafeBytes(ArrayText.decodeInts)
  }

  private func decodeTexts(_ text: String) -> [String]? {
    Array(text.utf8).withUnsafeBytes(ArrayText.decodeTexts)
  }

  private func int(_ text: String) -> Int? {
    Array(text.utf8).withUnsafeBytes(Int.init(decimal:))
  }

  private func withRow(_ text: String, _ body: (inout CopyRow) throws -> Void) throws {
    try Array(text.utf8).withUnsafeBytes { line in
      var row = CopyRow(line, statement: "s")
      try body(&row)
    }
  }

  @Test func readsWholeNumbers() {
    for value in [0, 1, -1, 42, 999_999_999_999_999_999, 1_000_000_000_000_000_000, .max, .min, .min + 1] {
      #expect(int("\(value)") == value)
    }
    let wrong = ["", "-", "+1", "1.0", " 1", "1 ", "12a", "١", "9223372036854775808", "-9223372036854775809"]
    for text in wrong {
      #expect(int(text) == nil, "\(text)")
    }
  }

  @Test func readsIntegerArrays() {
    #expect(decodeInts("{}") == [])
    #expect(decodeInts("{7}") == [7])
    #expect(decodeInts("{1,-2,9223372036854775807}") == [1, -2, .max])
    for text in ["", "{", "1,2", "{1,}", "{,}", "{NULL}", "{1,x}", "[0:1]={1,2}"] {
      #expect(decodeInts(text) == nil, "\(text)")
    }
  }

  @Test func readsTextArrays() {
    #expect(decodeTexts("{}") == [])
    let hostile = decodeTexts("{a,\"b c\",\"\",\"NULL\",\"x\\\"y\\\\z\",中文}")
    #expect(hostile == ["a", "b c", "", "NULL", "x\"y\\z", "中文"])
    for text in ["", "{", "{NULL}", "{a,}", "{\"a}", "{\"a\"b}", "{{a},{b}}", "{a,,b}"] {
      #expect(decodeTexts(text) == nil, "\(text)")
    }
  }

  @Test func textArraysComeBack() {
    let pieces = ["", "a", "\"", "\\", "{", "}", ",", " ", "NULL", "null", "\n", "\t", "中", "é", "🏙"]
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let values = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in pieces.randomElement()! }.joined()
      }
      #expect(decodeTexts(ArrayText.encode(values)) == values)
    }
  }

  @Test func splitsCopyRows() throws {
    try withRow("12\t\\N\ta\\tb\\\\c\\nd\t\t{1,2}\tt") { (row) throws in
      #expect(try row.int() == 12)
      #expect(try row.optionalText() == nil)
      #expect(try row.text() == "a\tb\\c\nd")
      #expect(try row.text().isEmpty)
      #expect(try row.intArray() == [1, 2])
      #expect(!row.isAtEnd)
      #expect(try row.bool())
      #expect(row.isAtEnd)
      let error = #expect(throws: StoreError.self) { try row.skip() }
      #expect(error == .unexpectedResult(reason: "column 6 of statement s is missing"))
    }
  }

  @Test func namesTheColumnThatDoesNotFit() throws {
    try withRow("a\t\\N") { (row) throws in
      #expect(throws: StoreError.unexpectedResult(reason: "column 0 of statement s is not a whole number")) {
        try row.int()
      }
      #expect(throws: StoreError.unexpectedResult(reason: "column 1 of statement s is NULL")) {
        try row.text()
      }
    }
  }

  @Test func anEmptyRowIsOneEmptyField() throws {
    try withRow("") { (row) throws in
      #expect(try row.text().isEmpty)
      #expect(row.isAtEnd)
    }
  }

  @Test(
    arguments: [
      ("SELECT 1", true), ("  select(1)", true), ("VALUES (1)", true), ("\nSHOW x", true),
      ("INSERT INTO x", false), ("WITH a AS (DELETE FROM b RETURNING 1) SELECT 1", false), ("COMMIT", false),
      ("COPY x FROM STDIN", false),
    ])
  func knowsWhatOnlyReads(_ sql: String, _ onlyReads: Bool) {
    #expect(Session.onlyReads(sql) == onlyReads)
  }
}
