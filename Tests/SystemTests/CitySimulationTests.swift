import Domain
import Foundation
import Store
import TestSupport
import Testing

/// The whole relay in ten years of a city, on a real daemon. After every quarter the books are those of an
/// independent model, and balance; at the end all that reads them says the same.
@Suite struct CitySimulationTests {
  @Test func tenYears() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    let books = try await Connection.open(database, deadline: .seconds(20))
    var city = CitySimulation(
      client: try daemon.connect(), seed: UInt64(SeededRandom.number("BELLWETHER_SEED") ?? 7))
    var readings = CityReadings(client: try daemon.connect())
    try city.found()
    for quarter in 0..<CitySimulation.quarters {
      try city.live(quarter)
      try await compare(city.books, on: books, after: quarter)
      if quarter % 4 == 3 { try readings.end(CitySimulation.firstYear + quarter / 4, city.books) }
    }
    try readings.checkReport(city)
    try readings.checkInstitutes(city)
    try readings.checkCapital(city)
    try readings.checkYears()
    #expect(
      city.refusals == [
        "tranche_within_holding", "tranche_within_commitment", "stake_floor_is_kept",
        "programme_budget_covers",
        "programme_sectors", "investor_parent_tree", "review_conflict", "decision_recusal",
        "scenario_capacity",
      ])
    // It was a relay: more was invested than there was at first, and what was lost was borne.
    let programmes = city.books.programmes.values
    #expect(programmes.reduce(0) { $0 + $1.invested } > programmes.reduce(0) { $0 + $1.budget })
    #expect(programmes.contains { $0.lost > 0 } && programmes.allSatisfy { $0.bears(0) })
    #expect(try daemon.connect().ask("AUDIT VERIFY").last?.hasPrefix("250 ok") == true)
    await books.close()
    #expect(daemon.stop() == 0)
  }

  private func compare(_ model: CityBooks, on connection: Connection, after quarter: Int) async throws {
    #expect(try await lines(Self.flaws, on: connection) == [], "quarter \(quarter)")
    #expect(
      try await lines("SELECT concat_ws(' ', programme, account, balance) FROM account", on: connection)
        == model.accounts, "quarter \(quarter)")
    #expect(
      try await lines(
        "SELECT concat_ws(' ', stake, drawn, (held * 10)::bigint, cost, returned, lost) FROM stake_position",
        on: connection) == model.positions, "quarter \(quarter)")
  }

  private func lines(_ sql: String, on connection: Connection) async throws -> [String] {
    try await connection.transaction(deadline: .seconds(20)) { session in
      var rows: [String] = []
      try session.copyOut("COPY (\(sql)) TO STDOUT", name: "test_look") { row in
        rows.append(String(decoding: row, as: UTF8.self).filter { $0 != "\n" })
      }
      return rows.sorted()
    }
  }

  /// Entries that do not sum to zero, accounts that are not their postings, programmes whose accounts do not balance.
  private static let flaws = """
    SELECT 'entry ' || id FROM ledger_entry e LEFT JOIN posting p ON p.entry = e.id
      GROUP BY id HAVING coalesce(sum(p.amount), 1) <> 0
    UNION ALL
    SELECT 'account ' || a.programme || ' ' || a.account FROM account a
      WHERE balance <> coalesce((SELECT sum(amount) FROM posting p WHERE (p.programme, p.account) = (a.programme, a.account)), 0)
    UNION ALL
    SELECT 'programme ' || programme FROM account GROUP BY programme HAVING sum(balance) <> 0
    """
}
