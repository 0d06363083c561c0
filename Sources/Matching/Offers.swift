/// What investors offer to firms, investor by investor: the pairs that may come about. 12 octets an offer.
public struct Offers: Sendable {
  /// What an investor and a firm would be to each other.
  public struct Offer: Sendable, Hashable {
    /// Number of the firm. Among equal scores an investor prefers the lower one.
    public var firm: Int32
    /// What the firm is to the investor.
    public var investorScore: Int32
    /// What the investor is to the firm.
    public var firmScore: Int32

    public init(firm: Int32, investorScore: Int32, firmScore: Int32) {
      self.firm = firm
      self.investorScore = investorScore
      self.firmScore = firmScore
    }
  }

  public let firmCount: Int
  /// Where the offers of each investor start, and the end of the last.
  private(set) var starts: [Int32] = [0]
  private(set) var all: [Offer] = []

  /// - Parameter firmCount: Firms are numbered below it.
  public init(firmCount: Int) { self.firmCount = firmCount }

  public var investorCount: Int { starts.count - 1 }
  public var count: Int { all.count }

  mutating func reserve(investors: Int, offers: Int) {
    starts.reserveCapacity(investors + 1)
    all.reserveCapacity(offers)
  }

  /// Adds those of the next investor, at most one to a firm. Quick where they come in its order of preference.
  public mutating func append(_ offers: some Collection<Offer>) {
    if zip(offers, offers.dropFirst()).allSatisfy({ Self.precedes($0, $1) }) {
      all.append(contentsOf: offers)
    } else {
      all.append(contentsOf: offers.sorted(by: Self.precedes))
    }
    starts.append(Int32(all.count))
  }

  /// Where the offers of an investor stand among all, the one it prefers first.
  public func places(of investor: Int) -> Range<Int> { Int(starts[investor])..<Int(starts[investor + 1]) }

  public subscript(place: Int) -> Offer { all[place] }

  private static func precedes(_ one: Offer, _ other: Offer) -> Bool {
    one.investorScore != other.investorScore ? one.investorScore > other.investorScore : one.firm < other.firm
  }
}
