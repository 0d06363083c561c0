import Domain
import Glibc
import Matching
import Planning
import Store
import Wire

extension Desk {
  /// Makes a plan. What it is made from is read at its beginning; it is stored as a draft, so that nothing is in force that
  /// nobody has looked at.
  func roadshowPlan(_ command: RoadshowPlan, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let principal = call.principal.name
    if let done = try await recalled(call, key: command.key, &reply) { return done }
    guard planned.enter(command.roadshow) else {
      throw WireError(
        .busy, [Attribute("roadshow", command.roadshow)],
        "a plan of this roadshow is being made; try again when it is there")
    }
    defer { planned.leave(command.roadshow) }
    let making = try await PlanMaking(command, self)
    let made = try await making.make(&reply)
    return try await write(call, key: command.key, &reply) { session in
      try RoadshowStore.hold(command.roadshow, in: session)
      let number = try PlanStore.put(made.plan, of: command.roadshow, by: principal, in: session)
      let attributes = [Attribute("plan", number)] + made.figures
      return Written(
        rows: made.rows, last: LastLine(.ok, attributes),
        audit: .init(
          action: "roadshow plan", object: command.roadshow,
          detail: .object(attributes.map { .init($0.name, .string($0.value)) })))
    }
  }
}

/// One plan in the making.
struct PlanMaking: Sendable {
  private let command: RoadshowPlan
  private let basis: PlanBasis
  private let served: Served
  private let inWork: RoadshowsInWork
  private let began = ContinuousClock.now
  /// Firms that pitch, by the plan before that has a line-up.
  private let pitches: PitchTimes
  /// What firms want of investors, by the firm's id.
  private let wishes: [Int32: FirmWishes]

  /// A plan that can be stored, and what is to be said of it.
  struct Made: Sendable {
    var plan: NewPlan
    var figures: [Attribute]
    var rows: [[JSON.Member]]
  }

