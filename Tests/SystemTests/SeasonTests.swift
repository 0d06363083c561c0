import Domain
import Foundation
import Store
import TestSupport
import Testing
import Wire

/// A season of ninety nights on a real daemon: lists are rescored and introductions emitted every night, the two sides
/// answer by day as a seed says, and a model keeps what must have come of each. Its figures stand in
/// docs/INTRODUCTIONS.md.
@Suite struct SeasonTests {
  private static let nights = 90
  private static let investors = 24
  private static let firms = 72
  private static let caps = (investor: 3, firm: 4)

  @Test func ninetyNights() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let daemon = try await DaemonProcess(database: database)
    // Only an administrator may let a day pass.
    let admin = try await TestCluster.shared.cluster.adminConnectionString.with("dbname", database["dbname"]!)
    var season = Season(client: try daemon.connect(), database: admin, seed: 90)
    try season.load(investors: Self.investors, firms: Self.firms)
    for night in 0..<Self.nights {
      try season.emit(night, caps: Self.caps)
      try season.answer(night)
      try await season.passTheNight()
    }
    try season.compare()
    // Every move once, and nothing in the audit was touched.
    let told = try await season.look(
      """
      SELECT (SELECT sum(step) FROM introduction) || ' ' || (SELECT count(*) FROM introduction_event) || ' '
        || (SELECT count(*) FROM audit WHERE action LIKE 'intro %' AND action <> 'intro emit' OR action = 'intro emit' AND detail ? 'state')
      """)
    let counts = Set((told.first ?? "").split(separator: " "))
    #expect(counts.count == 1, "\(told)")
    #expect(try daemon.connect().ask("AUDIT VERIFY").last?.hasPrefix("250 ok") == true)
    try document(season.figures(nights: Self.nights, firms: Self.firms))
    #expect(daemon.stop() == 0)
  }

  private func document(_ table: String) throws {
    let path = repository + "/docs/INTRODUCTIONS.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let head = try #require(text.range(of: "<!-- season -->\n")).upperBound
    let tail = try #require(text.range(of: "<!-- end of season -->")).lowerBound
    if ProcessInfo.processInfo.environment["BELLWETHER_RECORD"] == "1" {
      try String(text[..<head] + table + text[tail...]).write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      #expect(String(text[head..<tail]) == table)
    }
  }
}

/// What happens in a season, and what must have come of it.
private struct Season {
  /// What the model knows of an introduction.
  private struct Known {
    var investor: String
    var firm: String
    var standing = IntroductionStanding()
    var born: Int
    var ended: Int?
    /// The night after which it expires.
    var expires: Int
    /// How each side will answer, and after how many days.
    var plans: [IntroductionSide: Plan]
  }

  private struct Plan {
    enum Kind { case accept, decline, `defer`, silence }
    var kind: Kind
    var day: Int
  }

  private let client: LineClient
  private let database: ConnectionString
  private var random: SeededRandom
  private var known: [Int: Known] = [:]
  private var emissions: [(gini: (before: Int, after: Int), price: Int, count: Int)] = []
  private var reached: [IntroductionState: Int] = [:]

  private static let days = 14
  private static let cooldown = 90

  init(client: LineClient, database: ConnectionString, seed: UInt64) {
    self.client = client
    self.database = database
    random = SeededRandom(seed: seed)
  }

  // MARK: The registry

