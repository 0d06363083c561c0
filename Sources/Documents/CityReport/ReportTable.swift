import Domain

/// Figures of a report that stand together, without words: sections, items and measures by their keys. Every form of a
/// report is written from these.
public struct ReportTable: Sendable, Hashable {
  public enum Section: String, Sendable, CaseIterable {
    case capital, years, effect, stages, risks, institutes, incubation, funds, scenarios, reviews, roadshows,
      conversions
  }

  public enum Measure: String, Sendable, CaseIterable {
    case budget, invested, returned, lost, held, undrawn
    case firms, unmatched
    case followed6 = "followed_6"
    case followed12 = "followed_12"
    case followed24 = "followed_24"
    case matched6 = "matched_6"
    case matched12 = "matched_12"
    case matched24 = "matched_24"
    case share, funded, steps
    case stepsPerYear = "steps_per_year"
    case projects, funds
    case budgetLeft = "budget_left"
    case places
    case onTrial = "on_trial"
    case passed, failed, abandoned
    case reviews, positive, conditional, negative, open, expired
    case investors, planned, met, mutual
    case investments, meetings
    case ended
    case endedShare = "ended_share"
  }

  /// What a value counts.
  public enum Unit: Sendable, Hashable {
    case count
    /// Whole units of a currency.
    case currency(String)
    /// Tenths of a percent.
    case percent
    /// Millionths of a unit for each unit.
    case perUnit
    /// Millionths a year.
    case perYear

    /// The name in CSV.
    public var key: String {
      switch self {
      case .count: "count"
      case .currency(let code): code
      case .percent: "percent"
      case .perUnit: "per_unit"
      case .perYear: "per_year"
      }
    }

    /// A value as a number without rounding: `1200000`, `12.5`, `0.833333`.
    public func exact(_ value: Int) -> String {
      switch self {
      case .count, .currency: String(value)
      case .percent: Decimal6.text(value * 100_000)
      case .perUnit, .perYear: Decimal6.text(value)
      }
    }
  }

  public struct Column: Sendable, Hashable {
    public var measure: Measure
    public var unit: Unit
  }

  /// What a row is about.
  public enum Item: Sendable, Hashable {
    case named(CityReport.Named)
    case year(Int)
    /// A word of the registry or of this report: `seed`, `R3`, `met`.
    case word(String)
    case unknown
    /// The row of all others together.
    case all

    /// The name in CSV; `*` is all, and no code.
    public var key: String {
      switch self {
      case .named(let named): named.code
      case .year(let year): String(year)
      case .word(let word): word
      case .unknown: "unknown"
      case .all: "*"
      }
    }
  }

  public struct Row: Sendable, Hashable {
    public var item: Item
    /// One for each column; nil is not known.
    public var values: [Int?]
  }

  public var section: Section
  public var columns: [Column]
  public var rows: [Row]

  init(_ section: Section, _ columns: [(Measure, Unit)], _ rows: [(Item, [Int?])] = []) {
    self.section = section
    self.columns = columns.map { Column(measure: $0, unit: $1) }
    self.rows = rows.map { Row(item: $0, values: $1) }
  }

  /// The values of a measure, in order of the rows.
  func values(_ measure: Measure) -> [Int?] {
    guard let index = columns.firstIndex(where: { $0.measure == measure }) else { return [] }
    return rows.map { $0.values[index] }
  }

  func unit(of measure: Measure) -> Unit? { columns.first { $0.measure == measure }?.unit }

  /// Adds a row of the sums of all others.
  mutating func addSums() {
    guard !rows.isEmpty else { return }
    let sums = columns.indices.map { column in
      let values = rows.map { $0.values[column] }
      return values.contains(nil) ? nil : values.compactMap(\.self).saturatedSum()
    }
    rows.append(Row(item: .all, values: sums))
  }
}

/// Shares in tenths of a percent.
enum Shares {
  /// Rounded so that together they are 100 percent, by the largest remainders (Hamilton's method); the first of equal
  /// ones. Nil where there is nothing. n log n.
  static func tenths(of counts: [Int]) -> [Int?] {
    let total = counts.reduce(0, +)
    guard total > 0 else { return counts.map { _ in nil } }
    var shares = counts.map { $0 * 1_000 / total }
    let missing = 1_000 - shares.reduce(0, +)
    let order = counts.indices.sorted {
      let (left, right) = (counts[$0] * 1_000 % total, counts[$1] * 1_000 % total)
      return left != right ? left > right : $0 < $1
    }
    for index in order.prefix(missing) { shares[index] += 1 }
    return shares
  }
}
