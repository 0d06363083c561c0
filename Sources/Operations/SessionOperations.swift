import Domain
import Matching
import Store
import Wire

extension Desk {
  static func whoami(_ principal: Principal, _ connection: Int) -> LastLine {
    var attributes = [Attribute("principal", principal.name), Attribute("role", principal.roles)]
    if let own = principal.standing.own {
      attributes.append(Attribute(own.noun.name, own.code))
      if own.includesHouse { attributes.append(Attribute("house", "yes")) }
    }
    attributes.append(Attribute("connection", connection))
    return LastLine(.ok, attributes)
  }

  func cancel(_ command: Cancel, _ call: Call) throws -> LastLine {
    // What runs here is this very command.
    if command.connection == call.connection { return LastLine(.ok, [Attribute("cancelled", "no")]) }
    guard let wasRunning = connections.cancel(command.connection, by: call.principal) else {
      throw WireError.notFound("connection", String(command.connection))
    }
    return LastLine(.ok, [Attribute("cancelled", wasRunning ? "yes" : "no")])
  }

  func help(_ command: Help, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let topic = command.topic ?? ""
    guard let text = HelpText.about(topic, for: call.principal.standing.roles) else {
      throw WireError.badArgument(
        "command", "there is no help on \"\(topic)\"; HELP lists the commands\(HelpText.hint(for: topic))")
    }
    try await reply.document(text)
    return LastLine(.ok, [Attribute("rows", reply.rows), Attribute("type", "text/plain")])
  }

  func status(_ reply: inout Reply) async throws -> LastLine {
    let state = await pool.state
    let uptime = startedAt.duration(to: .now).components.seconds
    var lines = [
      "version      \(settings.version)",
      "host         \(settings.host)",
      "uptime_s     \(uptime)",
      "connections  \(connections.count)",
    ]
    if let cluster = clusterStatus() { lines.append("cluster      \(cluster)") }
    lines.append(
      "database     \(state.isFailing ? "out of reach" : "in reach"), \(state.open) connections, \(state.idle) idle, \(state.waiting) waiting"
    )
    if let served = try? await picture.refresh(deadline: settings.statementTime) {
      let snapshot = served.snapshot
      let (candidates, investors) = (snapshot.openCandidateCount, snapshot.openInvestorCount)
      let retired = snapshot.candidateCount - candidates + snapshot.investorCount - investors
      lines.append(
        "registry     \(candidates) candidates, \(investors) investors"
          + (retired > 0 ? "; \(retired) retired" : ""))
      if let missing = MissingRate.sentence(served.scorer.missingRates) {
        lines.append("rates        \(missing)")
      }
      lines.append("policy       \(served.policy.number)")
      lines.append(
        "published    \(served.published.map { "run \($0), \(served.lists.count) lists, \(served.lists.dealCount) deals" } ?? "nothing yet; RESCORE makes the first run")"
      )
    }
    lines.append("rescoring    \(await rescoring.statusLine)")
    for (work, sentence) in health.behind {
      lines.append(HelpText.padded(work.rawValue, 13) + sentence)
    }
    try await reply.document(lines.joined(separator: "\n"))
    return LastLine(.ok, [Attribute("rows", reply.rows), Attribute("type", "text/plain")])
  }
}
