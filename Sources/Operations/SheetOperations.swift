import Documents
import Domain
import Store
import Wire

extension Desk {
  /// Writes sheets of the plan in force. What a party is told of is decided by PostgreSQL.
  func sheets(_ command: SheetsCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let isParty = call.isParty
    let party = try call.party
    let told = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
    ) { session in
      if let party { try session.become(partyOf: party) }
      return try SheetStore.programme(of: command.roadshow, isParty: isParty, in: session)
    }
    guard let told else { throw WireError.notFound("roadshow", command.roadshow) }
    let sheets = try Sheets(
      command, told, organizer: Mailbox("Bellwether", settings.mailFrom), host: uidDomain.withLock { $0 })
    let lines = try await offThread { try sheets.lines() }
    try await reply.document(lines: lines, hasCR: command.format != .html)
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("plan", sheets.programme.plan),
        Attribute("type", command.format.mediaType),
      ])
  }
}

/// Sheets of a roadshow as they are asked for.
private struct Sheets: Sendable {
  let programme: Programme
  private let command: SheetsCommand
  private let told: ToldProgramme
  private let delegations: [String: Programme.Delegation]

  init(_ command: SheetsCommand, _ told: ToldProgramme, organizer: Mailbox, host: String) throws(WireError) {
    guard let plan = told.show.plan, let zone = told.show.timeZone, let first = told.offsets.first else {
      throw WireError(
        .wrongState, [Attribute("roadshow", told.show.code)],
        "no plan of \(told.show.code) is published; sheets tell of that in force")
    }
    let delegations = Dictionary(
      uniqueKeysWithValues: told.delegations.map { ($0.code, Programme.Delegation($0)) })
    (self.command, self.told, self.delegations) = (command, told, delegations)
    func delegation(_ code: String) -> Programme.Delegation {
      delegations[code] ?? Programme.Delegation(code: code, name: code)
    }
    let lost = Set(told.tables.filter(\.isOutOfOrder).map(\.number))
    let meetings = told.meetings.map { meeting in
      let isUnseated = meeting.isLive && meeting.ends > told.show.now && lost.contains(meeting.table.number)
      return Programme.Appointment(
        .meeting(meeting.number), sequence: meeting.sequence, isCancelled: !meeting.isLive,
        isUnseated: isUnseated, start: meeting.starts, end: meeting.ends, slot: meeting.slot,
        table: isUnseated ? nil : Programme.Table(meeting.table), firm: delegation(meeting.firm),
        investor: delegation(meeting.investor))
    }
    let pitches = told.pitches.map { pitch in
      Programme.Appointment(
        .pitch, sequence: pitch.sequence, isCancelled: !pitch.isLive, start: pitch.starts, end: pitch.ends,
        firm: Programme.Delegation(pitch.firm))
    }
    programme = Programme(
      code: told.show.code, name: told.show.name, nameZh: told.show.nameZh, city: told.show.city,
      venue: told.show.venue,
      zone: ZoneOffsets(
        name: zone, initial: first.seconds,
        transitions: told.offsets.dropFirst().map { .init(at: $0.from, offset: $0.seconds) }), plan: plan,
      madeAt: told.show.now, madeOffset: told.show.offsetNow, organizer: organizer, host: host,
      slots: told.slots.map { .init(number: $0.number, start: $0.starts, end: $0.ends) },
      tables: told.tables.filter { !$0.isOutOfOrder }.map(Programme.Table.init),
      appointments: meetings + pitches)
  }

  /// Without their ends.
  func lines() throws(WireError) -> [String] {
    switch (command.format, command.subject) {
    case (.ics, .code(let code)): programme.calendar(for: try recipient(code)).lines
    case (.ics, _):
      throw .badArgument("for", "is the code of a participant or a person; a calendar is somebody's own")
    case (.csv, .code(let code)): programme.csv(for: try recipient(code)).lines
    case (.csv, .all): programme.csv.lines
    case (.csv, _): throw .badArgument("for", "is all, or the code of a participant or a person, for csv")
    case (.html, .code(let code)): Self.lines(DaySheets(programme).parties([try recipient(code)]))
    case (.html, .all): Self.lines(DaySheets(programme).parties(told.delegations.map(recipient)))
    case (.html, .wall): Self.lines(DaySheets(programme).wall(in: language ?? .english))
    case (.html, .table(let number)):
      try lines(ofTable: number)
    }
  }

  private var language: SheetLanguage? { command.language.map(SheetLanguage.init(tag:)) }

  private func lines(ofTable number: Int) throws(WireError) -> [String] {
    guard
      programme.tables.contains(where: { $0.number == number })
        || told.meetings.contains(where: { $0.table.number == number })
    else { throw .notFound("table", String(number)) }
    return Self.lines(DaySheets(programme).tables(number, in: language ?? .english))
  }

  private static func lines(_ page: String) -> [String] {
    var lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// A participant goes before a person of the same code.
  private func recipient(_ code: String) throws(WireError) -> Programme.Recipient {
    if let delegation = told.delegations.first(where: { $0.code == code }) { return recipient(delegation) }
    for delegation in told.delegations {
      guard let person = delegation.persons.first(where: { $0.code == code }) else { continue }
      return Programme.Recipient(
        delegations[delegation.code]!, side: delegation.side, person: .init(code: code, name: person.name),
        language: language ?? SheetLanguage(tag: person.language))
    }
    throw .notFound("participant", code)
  }

  /// In the language of the first who has one of those who come.
  private func recipient(_ delegation: ToldProgramme.Delegation) -> Programme.Recipient {
    Programme.Recipient(
      delegations[delegation.code]!, side: delegation.side,
      language: language ?? SheetLanguage(tag: delegation.persons.lazy.compactMap(\.language).first))
  }
}

extension SheetsCommand.Format {
  fileprivate var mediaType: String {
    switch self {
    case .ics: "text/calendar"
    case .csv: "text/csv"
    case .html: "text/html"
    }
  }
}

extension Programme.Delegation {
  fileprivate init(_ told: ToldProgramme.Delegation) {
    self.init(
      code: told.code, name: told.name, nameZh: told.nameZh,
      persons: told.persons.map { .init(code: $0.code, name: $0.name) })
  }
}

extension Programme.Table {
  fileprivate init(_ table: RoadshowDesk.Table) {
    self.init(number: table.number, name: table.name, room: table.room)
  }
}
