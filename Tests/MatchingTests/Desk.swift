import Domain
import Testing

@testable import Matching

/// A registry of one investor and one firm, to be changed into what a test is about: investor 1 is `I`,
/// candidate 1 is firm `F`, and three more firms (2, 3, 4) and investors (2, 3, 4) stand by for holdings.
struct Desk {
  var investor = InvestorRow(id: 1, code: "I", name: "Investor")
  var candidate = CandidateRow(id: 1, kind: .firm, code: "F", name: "Firm")
  var holdings: [HoldingRow] = []
  var evidence: [EvidenceRow] = []
  var rates: [RateRow] = []
  var policy = Policy(number: 1)
  var asOf = Day("2026-06-15")!

  static let sectors = [
    SectorRow(code: "ai", name: "AI"),
    SectorRow(code: "ai.speech", name: "Speech", parent: "ai"),
    SectorRow(code: "ai.vision", name: "Vision", parent: "ai"),
    SectorRow(code: "ai.vision.medical", name: "Medical vision", parent: "ai.vision"),
    SectorRow(code: "chips", name: "Chips"),
    SectorRow(code: "chips.design", name: "Chip design", parent: "chips"),
  ]

  var rows: SnapshotBuilder {
    let others = (2...4).map {
      CandidateRow(id: Int32($0), kind: .firm, code: "F\($0)", name: "Firm \($0)", sectors: ["chips.design"])
    }
    let strangers = (2...4).map { InvestorRow(id: Int32($0), code: "I\($0)", name: "Investor \($0)") }
    return SnapshotBuilder(
      candidates: [candidate] + others, investors: [investor] + strangers, holdings: holdings,
      evidence: evidence, sectors: Self.sectors, rates: rates)
  }

  /// The explanation of investor `I` and candidate 1. The compiled mandate must agree with it.
  func explanation() throws -> Explanation {
    let snapshot = try rows.build(asOf: asOf)
    let scorer = Scorer(snapshot: snapshot, policy: policy)
    let investor = try #require(snapshot.investor(id: 1))
    let candidate = try #require(snapshot.candidate(id: 1))
    let explanation = scorer.explanation(investor: investor, candidate: candidate)
    let mandate = Mandate(scorer: scorer, investor: investor)
    #expect(mandate.score(candidate) == (explanation.vetoes.isEmpty ? explanation.score : nil))
    return explanation
  }

  /// What a criterion says of the pair; value nil where it is unknown (then it must be the prior).
  func part(_ criterion: Criterion) throws -> (value: Int?, fact: String) {
    let part = try #require(explanation().parts.first { $0.criterion == criterion })
    if !part.isKnown && criterion != .readiness {
      #expect(Int(part.value) == policy["\(criterion.name)_prior"])
    }
    return (part.isKnown ? Int(part.value) : nil, part.fact)
  }

  /// The fact of a veto, nil where it does not hold.
  func veto(_ veto: Veto) throws -> String? {
    try explanation().vetoes.first { $0.veto == veto }?.fact
  }

  /// A holding of an investor in a firm, by ids.
  mutating func hold(_ investor: Int32, _ firm: Int32, until: String? = nil) {
    holdings.append(HoldingRow(investor: investor, firm: firm, exitedOn: until.map { Day($0)! }))
  }

  func with(_ change: (inout Desk) -> Void) -> Desk {
    var desk = self
    change(&desk)
    return desk
  }
}

extension Scorer {
  /// An investor's list, as blocks and as a scan find it.
  func top(_ k: Int, of investor: Int) -> [Deal] {
    var mandate = Mandate(scorer: self, investor: investor)
    let list = mandate.top(k)
    #expect(list == mandate.topByScan(k))
    return list
  }
}
