import Domain

/// The tree of sectors. Nodes are numbered in preorder, siblings by code, so that a subtree is a range.
public struct SectorTree: Sendable {
  /// Codes by index.
  public let codes: [String]
  public let names: [String]
  public let namesZh: [String?]
  /// Index of the sector above, -1 at the top.
  let parents: [Int32]
  /// The top is 1.
  let depths: [UInt8]
  /// First index past the subtree.
  let ends: [UInt16]
  private let indices: [String: Int32]

  public var count: Int { codes.count }

  /// - Throws: ``Flaw`` for a doubled code, an unknown parent, a cycle, more than ``Limits/sectors`` nodes
  ///   or a depth over ``Limits/sectorDepth``.
  public init(_ rows: [SectorRow]) throws(Flaw) {
    guard rows.count <= Limits.sectors else {
      throw Flaw("the sector tree has \(rows.count) sectors; at most \(Limits.sectors)")
    }
    let sorted = rows.sorted { Code.precedes($0.code, $1.code) }
    var positions: [String: Int] = [:]
    for (position, row) in sorted.enumerated() {
      guard positions.updateValue(position, forKey: row.code) == nil else {
        throw Flaw("sector \(row.code) stands twice")
      }
    }
    // Children in descending order, since the walk below takes the last one first.
    var children = [[Int]](repeating: [], count: sorted.count)
    var pending: [(position: Int, parent: Int32, depth: Int)] = []
    for position in sorted.indices.reversed() {
      guard let code = sorted[position].parent else {
        pending.append((position, -1, 1))
        continue
      }
      guard let parent = positions[code] else {
        throw Flaw("sector \(sorted[position].code) stands below \(code), which does not exist")
      }
      children[parent].append(position)
    }
    var order: [Int] = []
    var parents: [Int32] = []
    var depths: [UInt8] = []
    while let (position, parent, depth) = pending.popLast() {
      guard depth <= Limits.sectorDepth else {
        throw Flaw("sector \(sorted[position].code) lies deeper than \(Limits.sectorDepth)")
      }
      let index = Int32(order.count)
      order.append(position)
      parents.append(parent)
      depths.append(UInt8(depth))
      for child in children[position] { pending.append((child, index, depth + 1)) }
    }
    guard order.count == sorted.count else {
      let reached = Set(order)
      let lost = sorted.indices.first { !reached.contains($0) }!
      throw Flaw("sector \(sorted[lost].code) lies below itself")
    }
    var ends = (0..<order.count).map { UInt16($0 + 1) }
    for index in order.indices.reversed() where parents[index] >= 0 {
      ends[Int(parents[index])] = max(ends[Int(parents[index])], ends[index])
    }
    codes = order.map { sorted[$0].code }
    names = order.map { sorted[$0].name }
    namesZh = order.map { sorted[$0].nameZh }
    self.parents = parents
    self.depths = depths
    self.ends = ends
    indices = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, Int32($0)) })
  }

  public func index(of code: String) -> Int? { indices[code].map(Int.init) }

  /// Index of the sector above, nil at the top.
  public func parent(of sector: Int) -> Int? { parents[sector] < 0 ? nil : Int(parents[sector]) }

  /// 1 at the top, at most ``Limits/sectorDepth``.
  public func depth(of sector: Int) -> Int { Int(depths[sector]) }

  /// The sector and all below it.
  public func subtree(of sector: Int) -> Range<Int> { sector..<Int(ends[sector]) }

  public func isSector(_ sector: Int, atOrBelow other: Int) -> Bool { subtree(of: other).contains(sector) }

  /// The node at the top of the tree that the sector stands in.
  public func top(of sector: Int) -> Int {
    var node = sector
    while parents[node] >= 0 { node = Int(parents[node]) }
    return node
  }

  /// Depth of the deepest sector that both stand at or below; 0, the virtual root, when there is none.
  func commonDepth(_ left: Int, _ right: Int) -> Int {
    var node = right
    while !isSector(left, atOrBelow: node) {
      guard parents[node] >= 0 else { return 0 }
      node = Int(parents[node])
    }
    return depth(of: node)
  }

  /// How near a candidate's sector is to a mandate's, in millionths: all of it at or below the mandate's,
  /// else twice the depth of the common ancestor over the sum of both depths (Z. Wu and M. Palmer, "Verb
  /// semantics and lexical selection", ACL 1994), rounded down.
  public func nearness(of sector: Int, to wanted: Int) -> Int {
    if isSector(sector, atOrBelow: wanted) { return 1_000_000 }
    return Self.similarity(
      common: commonDepth(sector, wanted), depths: depth(of: sector) + depth(of: wanted))
  }

  static func similarity(common: Int, depths: Int) -> Int { 2 * common * 1_000_000 / depths }
}
