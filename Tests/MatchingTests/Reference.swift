import Domain

@testable import Matching

/// The rules of docs/SCORING.md once more, as slow and as plain as can be, from rows alone. Written apart
/// from the target: it shares no code with it but the row types.
struct Reference {
  let rows: SnapshotBuilder
  let policy: [String: Int]
  let asOf: Day

  struct Verdict: Equatable {
    var values: [Criterion: Int] = [:]
    var unknown: Set<Criterion> = []
    var points: [Criterion: Int] = [:]
    var vetoes: [Veto] = []
    var score: Int { points.values.reduce(0, +) }
  }

  private var paths: [String: [String]] = [:]
  private var everHeld: [Int32: Set<Int32>] = [:]
  private(set) var heldNow: [Int32: Set<Int32>] = [:]
  private var holders: [Int32: Set<Int32>] = [:]
  private var countries: Set<String> = []
  private var candidates: [Int32: CandidateRow] = [:]

  init(rows: SnapshotBuilder, policy: [String: Int], asOf: Day) {
    self.rows = rows
    self.policy = policy
    self.asOf = asOf
    let parents = Dictionary(uniqueKeysWithValues: rows.sectors.map { ($0.code, $0.parent) })
    for sector in rows.sectors {
      var path: [String] = []
      var next: String? = sector.code
      while let code = next {
        path.insert(code, at: 0)
        next = parents[code]!
      }
      paths[sector.code] = path
    }
    for holding in rows.holdings {
      everHeld[holding.investor, default: []].insert(holding.firm)
      holders[holding.firm, default: []].insert(holding.investor)
      if holding.exitedOn == nil || holding.exitedOn! > asOf {
        heldNow[holding.investor, default: []].insert(holding.firm)
      }
    }
    for country in rows.candidates.map(\.country) + rows.investors.map(\.country) {
      if let country { countries.insert(country.lowercased()) }
    }
    for candidate in rows.candidates { candidates[candidate.id] = candidate }
  }

  /// Ids and scores of all that no veto keeps off, best first.
  static func list(_ verdicts: [(CandidateRow, Verdict)]) -> [Deal] {
    verdicts
      .filter { $0.1.vetoes.isEmpty }
      .sorted { left, right in
        if left.1.score != right.1.score { return left.1.score > right.1.score }
        if left.0.code != right.0.code {
          return Array(left.0.code.utf8).lexicographicallyPrecedes(Array(right.0.code.utf8))
        }
        return left.0.kind == .firm && right.0.kind == .project
      }
      .map { Deal(candidate: $0.0.id, score: Int32($0.1.score)) }
  }

  func judge(_ investor: InvestorRow, _ candidate: CandidateRow) -> Verdict {
    var verdict = Verdict()
    func enter(_ criterion: Criterion, _ value: Int?) {
      let name = criterion.name
      verdict.values[criterion] = value ?? policy[name + "_prior"]!
      if value == nil { verdict.unknown.insert(criterion) }
    }
    enter(.stage, stage(investor, candidate))
    enter(.sector, sector(investor, candidate))
    enter(.risk, risk(investor, candidate))
    enter(.ticket, ticket(investor, candidate)?.value)
    enter(.region, region(investor, candidate).value)
    enter(.coInvestors, coInvestors(investor, candidate))
    let readiness = readiness(candidate)
    verdict.values[.readiness] = readiness.value
    if !readiness.isKnown { verdict.unknown.insert(.readiness) }
    for criterion in Criterion.allCases {
      verdict.points[criterion] = policy[criterion.name + "_weight"]! * verdict.values[criterion]! / 1_000_000
    }
    verdict.vetoes = vetoes(investor, candidate)
    return verdict
  }

  // MARK: Criteria

  func scoredStage(_ candidate: CandidateRow) -> Stage? {
    candidate.kind == .project ? .preSeed : candidate.stage
  }

  func stage(_ investor: InvestorRow, _ candidate: CandidateRow) -> Int? {
    guard let stage = scoredStage(candidate), !investor.stages.isEmpty else { return nil }
    let here = Stage.names.firstIndex(of: stage.name)!
    var distance = 100
    for wanted in investor.stages {
      distance = min(distance, abs(Stage.names.firstIndex(of: wanted.name)! - here))
    }
    return policy["stage_distance_\(distance > 3 ? 3 : distance)"]!
  }

