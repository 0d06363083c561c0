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
  /// By list, the score of the last deal that is known, side by side: a changed candidate is held against all of them.
  private var lasts: [Int32] = []

  /// Deals that are known beyond those that a list shows.
  static let reserve = 8

  public init(depth: Int = .max) { self.depth = depth }

  /// Makes room, so that appending does not leave slack behind.
  public mutating func reserve(lists: Int, deals count: Int) {
    investors.reserveCapacity(lists)
    starts.reserveCapacity(lists + 1)
    lasts.reserveCapacity(lists)
    deals.reserveCapacity(count)
  }

  /// Adds a list. Investors come in rising order of their ids.
  public mutating func append(_ list: some Collection<Deal>, of investor: Int32) {
    precondition(
      investors.last.map { $0 < investor } ?? true, "lists are appended in order of investors' ids")
    investors.append(investor)
    deals.append(contentsOf: list)
    lasts.append(list.isEmpty ? 0 : deals[deals.count - 1].score)
    starts.append(Int32(deals.count))
    dealCount += min(list.count, depth)
  }

  public var count: Int { investors.count }

  /// The list at a place of ``investors``, best first.
  public func list(at index: Int) -> ArraySlice<Deal> { known(at: index).prefix(depth) }

  /// The list at a place of ``investors`` with its reserve.
  func known(at index: Int) -> ArraySlice<Deal> { deals[Int(starts[index])..<Int(starts[index + 1])] }

  /// The score from which on a deal is or belongs among those that are known; 0 where all there are are known.
  func least(at index: Int, depth: Int) -> Int32 {
    Int(starts[index + 1] - starts[index]) < depth ? 0 : lasts[index]
  }

  /// Places of ``investors`` whose ids lie in a range.
  func places(of ids: ClosedRange<Int32>) -> Range<Int> {
    let first = place(of: ids.lowerBound)
    return first..<(first..<count).partition { investors[$0] <= ids.upperBound }
  }

  /// Where a candidate is known among the lists at some places: by rising place the index in ``known(at:)``. One pass over
  /// their deals.
  func holders(of candidate: Int32, in places: Range<Int>) -> [(list: Int, deal: Int)] {
    var holders: [(list: Int, deal: Int)] = []
    var list = places.lowerBound
    let known = Int(starts[places.lowerBound])..<Int(starts[places.upperBound])
    for deal in known where deals[deal].candidate == candidate {
      while starts[list + 1] <= deal { list += 1 }
      holders.append((list, deal))
    }
    return holders
  }

  /// The list of an investor, best first; nil where it has none. Logarithmic in the number of lists.
  public subscript(investor: Int32) -> ArraySlice<Deal>? { index(of: investor).map(list(at:)) }

  /// These lists with others in place of what they were, or added. Linear, by copying.
  public func replacing(_ others: DealLists) -> DealLists {
    guard others.count > 0 else { return self }
    var (lists, kept) = (DealLists(depth: others.depth), 0)
    lists.reserve(lists: count + others.count, deals: deals.count + others.deals.count)
    for (index, investor) in others.investors.enumerated() {
      let place = self.place(of: investor)
      lists.append(kept..<place, of: self)
      kept = place < count && investors[place] == investor ? place + 1 : place
      lists.append(others.known(at: index), of: investor)
    }
    lists.append(kept..<count, of: self)
    return lists
  }

  /// Adds lists of others in long runs.
  private mutating func append(_ places: Range<Int>, of other: DealLists) {
    let (first, end) = (other.starts[places.lowerBound], other.starts[places.upperBound])
    let shift = Int32(deals.count) - first
    investors += other.investors[places]
    deals += other.deals[Int(first)..<Int(end)]
    lasts += other.lasts[places]
    starts += other.starts[(places.lowerBound + 1)..<(places.upperBound + 1)].lazy.map { $0 + shift }
    for place in places { dealCount += min(Int(other.starts[place + 1] - other.starts[place]), depth) }
  }

  /// The list of an investor, by its id.
  public struct Change: Sendable {
    public var investor: Int32
    public var list: ArraySlice<Deal>
  }

  /// Those of these lists that are not as they were among others, in order of the investors.
  public func changes(from old: DealLists) -> [Change] {
    investors.indices.compactMap { old.change(of: investors[$0], to: list(at: $0)) }
  }

  /// The list of an investor where it is not as it is here; nil where it is. Logarithmic in the number of lists.
  public func change(of investor: Int32, to list: ArraySlice<Deal>) -> Change? {
    if let old = self[investor], old.elementsEqual(list) { return nil }
    return Change(investor: investor, list: list)
  }

  /// An empty list for every investor that has one here and none any more.
  ///
  /// - Parameter lists: All that there are now.
  public func emptied(by lists: DealLists) -> [Change] {
    var place = 0
    return investors.indices.compactMap { index in
      while place < lists.count, lists.investors[place] < investors[index] { place += 1 }
      if place < lists.count, lists.investors[place] == investors[index] { return nil }
      return list(at: index).isEmpty ? nil : Change(investor: investors[index], list: [])
    }
  }

  private func index(of investor: Int32) -> Int? {
    let place = place(of: investor)
    return place < investors.count && investors[place] == investor ? place : nil
  }

  /// Where the list of an investor is, or would be.
  private func place(of investor: Int32) -> Int {
    investors.indices.partition { investors[$0] < investor }
  }
}

extension DealLists: Equatable {
  public static func == (left: DealLists, right: DealLists) -> Bool {
    left.investors == right.investors
      && left.investors.indices.allSatisfy { left.list(at: $0).elementsEqual(right.list(at: $0)) }
  }
}
