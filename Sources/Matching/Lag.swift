/// What has changed in the registry since lists were ranked, by persistent ids.
public struct Lag: Sendable, Hashable {
  /// Candidates whose own rows, rounds or holders have changed, new ones included.
  public var candidates: Set<Int32>
  /// Investors whose own rows or holdings have changed, new ones included.
  public var investors: Set<Int32>
  /// Whether something has changed that every list may depend on: the day, sectors, exchange rates, or which words
  /// are countries (``Snapshot/countries``).
  public var isTotal: Bool

  public init(candidates: Set<Int32> = [], investors: Set<Int32> = [], isTotal: Bool = false) {
    self.candidates = candidates
    self.investors = investors
    self.isTotal = isTotal
  }

  public var isEmpty: Bool { !isTotal && candidates.isEmpty && investors.isEmpty }
}
