import Domain
import Glibc
import Store
import Wire

extension Desk {
  // MARK: Looking

  func roadshowPlans(_ command: RoadshowPlans, _ reply: inout Reply) async throws -> LastLine {
    let (code, page) = (command.roadshow, command.page)
    let before = try Self.numberCursor(page.after)
    let found = try await pool.run(deadline: settings.statementTime) { session -> [StoredPlan]? in
      guard try RoadshowStore.show(code, in: session) != nil else { return nil }
      return try PlanStore.plans(of: code, before: before, limit: page.limit + 1, in: session)
    }
    guard var plans = found else { throw WireError.notFound("roadshow", code) }
    let hasMore = page.cut(&plans)
    for plan in plans { try await reply.row(plan.members) }
    return LastLine(
      .ok, [Attribute("rows", plans.count)] + (hasMore ? [Attribute("next", plans.last!.number)] : []))
  }

  func roadshowDiff(_ command: RoadshowDiff, _ reply: inout Reply) async throws -> LastLine {
    let difference = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: settings.statementTime
    ) { session in
      guard try RoadshowStore.show(command.roadshow, in: session) != nil else {
        throw WireError.notFound("roadshow", command.roadshow)
      }
      let plans = PlanChoice(roadshow: command.roadshow, session: session)
      let (from, to) = (
        try plans.plan(command.from, or: .published), try plans.plan(command.to, or: .draft)
      )
      return try PlanDifference(from: from.number, to: to.number, of: command.roadshow, in: session)
    }
    try await reply.add(difference.rows)
    return LastLine(.ok, [Attribute("rows", reply.rows)] + difference.figures)
  }

  // MARK: Publishing

  /// Puts a plan in force. A plan that does not hold any more, since something has changed on the desk, is refused with all
  /// that does not.
  func roadshowPublish(_ command: RoadshowPublish, _ call: Call, _ reply: inout Reply) async throws
    -> LastLine
  {
    try await tellingFlaws(&reply) { reply in
      try await write(call, key: command.key, &reply) { session in try Self.publish(command, session) }
    }
  }

  /// Tells what does not hold of a plan that is refused for it.
  func tellingFlaws(
    _ reply: inout Reply, _ body: (inout Reply) async throws -> LastLine
  ) async throws -> LastLine {
    do { return try await body(&reply) } catch let refusal as BrokenPlan {
      try await reply.add(refusal.flaws.map(\.members))
      throw WireError(
        .ruleViolated,
        [
          Attribute("rule", "plan_holds"), Attribute("plan", refusal.plan),
          Attribute("flaws", refusal.flaws.count),
        ],
        "this plan does not hold any more, as the rows say; make another one, or publish it as it is with force=yes"
      )
    }
  }

  private struct BrokenPlan: Error {
    var plan: Int
    var flaws: [PlanFlaws.Flaw]
  }

  private static func publish(_ command: RoadshowPublish, _ session: Session) throws -> Written {
    let code = command.roadshow
    let desk = try heldDesk(code, in: session)
    let plans = PlanChoice(roadshow: code, session: session)
    let plan = try plans.plan(command.plan, or: command.isRollback ? .previous : .draft)
    let wanted: StoredPlan.State = command.isRollback ? .superseded : .draft
    guard plan.state != .published else {
      return Written(
        last: LastLine(
          .unchanged, [Attribute("roadshow", code), Attribute("plan", plan.number)],
          sentence: "it is in force already"))
    }
    guard plan.state == wanted else {
      throw WireError(
        .wrongState, [Attribute("plan", plan.number), Attribute("state", plan.state.rawValue)],
        command.isRollback
          ? "plan \(plan.number) was never in force; ROADSHOW PUBLISH puts it there"
          : "plan \(plan.number) was in force before; ROADSHOW ROLLBACK puts it there again")
    }
    let was = desk.published?.number
    let difference = try was.map { try PlanDifference(from: $0, to: plan.number, of: code, in: session) }
    let flaws = try putInForce(plan, isForced: command.isForced, on: desk, session)
    let attributes =
      [Attribute("roadshow", code), Attribute("plan", plan.number)]
      + (was.map { [Attribute("was", $0)] } ?? [])
      + (difference?.figures.dropFirst(2) ?? [Attribute("added", plan.meetings.count)])
      + (flaws.isEmpty ? [] : [Attribute("flaws", flaws.count)])
    return Written(
      last: LastLine(.ok, attributes),
      audit: .init(
        action: command.isRollback ? "roadshow rollback" : "roadshow publish", object: code,
        detail: .object(attributes.dropFirst().map { .init($0.name, .string($0.value)) })))
  }

  /// - Returns: what does not hold of it.
  /// - Throws: `BrokenPlan` where something does not, and that is not forced.
  @discardableResult
  static func putInForce(_ plan: StoredPlan, isForced: Bool, on desk: RoadshowDesk, _ session: Session) throws
    -> [PlanFlaws.Flaw]
  {
    let flaws = try flaws(of: plan, on: desk, session)
    guard flaws.isEmpty || isForced else { throw BrokenPlan(plan: plan.number, flaws: flaws) }
    _ = try PlanStore.publish(plan.number, of: desk.show.code, in: session)
    return flaws
  }

  /// What does not hold of a plan; of meetings that are called off or have begun nothing has to.
  private static func flaws(of plan: StoredPlan, on desk: RoadshowDesk, _ session: Session) throws
    -> [PlanFlaws.Flaw]
  {
    let now = Glibc.time(nil)
    let off = Set(try PlanStore.cancelled(at: desk.show.code, in: session)).union(
      plan.meetings.filter { $0.starts <= now }.map(\.pair))
    return PlanFlaws(
      desk, plan.meetings.filter { !off.contains($0.pair) }.map(NewPlan.Meeting.init(anyTime:)),
      pitches: plan.pitches
    ).flaws.filter { flaw in flaw.kind != .pin || !(flaw.pair.map(off.contains) ?? false) }
  }
}

