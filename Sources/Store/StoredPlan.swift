/// A plan of a roadshow as it is stored.
public struct StoredPlan: Sendable, Hashable {
  public enum State: String, Sendable, Hashable, CaseIterable {
    case draft
    /// In force; one of a roadshow at most.
    case published
    /// Was in force.
    case superseded

    public static let names = allCases.map(\.rawValue)
  }

  public enum Proof: String, Sendable, Hashable, CaseIterable {
    /// There is no plan with fewer breaks.
    case optimal
    /// Nobody knows whether there is.
    case feasible
  }

  public var number: Int
  public var state: State
  /// The plan that it was made from.
  public var base: Int?
  public var seed: Int
  /// Nil where it says nothing of meetings.
  public var breaks: Int?
  /// No plan of the same meetings has fewer breaks.
  public var bound: Int?
  public var proof: Proof
  /// In UTC, as ISO 8601 writes it.
  public var createdAt: String
  public var createdBy: String
  /// When it came into force last.
  public var publishedAt: String?
  /// What it was made with, a JSON object.
  public var parameters: String
  public var reason: String?
  /// How many firms pitch.
  public var pitchCount: Int
  public var meetingCount: Int
  /// Whether it is in force because a rollback brought it back.
  public var isRestored: Bool
  /// Firms that step in where one of the line-up falls out, the first one first.
  public var runnersUp: [String]
  /// In order of their places; empty in a list of plans.
  public var lineUp: [RoadshowDesk.Pitch]
  /// In order of time and table; empty in a list of plans.
  public var meetings: [RoadshowDesk.Meeting]

  /// Firms that pitch, in order of their places.
  public var pitches: [String] { lineUp.map(\.firm) }
}

/// A plan that is to be stored.
public struct NewPlan: Sendable, Hashable {
  public struct Meeting: Sendable, Hashable {
    public var pair: RoadshowDesk.Pair
    public var slot: Int
    public var table: Int
    /// Of the slot, seconds since 1970-01-01T00:00Z; where the slot is at another time by now, the plan is refused.
    public var starts: Int
    public var ends: Int

    public init(pair: RoadshowDesk.Pair, slot: Int, table: Int, starts: Int, ends: Int) {
      self.pair = pair
      self.slot = slot
      self.table = table
      self.starts = starts
      self.ends = ends
    }

    public init(pair: RoadshowDesk.Pair, slot: RoadshowDesk.Slot, table: Int) {
      self.init(pair: pair, slot: slot.number, table: table, starts: slot.starts, ends: slot.ends)
    }

    /// A meeting of another plan, as it is there; nil where its time has no slot any more.
    public init?(_ meeting: RoadshowDesk.Meeting) {
      guard let slot = meeting.slot else { return nil }
      self.init(
        pair: meeting.pair, slot: slot, table: meeting.table, starts: meeting.starts, ends: meeting.ends)
    }
  }

  /// A firm that pitches.
  public struct Pitch: Sendable, Hashable {
    public enum Slot: Sendable, Hashable {
      /// The first of the roadshow's slots for pitches for the first place, and so on; none where there are fewer.
      case ofItsPlace
      case at(RoadshowDesk.PitchTime)
      case none
    }

    public var firm: String
    /// From 1.
    public var place: Int
    public var slot: Slot

    public init(firm: String, place: Int, slot: Slot) {
      self.firm = firm
      self.place = place
      self.slot = slot
    }

    var time: RoadshowDesk.PitchTime? {
      if case .at(let time) = slot { time } else { nil }
    }
  }

  public var base: Int?
  public var seed: Int
  public var breaks: Int?
  public var bound: Int?
  public var proof: StoredPlan.Proof
  /// A JSON object.
  public var parameters: String
  public var reason: String?
  /// In order of their places.
  public var lineUp: [Pitch]
  /// Firms that step in where one of the line-up falls out, the first one first.
  public var runnersUp: [String]
  public var meetings: [Meeting]

  public init(
    base: Int? = nil, seed: Int, breaks: Int? = nil, bound: Int? = nil, proof: StoredPlan.Proof = .feasible,
    parameters: String = "{}", reason: String? = nil, lineUp: [Pitch], runnersUp: [String] = [],
    meetings: [Meeting]
  ) {
    self.base = base
    self.seed = seed
    self.breaks = breaks
    self.bound = bound
    self.proof = proof
    self.parameters = parameters
    self.reason = reason
    self.lineUp = lineUp
    self.runnersUp = runnersUp
    self.meetings = meetings
  }

  /// - Parameter pitches: firms in the order in which they pitch, each in the slot of its place.
  public init(
    base: Int? = nil, seed: Int, breaks: Int? = nil, bound: Int? = nil, proof: StoredPlan.Proof = .feasible,
    parameters: String = "{}", reason: String? = nil, pitches: [String], meetings: [Meeting]
  ) {
    self.init(
      base: base, seed: seed, breaks: breaks, bound: bound, proof: proof, parameters: parameters,
      reason: reason,
      lineUp: pitches.enumerated().map { Pitch(firm: $1, place: $0 + 1, slot: .ofItsPlace) },
      meetings: meetings)
  }
}
