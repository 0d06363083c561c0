import Domain

/// What roadshows are planned from, in PostgreSQL. What a party may see and say of it is decided there, by row-level
/// security; what cannot be is refused there, by constraints that `SchemaRule` puts into words.
public enum RoadshowStore {
  // MARK: Reading

  /// Nil where there is none that the one who asks may see.
  public static func show(_ roadshow: String, in session: Session) throws -> RoadshowDesk.Show? {
    try session.queryOne(RoadshowDeskStatements.Show(roadshow: roadshow))
  }

  /// Everything that a roadshow is planned from, as it is at one moment: in a transaction of its own, or in that of the
  /// caller, who then either reads repeatably or has called ``hold(_:in:)``. Nil where there is no such roadshow.
  ///
  /// Linear in what was entered, but for the slots of absences: participants times slots.
  public static func desk(_ roadshow: String, in session: Session) throws -> RoadshowDesk? {
    guard session.isInTransaction else {
      return try session.transaction(isolation: .repeatableRead, readOnly: true) { session in
        try desk(roadshow, in: session)
      }
    }
    guard let show = try show(roadshow, in: session) else { return nil }
    let elsewhere = try session.query(RoadshowDeskStatements.PitchesElsewhere(roadshow: roadshow))
    return RoadshowDesk(
      show: show, blocks: try session.query(RoadshowDeskStatements.Blocks(roadshow: roadshow, number: nil)),
      slots: try session.query(RoadshowDeskStatements.Slots(roadshow: roadshow)),
      pitchSlots: try pitchSlots(of: roadshow, in: session),
      tables: try session.query(RoadshowDeskStatements.Tables(roadshow: roadshow, number: nil)),
      participants: try session.query(RoadshowDeskStatements.Participants(roadshow: roadshow, party: nil)),
      wishes: try session.query(RoadshowDeskStatements.Wishes(roadshow: roadshow)),
      pins: try session.query(RoadshowDeskStatements.Pins(roadshow: roadshow, pair: nil)),
      published: try published(roadshow, in: session),
      pitchesElsewhere: Dictionary(uniqueKeysWithValues: elsewhere.map { ($0.firm, $0.count) }))
  }

  /// The plan of a roadshow that is in force; nil where there is none.
  public static func published(_ roadshow: String, in session: Session) throws -> RoadshowDesk.Published? {
    guard let plan = try session.queryOne(RoadshowDeskStatements.PublishedPlan(roadshow: roadshow)) else {
      return nil
    }
    let number = plan.number
    return RoadshowDesk.Published(
      number: number,
      lineUp: try session.query(RoadshowDeskStatements.Pitches(roadshow: roadshow, plan: number)),
      runnersUp: plan.runnersUp,
      meetings: try session.query(RoadshowDeskStatements.Meetings(roadshow: roadshow, plan: number)))
  }

  /// Keeps others from changing what a roadshow is planned from until the transaction ends. Triggers take the same lock.
  public static func hold(_ roadshow: String, in session: Session) throws {
    try session.execute(RoadshowStatements.Hold(roadshow: roadshow))
  }

  // MARK: Participants

  /// A participant without the persons who come with it.
  public struct Member: Sendable, Hashable {
    public var party: String
    public var side: IntroductionSide
    public var maxMeetings: Int?
    public var minMeetings: Int
    public var prefers: DayHalf?
    public var state: ParticipantState

    public init(
      party: String, side: IntroductionSide, maxMeetings: Int? = nil, minMeetings: Int = 1,
      prefers: DayHalf? = nil, state: ParticipantState = .enrolled
    ) {
      self.party = party
      self.side = side
      self.maxMeetings = maxMeetings
      self.minMeetings = minMeetings
      self.prefers = prefers
      self.state = state
    }
  }

