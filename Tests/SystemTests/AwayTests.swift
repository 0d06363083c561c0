import Foundation
import Store
import TestSupport
import Testing

/// The database goes away and comes back, while the daemon runs.
@Suite struct AwayTests {
  @Test func listsStayAndSayHowOldTheyAre() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-c")
    defer { folder.remove() }
    var cluster = try await PrivateCluster.start(.init(stateDirectory: folder.path))
    let daemon = try await DaemonProcess(database: cluster.connectionString)
    let client = try daemon.connect()
    try check(client, "FIRM ADD F-1 name=合肥一号 sectors=ai stage=seed", "250 ok")
    try check(client, "INVESTOR ADD I-1 name=Two kind=vc sectors=ai", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    let before = try client.ask("DEALS I-1")
    #expect(before.last == "250 ok rows=1 run=1.0")

    await cluster.stop()
    // How long it takes to be seen is not promised beyond a second or so; a limit keeps the test from hanging.
    let limit = ContinuousClock.now + .seconds(60)
    var away = before
    while away.last?.contains(" stale_s=") != true, ContinuousClock.now < limit {
      away = try client.ask("DEALS I-1")
    }
    #expect(away.last?.hasPrefix("250 ok rows=1 run=1.0 stale_s=") == true)
    #expect(away.dropLast() == before.dropLast())
    let asked = ContinuousClock.now
    try check(client, "FIRM ADD F-2 name=Other sectors=ai stage=seed", "451 database-unavailable")
    #expect(ContinuousClock.now - asked < .seconds(30), "a write is not kept waiting for the database")

    cluster = try await PrivateCluster.start(.init(stateDirectory: folder.path))
    var healed = away
    while healed.last?.contains(" stale_s=") == true, ContinuousClock.now < limit + .seconds(60) {
      healed = try client.ask("DEALS I-1")
    }
    #expect(healed == before)
    try check(client, "FIRM ADD F-2 name=Other sectors=ai stage=seed", "250 ok")
    #expect(daemon.stop() == 0)
    await cluster.stop()
  }
}
