import Domain
import Matching
import Store
import Wire

extension Desk {
  // MARK: Reading

  func introList(_ command: IntroList, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let page = command.page
    let before = try Self.numberCursor(page.after)
    let own = call.isParty ? call.principal.standing.side : nil
    let which = command.which ?? (own == nil ? .underWay : .waiting)
    let filter = IntroductionStore.Filter(
      investor: command.investor, firm: command.firm, roadshow: command.roadshow, kind: command.kind,
      states: which.states, waitingFor: which == .waiting ? own : nil)
    var found = try await tell(call) { session in
      let found = try IntroductionStore.list(filter, before: before, limit: page.limit + 1, in: session)
      return (found, found.map(\.id))
    }
    let hasMore = page.cut(&found)
    for introduction in found { try await reply.row(introduction.summary) }
    return LastLine(
      .ok, [Attribute("rows", found.count)] + (hasMore ? [Attribute("next", found.last!.id)] : []))
  }

  func introGet(_ command: IntroGet, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let found = try await tell(call) { session in
      // Both, whether there is one or not, so that what is another's takes the same work as what does not exist.
      let history = try IntroductionStore.history(
        of: command.id, before: command.before, limit: command.limit + 1, in: session)
      let found = try IntroductionStore.get(command.id, in: session).map { ($0, history) }
      return (found, found.map { [$0.0.id] } ?? [])
    }
    guard let (introduction, read) = found else { throw Self.noIntroduction(command.id) }
    let history = read.suffix(command.limit)
    let hasMore = history.count < read.count
    try await reply.row(introduction.members + [.init("history", .array(history.map(\.json)))])
    return LastLine(
      .ok, [Attribute("rows", 1)] + (hasMore ? [Attribute("next", history.first!.step)] : []))
  }

  /// Reads introductions for the one who asks, and of a party notes that it was told of these.
  private func tell<Result: Sendable>(
    _ call: Call, _ body: @escaping @Sendable (Session) throws -> (Result, told: [Int])
  ) async throws -> Result {
    guard let party = try call.party else { return try await read(call) { try body($0).0 } }
    return try await pool.transaction(deadline: settings.statementTime) { session in
      try session.become(partyOf: party)
      let (result, told) = try body(session)
      // Of those that are new to it one may have been taken back since; now none is any more.
      return try IntroductionStore.noteTold(told, in: session) == 0 ? result : body(session).0
    }
  }

  /// Notes that investors are told what moved on their lists.
  func noteTold(listsOf investors: [String], _ call: Call) async throws {
    let party = try call.party
    try await pool.transaction(deadline: settings.statementTime) { session in
      if let party { try session.become(partyOf: party) }
      try IntroductionStore.noteTold(listsOf: investors, in: session)
    }
  }

  private static func noIntroduction(_ id: Int) -> WireError { .notFound("introduction", String(id)) }

  // MARK: Moving

  func introMove(_ command: IntroMove, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    if case .revert(let reason) = command.deed { return try await introRevert(command, reason, call, &reply) }
    let move = try command.move(for: call)
    let (id, note) = (command.id, command.note)
    return try await write(call, key: command.key, &reply) { session in
      let deed = IntroductionStore.Deed(move, by: call.principal.name, note: note)
      let made: (standing: IntroductionStanding, isNew: Bool)?
      do { made = try IntroductionStore.make(deed, on: id, in: session) } catch let illegal
        as IntroductionStanding.Illegal
      {
        if case .advance(illegal.state?, _) = move {
          return Written(
            last: LastLine(
              .unchanged, [Attribute("introduction", id), Attribute("state", illegal.state.rawValue)],
              sentence: "it is so already; to= names a step beyond"))
        }
        throw Self.wrongState(illegal, id)
      }
      guard let made else { throw Self.noIntroduction(id) }
      if case .defer(_, let day) = move { try Self.check(day, try IntroductionStore.today(in: session)) }
      let attributes = [Attribute("introduction", id), Attribute("state", made.standing.state.rawValue)]
      guard made.isNew else {
        return Written(last: LastLine(.unchanged, attributes, sentence: "this was said already"))
      }
      return Written(last: LastLine(.ok, attributes))
    }
  }

  private func introRevert(_ command: IntroMove, _ reason: String, _ call: Call, _ reply: inout Reply)
    async throws -> LastLine
  {
    let (id, principal) = (command.id, call.principal.name)
    return try await write(call, key: command.key, &reply) { session in
      guard let state = try IntroductionStore.revert(id, by: principal, reason: reason, in: session) else {
        throw Self.noIntroduction(id)
      }
      return Written(
        last: LastLine(.ok, [Attribute("introduction", id), Attribute("state", state.rawValue)]))
    }
  }

