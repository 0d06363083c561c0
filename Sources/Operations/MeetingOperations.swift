import Domain
import Store
import Wire

extension Desk {
  func meetingList(_ command: MeetingList, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let page = command.page
    let after = try Self.numberCursor(page.after)
    var meetings = try await read(call) { session in
      try MeetingStore.list(
        roadshow: command.roadshow, party: command.party,
        state: command.state.flatMap { MeetingState(rawValue: $0) }, after: after,
        limit: page.limit + 1, in: session)
    }
    let hasMore = page.cut(&meetings)
    for meeting in meetings { try await reply.row(meeting.members(isParty: call.isParty)) }
    return LastLine(
      .ok, [Attribute("rows", meetings.count)] + (hasMore ? [Attribute("next", meetings.last!.number)] : []))
  }

  func meetingGet(_ command: MeetingGet, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    guard let meeting = try await read(call, { try MeetingStore.get(command.number, in: $0) }) else {
      throw WireError.notFound("meeting", String(command.number))
    }
    try await reply.row(meeting.members(isParty: call.isParty))
    return LastLine(.ok, [Attribute("rows", 1)])
  }

  func roadshowSchedule(_ command: RoadshowSchedule, _ call: Call, _ reply: inout Reply) async throws
    -> LastLine
  {
    let (code, party) = (command.roadshow, command.party)
    let found = try await read(call) { session in
      guard try RoadshowStore.show(code, in: session) != nil else {
        throw WireError.notFound("roadshow", code)
      }
      if let party, try RoadshowStore.member(party, of: code, in: session) == nil {
        throw WireError.notFound("participant", party)
      }
      return (
        try MeetingStore.schedule(of: code, party: party, in: session),
        try MeetingStore.pitches(of: code, party: party, in: session)
      )
    }
    // Blocks of pitches and of meetings are not at one time, so that either may come first.
    let rows =
      found.1.map { (at: $0.startsAt, row: $0.members(of: code, isParty: call.isParty)) }
      + found.0.compactMap { meeting in
        meeting.startsAt.map { (at: $0, row: meeting.members(isParty: call.isParty)) }
      }
    let ordered = rows.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
    for row in ordered { try await reply.row(row.element.row) }
    return LastLine(.ok, [Attribute("rows", rows.count)])
  }
}

extension ShownPitch {
  fileprivate func members(of roadshow: String, isParty: Bool) -> [JSON.Member] {
    let own: [JSON.Member] = [
      .init("meeting", .null), .init("pitch", JSON(place)), .init("roadshow", .string(roadshow)),
      .init("starts", .string(startsAt.description)), .init("ends", .string(endsAt.description)),
      .init("table", .null), .init("table_name", .null), .init("room", .null), .init("firm", .string(firm)),
      .init("firm_name", .string(firmName)), .init("investor", .null), .init("investor_name", .null),
      .init("state", "planned"), .init("sequence", JSON(sequence)),
    ]
    return isParty
      ? own : own + [.init("live", true), .init("plan", JSON(plan)), .init("outcome", .null)]
  }
}

extension ShownMeeting {
  /// A party is shown what it needs to be there, and not what the desk makes of it.
  fileprivate func members(isParty: Bool) -> [JSON.Member] {
    let own: [JSON.Member] = [
      .init("meeting", JSON(number)), .init("pitch", .null), .init("roadshow", .string(roadshow)),
      .init("starts", JSON(startsAt?.description)), .init("ends", JSON(endsAt?.description)),
      .init("table", JSON(table)), .init("table_name", JSON(tableName)), .init("room", JSON(room)),
      .init("firm", .string(firm)), .init("firm_name", .string(firmName)),
      .init("investor", .string(investor)), .init("investor_name", .string(investorName)),
      .init("state", .string(state.rawValue)), .init("sequence", JSON(sequence)),
    ]
    guard !isParty else { return own }
    return own + [
      .init("live", .bool(isLive)), .init("plan", JSON(plan)),
      .init("outcome", JSON(outcome)),
    ]
  }
}
