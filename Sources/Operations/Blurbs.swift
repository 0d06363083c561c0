import Domain
import Matching

/// What one side of an introduction is told of the other before both want it: enough to say yes or no, and nothing that
/// names anybody.
struct Blurbs {
  private let snapshot: Snapshot
  /// Those that were written already, by index.
  private var firms: [Int: String] = [:]
  private var investors: [Int: String] = [:]

  init(_ snapshot: Snapshot) { self.snapshot = snapshot }

  /// `series_a; artificial intelligence, chips; Anhui; asks 30M CNY; TRL 7; R3`
  mutating func ofFirm(_ candidate: Int) -> String {
    if let known = firms[candidate] { return known }
    let row = snapshot.candidateRow(at: candidate)
    let parts: [String?] = [
      row.stage?.name, names(of: row.sectors), row.region ?? row.country,
      row.ask.map { "asks \(Self.money($0, row.currency))" }, row.trl.map { "TRL \($0)" },
      row.risk.map { "R\($0)" },
    ]
    firms[candidate] = Self.joined(parts) ?? "a firm"
    return firms[candidate]!
  }

  /// `vc; China; tickets 2M-10M CNY; seed, series_a; artificial intelligence; leads`
  mutating func ofInvestor(_ investor: Int) -> String {
    if let known = investors[investor] { return known }
    let row = snapshot.investorRow(at: investor)
    let ticket: String? =
      switch (row.ticketMin, row.ticketMax) {
      case (nil, nil): nil
      case (let min?, nil): "tickets from \(Self.money(min, row.currency))"
      case (nil, let max?): "tickets up to \(Self.money(max, row.currency))"
      case (let min?, let max?): "tickets \(Amount(units: min).short)-\(Self.money(max, row.currency))"
      }
    let stages = row.stages.map(\.name).joined(separator: ", ")
    let wanted = row.sectors.sorted { ($1.millionths, $0.code) < ($0.millionths, $1.code) }.map(\.code)
    let parts: [String?] = [
      row.kind, row.country, ticket, stages.isEmpty ? nil : stages, names(of: wanted),
      row.lead.map { $0 ? "leads" : "follows" },
    ]
    investors[investor] = Self.joined(parts) ?? "an investor"
    return investors[investor]!
  }

  private static func joined(_ parts: [String?]) -> String? {
    let known = parts.compactMap(\.self).filter { !$0.isEmpty }
    return known.isEmpty ? nil : known.joined(separator: "; ")
  }

  /// Names of the first three.
  private func names(of sectors: [String]) -> String? {
    let names = sectors.prefix(3).map { code in
      snapshot.sectors.index(of: code).map { snapshot.sectors.names[$0] } ?? code
    }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  private static func money(_ amount: Int64, _ currency: String?) -> String {
    Amount(units: amount).short + (currency.map { " \($0)" } ?? "")
  }
}

extension Amount {
  /// With the largest suffix that loses nothing: `30M`, `1500k`, `999`.
  fileprivate var short: String {
    for (unit, suffix) in [(1_000_000, "M"), (1_000, "k")] as [(Int64, String)]
    where units >= unit && units % unit == 0 { return "\(units / unit)\(suffix)" }
    return String(units)
  }
}
