import Domain
import Foundation
import Store
import TestSupport
import Testing
import Wire

/// What is another's and what does not exist cannot be told apart, by no command and in no argument: the replies are the
/// same bytes but for what was asked for, and PostgreSQL is asked the same.
@Suite struct LookUpTests {
  /// Something that is another's, and nothing of the kind.
  private struct Pair {
    var other: String
    var nowhere: String
  }

  /// Parameters that name an object that somebody else may have.
  private static func pair(_ name: String, of spec: CommandSpec, _ role: Role) -> Pair? {
    let noun = spec.words.split(separator: " ")[0]
    let (own, opposite) = role == .investor ? ("I", "F") : ("F", "I")
    switch name {
    case "investor": return Pair(other: "I-other", nowhere: "I-nowhere")
    case "firm", "candidate": return Pair(other: "F-hidden", nowhere: "F-nowhere")
    case "party", "for": return Pair(other: "\(own)-other", nowhere: "\(own)-nowhere")
    // Of an absence it is a time.
    case "from" where spec.words != "ROADSHOW AVAILABLE":
      return Pair(other: "\(own)-other", nowhere: "\(own)-nowhere")
    case "to" where noun == "ROADSHOW":
      return Pair(other: "\(opposite)-hidden", nowhere: "\(opposite)-nowhere")
    case "code" where noun == "INVESTOR": return Pair(other: "I-other", nowhere: "I-nowhere")
    case "code": return Pair(other: "F-other", nowhere: "F-nowhere")
    case "roadshow": return Pair(other: "R-hidden", nowhere: "R-nowhere")
    case "id" where noun == "INTRO", "number" where noun == "MEETING": return Pair(other: "2", nowhere: "999")
    // Somebody's connection.
    case "connection": return Pair(other: "1", nowhere: "999999")
    // The token is one of another's, with a wrong secret.
    case "token": return Pair(other: "t-admin.\(wrong)", nowhere: "t-nobody.\(wrong)")
    default: return nil
    }
  }

  private static let wrong = String(repeating: "0", count: 64)

  /// Parameters that name nothing that is anybody's: numbers, words, texts, cursors, and the tree of sectors, which is
  /// everybody's.
  private static let harmless: Set<String> = [
    "after", "away", "command", "date", "format", "from", "house", "key", "kind", "lang", "limit",
    "min_score", "note",
    "parent", "reason", "run", "sector", "sectors", "show", "side", "since", "stage", "state", "text",
    "topic", "until",
    "version", "what", "wish", "word",
  ]

  private func prepare(_ daemon: DaemonProcess) throws -> [Role: String] {
    let tokens = try AccessTests().prepare(daemon)
    let root = try daemon.connect()
    // Neither is on a list, nor takes part in the roadshow.
    for line in [
      "FIRM ADD F-hidden name=Hidden sectors=ai stage=public retired=yes",
      "INVESTOR ADD I-hidden name=Hidden kind=vc retired=yes", "INSTITUTE ADD N-other name=Hidden",
      "ROADSHOW ADD R-hidden name=Hidden starts_on=2026-12-01 time_zone=Asia/Shanghai",
      "ROADSHOW ENROLL R-hidden F-other", "ROADSHOW ENROLL R-hidden I-other", "STATUS",
    ] { try check(root, line, "250 ok") }
    return tokens
  }

  /// All replies to a request of a role, on a connection of its own.
  private func ask(_ daemon: DaemonProcess, _ token: String, _ line: String) throws -> String {
    let client = try daemon.connectByTCP()
    try check(client, "AUTH TOKEN \(token)", "250 ok")
    // What WATCH tells ends with the next line.
    return try client.ask(line + (line.hasPrefix("WATCH") ? "\n" : "")).joined(separator: "\n")
  }

  /// Requests that differ in one argument: the other's object, and one that does not exist.
  private func requests(_ role: Role) -> [(
    spec: CommandSpec, name: String, other: String, nowhere: String, pair: Pair
  )] {
    var all: [(spec: CommandSpec, name: String, other: String, nowhere: String, pair: Pair)] = []
    for spec in CommandTable.all where spec.access.roles.contains(role) {
      let line = AccessTests().request(spec, "own", role)
      func add(_ name: String, _ pair: Pair) {
        all.append(
          (
            spec, name, BoundsTests.line(line, spec, name, pair.other),
            BoundsTests.line(line, spec, name, pair.nowhere), pair
          ))
      }
      for parameter in spec.parameters {
        if case .fields(let noun, let prefix) = parameter.kind {
          for field in noun.fields {
            let name = (prefix.map { "\($0)." } ?? "") + field.name
            if let pair = Self.pair(of: field, noun) { add(name, pair) }
          }
        } else if let pair = Self.pair(parameter.name, of: spec, role) {
          add(parameter.name, pair)
        } else if parameter.choices.isEmpty, !Self.harmless.contains(parameter.name) {
          Issue.record("say whether \(parameter.name) of \(spec.words) names what may be another's")
        }
      }
    }
    return all
  }

