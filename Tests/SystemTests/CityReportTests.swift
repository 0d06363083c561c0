import Domain
import Foundation
import TestSupport
import Testing
import Wire

/// The report of a small city whose records are entered by the protocol, as of days that are over.
@Suite struct CityReportTests {
  private static let entered = [
    "INSTITUTE ADD IN-1 name=\"Quantum Institute\" name_zh=量子研究院 founded_on=2015-01-01",
    "PROJECT ADD P-1 name=Trap institute=IN-1 sectors=quantum trl=3",
    "FIRM ADD F-1 name=Kedao name_zh=科道量子 sectors=quantum stage=series_a trl=6 risk=R3 institute=IN-1 founded_on=2018-03-01 region=Anhui",
    "FIRM ADD F-2 name=Lumen sectors=chips stage=seed founded_on=2024-02-01 region=Anhui",
    "INVESTOR ADD SF-1 name=\"City State Fund\" kind=state_fund risk=C4 opened_on=2017-01-01 currency=CNY",
    "INVESTOR ADD VC-1 name=\"Patient Capital\" kind=vc risk=C3 opened_on=2020-01-01 budget_left=50M currency=CNY",
    "PROGRAMME ADD PR-1 name=\"Quantum Ahead\" name_zh=量子先行 fund=SF-1 currency=CNY budget=100M starts_on=2018-01-01 loss_tolerance=20 quota=60 region=Anhui",
    "STAKE ADD ST-1 programme=PR-1 firm=F-1 committed=20M agreed_on=2018-06-01",
    "TRANCHE ADD T-1 stake=ST-1 kind=buy date=2018-06-10 percent=10 amount=8M reason=\"first money\"",
    "TRANCHE ADD T-2 stake=ST-1 kind=sell date=2021-05-05 percent=5 amount=9M buyer=VC-1 reason=\"half is handed over\"",
    "SCENARIO ADD SC-1 name=Grid name_zh=电网 capacity=3 opens_on=2019-01-01",
    "PILOT ADD PI-1 scenario=SC-1 firm=F-1 starts_on=2019-03-01 ends_on=2019-09-01 result=passed result_on=2019-08-20",
    "EXPERT ADD EX-1 name=Wang kinds=expert,legal",
    "REVIEW ADD RV-1 firm=F-1 kind=expert expert=EX-1 asked_on=2020-01-05 date=2020-02-01 verdict=positive",
    "ROADSHOW ADD R-0 name=Autumn name_zh=秋季路演 starts_on=2020-10-10 time_zone=Asia/Shanghai",
    "ROADSHOW BLOCK R-0 1 starts=2020-10-10T09:00 ends=2020-10-10T09:40 slot_minutes=20",
    "ROADSHOW TABLE R-0 count=2", "ROADSHOW ENROLL R-0 F-1", "ROADSHOW ENROLL R-0 VC-1",
    "ROADSHOW ENROLL R-0 SF-1", "ROADSHOW PIN R-0 F-1 VC-1", "ROADSHOW PIN R-0 F-1 SF-1", "ROADSHOW PLAN R-0",
    "ROADSHOW PUBLISH R-0", "ROADSHOW OUTCOME R-0 1 outcome=met", "ROADSHOW OUTCOME R-0 2 outcome=met",
  ]

  private static let milestones = [
    #"{"firm":"F-1","date":"2018-03-01","stage":"seed","trl":3}"#,
    #"{"firm":"F-1","date":"2020-06-01","stage":"series_a","trl":6}"#,
    #"{"project":"P-1","date":"2019-01-01","trl":2}"#, #"{"project":"P-1","date":"2022-05-01","trl":3}"#,
  ]

