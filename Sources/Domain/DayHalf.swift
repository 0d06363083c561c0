/// A half of a day, as people ask for it.
public enum DayHalf: String, Sendable, CaseIterable, Hashable {
  case morning, afternoon

  public static let names = allCases.map(\.rawValue)

  /// The minute of a day from which it is afternoon: lunch is late on days like these.
  static let noon = 13 * 60
}
