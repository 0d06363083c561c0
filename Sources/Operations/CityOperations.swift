import Documents
import Domain
import Store
import Wire

extension Desk {
  /// Writes the report of the city on a day.
  func cityReport(_ command: CityReportCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let (read, basis) = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
    ) { session in
      let day = try Self.day(command.asOf, in: session)
      let report = CityReport(try CityReportStore.figures(on: day, in: session), on: day)
      return (report, try EffectBasis(report, in: session))
    }
    let served = try await picture.refresh(deadline: settings.statementTime)
    let report = try await offThread {
      var report = read
      report.effects = try basis.map { try EffectReport($0, served).effects(of: read.programmes) } ?? []
      return report
    }
    let language = SheetLanguage(tag: command.language)
    let lines = try await offThread {
      switch command.format {
      case .text: CityReportText(report, in: language).lines
      case .json: report.rows.map { JSON.object($0).line }
      case .csv: CityReportCSV(report).lines
      case .html:
        CityReportPage(report, in: language).html.split(separator: "\n", omittingEmptySubsequences: false)
          .dropLast().map(String.init)
      }
    }
    try await reply.document(lines: lines, hasCR: command.format == .csv)
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("as_of", report.day.description),
        Attribute("type", command.format.mediaType),
      ])
  }

  /// The day that is asked about, which is not yet to come; today without one.
  private static func day(_ asked: Day?, in session: Session) throws -> Day {
    let today = try IntroductionStore.today(in: session)
    guard let asked else { return today }
    guard asked <= today else {
      throw WireError.badArgument("as_of", "\(asked) is yet to come; today is \(today)")
    }
    return asked
  }

  // MARK: Institutes

  func instituteRecord(_ command: InstituteRecord, _ reply: inout Reply) async throws -> LastLine {
    let page = command.page
    if let after = page.after, !Code.isValid(after) {
      throw WireError.badArgument("after", "is not a code; it comes from next= of the page before")
    }
    var records = try await pool.run(deadline: settings.statementTime) { session in
      try InstituteStore.records(
        command.institute, after: page.after, limit: page.limit + 1, in: session)
    }
    if let institute = command.institute, records.isEmpty, page.after == nil {
      throw WireError.notFound("institute", institute)
    }
    let hasMore = page.cut(&records)
    for record in records {
      try await reply.row([
        .init("institute", .string(record.institute)), .init("name", .string(record.name)),
        .init("name_zh", JSON(record.nameZh)), .init("projects", JSON(record.projects)),
        .init("firms", JSON(record.firms)), .init("funded", JSON(record.funded)),
        .init("steps", JSON(record.steps)), .init("days", JSON(record.days)),
        .init(
          "steps_per_year",
          record.days > 0 ? .number(Decimal6.text(record.steps * 365_000_000 / record.days)) : .null),
        .init("candidates", JSON(record.candidates)), .init("tracked", JSON(record.tracked)),
        .init("value", JSON(record.value)),
      ])
    }
    return LastLine(
      .ok,
      [Attribute("rows", records.count)]
        + (hasMore ? [Attribute("next", records.last!.institute)] : []))
  }

  func institutePipeline(_ command: InstitutePipeline, _ reply: inout Reply) async throws -> LastLine {
    let lines = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: settings.statementTime
    ) { session -> [PipelineLine]? in
      guard try !InstituteStore.records(command.institute, after: nil, limit: 1, in: session).isEmpty else {
        return nil
      }
      return try InstituteStore.pipeline(of: command.institute, in: session)
    }
    guard let lines else { throw WireError.notFound("institute", command.institute) }
    for line in lines {
      try await reply.row([
        .init("what", line.isFirm ? "firm" : "project"), .init("code", .string(line.code)),
        .init("name", .string(line.name)), .init("name_zh", JSON(line.nameZh)),
        .init("trl", JSON(line.trl)), .init("rose_on", JSON(line.roseOn)),
        .init("days", JSON(line.days)), .init("project", JSON(line.project)),
        .init("stage", JSON(line.stage)), .init("founded_on", JSON(line.foundedOn)),
        .init("rounds", JSON(line.rounds)), .init("last_round", JSON(line.lastRound)),
      ])
    }
    return LastLine(.ok, [Attribute("rows", lines.count)])
  }

  // MARK: Programmes

  func programmeBalance(_ command: ProgrammeBalanceCommand, _ reply: inout Reply) async throws -> LastLine {
    let (day, balances) = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: settings.statementTime
    ) { session in
      let day = try Self.day(command.asOf, in: session)
      if let programme = command.programme,
        try ProgrammeBooks.currency(of: programme, in: session) == nil
      {
        throw WireError.notFound("programme", programme)
      }
      return (day, try ProgrammeBooks.balances(command.programme, on: day, in: session))
    }
    for balance in balances { try await reply.row(balance.members) }
    return LastLine(
      .ok, [Attribute("rows", balances.count), Attribute("as_of", day.description)])
  }

  func programmeLedger(_ command: ProgrammeLedger, _ reply: inout Reply) async throws -> LastLine {
    let page = command.page
    let after = try Self.numberCursor(page.after)
    let read = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: settings.statementTime
    ) { session -> (day: Day, currency: String, entries: [LedgerLine])? in
      let day = try Self.day(command.asOf, in: session)
      guard let currency = try ProgrammeBooks.currency(of: command.programme, in: session) else { return nil }
      return (
        day, currency,
        try ProgrammeBooks.entries(
          of: command.programme, until: day, after: after, limit: page.limit + 1, in: session)
      )
    }
    guard var read else { throw WireError.notFound("programme", command.programme) }
    let hasMore = page.cut(&read.entries)
    for entry in read.entries {
      try await reply.row([
        .init("entry", JSON(entry.id)), .init("date", .string(entry.date)),
        .init("kind", .string(entry.kind)),
        .init("stake", JSON(entry.stake)), .init("firm", JSON(entry.firm)),
        .init("tranche", JSON(entry.tranche)), .init("reason", JSON(entry.reason)),
        .init("postings", .object(entry.postings.map { .init($0.account, JSON($0.amount)) })),
      ])
    }
    return LastLine(
      .ok,
      [
        Attribute("rows", read.entries.count), Attribute("as_of", read.day.description),
        Attribute("currency", read.currency),
      ] + (hasMore ? [Attribute("next", read.entries.last!.id)] : []))
  }
}

