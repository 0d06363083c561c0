import Domain

/// What a line-up is chosen by that the picture of the registry does not have.
public enum LineUpStore {
  /// The institute of each of these firms that has one.
  public static func institutes(of firms: [String], in session: Session) throws -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: try session.query(LineUpStatements.Institutes(firms: firms)).map {
        ($0.firm, $0.institute)
      })
  }

  /// How often each of these firms had one of the first places, by the published plans of roadshows that began before this one;
  /// none for never.
  public static func earlyPlaces(
    of firms: [String], upTo place: Int, before roadshow: String, in session: Session
  ) throws -> [String: Int] {
    let found = try session.query(
      LineUpStatements.EarlyPlaces(roadshow: roadshow, firms: firms, places: place))
    return Dictionary(uniqueKeysWithValues: found.map { ($0.firm, $0.count) })
  }
}
