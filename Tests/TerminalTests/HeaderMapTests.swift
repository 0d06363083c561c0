import Domain
import Testing

@testable import Terminal

@Suite struct HeaderMapTests {
  private func fields(_ headers: [String], _ noun: Noun) throws -> [String?] {
    try HeaderMap(headers, of: noun).columns.map { if case .field(let name, _) = $0 { name } else { nil } }
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

  /// Sheets of the relay, as Chinese desks head them.
  @Test(arguments: [
    (Noun.milestone, ["项目编号", "企业编号", "日期", "阶段", "技术成熟度"], ["project", "firm", "date", "stage", "trl"]),
    (
      .programme, ["专项编号", "名称", "基金编号", "领域", "币种", "预算（万元）", "风险容忍度", "返投比例", "省份", "开始日期", "结束日期", "持有期"],
      [
        "code", "name", "fund", "sectors", "currency", "budget", "loss_tolerance", "quota", "region",
        "starts_on",
        "ends_on", "hold_months",
      ]
    ),
    (
      .stake, ["编号", "专项", "企业", "认缴", "签约日期", "锁定期至", "保留比例"],
      ["code", "programme", "firm", "committed", "agreed_on", "hold_until", "floor"]
    ),
    (
      .tranche, ["编号", "持股", "类型", "日期", "比例", "金额", "受让方", "原因"],
      ["code", "stake", "kind", "date", "percent", "amount", "buyer", "reason"]
    ),
    (
      .scenario, ["场景编号", "场景名称", "运营单位", "行业", "技术成熟度", "容量", "开放日期", "城市"],
      ["code", "name", "operator", "sectors", "trl", "capacity", "opens_on", "city"]
    ),
    (
      .pilot, ["编号", "场景编号", "企业编号", "开始日期", "结束日期", "结果", "结果日期", "总结"],
      ["code", "scenario", "firm", "starts_on", "ends_on", "result", "result_on", "summary"]
    ),
    (
      .expert, ["专家编号", "专家", "评审类型", "专业领域", "利益冲突", "评审上限"],
      ["code", "name", "kinds", "sectors", "conflicts", "capacity"]
    ),
    (
      .review, ["评审编号", "企业", "类型", "专家", "委托日期", "日期", "结论", "附加条件", "有效期至"],
      ["code", "firm", "kind", "expert", "asked_on", "date", "verdict", "conditions", "expires_on"]
    ),
    (.committee, ["编号", "委员会名称", "委员", "法定人数"], ["code", "name", "members", "quorum"]),
    (
      .decision, ["决议编号", "委员会", "企业编号", "环节", "日期", "结果", "赞成", "反对", "弃权", "回避"],
      [
        "code", "committee", "firm", "step", "date", "outcome", "in_favour", "against", "abstained",
        "recused",
      ]
    ),
    (.juror, ["大赛", "评委", "回避企业"], ["roadshow", "expert", "recused_from"]),
    (.criterion, ["大赛", "指标", "权重"], ["roadshow", "name", "weight"]),
    (.mark, ["大赛", "评委", "企业", "指标", "分数"], ["roadshow", "expert", "firm", "criterion", "points"]),
  ])
  func readsSheetsOfTheRelay(noun: Noun, headers: [String], meant: [String]) throws {
    #expect(try fields(headers, noun) == meant.map { .some($0) })
  }

  @Test func readsHeadersOfRealSheets() throws {
    for name in ["Firm Name", "Company Name", "Name of firm", "企业名称", "公司名称"] {
      #expect(try fields(["code", name], .firm) == ["code", "name"], "\(name)")
    }
    #expect(
      try fields(["企业编号", "技术领域", "发展阶段", "融资需求", "TRL level", "成立日期（必填）"], .firm)
        == ["code", "sectors", "stage", "ask", "trl", "founded_on"])
    #expect(
      try fields(["ID", "所属行业", "Current Stage", "TRL (1-9)"], .firm) == ["code", "sectors", "stage", "trl"])
    for name in ["Fund", "Fund name", "基金名称", "机构名称"] {
      #expect(try fields(["code", name], .investor) == ["code", "name"], "\(name)")
    }
    #expect(
      try fields(["code", "Ticket size", "投资领域", "投资阶段", "风险偏好"], .investor)
        == ["code", "ticket", "sectors", "stages", "risk"])
    #expect(try fields(["code", "单笔投资金额"], .investor) == ["code", "ticket"])
  }

  @Test func readsTheUnitOfAHeader() throws {
    func unit(_ headers: [String]) throws -> AmountUnit? {
      if case .field("ask", let unit) = try HeaderMap(headers, of: .firm).columns[1] { unit } else { nil }
    }
    #expect(try unit(["code", "融资金额（万元）"])?.applied(to: "500") == "500万 CNY")
    #expect(try unit(["code", "Ask (CNY)"])?.applied(to: "5M") == "5M CNY")
    #expect(try unit(["code", "Ask (USD million)"])?.applied(to: "5") == "5m USD")
    // Each row's own currency goes over the 元 of the unit.
    #expect(try unit(["code", "融资金额（万元）", "币种"])?.applied(to: "500") == "500万")
    #expect(throws: Failure.self) { try HeaderMap(["code", "名称（中文）"], of: .firm) }
  }

  @Test func leavesUnknownColumnsOutWhenTold() throws {
    let map = try HeaderMap(["code", "name", "电话"], of: .firm, skipsUnknown: true)
    #expect(map.columns == [.field("code"), .field("name"), .skipped] && map.skippedUnknown == ["电话"])
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
