import Store
import TestSupport
import Testing

private struct Refusal: Error {}

private struct Items: Statement {
  let name = "test_copy_items"
  let sql = "SELECT number, code, tags, marks FROM item ORDER BY number"
  struct Output: Sendable, Hashable {
    var number: Int
    var code: String?
    var tags: [String]
    var marks: [Int]
  }
  func decode(_ row: Row) throws -> Output {
    Output(
      number: try row.int(0), code: row.optionalText(1), tags: try row.textArray(2),
      marks: try row.intArray(3))
  }
}

@Suite(.timeLimit(.minutes(2)))
struct CopyTests {
  private let hostile: [String?] = [
    "", "plain", "\t", "\n", "\r\n", "\\", "\\N", "\\.", "\\\\.", "a\tb\nc\rd\\e", "中文 城市", "🏙",
    "é",
    "\u{1}\u{7f}",
    "\u{8}\u{b}\u{c}", "'\"", "{a,b}", nil, String(repeating: "\\\t\n", count: 50_000),
  ]

  private func table() async throws -> Connection {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (number bigint, code text, tags text[], marks bigint[])")
    return connection
  }

  private static let copyIn = "COPY item (number, code, tags, marks) FROM STDIN"

  @Test func hostileTextComesBackBothWays() async throws {
    let connection = try await table()
    let hostile = hostile
    let expected = hostile.enumerated().map { index, text in
      Items.Output(number: index - 2, code: text, tags: [text ?? "", "x"], marks: [.min, index, .max])
    }
    let count = try await connection.run(deadline: ample) { session in
      try session.copyIn(Self.copyIn) { writer in
        for item in expected {
          try writer.int(item.number)
          try writer.field(item.code)
          try writer.textArray(item.tags)
          try writer.intArray(item.marks)
          try writer.endRow()
        }
      }
    }
    #expect(count == hostile.count)
    #expect(try await connection.run(deadline: ample) { try $0.query(Items()) } == expected)
    let copied = try await connection.run(deadline: ample) { session in
      var rows: [Items.Output] = []
      let count = try session.copyRows("COPY (SELECT * FROM item ORDER BY number) TO STDOUT") { row in
        rows.append(
          Items.Output(
            number: try row.int(), code: try row.optionalText(), tags: try row.textArray(),
            marks: try row.intArray()))
        #expect(row.isAtEnd)
      }
      #expect(count == rows.count)
      return rows
    }
    #expect(copied == expected)
  }

