import Domain
import Testing
import Wire

/// What the commands that read say of a simulated city, against the simulation's own model.
struct CityReadings {
  private struct Year {
    let day: String
    let books: CityBooks
    /// The report in each form, as it was at the end of the year.
    let reports: [String: [String]]
  }

  private static let forms = ["text", "csv", "json", "html"]

  private let client: LineClient
  private var years: [Year] = []

  init(client: LineClient) { self.client = client }

  private func rows(_ request: String) throws -> [JSON] {
    let reply = try client.ask(request)
    #expect(reply.last?.hasPrefix("250 ok") == true, "\(request): \(reply.last ?? "")")
    return try reply.dropLast().map { line in
      guard case .row(let json) = ReplyLine(parsing: line) else {
        throw LineClient.Failure(description: "\(request): \(line)")
      }
      return try JSONParser.parse(json)
    }
  }

  // MARK: Years

  mutating func end(_ year: Int, _ books: CityBooks) throws {
    let day = "\(year)-12-31"
    var reports: [String: [String]] = [:]
    for form in Self.forms { reports[form] = try client.ask("REPORT city as_of=\(day) format=\(form)") }
    years.append(Year(day: day, books: books, reports: reports))
  }

  /// What came later has changed nothing of what is told of a day.
  func checkYears() throws {
    for year in years {
      for (form, report) in year.reports {
        let isSame = try client.ask("REPORT city as_of=\(year.day) format=\(form)") == report
        #expect(isSame, "the report of \(year.day) as \(form) is another one now")
      }
      try check(balancesOn: year.day, year.books)
    }
  }

  private func check(balancesOn day: String, _ books: CityBooks) throws {
    let balances = try rows("PROGRAMME BALANCE as_of=\(day)")
    #expect(balances.count == books.programmes.count)
    for row in balances {
      let code = try #require(row["programme"]?.text)
      let model = try #require(books.programmes[code])
      let wanted: [(String, Int)] = [
        ("budget", model.budget), ("cash", model.cash), ("committed", model.committed),
        // A gain stands in the books with a minus, and is told without.
        ("stakes", books.cost(of: code)), ("result", -model.result), ("invested", model.invested),
        ("returned", model.returned), ("lost", model.lost),
      ]
      for (name, value) in wanted {
        #expect(row[name]?.int.map { Int($0) } == value, "\(code) \(name) on \(day)")
      }
      #expect(row["balanced"]?.bool == true, "\(code) on \(day)")
    }
  }

  // MARK: The report

  /// Figures by section, item and measure.
  private func figures(of lines: [String]) -> [String: Int] {
    var figures: [String: Int] = [:]
    for line in lines.dropLast() {
      // No name in this city has a comma.
      let fields = line.dropFirst(4).split(separator: ",", omittingEmptySubsequences: false)
      if fields.count == 7, let value = Int(fields[5]) {
        figures["\(fields[1]) \(fields[2]) \(fields[4])"] = value
      }
    }
    return figures
  }

  func checkReport(_ city: CitySimulation) throws {
    let figures = figures(of: years.last?.reports["csv"] ?? [])
    var wanted: [String: Int] = [:]
    for (code, programme) in city.books.programmes {
      wanted["capital \(code) invested"] = programme.invested
      wanted["capital \(code) returned"] = programme.returned
      wanted["capital \(code) lost"] = programme.lost
      wanted["capital \(code) held"] = city.books.cost(of: code)
      wanted["capital \(code) undrawn"] = programme.committed
    }
    for (year, sums) in city.books.years {
      wanted["years \(year) invested"] = sums.invested
      wanted["years \(year) returned"] = sums.returned
    }
    for stage in Stage.allCases {
      wanted["stages \(stage.name) firms"] = city.firms.values.count { $0.stage == stage }
    }
    for trl in 1...9 {
      wanted["incubation \(trl) projects"] = city.projects.count { !$0.isFirm && $0.trl == trl }
    }
    for ground in CitySimulation.grounds.indices {
      wanted["scenarios G-\(ground) passed"] = city.pilots.count {
        $0.ground == ground && $0.hasPassed == true
      }
      wanted["scenarios G-\(ground) failed"] = city.pilots.count {
        $0.ground == ground && $0.hasPassed == false
      }
      wanted["scenarios G-\(ground) on_trial"] = city.pilots.count {
        $0.ground == ground && $0.hasPassed == nil && $0.ends >= city.lastDay
      }
    }
    for institute in 0..<CitySimulation.institutes {
      wanted["institutes IN-\(institute) firms"] = city.firms.values.count { $0.institute == institute }
    }
    for (name, value) in wanted { #expect(figures[name] == value, "\(name)") }
  }

  // MARK: The rest

  func checkInstitutes(_ city: CitySimulation) throws {
    let records = try rows("INSTITUTE RECORD")
    #expect(records.count == CitySimulation.institutes)
    for row in records {
      let firms = city.firms.values.filter { "IN-\($0.institute)" == row["institute"]?.text }
      let funded = firms.count { $0.raised != nil }
      #expect(row["firms"]?.int == Int64(firms.count) && row["funded"]?.int == Int64(funded))
      let (steps, days) = (row["steps"]?.int ?? 0, row["days"]?.int ?? 1)
      let share = (Int64(funded) + 1) * 1_000_000 / (Int64(firms.count) + 2)
      let pace = min(1_000_000, steps * 365_000_000 / days)
      let weight = (row["tracked"]?.int ?? 0) * 300_000 / (row["candidates"]?.int ?? 1)
      let value = (share * (1_000_000 - weight) + pace * weight) / 1_000_000
      #expect(row["value"]?.int == (value + 25_000) / 50_000 * 50_000, "\(row.line)")
    }
  }

  func checkCapital(_ city: CitySimulation) throws {
    let effects = try rows("EFFECT record=yes")
    #expect(effects.contains { $0["value"]?.int ?? 0 > 0 }, "\(effects.map(\.line))")
    for row in effects {
      guard let programme = row["programme"]?.text, let state = row["state"]?.int else { continue }
      #expect(Int(state) <= city.books.programmes[programme]!.invested, "\(row.line)")
    }
    let held = city.books.stakes.filter { $0.value.held > 0 }
    let offered = try rows("HANDOVER LIST all=yes limit=1000").filter { $0["row"]?.text == "stake" }
    #expect(Set(offered.compactMap { $0["stake"]?.text }) == Set(held.keys))
    for firm in city.firms.keys.sorted().prefix(5) { #expect(try !rows("RELAY \(firm)").isEmpty, "\(firm)") }
    #expect(try !rows("GAPS").isEmpty)
    for ground in CitySimulation.grounds.indices {
      let matched = try rows("SCENARIO MATCH G-\(ground)")
      #expect(!matched.isEmpty)
      for row in matched {
        #expect(row["trl"]?.int ?? 9 >= Int64(CitySimulation.grounds[ground].trl), "\(row.line)")
      }
    }
  }
}
