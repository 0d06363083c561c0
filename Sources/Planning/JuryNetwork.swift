/// The network of a ``JuryModel``, with its nodes taken out one by one.
struct JuryNetwork {
  /// By juror in the order in which they are taken out: what share of its current goes to each that is left, and
  /// what joins it to all of them.
  private var shares: [[Int128]]
  private var sums: [Int128]
  private let fraction: Int128

  init(_ table: JuryTable, _ circle: [Int], fraction: Int128) {
    self.fraction = fraction
    let count = circle.count
    var joins = [[Int128]](repeating: [Int128](repeating: 0, count: count), count: count)
    for jurors in table.jurors where jurors.count > 1 {
      let join = Int128(1) << fraction / Int128(jurors.count)
      for one in jurors {
        for other in jurors where other != one { joins[one][other] += join }
      }
    }
    shares = joins.map { _ in [Int128](repeating: 0, count: count) }
    sums = [Int128](repeating: 0, count: count)
    for node in 0..<count {
      sums[node] = joins[node][(node + 1)...].reduce(0, +)
      // The last one of a circle.
      guard sums[node] > 0 else { continue }
      for other in (node + 1)..<count { shares[node][other] = joins[node][other] << fraction / sums[node] }
      for one in (node + 1)..<count where joins[node][one] > 0 {
        for other in (node + 1)..<count where other != one {
          joins[one][other] += (joins[node][one] * shares[node][other]) >> fraction
        }
      }
    }
  }

  /// Potentials at which such currents flow, 0 at the last node of each circle; nearly, as far as rounding allows.
  func potentials(of currents: [Int128]) -> [Int128] {
    var currents = currents
    for node in currents.indices where sums[node] > 0 {
      for other in (node + 1)..<currents.count {
        currents[other] += (currents[node] * shares[node][other]) >> fraction
      }
    }
    var potentials = [Int128](repeating: 0, count: currents.count)
    for node in currents.indices.reversed() where sums[node] > 0 {
      var potential = Self.quotient(currents[node], sums[node], fraction)
      for other in (node + 1)..<currents.count {
        potential += (potentials[other] * shares[node][other]) >> fraction
      }
      potentials[node] = potential
    }
    return potentials
  }

  /// a × 2^fraction / b without the product, which may not fit.
  private static func quotient(_ dividend: Int128, _ divisor: Int128, _ fraction: Int128) -> Int128 {
    let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    return quotient << fraction + rest << fraction / divisor
  }
}
