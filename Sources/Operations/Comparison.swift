import Domain
import Matching
import Store
import Wire

/// Two published states of the deal lists, and what had changed between them.
struct Comparison: Sendable {
  let served: Served
  /// Run 0 for nothing before.
  let since: RunRevision
  /// The state in force.
  let published: RunRevision
  private var candidates: Set<Int32> = []
  private var investors: Set<Int32> = []
  private var policy = false
  private var registry = false

  init(_ served: Served, since: RunRevision, published: RunRevision, _ revisions: [StoredRevision]) {
    self.served = served
    self.since = since
    self.published = published
    for revision in revisions {
      candidates.formUnion(revision.changedCandidates)
      investors.formUnion(revision.changedInvestors)
      policy = policy || revision.policyChanged
      registry = registry || revision.registryChanged
    }
  }

  /// Whether there is nothing to compare with, so that all of a list is new.
  var isFirst: Bool { since.run == 0 }

  /// What moved on the list of an investor.
  /// - Parameter before: The lists of its funds in the state `since`.
  func moves(of investor: Int, from before: [Int32: [Deal]]) -> [Move] {
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
    let (old, new) = (merged { before[$0] ?? [] }, merged { served.lists[$0].map(Array.init) ?? [] })
    guard old != new else { return [] }
    let inputs = Matching.Moves.Inputs(
      changedCandidates: candidates, isMandateChanged: ids.contains(where: investors.contains),
      isPolicyChanged: policy, isRegistryChanged: registry,
      declined: Set(funds.flatMap(snapshot.declinedFirms(of:))))
    return Matching.Moves.between(old, new, inputs: inputs)
  }
}

extension Desk {
  /// Compares the published state with an earlier one: the one asked for, else that before the run in force, else, where
  /// it is the first one, the run as it was first published.
  func comparison(since wanted: RunReference?) async throws -> Comparison {
    let served = try await picture.refresh(deadline: settings.statementTime)
    guard let published = served.published else { throw Self.nothingPublished }
    return try await comparison(served, since: try await since(wanted, published), published)
  }

  /// Compares the published state with what a digest before has told, or with the state before the run in force. Where
  /// nothing was published before, all is new. Nil before the first run.
  func digestComparison(since wanted: DigestCommand.Since?) async throws -> Comparison? {
    let served = try await picture.refresh(deadline: settings.statementTime)
    guard let published = served.published else { return nil }
    let nothing = RunRevision(run: 0)
    let since: RunRevision
    switch wanted {
    case .run(let run): since = try await self.since(run, published)
    case .mark(let mark):
      guard let told = mark.run else { return try await comparison(served, since: nothing, published) }
      // Where that state is not kept any more, an earlier one misses nothing.
      let kept = try await pool.run(deadline: settings.statementTime) { session in
        try RunStore.kept(atOrBefore: told, in: session)
      }
      since = min(kept ?? nothing, published)
    case nil: since = try await before(published) ?? nothing
    }
    return try await comparison(served, since: since, published)
  }

  private func comparison(
    _ served: Served, since: RunRevision, _ published: RunRevision
  ) async throws -> Comparison {
    let revisions = try await pool.run(deadline: settings.statementTime) { session in
      try RunStore.revisions(after: since, upTo: published, in: session)
    }
    return Comparison(served, since: since, published: published, revisions)
  }

  private func since(_ wanted: RunReference?, _ published: RunRevision) async throws -> RunRevision {
    if let wanted {
      let kept = try await kept(wanted)
      guard kept <= published else {
        throw WireError.badArgument("since", "lies after the published run \(published)")
      }
      return kept
    }
    if let previous = try await before(published) { return previous }
    let first = RunRevision(run: published.run)
    guard published != first else {
      throw WireError(
        .wrongState, [Attribute("run", published.description)],
        "there is no run before \(published) to compare with")
    }
    return first
  }

  /// The state before the run in force; nil for the first run.
  private func before(_ published: RunRevision) async throws -> RunRevision? {
    let first = RunRevision(run: published.run)
    return try await pool.run(deadline: settings.statementTime) { session in
      try RunStore.revisions(after: RunRevision(run: first.run, revision: -1), upTo: first, in: session).last?
        .previous
    }
  }

  /// The earlier lists of investors and of the funds whose lists make theirs.
  func listsBefore(_ investors: Range<Int>, _ comparison: Comparison, _ call: Call) async throws -> [Int32:
    [Deal]]
  {
    let served = comparison.served
    let ids = Set(investors.flatMap { served.funds(of: $0) }).map { served.snapshot.investorID(at: $0) }
    return try await read(call) { session in try RunStore.lists(of: ids, at: comparison.since, in: session) }
  }
}
