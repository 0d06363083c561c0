import Store
import Wire

/// What changes from one plan to another, of meetings and pitches.
struct PlanDifference {
  private(set) var rows: [[JSON.Member]] = []
  private var counts: [Change: Int] = [:]
  /// Pitches that change.
  private(set) var pitches = 0
  private let from: Int
  private let to: Int

  private enum Change: String, CaseIterable {
    case added, removed
    /// To another time, whatever the table.
    case moved
    case table
  }

  init(from: Int, to: Int, of roadshow: String, in session: Session) throws {
    (self.from, self.to) = (from, to)
    let before = try MeetingStore.meetings(ofPlan: from, of: roadshow, in: session)
    let after = try MeetingStore.meetings(ofPlan: to, of: roadshow, in: session)
    let old = Dictionary(uniqueKeysWithValues: before.map { ($0.number, $0) })
    let new = Set(after.map(\.number))
    for meeting in before where !new.contains(meeting.number) { add(.removed, meeting, was: meeting) }
    for meeting in after {
      guard let was = old[meeting.number] else {
        add(.added, meeting, was: nil)
        continue
      }
      if (was.startsAt, was.endsAt) != (meeting.startsAt, meeting.endsAt) {
        add(.moved, meeting, was: was)
      } else if was.table != meeting.table {
        add(.table, meeting, was: was)
      }
    }
    func lineUp(_ number: Int) throws -> [RoadshowDesk.Pitch] {
      try PlanStore.plan(number, of: roadshow, in: session)?.lineUp ?? []
    }
    addPitches(try lineUp(from), try lineUp(to))
  }

  private mutating func addPitches(_ before: [RoadshowDesk.Pitch], _ after: [RoadshowDesk.Pitch]) {
    let old = Dictionary(uniqueKeysWithValues: before.map { ($0.firm, $0) })
    let new = Dictionary(uniqueKeysWithValues: after.map { ($0.firm, $0) })
    for pitch in before where new[pitch.firm] == nil { add(.removed, pitch, was: pitch) }
    for pitch in after {
      guard let was = old[pitch.firm] else {
        add(.added, pitch, was: nil)
        continue
      }
      switch (was.time, pitch.time) {
      case (nil, nil): break
      case (nil, _): add(.added, pitch, was: nil)
      case (_, nil): add(.removed, was, was: was)
      case (let before, let now): if before != now { add(.moved, pitch, was: was) }
      }
    }
  }

  private mutating func add(_ change: Change, _ pitch: RoadshowDesk.Pitch, was: RoadshowDesk.Pitch?) {
    pitches += 1
    let now = change == .removed ? nil : pitch
    rows.append([
      .init("change", .string(change.rawValue)), .init("meeting", .null), .init("pitch", JSON(pitch.place)),
      .init("firm", .string(pitch.firm)), .init("firm_name", .string(pitch.name)), .init("investor", .null),
      .init("investor_name", .null), .init("was_starts", JSON(was?.startsAt?.description)),
      .init("starts", JSON(now?.startsAt?.description)), .init("was_table", .null), .init("table", .null),
    ])
  }

  private mutating func add(_ change: Change, _ meeting: ShownMeeting, was: ShownMeeting?) {
    counts[change, default: 0] += 1
    let now = change == .removed ? nil : meeting
    rows.append([
      .init("change", .string(change.rawValue)), .init("meeting", JSON(meeting.number)),
      .init("pitch", .null), .init("firm", .string(meeting.firm)),
      .init("firm_name", .string(meeting.firmName)),
      .init("investor", .string(meeting.investor)), .init("investor_name", .string(meeting.investorName)),
      .init("was_starts", JSON(was?.startsAt?.description)),
      .init("starts", JSON(now?.startsAt?.description)),
      .init("was_table", JSON(was?.table)), .init("table", JSON(now?.table)),
    ])
  }

  /// Rows of what is taken away.
  var removed: [[JSON.Member]] {
    rows.filter { $0.first { $0.name == "change" }?.value == .string(Change.removed.rawValue) }
  }

  /// Meetings that only change tables.
  var tables: Int { counts[.table] ?? 0 }

  var figures: [Attribute] {
    [Attribute("from", from), Attribute("to", to)]
      + Change.allCases.map { Attribute($0 == .table ? "tables" : $0.rawValue, counts[$0] ?? 0) }
      + (pitches > 0 ? [Attribute("pitches", pitches)] : [])
  }
}
