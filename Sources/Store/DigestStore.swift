import Domain

/// Whose introductions a digest tells of.
public enum DigestParty: Sendable, Hashable {
  /// An investor and the funds of its house, by code.
  case investors([String])
  case firm(String)

  public var side: IntroductionSide {
    switch self {
    case .investors: .investor
    case .firm: .firm
    }
  }

  var codes: [String] {
    switch self {
    case .investors(let codes): codes
    case .firm(let code): [code]
    }
  }
}

/// An introduction that waits for the answer of a party.
public struct WaitingIntroduction: Sendable, Hashable {
  public var id: Int
  /// Code of the party that is asked.
  public var party: String
  /// What it is told of the other side.
  public var blurb: String
  /// Millionths.
  public var score: Int
  /// Days after today on which it may still answer; nil while the other side has said "not now".
  public var daysLeft: Int?
  /// Until when the other side has said "not now".
  public var otherUntil: Day?
}

/// How many introductions wait for a party.
public struct WaitingCount: Sendable, Hashable {
  public var all = 0
  /// Those it was asked for after the digest before.
  public var new = 0
  /// Those that end within ``Limits/reminderDays``.
  public var ending = 0
}

/// An introduction that both sides want.
public struct MutualIntroduction: Sendable, Hashable {
  public var id: Int
  /// Code of the party that is told.
  public var party: String
  public var otherCode: String
  public var otherName: String
  /// A person of the other side, `Name <mail>`; nil where none is known.
  public var contact: String?
}

/// A person of a party who has a mail address.
public struct DigestRecipient: Sendable, Hashable {
  public var code: String
  public var name: String
  public var email: String
}

/// What a digest is made of beside a deal list.
public enum DigestStore {
  /// People of a party who have a mail address and are not retired, in order of codes, at most
  /// ``Limits/digestRecipients``. A party may not ask.
  public static func recipients(of party: String, _ side: IntroductionSide, in session: Session) throws
    -> [DigestRecipient]
  {
    try session.query(DigestStatements.Recipients(party: party, side: side))
  }

  /// Introductions that a party may still answer and has not, those with the least time left first.
  /// - Parameter event: the last one that the digest before has told of.
  /// - Returns: at most ``Limits/digestRows``, and how many there are.
  public static func waiting(
    of party: DigestParty, after event: Int, in session: Session
  ) throws -> (introductions: [WaitingIntroduction], count: WaitingCount) {
    let rows = try session.query(DigestStatements.Waiting(party: party, after: event))
    return (rows.map(\.introduction), rows.first?.count ?? WaitingCount())
  }

  /// Introductions that both sides have come to want after an event and that have not ended, the latest first.
  /// - Parameter event: the last one that the digest before has told of; nil for those that have not met yet.
  /// - Returns: at most ``Limits/digestRows``, and how many there are.
  public static func mutual(
    of party: DigestParty, after event: Int?, in session: Session
  ) throws -> (introductions: [MutualIntroduction], count: Int) {
    let rows = try session.query(DigestStatements.Mutual(party: party, after: event))
    return (rows.map(\.introduction), rows.first?.count ?? 0)
  }

  /// The firms that an investor has said no to itself. What a party did is no secret to it, so this asks for all.
  public static func refusedFirms(by investors: [String], in session: Session) throws -> [(
    investor: String, firm: String
  )] {
    try session.query(DigestStatements.OwnRefusals(investors: investors))
  }
}
