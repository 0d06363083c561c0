import Domain
import NIOCore
import Testing
import Wire

@testable import Terminal

@Suite struct LineFramerTests {
  /// However the octets are cut up, the lines are the same.
  @Test(arguments: 1...9) func partsLines(size: Int) throws {
    let text = Array("250-{}\r\n250-合\n\n250 ok\n25".utf8)
    var framer = LineFramer()
    var lines: [String] = []
    for start in stride(from: 0, to: text.count, by: size) {
      framer.append(ByteBuffer(bytes: text[start..<min(start + size, text.count)]))
      while let line = try framer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
    }
    #expect(lines == ["250-{}\r", "250-合", "", "250 ok"])
    #expect(framer.pendingCount == 2)
  }

  @Test func refusesAnEndlessLine() throws {
    var framer = LineFramer()
    let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 18)
    for _ in 0..<4 {
      framer.append(piece)
      #expect(try framer.next() == nil)
    }
    framer.append(piece)
    #expect(throws: Failure.self) { try framer.next() }
  }
}

@Suite struct LastLineTests {
  private func last(_ line: String) throws -> ReplyLine.Last {
    guard case .last(let last)? = ReplyLine(parsing: line) else { throw Failure.data(line) }
    return last
  }

  @Test(arguments: [
    (
      #"502 bad-argument arg=stage: unknown stage "serie_a"; one of seed"#,
      #"bad-argument stage: unknown stage "serie_a"; one of seed"#
    ),
    ("560 internal ref=ab12: something went wrong", "internal (ref=ab12): something went wrong"),
    (#"550 not-found firm=F-9: no firm "F-9" here"#, #"not-found: no firm "F-9" here"#),
    ("450 busy", "busy"),
  ]) func saysWhatIsWrong(line: String, complaint: String) throws {
    #expect(try last(line).complaint == complaint)
  }

  /// What a client sent stays in its place of the line, whatever it is.
  @Test(arguments: [
    ("F-1:", "F-1:", #"550 not-found firm="F-1:": none"#),
    ("a\u{9B}2J\r", "a 2J ", #"550 not-found firm="a 2J ": none"#),
    ("a\n250 ok", "a\n250 ok", #"550 not-found firm="a\n250 ok": none"#),
    ("\u{FEFF}", "\u{FEFF}", "550 not-found firm=\"\u{FEFF}\": none"),
  ]) func repeatsHostileValues(value: String, read: String, line: String) throws {
    let text = LastLine(.notFound, [Attribute("firm", value)], sentence: "none").text
    #expect(text.utf8.elementsEqual(line.utf8))
    #expect(try last(text)["firm"]?.utf8.elementsEqual(read.utf8) == true)
    #expect(try last(text).sentence == "none")
  }

  @Test func aSentenceStaysOnItsLine() {
    #expect(LastLine(.ok, sentence: "a\r\nb\u{1B}\u{85}c").text == "250 ok: a  b  c")
  }

  @Test func aReplyWithoutRowsIsARow() throws {
    let members = try last("250 ok code=007 version=3: near").members
    #expect(JSON.object(members).line == #"{"reply":"ok","code":"007","version":3,"sentence":"near"}"#)
    let line = "250 ok rows=2 next=\"a b\" run=17.0: said"
    #expect(try last(line).text == line)
  }

  @Test(arguments: [
    ("250 ok rows=20 run=17.0 next=abc", "20 rows · run 17.0 · more: --all, or --after abc"),
    ("250 ok rows=1", "1 row"), ("250 ok", "ok"),
    ("250 ok rows=7 score=950800 policy=1", "7 rows · score 95.1 · policy 1"),
    ("251 unchanged version=3: done before", "unchanged · version 3 · done before"),
  ]) func saysWhatIsGood(line: String, footer: String) throws { #expect(try last(line).footer == footer) }
}

@Suite struct WatchLineTests {
  @Test func anEventReadsWell() throws {
    let json = try JSONParser.parse(
      #"{"seq":9,"at":"2026-11-25T21:50:03Z","introduction":17,"action":"decline","state":"declined","side":"firm","investor":null,"firm":"F-2","by":"token:x","reason":"terms","note":"no","until":null}"#
    )
    #expect(
      Watch.line(json)
        == #"2026-11-25 21:50:03  #17  ? · F-2  decline by the firm, declined  terms  token:x  "no""#)
  }
}

@Suite struct CompletionTests {
  private func prompt(_ words: [String], _ partial: String) -> [String] {
    Completion.candidates(after: words, partial: partial, style: .prompt)
  }

  private func shell(_ words: [String], _ partial: String) -> [String] {
    Completion.candidates(after: words, partial: partial, style: .shell)
  }

  @Test func completesCommands() {
    #expect(prompt([], "dea") == ["deals"])
    #expect(prompt([], "DEA") == ["deals"])
    #expect(prompt(["run"], "") == ["list", "get", "cancel", "export"])
    #expect(prompt(["POLICY"], "a") == ["activate"])
    #expect(shell([], "nig") == ["nightly"])
    #expect(shell(["--connect", "x", "project"], "sp") == ["spinout"])
    #expect(shell(["help", "run"], "l") == ["list"])
  }

  @Test func completesKeysAndTheirValues() {
    #expect(prompt(["deals", "I-1"], "st") == ["stage="])
    #expect(
      prompt(["deals", "I-1"], "stage=series") == [
        "stage=series_a", "stage=series_b", "stage=series_c", "stage=series_d",
      ])
    #expect(prompt(["deals", "stage=seed"], "st") == [])
    #expect(prompt(["firm", "add", "F-1"], "seeking_lead=") == ["seeking_lead=yes", "seeking_lead=no"])
    #expect(shell(["deals", "I-1"], "--min") == ["--min-score"])
    #expect(shell(["deals", "--kind"], "") == ["firm", "project"])
    #expect(shell(["firm", "set", "F-1", "--risk"], "R") == ["R1", "R2", "R3", "R4", "R5"])
    #expect(shell(["whatif", "I", "F"], "--investor.risk-v") == ["--investor.risk-veto"])
  }

  @Test func completesWhatItsOwnOptionsTake() {
    #expect(shell(["--format"], "") == ["json", "tsv", "table"])
    #expect(shell(["deals", "I-1", "--color"], "n") == ["never"])
    #expect(shell(["--connect"], "") == Completion.files)
    #expect(shell(["firm", "list"], "--al") == ["--all"])
    #expect(shell(["firm", "get"], "--al") == [])
  }

  @Test func completesFilesAndNouns() {
    #expect(shell(["import"], "inst") == ["institute"])
    #expect(shell(["import", "firm"], "fir") == Completion.files)
    #expect(shell(["import", "firm", "a.csv"], "--dry") == ["--dry-run"])
    #expect(shell(["watch", "--state"], "d") == Completion.files)
    #expect(shell(["watch"], "--e") == ["--exec"])
    #expect(prompt(["watch"], "s") == ["since="])
    #expect(prompt(["format"], "") == ["json", "tsv", "table"])
  }

  /// Where the partial word may be the code of an object, and of which noun.
  @Test(
    arguments: [
      (["deals"], "I-", "investor", "I-", ""), (["firm", "get"], "科", "firm", "科", ""),
      (["explain", "I-1"], "", "candidate", "", ""), (["roadshow", "enroll", "R-1"], "F", "party", "F", ""),
      (["firm", "merge", "F-1"], "F", "firm", "F", ""),
      (["deals", "I-1"], "sector=qu", "sector", "qu", "sector="),
      (["deals", "I-1", "--sector"], "qu", "sector", "qu", ""),
      (["intro", "list"], "--firm=F", "firm", "F", "--firm="),
      (["firm", "set", "F-1"], "institute=I", "institute", "I", "institute="),
      (["intro", "list", "--state", "all", "--investor"], "I", "investor", "I", ""),
    ] as [([String], String, String, String, String)])
  func knowsWhereCodesStand(words: [String], partial: String, noun: String, typed: String, before: String) {
    let found = Completion.object(after: words, partial: partial, style: before == "" ? .shell : .prompt)
    #expect(found?.noun == noun)
    #expect(found?.typed == typed)
    #expect(found?.before == before)
  }

  @Test(arguments: [
    ["firm", "add"], ["project", "spinout", "P-1"], ["ping"], ["deals", "I-1"], ["nonsense"],
  ])
  func knowsWhereNoneStand(words: [String]) {
    #expect(Completion.object(after: words, partial: "x", style: .shell) == nil)
  }

  @Test func knowsNothingOfWhatIsNotThere() {
    #expect(prompt(["frobnicate"], "") == [])
    #expect(prompt(["deals", "I-1"], "nothing=") == [])
  }
}

@Suite struct HelpTextTests {
  @Test func explainsEveryCommand() throws {
    for spec in CommandTable.all {
      let text = try #require(HelpText.of(spec.words.lowercased().split(separator: " ").map(String.init)))
      if !["IMPORT", "EXPORT", "WATCH"].contains(spec.words) { #expect(text.contains(spec.help)) }
    }
    #expect(HelpText.of(["frobnicate"]) == nil)
    #expect(HelpText.of(["run"])?.contains("run cancel <run>") == true)
  }

  @Test func keepsWithinTheWidthOfATerminal() {
    for line in HelpText.top.split(separator: "\n") { #expect(line.count <= 106, "\(line)") }
  }
}
