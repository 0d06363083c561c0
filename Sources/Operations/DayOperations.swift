import Domain
import Glibc
import Matching
import Store
import Wire

extension Desk {
  /// Notes what happens on the day of a roadshow. Writers of one roadshow take turns.
  func roadshowDay(_ command: RoadshowDayCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine
  {
    // Two who have met may get an introduction, whose scores are those of the registry as it is now.
    var served: Served?
    if case .outcome(let outcome) = command.deed, outcome.hasMet {
      served = try await picture.refresh(deadline: settings.statementTime)
    }
    return try await write(call, key: command.key, &reply) { [served] session in
      let show = try Self.heldShow(command.roadshow, in: session)
      let day = RoadshowDay(
        entry: RoadshowEntry(show: show, isParty: false, session: session), by: call.principal.name,
        served: served)
      return switch command.deed {
      case .checkIn(let party, let arrival): try day.checkIn(party, arrival)
      case .cancel(.party(let party), let reason): try day.cancel(party: party, reason)
      case .cancel(.meeting(let number), let reason): try day.cancel(meeting: number, reason)
      case .cancel(.table(let number), let reason): try day.lose(table: number, reason)
      case .walkIn(let enrolment): try day.walkIn(enrolment)
      case .outcome(let outcome): try day.note(outcome)
      }
    }
  }
}

/// What one command notes of the day, in its transaction.
struct RoadshowDay {
  let entry: RoadshowEntry
  let by: String
  /// What new introductions are scored on; nil for commands that make none.
  let served: Served?

  private var show: RoadshowDesk.Show { entry.show }
  private var session: Session { entry.session }

  // MARK: Arrivals

  func checkIn(_ party: String, _ arrival: RoadshowDayCommand.Arrival) throws -> Written {
    let member = try entry.member(party)
    guard member.state != .withdrawn else {
      throw WireError(
        .wrongState, [Attribute("party", party), Attribute("state", member.state.rawValue)],
        "\(party) has withdrawn; ROADSHOW ENROLL brings it back")
    }
    let before = try RoadshowStore.participant(party, of: show.code, in: session)
    var attributes = [Attribute("party", party)]
    switch arrival {
    case .here: try RoadshowStore.set(.checkedIn, of: party, at: show.code, in: session)
    case .noShow: try RoadshowStore.set(.noShow, of: party, at: show.code, in: session)
    case .unknown: try RoadshowStore.set(.enrolled, of: party, at: show.code, in: session)
    case .late(let day, let minute):
      let until = WallTime(day: try self.day(day), minute: minute)
      try DayStore.set(lateUntil: until, of: party, at: show.code, in: session)
      attributes.append(Attribute("late_until", until.description))
    }
    let after = try RoadshowStore.participant(party, of: show.code, in: session)
    let touched = try missed(by: party, after)
    attributes.insert(Attribute("state", after?.state.rawValue ?? ""), at: 1)
    let pitch = try missedPitch(of: party, after)
    if let pitch { attributes.append(Attribute("pitch", pitch.place)) }
    var written = entry.done(
      "checkin", attributes + Self.repair(touched.count, pitch), isNew: before != after)
    written.rows = rows(touched, without: party)
    if let pitch { written.rows += try rows(pitch) }
    return written
  }

  /// The day that somebody is late on.
  private func day(_ given: Day?) throws -> Day {
    try entry.needTimeZone()
    let day = try given ?? today()
    guard (show.startsOn...show.endsOn).contains(day) else {
      throw WireError.badArgument(
        "late_until", "\(day) is not one of the days of \(show.code), \(show.startsOn) to \(show.endsOn)")
    }
    return day
  }

  /// The day that a time without one means: the only one, or today.
  private func today() throws -> Day {
    if show.startsOn == show.endsOn { return show.startsOn }
    guard let day = try DayStore.clock(of: show.code, in: session)?.day,
      (show.startsOn...show.endsOn).contains(day)
    else {
      throw WireError.badArgument(
        "late_until",
        "needs its day, like \(show.startsOn)T10:40: \(show.code) has several, and today is none of them")
    }
    return day
  }

  /// Meetings that it will not be in time for.
  private func missed(by party: String, _ participant: RoadshowDesk.Participant?) throws -> [DayStore.Meeting]
  {
    guard let participant, [.late, .noShow].contains(participant.state) else { return [] }
    return try DayStore.meetings(.of(party: party), of: show.code, in: session).filter { meeting in
      guard let until = participant.lateUntil, let place = meeting.place else { return true }
      return place.starts < until
    }
  }

