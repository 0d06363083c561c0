import Glibc
import Synchronization

/// Looks for the timetable with the fewest breaks, and for the proof that there are no fewer.
///
/// The work is for two threads, which the caller brings: one runs `prove`, the other `improve`. The best timetable so far
/// and the bound are known at any moment. With `prove` alone the search comes to the same end, without timetables on
/// the way.
public final class TimetableSearch: Sendable {
  /// What is known.
  public struct State: Sendable {
    /// For each meeting its slot; nil while none is known.
    public internal(set) var slots: [Int]?
    /// Breaks of all participants in it.
    public internal(set) var breaks: Int?
    /// Proven: no timetable has fewer breaks.
    public internal(set) var bound = 0
    /// Proven: there is no timetable.
    public internal(set) var isInfeasible = false
    /// No timetable has fewer breaks, or there is none at all.
    public var isDecided: Bool { isInfeasible || breaks.map { $0 <= bound } ?? false }

    /// Of no meetings.
    public static let empty = State(slots: [], breaks: 0)
  }

  public let problem: TimetableProblem
  private let seed: Int32
  private let state: Mutex<State>
  private let deadline: ContinuousClock.Instant
  private let isCancelled: Atomic<Bool> = Atomic(false)
  /// The proof has had its time alone.
  private let isHard: Atomic<Bool> = Atomic(false)
  private let changed: @Sendable (State) -> Void

  /// - Parameters:
  ///   - deadline: when the search ends with what it has.
  ///   - seed: of the solver; the same problem and seed lead to the same proof.
  ///   - changed: told of each better timetable and each higher bound, by either thread.
  public init(
    _ problem: TimetableProblem, until deadline: ContinuousClock.Instant, seed: Int32 = 0,
    changed: @escaping @Sendable (State) -> Void = { _ in }
  ) {
    self.problem = problem
    self.deadline = deadline
    self.seed = seed
    self.changed = changed
    state = Mutex(State())
  }

  /// What is known now.
  public var found: State { state.withLock { $0 } }

  /// Ends both threads soon.
  public func cancel() { isCancelled.store(true, ordering: .relaxed) }

  private var isOver: Bool {
    isCancelled.load(ordering: .relaxed) || ContinuousClock.now > deadline || found.isDecided
  }

  private func note(_ slots: [Int]) {
    let breaks = problem.breaks(slots).reduce(0, +)
    update { state in
      guard breaks < state.breaks ?? .max else { return false }
      (state.slots, state.breaks) = (slots, breaks)
      return true
    }
  }

  private func update(_ change: (inout State) -> Bool) {
    let news = state.withLock { state in change(&state) ? state : nil }
    if let news { changed(news) }
  }

  private func solver(_ seed: Int32) -> SATSolver {
    let solver = SATSolver(seed: seed)
    solver.interrupt { [unowned self] in isOver }
    return solver
  }

  /// Raises the bound until a timetable meets it.
  ///
  /// What clashes leads the way at first. Where a step takes long, the bound itself becomes a rule that must hold, which
  /// is dearer to change and quicker to decide.
  public func prove() {
    let solver = solver(seed)
    let model = TimetableModel(problem, in: solver)
    let cost = LeastCost(model.breaks.joined().map { (-$0, 1) }, in: solver)
    let raised = { [self] bound in
      raise(min(bound, everybodysBreak))
      return !isOver
    }
    var outcome = cost.minimise(patience: Self.shortPatience, raised: raised)
    isHard.store(true, ordering: .relaxed)
    if case .interrupted = outcome, !isOver {
      outcome = cost.minimise(patience: Self.patience, raised: raised)
    }
    switch outcome {
    case .infeasible: conclude(nil)
    case .optimal:
      note(model.timetable)
      conclude(cost.bound)
    case .interrupted: decideStepByStep(from: cost.bound)
    }
  }

  private func decideStepByStep(from bound: Int) {
    var bound = bound
    while !isOver {
      bound = max(bound, found.bound)
      guard bound <= problem.mostSpread * problem.participants else { return conclude(nil) }
      switch decide(bound, seed: seed, favoursSolutions: false) {
      case .satisfiable: return conclude(bound)
      case .unsatisfiable: bound += 1
      case .interrupted: break
      }
    }
  }

