import Documents
import Domain
import Glibc
import Matching
import Store
import Wire

extension Desk {
  func digest(_ command: DigestCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let side = try Self.side(of: command, call, served)
    // Before anything else is read: what happens meanwhile is told the next time as well rather than never.
    let newest = try await pool.run(deadline: settings.statementTime) { try EventStore.newest(in: $0) }
    let now = Glibc.time(nil)
    let today = Day(daysSinceEpoch: now / 86_400)
    let comparison = side == .firm ? nil : try await digestComparison(since: command.since)
    var digest = try await list(of: command.party, side, comparison, served, call, on: today)
    var mark: DigestMark?
    if case .mark(let given) = command.since { mark = given }
    let party = try Self.party(command.party, side, served)
    if case .investors(let codes) = party { try await noteTold(listsOf: codes, call) }
    let (count, recipients) = try await addIntroductions(to: &digest, of: party, after: mark?.event, call)
    let mailboxes = recipients.map { person in MailAddress(person.email).map { Mailbox(person.name, $0) } }
    var message = MailMessage(
      from: Mailbox("Bellwether", settings.mailFrom), to: mailboxes.compactMap(\.self),
      subject: digest.subject,
      date: now, text: digest.text, html: digest.html)
    let told = DigestMark(run: comparison?.published, event: newest, day: today)
    let isReminder = count.ending > 0 && mark.map { $0.day < today } ?? true
    message.notes = [
      ("Bellwether-Digest", digest.counts),
      ("Bellwether-News", digest.hasNews || count.new > 0 || isReminder ? "yes" : "no"),
      ("Bellwether-Told", told.description),
    ]
    try await reply.document(message.description)
    let lost = zip(recipients, mailboxes).filter { $0.1 == nil }.map(\.0.code)
    let lists = [("since", digest.since), ("run", digest.run)].compactMap { name, state in
      state.map { Attribute(name, $0.description) }
    }
    return LastLine(
      .ok,
      [Attribute("rows", reply.rows)] + lists
        + [Attribute("told", told.description), Attribute("type", "message/rfc822")],
      sentence: Self.complaint(isEmpty: message.to.isEmpty, lost: lost, side, isParty: call.isParty))
  }

  /// Which side a digest is for.
  private static func side(
    of command: DigestCommand, _ call: Call, _ served: Served
  ) throws -> IntroductionSide {
    let own = call.isParty ? call.principal.standing.side : nil
    if let own, let side = command.side, side != own { throw WireError.notFound("party", command.party) }
    let isFirm = served.snapshot.candidate(code: command.party, kind: .firm) != nil
    let isInvestor = served.snapshot.investor(code: command.party) != nil
    guard let side = own ?? command.side ?? (isInvestor ? .investor : isFirm ? .firm : nil),
      side == .firm ? isFirm : isInvestor
    else { throw WireError.notFound("party", command.party) }
    return side
  }

  /// Whose introductions are told: those of a house's funds too.
  private static func party(
    _ code: String, _ side: IntroductionSide, _ served: Served
  ) throws -> DigestParty {
    guard side == .investor else { return .firm(code) }
    let investor = try served.investor(code)
    let codes = Set([investor] + served.funds(of: investor)).map { served.snapshot.investorCode(at: $0) }
    return .investors(codes)
  }

  /// Adds what waits and what both want.
  /// - Parameter event: the last one that the digest before has told of.
  /// - Returns: how many introductions wait, and to whom the digest goes.
  private func addIntroductions(
    to digest: inout Digest, of party: DigestParty, after event: Int?, _ call: Call
  ) async throws -> (WaitingCount, [DigestRecipient]) {
    let code = digest.code
    let (waiting, mutual, recipients) = try await read(call) { session in
      // A party sees no persons, not even its own.
      let recipients =
        call.isParty ? [] : try DigestStore.recipients(of: code, party.side, in: session)
      return (
        try DigestStore.waiting(of: party, after: event ?? 0, in: session),
        try DigestStore.mutual(of: party, after: event, in: session), recipients
      )
    }
    func fund(_ other: String) -> String? { other == code ? nil : other }
    digest.waiting = waiting.introductions.map {
      Digest.Waiting(
        id: $0.id, blurb: $0.blurb, score: $0.score, daysLeft: $0.daysLeft, otherUntil: $0.otherUntil,
        fund: fund($0.party))
    }
    digest.waitingCount = waiting.count.all
    digest.mutual = mutual.introductions.map {
      Digest.Mutual(
        id: $0.id, name: $0.otherName, code: $0.otherCode,
        contact: $0.contact ?? StoredIntroduction.noContact(of: $0.otherCode), fund: fund($0.party))
    }
    digest.mutualCount = mutual.count
    return (waiting.count, recipients)
  }

  /// Why the message will not reach all it is for; nil where it will.
  private static func complaint(
    isEmpty: Bool, lost: [String], _ side: IntroductionSide, isParty: Bool
  ) -> String? {
    if !lost.isEmpty { return "mail cannot be addressed to \(lost.joined(separator: ", ")), left out of To" }
    guard isEmpty else { return nil }
    return "To names nobody; "
      + (isParty ? "persons are not shown to a party" : "no person of the \(side) has a mail address")
  }

