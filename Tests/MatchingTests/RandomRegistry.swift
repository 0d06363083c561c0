import Domain

@testable import Matching

/// Numbers that come out the same for the same seed on every machine (SplitMix64: G. Steele, D. Lea and
/// C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True once in so many times.
  mutating func isOne(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func maybe<T>(_ value: T) -> T? { isOne(in: 4) ? nil : value }

  mutating func one<T>(of items: [T]) -> T { items[number(0...items.count - 1)] }

  mutating func some<T>(of items: [T], upTo count: Int) -> [T] {
    Array(items.shuffled(using: &self).prefix(number(0...count)))
  }
}

/// Small registries that hold every oddity: unknowns, ties, equal codes of firm and project, retired rows,
/// amounts at the edge, rates that lead nowhere.
enum RandomRegistry {
  static let asOf = Day("2026-06-15")!

  static func rows(_ random: inout SeededGenerator) -> SnapshotBuilder {
    let sectors = sectors(&random)
    let codes = sectors.map(\.code)
    // Few distinct values, so that scores tie.
    let candidates = (0..<random.number(1...40)).map { candidate($0, codes, &random) }
    let firms = candidates.filter { $0.kind == .firm }
    let investors = (0..<random.number(1...12)).map { investor($0, codes, firms, &random) }
    var rows = SnapshotBuilder(
      candidates: candidates.shuffled(using: &random), investors: investors.shuffled(using: &random),
      sectors: sectors.shuffled(using: &random), rates: rates(&random))
    for firm in firms {
      for _ in 0..<random.number(0...3) {
        rows.evidence.append(evidence(of: firm.id, &random))
      }
    }
    guard !firms.isEmpty else { return rows }
    for _ in 0..<random.number(0...40) {
      rows.holdings.append(
        HoldingRow(
          investor: random.one(of: investors).id, firm: random.one(of: firms).id,
          exitedOn: random.isOne(in: 2) ? nil : day(&random)))
    }
    return rows
  }

  static func evidence(of firm: Int32, _ random: inout SeededGenerator) -> EvidenceRow {
    EvidenceRow(firm: firm, date: day(&random), until: random.isOne(in: 2) ? nil : day(&random))
  }

  static func day(_ random: inout SeededGenerator) -> Day {
    Day(daysSinceEpoch: asOf.daysSinceEpoch + random.number(-2...2))
  }

  static func sectors(_ random: inout SeededGenerator) -> [SectorRow] {
    var rows: [SectorRow] = []
    var depths: [Int] = []
    for index in 0..<random.number(1...24) {
      let parent =
        random.isOne(in: 4) ? nil : rows.indices.filter { depths[$0] < 8 }.randomElement(using: &random)
      rows.append(
        SectorRow(code: "s\(random.number(0...9))-\(index)", name: "S", parent: parent.map { rows[$0].code }))
      depths.append(parent.map { depths[$0] + 1 } ?? 1)
    }
    return rows
  }

  static func rates(_ random: inout SeededGenerator) -> [RateRow] {
    let currencies = ["CNY", "USD", "EUR", "JPY", "GBP"]
    return (0..<random.number(0...8)).map { _ in
      let pair = currencies.shuffled(using: &random)
      return RateRow(
        from: pair[0], to: pair[1], millionths: Int64(random.number(1...20)) * 500_000, date: day(&random))
    }
  }

  static let kinds = ["cvc", "vc", "sub_fund", "state_fund"]
  static let countries = ["China", "CHINA", "Germany", "france"]
  static let regions = ["Anhui", "anhui", "Jiangsu", "Bavaria"]
  static let cities = ["Hefei", "Nanjing", "München", "MÜNCHEN"]
  static let shares = [0, 1, 333_333, 500_000, 900_001, 1_000_000]
  static let amounts: [Int64] = [0, 1, 999_999, 1_000_000, 2_000_000, 5_000_000, 10_000_000, Limits.amount]

