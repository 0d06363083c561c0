import Domain
import Store
import Wire

/// What has been entered of a roadshow, as rows of one shape.
struct RoadshowOverview {
  private let desk: RoadshowDesk
  /// By who wishes, and by whom it is about.
  private let wishes: [String: [Wish: Int]]
  private let wishedBy: [String: [Wish: Int]]
  private let meetings: [String: Int]

  /// Columns of every row; what a row has none of is null.
  private static let columns = [
    "what", "number", "code", "name", "kind", "half", "block", "starts", "ends", "slot_minutes",
    "pause_minutes", "room", "out_of_order", "side", "state", "min_meetings", "max_meetings", "prefers",
    "persons", "away_slots", "must_meet", "meet", "no_thanks", "wished_by", "meetings", "firm", "investor",
    "slot",
    "table", "after",
  ]

  init(_ desk: RoadshowDesk) {
    self.desk = desk
    wishes = desk.wishes.reduce(into: [:]) { $0[$1.from, default: [:]][$1.wish, default: 0] += 1 }
    wishedBy = desk.wishes.reduce(into: [:]) { $0[$1.to, default: [:]][$1.wish, default: 0] += 1 }
    meetings = (desk.published?.meetings ?? []).filter(\.isLive).reduce(into: [:]) { counts, meeting in
      counts[meeting.pair.firm, default: 0] += 1
      counts[meeting.pair.investor, default: 0] += 1
    }
  }

  func rows(_ part: RoadshowShow.Part) -> [[JSON.Member]] {
    let rows: [[String: JSON]] =
      switch part {
      case .blocks: desk.blocks.map(Self.row)
      case .slots: desk.slots.map(Self.row)
      case .tables: desk.tables.map(Self.row)
      case .participants: desk.participants.map(row)
      case .pins: desk.pins.map(Self.row)
      }
    return rows.map { row in Self.columns.map { .init($0, row[$0] ?? .null) } }
  }

  private static func row(_ block: RoadshowBlock) -> [String: JSON] {
    [
      "what": "block", "number": JSON(block.number), "kind": .string(block.kind.rawValue),
      "half": .string(block.half.rawValue), "starts": .string(block.startsAt.description),
      "ends": .string(block.endsAt.description), "slot_minutes": JSON(block.slotMinutes),
      "pause_minutes": JSON(block.pauseMinutes),
    ]
  }

  private static func row(_ slot: RoadshowDesk.Slot) -> [String: JSON] {
    [
      "what": "slot", "number": JSON(slot.number), "block": JSON(slot.block),
      "half": .string(slot.half.rawValue), "starts": .string(slot.startsAt.description),
      "ends": .string(slot.endsAt.description),
    ]
  }

  private static func row(_ table: RoadshowDesk.Table) -> [String: JSON] {
    [
      "what": "table", "number": JSON(table.number), "name": JSON(table.name), "room": JSON(table.room),
      "out_of_order": table.isOutOfOrder ? true : .null,
    ]
  }

  private func row(_ participant: RoadshowDesk.Participant) -> [String: JSON] {
    func count(_ wish: Wish) -> JSON { JSON(wishes[participant.party]?[wish] ?? 0) }
    let wanted = wishedBy[participant.party] ?? [:]
    return [
      "what": "participant", "code": .string(participant.party), "name": .string(participant.name),
      "side": .string(participant.side.rawValue), "state": .string(participant.state.rawValue),
      "min_meetings": JSON(participant.minMeetings), "max_meetings": JSON(participant.maxMeetings),
      "prefers": JSON(participant.prefers?.rawValue), "persons": JSON(participant.persons.count),
      "away_slots": JSON(participant.absentSlots.count), "must_meet": count(.mustMeet), "meet": count(.meet),
      "no_thanks": count(.noThanks), "wished_by": JSON((wanted[.mustMeet] ?? 0) + (wanted[.meet] ?? 0)),
      "meetings": desk.published.map { _ in JSON(meetings[participant.party] ?? 0) } ?? .null,
    ]
  }

  private static func row(_ pin: RoadshowDesk.Pin) -> [String: JSON] {
    [
      "what": "pin", "firm": .string(pin.pair.firm), "investor": .string(pin.pair.investor),
      "slot": JSON(pin.slot), "table": JSON(pin.table),
      "after": JSON(pin.after.map { "\($0.firm):\($0.investor)" }),
    ]
  }
}
