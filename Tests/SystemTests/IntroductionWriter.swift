import Foundation
import Store

/// Moves introductions by SQL, as psql would.
struct IntroductionWriter: Sendable {
  let database: ConnectionString

  /// Runs SQL as one transaction.
  func run(_ sql: String) async throws {
    try await session { try $0.execute(sql, name: "test") }
  }

  /// Proposes a pair, and gives the number of the introduction.
  func propose(_ investor: String, _ firm: String) async throws -> Int {
    try await session { try $0.queryOne(Proposal(investor: investor, firm: firm)) ?? 0 }
  }

  /// Has a side, or the desk, ask something.
  func ask(_ introduction: Int, _ note: String, side: String? = nil) async throws {
    try await run(
      """
      UPDATE introduction SET step = step + 1, action = 'ask', by = 'test', note = '\(note)',
        side = \(side.map { "'\($0)'" } ?? "NULL") WHERE id = \(introduction)
      """)
  }

  /// Numbers of all events there are, in order.
  func sequences() async throws -> [Int] { try await session { try $0.query(Sequences()) } }

  private func session<Result: Sendable>(_ body: @Sendable (Session) throws -> Result) async throws -> Result
  {
    let connection = try await Connection.open(database, deadline: .seconds(60))
    do {
      let result = try await connection.run(deadline: .seconds(120), body)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  private struct Proposal: Statement {
    let investor: String
    let firm: String
    let name = "test_propose"
    let sql = """
      INSERT INTO introduction (investor, firm, investor_score, firm_score, investor_blurb, firm_blurb, expires_on, action, by)
      VALUES ($1, $2, 1, 1, 'a firm', 'an investor', '2100-01-01', 'propose', 'test') RETURNING id
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(investor)
      bindings.text(firm)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  private struct Sequences: Statement {
    let name = "test_sequences"
    let sql = "SELECT sequence FROM introduction_event ORDER BY sequence"
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }
}

extension LineClient {
  /// The next line that is not about a silence, which a slow machine may make of anything; nil at the end.
  func nextOfWatch() throws -> String? {
    while let line = try readLine() { if line != "150-{}" { return line } }
    return nil
  }

  /// Reads events until one of this number has come; gives the numbers of all.
  func events(upTo last: Int) throws -> [Int] {
    var numbers: [Int] = []
    while numbers.last.map({ $0 < last }) ?? true {
      guard let line = try nextOfWatch() else {
        throw Failure(description: "the watch ended after \(numbers.last ?? 0)")
      }
      numbers.append(try Self.sequence(line))
    }
    return numbers
  }

  /// The number of an event, by its line.
  static func sequence(_ line: String) throws -> Int {
    guard line.hasPrefix("650-{\"seq\":"), let number = Int(line.dropFirst(11).prefix { $0.isNumber }) else {
      throw Failure(description: "no event: \(line)")
    }
    return number
  }
}
