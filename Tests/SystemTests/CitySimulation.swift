import Domain
import Foundation
import TestSupport
import Testing
import Wire

/// Ten years of a city, by the protocol alone: institutes bring forth projects, projects become firms, two state
/// funds go first, private money follows, products are proven on test grounds, stakes are handed over, and what
/// comes back goes into the next firms. A seed says all.
struct CitySimulation {
  struct Project {
    let code: String
    let institute: Int
    let sector: String
    var trl = 1
    var isFirm = false
  }

  struct Firm {
    let code: String
    let institute: Int
    let sector: String
    let isElsewhere: Bool
    let founded: Day
    /// Whether it goes without the state, as those that the others are measured against.
    let isAlone: Bool
    var stage = Stage.preSeed
    var trl: Int
    var holders: Set<String> = []
    var hasFailed = false
    var raised: Day?
  }

  struct Pilot {
    let code: String
    let ground: Int
    let firm: String
    let starts: Day
    let ends: Day
    /// Nil until it is over.
    var hasPassed: Bool?
  }

  static let firstYear = 2016
  static let quarters = 40
  static let institutes = 4
  private static let sectors = ["ai", "quantum", "chips", "biomedicine"]
  /// Places of each test ground, and the readiness it asks for.
  static let grounds = [(places: 2, trl: 4), (places: 1, trl: 5)]
  private static let buyers = 6

  private let client: LineClient
  private var random: SeededRandom
  private(set) var books = CityBooks()
  private(set) var projects: [Project] = []
  private(set) var firms: [String: Firm] = [:]
  private(set) var pilots: [Pilot] = []
  /// Rules by which something was refused, as it had to be.
  private(set) var refusals: Set<String> = []
  private var numbers: [String: Int] = [:]
  private var start = Day("2016-01-01")!
  private var tranches: [String] = []

  init(client: LineClient, seed: UInt64) {
    self.client = client
    random = SeededRandom(seed: seed)
  }

  // MARK: Asking

  private func row(_ members: KeyValuePairs<String, String>) -> String {
    "{" + members.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
  }

  private func upload(_ noun: String, _ rows: [String], changes: Bool = false) throws {
    guard !rows.isEmpty else { return }
    let reply = try client.upload("IMPORT \(noun)", rows)
    let wanted = changes ? "added=0 changed=\(rows.count)" : "added=\(rows.count) changed=0"
    guard let last = reply.last, last.hasPrefix("250 ok"), last.contains(wanted) else {
      throw LineClient.Failure(description: "\(noun) \(rows): \(reply)")
    }
  }

  private mutating func refused(_ request: String, by rule: String) throws {
    let last = try client.ask(request).last ?? ""
    #expect(last.hasPrefix("554 rule-violated rule=\(rule):"), "\(request): \(last)")
    refusals.insert(rule)
  }

  private mutating func code(_ prefix: String) -> String {
    numbers[prefix, default: 0] += 1
    return "\(prefix)-\(numbers[prefix]!)"
  }

  private func day(_ offset: Int) -> Day { Day(daysSinceEpoch: start.daysSinceEpoch + offset) }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  private var livingFirms: [Firm] { firms.values.filter { !$0.hasFailed }.sorted { $0.code < $1.code } }

  var lastDay: Day {
    Day(daysSinceEpoch: Day("\(Self.firstYear + Self.quarters / 4)-01-01")!.daysSinceEpoch - 1)
  }

  private var openStakes: [(key: String, value: CityBooks.Stake)] {
    books.stakes.filter { !$0.value.isClosed }.sorted { $0.key < $1.key }
  }

  // MARK: Before the first year

  mutating func found() throws {
    try upload(
      "institute",
      (0..<Self.institutes).map {
        row(["code": "IN-\($0)", "name": "Institute \($0)", "founded_on": "2014-05-01"])
      })
    var investors = [
      row([
        "code": "SF-1", "name": "State Fund One", "kind": "state_fund", "opened_on": "2015-01-01",
        "currency": "CNY", "risk": "C4",
      ]),
      row([
        "code": "SF-2", "name": "State Fund Two", "kind": "state_fund", "opened_on": "2015-01-01",
        "currency": "CNY", "risk": "C5",
      ]),
      row([
        "code": "SF-3", "name": "Sub-fund", "kind": "sub_fund", "parent": "SF-1", "opened_on": "2015-01-01",
      ]),
    ]
    investors += (1...Self.buyers).map {
      row([
        "code": "VC-\($0)", "name": "Venture \($0)", "kind": "vc", "opened_on": "201\($0)-06-01",
        "risk": "C\($0 % 5 + 1)",
        "sectors": Self.sectors[$0 % 4] + "," + Self.sectors[($0 + 1) % 4], "currency": "CNY",
        "stages": "seed,series_a,series_b",
      ])
    }
    try upload("investor", investors)
    try foundProgrammes()
    try foundDiligence()
  }

