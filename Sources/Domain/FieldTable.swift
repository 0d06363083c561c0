/// The field table: every field of every noun, defined once.
enum FieldTable {
  static func of(_ noun: Noun) -> [Field] {
    switch noun {
    case .institute: institute
    case .project: project
    case .firm: firm
    case .investor: investor
    case .person: person
    case .roadshow: roadshow
    case .sector: sector
    case .holding: holding
    case .round: round
    case .rate: rate
    case .milestone: milestone
    case .programme: programme
    case .stake: stake
    case .tranche: tranche
    case .scenario: scenario
    case .pilot: pilot
    case .expert: expert
    case .review: review
    case .committee: committee
    case .decision: decision
    case .juror: juror
    case .criterion: criterion
    case .mark: mark
    case .enrolment: enrolment
    case .absence: absence
    case .wish: wish
    case .outcome: outcome
    }
  }

  /// Kinds of investors.
  static let investorKinds = [
    "state_fund", "sub_fund", "vc", "cvc", "angel", "bank", "family_office", "other",
  ]
  /// Kinds of funding rounds: the stages that are raised for, and what is raised beside them.
  static let roundKinds = Stage.names.filter { $0 != "public" } + ["ipo", "grant", "debt", "other"]
  static let instruments = ["equity", "convertible", "safe", "debt", "grant", "other"]

  // MARK: Fields that several nouns share

  static let name = Field(
    "name", .text(Limits.name), required: true, "name, in English or as it is used",
    aliases: [
      "title", "full name", "company", "company name", "名称", "全称", "英文名", "英文名称", "english name", "name en",
    ])
  static let nameZh = Field(
    "name_zh", .text(Limits.name), "name in Chinese",
    aliases: ["chinese name", "name cn", "name in chinese", "中文名", "中文名称"])
  static let region = Field(
    "region", .text(Limits.name), "province or state",
    aliases: ["province", "state", "省份", "地区", "省", "所在省份", "所在地区", "所属地区"])
  static let city = Field(
    "city", .text(Limits.name), "city",
    aliases: ["town", "hq city", "headquarters", "城市", "市", "所在城市", "所在地"])
  private static let country = Field(
    "country", .text(Limits.name), "country, best as its ISO code",
    aliases: ["country code", "国家", "所在国家", "国别"])
  private static let foundedOn = Field(
    "founded_on", .date, "day of foundation",
    aliases: ["founded", "founding date", "date founded", "established", "成立日期", "成立时间", "注册日期", "注册时间"])
  static let currency = Field(
    "currency", .currency, "currency of the amounts (ISO 4217)", aliases: ["ccy", "币种", "货币", "货币单位"])
  private static let trl = Field(
    "trl", .integer(1...9), "technology readiness level",
    aliases: ["trl level", "technology readiness", "technology readiness level", "技术成熟度", "技术成熟度等级"])
  private static let ask = Field(
    "ask", .amount, "amount sought, in whole units",
    aliases: [
      "asking", "amount sought", "seeking", "ask amount", "funding need", "funding sought", "融资额", "融资金额",
      "融资需求",
      "拟融资额", "拟融资金额",
    ])
  private static let candidateSectors = Field(
    "sectors", .references(.sector, Limits.candidateSectors), required: true,
    "sector codes, the primary one first",
    aliases: [
      "sector", "industry", "industries", "field", "sector codes", "行业", "领域", "产业", "所属行业", "所属领域", "所属产业",
      "技术领域", "行业领域",
    ])

  /// Objects are retired, not deleted: rankings, holdings and the audit go on naming them.
  static let retired = Field(
    "retired", .flag, "taken out of lists and rankings, kept on record", aliases: ["inactive", "停用"])

  private static let institute: [Field] = [
    name, nameZh,
    Field(
      "partner", .text(Limits.name), "partner of a joint institute, mostly a university",
      aliases: ["joint partner", "university", "合作单位", "共建单位", "共建高校"]),
    Field(
      "fields", .references(.sector, Limits.candidateSectors), "sector codes it works in",
      aliases: ["sectors", "research fields", "研究方向", "领域"]),
    region, city, foundedOn, retired,
  ]

