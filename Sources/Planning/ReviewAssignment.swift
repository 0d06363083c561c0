/// Which expert writes which review: as many reviews as possible get one, and of all ways to do so the experts suit
/// the firms best, by the sum of scores. Nobody gets more reviews than there is room for.
///
/// This is a ``MeetingChoice`` in which a review meets one expert: exact, by a flow of the greatest weight. Of equally
/// good ways the flow takes the one that it finds first, going through experts and then reviews in the order in which
/// they are given; the order of the pairs does not matter.
public struct ReviewAssignment: Sendable, Hashable {
  /// Who may review.
  public struct Expert: Sendable, Hashable {
    /// The kinds of reviews that it writes.
    public var kinds: Set<String>
    /// How many more reviews it can take; none where it is negative.
    public var room: Int

    public init(kinds: Set<String>, room: Int) {
      self.kinds = kinds
      self.room = room
    }
  }

  /// A review that an expert may write: one of its kind without a conflict of interest.
  public struct Pair: Sendable, Hashable {
    /// Which of the reviews.
    public var review: Int
    /// Which of the experts.
    public var expert: Int
    /// How well the expert knows the firm's field: millionths, 0…1,000,000.
    public var score: Int

    public init(review: Int, expert: Int, score: Int) {
      self.review = review
      self.expert = expert
      self.score = score
    }
  }

  /// What became of a review.
  public enum Outcome: Sendable, Hashable {
    case expert(Int, score: Int)
    case nobody(Reason)
  }

  /// Why nobody writes a review.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// No expert writes reviews of its kind.
    case noExpert = "no_expert"
    /// All who do have a conflict of interest.
    case conflict
    /// All who might have no room left, with reviews that could not go to others.
    case full
  }

  /// By review.
  public let outcomes: [Outcome]
  /// How many reviews got an expert.
  public let count: Int
  /// The sum of their scores.
  public let score: Int

  /// Assigns. 300 reviews, 100 experts and all their pairs take a fifth of a second, 1,000 and 200 some seconds.
  /// - Parameters:
  ///   - reviews: The kind of each.
  ///   - pairs: In any order, none twice. Pairs with a conflict of interest are left out, those of another kind are
  ///     passed over.
  public init(reviews: [String], experts: [Expert], pairs: [Pair]) {
    let allowed = pairs.filter { experts[$0.expert].kinds.contains(reviews[$0.review]) }
    // Codes only give the order, so numbers of equal length do.
    func participants(_ count: Int, room: (Int) -> Int, minimum: Int) -> [MeetingChoice.Participant] {
      let digits = String(count).count
      return (0..<count).map { index in
        let number = String(index)
        return .init(
          code: String(repeating: "0", count: digits - number.count) + number, slots: room(index),
          minimum: minimum)
      }
    }
    let request = MeetingChoice.Request(
      firms: participants(experts.count, room: { experts[$0].room }, minimum: 0),
      investors: participants(reviews.count, room: { _ in 1 }, minimum: 1),
      pairs: allowed.map { .init(firm: $0.expert, investor: $0.review, score: $0.score) },
      capacity: reviews.count)
    let choice: MeetingChoice
    do { choice = try MeetingChoice(request) } catch { preconditionFailure("No pair is pinned: \(error)") }

    var isOfKind = Set<String>()
    for expert in experts { isOfKind.formUnion(expert.kinds) }
    let isOpen = Set(allowed.map(\.review))
    var outcomes = reviews.indices.map { review in
      Outcome.nobody(
        !isOfKind.contains(reviews[review]) ? .noExpert : isOpen.contains(review) ? .full : .conflict)
    }
    for pair in choice.chosen.map({ allowed[$0] }) {
      outcomes[pair.review] = .expert(pair.expert, score: pair.score)
    }
    self.outcomes = outcomes
    count = choice.chosen.count
    score = choice.measure.score
  }
}
