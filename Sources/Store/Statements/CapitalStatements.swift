import Domain

/// What state capital has done and what it holds, for EFFECT, HANDOVER and RELAY.
enum CapitalStatements {
  static var all: [any Statement] {
    let day = Day(daysSinceEpoch: 0)
    return [
      Programmes(code: nil), EffectFirms(), EquityRounds(asOf: day), StateHoldings(asOf: day),
      Purchases(asOf: day), RecordEffect(programme: "", asOf: day, value: 0),
      Stakes(filter: .init(), after: nil, limit: 0), KnownBuyers(firms: []), StakePrices(firm: ""),
    ]
  }

  /// What holds state capital.
  static let state = "('state_fund', 'sub_fund')"
  /// Kinds of rounds that bring no equity.
  static let noEquity = "('grant', 'debt', 'other')"

  struct Programmes: Statement {
    let code: String?
    let name = "capital_programmes"
    let sql = "SELECT code, currency FROM programme WHERE $1::text IS NULL OR code = $1 ORDER BY code"
    func bind(into bindings: inout Bindings) { bindings.text(code) }
    func decode(_ row: Row) throws -> (code: String, currency: String) { (try row.text(0), try row.text(1)) }
  }

  /// A firm that was merged into another has handed its history over.
  struct EffectFirms: Statement {
    let name = "capital_effect_firms"
    let sql = "SELECT code, founded_on FROM firm WHERE merged_into IS NULL"
    func decode(_ row: Row) throws -> (code: String, founded: Day?) {
      (try row.text(0), row.optionalText(1).flatMap { Day($0) })
    }
  }

  struct EquityRounds: Statement {
    let asOf: Day
    let name = "capital_equity_rounds"
    let sql = """
      SELECT firm, NULL, date, amount, currency FROM round
      WHERE kind NOT IN \(noEquity) AND amount IS NOT NULL AND date <= $1::date
      """
    func bind(into bindings: inout Bindings) { bindings.text("\(asOf)") }
    func decode(_ row: Row) throws -> CapitalStore.Payment { try CapitalStatements.payment(row) }
  }

  /// One whose day is not known is as old as can be.
  struct StateHoldings: Statement {
    let asOf: Day
    let name = "capital_state_holdings"
    let sql = """
      SELECT holding.firm, NULL, coalesce(holding.since, '1000-01-01'), coalesce(holding.amount, 0), holding.currency
      FROM holding JOIN investor ON investor.code = holding.investor AND investor.kind IN \(state)
      WHERE holding.since IS NULL OR holding.since <= $1::date
      """
    func bind(into bindings: inout Bindings) { bindings.text("\(asOf)") }
    func decode(_ row: Row) throws -> CapitalStore.Payment { try CapitalStatements.payment(row) }
  }

  struct Purchases: Statement {
    let asOf: Day
    let name = "capital_purchases"
    let sql = """
      SELECT stake.firm, programme.code, tranche.date, tranche.amount, programme.currency
      FROM tranche JOIN stake ON stake.code = tranche.stake JOIN programme ON programme.code = stake.programme
      WHERE tranche.kind = 'buy' AND tranche.date <= $1::date
      """
    func bind(into bindings: inout Bindings) { bindings.text("\(asOf)") }
    func decode(_ row: Row) throws -> CapitalStore.Payment { try CapitalStatements.payment(row) }
  }

  private static func payment(_ row: Row) throws -> CapitalStore.Payment {
    guard let day = Day(try row.text(2)) else {
      throw StoreError.unexpectedResult(reason: "a payment has a date outside the years 1000 to 9999")
    }
    return CapitalStore.Payment(
      firm: try row.text(0), programme: row.optionalText(1), day: day, amount: Int64(try row.int(3)),
      currency: row.optionalText(4))
  }

