import Domain
import Store
import Wire

extension Desk {
  /// IMPORT of what the commands of roadshows enter: each row does what its command would, by the same rules, with an
  /// audit entry of its own.
  func importSheet(
    _ parsed: UploadReader.Parsed, _ command: Import, _ served: Served, _ call: Call, _ reply: inout Reply
  ) async throws -> LastLine {
    let by = call.principal.name
    do {
      return try await write(call, key: command.isDryRun ? nil : command.key, &reply) { session in
        let sheet = RoadshowSheetImport(noun: command.noun, by: by, served: served, session: session)
        return try Self.written(try sheet.take(parsed.records), of: parsed, command, warnings: [])
      }
    } catch let refused as RefusedImport {
      try await reply.add(refused.rows)
      return refused.last
    }
  }
}

/// The rows of one sheet, in the transaction of their import.
struct RoadshowSheetImport {
  let noun: Noun
  let by: String
  let served: Served
  let session: Session

  private enum Effect { case added, changed, unchanged }

  /// A row that is not taken.
  private struct Refusal: Error {
    var field: String?
    var reason: String
    var rule: String?
  }

  /// Takes every row that its command would take. Each row costs a savepoint and a few statements.
  func take(_ records: [RegistryStore.Staged]) throws -> RegistryStore.Outcome {
    var outcome = RegistryStore.Outcome()
    let shows = try heldShows(of: records)
    for staged in records {
      guard staged.unreadable.isEmpty else {
        outcome.dropped.insert(staged.row)
        continue
      }
      do {
        switch try session.savepoint({ _ in try take(staged.record, shows) }) {
        case .added: outcome.added += 1
        case .changed: outcome.changed += 1
        case .unchanged: outcome.unchanged += 1
        }
      } catch {
        let refusal = try refusal(of: staged.record, error)
        outcome.dropped.insert(staged.row)
        guard outcome.rejected.count < Limits.uploadErrors else { continue }
        outcome.rejected.append(
          .init(row: staged.row, field: refusal.field, reason: refusal.reason, rule: refusal.rule))
      }
    }
    return outcome
  }

  /// All roadshows of the sheet, held in order of their codes, so that two imports do not wait for each other.
  private func heldShows(of records: [RegistryStore.Staged]) throws -> [String: Result<
    RoadshowDesk.Show, WireError
  >] {
    var shows: [String: Result<RoadshowDesk.Show, WireError>] = [:]
    for code in Set(records.compactMap { $0.record.text("roadshow") }).sorted(by: Code.precedes) {
      do { shows[code] = .success(try Desk.heldShow(code, in: session)) } catch let error as WireError {
        shows[code] = .failure(error)
      }
    }
    return shows
  }

  private func take(_ record: Record, _ shows: [String: Result<RoadshowDesk.Show, WireError>]) throws
    -> Effect
  {
    try record.requireAll()
    guard let code = record.text("roadshow"), let show = try shows[code]?.get() else {
      throw Refusal(field: "roadshow", reason: "is required")
    }
    let entry = RoadshowEntry(show: show, isParty: false, session: session)
    let (written, isKnown): (Written, Bool) =
      switch noun {
      case .enrolment: try enrol(record, entry)
      case .absence: (try entry.set(try availability(record)), false)
      case .wish: try wish(record, entry)
      case .outcome: try outcome(record, entry)
      default: preconditionFailure("\(noun) has a table of its own")
      }
    guard let audit = written.audit else { return .unchanged }
    try Desk.audit(audit, by, session)
    return isKnown ? .changed : .added
  }

  private func enrol(_ record: Record, _ entry: RoadshowEntry) throws -> (Written, Bool) {
    let party = record.text("party")!
    let isKnown = try RoadshowStore.member(party, of: entry.show.code, in: session) != nil
    let enrolment = RoadshowCommand.Enrolment(
      party: party, side: record.text("side").flatMap { IntroductionSide(rawValue: $0) },
      persons: record.change("persons") { value in if case .list(let codes) = value { codes } else { nil } },
      maxMeetings: record.number("max_meetings"), minMeetings: record.number("min_meetings"),
      prefers: record.change("prefers") { DayHalf(rawValue: $0.spelling) })
    return (
      try entry.enroll(enrolment, isWithdrawn: record["withdrawn"].value == .flag(true)), isKnown
    )
  }

