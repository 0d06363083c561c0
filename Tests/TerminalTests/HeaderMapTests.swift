import Domain
import Testing

@testable import Terminal

@Suite struct HeaderMapTests {
  private func fields(_ headers: [String], _ noun: Noun) throws -> [String?] {
    try HeaderMap(headers, of: noun).columns.map { if case .field(let name) = $0 { name } else { nil } }
  }

  @Test func readsItsOwnNames() throws {
    for noun in Noun.allCases {
      let headers = (noun.hasCode ? ["code"] : []) + noun.fields.map(\.name)
      #expect(try fields(headers, noun) == headers.map { .some($0) })
    }
  }

  @Test func readsWhatSpreadsheetsSay() throws {
    #expect(
      try fields(
        ["ID", "Company Name*", " Chinese name", "Industry", "Funding Stage", "TRL", "Asking"], .firm)
        == ["code", "name", "name_zh", "sectors", "stage", "trl", "ask"])
  }

  @Test func readsChineseHeaders() throws {
    #expect(
      try fields(["企业编号", "名称", "中文名", "行业", "融资阶段", "风险等级", "省份", "城市", "成立日期", "融资额", "币种"], .firm)
        == [
          "code", "name", "name_zh", "sectors", "stage", "risk", "region", "city", "founded_on", "ask",
          "currency",
        ])
    #expect(try fields(["编号", "名称", "类型", "母基金"], .investor) == ["code", "name", "kind", "parent"])
  }

  /// A person has both a name, which sheets call title, and a title.
  @Test func prefersAFieldsOwnName() throws {
    #expect(try fields(["code", "name", "of", "title"], .person) == ["code", "name", "of", "title"])
  }

  @Test func namesEveryUnknownHeaderAndWhatItMayMean() {
    #expect {
      try HeaderMap(["code", "name", "sectros", "phone"], of: .firm)
    } throws: { error in
      let message = (error as? Failure)?.message ?? ""
      return message.contains("\"sectros\" (sectors?), \"phone\";")
        && message.contains("--skip \"sectros,phone\"")
    }
  }

  @Test func skipsAndMapsWhatItIsTold() throws {
    let map = try HeaderMap(
      ["Code", "name", "Phone No.", "备注"], of: .firm, map: [("备注", "summary")], skip: ["phone no"])
    #expect(map.columns == [.field("code"), .field("name"), .skipped, .field("summary")])
  }

  @Test func refusesTwoColumnsOfOneField() {
    #expect {
      try HeaderMap(["code", "name", "company"], of: .firm)
    } throws: {
      ($0 as? Failure)?.message.hasPrefix("columns 2 (name) and 3 (company) both mean name") == true
    }
  }

  @Test func needsTheCode() {
    #expect {
      try HeaderMap(["name"], of: .firm)
    } throws: {
      ($0 as? Failure)?.message.hasPrefix("no column holds the code of the firm") == true
    }
    #expect {
      try HeaderMap(["investor", "amount"], of: .holding)
    } throws: {
      ($0 as? Failure)?.message.hasPrefix("no column holds the firm of the holding") == true
    }
  }

  @Test func refusesToSkipOrMapWhatIsNotThere() {
    #expect(throws: Failure.self) { try HeaderMap(["code"], of: .firm, skip: ["phone"]) }
    #expect(throws: Failure.self) { try HeaderMap(["code", "x"], of: .firm, map: [("x", "nonsense")]) }
  }
}
