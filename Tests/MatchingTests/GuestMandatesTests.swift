import Domain
import Testing

@testable import Matching

@Suite struct GuestMandatesTests {
  /// Against a registry that is built anew with the guest as one more investor, pair by pair.
  @Test(arguments: 0..<150) func ranksAsAnInvestorWould(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    var rows = RandomRegistry.rows(&random)
    let policy = RandomRegistry.policy(&random)
    let codes = rows.sectors.map(\.code)
    let guests = (0..<random.number(1...12)).map { _ in
      GuestMandates.Guest(
        sectors: random.some(of: codes, upTo: 3),
        region: random.maybe(random.one(of: RandomRegistry.regions + RandomRegistry.countries)))
    }
    let snapshot = try rows.build(asOf: RandomRegistry.asOf)
    let mandates = try GuestMandates(guests, in: snapshot, policy: policy)
    for (index, guest) in guests.enumerated() {
      rows.investors.append(
        InvestorRow(
          id: Int32(900 + index), code: "Z\(index)", name: "",
          sectors: guest.sectors.map { .init(code: $0, millionths: 1_000_000) },
          regions: guest.region.map { [$0] } ?? []))
    }
    let whole = try rows.build(asOf: RandomRegistry.asOf)
    let scorer = Scorer(
      snapshot: whole,
      policy: try policy.changing(
        [
          "stage_weight": 0, "sector_weight": 600_000, "risk_weight": 0, "ticket_weight": 0,
          "region_weight": 150_000, "readiness_weight": 250_000, "co_investors_weight": 0,
        ], number: 1))
    let all = Array(0..<whole.candidateCount)
    let scores = mandates.scores(of: all)
    for guest in guests.indices {
      let investor = whole.investor(code: "Z\(guest)")!
      #expect(scores[guest] == all.map { scorer.score(investor: investor, candidate: $0) })
      let fit = all.filter { $0 % 3 > 0 && scorer.vetoes(investor: investor, candidate: $0).isEmpty }
        .map { Deal(candidate: whole.candidateID(at: $0), score: scores[guest][$0]) }
        .enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(\.element)
      for limit in [0, 1, 5, 100] {
        #expect(mandates.ranked(guest, limit: limit) { $0 % 3 > 0 } == Array(fit.prefix(limit)))
      }
    }
  }

  @Test func onlyRetiredOnesAndOtherCountriesAreVetoed() throws {
    let snapshot = try SnapshotBuilder(
      candidates: [
        CandidateRow(id: 1, kind: .firm, code: "A", name: "A", country: "Germany"),
        CandidateRow(id: 2, kind: .firm, code: "B", isRetired: true, name: "B", country: "China"),
        CandidateRow(id: 3, kind: .project, code: "C", name: "C", country: "China"),
        CandidateRow(id: 4, kind: .firm, code: "D", name: "D", risk: 5, ask: 9, currency: "CNY"),
      ]
    ).build(asOf: RandomRegistry.asOf)
    let guests = [nil, "China", "Anhui"].map { GuestMandates.Guest(sectors: [], region: $0) }
    let mandates = try GuestMandates(guests, in: snapshot, policy: Policy(number: 1))
    func ranked(_ guest: Int) -> Set<Int32> {
      Set(mandates.ranked(guest, limit: 9) { _ in true }.map(\.candidate))
    }
    #expect(ranked(0) == [1, 3, 4])
    #expect(ranked(1) == [3, 4])
    #expect(ranked(2) == [1, 3, 4])
  }

  @Test func reasonsNameWhatCounts() throws {
    let snapshot = try SnapshotBuilder(
      candidates: [
        CandidateRow(
          id: 1, kind: .firm, code: "A", name: "A", stage: .seed, sectors: ["chips"], trl: 5, region: "Anhui"),
        CandidateRow(id: 2, kind: .firm, code: "B", name: "B", sectors: ["ai"], country: "China"),
      ], sectors: [SectorRow(code: "ai", name: "AI"), SectorRow(code: "chips", name: "Chips")]
    ).build(asOf: RandomRegistry.asOf)
    let guests = try GuestMandates(
      [.init(sectors: ["chips"], region: "Anhui")], in: snapshot, policy: Policy(number: 1))
    // TRL at the norm counts 0.7, no round on record 0.2 of the rest.
    #expect(guests.reasons(0, candidate: 0) == "sector 60.0, readiness 19.0, region 15.0")
    #expect(guests.scores(of: [0]) == [[940_000]])
    #expect(guests.reasons(0, candidate: 1).hasSuffix("sector 0.0, region 0.0"))
    let other = try GuestMandates([.init(sectors: [], region: nil)], in: snapshot, policy: Policy(number: 1))
    #expect(other.reasons(0, candidate: 0) == "sector 24.0?, readiness 19.0, region 7.5?")
  }

  @Test func unknownSectorsAreRefused() throws {
    let snapshot = try SnapshotBuilder().build(asOf: RandomRegistry.asOf)
    #expect(throws: Flaw.self) {
      try GuestMandates([.init(sectors: ["none"], region: nil)], in: snapshot, policy: Policy(number: 1))
    }
  }
}
