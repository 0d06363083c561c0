/// Meetings of two that each want a slot: whom they bind, when they may be, and how many find a table.
///
/// Slots are numbered from 0 in the order of time. A **break** of a participant is a stretch of slots without a meeting
/// between two of its meetings of one day, however long.
public struct TimetableProblem: Sendable {
  /// Two participants, and where their meeting may be.
  public struct Meeting: Sendable {
    /// Numbers of the participants, from 0; two that differ.
    public var first: Int
    public var second: Int
    /// For each slot, whether the meeting may be there.
    public var slots: [Bool]
    /// Where it takes place; only those of one person in different rooms need time to walk.
    public var room: Int?

    public init(_ first: Int, _ second: Int, slots: [Bool], room: Int? = nil) {
      self.first = first
      self.second = second
      self.slots = slots
      self.room = room
    }
  }

  /// One meeting has to be over before the other begins: their numbers, from 0.
  public struct Precedence: Sendable, Hashable {
    public var before: Int
    public var after: Int

    public init(_ before: Int, _ after: Int) {
      self.before = before
      self.after = after
    }
  }

  /// Meetings of which only so many find room at one time, as those at one table or in one room.
  public struct Place: Sendable, Hashable {
    /// Their numbers, from 0.
    public var meetings: [Int]
    public var most: Int

    public init(_ meetings: [Int], most: Int) {
      self.meetings = meetings
      self.most = most
    }
  }

  public var participants: Int
  /// For each slot, how many meetings find a table.
  public var tables: [Int]
  public var meetings: [Meeting]
  public var precedences: [Precedence]
  public var places: [Place]
  /// Slots that begin a day: what lies between days is no break. The first slot always does.
  public var dayStarts: Set<Int>
  /// Slots after which there is no time to walk to another room before the next.
  public var hurriedSlots: Set<Int>
  /// How many breaks the participant with most may have more than the one with fewest.
  public var mostSpread: Int

  public init(
    participants: Int, tables: [Int], meetings: [Meeting], precedences: [Precedence] = [],
    places: [Place] = [], dayStarts: Set<Int> = [], hurriedSlots: Set<Int> = [], mostSpread: Int = 2
  ) {
    self.participants = participants
    self.tables = tables
    self.meetings = meetings
    self.precedences = precedences
    self.places = places
    self.dayStarts = dayStarts.union([0])
    self.hurriedSlots = hurriedSlots
    self.mostSpread = mostSpread
  }

  /// The slots where each meeting may be, as far as precedences alone show.
  var domains: [[Bool]] {
    var domains = meetings.map(\.slots)
    var changed = true
    while changed {
      changed = false
      for precedence in precedences {
        let (before, after) = (precedence.before, precedence.after)
        let earliest = domains[before].firstIndex(of: true) ?? tables.count
        let latest = domains[after].lastIndex(of: true) ?? -1
        for slot in tables.indices {
          if domains[after][slot], slot <= earliest { (domains[after][slot], changed) = (false, true) }
          if domains[before][slot], slot >= latest { (domains[before][slot], changed) = (false, true) }
        }
      }
    }
    return domains
  }

  /// The meetings of each participant.
  var meetingsOfParticipants: [[Int]] {
    var result = [[Int]](repeating: [], count: participants)
    for (number, meeting) in meetings.enumerated() {
      result[meeting.first].append(number)
      result[meeting.second].append(number)
    }
    return result
  }

  /// How many breaks each participant has.
  ///
  /// - Parameter slots: for each meeting its slot.
  public func breaks(_ slots: [Int]) -> [Int] {
    var busy = [[Bool]](repeating: [Bool](repeating: false, count: tables.count), count: participants)
    for (meeting, slot) in zip(meetings, slots) {
      busy[meeting.first][slot] = true
      busy[meeting.second][slot] = true
    }
    return busy.map { busy in
      var (count, last) = (0, Int?.none)
      for slot in busy.indices {
        if dayStarts.contains(slot) { last = nil }
        guard busy[slot] else { continue }
        if let last, slot - last > 1 { count += 1 }
        last = slot
      }
      return count
    }
  }
}