  private func availability(_ record: Record) throws -> RoadshowCommand.Availability {
    func time(_ name: String) throws -> WallTime? {
      guard let text = record.text(name) else { return nil }
      guard let time = WallTime(text) else {
        throw Refusal(field: name, reason: "\"\(text)\" is not a local time like 2031-03-03T10:00")
      }
      return time
    }
    return .init(
      party: record.text("party")!, from: try time("from"), until: try time("until"), isAway: true)
  }

  private func wish(_ record: Record, _ entry: RoadshowEntry) throws -> (Written, Bool) {
    let (from, to) = (record.text("from")!, record.text("to")!)
    let before = try RoadshowStore.wish(from: from, to: to, at: entry.show.code, in: session)
    let wish = record.text("wish").flatMap { Wish(rawValue: $0) }
    return (try entry.wish(wish, from: from, to: to), before != nil)
  }

  private func outcome(_ record: Record, _ entry: RoadshowEntry) throws -> (Written, Bool) {
    let (firm, investor) = (record.text("firm")!, record.text("investor")!)
    let show = entry.show.code
    guard let number = try DayStore.meeting(of: firm, with: investor, at: show, in: session),
      let meeting = try DayStore.meetings(.number(number), of: show, in: session).first
    else {
      throw Refusal(
        field: "firm",
        reason: "\(firm) and \(investor) have no meeting at \(show); ROADSHOW SCHEDULE lists them")
    }
    let hasMet = record.text("outcome") == "met"
    let absentee = record.text("by")
    if hasMet, absentee != nil { throw Refusal(field: "by", reason: "is for a no_show") }
    // One that was noted before sheets had this field may be exported without it.
    if !hasMet, absentee == nil, meeting.state != .noShow {
      throw Refusal(field: "by", reason: "is missing; which of the two did not come, \(firm) or \(investor)")
    }
    let day = RoadshowDay(entry: entry, by: by, served: served)
    let written = try day.note(
      .init(
        meeting: number, hasMet: hasMet, absentee: absentee, note: record.text("note"), isForced: false))
    return (written, meeting.state != .planned)
  }

  /// What is told of a row that could not be taken.
  /// - Throws: the error where it is not the row's.
  private func refusal(of record: Record, _ error: any Error) throws -> Refusal {
    switch error {
    case let refusal as Refusal: return refusal
    case let rejection as Record.Rejection: return Refusal(field: rejection.field, reason: rejection.reason)
    case let error as WireError:
      // A command names its argument; what it did not find is the value of some field.
      let named = error.attributes.first.flatMap { attribute in
        attribute.name == "arg"
          ? attribute.value : noun.fields.first { record.text($0.name) == attribute.value }?.name
      }
      let field = named.flatMap { noun.field($0)?.name }
      return Refusal(field: field ?? noun.key[0], reason: error.sentence)
    case let error as StoreError:
      guard let broken = error.brokenRule else { throw error }
      return Refusal(field: noun.key[1], reason: broken.sentence, rule: broken.rule)
    default: throw error
    }
  }
}

extension Record {
  fileprivate func text(_ field: String) -> String? {
    if case .text(let text)? = self[field].value { text } else { nil }
  }

  fileprivate func change<Value>(_ field: String, _ read: (FieldValue) -> Value?)
    -> RoadshowCommand.Change<Value>
  {
    switch self[field] {
    case .absent: .keep
    case .cleared: .set(nil)
    case .value(let value): .set(read(value))
    }
  }

  fileprivate func number(_ field: String) -> RoadshowCommand.Change<Int> {
    change(field) { if case .integer(let number) = $0 { Int(number) } else { nil } }
  }
}
