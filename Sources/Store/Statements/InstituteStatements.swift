/// Institutes and what has come of them, today.
enum InstituteStatements {
  static var all: [any Statement] {
    [Records(institute: nil, after: nil, limit: 0), Pipeline(institute: "")]
  }

  struct Records: Statement {
    let institute: String?
    let after: String?
    let limit: Int
    let name = "institute_records"
    let sql = """
      SELECT i.code, i.name, i.name_zh, (SELECT count(*) FROM project p WHERE p.institute = i.code AND NOT p.retired
          AND NOT EXISTS (SELECT FROM firm f WHERE f.project = p.code AND f.merged_into IS NULL)),
        coalesce(t.firms, 0), coalesce(t.funded, 0), coalesce(t.steps, 0), coalesce(t.days, 0),
        t.candidates, t.tracked, t.value
      FROM institute i LEFT JOIN track_record t ON t.institute = i.code
      WHERE ($1::text IS NULL AND NOT i.retired OR i.code = $1) AND ($2::text IS NULL OR i.code > $2)
      ORDER BY i.code LIMIT $3
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(institute)
      bindings.text(after)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> TrackRecord {
      TrackRecord(
        institute: try row.text(0), name: try row.text(1), nameZh: row.optionalText(2),
        projects: try row.int(3),
        firms: try row.int(4), funded: try row.int(5), steps: try row.int(6), days: try row.int(7),
        candidates: try row.optionalInt(8), tracked: try row.optionalInt(9), value: try row.optionalInt(10))
    }
  }

  struct Pipeline: Statement {
    let institute: String
    let name = "institute_pipeline"
    let sql = """
      SELECT false, p.code, p.name, p.name_zh, NULL, NULL, p.trl, way.rose_on, current_date - way.begins, NULL, NULL, NULL,
        0
      FROM project p, LATERAL (
        SELECT min(date) AS begins, max(date) FILTER (WHERE trl > before) AS rose_on
        FROM (SELECT date, trl, lag(trl) OVER (ORDER BY date) AS before FROM milestone
          WHERE milestone.project = p.code AND trl IS NOT NULL) AS steps) AS way
      WHERE p.institute = $1 AND NOT p.retired
        AND NOT EXISTS (SELECT FROM firm f WHERE f.project = p.code AND f.merged_into IS NULL)
      UNION ALL
      SELECT true, f.code, f.name, f.name_zh, f.project, f.stage::text, f.trl, way.rose_on, NULL, f.founded_on,
        had.rounds, had.latest, 1
      FROM firm f, LATERAL (SELECT count(*) AS rounds, max(date) AS latest FROM round WHERE round.firm = f.code) AS had,
        LATERAL (
          SELECT max(date) FILTER (WHERE trl > before) AS rose_on
          FROM (SELECT date, trl, lag(trl) OVER (ORDER BY date) AS before FROM milestone
            WHERE milestone.firm = f.code AND trl IS NOT NULL) AS steps) AS way
      WHERE f.institute = $1 AND NOT f.retired AND f.merged_into IS NULL
      ORDER BY 13, 10 DESC NULLS LAST, 7 DESC NULLS LAST, 2
      """
    func bind(into bindings: inout Bindings) { bindings.text(institute) }
    func decode(_ row: Row) throws -> PipelineLine {
      PipelineLine(
        isFirm: try row.bool(0), code: try row.text(1), name: try row.text(2), nameZh: row.optionalText(3),
        project: row.optionalText(4), stage: row.optionalText(5), trl: try row.optionalInt(6),
        roseOn: row.optionalText(7), days: try row.optionalInt(8), foundedOn: row.optionalText(9),
        rounds: try row.optionalInt(10), lastRound: row.optionalText(11))
    }
  }
}
