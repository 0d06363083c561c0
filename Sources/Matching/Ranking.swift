/// A place on a deal list.
public struct Deal: Sendable, Hashable {
  /// Id of the candidate.
  public var candidate: Int32
  /// Millionths.
  public var score: Int32

  public init(candidate: Int32, score: Int32) {
    self.candidate = candidate
    self.score = score
  }
}

extension Mandate {
  /// The best candidates that no veto keeps off, best first, ties in order of code and kind: exactly those of
  /// ``topByScan(_:)``. Reads the blocks whose bound is above the worst of the best so far, and within them the
  /// candidates until one cannot count any more.
  public mutating func top(_ k: Int) -> [Deal] {
    guard !isClosed, k > 0 else { return [] }
    var best = BestFew(limit: min(k, scorer.snapshot.candidateCount))
    beginSearch()
    // What blocks do not know of comes after them.
    for exception in exceptions { judged[Int(exception.candidate)] = search }
    let made = scorer.blocks
    var stale = made.stale
    stale.removeAll { judged[Int($0)] == search }
    for candidate in stale { judged[Int(candidate)] = search }
    searchBlocks(made.blocks, &best)
    let most = mostOfException
    for exception in exceptions where !exception.isVetoed {
      // Few come so far, and rows that need not wait for one another are read together.
      let facet = scorer.facets[Int(exception.candidate)]
      let bound = facet.readiness &+ traitBounds[Int(facet.trait)] &+ placePoints[Int(facet.place)] &+ most
      if BestFew.key(bound, exception.candidate) > best.threshold { offer(exception, &best) }
    }
    for candidate in stale { offer(Exception(candidate: candidate), &best) }
    return deals(best)
  }

  /// What ``top(_:)`` gives, by reading every candidate once; O(candidates · log k).
  public func topByScan(_ k: Int) -> [Deal] {
    guard !isClosed, k > 0 else { return [] }
    var best = BestFew(limit: min(k, scorer.snapshot.candidateCount))
    var rest = exceptions.sorted { $0.candidate < $1.candidate }[...]
    for candidate in 0..<UInt32(scorer.snapshot.candidateCount) {
      var exception = Exception(candidate: candidate)
      if let next = rest.first, next.candidate == candidate {
        exception = rest.removeFirst()
        // One that is held and excluded is listed once, excluded ones twice where they are named twice.
        while rest.first?.candidate == candidate { rest.removeFirst() }
      }
      offer(exception, &best)
    }
    return deals(best)
  }

  /// What an exception has beside readiness, trait and place at most.
  private var mostOfException: Int32 {
    max(unknownSectorPoints, Self.most(primaryPoints), Self.most(furtherPoints))
      + max(unknownTicketPoints, fullTicketPoints) + max(0, unknownCoInvestorPoints)
  }

  private func offer(_ exception: Exception, _ best: inout BestFew) {
    if let score = score(exception) { best.offer(BestFew.key(score, exception.candidate)) }
  }

  private func deals(_ best: BestFew) -> [Deal] {
    best.inOrder.map { Deal(candidate: scorer.snapshot.candidateID(at: $0.candidate), score: $0.score) }
  }

  private mutating func beginSearch() {
    search &+= 1
    guard search == 0 else { return }
    for index in judged.indices { judged[index] = 0 }
    search = 1
  }

  /// Reads the blocks near the best first, so that the rest meets a high bar.
  private mutating func searchBlocks(_ blocks: Blocks, _ best: inout BestFew) {
    compileAskBounds(blocks)
    let bounds = Bounds(
      place: Self.most(placePoints), trait: Self.most(traitBounds),
      sector: max(unknownSectorPoints, Self.most(primaryPoints)),
      ticket: max(unknownTicketPoints, fullTicketPoints), readiness: blocks.readiness)
    guard bounds.place >= 0, bounds.trait >= 0 else { return }
    // Room that all roles share, since making it takes as long as reading some.
    var survivors = Survivors(repeating: Survivor())
    for isFirstPass in [true, false] {
      let bar = isFirstPass ? bounds.nearSector : 0
      for sector in 0..<blocks.sectorCount where primaryPoints[sector] >= bar {
        searchRole(
          blocks.primaryRole(sector), primaryPoints[sector], blocks, bounds, isFirstPass, &survivors, &best)
      }
      if unknownSectorPoints >= bar {
        searchRole(
          blocks.roleWithoutSector, unknownSectorPoints, blocks, bounds, isFirstPass, &survivors, &best)
      }
      // A mandate without sectors gives all the same, so the primary one finds a candidate as well.
      guard hasSectors else { continue }
      for sector in 0..<blocks.sectorCount where furtherPoints[sector] >= bar {
        searchRole(
          blocks.furtherRole(sector), furtherPoints[sector], blocks, bounds, isFirstPass, &survivors, &best)
      }
    }
  }