  static func candidate(_ index: Int, _ sectors: [String], _ random: inout SeededGenerator) -> CandidateRow {
    let kind: CandidateRow.Kind = random.isOne(in: 4) ? .project : .firm
    // Every second index has the code of the one before and the other kind.
    return CandidateRow(
      id: Int32(index * 3 + 1), kind: index % 2 == 1 ? .project : kind == .project ? .firm : kind,
      code: "C-\(index / 2 * 7 % 50)", isRetired: random.isOne(in: 10), name: "Name \(index)",
      nameZh: random.maybe("名\(index)"),
      stage: index % 2 == 1 ? nil : random.maybe(random.one(of: Stage.allCases)),
      sectors: random.some(of: sectors, upTo: 5), trl: random.maybe(random.number(1...9)),
      risk: random.maybe(random.number(1...5)), region: random.maybe(random.one(of: regions)),
      city: random.maybe(random.one(of: cities)), country: random.maybe(random.one(of: countries)),
      ask: random.maybe(random.one(of: amounts + [Int64(random.number(0...60_000_000))])),
      currency: random.maybe(random.one(of: ["CNY", "USD", "EUR", "JPY"])), round: random.maybe("seed"),
      record: random.isOne(in: 3) ? nil : random.one(of: shares),
      signal: random.isOne(in: 3) ? random.one(of: shares) : nil)
  }

  static func investor(
    _ index: Int, _ sectors: [String], _ firms: [CandidateRow], _ random: inout SeededGenerator
  ) -> InvestorRow {
    let ends = [random.one(of: amounts), random.one(of: amounts)].sorted()
    return InvestorRow(
      id: Int32(index * 2 + 5), code: "I-\(index * 7 % 12)", isRetired: random.isOne(in: 12),
      name: "Fund \(index)", kind: random.one(of: kinds),
      parent: random.isOne(in: 3) ? Int32(random.number(2...6) * 2 + 1) : nil,
      stages: Stage.allCases.filter { _ in random.isOne(in: 4) },
      sectors: random.some(of: sectors, upTo: 4).map {
        FieldValue.Weight(code: $0, millionths: random.one(of: [1_000_000, 800_000, 333_333, 1]))
      },
      excludedSectors: random.isOne(in: 3) ? random.some(of: sectors, upTo: 2) : [],
      excludedFirms: random.isOne(in: 3) ? random.some(of: firms.map(\.code) + ["gone"], upTo: 2) : [],
      declinedFirms: random.isOne(in: 3) ? random.some(of: firms.map(\.id) + [99_998], upTo: 3).sorted() : [],
      risk: random.maybe(random.number(1...5)), riskVeto: random.maybe(random.number(1...5)),
      ticketMin: random.maybe(ends[0]), ticketMax: random.maybe(ends[1]),
      currency: random.maybe(random.one(of: ["CNY", "USD", "GBP"])),
      regions: random.isOne(in: 4) ? [] : random.some(of: countries + regions + cities, upTo: 3),
      city: random.maybe(random.one(of: cities)), country: random.maybe(random.one(of: countries)),
      lead: random.maybe(random.isOne(in: 2)),
      budgetLeft: random.isOne(in: 4) ? random.one(of: amounts) : nil,
      localQuota: random.maybe(random.one(of: [0, 33, 100])),
      concentrationCap: random.maybe(random.one(of: [1, 34, 50, 100])))
  }

  /// Any policy, curves that make no sense included.
  static func policy(_ random: inout SeededGenerator) -> Policy {
    var values: [String: Int] = [:]
    for parameter in Policy.parameters where !parameter.name.hasSuffix("_weight") {
      guard random.isOne(in: 2) else { continue }
      let range = parameter.range
      values[parameter.name] =
        parameter.name == "concentration_from"
        ? random.number(0...4) : random.number(range.lowerBound...range.upperBound)
    }
    for names in [Criterion.allCases.map(\.name), FirmCriterion.allCases.map { "firm_\($0.name)" }]
    where random.isOne(in: 2) {
      var left = 1_000_000
      for name in names.dropLast() {
        let weight = random.number(0...left)
        values[name + "_weight"] = weight
        left -= weight
      }
      values[names.last! + "_weight"] = left
    }
    return try! Policy(number: 1, values: values)
  }

  /// Wishes of some firms, by id.
  static func wishes(_ rows: SnapshotBuilder, _ random: inout SeededGenerator) -> [Int32: FirmWishes] {
    let codes = rows.investors.map(\.code) + ["nobody"]
    var wishes: [Int32: FirmWishes] = [:]
    for firm in rows.candidates where !random.isOne(in: 3) {
      wishes[firm.id] = FirmWishes(
        seeksLead: random.maybe(random.isOne(in: 2)),
        wantedKinds: random.isOne(in: 2) ? random.some(of: kinds + ["bank"], upTo: 2) : [],
        wantedInvestors: random.isOne(in: 2) ? random.some(of: codes, upTo: 2) : [],
        unwantedInvestors: random.isOne(in: 4) ? random.some(of: codes, upTo: 2) : [])
    }
    return wishes
  }
}