  private mutating func foundProgrammes() throws {
    for (code, fund, sector, budget, tolerance, elsewhere) in [
      ("P-1", "SF-1", "ai", 30, 40, 40), ("P-2", "SF-1", "quantum", 40, 60, nil),
      ("P-3", "SF-2", "chips", 30, 30, 30),
      ("P-4", "SF-2", "biomedicine", 25, 50, nil),
    ] as [(String, String, String, Int, Int, Int?)] {
      let programme = CityBooks.Programme(
        fund: fund, sector: sector, budget: budget * 1_000_000, lossTolerance: tolerance,
        elsewhereAtMost: elsewhere,
        holdMonths: 24)
      books.open(code, programme)
      try upload(
        "programme",
        [
          row([
            "code": code, "name": "Programme \(code)", "fund": fund, "sectors": sector, "currency": "CNY",
            "budget": "\(programme.budget)", "loss_tolerance": "\(tolerance)",
            "quota": elsewhere.map { "\(100 - $0)" } ?? "",
            "region": "Anhui", "starts_on": "2016-01-01", "ends_on": "2025-12-31", "hold_months": "24",
          ])
        ])
    }
  }

  private func foundDiligence() throws {
    try upload(
      "scenario",
      Self.grounds.enumerated().map { place, ground in
        row([
          "code": "G-\(place)", "name": "Ground \(place)", "capacity": "\(ground.places)",
          "trl": "\(ground.trl)",
          "opens_on": "2016-01-01",
        ])
      })
    // Each of the first two is near to somebody.
    try upload(
      "expert",
      (0..<5).map {
        row([
          "code": "E-\($0)", "name": "Expert \($0)", "kinds": "expert,financial",
          "conflicts": ["IN-0", "VC-1", "", "", ""][$0],
        ])
      })
    try upload(
      "committee",
      [row(["code": "C-1", "name": "Committee", "members": "E-0,E-1,E-2,E-3,E-4", "quorum": "3"])])
  }

  // MARK: A quarter

  mutating func live(_ quarter: Int) throws {
    let (year, month) = (Self.firstYear + quarter / 4, quarter % 4 * 3 + 1)
    start = Day("\(year)-\(month < 10 ? "0" : "")\(month)-01")!
    try discover(quarter)
    try spinOut()
    try fund()
    try drawPrivateMoney()
    try prove()
    try handOver()
    try writeOff()
    if quarter % 4 == 3 { try beRefused() }
  }

  /// Institutes take up projects, and their readiness rises.
  private mutating func discover(_ quarter: Int) throws {
    var rows: [String] = []
    var milestones: [String] = []
    for _ in 0..<(quarter == 0 ? 8 : 2) {
      let project = Project(
        code: code("J"), institute: Int.random(in: 0..<Self.institutes, using: &random),
        sector: Self.sectors.randomElement(using: &random)!)
      projects.append(project)
      rows.append(
        row([
          "code": project.code, "name": "Project \(project.code)", "institute": "IN-\(project.institute)",
          "sectors": project.sector, "trl": "1",
        ]))
      milestones.append(row(["project": project.code, "date": "\(day(1))", "trl": "1"]))
    }
    for place in projects.indices where !projects[place].isFirm && projects[place].trl < 5 && chance(45) {
      projects[place].trl += 1
      milestones.append(
        row(["project": projects[place].code, "date": "\(day(8))", "trl": "\(projects[place].trl)"]))
    }
    try upload("project", rows)
    try upload("milestone", milestones)
  }

