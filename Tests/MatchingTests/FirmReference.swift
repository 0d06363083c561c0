import Domain

@testable import Matching

/// The rules of the firm's side in docs/SCORING.md once more, as slow and as plain as can be, from rows alone.
struct FirmReference {
  let rows: SnapshotBuilder
  let wishes: [Int32: FirmWishes]
  let policy: [String: Int]
  let plain: Reference

  init(rows: SnapshotBuilder, wishes: [Int32: FirmWishes], policy: [String: Int], asOf: Day) {
    self.rows = rows
    self.wishes = wishes
    self.policy = policy
    plain = Reference(rows: rows, policy: policy, asOf: asOf)
  }

  func wishes(_ firm: CandidateRow) -> FirmWishes { wishes[firm.id] ?? FirmWishes() }

  func isUnwanted(_ investor: InvestorRow, by firm: CandidateRow) -> Bool {
    !Set(wishes(firm).unwantedInvestors).isDisjoint(with: line(investor).map(\.code))
  }

  /// Points in the order of the criteria.
  func points(_ investor: InvestorRow, _ firm: CandidateRow) -> [Int] {
    let values = [
      lead(investor, firm), reach(investor, firm), value(investor, firm), limits(investor, firm),
      stated(investor, firm),
    ]
    return zip(["lead", "reach", "value", "limits", "wishes"], values).map { name, value in
      policy["firm_\(name)_weight"]! * (value ?? policy["firm_\(name)_prior"]!) / 1_000_000
    }
  }

  /// The investor and the houses above it, at most eight.
  private func line(_ investor: InvestorRow) -> [InvestorRow] {
    var line = [investor]
    while line.count < 9, let above = rows.investors.first(where: { $0.id == line.last!.parent }) {
      line.append(above)
    }
    return line
  }

  private func lead(_ investor: InvestorRow, _ firm: CandidateRow) -> Int? {
    switch (wishes(firm).seeksLead, investor.lead) {
    case (true?, true?), (false?, false?): 1_000_000
    case (true?, false?): policy["firm_lead_follower"]!
    case (false?, true?): policy["firm_lead_spare"]!
    default: nil
    }
  }

  private func reach(_ investor: InvestorRow, _ firm: CandidateRow) -> Int? {
    guard let stage = plain.scoredStage(firm), !investor.stages.isEmpty else { return nil }
    let top = line(investor).last!.id
    let house = rows.investors.filter { !$0.isRetired && line($0).last!.id == top }
    let coming = Stage.allCases.drop { $0 != stage }.prefix(4)
    var sum = 0
    for stage in coming {
      if investor.stages.contains(stage) {
        sum += 1_000_000
      } else if house.contains(where: { $0.stages.contains(stage) }) {
        sum += policy["firm_reach_house"]!
      }
    }
    return sum / coming.count
  }

  /// Parts that are not known have the prior.
  private func mean(_ name: String, _ parts: [(value: Int?, share: Int)]) -> Int? {
    if parts.allSatisfy({ $0.value == nil }) { return nil }
    let rest = 1_000_000 - parts.map(\.share).reduce(0, +)
    let shares = parts.dropLast().map(\.share) + [rest]
    return zip(parts, shares).map { ($0.value ?? policy["firm_\(name)_prior"]!) * $1 }.reduce(0, +)
      / 1_000_000
  }

  private func value(_ investor: InvestorRow, _ firm: CandidateRow) -> Int? {
    let held = plain.portfolio(investor.id)
    var heldValue: Int?
    if !held.isEmpty, let primary = firm.sectors.first {
      let same = rows.candidates.filter { other in
        held.contains(other.id)
          && other.sectors.first.map { plain.path($0)[0] == plain.path(primary)[0] } ?? false
      }
      heldValue = policy["firm_value_held_\(min(3, same.count))"]!
    }
    return mean(
      "value",
      [
        (investor.kind == "cvc" ? 1_000_000 : 0, policy["firm_value_cvc"]!),
        (nearness(investor, firm), policy["firm_value_near"]!), (heldValue, 0),
      ])
  }

  private func nearness(_ investor: InvestorRow, _ firm: CandidateRow) -> Int? {
    let (city, home) = (investor.city?.lowercased(), investor.country?.lowercased())
    let (firmCity, region) = (firm.city?.lowercased(), firm.region?.lowercased())
    if let home, let country = firm.country?.lowercased(), home != country { return 0 }
    guard let city, firmCity != nil || region != nil else { return nil }
    if city == firmCity { return 1_000_000 }
    let neighbours = rows.candidates.filter { $0.city?.lowercased() == city && $0.region != nil }
    let regions = Set(neighbours.map { $0.region!.lowercased() }).union([city])
    return region.map(regions.contains) ?? false ? policy["firm_value_region"]! : 0
  }

  private func limits(_ investor: InvestorRow, _ firm: CandidateRow) -> Int? {
    func part(_ amount: Int64?, of whole: Int64) -> Int? {
      guard let amount, let rate = plain.rate(investor.currency, firm.currency) else { return nil }
      let converted = (UInt128(amount) * rate.0 * 2 + rate.1) / (rate.1 * 2)
      return converted >= whole ? 1_000_000 : Int(converted * 1_000_000 / UInt128(whole))
    }
    var (ticket, budget): (Int?, Int?) = (nil, nil)
    if let ask = firm.ask {
      let isOpen = investor.ticketMax == nil && investor.ticketMin != nil
      ticket = isOpen ? 1_000_000 : part(investor.ticketMax, of: ask)
      budget = part(investor.budgetLeft, of: ask * 2)
    }
    return mean(
      "limits",
      [
        (ticket, policy["firm_limits_ticket"]!), (budget, policy["firm_limits_budget"]!),
        (room(investor, firm), 0),
      ])
  }

  private func room(_ investor: InvestorRow, _ firm: CandidateRow) -> Int? {
    guard let cap = investor.concentrationCap, let primary = firm.sectors.first else { return nil }
    let held = rows.candidates.filter { plain.heldNow[investor.id]?.contains($0.id) ?? false }
    if held.count < policy["concentration_from"]! { return 1_000_000 }
    let top = plain.path(primary)[0]
    let same = held.filter { $0.sectors.first.map { plain.path($0)[0] == top } ?? false }
    let (most, share) = (cap * (held.count + 1), 100 * (same.count + 1))
    return max(0, most - share) * 1_000_000 / most
  }

  private func stated(_ investor: InvestorRow, _ firm: CandidateRow) -> Int? {
    let wishes = wishes(firm)
    if wishes.wantedKinds.isEmpty && wishes.wantedInvestors.isEmpty { return nil }
    if !Set(wishes.wantedInvestors).isDisjoint(with: line(investor).map(\.code)) { return 1_000_000 }
    return policy[wishes.wantedKinds.contains(investor.kind) ? "firm_wishes_kind" : "firm_wishes_other"]!
  }
}
