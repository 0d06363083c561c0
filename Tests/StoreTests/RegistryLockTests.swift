import Domain
import Store
import TestSupport
import Testing

/// Whom a write of the registry waits for.
@Suite(.timeLimit(.minutes(2)))
struct RegistryLockTests {
  private func staged(_ code: String, _ row: Int) -> RegistryStore.Staged {
    var record = Record(noun: .firm, code: code)
    record["trl"] = .value(.integer(7))
    return .init(row: row, record: record)
  }

  @Test func oneRowWaitsForThatRowAlone() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let (ours, others, gate) = (try await open(target), try await open(target), try await open(target))
    _ = try await Migrator().migrate(ours)
    try await ours.execute(
      """
      INSERT INTO firm (code, name, sectors, stage, trl)
      SELECT 'F-' || n, 'Firm', '{ai}', 'seed', 3 FROM generate_series(1, 3) AS n
      """)
    func write(_ codes: [String]) async throws -> Int {
      try await ours.transaction(deadline: ample) { session in
        try session.execute("SET LOCAL lock_timeout = '200ms'")
        if codes.count == 1 { #expect(try RegistryStore.lock(.firm, codes[0], in: session) != nil) }
        let rows = codes.enumerated().map { staged($1, $0 + 1) }
        return try RegistryStore.write(rows, noun: .firm, partial: false, in: session).changed
      }
    }
    // Somebody is at psql and does not commit before the gate opens, while autovacuum, which takes such a lock, is at the
    // table.
    try await gate.execute("SELECT pg_advisory_lock(42)")
    async let held: Void = others.transaction(deadline: ample) { session in
      try session.execute("UPDATE firm SET trl = 4 WHERE code = 'F-1'")
      try session.execute("LOCK TABLE firm IN SHARE UPDATE EXCLUSIVE MODE")
      try session.execute("SELECT pg_advisory_xact_lock(42)")
    }
    try await awaitRunning("%pg_advisory_xact_lock(42)", on: gate)
    #expect(try await write(["F-2"]) == 1)
    for codes in [["F-1"], ["F-2", "F-3"]] {
      #expect(await failure { _ = try await write(codes) }?.isRetryable == true, "\(codes)")
    }
    try await gate.execute("SELECT pg_advisory_unlock(42)")
    try await held
    #expect(try await write(["F-1"]) == 1)
    #expect(try await write(["F-2", "F-3"]) == 1)
    // What psql has added behind the back of somebody who looked.
    let again = await failure {
      try await ours.execute("INSERT INTO firm SELECT * FROM firm WHERE code = 'F-1'")
    }
    #expect(again?.brokenRule?.rule == "firm_pkey" && again?.brokenRule?.sentence == "there is one already")
  }
}
