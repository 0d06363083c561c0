/// The best so many of the candidates offered: once there are as many, a heap with the worst on top.
struct BestFew: ~Copyable {
  private let limit: Int
  private var count = 0
  /// Its own memory: an array would be looked at for other owners with each key. One more than the limit, above all
  /// others, so that every place of the heap with a child has two.
  private let keys: UnsafeMutableBufferPointer<Int64>
  /// Only a key above this counts.
  private(set) var threshold: Int64

  init(limit: Int) {
    self.limit = limit
    keys = .allocate(capacity: limit + 1)
    keys.initialize(repeating: .max)
    threshold = limit > 0 ? -1 : .max
  }

  deinit { keys.deallocate() }

  /// Score in the high half, the complement of the index in the low one: the greater key ranks higher. Negative
  /// scores give negative keys, which no threshold lets pass.
  static func key(_ score: Int32, _ candidate: UInt32) -> Int64 {
    Int64(score) << 32 | Int64(~candidate)
  }

  /// The key of the same candidate with so many points more.
  static func raised(_ key: Int64, by points: Int32) -> Int64 { key &+ Int64(points) << 32 }

  static func candidate(_ key: Int64) -> UInt32 { ~UInt32(truncatingIfNeeded: key) }

  mutating func offer(_ key: Int64) {
    guard key > threshold else { return }
    if count == limit {
      sift(key, from: 0)
    } else {
      keys[count] = key
      count += 1
      guard count == limit else { return }
      for place in (0..<limit / 2).reversed() { sift(keys[place], from: place) }
    }
    threshold = keys[0]
  }

  /// Puts a key in a place or below it, where those below are in order.
  private mutating func sift(_ key: Int64, from start: Int) {
    var place = start
    var child = 2 &* place &+ 1
    while child < limit {
      // Which child is the lesser cannot be foreseen, so no branch depends on it.
      child &+= keys[child &+ 1] < keys[child] ? 1 : 0
      let lesser = keys[child]
      guard lesser < key else { break }
      keys[place] = lesser
      place = child
      child = 2 &* place &+ 1
    }
    keys[place] = key
  }

  /// Best first.
  ///
  /// - Parameter ids: Those of candidates, by index.
  consuming func deals(_ ids: [Int32]) -> [Deal] {
    keys[..<count].sorted().reversed().map {
      Deal(candidate: ids[Int(Self.candidate($0))], score: Int32($0 >> 32))
    }
  }
}