  private static func pair(of field: Field, _ noun: Noun) -> Pair? {
    let named: Noun? =
      switch field.type {
      case .reference(let named), .references(let named, _): named
      case .codes: .investor
      default: nil
      }
    switch named {
    case .firm: return Pair(other: "F-hidden", nowhere: "F-nowhere")
    case .investor: return Pair(other: "I-other", nowhere: "I-nowhere")
    case .institute: return Pair(other: "N-other", nowhere: "N-nowhere")
    case .sector, nil: return nil
    default:
      Issue.record("say who may know of a \(named!.name), which \(field.name) of \(noun.name) names")
      return nil
    }
  }

  @Test(arguments: [Role.investor, .firm])
  func anothersAndNobodysAreTheSame(_ role: Role) async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database, tcp: "127.0.0.1:0")
    let token = try #require(try prepare(daemon)[role])
    let log = try await ServerLogReader(database)
    var looked = 0
    for request in requests(role) {
      let (other, asked) = try log.statements { try ask(daemon, token, request.other) }
      let (nowhere, askedNowhere) = try log.statements { try ask(daemon, token, request.nowhere) }
      func plain(_ reply: String, _ value: String) -> String {
        // A change that both may make raises the version.
        reply.replacing(value.split(separator: ".")[0], with: "…").replacing(/version=\d+/, with: "")
      }
      let who = "\(role) \(request.other)"
      #expect(plain(other, request.pair.other) == plain(nowhere, request.pair.nowhere), "\(who)")
      #expect(asked == askedNowhere, "\(who)")
      if !asked.isEmpty { looked += 1 }
    }
    // Some of it is for the database to say.
    #expect(looked >= 10)
    #expect(daemon.stop() == 0)
  }

  /// An organizer is told which other firm has nearly the same name, a firm is not.
  @Test func aNameTellsAPartyOfNoOtherFirm() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let token = try #require(try prepare(daemon)[.firm])
    let root = try daemon.connect()
    try check(root, "FIRM ADD F-9 name=\"Quantum Dragon Sensors\" sectors=ai stage=seed", "250 ok")
    let set = "FIRM SET F-own name=\"Quantum Dragon Sensor\""
    let own = try ask(daemon, token, set)
    #expect(own.contains("250 ok code=F-own version=") && !own.contains(": "), "\(own)")
    try check(root, "FIRM SET F-own name=Other", "250 ok")
    #expect(try root.ask(set).last?.contains("is nearly the name of F-9") == true)
    #expect(daemon.stop() == 0)
  }
}

/// What a database is asked under the rights of a party, as the server's log tells.
private final class ServerLogReader {
  private let log: FileHandle
  private let mark: String

  /// Has the server log the statements of a database from its next connections on.
  init(_ database: ConnectionString) async throws {
    let name = try #require(database["dbname"])
    let admin = try await Connection.open(
      try await TestCluster.shared.cluster.adminConnectionString, deadline: .seconds(30))
    let folder = try await admin.transaction(deadline: .seconds(30)) { session in
      var folder = ""
      try session.copyOut(
        "COPY (SELECT setting FROM pg_settings WHERE name = 'data_directory') TO STDOUT", name: "test_folder"
      ) { folder = String(decoding: $0, as: UTF8.self).filter { $0 != "\n" } }
      return folder
    }
    try await admin.run(deadline: .seconds(30)) { session in
      try session.execute("ALTER DATABASE \(name) SET log_statement = 'all'", name: "test_log")
      // The daemon's connections are old ones.
      try session.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'", name: "test_end")
    }
    await admin.close()
    let file = URL(fileURLWithPath: folder).deletingLastPathComponent().appendingPathComponent("postgres.log")
    log = try FileHandle(forReadingFrom: file)
    mark = "@\(name) LOG:  "
  }

  /// The names of the statements of each transaction of a party while something is done.
  func statements<Result>(of body: () throws -> Result) throws -> (Result, [[String]]) {
    log.seekToEndOfFile()
    let result = try body()
    let text = String(decoding: log.readDataToEndOfFile(), as: UTF8.self)
    var open: [Substring: [String]] = [:]
    var transactions: [[String]] = []
    for line in text.split(separator: "\n") {
      guard let found = line.range(of: mark), let start = line.firstIndex(of: "["),
        let end = line.firstIndex(of: "]"), start < end
      else { continue }
      let process = line[line.index(after: start)..<end]
      let said = line[found.upperBound...]
      let name = String(
        said.prefix { $0 != ":" } == "statement" ? said.prefix(60) : said.prefix { $0 != ":" })
      if said.hasPrefix("statement: BEGIN") { open[process] = [] }
      open[process, default: []].append(name)
      guard said.hasPrefix("statement: COMMIT") || said.hasPrefix("statement: ROLLBACK") else { continue }
      let transaction = open.removeValue(forKey: process) ?? []
      if transaction.contains(where: { $0.contains("party_become") || $0.contains("bellwether_party") }) {
        transactions.append(transaction)
      }
    }
    return (result, transactions)
  }
}
