import Domain
import Foundation
import Store
import TestSupport
import Testing
import Wire

/// The table of docs/SECURITY.md, which says who may do what, against the command table and against a running daemon.
@Suite struct AccessTests {
  /// By the words of a command, what each role may: all, own or nothing.
  private static let table: [String: [Role: String]] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/SECURITY.md")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    var rows: [String: [Role: String]] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard cells.count == Role.allCases.count + 2 else { continue }
      let words = cells[0].trimmingCharacters(in: ["`"])
      rows[words] = Dictionary(uniqueKeysWithValues: zip(Role.allCases, cells[2...]))
      if cells[1] == "yes" { open.insert(words) }
    }
    return rows
  }()
  /// Commands that need no signing in.
  nonisolated(unsafe) private static var open: Set<String> = []

  @Test func theTableIsWhatCommandsDeclare() {
    #expect(Set(Self.table.keys) == Set(CommandTable.all.map(\.words)))
    for spec in CommandTable.all {
      let declared = Dictionary(
        uniqueKeysWithValues: Role.allCases.map { role -> (Role, String) in
          switch spec.access {
          case .everybody: (role, "all")
          case .only(let roles): (role, roles.contains(role) ? "all" : "–")
          case .party(let own, let roles):
            (role, roles.contains(role) ? "all" : own.isMeant(for: role) ? "own" : "–")
          case .introductions(let roles):
            (role, roles.contains(role) ? "all" : role.party != nil ? "own" : "–")
          }
        })
      #expect(Self.table[spec.words] == declared, "\(spec.words)")
    }
  }

  // MARK: Against a daemon

  private static let firmFields = "name=One sectors=ai stage=seed"

  /// Two investors and two firms, a published run, and a token for each role.
  func prepare(_ daemon: DaemonProcess) throws -> [Role: String] {
    let root = try daemon.connect()
    for line in [
      "FIRM ADD F-own \(Self.firmFields)", "FIRM ADD F-other \(Self.firmFields)",
      "INVESTOR ADD I-own name=One kind=vc sectors=ai", "INVESTOR ADD I-other name=Two kind=vc sectors=ai",
      "RESCORE wait=yes", "INTRO PROPOSE I-own F-own", "INTRO PROPOSE I-other F-other",
      "ROADSHOW ADD R-1 name=One starts_on=2031-12-01 time_zone=Asia/Shanghai",
      "ROADSHOW BLOCK R-1 1 starts=2031-12-01T09:00 ends=2031-12-01T10:00 slot_minutes=20",
      "ROADSHOW TABLE R-1 count=2",
    ]
      + ["own", "other"].flatMap({ which in
        ["F", "I"].map { "ROADSHOW ENROLL R-1 \($0)-\(which) max_meetings=1" } + [
          "ROADSHOW PIN R-1 F-\(which) I-\(which)", "ROADSHOW PLAN R-1",
        ]
      }) + ["ROADSHOW PUBLISH R-1"]
    {
      let last = try root.ask(line).last
      #expect(last?.hasPrefix("250 ok") == true, "\(line): \(last ?? "")")
    }
    var tokens: [Role: String] = [:]
    for role in Role.allCases {
      let own = role.party.map { " \($0.name)=\($0 == .firm ? "F" : "I")-own" } ?? ""
      let token = try root.newToken("t-\(role.rawValue) role=\(role.rawValue)\(own)")
      #expect(token.hasPrefix("t-\(role.rawValue)."))
      tokens[role] = token
    }
    return tokens
  }

  /// A request that has what its command must have, about an object of this suffix, of the side of the role.
  func request(_ spec: CommandSpec, _ which: String, _ role: Role?) -> String {
    var words = [spec.words]
    let noun = spec.words.split(separator: " ").first.map(String.init) ?? ""
    let (side, other) = role == .investor ? ("I", "F") : ("F", "I")
    for parameter in spec.parameters {
      switch (parameter.kind, parameter.name) {
      case (.positional, "roadshow"): words.append("R-1")
      case (.positional, "party"): words.append("\(side)-\(which)")
      case (.positional, "from") where noun == "ROADSHOW": words.append("\(side)-\(which)")
      case (.positional, "to") where noun == "ROADSHOW": words.append("\(other)-own")
      case (.positional, "investor"): words.append("I-\(which)")
      case (.positional, "code"): words.append((noun == "INVESTOR" ? "I-" : "F-") + which)
      case (.positional, "candidate"), (.positional, "firm"), (.positional, "from"), (.positional, "into"):
        words.append("F-\(which)")
      case (.positional, "id") where noun == "INTRO":
        words.append(which == "own" ? "1" : which == "other" ? "2" : "999")
      case (.positional, "number") where noun == "MEETING":
        words.append(which == "own" ? "1" : which == "other" ? "2" : "999")
      case (.positional(required: true), _): words.append(parameter.choices.first ?? "x")
      case (.named, "for"): words.append("for=\(side)-\(which)")
      case (.named(required: true), "role"): words.append("role=monitor")
      case (.named(required: true), let name):
        words.append("\(name)=\(parameter.choices.first ?? "2026-01-01")")
      default: break
      }
    }
    return words.joined(separator: " ")
  }

  private func ask(_ client: LineClient, _ spec: CommandSpec, _ which: String, _ role: Role?) throws -> String
  {
    // What WATCH tells ends with the next line.
    let line = request(spec, which, role) + (spec.words == "WATCH" ? "\n" : "")
    let reply = spec.takesUpload ? try client.upload(line, []) : try client.ask(line)
    return reply.last ?? ""
  }

  @Test func everyCommandIsForWhomTheTableSays() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let tokens = try prepare(daemon)
    // Those who may change nothing first; and before a firm says no to the investor, that looks at it.
    let roles: [Role?] = [nil, .monitor, .investor, .firm, .job, .admin, .organizer]
    for role in roles {
      for spec in CommandTable.all where spec.words != "TOKEN REVOKE" || role != .admin {
        func client() throws -> LineClient {
          let client = try daemon.connectByTCP()
          if let token = role.flatMap({ tokens[$0] }) {
            let last = try client.ask("AUTH TOKEN \(token)").last
            #expect(last?.hasPrefix("250 ok principal=token:t-") == true, "\(last ?? "")")
          }
          return client
        }
        let may =
          role.map { Self.table[spec.words]?[$0] ?? "" } ?? (Self.open.contains(spec.words) ? "all" : "")
        let (own, other) = (try ask(client(), spec, "own", role), try ask(client(), spec, "other", role))
        let who = "\(role.map(\.rawValue) ?? "nobody"), \(spec.words)"
        switch (role, may) {
        case (nil, ""):
          for last in [own, other] { #expect(last.hasPrefix("530 auth-required"), "\(who): \(last)") }
        case (_, "–"):
          for last in [own, other] { #expect(last.hasPrefix("531 not-permitted"), "\(who): \(last)") }
        case (_, "all"):
          for last in [own, other] {
            #expect(!last.hasPrefix("530 ") && !last.hasPrefix("531 "), "\(who): \(last)")
          }
        case (_, "own"):
          #expect(!own.hasPrefix("53") && !own.hasPrefix("550"), "\(who): \(own)")
          // A list of one's own names no object.
          guard spec.parameters.contains(where: { if case .positional = $0.kind { true } else { false } })
          else {
            continue
          }
          #expect(other.hasPrefix("550 not-found "), "\(who): \(other)")
          // What is another's and what does not exist cannot be told apart.
          let nowhere = try ask(client(), spec, "nowhere", role)
          #expect(
            nowhere.replacing("-nowhere", with: "-other").replacing("999", with: "2") == other, "\(who)")
        default: Issue.record("\(who): the table says \"\(may)\"")
        }
      }
    }
    #expect(daemon.stop() == 0)
  }

  @Test func ownListsAndNothingElse() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let tokens = try prepare(daemon)
    let root = try daemon.connect()
    let client = try daemon.connectByTCP()
    _ = try client.ask("AUTH TOKEN \(tokens[.investor]!)")
    #expect(try client.ask("WHOAMI").last?.contains("role=investor investor=I-own connection=") == true)
    #expect(try client.ask("DEALS") == root.ask("DEALS I-own"))
    #expect(try client.ask("DEALS I-own") == root.ask("DEALS I-own"))
    try check(client, "INVESTOR SET I-own parent=I-other", "531 not-permitted arg=parent")
    #expect(try client.ask("INVESTOR SET I-own city=合肥").last == "250 ok code=I-own version=2")
    // A firm that stands on no list of its own is not explained.
    try check(root, "FIRM ADD F-far name=Far sectors=ai stage=public", "250 ok")
    try check(root, "INVESTOR SET I-own excluded_firms=F-far", "250 ok")
    try check(root, "RESCORE wait=yes", "25")
    try check(client, "EXPLAIN I-own F-own", "250 ok")
    for code in ["F-far", "F-nowhere"] {
      #expect(
        try client.ask("EXPLAIN I-own \(code)").last
          == "550 not-found candidate=\(code): no candidate \"\(code)\" here")
    }
    // Older lists come from the database, where they are shown by row-level security.
    for line in ["DEALS I-own run=1", "MOVES I-own since=1"] {
      try check(client, line, "250 ok rows=")
      #expect(try client.ask(line) == root.ask(line))
    }
    try check(client, "MOVES after=0-I-other", "502 bad-argument arg=after")
    // What it may exclude is what it knows; of other firms it learns nothing.
    try check(client, "INVESTOR SET I-own excluded_firms=F-own", "250 ok")
    try check(root, "FIRM ADD F-new name=Far sectors=ai stage=public retired=yes", "250 ok")
    for code in ["F-new", "F-nowhere"] {
      #expect(
        try client.ask("INVESTOR SET I-own excluded_firms=\(code)").last
          == "502 bad-argument arg=excluded_firms: there is no firm \"\(code)\"")
    }
    // A house is shown its funds' lists only where that was granted.
    try check(root, "INVESTOR SET I-other parent=I-own", "250 ok")
    try check(root, "STATUS", "250 ok")
    try check(client, "DEALS", "531 not-permitted")
    try check(client, "DEALS I-own", "531 not-permitted")
    try check(client, "DEALS I-other", "550 not-found")
    let granted = try root.newToken("t-house role=investor investor=I-own house=yes")
    let house = try daemon.connectByTCP()
    let last = try house.ask("AUTH TOKEN \(granted)").last
    #expect(last?.contains("investor=I-own house=yes") == true)
    #expect(try house.ask("DEALS") == root.ask("DEALS I-own"))
    #expect(try house.ask("DEALS I-other") == root.ask("DEALS I-other"))
    #expect(daemon.stop() == 0)
  }

  /// A party speaks for itself alone, and learns nothing of roadshows that it takes no part in.
  @Test func onesOwnPlaceInARoadshow() async throws {
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0")
    let tokens = try prepare(daemon)
    let root = try daemon.connect()
    for line in [
      "FIRM ADD F-far \(Self.firmFields)",
      "ROADSHOW ADD R-2 name=Two starts_on=2031-12-01 time_zone=Asia/Shanghai",
      "INVESTOR ADD F-own name=Namesake kind=vc", "ROADSHOW ENROLL R-2 F-own side=investor",
      "ROADSHOW ENROLL R-2 F-other",
    ] { try check(root, line, "250 ok") }
    let (investor, firm) = (try daemon.connectByTCP(), try daemon.connectByTCP())
    _ = try investor.ask("AUTH TOKEN \(tokens[.investor]!)")
    _ = try firm.ask("AUTH TOKEN \(tokens[.firm]!)")
    try check(
      investor, "ROADSHOW WISH R-1 I-own F-own wish=must_meet key=w",
      "250 ok roadshow=R-1 from=I-own to=F-own wish=must_meet")
    try check(investor, "ROADSHOW WISH R-1 I-own F-own wish=must_meet key=w", "251 unchanged")
    try check(firm, "ROADSHOW WISH R-1 F-own I-own wish=no_thanks", "250 ok")
    try check(firm, "ROADSHOW WISH R-1 F-own I-own wish=none", "250 ok")
    try check(
      firm, "ROADSHOW AVAILABLE R-1 F-own until=2031-12-01T12:00",
      "250 ok roadshow=R-1 party=F-own absences=1")
    try check(firm, "ROADSHOW AVAILABLE R-1 F-own away=no", "250 ok roadshow=R-1 party=F-own absences=0")
    // Who takes no part, and who does not exist.
    for code in ["F-far", "F-nowhere"] {
      #expect(
        try investor.ask("ROADSHOW WISH R-1 I-own \(code) wish=meet").last
          == "550 not-found participant=\(code): no participant \"\(code)\" here")
    }
    for (client, own) in [(investor, "I-own"), (firm, "F-own")] {
      for show in ["R-2", "R-nowhere"] {
        for line in ["AVAILABLE \(show) \(own)", "WISH \(show) \(own) F-other wish=meet"] {
          #expect(
            try client.ask("ROADSHOW \(line)").last
              == "550 not-found roadshow=\(show): no roadshow \"\(show)\" here", "\(line)")
        }
      }
    }
    #expect(daemon.stop() == 0)
  }
}
