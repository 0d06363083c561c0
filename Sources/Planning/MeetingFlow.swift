/// The flow of the greatest weight from firms to investors, by successive shortest paths with potentials (J. Edmonds
/// and R. Karp, "Theoretical improvements in algorithmic efficiency for network flow problems", JACM 19, 1972; N.
/// Tomizawa 1971).
///
/// The source leads to each firm by one arc for each of its meetings, each investor to the sink likewise, and a pair is
/// an arc between them. What meetings count for a participant falls with their number, so the next arc is always the
/// best one left, and arcs of source and sink are never taken back. Each path adds one meeting, and paths count less
/// and less: where the next one counts nothing, or the tables are full, the choice is the best one. Pinned pairs are
/// there from the start, with the room and the meetings they take.
///
/// O(meetings × pairs × log participants).
struct MeetingFlow {
  private typealias Weight = MeetingWeights.Weight

  private let table: MeetingTable
  /// By node, the pairs that may be chosen.
  private var pairs: [[Int32]]
  /// By node, its meetings.
  private var meetings: [Int]
  /// By node; kept apart, since reading a participant counts a reference to its code each time.
  private let rooms: [Int]
  private let minimums: [Int]
  private var isChosen: [Bool]
  private var left: Int

  // A cost is a negative weight. By node, the cost of the cheapest path from the source, and that of the sink.
  private var potentials: [Weight]
  private var sinkPotential = Weight.zero

  // Of the search for a path.
  private var distances: [Weight]
  private var isReached: [Bool]
  /// By node, the pair by which it was reached; -1 from the source.
  private var arrivals: [Int32]

  init(_ table: MeetingTable) {
    self.table = table
    let count = table.participants.count
    isChosen = table.request.pairs.map(\.isPinned)
    let pinned = table.order.filter { table.request.pairs[$0].isPinned }
    meetings = table.counts(pinned)
    left = table.request.capacity - pinned.count
    rooms = table.participants.map(\.room)
    minimums = table.participants.map(\.minimum)
    pairs = [[Int32]](repeating: [], count: count)
    potentials = [Weight](repeating: .zero, count: count)
    distances = potentials
    isReached = [Bool](repeating: false, count: count)
    arrivals = [Int32](repeating: -1, count: count)
    for pair in table.order {
      let (firm, investor) = (table.firmNodes[pair], table.investorNodes[pair])
      let candidate = table.request.pairs[pair]
      guard !candidate.isPinned, !candidate.isForbidden,
        hasRoom(firm), hasRoom(investor)
      else { continue }
      pairs[firm].append(Int32(pair))
      pairs[investor].append(Int32(pair))
    }
  }

  /// - Returns: By pair, whether it is chosen.
  mutating func run() throws(MeetingChoice.Problem) -> [Bool] {
    let weights = try MeetingWeights(table)
    let pairWeights = table.request.pairs.map(weights.weight)
    start(weights, pairWeights)
    while left > 0, let end = search(weights, pairWeights), sinkPotential < .zero {
      augment(to: end)
      left -= 1
    }
    return isChosen
  }

  private func hasRoom(_ node: Int) -> Bool { meetings[node] < rooms[node] }
  private var firms: Range<Int> { 0..<table.request.firms.count }
  private var investors: Range<Int> { firms.upperBound..<meetings.count }

  /// The cost of one more meeting for the participant itself.
  private func cost(_ node: Int, _ weights: MeetingWeights) -> Weight {
    .zero - weights.weight(minimum: minimums[node], after: meetings[node])
  }

  /// The network has no cycles yet, so the cheapest paths are found from left to right.
  private mutating func start(_ weights: MeetingWeights, _ pairWeights: [Weight]) {
    for firm in firms { potentials[firm] = cost(firm, weights) }
    for investor in investors {
      potentials[investor] =
        pairs[investor].map { potentials[table.firmNodes[Int($0)]] - pairWeights[Int($0)] }.min() ?? .zero
    }
    sinkPotential =
      investors.filter { !pairs[$0].isEmpty }.map { potentials[$0] + cost($0, weights) }.min() ?? .zero
  }

  /// Finds the cheapest path with E. Dijkstra's algorithm on reduced costs, which are never negative, and makes the
  /// potentials right again.
  /// - Returns: The investor at its end; nil if there is no path.
  private mutating func search(_ weights: MeetingWeights, _ pairWeights: [Weight]) -> Int? {
    var queue = MeetingQueue()
    for node in isReached.indices { isReached[node] = false }
    for firm in firms where !pairs[firm].isEmpty && hasRoom(firm) {
      reach(firm, by: -1, at: cost(firm, weights) - potentials[firm], &queue)
    }
    var best: (distance: Weight, investor: Int)?
    while let (distance, node) = queue.next() {
      if let best, best.distance <= distance { break }
      guard distance == distances[node] else { continue }
      let isFirm = node < firms.upperBound
      if !isFirm && hasRoom(node) {
        let end = distance + cost(node, weights) + potentials[node] - sinkPotential
        if best.map({ end < $0.distance }) ?? true { best = (end, node) }
      }
      for place in pairs[node] where isChosen[Int(place)] != isFirm {
        let pair = Int(place)
        let next = isFirm ? table.investorNodes[pair] : table.firmNodes[pair]
        let cost = isFirm ? .zero - pairWeights[pair] : pairWeights[pair]
        reach(next, by: place, at: distance + cost + potentials[node] - potentials[next], &queue)
      }
    }
    guard let best else { return nil }
    for node in potentials.indices {
      let distance = isReached[node] ? min(distances[node], best.distance) : best.distance
      potentials[node] = potentials[node] + distance
    }
    sinkPotential = sinkPotential + best.distance
    return best.investor
  }

  private mutating func reach(
    _ node: Int, by pair: Int32, at distance: Weight, _ queue: inout MeetingQueue
  ) {
    assert(distance >= .zero)
    guard !isReached[node] || distance < distances[node] else { return }
    isReached[node] = true
    distances[node] = distance
    arrivals[node] = pair
    queue.add(distance, node)
  }

  private mutating func augment(to end: Int) {
    meetings[end] += 1
    var node = end
    while arrivals[node] >= 0 {
      let pair = Int(arrivals[node])
      isChosen[pair].toggle()
      node = node < firms.upperBound ? table.investorNodes[pair] : table.firmNodes[pair]
    }
    meetings[node] += 1
  }
}

/// Nodes by distance, of equals the first node first. A node can be in it several times.
private struct MeetingQueue {
  private typealias Entry = (distance: MeetingWeights.Weight, node: Int)
  private var heap: [Entry] = []

  private static func precedes(_ left: Entry, _ right: Entry) -> Bool {
    left.distance == right.distance ? left.node < right.node : left.distance < right.distance
  }

  mutating func add(_ distance: MeetingWeights.Weight, _ node: Int) {
    heap.append((distance, node))
    var place = heap.count - 1
    while place > 0, Self.precedes(heap[place], heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func next() -> (distance: MeetingWeights.Weight, node: Int)? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return top }
    heap[0] = last
    var place = 0
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, Self.precedes(heap[child + 1], heap[child]) { child += 1 }
      guard Self.precedes(heap[child], heap[place]) else { break }
      heap.swapAt(place, child)
      place = child
    }
    return top
  }
}
