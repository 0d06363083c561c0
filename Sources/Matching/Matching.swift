// WIP: the public API to come, for those who build against it. This file goes away.
//
// public struct Flaw: Error { public var sentence: String }      what is wrong with the rows, naming them
//
// public struct SnapshotBuilder: Sendable {
//   public var candidates: [CandidateRow], investors: [InvestorRow], holdings: [HoldingRow],
//     rounds: [RoundRow], sectors: [SectorRow], rates: [RateRow]   (any order; ORDER BY code COLLATE "C" is faster)
//   public init(…all defaulting to [])
//   public func build(asOf: Day) throws(Flaw) -> Snapshot
// }
//
// public final class Snapshot: Sendable {
//   public let asOf: Day
//   public let sectors: SectorTree
//   public var candidateCount: Int, investorCount: Int             indices 0..<count, in order of code, kind
//   public func candidate(id: Int32) -> Int?                       index
//   public func candidate(code: String, kind: CandidateRow.Kind) -> Int?
//   public func candidates(code: String) -> Range<Int>             0, 1 or 2 (a firm and a project)
//   public func investor(id: Int32) -> Int? ; investor(code: String) -> Int?
//   public func candidateRow(at: Int) -> CandidateRow ; investorRow(at: Int) -> InvestorRow
//   public func candidateID(at:) -> Int32, candidateCode(at:) -> String, candidateKind(at:),
//     isCandidateRetired(at:), candidateVersion(at:), candidateName(at:), candidateStage(at:) -> Stage?
//   public func investorID(at:), investorCode(at:), investorName(at:), investorParent(at:) -> Int32?,
//     isInvestorRetired(at:), investorVersion(at:)
//   public func funds(ofHouse: Int32 id) -> [Int]                  indices of investors with that parent
//   public func candidate(at: Int, isInSector: Int (SectorTree index)) -> Bool    at or below
//   public func replacing(_ change: SnapshotChange) throws(Flaw) -> Snapshot
// }
// public struct SnapshotChange: Sendable {
//   public var candidates: [CandidateRow]      changed (by id) or new
//   public var investors: [InvestorRow]        changed (by id) or new
//   public var holdings: [Int32: [HoldingRow]] by investor id: all its holdings now
//   public var rounds: [Int32: [RoundRow]]     by firm id: all its rounds now
// }                                            other changes (sectors, rates, asOf): build anew
//
// public struct Parameter: Sendable { name: String, `default`: Int, range: ClosedRange<Int>, help: String }
// public struct Policy: Sendable, Hashable {
//   public static let parameters: [Parameter]
//   public let number: Int32
//   public init(number: Int32)                                              defaults
//   public init(number: Int32, values: [String: Int]) throws(Policy.Flaw)   missing: default; unknown, out of range, sum: error
//   public var values: [String: Int]                                        all, for the store
//   public subscript(name: String) -> Int?                                  one
//   public func changing(_ values: [String: Int], number: Int32) throws(Policy.Flaw) -> Policy
//   public var depth: Int
// }
//
// public final class Scorer: Sendable { init(snapshot: Snapshot, policy: Policy) }   prepared once, shared by workers
//   scorer.score(investor: Int, candidate: Int) -> Int32           one pair, indices
//   scorer.vetoes(investor: Int, candidate: Int) -> [Veto]
//   scorer.explanation(investor: Int, candidate: Int) -> Explanation
//   scorer.backers(of: Int, limit: Int) -> [Backer(investor: index, score)]        best first, ties by investor code
// public struct Mandate { init(scorer: Scorer, investor: Int) ; mutating func turn(to investor: Int) }
//   one per worker, reused: `turn(to:)` recompiles without allocating
//   mandate.score(candidate) -> Int32 ; mandate.isVetoed(candidate) -> Bool
//   mandate.top(k: Int) -> [Deal]                                  rank order; ties by code, then kind
// public struct Deal: Sendable, Hashable { candidate: Int32 /* id */, score: Int32 }
//
// public struct Explanation: Sendable {
//   score: Int32, vetoes: [(veto: Veto, fact: String)] as struct VetoFact,
//   parts: [Part] — Part { criterion: Criterion, points: Int32, weight: Int32, value: Int32, isKnown: Bool, fact: String }
// }
// public struct Move { candidate: Int32 id, kind: entered | left | moved, rankBefore: Int?, rankAfter: Int?,
//   scoreBefore: Int32?, scoreAfter: Int32?, causes: [Cause] }
// public enum Cause { firmChanged, mandateChanged, policyChanged, registryChanged, displaced } with .name
// Moves.between(_ before: [Deal], _ after: [Deal], changes: MoveInputs) -> [Move]
// HouseList.merge([FundList(fund: index…)], snapshot) -> [HouseDeal(candidate: id, score, fund: investor id)]