  mutating func load(investors: Int, firms: Int) throws {
    let sectors = ["ai", "chips", "quantum", "biomedicine", "new_materials", "new_energy"]
    let stages = ["angel", "seed", "series_a", "series_b"]
    let kinds = ["vc", "cvc", "angel", "state_fund"]
    func some(_ words: [String], _ count: Int) -> String {
      words.shuffled(using: &random).prefix(count).sorted().joined(separator: ",")
    }
    // Half of the firms are in one field, where everybody wants to be.
    let firmRows = (0..<firms).map { number in
      let sector = number % 2 == 0 ? "ai" : sectors.randomElement(using: &random)!
      return
        "{\"code\":\"F-\(number)\",\"name\":\"Firm \(number)\",\"sectors\":\"\(sector)\",\"stage\":\"\(stages.randomElement(using: &random)!)\",\"risk\":\"R\(Int.random(in: 1...5, using: &random))\",\"trl\":\(Int.random(in: 3...9, using: &random)),\"ask\":\(Int.random(in: 1...30, using: &random))000000,\"currency\":\"CNY\",\"region\":\"Anhui\",\"country\":\"CN\"\(number % 7 == 0 ? ",\"seeking_lead\":true,\"wanted_kinds\":\"cvc\"" : "")}"
    }
    let investorRows = (0..<investors).map { number in
      "{\"code\":\"I-\(number)\",\"name\":\"基金 \(number)\",\"kind\":\"\(kinds[number % 4])\",\"sectors\":\"ai,\(some(Array(sectors.dropFirst()), 2))\",\"stages\":\"\(some(stages, 3))\",\"risk\":\"C\(Int.random(in: 2...5, using: &random))\",\"risk_veto\":\"no\",\"ticket\":\"1M-30M\",\"currency\":\"CNY\",\"country\":\"CN\",\"lead\":\(number % 3 == 0)}"
    }
    for (noun, rows) in [("firm", firmRows), ("investor", investorRows)] {
      #expect(try client.upload("IMPORT \(noun)", rows).last?.hasPrefix("250 ok") == true)
    }
    #expect(
      try client.ask("POLICY SET intro_days=\(Self.days) intro_cooldown_days=\(Self.cooldown)").last?
        .hasPrefix("250 ok policy=2") == true)
    #expect(try client.ask("POLICY ACTIVATE 2").last?.hasPrefix("250 ok") == true)
  }

  // MARK: A day

  private static func value(_ name: String, _ last: String) -> Int {
    guard case .last(let last) = ReplyLine(parsing: last) else { return -1 }
    return last[name].flatMap { Int($0) } ?? -1
  }

  private static func field(_ name: String, _ row: String) -> String {
    guard case .row(let json) = ReplyLine(parsing: row), let value = try? JSONParser.parse(json)[name] else {
      return ""
    }
    return value.text ?? value.int.map(String.init) ?? ""
  }

  mutating func emit(_ night: Int, caps: (investor: Int, firm: Int)) throws {
    #expect(try client.ask("RESCORE wait=yes").last?.hasPrefix("25") == true)
    #expect(try client.ask("MAINTAIN").last?.hasPrefix("250 ok") == true)
    settle(night)
    let reply = try client.ask(
      "INTRO EMIT cap_investor=\(caps.investor) cap_firm=\(caps.firm) key=night-\(night)")
    let last = try #require(reply.last)
    #expect(last.hasPrefix("250 ok") && last.contains("blocking_pairs=0"), "\(last)")
    for row in reply.dropLast() {
      let id = try #require(Int(Self.field("id", row)))
      let (investor, firm) = (Self.field("investor", row), Self.field("firm", row))
      for other in known.values where other.investor == investor && other.firm == firm {
        let state = other.standing.state
        #expect(
          [.expired, .withdrawn, .noShow].contains(state) && night - (other.ended ?? night) >= Self.cooldown,
          "\(investor) and \(firm) again in night \(night), after \(state) in night \(other.ended ?? -1)")
      }
      let plans = Dictionary(
        uniqueKeysWithValues: IntroductionSide.allCases.map { ($0, plan(night, $0, row)) })
      known[id] = Known(
        investor: investor, firm: firm, born: night, expires: night + Self.days, plans: plans)
    }
    for side in IntroductionSide.allCases {
      let waiting = known.values.filter {
        [.proposed, .asked, .notNow].contains($0.standing.state) && $0.standing.answer(of: side) == .pending
      }
      let counts = Dictionary(grouping: waiting) { side == .investor ? $0.investor : $0.firm }
      let cap = side == .investor ? caps.investor : caps.firm
      // What comes back on its day may be too much, and then nothing is added.
      for (code, waiting) in counts where waiting.contains(where: { $0.born == night }) {
        #expect(waiting.count <= cap, "night \(night), \(code)")
      }
    }
    emissions.append(
      (
        (Self.value("gini_before", last), Self.value("gini_after", last)), Self.value("price", last),
        reply.count - 1
      ))
  }

  /// The better the other side looks, the sooner and the likelier a yes.
  private mutating func plan(_ night: Int, _ side: IntroductionSide, _ row: String) -> Plan {
    let score = Int(Self.field("\(side)_score", row)) ?? 0
    let luck = Int.random(in: 0..<1_000_000, using: &random)
    let kind: Plan.Kind =
      luck < score * 6 / 10 ? .accept : luck < 650_000 ? .decline : luck < 800_000 ? .defer : .silence
    return Plan(kind: kind, day: night + Int.random(in: 0..<10, using: &random))
  }

  mutating func answer(_ night: Int) throws {
    for id in known.keys.sorted() {
      for side in IntroductionSide.allCases.shuffled(using: &random) {
        guard let move = try due(id, side, night) else { continue }
        try make(move, id, night)
      }
      guard let state = known[id]?.standing.state, let next = state.next,
        Int.random(in: 0..<5, using: &random) == 0
      else { continue }
      let luck = Int.random(in: 0..<100, using: &random)
      if state == .introduced, luck < 10 {
        try make(.advance(to: .noShow, .firm), id, night)
      } else if luck > 85 {
        try make(.decline(.investor, .terms), id, night)
      } else {
        try make(.advance(to: next, nil), id, night)
      }
    }
  }

  private func due(_ id: Int, _ side: IntroductionSide, _ night: Int) throws -> IntroductionMove? {
    guard let known = known[id], [.proposed, .asked].contains(known.standing.state),
      known.standing.answer(of: side) == .pending, let plan = known.plans[side], plan.day <= night
    else { return nil }
    switch plan.kind {
    case .accept: return .accept(side)
    case .decline: return .decline(side, DeclineReason.allCases[id % DeclineReason.allCases.count])
    case .defer: return .defer(side, until: Day(daysSinceEpoch: night + 20))
    case .silence: return nil
    }
  }

  /// Makes a move in the model and on the daemon, as often as a client that lost the reply would.
  private mutating func make(_ move: IntroductionMove, _ id: Int, _ night: Int) throws {
    _ = try known[id]!.standing.make(move)
    let state = known[id]!.standing.state
    if state.isEnd { known[id]!.ended = night }
    reached[state, default: 0] += 1
    let words: String
    switch move {
    case .accept(let side): words = "ACCEPT \(id) side=\(side)"
    case .decline(let side, let reason): words = "DECLINE \(id) side=\(side) reason=\(reason.rawValue)"
    case .defer(let side, _):
      // Whoever defers says yes when the day has come.
      known[id]!.plans[side] = Plan(kind: .accept, day: night + 20)
      words = "DEFER \(id) side=\(side) until=\(try date(in: 20))"
    case .advance(let next, let side):
      words = "ADVANCE \(id) to=\(next?.rawValue ?? "")" + (side.map { " side=\($0)" } ?? "")
    default: preconditionFailure("no client does this")
    }
    let request = "INTRO \(words) key=\(night)-\(id)-\(move.action)-\(move.side?.rawValue ?? "")"
    let wanted = "introduction=\(id) state=\(state.rawValue)"
    let first = try client.ask(request).last
    #expect(first == "250 ok \(wanted)", "\(request)")
    if id % 3 == 0 { #expect(try client.ask(request).last == "251 unchanged \(wanted)", "\(request)") }
  }

  private func date(in days: Int) throws -> String {
    let now = Int(Date().timeIntervalSince1970)
    return Day(daysSinceEpoch: now / 86_400 + days).description
  }

  /// What the night does to the model.
  private mutating func settle(_ night: Int) {
    for id in known.keys.sorted() {
      let standing = known[id]!.standing
      for side in IntroductionSide.allCases {
        let until = side == .investor ? standing.investorUntil : standing.firmUntil
        guard standing.state == .notNow, let until, until.daysSinceEpoch <= night else { continue }
        _ = try? known[id]!.standing.make(.return(side))
        known[id]!.expires = night + Self.days
      }
      if [.proposed, .asked].contains(standing.state), known[id]!.expires < night {
        _ = try? known[id]!.standing.make(.expire)
        known[id]!.ended = night
        reached[.expired, default: 0] += 1
      }
    }
  }

  /// Everything that happened becomes a day older, which the database takes for the passing of a day.
  func passTheNight() async throws {
    let connection = try await Connection.open(database, deadline: .seconds(20))
    do {
      try await connection.transaction(deadline: .seconds(20)) { session in
        try session.execute(
          """
          SET LOCAL session_replication_role = replica;
          UPDATE introduction SET proposed_at = proposed_at - interval '1 day', state_at = state_at - interval '1 day',
            expires_on = expires_on - 1, investor_until = investor_until - 1, firm_until = firm_until - 1;
          UPDATE introduction_event SET at = at - interval '1 day'
          """, name: "test")
      }
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }

  // MARK: The end

  func look(_ sql: String) async throws -> [String] {
    let connection = try await Connection.open(database, deadline: .seconds(20))
    let rows = try await connection.transaction(deadline: .seconds(20)) { session in
      var rows: [String] = []
      try session.copyOut("COPY (\(sql)) TO STDOUT", name: "test_look") { row in
        rows.append(String(decoding: row, as: UTF8.self).filter { $0 != "\n" })
      }
      return rows
    }
    await connection.close()
    return rows
  }

  /// What the daemon knows of every introduction is what the model knows.
  func compare() throws {
    var (after, count) = ("", 0)
    while true {
      let reply = try client.ask("INTRO LIST state=all limit=1000\(after)")
      for row in reply.dropLast() {
        let id = try #require(Int(Self.field("id", row)))
        let model = try #require(known[id])
        #expect(Self.field("state", row) == model.standing.state.rawValue, "\(row)")
        #expect(Self.field("investor_answer", row) == model.standing.investor.rawValue, "\(row)")
        #expect(Self.field("firm_answer", row) == model.standing.firm.rawValue, "\(row)")
        count += 1
      }
      let next = Self.value("next", reply.last ?? "")
      guard next > 0 else { break }
      after = " after=\(next)"
    }
    #expect(count == known.count)
    let funnel = try client.ask("INTRO STATS by=investor limit=1000")
    let shown = funnel.dropLast().reduce(0) { $0 + (Int(Self.field("shown", $1)) ?? 0) }
    let invested = funnel.dropLast().reduce(0) { $0 + (Int(Self.field("invested", $1)) ?? 0) }
    #expect(shown == known.count)
    #expect(invested == known.values.count { $0.standing.state == .invested })
  }

  /// A table for the document.
  func figures(nights: Int, firms: Int) throws -> String {
    func mean(_ values: [Int]) -> String {
      let sum = values.reduce(0, +) * 1_000 / max(1, values.count)
      let thousandths = (sum / 1_000 + 500) / 1_000
      return "\(thousandths / 1_000).\(String(thousandths % 1_000 + 1_000).dropFirst())"
    }
    let first = emissions[0]
    let withNone = Set((0..<firms).map { "F-\($0)" }).subtracting(known.values.map(\.firm)).count
    let steps: [(String, IntroductionState)] = [
      ("came to both wanting it", .mutual), ("met", .met), ("invested", .invested), ("declined", .declined),
      ("expired", .expired), ("no-shows", .noShow),
    ]
    var rows = [
      ("nights", "\(nights)"), ("introductions emitted", "\(known.count)"),
      ("in the first night", "\(first.count)"),
      ("Gini of the first night, taking the tops of the lists", mean([first.gini.before])),
      ("Gini of the first night, as emitted", mean([first.gini.after])),
      ("price of that in score, millionths", "\(first.price)"),
      ("firms that nobody was proposed to", "\(withNone)"),
      ("blocking pairs, all nights", "0"),
    ]
    rows += steps.map { ($0.0, "\(reached[$0.1] ?? 0)") }
    return "| figure | value |\n|---|---|\n" + rows.map { "| \($0.0) | \($0.1) |\n" }.joined()
  }
}