extension NewPlan.Meeting {
  /// A meeting of a stored plan, at whatever time; slot 0 where there is none at that time any more.
  fileprivate init(anyTime meeting: RoadshowDesk.Meeting) {
    self.init(
      pair: meeting.pair, slot: meeting.slot ?? 0, table: meeting.table, starts: meeting.starts,
      ends: meeting.ends)
  }
}

/// Finds the plan that is meant.
private struct PlanChoice {
  let roadshow: String
  let session: Session

  enum Usual { case published, draft, previous }

  /// - Parameter number: as it was given; nil for the usual one.
  func plan(_ number: Int?, or usual: Usual) throws -> StoredPlan {
    if let number {
      guard let plan = try PlanStore.plan(number, of: roadshow, in: session) else {
        throw WireError.notFound("plan", String(number))
      }
      return plan
    }
    let found: Int? =
      switch usual {
      case .published: try RoadshowStore.published(roadshow, in: session)?.number
      case .draft: try PlanStore.newestDraft(of: roadshow, in: session)
      case .previous: try PlanStore.previous(of: roadshow, in: session)
      }
    guard let found, let plan = try PlanStore.plan(found, of: roadshow, in: session) else {
      let sentence =
        switch usual {
        case .published: "no plan of \(roadshow) is published"
        case .draft: "\(roadshow) has no draft of a plan; ROADSHOW PLAN \(roadshow) makes one"
        case .previous: "no other plan of \(roadshow) was in force before"
        }
      throw WireError(.wrongState, [Attribute("roadshow", roadshow)], sentence)
    }
    return plan
  }
}

extension StoredPlan {
  fileprivate var members: [JSON.Member] {
    [
      .init("plan", JSON(number)), .init("state", .string(state.rawValue)), .init("base", JSON(base)),
      .init("pitches", JSON(pitchCount)), .init("meetings", JSON(meetingCount)),
      .init("breaks", JSON(breaks)),
      .init("bound", JSON(bound)), .init("proof", .string(proof.rawValue)), .init("seed", JSON(seed)),
      .init("created_at", .string(createdAt)), .init("created_by", .string(createdBy)),
      .init("published_at", JSON(publishedAt)), .init("reason", JSON(reason)),
      .init("parameters", (try? JSONParser.parse(parameters)) ?? .null),
    ]
  }
}
