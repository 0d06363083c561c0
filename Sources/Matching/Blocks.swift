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
/// 32 octets for each sector of each candidate and 4 for each of its holders there; made in time linear in them,
/// but for the sort of blocks that are divided.
struct Blocks: Sendable {
  /// A candidate in a block, with all that judges it but the block's own trait: candidates of a block are read one
  /// after the other, their facets would each be a miss of the cache.
  struct Slot: Sendable {
    /// Index.
    var candidate: UInt32
    /// Where its holders start; they end where those of the next slot start.
    var holders: UInt32 = 0
    // As in its facet.
    var readiness: Int32
    var place: UInt32
    var sectorList: UInt32
    var currency: UInt16
    var askClass: AskClass
    var ask: Int64

    init(candidate: UInt32, _ facet: Facet) {
      self.candidate = candidate
      readiness = facet.readiness
      place = facet.place
      sectorList = facet.sectorList
      currency = facet.currency
      askClass = AskClass(ask: facet.ask, currency: facet.currency)
      ask = facet.ask
    }
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

  /// The classes of the slots' asks, and the asks that each can have.
  private(set) var askClasses: [(number: AskClass, currency: Int, asks: ClosedRange<Int64>)] = []

  /// The best readiness of all.
  let readiness: Int32

  func primaryRole(_ sector: Int) -> Int { sector }
  func furtherRole(_ sector: Int) -> Int { sectorCount + sector }
  var roleWithoutSector: Int { 2 * sectorCount }

  init(facets: [Facet], sectorLists: SectorLists, sectorCount: Int, positions: Positions) {
    self.sectorCount = sectorCount
    readiness = facets.reduce(0) { max($0, $1.readiness) }
    let roleCount = 2 * sectorCount + 1
    let roles = Self.roles(sectorLists.all, sectorCount)
    // Two stable counting sorts: by falling readiness, then by role and trait.
    var starts = [UInt32](repeating: 0, count: roleCount * Trait.count + 1)
    for facet in facets where !Trait.isRetired(facet.trait) {
      for place in roles.range(Int(facet.sectorList)) {
        starts[Int(roles.items[place]) * Trait.count + Int(facet.trait) + 1] += 1
      }
    }
    for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
    placeSlots(facets, roles, starts)
    roleStarts.reserveCapacity(roleCount + 1)
    for role in 0..<roleCount {
      for cell in role * Trait.count..<(role + 1) * Trait.count where starts[cell] < starts[cell + 1] {
        divide(
          Int(starts[cell])..<Int(starts[cell + 1]), trait: UInt16(cell - role * Trait.count))
      }
      roleStarts.append(UInt32(blocks.count))
    }
    blocks.append(Block(end: slots.count))
    copyHolders(positions.holders)
    noteAskClasses()
  }

  /// By list of sectors, the roles in which a candidate with that list is found.
  private static func roles(_ lists: Ragged<UInt16>, _ sectorCount: Int) -> Ragged<UInt32> {
    var roles = Ragged<UInt32>()
    for list in 0..<lists.count {
      let sectors = lists[list]
      let further = sectors.dropFirst().map { UInt32(sectorCount) + UInt32($0) }
      roles.append([sectors.first.map { UInt32($0) } ?? UInt32(2 * sectorCount)] + further)
    }
    return roles
  }

  /// - Parameter starts: Of each cell of role and trait.
  private mutating func placeSlots(_ facets: [Facet], _ roles: Ragged<UInt32>, _ starts: [UInt32]) {
    let order = Self.byReadiness(facets)
    var next = starts
    let count = Int(starts[starts.count - 1])
    slots = [Slot](unsafeUninitializedCapacity: count) { slots, initialized in
      for candidate in order {
        let facet = facets[Int(candidate)]
        guard !Trait.isRetired(facet.trait) else { continue }
        let slot = Slot(candidate: candidate, facet)
        for place in roles.range(Int(facet.sectorList)) {
          let cell = Int(roles.items[place]) * Trait.count + Int(facet.trait)
          slots.initializeElement(at: Int(next[cell]), to: slot)
          next[cell] += 1
        }
      }
      initialized = count
    }
  }

