import Domain
import Foundation
import TestSupport
import Testing

/// Clients that leave in the midst of a long reply leave the daemon as it was.
@Suite struct ExportTests {
  /// Enough rows that an export cannot fit what waits in buffers on its way.
  private static let rows = (0..<40_000).map {
    "{\"code\":\"F-\($0)\",\"name\":\"Firm number \($0)\",\"sectors\":\"ai\",\"stage\":\"seed\","
      + "\"summary\":\"\(String(repeating: "What it makes. ", count: 10))\"}"
  }

  @Test func clientsThatLeaveAnExportDoNoHarm() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let pid = daemon.process.processIdentifier
    let witness = try daemon.connect()
    #expect(try witness.upload("IMPORT firm", Self.rows).last?.hasPrefix("250 ok") == true)
    var leaving: [LineClient] = []
    // As many as leave one place of those that exports have.
    for round in 0..<Limits.exportsAtOnce - 1 {
      let client = try daemon.connect()
      try client.send(round % 2 == 0 ? "EXPORT all" : "EXPORT firm")
      for _ in 0..<(round * 20 + 1) { _ = try client.readLine() }
      leaving.append(client)
    }
    // While one reads everything, what the others do not read fills all room there is on its way.
    #expect(try witness.ask("EXPORT firm").count == Self.rows.count + 1)
    leaving.removeAll()
    #expect(try witness.ask("PING") == ["250 ok"])
    let client = try daemon.connect()
    let number = try #require(client.ask("WHOAMI").last?.firstMatch(of: /connection=(\d+)/)?.1)
    try client.send("EXPORT firm")
    _ = try client.readLine()
    #expect(try witness.ask("CANCEL \(number)").last == "250 ok cancelled=yes")
    #expect(try client.reply().last?.hasPrefix("421 closing") == true)
    #expect(try client.ask("PING") == ["250 ok"])
    // A pipe is freed only when its database thread is through with it.
    #expect(try client.ask("EXPORT firm").count == Self.rows.count + 1)
    #expect(daemon.process.isRunning && daemon.process.processIdentifier == pid)
    #expect(daemon.stop() == 0)
  }
}