  private mutating func spinOut() throws {
    var milestones: [String] = []
    for place in projects.indices where !projects[place].isFirm && projects[place].trl >= 3 && chance(50) {
      let project = projects[place]
      projects[place].isFirm = true
      let firm = Firm(
        code: code("F"), institute: project.institute, sector: project.sector, isElsewhere: chance(20),
        founded: day(15), isAlone: chance(40), trl: project.trl)
      firms[firm.code] = firm
      try check(
        client,
        "PROJECT SPINOUT \(project.code) \(firm.code) name=\"Firm \(firm.code)\" founded_on=\(firm.founded) region=\(firm.isElsewhere ? "Jiangsu" : "Anhui") country=CN risk=R\(Int.random(in: 2...5, using: &random)) ask=\(Int.random(in: 2...40, using: &random))M currency=CNY",
        "250 ok firm=\(firm.code)")
      milestones.append(
        row(["firm": firm.code, "date": "\(firm.founded)", "stage": firm.stage.name, "trl": "\(firm.trl)"]))
    }
    try upload("milestone", milestones)
  }

  /// The state goes first: a review, a decision, a commitment, the first tranche.
  private mutating func fund() throws {
    var (reviews, decisions, stakes): ([String], [String], [String]) = ([], [], [])
    for firm in livingFirms
    where !firm.isAlone && !books.stakes.values.contains(where: { $0.firm == firm.code }) {
      let programme = books.programmes.first { $0.value.sector == firm.sector }!
      let amount = Int.random(in: 20...60, using: &random) * 100_000
      guard chance(60), programme.value.mayCommit(amount, elsewhere: firm.isElsewhere) else { continue }
      let stake = CityBooks.Stake(
        programme: programme.key, firm: firm.code, committed: amount, agreed: day(30),
        floor: chance(30) ? 10 : 0)
      reviews.append(
        row([
          "code": code("V"), "firm": firm.code, "kind": "expert",
          "expert": "E-\(Int.random(in: 2...4, using: &random))", "asked_on": "\(day(16))",
          "date": "\(day(22))", "verdict": chance(70) ? "positive" : "conditional",
          "conditions": "patents assigned",
        ]))
      decisions.append(decision(firm, "stake", day(28)))
      let number = code("S")
      stakes.append(
        row([
          "code": number, "programme": stake.programme, "firm": stake.firm, "committed": "\(amount)",
          "agreed_on": "\(stake.agreed)", "floor": stake.floor > 0 ? "\(stake.floor / 10)" : "",
        ]))
      books.commit(number, stake, elsewhere: firm.isElsewhere)
      buy(
        number, day(34), percent: Int.random(in: 30...90, using: &random),
        amount: chance(50) ? amount : amount / 2)
    }
    try upload("review", reviews)
    try upload("decision", decisions)
    try upload("stake", stakes)
    try uploadTranches()
  }

  private mutating func decision(_ firm: Firm, _ step: String, _ date: Day) -> String {
    let recused = (firm.institute == 0 ? ["E-0"] : []) + (firm.holders.contains("VC-1") ? ["E-1"] : [])
    let voters = (0..<5).map { "E-\($0)" }.filter { !recused.contains($0) }
    return row([
      "code": code("D"), "committee": "C-1", "firm": firm.code, "step": step, "date": "\(date)",
      "outcome": "approved",
      "in_favour": voters.dropLast().joined(separator: ","), "against": voters.last!,
      "recused": recused.joined(separator: ","),
    ])
  }

  private mutating func buy(_ stake: String, _ date: Day, percent: Int, amount: Int) {
    books.buy(stake, percent: percent, for: amount, on: date)
    let position = books.stakes[stake]!
    firms[position.firm]!.holders.insert(books.programmes[position.programme]!.fund)
    addTranche(stake, "buy", date, percent, amount, "", "ahead of private money")
  }

  private mutating func addTranche(
    _ stake: String, _ kind: String, _ date: Day, _ percent: Int, _ amount: Int, _ buyer: String,
    _ reason: String
  ) {
    tranches.append(
      row([
        "code": code("T"), "stake": stake, "kind": kind, "date": "\(date)",
        "percent": "\(percent / 10).\(percent % 10)",
        "amount": "\(amount)", "buyer": buyer, "reason": reason,
      ]))
  }

  private mutating func uploadTranches() throws {
    let rows = tranches
    tranches = []
    try upload("tranche", rows)
  }

