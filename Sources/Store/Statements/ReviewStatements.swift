import Domain

/// Reviews: what is needed, and who writes them.
enum ReviewStatements {
  static var all: [any Statement] {
    [
      Needed(firm: "", step: nil), HoldExperts(), Unassigned(limit: 1, isHolding: false),
      Unassigned(limit: 1, isHolding: true), Experts(), Conflicts(experts: [], firms: []),
      Assign(reviews: [], experts: []),
    ]
  }

  /// What counts is judged as `evidence_missing` does it.
  struct Needed: Statement {
    let firm: String
    let step: RelayStep?
    let name = "review_needed"
    let sql = """
      WITH given AS (
        SELECT NULL::relay_step AS step, kind::text, code, expert AS by, verdict::text, verdict <> 'negative' AS is_for,
          date, expires_on
        FROM review WHERE firm = $1 AND NOT retired
        UNION ALL
        SELECT step, 'committee', code, committee, outcome::text,
          CASE outcome WHEN 'approved' THEN true WHEN 'rejected' THEN false END, date, expires_on
        FROM decision WHERE firm = $1),
      judged AS (
        SELECT *, CASE WHEN is_for IS NULL THEN 'open' WHEN date > current_date OR expires_on < current_date THEN 'stale'
          WHEN is_for THEN 'fresh' ELSE 'negative' END AS standing FROM given)
      SELECT step.name, kind.name, coalesce(best.standing, 'missing'), best.code, best.by, best.verdict, best.date,
        best.expires_on
      FROM unnest(enum_range(NULL::relay_step)) WITH ORDINALITY AS step (name, place)
        CROSS JOIN unnest('{expert,commercial,financial,legal,committee}'::text[]) WITH ORDINALITY AS kind (name, place)
        LEFT JOIN LATERAL (
          SELECT * FROM judged WHERE judged.kind = kind.name AND coalesce(judged.step, step.name) = step.name
          ORDER BY array_position('{fresh,open,negative,stale}'::text[], standing), date DESC NULLS LAST, code DESC LIMIT 1)
          AS best ON true
      WHERE ($2::relay_step IS NULL OR step.name = $2::relay_step)
        AND (SELECT parameters ->> ('need_' || step.name || '_' || kind.name)
          FROM policy JOIN publication ON publication.policy = policy.number) = '1'
      ORDER BY step.place, kind.place
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(firm)
      bindings.text(step?.rawValue)
    }
    func decode(_ row: Row) throws -> NeededEvidence {
      guard let step = RelayStep(rawValue: try row.text(0)),
        let standing = NeededEvidence.Standing(rawValue: try row.text(2))
      else { throw StoreError.unexpectedResult(reason: "evidence has no step or standing of ours") }
      return NeededEvidence(
        step: step, kind: try row.text(1), standing: standing, code: row.optionalText(3),
        by: row.optionalText(4), verdict: row.optionalText(5), date: row.optionalText(6),
        expiresOn: row.optionalText(7))
    }
  }

  struct HoldExperts: Statement {
    typealias Output = Void
    let name = "review_hold_experts"
    let sql = "SELECT 1 FROM expert WHERE NOT retired ORDER BY code FOR NO KEY UPDATE"
  }

  struct Unassigned: Statement {
    let limit: Int
    /// Whether they stay as they are until the transaction ends.
    let isHolding: Bool
    var name: String { isHolding ? "review_unassigned_held" : "review_unassigned" }
    var sql: String {
      """
      SELECT review.code, review.firm, review.kind
      FROM review JOIN firm ON firm.code = review.firm AND NOT firm.retired
      WHERE review.verdict IS NULL AND review.expert IS NULL AND NOT review.retired
      ORDER BY review.asked_on NULLS LAST, review.code LIMIT $1\(isHolding ? " FOR NO KEY UPDATE OF review" : "")
      """
    }
    func bind(into bindings: inout Bindings) { bindings.int(limit) }
    func decode(_ row: Row) throws -> OpenReview {
      OpenReview(code: try row.text(0), firm: try row.text(1), kind: try row.text(2))
    }
  }

  struct Experts: Statement {
    let name = "review_experts"
    let sql = """
      SELECT code, kinds, coalesce(sectors, '{}'), coalesce(region, city), coalesce(capacity, 3)
        - (SELECT count(*) FROM review WHERE review.expert = expert.code AND verdict IS NULL AND NOT review.retired)
      FROM expert WHERE NOT retired ORDER BY code
      """
    func decode(_ row: Row) throws -> FreeExpert {
      FreeExpert(
        code: try row.text(0), kinds: try row.textArray(1), sectors: try row.textArray(2),
        place: row.optionalText(3), room: try row.int(4))
    }
  }

  struct Conflicts: Statement {
    let experts: [String]
    let firms: [String]
    let name = "review_conflicts"
    let sql = """
      SELECT expert, firm, why FROM unnest($1::text[]) AS expert CROSS JOIN unnest($2::text[]) AS firm
        CROSS JOIN LATERAL (SELECT conflict_of(expert, firm, current_date) AS why) AS judged
      WHERE why IS NOT NULL
      """
    func bind(into bindings: inout Bindings) {
      bindings.textArray(experts)
      bindings.textArray(firms)
    }
    func decode(_ row: Row) throws -> (expert: String, firm: String, why: String) {
      (try row.text(0), try row.text(1), try row.text(2))
    }
  }

  struct Assign: Statement {
    typealias Output = Void
    let reviews: [String]
    let experts: [String]
    let name = "review_assign"
    let sql = """
      UPDATE review SET expert = given.expert FROM unnest($1::text[], $2::text[]) AS given (review, expert)
      WHERE review.code = given.review
      """
    func bind(into bindings: inout Bindings) {
      bindings.textArray(reviews)
      bindings.textArray(experts)
    }
  }
}
