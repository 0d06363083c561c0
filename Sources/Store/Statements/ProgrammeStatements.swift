import Domain

/// Programmes and their ledgers, up to a day.
enum ProgrammeStatements {
  static var all: [any Statement] {
    let day = Day(daysSinceEpoch: 0)
    return [
      Balances(programme: nil, day: day), Currency(programme: ""),
      Entries(programme: "", day: day, after: nil, limit: 0),
    ]
  }

  /// What the accounts of each programme held on the day, `$1`; a gain is positive.
  static let books = """
    SELECT e.programme, -coalesce(sum(amount) FILTER (WHERE account = 'appropriation'), 0)::bigint AS budget,
      coalesce(sum(amount) FILTER (WHERE account = 'cash'), 0)::bigint AS cash,
      coalesce(sum(amount) FILTER (WHERE account = 'committed'), 0)::bigint AS committed,
      coalesce(sum(amount) FILTER (WHERE account = 'stakes'), 0)::bigint AS stakes,
      -coalesce(sum(amount) FILTER (WHERE account = 'result'), 0)::bigint AS result
    FROM ledger_entry e JOIN posting ON posting.entry = e.id WHERE e.date <= $1 GROUP BY e.programme
    """

  /// What each programme had paid, received and lost by the day, `$1`; none that had bought nothing.
  static let traded = """
    SELECT s.programme, coalesce(sum(amount) FILTER (WHERE kind = 'buy'), 0)::bigint AS invested,
      coalesce(sum(amount) FILTER (WHERE kind = 'sell'), 0)::bigint AS returned,
      coalesce(sum(greatest(0, cost - amount)) FILTER (WHERE kind <> 'buy'), 0)::bigint AS lost
    FROM tranche t JOIN stake s ON s.code = t.stake WHERE t.date <= $1 GROUP BY s.programme
    """

  struct Balances: Statement {
    let programme: String?
    let day: Day
    let name = "programme_balances"
    let sql = """
      SELECT p.code, p.name, p.name_zh, p.fund, p.currency, books.budget, books.cash, books.committed, books.stakes,
        books.result, coalesce(done.invested, 0), coalesce(done.returned, 0), coalesce(done.lost, 0), p.loss_tolerance,
        coalesce(elsewhere.committed, 0), p.quota, p.region,
        NOT EXISTS (SELECT FROM ledger_entry e LEFT JOIN posting ON posting.entry = e.id
            WHERE e.programme = p.code AND e.date <= $1 GROUP BY e.id
            HAVING coalesce(sum(posting.amount), 1) <> 0)
          AND NOT EXISTS (SELECT FROM account a LEFT JOIN posting USING (programme, account)
            WHERE a.programme = p.code GROUP BY a.account, a.balance
            HAVING coalesce(sum(posting.amount), 0) <> a.balance)
      FROM programme p JOIN (\(books)) AS books ON books.programme = p.code
      LEFT JOIN (\(traded)) AS done ON done.programme = p.code
      LEFT JOIN (SELECT e.programme, sum(posting.amount)::bigint AS committed
          FROM ledger_entry e JOIN posting ON posting.entry = e.id JOIN programme p ON p.code = e.programme
            JOIN stake s ON s.code = e.stake JOIN firm f ON f.code = s.firm
          WHERE e.date <= $1 AND e.kind IN ('commit', 'release') AND posting.account = 'committed'
            AND p.region NOT IN (coalesce(f.region, ''), coalesce(f.city, '')) GROUP BY e.programme) AS elsewhere
        ON elsewhere.programme = p.code
      WHERE $2::text IS NULL OR p.code = $2 ORDER BY p.code
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(day.description)
      bindings.text(programme)
    }
    func decode(_ row: Row) throws -> ProgrammeBalance {
      ProgrammeBalance(
        code: try row.text(0), name: try row.text(1), nameZh: row.optionalText(2), fund: try row.text(3),
        currency: try row.text(4), budget: try row.int(5), cash: try row.int(6), committed: try row.int(7),
        stakes: try row.int(8), result: try row.int(9), invested: try row.int(10), returned: try row.int(11),
        lost: try row.int(12), lossTolerance: try row.optionalInt(13), outside: try row.int(14),
        quota: try row.optionalInt(15), region: row.optionalText(16), isBalanced: try row.bool(17))
    }
  }

  struct Currency: Statement {
    let programme: String
    let name = "programme_currency"
    let sql = "SELECT currency FROM programme WHERE code = $1"
    func bind(into bindings: inout Bindings) { bindings.text(programme) }
    func decode(_ row: Row) throws -> String { try row.text(0) }
  }

  /// An entry is never changed, so that its number alone says where a page goes on.
  struct Entries: Statement {
    let programme: String
    let day: Day
    let after: Int?
    let limit: Int
    let name = "programme_entries"
    let sql = """
      SELECT e.id, e.date, e.kind, e.stake, s.firm, e.tranche, t.reason,
        (SELECT array_agg(account::text ORDER BY account) FROM posting WHERE entry = e.id),
        (SELECT array_agg(amount ORDER BY account) FROM posting WHERE entry = e.id)
      FROM ledger_entry e LEFT JOIN stake s ON s.code = e.stake LEFT JOIN tranche t ON t.code = e.tranche
      WHERE e.programme = $1 AND e.date <= $2 AND ($3::bigint IS NULL
        OR (e.date, e.id) > (SELECT a.date, a.id FROM ledger_entry a WHERE a.id = $3 AND a.programme = $1))
      ORDER BY e.date, e.id LIMIT $4
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(programme)
      bindings.text(day.description)
      bindings.int(after)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> LedgerLine {
      LedgerLine(
        id: try row.int(0), date: try row.text(1), kind: try row.text(2), stake: row.optionalText(3),
        firm: row.optionalText(4), tranche: row.optionalText(5), reason: row.optionalText(6),
        postings: zip(try row.textArray(7), try row.intArray(8)).map { .init(account: $0, amount: $1) })
    }
  }
}
