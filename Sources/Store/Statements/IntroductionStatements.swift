import Domain
import Matching

/// Introductions: read as the one who asks may see them, moved, emitted and counted.
enum IntroductionStatements {
  static var all: [any Statement] {
    [
      Select(id: 0), History(id: 0, before: nil, limit: 1),
      Page(filter: .init(states: []), before: nil, limit: 1), IsShown(id: 0), Lock(id: 0),
      Move(id: 0, deed: .init(.expire, by: ""), standing: .init()), Expire(day: nil, by: ""),
      Return(side: .investor, day: nil, days: 1, by: ""), Return(side: .firm, day: nil, days: 1, by: ""),
      Revert(id: 0, by: "", reason: ""), RetirementMoves(noun: .firm, code: ""), NoteTold(ids: []),
      NoteToldEvents(after: 0, upTo: 0), NoteToldLists(investors: []), Today(), Blocked(cooldown: 0),
      Waiting(), AllAnswers(), AllWishes(),
      WishesOf(firm: 0), LockEmission(),
      Insert(introductions: [], origin: .init(action: .emit, by: "", days: 1)),
      InsertMet(
        introduction: .init(
          investor: "", firm: "", investorScore: 0, firmScore: 0, investorPoints: [], firmPoints: [],
          investorBlurb: "", firmBlurb: ""), roadshow: "", by: "", note: ""),
      Stake(code: ""), Refusal(investor: "", firm: ""), Funnels(grouping: .firm, limit: 1),
      FunnelsByCriterion(weights: []),
    ]
  }

  private static let iso = "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'"

  private static let columns = """
    id, state, investor_answer, firm_answer, investor_until, firm_until, ended_by,
    to_char(proposed_at, \(iso)), to_char(state_at, \(iso)), expires_on, run, revision, roadshow, own_side, reason,
    investor, investor_name, investor_blurb, investor_score, investor_points, investor_contact,
    firm, firm_name, firm_blurb, firm_score, firm_points, firm_contact, kind, stake
    """

  private static func introduction(_ row: Row) throws -> StoredIntroduction {
    func party(_ first: Int) throws -> StoredIntroduction.Party {
      StoredIntroduction.Party(
        code: row.optionalText(first), name: row.optionalText(first + 1), blurb: try row.text(first + 2),
        score: try row.optionalInt(first + 3),
        points: row.isNull(first + 4) ? nil : try row.intArray(first + 4),
        contact: row.optionalText(first + 5))
    }
    let run = try row.optionalInt(10)
    guard let kind = IntroductionKind(rawValue: try row.text(27)) else {
      throw StoreError.unexpectedResult(reason: "an introduction has no kind of ours")
    }
    return StoredIntroduction(
      id: try row.int(0), kind: kind, stake: row.optionalText(28), standing: try standing(row, from: 1),
      proposedAt: try row.text(7),
      stateAt: try row.text(8), expiresOn: try row.text(9),
      run: try run.map { RunRevision(run: $0, revision: try row.int(11)) }, roadshow: row.optionalText(12),
      ownSide: row.optionalText(13).flatMap { IntroductionSide(rawValue: $0) }, investor: try party(15),
      firm: try party(21), reason: row.optionalText(14))
  }

  /// State, both answers, both days, and who ended it.
  private static func standing(_ row: Row, from first: Int) throws -> IntroductionStanding {
    guard let state = IntroductionState(rawValue: try row.text(first)),
      let investor = IntroductionAnswer(rawValue: try row.text(first + 1)),
      let firm = IntroductionAnswer(rawValue: try row.text(first + 2))
    else { throw StoreError.unexpectedResult(reason: "an introduction has no state of ours") }
    return IntroductionStanding(
      state: state, investor: investor, firm: firm,
      investorUntil: row.optionalText(first + 3).flatMap { Day($0) },
      firmUntil: row.optionalText(first + 4).flatMap { Day($0) },
      endedBy: row.optionalText(first + 5).flatMap { IntroductionSide(rawValue: $0) })
  }

  // MARK: Reading

