import Domain

/// Meetings, read.
enum MeetingStatements {
  static var all: [any Statement] {
    [
      Shown(number: nil, roadshow: nil, party: nil, state: nil, after: nil, limit: 1),
      Schedule(roadshow: "", party: nil), OfPlan(roadshow: "", plan: 1), Pitches(roadshow: "", party: nil),
      Elsewhere(roadshow: ""),
    ]
  }

  private static func wall(_ bound: String) -> String {
    "to_char(\(bound)(during) AT TIME ZONE time_zone, 'YYYY-MM-DD\"T\"HH24:MI')"
  }

  private static let columns = """
    number, roadshow, firm, firm_name, investor, investor_name, state, plan, \(wall("lower")), \(wall("upper")), "table",
      table_name, room, sequence, live, outcome
    """

  private static func meeting(_ row: Row) throws -> ShownMeeting {
    guard let state = MeetingState(rawValue: try row.text(6)) else {
      throw StoreError.unexpectedResult(reason: "a meeting has no state of ours")
    }
    return ShownMeeting(
      number: try row.int(0), roadshow: try row.text(1), firm: try row.text(2), firmName: try row.text(3),
      investor: try row.text(4), investorName: try row.text(5), state: state, plan: try row.optionalInt(7),
      startsAt: row.optionalText(8).flatMap { WallTime($0) },
      endsAt: row.optionalText(9).flatMap { WallTime($0) }, table: try row.optionalInt(10),
      tableName: row.optionalText(11), room: row.optionalText(12), sequence: try row.optionalInt(13),
      isLive: try row.bool(14), outcome: row.optionalText(15))
  }

  struct Shown: Statement {
    /// Nil, as all that follows, for all.
    let number: Int?
    let roadshow: String?
    let party: String?
    let state: MeetingState?
    let after: Int?
    let limit: Int
    let name = "meeting_shown"
    let sql = """
      SELECT \(columns) FROM meeting_shown
      WHERE ($1::bigint IS NULL OR number = $1) AND ($2::text IS NULL OR roadshow = $2)
        AND ($3::text IS NULL OR firm = $3 OR investor = $3) AND ($4::meeting_state IS NULL OR state = $4)
        AND ($5::bigint IS NULL OR number > $5)
      ORDER BY number LIMIT $6
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(number)
      bindings.text(roadshow)
      bindings.text(party)
      bindings.text(state?.rawValue)
      bindings.int(after)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> ShownMeeting { try meeting(row) }
  }

  struct Schedule: Statement {
    let roadshow: String
    /// Nil for all.
    let party: String?
    let name = "meeting_schedule"
    let sql = """
      SELECT \(columns) FROM meeting_shown
      WHERE roadshow = $1 AND live AND ($2::text IS NULL OR firm = $2 OR investor = $2)
      ORDER BY lower(during), "table"
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
    }
    func decode(_ row: Row) throws -> ShownMeeting { try meeting(row) }
  }

  struct OfPlan: Statement {
    let roadshow: String
    let plan: Int
    let name = "meeting_of_plan"
    let sql = """
      SELECT \(columns) FROM (
        SELECT m.number, m.roadshow, m.firm, firm.name AS firm_name, m.investor, investor.name AS investor_name, m.state,
          planned.plan, planned.during, r.time_zone, planned."table", t.name AS table_name, t.room, planned.sequence,
          planned.live, m.outcome
        FROM plan_meeting AS planned JOIN meeting AS m ON m.number = planned.meeting
          JOIN roadshow AS r ON r.code = planned.roadshow JOIN firm ON firm.code = m.firm
          JOIN investor ON investor.code = m.investor
          LEFT JOIN roadshow_table AS t ON t.roadshow = planned.roadshow AND t.number = planned."table"
        WHERE planned.roadshow = $1 AND planned.plan = $2) AS shown
      ORDER BY lower(during), "table"
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(plan)
    }
    func decode(_ row: Row) throws -> ShownMeeting { try meeting(row) }
  }

  /// Pitches that take place; to a party its own, though it knows the line-up.
  struct Pitches: Statement {
    let roadshow: String
    /// Nil for all.
    let party: String?
    let name = "meeting_pitches"
    let sql = """
      SELECT pitch.place, pitch.firm, pitch.name, \(wall("lower")), \(wall("upper")), pitch.sequence, pitch.plan
      FROM told_pitch AS pitch JOIN roadshow AS r ON r.code = pitch.roadshow
      WHERE pitch.roadshow = $1 AND pitch.live AND ($2::text IS NULL OR pitch.firm = $2)
        AND (current_user <> 'bellwether_party' OR pitch.firm = (SELECT own_firm()))
      ORDER BY lower(during)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
    }
    func decode(_ row: Row) throws -> ShownPitch {
      guard let startsAt = WallTime(try row.text(3)), let endsAt = WallTime(try row.text(4)) else {
        throw StoreError.unexpectedResult(reason: "a pitch has no time")
      }
      return ShownPitch(
        place: try row.int(0), firm: try row.text(1), firmName: try row.text(2), startsAt: startsAt,
        endsAt: endsAt, sequence: try row.int(5), plan: try row.int(6))
    }
  }

  struct Elsewhere: Statement {
    let roadshow: String
    let name = "meeting_elsewhere"
    let sql = """
      SELECT DISTINCT p.party, s.number FROM participant AS p
        JOIN plan_meeting AS m ON m.live AND m.roadshow <> p.roadshow AND (m.firm = p.firm OR m.investor = p.investor)
        JOIN roadshow_slot AS s ON s.roadshow = p.roadshow AND s.during && m.during
      WHERE p.roadshow = $1
      UNION SELECT p.party, s.number FROM participant AS p
        JOIN plan_pitch AS pitch ON pitch.live AND pitch.roadshow <> p.roadshow AND pitch.firm = p.firm
        JOIN roadshow_slot AS s ON s.roadshow = p.roadshow AND s.during && pitch.during
      WHERE p.roadshow = $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> (party: String, slot: Int) { (try row.text(0), try row.int(1)) }
  }
}
