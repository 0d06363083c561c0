import CCaDiCaL

/// A literal of a formula: a variable from 1 on, or its negation as the negative number.
typealias Literal = Int32

/// A formula in clauses, and CaDiCaL, which decides it (A. Biere, K. Fazekas, M. Fleury, M. Heisinger: "CaDiCaL,
/// Kissat, Paracooba, Plingeling and Treengeling entering the SAT Competition 2020").
///
/// Clauses stay; assumptions hold for one call. Not for two threads at once.
final class SATSolver {
  /// What is known after a call.
  enum Verdict { case satisfiable, unsatisfiable, interrupted }

  /// Asked again and again while it works; true ends the work without a verdict.
  private final class Interruption {
    let wanted: () -> Bool
    init(_ wanted: @escaping () -> Bool) { self.wanted = wanted }
  }

  private let solver: OpaquePointer
  private var interruption: Interruption?
  private(set) var variables: Literal = 0
  private(set) var clauses = 0

  /// - Parameter favoursSolutions: it keeps to what nearly was a solution, rather than look for a proof of none.
  init(seed: Int32 = 0, favoursSolutions: Bool = false) {
    solver = ccadical_init()
    ccadical_set_option(solver, "quiet", 1)
    ccadical_set_option(solver, "seed", seed)
    // CaDiCaL's own choice of options for what is satisfiable.
    if favoursSolutions {
      ccadical_set_option(solver, "stabilizeonly", 1)
      ccadical_set_option(solver, "elimreleff", 10)
      ccadical_set_option(solver, "subsumereleff", 60)
    }
  }

  deinit { ccadical_release(solver) }

  /// A new variable.
  func variable() -> Literal {
    variables += 1
    return variables
  }

  func variables(_ count: Int) -> [Literal] { (0..<count).map { _ in variable() } }

  /// At least one of these holds.
  func add(_ literals: Literal...) { add(literals) }

  func add(_ literals: some Sequence<Literal>) {
    for literal in literals { ccadical_add(solver, literal) }
    ccadical_add(solver, 0)
    clauses += 1
  }

  /// Ends calls from now on as soon as this says true. It is asked often, on the thread of the call.
  func interrupt(when wanted: @escaping () -> Bool) {
    let interruption = Interruption(wanted)
    self.interruption = interruption
    ccadical_set_terminate(solver, Unmanaged.passUnretained(interruption).toOpaque()) { state in
      state.map { Unmanaged<Interruption>.fromOpaque($0).takeUnretainedValue().wanted() ? 1 : 0 } ?? 0
    }
  }

  /// Decides the clauses under these assumptions.
  func solve(assuming assumptions: some Sequence<Literal> = EmptyCollection()) -> Verdict {
    for literal in assumptions { ccadical_assume(solver, literal) }
    switch ccadical_solve(solver) {
    case 10: return .satisfiable
    case 20: return .unsatisfiable
    default: return .interrupted
    }
  }

  /// The next call ends after about so many conflicts, without a verdict if there is none by then.
  func limitConflicts(_ count: Int32) { ccadical_limit(solver, "conflicts", count) }

  /// Whether the literal holds in the solution just found. Only after `.satisfiable`.
  func holds(_ literal: Literal) -> Bool { ccadical_val(solver, literal) > 0 }

  /// Whether the assumption is one of those that cannot hold together. Only after `.unsatisfiable`.
  func failed(_ assumption: Literal) -> Bool { ccadical_failed(solver, assumption) != 0 }
}
