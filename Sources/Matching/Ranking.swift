/// A place on a deal list.
public struct Deal: Sendable, Hashable {
  /// Id of the candidate.
  public var candidate: Int32
  /// Millionths.
  public var score: Int32

  public init(candidate: Int32, score: Int32) {
    self.candidate = candidate
    self.score = score
  }
}

extension Mandate {
  /// The best candidates that no veto keeps off, best first, ties in order of code and kind. Reads every
  /// candidate once; O(candidates + k log k).
  public func top(_ k: Int) -> [Deal] {
    let snapshot = scorer.snapshot
    guard !isClosed, k > 0 else { return [] }
    var best = BestFew(limit: min(k, snapshot.candidateCount))
    var start = 0
    for (place, exception) in exceptions.enumerated() {
      scan(start..<Int(exception), &best)
      start = Int(exception) + 1
      if let score = score(Int(exception), exceptionAt: place) {
        best.offer(Int(exception), score)
      }
    }
    scan(start..<snapshot.candidateCount, &best)
    return best.inOrder.map { Deal(candidate: snapshot.candidateID(at: $0.candidate), score: $0.score) }
  }

  /// The hot loop: candidates in order, all columns at unit stride.
  private func scan(_ range: Range<Int>, _ best: inout BestFew) {
    let snapshot = scorer.snapshot
    // Spans need arrays that stay put, which properties of a class do not promise.
    let (readinessColumn, traitColumn) = (scorer.readiness, snapshot.traits)
    let (sectorColumn, placeColumn) = (snapshot.candidates.sectorLists, snapshot.candidates.places)
    let askColumn = snapshot.candidates.asks
    let (readiness, traits) = (readinessColumn.span, traitColumn.span)
    let (sectorLists, places, asks) = (sectorColumn.span, placeColumn.span, askColumn.span)
    let (traitPoints, sectorPoints) = (traitPoints.span, sectorPoints.span)
    let (placePoints, askPoints) = (placePoints.span, askPoints.span)
    var threshold = best.threshold
    for candidate in range {
      // A snapshot numbers its rows within its own tables, so that no number lies outside them.
      let score =
        readiness[unchecked: candidate] &+ traitPoints[unchecked: Int(traits[unchecked: candidate])]
        &+ sectorPoints[unchecked: Int(sectorLists[unchecked: candidate])]
        &+ placePoints[unchecked: Int(places[unchecked: candidate])]
        &+ askPoints[unchecked: Int(asks[unchecked: candidate])]
      if score > threshold {
        best.offer(candidate, score)
        threshold = best.threshold
      }
    }
  }
}

/// The best so many of the candidates offered, in order of their indices: a heap with the worst on top.
struct BestFew {
  private let limit: Int
  /// Score in the high half, the complement of the index in the low one: the greater key ranks higher.
  private var keys: [UInt64] = []

  init(limit: Int) {
    self.limit = limit
    keys.reserveCapacity(limit)
  }

  /// A score must exceed this to count. Candidates come in order, so an equal one ranks lower.
  var threshold: Int32 { keys.count < limit ? -1 : Int32(keys.first.map { $0 >> 32 } ?? UInt64(Int32.max)) }

  /// - Parameter score: not negative.
  mutating func offer(_ candidate: Int, _ score: Int32) {
    guard score > threshold else { return }
    let key = UInt64(score) << 32 | UInt64(~UInt32(candidate))
    if keys.count < limit {
      keys.append(key)
      siftUp()
    } else {
      siftDown(key)
    }
  }

  private mutating func siftUp() {
    var place = keys.count - 1
    let key = keys[place]
    while place > 0, keys[(place - 1) / 2] > key {
      keys[place] = keys[(place - 1) / 2]
      place = (place - 1) / 2
    }
    keys[place] = key
  }

  /// Puts a key in the place of the worst one.
  private mutating func siftDown(_ key: UInt64) {
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < keys.count else { break }
      if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
      guard keys[child] < key else { break }
      keys[place] = keys[child]
      place = child
    }
    keys[place] = key
  }

  /// Best first.
  var inOrder: [(candidate: Int, score: Int32)] {
    keys.sorted(by: >).map { (Int(~UInt32(truncatingIfNeeded: $0)), Int32($0 >> 32)) }
  }
}
