import Domain

/// A run as it is stored.
public struct StoredRun: Sendable {
  public var number: Int
  public var policy: Int
  public var state: RunState
  public var host: String
  public var startedBy: String
  public var startedAt: String
  public var endedAt: String?
  public var asOf: String?
  public var investors: Int?
  public var candidates: Int?
  public var entries: Int?
  /// SHA-256 in hexadecimal.
  public var digest: String?
  public var problem: String?
  public var listsChanged: Int?
}

/// What is in force.
public struct Publication: Sendable, Hashable {
  public var policy: Int?
  public var published: RunRevision?
  public var systemIdentifier: Int?
  /// The cluster that answers.
  public var actualSystemIdentifier: Int
}

/// A published state and what had changed since the one before.
public struct StoredRevision: Sendable {
  public var id: RunRevision
  public var previous: RunRevision?
  public var policyChanged: Bool
  public var registryChanged: Bool
  public var changedCandidates: [Int32]
  public var changedInvestors: [Int32]
  /// What it was made from.
  public var watermark: String
  public var asOf: String

  public init(
    id: RunRevision, previous: RunRevision?, policyChanged: Bool, registryChanged: Bool,
    changedCandidates: [Int32], changedInvestors: [Int32], watermark: String, asOf: String
  ) {
    self.watermark = watermark
    self.asOf = asOf
    self.id = id
    self.previous = previous
    self.policyChanged = policyChanged
    self.registryChanged = registryChanged
    self.changedCandidates = changedCandidates
    self.changedInvestors = changedInvestors
  }
}
