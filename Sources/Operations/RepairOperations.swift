import Domain
import Glibc
import Matching
import Planning
import Store
import Synchronization
import Wire

extension Desk {
  /// Makes the plan in force hold again, after what has happened on the desk: as a draft, or in force at once.
  ///
  /// What it is made from is read at its beginning; no transaction is open while it searches.
  func roadshowRepair(_ command: RoadshowRepair, _ call: Call, _ reply: inout Reply) async throws -> LastLine
  {
    let principal = call.principal.name
    if let done = try await recalled(call, key: command.key, &reply) { return done }
    let work = "repair of \(command.roadshow)"
    guard planned.enter(work) else {
      throw WireError(
        .busy, [Attribute("roadshow", command.roadshow)],
        "a repair of this roadshow is being made; try again when it is there")
    }
    defer { planned.leave(work) }
    let served = try await picture.refresh(deadline: settings.statementTime)
    let making = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: settings.statementTime
    ) { session in try RepairMaking(command, served, session) }
    let run = RepairRun()
    planned.searching(work) { run.cancel() }
    let made = try await making.make(run, &reply)
    guard !planned.isStopped else { throw CancellationError() }
    return try await tellingFlaws(&reply) { reply in
      try await write(call, key: command.key, &reply) { session in
        try making.store(made, by: principal, session)
      }
    }
  }
}

/// How far a repair is, and whether anybody still wants it.
private final class RepairRun: Sendable {
  private let state = Mutex((progress: TimetableRepair.Progress?.none, isCancelled: false))

  var progress: TimetableRepair.Progress? { state.withLock { $0.progress } }
  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func note(_ progress: TimetableRepair.Progress) { state.withLock { $0.progress = progress } }
  func cancel() { state.withLock { $0.isCancelled = true } }
}

/// One repair in the making.
private struct RepairMaking: Sendable {
  private let command: RoadshowRepair
  private let published: RoadshowDesk.Published
  private let plan: StoredPlan
  private let basis: PlanBasis
  private let served: Served
  private let wishes: [Int32: FirmWishes]
  private let walkingMinutes: Int
  private let began = ContinuousClock.now

  init(_ command: RoadshowRepair, _ served: Served, _ session: Session) throws {
    let code = command.roadshow
    guard let desk = try RoadshowStore.desk(code, in: session) else {
      throw WireError.notFound("roadshow", code)
    }
    guard let published = desk.published,
      let plan = try PlanStore.plans(of: code, before: published.number + 1, limit: 1, in: session).first
    else {
      throw WireError(
        .wrongState, [Attribute("roadshow", code)],
        "no plan of \(code) is in force; ROADSHOW PUBLISH \(code) puts one there")
    }
    (self.command, self.served, self.published, self.plan) = (command, served, published, plan)
    basis = PlanBasis(
      desk.withoutPinsToLostTables, cancelled: try PlanStore.cancelled(at: code, in: session),
      elsewhere: try MeetingStore.elsewhere(code, in: session))
    wishes = try IntroductionStore.wishes(in: session)
    walkingMinutes = Self.walkingMinutes(of: plan)
  }

  /// Searches on a thread of its own, and tells how far it is.
  func make(_ run: RepairRun, _ reply: inout Reply) async throws -> PlanRepair.Made {
    let (ticks, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let clock = Task {
      while true {
        try await Task.sleep(for: .milliseconds(500))
        continuation.yield()
      }
    }
    defer { clock.cancel() }
    let result = Mutex(Result<PlanRepair.Made, any Error>?.none)
    let search: @Sendable () -> Void = { [self] in
      let made = Result {
        try mend(run) { progress in
          run.note(progress)
          continuation.yield()
        }
      }
      result.withLock { $0 = made }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { continuation.finish() }
        try await onOwnThreads(name: "repair", [search])
      }
      do {
        try await withTaskCancellationHandler {
          for await _ in ticks { try await reply.progress(progress(run)) }
        } onCancel: {
          run.cancel()
        }
        try Task.checkCancellation()
      } catch {
        run.cancel()
        throw error
      }
      try await group.waitForAll()
    }
    guard let made = result.withLock({ $0 }) else {
      throw StoreError.unexpectedResult(reason: "a repair has no result")
    }
    return try made.get()
  }

  private func mend(_ run: RepairRun, report: (TimetableRepair.Progress) -> Void) throws -> PlanRepair.Made {
    let repair = PlanRepair(
      basis, published, PairScores(basis, served, wishes: wishes), walkingMinutes: walkingMinutes,
      now: Glibc.time(nil))
    return try repair.make(
      fills: command.fills, until: began + .seconds(command.seconds), isCancelled: { run.isCancelled },
      report: report)
  }

  /// How far it is: in seconds, with what the best repair so far changes, and how many find no seat at least.
  private func progress(_ run: RepairRun) -> [JSON.Member] {
    let found = run.progress
    return [
      .init("step", "repair"), .init("done", JSON(Int(began.duration(to: .now) / .seconds(1)))),
      .init("of", JSON(command.seconds)), .init("dropped", JSON(found?.dropped)),
      .init("moved", JSON(found?.moved)), .init("least_dropped", JSON(found?.leastDropped)),
    ]
  }

  // MARK: Storing

