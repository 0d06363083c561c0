/// The candidates once more, grouped so that most of them need never be read.
///
/// A block holds the candidates that share a sector in the same role (their primary one, or a further one) and a
/// trait, best readiness first, then in order of index. What a mandate gives a sector in a role and a trait it
/// gives all of a block, so that one addition bounds the score of everything in it; and since readiness falls
/// within a block, the first candidate that cannot count any more ends it. A candidate of several sectors stands in
/// a block for each; its best one finds it, and the exact score is taken from the candidate itself. (Upper bounds by
/// blocks of lists in order of impact: V. N. Anh and A. Moffat, "Pruned query evaluation using pre-computed
/// impacts", SIGIR 2006; S. Ding and T. Suel, "Faster top-k document retrieval using block-max indexes", SIGIR
/// 2011.)
///
/// 32 octets for each sector of each candidate and 4 for each of its holders there; made in time linear in them.
struct Blocks: Sendable {
  /// A candidate in a block, with all that judges it but the block's own trait: candidates of a block are read one
  /// after the other, their facets would each be a miss of the cache.
  struct Slot: Sendable {
    /// Index.
    var candidate: UInt32
    /// Where its holders start; they end where those of the next slot start.
    var holders: UInt32
    var facet: Facet

    static let end = Slot(
      candidate: 0, holders: 0,
      facet: Facet(ask: -1, readiness: 0, sectorList: 0, place: 0, trait: 0, currency: 0))
  }

  struct Block: Sendable {
    var trait: UInt16
    /// Of its slots.
    var start: UInt32
    // Of its first slot: the best readiness, and among those the first candidate.
    var readiness: Int32
    var candidate: UInt32
  }

  /// Sectors of the tree. Role `sector` is a primary sector, `sectorCount + sector` a further one, and the last
  /// one is that of candidates without a sector.
  let sectorCount: Int
  /// By role, where its blocks start, and the end of the last.
  private(set) var roleStarts: [UInt32] = [0]
  /// In order of role and trait, and one past the last, for its start.
  private(set) var blocks: [Block] = []
  /// One more at the end.
  private(set) var slots: [Slot] = []
  /// Who holds or has held the candidate of a slot, by index, in the order of the slots: they are read together.
  private(set) var holders: [UInt32] = []

  /// The best readiness of all.
  let readiness: Int32

  var roleCount: Int { roleStarts.count - 1 }
  var roleWithoutSector: Int { 2 * sectorCount }

  init(facets: [Facet], sectorLists: SectorLists, sectorCount: Int, positions: Positions) {
    self.sectorCount = sectorCount
    readiness = facets.reduce(0) { max($0, $1.readiness) }
    let roles = 2 * sectorCount + 1
    let lists = sectorLists.all
    // Two stable counting sorts: by falling readiness, then by role and trait.
    let order = Self.byReadiness(facets)
    var starts = [UInt32](repeating: 0, count: roles * Trait.count + 1)
    func forEachCell(_ facet: Facet, _ body: (Int) -> Void) {
      let list = lists.range(Int(facet.sectorList))
      let trait = Int(facet.trait)
      if list.isEmpty { return body(2 * sectorCount * Trait.count + trait) }
      for place in list {
        let sector = Int(lists.items[place])
        body((place == list.lowerBound ? sector : sectorCount + sector) * Trait.count + trait)
      }
    }
    for facet in facets where !Trait.isRetired(facet.trait) { forEachCell(facet) { starts[$0 + 1] += 1 } }
    for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
    var next = starts
    slots = [Slot](repeating: .end, count: Int(starts[starts.count - 1]) + 1)
    for candidate in order {
      let facet = facets[Int(candidate)]
      guard !Trait.isRetired(facet.trait) else { continue }
      let slot = Slot(candidate: candidate, holders: 0, facet: facet)
      forEachCell(facet) { cell in
        slots[Int(next[cell])] = slot
        next[cell] += 1
      }
    }
    for index in slots.indices.dropLast() {
      slots[index].holders = UInt32(holders.count)
      holders.append(contentsOf: positions.holders[Int(slots[index].candidate)])
    }
    slots[slots.count - 1].holders = UInt32(holders.count)
    roleStarts.reserveCapacity(roles + 1)
    for role in 0..<roles {
      for trait in 0..<Trait.count {
        let start = starts[role * Trait.count + trait]
        guard start < starts[role * Trait.count + trait + 1] else { continue }
        let first = slots[Int(start)]
        blocks.append(
          Block(
            trait: UInt16(trait), start: start, readiness: first.facet.readiness, candidate: first.candidate))
      }
      roleStarts.append(UInt32(blocks.count))
    }
    blocks.append(Block(trait: 0, start: UInt32(slots.count - 1), readiness: 0, candidate: 0))
  }

  /// The candidates by falling readiness, then by index.
  private static func byReadiness(_ facets: [Facet]) -> [UInt32] {
    var counts: [Int32: UInt32] = [:]
    var last: (readiness: Int32, count: UInt32) = (-1, 0)
    for facet in facets {
      if facet.readiness != last.readiness {
        if last.count > 0 { counts[last.readiness, default: 0] += last.count }
        last = (facet.readiness, 0)
      }
      last.count += 1
    }
    if last.count > 0 { counts[last.readiness, default: 0] += last.count }
    var values = counts.keys.sorted(by: >)
    // There are twelve at most: four gaps of TRL or none, by three steps of evidence.
    if values.isEmpty { values = [0] }
    var places: [UInt32] = []
    var sum: UInt32 = 0
    for value in values {
      places.append(sum)
      sum += counts[value] ?? 0
    }
    var order = [UInt32](repeating: 0, count: facets.count)
    for (candidate, facet) in facets.enumerated() {
      let rank = values.firstIndex(of: facet.readiness)!
      order[Int(places[rank])] = UInt32(candidate)
      places[rank] += 1
    }
    return order
  }
}
