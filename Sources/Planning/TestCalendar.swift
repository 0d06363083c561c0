import Domain

/// When a test ground has room for how many more trials.
public struct TestCalendar: Sendable, Hashable {
  /// Days, both ends included; without an end it goes on.
  public struct Days: Sendable, Hashable {
    public var from: Day
    public var until: Day?

    public init(from: Day, until: Day?) {
      self.from = from
      self.until = until
    }

    public func contains(_ day: Day) -> Bool { from <= day && (until.map { day <= $0 } ?? true) }
  }

  /// Days on which equally many places are free.
  public struct Span: Sendable, Hashable {
    public var days: Days
    /// 0 where there are as many trials as places, or more.
    public var free: Int
  }

  /// From the first to the last day that it is open, rising, without gaps; no two in a row with equally many.
  public let spans: [Span]

  /// O(n²) in trials.
  /// - Parameters:
  ///   - capacity: Trials at one time.
  ///   - open: The days to look at.
  ///   - trials: Those that are planned or under way, in any order.
  public init(capacity: Int, open: Days, trials: [Days]) {
    // Only where a trial begins, or the day after one ends, can the number change.
    let changes = [open.from] + trials.flatMap { [$0.from, $0.until?.next].compactMap(\.self) }
    let starts = Set(changes).filter(open.contains).sorted()
    var spans: [Span] = []
    for (place, start) in starts.enumerated() {
      let free = max(0, capacity - trials.count { $0.contains(start) })
      let end = place + 1 < starts.count ? starts[place + 1].previous : open.until
      if spans.last?.free == free {
        spans[spans.count - 1].days.until = end
      } else {
        spans.append(Span(days: Days(from: start, until: end), free: free))
      }
    }
    self.spans = spans
  }

  /// The first days with a free place; nil where there is none.
  public var next: Span? { spans.first { $0.free > 0 } }
}

extension Day {
  fileprivate var next: Day { Day(daysSinceEpoch: daysSinceEpoch + 1) }
  fileprivate var previous: Day { Day(daysSinceEpoch: daysSinceEpoch - 1) }
}