  /// Private rounds, which lift the stage, and in which the state draws what is left of its commitment.
  private mutating func drawPrivateMoney() throws {
    var (rounds, holdings, milestones): ([String], [String], [String]) = ([], [], [])
    for firm in livingFirms where firm.stage < .seriesC {
      let isFunded = books.stakes.values.contains { $0.firm == firm.code }
      guard chance(isFunded ? 30 : 8), let kind = Stage(rawValue: firm.stage.rawValue + 1) else { continue }
      let amount = Int.random(in: 30...200, using: &random) * 100_000 * (1 + Int(kind.rawValue))
      let investor = "VC-\(Int.random(in: 1...Self.buyers, using: &random))"
      firms[firm.code]!.stage = kind
      firms[firm.code]!.trl = min(9, firm.trl + 1)
      firms[firm.code]!.holders.insert(investor)
      firms[firm.code]!.raised = day(45)
      rounds.append(
        row([
          "firm": firm.code, "date": "\(day(45))", "kind": kind.name, "amount": "\(amount)",
          "currency": "CNY",
        ]))
      holdings.append(
        row([
          "investor": investor, "firm": firm.code, "since": "\(day(45))", "round": kind.name,
          "amount": "\(amount / 2)",
          "currency": "CNY",
        ]))
      milestones.append(
        row(["firm": firm.code, "date": "\(day(45))", "stage": kind.name, "trl": "\(min(9, firm.trl + 1))"]))
      for (code, stake) in openStakes where stake.firm == firm.code && stake.left > 0 {
        guard books.programmes[stake.programme]!.bears(0) else { continue }
        buy(code, day(50), percent: Int.random(in: 10...30, using: &random), amount: stake.left)
      }
    }
    try upload("round", rounds)
    try upload("holding", holdings)
    try upload("milestone", milestones)
    try uploadTranches()
  }

  /// Pilots end with what was seen, and others begin where there is a place.
  private mutating func prove() throws {
    var (results, begun): ([String], [String]) = ([], [])
    for place in pilots.indices where pilots[place].hasPassed == nil && pilots[place].ends <= day(55) {
      let passed = chance(70)
      pilots[place].hasPassed = passed
      let pilot = pilots[place]
      results.append(
        row([
          "code": pilot.code, "result": passed ? "passed" : "failed", "result_on": "\(day(56))",
          "summary": "as measured",
        ]))
      if passed { firms[pilot.firm]!.trl = max(firms[pilot.firm]!.trl, Self.grounds[pilot.ground].trl + 1) }
    }
    for firm in livingFirms.shuffled(using: &random)
    where !pilots.contains(where: { $0.firm == firm.code && $0.hasPassed == nil }) {
      let ground = firm.trl >= Self.grounds[1].trl ? Int.random(in: 0...1, using: &random) : 0
      guard chance(30), firm.trl >= Self.grounds[ground].trl, hasPlace(ground, from: day(58)) else {
        continue
      }
      let pilot = Pilot(
        code: code("L"), ground: ground, firm: firm.code, starts: day(58),
        ends: day(58 + Int.random(in: 30...200, using: &random)))
      pilots.append(pilot)
      begun.append(
        row([
          "code": pilot.code, "scenario": "G-\(ground)", "firm": firm.code, "starts_on": "\(pilot.starts)",
          "ends_on": "\(pilot.ends)", "trl": "\(Self.grounds[ground].trl + 1)",
        ]))
    }
    try upload("pilot", results, changes: true)
    try upload("pilot", begun)
  }

  private func hasPlace(_ ground: Int, from day: Day) -> Bool {
    pilots.count { $0.ground == ground && $0.ends >= day } < Self.grounds[ground].places
  }

  /// Whose prospects are clear and whose time has come is sold to private buyers, in tranches.
  private mutating func handOver() throws {
    var (decisions, closed): ([String], [String]) = ([], [])
    for (code, stake) in openStakes where stake.held > stake.floor {
      let firm = firms[stake.firm]!
      guard !firm.hasFailed, firm.stage >= .seriesA,
        day(0).daysSinceEpoch - stake.agreed.daysSinceEpoch > 730, chance(40)
      else { continue }
      decisions.append(decision(firm, "handover", day(66)))
      let left = stake.held - stake.floor
      let percent = left > 20 && chance(60) ? left / 2 : left
      let cost = stake.cost * percent / stake.held
      let offer = cost * Int.random(in: 90...(100 + 60 * Int(firm.stage.rawValue)), using: &random) / 100
      let price = books.programmes[stake.programme]!.bears(max(0, cost - offer)) ? offer : cost
      let buyer = "VC-\(Int.random(in: 1...Self.buyers, using: &random))"
      books.give(code, percent: percent, for: price, on: day(70))
      firms[firm.code]!.holders.insert(buyer)
      addTranche(code, "sell", day(70), percent, price, buyer, "prospects clear")
      if books.stakes[code]!.held == 0 { closed.append(close(code, day(72))) }
    }
    try upload("decision", decisions)
    try uploadTranches()
    try upload("stake", closed, changes: true)
  }

