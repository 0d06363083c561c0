import Domain
import Testing
import Wire

@testable import Terminal

@Suite struct UploadRowsTests {
  /// The rows that a CSV text becomes, in pieces of a few octets.
  private func upload(
    _ text: String, _ noun: Noun = .firm, clearsEmpty: Bool = false, pieceSize: Int = 1
  ) throws -> (rows: [String], state: UploadRows) {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { buffer in
      var parser = CSVParser(delimiter: UInt8(ascii: ","))
      _ = try parser.next(buffer)
      let headers = parser.cells.map { CSVParser.text(of: $0, in: buffer) }
      let source = CSVSource(parser, try HeaderMap(headers, of: noun), clearsEmpty: clearsEmpty)
      return try rows(UploadRows(source), buffer, pieceSize)
    }
  }

  private func rows(
    _ start: UploadRows, _ buffer: UnsafeBufferPointer<UInt8>, _ pieceSize: Int
  ) throws -> (rows: [String], state: UploadRows) {
    var (state, all, hasMore) = (start, [UInt8](), true)
    while hasMore {
      var piece: [UInt8] = []
      hasMore = try state.fill(&piece, upTo: pieceSize, from: buffer)
      all += piece
    }
    let lines = String(decoding: all, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.dropLast().map(String.init), state)
  }

  @Test(arguments: [1, 64, 1 << 20]) func buildsJSONFromCells(pieceSize: Int) throws {
    let (rows, _) = try upload(
      "code,name,sectors\nF-1,\"say \"\"hi\"\"\\\",\"ai,chips\"\nF-2,合肥 , \n", pieceSize: pieceSize)
    #expect(
      rows == [#"{"code":"F-1","name":"say \"hi\"\\","sectors":"ai,chips"}"#, #"{"code":"F-2","name":"合肥"}"#])
  }

  @Test func theDaemonReadsTheRows() throws {
    let (rows, _) = try upload("code,name,stage,sectors,ask\nF-1,A,Seed,\"ai;chips\",\"1,200,000\"\n")
    var row = rows[0]
    var faults: [Record.RowRejection] = []
    let record = try row.withUTF8 { try Record(upload: .firm, $0, faults: &faults) }
    #expect(faults.isEmpty)
    #expect(record.code == "F-1")
    #expect(record["ask"] == .value(.amount(Amount(units: 1_200_000))))
    #expect(record["sectors"] == .value(.list(["ai", "chips"])))
  }

  @Test func leavesEmptyCellsOutOrClears() throws {
    #expect(try upload("code,name,city\nF-1,A,\n").rows == [#"{"code":"F-1","name":"A"}"#])
    #expect(
      try upload("code,name,city\nF-1,A,\n", clearsEmpty: true).rows == [
        #"{"code":"F-1","name":"A","city":""}"#
      ])
  }

  @Test func passesOverRowsOfEmptyCells() throws {
    let (rows, state) = try upload("code,name\n,\n  , \nF-1,A\n,,,\n", clearsEmpty: true)
    #expect(rows == [#"{"code":"F-1","name":"A"}"#])
    #expect(state.lines == [4])
  }

  @Test func remembersTheLineOfEachRow() throws {
    let (_, state) = try upload("code,name\r\nF-1,\"a\r\nb\"\r\n\r\nF-2,c\r\n")
    #expect(state.lines == [2, 5])
    #expect(state.source.warning?.line == 2)
  }

  @Test func marksRowsWithTooManyCells() throws {
    let (rows, state) = try upload("code,name,\nF-1,A,\nF-2,A, Inc.\nF-3,A,,x\nF-4\n")
    #expect(rows == [#"{"code":"F-1","name":"A"}"#, #""unreadable""#, #""unreadable""#, #"{"code":"F-4"}"#])
    #expect(state.reasons[2] == "has text in cell 3, whose column has no header")
    #expect(state.reasons[3]?.hasPrefix("has 4 cells, but the header 3") == true)
  }

  @Test func refusesARowOverTheLimit() throws {
    let long = String(repeating: "x", count: 1 << 20)
    let (rows, state) = try upload("code,name\nF-1,\"\(long)\"\nF-2,b\n")
    #expect(rows == [#""unreadable""#, #"{"code":"F-2","name":"b"}"#])
    #expect(state.reasons[1] == "is 1048600 octets long; at most 65536")
  }

  @Test func givesUpAFileThatIsReadInTheWrongWay() {
    let text = "code,name\n" + String(repeating: "a,b,c\n", count: 1_001)
    #expect {
      try upload(text)
    } throws: {
      ($0 as? Failure)?.message.hasPrefix("1002: has 3 cells") == true
    }
  }

  @Test func escapesControlCharacters() throws {
    #expect(try upload("code,name\nF-1,a\u{0}b\n").rows == [#"{"code":"F-1","name":"a\u0000b"}"#])
  }

  @Test func passesJSONLinesOn() throws {
    let text = "{\"code\":\"F-1\"}\r\n\n  {\"code\":\"F-2\"}  \n[1]\n.\n{\"code\":\"F-3\"}"
    let bytes = Array(text.utf8)
    let (rows, state) = try bytes.withUnsafeBufferPointer { buffer in
      try self.rows(UploadRows(JSONLinesSource()), buffer, 1)
    }
    #expect(
      rows == [
        #"{"code":"F-1"}"#, #"{"code":"F-2"}"#, #""unreadable""#, #""unreadable""#, #"{"code":"F-3"}"#,
      ])
    #expect(state.lines == [1, 3, 4, 5, 6])
    #expect(state.reasons.keys.sorted() == [3, 4])
  }
}
