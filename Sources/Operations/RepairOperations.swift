import Domain
import Glibc
import Planning
import Store
import Wire

extension Desk {
  /// Makes the plan in force hold again, after what has happened on the desk: as a draft, or in force at once.
  func roadshowRepair(_ command: RoadshowRepair, _ call: Call, _ reply: inout Reply) async throws -> LastLine
  {
    let (code, principal) = (command.roadshow, call.principal.name)
    let served = try await picture.refresh(deadline: settings.statementTime)
    return try await write(call, key: command.key, &reply) { session in
      try RoadshowStore.hold(code, in: session)
      guard let desk = try RoadshowStore.desk(code, in: session) else {
        throw WireError.notFound("roadshow", code)
      }
      guard let published = desk.published,
        let plan = try PlanStore.plan(published.number, of: code, in: session)
      else {
        throw WireError(
          .wrongState, [Attribute("roadshow", code)],
          "no plan of \(code) is in force; ROADSHOW PUBLISH \(code) puts one there")
      }
      let basis = PlanBasis(
        desk, cancelled: try PlanStore.cancelled(at: code, in: session),
        elsewhere: try MeetingStore.elsewhere(code, in: session))
      let walkingMinutes = Self.walkingMinutes(plan)
      let repair = PlanRepair(
        basis, published, PairScores(basis, served, wishes: try IntroductionStore.wishes(in: session)),
        walkingMinutes: walkingMinutes, now: Glibc.time(nil)
      )
      let made = try repair.make(fills: command.fills, until: .now + .seconds(command.seconds))
      let gone = Set(desk.participants.filter(\.state.isGone).map(\.party))
      let breaks = made.breaks(on: desk)
      let number = try PlanStore.put(
        NewPlan(
          base: published.number, seed: plan.seed, breaks: breaks, bound: 0,
          proof: breaks == 0 ? .optimal : .feasible,
          parameters: JSON.object([
            .init("seconds", JSON(command.seconds)), .init("standby", .string(command.fills ? "yes" : "no")),
            .init("walking_minutes", JSON(walkingMinutes)), .init("meetings", JSON(made.meetings.count)),
            .init("moved", JSON(made.moved)), .init("dropped", JSON(made.dropped.count)),
            .init("added", JSON(made.added)),
          ]).line, reason: "repair",
          pitches: published.pitches.filter { !gone.contains($0) }, meetings: made.meetings),
        of: code, by: principal, in: session)
      let difference = try PlanDifference(from: published.number, to: number, of: code, in: session)
      if command.isPublished { _ = try PlanStore.publish(number, of: code, in: session) }
      let attributes = [
        Attribute("plan", number), Attribute("moved", made.moved), Attribute("dropped", made.dropped.count),
        Attribute("added", made.added), Attribute("tables", difference.tables),
        Attribute("bound", made.bound),
        Attribute("proof", made.isProven ? "optimal" : "feasible"), Attribute("breaks", breaks),
        Attribute("state", command.isPublished ? "published" : "draft"),
      ]
      return Written(
        rows: difference.rows, last: LastLine(.ok, attributes),
        audit: .init(
          action: "roadshow repair", object: code,
          detail: .object(attributes.map { .init($0.name, .string($0.value)) })))
    }
  }

  /// Minutes from room to room that the plan was made with.
  private static func walkingMinutes(_ plan: StoredPlan) -> Int {
    guard case .object(let members)? = try? JSONParser.parse(plan.parameters),
      case .integer(let minutes)? = members.first(where: { $0.name == "walking_minutes" })?.value
    else { return 0 }
    return Int(minutes)
  }
}
