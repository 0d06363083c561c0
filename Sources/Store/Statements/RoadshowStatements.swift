import Domain

/// What is entered of a roadshow, written.
enum RoadshowStatements {
  static var all: [any Statement] {
    [
      Hold(roadshow: ""), Parties(code: ""), Member(roadshow: "", party: ""),
      PutParticipant(roadshow: "", participant: .init(party: "", side: .firm)),
      SetState(roadshow: "", party: "", state: .withdrawn), Persons(codes: []),
      OwnPersons(party: "", side: .firm),
      ClearPersons(roadshow: "", party: ""), AddPersons(roadshow: "", party: "", persons: []),
      Absences(roadshow: "", party: "", from: nil, until: nil, isAway: true),
      ClearAbsences(roadshow: "", party: ""), AddAbsences(roadshow: "", party: "", absences: ""),
      WishOf(roadshow: "", from: "", to: ""),
      PutWish(roadshow: "", from: "", to: "", side: .firm, wish: .meet),
      ClearWish(roadshow: "", from: "", to: ""),
      PutBlock(
        roadshow: "",
        block: .init(
          number: 1, startsAt: .init("2026-01-01T00:00")!, endsAt: .init("2026-01-01T01:00")!, slotMinutes: 20
        )),
      DeleteBlock(roadshow: "", number: 1), PutTables(roadshow: "", tables: []),
      TellUnseated(roadshow: "", tables: []),
      DeleteTable(roadshow: "", number: 1),
      PutPin(roadshow: "", pin: .init(pair: .init(firm: "", investor: ""))),
      DeletePin(roadshow: "", pair: .init(firm: "", investor: "")),
      HasSlot(roadshow: "", number: 1),
    ]
  }

  struct Hold: Statement {
    typealias Output = Void
    let roadshow: String
    let name = "roadshow_hold"
    let sql = "SELECT hold_roadshow($1)"
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
  }

  // MARK: Participants

