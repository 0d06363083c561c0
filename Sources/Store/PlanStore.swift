/// Plans of roadshows in PostgreSQL: numbered, never changed, one in force. Nobody is in two places in any of them, as
/// exclusion constraints say.
public enum PlanStore {
  /// Stores a new draft. A firm and an investor who meet for the first time get the number of their meeting, which they
  /// keep in every plan.
  ///
  /// - Parameter session: in a transaction that has called ``RoadshowStore/hold(_:in:)``.
  /// - Returns: the plan's number.
  /// - Throws: `StoreError` where somebody would be in two places, or a slot or a table is not there any more.
  public static func put(_ plan: NewPlan, of roadshow: String, by principal: String, in session: Session)
    throws
    -> Int
  {
    guard
      let number = try session.queryOne(
        PlanStatements.Put(roadshow: roadshow, plan: plan, by: principal))
    else { throw StoreError.unexpectedResult(reason: "a plan has no number") }
    try session.execute(
      PlanStatements.PutPitches(roadshow: roadshow, plan: number, pitches: plan.lineUp))
    let pairs = plan.meetings.map(\.pair)
    try session.execute(PlanStatements.NumberMeetings(roadshow: roadshow, pairs: pairs))
    try session.execute(
      PlanStatements.PutMeetings(roadshow: roadshow, plan: number, meetings: plan.meetings))
    return number
  }

  /// Puts a plan in force in place of the one that is. The database numbers anew what calendars are told of each meeting
  /// whose time or table changes, or that comes back.
  ///
  /// - Parameter session: in a transaction that has called ``RoadshowStore/hold(_:in:)``.
  /// - Returns: false where it is in force already, or there is no such plan.
  /// - Throws: `StoreError` where somebody would be at two roadshows at one time.
  public static func publish(_ number: Int, of roadshow: String, in session: Session) throws -> Bool {
    guard let state = try plan(number, of: roadshow, in: session)?.state, state != .published else {
      return false
    }
    try session.execute(PlanStatements.Supersede(roadshow: roadshow))
    return try session.execute(PlanStatements.Publish(roadshow: roadshow, plan: number)) > 0
  }

  /// One plan with its pitches and meetings; nil where there is none.
  public static func plan(_ number: Int, of roadshow: String, in session: Session) throws -> StoredPlan? {
    guard
      var plan = try session.queryOne(
        PlanStatements.Plans(roadshow: roadshow, number: number, before: nil, limit: 1))
    else { return nil }
    plan.lineUp = try session.query(RoadshowDeskStatements.Pitches(roadshow: roadshow, plan: number))
    plan.meetings = try session.query(RoadshowDeskStatements.Meetings(roadshow: roadshow, plan: number))
    return plan
  }

  /// The plans of a roadshow, the newest first, without what is in them.
  ///
  /// - Parameter before: only those with lower numbers.
  public static func plans(
    of roadshow: String, before: Int? = nil, limit: Int, in session: Session
  ) throws -> [StoredPlan] {
    try session.query(
      PlanStatements.Plans(roadshow: roadshow, number: nil, before: before, limit: limit))
  }

  /// The plan that was in force before the one that is.
  public static func previous(of roadshow: String, in session: Session) throws -> Int? {
    try session.queryOne(PlanStatements.Previous(roadshow: roadshow))
  }

  /// The draft that would come next: the newest one that was never in force, if no plan with a greater number was. One
  /// that is older than a plan that was in force is meant only by its number.
  public static func nextDraft(of roadshow: String, in session: Session) throws -> Int? {
    try session.queryOne(PlanStatements.NextDraft(roadshow: roadshow))
  }

  /// The plan that a new one goes on from: the draft that would come next, else the one in force, else the newest.
  public static func current(of roadshow: String, in session: Session) throws -> StoredPlan? {
    let number =
      try nextDraft(of: roadshow, in: session) ?? RoadshowStore.published(roadshow, in: session)?.number
      ?? plans(of: roadshow, limit: 1, in: session).first?.number
    return try number.flatMap { try plan($0, of: roadshow, in: session) }
  }

  /// The plan whose line-up a new one takes: of the plans that ``current(of:in:)`` looks at the first that has one, the
  /// newest of all that have one at last.
  public static func newestLineUp(of roadshow: String, in session: Session) throws -> Int? {
    try session.queryOne(PlanStatements.NewestLineUp(roadshow: roadshow))
  }

  /// Pairs whose meeting is called off, in whatever plan it was.
  public static func cancelled(at roadshow: String, in session: Session) throws -> [RoadshowDesk.Pair] {
    try session.query(PlanStatements.Cancelled(roadshow: roadshow))
  }
}