  private mutating func close(_ stake: String, _ date: Day) -> String {
    books.close(stake)
    return row(["code": stake, "closed_on": "\(date)"])
  }

  /// Firms that failed are written off, as far as the programme bears it; the others wait for a better year.
  private mutating func writeOff() throws {
    var closed: [String] = []
    for (code, stake) in openStakes where stake.held > 0 {
      let firm = firms[stake.firm]!
      guard firm.stage <= .seed, day(0).daysSinceEpoch - (firm.raised ?? firm.founded).daysSinceEpoch > 700,
        chance(25),
        books.programmes[stake.programme]!.bears(stake.cost)
      else { continue }
      firms[firm.code]!.hasFailed = true
      books.give(code, percent: stake.held, for: 0, on: day(75))
      addTranche(code, "write_off", day(75), stake.held, 0, "", "ceased trading")
      closed.append(close(code, day(76)))
    }
    try uploadTranches()
    try upload("stake", closed, changes: true)
  }

  // MARK: What must not be

  private mutating func beRefused() throws {
    let date = day(88)
    if let (code, stake) = openStakes.first(where: { $0.value.held > 0 }) {
      let tooMuch = stake.held + 1
      try refused(
        "TRANCHE ADD X stake=\(code) kind=sell date=\(date) percent=\(tooMuch / 10).\(tooMuch % 10) amount=1 reason=more",
        by: "tranche_within_holding")
      try refused(
        "TRANCHE ADD X stake=\(code) kind=buy date=\(date) percent=1 amount=\(stake.left + 1) reason=more",
        by: "tranche_within_commitment")
    }
    if let (code, stake) = openStakes.first(where: { $0.value.floor > 0 && $0.value.held > 0 }) {
      try refused(
        "TRANCHE ADD X stake=\(code) kind=sell date=\(date) percent=\(stake.held / 10).\(stake.held % 10) amount=1 reason=all",
        by: "stake_floor_is_kept")
    }
    if let firm = livingFirms.first(where: { !$0.isElsewhere }),
      let programme = books.programmes.first(where: { $0.value.sector == firm.sector })
    {
      try refused(
        "STAKE ADD X programme=\(programme.key) firm=\(firm.code) committed=\(programme.value.cash + 1) agreed_on=\(date)",
        by: "programme_budget_covers")
      let other = books.programmes.keys.sorted().first { $0 != programme.key }!
      try refused(
        "STAKE ADD X programme=\(other) firm=\(firm.code) committed=1 agreed_on=\(date)",
        by: "programme_sectors")
    }
    try refused("INVESTOR SET SF-1 parent=SF-3", by: "investor_parent_tree")
    if let firm = livingFirms.first(where: { $0.institute == 0 }) {
      try refused("REVIEW ADD X firm=\(firm.code) kind=expert expert=E-0", by: "review_conflict")
      try refused(
        "DECISION ADD X committee=C-1 firm=\(firm.code) step=stake date=\(date) outcome=approved in_favour=E-0,E-2,E-3",
        by: "decision_recusal")
    }
    try beRefusedAPlace()
  }

  private mutating func beRefusedAPlace() throws {
    for ground in Self.grounds.indices where !hasPlace(ground, from: day(58)) {
      let full = day(58)
      guard
        pilots.count(where: { $0.ground == ground && $0.starts <= full && $0.ends >= full })
          >= Self.grounds[ground].places,
        let firm = livingFirms.first(where: { firm in
          firm.trl >= Self.grounds[ground].trl
            && !pilots.contains { $0.firm == firm.code && $0.ground == ground }
        })
      else { continue }
      try refused(
        "PILOT ADD X scenario=G-\(ground) firm=\(firm.code) starts_on=\(full) ends_on=\(full)",
        by: "scenario_capacity")
    }
  }
}