  private static let project: [Field] = [
    name, nameZh,
    Field(
      "institute", .reference(.institute), required: true, "code of its institute", aliases: ["研究院", "机构"]),
    candidateSectors, trl, ask, currency, region, retired,
  ]

  private static let firm: [Field] = [
    name, nameZh,
    Field(
      "institute", .reference(.institute), "code of the institute it came from",
      aliases: ["origin", "研究院", "来源机构"]),
    candidateSectors,
    Field(
      "stage", .choice(Stage.names), required: true, "where it stands on its way",
      aliases: [
        "round stage", "funding stage", "current stage", "development stage", "阶段", "融资阶段", "发展阶段", "所处阶段",
        "当前阶段", "企业阶段",
      ]),
    trl,
    Field(
      "risk", .choice(["R1", "R2", "R3", "R4", "R5"]), "risk class, R1 (low) to R5 (high)",
      aliases: ["risk class", "risk level", "风险等级", "风险级别"]),
    region, city, country, foundedOn, ask, currency,
    Field(
      "round", .choice(roundKinds), "round it is raising",
      aliases: ["current round", "round sought", "轮次", "融资轮次", "当前轮次"]),
    Field("instrument", .choice(instruments), "instrument it offers", aliases: ["security", "融资方式"]),
    Field("seeking_lead", .flag, "whether it looks for a lead investor", aliases: ["needs lead", "寻找领投"]),
    Field(
      "wanted_kinds", .choices(investorKinds), "kinds of investors it would rather have",
      aliases: ["wanted kinds", "意向投资方类型"]),
    Field(
      "wanted_investors", .codes(Limits.wishes), "investors it would rather have", aliases: ["意向投资方"]),
    Field(
      "unwanted_investors", .codes(Limits.wishes), "investors it is never introduced to", aliases: ["排除投资方"]),
    Field(
      "summary", .text(Limits.summary), "what it does, in a few sentences",
      aliases: ["description", "about", "简介", "企业简介", "公司简介", "主营业务"]),
    retired,
  ]

  private static let investor: [Field] = [
    name, nameZh,
    Field(
      "kind", .choice(investorKinds), required: true, "kind of investor",
      aliases: ["type", "investor type", "fund type", "类型", "机构类型", "基金类型"]),
    Field(
      "parent", .reference(.investor), "code of the house it belongs to", aliases: ["house", "母基金", "上级"]),
    Field(
      "stages", .choices(Stage.names), "stages it invests in",
      aliases: ["stage", "stage focus", "preferred stages", "阶段", "投资阶段", "关注阶段"]),
    Field(
      "sectors", .sectorWeights(Limits.mandateSectors), "sectors with preference, ai:0.8,chips:0.5",
      aliases: [
        "sector", "industry", "industries", "sector focus", "preferred sectors", "行业", "领域", "投资领域", "投资行业",
        "关注领域",
        "关注行业", "投资方向",
      ]),
    Field(
      "excluded_sectors", .references(.sector, Limits.exclusions), "sectors it never invests in",
      aliases: ["exclusions", "排除行业"]),
    Field(
      "excluded_firms", .references(.firm, Limits.exclusions), "firms it never invests in", aliases: ["排除企业"]),
    Field(
      "risk", .choice(["C1", "C2", "C3", "C4", "C5"]), "risk tolerance, C1 (low) to C5 (high)",
      aliases: ["risk tolerance", "风险承受能力", "风险偏好"]),
    Field(
      "risk_veto", .vetoSteps,
      "steps of risk above tolerance that make a veto: 1 to 5, yes = 1 (the default), no = 5",
      aliases: ["风险否决"]),
    Field(
      "ticket", .amountRange, "smallest and largest cheque, 2M-10M",
      aliases: [
        "cheque", "check size", "cheque size", "ticket size", "investment size", "单笔投资额", "单笔投资金额", "单笔投资规模",
        "投资规模",
      ]),
    currency,
    Field(
      "regions", .names(Limits.regions), "countries, regions or cities it invests in",
      aliases: ["region", "region focus", "投资地区", "投资区域", "关注地区"]),
    city, country,
    Field("lead", .flag, "whether it leads rounds", aliases: ["leads", "领投"]),
    Field(
      "opened_on", .date, "day from which it invests",
      aliases: ["opened", "fund established", "基金成立日期", "设立日期"]),
    Field(
      "budget_left", .amount, "money not yet committed (dry powder)",
      aliases: ["budget", "dry powder", "budget left", "剩余额度", "可投金额", "可投资金额"]),
    Field(
      "local_quota", .integer(0...100), "percent that must stay in its regions",
      aliases: ["local reinvestment quota", "返投比例"]),
    Field(
      "concentration_cap", .integer(1...100), "largest percent of its portfolio in one top-level sector",
      aliases: ["concentration", "集中度上限"]),
    retired,
  ]

