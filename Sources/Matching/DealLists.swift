/// The deal lists of all investors, packed: eight bytes a deal and little beside. Investors are named by their
/// persistent ids, candidates by theirs, so that lists outlive the snapshot they were ranked on.
///
/// Of a list that was ranked here some more deals are known than it shows, its reserve, so that one that leaves it can
/// be made up for without ranking the investor anew (see ``ListUpdate``). Two are equal when they show the same.
public struct DealLists: Sendable {
  /// In rising order.
  public private(set) var investors: [Int32] = []
  /// Deals that a list shows at most.
  public private(set) var depth: Int
  /// Deals that are shown in all lists.
  public private(set) var dealCount = 0
  /// Where each list begins, and the end of the last.
  private var starts: [Int32] = [0]
  private var deals: [Deal] = []

  /// Deals that are known beyond those that a list shows.
  static let reserve = 8

  public init(depth: Int = .max) { self.depth = depth }

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
    dealCount += min(list.count, depth)
  }

  public var count: Int { investors.count }

  /// The list at a place of ``investors``, best first.
  public func list(at index: Int) -> ArraySlice<Deal> { known(at: index).prefix(depth) }

  /// The list at a place of ``investors`` with its reserve.
  func known(at index: Int) -> ArraySlice<Deal> { deals[Int(starts[index])..<Int(starts[index + 1])] }

  /// The list of an investor, best first; nil where it has none. Logarithmic in the number of lists.
  public subscript(investor: Int32) -> ArraySlice<Deal>? { index(of: investor).map(list(at:)) }

  /// These lists with others in place of what they were, or added. Linear, by copying.
  public func replacing(_ others: DealLists) -> DealLists {
    var (lists, kept) = (DealLists(depth: others.count == 0 ? depth : others.depth), 0)
    lists.reserve(lists: count + others.count, deals: deals.count + others.deals.count)
    for (index, investor) in others.investors.enumerated() {
      while kept < count, investors[kept] < investor {
        lists.append(known(at: kept), of: investors[kept])
        kept += 1
      }
      if kept < count, investors[kept] == investor { kept += 1 }
      lists.append(others.known(at: index), of: investor)
    }
    for index in kept..<count { lists.append(known(at: index), of: investors[index]) }
    return lists
  }

  /// The lists that are not as they were, by the investors' ids. An investor that had a list and has none now gets an
  /// empty one.
  ///
  /// - Parameter isWhole: Whether these are all lists, and not some of them.
  public func changes(from old: DealLists, isWhole: Bool = true) -> [Int32: [Deal]] {
    var changes: [Int32: [Deal]] = [:]
    for (index, investor) in investors.enumerated() {
      let list = list(at: index)
      if old[investor].map({ !$0.elementsEqual(list) }) ?? true { changes[investor] = Array(list) }
    }
    guard isWhole else { return changes }
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

extension DealLists: Equatable {
  public static func == (left: DealLists, right: DealLists) -> Bool {
    left.investors == right.investors
      && left.investors.indices.allSatisfy { left.list(at: $0).elementsEqual(right.list(at: $0)) }
  }
}
