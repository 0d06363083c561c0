import Domain
import Matching
import Wire

/// A page of DEALS. Investors ask for it all day long, so its JSON is written in one pass over memory that is large enough,
/// from texts that are kept.
struct DealsPage {
  private let snapshot: Snapshot
  /// Keeps the texts of `shown`.
  private let texts: CandidateTexts
  private let shown: ShownList
  private let at: RunRevision
  /// Whether rows name the fund that they come through.
  let isOfHouse: Bool
  /// Of the rows, by rank.
  private let places: [Int]
  /// The rank that the next page begins behind.
  private var next: Int?
  private var depth: Int?
  /// Seconds since the database answered last, where it is out of reach and the lists may be old.
  var staleSeconds: Int?

  /// - Parameters:
  ///   - at: The published state that `list` is of.
  ///   - rank: The rank before the page.
  ///   - list: The list of a fund; nil for those of `served`.
  init(
    _ command: Deals, _ served: Served, of investor: String, at: RunRevision, after rank: Int,
    list: ((Int) -> ArraySlice<Deal>)? = nil
  ) throws(WireError) {
    snapshot = served.snapshot
    texts = served.texts
    self.at = at
    isOfHouse = served.snapshot.investor(code: investor).map(served.isHouse) ?? false
    if list == nil, !command.isFiltered, rank + command.page.limit <= Limits.page {
      shown = try served.shown.list(of: investor, served)
    } else {
      shown = ShownList(
        of: try served.investor(investor), served, limit: .max, list: list ?? { served.list(of: $0) })
    }
    let filter = try DealsFilter(command, served.snapshot)
    let from = min(rank, shown.rows.count)
    if let filter {
      // A full page is followed by another only where something more passes the filter.
      let passing = (from..<shown.rows.count).lazy.filter { [shown] in filter.passes(shown.rows[$0]) }
      let found = Array(passing.prefix(command.page.limit + 1))
      places = Array(found.prefix(command.page.limit))
      if found.count > places.count { next = found.last }
    } else {
      let to = min(from + command.page.limit, shown.rows.count)
      places = Array(from..<to)
      // Of a list that is kept only the first page is at hand.
      if to < shown.count { next = to }
    }
    // A full list that has come to its end: there are more candidates than the policy's lists are long.
    if next == nil, shown.count >= served.policy.depth { depth = shown.count }
  }

  var rowCount: Int { places.count }

  /// Deals of the whole list, before any filter.
  var listCount: Int { shown.count }

  /// Why there are no rows; nil until somebody has found out.
  var emptiness: EmptyList?

  /// The last line of the reply.
  var last: LastLine {
    var attributes = [Attribute("rows", rowCount), Attribute("run", at.description)]
    if let next { attributes.append(Attribute("next", DealsCursor(at: at, rank: next).text)) }
    if let depth { attributes.append(Attribute("depth", depth)) }
    if let staleSeconds { attributes.append(Attribute("stale_s", staleSeconds)) }
    return LastLine(.ok, attributes + (emptiness?.attributes ?? []), sentence: emptiness?.sentence)
  }

  /// The rows of the reply.
  func rows(_ format: RowFormat) -> [UInt8] {
    if format == .tsv { return cells() }
    return [UInt8](unsafeUninitializedCapacity: room) { memory, count in
      var writer = OctetWriter(UnsafeMutableRawBufferPointer(memory))
      writeRows(&writer)
      count = writer.count
    }
  }

  /// The whole reply.
  func reply(_ format: RowFormat) -> [UInt8] { rows(format) + "\(last.text)\n".utf8 }

  // MARK: JSON

  /// What a row may take beside the texts of its candidate, and what a last line may take.
  private static let restOfRow = 512

  /// Octets that the whole reply may take in JSON.
  private var room: Int {
    places.reduce((places.count + 1) * Self.restOfRow) {
      let text = shown.rows[$1].text
      return $0 + text.name.count + text.facts.count
    }
  }