  private func missedPitch(of party: String, _ participant: RoadshowDesk.Participant?) throws
    -> RoadshowDesk.Pitch?
  {
    guard let participant, [.late, .noShow].contains(participant.state), let pitch = try pitch(of: party),
      let starts = pitch.time?.starts, starts < participant.lateUntil ?? .max
    else { return nil }
    return pitch
  }

  func walkIn(_ enrolment: RoadshowCommand.Enrolment) throws -> Written {
    let party = enrolment.party
    let before = try RoadshowStore.participant(party, of: show.code, in: session)
    let enrolled = try entry.enroll(enrolment)
    try RoadshowStore.set(.checkedIn, of: party, at: show.code, in: session)
    // Of one who has been expected all along nothing is taken away.
    if before == nil, let now = try DayStore.clock(of: show.code, in: session), now.day >= show.startsOn,
      now.day <= show.endsOn
    {
      _ = try RoadshowStore.setAbsence(
        of: party, at: show.code, from: nil, until: now, isAway: true, in: session)
    }
    let after = try RoadshowStore.participant(party, of: show.code, in: session)
    let attributes =
      enrolled.last.attributes.filter { ["party", "side", "persons"].contains($0.name) }
      + [
        Attribute("state", ParticipantState.checkedIn.rawValue),
        Attribute("slots_missed", after?.absentSlots.count ?? 0),
      ]
    return entry.done("walkin", attributes, isNew: before != after)
  }

  // MARK: What falls away

  func cancel(party: String, _ reason: String?) throws -> Written {
    let member = try entry.member(party)
    let touched = try DayStore.meetings(.of(party: party), of: show.code, in: session)
    let place = try RoadshowStore.published(show.code, in: session)?.lineUp.first { $0.firm == party }?.place
    let pitch = try pitch(of: party)
    let isNew = member.state != .withdrawn || !touched.isEmpty || pitch != nil
    if member.state != .withdrawn {
      try RoadshowStore.set(.withdrawn, of: party, at: show.code, in: session)
    }
    try DayStore.set(.cancelled, of: touched.map(\.number), outcome: reason, in: session)
    var attributes = [Attribute("party", party)]
    if let place { attributes.append(Attribute("pitch", place)) }
    attributes.append(Attribute("cancelled", touched.count))
    var called: (RoadshowDesk.Pitch, rows: [[JSON.Member]])?
    if let pitch { called = (pitch, try rows(pitch)) }
    return written(attributes, touched, called, without: party, reason, isNew: isNew)
  }

  /// The pitch of a firm that is still to come and takes place.
  private func pitch(of party: String) throws -> RoadshowDesk.Pitch? {
    try RoadshowStore.published(show.code, in: session)?.lineUp.first {
      $0.firm == party && $0.isLive && ($0.time.map { $0.ends > Glibc.time(nil) } ?? false)
    }
  }

  /// Everybody whom it touches that a firm does not pitch: the runner-up who would step in, and the investors.
  private func rows(_ pitch: RoadshowDesk.Pitch) throws -> [[JSON.Member]] {
    var parties = try DayStore.audience(of: show.code, in: session)
    var next: String?
    if let desk = try RoadshowStore.desk(show.code, in: session), let published = desk.published {
      next =
        PitchTimes(
          desk, published.lineUp, runnersUp: published.runnersUp, fills: true, now: Glibc.time(nil)
        ).fallenOut[pitch.place] ?? nil
      if let next, let side = try DayStore.side(next, of: show.code, in: session) {
        parties.insert(side, at: 0)
      }
    }
    return parties.map { own in
      [
        .init("party", .string(own.code)), .init("name", .string(own.name)),
        .init("persons", .array(own.persons.map { .string($0) })), .init("meeting", .null),
        .init("pitch", JSON(pitch.place)), .init("starts", JSON(pitch.startsAt?.description)),
        .init("ends", JSON(pitch.endsAt?.description)), .init("table", .null),
        .init("with", .string(pitch.firm)), .init("with_name", .string(pitch.name)),
        .init("steps_in", own.code == next ? true : .null),
      ]
    }
  }