  /// A digest with what is new on the list of an investor, or without a list.
  private func list(
    of code: String, _ side: IntroductionSide, _ comparison: Comparison?, _ served: Served, _ call: Call,
    on day: Day
  ) async throws -> Digest {
    guard let comparison else {
      let snapshot = served.snapshot
      guard let firm = snapshot.candidate(code: code, kind: .firm), side == .firm else {
        let row = snapshot.investorRow(at: try served.investor(code))
        return Digest(name: row.name, nameZh: row.nameZh, code: code, since: nil, run: nil, day: day)
      }
      let nameZh = String(decoding: snapshot.candidateNameZhUTF8(at: firm), as: UTF8.self)
      return Digest(
        name: snapshot.candidateName(at: firm), nameZh: nameZh.isEmpty ? nil : nameZh, code: code, since: nil,
        run: nil, day: day)
    }
    let investor = try comparison.served.investor(code)
    let before = try await listsBefore(investor..<investor + 1, comparison, call)
    let funds = Set([investor] + comparison.served.funds(of: investor))
    let codes = funds.map { comparison.served.snapshot.investorCode(at: $0) }
    let refused = try await pool.run(deadline: settings.statementTime) { session in
      try DigestStore.refusedFirms(by: codes, in: session)
    }
    let refusers = Dictionary(refused.map { ($0.firm, $0.investor) }) { min($0, $1) }
    return Self.digest(
      of: investor, comparison, comparison.moves(of: investor, from: before), refusers, on: day)
  }

  /// - Parameter refusers: By code of a firm, the investor or the fund of its house that has said no to it.
  private static func digest(
    of investor: Int, _ comparison: Comparison, _ moves: [Matching.Move], _ refusers: [String: String],
    on day: Day
  ) -> Digest {
    let served = comparison.served
    let snapshot = served.snapshot
    let row = snapshot.investorRow(at: investor)
    let list = ShownList(of: investor, served, limit: .max, list: served.list(of:))
    let reasons = Dictionary(uniqueKeysWithValues: list.rows.map { (Int($0.candidate), $0.reasons.text) })
    var blurbs = Blurbs(snapshot)
    let told = moves.filter(\.isNews).compactMap { move -> (Matching.Move, Digest.Move)? in
      guard let candidate = snapshot.candidate(id: move.candidate) else { return nil }
      let isNew = move.kind == .entered
      let facts = isNew ? [blurbs.ofFirm(candidate), reasons[candidate]].compactMap(\.self) : []
      let refuser = refusers[snapshot.candidateCode(at: candidate)]
      let why =
        comparison.isFirst
        ? "on your first list"
        : move.causes.map {
          $0.words(isNew: isNew, refuser: refuser == row.code ? "you" : refuser)
        }.joined(separator: ", ")
      return (move, Self.told(move, candidate, snapshot, facts, why))
    }
    func those(_ isWanted: (Matching.Move) -> Bool) -> [Digest.Move] {
      told.filter { isWanted($0.0) }.map(\.1)
    }
    var digest = Digest(
      name: row.name, nameZh: row.nameZh, code: row.code,
      since: comparison.isFirst ? nil : comparison.since, run: comparison.published,
      day: day, entered: those { $0.kind == .entered },
      // Those that have only made room for others come last.
      moved: those { $0.kind == .moved && $0.causes != [.displaced] }
        + those { $0.kind == .moved && $0.causes == [.displaced] },
      left: those { $0.kind == .left })
    digest.shifted = moves.count { !$0.isNews }
    return digest
  }

  private static func told(
    _ move: Matching.Move, _ candidate: Int, _ snapshot: Snapshot, _ facts: [String], _ why: String
  ) -> Digest.Move {
    func place(_ rank: Int?, _ score: Int32?) -> Digest.Move.Place? {
      rank.flatMap { rank in score.map { .init(rank: rank, score: Int($0)) } }
    }
    let nameZh = String(decoding: snapshot.candidateNameZhUTF8(at: candidate), as: UTF8.self)
    return Digest.Move(
      name: snapshot.candidateName(at: candidate), nameZh: nameZh.isEmpty ? nil : nameZh,
      code: snapshot.candidateCode(at: candidate), before: place(move.rankBefore, move.scoreBefore),
      after: place(move.rankAfter, move.scoreAfter), facts: facts, why: why)
  }
}

extension Reasons {
  var text: String {
    var octets: [UInt8] = []
    write(to: &octets)
    return String(decoding: octets, as: UTF8.self)
  }
}

extension Matching.Move.Cause {
  /// As an investor is told.
  /// - Parameter refuser: Who of its house has said no to the firm; nil where the firm has.
  fileprivate func words(isNew: Bool, refuser: String?) -> String {
    switch self {
    case .firmChanged: isNew ? "its record is new or has changed" : "its record has changed"
    case .mandateChanged: "your mandate or holdings have changed"
    case .policyChanged: "the weights have changed"
    case .registryChanged: "rates, sectors or the day have changed"
    case .declined: refuser.map { "\($0) declined it" } ?? "an introduction to it was declined"
    case .displaced: "others have moved"
    }
  }
}

extension Digest {
  fileprivate var hasNews: Bool {
    mutualCount > 0 || !entered.isEmpty || !moved.isEmpty || !left.isEmpty
  }
}
