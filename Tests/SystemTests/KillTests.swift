import Foundation
import TestSupport
import Testing

@testable import Store

/// SIGKILL for the daemon, its PostgreSQL or one process of that, at random moments while clients write, import, merge
/// and rescore: nothing acknowledged is lost, nothing is there by half, and a resend with the same key has one effect.
/// BELLWETHER_KILLS sets how many, BELLWETHER_SEED which.
@Suite struct KillTests {
  private enum Victim: CaseIterable { case daemon, database, backend }

  private static func postmaster(_ daemon: DaemonProcess) -> Int32? {
    let path = daemon.folder.path + "/postgres/postmaster.pid"
    return (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first.flatMap {
      Int32($0)
    }
  }

  /// Kills it; false where there was nothing to kill.
  private static func kill(
    _ victim: Victim, of daemon: DaemonProcess, _ random: inout SeededRandom
  ) async throws -> Bool {
    if victim == .daemon {
      daemon.kill()
      try await daemon.start()
      return true
    }
    guard var pid = postmaster(daemon) else { return false }
    if victim == .backend {
      let sessions = ProcessTable.children(of: pid).filter {
        ProcessTable.title(of: $0).hasPrefix("postgres: bellwether")
      }
      guard let session = sessions.randomElement(using: &random) else { return false }
      pid = session
    }
    return Foundation.kill(pid, SIGKILL) == 0
  }

  @Test func nothingAcknowledgedIsLost() async throws {
    let seed = SeededRandom.number("BELLWETHER_SEED") ?? Int.random(in: 1...1_000_000)
    let wanted = SeededRandom.number("BELLWETHER_KILLS") ?? 12
    var random = SeededRandom(seed: UInt64(seed))
    let daemon = try await DaemonProcess(database: nil)
    try Writer.prepare(on: daemon.connect())
    let history = WriteHistory()
    let writers = try ["A", "B", "C", "R"].map {
      try Writer($0, rescores: $0 == "R", seed: UInt64(seed), history: history) { try daemon.connect() }
    }
    let work = Task.detached {
      await withTaskGroup(of: Void.self) { group in
        for writer in writers { group.addTask { await writer.run() } }
      }
    }
    var kills: [Victim: Int] = [:]
    do {
      while kills.values.reduce(0, +) < wanted, !history.isOver {
        try await history.advance(by: Int.random(in: 1...20, using: &random))
        try await Task.sleep(for: .microseconds(Int.random(in: 0...50_000, using: &random)))
        let victim = Victim.allCases.randomElement(using: &random)!
        if try await Self.kill(victim, of: daemon, &random) { kills[victim, default: 0] += 1 }
      }
      try await history.advance(by: 20)
    } catch { history.note(fault: "\(error)") }
    history.end()
    await work.value
    let count = history.acknowledged
    for writer in writers { await writer.replay() }
    let database = try ConnectionString(
      "host=\(daemon.folder.path)/postgres-socket user=postgres dbname=bellwether")
    let verdict = try await history.verdict(on: database)
    let names = kills.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
    let context = "seed \(seed)"
    print("kills \(kills.values.reduce(0, +)) (\(names)), outcomes left open \(history.unknown), \(context)")
    print("figure kill.acknowledged \(count) writes")
    print("figure kill.lost \(verdict.lost.count) writes")
    #expect(history.faults.isEmpty, "\(context): \(history.faults)")
    #expect(verdict.lost.isEmpty, "\(context): \(verdict.lost.prefix(20))")
    #expect(verdict.twice.isEmpty, "\(context): \(verdict.twice.prefix(20))")
    try Self.checkPeace(daemon)
    #expect(daemon.stop() == 0)
  }

  /// After all kills: no run is left open, and the same registry gives the same lists.
  private static func checkPeace(_ daemon: DaemonProcess) throws {
    let client = try daemon.connect()
    let digests = try (0..<2).map { _ in
      try client.ask("RESCORE wait=yes scope=all").last?.firstMatch(of: /digest=(\w+)/)?.1
    }
    #expect(digests[0] != nil && digests[0] == digests[1])
    #expect(try client.ask("RUN LIST limit=1000").contains { $0.contains("\"state\":\"running\"") } == false)
    #expect(try client.ask("AUDIT VERIFY").last?.hasPrefix("250 ok") == true)
  }
}
