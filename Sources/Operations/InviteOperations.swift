import Domain
import Matching
import Planning
import Store
import Wire

extension Desk {
  /// Whom to invite. Reading and choosing take the connection's thread.
  func invite(_ command: InviteCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let threads = settings.rescoreThreads
    let guest = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
    ) { session in try GuestList(command, served, threads: threads, in: session) }
    try await reply.add(guest.rows)
    return LastLine(.ok, [Attribute("rows", reply.rows)] + guest.figures)
  }
}

/// Whom to invite to the line-up of a roadshow, and why.
private struct GuestList: Sendable {
  private let served: Served
  private let scores: RoadshowScores
  /// Whose line-up; nil where it is of all firms that are enrolled.
  private let plan: Int?
  /// By place in the request, the indices of the snapshot.
  private let firms: [Int]
  private let investors: [Int]
  private let request: Invitations.Request
  private let invitations: Invitations

  init(_ command: InviteCommand, _ served: Served, threads: Int, in session: Session) throws {
    guard let desk = try RoadshowStore.desk(command.roadshow, in: session) else {
      throw WireError.notFound("roadshow", command.roadshow)
    }
    try desk.show.checkOpen()
    let (plan, pitches) = try Self.lineUp(command, desk, session)
    // Who has been retired since pitches no more.
    firms = pitches.compactMap { try? served.openFirm($0) }
    guard !firms.isEmpty else {
      throw WireError(
        .wrongState, [Attribute("roadshow", command.roadshow)],
        "nobody pitches yet; ROADSHOW LINEUP \(command.roadshow) chooses who does")
    }
    let enrolled = Set(desk.taking(.investor).compactMap { served.snapshot.investor(code: $0) })
    let excluded = Set(try command.excluded.map { code throws(WireError) in try served.investor(code) })
    if let both = enrolled.intersection(excluded).map(served.snapshot.investorCode(at:)).min() {
      throw WireError.badArgument("excluded", "\(both) takes part already; ROADSHOW WITHDRAW takes it out")
    }
    let gone = desk.gone(.investor)
    let investors = Set(served.openInvestors).union(enrolled).sorted()
    let wishes = try IntroductionStore.wishes(in: session)
    let scores = RoadshowScores(served, desk, wishes: wishes)
    var request = Invitations.Request(
      investors: investors.map { investor in
        let code = served.snapshot.investorCode(at: investor)
        let isOut = excluded.contains(investor) || gone.contains(code)
        return Invitations.Investor(
          code: code, house: served.topHouse(of: investor),
          standing: enrolled.contains(investor) ? .guaranteed : isOut ? .excluded : .open)
      },
      firms: firms.map {
        Invitations.Firm(code: served.snapshot.candidateCode(at: $0), demand: command.demand)
      },
      scores: try scores.scores(firms: firms, investors: investors, threads: threads), places: command.places)
    request.mostPerHouse = command.perHouse
    do throws(PlacesProblem) { invitations = try Invitations(request) } catch { throw error.wireError }
    (self.served, self.scores, self.plan) = (served, scores, plan)
    (self.investors, self.request) = (investors, request)
  }

  /// The line-up of the plan that is named, of that in force, or of the newest one that has one; else all who are enrolled.
  private static func lineUp(_ command: InviteCommand, _ desk: RoadshowDesk, _ session: Session) throws -> (
    plan: Int?, firms: [String]
  ) {
    if let number = command.plan {
      guard let plan = try PlanStore.plan(number, of: command.roadshow, in: session) else {
        throw WireError.notFound("plan", String(number))
      }
      return (number, plan.pitches)
    }
    if let published = desk.published, !published.pitches.isEmpty {
      return (published.number, published.pitches)
    }
    if let number = try PlanStore.newestLineUp(of: command.roadshow, in: session),
      let plan = try PlanStore.plan(number, of: command.roadshow, in: session)
    {
      return (number, plan.pitches)
    }
    return (nil, desk.taking(.firm))
  }

  // MARK: What is told

  var figures: [Attribute] {
    let others = Dictionary(grouping: invitations.others, by: \.reason)
    return (plan.map { [Attribute("plan", $0)] } ?? []) + [
      Attribute("firms", firms.count), Attribute("invited", invitations.invited.count),
      Attribute("reserves", invitations.reserves.count),
      Attribute("short", invitations.coverage.count { $0.missing > 0 }),
    ]
      + Invitations.Other.Reason.allCases.map {
        Attribute("others_\($0.rawValue)", others[$0]?.count ?? 0)
      }
  }

  /// Those who are invited, those who come next, and the firms that can expect less interest than they should.
  var rows: [[JSON.Member]] {
    let lists = [("invited", invitations.invited), ("reserve", invitations.reserves)]
    return lists.flatMap { what, list in list.enumerated().map { row(what, $0 + 1, $1) } }
      + invitations.coverage.filter { $0.missing > 0 }.map(row)
  }

  private func row(_ what: String, _ rank: Int, _ invitation: Invitations.Invitation) -> [JSON.Member] {
    let investor = investors[invitation.investor]
    let row = served.snapshot.investorRow(at: investor)
    let best = invitation.best.map { attraction -> JSON in
      .object([
        .init("firm", .string(request.firms[attraction.firm].code)),
        .init("interest", .number(thousandths(attraction.probability))),
        .init("reasons", JSON(scores.reasons(investor: investor, candidate: firms[attraction.firm]))),
      ])
    }
    return [
      .init("what", .string(what)), .init("rank", JSON(rank)), .init("investor", .string(row.code)),
      .init("firm", .null), .init("name", .string(row.name)), .init("name_zh", JSON(row.nameZh)),
      .init("house", JSON(request.investors[invitation.investor].house)),
      .init("enrolled", request.investors[invitation.investor].standing == .guaranteed ? true : .null),
      .init("interest", .number(thousandths(invitation.interest))),
      .init("gain", .number(thousandths(invitation.gain))), .init("best", .array(best)),
      .init("expected", .null), .init("demand", .null),
    ]
  }

  private func row(_ coverage: Invitations.Coverage) -> [JSON.Member] {
    let row = served.snapshot.candidateRow(at: firms[coverage.firm])
    return [
      .init("what", "short"), .init("rank", .null), .init("investor", .null),
      .init("firm", .string(row.code)),
      .init("name", .string(row.name)), .init("name_zh", JSON(row.nameZh)), .init("house", .null),
      .init("enrolled", .null), .init("interest", .null), .init("gain", .null), .init("best", .null),
      .init("expected", .number(thousandths(coverage.expected))), .init("demand", JSON(coverage.demand)),
    ]
  }
}
