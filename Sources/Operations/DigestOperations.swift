import Documents
import Domain
import Glibc
import Matching
import Store
import Wire

extension Desk {
  func digest(_ command: DigestCommand, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let comparison = try await comparison(since: command.since)
    let served = comparison.served
    let investor = try served.investor(command.investor)
    let before = try await listsBefore(investor..<investor + 1, comparison, call)
    let codes = Set([investor] + served.funds(of: investor)).map { served.snapshot.investorCode(at: $0) }
    try await noteTold(listsOf: codes, call)
    let (waiting, recipients) = try await read(call) { session in
      // A party sees no persons, not even its own.
      let recipients =
        call.isParty ? [] : try DigestStore.recipients(of: command.investor, in: session)
      return (try DigestStore.waiting(of: codes, in: session), recipients)
    }
    let now = Glibc.time(nil)
    var digest = Self.digest(of: investor, comparison, comparison.moves(of: investor, from: before), on: now)
    digest.waiting = waiting.introductions.map {
      Digest.Waiting(
        id: $0.id, blurb: $0.blurb, score: $0.score, daysLeft: $0.daysLeft,
        fund: $0.investor == command.investor ? nil : $0.investor)
    }
    digest.waitingCount = waiting.count
    let mailboxes = recipients.map { person in MailAddress(person.email).map { Mailbox(person.name, $0) } }
    var message = MailMessage(
      from: Mailbox("Bellwether", settings.mailFrom), to: mailboxes.compactMap(\.self),
      subject: digest.subject,
      date: now, text: digest.text, html: digest.html)
    message.note = ("Bellwether-Digest", digest.counts)
    try await reply.document(message.description)
    let lost = zip(recipients, mailboxes).filter { $0.1 == nil }.map(\.0.code)
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("since", comparison.since.description),
        Attribute("run", comparison.published.description), Attribute("type", "message/rfc822"),
      ],
      sentence: Self.complaint(isEmpty: message.to.isEmpty, lost: lost, isParty: call.isParty))
  }

  /// Why the message will not reach all it is for; nil where it will.
  private static func complaint(isEmpty: Bool, lost: [String], isParty: Bool) -> String? {
    if !lost.isEmpty { return "mail cannot be addressed to \(lost.joined(separator: ", ")), left out of To" }
    guard isEmpty else { return nil }
    return "To names nobody; "
      + (isParty ? "persons are not shown to a party" : "no person of the investor has a mail address")
  }

  private static func digest(
    of investor: Int, _ comparison: Comparison, _ moves: [Matching.Move], on seconds: Int
  ) -> Digest {
    let served = comparison.served
    let snapshot = served.snapshot
    let row = snapshot.investorRow(at: investor)
    let list = ShownList(of: investor, served, limit: .max, list: served.list(of:))
    let reasons = Dictionary(uniqueKeysWithValues: list.rows.map { (Int($0.candidate), $0.reasons.text) })
    var blurbs = Blurbs(snapshot)
    let told = moves.compactMap { move -> (Matching.Move, Digest.Move)? in
      guard let candidate = snapshot.candidate(id: move.candidate) else { return nil }
      let isNew = move.kind == .entered
      let facts = isNew ? [blurbs.ofFirm(candidate), reasons[candidate]].compactMap(\.self) : []
      return (move, Self.told(move, candidate, snapshot, facts))
    }
    func those(_ isWanted: (Matching.Move) -> Bool) -> [Digest.Move] {
      told.filter { isWanted($0.0) }.map(\.1)
    }
    return Digest(
      name: row.name, nameZh: row.nameZh, code: row.code, since: comparison.since, run: comparison.published,
      day: Day(daysSinceEpoch: seconds / 86_400), entered: those { $0.kind == .entered },
      // Those that have only made room for others come last.
      moved: those { $0.kind == .moved && $0.causes != [.displaced] }
        + those { $0.kind == .moved && $0.causes == [.displaced] },
      left: those { $0.kind == .left })
  }

  private static func told(
    _ move: Matching.Move, _ candidate: Int, _ snapshot: Snapshot, _ facts: [String]
  ) -> Digest.Move {
    func place(_ rank: Int?, _ score: Int32?) -> Digest.Move.Place? {
      rank.flatMap { rank in score.map { .init(rank: rank, score: Int($0)) } }
    }
    let nameZh = String(decoding: snapshot.candidateNameZhUTF8(at: candidate), as: UTF8.self)
    return Digest.Move(
      name: snapshot.candidateName(at: candidate), nameZh: nameZh.isEmpty ? nil : nameZh,
      code: snapshot.candidateCode(at: candidate), before: place(move.rankBefore, move.scoreBefore),
      after: place(move.rankAfter, move.scoreAfter), facts: facts,
      why: move.causes.map { $0.words(isNew: move.kind == .entered) }.joined(separator: ", "))
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
  fileprivate func words(isNew: Bool) -> String {
    switch self {
    case .firmChanged: isNew ? "its record is new or has changed" : "its record has changed"
    case .mandateChanged: "your mandate or holdings have changed"
    case .policyChanged: "the weights have changed"
    case .registryChanged: "rates, sectors or the day have changed"
    case .displaced: "others have moved"
    }
  }
}
