import Synchronization

/// Blocks to be made by all threads that need them: first they sort candidates by role, some thousand at a time, then
/// they make the blocks of role after role.
final class BlockWork: Sendable {
  private let positions: Positions
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
    self.positions = positions
    self.sectorCount = sectorCount
    let ranks = BlocksOfRole.Ranks(readiness: readiness.values)
    self.ranks = ranks
    let roles = Self.roles(sectorLists.all, sectorCount)
    let roleCount = SectorRole.count(sectors: sectorCount)
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
      let started = JointWork(count: SectorRole.count(sectors: sectorCount)) {
        [positions, ranks] role in
        BlocksOfRole(candidates.map { $0[role] }, ranks, positions)
      }
      making = started
      return started
    }
    return Blocks(roles: making.finish())
  }

  /// By list of sectors, the roles in which a candidate with that list is found.
  private static func roles(_ lists: Ragged<UInt16>, _ sectorCount: Int) -> Ragged<UInt32> {
    var roles = Ragged<UInt32>()
    for list in 0..<lists.count {
      let sectors = lists[list]
      var rolesOfList = sectors.isEmpty ? [UInt32(SectorRole.none(sectors: sectorCount))] : []
      for (place, sector) in sectors.enumerated() {
        let role =
          place == 0 ? SectorRole.primary(Int(sector)) : SectorRole.further(Int(sector), sectors: sectorCount)
        rolesOfList.append(UInt32(role))
      }
      roles.append(rolesOfList)
    }
    return roles
  }
}

/// Some of the candidates, in order, by the roles in which they are found.
private struct CandidatesByRole: Sendable {
  private let entries: [BlocksOfRole.Entry]
  private let starts: [UInt32]

  subscript(role: Int) -> ArraySlice<BlocksOfRole.Entry> {
    entries[Int(starts[role])..<Int(starts[role + 1])]
  }

  /// - Parameter roles: By list of sectors.
  init(
    _ facets: [Facet], _ range: Range<Int>, _ roles: Ragged<UInt32>, count: Int, _ ranks: BlocksOfRole.Ranks
  ) {
    var starts = [UInt32](repeating: 0, count: count + 1)
    for facet in facets[range] where !Trait.isRetired(facet.trait) {
      for place in roles.range(Int(facet.sectorList)) { starts[Int(roles.items[place]) + 1] += 1 }
    }
    for role in 0..<count { starts[role + 1] += starts[role] }
    self.starts = starts
    let entryCount = Int(starts[count])
    entries = [BlocksOfRole.Entry](unsafeUninitializedCapacity: max(1, entryCount)) { entries, initialized in
      for candidate in range where !Trait.isRetired(facets[candidate].trait) {
        let facet = facets[candidate]
        let entry = BlocksOfRole.Entry(
          facet: facet, candidate: UInt32(candidate), rank: ranks.rank(of: facet))
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
