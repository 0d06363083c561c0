import Domain
import Planning
import Store
import Wire

extension Desk {
  /// Shows how a competition stands, or how it came out; `close=yes` gives the awards, once.
  func roadshowResult(_ command: RoadshowResult, _ call: Call, _ reply: inout Reply) async throws -> LastLine
  {
    guard command.closes else {
      let result = try await pool.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
      ) { session in
        try CompetitionResult(command.roadshow, in: session)
      }
      try await reply.add(result.rows)
      return LastLine(.ok, [Attribute("rows", reply.rows)] + result.figures)
    }
    return try await write(call, key: command.key, &reply) { session in
      try RoadshowStore.hold(command.roadshow, in: session)
      let result = try CompetitionResult(command.roadshow, in: session)
      guard !result.isClosed else {
        return Written(
          rows: result.rows,
          last: LastLine(
            .unchanged, [Attribute("rows", result.rows.count)] + result.figures,
            sentence: "it was closed before, and its result stands"))
      }
      try result.checkComplete(isForced: command.isForced)
      try CompetitionStore.close(command.roadshow, with: result.awards, in: session)
      let closed = try CompetitionResult(command.roadshow, in: session)
      return Written(
        rows: closed.rows, last: LastLine(.ok, [Attribute("rows", closed.rows.count)] + closed.figures),
        audit: .init(
          action: "roadshow result", object: command.roadshow,
          detail: .object([
            .init("awards", JSON(result.awards.count)), .init("missing", JSON(result.missing.count)),
          ])))
    }
  }
}

/// A competition with its firms in order.
private struct CompetitionResult: Sendable {
  private let roadshow: String
  private let competition: StoredCompetition
  private(set) var rows: [[JSON.Member]] = []
  /// What would be, or was, given.
  private(set) var awards: [StoredCompetition.Award] = []
  private(set) var figures: [Attribute] = []
  /// By firm, who has yet to mark it.
  private(set) var missing: [(firm: String, expert: String)] = []

  var isClosed: Bool { !competition.awards.isEmpty }

  init(_ roadshow: String, in session: Session) throws {
    guard let found = try CompetitionStore.get(roadshow, in: session) else {
      throw WireError.notFound("roadshow", roadshow)
    }
    guard found.isCompetition else {
      throw WireError(
        .wrongState, [Attribute("roadshow", roadshow)],
        "roadshow \(roadshow) is no competition; ROADSHOW SET \(roadshow) kind=competition makes it one")
    }
    (self.roadshow, competition) = (roadshow, found)
    if isClosed { tellAwards() } else { rank() }
  }

  /// What was stored.
  private mutating func tellAwards() {
    awards = competition.awards
    let names = Dictionary(uniqueKeysWithValues: competition.firms.map { ($0.code, $0.name) })
    for award in awards {
      let ties = awards.filter { $0.rank == award.rank && $0.firm != award.firm }.map(\.firm)
      rows.append(
        Self.row(award.rank, award.firm, names[award.firm], award.points, award.raw, ties) + [
          .init("jurors", .null), .init("missing", .null),
        ])
    }
    figures = [Attribute("state", "closed"), Attribute("date", awards[0].date ?? "")]
  }

  /// What the marks so far come to.
  private mutating func rank() {
    let ranking = JuryRanking(competition.request)
    let (firms, jurors) = (competition.firms, competition.jurors)
    missing = ranking.missing.map { (firms[$0.firm].code, jurors[$0.juror].expert) }
    for place in ranking.places {
      let firm = firms[place.firm]
      if let rank = place.rank, let points = place.corrected, let raw = place.raw {
        awards.append(.init(firm: firm.code, rank: rank, raw: raw, points: points))
      }
      let unmarked = missing.filter { $0.firm == firm.code }.map(\.expert)
      rows.append(
        Self.row(
          place.rank, firm.code, firm.name, place.corrected, place.raw, place.ties.map { firms[$0].code }) + [
            .init("jurors", JSON(place.jurors)), .init("missing", Self.list(unmarked)),
          ])
    }
    figures = [
      Attribute("state", "open"), Attribute("missing", missing.count), Attribute("circles", ranking.circles),
    ]
  }

  private static func row(
    _ rank: Int?, _ firm: String, _ name: String?, _ points: Int?, _ raw: Int?, _ ties: [String]
  ) -> [JSON.Member] {
    [
      .init("rank", JSON(rank)), .init("firm", .string(firm)), .init("name", JSON(name)),
      .init("points", JSON(points)), .init("raw", JSON(raw)), .init("ties", list(ties)),
    ]
  }

  private static func list(_ codes: [String]) -> JSON {
    codes.isEmpty ? .null : .array(codes.map { .string($0) })
  }

  /// - Throws: 503 where nothing is marked, 554 where marks are missing.
  func checkComplete(isForced: Bool) throws(WireError) {
    guard !awards.isEmpty else {
      throw WireError(
        .wrongState, [Attribute("roadshow", roadshow)],
        "no firm of \(roadshow) is marked by all criteria yet, so there is no result to close it with")
    }
    guard isForced || missing.isEmpty else {
      let named = missing.prefix(5).map { "\($0.firm) by \($0.expert)" }.joined(separator: ", ")
      let more = missing.count > 5 ? " and \(missing.count - 5) more" : ""
      throw WireError(
        .ruleViolated, [Attribute("rule", "competition_incomplete"), Attribute("missing", missing.count)],
        "marks are missing: \(named)\(more); enter them or the recusals, or say force=yes")
    }
  }
}

extension StoredCompetition {
  /// By places in its lists.
  fileprivate var request: JuryRanking.Request {
    // By octets, as the database tells names apart: two spellings of é are one string here.
    func places(_ names: [String]) -> [[UInt8]: Int] {
      Dictionary(uniqueKeysWithValues: names.enumerated().map { (Array($1.utf8), $0) })
    }
    let ofJuror = places(jurors.map(\.expert))
    let ofFirm = places(firms.map(\.code))
    let ofCriterion = places(criteria.map(\.name))
    var recusals: Set<JuryRanking.Seat> = []
    for (place, juror) in jurors.enumerated() {
      for firm in juror.recusedFrom { recusals.insert(.init(juror: place, firm: ofFirm[Array(firm.utf8)]!)) }
    }
    return JuryRanking.Request(
      firms: firms.count, jurors: jurors.count, weights: criteria.map(\.weight),
      marks: marks.map {
        .init(
          juror: ofJuror[Array($0.expert.utf8)]!, firm: ofFirm[Array($0.firm.utf8)]!,
          criterion: ofCriterion[Array($0.criterion.utf8)]!,
          points: $0.points)
      }, recusals: recusals)
  }
}
