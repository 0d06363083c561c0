import Domain

/// What a city had come to on a day, `$1`. Nothing here looks at what is later, so that a day's figures stay what they are.
enum CityReportStatements {
  static var all: [any Statement] {
    let day = Day(daysSinceEpoch: 0)
    return [
      Programmes(day: day), Years(day: day), Firms(day: day), Institutes(day: day),
      Incubation(day: day),
      Funds(day: day), Budgets(day: day), Scenarios(day: day), Reviews(day: day), Roadshows(day: day),
    ]
  }

  /// Whether a row of this name was in use on the day: it is retired since it was changed last.
  private static func isInUse(_ row: String) -> String {
    "NOT (\(row).retired AND \(row).changed_at::date <= $1)"
  }

  /// Firms that had been founded by the day as `founded`, each as far as it had come, and those of them that there were as
  /// `there`. One whose history begins later began as that says; one without a history is as it is now.
  static let firms = """
    history AS (
      SELECT firm, min(date) AS begins,
        (array_agg(stage ORDER BY date DESC) FILTER (WHERE stage IS NOT NULL AND date <= $1))[1] AS stage,
        (array_agg(stage ORDER BY date) FILTER (WHERE stage IS NOT NULL))[1] AS first_stage
      FROM milestone WHERE firm IS NOT NULL GROUP BY firm),
    founded AS (
      SELECT f.code, f.institute, f.project, f.risk, coalesce(h.stage, h.first_stage, f.stage) AS stage,
        \(isInUse("f")) AS is_there
      FROM firm f LEFT JOIN history h ON h.firm = f.code
      WHERE f.merged_into IS NULL AND coalesce(least(f.founded_on, h.begins), $1) <= $1),
    there AS (SELECT * FROM founded WHERE is_there)
    """

  /// Projects that were not yet a firm as `incubated`; needs `founded`.
  static let projects = """
    way AS (
      SELECT project, min(date) AS begins, (array_agg(trl ORDER BY date DESC) FILTER (WHERE date <= $1))[1] AS trl,
        (array_agg(trl ORDER BY date))[1] AS first_trl
      FROM milestone WHERE project IS NOT NULL GROUP BY project),
    incubated AS (
      SELECT p.code, p.institute, w.begins, coalesce(w.trl, w.first_trl, p.trl) AS trl
      FROM project p LEFT JOIN way w ON w.project = p.code
      WHERE \(isInUse("p")) AND coalesce(w.begins, $1) <= $1
        AND NOT EXISTS (SELECT FROM founded WHERE founded.project = p.code))
    """

  private static func line(_ row: Row) throws -> CityFigures.Line {
    CityFigures.Line(
      code: try row.text(0), name: try row.text(1), nameZh: row.optionalText(2),
      currency: row.optionalText(3),
      figures: try (4..<row.columnCount).map(row.int))
  }

  private static func count(_ row: Row) throws -> CityFigures.Count {
    CityFigures.Count(word: row.optionalText(0), figures: try (1..<row.columnCount).map(row.int))
  }

  struct Programmes: Statement {
    let day: Day
    let name = "city_programmes"
    let sql = """
      SELECT p.code, p.name, p.name_zh, p.currency, books.budget, coalesce(done.invested, 0),
        coalesce(done.returned, 0), coalesce(done.lost, 0), books.stakes, books.committed
      FROM programme p JOIN (\(ProgrammeStatements.books)) AS books ON books.programme = p.code
      LEFT JOIN (\(ProgrammeStatements.traded)) AS done ON done.programme = p.code
      ORDER BY p.code
      """
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Line { try line(row) }
  }

  struct Years: Statement {
    let day: Day
    let name = "city_years"
    let sql = """
      SELECT extract(year FROM t.date)::integer, p.currency, coalesce(sum(t.amount) FILTER (WHERE t.kind = 'buy'), 0)::bigint,
        coalesce(sum(t.amount) FILTER (WHERE t.kind = 'sell'), 0)::bigint
      FROM tranche t JOIN stake s ON s.code = t.stake JOIN programme p ON p.code = s.programme
      WHERE t.date <= $1 GROUP BY 1, 2 ORDER BY 1, 2
      """
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Year {
      CityFigures.Year(
        year: try row.int(0), currency: try row.text(1), invested: try row.int(2), returned: try row.int(3))
    }
  }

  struct Firms: Statement {
    struct Group {
      var stage: String?
      var risk: String?
      var count: Int
    }

