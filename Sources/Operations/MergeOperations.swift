import Domain
import Store
import Wire

extension Desk {
  func merge(_ command: Merge, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    guard command.from != command.into else {
      throw WireError.badArgument("into", "is the same firm; name the one that stays")
    }
    let principal = call.principal.name
    do {
      let last = try await write(call, key: command.isDryRun ? nil : command.key, &reply) { session in
        let effects: [FirmMerge.Effect]
        do {
          effects = try FirmMerge.merge(command.from, into: command.into, by: principal, in: session)
        } catch { throw Self.wireError(error, command) }
        let report = MergeReport(command, effects)
        if command.isDryRun { throw OnlyTried(report: report) }
        for entry in report.entries { try Self.audit(entry, principal, session) }
        return Written(rows: report.rows, last: report.last, audit: report.audit)
      }
      // A token shows another firm now; who is signed in with it signs in again.
      try await endDeadTokens()
      return last
    } catch let tried as OnlyTried {
      try await reply.add(tried.report.rows)
      var last = tried.report.last
      last.attributes.append(Attribute("dry_run", "yes"))
      last.sentence = "nothing was changed"
      return last
    }
  }

  /// A merger that changed nothing, whatever the transaction had done so far.
  private struct OnlyTried: Error {
    var report: MergeReport
  }

  private static func wireError(_ error: any Error, _ command: Merge) -> any Error {
    switch error {
    case FirmMerge.Problem.missing(let code): WireError.notFound("firm", code)
    case FirmMerge.Problem.retired(let code):
      WireError(.wrongState, [Attribute("firm", code)], "firm \(code) is retired")
    case FirmMerge.Problem.conflict(let noun, let record):
      WireError(
        .wrongState, [Attribute(noun, record)],
        "\(command.from) and \(command.into) both have this \(noun), in different currencies or with different days "
          + "of exit, so the two cannot be added up; make them agree with IMPORT \(noun), then merge")
    case FirmMerge.Problem.held(let percent):
      WireError(
        .wrongState, [Attribute("percent", percent)],
        "programmes hold \(percent) percent of \(command.from) and \(command.into) together, which is more than a whole; "
          + "enter what was sold, then merge")
    default: error
    }
  }
}

/// What FIRM MERGE tells of what it did: to the desk and to the audit.
private struct MergeReport: Sendable {
  let rows: [[JSON.Member]]
  let last: LastLine
  let audit: Written.AuditEntry
  /// Which records were touched, by table, so that the merger can be undone by hand or by program.
  let entries: [Written.AuditEntry]

  init(_ command: Merge, _ effects: [FirmMerge.Effect]) {
    let tables = effects.reduce(into: [String]()) { if !$0.contains($1.table) { $0.append($1.table) } }
    func count(_ table: String, _ done: FirmMerge.Done) -> Int {
      effects.count { $0.table == table && $0.done == done }
    }
    // What somebody has to know of stands by itself; of the rest only how many.
    rows = tables.flatMap { table -> [[JSON.Member]] in
      let here = effects.filter { $0.table == table }
      let counts = [FirmMerge.Done.moved, .joined, .kept].compactMap { done -> [JSON.Member]? in
        let count = here.count { $0.done == done && $0.why == nil }
        return count == 0
          ? nil
          : [.init("of", .string(table)), .init("done", .string(done.rawValue)), .init("count", JSON(count))]
      }
      return counts + here.filter { $0.why != nil }.map(\.members)
    }
    let counts = [
      ("holdings_moved", count("holding", .moved)), ("holdings_joined", count("holding", .joined)),
      ("rounds_moved", count("round", .moved)), ("rounds_joined", count("round", .joined)),
      ("introductions_moved", count("introduction", .moved)),
      ("withdrawn", count("introduction", .withdrawn)),
      ("cancelled", effects.count { $0.done == .cancelled }),
    ]
    last = LastLine(
      .ok,
      [Attribute("from", command.from), Attribute("into", command.into)]
        + counts.map { Attribute($0.0, $0.1) })
    audit = .init(
      action: "firm merge", object: command.into,
      detail: .object([.init("from", .string(command.from))] + counts.map { .init($0.0, JSON($0.1)) }))
    entries = tables.flatMap { table in
      Self.entries(effects.filter { $0.table == table }, table, command)
    }
  }

  /// Records in one entry of the audit.
  private static let most = 200

  private static func entries(_ effects: [FirmMerge.Effect], _ table: String, _ command: Merge)
    -> [Written.AuditEntry]
  {
    stride(from: 0, to: effects.count, by: most).map { start in
      let part = effects[start..<min(start + most, effects.count)]
      let done = FirmMerge.Done.allCases.compactMap { done -> JSON.Member? in
        let records = part.filter { $0.done == done }.map { effect -> JSON in
          guard let before = effect.before.flatMap({ try? JSONParser.parse($0) }) else {
            return .string(effect.record)
          }
          return .object([.init("record", .string(effect.record)), .init("before", before)])
        }
        return records.isEmpty ? nil : .init(done.rawValue, .array(records))
      }
      return .init(
        action: "firm merge \(table)", object: command.into,
        detail: .object([.init("from", .string(command.from))] + done))
    }
  }
}

extension FirmMerge.Effect {
  fileprivate var members: [JSON.Member] {
    [
      .init("of", .string(table)), .init("done", .string(done.rawValue)), .init("record", .string(record)),
      .init("why", JSON(why)), .init("tell", tell.isEmpty ? .null : .array(tell.map { .string($0) })),
    ]
  }
}
