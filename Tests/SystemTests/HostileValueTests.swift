import Domain
import Foundation
import Store
import TestSupport
import Testing
import Wire

/// Values made to break out of SQL, of COPY, of arrays, of replies and of the log, sent wherever a client can put a
/// value. Each is read back octet for octet or refused in so many words, and everything is still there afterwards.
/// BELLWETHER_SEED says which values.
@Suite struct HostileValueTests {
  private static let fragments = [
    "'", "''", "\"", "\\", "\\\\", "\\'", "\\N", "\\.", "\\x00", "$1", "$$", "$tag$", "%s", "%00", "--", "/*",
    "*/", ";",
    "; DROP TABLE firm; --", "' OR '1'='1", "'); DELETE FROM audit; --", "{", "}", "{\"a\",b}", "[", ")",
    "NULL", ",",
    "=", ": ", "|", "\n", "\r", "\t", "\0", "\u{1}", "\u{8}", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{9B}",
    "\u{301}",
    "'\u{301}", "\"\u{308}", "\\\u{301}", " \u{301}", "\u{202E}", "\u{200F}", "\u{200B}", "\u{2028}",
    "\u{FEFF}",
    "\u{FFFD}", "\u{FFFF}", "\u{10FFFF}", "合肥", "𠮷", "🚀", "👩‍🔬", "é", "e\u{301}", "ﬀ", "İ", "250 ok\n",
    "<script>", "a b", " ", "x",
  ]

