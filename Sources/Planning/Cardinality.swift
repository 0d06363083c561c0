/// How many of some literals hold, in clauses.
extension SATSolver {
  /// At most one of these holds.
  func addAtMostOne(_ literals: [Literal]) {
    guard literals.count > 6 else {
      for (place, literal) in literals.enumerated() {
        for other in literals[..<place] { add(-literal, -other) }
      }
      return
    }
    // C. Sinz: "Towards an Optimal CNF Encoding of Boolean Cardinality Constraints", 2005, with one step of the counter
    // for three literals.
    let step = 3
    var earlier: Literal?
    for start in stride(from: 0, to: literals.count, by: step) {
      let group = Array(literals[start..<min(start + step, literals.count)])
      let upToHere = variable()
      addAtMostOne(group)
      for literal in group {
        add(-literal, upToHere)
        if let earlier { add(-literal, -earlier) }
      }
      if let earlier { add(-earlier, upToHere) }
      earlier = upToHere
    }
  }

  /// Exactly one of these holds.
  func addExactlyOne(_ literals: [Literal]) {
    add(literals)
    addAtMostOne(literals)
  }

  /// Exactly this many of these hold: a counter in both directions (Sinz 2005), so that what is decided early shows
  /// what is left to do.
  func addExactly(_ count: Int, of literals: [Literal]) {
    guard count > 0, count < literals.count else {
      for literal in literals { add(count > 0 ? literal : -literal) }
      if count > literals.count { add([]) }
      return
    }
    // counted[k]: more than k of the literals up to here hold.
    var counted: [Literal] = []
    for (place, literal) in literals.enumerated() {
      // So many hold here at least, as what is left could not make up for it; and no more than are wanted.
      let least = count - (literals.count - place - 1)
      var next: [Literal] = []
      for k in 0..<min(place + 1, count) {
        let now = variable()
        let before = k < counted.count ? counted[k] : nil
        let fewer = k == 0 ? nil : k - 1 < counted.count ? counted[k - 1] : nil
        // Up: one more, or as many as before.
        if k == 0 { add(-literal, now) } else if let fewer { add(-literal, -fewer, now) }
        if let before { add(-before, now) }
        // Down: so many only where there were as many, or one less and this one.
        if let before { add(-now, before, literal) } else { add(-now, literal) }
        if let fewer { add([-now, fewer] + (before.map { [$0] } ?? [])) }
        if k < least { add(now) }
        next.append(now)
      }
      if counted.count == count { add(-literal, -counted[count - 1]) }
      counted = next
    }
    add(counted[count - 1])
  }
}

/// Counts literals, as far as is asked: a tree of sums in unary (O. Bailleux, Y. Boufkhad: "Efficient CNF Encoding of
/// Boolean Cardinality Constraints", 2003), which grows when it is asked for more (R. Martins, S. Joshi, V. Manquinho,
/// I. Lynce: "Incremental Cardinality Constraints for MaxSAT", 2014).
final class Totalizer {
  private let solver: SATSolver
  private let left: Totalizer?
  private let right: Totalizer?
  /// outputs[k] holds where more than k of the literals do.
  private var outputs: [Literal]
  /// Literals that are counted.
  let count: Int

  init(_ literals: some RandomAccessCollection<Literal>, in solver: SATSolver) {
    self.solver = solver
    count = literals.count
    guard literals.count > 1 else {
      (left, right, outputs) = (nil, nil, Array(literals))
      return
    }
    let middle = literals.index(literals.startIndex, offsetBy: literals.count / 2)
    left = Totalizer(literals[..<middle], in: solver)
    right = Totalizer(literals[middle...], in: solver)
    outputs = []
  }

  /// A literal that holds wherever more than `count` of the literals do; nil where there are no more. The other way
  /// round it may be anything.
  func more(than count: Int) -> Literal? {
    guard count < self.count else { return nil }
    grow(to: count + 1)
    return outputs[count]
  }

  private func grow(to wanted: Int) {
    let old = outputs.count
    let new = min(wanted, count)
    guard new > old, let left, let right else { return }
    left.grow(to: new)
    right.grow(to: new)
    outputs += solver.variables(new - old)
    for i in 0...left.outputs.count {
      for j in 0...right.outputs.count where i + j > old && i + j <= new {
        var clause = [outputs[i + j - 1]]
        if i > 0 { clause.append(-left.outputs[i - 1]) }
        if j > 0 { clause.append(-right.outputs[j - 1]) }
        solver.add(clause)
      }
    }
  }
}
