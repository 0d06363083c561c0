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
    #expect(mail.headers["Bellwether-Digest"] == "waiting=2 new=1 moved=2 left=1")
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
    #expect(job.last?.hasSuffix(" since=1.0 run=2.0 type=message/rfc822") == true)
    #expect(daemon.stop() == 0)
  }

  @Test func whoeverHasSomethingToBeToldGetsMailOnce() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-dig")
    defer { folder.remove() }
    let file = folder.path + "/settings.yaml"
    try "mail_from: desk@example.org\n".write(toFile: file, atomically: true, encoding: .utf8)
    let daemon = try await Self.daemon(arguments: ["--config", file])
    try "#!/bin/sh\n[ \"$*\" = \"-t -i\" ] && cat >>\"$FOLDER/outbox\"\n"
      .write(toFile: daemon.folder.path + "/sendmail", atomically: true, encoding: .utf8)
    let send =
      "SENDMAIL=$FOLDER/sendmail; export SENDMAIL; chmod +x $SENDMAIL; >$FOLDER/outbox; $EXAMPLES/mail-digests $FOLDER/mailed"
    try "1.0\n".write(toFile: daemon.folder.path + "/mailed", atomically: true, encoding: .utf8)
    // The first time all since the state of the file; I-2 has nothing to be told.
    #expect(try Self.shell(send, on: daemon).status == 0)
    let first = try Self.read("cat $FOLDER/outbox", on: daemon)
    #expect(first.headers["Bellwether-Digest"] == "waiting=2 new=1 moved=2 left=1" && first.to.count == 2)
    #expect(first.headers["From"] == "Bellwether <desk@example.org>")
    #expect(try Self.shell("cat $FOLDER/mailed", on: daemon).output == "2.0\n")
    // From then on what is new since; another sender takes effect on SIGHUP.
    try "mail_from: other@example.org\n".write(toFile: file, atomically: true, encoding: .utf8)
    daemon.signal(SIGHUP)
    try await daemon.waitForLog("notice reloaded changed=mail_from")
    #expect(try Self.shell(send, on: daemon).status == 0)
    let second = try Self.read("cat $FOLDER/outbox", on: daemon)
    #expect(second.headers["Bellwether-Digest"] == "waiting=2 new=0 moved=0 left=0")
    #expect(second.headers["From"] == "Bellwether <other@example.org>")
    // A state that is not kept any more, and a mail server that fails.
    #expect(try Self.shell("echo 9.9 >$FOLDER/mailed; \(send)", on: daemon).status == 0)
    #expect(
      try Self.shell("cat $FOLDER/mailed; grep -c ^To: $FOLDER/outbox", on: daemon).output == "2.0\n1\n")
    let failing = send.replacingOccurrences(of: "SENDMAIL=$FOLDER/sendmail", with: "SENDMAIL=/bin/false")
      .replacingOccurrences(of: "chmod +x $SENDMAIL; ", with: "")
    #expect(try Self.shell("echo 1.0 >$FOLDER/mailed; \(failing)", on: daemon).status == 1)
    #expect(try Self.shell("cat $FOLDER/mailed", on: daemon).output == "1.0\n")
    #expect(daemon.stop() == 0)
  }
}
