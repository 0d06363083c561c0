import Domain
import Matching

/// Introductions in PostgreSQL. What a party may see and move is decided there, by row-level security.
public enum IntroductionStore {
  // MARK: Reading

  /// Nil where there is none that the one who asks may see.
  public static func get(_ id: Int, in session: Session) throws -> StoredIntroduction? {
    try session.queryOne(IntroductionStatements.Select(id: id))
  }

  /// The latest moves of an introduction, the earliest of them first.
  /// - Parameter before: only moves with smaller numbers.
  public static func history(of id: Int, before: Int? = nil, limit: Int, in session: Session) throws
    -> [StoredMove]
  {
    try session.query(IntroductionStatements.History(id: id, before: before, limit: limit))
  }

  /// What LIST asks for.
  public struct Filter: Sendable {
    public var investor: String?
    public var firm: String?
    public var roadshow: String?
    /// Nil for both kinds.
    public var kind: IntroductionKind?
    public var states: [IntroductionState]
    /// Only those that wait for this side's own answer.
    public var waitingFor: IntroductionSide?

    public init(
      investor: String? = nil, firm: String? = nil, roadshow: String? = nil, kind: IntroductionKind? = nil,
      states: [IntroductionState], waitingFor: IntroductionSide? = nil
    ) {
      self.investor = investor
      self.firm = firm
      self.roadshow = roadshow
      self.kind = kind
      self.states = states
      self.waitingFor = waitingFor
    }
  }

  /// Introductions behind an id, the newest first.
  public static func list(_ filter: Filter, before: Int?, limit: Int, in session: Session) throws
    -> [StoredIntroduction]
  {
    try session.query(IntroductionStatements.Page(filter: filter, before: before, limit: limit))
  }

  // MARK: Moving

  /// What somebody does to an introduction.
  public struct Deed: Sendable {
    public var move: IntroductionMove
    /// Who does it, as the audit names them.
    public var by: String
    public var note: String?

    public init(_ move: IntroductionMove, by: String, note: String? = nil) {
      self.move = move
      self.by = by
      self.note = note
    }
  }

  /// Carries a move out, in the transaction of the caller; others who move the same introduction wait until that ends.
  ///
  /// - Returns: where it stands now and whether that is new; nil where there is no such introduction for the one who asks.
  /// - Throws: `IntroductionStanding.Illegal`, `StoreError`.
  public static func make(_ deed: Deed, on id: Int, in session: Session) throws
    -> (standing: IntroductionStanding, isNew: Bool)?
  {
    // Under the lock's row-level security what is another's takes longer than what does not exist; here both take the same.
    guard try session.queryOne(IntroductionStatements.IsShown(id: id)) != nil,
      var standing = try session.queryOne(IntroductionStatements.Lock(id: id))
    else { return nil }
    let isNew = try standing.make(deed.move)
    if isNew { try session.execute(IntroductionStatements.Move(id: id, deed: deed, standing: standing)) }
    return (standing, isNew)
  }

  /// Takes back the last move of the desk, in the transaction of the caller; the refusal that it was goes as well.
  ///
  /// - Returns: the state that it is in again; nil where there is no such introduction.
  /// - Throws: `StoreError` by a rule `introduction_revert_…` where it cannot be taken back: it is no slip of the desk, or
  ///   the other side was told of it.
  public static func revert(_ id: Int, by principal: String, reason: String, in session: Session) throws
    -> IntroductionState?
  {
    try session.queryOne(IntroductionStatements.Revert(id: id, by: principal, reason: reason)).flatMap {
      IntroductionState(rawValue: $0)
    }
  }

  /// Takes back what a retirement has withdrawn, once the firm or investor is not retired any more.
  /// - Returns: by id why one stays withdrawn; nil for one that does not.
  public static func revertRetirement(
    of noun: Noun, _ code: String, by principal: String, reason: String, in session: Session
  ) throws -> [(id: Int, why: String?)] {
    guard noun == .firm || noun == .investor else { return [] }
    let moves = try session.query(IntroductionStatements.RetirementMoves(noun: noun, code: code))
    for move in moves where move.why == nil {
      _ = try revert(move.id, by: principal, reason: reason, in: session)
    }
    return moves
  }

  // MARK: Being told

  /// Notes that the party that asks is told of introductions of its own, after which the desk takes none of its moves back.
  /// - Returns: how many are new to it that could have been taken back until now, and may have been since they were read.
  public static func noteTold(_ ids: [Int], in session: Session) throws -> Int {
    try session.queryOne(IntroductionStatements.NoteTold(ids: ids)) ?? 0
  }

  /// The same of the introductions of events.
  public static func noteTold(eventsAfter sequence: Int, upTo last: Int, in session: Session) throws {
    _ = try session.queryOne(IntroductionStatements.NoteToldEvents(after: sequence, upTo: last))
  }

  /// The same of all introductions of investors who are told what moved on their lists.
  public static func noteTold(listsOf investors: [String], in session: Session) throws {
    _ = try session.queryOne(IntroductionStatements.NoteToldLists(investors: investors))
  }

  // MARK: Days

  /// Today by the clock of the database, which is that of all its daemons.
  public static func today(in session: Session) throws -> Day {
    guard let day = try session.queryOne(IntroductionStatements.Today()) else {
      throw StoreError.unexpectedResult(reason: "there is no current_date")
    }
    return day
  }

  /// What a day brings by itself.
  public struct Settlement: Sendable, Hashable {
    public var expired: Int
    public var returned: Int
  }

