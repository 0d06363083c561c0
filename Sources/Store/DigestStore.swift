/// An introduction that waits for the answer of an investor.
public struct WaitingIntroduction: Sendable, Hashable {
  public var id: Int
  /// Code of the investor.
  public var investor: String
  /// What the investor is told of the firm.
  public var blurb: String
  /// Millionths.
  public var score: Int
  /// Days after today on which it may still answer.
  public var daysLeft: Int
}

/// A person of an investor who has a mail address.
public struct DigestRecipient: Sendable, Hashable {
  public var code: String
  public var name: String
  public var email: String
}

/// What a digest of an investor is made of beside its deal list.
public enum DigestStore {
  /// People of an investor who have a mail address and are not retired, in order of codes, at most
  /// ``Limits/digestRecipients``. A party may not ask.
  public static func recipients(of investor: String, in session: Session) throws -> [DigestRecipient] {
    try session.query(DigestStatements.Recipients(investor: investor))
  }

  /// Introductions that these investors may still answer and have not, those with the least time left first.
  /// - Returns: at most ``Limits/digestRows``, and how many there are.
  public static func waiting(
    of investors: [String], in session: Session
  ) throws -> (introductions: [WaitingIntroduction], count: Int) {
    let rows = try session.query(DigestStatements.Waiting(investors: investors))
    return (rows.map(\.introduction), rows.first?.count ?? 0)
  }
}
