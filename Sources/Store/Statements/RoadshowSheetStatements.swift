import Domain

/// What was entered of roadshows, as sheets that IMPORT takes again. Roadshows that are retired take nothing any more and
/// are left out.
enum RoadshowSheetStatements {
  static var all: [any Statement] {
    Noun.sheets.map(Select.init) + [MeetingOf(roadshow: "", firm: "", investor: "")]
  }

  /// The columns are the fields of the noun in their order, then a version.
  struct Select: Statement {
    let noun: Noun
    var name: String { "sheet_export_\(noun.name)" }
    var sql: String {
      switch noun {
      case .enrolment: Self.enrolments
      case .absence: Self.absences
      case .wish: Self.wishes
      case .outcome: Self.outcomes
      default: preconditionFailure("\(noun) has a table of its own")
      }
    }

    private static let enrolments = """
      SELECT p.roadshow, p.party, p.side, ARRAY(SELECT with_it.person FROM participant_person AS with_it
          WHERE with_it.roadshow = p.roadshow AND with_it.party = p.party ORDER BY 1),
        p.max_meetings, p.min_meetings, p.prefers, CASE WHEN p.state = 'withdrawn' THEN true END, 0
      FROM participant AS p JOIN roadshow AS r ON r.code = p.roadshow AND NOT r.retired
      ORDER BY p.roadshow, p.party
      """
    private static let absences = """
      SELECT a.roadshow, a.party, to_char(lower(a.during) AT TIME ZONE r.time_zone, 'YYYY-MM-DD"T"HH24:MI'),
        to_char(upper(a.during) AT TIME ZONE r.time_zone, 'YYYY-MM-DD"T"HH24:MI'), 0
      FROM participant_absence AS a JOIN roadshow AS r ON r.code = a.roadshow AND NOT r.retired
      ORDER BY a.roadshow, a.party, a.number
      """
    private static let wishes = """
      SELECT w.roadshow, w."from", w."to", w.kind, 0
      FROM wish AS w JOIN roadshow AS r ON r.code = w.roadshow AND NOT r.retired
      ORDER BY w.roadshow, w."from", w."to"
      """
    private static let outcomes = """
      SELECT m.roadshow, m.firm, m.investor, m.state, CASE m.absentee WHEN 'firm' THEN m.firm WHEN 'investor' THEN m.investor END,
        m.outcome, 0
      FROM meeting AS m JOIN roadshow AS r ON r.code = m.roadshow AND NOT r.retired
      WHERE m.state IN ('met', 'no_show') ORDER BY m.roadshow, m.number
      """
    func decode(_ row: Row) throws -> StoredObject { try decodeObject(noun, row) }
  }

  /// The number of the meeting of two; a pair has one at most at a roadshow.
  struct MeetingOf: Statement {
    let roadshow: String
    let firm: String
    let investor: String
    let name = "sheet_meeting_of"
    let sql = "SELECT number FROM meeting WHERE roadshow = $1 AND firm = $2 AND investor = $3"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(firm)
      bindings.text(investor)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }
}
