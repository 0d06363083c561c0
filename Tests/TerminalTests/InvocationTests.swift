import Domain
import Testing
import Wire

@testable import Terminal

@Suite struct InvocationTests {
  private func line(_ words: String...) throws -> String { try RequestLine(words: words).text }

  @Test func turnsWordsAndFlagsIntoARequest() throws {
    #expect(try line("deals", "I-007", "--limit", "5") == "deals I-007 limit=5")
    #expect(try line("deals", "--min-score=500000", "I-007") == "deals I-007 min_score=500000")
    #expect(try line("deals", "--min-score=85", "I-007") == "deals I-007 min_score=850000")
    #expect(
      try line("firm", "set", "F-1", "name=Foo Bar", "--name-zh", "合肥 量子")
        == #"firm set F-1 name="Foo Bar" name_zh="合肥 量子""#)
    #expect(try line("whatif", "I", "F", "--investor.ticket", "-10M") == "whatif I F investor.ticket=-10M")
  }

  @Test(
    arguments: [
      ("85", 850_000), ("87.5", 875_000), ("0", 0), ("100", 1_000_000), ("100.0", 1_000_000), ("0.1", 1_000),
      ("99.9999", 999_999), ("850000", 850_000), ("10000", 10_000), ("1000000", 1_000_000),
      ("850", nil), ("101", nil), ("9999", nil), ("1000001", nil), ("-1", nil), ("85.", nil), (".5", nil),
      ("85.12345", nil), ("8e1", nil), ("", nil), ("85%", nil), ("1.2.3", nil), ("100.1", nil), ("+85", nil),
    ] as [(String, Int?)]) func readsScoresAsPeopleDo(text: String, millionths: Int?)
  {
    #expect(ScoreText.millionths(text) == millionths)
  }

  @Test func saysWhatAScoreIs() {
    #expect {
      try line("backers", "F-1", "--min-score", "850")
    } throws: {
      ($0 as? Failure)?.message.hasPrefix("min_score \"850\" is no score; scores go from 0 to 100") == true
    }
  }

  @Test func saysWhichFlagWasMeant() {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return (error as? Failure)?.message ?? "" }
      return ""
    }
    #expect(
      message { _ = try line("deals", "I-1", "--al") } == "--al is unknown to deals; did you mean --all?")
    #expect(message { _ = try Invocation(["--fromat", "json"]) }.contains("did you mean --format?"))
    #expect(message { _ = try Invocation(["--format", "jsn"]) }.contains("did you mean json?"))
    #expect(message { _ = try ImportOptions(["frim", "x.csv"]) }.contains("did you mean firm?"))
    #expect(
      message { _ = try ImportOptions(["firm", "x.csv", "--dry-rum"]) }.contains("did you mean dry-run?"))
  }

  @Test func clearsAField() throws {
    #expect(try line("firm", "set", "F-1", "--city=", "region=") == "firm set F-1 city= region=")
  }

  @Test func flagsOfYesAndNoMayStandAlone() throws {
    #expect(try line("rescore", "--wait") == "rescore wait=yes")
    #expect(try line("rescore", "--wait", "--scope", "all") == "rescore wait=yes scope=all")
    #expect(try line("rescore", "--wait", "no") == "rescore wait=no")
    #expect(
      try line("firm", "set", "F-1", "--seeking-lead", "--city", "X")
        == "firm set F-1 seeking_lead=yes city=X")
    #expect(try line("firm", "list", "--retired", "--limit", "3") == "firm list retired=yes limit=3")
  }

  @Test func refusesFlagsWithoutAValue() {
    #expect {
      try line("deals", "--limit")
    } throws: {
      ($0 as? Failure)?.message.hasPrefix("--limit needs a value") == true
    }
    #expect(throws: Failure.self) { try line("deals", "--limit", "--after", "x") }
    #expect(throws: Failure.self) { try line("deals", "limit=1", "--limit", "2") }
    #expect(throws: Failure.self) { try line("deals", "--9x", "2") }
  }

  /// Whatever a value holds, the daemon reads back what was typed, as one line.
  @Test(arguments: ["a b", "\"", "\\", "a=b", "", "x\ny", "tab\there", "合肥", "--x", "\\n", " "])
  func quotesValues(value: String) throws {
    let text = try line("firm", "set", "F-1", "--name=\(value)", "a/b=\(value)")
    #expect(!text.contains("\n"))
    let parsed = try RequestLine(parsing: Array(text.utf8))
    #expect(parsed.named == [Attribute("name", value)])
    #expect(parsed.positional == ["firm", "set", "F-1", "a/b=\(value)"])
  }

  @Test func unknownCommandsAreTheDaemonsToRefuse() throws {
    #expect(try line("frobnicate", "--a-b", "c") == "frobnicate a_b=c")
  }

  /// A command that writes in formats of its own takes the option that comes after its words.
  @Test func aCommandMayHaveAFormatOfItsOwn() throws {
    let found = try Invocation([
      "--format", "json", "roadshow", "sheets", "R-1", "--format", "ics", "--for=F-1",
    ])
    #expect(found.format == .json)
    #expect(try RequestLine(words: found.words).text == "roadshow sheets R-1 format=ics for=F-1")
    #expect(throws: Failure.self) { try Invocation(["roadshow", "show", "R-1", "--format", "ics"]) }
  }

  @Test func partsItsOwnOptionsFromTheCommand() throws {
    let found = try Invocation(["--connect", "/x/y", "firm", "set", "F-1", "--format=json", "--version", "3"])
    #expect(found.connect == "/x/y")
    #expect(found.format == .json)
    #expect(!found.asksForVersion)
    #expect(found.words == ["firm", "set", "F-1", "--version", "3"])
    let secure = try Invocation(["--key", "/k", "--certificate=/c", "ping", "--ca", "/a", "--key", "k1"])
    #expect(secure.key == "/k" && secure.certificate == "/c" && secure.authorities == "/a")
    #expect(secure.words == ["ping", "--key", "k1"])
    #expect(try Invocation(["--version"]).asksForVersion)
    #expect(try Invocation(["deals", "--help"]).asksForHelp)
    #expect(
      try Invocation(["completion", "words", "--", "--help"]).words == ["completion", "words", "--help"])
  }

  @Test(arguments: [["--connect"], ["--format", "xml"], ["--color=pink"], ["--verbose"], ["-x"]])
  func refusesWrongOptions(arguments: [String]) {
    #expect {
      try Invocation(arguments)
    } throws: {
      ($0 as? Failure)?.status == 64
    }
  }
}

