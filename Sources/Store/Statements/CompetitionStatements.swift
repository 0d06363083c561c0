/// Competitions: marks and awards.
enum CompetitionStatements {
  static var all: [any Statement] {
    [
      Kind(roadshow: ""), Jurors(roadshow: ""), Criteria(roadshow: ""), Firms(roadshow: ""),
      Marks(roadshow: ""),
      Awards(roadshow: ""), Close(roadshow: "", awards: []),
    ]
  }

  struct Kind: Statement {
    let roadshow: String
    let name = "competition_kind"
    let sql = "SELECT kind IS NOT DISTINCT FROM 'competition' FROM roadshow WHERE code = $1"
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> Bool { try row.bool(0) }
  }

  /// Who did not come is judged if somebody has marked it.
  private static let firms = """
    firms AS (
      SELECT firm FROM participant
        WHERE roadshow = $1 AND side = 'firm' AND state NOT IN ('withdrawn', 'no_show')
      UNION SELECT firm FROM mark WHERE roadshow = $1 AND NOT EXISTS (SELECT FROM participant p
        WHERE p.roadshow = $1 AND p.firm = mark.firm AND p.state = 'withdrawn'))
    """

  struct Jurors: Statement {
    let roadshow: String
    let name = "competition_jurors"
    let sql = """
      WITH \(firms)
      SELECT expert, ARRAY(SELECT firm FROM firms
        WHERE firm = ANY (juror.recused_from) OR conflict_of(juror.expert, firm, roadshow.starts_on) IS NOT NULL
        ORDER BY firm)
      FROM juror JOIN roadshow ON roadshow.code = juror.roadshow WHERE juror.roadshow = $1 ORDER BY expert
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> StoredCompetition.Juror {
      StoredCompetition.Juror(expert: try row.text(0), recusedFrom: try row.textArray(1))
    }
  }

  struct Criteria: Statement {
    let roadshow: String
    let name = "competition_criteria"
    let sql = "SELECT name, weight FROM criterion WHERE roadshow = $1 ORDER BY name COLLATE \"C\""
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> StoredCompetition.Criterion {
      StoredCompetition.Criterion(name: try row.text(0), weight: try row.int(1))
    }
  }

  struct Firms: Statement {
    let roadshow: String
    let name = "competition_firms"
    let sql = """
      WITH \(firms)
      SELECT code, name FROM firms JOIN firm ON firm.code = firms.firm ORDER BY code
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> StoredCompetition.Firm {
      StoredCompetition.Firm(code: try row.text(0), name: try row.text(1))
    }
  }

  struct Marks: Statement {
    let roadshow: String
    let name = "competition_marks"
    let sql = """
      SELECT expert, firm, criterion, points FROM mark WHERE roadshow = $1 ORDER BY firm, expert, criterion COLLATE "C"
      """
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> StoredCompetition.Mark {
      StoredCompetition.Mark(
        expert: try row.text(0), firm: try row.text(1), criterion: try row.text(2), points: try row.int(3))
    }
  }

  struct Awards: Statement {
    let roadshow: String
    let name = "competition_awards"
    let sql = "SELECT firm, rank, raw, points, date FROM award WHERE roadshow = $1 ORDER BY rank, firm"
    func bind(into bindings: inout Bindings) { bindings.text(roadshow) }
    func decode(_ row: Row) throws -> StoredCompetition.Award {
      StoredCompetition.Award(
        firm: try row.text(0), rank: try row.int(1), raw: try row.int(2), points: try row.int(3),
        date: try row.text(4))
    }
  }

  struct Close: Statement {
    typealias Output = Void
    let roadshow: String
    let awards: [StoredCompetition.Award]
    let name = "competition_close"
    let sql = """
      INSERT INTO award (roadshow, firm, rank, raw, points, date)
      SELECT $1, firm, rank, raw, points, current_date
      FROM unnest($2::text[], $3::integer[], $4::integer[], $5::integer[]) AS given (firm, rank, raw, points)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.textArray(awards.map(\.firm))
      bindings.intArray(awards.map(\.rank))
      bindings.intArray(awards.map(\.raw))
      bindings.intArray(awards.map(\.points))
    }
  }
}
