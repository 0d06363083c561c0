import Domain
import Foundation
import TestSupport
import Testing
import Wire

/// What commands take up, against docs/SECURITY.md and a running daemon.
@Suite struct LoadTests {
  @Test func theTableIsWhatCommandsDeclare() throws {
    let text = try String(contentsOfFile: repository + "/docs/SECURITY.md", encoding: .utf8)
    let start = try #require(text.range(of: "| command | at one time |"))
    let rows = text[start.lowerBound...].prefix { $0 != "#" }.split(separator: "\n").filter {
      $0.hasPrefix("| `")
    }
    let declared = CommandTable.all.compactMap { spec -> String? in
      let load = spec.load
      guard load.atOnce != nil || load.time != nil || load.upload != nil else { return nil }
      let upload = load.upload.map { "\($0.rows) rows, \($0.octets >> 20) MiB" } ?? "–"
      let time = load.time.map { "\($0.components.seconds) s" } ?? "–"
      return "| `\(spec.words)` | \(load.atOnce.map(String.init) ?? "–") | \(time) | \(upload) |"
    }
    #expect(rows.map(String.init).sorted() == declared.sorted())
  }

  @Test func onlySoManyUploadsAtOneTime() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    var clients: [LineClient] = []
    for _ in 0..<Limits.importsAtOnce {
      let client = try daemon.connect()
      try check(client, "IMPORT firm", "354 send-rows")
      clients.append(client)
    }
    // Its rows are read all the same, and taken for nothing else.
    let late = try daemon.connect()
    #expect(
      try late.upload("IMPORT firm", ["FIRM LIST"]).last
        == "452 overloaded command=IMPORT: \(Limits.importsAtOnce) of these run already, which is all that may at one time; try again in a moment"
    )
    try check(late, "PING", "250 ok")
    // One that is over leaves its place before it says so.
    try check(clients[0], ".", "250 ok rows=0")
    try check(late, "IMPORT firm", "354 send-rows")
    try check(clients[0], "IMPORT firm", "354 send-rows")
    try check(clients[0], ".", "452 overloaded command=IMPORT")
    // One whose client is gone leaves it as well.
    _ = clients.remove(at: 1)
    var last = ""
    while !last.hasPrefix("250 ok") {
      last = try clients[0].upload("IMPORT firm", []).last ?? ""
      #expect(last.hasPrefix("250 ok") || last.hasPrefix("452 overloaded command=IMPORT"))
    }
    #expect(daemon.stop() == 0)
  }

  @Test func onlySoManyConnectionsOfAToken() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0",
      arguments: ["--connections-per-principal", "2"])
    let root = try daemon.connect()
    let tokens = try ["first", "second"].map { try root.newToken("\($0) role=monitor") }
    let clients = try (0..<2).map { _ in try daemon.connectByTCP() }
    for client in clients { try check(client, "AUTH TOKEN \(tokens[0])", "250 ok") }
    // Signing in again takes no place of another.
    try check(clients[0], "AUTH TOKEN \(tokens[0])", "250 ok")
    let third = try daemon.connectByTCP()
    try third.send("AUTH TOKEN \(tokens[0])\nSTATUS")
    #expect(
      try third.readLine()
        == "452 overloaded principal=token:first: 2 connections of this token are open, which is all it may have; close some, or try again later"
    )
    #expect(try third.readLine() == nil)
    let other = try daemon.connectByTCP()
    try check(other, "AUTH TOKEN \(tokens[1])", "250 ok")
    // Whoever becomes another leaves a place.
    try check(clients[0], "AUTH TOKEN \(tokens[1])", "250 ok")
    try check(daemon.connectByTCP(), "AUTH TOKEN \(tokens[0])", "250 ok")
    // The same number holds for a user on the Unix socket.
    let mine = try daemon.connect()
    #expect(throws: LineClient.Failure.self) { try daemon.connect() }
    try check(mine, "PING", "250 ok")
    #expect(daemon.stop() == 0)
  }
}
