import Foundation
import Store
import TestSupport
import Testing

/// A primary and a synchronous standby: nothing that was acknowledged goes with the primary. BELLWETHER_FAILOVERS sets
/// how often the primary is lost, BELLWETHER_SEED when.
@Suite struct FailoverTests {
  @Test func nothingAcknowledgedIsLostWithThePrimary() async throws {
    let seed = SeededRandom.number("BELLWETHER_SEED") ?? Int.random(in: 1...1_000_000)
    let failovers = SeededRandom.number("BELLWETHER_FAILOVERS") ?? 2
    var random = SeededRandom(seed: UInt64(seed))
    let pair = try await ServerPair()
    let daemon = try await DaemonProcess(database: try await pair.connectionString)
    try Writer.prepare(on: daemon.connect())
    let history = WriteHistory()
    let writers = try ["A", "B", "C", "D"].map {
      try Writer($0, seed: UInt64(seed), history: history) { try daemon.connect() }
    }
    var lost: Set<String> = []
    var gap = Duration.zero
    let work = Task.detached {
      await withTaskGroup(of: Void.self) { group in
        for writer in writers { group.addTask { await writer.run() } }
      }
    }
    do {
      for _ in 0..<failovers {
        try await history.advance(by: 50)
        try await Task.sleep(for: .microseconds(Int.random(in: 0...500_000, using: &random)))
        // Now and then the standby hangs first, so that what waits for it is on the primary alone when that goes.
        let hangs = Bool.random(using: &random)
        if hangs {
          try await pair.holdStandby(true)
          try await Task.sleep(for: .milliseconds(200))
        }
        let killed = ContinuousClock.now
        try await pair.killPrimary()
        if hangs { try await pair.holdStandby(false) }
        try await pair.promote()
        lost.formUnion(try await history.missing(from: try await pair.connectionString))
        try await history.advance(by: 50)
        gap = max(gap, history.longestSilence(since: killed))
        try await pair.rejoin()
      }
      try await history.advance(by: 20)
    } catch { history.note(fault: "\(error)") }
    history.end()
    await work.value
    let count = history.acknowledged
    for writer in writers { await writer.replay() }
    let verdict = try await history.verdict(on: try await pair.connectionString)
    let context = "seed \(seed)"
    print("failovers \(failovers), outcomes left open \(history.unknown), \(context)")
    print("figure failover.acknowledged \(count) writes")
    print("figure failover.lost \(lost.count + verdict.lost.count) writes")
    print("figure failover.twice \(verdict.twice.count) keys")
    print(
      "figure failover.gap_s \((gap / .milliseconds(1) / 1_000).formatted(.number.precision(.fractionLength(2)))) s"
    )
    #expect(history.faults.isEmpty, "\(context): \(history.faults)")
    #expect(lost.isEmpty, "\(context)")
    #expect(verdict.lost.isEmpty, "\(context): \(verdict.lost.prefix(20))")
    #expect(verdict.twice.isEmpty, "\(context): \(verdict.twice.prefix(20))")
    #expect(try daemon.connect().ask("AUDIT VERIFY").last?.hasPrefix("250 ok") == true)
    #expect(daemon.stop() == 0)
  }

  /// The standby is away, so a commit waits; somebody cancels the waiting, and PostgreSQL commits on the primary alone.
  /// That is not acknowledged, and neither is a resend, until the standby has it.
  @Test func aCommitThatNoStandbyConfirmedIsNotAcknowledged() async throws {
    let pair = try await ServerPair()
    let daemon = try await DaemonProcess(
      database: try await pair.connectionString, arguments: ["--statement-timeout-ms", "1000"])
    let request = "FIRM ADD F-1 name=One sectors=ai stage=seed key=k1"
    try await pair.holdStandby(true)
    /// Asks again where a slow machine took longer than a second to come as far as the commit.
    func ask() async throws -> String {
      let limit = ContinuousClock.now + .seconds(60)
      var last = ""
      repeat {
        last = try await Self.onThread { try daemon.connect().ask(request).last ?? "" }
      } while last.hasPrefix("452 ") && ContinuousClock.now < limit
      return last
    }
    // Twice: the first wait is for the change, the second for what is found to be done.
    for _ in 0..<2 {
      // What the daemon writes for itself waits too, and is cancelled as well; so until there is an answer.
      let cancelling = Task.detached {
        while !Task.isCancelled {
          _ = try await pair.cancelWaiting()
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      let answer = try await ask()
      cancelling.cancel()
      #expect(answer.hasPrefix("454 "))
    }
    // Nobody cancels: the daemon does not wait for ever, and does not cancel either.
    #expect(try await ask().hasPrefix("454 "))
    let client = try daemon.connect()
    try await pair.holdStandby(false)
    let healed = ContinuousClock.now + .seconds(60)
    var last = ""
    while !last.hasPrefix("25"), ContinuousClock.now < healed { last = try client.ask(request).last ?? "" }
    #expect(last == "251 unchanged code=F-1 version=1")
    try await pair.killPrimary()
    try await pair.promote()
    while try client.ask("FIRM GET F-1").last?.hasPrefix("250 ok") != true, ContinuousClock.now < healed {}
    try check(client, request, "251 unchanged code=F-1 version=1")
    #expect(daemon.stop() == 0)
  }

  /// A primary that is replaced in good order refuses changes first, on connections that stay up.
  @Test func aServerThatRefusesChangesIsLeft() async throws {
    let pair = try await ServerPair()
    let daemon = try await DaemonProcess(database: try await pair.connectionString)
    let client = try daemon.connect()
    try check(client, "FIRM ADD F-1 name=One sectors=ai stage=seed key=k1", "250 ok")
    try await pair.makePrimaryReadOnly()
    try check(client, "FIRM ADD F-2 name=Two sectors=ai stage=seed key=k2", "451 database-unavailable")
    try await pair.promote()
    // The old primary lives on; each connection to it is found out once.
    let limit = ContinuousClock.now + .seconds(60)
    var last = ""
    while !last.hasPrefix("250"), ContinuousClock.now < limit {
      last = try client.ask("FIRM ADD F-2 name=Two sectors=ai stage=seed key=k2").last ?? ""
    }
    #expect(last == "250 ok code=F-2 version=1")
    let database = try await pair.connectionString
    let found = try await RegistryModel.read(database)
    #expect(found.model.firms.keys.sorted() == ["F-1", "F-2"] && found.keys == ["k1", "k2"])
    #expect(daemon.stop() == 0)
  }

  /// Runs what blocks on a thread that nobody else needs.
  private static func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
    -> Result
  {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
    }
  }
}