  struct Select: Statement {
    let id: Int
    let name = "introduction_select"
    let sql = "SELECT \(columns) FROM introduction_shown WHERE id = $1"
    func bind(into bindings: inout Bindings) { bindings.int(id) }
    func decode(_ row: Row) throws -> StoredIntroduction { try introduction(row) }
  }

  struct History: Statement {
    let id: Int
    let before: Int?
    let limit: Int
    let name = "introduction_moves"
    let sql = """
      SELECT to_char(at, \(iso)), action, state, side, by, reason, note, until, step FROM (
        SELECT at, action, state, side, by, reason, note, until, step FROM introduction_history WHERE introduction = $1 AND ($2::integer IS NULL OR step < $2)
        ORDER BY step DESC LIMIT $3) AS latest
      ORDER BY step
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(id)
      bindings.int(before)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> StoredMove {
      StoredMove(
        step: try row.int(8), at: try row.text(0), action: try row.text(1), state: try row.text(2),
        side: row.optionalText(3),
        by: row.optionalText(4), reason: row.optionalText(5), note: row.optionalText(6),
        until: row.optionalText(7))
    }
  }

  struct Page: Statement {
    let filter: IntroductionStore.Filter
    let before: Int?
    let limit: Int
    let name = "introduction_page"
    let sql = """
      SELECT \(columns) FROM introduction_shown
      WHERE ($1::bigint IS NULL OR id < $1) AND state = ANY ($2::introduction_state[])
        AND ($3::text IS NULL OR investor = $3) AND ($4::text IS NULL OR firm = $4)
        AND ($5::text IS NULL OR roadshow = $5) AND ($8::introduction_kind IS NULL OR kind = $8::introduction_kind)
        AND CASE $6 WHEN 'investor' THEN investor_answer = 'pending' WHEN 'firm' THEN firm_answer = 'pending' ELSE true END
      ORDER BY id DESC LIMIT $7
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(before)
      bindings.textArray(filter.states.map(\.rawValue))
      bindings.text(filter.investor)
      bindings.text(filter.firm)
      bindings.text(filter.roadshow)
      bindings.text(filter.waitingFor?.rawValue)
      bindings.int(limit)
      bindings.text(filter.kind?.rawValue)
    }
    func decode(_ row: Row) throws -> StoredIntroduction { try introduction(row) }
  }

  // MARK: Moving

  /// Whether there is one for the one who asks.
  struct IsShown: Statement {
    let id: Int
    let name = "introduction_is_shown"
    let sql = "SELECT id FROM introduction_shown WHERE id = $1"
    func bind(into bindings: inout Bindings) { bindings.int(id) }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct Lock: Statement {
    let id: Int
    let name = "introduction_lock"
    let sql = """
      SELECT state, investor_answer, firm_answer, investor_until, firm_until, NULL FROM introduction WHERE id = $1 FOR UPDATE
      """
    func bind(into bindings: inout Bindings) { bindings.int(id) }
    func decode(_ row: Row) throws -> IntroductionStanding { try standing(row, from: 0) }
  }

  struct Move: Statement {
    typealias Output = Void
    let id: Int
    let deed: IntroductionStore.Deed
    let standing: IntroductionStanding
    let name = "introduction_move"
    let sql = """
      UPDATE introduction SET state = $2::introduction_state, investor_answer = $3::introduction_answer,
        firm_answer = $4::introduction_answer, investor_until = $5::date, firm_until = $6::date,
        ended_by = $7::introduction_side, reason = $8::introduction_reason, step = step + 1,
        action = $9::introduction_action, side = $10::introduction_side, by = $11, note = $12
      WHERE id = $1
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(id)
      bindings.text(standing.state.rawValue)
      bindings.text(standing.investor.rawValue)
      bindings.text(standing.firm.rawValue)
      bindings.text(standing.investorUntil?.description)
      bindings.text(standing.firmUntil?.description)
      bindings.text(standing.endedBy?.rawValue)
      bindings.text(deed.move.reason?.rawValue)
      bindings.text(deed.move.action.rawValue)
      bindings.text(deed.move.side?.rawValue)
      bindings.text(deed.by)
      bindings.text(deed.note)
    }
  }

  /// Takes the last move back, as the database allows it.
  struct Revert: Statement {
    let id: Int
    let by: String
    let reason: String
    let name = "introduction_revert"
    let sql = """
      UPDATE introduction AS i SET (state, investor_answer, firm_answer, investor_until, firm_until, ended_by, reason, expires_on)
          = (SELECT was.state, was.investor_answer, was.firm_answer, was.investor_until, was.firm_until, was.ended_by,
              was.reason, was.expires_on FROM jsonb_populate_record(NULL::introduction, i.before) AS was),
        step = step + 1, action = 'revert', side = NULL, by = $2, note = $3
      WHERE id = $1 RETURNING state
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(id)
      bindings.text(by)
      bindings.text(reason)
    }
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  /// Introductions that a retirement has withdrawn and nobody has moved since, and why one stays so.
  struct RetirementMoves: Statement {
    let noun: Noun
    let code: String
    let name = "introduction_retirement_moves"
    let sql = """
      SELECT i.id, coalesce(refused.why, CASE WHEN again.id IS NOT NULL THEN 'introduction ' || again.id || ' of the two is under way' END)
      FROM introduction AS i LEFT JOIN LATERAL revert_refusal(i) AS refused ON true
        LEFT JOIN introduction AS again ON again.investor = i.investor AND again.firm = i.firm AND again.id <> i.id
          AND again.state NOT IN ('invested', 'declined', 'expired', 'withdrawn', 'no_show')
      WHERE CASE $1 WHEN 'firm' THEN i.firm WHEN 'investor' THEN i.investor END = $2
        AND i.state = 'withdrawn' AND i.reason = 'retired' AND i.before IS NOT NULL
      ORDER BY i.id FOR UPDATE OF i
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(noun.name)
      bindings.text(code)
    }
    func decode(_ row: Row) throws -> (id: Int, why: String?) { (try row.int(0), row.optionalText(1)) }
  }

  /// Notes that the party that asks is told of some of its introductions. Gives how many of them are new to it and could
  /// have been taken back until now.
  struct NoteTold: Statement {
    let ids: [Int]
    let name = "introduction_note_told"
    let sql = "SELECT note_told($1::bigint[])"
    func bind(into bindings: inout Bindings) { bindings.intArray(ids) }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct NoteToldEvents: Statement {
    let after: Int
    let upTo: Int
    let name = "introduction_note_told_events"
    let sql = """
      SELECT note_told(ARRAY(SELECT DISTINCT introduction FROM introduction_history WHERE sequence > $1 AND sequence <= $2))
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(after)
      bindings.int(upTo)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct NoteToldLists: Statement {
    let investors: [String]
    let name = "introduction_note_told_lists"
    let sql = "SELECT note_told_lists($1::text[])"
    func bind(into bindings: inout Bindings) { bindings.textArray(investors) }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct Expire: Statement {
    typealias Output = Void
    let day: String?
    let by: String
    let name = "introduction_expire"
    let sql = """
      UPDATE introduction SET state = 'expired', step = step + 1, action = 'expire', side = NULL, by = $2, note = NULL
      WHERE state IN ('proposed', 'asked') AND expires_on < coalesce($1::date, current_date)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(day)
      bindings.text(by)
    }
  }

  /// Asks the sides again whose day has come; both have time to answer from that day on.
  struct Return: Statement {
    typealias Output = Void
    let side: IntroductionSide
    let day: String?
    let days: Int
    let by: String
    var name: String { "introduction_return_\(side)" }
    var sql: String { side == .investor ? Self.ofInvestor : Self.ofFirm }
    private static let ofInvestor = """
      UPDATE introduction SET investor_answer = 'pending', investor_until = NULL,
        state = CASE firm_answer WHEN 'not_now' THEN 'not_now' WHEN 'yes' THEN 'asked' ELSE 'proposed' END::introduction_state,
        expires_on = coalesce($1::date, current_date) + $2::integer,
        step = step + 1, action = 'return', side = 'investor', by = $3, note = NULL
      WHERE state = 'not_now' AND investor_until <= coalesce($1::date, current_date)
      """
    private static let ofFirm = """
      UPDATE introduction SET firm_answer = 'pending', firm_until = NULL,
        state = CASE investor_answer WHEN 'not_now' THEN 'not_now' WHEN 'yes' THEN 'asked' ELSE 'proposed' END::introduction_state,
        expires_on = coalesce($1::date, current_date) + $2::integer,
        step = step + 1, action = 'return', side = 'firm', by = $3, note = NULL
      WHERE state = 'not_now' AND firm_until <= coalesce($1::date, current_date)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(day)
      bindings.int(days)
      bindings.text(by)
    }
  }

  struct Today: Statement {
    let name = "introduction_today"
    let sql = "SELECT current_date::text"
    func decode(_ row: Row) throws -> Day {
      guard let day = Day(try row.text(0)) else {
        throw StoreError.unexpectedResult(reason: "current_date is no date")
      }
      return day
    }
  }

  // MARK: Emitting

  struct Blocked: Statement {
    let cooldown: Int
    let name = "introduction_blocked"
    let sql = """
      SELECT investor.id, firm.id FROM (
        SELECT investor, firm FROM introduction
          WHERE state NOT IN ('expired', 'withdrawn', 'no_show')
            OR state_at > now() - make_interval(days => $1::integer)
        UNION SELECT investor, firm FROM refusal) AS pair
      JOIN investor ON investor.code = pair.investor JOIN firm ON firm.code = pair.firm
      """
    func bind(into bindings: inout Bindings) { bindings.int(cooldown) }
    func decode(_ row: Row) throws -> IDPair {
      IDPair(investor: Int32(try row.int(0)), firm: Int32(try row.int(1)))
    }
  }

  /// What waits for somebody's own answer, be it that the other side has said "not now".
  struct Waiting: Statement {
    let name = "introduction_waiting"
    let sql = """
      SELECT 'investor', investor.id, count(*) FROM introduction JOIN investor ON investor.code = introduction.investor
        WHERE state IN ('proposed', 'asked', 'not_now') AND investor_answer = 'pending' GROUP BY 2
      UNION ALL
      SELECT 'firm', firm.id, count(*) FROM introduction JOIN firm ON firm.code = introduction.firm
        WHERE state IN ('proposed', 'asked', 'not_now') AND firm_answer = 'pending' GROUP BY 2
      """
    func decode(_ row: Row) throws -> (side: IntroductionSide, id: Int32, count: Int) {
      (try row.text(0) == "firm" ? .firm : .investor, Int32(try row.int(1)), try row.int(2))
    }
  }

  /// Who has had their say of a firm, those included who let it expire.
  struct AllAnswers: Statement {
    let name = "introduction_answers"
    let sql = """
      SELECT firm.id, count(*), count(*) FILTER (WHERE investor_answer = 'yes')
      FROM introduction JOIN firm ON firm.code = introduction.firm
      WHERE investor_answer <> 'pending' OR state = 'expired' GROUP BY 1
      """
    func decode(_ row: Row) throws -> (firm: Int32, answers: Answers) {
      (Int32(try row.int(0)), Answers(answered: try row.int(1), accepted: try row.int(2)))
    }
  }

  private static let wishes = """
    SELECT id, seeking_lead, coalesce(wanted_kinds, '{}'), coalesce(wanted_investors, '{}'),
      coalesce(unwanted_investors, '{}')
    FROM firm WHERE NOT retired AND (seeking_lead IS NOT NULL OR wanted_kinds IS NOT NULL
      OR wanted_investors IS NOT NULL OR unwanted_investors IS NOT NULL)
    """

  private static func wishes(_ row: Row) throws -> (firm: Int32, wishes: FirmWishes) {
    (
      Int32(try row.int(0)),
      FirmWishes(
        seeksLead: try row.optionalBool(1), wantedKinds: try row.textArray(2),
        wantedInvestors: try row.textArray(3), unwantedInvestors: try row.textArray(4))
    )
  }

  struct AllWishes: Statement {
    let name = "introduction_wishes"
    let sql = wishes
    func decode(_ row: Row) throws -> (firm: Int32, wishes: FirmWishes) { try wishes(row) }
  }

  struct WishesOf: Statement {
    let firm: Int32
    let name = "introduction_wishes_of"
    let sql = "\(wishes) AND id = $1"
    func bind(into bindings: inout Bindings) { bindings.int(Int(firm)) }
    func decode(_ row: Row) throws -> (firm: Int32, wishes: FirmWishes) { try wishes(row) }
  }

  struct LockEmission: Statement {
    typealias Output = Void
    let name = "introduction_lock_emission"
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended('bellwether emission', 0))"
  }

  struct Insert: Statement {
    let introductions: ArraySlice<NewIntroduction>
    let origin: IntroductionStore.Origin
    let name = "introduction_insert"
    let sql = """
      WITH given AS MATERIALIZED (
        SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::text[],
          $8::text[], $9::text[])
          AS g (place, investor, firm, investor_score, firm_score, investor_points, firm_points, investor_blurb, firm_blurb)),
      added AS (
        INSERT INTO introduction (investor, firm, investor_score, firm_score, investor_points, firm_points,
          investor_blurb, firm_blurb, run, revision, roadshow, expires_on, action, by, kind, stake)
        SELECT g.investor, g.firm, g.investor_score, g.firm_score, g.investor_points::integer[], g.firm_points::integer[],
          g.investor_blurb, g.firm_blurb, $10, $11, $12, current_date + $13::integer, $14::introduction_action, $15,
          CASE WHEN $16::text IS NULL THEN 'investment' ELSE 'handover' END::introduction_kind, $16::text
        FROM given AS g JOIN investor ON investor.code = g.investor AND NOT investor.retired
          JOIN firm ON firm.code = g.firm AND NOT firm.retired
        ORDER BY g.place
        ON CONFLICT (investor, firm) WHERE state NOT IN ('invested', 'declined', 'expired', 'withdrawn', 'no_show')
          DO NOTHING
        RETURNING id, investor, firm)
      SELECT given.place, added.id FROM added JOIN given USING (investor, firm)
      """
    func bind(into bindings: inout Bindings) {
      func points(_ values: [Int32]) -> String { "{\(values.map(String.init).joined(separator: ","))}" }
      bindings.intArray(Array(introductions.indices))
      bindings.textArray(introductions.map(\.investor))
      bindings.textArray(introductions.map(\.firm))
      bindings.intArray(introductions.map { Int($0.investorScore) })
      bindings.intArray(introductions.map { Int($0.firmScore) })
      bindings.textArray(introductions.map { points($0.investorPoints) })
      bindings.textArray(introductions.map { points($0.firmPoints) })
      bindings.textArray(introductions.map(\.investorBlurb))
      bindings.textArray(introductions.map(\.firmBlurb))
      bindings.int(origin.run?.run)
      bindings.int(origin.run?.revision)
      bindings.text(origin.roadshow)
      bindings.int(origin.days)
      bindings.text(origin.action.rawValue)
      bindings.text(origin.by)
      bindings.text(origin.stake)
    }
    func decode(_ row: Row) throws -> (place: Int, id: Int) { (try row.int(0), try row.int(1)) }
  }

  struct InsertMet: Statement {
    let introduction: NewIntroduction
    let roadshow: String
    let by: String
    let note: String
    let name = "introduction_insert_met"
    let sql = """
      INSERT INTO introduction (investor, firm, state, investor_answer, firm_answer, investor_score, firm_score,
        investor_points, firm_points, investor_blurb, firm_blurb, roadshow, expires_on, action, by, note)
      SELECT investor.code, firm.code, 'met', 'yes', 'yes', $3, $4, $5::integer[], $6::integer[], $7, $8, $9, current_date,
        'meet', $10, $11
      FROM investor JOIN firm ON firm.code = $2 AND NOT firm.retired
      WHERE investor.code = $1 AND NOT investor.retired
      ON CONFLICT (investor, firm) WHERE state NOT IN ('invested', 'declined', 'expired', 'withdrawn', 'no_show')
        DO NOTHING
      RETURNING id
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(introduction.investor)
      bindings.text(introduction.firm)
      bindings.int(Int(introduction.investorScore))
      bindings.int(Int(introduction.firmScore))
      bindings.intArray(introduction.investorPoints.map(Int.init))
      bindings.intArray(introduction.firmPoints.map(Int.init))
      bindings.text(introduction.investorBlurb)
      bindings.text(introduction.firmBlurb)
      bindings.text(roadshow)
      bindings.text(by)
      bindings.text(note)
    }
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  struct Stake: Statement {
    let code: String
    let name = "introduction_stake"
    let sql = """
      SELECT firm, fund, currency, least(floor(greatest(0, held - floor) * last_price_per_percent), 1000000000000000)::bigint
      FROM stake_position WHERE stake = $1
      """
    func bind(into bindings: inout Bindings) { bindings.text(code) }
    func decode(_ row: Row) throws -> OfferedStake {
      OfferedStake(
        firm: try row.text(0), fund: try row.text(1), currency: try row.text(2),
        price: try row.optionalInt(3).map { Int64($0) })
    }
  }

  struct Refusal: Statement {
    typealias Output = Void
    let investor: String
    let firm: String
    let name = "introduction_refusal"
    let sql = "SELECT 1 FROM refusal WHERE investor = $1 AND firm = $2"
    func bind(into bindings: inout Bindings) {
      bindings.text(investor)
      bindings.text(firm)
    }
  }

  // MARK: Figures

  /// When an introduction came to each step, from its events.
  private static let reached = """
    reached AS (
      SELECT i.id, i.investor, i.firm, i.roadshow, i.state, i.investor_points, i.proposed_at AS shown_at,
        min(e.at) FILTER (WHERE e.state = 'asked') AS asked_at,
        min(e.at) FILTER (WHERE e.state = 'mutual') AS mutual_at,
        min(e.at) FILTER (WHERE e.state = 'met') AS met_at,
        min(e.at) FILTER (WHERE e.state = 'invested') AS invested_at
      FROM introduction i LEFT JOIN introduction_event e ON e.introduction = i.id
        AND e.state IN ('asked', 'mutual', 'met', 'invested')
      GROUP BY i.id)
    """
  private static let figures = """
    count(*), count(asked_at), count(mutual_at), count(met_at), count(invested_at),
    count(*) FILTER (WHERE state = 'declined'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM asked_at - shown_at)) / 86400,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM mutual_at - asked_at)) / 86400,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM met_at - mutual_at)) / 86400,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM invested_at - met_at)) / 86400
    """

  private static func funnel(_ row: Row) throws -> StoredFunnel {
    StoredFunnel(
      group: row.optionalText(0), shown: try row.int(1), asked: try row.int(2), mutual: try row.int(3),
      met: try row.int(4), invested: try row.int(5), declined: try row.int(6),
      daysToAsked: try row.optionalDouble(7), daysToMutual: try row.optionalDouble(8),
      daysToMet: try row.optionalDouble(9), daysToInvested: try row.optionalDouble(10))
  }

  struct Funnels: Statement {
    let grouping: IntroductionStore.Grouping
    let limit: Int
    let name = "introduction_funnels"
    let sql = """
      WITH \(reached)
      SELECT CASE $1 WHEN 'investor' THEN reached.investor WHEN 'firm' THEN reached.firm
          WHEN 'institute' THEN firm.institute ELSE reached.roadshow END,
        \(figures)
      FROM reached JOIN firm ON firm.code = reached.firm
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(grouping.rawValue)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> StoredFunnel { try funnel(row) }
  }

  struct FunnelsByCriterion: Statement {
    let weights: [Int]
    let name = "introduction_funnels_criterion"
    let sql = """
      WITH \(reached)
      SELECT weight.place || CASE WHEN 2 * reached.investor_points[weight.place] >= weight.points THEN ' high' ELSE ' low' END,
        \(figures)
      FROM reached JOIN unnest($1::integer[]) WITH ORDINALITY AS weight (points, place)
        ON weight.place <= cardinality(reached.investor_points)
      GROUP BY weight.place, 1 ORDER BY weight.place, 1
      """
    func bind(into bindings: inout Bindings) { bindings.intArray(weights) }
    func decode(_ row: Row) throws -> StoredFunnel { try funnel(row) }
  }
}
