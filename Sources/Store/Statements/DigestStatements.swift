import Domain

/// What a digest of an investor is made of beside its deal list.
enum DigestStatements {
  static var all: [any Statement] { [Recipients(investor: ""), Waiting(investors: [])] }

  struct Recipients: Statement {
    let investor: String
    let name = "digest_recipients"
    let sql = """
      SELECT code, name, email FROM person
      WHERE "of" = $1 AND of_kind = 'investor' AND email IS NOT NULL AND NOT retired ORDER BY code LIMIT $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(investor)
      bindings.int(Limits.digestRecipients)
    }
    func decode(_ row: Row) throws -> DigestRecipient {
      DigestRecipient(code: try row.text(0), name: try row.text(1), email: try row.text(2))
    }
  }

  /// Those with the least time left first, and how many there are in all.
  struct Waiting: Statement {
    let investors: [String]
    let name = "digest_waiting"
    let sql = """
      SELECT id, investor, firm_blurb, investor_score, expires_on - current_date, count(*) OVER ()
      FROM introduction_shown
      WHERE investor = ANY ($1::text[]) AND investor_answer = 'pending' AND state IN ('proposed', 'asked')
        AND expires_on >= current_date
      ORDER BY expires_on, id LIMIT $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.textArray(investors)
      bindings.int(Limits.digestRows)
    }
    func decode(_ row: Row) throws -> (introduction: WaitingIntroduction, count: Int) {
      let introduction = WaitingIntroduction(
        id: try row.int(0), investor: try row.text(1), blurb: try row.text(2), score: try row.int(3),
        daysLeft: try row.int(4))
      return (introduction, try row.int(5))
    }
  }
}
