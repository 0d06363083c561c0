/// A step on the way of a firm before which the policy may need evidence.
public enum RelayStep: String, Sendable, CaseIterable, Hashable {
  /// A programme commits to it or buys of it.
  case stake
  case termSheet = "term_sheet"
  case invested
  /// A programme sells its stake.
  case handover

  public static let names = allCases.map(\.rawValue)
}
