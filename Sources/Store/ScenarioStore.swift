import Domain

/// A test ground and the pilots that take or will take place on it.
public struct StoredScenario: Sendable, Hashable {
  public var sectors: [String]
  /// Readiness that a firm needs.
  public var trl: Int?
  /// Pilots at one time.
  public var capacity: Int
  public var opensOn: Day?
  public var closesOn: Day?
  /// Its region; where it has none, its city.
  public var place: String?
  public var isRetired: Bool
  /// By the clock of the database.
  public var today: Day
  public var pilots: [Pilot]

  public struct Pilot: Sendable, Hashable {
    public var firm: String
    public var startsOn: Day
    /// The last day.
    public var endsOn: Day
  }
}

/// Test grounds in PostgreSQL.
public enum ScenarioStore {
  /// Nil where there is none of this code.
  public static func get(_ code: String, in session: Session) throws -> StoredScenario? {
    guard var scenario = try session.queryOne(ScenarioStatements.Select(code: code)) else { return nil }
    scenario.pilots = try session.query(ScenarioStatements.Pilots(code: code))
    return scenario
  }
}
