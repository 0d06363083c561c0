/// Whether it is still open who gets a place.
public enum Standing: Sendable, Hashable, CaseIterable {
  case open
  /// Has a place in any case.
  case guaranteed
  /// Has none in any case.
  case excluded
}

/// Why places cannot be given as asked for.
public enum PlacesProblem: Error, Hashable {
  /// More have a guaranteed place than there are places.
  case tooManyGuaranteed(Int, places: Int)
  /// More of one institute or house have a guaranteed place than it may have.
  case tooManyGuaranteedOf(group: String, Int, most: Int)
}
