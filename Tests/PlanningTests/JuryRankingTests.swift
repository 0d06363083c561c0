import Domain
import Testing

@testable import Planning

@Suite struct JuryRankingTests {
  /// By juror the points of each firm, nil where it is recused; one criterion.
  private func ranking(_ points: [[Int?]]) -> JuryRanking {
    var request = JuryRanking.Request(
      firms: points.first?.count ?? 0, jurors: points.count, weights: [1], marks: [])
    for (juror, row) in points.enumerated() {
      for (firm, points) in row.enumerated() {
        if let points {
          request.marks.append(.init(juror: juror, firm: firm, criterion: 0, points: points))
        } else {
          request.recusals.insert(.init(juror: juror, firm: firm))
        }
      }
    }
    return JuryRanking(request)
  }

  private func place(_ ranking: JuryRanking, _ firm: Int) -> JuryRanking.Place {
    ranking.places.first { $0.firm == firm }!
  }

  @Test func meansOfAllWhereAllIsMarked() {
    let ranking = ranking([[60, 80, 70], [40, 70, 70]])
    #expect(ranking.places.map(\.firm) == [1, 2, 0])
    #expect(ranking.places.map(\.rank) == [1, 2, 3])
    #expect(ranking.places.map(\.raw) == [750_000, 700_000, 500_000])
    #expect(ranking.places.map(\.corrected) == ranking.places.map(\.raw))
    #expect(ranking.biases == [50_000, -50_000])
    #expect(ranking.missing.isEmpty && ranking.circles == 1)
  }

  /// Juror 1 is 20 points stricter on the firm that both marked, so the firm that it alone marked is worth 10 more and
  /// that of the other one 10 less.
  @Test func aStrictJurorIsCorrected() {
    let ranking = ranking([[70, 66, nil], [50, nil, 60]])
    #expect(ranking.biases == [100_000, -100_000])
    #expect((0..<3).map { place(ranking, $0).raw } == [600_000, 660_000, 600_000])
    #expect((0..<3).map { place(ranking, $0).corrected } == [600_000, 560_000, 700_000])
    #expect(ranking.places.map(\.firm) == [2, 0, 1])
  }

  @Test func weightsOfCriteria() {
    let marks = [(0, 90), (1, 30)].map {
      JuryRanking.Mark(juror: 0, firm: 0, criterion: $0, points: $1)
    }
    let ranking = JuryRanking(.init(firms: 1, jurors: 1, weights: [2, 1], marks: marks))
    #expect(ranking.places[0].raw == 700_000)
    let thirds = JuryRanking(.init(firms: 1, jurors: 1, weights: [1, 2], marks: [marks[0], marks[1]]))
    #expect(thirds.places[0].raw == 500_000)
    let other = JuryRanking(
      .init(
        firms: 1, jurors: 1, weights: [3, 3],
        marks: marks.map {
          .init(juror: 0, firm: 0, criterion: $0.criterion, points: $0.criterion)
        }))
    #expect(other.places[0].raw == 5_000)
  }

  @Test func tiesShareARankAndAreNamed() {
    let ranking = ranking([[50, 70, 50, 20, 50], [60, 70, 60, 20, 60]])
    #expect(ranking.places.map(\.firm) == [1, 0, 2, 4, 3])
    #expect(ranking.places.map(\.rank) == [1, 2, 2, 2, 5])
    #expect(ranking.places.map(\.ties) == [[], [2, 4], [0, 4], [0, 2], []])
  }

