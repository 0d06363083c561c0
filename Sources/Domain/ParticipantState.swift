/// How a participant of a roadshow is placed to take part.
public enum ParticipantState: String, Sendable, CaseIterable, Hashable {
  case enrolled
  /// Takes no part any more. What it has entered is kept, should it come back.
  case withdrawn
  /// On the day: it is there, comes later, or has not come.
  case checkedIn = "checked_in"
  case late
  case noShow = "no_show"
}
