import Domain

/// What FIRM MERGE does, in order. Each step tells what it did, a row for each record; in its SQL `$1` is the firm that
/// goes, `$2` the one that stays and `$3` who asked.
struct FirmMergeStep: Statement {
  /// The table whose references it deals with.
  let table: String
  let part: String
  let text: String
  var from = ""
  var into = ""
  var principal = ""

  init(_ table: String, _ part: String, _ text: String) {
    self.table = table
    self.part = part
    self.text = text
  }

  func of(_ from: String, into: String, by principal: String) -> FirmMergeStep {
    var step = self
    (step.from, step.into, step.principal) = (from, into, principal)
    return step
  }

  var name: String { "firm_merge_\(table)_\(part)" }
  var sql: String {
    "WITH merging AS (SELECT $1::text AS gone, $2::text AS kept, $3::text AS by)" + text
  }
  func bind(into bindings: inout Bindings) {
    bindings.text(from)
    bindings.text(into)
    bindings.text(principal)
  }
  func decode(_ row: Row) throws -> FirmMerge.Effect {
    guard let done = FirmMerge.Done(rawValue: try row.text(0)) else {
      throw StoreError.unexpectedResult(reason: "a step of a merge did something unheard of")
    }
    return FirmMerge.Effect(
      table: table, done: done, record: try row.text(1), why: row.optionalText(2),
      tell: row.isNull(3) ? [] : try row.textArray(3), before: row.optionalText(4))
  }
}

enum FirmMergeStatements {
  static var all: [any Statement] { [LockRoadshows(from: "", into: "")] + steps }

