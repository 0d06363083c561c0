import Domain
import Matching
import Store
import Wire

extension Desk {
  /// Investors whose lists are compared at a time.
  private static let movesBatch = 256

  func moves(_ command: Wire.Moves, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    guard let published = served.published else { throw Self.nothingPublished }
    let since = try await Self.since(command, published, self)
    let changes = try await pool.run(deadline: settings.statementTime) { session in
      Changes(try RunStore.revisions(after: since, upTo: published, in: session))
    }
    var cursor =
      try command.page.after.map { try Self.movesCursor($0, command, served) } ?? (investor: 0, skip: 0)
    let investors =
      try command.investor.map { code -> Range<Int> in
        let index = try served.investor(code)
        return index..<index + 1
      } ?? 0..<served.snapshot.investorCount
    var next: String?
    var start = max(investors.lowerBound, cursor.investor)
    batches: while start < investors.upperBound {
      let batch = start..<min(start + Self.movesBatch, investors.upperBound)
      let before = try await listsBefore(batch, served, since, call)
      for investor in batch {
        let moves = Self.moves(of: investor, served, before, changes)
        for (place, move) in moves.enumerated() {
          if investor == cursor.investor, place < cursor.skip { continue }
          if reply.rows == command.page.limit {
            next = "\(place)-\(served.snapshot.investorCode(at: investor))"
            break batches
          }
          try await reply.row(Self.row(move, investor, served))
        }
      }
      start = batch.upperBound
      cursor.skip = 0
    }
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("since", since.description),
        Attribute("run", published.description),
      ]
        + (next.map { [Attribute("next", $0)] } ?? []))
  }

  /// What had changed between two states.
  private struct Changes: Sendable {
    var candidates: Set<Int32> = []
    var investors: Set<Int32> = []
    var policy = false
    var registry = false

    init(_ revisions: [StoredRevision]) {
      for revision in revisions {
        candidates.formUnion(revision.changedCandidates)
        investors.formUnion(revision.changedInvestors)
        policy = policy || revision.policyChanged
        registry = registry || revision.registryChanged
      }
    }
  }

  /// The state to compare with: the one asked for, else that before the run in force, else, where it is the first
  /// one, the run as it was first published.
  private static func since(_ command: Wire.Moves, _ published: RunRevision, _ desk: Desk) async throws
    -> RunRevision
  {
    if let since = command.since {
      let kept = try await desk.kept(since)
      guard kept <= published else {
        throw WireError.badArgument("since", "lies after the published run \(published)")
      }
      return kept
    }
    let first = RunRevision(run: published.run)
    let revision = try await desk.pool.run(deadline: desk.settings.statementTime) { session in
      try RunStore.revisions(after: RunRevision(run: first.run, revision: -1), upTo: first, in: session).last
    }
    if let previous = revision?.previous { return previous }
    guard published != first else {
      throw WireError(
        .wrongState, [Attribute("run", published.description)],
        "there is no run before \(published) to compare with")
    }
    return first
  }

  /// `3-I-007`: moves of that investor that were shown already.
  private static func movesCursor(_ text: String, _ command: Wire.Moves, _ served: Served) throws -> (
    investor: Int, skip: Int
  ) {
    let parts = text.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let skip = Int(parts[0]),
      let investor = served.snapshot.investor(code: String(parts[1])),
      // A cursor tells nothing of other investors than the one it was given for.
      command.investor.map({ $0 == parts[1] }) ?? true
    else {
      throw WireError.badArgument("after", "is not a cursor; it comes from next= of the page before")
    }
    return (investor, skip)
  }

  private func listsBefore(
    _ batch: Range<Int>, _ served: Served, _ since: RunRevision, _ call: Call
  ) async throws -> [Int32: [Deal]] {
    let ids = Set(batch.flatMap { served.funds(of: $0) }).map { served.snapshot.investorID(at: $0) }
    return try await read(call) { session in try RunStore.lists(of: ids, at: since, in: session) }
  }

  private static func moves(
    of investor: Int, _ served: Served, _ before: [Int32: [Deal]], _ changes: Changes
  ) -> [Move] {
    let snapshot = served.snapshot
    let funds = served.funds(of: investor)
    let ids = funds.map { snapshot.investorID(at: $0) }
    func merged(_ list: (Int32) -> [Deal]) -> [Deal] {
      if funds == [investor] { return list(ids[0]) }
      let lists = ids.map { HouseList.FundList(fund: $0, deals: list($0)) }
      return HouseList.merge(lists, in: snapshot, limit: served.policy.depth).map {
        Deal(candidate: $0.candidate, score: $0.score)
      }
    }
    let inputs = Matching.Moves.Inputs(
      changedCandidates: changes.candidates,
      isMandateChanged: ids.contains(where: changes.investors.contains),
      isPolicyChanged: changes.policy, isRegistryChanged: changes.registry)
    return Matching.Moves.between(
      merged { before[$0] ?? [] }, merged { served.lists[$0].map(Array.init) ?? [] }, inputs: inputs)
  }

  private static func row(_ move: Move, _ investor: Int, _ served: Served) -> [JSON.Member] {
    let snapshot = served.snapshot
    let candidate = snapshot.candidate(id: move.candidate)
    return [
      .init("investor", .string(snapshot.investorCode(at: investor))),
      .init("move", .string(move.kind.rawValue)),
      .init("kind", JSON(candidate.map { snapshot.candidateKind(at: $0).name })),
      .init("code", JSON(candidate.map { snapshot.candidateCode(at: $0) })),
      .init("name", JSON(candidate.map { snapshot.candidateName(at: $0) })),
      .init("rank_before", JSON(move.rankBefore)), .init("rank", JSON(move.rankAfter)),
      .init("score_before", JSON(move.scoreBefore.map(Int.init))),
      .init("score", JSON(move.scoreAfter.map(Int.init))),
      .init("why", .array(move.causes.map { .string($0.name) })),
    ]
  }
}