  /// The firm and the investor of a code.
  struct Parties: Statement {
    let code: String
    let name = "roadshow_parties"
    let sql = """
      SELECT 'firm', retired FROM firm WHERE code = $1
      UNION ALL SELECT 'investor', retired FROM investor WHERE code = $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(code) }
    func decode(_ row: Row) throws -> (side: IntroductionSide, isRetired: Bool) {
      (try row.text(0) == "firm" ? .firm : .investor, try row.bool(1))
    }
  }

  /// A participant, as one who is asked about by itself may read it.
  struct Member: Statement {
    let roadshow: String
    let party: String
    let name = "roadshow_member"
    let sql = """
      SELECT side, max_meetings, min_meetings, prefers, state FROM participant WHERE roadshow = $1 AND party = $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
    }
    func decode(_ row: Row) throws -> RoadshowStore.Member {
      guard let side = IntroductionSide(rawValue: try row.text(0)),
        let state = ParticipantState(rawValue: try row.text(4))
      else { throw StoreError.unexpectedResult(reason: "a participant has no side or state of ours") }
      return RoadshowStore.Member(
        party: party, side: side, maxMeetings: try row.optionalInt(1), minMeetings: try row.int(2),
        prefers: row.optionalText(3).flatMap { DayHalf(rawValue: $0) }, state: state)
    }
  }

  struct PutParticipant: Statement {
    typealias Output = Void
    let roadshow: String
    let participant: RoadshowStore.Member
    let name = "roadshow_put_participant"
    let sql = """
      INSERT INTO participant (roadshow, party, side, max_meetings, min_meetings, prefers, state)
      VALUES ($1, $2, $3::introduction_side, $4::smallint, $5::smallint, $6::day_half, $7::participant_state)
      ON CONFLICT (roadshow, party) DO UPDATE SET max_meetings = excluded.max_meetings,
        min_meetings = excluded.min_meetings, prefers = excluded.prefers, state = excluded.state,
        late_until = CASE WHEN excluded.state = 'late' THEN participant.late_until END
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(participant.party)
      bindings.text(participant.side.rawValue)
      bindings.int(participant.maxMeetings)
      bindings.int(participant.minMeetings)
      bindings.text(participant.prefers?.rawValue)
      bindings.text(participant.state.rawValue)
    }
  }

  struct SetState: Statement {
    typealias Output = Void
    let roadshow: String
    let party: String
    let state: ParticipantState
    let name = "roadshow_set_state"
    let sql = """
      UPDATE participant SET state = $3::participant_state, late_until = NULL WHERE roadshow = $1 AND party = $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
      bindings.text(state.rawValue)
    }
  }

  /// Whose persons are.
  struct Persons: Statement {
    let codes: [String]
    let name = "roadshow_persons"
    let sql = "SELECT code, \"of\", of_kind FROM person WHERE code = ANY ($1::text[])"
    func bind(into bindings: inout Bindings) { bindings.textArray(codes) }
    func decode(_ row: Row) throws -> (code: String, of: String, kind: String) {
      (try row.text(0), try row.text(1), try row.text(2))
    }
  }

  struct OwnPersons: Statement {
    let party: String
    let side: IntroductionSide
    let name = "roadshow_own_persons"
    let sql = """
      SELECT code FROM person WHERE "of" = $1 AND of_kind = $2::owner_kind AND NOT retired ORDER BY code LIMIT \(Limits.delegation)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(party)
      bindings.text(side.rawValue)
    }
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  struct ClearPersons: Statement {
    typealias Output = Void
    let roadshow: String
    let party: String
    let name = "roadshow_clear_persons"
    let sql = "DELETE FROM participant_person WHERE roadshow = $1 AND party = $2"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
    }
  }

  struct AddPersons: Statement {
    typealias Output = Void
    let roadshow: String
    let party: String
    let persons: [String]
    let name = "roadshow_add_persons"
    let sql = "INSERT INTO participant_person (roadshow, party, person) SELECT $1, $2, unnest($3::text[])"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
      bindings.textArray(persons)
    }
  }

  // MARK: Absences

  /// Absences as they are and as they would be with a stretch more or less: as two multiranges.
  struct Absences: Statement {
    let roadshow: String
    let party: String
    let from: WallTime?
    let until: WallTime?
    let isAway: Bool
    let name = "roadshow_absences"
    let sql = """
      WITH said AS (
        SELECT tstzmultirange(tstzrange(
          coalesce(instant_of($3::timestamp, time_zone), starts_on::timestamp AT TIME ZONE time_zone),
          coalesce(instant_of($4::timestamp, time_zone), (coalesce(ends_on, starts_on) + 1)::timestamp AT TIME ZONE time_zone)))
          AS span FROM roadshow WHERE code = $1),
      before AS (
        SELECT coalesce(range_agg(during), '{}') AS spans FROM participant_absence WHERE roadshow = $1 AND party = $2)
      SELECT before.spans::text, changed.spans::text, (SELECT count(*) FROM unnest(changed.spans))
      FROM before, said, LATERAL (
        SELECT CASE WHEN $5::boolean THEN before.spans + said.span ELSE before.spans - said.span END AS spans) AS changed
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
      bindings.text(from?.description)
      bindings.text(until?.description)
      bindings.bool(isAway)
    }
    func decode(_ row: Row) throws -> (before: String, after: String, count: Int) {
      (try row.text(0), try row.text(1), try row.int(2))
    }
  }

  struct ClearAbsences: Statement {
    typealias Output = Void
    let roadshow: String
    let party: String
    let name = "roadshow_clear_absences"
    let sql = "DELETE FROM participant_absence WHERE roadshow = $1 AND party = $2"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
    }
  }

  struct AddAbsences: Statement {
    typealias Output = Void
    let roadshow: String
    let party: String
    /// A multirange.
    let absences: String
    let name = "roadshow_add_absences"
    let sql = """
      INSERT INTO participant_absence (roadshow, party, number, during)
      SELECT $1, $2, number, during FROM unnest($3::tstzmultirange) WITH ORDINALITY AS absence (during, number)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(party)
      bindings.text(absences)
    }
  }

  // MARK: Wishes

  struct WishOf: Statement {
    let roadshow: String
    let from: String
    let to: String
    let name = "roadshow_wish"
    let sql = "SELECT kind FROM wish WHERE roadshow = $1 AND \"from\" = $2 AND \"to\" = $3"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(from)
      bindings.text(to)
    }
    func decode(_ row: Row) throws -> Wish? { Wish(rawValue: try row.text(0)) }
  }

  struct PutWish: Statement {
    typealias Output = Void
    let roadshow: String
    let from: String
    let to: String
    let side: IntroductionSide
    let wish: Wish
    let name = "roadshow_put_wish"
    let sql = """
      INSERT INTO wish (roadshow, "from", "to", side, kind) VALUES ($1, $2, $3, $4::introduction_side, $5::wish_kind)
      ON CONFLICT (roadshow, "from", "to") DO UPDATE SET kind = excluded.kind
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(from)
      bindings.text(to)
      bindings.text(side.rawValue)
      bindings.text(wish.rawValue)
    }
  }

  struct ClearWish: Statement {
    typealias Output = Void
    let roadshow: String
    let from: String
    let to: String
    let name = "roadshow_clear_wish"
    let sql = "DELETE FROM wish WHERE roadshow = $1 AND \"from\" = $2 AND \"to\" = $3"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(from)
      bindings.text(to)
    }
  }

  // MARK: Blocks and tables

  struct PutBlock: Statement {
    typealias Output = Void
    let roadshow: String
    let block: RoadshowBlock
    let name = "roadshow_put_block"
    let sql = """
      INSERT INTO roadshow_block (roadshow, number, kind, starts_at, ends_at, slot_minutes, pause_minutes, half)
      VALUES ($1, $2::smallint, $3::block_kind, $4::timestamp, $5::timestamp, $6::smallint, $7::smallint, $8::day_half)
      ON CONFLICT (roadshow, number) DO UPDATE SET kind = excluded.kind, starts_at = excluded.starts_at,
        ends_at = excluded.ends_at, slot_minutes = excluded.slot_minutes, pause_minutes = excluded.pause_minutes,
        half = excluded.half
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(block.number)
      bindings.text(block.kind.rawValue)
      bindings.text(block.startsAt.description)
      bindings.text(block.endsAt.description)
      bindings.int(block.slotMinutes)
      bindings.int(block.pauseMinutes)
      bindings.text(block.half.rawValue)
    }
  }

  struct DeleteBlock: Statement {
    typealias Output = Void
    let roadshow: String
    let number: Int
    let name = "roadshow_delete_block"
    let sql = "DELETE FROM roadshow_block WHERE roadshow = $1 AND number = $2::smallint"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(number)
    }
  }

  /// Raises what calendars are told by of meetings whose table is lost or comes back; before the tables are changed.
  struct TellUnseated: Statement {
    typealias Output = Void
    let roadshow: String
    let tables: [RoadshowDesk.Table]
    let name = "roadshow_tell_unseated"
    let sql = """
      UPDATE plan_meeting AS m SET sequence = m.sequence + 1
      FROM plan, roadshow_table AS t, unnest($2::smallint[], $3::text[]) AS given (number, out_of_order)
      WHERE m.roadshow = $1 AND plan.roadshow = m.roadshow AND plan.number = m.plan AND plan.state = 'published'
        AND m.live AND upper(m.during) > now() AND t.roadshow = m.roadshow AND t.number = m."table"
        AND given.number = t.number AND given.out_of_order::boolean <> t.out_of_order
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.intArray(tables.map(\.number))
      bindings.textArray(tables.map { $0.isOutOfOrder ? "t" : "f" })
    }
  }

  struct PutTables: Statement {
    typealias Output = Void
    let roadshow: String
    let tables: [RoadshowDesk.Table]
    let name = "roadshow_put_tables"
    let sql = """
      INSERT INTO roadshow_table (roadshow, number, name, room, out_of_order)
      SELECT $1, number, nullif(name, ''), nullif(room, ''), out_of_order::boolean
      FROM unnest($2::smallint[], $3::text[], $4::text[], $5::text[]) AS t (number, name, room, out_of_order)
      ON CONFLICT (roadshow, number) DO UPDATE SET name = excluded.name, room = excluded.room,
        out_of_order = excluded.out_of_order
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.intArray(tables.map(\.number))
      bindings.textArray(tables.map { $0.name ?? "" })
      bindings.textArray(tables.map { $0.room ?? "" })
      bindings.textArray(tables.map { $0.isOutOfOrder ? "t" : "f" })
    }
  }

  struct DeleteTable: Statement {
    typealias Output = Void
    let roadshow: String
    let number: Int
    let name = "roadshow_delete_table"
    let sql = "DELETE FROM roadshow_table WHERE roadshow = $1 AND number = $2::smallint"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(number)
    }
  }

  // MARK: Pins

  struct PutPin: Statement {
    typealias Output = Void
    let roadshow: String
    let pin: RoadshowDesk.Pin
    let name = "roadshow_put_pin"
    let sql = """
      INSERT INTO pin (roadshow, firm, investor, slot, "table", after_firm, after_investor)
      VALUES ($1, $2, $3, $4::smallint, $5::smallint, $6, $7)
      ON CONFLICT (roadshow, firm, investor) DO UPDATE SET slot = excluded.slot, "table" = excluded."table",
        after_firm = excluded.after_firm, after_investor = excluded.after_investor
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(pin.pair.firm)
      bindings.text(pin.pair.investor)
      bindings.int(pin.slot)
      bindings.int(pin.table)
      bindings.text(pin.after?.firm)
      bindings.text(pin.after?.investor)
    }
  }

  struct DeletePin: Statement {
    typealias Output = Void
    let roadshow: String
    let pair: RoadshowDesk.Pair
    let name = "roadshow_delete_pin"
    let sql = "DELETE FROM pin WHERE roadshow = $1 AND firm = $2 AND investor = $3"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.text(pair.firm)
      bindings.text(pair.investor)
    }
  }

  struct HasSlot: Statement {
    let roadshow: String
    let number: Int
    let name = "roadshow_has_slot"
    let sql = "SELECT EXISTS (SELECT FROM roadshow_slot WHERE roadshow = $1 AND number = $2::smallint)"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(number)
    }
    func decode(_ row: Row) throws -> Bool { try row.bool(0) }
  }
}
