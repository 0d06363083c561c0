import Domain

/// What happens on the day of a roadshow.
enum DayStatements {
  static var all: [any Statement] {
    [
      Meetings(roadshow: "", choice: .number(1)),
      SetState(meetings: [], state: .cancelled, outcome: nil, absentee: nil),
      SetLate(roadshow: "", party: "", until: .init("2026-01-01T00:00")!), Clock(roadshow: ""),
      Parties(roadshow: "", party: nil),
    ]
  }

  struct Meetings: Statement {
    let roadshow: String
    let choice: DayStore.Choice
    let name = "day_meetings"
    private static func persons(_ party: String) -> String {
      """
      ARRAY(SELECT person.name FROM participant_person AS with_it JOIN person ON person.code = with_it.person
        WHERE with_it.roadshow = m.roadshow AND with_it.party = \(party) ORDER BY person.code)
      """
    }
    private static let wall = "'YYYY-MM-DD\"T\"HH24:MI'"
    let sql = """
      SELECT m.number, m.state, m.outcome, m.firm, firm.name, \(persons("m.firm")), m.investor, investor.name,
        \(persons("m.investor")), extract(epoch FROM lower(planned.during))::bigint,
        to_char(lower(planned.during) AT TIME ZONE r.time_zone, \(wall)),
        to_char(upper(planned.during) AT TIME ZONE r.time_zone, \(wall)), planned."table", t.name, t.room,
        lower(planned.during) <= now(), m.absentee
      FROM meeting AS m JOIN roadshow AS r ON r.code = m.roadshow
        JOIN firm ON firm.code = m.firm JOIN investor ON investor.code = m.investor
        LEFT JOIN (plan_meeting AS planned
          JOIN plan ON plan.roadshow = planned.roadshow AND plan.number = planned.plan AND plan.state = 'published')
          ON planned.meeting = m.number
        LEFT JOIN roadshow_table AS t ON t.roadshow = m.roadshow AND t.number = planned."table"
      WHERE m.roadshow = $1 AND (m.number = $2
        OR (m.firm = $3 OR m.investor = $3 OR planned."table" = $4::smallint)
          AND planned.live AND m.state = 'planned' AND upper(planned.during) > now())
      ORDER BY lower(planned.during), planned."table", m.number
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      switch choice {
      case .number(let number):
        bindings.int(number)
        bindings.null()
        bindings.null()
      case .of(let party):
        bindings.null()
        bindings.text(party)
        bindings.null()
      case .at(let table):
        bindings.null()
        bindings.null()
        bindings.int(table)
      }
    }
    func decode(_ row: Row) throws -> DayStore.Meeting {
      guard let state = MeetingState(rawValue: try row.text(1)) else {
        throw StoreError.unexpectedResult(reason: "a meeting has no state of ours")
      }
      var place: DayStore.Meeting.Place?
      if let starts = try row.optionalInt(9), let startsAt = WallTime(try row.text(10)),
        let endsAt = WallTime(try row.text(11))
      {
        place = .init(
          starts: starts, startsAt: startsAt, endsAt: endsAt, hasBegun: try row.bool(15),
          table: .init(number: try row.int(12), name: row.optionalText(13), room: row.optionalText(14)))
      }
      return DayStore.Meeting(
        number: try row.int(0), state: state,
        firm: .init(code: try row.text(3), name: try row.text(4), persons: try row.textArray(5)),
        investor: .init(code: try row.text(6), name: try row.text(7), persons: try row.textArray(8)),
        place: place,
        outcome: row.optionalText(2),
        absentee: row.optionalText(16).flatMap { IntroductionSide(rawValue: $0) })
    }
  }

  struct SetState: Statement {
    typealias Output = Void
    let meetings: [Int]
    let state: MeetingState
    let outcome: String?
    let absentee: IntroductionSide?
    let name = "day_set_state"
    let sql = """
      UPDATE meeting SET state = $2::meeting_state, outcome = $3, absentee = $4::introduction_side
      WHERE number = ANY ($1::bigint[])
      """
    func bind(into bindings: inout Bindings) {
      bindings.intArray(meetings)
      bindings.text(state.rawValue)
      bindings.text(outcome)
      bindings.text(absentee?.rawValue)
    }
  }

  struct SetLate: Statement {
    typealias Output = Void
    let roadshow: String
    let party: String
    let until: WallTime
    let name = "day_set_late"
    let sql = """
      UPDATE participant SET state = 'late', late_until = instant_of($3::timestamp, r.time_zone)
      FROM roadshow AS r WHERE roadshow = $1 AND party = $2 AND r.code = roadshow
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
      bindings.text(until.description)
    }
  }

  /// A minute that has begun counts as over.
  struct Clock: Statement {
    let roadshow: String
    let name = "day_clock"
    let sql = """
      SELECT to_char((now() + interval '59 seconds') AT TIME ZONE time_zone, 'YYYY-MM-DD"T"HH24:MI')
      FROM roadshow WHERE code = $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> WallTime? { row.optionalText(0).flatMap { WallTime($0) } }
  }

  struct Parties: Statement {
    let roadshow: String
    /// Nil for all investors.
    let party: String?
    let name = "day_parties"
    let sql = """
      SELECT p.party, coalesce(firm.name, investor.name),
        ARRAY(SELECT person.name FROM participant_person AS with_it JOIN person ON person.code = with_it.person
          WHERE with_it.roadshow = p.roadshow AND with_it.party = p.party ORDER BY person.code)
      FROM participant AS p LEFT JOIN firm ON firm.code = p.firm LEFT JOIN investor ON investor.code = p.investor
      WHERE p.roadshow = $1 AND p.state NOT IN ('withdrawn', 'no_show')
        AND CASE WHEN $2::text IS NULL THEN p.investor IS NOT NULL AND NOT investor.retired ELSE p.party = $2 END
      ORDER BY p.party
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
    }
    func decode(_ row: Row) throws -> DayStore.Meeting.Side {
      .init(code: try row.text(0), name: try row.text(1), persons: try row.textArray(2))
    }
  }
}
