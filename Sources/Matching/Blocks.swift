/// The candidates once more, grouped so that most of them need never be read.
///
/// A block holds candidates that share a sector in the same role (their primary one, or a further one) and a trait;
/// where these are many, also the order of magnitude of the ask, and where they are still many, the place. What a
/// mandate gives to what they share it gives all of a block, so that a few additions bound the score of everything in
/// it. Within a block the best readiness comes first, then the lowest index, so that the first candidate that cannot
/// count any more ends it. A candidate of several sectors stands in a block for each; its best one finds it, and the exact
/// score is taken from the candidate itself. (Upper bounds by blocks of lists in order of impact: V. N. Anh and A. Moffat, "Pruned query evaluation using pre-computed
/// impacts", SIGIR 2006; S. Ding and T. Suel, "Faster top-k document retrieval using block-max indexes", SIGIR
/// 2011.)
///
/// 32 octets for each sector of each candidate and 4 for each of its holders there; made in time linear in them,
/// but for the sort of blocks that are divided.
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
    /// As in a facet; `mixed` where it holds several.
    var currency: UInt16
    /// `mixed` where it holds several.
    var place: UInt32
    /// Of its slots.
    var start: UInt32
    // Of its first slot: the best readiness, and among those the first candidate.
    var readiness: Int32
    var candidate: UInt32
    /// The lowest and the highest ask, where the currency is one.
    var asks: ClosedRange<Int64>

    static let mixedCurrency = UInt16.max
    static let mixedPlace = UInt32.max
  }

  /// Candidates up to which a block is not divided further.
  private static let undivided = 2048

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
    roleStarts.reserveCapacity(roles + 1)
    for role in 0..<roles {
      for cell in role * Trait.count..<(role + 1) * Trait.count where starts[cell] < starts[cell + 1] {
        divide(Int(starts[cell])..<Int(starts[cell + 1]))
      }
      roleStarts.append(UInt32(blocks.count))
    }
    blocks.append(Block(slots[(slots.count - 1)...]))
    copyHolders(positions.holders)
    slots[slots.count - 1].holders = UInt32(holders.count)
  }

  private mutating func copyHolders(_ column: Ragged<UInt32>) {
    var ranges: [Range<Int>] = []
    holders.reserveCapacity(slots.reduce(0) { $0 + column.range(Int($1.candidate)).count })
    for start in stride(from: 0, to: slots.count - 1, by: 1_024) {
      let part = start..<min(start + 1_024, slots.count - 1)
      column.gather(slots[part].lazy.map { Int($0.candidate) }, into: &ranges)
      for (index, range) in zip(part, ranges) {
        slots[index].holders = UInt32(holders.count)
        for place in range { holders.append(column.items[place]) }
      }
    }
  }

  /// Makes blocks of slots that share a role and a trait, by ask and place where they are many.
  private mutating func divide(_ range: Range<Int>) {
    guard range.count > Self.undivided else { return blocks.append(Block(slots[range])) }
    // The position last, so that each part keeps its order.
    let order = range.map { (slots[$0].facet.magnitude, slots[$0].facet.place, $0) }.sorted(by: <)
    let sorted = order.map { slots[$0.2] }
    slots.replaceSubrange(range, with: sorted)
    for run in runs(in: range, of: \.magnitude) {
      guard run.count <= Self.undivided else {
        for part in runs(in: run, of: \.place) { blocks.append(Block(slots[part])) }
        continue
      }
      // Not divided by place, so in the order of readiness alone.
      slots[run].sort { ($1.facet.readiness, $0.candidate) < ($0.facet.readiness, $1.candidate) }
      blocks.append(Block(slots[run]))
    }
  }

  private func runs<Value: Equatable>(in range: Range<Int>, of value: KeyPath<Facet, Value>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let first = slots[start].facet[keyPath: value]
      var end = start + 1
      while end < range.upperBound, slots[end].facet[keyPath: value] == first { end += 1 }
      runs.append(start..<end)
      start = end
    }
    return runs
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
    // There are fifteen at most: four gaps of TRL or none known, by three steps of evidence.
    let values = counts.keys.sorted(by: >)
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

extension Blocks.Block {
  /// Of slots in their order, at least one.
  fileprivate init(_ slots: ArraySlice<Blocks.Slot>) {
    let first = slots.first!
    self.init(
      trait: first.facet.trait, currency: first.facet.currency, place: first.facet.place,
      start: UInt32(slots.startIndex), readiness: first.facet.readiness, candidate: first.candidate,
      asks: first.facet.ask...first.facet.ask)
    for slot in slots {
      if slot.facet.currency != currency || (slot.facet.ask < 0) != (asks.lowerBound < 0) {
        currency = Self.mixedCurrency
      }
      if slot.facet.place != place { place = Self.mixedPlace }
      asks = min(asks.lowerBound, slot.facet.ask)...max(asks.upperBound, slot.facet.ask)
    }
  }
}

extension Facet {
  /// What divides blocks by asks: the currency, and how many binary digits the ask has; 0 for no ask.
  fileprivate var magnitude: UInt32 {
    ask < 0 ? 0 : UInt32(currency) << 8 | UInt32(64 - ask.leadingZeroBitCount + 1)
  }
}
