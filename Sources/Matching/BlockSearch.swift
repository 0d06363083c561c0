// How a mandate finds its best among the blocks. Whether a candidate counts can hardly be foreseen, so the loops over
// blocks, candidates and holders go on without a branch that depends on it, and keep in front what is left.

/// Candidates that one search after the other has judged.
struct Judged {
  /// Of the last search that has judged a candidate, its number.
  private var numbers: [UInt8]
  private var search: UInt8 = 0

  init(candidates: Int) { numbers = [UInt8](repeating: 0, count: candidates) }

  /// Begins the next search.
  mutating func begin() {
    search &+= 1
    guard search == 0 else { return }
    for index in numbers.indices { numbers[index] = 0 }
    search = 1
  }

  /// Whether this search sees the candidate for the first time.
  @inline(__always)
  mutating func insert(_ candidate: Int) -> Bool {
    guard numbers[candidate] != search else { return false }
    numbers[candidate] = search
    return true
  }
}

extension Mandate {
  /// Offers the candidates of the blocks that no search has judged, those near the best first, so that the rest meets a
  /// high bar.
  func search(_ blocks: Blocks, _ judged: inout Judged, _ best: inout BestFew) {
    let most = Most(
      place: Self.most(placePoints), trait: Self.most(traitBounds),
      sector: Self.most(rolePoints[..<blocks.firstFurtherRole]),
      ticket: max(unknownTicketPoints, fullTicketPoints))
    guard most.place >= 0, most.trait >= 0 else { return }
    // Room that all roles share, since making it takes as long as reading some.
    var found = Found()
    for isFirstPass in [true, false] {
      for role in akinRoles { search(blocks, role, most, isFirstPass, &found, &judged, &best) }
      let bound = otherRolePoints &+ most.trait &+ blocks.mostReadiness &+ most.slack
      guard BestFew.key(bound, 0) > best.threshold, !isFirstPass || otherRolePoints >= most.nearSector else {
        continue
      }
      // Without sectors all give the same, so the primary one finds a candidate as well.
      for role in 0..<(hasSectors ? blocks.roles.count : blocks.firstFurtherRole)
      where rolePoints[role] <= otherRolePoints {
        search(blocks, role, most, isFirstPass, &found, &judged, &best)
      }
    }
  }

  /// Offers the candidates of a role that belong to a pass, if any can count.
  private func search(
    _ blocks: Blocks, _ role: Int, _ most: Most, _ isFirstPass: Bool, _ found: inout Found,
    _ judged: inout Judged, _ best: inout BestFew
  ) {
    let points = rolePoints[role]
    let bound = points &+ most.trait &+ blocks.readiness[role] &+ most.slack
    guard BestFew.key(bound, 0) > best.threshold, !isFirstPass || points >= most.nearSector else { return }
    // As a span and a number: to pass a role would count references to its columns, the same ones on all threads.
    search(blocks.roles.span, role, points, most, isFirstPass, &found, &judged, &best)
  }

  static func most(_ points: some Sequence<Int32>) -> Int32 { points.reduce(vetoed) { max($0, $1) } }

  /// What no candidate can exceed.
  private struct Most {
    var place: Int32
    var trait: Int32
    /// Its primary one, or none: where a further one brings more, the primary one is vetoed with most candidates.
    var sector: Int32
    var ticket: Int32

    /// What a block leaves open.
    var slack: Int32 { place &+ ticket }
    // From where on a block is read in the first pass.
    var nearSector: Int32 { sector &- sector >> 4 }
    var nearTrait: Int32 { trait &- trait >> 5 }
  }

  /// Blocks of a role, and candidates of a block, that are looked at together.
  private struct Found {
    var blocks = InlineArray<64, UInt32>(repeating: 0)
    /// Of candidates: as keys of ``BestFew``, what they come to at most, as far as they have been judged.
    var keys = InlineArray<64, Int64>(repeating: 0)
    /// Their slots.
    var slots = InlineArray<64, UInt32>(repeating: 0)

