import Synchronization

/// Blocks to be made by all threads that need them: first they sort candidates by role, some thousand at a time, then
/// they make the blocks of role after role.
final class BlockWork: Sendable {
  private let facets: [Facet]
  private let holders: Ragged<UInt32>
  private let sectorCount: Int
  private let ranks: BlocksOfRole.Ranks
  private let sorting: JointWork<CandidatesByRole>
  private let making = Mutex<JointWork<BlocksOfRole>?>(nil)

  /// Candidates that a thread sorts at a time.
  private static let together = 16_384

  init(
    facets: [Facet], readiness: ReadinessTable, sectorLists: SectorLists, sectorCount: Int,
    positions: Positions
  ) {
    self.facets = facets
    holders = positions.holders
    self.sectorCount = sectorCount
    let ranks = BlocksOfRole.Ranks(readiness: readiness.values)
    self.ranks = ranks
    let roles = Self.roles(sectorLists.all, sectorCount)
    let roleCount = 2 * sectorCount + 1
    sorting = JointWork(count: (facets.count + Self.together - 1) / Self.together) { part in
      let first = part * Self.together
      let range = first..<min(first + Self.together, facets.count)
      return CandidatesByRole(facets, range, roles, count: roleCount, ranks)
    }
  }

  /// Takes part, and gives the blocks when all are made.
  func finish() -> Blocks {
    let candidates = sorting.finish()
    let making = making.withLock { making in
      if let making { return making }
      let started = JointWork(count: 2 * sectorCount + 1) { [facets, holders, ranks] role in
        BlocksOfRole(candidates.map { $0[role] }, ranks, facets: facets, holders: holders)
      }
      making = started
      return started
    }
    var classes = Set<AskClass>()
    for part in candidates { classes.formUnion(part.askClasses) }
    let asks = classes.sorted { $0.number < $1.number }.compactMap { askClass in
      askClass.currency.map { Blocks.Asks(askClass: askClass, currency: $0, range: askClass.asks) }
    }
    return Blocks(
      sectorCount: sectorCount, roles: making.finish(), asks: asks,
      readiness: candidates.reduce(0) { max($0, $1.readiness) })
  }

  /// By list of sectors, the roles in which a candidate with that list is found.
  private static func roles(_ lists: Ragged<UInt16>, _ sectorCount: Int) -> Ragged<UInt32> {
    var roles = Ragged<UInt32>()
    for list in 0..<lists.count {
      let sectors = lists[list]
      let further = sectors.dropFirst().map { UInt32(sectorCount) + UInt32($0) }
      roles.append([sectors.first.map { UInt32($0) } ?? UInt32(2 * sectorCount)] + further)
    }
    return roles
  }
}

/// Some of the candidates, in order, by the roles in which they are found.
private struct CandidatesByRole: Sendable {
  private let entries: [BlocksOfRole.Entry]
  private let starts: [UInt32]
  /// The classes of their asks.
  let askClasses: [AskClass]
  /// Their best one.
  let readiness: Int32

  subscript(role: Int) -> ArraySlice<BlocksOfRole.Entry> {
    entries[Int(starts[role])..<Int(starts[role + 1])]
  }

  /// - Parameter roles: By list of sectors.
  init(
    _ facets: [Facet], _ range: Range<Int>, _ roles: Ragged<UInt32>, count: Int, _ ranks: BlocksOfRole.Ranks
  ) {
    var starts = [UInt32](repeating: 0, count: count + 1)
    var isPresent = [Bool](repeating: false, count: AskClass.count)
    var readiness: Int32 = 0
    for facet in facets[range] where !Trait.isRetired(facet.trait) {
      isPresent[Int(AskClass(ask: facet.ask, currency: facet.currency).number)] = true
      readiness = max(readiness, facet.readiness)
      for place in roles.range(Int(facet.sectorList)) { starts[Int(roles.items[place]) + 1] += 1 }
    }
    self.readiness = readiness
    askClasses = isPresent.indices.filter { isPresent[$0] }.map { AskClass(number: UInt16($0)) }
    for role in 0..<count { starts[role + 1] += starts[role] }
    self.starts = starts
    let entryCount = Int(starts[count])
    entries = [BlocksOfRole.Entry](unsafeUninitializedCapacity: max(1, entryCount)) { entries, initialized in
      for candidate in range where !Trait.isRetired(facets[candidate].trait) {
        let facet = facets[candidate]
        let entry = BlocksOfRole.Entry(candidate: UInt32(candidate), rank: ranks.rank(of: facet))
        for place in roles.range(Int(facet.sectorList)) {
          let role = Int(roles.items[place])
          entries.initializeElement(at: Int(starts[role]), to: entry)
          starts[role] += 1
        }
      }
      initialized = entryCount
    }
  }
}
