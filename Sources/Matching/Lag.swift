/// What has changed in the registry since lists were ranked, by persistent ids.
public struct Lag: Sendable, Hashable {
  /// Candidates whose own rows, rounds or holders have changed, new ones included.
  public var candidates: Set<Int32> = []
  /// Investors whose own rows or holdings have changed, new ones included.
  public var investors: Set<Int32> = []
  /// Whether something has changed that every list may depend on: the policy, the day, sectors, exchange rates, what
  /// is a country, or more than was kept track of.
  public var isTotal = false

  public init() {}

  public var isEmpty: Bool { !isTotal && candidates.isEmpty && investors.isEmpty }

  /// Changed candidates from which on ranking everybody is quicker than looking for whom each of them concerns.
  private static let manyCandidates = 256

  /// Whether everybody is to be ranked anew.
  public var isWide: Bool { isTotal || candidates.count > Self.manyCandidates }

  /// Adds a change, which has led from one snapshot to the next.
  public mutating func add(_ change: SnapshotChange, from old: Snapshot, to new: Snapshot) {
    candidates.formUnion(change.candidates.lazy.map(\.id))
    candidates.formUnion(change.rounds.keys)
    investors.formUnion(change.investors.lazy.map(\.id))
    investors.formUnion(change.holdings.keys)
    // A word that has become a country, or is none any more, changes what mandates that name it say of others.
    if !old.hasSameCountries(new) { isTotal = true }
  }
}

extension Snapshot {
  /// Both must come from one another by ``replacing(_:)``, which keeps the numbers of words.
  fileprivate func hasSameCountries(_ new: Snapshot) -> Bool {
    for fold in 0..<max(isCountry.count, new.isCountry.count) {
      let (was, isNow) = (
        fold < isCountry.count && isCountry[fold], fold < new.isCountry.count && new.isCountry[fold]
      )
      if was != isNow { return false }
    }
    return true
  }
}
