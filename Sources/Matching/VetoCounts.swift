import Domain

/// How many candidates each veto keeps off an investor's list: the answer to why a list is empty.
public struct VetoCounts: Sendable {
  /// Candidates that are not retired.
  public private(set) var candidates = 0
  /// Candidates without a veto.
  public private(set) var open = 0
  /// Candidates that each veto holds for, the most first; a candidate counts once for each of its vetoes.
  public private(set) var byVeto: [(veto: Veto, candidates: Int)] = []

  /// Judges every pair of an investor by the plain rules. O(candidates), a few microseconds each.
  public init(_ scorer: Scorer, investor: Int) {
    var counts = [Int](repeating: 0, count: Veto.allCases.count)
    for candidate in 0..<scorer.snapshot.candidateCount
    where !scorer.snapshot.isCandidateRetired(at: candidate) {
      let pair = Pair(scorer: scorer, investor: investor, candidate: candidate)
      candidates += 1
      var isOpen = true
      for veto in Veto.allCases where pair.isVetoed(veto) {
        counts[Int(veto.rawValue)] += 1
        isOpen = false
      }
      if isOpen { open += 1 }
    }
    let found = Veto.allCases.map { (veto: $0, candidates: counts[Int($0.rawValue)]) }
    byVeto = found.filter { $0.candidates > 0 }.sorted {
      ($1.candidates, $0.veto.rawValue) < ($0.candidates, $1.veto.rawValue)
    }
  }

}