  /// Writes the whole reply in JSON if it fits into memory.
  /// - Returns: its octets.
  func write(into memory: UnsafeMutableRawBufferPointer) -> Int? {
    // A page without rows says why, which takes longer.
    guard !places.isEmpty, room <= memory.count else { return nil }
    var writer = OctetWriter(memory)
    writeRows(&writer)
    writer.append("250 ok rows=")
    writer.append(decimal: rowCount)
    writer.append(" run=")
    writeState(&writer)
    if let next {
      writer.append(" next=")
      writeState(&writer)
      writer.append("-")
      writer.append(decimal: next)
    }
    if let depth {
      writer.append(" depth=")
      writer.append(decimal: depth)
    }
    writer.append("\n")
    return writer.count
  }

  private func writeState(_ writer: inout OctetWriter) {
    writer.append(decimal: at.run)
    writer.append(".")
    writer.append(decimal: at.revision)
  }

  /// Rows whose texts are fetched while one is written: they lie all over some tens of megabytes.
  private static let ahead = 4

  private func writeRows(_ writer: inout OctetWriter) {
    shown.rows.withUnsafeBufferPointer { rows in
      for place in places.prefix(Self.ahead) { rows[place].text.fetch() }
      for (index, place) in places.enumerated() {
        let deal = rows[place]
        if index + Self.ahead < places.count { rows[places[index + Self.ahead]].text.fetch() }
        writer.append("250-{\"rank\":")
        writer.append(decimal: place + 1)
        writer.append(",")
        writer.append(deal.text.name)
        writer.append(",\"score\":")
        writer.append(decimal: Int(deal.score))
        writer.append(",\"reasons\":\"")
        writer.append(atMost: Reasons.room) { deal.reasons.write(into: $0) }
        writer.append("\",")
        writer.append(deal.text.facts)
        if !shown.funds.isEmpty {
          writer.append(",\"via\":\"")
          // A code needs no escapes.
          snapshot.investorCodeUTF8(at: Int(shown.funds[place])).withUnsafeBufferPointer { writer.append($0) }
          writer.append("\"")
        }
        writer.append("}\n")
      }
    }
  }

  // MARK: TSV

  private func cells() -> [UInt8] {
    var writer = RowWriter(format: .tsv)
    var bytes: [UInt8] = []
    for place in places {
      let deal = shown.rows[place]
      let candidate = Int(deal.candidate)
      writer.write(to: &bytes) { row in
        row.integer("rank", place + 1)
        CandidateText.writeName(of: candidate, snapshot, &row)
        row.integer("score", Int(deal.score))
        row.text("reasons") { deal.reasons.write(to: &$0) }
        CandidateText.writeFacts(of: candidate, snapshot, &row)
        if isOfHouse, !shown.funds.isEmpty {
          row.text("via", snapshot.investorCode(at: Int(shown.funds[place])))
        }
      }
    }
    return bytes
  }
}

extension Deals {
  var isFiltered: Bool { sector != nil || stage != nil || kind != nil || minScore != nil }
}

/// The deals that somebody wants to see.
private struct DealsFilter {
  private let command: Deals
  private let snapshot: Snapshot
  private let sector: Int?

  /// Nil where all of them are wanted.
  init?(_ command: Deals, _ snapshot: Snapshot) throws(WireError) {
    guard command.isFiltered else { return nil }
    self.command = command
    self.snapshot = snapshot
    sector = try command.sector.map { code throws(WireError) in
      guard let index = snapshot.sectors.index(of: code) else { throw .notFound("sector", code) }
      return index
    }
  }

  func passes(_ row: ShownList.Row) -> Bool {
    let candidate = Int(row.candidate)
    if let kind = command.kind, kind.name != snapshot.candidateKind(at: candidate).name { return false }
    if let stage = command.stage, snapshot.candidateStage(at: candidate) ?? .preSeed != stage { return false }
    if let least = command.minScore, Int(row.score) < least { return false }
    if let sector, !snapshot.candidate(at: candidate, isInSector: sector) { return false }
    return true
  }
}
