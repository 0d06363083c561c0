import Domain
import Matching
import Testing

@testable import Operations

/// Lists of fields that stand beside the field table are held to it.
@Suite struct FieldListTests {
  private static func sample(_ field: Field) throws -> FieldValue {
    let text =
      switch field.type {
      case .choice(let words), .choices(let words): words.last!
      case .amount: "7"
      case .amountRange: "2-9"
      case .currency: "USD"
      case .date: "2020-01-01"
      case .flag: "yes"
      case .integer(let range): String(range.lowerBound)
      case .vetoSteps: "4"
      case .references(.firm, _): "F-1"
      case .references, .sectorWeights: "ai"
      default: "words"
      }
    return try field.type.read(text)
  }

  /// WHATIF takes each field that scoring reads, and refuses the others by name.
  @Test func whatIfKnowsEveryField() throws {
    var rows = SnapshotBuilder()
    rows.sectors = [SectorRow(code: "ai", name: "AI"), SectorRow(code: "chips", name: "Chips")]
    rows.candidates = [
      CandidateRow(id: 1, kind: .firm, code: "F-1", name: "One", sectors: ["chips"]),
      CandidateRow(id: 2, kind: .project, code: "P-1", name: "Two", sectors: ["chips"]),
    ]
    rows.investors = [InvestorRow(id: 1, code: "I-1", name: "Fund", kind: "vc")]
    let snapshot = try rows.build(asOf: Day("2026-01-01")!)
    for noun in [Noun.firm, .project, .investor] {
      for field in noun.fields {
        var record = Record(noun: noun, code: nil)
        record[field.name] = .value(try Self.sample(field))
        let isUnscored = UnscoredFields.of[noun]?.contains(field.name) == true
        func changes() throws -> Bool {
          switch noun {
          case .investor: try rows.investors[0].with(record, in: snapshot) != rows.investors[0]
          case .firm: try rows.candidates[0].with(record, in: snapshot) != rows.candidates[0]
          default: try rows.candidates[1].with(record, in: snapshot) != rows.candidates[1]
          }
        }
        if isUnscored {
          #expect(throws: (any Error).self, "\(noun.name).\(field.name)") { _ = try changes() }
        } else {
          #expect(
            try changes(),
            "WHATIF does not take \(noun.name).\(field.name): suppose it in HypotheticalRows, or name it in UnscoredFields"
          )
        }
      }
    }
  }

  /// What a firm takes over from its project follows from the field table.
  @Test func spunOutFieldsAreThoseOfBoth() {
    #expect(
      Noun.spunOut == ["name", "name_zh", "institute", "sectors", "trl", "ask", "currency", "region"])
  }
}
