import Domain

/// What the report of a city on one day is made of.
public struct CityFigures: Sendable {
  /// Something that has a code and names, in a currency where amounts are told of it, and its figures.
  public struct Line: Sendable, Hashable {
    public var code: String
    public var name: String
    public var nameZh: String?
    public var currency: String?
    public var figures: [Int]
  }

  /// Figures of a word such as `R3`; nil is unknown.
  public struct Count: Sendable, Hashable {
    public var word: String?
    public var figures: [Int]
  }

  /// Of programmes: budget, invested, returned, lost, cost of what is held, committed and undrawn.
  public var programmes: [Line]
  /// Year and currency; invested and returned.
  public var years: [Year]
  /// Firms by stage, and by risk class.
  public var stages: [Count]
  public var risks: [Count]
  /// Of institutes: firms, those that are funded, steps of TRL, days that they took.
  public var institutes: [Line]
  /// Projects in incubation by TRL.
  public var incubation: [Count]
  /// Investors by tolerance; and what they have left by tolerance and currency.
  public var funds: [Count]
  public var budgets: [Budget]
  /// Of scenarios: places, firms on trial, pilots passed, failed and abandoned.
  public var scenarios: [Line]
  /// By kind: positive, conditional, negative, open, expired.
  public var reviews: [Count]
  /// Of roadshows: firms, investors; meetings planned, met, mutual, invested.
  public var roadshows: [Line]

  public struct Year: Sendable, Hashable {
    public var year: Int
    public var currency: String
    public var invested: Int
    public var returned: Int
  }

  public struct Budget: Sendable, Hashable {
    public var tolerance: String?
    public var currency: String
    public var left: Int
  }
}

/// Figures of a city as they were on a day, from records that are dated.
public enum CityReportStore {
  /// In a transaction that reads repeatably, so that all are of one moment.
  ///
  /// A firm is as its newest milestone not later than the day says, an investor as its newest standing, a programme as its
  /// ledger. What has no dates has always been there; what was retired was there until it was. Linear in what is stored.
  public static func figures(on day: Day, in session: Session) throws -> CityFigures {
    let firms = try session.query(CityReportStatements.Firms(day: day))
    func counts(_ word: KeyPath<CityReportStatements.Firms.Group, String?>) -> [CityFigures.Count] {
      Dictionary(grouping: firms, by: { $0[keyPath: word] }).map { word, groups in
        CityFigures.Count(word: word, figures: [groups.reduce(0) { $0 + $1.count }])
      }
    }
    return CityFigures(
      programmes: try session.query(CityReportStatements.Programmes(day: day)),
      years: try session.query(CityReportStatements.Years(day: day)), stages: counts(\.stage),
      risks: counts(\.risk), institutes: try session.query(CityReportStatements.Institutes(day: day)),
      incubation: try session.query(CityReportStatements.Incubation(day: day)),
      funds: try session.query(CityReportStatements.Funds(day: day)),
      budgets: try session.query(CityReportStatements.Budgets(day: day)),
      scenarios: try session.query(CityReportStatements.Scenarios(day: day)),
      reviews: try session.query(CityReportStatements.Reviews(day: day)),
      roadshows: try session.query(CityReportStatements.Roadshows(day: day)))
  }
}
