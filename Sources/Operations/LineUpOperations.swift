import Domain
import Matching
import Planning
import Store
import Wire

extension Desk {
  /// Chooses who pitches and draws the order. Reading, choosing and storing are one transaction, on the connection's thread.
  func lineUp(_ command: LineUpCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let threads = settings.rescoreThreads
    let seed = command.seed ?? Int.random(in: 1...999_999_999)
    guard !command.isDryRun else {
      let draft = try await pool.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
      ) { session in
        try LineUpDraft(command, seed: seed, served, threads: threads, in: session)
      }
      try await reply.add(draft.rows)
      return LastLine(
        .ok, [Attribute("rows", reply.rows)] + draft.figures, sentence: "nothing was stored")
    }
    return try await write(call, key: command.key, &reply) { session in
      try RoadshowStore.hold(command.roadshow, in: session)
      let draft = try LineUpDraft(command, seed: seed, served, threads: threads, in: session)
      let plan = try PlanStore.put(
        try draft.plan(in: session), of: command.roadshow, by: call.principal.name, in: session)
      let figures = [Attribute("plan", plan)] + draft.figures
      return Written(
        rows: draft.rows, last: LastLine(.ok, [Attribute("rows", draft.rows.count)] + figures),
        audit: .init(
          action: "roadshow lineup", object: command.roadshow,
          detail: .object(figures.map { .init($0.name, .string($0.value)) })))
    }
  }
}

/// A line-up of a roadshow and the order of its pitches, before it is a plan.
private struct LineUpDraft: Sendable {
  private let command: LineUpCommand
  private let seed: Int
  private let served: Served
  private let request: LineUp.Request
  /// By place in the request, the indices of the snapshot.
  private let firms: [Int]
  private let lineUp: LineUp
  /// Codes in the order in which they pitch.
  private let order: [String]
  /// Slots for pitches that the roadshow has.
  private let slots: Int

  /// What a sector that the line-up has not had yet counts, in hundredths of what a perfect best firm for every investor
  /// would; an institute half of that. Breadth decides between firms that serve investors about as well.
  private static let sectorWorth = 2

  init(_ command: LineUpCommand, seed: Int, _ served: Served, threads: Int, in session: Session) throws {
    guard let desk = try RoadshowStore.desk(command.roadshow, in: session) else {
      throw WireError.notFound("roadshow", command.roadshow)
    }
    try desk.show.checkOpen()
    let places = try Self.places(command, desk)
    let sectors = try Desk.sectors(of: command.roadshow, served, session)
    let chosen = try Self.candidates(command, desk, served, places: places, sectors)
    let investors = try Self.investors(desk, served)
    let institutes = try LineUpStore.institutes(of: chosen.map(\.code), in: session)
    let wishes = try IntroductionStore.wishes(in: session)
    firms = chosen.map(\.firm)
    var request = LineUp.Request(
      candidates: chosen.map { candidate in
        LineUp.Candidate(
          code: candidate.code, sectors: Array(served.snapshot.candidateSectors(at: candidate.firm)),
          institute: institutes[candidate.code], standing: candidate.standing)
      }, investors: investors.map { LineUp.Investor(code: served.snapshot.investorCode(at: $0)) },
      scores: try RoadshowScores(served, desk, wishes: wishes).scores(
        firms: firms, investors: investors, threads: threads), places: places)
    request.mostPerInstitute = command.perInstitute
    let worth = investors.count * request.serving[0] * PlanningScore.most * Self.sectorWorth / 100
    request.sectorRewards = Array(repeating: worth, count: places)
    request.instituteRewards = Array(repeating: worth / 2, count: places)
    let lineUp: LineUp
    do throws(PlacesProblem) { lineUp = try LineUp(request) } catch { throw error.wireError }
    guard !lineUp.choices.isEmpty else {
      throw WireError(
        .wrongState, [Attribute("roadshow", command.roadshow)],
        "there is no firm to choose; enroll some, or give the roadshow sectors that firms are in")
    }
    let codes = lineUp.choices.map { request.candidates[$0.candidate].code }
    let early = try LineUpStore.earlyPlaces(
      of: codes, upTo: PitchOrder.earlyPlaces, before: command.roadshow, in: session)
    order = PitchOrder.order(
      codes.map { PitchOrder.Firm(code: $0, early: early[$0] ?? 0) }, seed: UInt64(seed))
    (self.command, self.seed, self.served, self.request, self.lineUp) = (
      command, seed, served, request, lineUp
    )
    slots = desk.pitchSlots.count
  }

