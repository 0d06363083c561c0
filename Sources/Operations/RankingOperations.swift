import Domain
import Matching
import Store
import Wire

/// Where a page of DEALS begins: the published state it is of, and the rank before it.
struct DealsCursor {
  var at: RunRevision
  var rank: Int

  init(at: RunRevision, rank: Int) {
    self.at = at
    self.rank = rank
  }

  /// `17.0-40`
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let at = RunRevision(parts[0]), let rank = Int(parts[1]), rank >= 0 else {
      return nil
    }
    self.init(at: at, rank: rank)
  }

  var text: String { "\(at)-\(rank)" }
}

extension Desk {
  // MARK: DEALS

  /// The page of DEALS where the published lists in memory are what is asked for; nil where the database has
  /// to be asked for an older state.
  func dealsFromMemory(_ command: Deals) throws(WireError) -> DealsPage? {
    guard let served = picture.served else { return nil }
    let cursor = try Self.cursor(command)
    guard let published = served.published else { throw Self.nothingPublished }
    if let cursor, cursor.at != published { return nil }
    if let run = command.run,
      run.run != published.run || run.revision ?? published.revision != published.revision
    {
      return nil
    }
    let code = try Self.code(command.investor)
    var page = try DealsPage(command, served, of: code, at: published, after: cursor?.rank ?? 0)
    page.staleSeconds = reach.silence
    return page
  }

  func deals(_ command: Deals, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    // Also while the database is away.
    if var page = try dealsFromMemory(command) {
      if page.rowCount == 0 {
        page.emptiness = try await whyEmpty(page, command)
        if page.isOfHouse { reply.columns?.append("via") }
      }
      try await reply.written(page.rows(reply.format), rows: page.rowCount)
      return page.last
    }
    let served = try await picture.refresh(deadline: settings.statementTime)
    guard let published = served.published else { throw Self.nothingPublished }
    let cursor = try Self.cursor(command)
    let code = try Self.code(command.investor)
    let investor = try served.investor(code)
    let at: RunRevision =
      if let cursor {
        try await keptOfCursor(cursor.at, published)
      } else if let run = command.run { try await kept(run) } else { published }
    let funds = served.funds(of: investor).map { served.snapshot.investorID(at: $0) }
    let lists = try await read(call) { session in try RunStore.lists(of: funds, at: at, in: session) }
    let page = try DealsPage(command, served, of: code, at: at, after: cursor?.rank ?? 0) { fund in
      lists[served.snapshot.investorID(at: fund)]?[...] ?? []
    }
    if page.isOfHouse, page.rowCount == 0 { reply.columns?.append("via") }
    try await reply.written(page.rows(reply.format), rows: page.rowCount)
    return page.last
  }

  /// The published state of a cursor.
  /// - Throws: 455 where its lists are not kept any more: pages of two states do not make a list.
  private func keptOfCursor(_ at: RunRevision, _ published: RunRevision) async throws -> RunRevision {
    let found = try await pool.run(deadline: settings.statementTime) { session in
      try RunStore.kept(RunReference(at), in: session)
    }
    guard let found else {
      throw WireError(
        .beginAnew, [Attribute("run", published.description)],
        "the list of run \(at) that this cursor goes on with is not kept any more; ask again without after="
      )
    }
    return found
  }

  /// Why a page of the lists in force has no rows; nil behind the end of a list.
  private func whyEmpty(_ page: DealsPage, _ command: Deals) async throws -> EmptyList? {
    guard page.listCount == 0 else {
      return command.isFiltered ? EmptyList(filtered: page.listCount) : nil
    }
    guard let served = picture.served else { return nil }
    let code = try Self.code(command.investor)
    let investor = try served.investor(code)
    if served.isHouse(investor) {
      let funds = served.funds(of: investor).map(served.snapshot.investorCode(at:))
      return EmptyList(house: funds.filter { $0 != code })
    }
    return try await offThread { served.shown.whyEmpty(code, at: investor, served) }
  }

  static let nothingPublished = WireError(
    .wrongState, [], "nothing is published yet; RESCORE makes the first run")

  private static func cursor(_ command: Deals) throws(WireError) -> DealsCursor? {
    guard let after = command.page.after else { return nil }
    guard let cursor = DealsCursor(after) else {
      throw .badArgument("after", "is not a cursor; it comes from next= of the page before")
    }
    return cursor
  }

