import Domain
import TestSupport
import Testing

@testable import Store

@Suite struct SchemaStatementTests {
  /// A statement that no longer fits the schema is found here and not in the field.
  @Test func everyStatementFitsTheSchema() async throws {
    let connection = try await migratedConnection()
    try await connection.run(deadline: .seconds(60)) { session in
      for noun in Noun.tables {
        try session.execute(RegistryTable.of(noun).createStaging, name: "staging")
        try session.execute(RegistryTable.of(noun).createStaging, name: "staging again")
      }
      let statements: [any Statement] =
        RegistryStore.statements + SnapshotStatements.all + PolicyStatements.all + RunStatements.all
        + LedgerStatements.all + MigrationStatements.all + TokenStatements.all + AuditStatements.all
        + IntroductionStatements.all + RoadshowStatements.all + RoadshowDeskStatements.all
        + PlanStatements.all + MeetingStatements.all + SheetStatements.all + LineUpStatements.all
        + DayStatements.all + DigestStatements.all + EventStatements.all + CityReportStatements.all
        + ProgrammeStatements.all + InstituteStatements.all + CapitalStatements.all
        + ScenarioStatements.all + ReviewStatements.all + CompetitionStatements.all
        + PartyStatements.all + RoadshowSheetStatements.all + [
          ClusterStatements.Presence(role: "", database: "")
        ]
      for statement in statements {
        #expect(throws: Never.self, "\(statement.name)") { try session.prepare(statement) }
      }
      #expect(Set(statements.map(\.name)).count == statements.count)
    }
    await connection.close()
  }
}

/// A connection to a new database with the whole schema.
func migratedConnection() async throws -> Connection {
  let target = try await TestCluster.shared.makeDatabase()
  let connection = try await Connection.open(target, deadline: .seconds(20)) { session in
    try session.execute("SET client_min_messages = warning; SET timezone = 'UTC'")
  }
  _ = try await Migrator().migrate(connection)
  return connection
}