  @Test func numbersComeBackFromTheBinaryFormat() async throws {
    struct Numbers: Statement {
      let name = "test_copy_numbers"
      let sql = "SELECT a, b FROM numbers ORDER BY cardinality(b), a"
      struct Output: Sendable, Hashable {
        var a: Int32
        var b: [Int32]
      }
      func decode(_ row: Row) throws -> Output {
        Output(a: Int32(try row.int(0)), b: try row.intArray(1).map(Int32.init))
      }
    }
    let connection = try await open()
    try await connection.execute("CREATE TABLE numbers (a integer, b integer[])")
    // The last fill more than one buffer.
    let expected = [0, 1, 2, 3, 9_000, 20_000].map { count in
      Numbers.Output(
        a: count % 2 == 0 ? .min : .max, b: (0..<Int32(count)).map { $0 == 1 ? .min : .max - $0 })
    }
    let (count, found) = try await connection.run(deadline: ample) { session in
      let count = try session.copyInBinary("COPY numbers FROM STDIN (FORMAT binary)", columns: 2) { writer in
        for row in expected {
          try writer.int(row.a)
          try writer.intArray(row.b)
        }
      }
      return (count, try session.query(Numbers()))
    }
    #expect(count == expected.count && found == expected)
    // One that gives up leaves nothing.
    await #expect(throws: Refusal.self) {
      try await connection.run(deadline: ample) { session in
        try session.copyInBinary("COPY numbers FROM STDIN (FORMAT binary)", columns: 2) { writer in
          try writer.int(1)
          throw Refusal()
        }
      }
    }
    #expect(try await connection.run(deadline: ample) { try $0.query(Numbers()) } == expected)
  }

  @Test func everyKindOfFieldCanBeWritten() async throws {
    struct Kinds: Statement {
      let name = "test_kinds"
      let sql = "SELECT a = 'x' AND b IS NULL AND c AND NOT d AND e IS NULL AND f = -9 FROM kinds"
      func decode(_ row: Row) throws -> Bool { try row.bool(0) }
    }
    let connection = try await open()
    try await connection.execute(
      "CREATE TABLE kinds (a text, b text, c boolean, d boolean, e bigint, f bigint)")
    let isRight = try await connection.run(deadline: ample) { session in
      try session.copyIn("COPY kinds FROM STDIN") { writer in
        try writer.field(Array("x".utf8))
        try writer.null()
        try writer.bool(true)
        try writer.bool(false)
        try writer.int(nil)
        try writer.int(-9)
        try writer.endRow()
      }
      return try session.queryOne(Kinds())
    }
    #expect(isRight == true)
  }

  @Test func nulIsRefusedAndNothingIsLoaded() async throws {
    let connection = try await table()
    let error = await failure {
      try await connection.run(deadline: ample) { session in
        try session.copyIn(Self.copyIn) { writer in
          try writer.int(1)
          try writer.field("a\0b")
        }
      }
    }
    #expect(error == .invalidValue(reason: "a text has a NUL character"))
    #expect(try await connection.count() == 0)
  }

  @Test func anErrorOfTheSourceUndoesTheCopy() async throws {
    let connection = try await table()
    await #expect(throws: Refusal.self) {
      try await connection.run(deadline: ample) { session in
        try session.copyIn(Self.copyIn) { writer in
          for number in 0..<20_000 {
            try writer.int(number)
            try writer.field("x")
            try writer.null()
            try writer.null()
            try writer.endRow()
          }
          throw Refusal()
        }
      }
    }
    #expect(try await connection.count() == 0)
  }

  @Test func theServersComplaintNamesTheRow() async throws {
    let connection = try await table()
    let error = await failure {
      try await connection.run(deadline: ample) { session in
        try session.copyIn("COPY item (number, code) FROM STDIN", name: "load") { writer in
          for text in ["1", "x"] {
            try writer.field(text)
            try writer.field([0x61, 0xFF])
            try writer.endRow()
          }
        }
      }
    }
    #expect(error?.sqlState == "22021")
    guard case .server(let server)? = error else { return }
    #expect(server.statement == "load")
    #expect(server.context?.contains("line 1") == true)
    #expect(try await connection.count() == 0)
  }

  @Test func aCopyThatCannotBeginIsAnError() async throws {
    let connection = try await table()
    for (sql, kind) in [
      ("COPY nothing FROM STDIN", "server"), ("SELECT 1", "invalidValue"),
      ("INSERT INTO item (number) VALUES (1)", "invalidValue"),
    ] {
      let error = await failure { try await connection.run(deadline: ample) { try $0.copyIn(sql) { _ in } } }
      #expect(error?.kind == kind)
      let out = await failure { try await connection.run(deadline: ample) { try $0.copyOut(sql) { _ in } } }
      #expect(out?.kind == kind)
    }
  }

  @Test func readingCanStopHalfWay() async throws {
    let connection = try await open()
    let pid = try await connection.pid
    await #expect(throws: Refusal.self) {
      try await connection.run(deadline: ample) { session in
        try session.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { line in
          if line.elementsEqual("5000".utf8) { throw Refusal() }
        }
      }
    }
    #expect(try await connection.pid == pid)
  }

  @Test func deadlinesHoldInBothDirections() async throws {
    let connection = try await table()
    let pid = try await connection.pid
    let out = await failure {
      try await connection.run(deadline: .milliseconds(200)) { session in
        try session.copyOut("COPY (SELECT generate_series(1, 10000000000)) TO STDOUT", name: "out") { _ in }
      }
    }
    #expect(out == .deadlinePassed(statement: "out"))
    let into = await failure {
      try await connection.run(deadline: .milliseconds(200)) { session in
        try session.copyIn("COPY item (number) FROM STDIN", name: "in") { writer in
          while true {
            try writer.int(1)
            try writer.endRow()
          }
        }
      }
    }
    #expect(into == .deadlinePassed(statement: "in"))
    #expect(try await connection.pid == pid)
    #expect(try await connection.count() == 0)
  }
}
