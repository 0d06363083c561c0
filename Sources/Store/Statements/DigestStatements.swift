import Domain

/// What a digest is made of beside a deal list.
enum DigestStatements {
  static var all: [any Statement] {
    let parties: [DigestParty] = [.investors([]), .firm("")]
    return parties.flatMap { party -> [any Statement] in
      [
        Recipients(party: "", side: party.side), Waiting(party: party, after: 0),
        Mutual(party: party, after: nil),
      ]
    } + [OwnRefusals(investors: [])]
  }

  struct Recipients: Statement {
    let party: String
    let side: IntroductionSide
    var name: String { "digest_recipients_\(side)" }
    var sql: String { side == .investor ? Self.ofInvestor : Self.ofFirm }
    private static let ofInvestor = """
      SELECT code, name, email FROM person
      WHERE "of" = $1 AND of_kind = 'investor' AND email IS NOT NULL AND NOT retired ORDER BY code LIMIT $2
      """
    private static let ofFirm = """
      SELECT code, name, email FROM person
      WHERE "of" = $1 AND of_kind = 'firm' AND email IS NOT NULL AND NOT retired ORDER BY code LIMIT $2
      """
    func bind(into bindings: inout Bindings) {
      bindings.text(party)
      bindings.int(Limits.digestRecipients)
    }
    func decode(_ row: Row) throws -> DigestRecipient {
      DigestRecipient(code: try row.text(0), name: try row.text(1), email: try row.text(2))
    }
  }

  /// Those with the least time left first, and how many there are in all. While the other side has said "not now", an
  /// introduction does not expire.
  struct Waiting: Statement {
    let party: DigestParty
    let after: Int
    var name: String { "digest_waiting_\(party.side)" }
    var sql: String { party.side == .investor ? Self.ofInvestor : Self.ofFirm }
    private static let ofInvestor = """
      SELECT id, investor, firm_blurb, investor_score,
        CASE WHEN state <> 'not_now' THEN expires_on - current_date END, firm_until, count(*) OVER (),
        count(*) FILTER (WHERE \(isNew)) OVER (), count(*) FILTER (WHERE \(isEnding)) OVER ()
      FROM introduction_shown
      WHERE investor = ANY ($1::text[]) AND investor_answer = 'pending' AND \(isOpen)
      ORDER BY state = 'not_now', expires_on, id LIMIT $2
      """
    private static let ofFirm = """
      SELECT id, firm, investor_blurb, firm_score,
        CASE WHEN state <> 'not_now' THEN expires_on - current_date END, investor_until, count(*) OVER (),
        count(*) FILTER (WHERE \(isNew)) OVER (), count(*) FILTER (WHERE \(isEnding)) OVER ()
      FROM introduction_shown
      WHERE firm = ANY ($1::text[]) AND firm_answer = 'pending' AND \(isOpen)
      ORDER BY state = 'not_now', expires_on, id LIMIT $2
      """
    private static let isOpen =
      "(state IN ('proposed', 'asked') AND expires_on >= current_date OR state = 'not_now')"
    private static let isNew = """
      EXISTS (SELECT FROM introduction_history AS event WHERE event.introduction = introduction_shown.id
        AND event.sequence > $3 AND event.action IN ('emit', 'propose', 'return'))
      """
    private static let isEnding =
      "state <> 'not_now' AND expires_on - current_date <= \(Limits.reminderDays)"
    func bind(into bindings: inout Bindings) {
      bindings.textArray(party.codes)
      bindings.int(Limits.digestRows)
      bindings.int(after)
    }
    func decode(_ row: Row) throws -> (introduction: WaitingIntroduction, count: WaitingCount) {
      let introduction = WaitingIntroduction(
        id: try row.int(0), party: try row.text(1), blurb: try row.text(2), score: try row.int(3),
        daysLeft: try row.optionalInt(4), otherUntil: row.optionalText(5).flatMap { Day($0) })
      return (
        introduction, WaitingCount(all: try row.int(6), new: try row.int(7), ending: try row.int(8))
      )
    }
  }

  struct Mutual: Statement {
    let party: DigestParty
    /// Nil for those that have not met yet.
    let after: Int?
    var name: String { "digest_mutual_\(party.side)" }
    var sql: String { party.side == .investor ? Self.ofInvestor : Self.ofFirm }
    private static let ofInvestor = """
      SELECT id, investor, firm, firm_name, firm_contact, count(*) OVER ()
      FROM introduction_shown WHERE investor = ANY ($1::text[]) AND \(isTold) ORDER BY id DESC LIMIT $2
      """
    private static let ofFirm = """
      SELECT id, firm, investor, investor_name, investor_contact, count(*) OVER ()
      FROM introduction_shown WHERE firm = ANY ($1::text[]) AND \(isTold) ORDER BY id DESC LIMIT $2
      """
    private static let isTold = """
      investor_answer = 'yes' AND firm_answer = 'yes'
        AND CASE WHEN $3::bigint IS NULL THEN state IN ('mutual', 'introduced')
          ELSE state NOT IN ('declined', 'expired', 'withdrawn', 'no_show')
            AND EXISTS (SELECT FROM introduction_history AS event WHERE event.introduction = introduction_shown.id
              AND event.sequence > $3 AND event.action = 'accept' AND event.state = 'mutual') END
      """
    func bind(into bindings: inout Bindings) {
      bindings.textArray(party.codes)
      bindings.int(Limits.digestRows)
      bindings.int(after)
    }
    func decode(_ row: Row) throws -> (introduction: MutualIntroduction, count: Int) {
      let introduction = MutualIntroduction(
        id: try row.int(0), party: try row.text(1), otherCode: try row.text(2), otherName: try row.text(3),
        contact: row.optionalText(4))
      return (introduction, try row.int(5))
    }
  }

  struct OwnRefusals: Statement {
    let investors: [String]
    let name = "digest_own_refusals"
    let sql = "SELECT investor, firm FROM refusal WHERE investor = ANY ($1::text[]) AND side = 'investor'"
    func bind(into bindings: inout Bindings) { bindings.textArray(investors) }
    func decode(_ row: Row) throws -> (investor: String, firm: String) {
      (try row.text(0), try row.text(1))
    }
  }
}
