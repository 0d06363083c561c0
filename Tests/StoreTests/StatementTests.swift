import TestSupport
import Testing

@testable import Store

private struct Everything: Statement {
  struct Output: Sendable, Equatable {
    var text: String?
    var int: Int?
    var bool: Bool?
    var double: Double?
    var bytes: [UInt8]
    var texts: [String]
    var ints: [Int]
  }

  let name = "test_everything"
  let sql =
    "SELECT $1::text, $2::bigint, $3::boolean, $4::float8, $5::bytea, $6::text[], $7::bigint[]"
  var value: Output

  func bind(into bindings: inout Bindings) {
    bindings.text(value.text)
    bindings.int(value.int)
    bindings.bool(value.bool)
    bindings.double(value.double)
    bindings.bytea(value.bytes)
    bindings.textArray(value.texts)
    bindings.intArray(value.ints)
  }

  func decode(_ row: Row) throws -> Output {
    Output(
      text: row.optionalText(0), int: try row.optionalInt(1), bool: try row.optionalBool(2),
      double: try row.optionalDouble(3), bytes: try row.bytea(4), texts: try row.textArray(5),
      ints: try row.intArray(6))
  }
}

private struct Prepared: Statement {
  let name = "test_prepared"
  let sql = "SELECT count(*) FROM pg_prepared_statements WHERE name = $1"
  var statement: String
  func bind(into bindings: inout Bindings) { bindings.text(statement) }
  func decode(_ row: Row) throws -> Int { try row.int(0) }
}

private struct ReadItems: Statement {
  let name = "test_items"
  let sql = "SELECT * FROM item ORDER BY 1"
  func decode(_ row: Row) throws -> String { try row.text(0) }
}

private struct AddItem: Statement {
  let name = "test_add_item"
  let sql = "INSERT INTO item (code) VALUES ($1)"
  typealias Output = Void
  var code: String?
  func bind(into bindings: inout Bindings) { bindings.text(code) }
}

private struct Series: Statement {
  let name = "test_series"
  let sql = "SELECT generate_series(1, $1::integer)"
  var count: Int
  func bind(into bindings: inout Bindings) { bindings.int(count) }
  func decode(_ row: Row) throws -> Int { try row.int(0) }
}

private struct Enough: Error {}

struct StatementTests {
  @Test func everyKindOfValueComesBack() async throws {
    let connection = try await open()
    let values = [
      Everything.Output(
        text: "a\tb\n\\N 中文 '\"$1\u{7f}", int: .min, bool: true, double: 0.1, bytes: Array(0...255),
        texts: ["", "NULL", "a,b", "{\"}\\", "中文"], ints: [.min, 0, .max]),
      Everything.Output(text: nil, int: nil, bool: nil, double: nil, bytes: [], texts: [], ints: []),
      Everything.Output(
        text: "", int: 0, bool: false, double: -.infinity, bytes: [0], texts: [""], ints: [1]),
    ]
    for value in values {
      #expect(try await connection.run(deadline: ample) { try $0.query(Everything(value: value)) } == [value])
    }
  }

