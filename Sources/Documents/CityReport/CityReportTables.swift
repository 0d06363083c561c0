import Domain

extension CityReport {
  /// All figures in order of the sections. A section has one table, but one for each currency where it sums amounts, and
  /// none where nothing is known of it.
  public var tables: [ReportTable] {
    capital + yearTables + effect + [stageTable, riskTable, instituteTable, incubationTable, fundTable]
      + [scenarioTable, reviewTable, roadshowTable, conversionTable]
  }

  private var capital: [ReportTable] {
    Set(programmes.map(\.currency)).sorted().map { currency in
      let measures: [ReportTable.Measure] = [.budget, .invested, .returned, .lost, .held, .undrawn]
      var table = ReportTable(
        .capital, measures.map { ($0, .currency(currency)) },
        programmes.filter { $0.currency == currency }.map {
          (.named($0.named), [$0.budget, $0.invested, $0.returned, $0.lost, $0.held, $0.undrawn])
        })
      table.addSums()
      return table
    }
  }

  /// From the first year to the last, none left out.
  private var yearTables: [ReportTable] {
    Set(years.map(\.currency)).sorted().map { currency in
      let own = years.filter { $0.currency == currency }
      let (first, last) = (own.map(\.year).min()!, own.map(\.year).max()!)
      var table = ReportTable(
        .years, [(.invested, .currency(currency)), (.returned, .currency(currency))],
        (first...last).map { year in
          let of = own.filter { $0.year == year }
          return (.year(year), [of.map(\.invested).saturatedSum(), of.map(\.returned).saturatedSum()])
        })
      table.addSums()
      return table
    }
  }

  private var effect: [ReportTable] {
    if effects.isEmpty { return [] }
    let months: [ReportTable.Measure] = [
      .followed6, .followed12, .followed24, .matched6, .matched12, .matched24,
    ]
    return [
      ReportTable(
        .effect, [(.firms, .count), (.unmatched, .count)] + months.map { ($0, .perUnit) },
        effects.map {
          (
            $0.programme.map(ReportTable.Item.named) ?? .all,
            [$0.firms, $0.unmatched] + $0.followed + $0.matched
          )
        })
    ]
  }

  /// A table of counts and their shares. What is unknown is only told of where there is any.
  private static func counts(
    _ section: ReportTable.Section, _ measure: ReportTable.Measure, _ counts: [(ReportTable.Item, Int)]
  ) -> ReportTable {
    let shown = counts.filter { $0.0 != .unknown || $0.1 > 0 }
    let shares = Shares.tenths(of: shown.map(\.1))
    let total = shown.reduce(0) { $0 + $1.1 }
    return ReportTable(
      section, [(measure, .count), (.share, .percent)],
      zip(shown, shares).map { row, share in (row.0, [row.1, share]) } + [
        (.all, [total, total > 0 ? 1_000 : nil])
      ])
  }

  private static func counts(
    _ section: ReportTable.Section, _ measure: ReportTable.Measure, _ classes: ClosedRange<Int>,
    _ letter: String,
    _ counted: [Int?: Int]
  ) -> ReportTable {
    counts(
      section, measure,
      classes.map { (.word("\(letter)\($0)"), counted[$0] ?? 0) } + [(.unknown, counted[nil] ?? 0)])
  }

  private var stageTable: ReportTable {
    Self.counts(
      .stages, .firms,
      Stage.allCases.map { (.word($0.name), stages[$0] ?? 0) } + [(.unknown, stages[nil] ?? 0)])
  }

  private var riskTable: ReportTable { Self.counts(.risks, .firms, 1...5, "R", risks) }

  private var incubationTable: ReportTable {
    Self.counts(.incubation, .projects, 1...9, "", incubation)
  }

