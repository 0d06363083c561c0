/// What a participant wishes of one of the other side.
public enum Wish: String, Sendable, Hashable, CaseIterable {
  case mustMeet = "must_meet"
  case meet
  /// Forbids a meeting, whatever the other one wishes.
  case noThanks = "no_thanks"
}
