import Domain

/// What a mandate judges a candidate by, side by side, so that one costs one line of cache: 24 octets.
struct Facet: Sendable, Hashable {
  /// In whole units of the currency, -1 for none.
  var ask: Int64
  /// Points of readiness: no mandate changes them.
  var readiness: Int32
  /// Number of a list of sectors.
  var sectorList: UInt32
  /// Number of a place.
  var place: UInt32
  var trait: UInt16
  /// Number of the currency and one, 0 for none.
  var currency: UInt16
}

extension Facet {
  /// Those of all candidates.
  static func all(of snapshot: Snapshot, _ curves: Curves) -> [Facet] {
    some(of: snapshot, snapshot.candidates.ids.indices, curves)
  }

  /// Those of some candidates, by index.
  static func some(of snapshot: Snapshot, _ indices: some Collection<Int>, _ curves: Curves) -> [Facet] {
    let (candidates, holders, rounds) = (
      snapshot.candidates, snapshot.positions.holders, snapshot.roundCounts
    )
    let readiness = ReadinessTable(curves)
    return indices.map { index in
      let stage = candidates.scoredStage(index)
      let trait = Trait(
        stage: stage, risk: Int(candidates.risks[index]), isHeld: !holders.range(index).isEmpty,
        isRetired: candidates.flags[index].contains(.retired))
      return Facet(
        ask: candidates.asks[index],
        readiness: readiness[stage, trl: Int(candidates.trls[index]), rounds: Int(rounds[index])],
        sectorList: candidates.sectorLists[index], place: candidates.places[index], trait: trait.number,
        currency: UInt16(candidates.currencies[index] + 1))
    }
  }
}

/// Points of readiness by stage, TRL and rounds, worked out once.
struct ReadinessTable {
  private var points: [Int32] = []
  private static let rounds = 3

  init(_ curves: Curves) {
    for stage in [nil] + Stage.allCases {
      for trl in 0...9 {
        for rounds in 0..<Self.rounds {
          let value = curves.readiness(stage: stage, trl: trl == 0 ? nil : trl, rounds: rounds)
          points.append(curves.points(.readiness, value))
        }
      }
    }
  }

  /// All points that there are, falling: fifteen at most, four gaps of TRL or none known by three steps of evidence.
  var values: [Int32] { Set(points).sorted(by: >) }

  /// - Parameter trl: 0 unknown.
  subscript(stage: Stage?, trl trl: Int, rounds rounds: Int) -> Int32 {
    let row = (stage.map { Int($0.rawValue) + 1 } ?? 0) * 10 + trl
    return points[row * Self.rounds + min(rounds, Self.rounds - 1)]
  }
}

/// What a mandate's table of stage, risk, holders and retirement is read by.
struct Trait {
  var stage: Stage?
  /// 0 unknown.
  var risk: Int
  var isHeld: Bool
  var isRetired: Bool

  static let count = (Stage.allCases.count + 1) * 6 * 4

  static func isHeld(_ number: UInt16) -> Bool { number & 2 == 2 }
  static func isRetired(_ number: UInt16) -> Bool { number & 1 == 1 }

  var number: UInt16 {
    let stage = self.stage.map { Int($0.rawValue) + 1 } ?? 0
    return UInt16(((stage * 6 + risk) * 2 + (isHeld ? 1 : 0)) * 2 + (isRetired ? 1 : 0))
  }
}
