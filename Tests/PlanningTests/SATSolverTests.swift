import Testing

@testable import Planning

@Suite struct SATSolverTests {
  @Test func findsOutAndNamesWhatClashes() {
    let solver = SATSolver()
    let (a, b, c) = (solver.variable(), solver.variable(), solver.variable())
    solver.add(a, b)
    solver.add(-a, -b)
    #expect(solver.solve(assuming: [a, c]) == .satisfiable)
    #expect(solver.holds(a) && !solver.holds(b) && solver.holds(c))
    #expect(solver.solve(assuming: [a, b, c]) == .unsatisfiable)
    #expect(solver.failed(a) && solver.failed(b) && !solver.failed(c))
    // Assumptions are over with the call.
    #expect(solver.solve() == .satisfiable)
  }

  @Test func isInterrupted() {
    // More pigeons than holes: no short proof exists, so it does not end by itself.
    let solver = SATSolver()
    let holes = 13
    let pigeons = (0...holes).map { _ in solver.variables(holes) }
    for pigeon in pigeons { solver.add(pigeon) }
    for hole in 0..<holes {
      for (number, pigeon) in pigeons.enumerated() {
        for other in pigeons[..<number] { solver.add(-pigeon[hole], -other[hole]) }
      }
    }
    var asked = 0
    solver.interrupt {
      asked += 1
      return asked > 1_000
    }
    #expect(solver.solve() == .interrupted)
  }
}
