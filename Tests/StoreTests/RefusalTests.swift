import Testing

@testable import Store

@Suite struct RefusalTests {
  private static let registry = """
    INSERT INTO sector (code, name) VALUES ('ai', 'AI') ON CONFLICT DO NOTHING;
    INSERT INTO firm (code, id, name, sectors, stage)
      SELECT 'F-' || n, n, 'Firm ' || n, '{ai}', 'seed' FROM generate_series(1, 3) AS n;
    INSERT INTO investor (code, id, name, kind) OVERRIDING SYSTEM VALUE
      SELECT 'I-' || n, n, 'Investor ' || n, 'vc' FROM generate_series(1, 3) AS n;
    INSERT INTO refusal (investor, firm, side) VALUES ('I-2', 'F-2', 'firm');
    """

  /// Whoever has a new refusal, or one less, is read anew, and everyone comes with all of them.
  @Test func refusalsComeWithTheirInvestors() async throws {
    let connection = try await migratedConnection()
    let (before, changes, whole, after) = try await connection.run(deadline: ample) { session in
      try session.execute(Self.registry, name: "registry")
      let before = try SnapshotReader.readWhole(in: session)
      try session.execute(
        "INSERT INTO refusal (investor, firm, side) VALUES ('I-1', 'F-3', 'firm'), ('I-1', 'F-1', 'investor')",
        name: "refusals")
      let changes = try SnapshotReader.readChanges(since: before.watermark, life: before.life, in: session)
      let whole = try SnapshotReader.readWhole(in: session)
      try session.execute("DELETE FROM refusal WHERE firm = 'F-3'", name: "forgiven")
      let after = try SnapshotReader.readChanges(since: whole.watermark, life: whole.life, in: session)
      return (before, changes, whole, after)
    }
    await connection.close()
    #expect(before.rows.investors.map(\.declinedFirms) == [[], [2], []])
    #expect(changes.change.investors.map(\.code) == ["I-1"])
    #expect(changes.change.investors.map(\.declinedFirms) == [[1, 3]])
    #expect(whole.rows.investors.map(\.declinedFirms) == [[1, 3], [2], []])
    #expect(after.change.investors.map(\.declinedFirms) == [[1]])
  }
}
