import Domain
import Testing

@Suite struct FailureRecordTests {
  private let start = ContinuousClock.now

  @Test func theFirstFailureAndTheRecoveryAreLogged() {
    var record = FailureRecord()
    #expect(record.failed(at: start) == .failing)
    #expect(record.failed(at: start + .seconds(1)) == nil)
    #expect(record.failures == 2 && record.since == start)
    #expect(record.succeeded() == .recovered(failures: 2))
    #expect(record.failures == 0 && record.since == nil)
    #expect(record.succeeded() == nil)
  }

  @Test func aLastingFailureIsLoggedEverMoreRarely() {
    var record = FailureRecord()
    let logged = (0..<10_000).filter { record.failed(at: start + .seconds($0)) != nil }
    #expect(logged.prefix(5) == [0, 10, 30, 70, 150])
    for (before, after) in zip(logged, logged.dropFirst()) { #expect(after - before <= 600) }
    #expect(logged.count < 30)
  }

  /// Work that fails and succeeds in turn, twice a second, does not fill the log.
  @Test func flappingIsLoggedRarely() {
    var (record, notices) = (FailureRecord(), 0)
    for second in 0..<100 {
      if record.failed(at: start + .seconds(second)) != nil { notices += 1 }
      if record.succeeded() != nil { notices += 1 }
    }
    #expect(notices == 20)
  }
}
