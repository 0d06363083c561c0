import Dispatch
import Synchronization

/// How many firms each two investors share: none, 1, or 2 for two and more; an octet a pair.
///
/// Where each investor holds much, reading firm after firm who holds it waits for memory at every step. Here the firms
/// are read once in their order, by all threads that need the table.
final class SharedFirms: Sendable {
  private let count: Int
  private let holders: Ragged<UInt32>
  private let next = Atomic(0)
  /// Until it is whole it has only the pairs with a lesser second one.
  private let table: Mutex<(counts: [UInt8], isWhole: Bool)>
  private let isDone = DispatchGroup()

  /// Firms that a thread takes at a time.
  private static let together = 16_384
  /// Octets that are worth it for a holding.
  private static let mostPerHolding = 16

  /// Nil where the table would be large for so few holdings.
  init?(_ positions: Positions) {
    count = positions.ofInvestor.count
    holders = positions.holders
    guard count * count <= Self.mostPerHolding * holders.items.count else { return nil }
    table = Mutex((counts: [], isWhole: false))
  }

  /// Takes part, and gives the rows of all investors.
  func finish() -> Rows {
    var own: [UInt8] = []
    // Before it takes firms, so that whoever finds none left waits for it.
    isDone.enter()
    while true {
      let first = next.add(Self.together, ordering: .acquiringAndReleasing).oldValue
      guard first < holders.count else { break }
      if own.isEmpty { own = [UInt8](repeating: 0, count: count * count) }
      add(first..<min(first + Self.together, holders.count), to: &own)
    }
    table.withLock { Self.add(own, to: &$0.counts) }
    isDone.leave()
    isDone.wait()
    let counts = table.withLock { table in
      if !table.isWhole { Self.mirror(&table.counts, count) }
      table.isWhole = true
      return table.counts
    }
    return Rows(table: counts, count: count)
  }

  struct Rows {
    fileprivate let table: [UInt8]
    fileprivate let count: Int

    /// By other investor, how many firms it shares with this one. What it says of the investor itself means nothing.
    subscript(investor: Int) -> ArraySlice<UInt8> { table[investor * count..<(investor + 1) * count] }
  }

  private func add(_ firms: Range<Int>, to table: inout [UInt8]) {
    let holders = holders
    let (starts, items) = (holders.starts.span, holders.items.span)
    var table = table.mutableSpan
    // All numbers in columns lie within the tables of their snapshot.
    for firm in firms {
      let (start, end) = (Int(starts[unchecked: firm]), Int(starts[unchecked: firm &+ 1]))
      for place in start..<end {
        // Holders come in rising order, so that these are the pairs with a lesser one.
        let row = Int(items[unchecked: place]) &* count
        for other in start..<place {
          let pair = row &+ Int(items[unchecked: other])
          table[unchecked: pair] = min(table[unchecked: pair] &+ 1, 2)
        }
      }
    }
  }

  /// Copies what the pairs with a lesser second one have to those with a greater one, some rows and columns at a time
  /// that fit into a cache.
  private static func mirror(_ table: inout [UInt8], _ count: Int) {
    let together = 64
    var table = table.mutableSpan
    for rows in stride(from: 0, to: count, by: together) {
      for columns in stride(from: 0, through: rows, by: together) {
        for row in rows..<min(rows + together, count) {
          for column in columns..<min(columns + together, row) {
            table[unchecked: column &* count &+ row] = table[unchecked: row &* count &+ column]
          }
        }
      }
    }
  }

  private static func add(_ own: [UInt8], to table: inout [UInt8]) {
    guard !table.isEmpty else {
      table = own
      return
    }
    for pair in own.indices { table[pair] = min(table[pair] &+ own[pair], 2) }
  }
}