    let day: Day
    let name = "city_firms"
    let sql = "WITH \(firms) SELECT stage, risk, count(*) FROM there GROUP BY stage, risk"
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> Group {
      Group(stage: row.optionalText(0), risk: row.optionalText(1), count: try row.int(2))
    }
  }

  /// As `track_record` counts, on the day. One of which nothing is dated is left out while nothing has come of it.
  struct Institutes: Statement {
    let day: Day
    let name = "city_institutes"
    let sql = """
      WITH \(firms),
      brought AS (
        SELECT institute, count(*) AS firms,
          count(*) FILTER (WHERE EXISTS (SELECT FROM round r
            WHERE r.firm = founded.code AND r.date <= $1 AND r.kind NOT IN \(CapitalStatements.noEquity))) AS funded
        FROM founded WHERE institute IS NOT NULL GROUP BY institute),
      reached AS (
        SELECT f.institute, 'firm ' || f.code AS candidate, m.date, m.trl FROM founded f JOIN milestone m ON m.firm = f.code
          WHERE f.institute IS NOT NULL AND m.trl IS NOT NULL AND m.date <= $1
        UNION ALL
        SELECT f.institute, 'firm ' || f.code, m.date, m.trl FROM founded f JOIN milestone m ON m.project = f.project
          WHERE f.institute IS NOT NULL AND m.trl IS NOT NULL AND m.date <= $1
        UNION ALL
        SELECT p.institute, 'project ' || p.code, m.date, m.trl FROM project p JOIN milestone m ON m.project = p.code
          WHERE m.trl IS NOT NULL AND m.date <= $1
            AND NOT EXISTS (SELECT FROM founded f WHERE f.project = p.code AND f.institute = p.institute)),
      way AS (
        SELECT institute, (array_agg(trl ORDER BY date DESC))[1] - (array_agg(trl ORDER BY date))[1] AS steps,
          max(date) - min(date) AS days
        FROM reached GROUP BY institute, candidate),
      pace AS (
        SELECT institute, sum(greatest(0, steps)) AS steps, sum(days) AS days FROM way GROUP BY institute)
      SELECT i.code, i.name, i.name_zh, NULL, coalesce(b.firms, 0), coalesce(b.funded, 0), coalesce(pace.steps, 0),
        coalesce(pace.days, 0)
      FROM institute i LEFT JOIN brought b ON b.institute = i.code LEFT JOIN pace ON pace.institute = i.code
      WHERE i.founded_on <= $1 AND \(isInUse("i")) OR b.institute IS NOT NULL OR pace.institute IS NOT NULL
      ORDER BY i.code
      """
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Line { try line(row) }
  }

  struct Incubation: Statement {
    let day: Day
    let name = "city_incubation"
    let sql = "WITH \(firms), \(projects) SELECT trl, count(*) FROM incubated GROUP BY trl"
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Count { try count(row) }
  }

  /// Investors as they stood on the day as `standing`; one that opened before anything was known of it stood as it is known
  /// first.
  private static let standing = """
    standing AS (
      SELECT * FROM (
        SELECT DISTINCT ON (i.code) i.code, s.risk, s.retired, s.budget_left, s.currency
        FROM investor_standing s JOIN investor i ON i.code = s.investor
        WHERE CASE WHEN i.opened_on IS NULL THEN s.since <= $1 ELSE i.opened_on <= $1 END
        ORDER BY i.code, s.since <= $1 DESC, CASE WHEN s.since <= $1 THEN s.since END DESC, s.since) AS latest
      WHERE NOT retired)
    """

  struct Funds: Statement {
    let day: Day
    let name = "city_funds"
    let sql = "WITH \(standing) SELECT risk, count(*) FROM standing GROUP BY risk"
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Count { try count(row) }
  }

  /// What funds of programmes have left is what their ledgers say; of others, what they said themselves.
  struct Budgets: Statement {
    let day: Day
    let name = "city_budgets"
    let sql = """
      WITH \(standing),
      cash AS (
        SELECT p.fund, p.currency, sum(posting.amount) AS budget_left
        FROM programme p JOIN ledger_entry e ON e.programme = p.code JOIN posting ON posting.entry = e.id
        WHERE e.date <= $1 AND posting.account = 'cash' GROUP BY p.fund, p.currency),
      has AS (
        SELECT s.risk, cash.currency, cash.budget_left FROM standing s JOIN cash ON cash.fund = s.code
        UNION ALL
        SELECT risk, currency, budget_left FROM standing
          WHERE currency IS NOT NULL AND budget_left IS NOT NULL AND code NOT IN (SELECT fund FROM cash))
      SELECT risk, currency, sum(budget_left)::bigint FROM has GROUP BY risk, currency
      """
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Budget {
      CityFigures.Budget(tolerance: row.optionalText(0), currency: try row.text(1), left: try row.int(2))
    }
  }

