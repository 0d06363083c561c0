/// What a score is made of. The score of a pair is the exact sum of the points of its criteria.
public enum Criterion: UInt8, Sendable, CaseIterable {
  case stage, sector, risk, ticket, region, readiness, coInvestors

  /// The name in SQL and protocol.
  public var name: String {
    switch self {
    case .stage: "stage"
    case .sector: "sector"
    case .risk: "risk"
    case .ticket: "ticket"
    case .region: "region"
    case .readiness: "readiness"
    case .coInvestors: "co_investors"
    }
  }

  public init?(name: some StringProtocol) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// Why a pair is kept off a deal list whatever its score. Vetoes are separate from points.
public enum Veto: UInt8, Sendable, CaseIterable {
  case excludedSector, excludedFirm, risk, ticket, region, noBudget, concentration, alreadyHolds, declined
  case retired

  /// The name in SQL and protocol.
  public var name: String {
    switch self {
    case .excludedSector: "excluded_sector"
    case .excludedFirm: "excluded_firm"
    case .risk: "risk"
    case .ticket: "ticket"
    case .region: "region"
    case .noBudget: "no_budget"
    case .concentration: "concentration"
    case .alreadyHolds: "already_holds"
    case .declined: "declined"
    case .retired: "retired"
    }
  }
}