  private struct Values {
    var state: UInt64
    /// SplitMix64 (Steele, Lea, Flood 2014), so that a seed says all.
    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) % UInt64(bound))
    }

    /// One to five fragments between letters, since blanks at the ends of a value are left out on purpose.
    mutating func next() -> String {
      "a"
        + (0...below(5)).map { _ in HostileValueTests.fragments[below(HostileValueTests.fragments.count)] }
        .joined()
        + "z"
    }
  }

  private let seed =
    ProcessInfo.processInfo.environment["BELLWETHER_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 1...1_000_000)

  /// The values: every fragment alone, then mixtures.
  private var values: [String] {
    var random = Values(state: seed)
    return Self.fragments.map { "a\($0)z" } + (0..<150).map { _ in random.next() }
  }

  private func daemon() async throws -> (DaemonProcess, ConnectionString) {
    let database = try await TestCluster.shared.makeDatabase()
    return (try await DaemonProcess(database: database, arguments: ["--log-level", "trace"]), database)
  }

  private static func row(_ reply: [String]) throws -> JSON {
    try JSONParser.parse(String(try #require(reply.first).dropFirst(4)))
  }

  /// Whether the daemon took it; anything but a clear refusal is a fault.
  private func isTaken(_ reply: [String], _ context: String) -> Bool {
    let last = reply.last ?? "nothing"
    let code = last.prefix(3)
    #expect(
      ["250", "500", "501", "502", "503", "505", "550", "554"].contains(code),
      "seed \(seed): \(context): \(last)")
    return code == "250"
  }

  private static let fields = ["name", "name_zh", "region", "city", "summary"]

  /// That an object holds exactly this value in each field.
  private func expect(_ value: String, in code: String, _ client: LineClient) throws {
    let object = try Self.row(try client.ask("FIRM GET \(code)"))
    for field in Self.fields {
      let read = object[field]?.text ?? "nothing"
      #expect(
        read.utf8.elementsEqual(value.utf8),
        "seed \(seed): \(field) \(value.debugDescription) is read back as \(read.debugDescription)")
    }
  }

  @Test func valuesOfRequestsComeBackUnchanged() async throws {
    let (daemon, database) = try await daemon()
    let client = try daemon.connect()
    let said = ["sectors", "stage"].enumerated().map { Attribute($1, ["ai", "seed"][$0]) }
    var taken = 0
    for (index, value) in values.enumerated() {
      let code = "F-\(index)"
      let context = value.debugDescription
      let given = Self.fields.map { Attribute($0, value) }
      let add = RequestLine(positional: ["FIRM", "ADD", code], named: said + given).text
      // A line end or a NUL inside the line is the grammar's to refuse; what follows it is a request of its own.
      guard !value.unicodeScalars.contains(where: { $0 == "\r" || $0.value == 0 }) else {
        #expect(try client.ask(add).last?.hasPrefix("500 syntax") == true, "seed \(seed): \(context)")
        continue
      }
      if isTaken(try client.ask(add), context) {
        taken += 1
        try expect(value, in: code, client)
        let found = try client.ask(RequestLine(positional: ["FIRM", "LIST"], named: given).text)
        #expect(
          found.contains { $0.contains("\"code\":\"\(code)\"") }, "seed \(seed): \(context) is not found")
        let set = RequestLine(
          positional: ["FIRM", "SET", code], named: [Attribute("summary", "\(value)'\(value)")])
        #expect(try client.ask(set.text).last?.hasPrefix("250 ok") == true, "seed \(seed): \(context)")
      }
      for request in Self.requests(value) { _ = isTaken(try client.ask(request), request.debugDescription) }
    }
    #expect(taken > 100, "seed \(seed): only \(taken) values were taken")
    let rows = try client.ask("FIRM LIST limit=1000").count - 1
    #expect(rows == taken, "seed \(seed): \(rows) firms of \(taken)")
    try await expectIntact(daemon, database)
  }

  /// The value where no value of this kind belongs.
  private static func requests(_ value: String) -> [String] {
    func line(_ words: [String], _ named: [String] = []) -> String {
      RequestLine(positional: words, named: named.map { Attribute($0, value) }).text
    }
    return [
      line(["FIRM", "GET", value]), line(["FIRM", "RETIRE", value]), line(["FIRM", "LIST"], ["after"]),
      line(["FIRM", "LIST"], ["limit"]), line(["FIRM", "LIST"], ["sectors"]),
      line(["FIRM", "SET", "F-0"], ["ask"]),
      line(["INVESTOR", "ADD", "I-\(value)"], ["name", "kind"]), line(["INVESTOR", "LIST"], ["regions"]),
      line(["INVESTOR", "LIST"], ["excluded_firms"]), line(["PERSON", "LIST"], ["email"]),
      line(["PERSON", "LIST"], ["time_zone"]), line(["FIRM", "RETIRE", "F-none"], ["key"]),
      line(["DEALS"], ["sector"]), line(["DEALS", value], ["after"]), line(["DEALS"], ["run"]),
      line(["EXPLAIN", value, value]), line(["RATE", "SET", value, value, value], ["date"]),
      line(["POLICY", "SET"], ["depth"]), line(["SECTOR", "LIST", value]), line([value]),
    ]
  }

  @Test func valuesOfUploadsComeBackUnchanged() async throws {
    let (daemon, database) = try await daemon()
    let client = try daemon.connect()
    let values = values
    let rows = values.enumerated().map { index, value in
      JSON.object(
        [.init("code", .string("F-\(index)")), .init("sectors", "ai"), .init("stage", "seed")]
          + Self.fields.map { .init($0, .string(value)) }
      ).line
    }
    let reply = try client.upload("IMPORT firm partial=yes", rows)
    #expect(reply.last?.hasPrefix("250 ok") == true, "seed \(seed): \(reply.last ?? "")")
    var taken = 0
    for (index, value) in values.enumerated() {
      guard isTaken(try client.ask("FIRM GET F-\(index)"), value.debugDescription) else { continue }
      taken += 1
      try expect(value, in: "F-\(index)", client)
    }
    #expect(taken > 100, "seed \(seed): only \(taken) values were taken")
    #expect(try client.ask("FIRM LIST limit=1000").count - 1 == taken, "seed \(seed)")
    // What was taken in goes out again as it is, and is taken in as what is there already.
    let exported = try client.ask("EXPORT firm").dropLast().map { String($0.dropFirst(4)) }
    #expect(exported.count == taken)
    let again = try client.upload("IMPORT firm", exported)
    #expect(again.last?.contains("unchanged=\(taken)") == true, "seed \(seed): \(again.last ?? "")")
    try await expectIntact(daemon, database)
  }

  /// All tables are there, the log has lines only that the daemon wrote, and no token is in it.
  private func expectIntact(_ daemon: DaemonProcess, _ database: ConnectionString) async throws {
    let client = try daemon.connect()
    let token = "t1.Xq7Kp0Zw"
    for request in ["AUTH TOKEN \(token)", "AUTH \(token)", "auth  token \"\(token)\" x=\(token)"] {
      #expect(try client.ask(request).last?.contains("Xq7Kp0Zw") == false)
    }
    #expect(daemon.stop() == 0)
    let connection = try await Connection.open(database, deadline: .seconds(20))
    for table in Noun.tables.map(\.name) + [
      "audit", "policy", "run", "ranking", "publication", "idempotency_key",
    ] {
      try await connection.run(deadline: .seconds(20)) {
        try $0.execute("SELECT FROM \(table)", name: "test")
      }
    }
    await connection.close()
    let log = try String(contentsOfFile: daemon.log, encoding: .utf8)
    #expect(!log.contains("Xq7Kp0Zw"), "a token is in the log")
    for line in log.split(separator: "\n") {
      #expect(line.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \w+ /#) != nil, "a forged line: \(line)")
      #expect(!line.contains("nobody foresaw"), "seed \(seed): \(line)")
    }
  }
}
