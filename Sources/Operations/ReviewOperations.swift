import Domain
import Matching
import Planning
import Store
import Wire

extension Desk {
  // MARK: NEEDED

  func reviewNeeded(_ command: ReviewNeeded, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let found = try await read(call) { session in
      try ReviewStore.needed(of: command.firm, before: command.step, in: session)
    }
    guard let needed = found else { throw WireError.notFound("firm", command.firm) }
    for evidence in needed { try await reply.row(evidence.members) }
    let missing = needed.count { $0.standing != .fresh }
    return LastLine(.ok, [Attribute("rows", needed.count), Attribute("missing", missing)])
  }

  // MARK: ASSIGN

  /// Gives open reviews to experts. Looking, choosing and storing are one transaction, in which both are held.
  func reviewAssign(_ command: ReviewAssign, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    guard !command.isDryRun else {
      let choice = try await pool.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: time(of: call)
      ) { session in
        try ExpertChoice(limit: command.limit, holding: false, served, in: session)
      }
      try await reply.add(choice.rows)
      return LastLine(
        .ok, [Attribute("rows", reply.rows)] + choice.figures, sentence: "nothing was stored")
    }
    return try await write(call, key: command.key, &reply) { session in
      let choice = try ExpertChoice(limit: command.limit, holding: true, served, in: session)
      try ReviewStore.assign(choice.assigned, in: session)
      let last = LastLine(.ok, [Attribute("rows", choice.rows.count)] + choice.figures)
      guard !choice.assigned.isEmpty else { return Written(rows: choice.rows, last: last) }
      return Written(
        rows: choice.rows, last: last,
        audit: .init(
          action: "review assign",
          detail: .object(choice.assigned.map { .init($0.review, .string($0.expert)) })))
    }
  }
}

/// Who writes which of the open reviews.
private struct ExpertChoice: Sendable {
  private(set) var assigned: [(review: String, expert: String)] = []
  private(set) var rows: [[JSON.Member]] = []
  let figures: [Attribute]

  init(limit: Int, holding: Bool, _ served: Served, in session: Session) throws {
    let (reviews, experts) = try ReviewStore.unassigned(limit: limit, holding: holding, in: session)
    let firms = Array(Set(reviews.map(\.firm))).sorted(by: Code.precedes)
    let places = Dictionary(uniqueKeysWithValues: firms.enumerated().map { ($1, $0) })
    var isBarred = Set<[String]>()
    for conflict in try ReviewStore.conflicts(of: experts.map(\.code), with: firms, in: session) {
      isBarred.insert([conflict.expert, conflict.firm])
    }
    let scores = try Self.scores(of: firms, for: experts, served)
    var pairs: [ReviewAssignment.Pair] = []
    for (expert, row) in zip(experts.indices, scores) {
      for (review, open) in reviews.enumerated()
      where experts[expert].kinds.contains(open.kind)
        && !isBarred.contains([experts[expert].code, open.firm])
      {
        pairs.append(.init(review: review, expert: expert, score: row[places[open.firm]!]))
      }
    }
    let assignment = ReviewAssignment(
      reviews: reviews.map(\.kind), experts: experts.map { .init(kinds: Set($0.kinds), room: $0.room) },
      pairs: pairs)
    for (review, outcome) in zip(reviews, assignment.outcomes) {
      var row: [JSON.Member] = [
        .init("review", .string(review.code)), .init("firm", .string(review.firm)),
        .init("kind", .string(review.kind)),
      ]
      switch outcome {
      case .expert(let expert, let score):
        assigned.append((review.code, experts[expert].code))
        row += [
          .init("expert", .string(experts[expert].code)), .init("score", JSON(score)), .init("reason", .null),
        ]
      case .nobody(let reason):
        row += [.init("expert", .null), .init("score", .null), .init("reason", .string(reason.rawValue))]
      }
      rows.append(row)
    }
    figures = [
      Attribute("assigned", assignment.count), Attribute("unassigned", reviews.count - assignment.count),
      Attribute("score", assignment.score),
    ]
  }

  /// By expert and firm; 0 for a firm that the picture does not know yet.
  private static func scores(of firms: [String], for experts: [FreeExpert], _ served: Served) throws
    -> [[Int]]
  {
    let candidates = firms.map { served.snapshot.candidate(code: $0, kind: .firm) }
    let guests = try served.guests(experts.map { ($0.sectors, $0.place) })
    let known = guests.scores(of: candidates.compactMap(\.self))
    return known.map { row in
      var rest = row[...]
      return candidates.map { $0 == nil ? 0 : Int(rest.removeFirst()) }
    }
  }
}

extension NeededEvidence {
  fileprivate var members: [JSON.Member] {
    [
      .init("step", .string(step.rawValue)), .init("kind", .string(kind)),
      .init("standing", .string(standing.rawValue)), .init("code", JSON(code)), .init("by", JSON(by)),
      .init("verdict", JSON(verdict)), .init("date", JSON(date)), .init("expires_on", JSON(expiresOn)),
    ]
  }
}
