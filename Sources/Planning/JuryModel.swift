/// The additive model of a ``JuryRanking``: biases of jurors by least squares.
///
/// Without the firms' scores, which are means, the normal equations say how jurors differ who share firms: for each
/// juror, the sum over its firms of (its mark less its bias, less the mean of the same over the firm's jurors) is
/// 0. That is the law of currents in a network in which jurors are nodes, and two jurors are joined by 1 / (jurors of
/// the firm) for each firm that both marked. Nodes are taken out one by one, their neighbours joined instead
/// (A. Rosen, "A new network theorem", 1924), which never subtracts, so that no digit is lost
/// (W. Grassmann, M. Taksar and D. Heyman, "Regenerative analysis and steady state distributions for Markov chains",
/// Operations Research 33, 1985). All in fixed point with ``fraction`` bits; what rounding left is solved for again,
/// ``rounds`` times, each of which gives some thirty bits more.
struct JuryModel {
  private let table: JuryTable
  /// By juror; in units of 2^-``fraction`` / weight millionths.
  private var offsets: [Int128]
  /// By juror, which circle it is in; -1 for one without a mark.
  private let circle: [Int]
  let circles: Int

  private static let fraction: Int128 = 36
  private static let rounds = 4
  /// Scores that differ by less are equal: far above what rounding leaves, far below what marks make.
  private static let tolerance: Int128 = 1 << 20

  init(_ table: JuryTable) {
    self.table = table
    (circle, circles) = Self.circles(table)
    offsets = [Int128](repeating: 0, count: table.marks.count)
    let network = JuryNetwork(table, circle, fraction: Self.fraction)
    for _ in 0..<Self.rounds {
      for (juror, step) in network.potentials(of: currents()).enumerated() { offsets[juror] += step }
      center()
    }
  }

  /// The score of a firm, in millionths of 100 points, rounded down.
  func score(_ firm: Int) -> Int? {
    let jurors = table.jurors[firm]
    guard !jurors.isEmpty else { return nil }
    return Self.millionths(jurors.reduce(0) { $0 + excess($1, firm) }, over: table.weight * jurors.count)
  }

  func bias(_ juror: Int) -> Int? {
    circle[juror] < 0 ? nil : Self.millionths(offsets[juror], over: table.weight)
  }

  /// A mark less the juror's bias.
  private func excess(_ juror: Int, _ firm: Int) -> Int128 {
    Int128(table.marks[juror][firm]!) << Self.fraction - offsets[juror]
  }

  private static func millionths(_ sum: Int128, over count: Int) -> Int {
    let (quotient, rest) = (sum + tolerance).quotientAndRemainder(dividingBy: Int128(count) << fraction)
    return Int(rest < 0 ? quotient - 1 : quotient)
  }

  /// What the normal equations leave over, by juror.
  private func currents() -> [Int128] {
    var currents = [Int128](repeating: 0, count: offsets.count)
    for (firm, jurors) in table.jurors.enumerated() where jurors.count > 1 {
      let excesses = jurors.map { excess($0, firm) }
      let mean = excesses.reduce(0, +) / Int128(jurors.count)
      for (juror, excess) in zip(jurors, excesses) { currents[juror] += excess - mean }
    }
    return currents
  }

  /// Makes biases sum to 0 in each circle.
  private mutating func center() {
    for number in 0..<circles {
      let members = circle.indices.filter { circle[$0] == number }
      let mean = members.reduce(0) { $0 + offsets[$1] } / Int128(members.count)
      for juror in members { offsets[juror] -= mean }
    }
  }

  /// Numbers the jurors who are joined by firms that they share.
  private static func circles(_ table: JuryTable) -> (ofJuror: [Int], count: Int) {
    var circle = [Int](repeating: -1, count: table.marks.count)
    var count = 0
    for first in circle.indices
    where circle[first] < 0 && table.marks[first].contains(where: { $0 != nil }) {
      circle[first] = count
      var queue = [first]
      while let juror = queue.popLast() {
        for (firm, mark) in table.marks[juror].enumerated() where mark != nil {
          for other in table.jurors[firm] where circle[other] < 0 {
            circle[other] = count
            queue.append(other)
          }
        }
      }
      count += 1
    }
    return (circle, count)
  }
}