  @Test func whatIsMissingIsListedAndDoesNotCount() {
    let marks = [
      (0, 0, 0, 80), (0, 0, 1, 60), (1, 0, 0, 10), (0, 1, 0, 50), (0, 1, 1, 50), (2, 1, 0, 99), (2, 1, 1, 99),
    ]
    .map { JuryRanking.Mark(juror: $0, firm: $1, criterion: $2, points: $3) }
    let ranking = JuryRanking(
      .init(
        firms: 3, jurors: 3, weights: [1, 1], marks: marks,
        recusals: [.init(juror: 2, firm: 1), .init(juror: 2, firm: 2)]))
    #expect(
      ranking.missing == [(1, 0), (2, 0), (1, 1), (0, 2), (1, 2)].map { .init(juror: $0, firm: $1) })
    #expect(ranking.places.map(\.firm) == [0, 1, 2])
    #expect(ranking.places.map(\.raw) == [700_000, 500_000, nil])
    #expect(ranking.places.map(\.rank) == [1, 2, nil])
    #expect(ranking.places.map(\.jurors) == [1, 1, 0])
    #expect(ranking.biases == [0, nil, nil])
  }

  @Test func juriesThatShareNobodyAreCircles() {
    let ranking = ranking([[80, nil, 60], [40, nil, nil], [nil, 30, nil]])
    #expect(ranking.circles == 2)
    #expect(ranking.biases == [200_000, -200_000, 0])
    #expect((0..<3).map { place(ranking, $0).corrected } == [600_000, 300_000, 400_000])
  }

  @Test func nothingAtAll() {
    #expect(JuryRanking(.init(firms: 0, jurors: 0, weights: [], marks: [])).places.isEmpty)
    let unmarked = JuryRanking(.init(firms: 2, jurors: 1, weights: [], marks: []))
    #expect(unmarked.places.map(\.rank) == [nil, nil] && unmarked.missing.count == 2)
  }

  // MARK: Properties

  private static func request(_ random: inout SplitMix64, recused: Int) -> JuryRanking.Request {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    var request = JuryRanking.Request(
      firms: number(1...6), jurors: number(1...5), weights: (0..<number(1...3)).map { _ in number(1...9) },
      marks: [])
    for juror in 0..<request.jurors {
      for firm in 0..<request.firms {
        if recused > 0 && number(1...recused) == 1 {
          request.recusals.insert(.init(juror: juror, firm: firm))
          continue
        }
        for criterion in request.weights.indices {
          request.marks.append(
            .init(juror: juror, firm: firm, criterion: criterion, points: 20 + 5 * number(0...8)))
        }
      }
    }
    return request
  }

  @Test(arguments: 0..<300) func aJurorWhoGivesMoreToAllChangesNothing(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var request = Self.request(&random, recused: 0)
    let before = JuryRanking(request)
    let juror = Int.random(in: 0..<request.jurors, using: &random)
    let more = Int.random(in: -20...40, using: &random)
    for mark in request.marks.indices where request.marks[mark].juror == juror {
      request.marks[mark].points += more
    }
    let after = JuryRanking(request)
    #expect(after.places.map(\.firm) == before.places.map(\.firm))
    #expect(after.places.map(\.rank) == before.places.map(\.rank))
    #expect(after.places.map(\.ties) == before.places.map(\.ties))
    #expect(after.places.allSatisfy { $0.raw == $0.corrected })
    for firm in 0..<request.firms {
      // Both are rounded down.
      let step = place(after, firm).corrected! - place(before, firm).corrected!
      #expect(abs(step - more * 10_000 / request.jurors) <= 1)
    }
  }

  /// With recusals a constant is taken for bias, so distances of firms in a circle stay.
  @Test(arguments: 0..<300) func aConstantIsTakenForBias(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var request = Self.request(&random, recused: 3)
    let before = JuryRanking(request)
    guard before.circles == 1 else { return }
    for mark in request.marks.indices where request.marks[mark].juror == 0 {
      request.marks[mark].points += 40
    }
    let after = JuryRanking(request)
    let steps = (0..<request.firms).compactMap { firm in
      place(before, firm).corrected.map { place(after, firm).corrected! - $0 }
    }
    #expect(steps.max()! - steps.min()! <= 1)
  }

  /// The normal equations in fractions, solved by elimination.
  @Test(arguments: 0..<400) func isTheLeastSquaresFit(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let request = Self.request(&random, recused: Int.random(in: 2...4, using: &random))
    let table = JuryTable(request)
    let ranking = JuryRanking(request)
    let (firms, jurors) = (request.firms, request.jurors)
    // A row for each firm and juror: the sum over its marks of (score + bias − mark) is 0. Biases sum to 0 in each
    // circle: added to the row of its first juror, this fixes what the others leave open.
    var rows = [[Fraction]](
      repeating: [Fraction](repeating: 0, count: firms + jurors + 1), count: firms + jurors)
    for juror in 0..<jurors {
      for firm in 0..<firms {
        guard let mark = table.marks[juror][firm] else { continue }
        for row in [firm, firms + juror] {
          rows[row][firm] = rows[row][firm] + 1
          rows[row][firms + juror] = rows[row][firms + juror] + 1
          rows[row][firms + jurors] = rows[row][firms + jurors] + Fraction(mark, table.weight)
        }
      }
    }
    for members in Self.circles(table) {
      for juror in members {
        rows[firms + members[0]][firms + juror] = rows[firms + members[0]][firms + juror] + 1
      }
    }
    let solution = Fraction.solve(rows)
    for firm in 0..<firms { #expect(place(ranking, firm).corrected == solution[firm]?.floor) }
    for juror in 0..<jurors { #expect(ranking.biases[juror] == solution[firms + juror]?.floor) }
  }

  /// Jurors joined by firms, found by joining until nothing changes.
  private static func circles(_ table: JuryTable) -> [[Int]] {
    var circles = table.marks.indices.filter { table.marks[$0].contains { $0 != nil } }.map { [$0] }
    func areJoined(_ one: [Int], _ other: [Int]) -> Bool {
      table.jurors.contains { firm in
        one.contains(where: firm.contains) && other.contains(where: firm.contains)
      }
    }
    while true {
      guard
        let pair = circles.indices.lazy.flatMap({ one in circles.indices.map { (one, $0) } })
          .first(where: { $0 < $1 && areJoined(circles[$0], circles[$1]) })
      else { return circles }
      circles[pair.0] += circles.remove(at: pair.1)
    }
  }

  /// Many jurors in a chain, each sharing one firm with the next: the hardest to tell apart.
  @Test func longChains() {
    let count = 60
    let points = (0..<count).map { juror in
      (0..<count + 1).map { firm in [juror, juror + 1].contains(firm) ? 20 + juror : nil }
    }
    let ranking = ranking(points)
    // Each gives its two firms the same, so all firms are equal and each is one point above the one before.
    #expect(Set(ranking.places.map(\.corrected)).count == 1)
    #expect(zip(ranking.biases, ranking.biases.dropFirst()).allSatisfy { $1! - $0! == 10_000 })
  }
}

/// An exact number of a small system of equations.
private struct Fraction: Equatable, ExpressibleByIntegerLiteral {
  var (over, under): (Int128, Int128)

  init(_ over: some BinaryInteger, _ under: some BinaryInteger) {
    var (one, other) = (Int128(over), Int128(under))
    while other != 0 { (one, other) = (other, one % other) }
    let divisor = (one < 0) == (under < 0) ? one : -one
    (self.over, self.under) = (Int128(over) / divisor, Int128(under) / divisor)
  }
  init(integerLiteral value: Int) { self.init(value, 1) }

  static func + (left: Self, right: Self) -> Self {
    Self(left.over * right.under + right.over * left.under, left.under * right.under)
  }
  static func - (left: Self, right: Self) -> Self { left + Self(-right.over, right.under) }
  static func * (left: Self, right: Self) -> Self { Self(left.over * right.over, left.under * right.under) }
  static func / (left: Self, right: Self) -> Self { Self(left.over * right.under, left.under * right.over) }

  var floor: Int { Int(over >= 0 ? over / under : -((-over + under - 1) / under)) }

  /// C. F. Gauss and C. Jordan: rows of coefficients with the right side last. Nil where a number is in no equation.
  static func solve(_ given: [[Fraction]]) -> [Fraction?] {
    var rows = given
    var solved: [Int?] = []
    for column in rows.indices {
      let used = Set(solved.compactMap(\.self))
      let pivot = rows.indices.first { !used.contains($0) && rows[$0][column] != 0 }
      solved.append(pivot)
      guard let pivot else { continue }
      let factor = rows[pivot][column]
      rows[pivot] = rows[pivot].map { $0 / factor }
      for row in rows.indices where row != pivot && rows[row][column] != 0 {
        let factor = rows[row][column]
        rows[row] = zip(rows[row], rows[pivot]).map { $0 - $1 * factor }
      }
    }
    return solved.map { $0.map { rows[$0].last! } }
  }
}
