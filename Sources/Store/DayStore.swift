import Domain

/// What happens on the day of a roadshow, in PostgreSQL. Every call is in the transaction of the caller, who has called
/// ``RoadshowStore/hold(_:in:)``.
public enum DayStore {
  /// A meeting and those who sit in it.
  public struct Meeting: Sendable, Hashable {
    public var number: Int
    public var state: MeetingState
    public var firm: Side
    public var investor: Side
    /// When and where it is by the plan in force; nil where that has no such meeting.
    public var place: Place?
    public var outcome: String?
    /// The side that did not come, of a `no_show`; nil where nobody said.
    public var absentee: IntroductionSide?

    public struct Side: Sendable, Hashable {
      public var code: String
      public var name: String
      /// Names of those who come with it.
      public var persons: [String]
    }

    public struct Place: Sendable, Hashable {
      /// Seconds since 1970-01-01T00:00Z.
      public var starts: Int
      public var startsAt: WallTime
      public var endsAt: WallTime
      /// Whether it has begun by the clock of the database, which is that of all its daemons.
      public var hasBegun: Bool
      public var table: RoadshowDesk.Table
    }
  }

  /// Which meetings are asked for.
  public enum Choice: Sendable, Hashable {
    /// Those that a participant has and that are still to come.
    case of(party: String)
    /// Those at a table that are still to come.
    case at(table: Int)
    /// One, whatever has become of it.
    case number(Int)
  }

  /// In order of time; those still to come are of the plan in force, planned and not over.
  public static func meetings(_ choice: Choice, of roadshow: String, in session: Session) throws -> [Meeting]
  {
    try session.query(DayStatements.Meetings(roadshow: roadshow, choice: choice))
  }

  /// The number of the meeting of two; nil where no plan ever had one.
  public static func meeting(of firm: String, with investor: String, at roadshow: String, in session: Session)
    throws -> Int?
  {
    try session.queryOne(
      RoadshowSheetStatements.MeetingOf(roadshow: roadshow, firm: firm, investor: investor))
  }

  /// Calls meetings off, or says what came of them.
  public static func set(
    _ state: MeetingState, of meetings: [Int], outcome: String?, absentee: IntroductionSide? = nil,
    in session: Session
  ) throws {
    try session.execute(
      DayStatements.SetState(meetings: meetings, state: state, outcome: outcome, absentee: absentee))
  }

  /// Notes that a participant comes later.
  /// - Throws: `StoreError` for a time that does not exist there or comes twice.
  public static func set(
    lateUntil time: WallTime, of party: String, at roadshow: String, in session: Session
  ) throws {
    try session.execute(DayStatements.SetLate(roadshow: roadshow, party: party, until: time))
  }

  /// What the clocks of a roadshow show, to the minute begun; nil where it has no time zone.
  public static func clock(of roadshow: String, in session: Session) throws -> WallTime? {
    try session.queryOne(DayStatements.Clock(roadshow: roadshow)).flatMap { $0 }
  }

  /// Whom a pitch of a firm concerns: investors who take part, in order of codes.
  public static func audience(of roadshow: String, in session: Session) throws -> [Meeting.Side] {
    try session.query(DayStatements.Parties(roadshow: roadshow, party: nil))
  }

  /// A party that takes part.
  public static func side(_ party: String, of roadshow: String, in session: Session) throws -> Meeting.Side? {
    try session.queryOne(DayStatements.Parties(roadshow: roadshow, party: party))
  }
}