  /// Reads what there is.
  /// - Throws: 550 where there is no such roadshow, 503 where it has no slots or tables.
  init(_ command: RoadshowPlan, _ desk: Desk) async throws {
    (self.command, inWork) = (command, desk.planned)
    served = try await desk.picture.refresh(deadline: desk.settings.statementTime)
    let code = command.roadshow
    let read = try await desk.pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: desk.settings.statementTime
    ) { session -> (PlanBasis, PitchTimes, [Int32: FirmWishes])? in
      guard let desk = try RoadshowStore.desk(code, in: session) else { return nil }
      let basis = PlanBasis(
        desk, cancelled: try PlanStore.cancelled(at: code, in: session),
        elsewhere: try MeetingStore.elsewhere(code, in: session))
      let lineUp = try PlanStore.newestLineUp(of: code, in: session)
      let source = try lineUp.flatMap { try PlanStore.plan($0, of: code, in: session) }
      let pitches = PitchTimes(
        desk, source?.lineUp ?? [], runnersUp: source?.runnersUp ?? [], fills: false, now: Glibc.time(nil))
      return (basis, pitches, try IntroductionStore.wishes(in: session))
    }
    guard let read else { throw WireError.notFound("roadshow", code) }
    (basis, pitches, wishes) = read
    guard !basis.desk.show.isRetired else {
      throw WireError(.wrongState, [Attribute("roadshow", code)], "roadshow \(code) is retired")
    }
    for (what, command, isThere) in [
      ("slots", "BLOCK", !basis.desk.slots.isEmpty), ("tables", "TABLE", !basis.openTables.isEmpty),
    ] where !isThere {
      throw WireError(
        .wrongState, [Attribute("roadshow", code)],
        "\(code) has no \(what) for meetings; ROADSHOW \(command) \(code) makes some")
    }
  }

  /// What is given up, one after the other, where there is no timetable otherwise.
  private struct Attempt: Sendable {
    var preferences: PlanBasis.Preferences
    /// Breaks that somebody may have more than another one.
    var mostSpread: Int
    /// As the reply names it.
    var relaxed: String?
  }

  private var attempts: [Attempt] {
    let spread = 2
    let kept = (basis.firms + basis.investors).contains { $0.prefers != nil }
    return (kept ? [Attempt(preferences: .kept, mostSpread: spread)] : []) + [
      Attempt(preferences: .relaxed, mostSpread: spread, relaxed: kept ? "prefers" : nil),
      Attempt(
        preferences: .relaxed, mostSpread: Limits.slots, relaxed: kept ? "prefers,spread" : "spread"),
    ]
  }

  func make(_ reply: inout Reply) async throws -> Made {
    let (basis, served, wishes) = (basis, served, wishes)
    let scores = try await offThread { PairScores(basis, served, wishes: wishes) }
    let deadline = ContinuousClock.now + .seconds(command.seconds)
    var refusal: WireError?
    for (place, attempt) in attempts.enumerated() {
      let (day, clashes) = try await choose(attempt, scores)
      guard let day else {
        try await reply.add(clashes)
        throw Self.noPlan("what is pinned cannot be; the rows say what is in the way")
      }
      // Where nothing is found in half of the time, what is left is for the next one.
      let left = ContinuousClock.now.duration(to: deadline)
      let isLast = place == attempts.count - 1
      let state = try await search(
        day, until: ContinuousClock.now + (isLast ? left : left / 2), or: deadline, &reply)
      if let slots = state.slots { return try finish(day, slots, state, attempt) }
      refusal =
        state.isInfeasible
        ? Self.noPlan("these meetings have no timetable; the rows say what is in the way, as far as is known")
        : Self.noPlan("no timetable was found in \(command.seconds) s; give it more seconds=")
      if isLast, state.isInfeasible {
        // Whoever waits for a plan would rather wait a little longer than guess.
        let end = ContinuousClock.now + .seconds(min(command.seconds, 10))
        let clash = try await offThread { PlanClash(day, until: end) }
        try await reply.add(PlanRow.rows(clash.rows))
        if let advice = clash.advice {
          refusal = Self.noPlan(
            "these meetings have no timetable; the rows say what is in the way. The least that would do: \(advice)"
          )
        }
      }
    }
    throw refusal!
  }

  private static func noPlan(_ sentence: String) -> WireError { WireError(.noPlan, [], sentence) }

  /// Chooses who meets whom; nil, and rows that say why, where pins forbid it.
  private func choose(_ attempt: Attempt, _ scores: PairScores) async throws -> (
    day: PlanDay?, clashes: [[JSON.Member]]
  ) {
    let (basis, walking) = (basis, command.walkingMinutes)
    return try await offThread {
      let candidates = basis.candidates(attempt.preferences, scores: scores)
      guard candidates.clashes.isEmpty else {
        return (nil, PlanRow.rows(candidates.clashes.map { PlanRow(pin: $0.pin, reason: $0.reason) }))
      }
      do throws(MeetingChoice.Problem) {
        let choice = try MeetingChoice(candidates.request)
        let day = PlanDay(
          basis, candidates, choice.chosen, choice, walkingMinutes: walking, mostSpread: attempt.mostSpread)
        return (day, [])
      } catch {
        return (nil, PlanRow.rows([PlanRow(error, candidates, basis)]))
      }
    }
  }

  /// Searches on two threads of its own, and tells how far it is.
  ///
  /// - Parameters:
  ///   - patience: when it is given up where nothing is found.
  ///   - deadline: when it ends in any case.
  private func search(
    _ day: PlanDay, until patience: ContinuousClock.Instant, or deadline: ContinuousClock.Instant,
    _ reply: inout Reply
  ) async throws -> TimetableSearch.State {
    guard !day.problem.meetings.isEmpty else {
      return TimetableSearch.State.empty
    }
    let (news, continuation) = AsyncStream.makeStream(
      of: TimetableSearch.State.self, bufferingPolicy: .bufferingNewest(1))
    let search = TimetableSearch(day.problem, until: deadline, seed: Int32(command.seed)) {
      continuation.yield($0)
    }
    inWork.searching(command.roadshow) { search.cancel() }
    let watch = Task {
      while search.found.slots != nil || ContinuousClock.now < patience {
        try await Task.sleep(for: .milliseconds(500))
        continuation.yield(search.found)
      }
      search.cancel()
    }
    defer { watch.cancel() }
    let ended = Task {
      defer { continuation.finish() }
      try await onOwnThreads(name: "plan", [{ search.prove() }, { search.improve() }])
    }
    do {
      try await withTaskCancellationHandler {
        for await state in news { try await reply.progress(progress(state)) }
      } onCancel: {
        search.cancel()
      }
      try Task.checkCancellation()
      try await ended.value
      guard !inWork.isStopped else { throw CancellationError() }
      return search.found
    } catch {
      // Whoever comes next finds the processors free.
      search.cancel()
      _ = await ended.result
      throw error
    }
  }

  /// How far the search is: in seconds, with the best timetable so far and what is proven of all others.
  private func progress(_ state: TimetableSearch.State) -> [JSON.Member] {
    [
      .init("step", "timetable"),
      .init("done", JSON(Int(began.duration(to: .now) / .seconds(1)))), .init("of", JSON(command.seconds)),
      .init("breaks", JSON(state.breaks)), .init("bound", JSON(state.bound)),
    ]
  }

  /// Seats everybody and looks at it all once more.
  private func finish(_ day: PlanDay, _ slots: [Int], _ state: TimetableSearch.State, _ attempt: Attempt)
    throws
    -> Made
  {
    let seated: (meetings: [NewPlan.Meeting], moves: Int)
    do { seated = try day.meetings(at: slots) } catch {
      throw StoreError.unexpectedResult(reason: "a timetable finds no tables: \(error)")
    }
    if let flaw = PlanFlaws(basis.desk, seated.meetings).flaws.first {
      throw StoreError.unexpectedResult(reason: "a plan does not hold: \(flaw)")
    }
    let (breaks, bound) = (state.breaks ?? 0, state.bound)
    let isOptimal = breaks <= bound
    let leftOut = PlanRow.leftOut(day)
    let shortages = PlanRow.shortages(day)
    let unwelcome = day.unwelcome(slots).map { PlanRow(unwelcome: $0.code, $0.prefers, $0.meetings) }
    let figures =
      [
        Attribute("meetings", seated.meetings.count), Attribute("breaks", breaks), Attribute("bound", bound),
        Attribute("proof", isOptimal ? "optimal" : "feasible"), Attribute("moves", seated.moves),
        Attribute("left_out", leftOut.count), Attribute("shortages", shortages.count),
        Attribute("unwelcome", unwelcome.count),
      ] + (attempt.relaxed.map { [Attribute("relaxed", $0)] } ?? [])
      + (pitches.withoutSlot.isEmpty ? [] : [Attribute("no_slot", pitches.withoutSlot.count)])
    let plan = NewPlan(
      base: basis.desk.published?.number, seed: command.seed, breaks: breaks, bound: min(bound, breaks),
      proof: isOptimal ? .optimal : .feasible,
      parameters: JSON.object(parameters(attempt, day) + figures.map { .init($0.name, .string($0.value)) })
        .line,
      lineUp: pitches.lineUp, runnersUp: pitches.runnersUp, meetings: seated.meetings)
    return Made(plan: plan, figures: figures, rows: PlanRow.rows(shortages + leftOut + unwelcome))
  }

  private func parameters(_ attempt: Attempt, _ day: PlanDay) -> [JSON.Member] {
    [
      .init("seconds", JSON(command.seconds)), .init("seed", JSON(command.seed)),
      .init("walking_minutes", JSON(command.walkingMinutes)),
      .init("prefers", .string(attempt.preferences.rawValue)), .init("most_spread", JSON(attempt.mostSpread)),
      .init("policy", JSON(Int(served.policy.number))), .init("registry", .string(served.watermark)),
      .init("firms", JSON(basis.firms.count)), .init("investors", JSON(basis.investors.count)),
      .init("slots", JSON(basis.desk.slots.count)), .init("tables", JSON(basis.openTables.count)),
      .init("wishes", JSON(basis.desk.wishes.count)), .init("pins", JSON(basis.desk.pins.count)),
      .init("pairs", JSON(day.candidates.request.pairs.count)),
    ]
  }
}
