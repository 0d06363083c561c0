/// The blocks of the candidates that have one sector in one role.
struct BlocksOfRole: Sendable {
  /// In order of trait, and one past the last, for its start.
  private(set) var blocks: [Blocks.Block] = []
  /// One more at the end.
  private(set) var slots: [Blocks.Slot] = []
  /// Who holds or has held the candidate of a slot, by index, in the order of the slots: they are read together. Nobody,
  /// the index behind the last investor, fills up what a slot has to a multiple of ``together``.
  private(set) var holders: [UInt32] = []
  /// The best one; ``Mandate/vetoed`` where there is no candidate.
  private(set) var readiness = Mandate.vetoed

  /// Holders that are read without a branch between them: how many a candidate has cannot be foreseen, and few have more.
  static let together = 8

  /// Candidates up to which a block is not divided further.
  private static let undivided = 2048

  /// A candidate with its facet, since those of one role lie far apart, and the place of its trait and its readiness
  /// among all that there are.
  struct Entry: Sendable {
    var facet: Facet
    var candidate: UInt32
    var rank: UInt32
  }

  /// What entries are ranked by: traits, and within each by falling readiness.
  struct Ranks: Sendable {
    /// All values that there are without track records, falling.
    let readiness: [Int32]

    var count: Int { Trait.count * readiness.count }

    func range(ofTrait trait: Int) -> Range<Int> { trait * readiness.count..<(trait + 1) * readiness.count }

    func rank(of facet: Facet) -> UInt32 {
      var place = 0
      // With a track record one lies between two values, and goes with the lower one, which it would have at least.
      while readiness[place] > facet.readiness { place += 1 }
      return UInt32(Int(facet.trait) * readiness.count + place)
    }
  }

  /// Linear in the entries but for the sort of blocks that are divided, and of ranks with track records.
  ///
  /// - Parameter parts: Together in order of candidates.
  init(_ parts: [ArraySlice<Entry>], _ ranks: Ranks, _ positions: Positions) {
    let count = parts.reduce(0) { $0 + $1.count }
    guard count > 0 else { return }
    // A counting sort, which keeps the order of candidates within a rank.
    var starts = [UInt32](repeating: 0, count: ranks.count + 1)
    for part in parts {
      var starts = starts.mutableSpan
      for entry in part { starts[Int(entry.rank) + 1] += 1 }
    }
    for rank in 0..<ranks.count { starts[rank + 1] += starts[rank] }
    var next = starts
    slots = [Blocks.Slot](unsafeUninitializedCapacity: count + 1) { slots, initialized in
      var next = next.mutableSpan
      for part in parts {
        for entry in part {
          let slot = Blocks.Slot(candidate: entry.candidate, entry.facet)
          slots.initializeElement(at: Int(next[Int(entry.rank)]), to: slot)
          next[Int(entry.rank)] += 1
        }
      }
      initialized = count
    }
    for trait in 0..<Trait.count {
      let range = ranks.range(ofTrait: trait)
      let (start, end) = (Int(starts[range.lowerBound]), Int(starts[range.upperBound]))
      guard start < end else { continue }
      // Those of a rank differ in readiness where some have a track record.
      if !isFalling(start..<end) {
        for rank in range { slots[Int(starts[rank])..<Int(starts[rank + 1])].sort { $0.order > $1.order } }
      }
      divide(start..<end, trait: UInt16(trait))
    }
    readiness = blocks.reduce(readiness) { max($0, Int32($1.order >> 32)) }
    blocks.append(Blocks.Block(end: slots.count))
    holders = Self.holders(of: &slots, positions.holders, nobody: UInt32(positions.ofInvestor.count))
    slots.append(Blocks.Slot(endOfHolders: holders.count))
  }

  private func isFalling(_ range: Range<Int>) -> Bool {
    range.dropFirst().allSatisfy { slots[$0].order < slots[$0 - 1].order }
  }

  /// Makes blocks of slots that share a trait, by ask and place where they are many.
  private mutating func divide(_ range: Range<Int>, trait: UInt16) {
    guard range.count > Self.undivided else {
      return blocks.append(Blocks.Block(slots, range, trait: trait))
    }
    for run in sort(range, by: \.magnitude) {
      guard run.count > Self.undivided else {
        blocks.append(Blocks.Block(slots, run, trait: trait))
        continue
      }
      for part in sort(run, by: \.place) { blocks.append(Blocks.Block(slots, part, trait: trait)) }
    }
  }

  /// Sorts slots, keeps the order of those that are equal, and gives the runs of these.
  private mutating func sort(_ range: Range<Int>, by value: (Blocks.Slot) -> UInt32) -> [Range<Int>] {
    let order = range.map { UInt64(value(slots[$0])) << 32 | UInt64($0) }.sorted()
    slots.replaceSubrange(range, with: order.map { slots[Int($0 & 0xFFFF_FFFF)] })
    var runs: [Range<Int>] = []
    var start = 0
    for place in 1...order.count
    where place == order.count || order[place] >> 32 != order[start] >> 32 {
      runs.append(range.lowerBound + start..<range.lowerBound + place)
      start = place
    }
    return runs
  }

  private static func filled(_ count: Int) -> Int { (count + together - 1) / together * together }

  /// The holders of slots, and in each slot where its own start.
  private static func holders(of slots: inout [Blocks.Slot], _ column: Ragged<UInt32>, nobody: UInt32)
    -> [UInt32]
  {
    let candidates = slots.map(\.candidate)
    let count = candidates.reduce(0) { $0 + filled(column.range($1).count) }
    let items = column.items.span
    var places = slots.mutableSpan
    var gathered: [Ragged<UInt32>.Gathered] = []
    return [UInt32](unsafeUninitializedCapacity: count) { holders, next in
      for start in stride(from: 0, to: candidates.count, by: 1_024) {
        let part = start..<min(start + 1_024, candidates.count)
        column.gather(candidates[part], into: &gathered)
        for (index, entry) in zip(part, gathered) {
          places[index].holders = UInt32(next)
          let end = next + filled(entry.range.count)
          for item in entry.range {
            holders.initializeElement(at: next, to: items[unchecked: item])
            next += 1
          }
          while next < end {
            holders.initializeElement(at: next, to: nobody)
            next += 1
          }
        }
      }
    }
  }
}
