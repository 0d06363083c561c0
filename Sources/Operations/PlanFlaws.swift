import Domain
import Store
import Wire

/// What does not hold of a plan, looked at by itself: who could not be where it says. For a plan that was just made there
/// is nothing; for an older one, what has changed on the desk since.
struct PlanFlaws: Sendable {
  struct Flaw: Sendable, Hashable {
    enum Kind: String, Sendable {
      /// Takes no part, or no part any more.
      case withdrawn
      /// Is not there at this time.
      case absent
      /// More meetings than it takes.
      case tooMany = "too_many"
      case twice
      case slotGone = "slot_gone"
      case tableGone = "table_gone"
      case tableOutOfOrder = "table_out_of_order"
      case tableTwice = "table_twice"
      /// One of the two does not want it.
      case unwanted
      /// A pinned meeting is missing or elsewhere.
      case pin
      /// A meeting is not after the one that it comes after.
      case order
      /// A firm of the line-up has no slot to pitch in.
      case noSlot = "no_slot"
      /// What begins within the roadshow's `freeze_minutes` would be elsewhere.
      case frozen
    }

    var kind: Kind
    var party: String?
    var pair: RoadshowDesk.Pair?
    var startsAt: WallTime?
    var table: Int?
    /// Place in the line-up; only of a pitch.
    var pitch: Int?
  }

  private(set) var flaws: [Flaw] = []
  private let desk: RoadshowDesk
  private let participants: [String: RoadshowDesk.Participant]

  /// - Parameters:
  ///   - meetings: those that would take place.
  ///   - pitches: those that would.
  init(_ desk: RoadshowDesk, _ meetings: [NewPlan.Meeting], pitches: [RoadshowDesk.Pitch] = []) {
    self.desk = desk
    participants = Dictionary(uniqueKeysWithValues: desk.participants.map { ($0.party, $0) })
    var (busy, tables): (Set<[String]>, Set<[Int]>) = ([], [])
    let unwanted = Set(
      desk.wishes.filter { $0.wish == .noThanks }.map {
        RoadshowDesk.Pair(firm: $0.firm, investor: $0.investor)
      })
    let open = Dictionary(uniqueKeysWithValues: desk.tables.map { ($0.number, $0) })
    for meeting in meetings {
      let slot = desk.slots.first { $0.starts == meeting.starts && $0.ends == meeting.ends }
      func add(_ kind: Flaw.Kind, _ party: String? = nil) {
        flaws.append(
          Flaw(kind: kind, party: party, pair: meeting.pair, startsAt: slot?.startsAt, table: meeting.table))
      }
      if slot == nil { add(.slotGone) }
      switch open[meeting.table]?.isOutOfOrder {
      case nil: add(.tableGone)
      case true?: add(.tableOutOfOrder)
      case false?: break
      }
      if !tables.insert([meeting.table, meeting.starts]).inserted { add(.tableTwice) }
      for party in [meeting.pair.firm, meeting.pair.investor] {
        if !busy.insert([party, String(meeting.starts)]).inserted { add(.twice, party) }
        guard let participant = participants[party], !participant.state.isGone else {
          add(.withdrawn, party)
          continue
        }
        if let slot, participant.absentSlots.contains(slot.number) { add(.absent, party) }
      }
      if unwanted.contains(meeting.pair) { add(.unwanted) }
    }
    lookAtQuotas(meetings)
    lookAtPins(meetings)
    lookAt(pitches)
  }

  /// Where a roadshow has no slots for pitches at all, its line-up has no times.
  private mutating func lookAt(_ pitches: [RoadshowDesk.Pitch]) {
    for pitch in pitches {
      let slot = desk.pitchSlots.first { $0.starts == pitch.time?.starts && $0.ends == pitch.time?.ends }
      func add(_ kind: Flaw.Kind) {
        flaws.append(Flaw(kind: kind, party: pitch.firm, startsAt: pitch.startsAt, pitch: pitch.place))
      }
      if participants[pitch.firm].map(\.state.isGone) ?? false {
        add(.withdrawn)
      } else if pitch.time == nil {
        if !desk.pitchSlots.isEmpty { add(.noSlot) }
      } else if slot == nil {
        add(.slotGone)
      } else if slot?.absent.contains(pitch.firm) ?? false {
        add(.absent)
      }
    }
  }

  private mutating func lookAtQuotas(_ meetings: [NewPlan.Meeting]) {
    let counts = meetings.reduce(into: [String: Int]()) {
      $0[$1.pair.firm, default: 0] += 1
      $0[$1.pair.investor, default: 0] += 1
    }
    for participant in desk.participants {
      guard let most = participant.maxMeetings, counts[participant.party] ?? 0 > most else { continue }
      flaws.append(Flaw(kind: .tooMany, party: participant.party))
    }
  }

  private mutating func lookAtPins(_ meetings: [NewPlan.Meeting]) {
    let planned = Dictionary(uniqueKeysWithValues: meetings.map { ($0.pair, $0) })
    for pin in desk.pins {
      let sides = [pin.pair.firm, pin.pair.investor]
      guard sides.allSatisfy({ !(participants[$0]?.state.isGone ?? true) }) else { continue }
      let meeting = planned[pin.pair]
      func add(_ kind: Flaw.Kind) {
        let slot = desk.slots.first { $0.starts == meeting?.starts }
        flaws.append(Flaw(kind: kind, pair: pin.pair, startsAt: slot?.startsAt, table: meeting?.table))
      }
      guard let meeting else {
        add(.pin)
        continue
      }
      let isThere = pin.slot.map { desk.slots[$0 - 1].starts == meeting.starts } ?? true
      if !isThere || pin.table ?? meeting.table != meeting.table { add(.pin) }
      if let before = pin.after.flatMap({ planned[$0] }), before.ends > meeting.starts { add(.order) }
    }
  }
}

extension PlanFlaws.Flaw {
  var members: [JSON.Member] {
    [
      .init("flaw", .string(kind.rawValue)), .init("party", JSON(party)), .init("firm", JSON(pair?.firm)),
      .init("investor", JSON(pair?.investor)), .init("starts", JSON(startsAt?.description)),
      .init("table", JSON(table)), .init("pitch", JSON(pitch)),
    ]
  }
}