  private static func places(_ command: LineUpCommand, _ desk: RoadshowDesk) throws -> Int {
    guard let places = command.places ?? desk.show.pitchPlaces, places > 0 else {
      throw WireError.badArgument(
        "places", "is missing; \(desk.show.code) has no pitch_places, so say how many firms pitch")
    }
    guard places <= LineUp.mostPlaces else {
      throw WireError.badArgument(
        "places", "\(desk.show.code) has \(places) pitch_places; at most \(LineUp.mostPlaces) firms pitch")
    }
    return places
  }

  /// Who may be chosen. What is named in the request comes in, whether it is enrolled or not.
  private static func candidates(
    _ command: LineUpCommand, _ desk: RoadshowDesk, _ served: Served, places: Int, _ sectors: [Int]?
  ) throws -> [(firm: Int, code: String, standing: Planning.Standing)] {
    let guaranteed = Set(try command.guaranteed.map(served.openFirm))
    let excluded = Set(try command.excluded.map(served.openFirm))
    if let both = guaranteed.intersection(excluded).map(served.snapshot.candidateCode(at:)).min() {
      throw WireError.badArgument("excluded", "\(both) is guaranteed as well")
    }
    let gone = desk.gone(.firm)
    let enrolled = desk.taking(.firm).compactMap { try? served.openFirm($0) }
    var firms = Set(enrolled)
    if command.source == .all || firms.subtracting(excluded).count < places {
      firms.formUnion(
        served.openFirms(in: sectors).filter { !gone.contains(served.snapshot.candidateCode(at: $0)) })
    }
    firms.formUnion(guaranteed)
    guard firms.count <= Limits.lineUpFirms else {
      throw WireError(
        .ruleViolated, [Attribute("rule", "lineup_firms")],
        "\(firms.count) firms are more than the \(Limits.lineUpFirms) that a line-up is chosen from")
    }
    return firms.sorted().map { firm in
      (
        firm, served.snapshot.candidateCode(at: firm),
        guaranteed.contains(firm) ? .guaranteed : excluded.contains(firm) ? .excluded : .open
      )
    }
  }

  /// Those who are enrolled, else all.
  private static func investors(_ desk: RoadshowDesk, _ served: Served) throws -> [Int] {
    let enrolled = desk.taking(.investor).compactMap { served.snapshot.investor(code: $0) }
    let investors = enrolled.isEmpty ? served.openInvestors : enrolled
    guard investors.count <= Limits.lineUpInvestors else {
      throw WireError(
        .ruleViolated, [Attribute("rule", "lineup_investors")],
        "\(investors.count) investors are more than the \(Limits.lineUpInvestors) that a line-up serves; enroll those who come"
      )
    }
    return investors
  }

