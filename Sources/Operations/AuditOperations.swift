import Store
import Wire

extension Desk {
  func audit(_ command: AuditCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    switch command {
    case .list(let filter): return try await listAudit(filter, &reply)
    case .verify: return try await verifyAudit(call, &reply)
    }
  }

  private func listAudit(_ filter: AuditCommand.Filter, _ reply: inout Reply) async throws -> LastLine {
    let page = filter.page
    let before = try Self.numberCursor(page.after)
    var rows = try await pool.run(deadline: settings.statementTime) { session in
      try AuditStore.list(
        before: before, principal: filter.principal, action: filter.action, object: filter.object,
        limit: page.limit + 1, in: session)
    }
    let hasMore = page.cut(&rows)
    for row in rows {
      try await reply.row([
        .init("sequence", JSON(row.sequence)), .init("at", .string(row.at)),
        .init("principal", .string(row.principal)), .init("action", .string(row.action)),
        .init("object", JSON(row.object)),
        .init("detail", row.detail.flatMap { try? JSONParser.parse($0) } ?? .null),
      ])
    }
    return LastLine(
      .ok, [Attribute("rows", rows.count)] + (hasMore ? [Attribute("next", rows.last!.sequence)] : []))
  }

  private func verifyAudit(_ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let seal = try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
    ) { session in try AuditStore.verify(in: session) }
    for block in seal.broken {
      let finding =
        block.isOutOfPlace ? "block_missing_before" : block.found < block.sealed ? "rows_removed" : "changed"
      try await reply.row([
        .init("block", JSON(block.number)), .init("finding", .string(finding)),
        .init("rows", .string(block.rows)),
        .init("sealed", JSON(block.sealed)), .init("found", JSON(block.found)),
      ])
    }
    var attributes = [
      Attribute("blocks", seal.blocks), Attribute("sealed", seal.rows), Attribute("unsealed", seal.unsealed),
    ]
    if let hash = seal.hash { attributes.append(Attribute("hash", hash)) }
    guard seal.broken.isEmpty, seal.late == 0 else {
      logger.error(
        "The audit is not what was sealed",
        metadata: ["blocks": "\(seal.broken.map(\.number))", "late": "\(seal.late)"])
      attributes.append(Attribute("late", seal.late))
      throw WireError(
        .ruleViolated, [Attribute("rule", "audit_seal")] + attributes,
        "the audit is not what was sealed: \(seal.broken.count) blocks differ, \(seal.late) rows were put in later"
      )
    }
    return LastLine(
      .ok, attributes, sentence: "keep the hash elsewhere: it vouches for all that is sealed so far")
  }

  /// Seals what was audited, soon after it was: by one daemon at a time, whichever comes first. As it asks so often, it
  /// is also the first to see the database go and come back.
  func sealAudit() async {
    while !Task.isCancelled {
      do {
        _ = try await pool.transaction(deadline: .seconds(60)) { try AuditStore.seal(in: $0) }
        reach.answered()
        health.succeeded(.audit)
      } catch {
        switch error {
        case StoreError.connectionLost, StoreError.unavailable, StoreError.outcomeUnknown: reach.failed()
        default: break
        }
        health.failed(.audit, error)
      }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }
}
