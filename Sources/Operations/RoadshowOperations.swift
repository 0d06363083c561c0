import Domain
import Store
import Wire

extension Desk {
  /// Enters what a roadshow is planned from. Writers of one roadshow take turns.
  func roadshow(_ command: RoadshowCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let isParty = call.isParty
    return try await write(call, key: command.key, &reply) { session in
      let entry = RoadshowEntry(
        show: try Self.heldShow(command.roadshow, in: session), isParty: isParty, session: session)
      return switch command.deed {
      case .enroll(let enrolment): try entry.enroll(enrolment)
      case .withdraw(let party): try entry.withdraw(party)
      case .available(let availability): try entry.set(availability)
      case .wish(let from, let to, let wish): try entry.wish(wish, from: from, to: to)
      case .block(let edit): try entry.set(edit)
      case .removeBlock(let number): try entry.remove(block: number)
      case .table(let edit): try entry.set(edit)
      case .removeTable(let number): try entry.remove(table: number)
      case .pin(let edit): try entry.set(edit)
      case .removePin(let firm, let investor):
        try entry.remove(pin: RoadshowDesk.Pair(firm: firm, investor: investor))
      }
    }
  }

  /// A roadshow, kept from others until the transaction ends.
  /// - Throws: 550 where there is none, 503 for one that is retired.
  static func heldShow(_ code: String, in session: Session) throws -> RoadshowDesk.Show {
    try RoadshowStore.hold(code, in: session)
    guard let show = try RoadshowStore.show(code, in: session) else {
      throw WireError.notFound("roadshow", code)
    }
    try show.checkOpen()
    return show
  }

  /// All that a roadshow is planned from, kept from others until the transaction ends.
  /// - Throws: 550 where there is no such roadshow.
  static func heldDesk(_ code: String, in session: Session) throws -> RoadshowDesk {
    try RoadshowStore.hold(code, in: session)
    guard let desk = try RoadshowStore.desk(code, in: session) else {
      throw WireError.notFound("roadshow", code)
    }
    return desk
  }

  func roadshowShow(_ command: RoadshowShow, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let desk = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
    ) { session in try RoadshowStore.desk(command.roadshow, in: session) }
    guard let desk else { throw WireError.notFound("roadshow", command.roadshow) }
    let overview = RoadshowOverview(desk)
    for part in command.part.map({ [$0] }) ?? RoadshowShow.Part.allCases {
      try await reply.add(overview.rows(part))
    }
    let taking = desk.participants.filter { $0.state != .withdrawn }
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("slots", desk.slots.count),
        Attribute("tables", desk.tables.count { !$0.isOutOfOrder }),
        Attribute("firms", taking.count { $0.side == .firm }),
        Attribute("investors", taking.count { $0.side == .investor }),
        Attribute("wishes", desk.wishes.count), Attribute("pins", desk.pins.count),
      ] + (desk.published.map { [Attribute("plan", $0.number)] } ?? []))
  }
}

/// What one command enters of a roadshow, in its transaction.
struct RoadshowEntry {
  let show: RoadshowDesk.Show
  let isParty: Bool
  let session: Session

  func done(_ action: String, _ attributes: [Attribute], isNew: Bool) -> Written {
    let attributes = [Attribute("roadshow", show.code)] + attributes
    guard isNew else { return Written(last: LastLine(.unchanged, attributes, sentence: "it is so already")) }
    return Written(
      last: LastLine(.ok, attributes),
      audit: .init(
        action: "roadshow \(action)", object: show.code,
        detail: .object(attributes.dropFirst().map { .init($0.name, .string($0.value)) })))
  }

  func member(_ party: String) throws -> RoadshowStore.Member {
    guard let member = try RoadshowStore.member(party, of: show.code, in: session) else {
      throw WireError.notFound("participant", party)
    }
    return member
  }

  // MARK: Participants

  /// - Parameter isWithdrawn: whether it takes part no more, as sheets say in the same row.
  func enroll(_ enrolment: RoadshowCommand.Enrolment, isWithdrawn: Bool = false) throws -> Written {
    let party = enrolment.party
    let side = try self.side(of: enrolment)
    let before = try RoadshowStore.participant(party, of: show.code, in: session)
    if let before, before.side != side {
      throw WireError(
        .ruleViolated, [Attribute("rule", "participant_pkey")],
        "\(party) takes part already, as \(before.side == .firm ? "a firm" : "an investor")")
    }
    let old = try RoadshowStore.member(party, of: show.code, in: session)
    var new = old ?? RoadshowStore.Member(party: party, side: side)
    new.maxMeetings = enrolment.maxMeetings.applied(to: new.maxMeetings)
    new.minMeetings = enrolment.minMeetings.applied(to: new.minMeetings) ?? 1
    new.prefers = enrolment.prefers.applied(to: new.prefers)
    if isWithdrawn {
      new.state = .withdrawn
    } else if new.state == .withdrawn {
      new.state = .enrolled
    }
    var persons = before?.persons
    if case .set(let codes) = enrolment.persons {
      persons = (codes ?? []).sorted(by: Code.precedes)
      try check(persons!, of: party, side)
    }
    let coming = try persons ?? RoadshowStore.usualPersons(of: party, side, in: session)
    if new != old { try RoadshowStore.put(new, of: show.code, in: session) }
    if coming != before?.persons {
      try RoadshowStore.put(persons: coming, with: party, at: show.code, in: session)
    }
    return done(
      "enroll",
      [
        Attribute("party", party), Attribute("side", side.rawValue), Attribute("persons", coming.count),
      ], isNew: new != old || coming != before?.persons)
  }