  /// Stores it as a draft or puts it in force, and names everybody whose day changes.
  func store(_ made: PlanRepair.Made, by principal: String, _ session: Session) throws -> Written {
    let code = command.roadshow
    let desk = try Desk.heldDesk(code, in: session)
    guard desk.published?.number == published.number else {
      throw WireError(
        .wrongState, [Attribute("roadshow", code), Attribute("plan", published.number)],
        "another plan was put in force while this one was mended; ROADSHOW REPAIR \(code) again mends that")
    }
    let pitches = PitchTimes(
      desk, published.lineUp, runnersUp: published.runnersUp, fills: command.fills, now: Glibc.time(nil))
    if command.isPublished, !published.differs(made.meetings, pitches.lineUp),
      let inForce = try PlanStore.plan(published.number, of: code, in: session),
      try Desk.flaws(of: inForce, on: desk, session).isEmpty
    {
      return Written(
        last: LastLine(
          .unchanged, [Attribute("plan", published.number), Attribute("state", "published")],
          sentence: "plan \(published.number) is in force, and nothing of it has to change"))
    }
    let breaks = made.breaks(on: basis)
    let number = try PlanStore.put(
      NewPlan(
        base: published.number, seed: plan.seed, breaks: breaks, bound: 0,
        proof: breaks == 0 ? .optimal : .feasible, parameters: parameters(made), reason: "repair",
        lineUp: pitches.lineUp, runnersUp: pitches.runnersUp, meetings: made.meetings),
      of: code, by: principal, in: session)
    let difference = try PlanDifference(from: published.number, to: number, of: code, in: session)
    var flaws: [PlanFlaws.Flaw] = []
    if command.isPublished, let plan = try PlanStore.plan(number, of: code, in: session) {
      flaws = try Desk.putInForce(plan, isForced: false, isRepair: true, on: desk, session)
    }
    let attributes =
      [
        Attribute("plan", number), Attribute("moved", made.moved), Attribute("dropped", made.dropped),
        Attribute("added", made.added), Attribute("tables", difference.tables),
        Attribute("bound", made.bound),
        Attribute("proof", made.isProven ? "optimal" : "feasible"), Attribute("breaks", breaks),
      ] + (difference.pitches > 0 ? [Attribute("pitches", difference.pitches)] : [])
      + (flaws.isEmpty ? [] : [Attribute("flaws", flaws.count)]) + [
        Attribute("state", command.isPublished ? "published" : "draft")
      ]
    return Written(
      rows: try rows(difference, made, desk, session), last: LastLine(.ok, attributes),
      audit: .init(
        action: "roadshow repair", object: code,
        detail: .object(attributes.map { .init($0.name, .string($0.value)) })))
  }

  private func parameters(_ made: PlanRepair.Made) -> String {
    JSON.object([
      .init("seconds", JSON(command.seconds)), .init("standby", .string(command.fills ? "yes" : "no")),
      .init("walking_minutes", JSON(walkingMinutes)), .init("meetings", JSON(made.meetings.count)),
      .init("moved", JSON(made.moved)), .init("dropped", JSON(made.dropped)),
      .init("added", JSON(made.added)),
    ]).line
  }

  /// What changes, each with why something is removed, and with the persons of both sides, who have to be told.
  private func rows(
    _ difference: PlanDifference, _ made: PlanRepair.Made, _ desk: RoadshowDesk, _ session: Session
  ) throws -> [[JSON.Member]] {
    let gone = Set(desk.participants.filter(\.state.isGone).map(\.party))
    var known: [String: JSON] = [:]
    func persons(_ party: String?) throws -> JSON {
      guard let party else { return .null }
      if let persons = known[party] { return persons }
      let side = try DayStore.side(party, of: command.roadshow, in: session)
      let persons = JSON.array((side?.persons ?? []).map { .string($0) })
      known[party] = persons
      return persons
    }
    return try difference.rows.map { row in
      let value = { (name: String) in row.first { $0.name == name }?.value }
      let (firm, investor) = (value("firm")?.text, value("investor")?.text)
      var why: String?
      if value("change")?.text == "removed", let firm {
        let isUnseated = investor.map { made.unseated.contains(.init(firm: firm, investor: $0)) } ?? false
        let isGone = [firm, investor].contains { $0.map(gone.contains) ?? false }
        why = isGone ? "gone" : isUnseated ? "no_seat" : "called_off"
      }
      return row + [
        .init("why", JSON(why)), .init("firm_persons", try persons(firm)),
        .init("investor_persons", try persons(investor)),
      ]
    }
  }

  /// Minutes from room to room that the plan was made with.
  private static func walkingMinutes(of plan: StoredPlan) -> Int {
    guard case .object(let members)? = try? JSONParser.parse(plan.parameters),
      case .integer(let minutes)? = members.first(where: { $0.name == "walking_minutes" })?.value
    else { return 0 }
    return Int(minutes)
  }
}

extension RoadshowDesk.Published {
  /// Whether a plan of these meetings and pitches would be another one.
  fileprivate func differs(_ meetings: [NewPlan.Meeting], _ lineUp: [NewPlan.Pitch]) -> Bool {
    let places = Dictionary(uniqueKeysWithValues: self.meetings.map { ($0.pair, [$0.starts, $0.table]) })
    let pitches = Dictionary(uniqueKeysWithValues: self.lineUp.map { ($0.firm, $0) })
    return meetings.count != places.count || lineUp.count != pitches.count
      || meetings.contains { places[$0.pair] != [$0.starts, $0.table] }
      || lineUp.contains { pitch in
        guard let was = pitches[pitch.firm] else { return true }
        return pitch.slot != (was.time.map { .at($0) } ?? .none)
      }
  }
}