  private static func wrongState(_ illegal: IntroductionStanding.Illegal, _ id: Int) -> WireError {
    let legal = illegal.legal.map { $0.rawValue.uppercased() }
    return WireError(
      .wrongState, [Attribute("introduction", id), Attribute("state", illegal.state.rawValue)],
      legal.isEmpty
        ? "introduction \(id) is \(illegal.state.rawValue), which is an end; nothing can be done to it any more"
        : "introduction \(id) is \(illegal.state.rawValue); what can be done now is "
          + legal.joined(separator: ", ")
          + (illegal.state.next.map { " to \($0.rawValue)" } ?? "")
          + (illegal.state == .introduced ? " or to no_show with side=" : ""))
  }

  private static func check(_ day: Day, _ today: Day) throws {
    let days = day.daysSinceEpoch - today.daysSinceEpoch
    guard (1...Limits.deferralDays).contains(days) else {
      throw WireError.badArgument(
        "until", "\(day) is not a day from tomorrow to \(Limits.deferralDays) days from today, \(today)")
    }
  }

  // MARK: Upkeep

  func maintain(_ command: Maintain, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let days = picture.served?.policy.introductionDays ?? Policy(number: 0).introductionDays
    return try await write(call, key: command.key, &reply) { session in
      let today = try IntroductionStore.today(in: session)
      if let day = command.day, day < today {
        throw WireError.badArgument("date", "\(day) lies before today, \(today)")
      }
      let settled = try IntroductionStore.settle(
        on: command.day, days: days, by: call.principal.name, in: session)
      let attributes = [
        Attribute("expired", settled.expired), Attribute("returned", settled.returned),
      ]
      return Written(
        last: LastLine(.ok, attributes),
        audit: .init(
          action: "maintain",
          detail: .object(attributes.map { .init($0.name, .string($0.value)) })))
    }
  }

  /// What a day brings comes without anybody asking for it.
  func settleIntroductions() async throws {
    guard let days = picture.served?.policy.introductionDays else { return }
    try await pool.transaction(deadline: Limits.emissionTime) { session in
      _ = try IntroductionStore.settle(on: nil, days: days, by: "bellwetherd", in: session)
    }
  }

  // MARK: Figures

  func introStats(_ command: IntroStats, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let policy = picture.served?.policy ?? Policy(number: 0)
    let limit = command.limit
    let funnels = try await pool.run(deadline: time(of: call)) { session in
      guard let grouping = IntroductionStore.Grouping(rawValue: command.grouping.rawValue) else {
        return try IntroductionStore.funnels(
          byCriterion: Criterion.allCases.map(policy.weight), in: session)
      }
      return try IntroductionStore.funnels(by: grouping, limit: limit, in: session)
    }
    for funnel in funnels {
      var group = funnel.group
      if command.grouping == .criterion, let parts = group?.split(separator: " "), let place = Int(parts[0]) {
        group = "\(Criterion.allCases[place - 1].name) \(parts[1])"
      }
      try await reply.row(funnel.members(command.grouping.rawValue, group))
    }
    return LastLine(.ok, [Attribute("rows", funnels.count)])
  }
}

extension IntroList.Which {
  fileprivate var states: [IntroductionState] {
    switch self {
    case .waiting: [.proposed, .asked, .notNow]
    case .underWay: IntroductionState.allCases.filter { !$0.isEnd }
    case .all: IntroductionState.allCases
    case .state(let state): [state]
    }
  }
}

extension IntroMove {
  /// The move, with the side of the one who makes it.
  /// - Throws: 502 where an organizer does not say for whom, 531 where a party speaks for the other side.
  fileprivate func move(for call: Call) throws(WireError) -> IntroductionMove {
    var side = side
    if call.isParty {
      guard let own = call.principal.standing.side else { throw .authRequired }
      guard side == nil || side == own else {
        throw WireError(.notPermitted, [Attribute("arg", "side")], "you speak for the \(own) alone")
      }
      side = own
    }
    func said() throws(WireError) -> IntroductionSide {
      guard let side else {
        throw .badArgument("side", "is missing; whose answer is it, side=investor or side=firm")
      }
      return side
    }
    return switch deed {
    case .accept: .accept(try said())
    case .decline(let reason): .decline(try said(), reason)
    case .defer(let until): .defer(try said(), until: until)
    case .ask: .ask(side)
    case .withdraw: .withdraw
    // A step beyond the introduction itself is somebody's doing, and is named: said twice, the next one would be another.
    case .advance(let state): .advance(to: state ?? .introduced, side)
    case .revert: preconditionFailure("A revert is no move of its own.")
    }
  }
}

