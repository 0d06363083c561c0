import Domain

/// A firm or a project, the way the registry spells it. Both are ranked by the same kernel.
public struct CandidateRow: Sendable, Hashable {
  public enum Kind: UInt8, Sendable, CaseIterable, Comparable {
    case firm, project

    /// The name in SQL and protocol.
    public var name: String { self == .firm ? "firm" : "project" }

    public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  /// Persistent, unique over firms and projects together.
  public var id: Int32
  public var kind: Kind
  public var code: String
  public var version: Int32
  public var isRetired: Bool
  public var name: String
  public var nameZh: String?
  /// Nil for projects, which score as `pre_seed`.
  public var stage: Stage?
  /// Sector codes, the primary one first.
  public var sectors: [String]
  /// 1…9.
  public var trl: Int?
  /// 1…5 for R1…R5.
  public var risk: Int?
  public var region: String?
  public var city: String?
  public var country: String?
  /// In whole units of ``currency``.
  public var ask: Int64?
  /// ISO 4217. An amount without one meets only amounts without one.
  public var currency: String?
  /// The round it is raising.
  public var round: String?
  /// The track record of its institute, millionths: 0…1,000,000. Nil without an institute, or one without a record.
  public var record: Int?
  /// The bellwether effect that was measured of the state capital in it, millionths: 0…1,000,000. Nil where there is no
  /// such capital in it, or no effect was measured.
  public var signal: Int?

  public init(
    id: Int32, kind: Kind, code: String, version: Int32 = 1, isRetired: Bool = false, name: String,
    nameZh: String? = nil, stage: Stage? = nil, sectors: [String] = [], trl: Int? = nil, risk: Int? = nil,
    region: String? = nil, city: String? = nil, country: String? = nil, ask: Int64? = nil,
    currency: String? = nil, round: String? = nil, record: Int? = nil, signal: Int? = nil
  ) {
    self.id = id
    self.kind = kind
    self.code = code
    self.version = version
    self.isRetired = isRetired
    self.name = name
    self.nameZh = nameZh
    self.stage = stage
    self.sectors = sectors
    self.trl = trl
    self.risk = risk
    self.region = region
    self.city = city
    self.country = country
    self.ask = ask
    self.currency = currency
    self.round = round
    self.record = record
    self.signal = signal
  }
}

/// An investor with its mandate.
public struct InvestorRow: Sendable, Hashable {
  /// Persistent, unique among investors.
  public var id: Int32
  public var code: String
  public var version: Int32
  public var isRetired: Bool
  public var name: String
  public var nameZh: String?
  /// The word of the field `kind`, `state_fund` for one.
  public var kind: String
  /// The id of the house it belongs to.
  public var parent: Int32?
  /// None: unknown.
  public var stages: [Stage]
  /// Sector codes with what they count for. None: unknown.
  public var sectors: [FieldValue.Weight]
  /// Sector codes.
  public var excludedSectors: [String]
  /// Codes of firms. A code that no firm has excludes nothing.
  public var excludedFirms: [String]
  /// Ids of firms that it has refused or that have refused it, rising.
  public var declinedFirms: [Int32]
  /// 1…5 for C1…C5.
  public var risk: Int?
  /// Steps of risk above tolerance that make a veto, 1…5; nil is 1, and 5 is never a veto.
  public var riskVeto: Int?
  public var ticketMin: Int64?
  public var ticketMax: Int64?
  /// Of ticket and budget alike. An amount without a currency meets only amounts without one.
  public var currency: String?
  /// Countries, regions or cities.
  public var regions: [String]
  public var city: String?
  public var country: String?
  public var lead: Bool?
  public var budgetLeft: Int64?
  /// Percent, 0…100.
  public var localQuota: Int?
  /// Percent, 1…100.
  public var concentrationCap: Int?

  public init(
    id: Int32, code: String, version: Int32 = 1, isRetired: Bool = false, name: String,
    nameZh: String? = nil, kind: String = "other", parent: Int32? = nil, stages: [Stage] = [],
    sectors: [FieldValue.Weight] = [], excludedSectors: [String] = [], excludedFirms: [String] = [],
    declinedFirms: [Int32] = [], risk: Int? = nil, riskVeto: Int? = nil, ticketMin: Int64? = nil,
    ticketMax: Int64? = nil,
    currency: String? = nil, regions: [String] = [], city: String? = nil, country: String? = nil,
    lead: Bool? = nil, budgetLeft: Int64? = nil, localQuota: Int? = nil, concentrationCap: Int? = nil
  ) {
    self.id = id
    self.code = code
    self.version = version
    self.isRetired = isRetired
    self.name = name
    self.nameZh = nameZh
    self.kind = kind
    self.parent = parent
    self.stages = stages
    self.sectors = sectors
    self.excludedSectors = excludedSectors
    self.excludedFirms = excludedFirms
    self.declinedFirms = declinedFirms
    self.risk = risk
    self.riskVeto = riskVeto
    self.ticketMin = ticketMin
    self.ticketMax = ticketMax
    self.currency = currency
    self.regions = regions
    self.city = city
    self.country = country
    self.lead = lead
    self.budgetLeft = budgetLeft
    self.localQuota = localQuota
    self.concentrationCap = concentrationCap
  }
}

/// A purchase of a firm by an investor. Several of one pair are one position.
public struct HoldingRow: Sendable, Hashable {
  /// The id of an investor.
  public var investor: Int32
  /// The id of a candidate.
  public var firm: Int32
  /// Nil while held.
  public var exitedOn: Day?

  public init(investor: Int32, firm: Int32, exitedOn: Day? = nil) {
    self.investor = investor
    self.firm = firm
    self.exitedOn = exitedOn
  }
}

/// A piece of evidence of a firm: a round closed, a pilot passed, a favourable review, an award.
public struct EvidenceRow: Sendable, Hashable {
  /// The id of a candidate.
  public var firm: Int32
  public var date: Day
  /// The last day on which it counts; nil for evidence that does not expire.
  public var until: Day?

  public init(firm: Int32, date: Day, until: Day? = nil) {
    self.firm = firm
    self.date = date
    self.until = until
  }

  /// Whether it counts on the day of a snapshot.
  func counts(on day: Day) -> Bool { date <= day && until.map { $0 >= day } ?? true }
}

/// A node of the sector tree.
public struct SectorRow: Sendable, Hashable {
  public var code: String
  public var name: String
  public var nameZh: String?
  /// Code of the sector above, nil at the top.
  public var parent: String?

  public init(code: String, name: String, nameZh: String? = nil, parent: String? = nil) {
    self.code = code
    self.name = name
    self.nameZh = nameZh
    self.parent = parent
  }
}

/// An exchange rate, from a day on.
public struct RateRow: Sendable, Hashable {
  public var from: String
  public var to: String
  /// Millionths of a unit of ``to`` for one unit of ``from``, above 0.
  public var millionths: Int64
  public var date: Day

  public init(from: String, to: String, millionths: Int64, date: Day) {
    self.from = from
    self.to = to
    self.millionths = millionths
    self.date = date
  }
}