    static var count: Int { 64 }
  }

  /// Offers the candidates of a role that belong to a pass.
  ///
  /// - Parameter points: What the role comes to.
  private func search(
    _ roles: Span<BlocksOfRole>, _ role: Int, _ points: Int32, _ most: Most, _ isFirstPass: Bool,
    _ found: inout Found, _ judged: inout Judged, _ best: inout BestFew
  ) {
    let (blocks, slots, holders) = (roles[role].blocks.span, roles[role].slots.span, roles[role].holders.span)
    let end = blocks.count - 1
    let nearTrait = points >= most.nearSector ? most.nearTrait : .max
    var next = 0
    while next < end {
      var count = 0
      let stop = min(next &+ Found.count, end)
      // All numbers in blocks lie within the tables of their snapshot.
      let traits = traitBounds.span
      while next < stop {
        let block = blocks[unchecked: next]
        let trait = traits[unchecked: Int(block.trait)]
        let bound = BestFew.raised(block.order, by: points &+ trait &+ most.slack)
        found.blocks[unchecked: count] = UInt32(truncatingIfNeeded: next)
        let isOfPass = (trait >= nearTrait) == isFirstPass
        count &+= isOfPass && bound > best.threshold ? 1 : 0
        next &+= 1
      }
      var number = 0
      while number < count {
        let index = Int(found.blocks[unchecked: number])
        let block = blocks[unchecked: index]
        read(
          slots, holders, block, until: Int(blocks[unchecked: index &+ 1].start), points,
          block.place == Blocks.Block.mixedPlace ? most.place : placePoints[Int(block.place)], &found,
          &judged,
          &best)
        number &+= 1
      }
    }
  }

  /// Candidates of a block that are read without a look at the bar between them.
  private static let together = 16

  /// Offers the candidates of a block.
  ///
  /// - Parameters:
  ///   - slots: Of its role, as are holders.
  ///   - stop: Where its slots end.
  ///   - nearest: What no place of a candidate in it exceeds.
  @inline(__always)
  private func read(
    _ slots: Span<Blocks.Slot>, _ holders: Span<UInt32>, _ block: Blocks.Block, until stop: Int,
    _ points: Int32, _ nearest: Int32,
    _ found: inout Found, _ judged: inout Judged, _ best: inout BestFew
  ) {
    let (places, asks) = (placePoints.span, askBounds.span)
    let base = points &+ traitBounds[Int(block.trait)]
    let highest = base &+ nearest &+ askBound(block)
    var threshold = best.threshold
    guard BestFew.raised(block.order, by: highest) > threshold else { return }
    var (place, stop) = (Int(block.start), stop)
    while place < stop {
      // Where the first of a few cannot count, nor can those behind it.
      let most = min(place &+ Found.count, stop)
      var end = place &+ Self.together
      while end < most, BestFew.raised(slots[unchecked: end].order, by: highest) > threshold {
        end &+= Self.together
      }
      if end < most { stop = end }
      end = min(end, most)
      // First what a few loads tell; then the rest for those that are left.
      var count = 0
      while place < end {
        let slot = slots[unchecked: place]
        let points = base &+ places[unchecked: Int(slot.place)] &+ asks[unchecked: Int(slot.askClass.number)]
        let key = BestFew.raised(slot.order, by: points)
        found.keys[unchecked: count] = key
        found.slots[unchecked: count] = UInt32(truncatingIfNeeded: place)
        count &+= key > threshold ? 1 : 0
        place &+= 1
      }
      if Trait.isSignalled(block.trait) {
        count = withSignals(&found, count, slots, holders, threshold)
      } else if !Trait.isFree(block.trait) {
        count = Self.withCoInvestors(
          &found, count, slots, holders, partners.flags.span, coInvestorPoints, threshold)
      }
      judge(&found, count, slots, points, &judged, &best)
      threshold = best.threshold
    }
  }