  /// The sides of the registry that have this code, and whether each is retired: none, one, or a firm and an investor.
  public static func parties(_ code: String, in session: Session) throws -> [IntroductionSide: Bool] {
    let found = try session.query(RoadshowStatements.Parties(code: code))
    return Dictionary(uniqueKeysWithValues: found.map { ($0.side, $0.isRetired) })
  }

  /// Nil where there is none that the one who asks may see.
  public static func member(_ party: String, of roadshow: String, in session: Session) throws -> Member? {
    try session.queryOne(RoadshowStatements.Member(roadshow: roadshow, party: party))
  }

  /// A participant with all that is known of it.
  public static func participant(_ party: String, of roadshow: String, in session: Session) throws
    -> RoadshowDesk.Participant?
  {
    try session.queryOne(RoadshowDeskStatements.Participants(roadshow: roadshow, party: party))
  }

  /// Adds a participant, or changes all of it but its side.
  public static func put(_ member: Member, of roadshow: String, in session: Session) throws {
    try session.execute(RoadshowStatements.PutParticipant(roadshow: roadshow, participant: member))
  }

  public static func set(
    _ state: ParticipantState, of party: String, at roadshow: String, in session: Session
  ) throws {
    try session.execute(RoadshowStatements.SetState(roadshow: roadshow, party: party, state: state))
  }

  /// The first of these codes that names no person of a party, and whether there is such a person at all.
  public static func stranger(
    among persons: [String], to party: String, _ side: IntroductionSide, in session: Session
  ) throws -> (code: String, exists: Bool)? {
    var owners: [String: (of: String, kind: String)] = [:]
    for person in try session.query(RoadshowStatements.Persons(codes: persons)) {
      owners[person.code] = (person.of, person.kind)
    }
    for code in persons {
      guard let owner = owners[code] else { return (code, false) }
      guard owner == (party, side.rawValue) else { return (code, true) }
    }
    return nil
  }

  /// Those of a party's persons who come where nobody says who does: all that are not retired, the first in order of codes.
  public static func usualPersons(of party: String, _ side: IntroductionSide, in session: Session) throws
    -> [String]
  {
    try session.query(RoadshowStatements.OwnPersons(party: party, side: side))
  }

  public static func put(
    persons: [String], with party: String, at roadshow: String, in session: Session
  ) throws {
    try session.execute(RoadshowStatements.ClearPersons(roadshow: roadshow, party: party))
    try session.execute(RoadshowStatements.AddPersons(roadshow: roadshow, party: party, persons: persons))
  }

  /// Adds a stretch to the absences of a participant, or takes away what lies in it; stretches that touch become one.
  ///
  /// - Parameters:
  ///   - from: by the clocks of the roadshow; nil for its first moment.
  ///   - until: nil for its last.
  /// - Returns: how many absences it has now, and whether that is a change.
  /// - Throws: `StoreError` for a time that does not exist there or comes twice, and for too many absences.
  public static func setAbsence(
    of party: String, at roadshow: String, from: WallTime?, until: WallTime?, isAway: Bool,
    in session: Session
  ) throws -> (count: Int, isNew: Bool) {
    let statement = RoadshowStatements.Absences(
      roadshow: roadshow, party: party, from: from, until: until, isAway: isAway)
    guard let spans = try session.queryOne(statement) else { return (0, false) }
    guard spans.before != spans.after else { return (spans.count, false) }
    try session.execute(RoadshowStatements.ClearAbsences(roadshow: roadshow, party: party))
    try session.execute(
      RoadshowStatements.AddAbsences(roadshow: roadshow, party: party, absences: spans.after))
    return (spans.count, true)
  }

  // MARK: Wishes

  /// What one participant wishes of another one.
  public static func wish(from: String, to: String, at roadshow: String, in session: Session) throws -> Wish?
  {
    try session.queryOne(RoadshowStatements.WishOf(roadshow: roadshow, from: from, to: to)) ?? nil
  }

