import Foundation
import Store
import TestSupport
import Testing

/// Mail as another program reads it: Python's, which knows the same standards and nothing of this one.
@Suite(.timeLimit(.minutes(20))) struct DigestTests {
  /// What Python's parser makes of a message.
  private struct Mail: Decodable {
    var headers: [String: String]
    /// Address to name.
    var to: [String: String]
    var text: String
    var html: String
    /// What it found wrong.
    var defects: [String]
    var longest: Int
  }

  private static let parser = """
    import email, email.policy, json, sys
    octets = sys.stdin.buffer.read()
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    parts = list(mail.walk())
    assert [part.get_content_type() for part in parts] == ["multipart/alternative", "text/plain", "text/html"]
    defects = [d for part in parts for d in part.defects] + [d for v in mail.values() for d in v.defects]
    json.dump({
        "headers": {k: str(v) for k, v in mail.items()},
        "to": {a.addr_spec: a.display_name for a in mail["To"].addresses},
        "text": parts[1].get_content(), "html": parts[2].get_content(), "defects": [repr(d) for d in defects],
        "longest": max(map(len, octets.split(b"\\n")))}, sys.stdout)
    """

  private static func shell(_ script: String, on daemon: DaemonProcess) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.environment = [
      "PATH": DaemonProcess.programs + ":/usr/bin:/bin", "BELLWETHER_CONNECT": daemon.socket,
      "PARSER": parser,
      "FOLDER": daemon.folder.path, "EXAMPLES": repository + "/examples", "PYTHONUTF8": "1",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  private static func read(_ script: String, on daemon: DaemonProcess) throws -> Mail {
    let (status, output) = try shell("\(script) | /usr/bin/python3 -c \"$PARSER\"", on: daemon)
    #expect(status == 0)
    let mail = try JSONDecoder().decode(Mail.self, from: Data(output.utf8))
    #expect(mail.defects.isEmpty && mail.longest <= 78)
    return mail
  }

  private static let hostile = "<script>alert('科')</script> & \"x\" " + String(repeating: "长", count: 120)

  /// A daemon with two runs between which something became new, moved and left, and introductions that wait.
  private static func daemon(arguments: [String] = []) async throws -> DaemonProcess {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database, tcp: "127.0.0.1:0", arguments: arguments)
    let client = try daemon.connect()
    func firm(_ code: String, _ name: String, _ stage: String) -> String {
      let name = name.replacingOccurrences(of: "\"", with: "\\\"")
      return "FIRM ADD \(code) name=\"\(name)\" sectors=ai stage=\(stage) ask=\"8M CNY\" region=Anhui"
    }
    for line in [
      "INVESTOR ADD I-1 name=\"City Seed Fund\" name_zh=城市种子基金 kind=vc sectors=ai stages=seed",
      "INVESTOR ADD I-2 name=Quiet kind=vc sectors=ai stages=seed excluded_sectors=ai",
      firm("F-1", "First", "seed"), firm("F-2", "Second", "angel"), firm("F-3", "Third", "series_a"),
      "PERSON ADD P-1 name=李伟 of=I-1 email=li.wei@example.org",
      "PERSON ADD P-2 name=\"Ann \\\"O'Hara\\\" <x@evil.example>,\" of=I-1 email=ann+deals@example.org",
      "PERSON ADD P-3 name=Former of=I-1 email=former@example.org", "PERSON RETIRE P-3",
      "PERSON ADD P-4 name=Mute of=I-1", "PERSON ADD P-5 name=Other of=F-1 email=other@example.org",
      "PERSON ADD P-6 name=Quiet of=I-2 email=quiet@example.org",
      "RESCORE wait=yes", firm("F-4", hostile, "seed"), "FIRM SET F-1 stage=growth", "FIRM RETIRE F-2",
      "RESCORE wait=yes scope=all",
    ] { try check(client, line, "250 ok") }
    let connection = try await Connection.open(database, deadline: .seconds(20))
    try await connection.run(deadline: .seconds(20)) { session in
      try session.execute(
        """
        INSERT INTO introduction (investor, firm, state, investor_answer, firm_answer, investor_score, firm_score,
          firm_blurb, investor_blurb, expires_on, action, by) VALUES
          ('I-1', 'F-1', 'proposed', 'pending', 'pending', 873456, 1, 'A firm & <b>its</b> 量子 sensors', 'No', current_date + 5, 'emit', 'test'),
          ('I-1', 'F-3', 'asked', 'pending', 'yes', 1000000, 1, 'A last chance', 'No', current_date, 'emit', 'test'),
          ('I-1', 'F-2', 'asked', 'yes', 'pending', 1, 1, 'Answered', 'No', current_date + 5, 'emit', 'test'),
          ('I-1', 'F-4', 'proposed', 'pending', 'pending', 1, 1, 'Too late', 'No', current_date - 1, 'emit', 'test'),
          ('I-2', 'F-4', 'withdrawn', 'pending', 'pending', 1, 1, 'Withdrawn', 'No', current_date + 5, 'emit', 'test')
        """, name: "test_introductions")
    }
    await connection.close()
    return daemon
  }

  @Test func anotherProgramReadsIt() async throws {
    let daemon = try await Self.daemon()
    let mail = try Self.read("bellwether digest I-1 --since 1.0", on: daemon)
    #expect(
      mail.to == ["li.wei@example.org": "李伟", "ann+deals@example.org": "Ann \"O'Hara\" <x@evil.example>,"])
    #expect(mail.headers["Subject"] == "2 waiting, 1 new, 2 moved, 1 left: City Seed Fund")
    #expect(mail.headers["From"]?.hasPrefix("Bellwether <bellwether@") == true)
    #expect(mail.headers["Bellwether-Digest"] == "waiting=2 new=1 moved=2 left=1 mutual=0")
    #expect(mail.headers["Date"]?.hasSuffix(" +0000") == true)
    #expect(mail.text.hasPrefix("Good day, City Seed Fund 城市种子基金,\n\nWaiting for your answer: 2\n"))
    // The one with the least time first.
    let order = [
      "A last chance\n   score 100.0 · today is the last day\n   INTRO ACCEPT 2\n",
      "A firm & <b>its</b> 量子 sensors\n   score 87.3 · 5 days left\n   INTRO ACCEPT 1\n",
      "New on your list: 1\n", "(F-4)\n",
      "seed; Artificial intelligence; Anhui; asks 8M CNY\n", "Moved: 2\n", "First (F-1)\n", "down from #1",
      "its record has changed\n", "Left: 1\n", "(F-2)\n", "Run 2.0, compared with 1.0",
    ]
    var rest = mail.text[...]
    for words in order {
      let range = try #require(rest.range(of: words), "\(words) in:\n\(mail.text)")
      rest = rest[range.upperBound...]
    }
    for words in ["Answered", "Too late", "Withdrawn"] { #expect(!mail.text.contains(words)) }
    #expect(mail.html.contains("&lt;script&gt;alert(&#39;科&#39;)&lt;/script&gt; &amp; &quot;x&quot;"))
    #expect(
      mail.html.contains("A firm &amp; &lt;b&gt;its&lt;/b&gt; 量子 sensors") && !mail.html.contains("<script"))
    // Through a pipe nothing but the message, line by line as the daemon sends it.
    let (_, output) = try Self.shell("bellwether digest I-1 --since 1.0 2>&1", on: daemon)
    let rows = try daemon.connect().ask("DIGEST I-1 since=1.0").dropLast().map {
      $0.dropFirst("250-".count) + "\n"
    }
    func undated(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { !$0.hasPrefix("Date: ") }
    }
    #expect(undated(output) == undated(rows.joined()) && output.hasSuffix("\n--=_bellwether--\n"))
    #expect(daemon.stop() == 0)
  }

  @Test func aPartySeesItsOwnAndNobodysAddress() async throws {
    let daemon = try await Self.daemon()
    let root = try daemon.connect()
    func signedIn(_ role: String) throws -> LineClient {
      let token = try root.newToken("t-\(role.prefix(3)) role=\(role)")
      let client = try daemon.connectByTCP()
      try check(client, "AUTH TOKEN \(token)", "250 ok")
      return client
    }
    let reply = try signedIn("investor investor=I-1").ask("DIGEST since=1.0")
    #expect(reply.contains("250-To: undisclosed-recipients:;") && reply.contains("250-   INTRO ACCEPT 1"))
    #expect(reply.contains { $0.hasPrefix("250-Subject: 2 waiting, 1 new, 2 moved, 1 left: City Seed Fund") })
    #expect(reply.last?.hasSuffix("To names nobody; persons are not shown to a party") == true)
    let job = try signedIn("job").ask("DIGEST I-1 since=1.0")
    #expect(job.contains("250-To: =?UTF-8?Q?=E6=9D=8E=E4=BC=9F?= <li.wei@example.org>,"))
    #expect(job.last?.contains(" since=1.0 run=2.0 told=2.0-5-") == true)
    // A firm is told what waits for it, whatever else has its code.
    let firm = try signedIn("firm firm=F-3").ask("DIGEST")
    #expect(firm.contains { $0.hasPrefix("250-Subject: nothing new: Third") }, "F-3 has said yes already")
    #expect(try signedIn("firm firm=F-1").ask("DIGEST").contains("250-   INTRO ACCEPT 1"))
    try check(root, "INVESTOR ADD F-1 name=Homonym kind=vc", "250 ok")
    #expect(try root.ask("DIGEST F-1").contains { $0.hasPrefix("250-Subject: nothing new: Homonym") })
    #expect(try root.ask("DIGEST F-1 side=firm").contains { $0.hasPrefix("250-Subject: 1 waiting: First") })
    #expect(daemon.stop() == 0)
  }

  /// Sends all mails of `examples/mail-digests` into `outbox`; the state stands in `mailed`.
  private static let send =
    "SENDMAIL=$FOLDER/sendmail; export SENDMAIL; >$FOLDER/outbox; $EXAMPLES/mail-digests $FOLDER/mailed"

  /// - Parameter body: what stands in for sendmail does with the message.
  private static func writeSendmail(_ body: String, for daemon: DaemonProcess) throws {
    try "#!/bin/sh\n\(body)\n".write(
      toFile: daemon.folder.path + "/sendmail", atomically: true, encoding: .utf8)
    _ = try shell("chmod +x $FOLDER/sendmail", on: daemon)
  }

  /// Subjects of what was sent.
  private static func sent(on daemon: DaemonProcess) throws -> [String] {
    #expect(try shell(send, on: daemon).status == 0)
    return try shell("grep ^Subject: $FOLDER/outbox", on: daemon).output.split(separator: "\n").map {
      String($0.dropFirst("Subject: ".count))
    }
  }

  @Test func whoeverHasSomethingToBeToldGetsMailOnce() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-dig")
    defer { folder.remove() }
    let file = folder.path + "/settings.yaml"
    try "mail_from: desk@example.org\n".write(toFile: file, atomically: true, encoding: .utf8)
    let daemon = try await Self.daemon(arguments: ["--config", file])
    let client = try daemon.connect()
    try Self.writeSendmail("[ \"$*\" = \"-t -i\" ] && cat >>\"$FOLDER/outbox\"", for: daemon)
    // A file of earlier versions holds one state. I-2 has nothing to be told.
    try "1.0\n".write(toFile: daemon.folder.path + "/mailed", atomically: true, encoding: .utf8)
    #expect(try Self.shell(Self.send, on: daemon).status == 0)
    let first = try Self.read("sed -n '1,/^--=_bellwether--$/p' $FOLDER/outbox", on: daemon)
    #expect(first.headers["Bellwether-Digest"] == "waiting=2 new=1 moved=2 left=1 mutual=0")
    #expect(first.headers["From"] == "Bellwether <desk@example.org>" && first.to.count == 2)
    let told = try Self.shell("cat $FOLDER/mailed", on: daemon).output.split(separator: "\n")
    #expect(
      told.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "firm F-1", "investor I-1", "investor I-2",
      ])
    #expect(told[0].contains(" 0-5-") && told[1...].allSatisfy { $0.contains(" 2.0-5-") })
    // The same news is not told again, nor the reminder on the same day.
    #expect(try Self.sent(on: daemon) == [])
    // Another sender takes effect on SIGHUP; one more firm is all that is told.
    try "mail_from: other@example.org\n".write(toFile: file, atomically: true, encoding: .utf8)
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("notice reloaded changed=mail_from")
    try check(client, "FIRM ADD F-9 name=Ninth sectors=ai stage=seed", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    #expect(try Self.sent(on: daemon) == ["2 waiting, 1 new: City Seed Fund"])
    let second = try Self.read("cat $FOLDER/outbox", on: daemon)
    #expect(second.headers["From"] == "Bellwether <other@example.org>")
    // Whose mail is not taken is told the next time, and nobody else is told again.
    try check(client, "INVESTOR SET I-2 excluded_sectors=", "250 ok")
    try check(client, "FIRM ADD F-10 name=Tenth sectors=ai stage=seed", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    try Self.writeSendmail(
      "cat >\"$FOLDER/one\"; grep -q quiet@example.org \"$FOLDER/one\" && exit 75; cat \"$FOLDER/one\" >>\"$FOLDER/outbox\"",
      for: daemon)
    #expect(try Self.shell(Self.send, on: daemon).status == 75)
    #expect(
      try Self.shell("grep ^Subject: $FOLDER/outbox", on: daemon).output
        == "Subject: 2 waiting, 1 new: City Seed Fund\n")
    try Self.writeSendmail("cat >>\"$FOLDER/outbox\"", for: daemon)
    let late = try Self.sent(on: daemon)
    #expect(late.count == 1 && late[0].hasSuffix(" new: Quiet"), "\(late)")
    #expect(try Self.sent(on: daemon) == [])
    #expect(daemon.stop() == 0)
  }

  /// A kill between two mails: lines that were added stand behind the sorted ones, and the last of a party counts.
  @Test func aStateThatIsNotKeptAnyMoreMissesNothing() async throws {
    let daemon = try await Self.daemon()
    let client = try daemon.connect()
    for number in 0..<4 {
      try check(client, "FIRM ADD N-\(number) name=Firm\(number) sectors=ai stage=seed", "250 ok")
      try check(client, "RESCORE wait=yes", "250 ok")
    }
    // The states of the run before the one in force are all kept, those between of earlier runs are not.
    try check(client, "RESCORE wait=yes scope=all", "250 ok run=3.0")
    #expect(
      try client.ask("DIGEST I-1 since=2.2-99-20261201").last?.contains(" since=2.2 run=3.0 told=3.0-")
        == true)
    try check(client, "RESCORE wait=yes scope=all", "250 ok run=4.0")
    // What is forgotten is forgotten after the reply, and the next one waits for it.
    try check(client, "RESCORE wait=yes", "251 unchanged")
    #expect(
      try client.ask("DIGEST I-1 since=2.2-99-20261201").last?.contains(" since=2.0 run=4.0 ") == true)
    try check(client, "DIGEST I-1 since=2.2", "550 not-found run=2.2")
    try check(client, "DIGEST I-1 since=2.2-99", "502 bad-argument arg=since")
    #expect(daemon.stop() == 0)
  }

  @Test func theFirstNightIsTold() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    for line in [
      "FIRM ADD F-1 name=Eins sectors=ai stage=seed", "FIRM ADD F-2 name=Zwei sectors=ai stage=seed",
      "INVESTOR ADD I-1 name=Fund kind=vc stages=seed sectors=ai",
      "PERSON ADD P-1 name=Ann of=I-1 email=ann@example.org",
    ] { try check(client, line, "250 ok") }
    // Before the first run, introductions by hand are told.
    try check(client, "INTRO PROPOSE I-1 F-2", "250 ok")
    let early = try client.ask("DIGEST I-1")
    #expect(early.contains("250-Bellwether-Digest: waiting=1 new=0 moved=0 left=0 mutual=0"))
    let mark = try #require(early.first { $0.hasPrefix("250-Bellwether-Told: 0-1-") }).dropFirst(
      "250-Bellwether-Told: ".count)
    #expect(try Self.shell("bellwether nightly --emit", on: daemon).status == 0)
    let mail = try Self.read("bellwether digest I-1", on: daemon)
    #expect(mail.headers["Bellwether-Digest"] == "waiting=2 new=2 moved=0 left=0 mutual=0")
    #expect(mail.headers["Bellwether-News"] == "yes" && mail.text.contains("; on your first list\n"))
    #expect(mail.text.contains("Run 1.0, your first digest, "))
    #expect(
      try client.ask("DIGEST I-1 since=\(mark)").contains(
        "250-Bellwether-Digest: waiting=2 new=2 moved=0 left=0 mutual=0"))
    // Who goes on from there is told nothing twice.
    let told = try #require(mail.headers["Bellwether-Told"])
    let again = try client.ask("DIGEST I-1 since=\(told)")
    #expect(again.contains("250-Bellwether-Digest: waiting=2 new=0 moved=0 left=0 mutual=0"))
    #expect(again.contains("250-Bellwether-News: no"))
    #expect(daemon.stop() == 0)
  }

  @Test func reasonsAreTheRealOnesAndBothAreToldOfAYes() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    for line in (1...14).map({ "FIRM ADD F-\($0) name=Firm\($0) sectors=ai stage=seed" }) + [
      "INVESTOR ADD I-1 name=Fund kind=vc stages=seed sectors=ai",
      "INVESTOR ADD I-2 name=Other kind=vc stages=seed sectors=ai",
      "PERSON ADD P-1 name=Ann of=I-1 email=ann@example.org",
      "RESCORE wait=yes", "INTRO PROPOSE I-1 F-1", "INTRO PROPOSE I-1 F-2", "INTRO PROPOSE I-1 F-3",
      "INTRO DECLINE 1 side=investor reason=stage", "INTRO DECLINE 2 side=firm reason=terms",
    ] { try check(client, line, "250 ok") }
    try check(client, "RESCORE wait=yes", "25")
    let moves = try client.ask("MOVES I-1 limit=100").filter { $0.contains("\"move\":\"left\"") }
    #expect(moves.count == 2 && moves.allSatisfy { $0.hasSuffix(",\"why\":[\"declined\"]}") }, "\(moves)")
    let mail = try Self.read("bellwether digest I-1 --since 1.0", on: daemon)
    // Two places at the top of the list are free: who comes into the first ten is news, the others are a count.
    #expect(mail.headers["Bellwether-Digest"] == "waiting=1 new=0 moved=2 left=2 mutual=0")
    #expect(mail.text.contains("; you declined it\n"))
    #expect(mail.text.contains("; an introduction to it was declined\n"))
    #expect(!mail.text.contains("mandate"))
    #expect(mail.text.contains("10 on your list changed their ranks alone, as others moved."))
    // A change of the mandate is still told as one.
    try check(client, "INVESTOR SET I-1 stages=series_a", "250 ok")
    try check(client, "RESCORE wait=yes", "25")
    #expect(
      try Self.read("bellwether digest I-1 --since 1.0", on: daemon).text.contains("your mandate or holdings")
    )

    let told = try Self.read("bellwether digest I-1", on: daemon).headers["Bellwether-Told"] ?? ""
    let firmTold = try Self.read("bellwether digest F-3", on: daemon).headers["Bellwether-Told"] ?? ""
    #expect(firmTold.hasPrefix("0-"))
    try check(client, "INTRO ACCEPT 3 side=investor", "250 ok")
    try check(client, "INTRO ACCEPT 3 side=firm", "250 ok")
    let investor = try Self.read("bellwether digest I-1 --since \(told)", on: daemon)
    #expect(investor.headers["Bellwether-Digest"] == "waiting=0 new=0 moved=0 left=0 mutual=1")
    #expect(investor.headers["Bellwether-News"] == "yes")
    #expect(investor.text.contains("3  Firm3 (F-3)\n   contact: no person of F-3 is known; ask the desk\n"))
    let firm = try Self.read("bellwether digest F-3 --since \(firmTold)", on: daemon)
    #expect(firm.headers["Subject"] == "1 agreed: Firm3")
    #expect(firm.text.contains("3  Fund (I-1)\n   contact: Ann <ann@example.org>\n"))
    // Told once.
    let again = investor.headers["Bellwether-Told"] ?? ""
    #expect(
      try Self.read("bellwether digest I-1 --since \(again)", on: daemon).headers["Bellwether-News"] == "no")
    // Lists of introductions say it too.
    let token = try client.newToken("t-inv role=investor investor=I-1")
    let party = try daemon.connectByTCP()
    try check(party, "AUTH TOKEN \(token)", "250 ok")
    #expect(
      try party.ask("INTRO LIST state=mutual").first?.contains(
        "\"contact\":\"no person of F-3 is known; ask the desk\"") == true)
    #expect(
      try client.ask("INTRO GET 3").first?.contains(
        "\"firm_contact\":\"no person of F-3 is known; PERSON ADD adds one\"") == true)
    #expect(daemon.stop() == 0)
  }
}
