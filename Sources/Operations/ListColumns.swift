import Domain
import Wire

/// The columns of lists, for TSV of a list without rows: its header row cannot be taken from a first row. A test holds
/// them against the rows of each list.
extension Request {
  /// - Parameter isParty: whether it is one of a party about what is its own.
  /// - Returns: the columns in their order; nil for what is not a list.
  func columns(isParty: Bool) -> [String]? {
    switch self {
    case .list(let list): Self.columns(of: list.noun) + (list.noun.hasVersion ? ["version"] : [])
    case .rateList: Self.columns(of: .rate)
    case .export(let export): export.noun.map { Self.columns(of: $0) }
    case .sectorList: ["code", "name", "name_zh", "parent", "level"]
    case .deals, .backers, .moves, .runList, .runExport, .policy(.list), .scenarioMatch:
      rankingColumns
    case .introList, .introStats: introductionColumns(isParty: isParty)
    case .meetingList, .roadshowSchedule, .roadshowPlans: roadshowColumns(isParty: isParty)
    case .token(.list):
      ["id", "role", "investor", "firm", "house", "created_at", "created_by", "expires_on", "state"]
    case .audit(.list): ["sequence", "at", "principal", "action", "object", "detail"]
    case .instituteRecord, .institutePipeline, .programmeBalance, .programmeLedger, .gaps, .reviewNeeded:
      relayColumns
    default: nil
    }
  }

  private static func columns(of noun: Noun) -> [String] {
    (noun.hasCode ? ["code"] : []) + noun.fields.map(\.name)
  }

  private var rankingColumns: [String]? {
    switch self {
    case .deals:
      [
        "rank", "kind", "code", "name", "name_zh", "score", "reasons", "stage", "sectors", "region", "city",
        "ask", "currency",
      ]
    case .backers: ["rank", "investor", "name", "name_zh", "kind", "score", "parent"]
    case .moves:
      [
        "investor", "move", "kind", "code", "name", "rank_before", "rank", "score_before", "score", "why",
      ]
    case .runList:
      [
        "run", "state", "policy", "started_at", "ended_at", "as_of", "investors", "candidates", "deals",
        "lists_changed", "digest", "host", "started_by", "problem",
      ]
    case .runExport: ["investor", "rank", "kind", "code", "score"]
    case .policy: ["policy", "active", "created_at", "created_by"]
    case .scenarioMatch:
      ["rank", "kind", "code", "name", "score", "reasons", "trl", "free", "free_from", "free_until"]
    default: nil
    }
  }

  private func introductionColumns(isParty: Bool) -> [String]? {
    switch self {
    case .introList where isParty:
      ["id", "kind", "state", "who", "score", "answer", "until", "expires_on", "contact"]
    case .introList:
      [
        "id", "kind", "stake", "state", "investor", "firm", "investor_answer", "firm_answer",
        "investor_score", "firm_score", "expires_on", "roadshow",
      ]
    case .introStats(let stats):
      [
        stats.grouping.rawValue, "shown", "asked", "mutual", "met", "invested", "declined",
        "days_to_asked", "days_to_mutual", "days_to_met", "days_to_invested",
      ]
    default: nil
    }
  }

  private func roadshowColumns(isParty: Bool) -> [String]? {
    switch self {
    case .meetingList, .roadshowSchedule:
      [
        "meeting", "pitch", "roadshow", "starts", "ends", "table", "table_name", "room", "firm", "firm_name",
        "investor", "investor_name", "state", "sequence",
      ] + (isParty ? [] : ["live", "plan", "outcome"])
    case .roadshowPlans:
      [
        "plan", "state", "base", "pitches", "meetings", "breaks", "bound", "proof", "seed", "created_at",
        "created_by", "published_at", "reason", "parameters",
      ]
    default: nil
    }
  }

  private var relayColumns: [String]? {
    switch self {
    case .instituteRecord:
      [
        "institute", "name", "name_zh", "projects", "firms", "funded", "steps", "days", "steps_per_year",
        "candidates", "tracked", "value",
      ]
    case .institutePipeline:
      [
        "what", "code", "name", "name_zh", "trl", "rose_on", "days", "project", "stage", "founded_on",
        "rounds", "last_round",
      ]
    case .programmeBalance:
      [
        "programme", "name", "name_zh", "fund", "currency", "budget", "cash", "committed", "stakes", "result",
        "invested", "returned", "lost", "lost_percent", "loss_tolerance", "region", "outside",
        "outside_percent", "quota", "balanced",
      ]
    case .programmeLedger:
      ["entry", "date", "kind", "stake", "firm", "tranche", "reason", "postings"]
    case .gaps:
      [
        "stage", "sector", "risk", "firms", "asked", "investors", "unknown_budgets", "budget", "spread",
        "hole", "hole_at_most",
      ]
    case .reviewNeeded: ["step", "kind", "standing", "code", "by", "verdict", "date", "expires_on"]
    default: nil
    }
  }
}
