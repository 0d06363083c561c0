/// Finds indices by persistent ids: the indices in order of their ids, 4 octets a row.
struct IDOrder: Sendable {
  private(set) var indices: [UInt32] = []

  /// - Throws: ``Flaw`` for a negative or doubled id.
  init(_ ids: [Int32], noun: String) throws(Flaw) {
    if let wrong = ids.first(where: { $0 < 0 }) { throw Flaw("\(noun) id \(wrong) is negative") }
    let packed = ids.enumerated().map { UInt64($1) << 32 | UInt64($0) }.sorted()
    for (left, right) in zip(packed, packed.dropFirst()) where left >> 32 == right >> 32 {
      throw Flaw("\(noun) id \(left >> 32) stands twice")
    }
    indices = packed.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// O(log n).
  func index(of id: Int32, in ids: [Int32]) -> Int? {
    let place = indices.indices.partition { ids[Int(indices[$0])] < id }
    guard place < indices.count, ids[Int(indices[place])] == id else { return nil }
    return Int(indices[place])
  }
}