  /// What happens after the days that are reported.
  private static let later = [
    "TRANCHE ADD T-3 stake=ST-1 kind=buy date=today percent=2 amount=3M reason=\"second money\"",
    "TRANCHE ADD T-4 stake=ST-1 kind=write_off date=today percent=1 amount=0 reason=\"the site was given up\"",
    "FIRM SET F-1 stage=series_b trl=8", "FIRM RETIRE F-2", "PROJECT SET P-1 trl=5",
    "INVESTOR SET VC-1 risk=C5 budget_left=1M", "INVESTOR ADD VC-2 name=New kind=vc risk=C1",
    "PILOT ADD PI-2 scenario=SC-1 firm=F-1 starts_on=today ends_on=2099-01-01",
    "REVIEW ADD RV-2 firm=F-1 kind=legal expert=EX-1", "SCENARIO RETIRE SC-1",
    "PROGRAMME SET PR-1 budget=120M", "STAKE SET ST-1 closed_on=today",
    "ROADSHOW ADD R-1 name=Show starts_on=today", "RESCORE wait=yes", "INTRO PROPOSE VC-1 F-1",
    "INTRO ACCEPT 1 side=investor", "INTRO ACCEPT 1 side=firm",
  ]

  private static let days = ["2019-06-30", "2021-12-31", "2024-06-30"]
  private static let forms = ["text", "text language=zh", "json", "csv", "html", "html language=zh"]

  private func enter(_ lines: [String], today: String = "", _ client: LineClient) throws {
    for line in lines {
      let last = try client.ask(line.replacing("=today", with: "=\(today)")).last ?? ""
      #expect(last.hasPrefix("250 ok"), "\(line): \(last)")
    }
  }

  /// The lines of a report without the last one, `250-` left off.
  private func report(_ day: String, _ form: String, _ client: LineClient) throws -> [String] {
    let lines = try client.ask("REPORT city as_of=\(day) format=\(form)")
    #expect(lines.last?.hasPrefix("250 ok rows=\(lines.count - 1) as_of=\(day) type=") == true, "\(lines)")
    return lines.dropLast().map { String($0.dropFirst(4)) }
  }

  private func expect(
    _ figures: [String], on day: String, _ client: LineClient, at place: SourceLocation = #_sourceLocation
  ) throws {
    let lines = try report(day, "csv", client).map { $0.trimmingCharacters(in: .newlines) }
    for figure in figures {
      let line = "\(day),\(figure)"
      #expect(lines.contains(line), "\(line)", sourceLocation: place)
    }
  }