  /// The side that somebody enrolls on, who is in the registry and not retired.
  private func side(of enrolment: RoadshowCommand.Enrolment) throws -> IntroductionSide {
    let party = enrolment.party
    var found = try RoadshowStore.parties(party, in: session)
    if let side = enrolment.side { found = found.filter { $0.key == side } }
    guard let (side, isRetired) = found.first else {
      throw WireError.notFound(enrolment.side?.rawValue ?? "party", party)
    }
    guard found.count == 1 else {
      throw WireError.badArgument(
        "side", "is missing; a firm and an investor have the code \(party), side=firm or side=investor")
    }
    guard !isRetired else {
      throw WireError(.wrongState, [Attribute("party", party)], "\(side) \(party) is retired")
    }
    return side
  }

  private func check(_ persons: [String], of party: String, _ side: IntroductionSide) throws {
    guard let stranger = try RoadshowStore.stranger(among: persons, to: party, side, in: session) else {
      return
    }
    throw WireError.badArgument(
      "persons",
      stranger.exists
        ? "person \(stranger.code) is not of \(side) \(party)" : "there is no person \"\(stranger.code)\"")
  }

  func withdraw(_ party: String) throws -> Written {
    let member = try member(party)
    let isNew = member.state != .withdrawn
    if isNew { try RoadshowStore.set(.withdrawn, of: party, at: show.code, in: session) }
    return done("withdraw", [Attribute("party", party)], isNew: isNew)
  }

  func set(_ availability: RoadshowCommand.Availability) throws -> Written {
    _ = try member(availability.party)
    try needTimeZone()
    for (name, time) in [("from", availability.from), ("until", availability.until)] {
      guard let time else { continue }
      // The last day ends with the midnight after it.
      let isLastMoment =
        name == "until" && time.minute == 0 && time.day.daysSinceEpoch == show.endsOn.daysSinceEpoch + 1
      guard (show.startsOn...show.endsOn).contains(time.day) || isLastMoment else {
        throw WireError.badArgument(
          name, "\(time) is not on the days of \(show.code), \(show.startsOn) to \(show.endsOn)")
      }
    }
    let (count, isNew) = try RoadshowStore.setAbsence(
      of: availability.party, at: show.code, from: availability.from, until: availability.until,
      isAway: availability.isAway, in: session)
    return done(
      "available", [Attribute("party", availability.party), Attribute("absences", count)], isNew: isNew)
  }

  func needTimeZone() throws {
    guard show.timeZone == nil else { return }
    throw WireError(
      .ruleViolated, [Attribute("rule", "roadshow_time_zone_needed")],
      "\(show.code) has no time zone; give it one with ROADSHOW SET \(show.code) time_zone=")
  }

  func wish(_ wish: Wish?, from: String, to: String) throws -> Written {
    let own = try member(from)
    // A party does not see who else takes part; whether this one does, a foreign key says.
    let other = try RoadshowStore.member(to, of: show.code, in: session)
    if let other, other.side == own.side {
      throw WireError.badArgument(
        "to",
        "\(to) is \(own.side == .firm ? "a firm" : "an investor") as well; a wish is for one of the other side"
      )
    }
    guard other != nil || isParty else { throw WireError.notFound("participant", to) }
    let isNew: Bool
    do {
      isNew = try RoadshowStore.set(wish, from: from, own.side, to: to, at: show.code, in: session)
    } catch StoreError.server(let error)
      where ["wish_firm_fkey", "wish_investor_fkey"].contains(error.constraint)
    { throw WireError.notFound("participant", to) }
    return done(
      "wish",
      [Attribute("from", from), Attribute("to", to), Attribute("wish", wish?.rawValue ?? "none")],
      isNew: isNew)
  }

  // MARK: Blocks and tables

  func set(_ edit: RoadshowCommand.BlockEdit) throws -> Written {
    try needTimeZone()
    let before = try RoadshowStore.block(edit.number, of: show.code, in: session)
    func given<Value>(_ name: String, _ value: Value?, _ old: Value?) throws -> Value {
      guard let value = value ?? old else {
        throw WireError.badArgument(
          name,
          "is missing; there is no block \(edit.number) yet, and one has starts=, ends= and slot_minutes=")
      }
      return value
    }
    let block = RoadshowBlock(
      number: edit.number, kind: edit.kind ?? before?.kind ?? .meetings,
      startsAt: try given("starts", edit.startsAt, before?.startsAt),
      endsAt: try given("ends", edit.endsAt, before?.endsAt),
      slotMinutes: try given("slot_minutes", edit.slotMinutes, before?.slotMinutes),
      pauseMinutes: edit.pauseMinutes ?? before?.pauseMinutes ?? 0,
      // A block that is moved counts for the half that it comes to lie in.
      half: edit.half ?? (edit.startsAt == nil ? before?.half : nil))
    if block != before { try RoadshowStore.put(block, of: show.code, in: session) }
    return done("block", try attributes(ofBlock: edit.number), isNew: block != before)
  }