  private static let person: [Field] = [
    name,
    Field(
      "of", .owner, required: true, "code of the institute, firm or investor it belongs to",
      aliases: ["organization", "organisation", "belongs to", "单位"]),
    Field(
      "of_kind", .choice(["institute", "firm", "investor"]),
      "which of the three, needed only where one code names several", aliases: ["单位类型"]),
    Field("email", .email, "mail address", aliases: ["mail", "e-mail", "邮箱", "电子邮件"]),
    Field("language", .text(35), "language tag like zh or en", aliases: ["lang", "语言"]),
    Field("time_zone", .timeZone, "time zone like Asia/Shanghai", aliases: ["tz", "时区"]),
    Field("title", .text(Limits.name), "position", aliases: ["position", "role", "职务", "职位"]),
    retired,
  ]

  private static let roadshow: [Field] = [
    name, nameZh,
    Field("kind", .choice(["roadshow", "competition"]), "roadshow or competition", aliases: ["type", "类型"]),
    Field(
      "starts_on", .date, required: true, "first day", aliases: ["start", "start date", "date", "开始日期", "日期"]),
    Field("ends_on", .date, "last day", aliases: ["end", "end date", "结束日期"]),
    Field("time_zone", .timeZone, "time zone like Asia/Shanghai", aliases: ["tz", "时区"]),
    city,
    Field("venue", .text(Limits.name), "where it is held", aliases: ["place", "location", "地点", "场馆"]),
    Field(
      "sectors", .references(.sector, Limits.mandateSectors), "sectors it is about",
      aliases: ["sector", "行业", "领域"]),
    Field("pitch_places", .integer(0...1_000), "places for pitches", aliases: ["pitches", "路演名额"]),
    Field("tables", .integer(0...1_000), "tables for one-to-one meetings", aliases: ["桌数"]),
    Field(
      "freeze_minutes", .integer(0...480),
      "minutes before it begins from which an appointment is not moved; \(Limits.usualFreezeMinutes) without it",
      aliases: ["冻结分钟"]),
    retired,
  ]

  private static let sector: [Field] = [
    name, nameZh,
    Field("parent", .reference(.sector), "code of the sector above; none at the top", aliases: ["上级"]),
  ]

  private static let holding: [Field] = [
    Field("investor", .reference(.investor), required: true, "code of the holder", aliases: ["投资方", "投资机构"]),
    Field("firm", .reference(.firm), required: true, "code of the firm held", aliases: ["企业", "公司"]),
    Field("since", .date, "day it was bought", aliases: ["invested on", "投资日期"]),
    Field("round", .choice(roundKinds), "round it was bought in", aliases: ["轮次"]),
    Field("amount", .amount, "amount paid", aliases: ["invested", "投资金额"]),
    currency,
    Field("exited_on", .date, "day it was sold; none while held", aliases: ["exit", "退出日期"]),
  ]

  private static let round: [Field] = [
    Field("firm", .reference(.firm), required: true, "code of the firm", aliases: ["企业", "公司"]),
    Field("date", .date, required: true, "day it closed", aliases: ["closed on", "日期"]),
    Field("kind", .choice(roundKinds), required: true, "kind of round", aliases: ["type", "round", "轮次"]),
    Field("amount", .amount, "amount raised", aliases: ["raised", "金额", "融资额"]),
    currency,
  ]

  private static let rate: [Field] = [
    Field("from", .currency, required: true, "currency that is changed", aliases: ["base"]),
    Field("to", .currency, required: true, "currency it is changed into", aliases: ["quote"]),
    Field("rate", .decimal, required: true, "units of `to` for one of `from`", aliases: ["汇率"]),
    Field("date", .date, required: true, "day from which it holds", aliases: ["day", "日期"]),
  ]
}
