import Domain
import Glibc
import Planning
import Store
import Wire

extension Desk {
  /// Makes the plan in force hold again, after what has happened on the desk: as a draft, or in force at once.
  func roadshowRepair(_ command: RoadshowRepair, _ call: Call, _ reply: inout Reply) async throws -> LastLine
  {
    let principal = call.principal.name
    let served = try await picture.refresh(deadline: settings.statementTime)
    return try await tellingFlaws(&reply) { reply in
      try await write(call, key: command.key, &reply) { session in
        try Self.repair(command, served, by: principal, session)
      }
    }
  }

  private static func repair(
    _ command: RoadshowRepair, _ served: Served, by principal: String, _ session: Session
  ) throws -> Written {
    let code = command.roadshow
    let desk = try heldDesk(code, in: session)
    guard let published = desk.published,
      let plan = try PlanStore.plans(of: code, before: published.number + 1, limit: 1, in: session).first
    else {
      throw WireError(
        .wrongState, [Attribute("roadshow", code)],
        "no plan of \(code) is in force; ROADSHOW PUBLISH \(code) puts one there")
    }
    let basis = PlanBasis(
      desk, cancelled: try PlanStore.cancelled(at: code, in: session),
      elsewhere: try MeetingStore.elsewhere(code, in: session))
    let walkingMinutes = walkingMinutes(of: plan)
    let repair = PlanRepair(
      basis, published, PairScores(basis, served, wishes: try IntroductionStore.wishes(in: session)),
      walkingMinutes: walkingMinutes, now: Glibc.time(nil)
    )
    guard let made = try repair.make(fills: command.fills, until: .now + .seconds(command.seconds)) else {
      throw WireError(
        .noPlan, [], "nothing was found in \(command.seconds) s that holds; give it more seconds=")
    }
    let pitches = PitchTimes(
      desk, published.lineUp, runnersUp: published.runnersUp, fills: command.fills, now: Glibc.time(nil))
    if command.isPublished, !published.differs(made.meetings, pitches.lineUp),
      let inForce = try PlanStore.plan(published.number, of: code, in: session),
      try flaws(of: inForce, on: desk, session).isEmpty
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
        proof: breaks == 0 ? .optimal : .feasible,
        parameters: JSON.object([
          .init("seconds", JSON(command.seconds)), .init("standby", .string(command.fills ? "yes" : "no")),
          .init("walking_minutes", JSON(walkingMinutes)), .init("meetings", JSON(made.meetings.count)),
          .init("moved", JSON(made.moved)), .init("dropped", JSON(made.dropped)),
          .init("added", JSON(made.added)),
        ]).line, reason: "repair",
        lineUp: pitches.lineUp, runnersUp: pitches.runnersUp, meetings: made.meetings),
      of: code, by: principal, in: session)
    let difference = try PlanDifference(from: published.number, to: number, of: code, in: session)
    if command.isPublished, let plan = try PlanStore.plan(number, of: code, in: session) {
      try putInForce(plan, isForced: false, isRepair: true, on: desk, session)
    }
    let attributes =
      [
        Attribute("plan", number), Attribute("moved", made.moved), Attribute("dropped", made.dropped),
        Attribute("added", made.added), Attribute("tables", difference.tables),
        Attribute("bound", made.bound),
        Attribute("proof", made.isProven ? "optimal" : "feasible"), Attribute("breaks", breaks),
      ] + (difference.pitches > 0 ? [Attribute("pitches", difference.pitches)] : []) + [
        Attribute("state", command.isPublished ? "published" : "draft")
      ]
    return Written(
      rows: difference.rows, last: LastLine(.ok, attributes),
      audit: .init(
        action: "roadshow repair", object: code,
        detail: .object(attributes.map { .init($0.name, .string($0.value)) })))
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
