/// What has become of a meeting of a roadshow.
public enum MeetingState: String, Sendable, CaseIterable, Hashable {
  case planned
  /// Called off: it is in no plan that is made from now on.
  case cancelled
  case met
  /// One of the two did not come.
  case noShow = "no_show"
}