extension CityReportCommand.Format {
  fileprivate var mediaType: String {
    switch self {
    case .text: "text/plain"
    case .json: "application/x-ndjson"
    case .csv: "text/csv"
    case .html: "text/html"
    }
  }
}

extension ProgrammeBalance {
  fileprivate var members: [JSON.Member] {
    [
      .init("programme", .string(code)), .init("name", .string(name)), .init("name_zh", JSON(nameZh)),
      .init("fund", .string(fund)), .init("currency", .string(currency)), .init("budget", JSON(budget)),
      .init("cash", JSON(cash)), .init("committed", JSON(committed)), .init("stakes", JSON(stakes)),
      .init("result", JSON(result)), .init("invested", JSON(invested)), .init("returned", JSON(returned)),
      .init("lost", JSON(lost)), .init("lost_percent", percent(lost)),
      .init("loss_tolerance", JSON(lossTolerance)), .init("region", JSON(region)),
      .init("outside", region == nil ? .null : JSON(outside)),
      .init("outside_percent", region == nil ? .null : percent(outside)), .init("quota", JSON(quota)),
      .init("balanced", .bool(isBalanced)),
    ]
  }

  /// Of the budget, to a hundredth, rounded down.
  private func percent(_ amount: Int) -> JSON {
    guard budget > 0 else { return .null }
    // Of a budget that was lowered since, it may be any number of times.
    let hundredths = Int128(amount) * 10_000 / Int128(budget)
    return .number(Decimal6.text(Int(min(hundredths, 100_000_000_000)) * 10_000))
  }
}

extension CityReport {
  fileprivate init(_ figures: CityFigures, on day: Day) {
    func named(_ line: CityFigures.Line) -> Named {
      Named(code: line.code, name: line.name, nameZh: line.nameZh)
    }
    func classes(_ counts: [CityFigures.Count]) -> [Int?: Int] {
      Dictionary(uniqueKeysWithValues: counts.map { (Self.level($0.word), $0.figures[0]) })
    }
    self.init(day: day)
    programmes = figures.programmes.map { line in
      let it = line.figures
      return Programme(
        named(line), currency: line.currency ?? "", budget: it[0], invested: it[1], returned: it[2],
        lost: it[3], held: it[4], undrawn: it[5])
    }
    years = figures.years.map {
      Year($0.year, currency: $0.currency, invested: $0.invested, returned: $0.returned)
    }
    stages = Dictionary(
      uniqueKeysWithValues: figures.stages.map { ($0.word.flatMap { Stage(name: $0) }, $0.figures[0]) })
    risks = classes(figures.risks)
    institutes = figures.institutes.map { line in
      let it = line.figures
      return Institute(named(line), firms: it[0], funded: it[1], steps: it[2], days: it[3])
    }
    incubation = classes(figures.incubation)
    funds = classes(figures.funds).mapValues { Funds($0) }
    for budget in figures.budgets {
      funds[Self.level(budget.tolerance)]?.budgetLeft[budget.currency] = budget.left
    }
    scenarios = figures.scenarios.map { line in
      let it = line.figures
      return Scenario(
        named(line), places: it[0], onTrial: it[1], passed: it[2], failed: it[3], abandoned: it[4])
    }
    reviews = figures.reviews.compactMap { count in
      let it = count.figures
      return count.word.flatMap(Review.Kind.init).map {
        Review($0, positive: it[0], conditional: it[1], negative: it[2], open: it[3], expired: it[4])
      }
    }
    roadshows = figures.roadshows.map { line in
      let it = line.figures
      return Roadshow(
        named(line), firms: it[0], investors: it[1], planned: it[2], met: it[3], mutual: it[4],
        invested: it[5])
    }
  }

  /// The number of a class such as `R3` or `C1`, or of a TRL.
  private static func level(_ word: String?) -> Int? {
    word.flatMap { Int($0.drop { !$0.isNumber }) }
  }

  /// A row for each row of a table. Amounts are told by their currencies, since a table may have several.
  fileprivate var rows: [[JSON.Member]] {
    tables.flatMap { table in
      table.rows.map { row in
        var members: [JSON.Member] = [
          .init("as_of", .string(day.description)), .init("section", .string(table.section.rawValue)),
          .init("item", .string(row.item.key)),
        ]
        if case .named(let named) = row.item {
          members.append(.init("name", .string(named.name)))
          if let nameZh = named.nameZh { members.append(.init("name_zh", .string(nameZh))) }
        }
        var amounts: [String: [JSON.Member]] = [:]
        for (column, value) in zip(table.columns, row.values) {
          let number = value.map { JSON.number(column.unit.exact($0)) } ?? .null
          guard case .currency(let currency) = column.unit else {
            members.append(.init(column.measure.rawValue, number))
            continue
          }
          let name = column.measure.rawValue
          if amounts[name] == nil { members.append(.init(name, .null)) }
          amounts[name, default: []].append(.init(currency, number))
        }
        return members.map { JSON.Member($0.name, amounts[$0.name].map { .object($0) } ?? $0.value) }
      }
    }
  }
}
