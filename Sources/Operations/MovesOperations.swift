import Domain
import Matching
import Store
import Wire

extension Desk {
  /// Investors whose lists are compared at a time.
  private static let movesBatch = 256

  func moves(_ command: Wire.Moves, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let comparison = try await comparison(since: command.since)
    let served = comparison.served
    var cursor =
      try command.page.after.map { try Self.movesCursor($0, command, served) } ?? (investor: 0, skip: 0)
    let investors =
      try command.investor.map { code -> Range<Int> in
        let index = try served.investor(code)
        return index..<index + 1
      } ?? 0..<served.snapshot.investorCount
    if call.isParty {
      let funds = Set(investors.flatMap { [$0] + served.funds(of: $0) })
      try await noteTold(listsOf: funds.map(served.snapshot.investorCode(at:)), call)
    }
    var next: String?
    var start = max(investors.lowerBound, cursor.investor)
    batches: while start < investors.upperBound {
      let batch = start..<min(start + Self.movesBatch, investors.upperBound)
      let before = try await listsBefore(batch, comparison, call)
      for investor in batch {
        for (place, move) in comparison.moves(of: investor, from: before).enumerated() {
          if investor == cursor.investor, place < cursor.skip { continue }
          if reply.rows == command.page.limit {
            next = "\(place)-\(served.snapshot.investorCode(at: investor))"
            break batches
          }
          try await reply.row(Self.row(move, investor, served))
        }
      }
      start = batch.upperBound
      cursor.skip = 0
    }
    return LastLine(
      .ok,
      [
        Attribute("rows", reply.rows), Attribute("since", comparison.since.description),
        Attribute("run", comparison.published.description),
      ]
        + (next.map { [Attribute("next", $0)] } ?? []))
  }

  /// `3-I-007`: moves of that investor that were shown already.
  private static func movesCursor(_ text: String, _ command: Wire.Moves, _ served: Served) throws -> (
    investor: Int, skip: Int
  ) {
    let parts = text.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let skip = Int(parts[0]),
      let investor = served.snapshot.investor(code: String(parts[1])),
      // A cursor tells nothing of other investors than the one it was given for.
      command.investor.map({ $0 == parts[1] }) ?? true
    else {
      throw WireError.badArgument("after", "is not a cursor; it comes from next= of the page before")
    }
    return (investor, skip)
  }

  private static func row(_ move: Move, _ investor: Int, _ served: Served) -> [JSON.Member] {
    let snapshot = served.snapshot
    let candidate = snapshot.candidate(id: move.candidate)
    return [
      .init("investor", .string(snapshot.investorCode(at: investor))),
      .init("move", .string(move.kind.rawValue)),
      .init("kind", JSON(candidate.map { snapshot.candidateKind(at: $0).name })),
      .init("code", JSON(candidate.map { snapshot.candidateCode(at: $0) })),
      .init("name", JSON(candidate.map { snapshot.candidateName(at: $0) })),
      .init("rank_before", JSON(move.rankBefore)), .init("rank", JSON(move.rankAfter)),
      .init("score_before", JSON(move.scoreBefore.map(Int.init))),
      .init("score", JSON(move.scoreAfter.map(Int.init))),
      .init("why", .array(move.causes.map { .string($0.name) })),
    ]
  }
}
