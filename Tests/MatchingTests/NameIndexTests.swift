import Domain
import Testing

@testable import Matching

/// The index of names against a look at every firm.
@Suite struct NameIndexTests {
  private static let firsts = ["Kedao", "Kedoa", "Hefei Kedao", "Kestrel", "Kestral", "测试", "合肥测试", "合肥市测试"]
  private static let lasts = [
    "Quantum", "Quantums Ltd", "Photonics", "Photonic GmbH", "光电技术", "光电技术有限公司", "量子科技",
  ]

  private static func name(_ random: inout SeededGenerator) -> String {
    // Most names are of one firm alone.
    let own = random.isOne(in: 3) ? "" : " \(random.number(1000...9999))"
    return "\(random.one(of: firsts)) \(random.one(of: lasts))\(own)"
  }

  @Test func allThatAreNearAreAmongTheSuspects() throws {
    var (near, suspected, all) = (0, 0, 0)
    for seed in 0..<40 {
      var random = SeededGenerator(UInt64(seed))
      var rows = RandomRegistry.rows(&random)
      var snapshots = [try rows.build(asOf: RandomRegistry.asOf)]
      let index = NameIndex(mostYounger: random.number(0...40))
      for _ in 0..<6 {
        var change = SnapshotChange()
        for place in rows.candidates.indices where random.isOne(in: 4) {
          rows.candidates[place].name = Self.name(&random)
          rows.candidates[place].nameZh = random.isOne(in: 2) ? Self.name(&random) : nil
          rows.candidates[place].version += 1
          change.candidates.append(rows.candidates[place])
        }
        if random.isOne(in: 2), var row = rows.candidates.first {
          row.id = (rows.candidates.map(\.id).max() ?? 0) + Int32(random.number(1...3))
          (row.kind, row.code, row.name) = (
            .firm, "\(random.one(of: ["A", "Z"]))-\(row.id)", Self.name(&random)
          )
          rows.candidates.append(row)
          change.candidates.append(row)
        }
        snapshots.append(
          random.isOne(in: 5)
            ? try rows.build(asOf: RandomRegistry.asOf) : try snapshots.last!.replacing(change))
        // A request may still have an older one.
        let snapshot = random.isOne(in: 4) ? random.one(of: snapshots) : snapshots.last!
        for _ in 0..<8 {
          var names = NearNames()
          let wanted = NearNames.Named(
            code: "NEW", name: Self.name(&random), nameZh: random.isOne(in: 2) ? Self.name(&random) : nil)
          _ = names.add(wanted)
          let firms = (0..<snapshot.candidateCount).filter { snapshot.candidateKind(at: $0) == .firm }
          let found = Set(firms.filter { names.near(to: .init(firm: $0, of: snapshot)) != nil })
          let suspects = index.suspects(of: wanted, in: snapshot)
          #expect(found.isSubset(of: suspects), "seed \(seed)")
          #expect(suspects == suspects.sorted())
          near += found.count
          suspected += suspects.count
          all += firms.count
        }
      }
    }
    // Otherwise nothing was tested, or nothing is gained.
    #expect(near > 150 && suspected < all / 2, "\(near) near, \(suspected) of \(all) suspected")
  }
}
