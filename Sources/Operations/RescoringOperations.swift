import Domain
import Matching
import Store
import Wire

extension Desk {
  func rescore(_ command: Rescore, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    do {
      if let key = command.key, let done = try await recallRun(key, call) { throw DoneBefore(written: done) }
      return try await rescoreNow(command, call, &reply)
    } catch let before as DoneBefore {
      try await reply.add(before.written.rows)
      return before.written.last
    }
  }

  /// What is asked for was done under the same key before.
  private struct DoneBefore: Error {
    var written: Written
  }

  private func rescoreNow(_ command: Rescore, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let (progress, continuation) = AsyncStream.makeStream(
      of: Rescoring.Progress.self, bufferingPolicy: .bufferingNewest(1))
    let started: (run: Int?, task: Task<Rescoring.Outcome, any Error>)
    do {
      started = try await rescoring.start(
        force: command.scope == .all, by: call.principal.name, hooks: Self.hooks(command, call)
      ) { continuation.yield($0) }
    } catch Rescoring.Refusal.busy(let run) {
      throw WireError(
        .busy, run.map { [Attribute("run", $0)] } ?? [],
        "a rescoring is under way already; STATUS shows how far it is")
    }
    guard command.waits || started.run == nil else {
      return LastLine(
        .ok, [Attribute("run", started.run!)],
        sentence: "started; RUN GET \(started.run!) shows what came of it")
    }
    Task {
      _ = await started.task.result
      continuation.finish()
    }
    for await step in progress {
      try await reply.progress([
        .init("step", .string(step.step)), .init("done", JSON(step.done)), .init("of", JSON(step.of)),
      ])
    }
    // A run goes on without a client that went away, since another may ask for it; CANCEL means the run.
    if call.cancellation.isRequested, let run = started.run { _ = await rescoring.stop(run) }
    do {
      switch try await started.task.value {
      case .unchanged(let id):
        return LastLine(
          .unchanged, [Attribute("run", id.description)], sentence: "nothing has changed since this run")
      case .published(let published): return Self.lastLine(published)
      }
    } catch is Rescoring.Stopped {
      throw WireError(
        .wrongState, [Attribute("run", started.run!)], "the run was cancelled; nothing was published")
    }
  }

  private static func lastLine(_ published: Rescoring.Published) -> LastLine {
    LastLine(
      .ok,
      [
        Attribute("run", published.id.description), Attribute("policy", published.policy),
        Attribute("investors", published.investors), Attribute("candidates", published.candidates),
        Attribute("deals", published.deals), Attribute("lists_changed", published.listsChanged),
        Attribute("ms", Int(published.duration / .milliseconds(1))),
      ] + (published.digest.map { [Attribute("digest", $0)] } ?? []),
      sentence: MissingRate.sentence(published.missingRates))
  }

  /// Audit and `key=` of a run: with `wait=yes` the reply is known when the run is published, else when it
  /// begins. The same request may have come twice and the other one been answered meanwhile, so the key is looked up
  /// once more, now under its lock.
  private static func hooks(_ command: Rescore, _ call: Call) -> Rescoring.Hooks {
    let (principal, request) = (call.principal.name, call.request)
    var hooks = Rescoring.Hooks()
    let recallKey: @Sendable (Session) throws -> Void = { session in
      if let key = command.key, let done = try recall(principal, key, request, session) {
        throw DoneBefore(written: done)
      }
    }
    hooks.begun = { number, session in
      try recallKey(session)
      try audit(.init(action: "rescore", object: String(number)), principal, session)
      if let key = command.key, !command.waits {
        let last = LastLine(.ok, [Attribute("run", number)])
        try remember(Written(last: last), principal, key, request, session)
      }
    }
    hooks.published = { published, session in
      if command.waits { try recallKey(session) }
      let detail: [JSON.Member] = [
        .init("run", .string(published.id.description)), .init("lists_changed", JSON(published.listsChanged)),
      ]
      try audit(
        .init(action: "publish", object: published.id.description, detail: .object(detail)), principal,
        session)
      if let key = command.key, command.waits {
        try remember(Written(last: lastLine(published)), principal, key, request, session)
      }
    }
    return hooks
  }

