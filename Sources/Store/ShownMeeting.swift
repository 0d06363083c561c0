import Domain

/// A meeting as somebody who may see it is told: when, where, and who sits in it.
public struct ShownMeeting: Sendable, Hashable {
  /// The same in every plan.
  public var number: Int
  public var roadshow: String
  public var firm: String
  public var firmName: String
  public var investor: String
  public var investorName: String
  public var state: MeetingState
  /// Nil, as all that follows to `sequence`, where the plan in force has no such meeting.
  public var plan: Int?
  /// By the clocks of the roadshow.
  public var startsAt: WallTime?
  public var endsAt: WallTime?
  public var table: Int?
  public var tableName: String?
  public var room: String?
  /// How often calendars were told of it anew.
  public var sequence: Int?
  /// Whether it takes place.
  public var isLive: Bool
  /// In UTC, as ISO 8601 writes it.
  /// Never shown to a party.
  public var outcome: String?
}

/// A pitch as somebody who may see it is told: when, and of whom.
public struct ShownPitch: Sendable, Hashable {
  /// In the line-up, from 1.
  public var place: Int
  public var firm: String
  public var firmName: String
  /// By the clocks of the roadshow.
  public var startsAt: WallTime
  public var endsAt: WallTime
  /// How often calendars were told of it anew.
  public var sequence: Int
  public var plan: Int
}
