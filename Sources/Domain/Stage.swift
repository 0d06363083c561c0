/// Where a firm stands on its way, from before its first money to the stock exchange.
///
/// The stage is what the firm says of itself; its history of rounds is kept apart from it.
public enum Stage: UInt8, Sendable, CaseIterable, Comparable {
  case preSeed, angel, seed, seriesA, seriesB, seriesC, seriesD, growth, preIPO, `public`

  /// The name in SQL and protocol.
  public var name: String { Self.names[Int(rawValue)] }

  /// All names, in order of the stages.
  public static let names = [
    "pre_seed", "angel", "seed", "series_a", "series_b", "series_c", "series_d", "growth", "pre_ipo",
    "public",
  ]

  public init?(name: some StringProtocol) {
    guard let index = Self.names.firstIndex(where: { $0 == name }) else { return nil }
    self = Self.allCases[index]
  }

  public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
}
