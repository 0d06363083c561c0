import Domain
import Matching
import Store
import Wire

extension Desk {
  // MARK: EFFECT

  func effect(_ command: Effect, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let basis = try await readAll(call) { session in try EffectBasis(command, in: session) }
    let served = try await picture.refresh(deadline: settings.statementTime)
    let report = try await offThread { try EffectReport(basis, served) }
    let shown = report.findings(of: command.programme)
    let rows = shown.flatMap(EffectReport.rows)
    var figures = [
      Attribute("rows", rows.count), Attribute("as_of", "\(basis.asOf)"),
      Attribute("currency", basis.currency),
    ]
    if command.programme != nil, let value = shown.first?.value { figures.append(Attribute("value", value)) }
    if report.unconverted > 0 { figures.append(Attribute("unconverted", report.unconverted)) }
    let told = figures
    guard command.isRecorded else {
      try await reply.add(rows)
      return LastLine(.ok, told, sentence: "nothing was stored")
    }
    return try await write(call, key: command.key, &reply) { session in
      var recorded: [JSON] = []
      for finding in shown {
        guard let programme = finding.programme, let value = finding.value,
          try CapitalStore.record(value, of: programme, asOf: basis.asOf, in: session)
        else { continue }
        recorded.append(
          .object([.init("programme", .string(programme)), .init("value", JSON(value))]))
      }
      let last = LastLine(
        recorded.isEmpty ? .unchanged : .ok, told + [Attribute("recorded", recorded.count)],
        sentence: recorded.isEmpty ? "it is so already, or nothing could be measured" : nil)
      guard !recorded.isEmpty else { return Written(rows: rows, last: last) }
      return Written(
        rows: rows, last: last,
        audit: .init(
          action: "effect", object: command.programme,
          detail: .object([
            .init("as_of", .string("\(basis.asOf)")), .init("recorded", .array(recorded)),
          ])))
    }
  }

  // MARK: HANDOVER LIST

  func handOverList(_ command: HandOverList, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let limit = command.page.limit + 1
    let (read, known) = try await readAll(call) { session in
      if let programme = command.programme,
        try CapitalStore.programmes(programme, in: session).isEmpty
      {
        throw WireError.notFound("programme", programme)
      }
      if let stake = command.stake, try RegistryStore.get(.stake, stake, in: session) == nil {
        throw WireError.notFound("stake", stake)
      }
      let stakes = try CapitalStore.stakes(
        .init(programme: command.programme, stake: command.stake, includesAll: command.showsAll),
        after: command.page.after, limit: limit, in: session)
      return (stakes, try CapitalStore.knownBuyers(of: Set(stakes.map(\.firm)).sorted(), in: session))
    }
    let served = try await picture.refresh(deadline: settings.statementTime)
    var stakes = read
    let hasMore = command.page.cut(&stakes)
    // One after the other, so that a client that has gone is not worked for.
    for stake in stakes {
      try Task.checkCancellation()
      let sale = try await offThread {
        try StakeSale(stake, known: known[stake.firm] ?? [:], command, served)
      }
      try await reply.add(sale.rows)
    }
    var figures = [Attribute("rows", reply.rows), Attribute("stakes", stakes.count)]
    if hasMore, let last = stakes.last { figures.append(Attribute("next", last.code)) }
    return LastLine(.ok, figures + [Attribute("policy", Int(served.policy.number))])
  }

  /// Reads as of one moment, before the picture is brought up to date, so that this knows every firm that is read of; and
  /// apart from it, lest others wait for their pictures meanwhile.
  private func readAll<Result: Sendable>(
    _ call: Call, _ body: @escaping @Sendable (Session) throws -> Result
  ) async throws -> Result {
    try await pool.transaction(isolation: .repeatableRead, readOnly: true, deadline: time(of: call), body)
  }

  // MARK: RELAY

