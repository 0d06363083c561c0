import Domain
import Matching
import TestSupport
import Testing

@testable import Store

/// What candidates are scored by beside their own rows.
@Suite struct SnapshotReaderTests {
  private static let registry = """
    INSERT INTO institute (code, name) VALUES ('IN-1', 'One'), ('IN-2', 'Two');
    INSERT INTO investor (code, name, kind) VALUES ('SF', 'State Fund', 'state_fund');
    INSERT INTO firm (code, id, name, sectors, stage, institute)
      SELECT 'F-' || n, n, 'Firm ' || n, '{ai}', 'seed', CASE WHEN n = 1 THEN 'IN-1' END FROM generate_series(1, 2) AS n;
    INSERT INTO project (code, name, institute, sectors) VALUES ('J-1', 'Project', 'IN-1', '{ai}'), ('J-2', 'Project', 'IN-2', '{ai}');
    INSERT INTO programme (code, name, fund, currency, budget, starts_on)
      VALUES ('P', 'Seed', 'SF', 'CNY', 1000, '2015-01-01'), ('Q', 'Later', 'SF', 'CNY', 1000, '2015-01-01');
    INSERT INTO stake (code, programme, firm, committed, agreed_on) VALUES ('S', 'P', 'F-2', 400, '2016-02-01'), ('T', 'Q', 'F-2', 400, '2016-02-01');
    INSERT INTO tranche (code, stake, kind, date, percent, amount, reason)
      VALUES ('S-1', 'S', 'buy', '2016-03-01', 10, 300, 'seed'), ('T-1', 'T', 'buy', '2016-03-02', 10, 300, 'seed');
    INSERT INTO expert (code, name, kinds) VALUES ('E', 'Expert', '{expert}');
    """

  private static let news = """
    INSERT INTO programme_effect (programme, as_of, value) VALUES ('P', '2020-01-01', 640000), ('Q', '2020-01-01', 250000);
    INSERT INTO round (firm, date, kind, amount) VALUES ('F-1', '2019-02-01', 'seed', 5);
    INSERT INTO review (code, firm, kind, expert, verdict, date, expires_on)
      VALUES ('V', 'F-1', 'expert', 'E', 'positive', '2018-01-01', '2018-06-01'), ('W', 'F-1', 'expert', 'E', 'negative', '2018-01-02', NULL);
    """

  @Test func recordsSignalsAndEvidenceComeWithTheirCandidates() async throws {
    let connection = try await migratedConnection()
    let (before, changes, whole) = try await connection.run(deadline: ample) { session in
      try session.execute(Self.registry, name: "registry")
      let before = try SnapshotReader.readWhole(in: session)
      try session.execute(Self.news, name: "news")
      let changes = try SnapshotReader.readChanges(since: before.watermark, life: before.life, in: session)
      return (before, changes, try SnapshotReader.readWhole(in: session))
    }
    await connection.close()
    // One firm of one institute that nobody has funded: (0 + 1) / (1 + 2).
    #expect(before.rows.candidates.map(\.code) == ["F-1", "F-2", "J-1", "J-2"])
    #expect(before.rows.candidates.map(\.record) == [350_000, nil, 350_000, nil])
    #expect(before.rows.candidates.map(\.signal) == [nil, nil, nil, nil])
    #expect(before.rows.evidence.isEmpty)
    // The best of two programmes.
    #expect(whole.rows.candidates.map(\.record) == [650_000, nil, 650_000, nil])
    #expect(whole.rows.candidates.map(\.signal) == [nil, 640_000, nil, nil])
    let evidence = [
      EvidenceRow(firm: 1, date: Day("2018-01-01")!, until: Day("2018-06-01")!),
      EvidenceRow(firm: 1, date: Day("2019-02-01")!),
    ]
    #expect(whole.rows.evidence == evidence)
    #expect(changes.change.candidates == whole.rows.candidates.filter { $0.code != "J-2" })
    #expect(changes.change.evidence == [1: evidence, 2: []])
  }
}