  /// Counts the co-investors of the first so many, and gives how many are left, in front.
  @inline(never)
  private static func withCoInvestors(
    _ found: inout Found, _ offered: Int, _ slots: Span<Blocks.Slot>, _ holders: Span<UInt32>,
    _ isCoInvestor: Span<UInt8>, _ points: InlineArray<4, Int32>, _ threshold: Int64
  ) -> Int {
    var (count, number) = (0, 0)
    while number < offered {
      let place = Int(found.slots[unchecked: number])
      let (start, end) = (Int(slots[unchecked: place].holders), Int(slots[unchecked: place &+ 1].holders))
      let coInvestors = Self.count(holders, from: start, to: end, isCoInvestor)
      let key = BestFew.raised(found.keys[unchecked: number], by: points[unchecked: min(coInvestors, 3)])
      found.keys[unchecked: count] = key
      found.slots[unchecked: count] = UInt32(truncatingIfNeeded: place)
      count &+= key > threshold ? 1 : 0
      number &+= 1
    }
    return count
  }

  /// What ``withCoInvestors(_:_:_:_:_:_:_:)`` does, for candidates with state capital whose effect is known.
  @inline(never)
  private func withSignals(
    _ found: inout Found, _ offered: Int, _ slots: Span<Blocks.Slot>, _ holders: Span<UInt32>,
    _ threshold: Int64
  ) -> Int {
    var count = 0
    for number in 0..<offered {
      let place = Int(found.slots[number])
      let (start, end) = (Int(slots[place].holders), Int(slots[place + 1].holders))
      let coInvestors = Self.count(holders, from: start, to: end, partners.flags.span)
      let points = withSignal(
        start == end ? unknownCoInvestorPoints : points(coInvestors: coInvestors), slots[place].candidate
      )
      found.keys[count] = BestFew.raised(found.keys[number], by: points)
      found.slots[count] = found.slots[number]
      if found.keys[count] > threshold { count += 1 }
    }
    return count
  }

  /// How many of the holders from one place to another are co-investors.
  @inline(__always)
  private static func count(
    _ holders: Span<UInt32>, from start: Int, to end: Int, _ isCoInvestor: Span<UInt8>
  ) -> Int {
    var count = 0
    var place = start
    while place < end {
      for number in 0..<BlocksOfRole.together {
        count &+= Int(isCoInvestor[unchecked: Int(holders[unchecked: place &+ number])])
      }
      place &+= BlocksOfRole.together
    }
    return count
  }

  /// Works out the exact score of the first so many, and offers those that count. What was found does not change, but
  /// would be copied where it is not passed in place.
  @inline(never)
  private func judge(
    _ found: inout Found, _ count: Int, _ slots: Span<Blocks.Slot>, _ rolePoints: Int32,
    _ judged: inout Judged, _ best: inout BestFew
  ) {
    let (tickets, askBounds, points) = (tickets.span, askBounds.span, self.rolePoints.span)
    let (lists, sectors) = (sectorLists.starts.span, sectorLists.items.span)
    var number = 0
    while number < count {
      let slot = slots[unchecked: Int(found.slots[unchecked: number])]
      let ticket =
        slot.ask < 0 ? unknownTicketPoints : tickets[unchecked: Int(slot.currency)].points(ask: slot.ask)
      // Its best sector may be another one than that of the role; then it is found there as well.
      let more =
        ticket &- askBounds[unchecked: Int(slot.askClass.number)]
        &+ Self.sectorPoints(lists, sectors, Int(slot.sectorList), points) &- rolePoints
      let key = BestFew.raised(found.keys[unchecked: number], by: more)
      number &+= 1
      guard key > best.threshold, judged.insert(slot.candidate) else { continue }
      best.offer(key)
    }
  }
}
