/// The candidates once more, grouped so that most of them need never be read.
///
/// A block holds candidates that share a sector in the same role (their primary one, or a further one) and a trait;
/// where these are many, also the order of magnitude of the ask, and where they are still many, the place. What a
/// mandate gives to what they share it gives all of a block, so that a few additions bound the score of everything in
/// it. Within a block the best readiness comes first, then the lowest index, so that the first candidate that cannot
/// count any more ends it. A candidate of several sectors stands in a block for each; its best one finds it, and the
/// exact score is taken from the candidate itself. (Upper bounds by blocks of lists in order of impact: V. N. Anh and
/// A. Moffat, "Pruned query evaluation using pre-computed impacts", SIGIR 2006; S. Ding and T. Suel, "Faster top-k
/// document retrieval using block-max indexes", SIGIR 2011.)
///
/// 32 octets for each sector of each candidate and 4 for each of its holders there, filled up to eights.
/// ``BlockWork`` makes them.
struct Blocks: Sendable {
  /// A candidate in a block, with all that judges it but the block's own trait: candidates of a block are read one
  /// after the other, their facets would each be a miss of the cache.
  struct Slot: Sendable {
    /// Readiness and index as a key of ``BestFew``: slots of a block stand in falling order.
    var order: Int64
    var ask: Int64
    /// Where its holders start; they end where those of the next slot start.
    var holders: UInt32
    // As in its facet.
    var place: UInt32
    var sectorList: UInt32
    var currency: UInt16
    var askClass: AskClass

    var candidate: Int { Int(BestFew.candidate(order)) }
  }

  struct Block: Sendable {
    var trait: UInt16
    /// As in a facet; `mixed` where it holds several.
    var currency: UInt16
    /// `mixed` where it holds several.
    var place: UInt32
    /// Of its slots.
    var start: UInt32
    /// Of its first slot: the best readiness, and among those the first candidate.
    var order: Int64
    /// The lowest and the highest ask, where the currency is one.
    var asks: ClosedRange<Int64>

    static let mixedCurrency = UInt16.max
    static let mixedPlace = UInt32.max
  }

  /// By role.
  let roles: [BlocksOfRole]
  /// By role, the best readiness; ``Mandate/vetoed`` where nobody has the role.
  let readiness: [Int32]
  /// The best one of all.
  let mostReadiness: Int32

  init(roles: [BlocksOfRole]) {
    self.roles = roles
    readiness = roles.map(\.readiness)
    mostReadiness = readiness.max() ?? Mandate.vetoed
  }

  /// The first of the roles that have a further sector.
  var firstFurtherRole: Int { roles.count / 2 + 1 }
}

/// Numbers of roles: primary sectors, none, and further sectors.
enum SectorRole {
  static func count(sectors: Int) -> Int { 2 * sectors + 1 }
  static func primary(_ sector: Int) -> Int { sector }
  static func none(sectors: Int) -> Int { sectors }
  static func further(_ sector: Int, sectors: Int) -> Int { sectors + 1 + sector }
}

extension Blocks.Slot {
  init(candidate: UInt32, _ facet: Facet) {
    order = BestFew.key(facet.readiness, candidate)
    ask = facet.ask
    holders = 0
    place = facet.place
    sectorList = facet.sectorList
    currency = facet.currency
    askClass = AskClass(ask: facet.ask, currency: facet.currency)
  }

  /// Past the last one.
  init(endOfHolders: Int) {
    self.init(
      candidate: 0, Facet(ask: -1, readiness: 0, sectorList: 0, place: 0, trait: 0, currency: 0))
    holders = UInt32(endOfHolders)
  }

  /// What divides blocks by asks: the currency, and how many binary digits the ask has; 0 for no ask.
  var magnitude: UInt32 {
    ask < 0 ? 0 : UInt32(currency) << 8 | UInt32(64 - ask.leadingZeroBitCount + 1)
  }
}

extension Blocks.Block {
  /// Of slots in their order, at least one.
  init(_ slots: [Blocks.Slot], _ range: Range<Int>, trait: UInt16) {
    let first = slots[range.lowerBound]
    self.init(
      trait: trait, currency: first.currency, place: first.place, start: UInt32(range.lowerBound),
      order: first.order, asks: first.ask...first.ask)
    var (low, high) = (first.ask, first.ask)
    for index in range {
      let slot = slots[index]
      if slot.currency != currency || (slot.ask < 0) != (low < 0) { currency = Self.mixedCurrency }
      if slot.place != place { place = Self.mixedPlace }
      (low, high) = (min(low, slot.ask), max(high, slot.ask))
    }
    asks = low...high
  }

  /// Past the last one.
  init(end: Int) {
    self.init(trait: 0, currency: 0, place: 0, start: UInt32(end), order: 0, asks: 0...0)
  }
}
