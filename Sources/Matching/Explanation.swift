import Domain

/// Why a pair has its score, and what keeps it off the list. Also of retired and vetoed pairs.
public struct Explanation: Sendable, Hashable {
  /// What one criterion brings.
  public struct Part: Sendable, Hashable {
    public var criterion: Criterion
    /// Of the score, in millionths: weight times value, rounded down.
    public var points: Int32
    /// Millionths of the score.
    public var weight: Int32
    /// Millionths of the criterion.
    public var value: Int32
    /// False where a prior stands in for what is not known, or for a part of it.
    public var isKnown: Bool
    /// The facts, in plain words.
    public var fact: String
  }

  /// A veto that holds.
  public struct Reason: Sendable, Hashable {
    public var veto: Veto
    /// The facts, in plain words.
    public var fact: String
  }

  /// Millionths: the exact sum of the points of ``parts``.
  public var score: Int32
  /// One a criterion, in their order.
  public var parts: [Part]
  /// Empty for a pair that may stand on the list.
  public var vetoes: [Reason]
}

extension Scorer {
  /// The points of each criterion, in their order, that make up the score of the pair of these indices.
  public func points(investor: Int, candidate: Int) -> [Int32] {
    let pair = Pair(scorer: self, investor: investor, candidate: candidate)
    return Criterion.allCases.map { curves.points($0, pair.finding($0).value) }
  }

  /// Explains the pair of these indices.
  public func explanation(investor: Int, candidate: Int) -> Explanation {
    let pair = Pair(scorer: self, investor: investor, candidate: candidate)
    let facts = PairFacts(pair: pair)
    let parts = Criterion.allCases.map { criterion in
      let finding = pair.finding(criterion)
      return Explanation.Part(
        criterion: criterion, points: curves.points(criterion, finding.value),
        weight: Int32(policy.weight(criterion)), value: Int32(finding.value), isKnown: finding.isKnown,
        fact: facts.fact(criterion))
    }
    let vetoes = Veto.allCases.filter(pair.isVetoed).map {
      Explanation.Reason(veto: $0, fact: facts.fact($0))
    }
    let score = score(investor: investor, candidate: candidate)
    precondition(
      parts.reduce(0) { $0 + $1.points } == score, "The parts of an explanation do not add up to its score.")
    return Explanation(score: score, parts: parts, vetoes: vetoes)
  }
}