  func cancel(meeting number: Int, _ reason: String?) throws -> Written {
    let meeting = try self.meeting(number)
    guard meeting.state == .cancelled || meeting.state == .planned && meeting.place != nil else {
      throw wrongState(meeting, "only one that is still to come can be called off")
    }
    let isNew = meeting.state == .planned
    if isNew { try DayStore.set(.cancelled, of: [number], outcome: reason, in: session) }
    return written(
      [Attribute("meeting", number), Attribute("cancelled", isNew ? 1 : 0)], isNew ? [meeting] : [],
      without: nil,
      reason, isNew: isNew)
  }

  func lose(table number: Int, _ reason: String?) throws -> Written {
    guard
      var table = try RoadshowStore.tables(of: show.code, in: session).first(where: { $0.number == number })
    else { throw WireError.notFound("table", String(number)) }
    let isNew = !table.isOutOfOrder
    table.isOutOfOrder = true
    if isNew { try RoadshowStore.put([table], of: show.code, in: session) }
    // They are to take place, elsewhere.
    let touched = try DayStore.meetings(.at(table: number), of: show.code, in: session)
    return written(
      [Attribute("table", number), Attribute("cancelled", 0)], touched, without: nil, reason, isNew: isNew)
  }

  private func written(
    _ attributes: [Attribute], _ touched: [DayStore.Meeting],
    _ pitch: (RoadshowDesk.Pitch, rows: [[JSON.Member]])? = nil, without party: String?, _ reason: String?,
    isNew: Bool
  ) -> Written {
    var written = entry.done("cancel", attributes + Self.repair(touched.count, pitch?.0), isNew: isNew)
    written.rows = rows(touched, without: party) + (pitch?.rows ?? [])
    if let reason, var audit = written.audit, case .object(let members) = audit.detail {
      audit.detail = .object(members + [.init("reason", .string(reason))])
      written.audit = audit
    }
    return written
  }

  private static func repair(_ touched: Int, _ pitch: RoadshowDesk.Pitch? = nil) -> [Attribute] {
    [Attribute("meetings", touched), Attribute("repair", touched > 0 || pitch != nil ? "needed" : "no")]
  }

  /// Everybody whom it touches, the meetings in order of time.
  ///
  /// - Parameter party: who knows already.
  private func rows(_ meetings: [DayStore.Meeting], without party: String?) -> [[JSON.Member]] {
    meetings.flatMap { meeting -> [[JSON.Member]] in
      [(meeting.firm, meeting.investor), (meeting.investor, meeting.firm)].filter { $0.0.code != party }.map {
        own, other in
        [
          .init("party", .string(own.code)), .init("name", .string(own.name)),
          .init("persons", .array(own.persons.map { .string($0) })), .init("meeting", JSON(meeting.number)),
          .init("pitch", .null), .init("starts", JSON(meeting.place?.startsAt.description)),
          .init("ends", JSON(meeting.place?.endsAt.description)),
          .init("table", JSON(meeting.place?.table.number)),
          .init("with", .string(other.code)), .init("with_name", .string(other.name)),
          .init("steps_in", .null),
        ]
      }
    }
  }

  // MARK: What came of it

  func note(_ outcome: RoadshowDayCommand.Outcome) throws -> Written {
    let meeting = try self.meeting(outcome.meeting)
    let state: MeetingState = outcome.hasMet ? .met : .noShow
    guard meeting.state != .cancelled, meeting.state != .planned || meeting.place != nil else {
      throw wrongState(meeting, "nothing can have come of one that does not take place")
    }
    var absentee: IntroductionSide?
    if let code = outcome.absentee {
      absentee = [meeting.firm.code: .firm, meeting.investor.code: .investor][code]
      guard absentee != nil else {
        throw WireError.badArgument(
          "by",
          "\(code) is not in meeting \(meeting.number), of \(meeting.firm.code) and \(meeting.investor.code)")
      }
    }
    let isNew =
      meeting.state != state || outcome.note != nil && outcome.note != meeting.outcome
      || absentee != nil && absentee != meeting.absentee
    let isEarly = isNew && meeting.place?.hasBegun == false
    if isEarly, !outcome.isForced { throw tooEarly(meeting) }
    if isNew {
      try DayStore.set(
        state, of: [meeting.number], outcome: outcome.note ?? meeting.outcome,
        absentee: outcome.hasMet ? nil : absentee ?? meeting.absentee, in: session)
    }
    let moved = try moveIntroduction(of: meeting, to: outcome.hasMet ? .met : .noShow, absentee, outcome.note)
    return entry.done(
      "outcome",
      [
        Attribute("meeting", meeting.number), Attribute("firm", meeting.firm.code),
        Attribute("investor", meeting.investor.code), Attribute("outcome", state.rawValue),
      ] + moved.attributes + (isEarly ? [Attribute("forced", "yes")] : []), isNew: isNew || moved.isNew)
  }