extension StoredIntroduction {
  /// A line of LIST, short enough for a phone: to a party it shows the other side.
  var summary: [JSON.Member] {
    guard let ownSide else { return desk }
    let (own, other) = (party(ownSide), party(ownSide.other))
    return [
      .init("id", JSON(id)), .init("kind", .string(kind.rawValue)),
      .init("state", .string(standing.state.rawValue)), .init("who", .string(other.name ?? other.blurb)),
      .init("score", JSON(own.score)),
      .init("answer", .string(standing.answer(of: ownSide).rawValue)),
      .init("until", JSON((ownSide == .firm ? standing.firmUntil : standing.investorUntil)?.description)),
      .init("expires_on", .string(expiresOn)), .init("contact", JSON(contact(of: other))),
    ]
  }

  /// What stands in place of a contact that is not known.
  static func noContact(of code: String) -> String { "no person of \(code) is known; ask the desk" }

  /// Whom to write to of a side, once both want it.
  private func contact(of party: Party) -> String? {
    guard party.contact == nil, let code = party.code, standing.investor == .yes, standing.firm == .yes else {
      return party.contact
    }
    return ownSide == nil ? "no person of \(code) is known; PERSON ADD adds one" : Self.noContact(of: code)
  }

  private var desk: [JSON.Member] {
    [
      .init("id", JSON(id)), .init("kind", .string(kind.rawValue)), .init("stake", JSON(stake)),
      .init("state", .string(standing.state.rawValue)), .init("investor", JSON(investor.code)),
      .init("firm", JSON(firm.code)),
      .init("investor_answer", .string(standing.investor.rawValue)),
      .init("firm_answer", .string(standing.firm.rawValue)), .init("investor_score", JSON(investor.score)),
      .init("firm_score", JSON(firm.score)), .init("expires_on", .string(expiresOn)),
      .init("roadshow", JSON(roadshow)),
    ]
  }

  /// All that the one who asks may see.
  var members: [JSON.Member] {
    func points(_ points: [Int]?, _ names: [String]) -> JSON {
      points.map { .object(zip(names, $0).map { .init($0, JSON($1)) }) } ?? .null
    }
    func side(_ name: String, _ party: Party, _ criteria: [String]) -> [JSON.Member] {
      [
        .init(name, JSON(party.code)), .init("\(name)_name", JSON(party.name)),
        .init("\(name)_blurb", .string(party.blurb)), .init("\(name)_score", JSON(party.score)),
        .init("\(name)_points", points(party.points, criteria)),
        .init("\(name)_contact", JSON(contact(of: party))),
      ]
    }
    return [
      .init("id", JSON(id)), .init("kind", .string(kind.rawValue)), .init("stake", JSON(stake)),
      .init("state", .string(standing.state.rawValue)), .init("state_at", .string(stateAt)),
      .init("proposed_at", .string(proposedAt)),
      .init("expires_on", .string(expiresOn)), .init("investor_answer", .string(standing.investor.rawValue)),
      .init("firm_answer", .string(standing.firm.rawValue)),
      .init("investor_until", JSON(standing.investorUntil?.description)),
      .init("firm_until", JSON(standing.firmUntil?.description)),
      .init("ended_by", JSON(standing.endedBy?.rawValue)), .init("reason", JSON(reason)),
    ] + side("investor", investor, Criterion.allCases.map(\.name))
      + side("firm", firm, FirmCriterion.allCases.map(\.name))
      + [.init("run", JSON(run?.description)), .init("roadshow", JSON(roadshow))]
  }
}

extension StoredMove {
  /// Without what is not there, since each move has few of these.
  fileprivate var json: JSON {
    let told: [(String, String?)] = [
      ("at", at), ("action", action), ("state", state), ("side", side), ("by", by), ("reason", reason),
      ("note", note), ("until", until),
    ]
    return .object(told.compactMap { name, text in text.map { .init(name, .string($0)) } })
  }
}

extension StoredFunnel {
  /// Days have one decimal.
  fileprivate func members(_ name: String, _ group: String?) -> [JSON.Member] {
    func days(_ value: Double?) -> JSON {
      guard let value else { return .null }
      let tenths = Int((value * 10).rounded())
      return .number("\(tenths / 10).\(tenths % 10)")
    }
    return [
      .init(name, JSON(group)), .init("shown", JSON(shown)), .init("asked", JSON(asked)),
      .init("mutual", JSON(mutual)), .init("met", JSON(met)), .init("invested", JSON(invested)),
      .init("declined", JSON(declined)), .init("days_to_asked", days(daysToAsked)),
      .init("days_to_mutual", days(daysToMutual)), .init("days_to_met", days(daysToMet)),
      .init("days_to_invested", days(daysToInvested)),
    ]
  }
}
