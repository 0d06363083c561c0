/// The other investors that share firms with one.
struct Partners {
  /// By investor, how many firms it shares: 2 for two and more.
  private(set) var counts: [UInt8]
  /// By investor, 1 where it shares any, 0 where not. One more, for nobody: 0.
  private(set) var flags: [UInt8]
  /// Those that share any, and maybe itself, in front, where they were counted for this investor alone.
  private var some: [UInt32]
  private var someCount = 0
  private var holdersOfOwn: [Ragged<UInt32>.Gathered] = []

  init(investors: Int) {
    counts = [UInt8](repeating: 0, count: investors)
    flags = [UInt8](repeating: 0, count: investors + 1)
    some = [UInt32](repeating: 0, count: investors + 1)
  }

  /// Takes the counts of an investor as ``SharedFirms`` has them.
  mutating func turn(to investor: Int, counts: ArraySlice<UInt8>) {
    self.counts.replaceSubrange(0..., with: counts)
    self.counts[investor] = 0
    for (other, count) in self.counts.enumerated() { flags[other] = min(count, 1) }
  }

  /// Counts for an investor who else holds its firms.
  mutating func turn(to investor: Int, _ firms: some Sequence<Int>, _ holders: Ragged<UInt32>) {
    holders.gather(firms, into: &holdersOfOwn)
    someCount = Self.count(
      holdersOfOwn, holders.items.span, &counts, &flags, &some, forgetting: someCount)
    counts[investor] = 0
    flags[investor] = 0
  }

  /// Counts holders in place of those that were counted before, and gives how many there are.
  private static func count(
    _ firms: [Ragged<UInt32>.Gathered], _ holders: Span<UInt32>, _ counts: inout [UInt8],
    _ flags: inout [UInt8], _ some: inout [UInt32], forgetting before: Int
  ) -> Int {
    var counts = counts.mutableSpan
    var flags = flags.mutableSpan
    var some = some.mutableSpan
    for place in 0..<before {
      counts[Int(some[place])] = 0
      flags[Int(some[place])] = 0
    }
    var someCount = 0
    for firm in firms {
      for place in firm.range {
        // Whether it is met for the first time cannot be foreseen, so no branch depends on it.
        let holder = Int(holders[unchecked: place])
        let count = counts[holder]
        counts[holder] = min(count &+ 1, 2)
        flags[holder] = 1
        some[someCount] = UInt32(truncatingIfNeeded: holder)
        someCount &+= count == 0 ? 1 : 0
      }
    }
    return someCount
  }
}