  @Test func nulIsRefusedByName() async throws {
    let connection = try await open()
    let value = Everything.Output(text: "a\0b", int: 1, bool: true, double: 1, bytes: [], texts: [], ints: [])
    let error = await failure {
      try await connection.run(deadline: ample) { try $0.query(Everything(value: value)) }
    }
    #expect(
      error == .invalidValue(reason: "parameter $1 has a NUL character, in statement test_everything"))
  }

  @Test func isPreparedOnce() async throws {
    let connection = try await open()
    for _ in 0..<3 {
      #expect(try await connection.run(deadline: ample) { try $0.queryOne(BackendPID()) } != nil)
    }
    let count = try await connection.run(deadline: ample) { session in
      try session.prepare(BackendPID())
      return try session.queryOne(Prepared(statement: BackendPID().name))
    }
    #expect(count == 1)
  }

  @Test func isPreparedAgainWhenItsTableChanged() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await open(target)
    try await connection.execute("CREATE TABLE item (code integer); INSERT INTO item VALUES (7)")
    #expect(try await connection.run(deadline: ample) { try $0.query(ReadItems()) } == ["7"])
    let other = try await open(target)
    try await other.execute("ALTER TABLE item ALTER code TYPE text USING 'x' || code")
    #expect(try await connection.run(deadline: ample) { try $0.query(ReadItems()) } == ["x7"])

    // Inside a transaction the first attempt fails, and says that the next will do.
    try await other.execute("ALTER TABLE item ADD note text")
    let error = await failure {
      try await connection.transaction(deadline: ample) { try $0.query(ReadItems()) }
    }
    #expect(error?.sqlState == "0A000")
    #expect(error?.isRetryable == true)
    #expect(try await connection.transaction(deadline: ample) { try $0.query(ReadItems()) } == ["x7"])
  }

  @Test func errorsSayWhatWasViolated() async throws {
    let connection = try await open()
    try await connection.execute(
      """
      CREATE TABLE item (
        code text NOT NULL CONSTRAINT item_code_key UNIQUE, CONSTRAINT item_short CHECK (length(code) < 5)
      )
      """
    )
    #expect(try await connection.run(deadline: ample) { try $0.execute(AddItem(code: "a")) } == 1)
    var errors: [ServerError] = []
    for code in ["a", "too long", nil] {
      let error = await failure {
        try await connection.run(deadline: ample) { try $0.execute(AddItem(code: code)) }
      }
      guard case .server(let server)? = error else {
        return #expect(Bool(false), "\(String(describing: error))")
      }
      errors.append(server)
    }
    #expect(errors.map(\.sqlState) == ["23505", "23514", "23502"])
    #expect(errors.map(\.constraint) == ["item_code_key", "item_short", nil])
    #expect(errors.map(\.table) == ["item", "item", "item"])
    #expect(errors.last?.column == "code")
    #expect(errors.allSatisfy { $0.statement == "test_add_item" })
    #expect(errors.first?.detail == "Key (code)=(a) already exists")
  }

  @Test func decodingErrorsNameTheColumn() async throws {
    struct Wrong: Statement {
      let name = "test_wrong"
      let sql = "SELECT NULL::text AS hollow, 'x' AS odd"
      var column: Int
      func decode(_ row: Row) throws -> Int { try row.isNull(0) ? row.int(1) : 0 }
    }
    struct Hollow: Statement {
      let name = "test_hollow"
      let sql = "SELECT NULL::text AS hollow"
      func decode(_ row: Row) throws -> String { try row.text(0) }
    }
    let connection = try await open()
    let wrong = await failure {
      try await connection.run(deadline: ample) { try $0.query(Wrong(column: 1)) }
    }
    #expect(
      wrong == .unexpectedResult(reason: "column 1 (odd) of statement test_wrong is not a whole number"))
    let hollow = await failure { try await connection.run(deadline: ample) { try $0.query(Hollow()) } }
    #expect(hollow == .unexpectedResult(reason: "column 0 (hollow) of statement test_hollow is NULL"))
  }

  @Test func rowsComeOneByOne() async throws {
    let connection = try await open()
    let sum = try await connection.run(deadline: ample) { session in
      var sum = 0
      try session.forEach(Series(count: 10_000)) { sum += $0 }
      return sum
    }
    #expect(sum == 50_005_000)
  }

  @Test func rowsCanBeAbandoned() async throws {
    let connection = try await open()
    await #expect(throws: Enough.self) {
      try await connection.run(deadline: ample) { session in
        try session.forEach(Series(count: 1_000_000_000)) { if $0 == 10 { throw Enough() } }
      }
    }
    let sum = try await connection.run(deadline: ample) { session in
      // In one run, so that the cancel request of the first must not hit the second.
      _ = try? session.forEach(Series(count: 1_000_000_000)) { if $0 == 10 { throw Enough() } }
      return try session.query(Series(count: 4)).reduce(0, +)
    }
    #expect(sum == 10)
  }

  @Test func aCopyIsNotAQuery() async throws {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (code text)")
    let error = await failure { try await connection.execute("COPY item FROM STDIN") }
    #expect(error?.kind == "invalidValue")
    // The connection is as good as before.
    #expect(try await connection.count() == 0)
  }
}
