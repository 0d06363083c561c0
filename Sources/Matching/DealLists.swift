/// The deal lists of all investors, packed: eight bytes a deal and little beside. Investors are named by their
/// persistent ids, candidates by theirs, so that lists outlive the snapshot they were ranked on.
public struct DealLists: Sendable, Hashable {
  /// In rising order.
  public private(set) var investors: [Int32] = []
  /// Where each list begins, and the end of the last.
  private var starts: [Int32] = [0]
  private var deals: [Deal] = []

  public init() {}

  /// Makes room, so that appending does not leave slack behind.
  public mutating func reserve(lists: Int, deals count: Int) {
    investors.reserveCapacity(lists)
    starts.reserveCapacity(lists + 1)
    deals.reserveCapacity(count)
  }

  /// Adds a list. Investors come in rising order of their ids.
  public mutating func append(_ list: some Collection<Deal>, of investor: Int32) {
    precondition(
      investors.last.map { $0 < investor } ?? true, "lists are appended in order of investors' ids")
    investors.append(investor)
    deals.append(contentsOf: list)
    starts.append(Int32(deals.count))
  }

  /// Deals in all lists.
  public var dealCount: Int { deals.count }
  public var count: Int { investors.count }

  /// The list at a place of ``investors``, best first.
  public func list(at index: Int) -> ArraySlice<Deal> { deals[Int(starts[index])..<Int(starts[index + 1])] }

  /// The list of an investor, best first; nil where it has none. Logarithmic in the number of lists.
  public subscript(investor: Int32) -> ArraySlice<Deal>? { index(of: investor).map(list(at:)) }

  /// These lists with some in place of what they were, or added.
  public func replacing(_ changes: [Int32: [Deal]]) -> DealLists {
    var (lists, kept) = (DealLists(), 0)
    let changed = changes.keys.sorted()
    lists.reserve(
      lists: count + changes.count, deals: dealCount + changes.values.reduce(0) { $0 + $1.count })
    for investor in changed {
      while kept < count, investors[kept] < investor {
        lists.append(list(at: kept), of: investors[kept])
        kept += 1
      }
      if kept < count, investors[kept] == investor { kept += 1 }
      lists.append(changes[investor]!, of: investor)
    }
    for index in kept..<count { lists.append(list(at: index), of: investors[index]) }
    return lists
  }

  private func index(of investor: Int32) -> Int? {
    var (low, high) = (0, investors.count)
    while low < high {
      let middle = (low + high) / 2
      if investors[middle] < investor { low = middle + 1 } else { high = middle }
    }
    return low < investors.count && investors[low] == investor ? low : nil
  }
}
