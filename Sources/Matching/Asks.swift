/// The distinct amounts that candidates ask for, in order of currency and amount. A candidate's column
/// holds the rank of its ask here, so that a mandate judges each distinct ask once. Rank 0: asks nothing.
struct Asks: Sendable {
  struct Ask: Sendable, Hashable, Comparable {
    /// Number of the word, ``Words/none`` without a currency.
    var currency: Int32
    var amount: Int64

    static func < (left: Ask, right: Ask) -> Bool {
      (left.currency, left.amount) < (right.currency, right.amount)
    }
  }

  /// Sorted; the ask of rank `r` stands at `r - 1`.
  private(set) var all: [Ask] = []

  /// Highest rank.
  var count: Int { all.count }

  subscript(rank: UInt32) -> Ask? { rank == 0 ? nil : all[Int(rank) - 1] }

  /// The rank of an ask, nil for one that was never added.
  func rank(_ ask: Ask) -> UInt32? {
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if all[middle] < ask { low = middle + 1 } else { high = middle }
    }
    return low < all.count && all[low] == ask ? UInt32(low + 1) : nil
  }

  /// Adds asks. Returns the new rank of each old one, nil when none has moved.
  mutating func add(_ asks: [Ask]) -> [UInt32]? {
    let fresh = Set(asks).filter { rank($0) == nil }.sorted()
    guard !fresh.isEmpty else { return nil }
    var merged: [Ask] = []
    merged.reserveCapacity(all.count + fresh.count)
    var ranks: [UInt32] = [0]
    ranks.reserveCapacity(all.count + 1)
    var next = fresh.startIndex
    for ask in all {
      while next < fresh.endIndex, fresh[next] < ask {
        merged.append(fresh[next])
        next += 1
      }
      merged.append(ask)
      ranks.append(UInt32(merged.count))
    }
    merged.append(contentsOf: fresh[next...])
    all = merged
    return ranks
  }

  /// The ranks of each currency, in order.
  var currencies: [(currency: Int32, ranks: Range<Int>)] {
    var groups: [(currency: Int32, ranks: Range<Int>)] = []
    var start = 0
    while start < all.count {
      var end = start
      while end < all.count, all[end].currency == all[start].currency { end += 1 }
      groups.append((all[start].currency, start + 1..<end + 1))
      start = end
    }
    return groups
  }
}
