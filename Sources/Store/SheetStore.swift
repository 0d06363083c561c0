import Domain

/// What sheets are made of.
public enum SheetStore {
  /// The domain of every UID. The first call settles it for ever: `former` if calendars were made with that before, else one
  /// that no other installation has.
  public static func uidDomain(former: String, in session: Session) throws -> String {
    try session.execute(SheetStatements.SettleUIDDomain(former: former))
    guard let domain = try session.queryOne(SheetStatements.UIDDomain()) else {
      throw StoreError.unexpectedResult(reason: "publication has no row")
    }
    return domain
  }

  /// All of it at one moment, in a transaction that reads repeatably. Nil where there is no such roadshow for the one who asks.
  public static func programme(of roadshow: String, isParty: Bool, in session: Session) throws
    -> ToldProgramme?
  {
    guard let show = try session.queryOne(SheetStatements.Show(roadshow: roadshow)) else { return nil }
    let delegations = try session.query(SheetStatements.Delegations(roadshow: roadshow))
    let persons = Dictionary(
      delegations.filter { $0.side == .firm }.map { ($0.code, $0.persons) },
      uniquingKeysWith: { first, _ in first })
    let pitches = try session.query(SheetStatements.Pitches(roadshow: roadshow))
    return ToldProgramme(
      show: show, offsets: try session.query(SheetStatements.Offsets(roadshow: roadshow)),
      slots: try session.query(SheetStatements.Slots(roadshow: roadshow)),
      tables: isParty
        ? [] : try session.query(RoadshowDeskStatements.Tables(roadshow: roadshow, number: nil)),
      meetings: try session.query(SheetStatements.Meetings(roadshow: roadshow)),
      pitches: pitches.map { pitch in
        var pitch = pitch
        pitch.firm.persons = persons[pitch.firm.code] ?? []
        return pitch
      }, delegations: delegations)
  }
}
