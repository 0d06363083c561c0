import Domain
import Matching
import Wire

/// Writes a page of DEALS. Investors ask for it all day long, so it is written in one pass, from texts that are kept.
struct DealsPage {
  private let command: Deals
  private let served: Served
  private let at: RunRevision
  private var writer: RowWriter
  private(set) var rows = 0
  private(set) var bytes: [UInt8] = []
  private(set) var last = LastLine(.ok)

  /// A row takes about this much.
  private static let rowBytes = 400

  /// - Parameters:
  ///   - at: The published state that `list` is of.
  ///   - rank: The rank before the page.
  ///   - list: The list of a fund; nil for those of `served`.
  init(
    _ command: Deals, _ served: Served, of investor: Int, at: RunRevision, after rank: Int,
    _ format: RowFormat,
    list: ((Int) -> ArraySlice<Deal>)? = nil
  ) throws(WireError) {
    self.command = command
    self.served = served
    self.at = at
    writer = RowWriter(format: format)
    var sector: Int?
    if let code = command.sector {
      sector = served.snapshot.sectors.index(of: code)
      if sector == nil { throw .notFound("sector", code) }
    }
    let shown: ShownList
    if let list {
      shown = ShownList(of: investor, served, limit: .max, list: list)
    } else if !isFiltered, rank + command.page.limit <= Limits.page {
      shown = served.shown.list(of: investor, served)
    } else {
      shown = ShownList(of: investor, served, limit: .max) { fund in
        served.lists[served.snapshot.investorID(at: fund)] ?? []
      }
    }
    bytes.reserveCapacity((command.page.limit + 1) * Self.rowBytes)
    write(shown, after: rank, sector)
  }

  /// The whole reply.
  mutating func end() -> [UInt8] {
    bytes.append(contentsOf: last.text.utf8)
    bytes.append(10)
    return bytes
  }

  private mutating func write(_ shown: ShownList, after rank: Int, _ sector: Int?) {
    var next: Int?
    for place in min(rank, shown.rows.count)..<shown.rows.count {
      if rows == command.page.limit {
        // With a filter a full page is followed by another only where something more passes it.
        guard isFiltered, !passes(shown.rows[place], sector) else {
          next = place
          break
        }
      } else if passes(shown.rows[place], sector) {
        write(shown, place)
      }
    }
    // Of a list that is kept only the first page is at hand.
    if next == nil, shown.rows.count < shown.count { next = shown.rows.count }
    var attributes = [Attribute("rows", rows), Attribute("run", at.description)]
    if let next { attributes.append(Attribute("next", DealsCursor(at: at, rank: next).text)) }
    // A full list that has come to its end: there are more candidates than the policy's lists are long.
    if next == nil, shown.count >= served.policy.depth { attributes.append(Attribute("depth", shown.count)) }
    last = LastLine(.ok, attributes)
  }

  private var isFiltered: Bool {
    command.sector != nil || command.stage != nil || command.kind != nil || command.minScore != nil
  }

  private func passes(_ row: ShownList.Row, _ sector: Int?) -> Bool {
    guard isFiltered else { return true }
    let (snapshot, candidate) = (served.snapshot, Int(row.candidate))
    if let kind = command.kind, kind.name != snapshot.candidateKind(at: candidate).name { return false }
    if let stage = command.stage, snapshot.candidateStage(at: candidate) ?? .preSeed != stage { return false }
    if let least = command.minScore, Int(row.score) < least { return false }
    if let sector, !snapshot.candidate(at: candidate, isInSector: sector) { return false }
    return true
  }

  private mutating func write(_ shown: ShownList, _ place: Int) {
    let (snapshot, deal) = (served.snapshot, shown.rows[place])
    let candidate = Int(deal.candidate)
    let isJSON = writer.format == .json
    rows += 1
    writer.write(to: &bytes) { row in
      row.integer("rank", place + 1)
      if isJSON {
        row.fragment(deal.text.name)
      } else {
        CandidateText.writeName(of: candidate, snapshot, &row)
      }
      row.integer("score", Int(deal.score))
      row.text("reasons") { deal.reasons.write(to: &$0) }
      if isJSON {
        row.fragment(deal.text.facts)
      } else {
        CandidateText.writeFacts(of: candidate, snapshot, &row)
      }
      if !shown.funds.isEmpty { row.text("via", snapshot.investorCode(at: Int(shown.funds[place]))) }
    }
  }
}
