import Domain
import Testing

@testable import Documents

@Suite struct CityReportTests {
  private static let city = ReportFixture.city

  private static func table(_ section: ReportTable.Section, of report: CityReport = city) throws
    -> ReportTable
  {
    try #require(report.tables.first { $0.section == section })
  }

  // MARK: Figures

  @Test func amountsOfTwoCurrenciesAreNotAdded() throws {
    let capital = Self.city.tables.filter { $0.section == .capital }
    #expect(capital.map { $0.unit(of: .budget) } == [.currency("CNY"), .currency("USD")])
    #expect(
      capital[0].rows.last?.values == [
        1_000_000_000, 202_500_000, 41_250_000, 12_000_000, 160_500_000, 65_000_000,
      ])
    #expect(capital[1].rows.last?.values == [30_000_000, 4_000_000, 0, 0, 4_000_000, 0])
  }

  @Test func noYearIsLeftOut() throws {
    let years = try Self.table(.years)
    #expect(years.rows.map(\.item.key) == ["2023", "2024", "2025", "*"])
    #expect(years.values(.invested) == [82_500_000, 0, 120_000_000, 202_500_000])
  }

  @Test func unknownIsToldWhereThereIsAny() throws {
    #expect(try Self.table(.stages).rows.count == 12)
    #expect(try Self.table(.stages).rows[10].item == .unknown)
    #expect(try Self.table(.risks).rows.map(\.item.key) == ["R1", "R2", "R3", "R4", "R5", "*"])
    var report = Self.city
    report.funds[nil] = .init(1, budgetLeft: ["CNY": 5])
    #expect(
      try Self.table(.funds, of: report).values(.budgetLeft)
        == [50_000_000, nil, 310_000_000, nil, nil, 5, 360_000_005])
  }

  @Test func whatEndedAndWhatWentOnAddUp() throws {
    let steps = try Self.table(.conversions)
    #expect(steps.values(.meetings) == [60, 52, 16, 3])
    #expect(steps.values(.ended) == [8, 36, 13, 3])
    #expect(steps.values(.endedShare) == [133, 600, 217, 50])
    #expect(steps.values(.share) == [1_000, 867, 267, 50])
    #expect(
      try Self.table(.conversions, of: CityReport(day: Self.city.day)).values(.share) == [nil, nil, nil, nil])
  }

  @Test(
    arguments: [
      ([], []), ([0, 0], [nil, nil]), ([1, 1, 1], [334, 333, 333]), ([2, 1], [667, 333]),
      ([1, 1, 1, 1, 1, 1], [167, 167, 167, 167, 166, 166]), ([0, 7], [0, 1_000]),
    ] as [([Int], [Int?])])
  func sharesAreAHundredPercent(_ counts: [Int], _ shares: [Int?]) {
    #expect(Shares.tenths(of: counts) == shares)
  }

  @Test func sharesAddUpWhateverIsCounted() {
    for seed in 1...500 {
      let counts = (0..<(seed % 12 + 1)).map { (seed * 7_919 + $0 * 104_729) % 97 }
      let shares = Shares.tenths(of: counts)
      if counts.allSatisfy({ $0 == 0 }) { continue }
      #expect(shares.reduce(0) { $0 + $1! } == 1_000, "\(counts)")
      for (count, share) in zip(counts, shares) {
        let exact = Double(count) * 1_000 / Double(counts.reduce(0, +))
        #expect(abs(Double(share!) - exact) < 1, "\(counts)")
      }
    }
  }

  @Test(
    arguments: [
      (0, 1, 1), (1, 1, 1), (5, 1, 5), (6, 2, 6), (7, 2, 8), (10, 2, 10), (11, 5, 15), (99, 20, 100),
      (101, 50, 150),
      (1_000_000_000_000_000, 200_000_000_000_000, 1_000_000_000_000_000),
    ])
  func axesHaveRoundNumbers(_ largest: Int, _ step: Int, _ end: Int) {
    let axis = ReportAxis(reaching: largest)
    #expect(axis.step == step && axis.end == end)
    #expect(axis.ticks.first == 0 && axis.ticks.last == end && axis.ticks.count <= 6)
  }

  @Test(
    arguments: [
      (0, 0, 0, "0"), (1_234_567, 0, 0, "1,234,567"), (999, 0, 0, "999"), (1_234_567, 6, 2, "1.23"),
      (1_235_000, 6, 2, "1.24"), (12_345_678_900, 8, 2, "123.46"), (49_999, 6, 1, "0.0"),
      (50_000, 6, 1, "0.1"),
      (-1_500, 3, 1, "-1.5"), (-1, 3, 1, "0.0"), (125, 1, 1, "12.5"),
      (1_000_000_000_000, 6, 1, "1,000,000.0"),
    ])
  func numbersAreRounded(_ value: Int, _ exponent: Int, _ places: Int, _ text: String) {
    #expect(ReportNumbers.decimal(value, exponent: exponent, places: places) == text)
  }

  // MARK: Text

  @Test func textFitsATerminal() {
    var wide = Self.city
    wide.funds[3]!.budgetLeft = Dictionary(
      uniqueKeysWithValues: ["CNY", "EUR", "HKD", "JPY", "SGD", "USD"].map { ($0, 1_000_000_000_000_000) })
    #expect(CityReportText(wide, in: .english).lines.count { $0.hasPrefix("C3 ") } == 3)
    for report in [Self.city, ReportFixture.hostile, wide] {
      for language in SheetLanguage.allCases {
        let lines = CityReportText(report, in: language).lines
        for line in lines.dropFirst(2) {
          #expect(line.cellWidth <= 100, "\(line)")
          #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "\(line)")
        }
        // Rows of a table are as wide as its rules, whatever the names are in.
        for (line, rule) in zip(lines, lines.dropFirst()) where rule.hasPrefix("----") {
          #expect(line.cellWidth == rule.cellWidth, "\(line)")
        }
      }
    }
  }

  @Test func textOfASmallCity() {
    #expect(CityReportText(Self.city, in: .english).text == Self.golden)
    let chinese = CityReportText(Self.city, in: .chinese).lines
    #expect(chinese[0] == "城市报告：合肥 (截至 2026-11-26)")
    #expect(
      chinese[3...8] == [
        "各专项国有资本（万元）",
        "专项               预算    已投   回收   损失    持有   未拨",
        "------------------------------------------------------------",
        "P-1 量子先行     60,000  18,250  4,125  1,200  14,050  6,000",
        "P-2 新能源汽车   40,000   2,000      0      0   2,000    500",
        "------------------------------------------------------------",
      ])
  }

  private static let golden = """
    City report: Hefei (as of 2026-11-26)
    =====================================

    State capital by programme, million CNY
    Programme                  Budget  Invested  Returned   Lost    Held  Undrawn
    -----------------------------------------------------------------------------
    P-1 Quantum Ahead          600.00    182.50     41.25  12.00  140.50    60.00
    P-2 New Energy Vehicles    400.00     20.00      0.00   0.00   20.00     5.00
    -----------------------------------------------------------------------------
    In all                   1,000.00    202.50     41.25  12.00  160.50    65.00

    State capital by programme, million USD
    Programme        Budget  Invested  Returned  Lost  Held  Undrawn
    ----------------------------------------------------------------
    P-9 Dollar Fund   30.00      4.00      0.00  0.00  4.00     0.00
    ----------------------------------------------------------------
    In all            30.00      4.00      0.00  0.00  4.00     0.00
    Lost: cost of what was written off, and what sales brought less than their cost. Held: cost of what
    is held. Undrawn: committed and not yet paid.

    Invested and returned by year, million CNY
    Year    Invested  Returned
    --------------------------
    2023       82.50      0.00
    2024        0.00      0.00
    2025      120.00     41.25
    --------------------------
    In all    202.50     41.25

    Invested and returned by year, million USD
    Year    Invested  Returned
    --------------------------
    2026        4.00      0.00
    --------------------------
    In all      4.00      0.00

    Private capital that followed state capital
    Programme  Firms  Unmatched  6 mo  12 mo  24 mo  Matched 6  Matched 12  Matched 24
    ----------------------------------------------------------------------------------
    In all         4          1  0.42   1.10   1.83       0.10        0.30           –
    Private capital within 6, 12 and 24 months for each unit of state capital, and in matched firms
    without it.

    Firms by stage
    Stage     Firms  Share, %
    -------------------------
    pre-seed      1      12.5
    angel         0       0.0
    seed          2      25.0
    series A      3      37.5
    series B      0       0.0
    series C      0       0.0
    series D      0       0.0
    growth        0       0.0
    pre-IPO       0       0.0
    public        1      12.5
    unknown       1      12.5
    -------------------------
    In all        8     100.0

    Firms by risk class
    Risk    Firms  Share, %
    -----------------------
    R1          0       0.0
    R2          1      14.3
    R3          4      57.1
    R4          0       0.0
    R5          2      28.6
    -----------------------
    In all      7     100.0
    As they are known today.

    Institutes
    Institute               Firms  Funded  Steps  Steps a year
    ----------------------------------------------------------
    IN-1 Quantum Institute      3       2      7          2.13
    IN-2 Young Institute        0       0      0             –
    ----------------------------------------------------------
    In all                      3       2      7          2.13
    Steps: TRL that projects and firms rose by.

    Projects in incubation by TRL
    TRL      Projects  Share, %
    ---------------------------
    1               0       0.0
    2               1      20.0
    3               0       0.0
    4               3      60.0
    5               0       0.0
    6               0       0.0
    7               0       0.0
    8               0       0.0
    9               0       0.0
    unknown         1      20.0
    ---------------------------
    In all          5     100.0

    Funds by tolerance for risk
    Tolerance  Funds  Share, %  Budget left, million CNY  Budget left, million USD
    ------------------------------------------------------------------------------
    C1             1      14.3                     50.00                         –
    C2             0       0.0                         –                         –
    C3             4      57.1                    310.00                      9.00
    C4             0       0.0                         –                         –
    C5             2      28.6                         –                         –
    ------------------------------------------------------------------------------
    In all         7     100.0                    360.00                      9.00

    Test grounds
    Scenario      Places  On trial  Passed  Failed  Abandoned
    ---------------------------------------------------------
    SC-1 Airport       4         2       3       1          0
    ---------------------------------------------------------
    In all             4         2       3       1          0
    Who takes part twice counts twice in all.

    Diligence
    Review      Reviews  Positive  Conditional  Negative  Open  Expired
    -------------------------------------------------------------------
    expert           11         5            2         1     3        2
    commercial        0         0            0         0     0        0
    financial         0         0            0         0     0        0
    legal             2         2            0         0     0        0
    -------------------------------------------------------------------
    In all           13         7            2         1     3        2
    Expired: of those with a verdict, those that no longer count.

    Roadshows
    Roadshow             Firms  Investors  Planned  Met  Mutual  Invested
    ---------------------------------------------------------------------
    R-1 Autumn Roadshow     12          9       40   33      11         2
    R-2 Spring Roadshow      8          6       20   19       5         1
    ---------------------------------------------------------------------
    In all                  20         15       60   52      16         3
    Who takes part twice counts twice in all.

    From meeting to investment
    Step                 Meetings  Share, %  Ended  Share, %
    --------------------------------------------------------
    planned                    60     100.0      8      13.3
    met                        52      86.7     36      60.0
    introduction mutual        16      26.7     13      21.7
    invested                    3       5.0      3       5.0
    Ended: meetings that went no further.

    """

  // MARK: CSV

  @Test func csvHasEveryFigureExactly() throws {
    for report in [Self.city, ReportFixture.hostile] {
      let lines = CityReportCSV(report).lines
      #expect(lines[0] == "as_of,section,item,name,measure,value,unit")
      let read = lines.dropFirst().map(Self.fields)
      #expect(read.allSatisfy { $0.count == 7 && $0[0] == "2026-11-26" })
      var figures = read[...]
      for table in report.tables {
        for row in table.rows {
          for (column, value) in zip(table.columns, row.values) {
            let next = figures.popFirst()
            let figure = try #require(next)
            let item = row.item.key
            #expect(figure[2] == item || figure[2] == "'" + item)
            #expect(
              [figure[1], figure[4], figure[6]] == [
                table.section.rawValue, column.measure.rawValue, column.unit.key,
              ])
            #expect(figure[5] == (value.map(column.unit.exact) ?? ""))
          }
        }
      }
      #expect(figures.isEmpty)
      #expect(read.allSatisfy { !"=+-@".contains($0[2].prefix(1) + " ") && !$0[3].hasPrefix("=") })
    }
    let lines = CityReportCSV(Self.city).lines
    for line in [
      "2026-11-26,capital,P-1,Quantum Ahead,invested,182500000,CNY", "2026-11-26,capital,*,,held,4000000,USD",
      "2026-11-26,years,2024,,invested,0,CNY", "2026-11-26,effect,*,,followed_24,1.8345,per_unit",
      "2026-11-26,effect,*,,matched_24,,per_unit",
      "2026-11-26,institutes,IN-1,Quantum Institute,steps_per_year,2.129166,per_year",
      "2026-11-26,conversions,met,,share,86.7,percent", "2026-11-26,funds,C3,,budget_left,9000000,USD",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  /// A line taken apart by the rules of RFC 4180.
  private static func fields(_ line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    var scalars = Array(line.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"":
        fields[fields.count - 1].unicodeScalars.append(scalars.removeFirst())
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].unicodeScalars.append(scalar)
      }
    }
    #expect(!isQuoted)
    return fields
  }
}
