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

  /// These lists with some in place of what they were, or added. Linear, by copying.
  public func replacing(_ changes: [Int32: [Deal]]) -> DealLists {
    var others = DealLists()
    for investor in changes.keys.sorted() { others.append(changes[investor]!, of: investor) }
    return replacing(others)
  }

  /// These lists with others in place of what they were, or added. Linear, by copying.
  public func replacing(_ others: DealLists) -> DealLists {
    var (lists, kept) = (DealLists(), 0)
    lists.reserve(lists: count + others.count, deals: dealCount + others.dealCount)
    for (index, investor) in others.investors.enumerated() {
      while kept < count, investors[kept] < investor {
        lists.append(list(at: kept), of: investors[kept])
        kept += 1
      }
      if kept < count, investors[kept] == investor { kept += 1 }
      lists.append(others.list(at: index), of: investor)
    }
    for index in kept..<count { lists.append(list(at: index), of: investors[index]) }
    return lists
  }

  /// The lists that are not as they were, by the investors' ids. An investor that had a list and has none now gets an
  /// empty one.
  public func changes(from old: DealLists) -> [Int32: [Deal]] {
    var changes: [Int32: [Deal]] = [:]
    for (index, investor) in investors.enumerated() {
      let list = list(at: index)
      if old[investor].map({ !$0.elementsEqual(list) }) ?? true { changes[investor] = Array(list) }
    }
    for (index, investor) in old.investors.enumerated()
    where self[investor] == nil && !old.list(at: index).isEmpty {
      changes[investor] = []
    }
    return changes
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
