import Domain

/// Meetings as the one who asks may see them: the desk all of plans in force and those that something came of, a party
/// those of its own that take place. That is for a view in the database to say.
public enum MeetingStore {
  /// In order of numbers.
  ///
  /// - Parameters:
  ///   - party: only those of a firm or an investor.
  ///   - after: only those with greater numbers.
  public static func list(
    roadshow: String? = nil, party: String? = nil, state: MeetingState? = nil, after: Int? = nil,
    limit: Int, in session: Session
  ) throws -> [ShownMeeting] {
    try session.query(
      MeetingStatements.Shown(
        number: nil, roadshow: roadshow, party: party, state: state, after: after, limit: limit))
  }

  /// Nil where there is none that the one who asks may see.
  public static func get(_ number: Int, in session: Session) throws -> ShownMeeting? {
    try session.queryOne(
      MeetingStatements.Shown(
        number: number, roadshow: nil, party: nil, state: nil, after: nil, limit: 1))
  }

  /// What takes place at a roadshow, in order of time and table: of all, or of one party.
  public static func schedule(of roadshow: String, party: String?, in session: Session) throws
    -> [ShownMeeting]
  {
    try session.query(MeetingStatements.Schedule(roadshow: roadshow, party: party))
  }

  /// Pitches that take place, in order of time: of all firms, or of one; to a firm its own.
  public static func pitches(of roadshow: String, party: String?, in session: Session) throws -> [ShownPitch]
  {
    try session.query(MeetingStatements.Pitches(roadshow: roadshow, party: party))
  }

  /// The meetings of one plan, whether it is in force or not, in order of time and table.
  public static func meetings(ofPlan plan: Int, of roadshow: String, in session: Session) throws
    -> [ShownMeeting]
  {
    try session.query(MeetingStatements.OfPlan(roadshow: roadshow, plan: plan))
  }

  /// Slots of a roadshow in which a participant is in a meeting or a pitch of another roadshow that takes place.
  public static func elsewhere(_ roadshow: String, in session: Session) throws -> [String: Set<Int>] {
    try session.query(MeetingStatements.Elsewhere(roadshow: roadshow)).reduce(into: [:]) {
      $0[$1.party, default: []].insert($1.slot)
    }
  }
}
