import Domain
import Store
import Wire

extension Desk {
  // MARK: Reading

  func get(_ command: Get, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let (noun, code) = (command.noun, command.code)
    let object = try await read(call) { session in try RegistryStore.get(noun, code, in: session) }
    guard let object else { throw WireError.notFound(noun.name, code) }
    try await reply.row(object.members)
    return LastLine(.ok, [Attribute("rows", 1), Attribute("version", object.version)])
  }

  func list(_ command: List, _ reply: inout Reply) async throws -> LastLine {
    let page = command.page
    if let after = page.after, !Code.isValid(after) {
      throw WireError.badArgument("after", "is not a code; it comes from next= of the page before")
    }
    var objects = try await pool.run(deadline: settings.statementTime) { session in
      try RegistryStore.list(
        command.noun, filters: command.filters, after: page.after, limit: page.limit + 1, in: session)
    }
    let hasMore = page.cut(&objects)
    for object in objects { try await reply.row(object.members) }
    var attributes = [Attribute("rows", objects.count)]
    if hasMore, let code = objects.last?.code { attributes.append(Attribute("next", code)) }
    return LastLine(.ok, attributes)
  }

  func sectorList(_ command: SectorList, _ reply: inout Reply) async throws -> LastLine {
    let tree = try await picture.refresh().snapshot.sectors
    var range = 0..<tree.count
    if let parent = command.parent {
      guard let index = tree.index(of: parent) else { throw WireError.notFound("sector", parent) }
      range = tree.subtree(of: index)
    }
    for index in range {
      try await reply.row([
        .init("code", .string(tree.codes[index])), .init("name", .string(tree.names[index])),
        .init("name_zh", JSON(tree.namesZh[index])),
        .init("parent", JSON(tree.parent(of: index).map { tree.codes[$0] })),
        .init("level", JSON(tree.depth(of: index))),
      ])
    }
    return LastLine(.ok, [Attribute("rows", reply.rows)])
  }

  func rateList(_ reply: inout Reply) async throws -> LastLine {
    let rates = try await pool.run(deadline: settings.statementTime) { session in
      var rates: [StoredObject] = []
      try RegistryStore.export(.rate, in: session) { rates.append($0) }
      return rates
    }
    let newestFirst = rates.sorted { ($0["date"]?.spelling ?? "") > ($1["date"]?.spelling ?? "") }
    for rate in newestFirst { try await reply.row(rate.members) }
    return LastLine(.ok, [Attribute("rows", rates.count)])
  }

  // MARK: Writing

  func edit(_ command: Edit, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let (noun, code) = (command.record.noun, command.code)
    // A party is not told which other firms there are.
    let nearNames = call.isParty ? nil : try await nearNames(command.record)
    return try await write(call, key: command.key, &reply, editing: noun) { session in
      // Held until the end: nobody changes or retires the object between the look and the change, nor writes a name that
      // this one is not held against.
      let before = try RegistryStore.lock(noun, code, withAll: nearNames != nil, in: session)
      switch (command.verb, before) {
      case (.add, .some):
        throw WireError(
          .ruleViolated, [Attribute("rule", "\(noun.name)_pkey")],
          "there is a\(noun.indefiniteEnd) \(noun.name) \(code) already; "
            + (noun.isChangeable ? "\(noun.name.uppercased()) SET changes it" : "choose a new code")
        )
      case (.set, nil): throw WireError.notFound(noun.name, code)
      case (.set, .some(let stored)):
        let version = stored.version
        if let expected = command.version, expected != version {
          throw WireError(
            .versionConflict, [Attribute("version", version)],
            "\(code) is at version \(version) and not \(expected); read it again and decide anew")
        }
      case (.add, nil): break
      }
      return try Self.apply(command.record, code, verb: command.verb.rawValue, before, nearNames, session)
    }
  }

  /// Looks for firms named nearly like this one; nil for another noun, and where no name is given.
  private func nearNames(_ record: Record) async throws -> NearNameCheck? {
    guard record.noun == .firm, record["name"] != .absent || record["name_zh"] != .absent else { return nil }
    let served = try await picture.refresh()
    try await offThread { [names] in names.update(to: served.snapshot) }
    return NearNameCheck([.init(row: 1, record: record)], in: served, index: names)
  }

  /// Writes one record and says what came of it.
  private static func apply(
    _ record: Record, _ code: String, verb: String, _ before: StoredObject?, _ nearNames: NearNameCheck?,
    _ session: Session
  ) throws -> Written {
    let noun = record.noun
    let outcome = try RegistryStore.write(
      [.init(row: 1, record: record)], noun: noun, partial: false, in: session)
    try refuse(outcome)
    let version = (before?.version ?? 0) + (outcome.added + outcome.changed > 0 ? 1 : 0)
    var attributes = [Attribute("code", code), Attribute("version", version)]
    if outcome.unchanged > 0 { attributes.append(Attribute("changed", "no")) }
    var last = LastLine(.ok, attributes)
    if let warning = try nearNames?.warnings(without: [], in: session).first {
      last.sentence = warning.reason
    }
    return Written(
      last: last, audit: outcome.unchanged > 0 ? nil : auditEntry(record, code, verb: verb, before: before))
  }

  /// Throws what is wrong with the one record of a write.
  private static func refuse(_ outcome: RegistryStore.Outcome) throws(WireError) {
    guard let finding = outcome.rejected.first else { return }
    if let rule = finding.rule { throw WireError(.ruleViolated, [Attribute("rule", rule)], finding.reason) }
    throw .badArgument(finding.field ?? "field", finding.reason)
  }

