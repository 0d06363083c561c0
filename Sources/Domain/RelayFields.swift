/// The fields of the relay: the state's capital, test grounds, diligence, competitions.
extension FieldTable {
  /// Kinds of reviews.
  static let reviewKinds = ["expert", "commercial", "financial", "legal"]

  private static let firm = Field(
    "firm", .reference(.firm), required: true, "code of the firm", aliases: ["企业", "公司"])
  private static let competition = Field(
    "roadshow", .reference(.roadshow), required: true, "code of the competition",
    aliases: ["competition", "大赛"])
  private static let conditions = Field(
    "conditions", .text(Limits.summary), "what it is subject to", aliases: ["subject to", "附加条件"])
  private static let expiresOn = Field(
    "expires_on", .date, "last day on which it counts; 365 days after its date if not said",
    aliases: ["expires", "valid until", "有效期至"])

  static let milestone: [Field] = [
    Field("project", .reference(.project), "code of the project, or else a firm", aliases: ["项目"]),
    Field("firm", .reference(.firm), "code of the firm, or else a project", aliases: ["企业", "公司"]),
    Field("date", .date, required: true, "day by which it was reached", aliases: ["reached on", "日期"]),
    Field("stage", .choice(Stage.names), "stage of the firm", aliases: ["阶段"]),
    Field(
      "trl", .integer(1...9), "technology readiness level", aliases: ["technology readiness", "技术成熟度"]),
  ]

  static let programme: [Field] = [
    name, nameZh,
    Field(
      "fund", .reference(.investor), required: true, "code of the state fund whose programme it is",
      aliases: ["state fund", "基金"]),
    Field(
      "sectors", .references(.sector, Limits.mandateSectors),
      "sectors that it is for, with all below; none: any",
      aliases: ["sector", "行业", "领域"]),
    Field("currency", .currency, required: true, "currency of its books", aliases: ["ccy", "币种"]),
    Field("budget", .amount, required: true, "money appropriated to it", aliases: ["appropriation", "预算"]),
    Field(
      "loss_tolerance", .integer(0...100), "percent of the budget that may be lost before it buys no more",
      aliases: ["loss tolerance", "风险容忍度", "损失容忍度"]),
    Field(
      "quota", .integer(0...100), "percent of the budget that is for firms of its region",
      aliases: ["local quota", "返投比例"]),
    region,
    Field("starts_on", .date, "first day", aliases: ["start", "start date", "开始日期"]),
    Field("ends_on", .date, "last day on which it commits or buys", aliases: ["end", "end date", "结束日期"]),
    Field(
      "hold_months", .integer(0...600), "months after which its stakes may be handed over",
      aliases: ["holding period", "持有期"]),
  ]

  static let stake: [Field] = [
    Field(
      "programme", .reference(.programme), required: true, "code of the programme that holds it",
      aliases: ["program", "专项"]),
    firm,
    Field(
      "committed", .amount, required: true, "amount promised to the firm, in the programme's currency",
      aliases: ["commitment", "承诺出资", "认缴"]),
    Field("agreed_on", .date, required: true, "day of the agreement", aliases: ["agreed", "签约日期"]),
    Field(
      "hold_until", .date,
      "day from which it may be handed over; the programme's months after the agreement if not said",
      aliases: ["lock-up", "锁定期至"]),
    Field("floor", .decimal, "percent of the firm that the state keeps", aliases: ["keep", "保留比例"]),
    Field(
      "closed_on", .date, "day after which nothing more is drawn; the rest of the commitment is given back",
      aliases: ["closed", "关闭日期"]),
  ]

  static let tranche: [Field] = [
    Field("stake", .reference(.stake), required: true, "code of the stake", aliases: ["持股"]),
    Field(
      "kind", .choice(["buy", "sell", "write_off"]), required: true, "buy, sell or write_off",
      aliases: ["type", "类型"]),
    Field("date", .date, required: true, "day on which it was done", aliases: ["日期"]),
    Field("percent", .decimal, required: true, "percent of the firm", aliases: ["share", "比例"]),
    Field(
      "amount", .amount, required: true,
      "price paid or received, in the programme's currency; 0 for write_off",
      aliases: ["price", "金额"]),
    Field("buyer", .reference(.investor), "code of the investor that bought it", aliases: ["受让方"]),
    Field(
      "introduction", .integer(1...Int64.max), "number of the introduction that the sale came of",
      aliases: ["intro"]),
    Field(
      "reason", .text(Limits.summary), required: true, "why, in a few words", aliases: ["note", "原因"]),
  ]

  static let scenario: [Field] = [
    name, nameZh,
    Field("operator", .text(Limits.name), "who runs it", aliases: ["run by", "运营单位"]),
    Field(
      "sectors", .references(.sector, Limits.mandateSectors), "sectors it is for",
      aliases: ["sector", "行业", "领域"]),
    Field("trl", .integer(1...9), "readiness that a firm needs", aliases: ["trl needed", "技术成熟度"]),
    Field("capacity", .integer(1...1_000), required: true, "pilots at one time", aliases: ["places", "容量"]),
    Field("opens_on", .date, "first day", aliases: ["opens", "开放日期"]),
    Field("closes_on", .date, "last day", aliases: ["closes", "关闭日期"]),
    region, city, retired,
  ]

