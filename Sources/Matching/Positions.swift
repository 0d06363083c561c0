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
    ofInvestor = Ragged.grouped(pairs, count: investors, filler: Position(firm: 0, isCurrent: false))
    let held = pairs.lazy.map { (entry: $0.item.firm, item: UInt32($0.entry)) }
    holders = Ragged.grouped(held, count: candidates, filler: 0)
  }

  /// Candidates whose holders are others; both must be of the same rows.
  func changedHolders(_ other: Positions) -> [Int] {
    guard holders.items != other.holders.items || holders.starts != other.holders.starts else { return [] }
    return (0..<holders.count).filter { holders[$0] != other.holders[$0] }
  }

  /// All purchases as one a pair.
  var purchases: [Purchase] {
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
