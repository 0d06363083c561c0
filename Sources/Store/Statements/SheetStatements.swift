import Domain

/// What sheets are made of: the same statements for the desk and for a party, since views show each what is its own.
enum SheetStatements {
  static var all: [any Statement] {
    [
      Show(roadshow: ""), Offsets(roadshow: ""), Slots(roadshow: ""), Meetings(roadshow: ""),
      Pitches(roadshow: ""), Delegations(roadshow: ""), SettleUIDDomain(former: ""), UIDDomain(),
    ]
  }

  private static func side(_ text: String) throws -> IntroductionSide {
    guard let side = IntroductionSide(rawValue: text) else {
      throw StoreError.unexpectedResult(reason: "\(text) is no side")
    }
    return side
  }

  struct SettleUIDDomain: Statement {
    typealias Output = Void
    let former: String
    let name = "sheet_settle_uid_domain"
    let sql = """
      UPDATE publication SET uid_domain = CASE WHEN EXISTS (SELECT FROM plan WHERE state <> 'draft') THEN $1
        ELSE replace(gen_random_uuid()::text, '-', '') || '.bellwether' END
      WHERE uid_domain IS NULL
      """
    func bind(into bindings: inout Bindings) { bindings.text(former) }
  }

  struct UIDDomain: Statement {
    let name = "sheet_uid_domain"
    let sql = "SELECT uid_domain FROM publication"
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  struct Show: Statement {
    let roadshow: String
    let name = "sheet_show"
    let sql = """
      SELECT r.code, r.name, r.name_zh, r.city, r.venue, r.time_zone, p.number, extract(epoch FROM p.published_at)::bigint,
        extract(epoch FROM now())::bigint,
        extract(epoch FROM (now() AT TIME ZONE r.time_zone) - (now() AT TIME ZONE 'UTC'))::integer
      FROM roadshow r LEFT JOIN told_plan p ON p.roadshow = r.code WHERE r.code = $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> ToldProgramme.Show {
      ToldProgramme.Show(
        code: try row.text(0), name: try row.text(1), nameZh: row.optionalText(2), city: row.optionalText(3),
        venue: row.optionalText(4), timeZone: row.optionalText(5), plan: try row.optionalInt(6),
        publishedAt: try row.optionalInt(7), now: try row.int(8),
        offsetNow: try row.optionalInt(9))
    }
  }

  /// Clocks are changed on a quarter of an hour, wherever they are.
  struct Offsets: Statement {
    let roadshow: String
    let name = "sheet_offsets"
    let sql = """
      SELECT extract(epoch FROM at)::bigint, seconds FROM (
        SELECT at, seconds, lag(seconds) OVER (ORDER BY at) AS before FROM (
          SELECT at, extract(epoch FROM (at AT TIME ZONE time_zone) - (at AT TIME ZONE 'UTC'))::integer AS seconds
          FROM roadshow, generate_series((starts_on - 1)::timestamp AT TIME ZONE time_zone,
            (coalesce(ends_on, starts_on) + 2)::timestamp AT TIME ZONE time_zone, interval '15 minutes') AS at
          WHERE code = $1) AS offsets) AS steps
      WHERE before IS DISTINCT FROM seconds ORDER BY at
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> ToldProgramme.Offset {
      ToldProgramme.Offset(from: try row.int(0), seconds: try row.int(1))
    }
  }

  struct Slots: Statement {
    let roadshow: String
    let name = "sheet_slots"
    let sql = """
      SELECT number, extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint
      FROM roadshow_slot WHERE roadshow = $1 ORDER BY number
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> ToldProgramme.Slot {
      ToldProgramme.Slot(number: try row.int(0), starts: try row.int(1), ends: try row.int(2))
    }
  }

  struct Meetings: Statement {
    let roadshow: String
    let name = "sheet_meetings"
    let sql = """
      SELECT number, firm, investor, extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint, slot,
        "table", table_name, room, live, sequence
      FROM told_meeting WHERE roadshow = $1 ORDER BY lower(during), "table", number
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> ToldProgramme.Meeting {
      ToldProgramme.Meeting(
        number: try row.int(0), firm: try row.text(1), investor: try row.text(2), starts: try row.int(3),
        ends: try row.int(4), slot: try row.optionalInt(5),
        table: RoadshowDesk.Table(
          number: try row.int(6), name: row.optionalText(7), room: row.optionalText(8)),
        isLive: try row.bool(9), sequence: try row.int(10))
    }
  }

  struct Pitches: Statement {
    let roadshow: String
    let name = "sheet_pitches"
    let sql = """
      SELECT firm, name, name_zh, live, place, extract(epoch FROM lower(during))::bigint,
        extract(epoch FROM upper(during))::bigint, sequence
      FROM told_pitch WHERE roadshow = $1 AND during IS NOT NULL ORDER BY live DESC, lower(during), firm
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> ToldProgramme.Pitch {
      ToldProgramme.Pitch(
        firm: ToldProgramme.Delegation(
          code: try row.text(0), side: .firm, name: try row.text(1), nameZh: row.optionalText(2), persons: []),
        place: try row.int(4), starts: try row.int(5), ends: try row.int(6), isLive: try row.bool(3),
        sequence: try row.int(7))
    }
  }

  struct Delegations: Statement {
    let roadshow: String
    let name = "sheet_delegations"
    let sql = """
      SELECT party, side, name, name_zh, persons, names, languages FROM told_delegation
      WHERE roadshow = $1 ORDER BY side = 'investor', party
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> ToldProgramme.Delegation {
      let (codes, names, languages) = (
        try row.textArray(4), try row.textArray(5), try row.textArray(6)
      )
      return ToldProgramme.Delegation(
        code: try row.text(0), side: try side(row.text(1)), name: try row.text(2),
        nameZh: row.optionalText(3),
        persons: codes.indices.map {
          .init(code: codes[$0], name: names[$0], language: languages[$0].isEmpty ? nil : languages[$0])
        })
    }
  }
}
