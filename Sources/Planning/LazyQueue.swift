/// Items by what each would still add, where that only falls as others are taken: what was computed before is an upper
/// bound, so only the items at the top are computed again (M. Minoux, "Accelerated greedy algorithms for maximizing
/// submodular set functions", 1978). Of equals the lowest item comes first, exactly as if all were computed.
struct LazyQueue {
  private struct Entry {
    var gain: Int
    var item: Int

    func precedes(_ other: Entry) -> Bool { gain == other.gain ? item < other.item : gain > other.gain }
  }

  private var heap: [Entry] = []

  /// - Parameter gain: What an item adds now; nil for one that may not be taken, now and later.
  init(_ items: some Sequence<Int>, gain: (Int) -> Int?) {
    heap = items.compactMap { item in gain(item).map { Entry(gain: $0, item: item) } }
    // What is sorted is a heap.
    heap.sort { $0.precedes($1) }
  }

  /// Takes the item that adds most, and says how much.
  mutating func next(gain: (Int) -> Int?) -> (item: Int, gain: Int)? {
    while let top = heap.first {
      guard let now = gain(top.item) else {
        removeTop()
        continue
      }
      guard now < top.gain else {
        removeTop()
        return (top.item, top.gain)
      }
      heap[0].gain = now
      sink()
    }
    return nil
  }

  private mutating func removeTop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink()
  }

  private mutating func sink() {
    var place = 0
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(heap[place]) else { return }
      heap.swapAt(place, child)
      place = child
    }
  }
}
