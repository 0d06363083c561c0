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
      try await reply.add(refusal.flaws.map(\.members) + (refusal.emptier?.rows ?? []))
      throw WireError(
        .ruleViolated,
        [
          Attribute("rule", "plan_holds"), Attribute("plan", refusal.plan),
          Attribute("flaws", refusal.flaws.count),
        ] + (refusal.emptier?.loss.attributes ?? []),
        (refusal.flaws.allSatisfy { $0.kind == .noSlot }
          ? "these firms of the line-up have no slot to pitch in; ROADSHOW BLOCK … kind=pitches and then ROADSHOW PLAN give them one, ROADSHOW LINEUP … places= makes it shorter, and force=yes publishes it as it is"
          : "this plan does not hold any more, as the rows say; make another one, or publish it as it is with force=yes")
          + (refusal.emptier.map { "; \($0.sentence)" } ?? "")
      )
    } catch let refusal as EmptierPlan {
      try await reply.add(refusal.rows)
      throw WireError(
        .ruleViolated,
        [
          Attribute("rule", "plan_keeps_appointments"), Attribute("plan", refusal.plan),
          Attribute("was", refusal.was),
        ] + refusal.loss.attributes, "\(refusal.sentence); if they are to go, \(refusal.wayOut)")
    }
  }

  private struct BrokenPlan: Error {
    var plan: Int
    var flaws: [PlanFlaws.Flaw]
    var emptier: EmptierPlan?
  }

  /// A plan without many of the appointments that take place now.
  private struct EmptierPlan: Error {
    var plan: Int
    var was: Int
    /// What to do where that is meant.
    var wayOut: String
    var loss: Loss
    var rows: [[JSON.Member]]

    var sentence: String {
      "it takes away \(loss.removed) of \(loss.live) \(loss.what) that take place by plan \(was), as the rows say"
    }
  }

  private struct Loss {
    var what: String
    var live: Int
    var removed: Int

    /// More than a quarter.
    var isLarge: Bool { 4 * removed > live }

    var attributes: [Attribute] { [Attribute("removed", removed), Attribute("live", live)] }
  }

  private static func publish(_ command: RoadshowPublish, _ session: Session) throws -> Written {
    let code = command.roadshow
    let desk = try heldDesk(code, in: session)
    let plans = PlanChoice(roadshow: code, session: session)
    if command.plan == nil, let inForce = try inForceAlready(command, desk, session) { return inForce }
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

  /// What the same command without a number was already answered with: a publish where no draft is newer than what was in
  /// force, a rollback where one has brought back the plan in force.
  private static func inForceAlready(
    _ command: RoadshowPublish, _ desk: RoadshowDesk, _ session: Session
  ) throws -> Written? {
    let code = command.roadshow
    guard let number = desk.published?.number else { return nil }
    let attributes = [Attribute("roadshow", code), Attribute("plan", number)]
    if command.isRollback {
      guard
        try PlanStore.plans(of: code, before: number + 1, limit: 1, in: session).first?.isRestored ?? false
      else { return nil }
      return Written(
        last: LastLine(
          .unchanged, attributes,
          sentence:
            "plan \(number) was brought back already; ROADSHOW ROLLBACK \(code) plan= names another one"))
    }
    guard try PlanStore.nextDraft(of: code, in: session) == nil else { return nil }
    return Written(
      last: LastLine(
        .unchanged, attributes,
        sentence:
          "it is in force already, and no draft is newer; ROADSHOW PUBLISH \(code) plan= names another one"))
  }

  /// - Returns: what does not hold of it.
  /// - Throws: `BrokenPlan` where something does not, `EmptierPlan` where it takes much away, and that is not forced.
  @discardableResult
  static func putInForce(
    _ plan: StoredPlan, isForced: Bool, isRepair: Bool = false, on desk: RoadshowDesk, _ session: Session
  ) throws -> [PlanFlaws.Flaw] {
    let flaws = try flaws(of: plan, on: desk, session)
    if !isForced {
      let emptier = try emptier(plan, isRepair: isRepair, on: desk, session)
      let isBetter = try isRepair && !flaws.isEmpty && flaws.allSatisfy(wasFlawed(on: desk, session))
      guard flaws.isEmpty || isBetter else {
        throw BrokenPlan(plan: plan.number, flaws: flaws, emptier: emptier)
      }
      if let emptier { throw emptier }
    }
    _ = try PlanStore.publish(plan.number, of: desk.show.code, in: session)
    return flaws
  }

  /// What a plan takes away, where that is more than a quarter.
  private static func emptier(
    _ plan: StoredPlan, isRepair: Bool, on desk: RoadshowDesk, _ session: Session
  ) throws -> EmptierPlan? {
    let code = desk.show.code
    guard let was = desk.published, let loss = losses(from: was, to: plan, desk).first(where: \.isLarge)
    else { return nil }
    let difference = try PlanDifference(from: was.number, to: plan.number, of: code, in: session)
    let wayOut =
      isRepair
      ? "ROADSHOW REPAIR \(code) without publish=yes makes a draft, and ROADSHOW PUBLISH \(code) force=yes puts it in force"
      : "ROADSHOW \(plan.state == .superseded ? "ROLLBACK" : "PUBLISH") \(code) plan=\(plan.number) force=yes"
    return EmptierPlan(
      plan: plan.number, was: was.number, wayOut: wayOut, loss: loss, rows: difference.removed)
  }

  /// Says of a flaw whether something is wrong with its pair or participant in the plan in force as well: a repair that
  /// cannot mend everything mends the rest.
  private static func wasFlawed(on desk: RoadshowDesk, _ session: Session) throws -> (PlanFlaws.Flaw) -> Bool
  {
    let plan = try desk.published.flatMap { try PlanStore.plan($0.number, of: desk.show.code, in: session) }
    let known = try plan.map { try flaws(of: $0, on: desk, session) } ?? []
    let pairs = Set(known.compactMap(\.pair))
    let parties = Set(known.filter { $0.pair == nil }.compactMap(\.party))
    return { flaw in flaw.pair.map(pairs.contains) ?? flaw.party.map(parties.contains) ?? false }
  }

  /// How many of the meetings, and of the pitches, that take place a plan has not; those that somebody cannot come to count
  /// for neither.
  private static func losses(
    from was: RoadshowDesk.Published, to plan: StoredPlan, _ desk: RoadshowDesk
  ) -> [Loss] {
    let live = (meetings: was.meetings.filter(\.isLive), pitches: was.lineUp.filter(\.isLive))
    let missed = PlanFlaws(
      desk, live.meetings.map(NewPlan.Meeting.init(anyTime:)), pitches: live.pitches
    ).flaws.filter { $0.kind == .withdrawn || $0.kind == .absent }
    let lostPairs = Set(missed.compactMap(\.pair))
    let lostPitches = Set(missed.filter { $0.pitch != nil }.compactMap(\.party))
    let meetings = live.meetings.filter { !lostPairs.contains($0.pair) }
    let pitches = live.pitches.filter { !lostPitches.contains($0.firm) }
    let pairs = Set(plan.meetings.map(\.pair))
    let firms = Set(plan.lineUp.filter { $0.time != nil }.map(\.firm))
    return [
      Loss(what: "meetings", live: meetings.count, removed: meetings.count { !pairs.contains($0.pair) }),
      Loss(what: "pitches", live: pitches.count, removed: pitches.count { !firms.contains($0.firm) }),
    ]
  }

  /// What does not hold of a plan; of appointments that are called off or have begun nothing has to.
  static func flaws(of plan: StoredPlan, on desk: RoadshowDesk, _ session: Session) throws
    -> [PlanFlaws.Flaw]
  {
    let now = Glibc.time(nil)
    let off = Set(try PlanStore.cancelled(at: desk.show.code, in: session)).union(
      plan.meetings.filter { $0.starts <= now }.map(\.pair))
    let flaws = PlanFlaws(
      desk, plan.meetings.filter { !off.contains($0.pair) }.map(NewPlan.Meeting.init(anyTime:)),
      pitches: plan.lineUp.filter { $0.time.map { $0.starts > now } ?? true }
    ).flaws.filter { flaw in flaw.kind != .pin || !(flaw.pair.map(off.contains) ?? false) }
    return flaws + frozen(plan, desk, off: off, now: now)
  }

  /// Appointments that begin within the roadshow's `freeze_minutes`, or are under way, and would be elsewhere by this plan;
  /// those that cannot be as they are do not count, since they have to move.
  private static func frozen(
    _ plan: StoredPlan, _ desk: RoadshowDesk, off: Set<RoadshowDesk.Pair>, now: Int
  ) -> [PlanFlaws.Flaw] {
    guard let was = desk.published else { return [] }
    let soon = { (starts: Int, ends: Int) in ends > now && starts <= desk.frozenUntil(now: now) }
    let live = was.meetings.filter { $0.isLive && soon($0.starts, $0.ends) }
    let pitches = was.lineUp.filter { $0.isLive && ($0.time.map { soon($0.starts, $0.ends) } ?? false) }
    let broken = PlanFlaws(desk, live.map(NewPlan.Meeting.init(anyTime:)), pitches: pitches).flaws
    let (moving, gone) = (
      Set(broken.compactMap(\.pair)), Set(broken.filter { $0.pair == nil }.compactMap(\.party))
    )
    let before = Dictionary(uniqueKeysWithValues: was.meetings.map { ($0.pair, $0) })
    let after = Dictionary(uniqueKeysWithValues: plan.meetings.map { ($0.pair, $0) })
    let leaving = live.filter { meeting in
      !moving.contains(meeting.pair)
        && (after[meeting.pair].map { $0.starts != meeting.starts || $0.table != meeting.table } ?? true)
    }
    let coming = plan.meetings.filter { meeting in
      meeting.starts > now && soon(meeting.starts, meeting.ends) && !off.contains(meeting.pair)
        && before[meeting.pair]?.starts != meeting.starts
        && !desk.pins.contains { $0.pair == meeting.pair && $0.slot != nil }
    }
    let times = Dictionary(uniqueKeysWithValues: desk.slots.map { ($0.starts, $0.startsAt) })
    let pitchesAfter = Dictionary(uniqueKeysWithValues: plan.lineUp.map { ($0.firm, $0) })
    let pitchesBefore = Dictionary(uniqueKeysWithValues: was.lineUp.map { ($0.firm, $0) })
    let pitchesLeaving = pitches.filter { !gone.contains($0.firm) && pitchesAfter[$0.firm]?.time != $0.time }
    let pitchesComing = plan.lineUp.filter { pitch in
      pitch.time.map { $0.starts > now && soon($0.starts, $0.ends) } ?? false
        && pitchesBefore[pitch.firm]?.time != pitch.time
    }
    return (leaving + coming).map {
      .init(kind: .frozen, pair: $0.pair, startsAt: times[$0.starts], table: $0.table)
    }
      + (pitchesLeaving + pitchesComing).map {
        .init(kind: .frozen, party: $0.firm, startsAt: $0.startsAt, pitch: $0.place)
      }
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
      case .draft: try PlanStore.nextDraft(of: roadshow, in: session)
      case .previous: try PlanStore.previous(of: roadshow, in: session)
      }
    guard let found, let plan = try PlanStore.plan(found, of: roadshow, in: session) else {
      let sentence =
        switch usual {
        case .published: "no plan of \(roadshow) is published"
        case .draft:
          "\(roadshow) has no draft that is newer than what was in force; ROADSHOW PLAN \(roadshow) makes one, or name a plan by its number"
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