  /// For a search without a proof.
  func leaveProofAlone() { isHard.store(true, ordering: .relaxed) }

  /// Conflicts after which a step of the proof is given up for another way.
  private static let patience: Int32 = 20_000
  /// Conflicts before which the proof is left alone.
  private static let shortPatience: Int32 = 1_000

  /// As many breaks as there are participants, where each can have one: with so many, all may be better off than where
  /// somebody has none.
  private var everybodysBreak: Int {
    problem.meetingsOfParticipants.contains { $0.count < 2 } ? .max : problem.participants
  }

  /// Ends the proof. Where everybody has a break, those with most may have one more each.
  ///
  /// - Parameter breaks: the fewest where nobody has more than `mostSpread`; nil where there is no such timetable.
  private func conclude(_ breaks: Int?) {
    var (known, fewest) = (breaks ?? .max, 1)
    while known > everybodysBreak, fewest * problem.participants < known,
      !problem.meetingsOfParticipants.contains(where: { $0.count <= fewest })
    {
      let solver = solver(seed)
      let model = TimetableModel(problem, fewest: fewest, in: solver)
      let cost = LeastCost(model.breaks.joined().map { (-$0, 1) }, in: solver)
      switch cost.minimise() {
      case .interrupted: return
      case .infeasible: break
      case .optimal:
        note(model.timetable)
        known = min(known, problem.breaks(model.timetable).reduce(0, +))
      }
      fewest += 1
    }
    guard known < .max else {
      return update { state in
        state.isInfeasible = true
        return true
      }
    }
    raise(known)
  }

  private func raise(_ bound: Int) {
    update { state in
      guard bound > state.bound else { return false }
      state.bound = bound
      return true
    }
  }

  /// Finds a timetable with no more than so many breaks, and `mostSpread` of any participant, or raises the bound;
  /// neither, where the bound is raised meanwhile.
  @discardableResult
  private func decide(_ bound: Int, seed: Int32, favoursSolutions: Bool, patience: Int32 = .max)
    -> SATSolver.Verdict
  {
    let solver = SATSolver(seed: seed, favoursSolutions: favoursSolutions)
    solver.interrupt { [unowned self] in isOver || found.bound > bound }
    let model = TimetableModel(problem, in: solver)
    let all = Totalizer(model.breaks.flatMap { $0 }, in: solver)
    if let tooMany = all.more(than: bound) { solver.add(-tooMany) }
    if patience < .max { solver.limitConflicts(patience) }
    let verdict = solver.solve()
    switch verdict {
    case .satisfiable: note(model.timetable)
    case .unsatisfiable: raise(min(bound + 1, everybodysBreak))
    case .interrupted: break
    }
    return verdict
  }

  /// Looks for better timetables: by annealing, longer each time, and where that finds none, by a solver that is told to
  /// meet the bound.
  ///
  /// It begins when the proof turns out to be hard. What is easy then comes out the same each time; beside a proof that
  /// takes longer, whoever is first decides which of the best timetables it is.
  public func improve() {
    while !isHard.load(ordering: .relaxed), !isOver { usleep(1_000) }
    var annealing = TimetableAnnealing(problem, seed: UInt64(bitPattern: Int64(seed)))
    let most = 50_000 * problem.meetings.count
    var (steps, patience) = (500 * problem.meetings.count, Int32(5_000))
    while !isOver {
      let (before, begin) = (found.breaks, ContinuousClock.now)
      annealing?.anneal(steps: steps, isOver: { isOver }, found: note)
      // It has to be cold when time is up.
      let seconds = max(begin.duration(to: .now) / .seconds(1), 1e-6)
      let left = max(0, ContinuousClock.now.duration(to: deadline) / .seconds(1))
      steps = min(steps * 4, Int(min(Double(steps) / seconds * left * 0.9, Double(most))))
      guard !isOver, found.breaks == before else { continue }
      decide(found.bound, seed: seed &+ 1, favoursSolutions: true, patience: patience)
      patience = min(patience, .max / 4) * 4
    }
  }
}