  private func tooEarly(_ meeting: DayStore.Meeting) -> WireError {
    let starts = meeting.place?.startsAt.description ?? ""
    return WireError(
      .wrongState,
      [Attribute("meeting", meeting.number), Attribute("starts", starts)],
      "meeting \(meeting.number) begins at \(starts), \(show.timeZone ?? "UTC") time; note its outcome from then on, or with force=yes if the two met earlier"
    )
  }

  /// Takes the introduction of the two a step further where it is one step before.
  private func moveIntroduction(
    of meeting: DayStore.Meeting, to state: IntroductionState, _ absentee: IntroductionSide?, _ note: String?
  ) throws -> (attributes: [Attribute], isNew: Bool) {
    let filter = IntroductionStore.Filter(
      investor: meeting.investor.code, firm: meeting.firm.code,
      states: IntroductionState.allCases.filter { !$0.isEnd || $0 == state })
    guard let found = try IntroductionStore.list(filter, before: nil, limit: 1, in: session).first else {
      guard state == .met, let id = try introduceMet(meeting, note) else {
        return ([Attribute("introduction", "none")], false)
      }
      return (
        [Attribute("introduction", id), Attribute("state", state.rawValue), Attribute("created", "yes")], true
      )
    }
    let deed = IntroductionStore.Deed(.advance(to: state, absentee), by: by, note: note)
    do {
      if let made = try IntroductionStore.make(deed, on: found.id, in: session), made.isNew {
        return (
          [Attribute("introduction", found.id), Attribute("state", made.standing.state.rawValue)], true
        )
      }
    } catch is IntroductionStanding.Illegal {}
    return (
      [Attribute("introduction", "unchanged"), Attribute("state", found.standing.state.rawValue)], false
    )
  }

  /// Gives two who have met without an introduction one that begins there.
  ///
  /// - Returns: its id; nil where one of the two is retired or has said no to the other, or where they have come to an
  ///   investment already.
  private func introduceMet(_ meeting: DayStore.Meeting, _ note: String?) throws -> Int? {
    let (investor, firm) = (meeting.investor.code, meeting.firm.code)
    let before = IntroductionStore.Filter(investor: investor, firm: firm, states: [.invested, .declined])
    guard let served, let candidate = served.snapshot.candidate(code: firm, kind: .firm),
      try !IntroductionStore.isRefused(investor: investor, firm: firm, in: session),
      try IntroductionStore.list(before, before: nil, limit: 1, in: session).isEmpty
    else { return nil }
    try IntroductionStore.lockEmission(in: session)
    let id = served.snapshot.candidateID(at: candidate)
    let wishes = try IntroductionStore.wishes(ofFirm: id, in: session)
    let firmSide = FirmSide(scorer: served.scorer, wishes: wishes.map { [id: $0] } ?? [:])
    var blurbs = Blurbs(served.snapshot)
    let new = Desk.introduction(
      investor: try served.investor(investor), firm: candidate, served.scorer, firmSide, &blurbs)
    let source = "meeting \(meeting.number) of \(show.code)"
    return try IntroductionStore.addMet(
      new, at: show.code, by: by,
      note: String((note.map { "\(source): \($0)" } ?? source).unicodeScalars.prefix(Limits.note)),
      in: session)
  }

  private func meeting(_ number: Int) throws -> DayStore.Meeting {
    guard let meeting = try DayStore.meetings(.number(number), of: show.code, in: session).first else {
      throw WireError.notFound("meeting", String(number))
    }
    return meeting
  }

  private func wrongState(_ meeting: DayStore.Meeting, _ why: String) -> WireError {
    let state = meeting.state == .planned ? "in no plan that is published" : meeting.state.rawValue
    return WireError(
      .wrongState, [Attribute("meeting", meeting.number), Attribute("state", meeting.state.rawValue)],
      "meeting \(meeting.number) is \(state); \(why)")
  }
}
