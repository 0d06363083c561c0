/// What became of a candidate between two states of a deal list.
public struct Move: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case entered, left, moved
  }

  /// Why: what has changed that its score is made of, or `displaced` where nothing of its own has and
  /// others moved around it.
  public enum Cause: String, Sendable, CaseIterable {
    case firmChanged = "firm_changed"
    case mandateChanged = "mandate_changed"
    case policyChanged = "policy_changed"
    /// Exchange rates, the sector tree, the day, or others' holdings.
    case registryChanged = "registry_changed"
    /// A side has said no to an introduction of the two.
    case declined
    case displaced

    /// The name in the protocol.
    public var name: String { rawValue }
  }

  /// Id of the candidate.
  public var candidate: Int32
  public var kind: Kind
  /// From 1; nil where it did not stand on the list.
  public var rankBefore: Int?
  public var rankAfter: Int?
  public var scoreBefore: Int32?
  public var scoreAfter: Int32?
  /// Not empty, in the order of the cases; `displaced` only alone.
  public var causes: [Cause]

  /// The first places, whose end is worth telling of when it is crossed.
  public static let top = 10

  /// Whether it is worth telling somebody: the score changed, it entered or left, or crossed the end of the first ten. A
  /// rank that changed alone, since others moved, is not.
  public var isNews: Bool {
    guard kind == .moved, let rankBefore, let rankAfter else { return true }
    return scoreBefore != scoreAfter || (rankBefore <= Self.top) != (rankAfter <= Self.top)
  }
}

/// The difference between two states of a deal list.
public enum Moves {
  /// What has changed between the two states.
  public struct Inputs: Sendable {
    /// Ids of candidates whose own rows, evidence or holders have changed.
    public var changedCandidates: Set<Int32>
    /// Whether the investor's row or its holdings have changed.
    public var isMandateChanged: Bool
    public var isPolicyChanged: Bool
    /// Exchange rates, the sector tree, the day, or others' holdings.
    public var isRegistryChanged: Bool
    /// Ids of candidates that the investor, or for a house one of its funds, is kept from by a no.
    public var declined: Set<Int32>

    public init(
      changedCandidates: Set<Int32> = [], isMandateChanged: Bool = false, isPolicyChanged: Bool = false,
      isRegistryChanged: Bool = false, declined: Set<Int32> = []
    ) {
      self.changedCandidates = changedCandidates
      self.isMandateChanged = isMandateChanged
      self.isPolicyChanged = isPolicyChanged
      self.isRegistryChanged = isRegistryChanged
      self.declined = declined
    }
  }

  /// Who entered and moved, by rank after, then who left, by rank before. A candidate whose rank and score
  /// both stayed is no move; one whose score alone changed is.
  public static func between(_ before: [Deal], _ after: [Deal], inputs: Inputs) -> [Move] {
    let old = Dictionary(
      before.enumerated().map { ($1.candidate, (rank: $0 + 1, score: $1.score)) }, uniquingKeysWith: { $1 })
    var moves: [Move] = []
    for (index, deal) in after.enumerated() {
      let was = old[deal.candidate]
      if let was, was.rank == index + 1, was.score == deal.score { continue }
      moves.append(
        Move(
          candidate: deal.candidate, kind: was == nil ? .entered : .moved, rankBefore: was?.rank,
          rankAfter: index + 1, scoreBefore: was?.score, scoreAfter: deal.score,
          causes: causes(deal.candidate, from: was?.score, to: deal.score, inputs)))
    }
    let present = Set(after.map(\.candidate))
    for (index, deal) in before.enumerated() where !present.contains(deal.candidate) {
      moves.append(
        Move(
          candidate: deal.candidate, kind: .left, rankBefore: index + 1, scoreBefore: deal.score,
          causes: causes(deal.candidate, from: deal.score, to: nil, inputs)))
    }
    return moves
  }

  private static func causes(_ candidate: Int32, from: Int32?, to: Int32?, _ inputs: Inputs) -> [Move.Cause] {
    // Whatever has changed did not reach a score that is the same.
    if from == to { return [.displaced] }
    // A no takes a candidate off a list by itself, whatever else has changed.
    if to == nil, inputs.declined.contains(candidate) { return [.declined] }
    var causes: [Move.Cause] = []
    if inputs.changedCandidates.contains(candidate) { causes.append(.firmChanged) }
    if inputs.isMandateChanged { causes.append(.mandateChanged) }
    if inputs.isPolicyChanged { causes.append(.policyChanged) }
    if inputs.isRegistryChanged { causes.append(.registryChanged) }
    // On a house's list, the candidate comes through another fund now.
    if causes.isEmpty, inputs.declined.contains(candidate) { causes.append(.declined) }
    return causes.isEmpty ? [.displaced] : causes
  }
}
