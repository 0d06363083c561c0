import Domain
import Testing

@testable import Matching

@Suite struct EmissionTests {
  private struct Case {
    var rows: SnapshotBuilder
    var scorer: Scorer
    var lists: DealLists
    var given: Emission.Circumstances

    init(_ random: inout SeededGenerator) throws {
      rows = RandomRegistry.rows(&random)
      let policy = try RandomRegistry.policy(&random).changing(
        [
          "depth": random.number(1...20), "intro_cap_investor": random.number(1...4),
          "intro_cap_firm": random.number(1...4), "intro_interest": random.number(100...3_000),
        ], number: 1)
      scorer = Scorer(snapshot: try rows.build(asOf: RandomRegistry.asOf), policy: policy)
      let work = RankingWork(scorer: scorer)
      work.run()
      lists = work.lists()
      given = Emission.Circumstances()
      given.wishes = RandomRegistry.wishes(rows, &random)
      for investor in rows.investors where random.isOne(in: 4) {
        given.waitingForInvestors[investor.id] = random.number(0...5)
      }
      for firm in rows.candidates where firm.kind == .firm {
        if random.isOne(in: 8) { given.waitingForFirms[firm.id] = random.number(0...3) }
        let answered = random.number(0...30)
        if random.isOne(in: 2) {
          given.answers[firm.id] = Answers(answered: answered, accepted: random.number(0...answered))
        }
        for investor in rows.investors where random.isOne(in: 8) {
          given.blocked.insert(IDPair(investor: investor.id, firm: firm.id))
        }
      }
      if random.isOne(in: 4) { given.sectors = [random.number(0...rows.sectors.count - 1)] }
      // Lists lag: since they were ranked, somebody has retired, and somebody has said no.
      guard random.isOne(in: 2) else { return }
      for index in rows.candidates.indices where random.isOne(in: 10) {
        rows.candidates[index].isRetired = true
      }
      for index in rows.investors.indices where random.isOne(in: 6) {
        rows.investors[index].declinedFirms = [random.one(of: rows.candidates).id]
      }
      scorer = Scorer(snapshot: try rows.build(asOf: RandomRegistry.asOf), policy: policy)
    }

    func emission(threads: Int = 2) -> Emission {
      Emission(scorer: scorer, lists: lists, circumstances: given, threads: threads)
    }

    /// The pairs that may be proposed, in order of investors and ranks, by the plainest rules.
    var eligible: [Emission.Proposal] {
      let (snapshot, side) = (scorer.snapshot, FirmSide(scorer: scorer, wishes: given.wishes))
      var pairs: [Emission.Proposal] = []
      for investor in 0..<snapshot.investorCount {
        let row = snapshot.investorRow(at: investor)
        for (place, deal) in Array(lists[row.id] ?? []).enumerated() {
          let candidate = snapshot.candidate(id: deal.candidate)!
          let firm = snapshot.candidateRow(at: candidate)
          let isInSector =
            given.sectors.map { $0.contains { snapshot.candidate(at: candidate, isInSector: $0) } } ?? true
          guard firm.kind == .firm, !firm.isRetired, !row.isRetired, isInSector,
            !row.declinedFirms.contains(firm.id),
            !given.blocked.contains(IDPair(investor: row.id, firm: firm.id)),
            let score = side.score(of: investor, for: candidate)
          else { continue }
          pairs.append(
            Emission.Proposal(
              investor: investor, candidate: candidate, rank: place + 1, investorScore: deal.score,
              firmScore: score))
        }
      }
      return pairs
    }

    func cap(ofFirm id: Int32) -> Int {
      let all = given.answers.values
      let overall =
        (all.map(\.accepted).reduce(0, +) * 1_000_000 + 3_000_000) / (all.map(\.answered).reduce(0, +) + 10)
      let own = given.answers[id] ?? Answers(answered: 0, accepted: 0)
      let rate = (own.accepted * 1_000_000 + 10 * overall) / (own.answered + 10)
      var exposure = 1
      while exposure * max(1, rate) < scorer.policy.interest * 1_000 { exposure += 1 }
      return max(0, min(scorer.policy.firmCap, exposure) - (given.waitingForFirms[id] ?? 0))
    }
  }

  @Test(arguments: 0..<4) func proposalsAreAStableChoiceOfWhatMayBeProposed(batch: Int) throws {
    var (proposed, withheld) = (0, 0)
    for seed in 0..<80 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      let market = try Case(&random)
      let emission = market.emission()
      let (pairs, chosen) = (market.eligible, Set(emission.proposals))
      #expect(emission.proposals == pairs.filter(chosen.contains), "batch \(batch) seed \(seed)")
      #expect(emission.offerCount == pairs.count)
      #expect(emission.blockingPairs == 0)
      let snapshot = market.scorer.snapshot
      let investorCap = { (investor: Int) in
        max(
          0,
          market.scorer.policy.investorCap
            - (market.given.waitingForInvestors[snapshot.investorID(at: investor)] ?? 0))
      }
      let firmCap = { (firm: Int) in market.cap(ofFirm: snapshot.candidateID(at: firm)) }
      for pair in pairs {
        let ofInvestor = chosen.filter { $0.investor == pair.investor }
        let ofFirm = chosen.filter { $0.candidate == pair.candidate }
        #expect(ofInvestor.count <= investorCap(pair.investor) && ofFirm.count <= firmCap(pair.candidate))
        guard !chosen.contains(pair) else { continue }
        let investorWants =
          ofInvestor.count < investorCap(pair.investor) || ofInvestor.contains { pair.rank < $0.rank }
        let firmWants =
          ofFirm.count < firmCap(pair.candidate)
          || ofFirm.contains {
            (-pair.firmScore, -pair.investorScore, pair.investor)
              < (-$0.firmScore, -$0.investorScore, $0.investor)
          }
        #expect(!(investorWants && firmWants), "batch \(batch) seed \(seed)")
      }
      proposed += chosen.count
      withheld += pairs.count - chosen.count
    }
    #expect(proposed > 200 && withheld > 200)
  }

  @Test func itIsTheSameEveryTime() throws {
    for seed in 0..<40 {
      var random = SeededGenerator(UInt64(seed))
      let market = try Case(&random)
      let (one, other) = (market.emission(threads: 1), market.emission(threads: 4))
      #expect(one.proposals == other.proposals && one.spread == other.spread)
    }
  }

  @Test func exposureFollowsTheAnswers() throws {
    let policy = Policy(number: 1)
    let nobody = Exposure(policy, [:])
    // Three yeses of 0.3 each way.
    #expect(nobody.cap(of: 1) == 10)
    #expect(Exposure(try policy.changing(["intro_interest": 100], number: 2), [:]).cap(of: 1) == 1)
    let wide = try policy.changing(["intro_cap_firm": 1_000], number: 2)
    let answers: [Int32: Answers] = [
      1: Answers(answered: 90, accepted: 90), 2: Answers(answered: 100, accepted: 0),
    ]
    // Overall (90 + 3) / (190 + 10) = 0.465; firm 1 (90 + 4.65) / 100, firm 2 4.65 / 110, others as all.
    let exposure = Exposure(wide, answers)
    #expect(exposure.cap(of: 1) == 4)
    #expect(exposure.cap(of: 2) == 71)
    #expect(exposure.cap(of: 3) == 7)
  }
}
