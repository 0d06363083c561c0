/// The marks of a competition that count, by juror and firm.
struct JuryTable {
  /// By juror and firm: the sum of points × weight over the criteria, in 10,000ths, so that with ``weight`` below it is
  /// the mark in millionths of 100 points. Nil where the juror is recused or has not marked the firm by all criteria.
  let marks: [[Int?]]
  /// The sum of all weights.
  let weight: Int
  /// By firm, those whose marks count.
  let jurors: [[Int]]
  let missing: [JuryRanking.Seat]

  init(_ request: JuryRanking.Request) {
    precondition(request.weights.allSatisfy { (1...100).contains($0) }, "a weight is out of range")
    weight = request.weights.reduce(0, +)
    let empty = [Int](repeating: 0, count: request.firms)
    var sums = [[Int]](repeating: empty, count: request.jurors)
    var counts = sums
    for mark in request.marks {
      precondition((0...100).contains(mark.points), "points are out of range")
      sums[mark.juror][mark.firm] += mark.points * request.weights[mark.criterion] * 10_000
      counts[mark.juror][mark.firm] += 1
    }
    var missing: [JuryRanking.Seat] = []
    var jurors = [[Int]](repeating: [], count: request.firms)
    marks = sums.indices.map { juror in
      (0..<request.firms).map { firm in
        let seat = JuryRanking.Seat(juror: juror, firm: firm)
        guard !request.recusals.contains(seat) else { return nil }
        guard !request.weights.isEmpty, counts[juror][firm] == request.weights.count else {
          missing.append(seat)
          return nil
        }
        jurors[firm].append(juror)
        return sums[juror][firm]
      }
    }
    self.missing = missing.sorted()
    self.jurors = jurors
  }

  /// The mean of a firm's marks, in millionths of 100 points, rounded down.
  func mean(_ firm: Int) -> Int? {
    guard !jurors[firm].isEmpty else { return nil }
    return jurors[firm].reduce(0) { $0 + marks[$1][firm]! } / (weight * jurors[firm].count)
  }
}