  private mutating func copyHolders(_ column: Ragged<UInt32>) {
    var gathered: [Ragged<UInt32>.Gathered] = []
    holders.reserveCapacity(slots.reduce(0) { $0 + column.range(Int($1.candidate)).count })
    for start in stride(from: 0, to: slots.count, by: 1_024) {
      let part = start..<min(start + 1_024, slots.count)
      column.gather(slots[part].lazy.map { Int($0.candidate) }, into: &gathered)
      for (index, entry) in zip(part, gathered) {
        slots[index].holders = UInt32(holders.count)
        for place in entry.range { holders.append(column.items[place]) }
      }
    }
    var end = Slot(
      candidate: 0, Facet(ask: -1, readiness: 0, sectorList: 0, place: 0, trait: 0, currency: 0))
    end.holders = UInt32(holders.count)
    slots.append(end)
  }

  private mutating func noteAskClasses() {
    var isPresent = [Bool](repeating: false, count: Int(UInt16.max) + 1)
    for slot in slots { isPresent[Int(slot.askClass.number)] = true }
    for number in isPresent.indices where isPresent[number] {
      let askClass = AskClass(number: UInt16(number))
      if let currency = askClass.currency { askClasses.append((askClass, currency, askClass.asks)) }
    }
  }

  /// Makes blocks of slots that share a role and a trait, by ask and place where they are many.
  private mutating func divide(_ range: Range<Int>, trait: UInt16) {
    guard range.count > Self.undivided else { return blocks.append(Block(slots, range, trait)) }
    // The position last, so that each part keeps its order.
    let order = range.map { (slots[$0].magnitude, slots[$0].place, $0) }.sorted(by: <)
    let sorted = order.map { slots[$0.2] }
    slots.replaceSubrange(range, with: sorted)
    for run in runs(in: range, of: \.magnitude) {
      guard run.count <= Self.undivided else {
        for part in runs(in: run, of: \.place) { blocks.append(Block(slots, part, trait)) }
        continue
      }
      // Not divided by place, so in the order of readiness alone.
      slots[run].sort { ($1.readiness, $0.candidate) < ($0.readiness, $1.candidate) }
      blocks.append(Block(slots, run, trait))
    }
  }

  private func runs<Value: Equatable>(in range: Range<Int>, of value: KeyPath<Slot, Value>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let first = slots[start][keyPath: value]
      var end = start + 1
      while end < range.upperBound, slots[end][keyPath: value] == first { end += 1 }
      runs.append(start..<end)
      start = end
    }
    return runs
  }

  /// The candidates by falling readiness, then by index.
  private static func byReadiness(_ facets: [Facet]) -> [UInt32] {
    // There are fifteen values at most: four gaps of TRL or none known, by three steps of evidence.
    var values: [Int32] = []
    var counts: [UInt32] = []
    var ranks = [UInt8](repeating: 0, count: facets.count)
    for (candidate, facet) in facets.enumerated() {
      var rank = 0
      while rank < values.count, values[rank] != facet.readiness { rank += 1 }
      if rank == values.count {
        values.append(facet.readiness)
        counts.append(0)
      }
      ranks[candidate] = UInt8(rank)
      counts[rank] += 1
    }
    var places = counts
    var sum: UInt32 = 0
    for rank in values.indices.sorted(by: { values[$0] > values[$1] }) {
      places[rank] = sum
      sum += counts[rank]
    }
    return [UInt32](unsafeUninitializedCapacity: facets.count) { order, initialized in
      for (candidate, rank) in ranks.enumerated() {
        order.initializeElement(at: Int(places[Int(rank)]), to: UInt32(candidate))
        places[Int(rank)] += 1
      }
      initialized = facets.count
    }
  }
}

extension Blocks.Block {
  /// Of slots in their order, at least one.
  fileprivate init(_ slots: [Blocks.Slot], _ range: Range<Int>, _ trait: UInt16) {
    let first = slots[range.lowerBound]
    self.init(
      trait: trait, currency: first.currency, place: first.place, start: UInt32(range.lowerBound),
      readiness: first.readiness, candidate: first.candidate, asks: first.ask...first.ask)
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
  fileprivate init(end: Int) {
    self.init(trait: 0, currency: 0, place: 0, start: UInt32(end), readiness: 0, candidate: 0, asks: 0...0)
  }
}

extension Blocks.Slot {
  /// What divides blocks by asks: the currency, and how many binary digits the ask has; 0 for no ask.
  fileprivate var magnitude: UInt32 {
    ask < 0 ? 0 : UInt32(currency) << 8 | UInt32(64 - ask.leadingZeroBitCount + 1)
  }
}