  struct Scenarios: Statement {
    let day: Day
    let name = "city_scenarios"
    let sql = """
      SELECT s.code, s.name, s.name_zh, NULL,
        CASE WHEN coalesce(s.opens_on, $1) <= $1 AND coalesce(s.closes_on, $1) >= $1 AND \(isInUse("s"))
          THEN s.capacity ELSE 0 END,
        count(DISTINCT p.firm) FILTER (WHERE p.ends_on >= $1 AND coalesce(p.result_on > $1, true)),
        count(*) FILTER (WHERE p.result = 'passed' AND p.result_on <= $1),
        count(*) FILTER (WHERE p.result = 'failed' AND p.result_on <= $1),
        count(*) FILTER (WHERE p.result = 'abandoned' AND p.result_on <= $1)
      FROM scenario s LEFT JOIN pilot p ON p.scenario = s.code AND p.starts_on <= $1 AND \(isInUse("p"))
      WHERE coalesce(s.opens_on, $1) <= $1
      GROUP BY s.code HAVING count(p.code) > 0 OR \(isInUse("s"))
      ORDER BY s.code
      """
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Line { try line(row) }
  }

  struct Reviews: Statement {
    let day: Day
    let name = "city_reviews"
    let sql = """
      SELECT kind, count(*) FILTER (WHERE date <= $1 AND verdict = 'positive'),
        count(*) FILTER (WHERE date <= $1 AND verdict = 'conditional'),
        count(*) FILTER (WHERE date <= $1 AND verdict = 'negative'),
        count(*) FILTER (WHERE coalesce(date > $1, true)), count(*) FILTER (WHERE expires_on < $1)
      FROM review WHERE least(asked_on, date) <= $1 AND \(isInUse("review")) GROUP BY kind
      """
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Count { try count(row) }
  }

  /// Meetings of the plans in force that were not cancelled, by the days of the roadshow's own clocks.
  struct Roadshows: Statement {
    let day: Day
    let name = "city_roadshows"
    let sql = """
      SELECT r.code, r.name, r.name_zh, NULL, came.firms, came.investors, went.planned, went.met, went.mutual,
        went.invested
      FROM roadshow r, LATERAL (
        SELECT count(*) FILTER (WHERE side = 'firm') AS firms, count(*) FILTER (WHERE side = 'investor') AS investors
        FROM participant WHERE roadshow = r.code AND state <> 'withdrawn') AS came, LATERAL (
        SELECT count(*) AS planned, count(*) FILTER (WHERE met) AS met, count(*) FILTER (WHERE met AND mutual) AS mutual,
          count(*) FILTER (WHERE met AND invested) AS invested
        FROM (SELECT m.state = 'met' AS met, coalesce(further.mutual, false) AS mutual,
            coalesce(further.invested, false) AS invested
          FROM plan p JOIN plan_meeting pm ON pm.roadshow = p.roadshow AND pm.plan = p.number
            JOIN meeting m ON m.number = pm.meeting, LATERAL (
              SELECT bool_or(e.state IN ('mutual', 'introduced', 'met', 'diligence', 'term_sheet', 'invested')) AS mutual,
                bool_or(e.state = 'invested') AS invested
              FROM introduction i JOIN introduction_event e ON e.introduction = i.id
              WHERE i.investor = m.investor AND i.firm = m.firm AND e.at::date <= $1) AS further
          WHERE p.roadshow = r.code AND p.state = 'published' AND (pm.live OR m.state IN ('met', 'no_show'))
            AND (lower(pm.during) AT TIME ZONE coalesce(r.time_zone, 'UTC'))::date <= $1) AS told) AS went
      WHERE r.starts_on <= $1 AND \(isInUse("r"))
      ORDER BY r.starts_on, r.code
      """
    func bind(into bindings: inout Bindings) { bindings.text(day.description) }
    func decode(_ row: Row) throws -> CityFigures.Line { try line(row) }
  }
}
