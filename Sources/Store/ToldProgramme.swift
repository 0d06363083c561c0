import Domain

/// What the sheets of a roadshow tell, as the one who asks may see it: a party its own meetings, and of others their names.
public struct ToldProgramme: Sendable, Hashable {
  /// The roadshow and the plan that is in force.
  public struct Show: Sendable, Hashable {
    public var code: String
    public var name: String
    public var nameZh: String?
    public var city: String?
    public var venue: String?
    /// Nil where it has none, and then nothing is planned.
    public var timeZone: String?
    /// Nil where none is in force.
    public var plan: Int?
    /// When that came into force, in seconds since 1970-01-01T00:00Z.
    public var publishedAt: Int?
    /// Seconds since then, by the clock of the database.
    public var now: Int
    /// Seconds that its clocks are ahead of UTC now; nil without a time zone.
    public var offsetNow: Int?
  }

  /// From when on local time is how far ahead of UTC, both in seconds.
  public struct Offset: Sendable, Hashable {
    public var from: Int
    public var seconds: Int
  }

  public struct Slot: Sendable, Hashable {
    public var number: Int
    public var starts: Int
    public var ends: Int
  }

  public struct Meeting: Sendable, Hashable {
    public var number: Int
    public var firm: String
    public var investor: String
    public var starts: Int
    public var ends: Int
    public var slot: Int?
    public var table: RoadshowDesk.Table
    /// False for one that is cancelled.
    public var isLive: Bool
    public var sequence: Int
  }

  public struct Pitch: Sendable, Hashable {
    public var firm: Delegation
    /// In the line-up, from 1.
    public var place: Int
    public var starts: Int
    public var ends: Int
    /// False for one that is cancelled.
    public var isLive: Bool
    public var sequence: Int
  }

  /// A firm or an investor, and those who come with it.
  public struct Delegation: Sendable, Hashable {
    public struct Person: Sendable, Hashable {
      public var code: String
      public var name: String
      /// A language tag.
      public var language: String?
    }

    public var code: String
    public var side: IntroductionSide
    public var name: String
    public var nameZh: String?
    public var persons: [Person]
  }

  public var show: Show
  /// From the day before the first day to the day after the last, the first one at their beginning.
  public var offsets: [Offset]
  public var slots: [Slot]
  /// To a party none.
  public var tables: [RoadshowDesk.Table]
  public var meetings: [Meeting]
  public var pitches: [Pitch]
  public var delegations: [Delegation]
}
