/// Plans of roadshows, written and read.
enum PlanStatements {
  static var all: [any Statement] {
    [
      Put(roadshow: "", plan: .init(seed: 0, pitches: [], meetings: []), by: ""),
      PutPitches(roadshow: "", plan: 1, pitches: []), NumberMeetings(roadshow: "", pairs: []),
      PutMeetings(roadshow: "", plan: 1, meetings: []), Supersede(roadshow: ""),
      Publish(roadshow: "", plan: 1), Plans(roadshow: "", number: nil, before: nil, limit: 1),
      Previous(roadshow: ""), NextDraft(roadshow: ""), NewestLineUp(roadshow: ""), Cancelled(roadshow: ""),
    ]
  }

  // MARK: Writing

  struct Put: Statement {
    let roadshow: String
    let plan: NewPlan
    let by: String
    let name = "plan_put"
    let sql = """
      INSERT INTO plan (roadshow, number, base, seed, breaks, bound, proof, created_by, parameters, reason, runners_up)
      SELECT $1::text, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6::plan_proof, $7, $8::jsonb, $9, $10::text[]
      FROM plan WHERE roadshow = $1::text
      RETURNING number
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(plan.base)
      bindings.int(plan.seed)
      bindings.int(plan.breaks)
      bindings.int(plan.bound)
      bindings.text(plan.proof.rawValue)
      bindings.text(by)
      bindings.text(plan.parameters)
      bindings.text(plan.reason)
      bindings.textArray(plan.runnersUp)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct PutPitches: Statement {
    typealias Output = Void
    let roadshow: String
    let plan: Int
    let pitches: [NewPlan.Pitch]
    let name = "plan_put_pitches"
    let sql = """
      INSERT INTO plan_pitch (roadshow, plan, place, firm, during)
      SELECT $1, $2, new.place, new.firm, CASE WHEN new.of_place THEN slot.during
        WHEN new.ends > 0 THEN tstzrange(to_timestamp(new.starts), to_timestamp(new.ends)) END
      FROM unnest($3::text[], $4::smallint[], $5::boolean[], $6::bigint[], $7::bigint[])
          AS new (firm, place, of_place, starts, ends)
        LEFT JOIN pitch_slots($1) AS slot ON slot.number = new.place
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(plan)
      bindings.textArray(pitches.map(\.firm))
      bindings.intArray(pitches.map(\.place))
      bindings.textArray(pitches.map { $0.slot == .ofItsPlace ? "t" : "f" })
      bindings.intArray(pitches.map { $0.time?.starts ?? 0 })
      bindings.intArray(pitches.map { $0.time?.ends ?? 0 })
    }
  }

  /// Numbers rise with the codes of those who meet for the first time.
  struct NumberMeetings: Statement {
    typealias Output = Void
    let roadshow: String
    let pairs: [RoadshowDesk.Pair]
    let name = "plan_number_meetings"
    let sql = """
      INSERT INTO meeting (roadshow, firm, investor)
      SELECT $1::text, new.firm, new.investor FROM unnest($2::text[], $3::text[]) AS new (firm, investor)
      WHERE NOT EXISTS (SELECT FROM meeting AS m
        WHERE m.roadshow = $1::text AND m.firm = new.firm AND m.investor = new.investor)
      ORDER BY new.firm COLLATE "C", new.investor COLLATE "C" ON CONFLICT DO NOTHING
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.textArray(pairs.map(\.firm))
      bindings.textArray(pairs.map(\.investor))
    }
  }

  struct PutMeetings: Statement {
    typealias Output = Void
    let roadshow: String
    let plan: Int
    let meetings: [NewPlan.Meeting]
    let name = "plan_put_meetings"
    let sql = """
      INSERT INTO plan_meeting (roadshow, plan, meeting, firm, investor, slot, "table", during)
      SELECT $1, $2, m.number, m.firm, m.investor, new.slot, new."table",
        tstzrange(to_timestamp(new.starts), to_timestamp(new.ends))
      FROM unnest($3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::bigint[], $8::bigint[])
          AS new (firm, investor, slot, "table", starts, ends)
        JOIN meeting AS m ON m.roadshow = $1 AND m.firm = new.firm AND m.investor = new.investor
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(plan)
      bindings.textArray(meetings.map(\.pair.firm))
      bindings.textArray(meetings.map(\.pair.investor))
      bindings.intArray(meetings.map(\.slot))
      bindings.intArray(meetings.map(\.table))
      bindings.intArray(meetings.map(\.starts))
      bindings.intArray(meetings.map(\.ends))
    }
  }

  struct Supersede: Statement {
    typealias Output = Void
    let roadshow: String
    let name = "plan_supersede"
    let sql = "UPDATE plan SET state = 'superseded' WHERE roadshow = $1 AND state = 'published'"
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
  }

  struct Publish: Statement {
    typealias Output = Void
    let roadshow: String
    let plan: Int
    let name = "plan_publish"
    let sql = "UPDATE plan SET state = 'published' WHERE roadshow = $1 AND number = $2"
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(plan)
    }
  }

  // MARK: Reading

  struct Plans: Statement {
    let roadshow: String
    /// Nil for all.
    let number: Int?
    let before: Int?
    let limit: Int
    let name = "plan_plans"
    private static let iso = "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'"
    let sql = """
      SELECT number, state, base, seed, breaks, bound, proof, to_char(created_at AT TIME ZONE 'UTC', \(iso)), created_by,
        to_char(published_at AT TIME ZONE 'UTC', \(iso)), parameters::text, reason,
        (SELECT count(*) FROM plan_pitch AS p WHERE p.roadshow = plan.roadshow AND p.plan = plan.number),
        (SELECT count(*) FROM plan_meeting AS m WHERE m.roadshow = plan.roadshow AND m.plan = plan.number),
        restored, runners_up
      FROM plan WHERE roadshow = $1 AND ($2::integer IS NULL OR number = $2) AND ($3::integer IS NULL OR number < $3)
      ORDER BY number DESC LIMIT $4
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.int(number)
      bindings.int(before)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> StoredPlan {
      guard let state = StoredPlan.State(rawValue: try row.text(1)),
        let proof = StoredPlan.Proof(rawValue: try row.text(6))
      else { throw StoreError.unexpectedResult(reason: "a plan has no state or proof of ours") }
      return StoredPlan(
        number: try row.int(0), state: state, base: try row.optionalInt(2), seed: try row.int(3),
        breaks: try row.optionalInt(4), bound: try row.optionalInt(5), proof: proof,
        createdAt: try row.text(7), createdBy: try row.text(8), publishedAt: row.optionalText(9),
        parameters: try row.text(10), reason: row.optionalText(11), pitchCount: try row.int(12),
        meetingCount: try row.int(13), isRestored: try row.bool(14),
        runnersUp: try row.textArray(15), lineUp: [], meetings: [])
    }
  }

  struct Previous: Statement {
    let roadshow: String
    let name = "plan_previous"
    let sql = """
      SELECT number FROM plan WHERE roadshow = $1 AND state = 'superseded'
      ORDER BY published_at DESC, number DESC LIMIT 1
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct NextDraft: Statement {
    let roadshow: String
    let name = "plan_next_draft"
    let sql = """
      SELECT max(number) FILTER (WHERE state = 'draft') FROM plan WHERE roadshow = $1
      HAVING max(number) FILTER (WHERE state = 'draft') > coalesce(max(number) FILTER (WHERE state <> 'draft'), 0)
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct NewestLineUp: Statement {
    let roadshow: String
    let name = "plan_newest_line_up"
    let sql = """
      SELECT pitch.plan FROM plan_pitch AS pitch JOIN plan ON plan.roadshow = pitch.roadshow AND plan.number = pitch.plan
      WHERE pitch.roadshow = $1
      ORDER BY plan.state = 'draft' AND plan.number > (SELECT coalesce(max(number), 0) FROM plan AS past
          WHERE past.roadshow = $1 AND past.state <> 'draft') DESC,
        plan.state = 'published' DESC, plan.number DESC LIMIT 1
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct Cancelled: Statement {
    let roadshow: String
    let name = "plan_cancelled"
    let sql = """
      SELECT firm, investor FROM meeting WHERE roadshow = $1 AND state = 'cancelled' ORDER BY firm, investor
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> RoadshowDesk.Pair {
      RoadshowDesk.Pair(firm: try row.text(0), investor: try row.text(1))
    }
  }
}
