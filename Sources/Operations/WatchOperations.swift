import Domain
import Store
import Wire

extension Desk {
  private static let silence = Array("150-{}\n".utf8)

  /// Tells of events until the client says something else, the connection ends or the client is too slow.
  func watch(_ command: WatchCommand, _ call: Call, _ reply: Reply) async throws -> LastLine {
    let audience = try EventAudience(call.principal.standing)
    // Whoever ends it at once is told where it stood all the same.
    let newest = try await Task { try await events.open(deadline: settings.statementTime) }.value
    defer { events.close() }
    var position = command.since ?? newest
    guard position <= newest else {
      throw WireError.badArgument("since", "there is no event \(position) yet; the newest is \(newest)")
    }
    var lastSaid = ContinuousClock.now
    while !Task.isCancelled {
      let due = lastSaid + Limits.watchSilence
      let page = await page(after: position, until: due, for: audience)
      // Its right to see more may have ended meanwhile.
      if Task.isCancelled { break }
      let lines = page?.lines(after: position, for: audience.side) { investor, firm in
        audience.includes(investor: investor, firm: firm, picture.served)
      }
      if let page, page.isOfDesk, lines?.isEmpty == false, let party = try call.party {
        guard await isNoted(after: position, page, party) else { continue }
      }
      position = page?.last ?? position
      if lines?.isEmpty ?? true, due > .now { continue }
      let message = lines.flatMap { $0.isEmpty ? nil : $0 } ?? Self.silence
      guard try await reply.send(lines: message, patience: Limits.watchPatience) else {
        logger.info("who watches reads too slowly", metadata: ["connection": "\(call.connection)"])
        connections.hangUp(call.connection)
        throw WireError(.closing, [], "you read too slowly; WATCH since=\(position) goes on where you were")
      }
      lastSaid = .now
    }
    return LastLine(.ok, [Attribute("next", position)])
  }

  /// Notes that a party is about to be told of a page; false where the database is away, and comes back.
  private func isNoted(after position: Int, _ page: EventPage, _ party: String) async -> Bool {
    do {
      try await pool.transaction(deadline: settings.statementTime) { session in
        try session.become(partyOf: party)
        try IntroductionStore.noteTold(eventsAfter: position, upTo: page.last, in: session)
      }
      return true
    } catch {
      health.failed(.events, error)
      try? await Task.sleep(for: .seconds(1))
      return false
    }
  }

  /// The next events, nil where none come until then.
  private func page(
    after position: Int, until due: ContinuousClock.Instant, for audience: EventAudience
  ) async -> EventPage? {
    switch await events.next(after: position, until: due) {
    case .page(let page): return page
    case .nothing: return nil
    case .older(let last):
      do {
        return try await events.older(
          after: position, upTo: last, for: audience.side, investors: audience.investors(picture.served),
          firm: audience.firm)
      } catch {
        // The database is away, and comes back.
        health.failed(.events, error)
        try? await Task.sleep(for: .seconds(1))
        return nil
      }
    }
  }
}

/// Whose events somebody is told of.
private struct EventAudience {
  /// Nil for the desk, which is told of all.
  let side: IntroductionSide?
  private let own: Standing.OwnObject?

  init(_ standing: Standing) throws(WireError) {
    if standing.roles.contains(.organizer) {
      (side, own) = (nil, nil)
      return
    }
    guard let own = standing.own, let side = standing.side else {
      throw WireError(.notPermitted, [], "this is about one's own introductions, and there are none")
    }
    (self.side, self.own) = (side, own)
  }

  /// The firm whose events they are, where they are a firm's.
  var firm: String? { side == .firm ? own?.code : nil }

  /// The investors whose events they are, where they are an investor's.
  func investors(_ served: Served?) -> [String]? {
    guard side == .investor, let own else { return nil }
    guard own.includesHouse, let snapshot = served?.snapshot, let house = snapshot.investor(code: own.code)
    else {
      return [own.code]
    }
    return [own.code] + snapshot.funds(ofHouse: house).map(snapshot.investorCode(at:))
  }

  /// Whether an event between these two is among them.
  func includes(investor: String, firm: String, _ served: Served?) -> Bool {
    switch side {
    case nil: true
    case .firm: firm == own?.code
    case .investor:
      investor == own?.code
        || own?.includesHouse == true && served?.isInvestor(investor, ofHouse: own!.code) == true
    }
  }
}