  /// From the top down to the sector itself.
  func path(_ code: String) -> [String] { paths[code]! }

  func nearness(_ code: String, _ wanted: String) -> Int {
    let (left, right) = (path(code), path(wanted))
    if left.contains(wanted) { return 1_000_000 }
    var common = 0
    while common < min(left.count, right.count), left[common] == right[common] { common += 1 }
    return 2 * common * 1_000_000 / (left.count + right.count)
  }

  func sector(_ investor: InvestorRow, _ candidate: CandidateRow) -> Int? {
    if investor.sectors.isEmpty || candidate.sectors.isEmpty { return nil }
    var best = 0
    for (position, code) in candidate.sectors.enumerated() {
      for wanted in investor.sectors {
        var value = wanted.millionths * nearness(code, wanted.code) / 1_000_000
        if position != 0 { value = value * policy["sector_secondary"]! / 1_000_000 }
        best = max(best, value)
      }
    }
    return best
  }

  func risk(_ investor: InvestorRow, _ candidate: CandidateRow) -> Int? {
    guard let tolerance = investor.risk, let risk = candidate.risk else { return nil }
    if risk <= tolerance { return policy["risk_under_\(tolerance - risk)"]! }
    return max(0, policy["risk_under_0"]! - (risk - tolerance) * policy["risk_over_cost"]!)
  }

  /// Units of `to` for one of `from`, as numerator and denominator.
  func rate(_ from: String?, _ to: String?) -> (UInt128, UInt128)? {
    if from == to { return (1, 1) }
    guard let from, let to else { return nil }
    func direct(_ from: String, _ to: String) -> (UInt128, UInt128, Day)? {
      var best: (UInt128, UInt128, Day)?
      for row in rows.rates where row.date <= asOf && row.from == from && row.to == to {
        if best == nil || best!.2 < row.date { best = (UInt128(row.millionths), 1_000_000, row.date) }
      }
      for row in rows.rates where row.date <= asOf && row.from == to && row.to == from {
        if best == nil || best!.2 < row.date { best = (1_000_000, UInt128(row.millionths), row.date) }
      }
      return best
    }
    if let found = direct(from, to) { return (found.0, found.1) }
    let all = Set(rows.rates.flatMap { [$0.from, $0.to] }).sorted()
    var best: (UInt128, UInt128, Day)?
    for middle in all {
      guard let one = direct(from, middle), let two = direct(middle, to) else { continue }
      let day = min(one.2, two.2)
      if best == nil || best!.2 < day { best = (one.0 * two.0, one.1 * two.1, day) }
    }
    return best.map { ($0.0, $0.1) }
  }

  /// Half up; nil without a rate.
  func convert(_ amount: Int64, _ from: String?, _ to: String?) -> Int64? {
    rate(from, to).map { Int64((UInt128(amount) * $0.0 * 2 + $0.1) / ($0.1 * 2)) }
  }

  /// The ticket in the currency of the ask, the value and the veto.
  func ticket(_ investor: InvestorRow, _ candidate: CandidateRow) -> (value: Int, isVetoed: Bool)? {
    guard let ask = candidate.ask, investor.ticketMin != nil || investor.ticketMax != nil,
      let rate = rate(investor.currency, candidate.currency)
    else { return nil }
    func converted(_ amount: Int64) -> UInt128 { (UInt128(amount) * rate.0 * 2 + rate.1) / (rate.1 * 2) }
    let asked = UInt128(ask)
    if let max = investor.ticketMax.map(converted), asked > max {
      return (Int(max * 1_000_000 / asked), asked > max * UInt128(policy["ticket_high_reach"]!))
    }
    if let min = investor.ticketMin.map(converted), asked < min {
      return (Int(asked * 1_000_000 / min), asked * UInt128(policy["ticket_low_reach"]!) < min)
    }
    return (1_000_000, false)
  }

  func region(_ investor: InvestorRow, _ candidate: CandidateRow) -> (value: Int?, isVetoed: Bool) {
    func folded(_ text: String?) -> String? { text?.lowercased() }
    let regions = Set(investor.regions.compactMap(folded))
    if regions.isEmpty { return (nil, false) }
    let place = [candidate.country, candidate.region, candidate.city].compactMap(folded)
    if place.contains(where: regions.contains) { return (1_000_000, false) }
    guard let country = folded(candidate.country) else { return (nil, false) }
    let quota = investor.localQuota ?? 0
    var countries = regions.intersection(countries)
    if let home = folded(investor.country) { countries.insert(home) }
    if country == folded(investor.country) {
      return (policy["region_same_country"]! * (100 - quota) / 100, quota == 100)
    }
    return (0, !countries.isEmpty || quota == 100)
  }

