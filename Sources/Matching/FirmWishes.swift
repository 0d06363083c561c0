/// What a firm wishes of its investors.
public struct FirmWishes: Sendable, Hashable {
  /// Whether it looks for a lead; nil where it does not say.
  public var seeksLead: Bool?
  /// Words of an investor's field `kind`.
  public var wantedKinds: [String]
  /// Codes of investors, here and below: that of a house names all below it, one that nobody has names nobody.
  public var wantedInvestors: [String]
  /// Whom it never wants to be introduced to.
  public var unwantedInvestors: [String]

  public init(
    seeksLead: Bool? = nil, wantedKinds: [String] = [], wantedInvestors: [String] = [],
    unwantedInvestors: [String] = []
  ) {
    self.seeksLead = seeksLead
    self.wantedKinds = wantedKinds
    self.wantedInvestors = wantedInvestors
    self.unwantedInvestors = unwantedInvestors
  }
}
