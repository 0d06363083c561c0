import Domain
import Matching
import Wire

// What WHATIF asks for: rows as they would be with some fields changed. Only fields that scoring reads make a
// difference; asking for another is refused, since its silence would be taken for an answer.

/// Fields that scoring does not read. A test holds every other field of these nouns to be taken below.
enum UnscoredFields {
  static let of: [Noun: Set<String>] = [
    .investor: ["name", "name_zh", "parent", "opened_on"], .project: ["name", "name_zh", "institute"],
    .firm: [
      "name", "name_zh", "institute", "founded_on", "round", "instrument", "seeking_lead", "wanted_kinds",
      "wanted_investors", "unwanted_investors", "summary",
    ],
  ]
}

extension InvestorRow {
  func with(_ record: Record, in snapshot: Snapshot) throws -> InvestorRow {
    var row = self
    for (field, given) in zip(record.noun.fields, record.given) where given != .absent {
      let value = given.value
      switch field.name {
      case "stages": row.stages = value.list.compactMap { Stage(name: $0) }
      case "sectors":
        if case .weights(let weights) = value { row.sectors = weights } else { row.sectors = [] }
        try requireSectors(row.sectors.map(\.code), "investor.sectors", snapshot)
      case "excluded_sectors":
        row.excludedSectors = value.list
        try requireSectors(value.list, "investor.excluded_sectors", snapshot)
      case "excluded_firms":
        row.excludedFirms = value.list
        for code in value.list where snapshot.candidate(code: code, kind: .firm) == nil {
          throw WireError.badArgument("investor.excluded_firms", "there is no firm \"\(code)\"")
        }
      case "kind": row.kind = value?.spelling ?? kind
      case "risk": row.risk = value.step
      case "risk_veto": row.riskVeto = value.int
      case "ticket":
        if case .range(let range) = value {
          (row.ticketMin, row.ticketMax) = (range.min, range.max)
        } else {
          (row.ticketMin, row.ticketMax) = (nil, nil)
        }
      case "currency": row.currency = value?.spelling
      case "regions": row.regions = value.list
      case "city": row.city = value?.spelling
      case "country": row.country = value?.spelling
      case "lead": row.lead = value.flag
      case "budget_left": row.budgetLeft = value.units
      case "local_quota": row.localQuota = value.int
      case "concentration_cap": row.concentrationCap = value.int
      case "retired": row.isRetired = value.flag ?? false
      default: throw WireError.badArgument("investor.\(field.name)", "makes no difference to a score")
      }
    }
    return row
  }
}

extension CandidateRow {
  func with(_ record: Record, in snapshot: Snapshot) throws -> CandidateRow {
    var row = self
    for (field, given) in zip(record.noun.fields, record.given) where given != .absent {
      let value = given.value
      switch field.name {
      case "sectors":
        row.sectors = value.list
        try requireSectors(value.list, "candidate.sectors", snapshot)
      case "stage" where kind == .firm: row.stage = value.flatMap { Stage(name: $0.spelling) }
      case "stage":
        throw WireError.badArgument("candidate.stage", "a project has no stage; it scores as pre_seed")
      case "trl": row.trl = value.int
      case "risk" where kind == .firm: row.risk = value.step
      case "risk": throw WireError.badArgument("candidate.risk", "a project has no risk class")
      case "region": row.region = value?.spelling
      case "city": row.city = value?.spelling
      case "country": row.country = value?.spelling
      case "ask": row.ask = value.units
      case "currency": row.currency = value?.spelling
      case "retired": row.isRetired = value.flag ?? false
      case "institute":
        throw WireError.badArgument("candidate.institute", "counts by its record, which cannot be supposed")
      default: throw WireError.badArgument("candidate.\(field.name)", "makes no difference to a score")
      }
    }
    return row
  }
}

private func requireSectors(_ codes: [String], _ name: String, _ snapshot: Snapshot) throws {
  for code in codes where snapshot.sectors.index(of: code) == nil {
    throw WireError.badArgument(name, "there is no sector \"\(code)\"; SECTOR LIST shows them")
  }
}

extension FieldValue? {
  fileprivate var list: [String] { if case .list(let items) = self { items } else { [] } }
  fileprivate var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  fileprivate var int: Int? { if case .integer(let value) = self { Int(value) } else { nil } }
  fileprivate var units: Int64? { if case .amount(let amount) = self { amount.units } else { nil } }
  /// The digit of `R3` or `C3`.
  fileprivate var step: Int? { if case .text(let text) = self { Int(text.dropFirst()) } else { nil } }
}
