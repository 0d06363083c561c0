import Domain

/// Test grounds, as they are matched.
enum ScenarioStatements {
  static var all: [any Statement] { [Select(code: ""), Pilots(code: "")] }

  struct Select: Statement {
    let code: String
    let name = "scenario_select"
    let sql = """
      SELECT coalesce(sectors, '{}'), trl, capacity, opens_on, closes_on, coalesce(region, city), retired, current_date
      FROM scenario WHERE code = $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(code) }
    func decode(_ row: Row) throws -> StoredScenario {
      StoredScenario(
        sectors: try row.textArray(0), trl: try row.optionalInt(1), capacity: try row.int(2),
        opensOn: row.optionalText(3).flatMap { Day($0) }, closesOn: row.optionalText(4).flatMap { Day($0) },
        place: row.optionalText(5), isRetired: try row.bool(6), today: try row.day(7), pilots: [])
    }
  }

  /// Those that are not over.
  struct Pilots: Statement {
    let code: String
    let name = "scenario_pilots"
    let sql = """
      SELECT firm, starts_on, least(ends_on, result_on) FROM pilot
      WHERE scenario = $1 AND NOT retired AND least(ends_on, result_on) >= current_date ORDER BY starts_on, code
      """
    func bind(into bindings: inout Bindings) { bindings.text(code) }
    func decode(_ row: Row) throws -> StoredScenario.Pilot {
      StoredScenario.Pilot(
        firm: try row.text(0), startsOn: try row.day(1), endsOn: try row.day(2))
    }
  }
}

extension Row {
  fileprivate func day(_ column: Int) throws -> Day {
    guard let day = Day(try text(column)) else {
      throw StoreError.unexpectedResult(reason: "a pilot has a date that is none")
    }
    return day
  }
}
