import Domain

/// What a roadshow is planned from, all as it was at one moment.
public struct RoadshowDesk: Sendable, Hashable {
  /// The roadshow itself.
  public struct Show: Sendable, Hashable {
    public var code: String
    public var name: String
    /// By which its times are local; nil where nobody has said, and then it has no blocks.
    public var timeZone: String?
    public var startsOn: Day
    /// The last day, which may be the first.
    public var endsOn: Day
    /// Places for pitches, where that is known.
    public var pitchPlaces: Int?
    public var isRetired: Bool
    /// Minutes before its beginning from which an appointment is not moved unasked.
    public var freezeMinutes: Int
  }

  /// A stretch of time in which each participant has at most one meeting.
  public struct Slot: Sendable, Hashable {
    /// From 1, in order of time over the whole roadshow. It is good as long as no block changes.
    public var number: Int
    public var block: Int
    /// The half of the day that its block counts for.
    public var half: DayHalf
    /// Seconds since 1970-01-01T00:00Z.
    public var starts: Int
    public var ends: Int
    /// By the clocks of the roadshow.
    public var startsAt: WallTime
    public var endsAt: WallTime
    /// From its end to the beginning of the next slot, of another block and day as well; nil for the last one.
    public var minutesToNext: Int?
  }

  /// A stretch of time in which one firm pitches.
  public struct PitchSlot: Sendable, Hashable {
    /// From 1, in order of time over the whole roadshow. It is good as long as no block changes.
    public var number: Int
    /// Seconds since 1970-01-01T00:00Z.
    public var starts: Int
    public var ends: Int
    /// By the clocks of the roadshow.
    public var startsAt: WallTime
    public var endsAt: WallTime
    /// Firms that take part and cannot pitch then: they are away, late, or at another roadshow.
    public var absent: Set<String>
  }

  /// A firm's pitch in a plan.
  public struct Pitch: Sendable, Hashable {
    public var firm: String
    public var name: String
    /// In the line-up, from 1. A gap is a place whose firm fell out.
    public var place: Int
    /// Nil for one that has no slot.
    public var time: PitchTime?
    /// By the clocks of the roadshow.
    public var startsAt: WallTime?
    public var endsAt: WallTime?
    /// How often calendars were told of it anew.
    public var sequence: Int
    /// Whether it takes place: its plan is in force and its firm has not withdrawn.
    public var isLive: Bool
  }

  /// When a pitch is, in seconds since 1970-01-01T00:00Z.
  public struct PitchTime: Sendable, Hashable {
    public var starts: Int
    public var ends: Int

    public init(starts: Int, ends: Int) {
      self.starts = starts
      self.ends = ends
    }
  }

  public struct Table: Sendable, Hashable {
    public var number: Int
    public var name: String?
    public var room: String?
    public var isOutOfOrder: Bool

    public init(number: Int, name: String? = nil, room: String? = nil, isOutOfOrder: Bool = false) {
      self.number = number
      self.name = name
      self.room = room
      self.isOutOfOrder = isOutOfOrder
    }
  }

  /// A firm or an investor that takes part, as one delegation.
  public struct Participant: Sendable, Hashable {
    public var party: String
    public var side: IntroductionSide
    public var name: String
    /// Nil for as many as there are slots.
    public var maxMeetings: Int?
    public var minMeetings: Int
    public var prefers: DayHalf?
    /// `withdrawn` for one that has been retired from the registry as well.
    public var state: ParticipantState
    /// Seconds since 1970-01-01T00:00Z; only of one that is late.
    public var lateUntil: Int?
    /// Numbers of the slots that it is not there for, in part or in whole, in order: for its absences, or because it is late.
    public var absentSlots: [Int]
    /// Codes of the persons who come with it, in order.
    public var persons: [String]
  }

  /// What one participant wishes of another one.
  public struct StatedWish: Sendable, Hashable {
    public var from: String
    public var to: String
    /// Of the one who wishes.
    public var side: IntroductionSide
    public var wish: Wish

    public var firm: String { side == .firm ? from : to }
    public var investor: String { side == .firm ? to : from }
  }

  /// A firm and an investor.
  public struct Pair: Sendable, Hashable {
    public var firm: String
    public var investor: String

    public init(firm: String, investor: String) {
      self.firm = firm
      self.investor = investor
    }
  }

  /// A meeting that takes place whatever else is planned.
  public struct Pin: Sendable, Hashable {
    public var pair: Pair
    /// Nil for any.
    public var slot: Int?
    public var table: Int?
    /// The meeting that it comes after.
    public var after: Pair?

    public init(pair: Pair, slot: Int? = nil, table: Int? = nil, after: Pair? = nil) {
      self.pair = pair
      self.slot = slot
      self.table = table
      self.after = after
    }
  }

  /// The plan that is in force.
  public struct Published: Sendable, Hashable {
    public var number: Int
    /// In order of their places.
    public var lineUp: [Pitch]
    /// Firms that step in where one of the line-up falls out, the first one first.
    public var runnersUp: [String]
    /// In order of time and table.
    public var meetings: [Meeting]

    /// Firms that pitch, in order of their places.
    public var pitches: [String] { lineUp.map(\.firm) }
  }

  /// A meeting of a plan.
  public struct Meeting: Sendable, Hashable {
    /// The same in every plan of the roadshow.
    public var number: Int
    public var pair: Pair
    /// As slots are numbered now; nil where no slot is at its time any more, which only one that is cancelled may lose.
    public var slot: Int?
    public var table: Int
    /// Seconds since 1970-01-01T00:00Z.
    public var starts: Int
    public var ends: Int
    /// How often calendars were told of it anew.
    public var sequence: Int
    /// Whether it takes place: it is not cancelled.
    public var isLive: Bool
  }

  public var show: Show
  /// In order of time.
  public var blocks: [RoadshowBlock]
  /// In order of numbers, the slot `n` at index `n - 1`.
  public var slots: [Slot]
  /// Those of pitches, likewise.
  public var pitchSlots: [PitchSlot]
  /// In order of numbers, which may have gaps.
  public var tables: [Table]
  /// Firms first, each side in order of codes, those that have withdrawn among them.
  public var participants: [Participant]
  /// In order of `from` and `to`, those of and about participants that have withdrawn among them.
  public var wishes: [StatedWish]
  public var pins: [Pin]
  public var published: Published?
  /// By code of a firm that takes part, how often it pitches by the published plans of other roadshows; none for never.
  public var pitchesElsewhere: [String: Int]
}