@Suite struct EndpointTests {
  @Test(arguments: [
    ("/run/x.sock", "/run/x.sock"), ("./x", "./x"), ("host:1", "host:1"), ("host", "host:7411"),
    ("[::1]:5", "[::1]:5"),
    ("[::1]", "[::1]:7411"), ("10.0.0.1:7412", "10.0.0.1:7412"),
    ("tls://host", "tls://host:7412"), ("tls://[::1]:5", "tls://[::1]:5"), ("tls:/x", "tls:/x"),
  ]) func reads(text: String, place: String) throws { #expect(try Endpoint(text).description == place) }

  @Test(arguments: [
    "", ":1", "host:", "host:0", "host:65536", "host:x", "::1", "[::1]x", "tls://", "tls://a/b", "tls://:1",
  ])
  func refuses(text: String) { #expect(throws: Failure.self) { try Endpoint(text) } }

  @Test func prefersTheOptionToTheEnvironment() throws {
    let environment = ["BELLWETHER_CONNECT": "b:2"]
    #expect(try Endpoint.chosen(option: "a:1", environment: environment) == .tcp(host: "a", port: 1))
    #expect(try Endpoint.chosen(option: nil, environment: environment) == .tcp(host: "b", port: 2))
  }
}

@Suite struct LocalTests {
  @Test func readsImports() throws {
    let options = try ImportOptions([
      "firm", "a.csv", "--partial", "--dry_run", "--map", "备注=summary, Tel = x=code", "--skip=a,b c",
      "--delimiter", "tab",
      "--key=k1",
    ])
    #expect(options.noun == .firm)
    #expect(options.path == "a.csv")
    #expect(options.delimiter == 9)
    #expect(options.map.map(\.header) == ["备注", "Tel = x"])
    #expect(options.map.map(\.field) == ["summary", "code"])
    #expect(options.skip == ["a", "b c"])
    #expect(options.request(.firm).text == "IMPORT firm partial=yes dry_run=yes key=k1")
  }

  @Test(arguments: [
    [], ["firm"], ["firms", "a"], ["firm", "a", "b"], ["firm", "a", "--nope"], ["firm", "a", "--map", "x"],
    ["firm", "a", "--delimiter", "x"], ["firm", "a", "--partial=maybe"], ["firm", "a", "--key"],
  ]) func refusesWrongImports(arguments: [String]) {
    #expect {
      try ImportOptions(arguments)
    } throws: {
      ($0 as? Failure)?.status == 64
    }
  }

  @Test func choosesTheFormOfAnExport() throws {
    #expect(try ExportOptions(["firm", "a.csv"]).form == .csv)
    #expect(try ExportOptions(["firm", "a.JSONL"]).form == .jsonl)
    #expect(try ExportOptions(["all", "a"]).form == .jsonl)
    #expect(try ExportOptions(["firm", "-", "--as", "jsonl"]).form == .jsonl)
    #expect(throws: Failure.self) { try ExportOptions(["all", "a", "--as", "csv"]) }
    #expect(throws: Failure.self) { try ExportOptions(["firm", "a", "--as", "xls"]) }
  }

  @Test func leavesRowsOnTheWireToTheDaemon() throws {
    #expect(try Local(["export", "firm"]) == nil)
    #expect(try Local(["IMPORT", "firm", "partial=yes"], typed: true) == nil)
    #expect(try Local(["import", "firm", "a.csv", "partial=yes"], typed: true) != nil)
    #expect(throws: Failure.self) { try Local(["import", "firm"]) }
    #expect(try Local(["deals"]) == nil)
  }

  @Test(arguments: [("90s", 90), ("10m", 600), ("2h", 7_200), ("5", 5), ("0", 0)])
  func readsPatience(text: String, seconds: Int) {
    #expect(NightlyOptions.duration(text) == .seconds(seconds))
  }

  @Test(arguments: ["", "m", "-1s", "1.5h", "10 m", "9999999999999999999s"])
  func refusesPatience(text: String) { #expect(NightlyOptions.duration(text) == nil) }
}

extension Optional where Wrapped == Local {
  static func == (left: Self, right: _OptionalNilComparisonType) -> Bool {
    if case .none = left { true } else { false }
  }
}
