/// Tables for meetings that have their slots: a firm stays at its table as far as it can.
///
/// Slot after slot, in three steps: who is pinned to a table sits there; a firm that sits again stays where it sat
/// last; the others take what is free. So in each slot as few firms move as what was decided before allows. Of the
/// free tables a firm takes the one that it is pinned to later, then one that nobody comes back to, then the one that
/// is come back to last (L. Belady: "A study of replacement algorithms for a virtual-storage computer", 1966). Where
/// there are as many tables as firms at one time, and no pins, no firm moves at all.
public struct TableSeating: Sendable, Hashable {
  public struct Table: Sendable, Hashable {
    public var number: Int
    public var room: Int?
    /// Nobody is seated there, not even who is pinned to it.
    public var isOutOfOrder: Bool

    public init(number: Int, room: Int? = nil, isOutOfOrder: Bool = false) {
      self.number = number
      self.room = room
      self.isOutOfOrder = isOutOfOrder
    }
  }

  public struct Meeting: Sendable, Hashable {
    /// Which firm, from 0.
    public var firm: Int
    public var slot: Int
    /// The room that it has to be in; nil for any, and then of all meetings.
    public var room: Int?
    /// Number of the table that it is pinned to.
    public var table: Int?

    public init(firm: Int, slot: Int, room: Int? = nil, table: Int? = nil) {
      self.firm = firm
      self.slot = slot
      self.room = room
      self.table = table
    }
  }

  /// Why there is no seating.
  public enum Problem: Error, Hashable {
    /// A table that a meeting is pinned to is out of order, not there, or not in its room.
    case pinnedElsewhere(meeting: Int)
    /// Two meetings of one slot are pinned to one table.
    case pinnedTwice(meeting: Int)
    /// More meetings in a slot than tables.
    case full(meeting: Int)
  }

  /// For each meeting the number of its table.
  public let tables: [Int]
  /// How often a firm sits at another table than at its meeting before.
  public let moves: Int

  /// - Complexity: O(meetings · tables).
  /// - Precondition: no firm has two meetings in one slot.
  public init(_ meetings: [Meeting], at tables: [Table]) throws(Problem) {
    var seating = Seating(meetings, tables)
    for slot in Set(meetings.map(\.slot)).sorted() {
      let here = meetings.indices.filter { meetings[$0].slot == slot }.sorted {
        meetings[$0].firm < meetings[$1].firm
      }
      try seating.seat(here, in: slot)
    }
    self.tables = seating.seats.map { tables[$0].number }
    moves = seating.moves
  }
}

private struct Seating {
  private let meetings: [TableSeating.Meeting]
  private let tables: [TableSeating.Table]
  private let place: [Int: Int]
  /// For each firm the slots of its meetings, in order.
  private var slotsOf: [Int: [Int]] = [:]
  /// Where each firm sat last.
  private var last: [Int: Int] = [:]
  /// Likewise, as long as nobody else has sat there since.
  private var kept: [Int: Int] = [:]
  /// For each meeting the place of its table.
  private(set) var seats: [Int]
  private(set) var moves = 0

  init(_ meetings: [TableSeating.Meeting], _ tables: [TableSeating.Table]) {
    self.meetings = meetings
    self.tables = tables
    place = Dictionary(uniqueKeysWithValues: tables.enumerated().map { ($1.number, $0) })
    seats = Array(repeating: 0, count: meetings.count)
    for meeting in meetings.sorted(by: { $0.slot < $1.slot }) {
      slotsOf[meeting.firm, default: []].append(meeting.slot)
    }
  }

  mutating func seat(_ here: [Int], in slot: Int) throws(TableSeating.Problem) {
    var taken: [Int: Int] = [:]
    for meeting in here {
      guard let number = meetings[meeting].table else { continue }
      guard let table = place[number], fits(meeting, table) else {
        throw .pinnedElsewhere(meeting: meeting)
      }
      guard taken.updateValue(meeting, forKey: table) == nil else { throw .pinnedTwice(meeting: meeting) }
    }
    let stayers = here.filter { meetings[$0].table == nil && last[meetings[$0].firm] != nil }
    // Of those who sat at one table, the one who sat there last goes first.
    for isKept in [true, false] {
      for meeting in stayers where (kept[meetings[meeting].firm] != nil) == isKept {
        guard let table = last[meetings[meeting].firm], taken[table] == nil, fits(meeting, table) else {
          continue
        }
        taken[table] = meeting
      }
    }
    let seated = Set(taken.values)
    for meeting in here where !seated.contains(meeting) {
      let free = tables.indices.filter { taken[$0] == nil && fits(meeting, $0) }
      guard let table = best(of: free, for: meeting, after: slot) else { throw .full(meeting: meeting) }
      taken[table] = meeting
    }
    for (table, meeting) in taken { sit(meeting, at: table) }
  }

  private func fits(_ meeting: Int, _ table: Int) -> Bool {
    guard !tables[table].isOutOfOrder else { return false }
    guard let room = meetings[meeting].room else { return true }
    return tables[table].room == room
  }

  private func best(of free: [Int], for meeting: Int, after slot: Int) -> Int? {
    let own = meetings.filter { $0.firm == meetings[meeting].firm && $0.slot > slot && $0.table != nil }
      .min { $0.slot < $1.slot }.flatMap { place[$0.table!] }
    if let own, free.contains(own) { return own }
    // When somebody comes to each table.
    var wanted: [Int: Int] = [:]
    func note(_ table: Int, _ when: Int) { wanted[table] = min(wanted[table] ?? .max, when) }
    for (firm, table) in kept where firm != meetings[meeting].firm {
      if let when = slotsOf[firm]?.first(where: { $0 > slot }) { note(table, when) }
    }
    for other in meetings where other.slot > slot && other.firm != meetings[meeting].firm {
      if let table = other.table.flatMap({ place[$0] }) { note(table, other.slot) }
    }
    return free.max { (wanted[$0] ?? .max, -$0) < (wanted[$1] ?? .max, -$1) }
  }

  private mutating func sit(_ meeting: Int, at table: Int) {
    let firm = meetings[meeting].firm
    seats[meeting] = table
    if let before = last[firm], before != table { moves += 1 }
    last[firm] = table
    for (other, place) in kept where place == table && other != firm { kept[other] = nil }
    kept[firm] = table
  }
}
