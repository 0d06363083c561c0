/// Who holds or held what: one entry a pair, however many purchases it took.
struct Positions: Sendable {
  struct Position: Sendable, Hashable {
    private let bits: UInt32

    init(firm: Int, isCurrent: Bool) { bits = UInt32(firm) << 1 | (isCurrent ? 1 : 0) }

    /// Index of the candidate.
    var firm: Int { Int(bits >> 1) }
    var isCurrent: Bool { bits & 1 == 1 }
  }

  /// By investor, in order of candidates.
  private(set) var ofInvestor: Ragged<Position>
  /// Investors by candidate, in order.
  private(set) var holders: Ragged<UInt32>

  /// A purchase, by indices.
  struct Purchase {
    var investor: Int
    var firm: Int
    var isCurrent: Bool
  }

  init(_ purchases: [Purchase], investors: Int, candidates: Int) {
    let pairs = Self.pairs(purchases)
    ofInvestor = Ragged.grouped(pairs, count: investors, filler: Position(firm: 0, isCurrent: false))
    let held = pairs.lazy.map { (entry: $0.item.firm, item: UInt32($0.entry)) }
    holders = Ragged.grouped(held, count: candidates, filler: 0)
  }

  /// Investors with what each holds or held, in order.
  private static func pairs(_ purchases: [Purchase]) -> [(entry: Int, item: Position)] {
    // One sort over packed purchases brings those of a pair together, a current one last.
    let packed = purchases.map {
      UInt64($0.investor) << 32 | UInt64($0.firm) << 1 | ($0.isCurrent ? 1 : 0)
    }.sorted()
    var pairs: [(entry: Int, item: Position)] = []
    pairs.reserveCapacity(packed.count)
    for (index, purchase) in packed.enumerated() {
      if index + 1 < packed.count, packed[index + 1] >> 1 == purchase >> 1 { continue }
      pairs.append(
        (
          Int(purchase >> 32),
          Position(firm: Int((purchase & 0xFFFF_FFFF) >> 1), isCurrent: purchase & 1 == 1)
        ))
    }
    return pairs
  }

  /// These with others in place of all that some investors hold, by index. A few copies of columns, where sorting all
  /// purchases of a large registry takes ten times as long.
  func replacing(_ investors: some Sequence<Int>, by purchases: [Purchase]) -> Positions {
    let fresh = Dictionary(grouping: Self.pairs(purchases), by: \.entry).mapValues { $0.map(\.item) }
    let changed = investors.map { (place: $0, entry: fresh[$0] ?? []) }
      .filter { !ofInvestor[$0.place].elementsEqual($0.entry) }.sorted { $0.place < $1.place }
    var holdersNow: [Int: Set<UInt32>] = [:]
    for (investor, positions) in changed {
      let old = Set(ofInvestor[investor].map(\.firm))
      for firm in old.symmetricDifference(positions.map(\.firm)) {
        holdersNow[firm, default: Set(holders[firm])].formSymmetricDifference([UInt32(investor)])
      }
    }
    var other = self
    other.ofInvestor = ofInvestor.replacing(changed)
    other.holders = holders.replacing(
      holdersNow.sorted { $0.key < $1.key }.map { (place: $0.key, entry: $0.value.sorted()) })
    return other
  }

  /// The same where rows have moved to other places.
  func moved(investors: Merge, candidates: Merge) -> Positions {
    guard investors.keepsOrder, candidates.keepsOrder else {
      let moved = purchases.map {
        Purchase(
          investor: investors.place(of: $0.investor), firm: candidates.place(of: $0.firm),
          isCurrent: $0.isCurrent)
      }
      return Positions(moved, investors: investors.count, candidates: candidates.count)
    }
    var other = self
    if !investors.isInPlace {
      other.ofInvestor = ofInvestor.moved(to: investors.places, count: investors.count)
      other.holders.replaceItems { UInt32(investors.places[Int($0)]) }
    }
    if !candidates.isInPlace {
      other.holders = other.holders.moved(to: candidates.places, count: candidates.count)
      other.ofInvestor.replaceItems { Position(firm: candidates.places[$0.firm], isCurrent: $0.isCurrent) }
    }
    return other
  }

  /// Candidates whose holders are others; both must be of the same rows.
  func changedHolders(_ other: Positions) -> [Int] {
    guard holders.items != other.holders.items || holders.starts != other.holders.starts else { return [] }
    return (0..<holders.count).filter { holders[$0] != other.holders[$0] }
  }

  /// All purchases as one a pair.
  private var purchases: [Purchase] {
    var all: [Purchase] = []
    all.reserveCapacity(ofInvestor.items.count)
    for investor in 0..<ofInvestor.count {
      for position in ofInvestor[investor] {
        all.append(.init(investor: investor, firm: position.firm, isCurrent: position.isCurrent))
      }
    }
    return all
  }
}
