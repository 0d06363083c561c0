/// A stretch of one day of a roadshow, cut into slots of equal length.
public struct RoadshowBlock: Sendable, Hashable {
  /// What is done in it.
  public enum Kind: String, Sendable, CaseIterable, Hashable {
    /// One-to-one meetings; its slots are timetabled.
    case meetings
    /// Firms present themselves to all.
    case pitches

    public static let names = allCases.map(\.rawValue)
  }

  /// From 1.
  public var number: Int
  public var kind: Kind
  /// By the clocks of the roadshow's time zone, on one day.
  public var startsAt: WallTime
  public var endsAt: WallTime
  public var slotMinutes: Int
  /// Minutes between two slots.
  public var pauseMinutes: Int
  public var half: DayHalf

  /// - Parameter half: nil for what the time says: before 13:00 it is morning.
  public init(
    number: Int, kind: Kind = .meetings, startsAt: WallTime, endsAt: WallTime, slotMinutes: Int,
    pauseMinutes: Int = 0, half: DayHalf? = nil
  ) {
    self.number = number
    self.kind = kind
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.slotMinutes = slotMinutes
    self.pauseMinutes = pauseMinutes
    self.half = half ?? startsAt.half
  }
}
