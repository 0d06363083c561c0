import Domain

/// Reading what has happened to introductions; triggers write it.
enum EventStatements {
  static var all: [any Statement] {
    [Newest(), Page(after: 0, upTo: nil, investors: nil, firm: nil)]
  }

  struct Newest: Statement {
    let name = "event_newest"
    let sql = "SELECT coalesce(max(sequence), 0) FROM introduction_event"
    func decode(_ row: Row) throws -> Int { try row.int(0) }
  }

  /// The next events, and at least one. How many at most is written out, so that the plan is made for few.
  struct Page: Statement {
    let after: Int
    let upTo: Int?
    /// Nil for any.
    let investors: [String]?
    let firm: String?
    let name = "event_page"
    let sql = """
      SELECT sequence, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), introduction, investor, firm, action, state, side, by,
        reason, note, until
      FROM (SELECT sequence, at, introduction, investor, firm, action, state, side, by, reason, note, until,
            sum(octet_length(note)) OVER (ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM introduction_event
          WHERE sequence > $1 AND ($2::bigint IS NULL OR sequence <= $2)
            AND ($3::text[] IS NULL OR investor = ANY ($3)) AND ($4::text IS NULL OR firm = $4)
          ORDER BY sequence LIMIT \(Limits.eventPage)) AS page
      WHERE coalesce(before, 0) < \(Limits.eventPageBytes)
      ORDER BY sequence
      """
    func bind(into bindings: inout Bindings) {
      bindings.int(after)
      bindings.int(upTo)
      bindings.textArray(investors)
      bindings.text(firm)
    }
    func decode(_ row: Row) throws -> IntroductionEvent {
      guard let state = IntroductionState(rawValue: try row.text(6)) else {
        throw StoreError.unexpectedResult(reason: "an event has no state of ours")
      }
      return IntroductionEvent(
        sequence: try row.int(0), at: try row.text(1), introduction: try row.int(2),
        investor: try row.text(3),
        firm: try row.text(4), action: try row.text(5), state: state,
        side: row.optionalText(7).flatMap { IntroductionSide(rawValue: $0) }, by: try row.text(8),
        reason: row.optionalText(9), note: row.optionalText(10), until: row.optionalText(11))
    }
  }
}
