import Domain

/// Firms with the histories of what they raised, and which of them are most like a treated one.
///
/// A firm is compared with those of the same top-level sector that existed on the day of the treatment and that no state
/// fund held until the end of the window. How far one is from another is the sum of two parts, age on that day and capital
/// raised before it, each the difference over the sum of both, in millionths: a measure without units that tells 1 from 2
/// as well as 1,000,000 from 2,000,000 (the Canberra metric: G. N. Lance and W. T. Williams, "Computer programs for
/// hierarchical polythetic classification", The Computer Journal 9, 1966). An age that is not known is as far as can be.
/// Of firms that are equally far the first by code is taken.
struct MatchedFirms {
  /// How many firms one is compared with, where there are so many. Several make the estimate less a matter of chance, and
  /// more would take in firms that are less like it.
  static let most = 5

  private struct History {
    var founded: Day?
    var sector: String?
    var rounds: Course
    var state: Course
    /// The first day on which a state fund held it.
    var heldFrom: Day?
  }

  /// Payments in order of days, summed up.
  private struct Course {
    private let days: [Day]
    private let sums: [Int64]

    init(_ payments: [BellwetherEffect.Payment]) {
      let sorted = payments.sorted { $0.day < $1.day }
      days = sorted.map(\.day)
      var sums: [Int64] = [0]
      for payment in sorted { sums.append(sums.last!.addingSaturated(payment.amount)) }
      self.sums = sums
    }

    var first: Day? { days.first }

    /// All up to a day.
    func sum(upTo day: Day) -> Int64 { sums[days.indices.partition { days[$0] <= day }] }

    /// All before a day.
    func sum(before day: Day) -> Int64 { sums[days.indices.partition { days[$0] < day }] }
  }

  /// In order of codes.
  private let histories: [History]
  private let indices: [String: Int]
  /// By sector, indices rising.
  private let ofSector: [String: [Int]]
  private var answers: [Question: [[Int]]] = [:]

  private struct Question: Hashable {
    var firm: Int
    var day: Day
    var ends: [Day]
  }

  /// - Parameter bought: By code, what programmes bought, which makes a firm one that is held as well.
  init(_ firms: [BellwetherEffect.Firm], bought: [String: [BellwetherEffect.Payment]]) throws(Flaw) {
    let sorted = firms.sorted { Code.precedes($0.code, $1.code) }
    var indices: [String: Int] = [:]
    var ofSector: [String: [Int]] = [:]
    for (index, firm) in sorted.enumerated() {
      guard indices.updateValue(index, forKey: firm.code) == nil else {
        throw Flaw("firm \(firm.code) stands twice")
      }
      if let sector = firm.sector { ofSector[sector, default: []].append(index) }
    }
    histories = sorted.map { firm in
      let state = Course(firm.state)
      let days = (bought[firm.code] ?? []).map(\.day) + (state.first.map { [$0] } ?? [])
      return History(
        founded: firm.founded, sector: firm.sector, rounds: Course(firm.rounds), state: state,
        heldFrom: days.min())
    }
    self.indices = indices
    self.ofSector = ofSector
  }

  func index(of code: String) -> Int? { indices[code] }

  /// What others than the state put into a firm after a day and up to another, never below 0.
  func privateCapital(of firm: Int, after day: Day, upTo end: Day) -> Int64 {
    let history = histories[firm]
    let raised = history.rounds.sum(upTo: end) - history.rounds.sum(upTo: day)
    return max(0, raised - (history.state.sum(upTo: end) - history.state.sum(upTo: day)))
  }

  /// The firms nearest to one on a day, nearest first, for each of these ends of a window. Found once for a firm and day.
  mutating func nearest(to firm: Int, on day: Day, until ends: [Day]) -> [[Int]] {
    let question = Question(firm: firm, day: day, ends: ends)
    if let known = answers[question] { return known }
    let distances = distances(from: firm, on: day)
    let found = ends.map { nearest(distances, until: $0) }
    answers[question] = found
    return found
  }

  /// How far a firm is on a day from each one of its sector that existed then, itself apart; in order of codes.
  private func distances(from firm: Int, on day: Day) -> [(firm: Int, distance: Int)] {
    let own = histories[firm]
    guard let sector = own.sector else { return [] }
    let (age, raised) = (Self.age(founded: own.founded, day), own.rounds.sum(before: day))
    // No copy of a history is made, which would count references of its arrays.
    return ofSector[sector]!.compactMap { other in
      guard other != firm, histories[other].founded.map({ $0 <= day }) ?? true else { return nil }
      let otherAge = Self.age(founded: histories[other].founded, day)
      return (
        other, Self.part(age, otherAge) + Self.part(raised, histories[other].rounds.sum(before: day))
      )
    }
  }

  /// The nearest of these that no state fund held until a day, nearest first.
  private func nearest(_ distances: [(firm: Int, distance: Int)], until end: Day) -> [Int] {
    var best: [(firm: Int, distance: Int)] = []
    for other in distances {
      if best.count == Self.most, other.distance >= best.last!.distance { continue }
      if let heldFrom = histories[other.firm].heldFrom, heldFrom <= end { continue }
      let place = best.indices.partition { best[$0].distance <= other.distance }
      best.insert(other, at: place)
      if best.count > Self.most { best.removeLast() }
    }
    return best.map(\.firm)
  }

  /// In days; nil unknown.
  private static func age(founded: Day?, _ day: Day) -> Int64? {
    founded.map { Int64(max(0, day.daysSinceEpoch - $0.daysSinceEpoch)) }
  }

  private static func part(_ left: Int64?, _ right: Int64?) -> Int {
    guard let left, let right else { return Curves.one }
    guard left != right else { return 0 }
    return Curves.share(abs(left - right), of: left.addingSaturated(right))
  }
}
