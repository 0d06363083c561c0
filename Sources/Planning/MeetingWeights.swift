/// What a meeting counts, and what each of the first meetings of a participant, such that the greatest sum is the best
/// ``MeetingChoice/Measure``.
///
/// Each part of the measure is a digit of a number, with a base that its sum over all that may be chosen cannot reach.
/// With the usual figures these digits take some 120 bits, more than 64 hold, so there are two numbers of 128 bits, of
/// which the first decides, and it is checked that nothing overflows.
struct MeetingWeights {
  /// Added part by part and compared by the first part first, so that sums keep their order.
  struct Weight: Comparable {
    /// `must_meet`, and who has how many meetings.
    var fair: Int128 = 0
    /// Wishes and scores.
    var value: Int128 = 0

    static let zero = Weight()

    static func < (left: Weight, right: Weight) -> Bool {
      left.fair == right.fair ? left.value < right.value : left.fair < right.fair
    }
    static func + (left: Weight, right: Weight) -> Weight {
      Weight(fair: left.fair &+ right.fair, value: left.value &+ right.value)
    }
    static func - (left: Weight, right: Weight) -> Weight {
      Weight(fair: left.fair &- right.fair, value: left.value &- right.value)
    }
  }

  private let bothMust: Int128
  private let must: Int128
  /// By number of meetings before.
  private let steps: [Int128]
  private let mutual: Int128
  private let oneSided: Int128

  /// - Throws: If the weights of any path through the flow might not fit.
  init(_ table: MeetingTable) throws(MeetingChoice.Problem) {
    let meetings = min(table.request.pairs.count, max(0, table.request.capacity))
    let participants = table.participants
    let limit = Int128.max / Int128(8 * (participants.count + 2))
    func bases(_ counts: [Int]) throws(MeetingChoice.Problem) -> [Int128] {
      var bases: [Int128] = [1]
      for count in counts {
        let (base, overflows) = bases.last!.multipliedReportingOverflow(by: Int128(count + 1))
        guard !overflows, base <= limit else { throw .tooLarge }
        bases.append(base)
      }
      return bases
    }
    // The least digit first.
    let reached = (0..<table.greatestMinimum).map { step in participants.count { $0.minimum > step } }
    let fair = try bases(reached.reversed() + [meetings, meetings])
    steps = fair.prefix(reached.count).reversed()
    must = fair[reached.count]
    bothMust = fair[reached.count + 1]
    let value = try bases([meetings * PlanningScore.most, meetings, meetings])
    oneSided = value[1]
    mutual = value[2]
  }

  func weight(_ pair: MeetingChoice.Pair) -> Weight {
    Weight(
      fair: (pair.mustCount > 0 ? must : 0) + (pair.mustCount == 2 ? bothMust : 0),
      value: Int128(pair.score) + [0, oneSided, mutual][pair.wishCount])
  }

  /// What one more meeting counts for a participant itself. Falls with their number, so the flow takes them in order.
  func weight(minimum: Int, after meetings: Int) -> Weight {
    Weight(fair: meetings < minimum ? steps[meetings] : 0)
  }
}