  private static func most(_ points: [Int32]) -> Int32 { points.reduce(vetoed) { max($0, $1) } }

  /// What no candidate can exceed.
  private struct Bounds {
    var place: Int32
    var trait: Int32
    var sector: Int32
    var ticket: Int32
    var readiness: Int32

    /// What a block leaves open.
    var slack: Int32 { place &+ ticket }
    // From where on a block is read in the first pass.
    var nearSector: Int32 { sector &- sector >> 3 }
    var nearTrait: Int32 { trait &- trait >> 4 }
  }

  private mutating func searchRole(
    _ role: Int, _ rolePoints: Int32, _ blocks: Blocks, _ bounds: Bounds, _ isFirstPass: Bool,
    _ survivors: inout Survivors, _ best: inout BestFew
  ) {
    guard BestFew.key(rolePoints &+ bounds.trait &+ bounds.readiness &+ bounds.slack, 0) > best.threshold
    else { return }
    let end = blocks.roles[role].blocks.count - 1
    guard end > 0 else { return }
    let nearTrait = bounds.nearTrait
    let isNear = rolePoints >= bounds.nearSector
    // Spans need arrays that stay put. All numbers in blocks lie within the tables of their snapshot.
    let (blockColumn, slotColumn, holderColumn) = (
      blocks.roles[role].blocks, blocks.roles[role].slots, blocks.roles[role].holders
    )
    let (blockSpan, slots, holders) = (blockColumn.span, slotColumn.span, holderColumn.span)
    let (traitTable, placeTable, askTable, sharedTable) = (traitBounds, placePoints, askBounds, shared)
    let (traits, places, asks) = (traitTable.span, placeTable.span, askTable.span)
    let shared = sharedTable.span
    var threshold = best.threshold
    for index in 0..<end {
      let block = blockSpan[unchecked: index]
      let trait = traits[unchecked: Int(block.trait)]
      let base = rolePoints &+ trait
      guard base >= 0, (isNear && trait >= nearTrait) == isFirstPass,
        BestFew.raised(block.order, by: base &+ bounds.slack) > threshold
      else { continue }
      // What the slot of a candidate leaves open.
      let nearest =
        block.place == Blocks.Block.mixedPlace ? bounds.place : places[unchecked: Int(block.place)]
      let ticket = ticketBound(block)
      let slack = nearest &+ ticket
      guard nearest >= 0, ticket >= 0,
        BestFew.raised(block.order, by: base &+ slack) > threshold
      else { continue }
      let isFree = Trait.isFree(block.trait)
      var place = Int(block.start)
      var stop = Int(blockSpan[unchecked: index &+ 1].start)
      while place < stop {
        // Where the first of a few cannot count, nor can those behind it.
        let most = min(place &+ survivors.count, stop)
        var end = place &+ Self.together
        while end < most, BestFew.raised(slots[unchecked: end].order, by: base &+ slack) > threshold {
          end &+= Self.together
        }
        if end < most { stop = end }
        end = min(end, most)
        // First what a few loads tell, without branches that cannot be foreseen; then the rest for those that are left.
        var count = 0
        while place < end {
          let slot = slots[unchecked: place]
          let points =
            base &+ places[unchecked: Int(slot.place)] &+ asks[unchecked: Int(slot.askClass.number)]
          let key = BestFew.raised(slot.order, by: points)
          survivors[unchecked: count] = Survivor(key: key, place: place)
          count &+= key > threshold ? 1 : 0
          place &+= 1
        }
        if !isFree {
          count =
            Trait.isSignalled(block.trait)
            ? withSignals(&survivors, count, slots, holders, shared, threshold)
            : withCoInvestors(&survivors, count, slots, holders, shared, threshold)
        }
        judge(survivors.span, count, slots, asks, rolePoints, &best)
        threshold = best.threshold
      }
    }
  }

  /// Candidates of a block that are read without a look at the bar between them.
  private static let together = 16

  /// A candidate of a block: its key so far, and its slot.
  private struct Survivor {
    var key: Int64 = 0
    var place = 0
  }

  /// Candidates of a block that are looked at together.
  private typealias Survivors = InlineArray<64, Survivor>

