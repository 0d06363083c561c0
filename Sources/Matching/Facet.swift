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
    let (candidates, holders, evidence) = (
      snapshot.candidates, snapshot.positions.holders, snapshot.evidenceCounts
    )
    let readiness = ReadinessTable(curves)
    return indices.map { index in
      // None of this can be foreseen, so no branch depends on it.
      let flags = candidates.flags[index]
      let stage = candidates.scoredStageNumber(index)
      let held = holders.starts[index] < holders.starts[index + 1] ? Trait.Standing.held : .free
      let standing = candidates.signals[index] >= 0 ? Trait.Standing.signalled : held
      return Facet(
        ask: candidates.asks[index],
        readiness: readiness.points(
          stage: stage, trl: Int(candidates.trls[index]), evidence: Int(evidence[index]),
          record: candidates.record(index)),
        sectorList: candidates.sectorLists[index], place: candidates.places[index],
        trait: Trait.number(
          stage: stage, risk: Int(candidates.risks[index]),
          standing: flags.contains(.retired) ? .retired : standing),
        currency: UInt16(candidates.currencies[index] + 1))
    }
  }
}

/// Points of readiness by stage, TRL and evidence, worked out once. Only where a track record counts for more than
/// evidence they are worked out anew.
struct ReadinessTable {
  private let curves: Curves
  private var table: [Int32] = []
  private static let steps = 3

  init(_ curves: Curves) {
    self.curves = curves
    for stage in [nil] + Stage.allCases {
      for trl in 0...9 {
        for count in 0..<Self.steps {
          let value = curves.readiness(stage: stage, trl: trl == 0 ? nil : trl, evidence: count)
          table.append(curves.points(.readiness, value))
        }
      }
    }
  }

  /// All points that there are without track records, falling: fifteen at most, four gaps of TRL or none known by three
  /// steps of evidence.
  var values: [Int32] { Set(table).sorted(by: >) }

  /// - Parameters:
  ///   - stage: As ``Stage/init(number:)`` takes it.
  ///   - trl: 0 unknown.
  ///   - record: Of its institute; nil for none.
  func points(stage: Int, trl: Int, evidence count: Int, record: Int?) -> Int32 {
    if let record, let points = points(stage: stage, trl: trl, evidence: count, above: record) {
      return points
    }
    return table[(stage * 10 + trl) * Self.steps + min(count, Self.steps - 1)]
  }

  /// Nil where the record counts for no more than the evidence.
  @inline(never)
  private func points(stage: Int, trl: Int, evidence count: Int, above record: Int) -> Int32? {
    let stage = Stage(number: stage)
    guard let record = curves.record(record, stage: stage), record > curves.evidence(count) else {
      return nil
    }
    let value = curves.readiness(stage: stage, trl: trl == 0 ? nil : trl, evidence: count, record: record)
    return curves.points(.readiness, value)
  }
}

extension Stage {
  /// - Parameter number: 0 for an unknown one, nil; else one above the raw value.
  init?(number: Int) {
    guard number > 0 else { return nil }
    self.init(rawValue: UInt8(number - 1))
  }
}

/// What a mandate's table of stage, risk and standing is read by.
enum Trait {
  /// What must be looked at beside the tables to know the points of co-investors.
  enum Standing: UInt16, CaseIterable {
    /// Nothing: nobody holds or has held it.
    case free
    /// Its holders.
    case held
    /// Its holders, if it has any, and the effect of the state capital in it.
    case signalled
    /// Nothing: it is on no list.
    case retired
  }

  static let count = (Stage.allCases.count + 1) * 6 * Standing.allCases.count

  static func isFree(_ number: UInt16) -> Bool { number & 3 == Standing.free.rawValue }
  static func isSignalled(_ number: UInt16) -> Bool { number & 3 == Standing.signalled.rawValue }
  static func isRetired(_ number: UInt16) -> Bool { number & 3 == Standing.retired.rawValue }

  /// - Parameters:
  ///   - stage: As ``Stage/init(number:)`` takes it.
  ///   - risk: 0 unknown.
  static func number(stage: Int, risk: Int, standing: Standing) -> UInt16 {
    UInt16((stage * 6 + risk) * Standing.allCases.count) + standing.rawValue
  }
}
