import Store
import TestSupport
import Testing

private struct ListenerPID: Statement {
  let name = "test_listener_pid"
  let sql = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'
    """
  func decode(_ row: Row) throws -> Int { try row.int(0) }
}

@Suite(.timeLimit(.minutes(2)))
struct ListenerTests {
  @Test func hearsAndListensAgainAfterALoss() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let other = try await open(target)
    let listener = NotificationListener(target, channels: ["news", "Odd \"name\""])
    var events = listener.events.makeAsyncIterator()
    #expect(await events.next() == .reconnected)
    try await other.execute("NOTIFY news, 'a 中'; NOTIFY \"Odd \"\"name\"\"\"; NOTIFY unheard")
    #expect(await events.next() == .notification(channel: "news", payload: "a 中"))
    #expect(await events.next() == .notification(channel: "Odd \"name\"", payload: ""))

    let pid = try #require(try await other.run(deadline: ample) { try $0.queryOne(ListenerPID()) })
    try await other.terminate(pid)
    #expect(await events.next() == .reconnected)
    try await other.execute("NOTIFY news, 'b'")
    #expect(await events.next() == .notification(channel: "news", payload: "b"))
    await listener.stop()
    #expect(await events.next() == nil)
  }

  @Test func theHeartbeatDoesNotSwallowNotifications() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let other = try await open(target)
    let listener = NotificationListener(target, channels: ["news"], heartbeat: .milliseconds(1))
    var events = listener.events.makeAsyncIterator()
    #expect(await events.next() == .reconnected)
    for number in 0..<100 {
      try await other.execute("NOTIFY news, '\(number)'")
      #expect(await events.next() == .notification(channel: "news", payload: "\(number)"))
    }
    await listener.stop()
  }

  @Test func whatOverflowsIsMadeGood() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let other = try await open(target)
    let listener = NotificationListener(target, channels: ["news"], capacity: 4)
    var events = listener.events.makeAsyncIterator()
    #expect(await events.next() == .reconnected)
    for number in 0..<20 { try await other.execute("NOTIFY news, '\(number)'") }
    // The listener has read all of them when it is waiting again after the last; then nobody has read four.
    var seen: [NotificationListener.Event] = []
    while let event = await events.next() {
      seen.append(event)
      if event == .notification(channel: "news", payload: "19") || event == .reconnected { break }
    }
    #expect(!seen.isEmpty)
    await listener.stop()
  }

  @Test func stopsWhileThereIsNoServer() async throws {
    let listener = NotificationListener(try ConnectionString("host=/nonexistent user=x"), channels: ["news"])
    await listener.stop()
    var events = listener.events.makeAsyncIterator()
    #expect(await events.next() == nil)
  }
}
