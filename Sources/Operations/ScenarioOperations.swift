import Domain
import Matching
import Planning
import Store
import Wire

extension Desk {
  /// Ranks candidates for a test ground: one more mandate, of a guest, on a copy of the registry.
  func scenarioMatch(_ command: ScenarioMatch, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let (served, found) = try await picture.refresh(deadline: time(of: call)) { session, _ in
      try ScenarioStore.get(command.scenario, in: session)
    }
    guard let scenario = found else { throw WireError.notFound("scenario", command.scenario) }
    guard !scenario.isRetired else {
      throw WireError(
        .wrongState, [Attribute("scenario", command.scenario)], "scenario \(command.scenario) is retired")
    }
    let limit = command.limit
    let match = try await offThread { try TestGroundMatch(scenario, served, limit: limit) }
    try await reply.add(match.rows)
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("policy", Int(served.policy.number)),
        Attribute("vetoed_trl", match.belowTRL), Attribute("vetoed_on_trial", match.onTrial),
      ])
  }
}

/// Who fits a test ground, best first.
private struct TestGroundMatch: Sendable {
  private(set) var rows: [[JSON.Member]] = []
  /// Candidates that are kept off since their TRL is known and lower than what is needed.
  let belowTRL: Int
  /// Of the others, firms that are kept off since they are on trial there, or will be.
  let onTrial: Int

  init(_ scenario: StoredScenario, _ served: Served, limit: Int) throws {
    let snapshot = served.snapshot
    let least = scenario.trl ?? 0
    func isReady(_ candidate: Int) -> Bool {
      snapshot.candidateTRL(at: candidate).map { $0 >= least } ?? true
    }
    let trials = Set(scenario.pilots.compactMap { snapshot.candidate(code: $0.firm, kind: .firm) })
    belowTRL = (0..<snapshot.candidateCount).count { !snapshot.isCandidateRetired(at: $0) && !isReady($0) }
    onTrial = trials.count { !snapshot.isCandidateRetired(at: $0) && isReady($0) }
    let guests = try served.guests([(scenario.sectors, scenario.place)])
    let deals = guests.ranked(0, limit: limit) { isReady($0) && !trials.contains($0) }
    let next = scenario.calendar.next
    for (place, deal) in deals.enumerated() {
      guard let candidate = snapshot.candidate(id: deal.candidate) else { continue }
      rows.append([
        .init("rank", JSON(place + 1)), .init("kind", .string(snapshot.candidateKind(at: candidate).name)),
        .init("code", .string(snapshot.candidateCode(at: candidate))),
        .init("name", .string(snapshot.candidateName(at: candidate))), .init("score", JSON(Int(deal.score))),
        .init("reasons", .string(guests.reasons(0, candidate: candidate))),
        .init("trl", JSON(snapshot.candidateTRL(at: candidate))), .init("free", JSON(next?.free ?? 0)),
        .init("free_from", JSON(next?.days.from.description)),
        .init("free_until", JSON(next?.days.until?.description)),
      ])
    }
  }
}

extension StoredScenario {
  /// From today or the day on which it opens.
  fileprivate var calendar: TestCalendar {
    TestCalendar(
      capacity: capacity, open: .init(from: max(today, opensOn ?? today), until: closesOn),
      trials: pilots.map { .init(from: $0.startsOn, until: $0.endsOn) })
  }
}

extension Served {
  /// Mandates of guests with these sectors and places. A sector that the picture does not know yet is passed over.
  func guests(_ guests: [(sectors: [String], place: String?)]) throws -> GuestMandates {
    do {
      return try GuestMandates(
        guests.map { guest in
          .init(sectors: guest.sectors.filter { snapshot.sectors.index(of: $0) != nil }, region: guest.place)
        }, in: snapshot, policy: policy)
    } catch { throw StoreError.unexpectedResult(reason: error.sentence) }
  }
}