  /// Fields and values and, under `was`, the values before of those that have changed; of a person only which fields,
  /// since the audit outlives a person's erasure.
  static func auditEntry(_ record: Record, _ code: String, verb: String, before: StoredObject? = nil)
    -> Written.AuditEntry
  {
    var (members, was): ([JSON.Member], [JSON.Member]) = ([], [])
    for (field, given) in zip(record.noun.fields, record.given) where given != .absent {
      members.append(.init(field.name, record.noun == .person ? .bool(true) : (given.value?.json ?? .null)))
      guard let before, record.noun != .person, before[field.name] != given.value else { continue }
      was.append(.init(field.name, before[field.name]?.json ?? .null))
    }
    if !was.isEmpty { members.append(.init("was", .object(was))) }
    return .init(action: "\(record.noun.name) \(verb.lowercased())", object: code, detail: .object(members))
  }

  func retire(_ command: Retire, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let (noun, code) = (command.noun, command.code)
    let principal = call.principal.name
    return try await write(call, key: command.key, &reply) { session in
      guard let before = try RegistryStore.lock(noun, code, in: session) else {
        throw WireError.notFound(noun.name, code)
      }
      guard let reason = command.takenBack else {
        return try Self.apply(.retirement(noun, code), code, verb: "retire", before, nil, session)
      }
      if noun == .firm, let into = try FirmMerge.whereto(code, in: session) {
        throw WireError(
          .wrongState, [Attribute("firm", code)],
          "firm \(code) was merged into \(into), which has all that it had")
      }
      var written = try Self.apply(
        .retirement(noun, code, is: false), code, verb: "unretire", before, nil, session)
      guard written.audit != nil else { return written }
      let moves = try IntroductionStore.revertRetirement(
        of: noun, code, by: principal, reason: reason, in: session)
      written.rows = moves.filter { $0.why != nil }.map { move in
        [
          .init("introduction", JSON(move.id)), .init("state", .string(IntroductionState.withdrawn.rawValue)),
          .init("why", JSON(move.why)),
        ]
      }
      written.last.attributes.append(Attribute("introductions", moves.count { $0.why == nil }))
      written.audit?.add("reason", .string(reason))
      return written
    }
  }

  func spinout(_ command: Spinout, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let nearNames = try await nearNames(command.record)
    return try await write(call, key: command.key, &reply) { session in
      guard let project = try RegistryStore.lock(.project, command.project, in: session) else {
        throw WireError.notFound("project", command.project)
      }
      guard project["retired"] != .flag(true) else {
        throw WireError(
          .wrongState, [Attribute("project", command.project)], "project \(command.project) is retired")
      }
      guard try RegistryStore.lock(.firm, command.firm, withAll: nearNames != nil, in: session) == nil else {
        throw WireError(
          .ruleViolated, [Attribute("rule", "firm_pkey")],
          "there is a firm \(command.firm) already; choose a new code")
      }
      var firm = command.record
      if firm["stage"] == .absent { firm["stage"] = .value(.text(Stage.preSeed.name)) }
      for field in Noun.spunOut where firm[field] == .absent {
        if let value = project[field] { firm[field] = .value(value) }
      }
      _ = try Self.apply(
        .retirement(.project, command.project), command.project, verb: "retire", project, nil, session)
      let written = try Self.apply(firm, command.firm, verb: "add", nil, nearNames, session)
      try RegistryStore.setProject(firm: command.firm, project: command.project, in: session)
      return Written(
        last: LastLine(
          .ok, [Attribute("firm", command.firm), Attribute("project", command.project)],
          sentence: written.last.sentence),
        audit: .init(
          action: "project spinout", object: command.project,
          detail: .object([.init("firm", .string(command.firm))])))
    }
  }

  func rateSet(_ command: RateSet, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    try await write(call, key: command.key, &reply) { session in
      let outcome = try RegistryStore.write(
        [.init(row: 1, record: command.record)], noun: .rate, partial: false, in: session)
      try Self.refuse(outcome)
      let pair = ["from", "to", "date"].map { command.record[$0].value?.spelling ?? "" }
      return Written(
        last: LastLine(.ok, outcome.unchanged > 0 ? [Attribute("changed", "no")] : []),
        audit: outcome.unchanged > 0
          ? nil : Self.auditEntry(command.record, pair.joined(separator: "/"), verb: "set"))
    }
  }
}

extension Noun {
  /// Fields that a firm takes over from the project it was: those that both have under one name.
  static let spunOut = Noun.project.fields.map(\.name).filter {
    $0 != "retired" && Noun.firm.field($0) != nil
  }
}

extension Record {
  /// What RETIRE and UNRETIRE write.
  fileprivate static func retirement(_ noun: Noun, _ code: String, is retired: Bool = true) -> Record {
    var record = Record(noun: noun, code: code)
    record["retired"] = .value(.flag(retired))
    return record
  }
}

extension StoredObject {
  /// The object as a row of a reply.
  var members: [JSON.Member] {
    var members: [JSON.Member] = code.map { [.init("code", .string($0))] } ?? []
    for (field, value) in zip(noun.fields, values) { members.append(.init(field.name, value?.json ?? .null)) }
    if noun.hasVersion { members.append(.init("version", JSON(version))) }
    return members
  }
}

extension Noun {
  /// The end of the indefinite article.
  var indefiniteEnd: String { "aeiou".contains(name.first!) ? "n" : "" }
}
