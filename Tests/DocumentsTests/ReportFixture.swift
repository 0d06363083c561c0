import Domain

@testable import Documents

/// The figures of a small city.
enum ReportFixture {
  static func named(_ code: String, _ name: String, _ nameZh: String? = nil) -> CityReport.Named {
    CityReport.Named(code: code, name: name, nameZh: nameZh)
  }

  static var city: CityReport {
    var report = CityReport(day: Day("2026-11-26")!, name: "Hefei", nameZh: "合肥")
    report.programmes = [
      .init(
        named("P-1", "Quantum Ahead", "量子先行"), currency: "CNY", budget: 600_000_000, invested: 182_500_000,
        returned: 41_250_000, lost: 12_000_000, held: 140_500_000, undrawn: 60_000_000),
      .init(
        named("P-2", "New Energy Vehicles", "新能源汽车"), currency: "CNY", budget: 400_000_000,
        invested: 20_000_000, held: 20_000_000, undrawn: 5_000_000),
      .init(
        named("P-9", "Dollar Fund"), currency: "USD", budget: 30_000_000, invested: 4_000_000, held: 4_000_000
      ),
    ]
    report.years = [
      .init(2023, currency: "CNY", invested: 82_500_000, returned: 0),
      .init(2025, currency: "CNY", invested: 120_000_000, returned: 41_250_000),
      .init(2026, currency: "USD", invested: 4_000_000, returned: 0),
    ]
    report.effects = [
      .init(
        nil, firms: 4, unmatched: 1, followed: [420_000, 1_100_000, 1_834_500],
        matched: [100_000, 300_000, nil])
    ]
    report.stages = [.preSeed: 1, .seed: 2, .seriesA: 3, .public: 1, nil: 1]
    report.risks = [2: 1, 3: 4, 5: 2]
    report.institutes = [
      .init(named("IN-1", "Quantum Institute", "量子研究院"), firms: 3, funded: 2, steps: 7, days: 1_200),
      .init(named("IN-2", "Young Institute"), firms: 0, funded: 0, steps: 0, days: 0),
    ]
    report.incubation = [2: 1, 4: 3, nil: 1]
    report.funds = [
      1: .init(1, budgetLeft: ["CNY": 50_000_000]),
      3: .init(4, budgetLeft: ["CNY": 310_000_000, "USD": 9_000_000]),
      5: .init(2),
    ]
    report.scenarios = [
      .init(named("SC-1", "Airport", "机场"), places: 4, onTrial: 2, passed: 3, failed: 1, abandoned: 0)
    ]
    report.reviews = [
      .init(.expert, positive: 5, conditional: 2, negative: 1, open: 3, expired: 2),
      .init(.legal, positive: 2, conditional: 0, negative: 0, open: 0, expired: 0),
    ]
    report.roadshows = [
      .init(
        named("R-1", "Autumn Roadshow", "秋季路演"), firms: 12, investors: 9, planned: 40, met: 33, mutual: 11,
        invested: 2),
      .init(
        named("R-2", "Spring Roadshow"), firms: 8, investors: 6, planned: 20, met: 19, mutual: 5, invested: 1),
    ]
    return report
  }

  /// The same city with names that would do harm where they could.
  static var hostile: CityReport {
    var report = city
    let name = "</td></svg><script>alert(1)</script> \"x\" & 'y' ]]> \u{202E}\r\n=1+1, <!--"
    report.name = name
    report.nameZh = name
    report.programmes[0].named = named("=1", name, name + "中")
    report.institutes[0].named = named("-1", name)
    report.scenarios[0].named = named("@x", "=HYPERLINK(\"http://x\")", name)
    report.roadshows[0].named = named("R-1", String(repeating: "长", count: 200), name)
    return report
  }
}
