/// How well an investor and a firm match, as far as they do; pairs that are not named have nothing in common.
public struct PlanningScore: Sendable, Hashable {
  /// Which of the investors of the request.
  public var investor: Int
  /// Which of the firms of the request.
  public var firm: Int
  /// In millionths, 0…1,000,000.
  public var value: Int

  public init(investor: Int, firm: Int, value: Int) {
    self.investor = investor
    self.firm = firm
    self.value = value
  }

  /// The greatest score.
  public static let most = 1_000_000
}
