/// The other investors that share firms with one.
struct Partners {
  /// By investor, how many firms it shares: 2 for two and more.
  private(set) var counts: [UInt8]
  /// By investor, 1 where it shares any, 0 where not. One more, for nobody: 0.
  private(set) var flags: [UInt8]
  /// Those that share any, where they were counted for this investor alone.
  private var some: [UInt32] = []
  private var holdersOfOwn: [Ragged<UInt32>.Gathered] = []

  init(investors: Int) {
    counts = [UInt8](repeating: 0, count: investors)
    flags = [UInt8](repeating: 0, count: investors + 1)
  }

  /// Takes the counts of an investor as ``SharedFirms`` has them.
  mutating func turn(to investor: Int, counts: ArraySlice<UInt8>) {
    self.counts.replaceSubrange(0..., with: counts)
    self.counts[investor] = 0
    for (other, count) in self.counts.enumerated() { flags[other] = min(count, 1) }
  }

  /// Counts for an investor who else holds its firms.
  mutating func turn(to investor: Int, _ firms: some Sequence<Int>, _ holders: Ragged<UInt32>) {
    for partner in some {
      counts[Int(partner)] = 0
      flags[Int(partner)] = 0
    }
    some.removeAll(keepingCapacity: true)
    holders.gather(firms, into: &holdersOfOwn)
    let items = holders.items.span
    for own in holdersOfOwn {
      for place in own.range {
        let holder = items[unchecked: place]
        let count = counts[Int(holder)]
        guard count < 2, holder != UInt32(investor) else { continue }
        counts[Int(holder)] = count + 1
        guard count == 0 else { continue }
        some.append(holder)
        flags[Int(holder)] = 1
      }
    }
  }
}