  /// Ends introductions whose days to answer are over on a day, and asks those sides again whose day has come. Doing it
  /// twice changes nothing more.
  ///
  /// - Parameters:
  ///   - day: nil for today by the clock of the database.
  ///   - days: that a side has to answer once it is asked again.
  public static func settle(on day: Day?, days: Int, by principal: String, in session: Session) throws
    -> Settlement
  {
    let day = day?.description
    return Settlement(
      expired: try session.execute(IntroductionStatements.Expire(day: day, by: principal)),
      returned: try IntroductionSide.allCases.reduce(0) { count, side in
        try count
          + session.execute(IntroductionStatements.Return(side: side, day: day, days: days, by: principal))
      })
  }

  // MARK: Emitting

  /// What an emission must know beside the deal lists.
  /// - Parameter cooldown: days after which a pair may be proposed again that let it expire, was withdrawn or did not come.
  public static func circumstances(cooldown: Int, in session: Session) throws -> Emission.Circumstances {
    var known = Emission.Circumstances()
    try session.forEach(IntroductionStatements.Blocked(cooldown: cooldown)) { known.blocked.insert($0) }
    for (side, id, count) in try session.query(IntroductionStatements.Waiting()) {
      switch side {
      case .investor: known.waitingForInvestors[id] = count
      case .firm: known.waitingForFirms[id] = count
      }
    }
    try session.forEach(IntroductionStatements.AllAnswers()) { known.answers[$0.firm] = $0.answers }
    known.wishes = try wishes(in: session)
    return known
  }

  /// By id, what firms wish; those who wish nothing are left out.
  public static func wishes(in session: Session) throws -> [Int32: FirmWishes] {
    var wishes: [Int32: FirmWishes] = [:]
    try session.forEach(IntroductionStatements.AllWishes()) { wishes[$0.firm] = $0.wishes }
    return wishes
  }

  /// What a firm wishes; nil where it wishes nothing.
  public static func wishes(ofFirm id: Int32, in session: Session) throws -> FirmWishes? {
    try session.queryOne(IntroductionStatements.WishesOf(firm: id))?.wishes
  }

  /// Keeps other emissions waiting until the transaction ends, so that each knows what the one before did, and those who
  /// retire somebody, so that nobody is proposed at that moment.
  public static func lockEmission(in session: Session) throws {
    try session.execute(IntroductionStatements.LockEmission())
  }

  /// What all introductions of one emission share.
  public struct Origin: Sendable {
    public var action: IntroductionMove.Action
    public var by: String
    public var run: RunRevision?
    public var roadshow: String?
    /// The stake that they would hand over; nil for investments.
    public var stake: String?
    /// Days to answer.
    public var days: Int

    public init(
      action: IntroductionMove.Action, by: String, run: RunRevision? = nil, roadshow: String? = nil,
      stake: String? = nil, days: Int
    ) {
      self.action = action
      self.by = by
      self.run = run
      self.roadshow = roadshow
      self.stake = stake
      self.days = days
    }
  }

  /// Introductions stored by one statement: what is sent and the events that follow stay some megabytes.
  private static let batch = 10_000

  /// Stores introductions, in the transaction of the caller. One whose pair is under way already, or of whom a side has
  /// been retired meanwhile, is left out.
  /// - Returns: by the place of each in `introductions` that was stored, its id.
  public static func add(_ introductions: [NewIntroduction], _ origin: Origin, in session: Session) throws
    -> [Int: Int]
  {
    var ids: [Int: Int] = [:]
    for start in stride(from: 0, to: introductions.count, by: batch) {
      let part = introductions[start..<min(start + batch, introductions.count)]
      for (place, id) in try session.query(IntroductionStatements.Insert(introductions: part, origin: origin))
      {
        ids[place] = id
      }
    }
    return ids
  }

  /// Stores the introduction of two who have met at a roadshow without one: in state `met`, wanted by both sides.
  ///
  /// - Parameter note: says which meeting it came from.
  /// - Returns: its id; nil where one of the two is retired or they have an introduction under way.
  public static func addMet(
    _ introduction: NewIntroduction, at roadshow: String, by principal: String, note: String,
    in session: Session
  ) throws -> Int? {
    try session.queryOne(
      IntroductionStatements.InsertMet(
        introduction: introduction, roadshow: roadshow, by: principal, note: note))
  }

  /// A stake as it might be handed over; nil where there is none of this code.
  public static func stake(_ code: String, in session: Session) throws -> OfferedStake? {
    try session.queryOne(IntroductionStatements.Stake(code: code))
  }

  /// Whether a side has said no to the other one for good.
  public static func isRefused(investor: String, firm: String, in session: Session) throws -> Bool {
    try session.queryOne(IntroductionStatements.Refusal(investor: investor, firm: firm)) != nil
  }

  // MARK: Figures

  /// What the introductions of a funnel have in common.
  public enum Grouping: String, Sendable, CaseIterable {
    case investor, firm, institute, roadshow
  }

  /// How far introductions came, by what they have in common, the most first.
  public static func funnels(by grouping: Grouping, limit: Int, in session: Session) throws -> [StoredFunnel]
  {
    try session.query(IntroductionStatements.Funnels(grouping: grouping, limit: limit))
  }

  /// How far introductions came in which a criterion brought the investor at least half of the points that it can bring,
  /// and in which it brought fewer: `1 high`, `1 low`, `2 high` … by place of the criterion.
  /// - Parameter weights: of each criterion in their order.
  public static func funnels(byCriterion weights: [Int], in session: Session) throws -> [StoredFunnel] {
    try session.query(IntroductionStatements.FunnelsByCriterion(weights: weights))
  }
}
