import Domain

/// What an institute has brought forth.
public struct TrackRecord: Sendable, Hashable {
  public var institute: String
  public var name: String
  public var nameZh: String?
  /// Projects that are not yet a firm.
  public var projects: Int
  public var firms: Int
  public var funded: Int
  /// Steps of TRL and the days that they took.
  public var steps: Int
  public var days: Int
  /// Its firms and projects, and those of them whose TRL is known on two days: steps count as far as they are tracked.
  /// Nil before anything is known.
  public var candidates: Int?
  public var tracked: Int?
  /// What it says for its young firms, in millionths, to the nearest twentieth; nil before anything is known.
  public var value: Int?
}

/// A project in incubation or a firm that came of an institute.
public struct PipelineLine: Sendable, Hashable {
  public var isFirm: Bool
  public var code: String
  public var name: String
  public var nameZh: String?
  /// The project that a firm came from.
  public var project: String?
  public var stage: String?
  public var trl: Int?
  /// When its TRL rose last.
  public var roseOn: String?
  /// Days since the first that is known of it: how long a project is in incubation.
  public var days: Int?
  public var foundedOn: String?
  /// Rounds of a firm, and the day of the last one.
  public var rounds: Int?
  public var lastRound: String?
}

public enum InstituteStore {
  /// Of one institute or of all, after a code.
  public static func records(_ institute: String?, after: String?, limit: Int, in session: Session) throws
    -> [TrackRecord]
  {
    try session.query(InstituteStatements.Records(institute: institute, after: after, limit: limit))
  }

  /// Projects in incubation, those that are furthest first, then firms, the newest first.
  public static func pipeline(of institute: String, in session: Session) throws -> [PipelineLine] {
    try session.query(InstituteStatements.Pipeline(institute: institute))
  }
}