  static let pilot: [Field] = [
    Field("scenario", .reference(.scenario), required: true, "code of the test ground", aliases: ["场景"]),
    firm,
    Field("starts_on", .date, required: true, "first day", aliases: ["start", "start date", "开始日期"]),
    Field("ends_on", .date, required: true, "last day", aliases: ["end", "end date", "结束日期"]),
    Field("trl", .integer(1...9), "readiness that it proves if it passes", aliases: ["技术成熟度"]),
    Field(
      "result", .choice(["passed", "failed", "abandoned"]), "what came of it", aliases: ["outcome", "结果"]),
    Field("result_on", .date, "day of the result", aliases: ["result date", "结果日期"]),
    Field("summary", .text(Limits.summary), "what was seen, in a few sentences", aliases: ["report", "总结"]),
    retired,
  ]

  static let expert: [Field] = [
    name, nameZh,
    Field("kinds", .choices(reviewKinds), required: true, "reviews that it does", aliases: ["kind", "评审类型"]),
    Field(
      "sectors", .references(.sector, Limits.mandateSectors), "sectors it knows",
      aliases: ["sector", "专业领域", "领域"]),
    Field(
      "person", .reference(.person), "code of the person, where it is one of the registry", aliases: ["个人"]),
    Field(
      "conflicts", .codes(Limits.exclusions), "codes of firms, institutes and investors it is near to",
      aliases: ["conflicts of interest", "利益冲突"]),
    Field(
      "capacity", .integer(0...100), "reviews that may be open with it at one time; 3 if not said",
      aliases: ["load", "评审上限"]),
    region, city, retired,
  ]

  static let review: [Field] = [
    firm,
    Field("kind", .choice(reviewKinds), required: true, "kind of review", aliases: ["type", "类型"]),
    Field("expert", .reference(.expert), "code of the expert", aliases: ["reviewer", "专家"]),
    Field("asked_on", .date, "day on which it was asked for", aliases: ["asked", "委托日期"]),
    Field("date", .date, "day of the verdict", aliases: ["reviewed on", "日期"]),
    Field(
      "verdict", .choice(["positive", "conditional", "negative"]), "verdict; open while there is none",
      aliases: ["结论"]),
    conditions, expiresOn, retired,
  ]

  static let committee: [Field] = [
    name,
    Field(
      "members", .references(.expert, Limits.committeeMembers), required: true,
      "codes of the experts that sit on it",
      aliases: ["experts", "委员"]),
    Field(
      "quorum", .integer(1...Int64(Limits.committeeMembers)), required: true, "members who must vote",
      aliases: ["法定人数"]),
    retired,
  ]

  static let decision: [Field] = [
    Field("committee", .reference(.committee), required: true, "code of the committee", aliases: ["委员会"]),
    firm,
    Field(
      "step", .choice(RelayStep.names), required: true, "step that it is about", aliases: ["about", "环节"]),
    Field("date", .date, required: true, "day on which it was taken", aliases: ["日期"]),
    Field(
      "outcome", .choice(["approved", "rejected", "deferred"]), required: true, "outcome", aliases: ["结果"]),
    Field(
      "in_favour", .references(.expert, Limits.committeeMembers), "members for it", aliases: ["for", "赞成"]),
    Field("against", .references(.expert, Limits.committeeMembers), "members against it", aliases: ["反对"]),
    Field(
      "abstained", .references(.expert, Limits.committeeMembers), "members who abstained", aliases: ["弃权"]),
    Field(
      "recused", .references(.expert, Limits.committeeMembers), "members kept out for a conflict of interest",
      aliases: ["recusals", "回避"]),
    conditions, expiresOn,
  ]

  static let juror: [Field] = [
    competition,
    Field("expert", .reference(.expert), required: true, "code of the juror", aliases: ["juror", "评委"]),
    Field(
      "recused_from", .codes(Limits.exclusions), "firms that it does not mark", aliases: ["recusals", "回避企业"]),
  ]

  static let criterion: [Field] = [
    competition,
    Field("name", .text(Limits.name), required: true, "what is marked", aliases: ["criterion", "指标"]),
    Field("weight", .integer(1...100), required: true, "its weight among the others", aliases: ["权重"]),
  ]

  static let mark: [Field] = [
    competition,
    Field("expert", .reference(.expert), required: true, "code of the juror", aliases: ["juror", "评委"]),
    firm,
    Field("criterion", .text(Limits.name), required: true, "what is marked", aliases: ["指标"]),
    Field("points", .integer(0...100), required: true, "0 to 100", aliases: ["score", "分数"]),
  ]
}