  /// The code of the investor that is asked about.
  private static func code(_ code: String?) throws(WireError) -> String {
    guard let code else { throw .badArgument("investor", "is missing; an organizer names the investor") }
    return code
  }

  // MARK: BACKERS

  func backers(_ command: Backers, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let candidate = try Self.candidate(command.candidate, served)
    let after = try command.page.after.map(Self.backersCursor)
    let ranked = try await offThread { served.scorer.backers(of: candidate) }
    let snapshot = served.snapshot
    var next: String?
    var last: (score: Int32, code: String)?
    for (index, backer) in ranked.enumerated() {
      guard let investor = snapshot.investor(id: backer.investor) else { continue }
      let row = snapshot.investorRow(at: investor)
      if let after,
        (backer.score, after.code) >= (after.score, row.code)
          && !(backer.score == after.score && Code.precedes(after.code, row.code))
      {
        continue
      }
      if let kind = command.kind, kind != row.kind { continue }
      if let least = command.minScore, Int(backer.score) < least { break }
      if reply.rows == command.page.limit {
        next = last.map { "\($0.score)-\($0.code)" }
        break
      }
      last = (backer.score, row.code)
      try await reply.row([
        .init("rank", JSON(index + 1)), .init("investor", .string(row.code)),
        .init("name", .string(row.name)),
        .init("name_zh", JSON(row.nameZh)), .init("kind", .string(row.kind)),
        .init("score", JSON(Int(backer.score))),
        .init(
          "parent",
          JSON(row.parent.flatMap { snapshot.investor(id: $0) }.map { snapshot.investorCode(at: $0) })),
      ])
    }
    return LastLine(
      .ok,
      [Attribute("rows", reply.rows), Attribute("policy", Int(served.policy.number))]
        + (next.map { [Attribute("next", $0)] } ?? []))
  }

  /// `812345-I-007`
  private static func backersCursor(_ text: String) throws -> (score: Int32, code: String) {
    let parts = text.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let score = Int32(parts[0]), Code.isValid(parts[1]) else {
      throw WireError.badArgument("after", "is not a cursor; it comes from next= of the page before")
    }
    return (score, String(parts[1]))
  }

  /// The index of a firm or project. A firm goes before a project of the same code.
  static func candidate(_ code: String, _ served: Served) throws -> Int {
    guard let index = served.snapshot.candidates(code: code).first else {
      throw WireError.notFound("candidate", code)
    }
    return index
  }

  // MARK: EXPLAIN and WHATIF

  /// The index of a firm or project that may be explained: to a party only what stands on its own list.
  private static func candidate(_ code: String, of investor: Int, _ served: Served, _ call: Call) throws
    -> Int
  {
    guard call.isParty else { return try candidate(code, served) }
    let snapshot = served.snapshot
    let listed = Set(ShownList.deals(of: investor, served, list: served.list(of:)).map(\.candidate))
    let found = snapshot.candidates(code: code).first { listed.contains(snapshot.candidateID(at: $0)) }
    guard let candidate = found else {
      throw WireError.notFound("candidate", code)
    }
    return candidate
  }

  func explain(_ command: Explain, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let investor = try served.investor(command.investor)
    let candidate = try Self.candidate(command.candidate, of: investor, served, call)
    let (fund, explanation) = Self.bestFund(served, investor, candidate)
    for row in Self.rows(explanation, was: nil) { try await reply.row(row) }
    var attributes = [Attribute("rows", reply.rows), Attribute("score", Int(explanation.score))]
    if !explanation.vetoes.isEmpty {
      attributes.append(Attribute("vetoes", explanation.vetoes.map(\.veto.name).joined(separator: ",")))
    }
    attributes.append(Attribute("policy", Int(served.policy.number)))
    if fund != investor { attributes.append(Attribute("via", served.snapshot.investorCode(at: fund))) }
    var sentence: String?
    if let published = served.published {
      attributes.append(Attribute("run", published.description))
      let deals = ShownList.deals(of: investor, served, list: served.list(of:))
      let id = served.snapshot.candidateID(at: candidate)
      if let place = deals.firstIndex(where: { $0.candidate == id }) {
        attributes.append(Attribute("rank", place + 1))
        if deals[place].score != explanation.score {
          attributes.append(Attribute("listed_score", Int(deals[place].score)))
          sentence =
            "the registry or the policy has changed since the list was published; RESCORE brings it up to date"
        }
      }
    }
    return LastLine(.ok, attributes, sentence: sentence)
  }