  /// Writers of the roadshows where either firm is enrolled wait, and so do emissions.
  struct LockRoadshows: Statement {
    typealias Output = Void
    let from: String
    let into: String
    let name = "firm_merge_lock_roadshows"
    let sql = """
      SELECT hold_roadshow(roadshow) FROM (SELECT DISTINCT roadshow FROM (
          SELECT roadshow FROM participant WHERE firm IN ($1, $2)
          UNION ALL SELECT roadshow FROM plan_pitch WHERE firm IN ($1, $2)) AS named ORDER BY roadshow) AS shows
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(from)
      bindings.text(into)
    }
  }

  static let steps: [FirmMergeStep] =
    fields + books + relations + introductions + enrolments + meetings + jury

  // MARK: The firm itself

  /// The assignment of a field, where it is not left as it is.
  private static func assignment(_ field: Field) -> String? {
    let column = "\"\(field.name)\""
    switch (field.name, FirmReference.treatment(of: field)) {
    case (_, .kept): return nil
    // An amount and its currency go together.
    case ("currency", _):
      return
        "currency = CASE WHEN firm.ask IS NULL AND gone.ask IS NOT NULL THEN gone.currency ELSE firm.currency END"
    // Who is not wanted by either is not wanted; of those who are, as many as there may be.
    case ("wanted_investors", _):
      return """
        wanted_investors = (SELECT array_agg(code ORDER BY place) FROM (
          SELECT code, min(place) AS place FROM unnest(firm.wanted_investors || gone.wanted_investors) WITH ORDINALITY AS named (code, place)
          WHERE code <> ALL (coalesce(firm.unwanted_investors || gone.unwanted_investors, '{}'))
          GROUP BY code ORDER BY 2 LIMIT \(Limits.wishes)) AS joined)
        """
    case (_, .joined):
      return """
        \(column) = (SELECT array_agg(item ORDER BY place) FROM (
          SELECT item, min(place) AS place FROM unnest(firm.\(column) || gone.\(column)) WITH ORDINALITY AS named (item, place)
          GROUP BY item) AS joined)
        """
    case (_, .filled): return "\(column) = coalesce(firm.\(column), gone.\(column))"
    }
  }

  private static let fields: [FirmMergeStep] = [
    .init(
      "firm", "fields",
      """
      , was AS (SELECT to_jsonb(firm) AS firm FROM firm WHERE code = $2),
      filled AS (
        UPDATE firm SET \((Noun.firm.fields.compactMap(assignment) + ["project = coalesce(firm.project, gone.project)"])
        .joined(separator: ", "))
        FROM firm AS gone WHERE firm.code = $2 AND gone.code = $1 RETURNING to_jsonb(firm) AS firm)
      SELECT 'joined', field.key, NULL, NULL, jsonb_build_object('was', was.firm -> field.key, 'is', field.value)::text
      FROM was, filled, jsonb_each(filled.firm) AS field
      WHERE field.value IS DISTINCT FROM was.firm -> field.key
        AND field.key NOT IN ('id', 'version', 'changed_at', 'changed_xid')
      """),
    .init(
      "firm", "retired",
      """
      , retired AS (UPDATE firm SET retired = true, merged_into = $2 WHERE code = $1 RETURNING 1)
      SELECT 'moved', '', NULL, NULL, NULL FROM retired WHERE false
      """),
  ]

  /// Moves all records of a table, for those that cannot collide.
  private static func all(of table: String, record: String, where condition: String = "true") -> FirmMergeStep
  {
    .init(
      table, "all",
      """
      , moved AS (UPDATE \(table) SET firm = $2 WHERE firm = $1 AND \(condition) RETURNING \(record) AS record)
      SELECT 'moved', record, NULL, NULL, NULL FROM moved ORDER BY record
      """)
  }

  /// Names the other firm in an array of codes.
  private static func named(in column: String, of table: String, record: String) -> FirmMergeStep {
    .init(
      table, column,
      """
      , moved AS (
        UPDATE \(table) SET \(column) = array_append(array_remove(array_remove(\(column), $1), $2), $2)
        WHERE $1 = ANY (\(column)) RETURNING \(record) AS record)
      SELECT 'moved', record, NULL, NULL, NULL FROM moved ORDER BY record
      """)
  }

  // MARK: Holdings, rounds, milestones, the state's books

  /// Where both firms have one, the one that stays has both amounts. The same amount twice is one that was recorded twice.
  private static func twins(of table: String, same: String, record: String) -> FirmMergeStep {
    .init(
      table, "twins",
      """
      , twin AS (
        DELETE FROM \(table) AS gone USING \(table) AS kept
        WHERE gone.firm = $1 AND kept.firm = $2 AND \(same.replacing("twin.", with: "gone."))
        RETURNING gone.*, kept.amount AS kept_amount, kept.currency AS kept_currency),
      joined AS (
        UPDATE \(table) AS kept SET amount = coalesce(kept.amount + twin.amount, kept.amount, twin.amount),
          currency = CASE WHEN kept.amount IS NULL THEN coalesce(twin.currency, kept.currency) ELSE kept.currency END
        FROM twin
        WHERE kept.firm = $2 AND \(same) AND twin.amount IS DISTINCT FROM kept.amount AND twin.amount IS NOT NULL)
      SELECT 'joined', \(record), NULL, NULL, (to_jsonb(twin) - 'changed_at')::text FROM twin ORDER BY 2
      """)
  }

  private static let books: [FirmMergeStep] = [
    twins(
      of: "holding",
      same:
        "kept.investor = twin.investor AND kept.since IS NOT DISTINCT FROM twin.since AND kept.round IS NOT DISTINCT FROM twin.round",
      record: "concat_ws(' ', investor, since, round)"),
    all(of: "holding", record: "concat_ws(' ', investor, since, round)"),
    twins(
      of: "round", same: "kept.date = twin.date AND kept.kind = twin.kind",
      record: "concat_ws(' ', date, kind)"),
    all(of: "round", record: "concat_ws(' ', date, kind)"),
    .init(
      "milestone", "all",
      """
      , moved AS (
        UPDATE milestone AS gone SET firm = $2 WHERE gone.firm = $1 AND NOT EXISTS (
          SELECT FROM milestone AS kept WHERE kept.firm = $2 AND kept.date = gone.date) RETURNING gone.date)
      SELECT CASE WHEN moved.date IS NULL THEN 'kept' ELSE 'moved' END, m.date::text,
        CASE WHEN moved.date IS NULL THEN $2 || ' has a milestone of this day, which counts' END, NULL,
        CASE WHEN moved.date IS NULL THEN (to_jsonb(m) - 'changed_at')::text END
      FROM milestone AS m LEFT JOIN moved USING (date) WHERE m.firm = $1 ORDER BY 2
      """),
    all(of: "stake", record: "code::text"), all(of: "review", record: "code::text"),
    all(of: "decision", record: "code::text"),
    .init(
      "pilot", "all",
      """
      , moved AS (
        UPDATE pilot AS gone SET firm = $2 WHERE gone.firm = $1 AND (gone.retired OR NOT EXISTS (
          SELECT FROM pilot AS kept WHERE kept.firm = $2 AND kept.scenario = gone.scenario AND NOT kept.retired
            AND daterange(kept.starts_on, kept.ends_on, '[]') && daterange(gone.starts_on, gone.ends_on, '[]')))
        RETURNING gone.code)
      SELECT CASE WHEN moved.code IS NULL THEN 'kept' ELSE 'moved' END, p.code::text,
        CASE WHEN moved.code IS NULL THEN $2 || ' has a pilot at this scenario at the time' END, NULL, NULL
      FROM pilot AS p LEFT JOIN moved ON moved.code = p.code WHERE p.firm = $1 ORDER BY 2
      """),
  ]

  // MARK: Whom it knows

  private static let relations: [FirmMergeStep] = [
    // Before enrolments, which take people along who are of the firm that stays.
    .init(
      "person", "all",
      """
      , moved AS (UPDATE person SET "of" = $2 WHERE of_kind = 'firm' AND "of" = $1 RETURNING code)
      SELECT 'moved', code::text, NULL, NULL, NULL FROM moved ORDER BY code
      """),
    .init(
      "token", "all",
      """
      , moved AS (UPDATE token SET firm = $2 WHERE firm = $1 RETURNING id, revoked_at IS NULL AND expires_at > now() AS is_good)
      SELECT 'moved', id::text, CASE WHEN is_good THEN 'it shows what is of ' || $2 || ' from now on; TOKEN REVOKE ends it' END,
        NULL, NULL
      FROM moved ORDER BY id
      """),
    named(in: "excluded_firms", of: "investor", record: "code::text"),
    named(in: "conflicts", of: "expert", record: "code::text"),
    named(in: "recused_from", of: "juror", record: "roadshow || ' ' || expert"),
    // A no to either is a no.
    .init(
      "refusal", "all",
      """
      , gone AS (DELETE FROM refusal WHERE firm = $1 RETURNING *),
      moved AS (
        INSERT INTO refusal
          SELECT went.* FROM gone, jsonb_populate_record(NULL::refusal, to_jsonb(gone) || jsonb_build_object('firm', $2)) AS went
        ON CONFLICT DO NOTHING RETURNING investor)
      SELECT CASE WHEN moved.investor IS NULL THEN 'joined' ELSE 'moved' END, gone.investor::text, NULL, NULL,
        to_jsonb(gone)::text
      FROM gone LEFT JOIN moved USING (investor) ORDER BY 2
      """),
  ]

  /// Investors that the firm that stays is not brought together with: either has said no to the other.
  private static let refused = """
    SELECT investor FROM refusal WHERE firm = $2
    UNION SELECT unnest(unwanted_investors) FROM firm WHERE code = $2
    UNION SELECT code FROM investor WHERE $2 = ANY (excluded_firms)
    """

  /// People of an investor and of both firms, as they are told.
  private static func people(of investor: String) -> String {
    """
    ARRAY(SELECT p.name || coalesce(' <' || p.email || '>', '') FROM person AS p
      WHERE NOT p.retired AND (p.of_kind = 'investor' AND p."of" = \(investor) OR p.of_kind = 'firm' AND p."of" IN ($1, $2))
      ORDER BY p.of_kind DESC, p.code LIMIT \(Limits.delegation))
    """
  }

  private static let underWay =
    "'{proposed,not_now,asked,mutual,introduced,met,diligence,term_sheet}'::text[]"

  private static let introductions: [FirmMergeStep] = [
    .init(
      "introduction", "withdraw",
      """
      , refused AS (\(refused)),
      pair AS (
        SELECT i.id, i.investor, i.firm, array_position(\(underWay), i.state::text) AS reached,
          first_value(i.id) OVER (PARTITION BY i.investor
            ORDER BY array_position(\(underWay), i.state::text) DESC, i.firm = $2 DESC, i.id) AS furthest
        FROM introduction AS i WHERE i.firm IN ($1, $2) AND i.state::text = ANY (\(underWay))),
      ended AS (
        SELECT pair.*, CASE WHEN id <> furthest THEN 'introduction ' || furthest || ' of the same two is further'
          ELSE 'one of the two has said no' END AS why
        FROM pair WHERE id <> furthest OR reached <= 4 AND investor IN (SELECT investor FROM refused)),
      withdrawn AS (
        UPDATE introduction AS i SET state = 'withdrawn', reason = 'merged', step = step + 1, action = 'withdraw', side = NULL,
          by = $3, note = $1 || ' was merged into ' || $2 || '; ' || ended.why
        FROM ended WHERE i.id = ended.id RETURNING i.id)
      SELECT 'withdrawn', id::text, why, CASE WHEN reached >= 4 THEN \(people(of: "ended.investor")) END,
        jsonb_build_object('investor', ended.investor, 'firm', ended.firm, 'state', (\(underWay))[reached])::text
      FROM ended JOIN withdrawn USING (id) ORDER BY id
      """),
    .init(
      "introduction", "all",
      """
      , moved AS (
        UPDATE introduction SET firm = $2, step = step + is_live::integer,
          action = CASE WHEN is_live THEN 'merge' ELSE action END, side = CASE WHEN NOT is_live THEN side END,
          by = CASE WHEN is_live THEN $3 ELSE by END,
          note = CASE WHEN is_live THEN $1 || ' was merged into ' || $2 ELSE note END
        FROM (SELECT id AS known, state::text = ANY (\(underWay)) AS is_live FROM introduction WHERE firm = $1) AS mine
        WHERE id = mine.known RETURNING id)
      SELECT 'moved', id::text, NULL, NULL, NULL FROM moved ORDER BY id
      """),
  ]

  // MARK: Where it is enrolled

  /// Roadshows where both firms are enrolled.
  private static let both = """
    SELECT roadshow FROM participant WHERE firm = $1 INTERSECT SELECT roadshow FROM participant WHERE firm = $2
    """

  /// A planned appointment that takes place at the time of another one of the firm that stays.
  private static func isElsewhere(_ during: String) -> String {
    """
    (EXISTS (SELECT FROM plan_meeting AS o WHERE o.firm = $2 AND o.live AND o.during && \(during))
      OR EXISTS (SELECT FROM plan_pitch AS o WHERE o.firm = $2 AND o.live AND o.during && \(during)))
    """
  }

  /// A meeting `m` of the firm that goes which cannot become one of the other firm.
  private static let staysBehind = """
    (EXISTS (SELECT FROM meeting AS o WHERE o.firm = $2 AND o.roadshow = m.roadshow AND o.investor = m.investor)
      OR EXISTS (SELECT FROM plan_meeting AS own JOIN plan_meeting AS o ON o.roadshow = own.roadshow AND o.plan = own.plan
          AND o.firm = $2 AND o.during && own.during WHERE own.meeting = m.number)
      OR EXISTS (SELECT FROM plan_meeting AS own WHERE own.meeting = m.number AND own.live AND \(isElsewhere("own.during"))))
    """

  /// The end of a step that cancels meetings of a CTE `falls` (number, firm, investor, roadshow, why).
  private static let cancels = """
    , cancelled AS (
      UPDATE meeting AS m SET state = 'cancelled', outcome = $1 || ' was merged into ' || $2 FROM falls
      WHERE m.number = falls.number RETURNING m.number)
    SELECT 'cancelled', concat_ws(' ', falls.roadshow, falls.number, falls.investor,
        to_char(lower(planned.during) AT TIME ZONE r.time_zone, 'YYYY-MM-DD"T"HH24:MI')), falls.why,
      \(people(of: "falls.investor")), jsonb_build_object('firm', falls.firm, 'investor', falls.investor)::text
    FROM falls JOIN cancelled USING (number) JOIN roadshow AS r ON r.code = falls.roadshow
      LEFT JOIN plan_meeting AS planned ON planned.meeting = falls.number AND planned.live
    ORDER BY falls.roadshow, falls.number
    """

  private static let enrolments: [FirmMergeStep] = [
    .init(
      "meeting", "clash",
      """
      , falls AS (
        SELECT m.number, m.firm, m.investor, m.roadshow,
          CASE WHEN EXISTS (SELECT FROM meeting AS o WHERE o.firm = $2 AND o.roadshow = m.roadshow AND o.investor = m.investor)
            THEN $2 || ' has a meeting with the same investor' ELSE $2 || ' is elsewhere at the time' END AS why
        FROM meeting AS m JOIN plan_meeting AS planned ON planned.meeting = m.number AND planned.live
        WHERE m.firm = $1 AND m.state = 'planned' AND \(staysBehind))
      """ + cancels),
    .init(
      "plan_pitch", "clash",
      """
      , falls AS (
        UPDATE plan_pitch AS p SET live = false, sequence = sequence + 1
        WHERE p.firm = $1 AND p.live AND (\(isElsewhere("p.during"))
          OR EXISTS (SELECT FROM plan_pitch AS o WHERE o.roadshow = p.roadshow AND o.plan = p.plan AND o.firm = $2))
        RETURNING p.roadshow, p.place, p.during)
      SELECT 'cancelled', concat_ws(' ', falls.roadshow, falls.place,
          to_char(lower(falls.during) AT TIME ZONE r.time_zone, 'YYYY-MM-DD"T"HH24:MI')),
        $2 || ' pitches itself, or is elsewhere at the time', \(people(of: "NULL")), NULL
      FROM falls JOIN roadshow AS r ON r.code = falls.roadshow ORDER BY 2
      """),
    .init(
      "participant", "alone",
      """
      , alone AS MATERIALIZED (
        SELECT roadshow FROM participant WHERE firm = $1 EXCEPT SELECT roadshow FROM participant WHERE firm = $2),
      wishing AS (UPDATE wish SET "from" = $2 WHERE side = 'firm' AND "from" = $1 AND roadshow IN (SELECT roadshow FROM alone)),
      wished AS (UPDATE wish SET "to" = $2 WHERE side = 'investor' AND "to" = $1 AND roadshow IN (SELECT roadshow FROM alone)),
      moved AS (
        UPDATE participant SET party = $2 WHERE side = 'firm' AND party = $1 AND roadshow IN (SELECT roadshow FROM alone)
        RETURNING roadshow)
      SELECT 'moved', roadshow::text, NULL, NULL, NULL FROM moved ORDER BY roadshow
      """),
    .init(
      "participant_person", "joined",
      """
      , twice AS MATERIALIZED (\(both)),
      gone AS MATERIALIZED (
        SELECT d.roadshow, d.person, row_number() OVER (PARTITION BY d.roadshow ORDER BY d.person)
          + (SELECT count(*) FROM participant_person AS o WHERE o.roadshow = d.roadshow AND o.party = $2) AS place
        FROM participant_person AS d WHERE d.party = $1 AND d.roadshow IN (SELECT roadshow FROM twice)),
      moved AS (
        UPDATE participant_person AS d SET party = $2 FROM gone
        WHERE d.roadshow = gone.roadshow AND d.person = gone.person AND gone.place <= \(Limits.delegation)),
      dropped AS (
        DELETE FROM participant_person AS d USING gone
        WHERE d.roadshow = gone.roadshow AND d.person = gone.person AND gone.place > \(Limits.delegation))
      SELECT CASE WHEN place <= \(Limits.delegation) THEN 'moved' ELSE 'dropped' END, roadshow || ' ' || person,
        CASE WHEN place > \(Limits.delegation) THEN 'the delegation is full' END, NULL, NULL
      FROM gone ORDER BY 2
      """),
    .init(
      "participant_absence", "joined",
      """
      , twice AS MATERIALIZED (
        SELECT roadshow, (SELECT jsonb_agg(jsonb_build_array(a.party, a.during)) FROM participant_absence AS a
          WHERE a.roadshow = shows.roadshow AND a.party IN ($1, $2)) AS was
        FROM (\(both)) AS shows
        WHERE EXISTS (SELECT FROM participant_absence AS a WHERE a.roadshow = shows.roadshow AND a.party = $1))
      SELECT 'joined', roadshow::text, NULL, NULL, was::text
      FROM (SELECT roadshow, was, join_absences(roadshow, $1, $2) AS stretches FROM twice ORDER BY roadshow OFFSET 0) AS done
      WHERE stretches > 0
      """),
    .init(
      "wish", "joined",
      """
      , twice AS MATERIALIZED (\(both)),
      gone AS (DELETE FROM wish WHERE firm = $1 AND roadshow IN (SELECT roadshow FROM twice) RETURNING *),
      moved AS (
        INSERT INTO wish AS w (roadshow, "from", "to", side, kind)
          SELECT roadshow, CASE side WHEN 'firm' THEN $2 ELSE "from" END, CASE side WHEN 'firm' THEN "to" ELSE $2 END, side, kind
          FROM gone
        -- No thanks is said for good; then what must be.
        ON CONFLICT ON CONSTRAINT wish_pkey DO UPDATE SET kind = CASE
          WHEN 'no_thanks' IN (w.kind, excluded.kind) THEN 'no_thanks' WHEN 'must_meet' IN (w.kind, excluded.kind) THEN 'must_meet'
          ELSE w.kind END::wish_kind)
      SELECT 'joined', concat_ws(' ', gone.roadshow, gone."from", gone."to"), NULL, NULL,
        jsonb_build_object('kind', gone.kind, 'kept', kept.kind)::text
      FROM gone LEFT JOIN wish AS kept ON kept.roadshow = gone.roadshow AND kept.side = gone.side AND kept.firm = $2
        AND kept.investor = gone.investor
      ORDER BY 2
      """),
  ]

  // MARK: Meetings and pitches

  private static let meetings: [FirmMergeStep] = [
    // One who comes under either name comes, and only one who comes may pitch.
    .init(
      "participant", "comes",
      """
      , comes AS (
        UPDATE participant AS kept SET state = gone.state, late_until = gone.late_until FROM participant AS gone
        WHERE gone.firm = $1 AND kept.roadshow = gone.roadshow AND kept.firm = $2 AND kept.state = 'withdrawn'
          AND gone.state <> 'withdrawn' RETURNING kept.roadshow)
      SELECT 'joined', roadshow::text, $2 || ' had withdrawn, and takes part again', NULL, NULL FROM comes ORDER BY 2
      """),
    .init(
      "pin", "dropped",
      """
      , refused AS (\(refused)),
      dropped AS (
        DELETE FROM pin AS p
        WHERE p.firm = $1 AND EXISTS (SELECT FROM pin AS o WHERE o.firm = $2 AND o.roadshow = p.roadshow
            AND (o.investor = p.investor OR o.slot = p.slot))
          OR p.firm IN ($1, $2) AND (p.investor IN (SELECT investor FROM refused) OR EXISTS (SELECT FROM wish AS w
            WHERE w.roadshow = p.roadshow AND w.firm IN ($1, $2) AND w.investor = p.investor AND w.kind = 'no_thanks'))
        RETURNING *)
      SELECT 'dropped', concat_ws(' ', roadshow, firm, investor),
        CASE firm WHEN $1 THEN $2 || ' has a pin for the investor or the slot, or one of the two has said no'
          ELSE 'one of the two has said no' END, NULL, to_jsonb(dropped)::text
      FROM dropped ORDER BY 2
      """),
    .init(
      "pin", "all",
      """
      , moved AS (
        UPDATE pin SET firm = CASE firm WHEN $1 THEN $2 ELSE firm END, after_firm = CASE after_firm WHEN $1 THEN $2 ELSE after_firm END
        WHERE firm = $1 OR after_firm = $1 RETURNING roadshow || ' ' || firm || ' ' || investor AS record)
      SELECT 'moved', record, NULL, NULL, NULL FROM moved ORDER BY record
      """),
    .init(
      "meeting", "all",
      """
      , moved AS (UPDATE meeting AS m SET firm = $2 WHERE m.firm = $1 AND NOT \(staysBehind) RETURNING m.number)
      SELECT CASE WHEN moved.number IS NULL THEN 'kept' ELSE 'moved' END, m.number::text,
        CASE WHEN moved.number IS NULL THEN $2 || ' has one with the investor or at the time of an earlier plan; this one is history'
          END, NULL, NULL
      FROM meeting AS m LEFT JOIN moved ON moved.number = m.number WHERE m.firm = $1 ORDER BY m.number
      """),
    .init(
      "plan_pitch", "all",
      """
      , moved AS (
        UPDATE plan_pitch AS p SET firm = $2 WHERE p.firm = $1 AND NOT EXISTS (
          SELECT FROM plan_pitch AS o WHERE o.roadshow = p.roadshow AND o.plan = p.plan AND o.firm = $2)
        RETURNING concat_ws(' ', roadshow, plan, place) AS record)
      SELECT 'moved', record, NULL, NULL, NULL FROM moved ORDER BY record
      """),
    // What could not go over stays with an enrolment that has ended.
    .init(
      "participant", "both",
      """
      , gone AS MATERIALIZED (
        SELECT p.* FROM participant AS p WHERE p.firm = $1 AND p.roadshow IN (\(both))),
      ended AS (
        UPDATE participant AS p SET state = 'withdrawn', late_until = NULL FROM gone
        WHERE p.roadshow = gone.roadshow AND p.party = gone.party)
      SELECT 'joined', roadshow::text, NULL, NULL, jsonb_strip_nulls(to_jsonb(gone))::text FROM gone ORDER BY roadshow
      """),
    .init(
      "meeting", "refused",
      """
      , refused AS (\(refused)),
      falls AS (
        SELECT m.number, m.firm, m.investor, m.roadshow, 'one of the two has said no' AS why
        FROM meeting AS m JOIN plan_meeting AS planned ON planned.meeting = m.number AND planned.live
        WHERE m.firm = $2 AND m.state = 'planned' AND upper(planned.during) > now() AND (m.investor IN (SELECT investor FROM refused)
          OR EXISTS (SELECT FROM wish AS w WHERE w.roadshow = m.roadshow AND w.firm = $2 AND w.investor = m.investor
            AND w.kind = 'no_thanks')))
      """ + cancels),
  ]

  private static let jury: [FirmMergeStep] = [
    .init(
      "mark", "all",
      """
      , moved AS (
        UPDATE mark AS m SET firm = $2
        WHERE m.firm = $1 AND NOT EXISTS (SELECT FROM award WHERE award.roadshow = m.roadshow)
          AND NOT EXISTS (SELECT FROM mark AS o
            WHERE o.roadshow = m.roadshow AND o.expert = m.expert AND o.firm = $2 AND o.criterion = m.criterion)
          AND EXISTS (SELECT FROM participant AS p WHERE p.roadshow = m.roadshow AND p.firm = $2 AND p.state <> 'withdrawn')
          AND EXISTS (SELECT FROM juror AS j JOIN roadshow AS r ON r.code = j.roadshow
            WHERE j.roadshow = m.roadshow AND j.expert = m.expert AND $2 <> ALL (coalesce(j.recused_from, '{}'))
              AND conflict_of(j.expert, $2, r.starts_on) IS NULL)
        RETURNING m.roadshow, m.expert, m.criterion)
      SELECT CASE WHEN moved.roadshow IS NULL THEN 'kept' ELSE 'moved' END, concat_ws(' ', m.roadshow, m.expert, m.criterion),
        CASE WHEN moved.roadshow IS NULL THEN 'the competition is closed, the juror is near to ' || $2 || ' or has marked it' END,
        NULL, NULL
      FROM mark AS m LEFT JOIN moved USING (roadshow, expert, criterion) WHERE m.firm = $1 ORDER BY 2
      """),
    .init(
      "award", "all",
      """
      , moved AS (
        UPDATE award AS a SET firm = $2
        WHERE a.firm = $1 AND NOT EXISTS (SELECT FROM award AS o WHERE o.roadshow = a.roadshow AND o.firm = $2)
        RETURNING a.roadshow)
      SELECT CASE WHEN moved.roadshow IS NULL THEN 'kept' ELSE 'moved' END, a.roadshow::text,
        CASE WHEN moved.roadshow IS NULL THEN $2 || ' has a rank of its own there' END, NULL, NULL
      FROM award AS a LEFT JOIN moved USING (roadshow) WHERE a.firm = $1 ORDER BY 2
      """),
  ]
}