  /// Sets what one participant wishes of another one; nil takes the wish back.
  ///
  /// - Parameter side: of the one who wishes.
  /// - Returns: whether that is a change.
  public static func set(
    _ wish: Wish?, from: String, _ side: IntroductionSide, to: String, at roadshow: String,
    in session: Session
  ) throws -> Bool {
    let before = try session.queryOne(RoadshowStatements.WishOf(roadshow: roadshow, from: from, to: to))
    guard wish != (before ?? nil) else { return false }
    if let wish {
      try session.execute(
        RoadshowStatements.PutWish(roadshow: roadshow, from: from, to: to, side: side, wish: wish))
    } else {
      try session.execute(RoadshowStatements.ClearWish(roadshow: roadshow, from: from, to: to))
    }
    return true
  }

  // MARK: Blocks and tables

  public static func block(_ number: Int, of roadshow: String, in session: Session) throws -> RoadshowBlock? {
    try session.queryOne(RoadshowDeskStatements.Blocks(roadshow: roadshow, number: number))
  }

  /// Adds a block or changes one. The database cuts the slots of the roadshow anew.
  /// - Throws: `StoreError` where it overlaps another one, lies outside the roadshow's days, or would take the slot from
  ///   under a meeting that is published or pinned.
  public static func put(_ block: RoadshowBlock, of roadshow: String, in session: Session) throws {
    try session.execute(RoadshowStatements.PutBlock(roadshow: roadshow, block: block))
  }

  /// - Returns: whether there was one.
  public static func remove(block number: Int, of roadshow: String, in session: Session) throws -> Bool {
    try session.execute(RoadshowStatements.DeleteBlock(roadshow: roadshow, number: number)) > 0
  }

  public static func slots(of roadshow: String, in session: Session) throws -> [RoadshowDesk.Slot] {
    try session.query(RoadshowDeskStatements.Slots(roadshow: roadshow))
  }

  /// The slots of pitches, and who cannot pitch in each.
  public static func pitchSlots(of roadshow: String, in session: Session) throws -> [RoadshowDesk.PitchSlot] {
    try session.query(RoadshowDeskStatements.PitchSlots(roadshow: roadshow))
  }

  public static func hasSlot(_ number: Int, at roadshow: String, in session: Session) throws -> Bool {
    try session.queryOne(RoadshowStatements.HasSlot(roadshow: roadshow, number: number)) ?? false
  }

  public static func tables(of roadshow: String, in session: Session) throws -> [RoadshowDesk.Table] {
    try session.query(RoadshowDeskStatements.Tables(roadshow: roadshow, number: nil))
  }

  /// Adds tables or changes them. Where one is lost or comes back, calendars are told of the meetings at it that are to come.
  public static func put(_ tables: [RoadshowDesk.Table], of roadshow: String, in session: Session) throws {
    try session.execute(RoadshowStatements.TellUnseated(roadshow: roadshow, tables: tables))
    try session.execute(RoadshowStatements.PutTables(roadshow: roadshow, tables: tables))
  }

  /// - Returns: whether there was one.
  public static func remove(table number: Int, of roadshow: String, in session: Session) throws -> Bool {
    try session.execute(RoadshowStatements.DeleteTable(roadshow: roadshow, number: number)) > 0
  }

  // MARK: Pins

  public static func pin(_ pair: RoadshowDesk.Pair, of roadshow: String, in session: Session) throws
    -> RoadshowDesk.Pin?
  {
    try session.queryOne(RoadshowDeskStatements.Pins(roadshow: roadshow, pair: pair))
  }

  /// Adds a pin or changes one.
  public static func put(_ pin: RoadshowDesk.Pin, of roadshow: String, in session: Session) throws {
    try session.execute(RoadshowStatements.PutPin(roadshow: roadshow, pin: pin))
  }

  /// - Returns: whether there was one.
  public static func remove(pin pair: RoadshowDesk.Pair, of roadshow: String, in session: Session) throws
    -> Bool
  {
    try session.execute(RoadshowStatements.DeletePin(roadshow: roadshow, pair: pair)) > 0
  }
}