  func readiness(_ candidate: CandidateRow) -> (value: Int, isKnown: Bool) {
    let pieces = rows.evidence.filter { piece in
      piece.firm == candidate.id && piece.date <= asOf && (piece.until == nil || piece.until! >= asOf)
    }
    var evidence = policy["evidence_\(min(2, pieces.count))"]!
    if let record = candidate.record, let stage = scoredStage(candidate)?.name,
      ["pre_seed", "angel", "seed"].contains(stage)
    {
      evidence = max(evidence, record * policy["readiness_record"]! / 1_000_000)
    }
    var maturity = policy["readiness_prior"]!
    var isKnown = false
    if let trl = candidate.trl, let stage = scoredStage(candidate) {
      let norms = ["pre_seed", "angel", "seed", "series_a", "series_b", "series_c"]
      let norm = policy["trl_" + (norms.contains(stage.name) ? stage.name : "later")]!
      let gap = norm - trl
      maturity = policy["readiness_gap_\(gap < 0 ? 0 : gap > 3 ? 3 : gap)"]!
      isKnown = true
    }
    let share = policy["readiness_evidence"]!
    return ((maturity * (1_000_000 - share) + evidence * share) / 1_000_000, isKnown)
  }

  func portfolio(_ investor: Int32) -> Set<Int32> { everHeld[investor] ?? [] }

  func coInvestors(_ investor: InvestorRow, _ candidate: CandidateRow) -> Int? {
    let counted = sharers(investor, candidate)
    guard let signal = candidate.signal, !["state_fund", "sub_fund"].contains(investor.kind) else {
      return counted
    }
    return max(counted ?? policy["co_investors_prior"]!, signal * policy["co_investors_state"]! / 1_000_000)
  }

  private func sharers(_ investor: InvestorRow, _ candidate: CandidateRow) -> Int? {
    let own = portfolio(investor.id)
    let others = (holders[candidate.id] ?? []).subtracting([investor.id])
    if own.isEmpty || others.isEmpty { return nil }
    let known = others.filter {
      !portfolio($0).intersection(own).subtracting([candidate.id]).isEmpty
    }
    return policy["co_investors_\(min(3, known.count))"]!
  }

  // MARK: Vetoes

  func vetoes(_ investor: InvestorRow, _ candidate: CandidateRow) -> [Veto] {
    var vetoes: [Veto] = []
    if candidate.sectors.contains(where: { !Set(path($0)).isDisjoint(with: investor.excludedSectors) }) {
      vetoes.append(.excludedSector)
    }
    if candidate.kind == .firm, investor.excludedFirms.contains(candidate.code) {
      vetoes.append(.excludedFirm)
    }
    if let tolerance = investor.risk, let risk = candidate.risk, risk - tolerance >= investor.riskVeto ?? 1 {
      vetoes.append(.risk)
    }
    if ticket(investor, candidate)?.isVetoed == true { vetoes.append(.ticket) }
    if region(investor, candidate).isVetoed { vetoes.append(.region) }
    if let budget = investor.budgetLeft, budget == 0 || budget < investor.ticketMin ?? 0 {
      vetoes.append(.noBudget)
    }
    let held = heldNow[investor.id] ?? []
    if let cap = investor.concentrationCap, held.count >= policy["concentration_from"]!,
      let primary = candidate.sectors.first
    {
      let after = held.union([candidate.id])
      let top = path(primary)[0]
      let same = after.filter { id in
        let sectors = candidates[id]!.sectors
        return sectors.first.map { path($0)[0] == top } ?? false
      }
      if same.count * 100 > cap * after.count { vetoes.append(.concentration) }
    }
    if held.contains(candidate.id) { vetoes.append(.alreadyHolds) }
    if candidate.kind == .firm, investor.declinedFirms.contains(candidate.id) { vetoes.append(.declined) }
    if investor.isRetired || candidate.isRetired { vetoes.append(.retired) }
    return vetoes
  }
}
