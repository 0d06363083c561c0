/// What a participant of a roadshow wishes of one of the other side.
public enum Wish: String, Sendable, CaseIterable, Hashable {
  case mustMeet = "must_meet"
  case meet
  /// It does not want to meet it. The other side is never told.
  case noThanks = "no_thanks"

  public static let names = allCases.map(\.rawValue)
}