  private var fundTable: ReportTable {
    var table = Self.counts(.funds, .funds, 1...5, "C", funds.mapValues(\.count))
    for currency in Set(funds.values.flatMap(\.budgetLeft.keys)).sorted() {
      table.columns.append(.init(measure: .budgetLeft, unit: .currency(currency)))
      // Not known where none of them says what it has left.
      let left = (1...5).map { funds[$0]?.budgetLeft[currency] }
      let unknown = table.rows.contains { $0.item == .unknown } ? [funds[nil]?.budgetLeft[currency]] : []
      let values = left + unknown + [(left + unknown).compactMap(\.self).saturatedSum()]
      for index in table.rows.indices { table.rows[index].values.append(values[index]) }
    }
    return table
  }

  private var instituteTable: ReportTable {
    func row(_ item: ReportTable.Item, _ firms: Int, _ funded: Int, _ steps: Int, _ days: Int)
      -> (ReportTable.Item, [Int?])
    {
      (item, [firms, funded, steps, days > 0 ? steps * 365_000_000 / days : nil])
    }
    let all = row(
      .all, institutes.reduce(0) { $0 + $1.firms }, institutes.reduce(0) { $0 + $1.funded },
      institutes.reduce(0) { $0 + $1.steps }, institutes.reduce(0) { $0 + $1.days })
    return ReportTable(
      .institutes, [(.firms, .count), (.funded, .count), (.steps, .count), (.stepsPerYear, .perYear)],
      institutes.map { row(.named($0.named), $0.firms, $0.funded, $0.steps, $0.days) }
        + (institutes.isEmpty ? [] : [all]))
  }

  private var scenarioTable: ReportTable {
    let measures: [ReportTable.Measure] = [.places, .onTrial, .passed, .failed, .abandoned]
    var table = ReportTable(
      .scenarios, measures.map { ($0, .count) },
      scenarios.map { (.named($0.named), [$0.places, $0.onTrial, $0.passed, $0.failed, $0.abandoned]) })
    table.addSums()
    return table
  }

  private var reviewTable: ReportTable {
    let measures: [ReportTable.Measure] = [
      .reviews, .positive, .conditional, .negative, .open, .expired,
    ]
    var table = ReportTable(
      .reviews, measures.map { ($0, .count) },
      Review.Kind.allCases.map { kind in
        let review =
          reviews.first { $0.kind == kind }
          ?? Review(kind, positive: 0, conditional: 0, negative: 0, open: 0, expired: 0)
        let verdicts = [review.positive, review.conditional, review.negative, review.open]
        return (.word(kind.rawValue), [verdicts.reduce(0, +)] + verdicts + [review.expired])
      })
    table.addSums()
    return table
  }

  private var roadshowTable: ReportTable {
    let measures: [ReportTable.Measure] = [.firms, .investors, .planned, .met, .mutual, .investments]
    var table = ReportTable(
      .roadshows, measures.map { ($0, .count) },
      roadshows.map {
        (.named($0.named), [$0.firms, $0.investors, $0.planned, $0.met, $0.mutual, $0.invested])
      })
    table.addSums()
    return table
  }

  /// How far the meetings of all roadshows went. Those that ended at a step are all that did not reach the next, so that
  /// they and their shares add up; a share that reached a step is what ended there and later.
  private var conversionTable: ReportTable {
    let reached = [\Roadshow.planned, \.met, \.mutual, \.invested].map { step in
      roadshows.reduce(0) { $0 + $1[keyPath: step] }
    }
    let ended = zip(reached, reached.dropFirst() + [0]).map(-)
    let shares = Shares.tenths(of: ended)
    let steps = ["planned", "met", "mutual", "invested"]
    return ReportTable(
      .conversions, [(.meetings, .count), (.share, .percent), (.ended, .count), (.endedShare, .percent)],
      steps.indices.map { step in
        let later = shares[step...].compactMap { $0 }
        return (
          .word(steps[step]),
          [reached[step], later.isEmpty ? nil : later.reduce(0, +), ended[step], shares[step]]
        )
      })
  }
}