  private func recallRun(_ key: String, _ call: Call) async throws -> Written? {
    let (principal, request) = (call.principal.name, call.request)
    return try await pool.transaction(deadline: settings.statementTime) { session in
      try Self.recall(principal, key, request, session)
    }
  }

  // MARK: Runs

  func runList(_ command: RunList, _ reply: inout Reply) async throws -> LastLine {
    let page = command.page
    let before = try Self.numberCursor(page.after)
    var runs = try await pool.run(deadline: settings.statementTime) { session in
      try RunStore.list(before: before, limit: page.limit + 1, in: session)
    }
    let hasMore = page.cut(&runs)
    for run in runs { try await reply.row(run.members) }
    return LastLine(
      .ok, [Attribute("rows", runs.count)] + (hasMore ? [Attribute("next", runs.last!.number)] : []))
  }

  func runGet(_ command: RunCommand, _ reply: inout Reply) async throws -> LastLine {
    let number = command.run.run
    guard let run = try await pool.run(deadline: settings.statementTime, { try RunStore.get(number, in: $0) })
    else {
      throw WireError.notFound("run", String(number))
    }
    try await reply.row(run.members)
    return LastLine(.ok, [Attribute("rows", 1)])
  }

  func runCancel(_ command: RunCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let number = command.run.run
    // The row decides: a run whose row is not running can no longer be published, in whichever daemon it is.
    let last = try await write(call, key: command.key, &reply) { session in
      let isStopped = try RunStore.end(number, .cancelled, problem: nil, in: session)
      guard let run = try RunStore.get(number, in: session) else {
        throw WireError.notFound("run", String(number))
      }
      guard isStopped else {
        throw WireError(
          .wrongState, [Attribute("state", run.state.rawValue)],
          "run \(number) is \(run.state.rawValue); only a running one can be cancelled")
      }
      return Written(
        last: LastLine(.ok, [Attribute("run", number)]),
        audit: .init(action: "run cancel", object: String(number)))
    }
    _ = await rescoring.stop(number)
    return last
  }

  /// Every list of a run: investor, rank, kind, code, score.
  func runExport(_ command: RunCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let id = try await kept(command.run)
    let lists =
      id == served.published
      ? served.lists : try await pool.run(deadline: time(of: call)) { try RunStore.lists(upTo: id, in: $0) }
    let snapshot = served.snapshot
    let order = lists.investors.indices.compactMap { list in
      snapshot.investor(id: lists.investors[list]).map { (investor: $0, list: list) }
    }.sorted { $0.investor < $1.investor }
    for (investor, list) in order {
      let code = JSON.string(snapshot.investorCode(at: investor))
      for (rank, deal) in lists.list(at: list).enumerated() {
        guard let candidate = snapshot.candidate(id: deal.candidate) else { continue }
        try await reply.row([
          .init("investor", code), .init("rank", JSON(rank + 1)),
          .init("kind", .string(snapshot.candidateKind(at: candidate).name)),
          .init("code", .string(snapshot.candidateCode(at: candidate))),
          .init("score", JSON(Int(deal.score))),
        ])
      }
    }
    return LastLine(.ok, [Attribute("rows", reply.rows), Attribute("run", id.description)])
  }

  /// The published state that is named.
  /// - Throws: 550 where its lists are not kept.
  func kept(_ wanted: RunReference) async throws -> RunRevision {
    let found = try await pool.run(deadline: settings.statementTime) { try RunStore.kept(wanted, in: $0) }
    guard let found else { throw WireError.notFound("run", wanted.description) }
    return found
  }

  static func numberCursor(_ after: String?) throws -> Int? {
    guard let after else { return nil }
    guard let number = Int(after) else {
      throw WireError.badArgument("after", "is not a number; it comes from next= of the page before")
    }
    return number
  }

  // MARK: Policies

