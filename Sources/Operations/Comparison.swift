import Domain
import Matching
import Store
import Wire

/// Two published states of the deal lists, and what had changed between them.
struct Comparison: Sendable {
  let served: Served
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
    let inputs = Matching.Moves.Inputs(
      changedCandidates: candidates, isMandateChanged: ids.contains(where: investors.contains),
      isPolicyChanged: policy, isRegistryChanged: registry)
    return Matching.Moves.between(
      merged { before[$0] ?? [] }, merged { served.lists[$0].map(Array.init) ?? [] }, inputs: inputs)
  }
}

extension Desk {
  /// Compares the published state with an earlier one: the one asked for, else that before the run in force, else, where
  /// it is the first one, the run as it was first published.
  func comparison(since wanted: RunReference?) async throws -> Comparison {
    let served = try await picture.refresh(deadline: settings.statementTime)
    guard let published = served.published else { throw Self.nothingPublished }
    let since = try await since(wanted, published)
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
    let first = RunRevision(run: published.run)
    let revision = try await pool.run(deadline: settings.statementTime) { session in
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

  /// The earlier lists of investors and of the funds whose lists make theirs.
  func listsBefore(_ investors: Range<Int>, _ comparison: Comparison, _ call: Call) async throws -> [Int32:
    [Deal]]
  {
    let served = comparison.served
    let ids = Set(investors.flatMap { served.funds(of: $0) }).map { served.snapshot.investorID(at: $0) }
    return try await read(call) { session in try RunStore.lists(of: ids, at: comparison.since, in: session) }
  }
}