  /// Keeps what was measured for a later day.
  struct RecordEffect: Statement {
    let programme: String
    let asOf: Day
    let value: Int
    let name = "capital_record_effect"
    let sql = """
      INSERT INTO programme_effect AS known (programme, as_of, value) VALUES ($1, $2::date, $3::integer)
      ON CONFLICT ON CONSTRAINT programme_effect_pkey DO UPDATE SET as_of = excluded.as_of, value = excluded.value
        WHERE known.as_of <= excluded.as_of AND (known.as_of, known.value) <> (excluded.as_of, excluded.value)
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(programme)
      bindings.text("\(asOf)")
      bindings.int(value)
    }
  }

  /// Stakes that hold something, with what their conditions go by, in order of codes.
  struct Stakes: Statement {
    let filter: CapitalStore.StakeFilter
    let after: String?
    let limit: Int
    let name = "capital_stakes"
    let sql = """
      WITH known AS (
        SELECT p.*, f.stage, p.hold_until <= current_date AS is_held_long,
          bad.code AS bad_code, bad.kind AS bad_kind, good.code AS good_code,
          latest.date AS round_date, latest.kind AS round_kind,
          coalesce(latest.date > (current_date - interval '24 months')::date, false) AS is_recent,
          coalesce(latest.date > p.first_bought, false) AS is_later,
          held.investor AS holder, held.since AS holder_since, intro.id AS intro_id, intro.investor AS intro_investor,
          intro.state AS intro_state
        FROM stake_position p JOIN firm f ON f.code = p.firm
        LEFT JOIN LATERAL (
          SELECT code, kind FROM review r
          WHERE r.firm = p.firm AND r.verdict = 'negative' AND NOT r.retired AND r.expires_on >= current_date
          ORDER BY r.date DESC, r.code LIMIT 1) AS bad ON true
        LEFT JOIN LATERAL (
          SELECT code FROM review r
          WHERE r.firm = p.firm AND r.kind = 'commercial' AND r.verdict = 'positive' AND NOT r.retired
            AND r.expires_on >= current_date
          ORDER BY r.date DESC, r.code LIMIT 1) AS good ON true
        LEFT JOIN LATERAL (
          SELECT date, kind FROM round r
          WHERE r.firm = p.firm AND r.kind NOT IN \(noEquity) AND r.date <= current_date
            AND (r.amount IS NULL OR r.amount > coalesce((
              SELECT sum(h.amount) FROM holding h JOIN investor i ON i.code = h.investor AND i.kind IN \(state)
              WHERE h.firm = r.firm AND h.since = r.date AND h.currency IS NOT DISTINCT FROM r.currency), 0))
          ORDER BY r.date DESC, r.kind LIMIT 1) AS latest ON true
        LEFT JOIN LATERAL (
          SELECT h.investor, h.since FROM holding h JOIN investor i ON i.code = h.investor AND i.kind NOT IN \(state)
          WHERE h.firm = p.firm AND h.since > p.first_bought AND h.since <= current_date
            AND (h.exited_on IS NULL OR h.exited_on > current_date)
          ORDER BY h.since DESC, h.investor LIMIT 1) AS held ON true
        LEFT JOIN LATERAL (
          SELECT n.id, n.investor, n.state FROM introduction n
          JOIN investor i ON i.code = n.investor AND i.kind NOT IN \(state)
          WHERE n.firm = p.firm
            AND n.state IN ('mutual', 'introduced', 'met', 'diligence', 'term_sheet', 'invested')
          ORDER BY n.state DESC, n.id DESC LIMIT 1) AS intro ON true
        WHERE p.held > 0 AND ($1::text IS NULL OR p.programme = $1) AND ($2::text IS NULL OR p.stake = $2)
          AND ($3::text IS NULL OR p.stake > $3 COLLATE "C")),
      judged AS (
        SELECT *,
          bad_code IS NULL AND (good_code IS NOT NULL OR is_recent OR coalesce(stage >= 'series_b', false)) AS is_clear,
          is_later OR holder IS NOT NULL OR intro_id IS NOT NULL AS is_wanted
        FROM known)
      SELECT stake, programme, firm, currency, (held * 1000000)::bigint, (floor * 1000000)::bigint,
        hold_until, cost,
        CASE WHEN last_price_per_percent IS NOT NULL
          THEN least(round(last_price_per_percent), 1000000000000000)::bigint END,
        (coalesce((SELECT sum(o.held) FROM stake_position o
          WHERE o.fund = judged.fund AND o.firm = judged.firm AND o.stake <> judged.stake), 0) * 1000000)::bigint,
        is_held_long, is_clear, is_wanted, bad_code, bad_kind, good_code, round_date, round_kind, is_recent, is_later,
        stage, holder, holder_since, intro_id, intro_investor, intro_state, current_date
      FROM judged WHERE $4::boolean OR held > floor AND is_held_long AND is_clear AND is_wanted
      ORDER BY stake COLLATE "C" LIMIT $5::integer
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(filter.programme)
      bindings.text(filter.stake)
      bindings.text(after)
      bindings.bool(filter.includesAll)
      bindings.int(limit)
    }
    func decode(_ row: Row) throws -> CapitalStore.Stake {
      guard let holdUntil = Day(try row.text(6)), let today = Day(try row.text(26)) else {
        throw StoreError.unexpectedResult(
          reason: "a stake is held until a day outside the years 1000 to 9999")
      }
      var stake = CapitalStore.Stake(
        code: try row.text(0), programme: try row.text(1), firm: try row.text(2), currency: try row.text(3),
        held: Int64(try row.int(4)), floor: Int64(try row.int(5)), holdUntil: holdUntil,
        cost: Int64(try row.int(7)), price: try row.optionalInt(8).map { Int64($0) },
        besides: Int64(try row.int(9)), isHeldLong: try row.bool(10), isClear: try row.bool(11),
        isWanted: try row.bool(12), today: today)
      stake.negativeReview = row.optionalText(13)
      stake.negativeKind = row.optionalText(14)
      stake.positiveReview = row.optionalText(15)
      if let date = row.optionalText(16), let kind = row.optionalText(17) {
        stake.round = .init(
          date: date, kind: kind, isRecent: try row.bool(18), isSincePurchase: try row.bool(19))
      }
      stake.stage = row.optionalText(20).flatMap { Stage(name: $0) }
      if let holder = row.optionalText(21), let since = row.optionalText(22) {
        stake.holder = (holder, since)
      }
      if let id = try row.optionalInt(23), let investor = row.optionalText(24),
        let state = row.optionalText(25)
      {
        stake.introduction = (id, investor, state)
      }
      return stake
    }
  }

  /// What those who bought of the state are known to hold, in millionths of a percent.
  struct KnownBuyers: Statement {
    let firms: [String]
    let name = "capital_known_buyers"
    let sql = """
      SELECT stake.firm, tranche.buyer, (sum(tranche.percent) * 1000000)::bigint
      FROM tranche JOIN stake ON stake.code = tranche.stake
        JOIN holding ON holding.investor = tranche.buyer AND holding.firm = stake.firm
          AND holding.since = tranche.date AND holding.exited_on IS NULL AND holding.round IS NULL
      WHERE stake.firm = ANY ($1::text[]) AND tranche.kind = 'sell' GROUP BY 1, 2
      """
    func bind(into bindings: inout Bindings) { bindings.textArray(firms) }
    func decode(_ row: Row) throws -> (firm: String, buyer: String, percent: Int64) {
      (try row.text(0), try row.text(1), Int64(try row.int(2)))
    }
  }

  /// What all that the state holds of a firm would cost at the last prices, by currency.
  struct StakePrices: Statement {
    let firm: String
    let name = "capital_stake_prices"
    let sql = """
      SELECT currency, least(floor(sum(held * last_price_per_percent)), 1000000000000000)::bigint
      FROM stake_position WHERE firm = $1 AND held > 0 AND last_price_per_percent IS NOT NULL GROUP BY currency ORDER BY currency
      """
    func bind(into bindings: inout Bindings) { bindings.text(firm) }
    func decode(_ row: Row) throws -> (currency: String, amount: Int64) {
      (try row.text(0), Int64(try row.int(1)))
    }
  }
}
