import Domain

/// The criteria that bring most of a score, and how much each brings: the short form of an ``Explanation``.
public struct Reasons: Sendable, Hashable {
  /// Three of 21 bits, the first one lowest: 16 bits of tenths of a percent of the score, 4 of the criterion, 1 of
  /// whether it rests on a prior. All ones: the pair has another score now, or a veto.
  private let packed: UInt64

  private static let count = 3

  /// Of a pair that has another score now, or a veto.
  public static let changed = Reasons(packed: .max)

  private init(packed: UInt64) { self.packed = packed }

  /// - Parameter score: What the pair is listed with.
  init(_ pair: Pair, score: Int32) {
    var best: [(points: Int32, bits: UInt64)] = []
    var sum: Int32 = 0
    for criterion in Criterion.allCases {
      let finding = pair.finding(criterion)
      let points = pair.curves.points(criterion, finding.value)
      sum += points
      let tenths = UInt64(points + 500) / 1_000
      best.append((points, tenths << 5 | UInt64(criterion.rawValue) << 1 | (finding.isKnown ? 0 : 1)))
    }
    guard sum == score, !Veto.allCases.contains(where: pair.isVetoed) else {
      self = .changed
      return
    }
    // Stable, so that equals stand in the order of the criteria.
    best.sort { $0.points > $1.points }
    packed = (0..<Self.count).reduce(0) { $0 | best[$1].bits << UInt64($1 * 21) }
  }

  /// Appends `sector 24.0, stage 20.0, ticket 15.0?`.
  public func write(to bytes: inout [UInt8]) {
    guard self != .changed else { return bytes.append(contentsOf: "changed since this run".utf8) }
    for place in 0..<Self.count {
      let bits = packed >> UInt64(place * 21) & 0x1F_FFFF
      if place > 0 { bytes.append(contentsOf: ", ".utf8) }
      bytes.append(contentsOf: Self.names[Int(bits >> 1 & 15)])
      bytes.append(UInt8(ascii: " "))
      let tenths = bits >> 5
      if tenths >= 1_000 { bytes.append(UInt8(48 + tenths / 1_000)) }
      if tenths >= 100 { bytes.append(UInt8(48 + tenths / 100 % 10)) }
      bytes.append(UInt8(48 + tenths / 10 % 10))
      bytes.append(UInt8(ascii: "."))
      bytes.append(UInt8(48 + tenths % 10))
      if bits & 1 == 1 { bytes.append(UInt8(ascii: "?")) }
    }
  }

  private static let names = Criterion.allCases.map { Array($0.name.utf8) }
}

extension Scorer {
  /// Why a pair has the score it is listed with.
  public func reasons(investor: Int, candidate: Int, score: Int32) -> Reasons {
    Reasons(Pair(scorer: self, investor: investor, candidate: candidate), score: score)
  }
}
