/// How many introductions a firm is worth proposing for at once: so many that no more yeses are to be expected of them
/// than it can follow up.
struct Exposure {
  private let cap: Int
  /// Yeses that are welcome, in millionths.
  private let interest: Int
  private let answers: [Int32: Answers]
  /// Yeses among all answers, in millionths.
  private let overall: Int

  /// Answers that a guess counts for.
  private static let weight = 10
  /// The overall rate that is guessed where nobody has answered yet, in millionths.
  private static let prior = 300_000

  /// - Parameters:
  ///   - cap: Introductions of any firm that may be under way; nil for the policy's.
  ///   - answers: By id of a firm.
  init(_ policy: Policy, cap: Int? = nil, _ answers: [Int32: Answers]) {
    self.cap = cap ?? policy.firmCap
    interest = policy.interest * 1_000
    self.answers = answers
    let all = answers.values.reduce(into: Answers(answered: 0, accepted: 0)) {
      $0.answered += $1.answered
      $0.accepted += $1.accepted
    }
    overall = Self.rate(all, Self.prior)
  }

  /// Introductions of a firm that may be under way, at least 1.
  func cap(of firm: Int32) -> Int {
    let rate = max(1, answers[firm].map { Self.rate($0, overall) } ?? overall)
    return min(cap, max(1, (interest + rate - 1) / rate))
  }

  /// The mean of the posterior of a Beta prior.
  private static func rate(_ answers: Answers, _ prior: Int) -> Int {
    (answers.accepted * Curves.one + weight * prior) / (answers.answered + weight)
  }
}

/// What has come of introductions so far.
public struct Answers: Sendable, Hashable {
  public var answered: Int
  /// Those among them with a yes.
  public var accepted: Int

  public init(answered: Int, accepted: Int) {
    precondition((0...answered).contains(accepted), "Nobody accepts more than was answered.")
    self.answered = answered
    self.accepted = accepted
  }
}
