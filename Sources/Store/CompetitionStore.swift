import Domain

/// A competition: who judges whom by what, the marks so far and, once it is closed, the awards.
public struct StoredCompetition: Sendable, Hashable {
  /// False for a roadshow of another kind.
  public var isCompetition: Bool
  /// Experts, in order of code.
  public var jurors: [Juror]
  public var criteria: [Criterion]
  /// Firms that take part or were marked, in order of code.
  public var firms: [Firm]
  public var marks: [Mark]
  /// Best first; none while it is open.
  public var awards: [Award]

  public struct Juror: Sendable, Hashable {
    public var expert: String
    /// Codes of firms that it does not mark: those named, and those it has a conflict of interest with.
    public var recusedFrom: [String]
  }

  public struct Criterion: Sendable, Hashable {
    public var name: String
    public var weight: Int
  }

  public struct Firm: Sendable, Hashable {
    public var code: String
    public var name: String
  }

  public struct Mark: Sendable, Hashable {
    public var expert: String
    public var firm: String
    public var criterion: String
    public var points: Int
  }

  public struct Award: Sendable, Hashable {
    public var firm: String
    public var rank: Int
    /// In millionths of 100 points, as given and corrected.
    public var raw: Int
    public var points: Int
    public var date: String?

    public init(firm: String, rank: Int, raw: Int, points: Int, date: String? = nil) {
      self.firm = firm
      self.rank = rank
      self.raw = raw
      self.points = points
      self.date = date
    }
  }
}

/// Competitions in PostgreSQL.
public enum CompetitionStore {
  /// Nil where there is no such roadshow.
  public static func get(_ roadshow: String, in session: Session) throws -> StoredCompetition? {
    guard let isCompetition = try session.queryOne(CompetitionStatements.Kind(roadshow: roadshow)) else {
      return nil
    }
    return StoredCompetition(
      isCompetition: isCompetition,
      jurors: try session.query(CompetitionStatements.Jurors(roadshow: roadshow)),
      criteria: try session.query(CompetitionStatements.Criteria(roadshow: roadshow)),
      firms: try session.query(CompetitionStatements.Firms(roadshow: roadshow)),
      marks: try session.query(CompetitionStatements.Marks(roadshow: roadshow)),
      awards: try session.query(CompetitionStatements.Awards(roadshow: roadshow)))
  }

  /// Closes a competition: nothing of it is changed from here on.
  public static func close(_ roadshow: String, with awards: [StoredCompetition.Award], in session: Session)
    throws
  {
    try session.execute(CompetitionStatements.Close(roadshow: roadshow, awards: awards))
  }
}