  @Test func aDayThatIsOverStaysAsItWas() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    let today = try #require(
      try client.ask("REPORT city").last?.split(separator: "as_of=").last?.prefix(10)
    ).description
    try enter(Self.entered, client)
    #expect(try client.upload("IMPORT milestone", Self.milestones).last?.hasPrefix("250 ok") == true)
    #expect(
      try client.upload(
        "IMPORT round",
        [#"{"firm":"F-1","date":"2020-06-01","kind":"series_a","amount":30000000,"currency":"CNY"}"#]
      ).last?.hasPrefix("250 ok") == true)
    try expectThePast(client)
    var before: [String: [String]] = [:]
    for day in Self.days { for form in Self.forms { before[day + form] = try report(day, form, client) } }

    try enter(Self.later, today: today, client)
    for day in Self.days {
      for form in Self.forms {
        #expect(try report(day, form, client) == before[day + form], "\(day) \(form)")
      }
    }
    try expectToday(today, client)
    #expect(daemon.stop() == 0)
  }

  private func expectThePast(_ client: LineClient) throws {
    try expect(
      [
        "capital,PR-1,Quantum Ahead,budget,100000000,CNY", "capital,PR-1,Quantum Ahead,invested,8000000,CNY",
        "capital,*,,returned,0,CNY", "capital,*,,held,8000000,CNY", "capital,*,,undrawn,12000000,CNY",
        "years,2018,,invested,8000000,CNY", "stages,seed,,firms,1,count", "stages,*,,firms,1,count",
        "risks,R3,,firms,1,count", "institutes,IN-1,Quantum Institute,firms,1,count",
        "institutes,IN-1,Quantum Institute,funded,0,count", "incubation,2,,projects,1,count",
        "funds,C4,,funds,1,count", "funds,C3,,funds,0,count", "funds,C4,,budget_left,80000000,CNY",
        "scenarios,SC-1,Grid,places,3,count", "scenarios,SC-1,Grid,on_trial,1,count",
        "scenarios,SC-1,Grid,passed,0,count", "reviews,*,,reviews,0,count",
      ], on: "2019-06-30", client)
    try expect(
      [
        "capital,*,,returned,9000000,CNY", "capital,*,,held,4000000,CNY", "capital,*,,lost,0,CNY",
        "years,2020,,invested,0,CNY", "years,2021,,returned,9000000,CNY", "stages,series_a,,firms,1,count",
        "stages,seed,,firms,0,count", "institutes,*,,funded,1,count", "institutes,*,,steps,3,count",
        "institutes,*,,steps_per_year,1.330498,per_year", "funds,C3,,funds,1,count",
        "funds,C3,,budget_left,50000000,CNY", "funds,C4,,budget_left,89000000,CNY",
        "scenarios,*,,on_trial,0,count", "scenarios,*,,passed,1,count", "reviews,expert,,positive,1,count",
        "reviews,expert,,expired,1,count", "roadshows,R-0,Autumn,firms,1,count",
        "roadshows,R-0,Autumn,planned,2,count", "roadshows,R-0,Autumn,met,2,count",
        "conversions,mutual,,meetings,0,count", "conversions,met,,ended_share,100,percent",
      ], on: "2021-12-31", client)
    try expect(
      [
        "stages,seed,,firms,1,count", "stages,*,,firms,2,count", "risks,unknown,,firms,1,count",
        "incubation,3,,projects,1,count",
      ],
      on: "2024-06-30", client)
  }

  private func expectToday(_ today: String, _ client: LineClient) throws {
    try expect(
      [
        "capital,*,,budget,120000000,CNY", "capital,*,,invested,11000000,CNY", "capital,*,,lost,1000000,CNY",
        "capital,*,,held,6000000,CNY", "capital,*,,undrawn,0,CNY", "stages,series_b,,firms,1,count",
        "stages,*,,firms,1,count", "funds,C5,,funds,1,count", "funds,C1,,funds,1,count",
        "funds,C5,,budget_left,1000000,CNY", "scenarios,SC-1,Grid,places,0,count",
        "scenarios,SC-1,Grid,on_trial,1,count", "reviews,legal,,open,1,count",
        "roadshows,R-1,Show,firms,0,count",
        "conversions,mutual,,meetings,1,count", "conversions,mutual,,share,50,percent",
      ], on: today, client)
    let books = try client.ask("PROGRAMME BALANCE PR-1")
    #expect(
      books.first
        == "250-{\"programme\":\"PR-1\",\"name\":\"Quantum Ahead\",\"name_zh\":\"量子先行\",\"fund\":\"SF-1\",\"currency\":\"CNY\",\"budget\":120000000,\"cash\":118000000,\"committed\":0,\"stakes\":6000000,\"result\":4000000,\"invested\":11000000,\"returned\":9000000,\"lost\":1000000,\"lost_percent\":0.83,\"loss_tolerance\":20,\"region\":\"Anhui\",\"outside\":0,\"outside_percent\":0,\"quota\":60,\"balanced\":true}"
    )
    // Pages of the ledger are all of it, and each entry sums to zero.
    var entries: [String] = []
    var next = ""
    repeat {
      let page = try client.ask("PROGRAMME LEDGER PR-1 limit=2\(next)")
      entries += page.dropLast()
      let cursor = page.last?.split(separator: "next=").dropFirst().first
      next = cursor.map { " after=\($0)" } ?? ""
    } while !next.isEmpty && entries.count < 100
    #expect(try entries + [client.ask("PROGRAMME LEDGER PR-1").last!] == client.ask("PROGRAMME LEDGER PR-1"))
    #expect(entries.count == 8)
    for entry in entries {
      guard case .row(let json) = ReplyLine(parsing: entry),
        case .object(let postings) = try JSONParser.parse(json)["postings"]
      else {
        Issue.record("\(entry)")
        continue
      }
      #expect(postings.count >= 2 && postings.reduce(0) { $0 + ($1.value.int ?? 0) } == 0, "\(entry)")
    }
  }
}