  /// Counts the co-investors of the first so many, and gives how many are left, in front.
  @inline(__always)
  private func withCoInvestors(
    _ survivors: inout Survivors, _ offered: Int, _ slots: Span<Blocks.Slot>, _ holders: Span<UInt32>,
    _ shared: Span<UInt8>, _ threshold: Int64
  ) -> Int {
    var (count, number) = (0, 0)
    while number < offered {
      var survivor = survivors[unchecked: number]
      number &+= 1
      let range =
        Int(slots[unchecked: survivor.place].holders)..<Int(slots[unchecked: survivor.place &+ 1].holders)
      survivor.key = BestFew.raised(survivor.key, by: coInvestors(holders, range, shared))
      survivors[unchecked: count] = survivor
      count &+= survivor.key > threshold ? 1 : 0
    }
    return count
  }

  /// What ``withCoInvestors(_:_:_:_:_:_:)`` does, for candidates with state capital whose effect is known.
  @inline(never)
  private func withSignals(
    _ survivors: inout Survivors, _ offered: Int, _ slots: Span<Blocks.Slot>, _ holders: Span<UInt32>,
    _ shared: Span<UInt8>, _ threshold: Int64
  ) -> Int {
    var count = 0
    for number in 0..<offered {
      var survivor = survivors[number]
      let slot = slots[survivor.place]
      let range = Int(slot.holders)..<Int(slots[survivor.place + 1].holders)
      let counted = range.isEmpty ? unknownCoInvestorPoints : coInvestors(holders, range, shared)
      survivor.key = BestFew.raised(survivor.key, by: withSignal(counted, slot.candidate))
      survivors[count] = survivor
      if survivor.key > threshold { count += 1 }
    }
    return count
  }

  /// Works out the exact score of the first so many, and offers those that count.
  @inline(__always)
  private mutating func judge(
    _ survivors: Span<Survivor>, _ count: Int, _ slots: Span<Blocks.Slot>, _ asks: Span<Int32>,
    _ rolePoints: Int32, _ best: inout BestFew
  ) {
    var threshold = best.threshold
    var number = 0
    while number < count {
      let survivor = survivors[unchecked: number]
      number &+= 1
      let slot = slots[unchecked: survivor.place]
      let ticket = ticketPoints(ask: slot.ask, currency: Int(slot.currency))
      // Its best sector may be another one than that of the role; then it is found there as well.
      let more =
        ticket &- asks[unchecked: Int(slot.askClass.number)] &+ sectorPoints(Int(slot.sectorList))
        &- rolePoints
      let key = BestFew.raised(survivor.key, by: more)
      let candidate = Int(BestFew.candidate(key))
      guard key > threshold, judged[candidate] != search else { continue }
      judged[candidate] = search
      best.offer(key)
      threshold = best.threshold
    }
  }
}

/// The best so many of the candidates offered: a heap with the worst on top.
struct BestFew {
  private let limit: Int
  private var keys: [Int64] = []

  init(limit: Int) {
    self.limit = limit
    keys.reserveCapacity(limit)
  }

  /// Score in the high half, the complement of the index in the low one: the greater key ranks higher. Negative
  /// scores give negative keys, which no threshold lets pass.
  static func key(_ score: Int32, _ candidate: UInt32) -> Int64 {
    Int64(score) << 32 | Int64(~candidate)
  }

  /// The key of the same candidate with so many points more.
  static func raised(_ key: Int64, by points: Int32) -> Int64 { key &+ Int64(points) << 32 }

  static func candidate(_ key: Int64) -> UInt32 { ~UInt32(truncatingIfNeeded: key) }

  /// Only a key above this counts.
  var threshold: Int64 { keys.count < limit ? -1 : keys.first ?? .max }

  mutating func offer(_ key: Int64) {
    guard key > threshold else { return }
    if keys.count < limit {
      keys.append(key)
      siftUp()
    } else {
      siftDown(key)
    }
  }

  private mutating func siftUp() {
    var place = keys.count - 1
    let key = keys[place]
    while place > 0, keys[(place - 1) / 2] > key {
      keys[place] = keys[(place - 1) / 2]
      place = (place - 1) / 2
    }
    keys[place] = key
  }

  /// Puts a key in the place of the worst one.
  private mutating func siftDown(_ key: Int64) {
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < keys.count else { break }
      if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
      guard keys[child] < key else { break }
      keys[place] = keys[child]
      place = child
    }
    keys[place] = key
  }

  /// Best first.
  var inOrder: [(candidate: Int, score: Int32)] {
    keys.sorted().reversed().map { (Int(Self.candidate($0)), Int32($0 >> 32)) }
  }
}