  /// The line-up with the meetings of the draft that would come next, or of the plan in force.
  func plan(in session: Session) throws -> NewPlan {
    let base = try PlanStore.current(of: command.roadshow, in: session)
    let parameters = JSON.object([
      .init("made_by", "lineup"), .init("places", JSON(request.places)),
      .init("from", .string(command.source.rawValue)), .init("per_institute", JSON(command.perInstitute)),
      .init("guaranteed", .array(command.guaranteed.map { .string($0) })),
      .init("excluded", .array(command.excluded.map { .string($0) })), .init("value", JSON(lineUp.value)),
      .init("bound", JSON(lineUp.bound)),
    ])
    return NewPlan(
      base: base?.number, seed: seed, breaks: base?.breaks, bound: base?.bound,
      proof: base?.proof ?? .feasible,
      parameters: parameters.line,
      lineUp: order.enumerated().map { NewPlan.Pitch(firm: $1, place: $0 + 1, slot: .ofItsPlace) },
      runnersUp: lineUp.runnersUp.map { request.candidates[$0.candidate].code },
      meetings: (base?.meetings ?? []).compactMap(NewPlan.Meeting.init))
  }

  // MARK: What is told

  var figures: [Attribute] {
    [
      Attribute("places", lineUp.choices.count), Attribute("firms", firms.count),
      Attribute("investors", request.investors.count), Attribute("value", lineUp.value),
      Attribute("bound", lineUp.bound), Attribute("share", thousandths(lineUp.share)),
    ] + (order.count > slots ? [Attribute("no_slot", order.count - slots)] : []) + [
      Attribute("optimal", lineUp.isOptimal ? "yes" : "no"), Attribute("seed", seed),
    ]
  }

  /// Pitches in their order, then those who come next.
  var rows: [[JSON.Member]] {
    let choices = Dictionary(
      uniqueKeysWithValues: lineUp.choices.enumerated().map {
        (request.candidates[$1.candidate].code, ($0 + 1, $1))
      })
    return order.enumerated().compactMap { place, code in
      choices[code].map { row(place: place + 1, rank: $0.0, $0.1) }
    } + lineUp.runnersUp.map(row)
  }

  /// What to do for a firm that has no slot to pitch in.
  private var noSlot: String {
    "ROADSHOW BLOCK \(command.roadshow) … kind=pitches makes slots; make the line-up again then"
      + (slots > 0 ? ", or with places=\(slots)" : "")
  }

  private func name(_ candidate: Int) -> [JSON.Member] {
    let row = served.snapshot.candidateRow(at: firms[candidate])
    return [
      .init("firm", .string(row.code)), .init("name", .string(row.name)), .init("name_zh", JSON(row.nameZh)),
    ]
  }

  private func row(place: Int, rank: Int, _ choice: LineUp.Choice) -> [JSON.Member] {
    [.init("what", "pitch"), .init("place", JSON(place))] + name(choice.candidate) + [
      .init("rank", JSON(rank)),
      .init("guaranteed", request.candidates[choice.candidate].standing == .guaranteed ? true : .null),
      .init("gain", JSON(choice.gain)), .init("missed", JSON(choice.missed)),
      .init("best_for", JSON(choice.servesBest.count)),
      .init(
        "serves", .array(choice.servesBest.prefix(5).map { .string(request.investors[$0.investor].code) })),
      .init("adds_sectors", .array(choice.addedSectors.map { .string($0) })),
      .init("adds_institute", JSON(choice.addedInstitute)), .init("instead_of", .null),
      .init("no_slot", place > slots ? .string(noSlot) : .null),
    ]
  }

  private func row(_ next: LineUp.RunnerUp) -> [JSON.Member] {
    [.init("what", "runner_up"), .init("place", .null)] + name(next.candidate) + [
      .init("rank", .null), .init("guaranteed", .null), .init("gain", JSON(next.gain)),
      .init("missed", JSON(next.missed)), .init("best_for", .null), .init("serves", .null),
      .init("adds_sectors", .null), .init("adds_institute", .null),
      .init("instead_of", .string(request.candidates[next.insteadOf].code)), .init("no_slot", .null),
    ]
  }
}

extension RoadshowDesk.Show {
  /// - Throws: 503 for one that is retired.
  func checkOpen() throws(WireError) {
    guard isRetired else { return }
    throw WireError(.wrongState, [Attribute("roadshow", code)], "roadshow \(code) is retired")
  }
}