  /// For a house the fund that scores the candidate best, one without vetoes first.
  private static func bestFund(_ served: Served, _ investor: Int, _ candidate: Int) -> (Int, Explanation) {
    let funds = served.funds(of: investor)
    var best = (
      fund: funds.first ?? investor,
      explanation: served.scorer.explanation(investor: funds.first ?? investor, candidate: candidate)
    )
    for fund in funds.dropFirst() {
      let other = served.scorer.explanation(investor: fund, candidate: candidate)
      let isBetter =
        (other.vetoes.isEmpty ? 1 : 0, other.score) > (
          best.explanation.vetoes.isEmpty ? 1 : 0, best.explanation.score
        )
      if isBetter { best = (fund, other) }
    }
    return (best.fund, best.explanation)
  }

  private static func rows(_ explanation: Explanation, was: Explanation?) -> [[JSON.Member]] {
    var rows: [[JSON.Member]] = explanation.parts.enumerated().map { index, part in
      var row: [JSON.Member] = [
        .init("criterion", .string(part.criterion.name)), .init("points", JSON(Int(part.points))),
        .init("weight", JSON(Int(part.weight))), .init("value", JSON(Int(part.value))),
        .init("known", .bool(part.isKnown)), .init("veto", .null), .init("fact", .string(part.fact)),
      ]
      if let was { row.insert(.init("points_before", JSON(Int(was.parts[index].points))), at: 2) }
      return row
    }
    for reason in explanation.vetoes {
      var row: [JSON.Member] = [
        .init("criterion", .null), .init("points", .null), .init("weight", .null), .init("value", .null),
        .init("known", .null), .init("veto", .string(reason.veto.name)), .init("fact", .string(reason.fact)),
      ]
      if was != nil { row.insert(.init("points_before", .null), at: 2) }
      rows.append(row)
    }
    return rows
  }

  /// Refuses fields in which a party names firms that it does not know of, in the words for those that do not exist: for
  /// every command that takes fields and does not store them, since storing asks the same of the database.
  private func checkNames(in record: Record, prefix: String, _ call: Call) async throws {
    guard call.isParty else { return }
    for (field, given) in zip(record.noun.fields, record.given) {
      guard case .references(.firm, _) = field.type, case .value(.list(let codes)) = given else { continue }
      let known = try await read(call) { session in try RegistryStore.knownFirms(among: codes, in: session) }
      if let stranger = codes.first(where: { !known.contains($0) }) {
        throw WireError.badArgument(prefix + field.name, "there is no firm \"\(stranger)\"")
      }
    }
  }

  func whatIf(_ command: WhatIf, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let investor = try served.investor(command.investor)
    let candidate = try Self.candidate(command.candidate, of: investor, served, call)
    try await checkNames(in: command.investorChanges, prefix: "investor.", call)
    let snapshot = served.snapshot
    // As EXPLAIN does it: of a house the fund that would bring the candidate.
    let (fund, was) = Self.bestFund(served, investor, candidate)
    var change = SnapshotChange()
    change.investors = [try snapshot.investorRow(at: fund).with(command.investorChanges, in: snapshot)]
    change.candidates = [
      try snapshot.candidateRow(at: candidate).with(command.candidateChanges, in: snapshot)
    ]
    let changed = change
    // A copy of the columns: some milliseconds for a large registry.
    let explanation = try await offThread {
      do {
        let other = try snapshot.replacing(changed)
        return Scorer(snapshot: other, policy: served.policy).explanation(
          investor: fund, candidate: candidate)
      } catch let flaw as Flaw { throw WireError.badArgument("field", flaw.sentence) }
    }
    for row in Self.rows(explanation, was: was) { try await reply.row(row) }
    var attributes = [
      Attribute("rows", reply.rows), Attribute("score", Int(explanation.score)),
      Attribute("score_before", Int(was.score)),
    ]
    if !explanation.vetoes.isEmpty {
      attributes.append(Attribute("vetoes", explanation.vetoes.map(\.veto.name).joined(separator: ",")))
    }
    attributes.append(Attribute("policy", Int(served.policy.number)))
    if fund != investor { attributes.append(Attribute("via", snapshot.investorCode(at: fund))) }
    return LastLine(.ok, attributes, sentence: "nothing was stored")
  }
}
