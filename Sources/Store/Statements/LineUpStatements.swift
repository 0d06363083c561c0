/// What a line-up is chosen by.
enum LineUpStatements {
  static var all: [any Statement] {
    [Institutes(firms: []), EarlyPlaces(roadshow: "", firms: [], places: 0)]
  }

  struct Institutes: Statement {
    let firms: [String]
    let name = "line_up_institutes"
    let sql = "SELECT code, institute FROM firm WHERE code = ANY ($1::text[]) AND institute IS NOT NULL"
    func bind(into bindings: inout Bindings) { bindings.textArray(firms) }
    func decode(_ row: Row) throws -> (firm: String, institute: String) { (try row.text(0), try row.text(1)) }
  }

  struct EarlyPlaces: Statement {
    let roadshow: String
    let firms: [String]
    let places: Int
    let name = "line_up_early_places"
    let sql = """
      SELECT pitch.firm, count(*) FROM plan_pitch AS pitch
        JOIN plan ON plan.roadshow = pitch.roadshow AND plan.number = pitch.plan AND plan.state = 'published'
        JOIN roadshow AS past ON past.code = pitch.roadshow
        JOIN roadshow AS this ON this.code = $1 AND past.starts_on < this.starts_on
      WHERE pitch.firm = ANY ($2::text[]) AND pitch.place <= $3::integer GROUP BY 1
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(roadshow)
      bindings.textArray(firms)
      bindings.int(places)
    }
    func decode(_ row: Row) throws -> (firm: String, count: Int) { (try row.text(0), try row.int(1)) }
  }
}
