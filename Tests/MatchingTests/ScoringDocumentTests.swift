import Domain
import Glibc
import Testing

@testable import Matching

/// `docs/SCORING.md` says what the program does: its table of parameters, and its example recomputed.
@Suite struct ScoringDocumentTests {
  let lines: [Substring]

  init() throws {
    let path = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/docs/SCORING.md"
    let file = try #require(fopen(path, "r"), "cannot read \(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The cells of the rows of the table with this header.
  private func table(_ header: String) -> [[String]] {
    lines.drop { !$0.hasPrefix(header) }.dropFirst(2).prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { trimmed($0).filter { $0 != "`" } }
    }
  }

  private func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private func number(_ text: String) -> Int? { Int(text.filter { $0 != "," }) }

  @Test func parametersAreThoseOfThePolicy() {
    let documented = table("| parameter | default | range | meaning |")
    let expected = Policy.parameters.map {
      [$0.name, String($0.default), "\($0.range.lowerBound)…\($0.range.upperBound)", $0.help]
    }
    #expect(documented == expected)
  }

  @Test func theExampleComesOut() throws {
    let rows = try exampleRows()
    let snapshot = try rows.build(asOf: Day("2026-06-15")!)
    let scorer = Scorer(snapshot: snapshot, policy: Policy(number: 1))
    let investor = try #require(snapshot.investor(code: "I-007"))
    let candidate = try #require(snapshot.candidate(code: "F-0042", kind: .firm))
    let explanation = scorer.explanation(investor: investor, candidate: candidate)
    let documented = table("| criterion | weight | value | points | known | fact |")
    #expect(
      documented.dropLast().map(Array.init)
        == explanation.parts.map {
          [
            $0.criterion.name, String($0.weight), String($0.value), String($0.points),
            $0.isKnown ? "yes" : "no", $0.fact,
          ]
        })
    #expect(documented.last == ["score", "1000000", "", String(explanation.score), "", ""])
    #expect(explanation.vetoes.isEmpty)
    #expect(
      scorer.top(1, of: investor) == [
        Deal(candidate: snapshot.candidateID(at: candidate), score: explanation.score)
      ])
    let vetoed = try #require(snapshot.candidate(code: "F-0043", kind: .firm))
    #expect(
      table("| veto of F-0043 | fact |")
        == scorer.explanation(investor: investor, candidate: vetoed).vetoes.map { [$0.veto.name, $0.fact] })
  }

  // MARK: The registry of the example

  /// Lines `noun code field=value …` of the example, read as the program reads fields.
  private func exampleRows() throws -> SnapshotBuilder {
    var rows = SnapshotBuilder()
    var ids: [String: Int32] = [:]
    let text = lines.drop { $0 != "```registry" }.dropFirst().prefix { $0 != "```" }
    for line in text {
      let words = line.split(separator: " ")
      let noun = try #require(Noun(rawValue: String(words[0])), "\(line)")
      let code = noun.hasCode ? String(words[1]) : ""
      if noun.hasCode { ids[code] = Int32(ids.count) }
      var values: [String: FieldValue] = [:]
      for word in words.dropFirst(noun.hasCode ? 2 : 1) {
        let halves = word.split(separator: "=", maxSplits: 1)
        let field = try #require(noun.field(String(halves[0])), "\(word)")
        values[field.name] = try field.type.read(String(halves[1]))
      }
      try add(noun, code, values, ids, to: &rows)
    }
    return rows
  }

  private func add(
    _ noun: Noun, _ code: String, _ values: [String: FieldValue], _ ids: [String: Int32],
    to rows: inout SnapshotBuilder
  ) throws {
    func text(_ field: String) -> String? { if case .text(let text) = values[field] { text } else { nil } }
    func number(_ field: String) -> Int? {
      if case .integer(let number) = values[field] { Int(number) } else { nil }
    }
    func list(_ field: String) -> [String] { if case .list(let list) = values[field] { list } else { [] } }
    func amount(_ field: String) -> Int64? {
      if case .amount(let amount) = values[field] { amount.units } else { nil }
    }
    func needed(_ field: String) throws -> String { try #require(text(field)) }
    func day(_ field: String) throws -> Day { try #require(Day(needed(field))) }
    func id(_ field: String) throws -> Int32 { try #require(ids[needed(field)]) }
    switch noun {
    case .sector:
      rows.sectors.append(SectorRow(code: code, name: text("name") ?? "", parent: text("parent")))
    case .rate:
      rows.rates.append(
        RateRow(
          from: try needed("from"), to: try needed("to"),
          millionths: Int64(try #require(Decimal6.millionths(needed("rate")))), date: try day("date")))
    case .firm:
      rows.candidates.append(
        CandidateRow(
          id: ids[code]!, kind: .firm, code: code, name: code,
          stage: text("stage").flatMap { Stage(name: $0) },
          sectors: list("sectors"), trl: number("trl"), risk: text("risk").flatMap { Int($0.dropFirst()) },
          region: text("region"), city: text("city"), country: text("country"), ask: amount("ask"),
          currency: text("currency")))
    case .investor:
      var row = InvestorRow(id: ids[code]!, code: code, name: code)
      row.stages = list("stages").compactMap { Stage(name: $0) }
      if case .weights(let weights) = values["sectors"] { row.sectors = weights }
      (row.risk, row.riskVeto) = (text("risk").flatMap { Int($0.dropFirst()) }, number("risk_veto"))
      if case .range(let range) = values["ticket"] { (row.ticketMin, row.ticketMax) = (range.min, range.max) }
      (row.currency, row.regions, row.country) = (text("currency"), list("regions"), text("country"))
      (row.localQuota, row.excludedSectors) = (number("local_quota"), list("excluded_sectors"))
      rows.investors.append(row)
    case .holding:
      rows.holdings.append(
        HoldingRow(
          investor: try id("investor"), firm: try id("firm"), exitedOn: text("exited_on").flatMap { Day($0) })
      )
    case .round:
      rows.evidence.append(EvidenceRow(firm: try id("firm"), date: try day("date")))
    default: Issue.record("the example holds a \(noun.name)")
    }
  }
}