  func remove(block number: Int) throws -> Written {
    guard try RoadshowStore.remove(block: number, of: show.code, in: session) else {
      throw WireError.notFound("block", String(number))
    }
    return done("block", try attributes(ofBlock: number) + [Attribute("removed", "yes")], isNew: true)
  }

  private func attributes(ofBlock number: Int) throws -> [Attribute] {
    let slots = try RoadshowStore.slots(of: show.code, in: session)
    return [
      Attribute("block", number), Attribute("slots", slots.count { $0.block == number }),
      Attribute("slots_in_all", slots.count),
    ]
  }

  func set(_ edit: RoadshowCommand.TableEdit) throws -> Written {
    let before = Dictionary(
      uniqueKeysWithValues: try RoadshowStore.tables(of: show.code, in: session).map { ($0.number, $0) })
    let changed = edit.numbers.compactMap { number -> RoadshowDesk.Table? in
      var table = before[number] ?? RoadshowDesk.Table(number: number)
      table.name = edit.name.applied(to: table.name)
      table.room = edit.room.applied(to: table.room)
      table.isOutOfOrder = edit.isOutOfOrder ?? table.isOutOfOrder
      return table == before[number] ? nil : table
    }
    if !changed.isEmpty { try RoadshowStore.put(changed, of: show.code, in: session) }
    let added = changed.count { before[$0.number] == nil }
    return done(
      "table",
      (edit.numbers.count == 1 ? [Attribute("table", edit.numbers.lowerBound)] : [])
        + [Attribute("added", added), Attribute("changed", changed.count - added)], isNew: !changed.isEmpty)
  }

  func remove(table number: Int) throws -> Written {
    guard try RoadshowStore.remove(table: number, of: show.code, in: session) else {
      throw WireError.notFound("table", String(number))
    }
    return done("table", [Attribute("table", number), Attribute("removed", "yes")], isNew: true)
  }

  // MARK: Pins

  func set(_ edit: RoadshowCommand.PinEdit) throws -> Written {
    let pair = RoadshowDesk.Pair(firm: edit.firm, investor: edit.investor)
    try check(pair)
    let before = try RoadshowStore.pin(pair, of: show.code, in: session)
    var pin = before ?? RoadshowDesk.Pin(pair: pair)
    pin.slot = edit.slot.applied(to: pin.slot)
    pin.table = edit.table.applied(to: pin.table)
    if case .set(let readings) = edit.after { pin.after = try readings.map(self.pair) }
    if let slot = pin.slot, try !RoadshowStore.hasSlot(slot, at: show.code, in: session) {
      throw WireError.badArgument("slot", "there is no slot \(slot); ROADSHOW SHOW \(show.code) lists them")
    }
    if let table = pin.table,
      try !RoadshowStore.tables(of: show.code, in: session).contains(where: { $0.number == table })
    {
      throw WireError.badArgument("table", "there is no table \(table)")
    }
    if pin != before { try RoadshowStore.put(pin, of: show.code, in: session) }
    return done("pin", pin.attributes, isNew: pin != before)
  }

  /// Checks that a firm and an investor take part.
  private func check(_ pair: RoadshowDesk.Pair) throws {
    for (code, side) in [(pair.firm, IntroductionSide.firm), (pair.investor, .investor)] {
      guard try RoadshowStore.member(code, of: show.code, in: session)?.side == side else {
        throw WireError.notFound(side.rawValue, code)
      }
    }
  }

  /// The reading of `firm:investor` whose both sides take part.
  private func pair(among readings: [RoadshowCommand.PinEdit.Pair]) throws -> RoadshowDesk.Pair {
    var refusal: (any Error)?
    for reading in readings {
      let pair = RoadshowDesk.Pair(firm: reading.firm, investor: reading.investor)
      do {
        try check(pair)
        return pair
      } catch let error as WireError { refusal = refusal ?? error }
    }
    throw refusal ?? WireError.badArgument("after", "names no firm and investor")
  }

  func remove(pin pair: RoadshowDesk.Pair) throws -> Written {
    guard try RoadshowStore.remove(pin: pair, of: show.code, in: session) else {
      throw WireError.notFound("pin", "\(pair.firm):\(pair.investor)")
    }
    return done("pin", RoadshowDesk.Pin(pair: pair).attributes + [Attribute("removed", "yes")], isNew: true)
  }
}

extension RoadshowDesk.Pin {
  fileprivate var attributes: [Attribute] {
    var attributes = [Attribute("firm", pair.firm), Attribute("investor", pair.investor)]
    if let slot { attributes.append(Attribute("slot", slot)) }
    if let table { attributes.append(Attribute("table", table)) }
    if let after { attributes.append(Attribute("after", "\(after.firm):\(after.investor)")) }
    return attributes
  }
}
