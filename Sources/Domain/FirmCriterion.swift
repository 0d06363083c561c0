/// What the score of an investor in the eyes of a firm is made of: the exact sum of the points of these.
public enum FirmCriterion: UInt8, Sendable, CaseIterable {
  case lead, reach, value, limits, wishes

  /// The name in SQL and protocol.
  public var name: String {
    switch self {
    case .lead: "lead"
    case .reach: "reach"
    case .value: "value"
    case .limits: "limits"
    case .wishes: "wishes"
    }
  }
}
