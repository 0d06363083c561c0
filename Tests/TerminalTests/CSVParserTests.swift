import Domain
import Testing

@testable import Terminal

/// Every record of a text as texts of its cells, with the line it starts on.
func records(_ text: String, delimiter: Character = ",") throws -> [(line: Int, cells: [String])] {
  var parser = CSVParser(delimiter: delimiter.asciiValue!)
  let bytes = Array(text.utf8)
  return try bytes.withUnsafeBufferPointer { buffer in
    var found: [(line: Int, cells: [String])] = []
    while try parser.next(buffer) {
      found.append((parser.recordLine, parser.cells.map { CSVParser.text(of: $0, in: buffer) }))
    }
    return found
  }
}

@Suite struct CSVParserTests {
  @Test(arguments: ["\n", "\r\n", "\r"]) func readsEveryLineEnd(end: String) throws {
    let found = try records("a,b\(end)1,2\(end)\(end)3,4")
    #expect(found.map(\.cells) == [["a", "b"], ["1", "2"], ["3", "4"]])
    #expect(found.map(\.line) == [1, 2, 4])
  }

  @Test func readsQuotedCells() throws {
    let found = try records(#""a,b","he said ""yes""","","x""#)
    #expect(found.map(\.cells) == [["a,b", #"he said "yes""#, "", "x"]])
  }

  @Test func keepsAQuoteInsideAnUnquotedCell() throws {
    #expect(try records("5\" pipe,b").map(\.cells) == [["5\" pipe", "b"]])
  }

  @Test func takesSpacesAroundQuotes() throws {
    #expect(try records("a, \"b,c\" ,d").map(\.cells) == [["a", "b,c", "d"]])
  }

  @Test func trimsBlanksAndIdeographicSpaces() throws {
    #expect(try records(" a ,\u{3000}合肥\u{3000} ,\t").map(\.cells) == [["a", "合肥", ""]])
  }

  @Test func takesALineBreakAtAnEndForABlank() throws {
    #expect(try records("\"\r\na\n\",\"\n\",b").map(\.cells) == [["a", "", "b"]])
  }

  @Test func readsLineBreaksInsideQuotesAsSpaces() throws {
    let found = try records("a,\"one\r\ntwo\nthree\rfour\"\nb,c")
    #expect(found.map(\.cells) == [["a", "one two three four"], ["b", "c"]])
    #expect(found.map(\.line) == [1, 5])
  }

  @Test func keepsEmptyCellsAtTheEnd() throws {
    #expect(try records("a,,\n,,b").map(\.cells) == [["a", "", ""], ["", "", "b"]])
  }

  @Test func namesTheLineOfAnOpenQuote() {
    #expect(throws: Failure.data("2: a quote opens in cell 2 and is never closed")) {
      try records("a,b\nc,\"d\ne,f\n")
    }
  }

  @Test func refusesTextAfterAClosingQuote() {
    #expect {
      try records("a\n\"b\"c\n")
    } throws: {
      ($0 as? Failure)?.message.hasPrefix("2: text after the closing quote of cell 1") == true
    }
  }

  @Test func readsNothingFromNothing() throws {
    #expect(try records("").isEmpty)
    #expect(try records("\r\n\n\r").isEmpty)
  }

  @Test(arguments: [
    ("a,b;c,d", ","), ("a;b;c,d", ";"), ("a\tb\tc", "\t"), ("a", ","), ("\"a;b;c;d\",e", ","),
    ("a;b\n1,2,3,4,5", ";"),
  ]) func detectsTheDelimiter(header: String, delimiter: Character) {
    #expect(CSVParser.delimiter(ofHeader: Array(header.utf8)[...]) == delimiter.asciiValue)
  }

  /// Whatever cells there are, writing them as CSV and reading that gives them back.
  @Test func readsBackWhatTheWriterWrites() throws {
    var generator = SystemRandomNumberGenerator()
    let pieces = ["a", ",", "\"", "合", "\\", "'", ";", "=", "x y", "-1", "＝"]
    for _ in 0..<2_000 {
      let cells = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in pieces.randomElement()! }.joined() + "k"
      }
      let tsv = cells.map { $0.replacing("\\", with: "\\\\") }.joined(separator: "\t")
      var csv: [UInt8] = []
      CSVWriter().write(Array(tsv.utf8), to: &csv)
      let read = try records(String(decoding: csv, as: UTF8.self)).map(\.cells)
      #expect(read.map { $0.map(FormulaGuard.unguarded) } == [cells])
      #expect(read.allSatisfy { $0.allSatisfy { !$0.hasPrefix("=") && !$0.hasPrefix("＝") } })
    }
  }
}

@Suite struct CSVWriterTests {
  private func csv(_ tsv: String) -> String {
    var bytes: [UInt8] = []
    CSVWriter().write(Array(tsv.utf8), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func quotesWhatNeedsQuotes() {
    #expect(csv("F-1\tA, B\tsay \"hi\"\t\\N\tplain") == "F-1,\"A, B\",\"say \"\"hi\"\"\",,plain\n")
  }

  @Test func undoesTheEscapesOfTSV() {
    #expect(csv(#"a\tb"# + "\t" + #"c\\d"# + "\t" + #"e\nf"#) == "a\tb,c\\d,\"e\nf\"\n")
  }

  @Test func tellsTheTextFromTheMark() {
    #expect(csv(#"\\N"#) == "\\N\n")
    #expect(csv(#"\N"#) == "\n")
  }

  @Test func writesNoFormulas() {
    #expect(csv("=1+1\t-2\t@x\t+3x\tok") == "'=1+1,-2,'@x,'+3x,ok\n")
  }
}
