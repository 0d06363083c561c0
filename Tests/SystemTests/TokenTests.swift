import Domain
import Foundation
import Store
import TestSupport
import Testing

/// Tokens: shown once, good until they end, and gone for good then.
@Suite struct TokenTests {
  private func daemon(_ database: ConnectionString) async throws -> DaemonProcess {
    try await DaemonProcess(database: database, tcp: "127.0.0.1:0", arguments: ["--log-level", "trace"])
  }

  private func query(_ sql: String, on database: ConnectionString) async throws {
    let connection = try await Connection.open(database, deadline: .seconds(20))
    try await connection.run(deadline: .seconds(20)) { try $0.execute(sql, name: "test") }
    await connection.close()
  }

  @Test func secretsAreShownOnceAndKeptNowhere() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await daemon(database)
    let root = try daemon.connect()
    let token = try root.newToken("night-1 role=job key=k1")
    let secret = String(token.dropFirst("night-1.".count))
    #expect(secret.count == 64)
    // A resend does nothing twice, and has nothing to show.
    let again = try root.ask("TOKEN ADD night-1 role=job key=k1")
    #expect(again.count == 1 && again[0].hasPrefix("251 unchanged token=night-1 expires_on="))
    try check(root, "TOKEN ADD night-1 role=job", "554 rule-violated token=night-1")
    try check(root, "TOKEN ADD a.b role=job", "502 bad-argument arg=id")
    try check(root, "TOKEN ADD x role=investor", "502 bad-argument arg=investor")
    #expect(
      try root.ask("TOKEN ADD x role=investor investor=I-9").last
        == "550 not-found investor=I-9: no investor \"I-9\" here")
    try check(root, "TOKEN ADD x role=job expires_on=2020-01-01", "554 rule-violated rule=token_expiry")
    #expect(try root.ask("TOKEN LIST").first?.contains("\"id\":\"night-1\",\"role\":\"job\"") == true)
    let client = try daemon.connectByTCP()
    try check(client, "AUTH TOKEN \(token)", "250 ok principal=token:night-1 role=job")
    #expect(
      try client.ask("AUTH TOKEN night-1.\(String(repeating: "0", count: 64))").last?.hasPrefix(
        "535 auth-failed") == true)
    // A wrong token leaves the connection whose it was.
    try check(client, "WHOAMI", "250 ok principal=token:night-1")
    #expect(daemon.stop() == 0)
    #expect(try !String(contentsOfFile: daemon.log, encoding: .utf8).contains(secret))
    try await query(
      """
      DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM token WHERE token::text LIKE '%\(secret)%')
        AND NOT EXISTS (SELECT FROM idempotency_key AS k WHERE k::text LIKE '%\(secret)%')
        AND NOT EXISTS (SELECT FROM audit WHERE audit::text LIKE '%\(secret)%'); END $$
      """, on: database)
  }

  @Test func whatIsWrongIsNotToldApart() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await daemon(database)
    let root = try daemon.connect()
    let revoked = try root.newToken("gone role=monitor")
    #expect(try root.ask("TOKEN REVOKE gone").last == "250 ok token=gone")
    #expect(try root.ask("TOKEN REVOKE gone").last == "250 ok token=gone")
    try check(root, "TOKEN REVOKE never", "550 not-found token=never")
    let (wrong, unknown) = (
      "gone.\(String(repeating: "a", count: 64))", "nobody.\(String(repeating: "a", count: 64))"
    )
    var replies: Set<String> = []
    for token in [revoked, wrong, unknown] {
      replies.insert(try daemon.connectByTCP().ask("AUTH TOKEN \(token)").last ?? "")
    }
    #expect(replies.count == 1 && replies.first?.hasPrefix("535 auth-failed: ") == true)
    for text in ["x", "a.b.c", ".", "a."] {
      let last = try daemon.connectByTCP().ask("AUTH TOKEN \(text)").last
      #expect(last == "502 bad-argument arg=token: is no token: an id, a dot, a secret")
    }
    #expect(daemon.stop() == 0)
  }

  @Test func revocationEndsConnections() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await daemon(database)
    let root = try daemon.connect()
    for byPSQL in [false, true] {
      let id = byPSQL ? "second" : "first"
      let client = try daemon.connectByTCP()
      #expect(
        try client.ask("AUTH TOKEN \(try root.newToken("\(id) role=monitor"))").last?.hasPrefix("250 ok")
          == true)
      try check(client, "STATUS", "250 ok")
      if byPSQL {
        try await query("UPDATE token SET revoked_at = now() WHERE id = 'second'", on: database)
      } else {
        #expect(try root.ask("TOKEN REVOKE first").last == "250 ok token=first")
      }
      #expect(try client.readLine()?.hasPrefix("421 closing: the token of this connection") == true)
      #expect(try client.readLine() == nil)
    }
    #expect(daemon.stop() == 0)
  }

  /// Rows that are on their way when a token ends are not taken.
  @Test func revocationEndsUploads() async throws {
    let daemon = try await daemon(try await TestCluster.shared.makeDatabase())
    let root = try daemon.connect()
    let client = try daemon.connectByTCP()
    try check(client, "AUTH TOKEN \(try root.newToken("loader role=organizer"))", "250 ok")
    try check(client, "IMPORT firm", "354 send-rows")
    try client.send(#"{"code":"F-1","name":"合肥一号","sectors":["ai"],"stage":"seed"}"#)
    #expect(try root.ask("TOKEN REVOKE loader").last == "250 ok token=loader")
    // The daemon may have closed already.
    try? client.send(".")
    #expect(try client.readLine()?.hasPrefix("421 closing: the token of this connection") == true)
    try check(root, "FIRM GET F-1", "550 not-found")
    #expect(daemon.stop() == 0)
  }

  /// Three hundred addresses that guess at a token do not keep its holder out, and the log does not grow with them.
  @Test func guessersElsewhereKeepNobodyOut() async throws {
    let daemon = try await daemon(try await TestCluster.shared.makeDatabase())
    let port = try daemon.tcpPort
    let token = try daemon.connect().newToken("mine role=monitor")
    let wrong = "AUTH TOKEN mine.\(String(repeating: "0", count: 64))"
    let guessers = try (0..<300).map { number in
      let client = try LineClient(port: port, from: "127.1.\(number / 100).\(number % 100 + 1)")
      _ = try client.greeting()
      return client
    }
    for guesser in guessers {
      for _ in 0..<Limits.freeGuesses { try check(guesser, wrong, "535 auth-failed") }
    }
    for guesser in guessers { try guesser.send(wrong) }
    let holder = try LineClient(port: port, from: "127.2.0.1")
    _ = try holder.greeting()
    try check(holder, "AUTH TOKEN \(token)", "250 ok principal=token:mine")
    // Those who have used up their free tries wait, a few of them; the others are told to come again.
    let last = try guessers.map { try $0.reply().last ?? "" }
    let refused = last.count { $0 == "452 overloaded: too many wrong tokens came from here; wait a minute" }
    let failed = last.count { $0.hasPrefix("535 auth-failed") }
    #expect(refused > 0 && refused + failed == guessers.count, "\(Set(last))")
    #expect(daemon.stop() == 0)
    // Each line stands for one, and each count for as many as it says.
    let log = try String(contentsOfFile: daemon.log, encoding: .utf8).split(separator: "\n").filter {
      $0.contains(" A wrong token was tried")
    }
    let counts = log.compactMap { line in
      line.components(separatedBy: "tried: and ").dropFirst().first.flatMap {
        Int($0.prefix { $0 != " " }.filter { $0 != "," })
      }
    }
    let single = log.count - counts.count
    #expect(single + counts.reduce(0, +) == guessers.count * Limits.freeGuesses + failed)
    #expect(single <= counts.count + 1, "\(log)")
  }

  /// Whoever waits for a turn after wrong tokens is told so when the time to sign in is over.
  @Test func waitingForATurnEndsWithTheTimeToSignIn() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0",
      arguments: ["--sign-in-timeout-ms", "1000"])
    let port = try daemon.tcpPort
    let wrong = "AUTH TOKEN mine.\(String(repeating: "0", count: 64))"
    func client() throws -> LineClient {
      let client = try LineClient(port: port)
      _ = try client.greeting()
      return client
    }
    for _ in 0..<Limits.freeGuesses { try check(client(), wrong, "535 auth-failed") }
    let waiting = try (0..<16).map { _ in try client() }
    for client in waiting { try client.send(wrong) }
    let told = try waiting.map { client in (try client.readLine() ?? "", try client.readLine()) }
    let late = told.filter { $0.0.hasPrefix("421 closing: other wrong tokens were before this one for 1 s") }
    #expect(!late.isEmpty, "\(told)")
    #expect(late.allSatisfy { $0.1 == nil }, "it is said once, and is the last line")
    #expect(daemon.stop() == 0)
  }

  @Test func theClientSignsIn() async throws {
    let daemon = try await daemon(try await TestCluster.shared.makeDatabase())
    let token = try daemon.connect().newToken("desk role=organizer")
    func client(_ token: String) throws -> (status: Int32, output: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: DaemonProcess.programs + "/bellwether")
      process.arguments = ["--connect", daemon.socket, "whoami"]
      process.environment = ["BELLWETHER_TOKEN": token, "PATH": "/usr/bin:/bin"]
      let pipe = Pipe()
      (process.standardOutput, process.standardError) = (pipe, pipe)
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, output)
    }
    let right = try client(token)
    #expect(right.status == 0 && right.output.contains("token:desk"), "\(right.output)")
    let wrong = try client("desk.x")
    #expect(wrong.status == 77 && wrong.output.contains("auth-failed"), "\(wrong.output)")
    #expect(!wrong.output.contains("desk.x"))
    #expect(daemon.stop() == 0)
  }
}