  func relay(_ command: Relay, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let prices = try await readAll(call) { session in
      try CapitalStore.stakePrices(of: command.firm, in: session)
    }
    let served = try await picture.refresh(deadline: settings.statementTime)
    let snapshot = served.snapshot
    guard let firm = snapshot.candidate(code: command.firm, kind: .firm) else {
      throw WireError.notFound("firm", command.firm)
    }
    let currency = RelayView.currency(of: firm, in: snapshot)
    let converted = prices.compactMap { snapshot.rates.convert($0.amount, from: $0.currency, to: currency) }
    let price = converted.isEmpty ? nil : min(Limits.amount, converted.saturatedSum())
    let view = try await offThread {
      do {
        return try RelayView(served.scorer, firm: firm, top: command.top, stakePrice: price)
      } catch let flaw as Flaw { throw StoreError.unexpectedResult(reason: flaw.sentence) }
    }
    for step in view.steps {
      for (part, runners) in [("lead", step.lead), ("follow", step.follow)] {
        try await reply.row(Self.row(step, part, runners, snapshot))
      }
      if let takeOver = step.takeOver {
        try await reply.row(Self.row(step, "take_over", takeOver, snapshot))
      }
    }
    var figures = [Attribute("rows", reply.rows)]
    if let currency { figures.append(Attribute("currency", currency)) }
    if let price { figures.append(Attribute("stake_price", Int(price))) }
    return LastLine(.ok, figures + [Attribute("policy", Int(served.policy.number))])
  }

  private static func row(
    _ step: RelayView.Step, _ part: String, _ runners: RelayView.Runners, _ snapshot: Snapshot
  ) -> [JSON.Member] {
    [
      .init("stage", JSON(step.stage?.name)), .init("present", step.isPresent ? true : .null),
      .init("ask", JSON(step.ask.map { Int($0) })), .init("ask_from", .string(step.basis.rawValue)),
      .init("part", .string(part)), .init("count", JSON(runners.count)),
      .init(
        "best",
        .array(
          runners.best.compactMap { snapshot.investor(id: $0.investor) }.map {
            .string(snapshot.investorCode(at: $0))
          })), .init("scores", .array(runners.best.map { JSON(Int($0.score)) })),
      .init("gap", JSON(runners.gap?.condition.rawValue)), .init("left", JSON(runners.gap?.left)),
    ]
  }

  // MARK: GAPS

  func gaps(_ command: Gaps, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let tree = served.snapshot.sectors
    var top: String?
    if let sector = command.sector {
      guard let index = tree.index(of: sector) else { throw WireError.notFound("sector", sector) }
      top = tree.codes[tree.top(of: index)]
    }
    let gaps = try await offThread {
      FundGaps(served.scorer, currency: command.currency ?? served.snapshot.commonCurrency)
    }
    let cells = gaps.cells.filter { top == nil || $0.sector == top }
    for cell in cells.prefix(command.limit) {
      try await reply.row([
        .init("stage", JSON(cell.stage?.name)), .init("sector", JSON(cell.sector)),
        .init("risk", JSON(cell.risk.map { "R\($0)" })), .init("firms", JSON(cell.firms)),
        .init("asked", JSON(Int(cell.asked))), .init("investors", JSON(cell.investors)),
        .init("unknown_budgets", JSON(cell.unknownBudgets)), .init("budget", JSON(Int(cell.budget))),
        .init("spread", JSON(Int(cell.spread))), .init("hole", JSON(cell.knownHole.map { Int($0) })),
        .init("hole_at_most", JSON(Int(cell.hole))),
      ])
    }
    func total(_ amount: (FundGaps.Cell) -> Int64) -> Int {
      Int(clamping: cells.reduce(Int128(0)) { $0 + Int128(amount($1)) })
    }
    var figures = [Attribute("rows", reply.rows), Attribute("cells", cells.count)]
    if let currency = gaps.currency { figures.append(Attribute("currency", currency)) }
    figures += [
      Attribute("asked", total(\.asked)), Attribute("spread", total(\.spread)),
      Attribute("hole", total { $0.knownHole ?? 0 }), Attribute("hole_at_most", total(\.hole)),
    ]
    if gaps.unconverted > 0 { figures.append(Attribute("unconverted", gaps.unconverted)) }
    return LastLine(
      .ok, figures,
      sentence: gaps.unconverted > 0 ? MissingRate.sentence(served.scorer.missingRates) : nil)
  }
}