  func policy(_ command: PolicyCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    switch command {
    case .show(let number): return try await showPolicy(number, &reply)
    case .list(let page): return try await listPolicies(page, &reply)
    case .set(let values, let key):
      return try await write(call, key: key, &reply) { session in try Self.setPolicy(values, call, session) }
    case .activate(let number, let key):
      return try await write(call, key: key, &reply) { session in
        guard try PolicyStore.activate(number, in: session) else {
          throw WireError.notFound("policy", String(number))
        }
        return Written(
          last: LastLine(.ok, [Attribute("policy", number)], sentence: "the next rescoring uses it"),
          audit: .init(action: "policy activate", object: String(number)))
      }
    }
  }

  private func showPolicy(_ number: Int?, _ reply: inout Reply) async throws -> LastLine {
    let stored = try await pool.run(deadline: settings.statementTime) { try PolicyStore.get(number, in: $0) }
    guard let stored else { throw WireError.notFound("policy", number.map(String.init) ?? "active") }
    for parameter in Policy.parameters {
      try await reply.row([
        .init("parameter", .string(parameter.name)),
        .init("value", JSON(stored.values[parameter.name] ?? parameter.default)),
        .init("default", JSON(parameter.default)), .init("least", JSON(parameter.range.lowerBound)),
        .init("most", JSON(parameter.range.upperBound)), .init("help", .string(parameter.help)),
      ])
    }
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("policy", stored.number),
        Attribute("active", stored.isActive ? "yes" : "no"),
      ])
  }

  private func listPolicies(_ page: Page, _ reply: inout Reply) async throws -> LastLine {
    let before = try Self.numberCursor(page.after)
    var policies = try await pool.run(deadline: settings.statementTime) { session in
      try PolicyStore.list(before: before, limit: page.limit + 1, in: session)
    }
    let hasMore = page.cut(&policies)
    for policy in policies {
      try await reply.row([
        .init("policy", JSON(policy.number)), .init("active", .bool(policy.isActive)),
        .init("created_at", .string(policy.createdAt)), .init("created_by", .string(policy.createdBy)),
      ])
    }
    return LastLine(
      .ok, [Attribute("rows", policies.count)] + (hasMore ? [Attribute("next", policies.last!.number)] : []))
  }

  private static func setPolicy(_ values: [Attribute], _ call: Call, _ session: Session) throws -> Written {
    guard let active = try PolicyStore.get(nil, in: session) else {
      throw StoreError.unexpectedResult(reason: "no policy is active")
    }
    var changes: [String: Int] = [:]
    for value in values {
      guard let number = Int(value.value) else {
        throw WireError.badArgument(
          value.name, "\"\(value.value.prefix(60))\" is not a whole number; POLICY SHOW shows the ranges")
      }
      changes[value.name] = number
    }
    let policy: Policy
    do {
      policy = try Policy(number: Int32(active.number), stored: active.values).changing(
        changes, number: Int32(active.number))
    } catch { throw WireError.badArgument(error.parameter ?? "parameter", error.sentence) }
    let number = try PolicyStore.add(policy.values, by: call.principal.name, in: session)
    let detail = changes.sorted { $0.key < $1.key }.map { JSON.Member($0.key, JSON($0.value)) }
    return Written(
      last: LastLine(
        .ok, [Attribute("policy", number)], sentence: "POLICY ACTIVATE \(number) puts it in force"),
      audit: .init(action: "policy set", object: String(number), detail: .object(detail)))
  }
}

extension StoredRun {
  var members: [JSON.Member] {
    [
      .init("run", JSON(number)), .init("state", .string(state.rawValue)), .init("policy", JSON(policy)),
      .init("started_at", .string(startedAt)), .init("ended_at", JSON(endedAt)), .init("as_of", JSON(asOf)),
      .init("investors", JSON(investors)), .init("candidates", JSON(candidates)),
      .init("deals", JSON(entries)),
      .init("lists_changed", JSON(listsChanged)), .init("digest", JSON(digest)), .init("host", .string(host)),
      .init("started_by", .string(startedBy)), .init("problem", JSON(problem)),
    ]
  }
}
