import Domain

/// A time zone over some days, as far as a roadshow needs it: how far local time is ahead of UTC, and when that changes.
public struct ZoneOffsets: Sendable, Hashable {
  /// A change of the offset, such as the one to daylight-saving time.
  public struct Transition: Sendable, Hashable {
    /// Seconds since 1970, UTC, from which it holds.
    public var instant: Int
    /// Seconds ahead of UTC from then on.
    public var offset: Int

    public init(at instant: Int, offset: Int) {
      self.instant = instant
      self.offset = offset
    }
  }

  /// As the IANA has it, such as `Asia/Shanghai`.
  public let name: String
  /// Seconds ahead of UTC before the first transition.
  public let initial: Int
  /// In order of time, each of another offset than the one before it.
  public let transitions: [Transition]

  /// `initial` is the offset at the beginning of the days in question, which the transitions, in any order, follow.
  /// Transitions that change nothing are left out.
  public init(name: String, initial: Int, transitions: [Transition] = []) {
    self.name = name
    self.initial = initial
    var kept: [Transition] = []
    for transition in transitions.sorted(by: { $0.instant < $1.instant })
    where transition.offset != kept.last?.offset ?? initial { kept.append(transition) }
    self.transitions = kept
  }

  /// Seconds ahead of UTC at an instant.
  public func offset(at instant: Int) -> Int {
    transitions.last { $0.instant <= instant }?.offset ?? initial
  }

  /// The local time of an instant.
  func local(_ instant: Int) -> WallTime { WallTime(secondsSinceEpoch: instant + offset(at: instant)) }

  /// Whether its local time is there twice, since clocks are put back: programs do not agree which of the two it means.
  func isTwofold(_ instant: Int) -> Bool {
    zip([initial] + transitions.map(\.offset), transitions).contains { before, transition in
      let length = before - transition.offset
      return transition.instant - length <= instant && instant < transition.instant + length
    }
  }
}

/// A day and a time of day, wherever.
struct WallTime: Hashable {
  var day: Day
  /// Seconds since midnight.
  var second: Int

  init(secondsSinceEpoch: Int) {
    let second = secondsSinceEpoch % 86_400
    self.second = second < 0 ? second + 86_400 : second
    day = Day(daysSinceEpoch: (secondsSinceEpoch - self.second) / 86_400)
  }

  private var parts: [String] {
    [second / 3_600, second / 60 % 60, second % 60].map(WallTime.twoDigits)
  }

  /// `09:05`
  var clock: String { parts.prefix(2).joined(separator: ":") }

  /// `20261125T090500`, as RFC 5545 writes it.
  var basic: String { "\(day)".filter { $0 != "-" } + "T" + parts.joined() }

  /// `2026-11-25T09:05:00`
  var extended: String { "\(day)T" + parts.joined(separator: ":") }

  static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// `+0800` or, with a separator, `+08:00`; seconds only where there are some.
  static func offset(_ seconds: Int, separator: String = "") -> String {
    let size = abs(seconds)
    let parts = [size / 3_600, size / 60 % 60] + (size % 60 == 0 ? [] : [size % 60])
    return (seconds < 0 ? "-" : "+") + parts.map(twoDigits).joined(separator: separator)
  }
}
