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
  init(candidate index: Int, of snapshot: Snapshot, _ curves: Curves) {
    let candidates = snapshot.candidates
    let stage = candidates.scoredStage(index)
    ask = candidates.asks[index]
    readiness = curves.points(
      .readiness,
      curves.readiness(
        stage: stage, trl: candidates.trls[index] == 0 ? nil : Int(candidates.trls[index]),
        rounds: Int(snapshot.roundCounts[index])))
    sectorList = candidates.sectorLists[index]
    place = candidates.places[index]
    trait =
      Trait(
        stage: stage, risk: Int(candidates.risks[index]),
        isHeld: !snapshot.positions.holders.range(index).isEmpty,
        isRetired: candidates.flags[index].contains(.retired)
      ).number
    currency = UInt16(candidates.currencies[index] + 1)
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
