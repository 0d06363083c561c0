import Domain

/// What a roadshow is planned from, read: one statement a kind of thing.
enum RoadshowDeskStatements {
  static var all: [any Statement] {
    [
      Show(roadshow: ""), Blocks(roadshow: "", number: nil), Slots(roadshow: ""), PitchSlots(roadshow: ""),
      Tables(roadshow: "", number: nil), Participants(roadshow: "", party: nil), Wishes(roadshow: ""),
      Pins(roadshow: "", pair: nil), PublishedPlan(roadshow: ""), Pitches(roadshow: "", plan: 0),
      Meetings(roadshow: "", plan: 0), PitchesElsewhere(roadshow: ""),
    ]
  }

  private static let wall = "'YYYY-MM-DD\"T\"HH24:MI'"

  /// A value that the schema allows, as the type that knows it.
  private static func word<Word: RawRepresentable>(_ text: String) throws -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      throw StoreError.unexpectedResult(reason: "\(text) is no \(Word.self)")
    }
    return word
  }

  private static func wallTime(_ text: String) throws -> WallTime {
    guard let time = WallTime(text) else {
      throw StoreError.unexpectedResult(reason: "\(text) is no time of a day")
    }
    return time
  }

  struct Show: Statement {
    let roadshow: String
    let name = "roadshow_show"
    let sql = """
      SELECT code, name, time_zone, starts_on::text, coalesce(ends_on, starts_on)::text, pitch_places, retired,
        coalesce(freeze_minutes, \(Limits.usualFreezeMinutes))
      FROM roadshow WHERE code = $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> RoadshowDesk.Show {
      guard let first = Day(try row.text(3)), let last = Day(try row.text(4)) else {
        throw StoreError.unexpectedResult(reason: "a roadshow has no days")
      }
      return RoadshowDesk.Show(
        code: try row.text(0), name: try row.text(1), timeZone: row.optionalText(2), startsOn: first,
        endsOn: last, pitchPlaces: try row.optionalInt(5), isRetired: try row.bool(6),
        freezeMinutes: try row.int(7))
    }
  }

  struct Blocks: Statement {
    let roadshow: String
    /// Nil for all.
    let number: Int?
    let name = "roadshow_blocks"
    let sql = """
      SELECT number, kind, to_char(starts_at, \(wall)), to_char(ends_at, \(wall)), slot_minutes, pause_minutes, half
      FROM roadshow_block WHERE roadshow = $1 AND ($2::smallint IS NULL OR number = $2) ORDER BY starts_at
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(number)
    }
    func decode(_ row: Row) throws -> RoadshowBlock {
      RoadshowBlock(
        number: try row.int(0), kind: try word(row.text(1)), startsAt: try wallTime(row.text(2)),
        endsAt: try wallTime(row.text(3)), slotMinutes: try row.int(4), pauseMinutes: try row.int(5),
        half: try word(row.text(6)))
    }
  }

  struct Slots: Statement {
    let roadshow: String
    let name = "roadshow_slots"
    let sql = """
      SELECT s.number, s.block, b.half, extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint,
        to_char(lower(during) AT TIME ZONE r.time_zone, \(wall)), to_char(upper(during) AT TIME ZONE r.time_zone, \(wall)),
        extract(epoch FROM lead(lower(during)) OVER (ORDER BY s.number) - upper(during))::bigint / 60
      FROM roadshow_slot s JOIN roadshow_block b ON b.roadshow = s.roadshow AND b.number = s.block
        JOIN roadshow r ON r.code = s.roadshow
      WHERE s.roadshow = $1 ORDER BY s.number
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> RoadshowDesk.Slot {
      RoadshowDesk.Slot(
        number: try row.int(0), block: try row.int(1), half: try word(row.text(2)), starts: try row.int(3),
        ends: try row.int(4), startsAt: try wallTime(row.text(5)), endsAt: try wallTime(row.text(6)),
        minutesToNext: try row.optionalInt(7))
    }
  }

  /// Who is away from a slot is looked up per slot, of which there are few.
  struct PitchSlots: Statement {
    let roadshow: String
    let name = "roadshow_pitch_slots"
    let sql = """
      SELECT s.number, extract(epoch FROM lower(s.during))::bigint, extract(epoch FROM upper(s.during))::bigint,
        to_char(lower(s.during) AT TIME ZONE r.time_zone, \(wall)), to_char(upper(s.during) AT TIME ZONE r.time_zone, \(wall)),
        ARRAY(SELECT p.firm FROM participant AS p WHERE p.roadshow = r.code AND p.firm IS NOT NULL
          AND (lower(s.during) < p.late_until
            OR EXISTS (SELECT FROM participant_absence AS a
              WHERE a.roadshow = p.roadshow AND a.party = p.party AND a.during && s.during)
            OR EXISTS (SELECT FROM plan_pitch AS other
              WHERE other.live AND other.firm = p.firm AND other.roadshow <> r.code AND other.during && s.during)
            OR EXISTS (SELECT FROM plan_meeting AS met
              WHERE met.live AND met.firm = p.firm AND met.roadshow <> r.code AND met.during && s.during))
          ORDER BY 1)
      FROM roadshow AS r, LATERAL pitch_slots(r.code) AS s WHERE r.code = $1 ORDER BY s.number
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> RoadshowDesk.PitchSlot {
      RoadshowDesk.PitchSlot(
        number: try row.int(0), starts: try row.int(1), ends: try row.int(2),
        startsAt: try wallTime(row.text(3)), endsAt: try wallTime(row.text(4)),
        absent: Set(try row.textArray(5)))
    }
  }

  struct Tables: Statement {
    let roadshow: String
    /// Nil for all.
    let number: Int?
    let name = "roadshow_tables"
    let sql = """
      SELECT number, name, room, out_of_order FROM roadshow_table
      WHERE roadshow = $1 AND ($2::smallint IS NULL OR number = $2) ORDER BY number
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(number)
    }
    func decode(_ row: Row) throws -> RoadshowDesk.Table {
      RoadshowDesk.Table(
        number: try row.int(0), name: row.optionalText(1), room: row.optionalText(2),
        isOutOfOrder: try row.bool(3))
    }
  }

  struct Participants: Statement {
    let roadshow: String
    /// Nil for all.
    let party: String?
    let name = "roadshow_participants"
    let sql = """
      SELECT p.party, p.side, coalesce(f.name, i.name), p.max_meetings, p.min_meetings, p.prefers,
        CASE WHEN coalesce(f.retired, i.retired) THEN 'withdrawn' ELSE p.state END,
        extract(epoch FROM p.late_until)::bigint,
        ARRAY(SELECT s.number FROM roadshow_slot s
          WHERE s.roadshow = p.roadshow AND (lower(s.during) < p.late_until OR s.during && away.spans) ORDER BY 1),
        ARRAY(SELECT m.person FROM participant_person m WHERE m.roadshow = p.roadshow AND m.party = p.party ORDER BY 1)
      FROM participant p LEFT JOIN firm f ON f.code = p.firm LEFT JOIN investor i ON i.code = p.investor,
        LATERAL (SELECT range_agg(a.during) AS spans FROM participant_absence a
          WHERE a.roadshow = p.roadshow AND a.party = p.party) AS away
      WHERE p.roadshow = $1 AND ($2::text IS NULL OR p.party = $2) ORDER BY p.side = 'investor', p.party
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
    }
    func decode(_ row: Row) throws -> RoadshowDesk.Participant {
      RoadshowDesk.Participant(
        party: try row.text(0), side: try word(row.text(1)), name: try row.text(2),
        maxMeetings: try row.optionalInt(3), minMeetings: try row.int(4),
        prefers: try row.optionalText(5).map { try word($0) }, state: try word(row.text(6)),
        lateUntil: try row.optionalInt(7), absentSlots: try row.intArray(8), persons: try row.textArray(9))
    }
  }

  struct Wishes: Statement {
    let roadshow: String
    let name = "roadshow_wishes"
    let sql = "SELECT \"from\", \"to\", side, kind FROM wish WHERE roadshow = $1 ORDER BY \"from\", \"to\""
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> RoadshowDesk.StatedWish {
      RoadshowDesk.StatedWish(
        from: try row.text(0), to: try row.text(1), side: try word(row.text(2)), wish: try word(row.text(3)))
    }
  }

  struct Pins: Statement {
    let roadshow: String
    /// Nil for all.
    let pair: RoadshowDesk.Pair?
    let name = "roadshow_pins"
    let sql = """
      SELECT firm, investor, slot, "table", after_firm, after_investor FROM pin
      WHERE roadshow = $1 AND ($2::text IS NULL OR firm = $2 AND investor = $3) ORDER BY firm, investor
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(pair?.firm)
      bindings.text(pair?.investor)
    }
    func decode(_ row: Row) throws -> RoadshowDesk.Pin {
      let firm = row.optionalText(4)
      return RoadshowDesk.Pin(
        pair: .init(firm: try row.text(0), investor: try row.text(1)), slot: try row.optionalInt(2),
        table: try row.optionalInt(3),
        after: try firm.map { .init(firm: $0, investor: try row.text(5)) })
    }
  }

  struct PublishedPlan: Statement {
    let roadshow: String
    let name = "roadshow_published_plan"
    let sql = "SELECT number, runners_up FROM plan WHERE roadshow = $1 AND state = 'published'"
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> (number: Int, runnersUp: [String]) {
      (try row.int(0), try row.textArray(1))
    }
  }

  struct Pitches: Statement {
    let roadshow: String
    let plan: Int
    let name = "roadshow_plan_pitches"
    let sql = """
      SELECT pitch.firm, firm.name, pitch.place, extract(epoch FROM lower(pitch.during))::bigint,
        extract(epoch FROM upper(pitch.during))::bigint, to_char(lower(pitch.during) AT TIME ZONE r.time_zone, \(wall)),
        to_char(upper(pitch.during) AT TIME ZONE r.time_zone, \(wall)), pitch.sequence, pitch.live
      FROM plan_pitch AS pitch JOIN firm ON firm.code = pitch.firm JOIN roadshow AS r ON r.code = pitch.roadshow
      WHERE pitch.roadshow = $1 AND pitch.plan = $2 ORDER BY pitch.place
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(plan)
    }
    func decode(_ row: Row) throws -> RoadshowDesk.Pitch {
      let starts = try row.optionalInt(3)
      return RoadshowDesk.Pitch(
        firm: try row.text(0), name: try row.text(1), place: try row.int(2),
        time: try starts.map { .init(starts: $0, ends: try row.int(4)) },
        startsAt: try row.optionalText(5).map(wallTime), endsAt: try row.optionalText(6).map(wallTime),
        sequence: try row.int(7), isLive: try row.bool(8))
    }
  }

  struct Meetings: Statement {
    let roadshow: String
    let plan: Int
    let name = "roadshow_plan_meetings"
    let sql = """
      SELECT m.meeting, m.firm, m.investor, s.number, m."table", extract(epoch FROM lower(m.during))::bigint,
        extract(epoch FROM upper(m.during))::bigint, m.sequence, m.live
      FROM plan_meeting m LEFT JOIN roadshow_slot s ON s.roadshow = m.roadshow AND s.during = m.during
      WHERE m.roadshow = $1 AND m.plan = $2 ORDER BY lower(m.during), m."table"
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(plan)
    }
    func decode(_ row: Row) throws -> RoadshowDesk.Meeting {
      RoadshowDesk.Meeting(
        number: try row.int(0), pair: .init(firm: try row.text(1), investor: try row.text(2)),
        slot: try row.optionalInt(3), table: try row.int(4), starts: try row.int(5), ends: try row.int(6),
        sequence: try row.int(7), isLive: try row.bool(8))
    }
  }

  struct PitchesElsewhere: Statement {
    let roadshow: String
    let name = "roadshow_pitches_elsewhere"
    let sql = """
      SELECT pitch.firm, count(*) FROM plan_pitch AS pitch
        JOIN plan ON plan.roadshow = pitch.roadshow AND plan.number = pitch.plan AND plan.state = 'published'
        JOIN participant AS p ON p.roadshow = $1 AND p.firm = pitch.firm
      WHERE pitch.roadshow <> $1 GROUP BY 1
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> (firm: String, count: Int) { (try row.text(0), try row.int(1)) }
  }
}
