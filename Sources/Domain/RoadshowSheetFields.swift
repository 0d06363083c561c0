/// The fields of what the commands of a roadshow enter, as sheets hold it.
extension FieldTable {
  private static let roadshowCode = Field(
    "roadshow", .reference(.roadshow), required: true, "code of the roadshow", aliases: ["event", "路演", "活动"])

  private static func party(_ help: String) -> Field {
    Field(
      "party", .owner, required: true, help,
      aliases: ["participant", "code", "delegation", "participant code", "参会方", "参会方编号", "编号"])
  }

  static let enrolment: [Field] = [
    roadshowCode, party("code of the firm or investor that takes part"),
    Field(
      "side", .choice(IntroductionSide.allCases.map(\.rawValue)),
      "firm or investor, needed only where both have this code", aliases: ["role", "身份"]),
    Field(
      "persons", .references(.person, Limits.delegation),
      "who comes with it; without it, all its persons that are not retired",
      aliases: ["people", "attendees", "delegates", "参会人", "参会人员"]),
    Field(
      "max_meetings", .integer(1...Int64(Limits.slots)), "meetings it takes at most",
      aliases: ["max meetings", "most meetings", "最多会谈数"]),
    Field(
      "min_meetings", .integer(0...Int64(Limits.slots)), "meetings it should have at least; 1 without it",
      aliases: ["min meetings", "least meetings", "最少会谈数"]),
    Field(
      "prefers", .choice(DayHalf.names), "when it would rather have its meetings",
      aliases: ["preference", "half", "时段偏好"]),
    Field("withdrawn", .flag, "it takes part no more", aliases: ["cancelled", "退出"]),
  ]

  static let absence: [Field] = [
    roadshowCode, party("code of the participant that is away"),
    Field(
      "from", .text(19),
      "local time from which it is away, like 2031-03-03T10:00; from the first day without it",
      aliases: ["away from", "start", "开始时间"]),
    Field(
      "until", .text(19), "local time at which it is there again; to the end without it",
      aliases: ["away until", "to", "end", "结束时间"]),
  ]

  static let wish: [Field] = [
    roadshowCode,
    Field(
      "from", .owner, required: true, "code of the participant that wishes",
      aliases: ["by", "wisher", "提出方"]),
    Field(
      "to", .owner, required: true, "code of the participant of the other side",
      aliases: ["with", "对象", "对方"]),
    Field(
      "wish", .choice(Wish.allCases.map(\.rawValue) + ["none"]), required: true,
      "must_meet, meet or no_thanks; none takes a wish back", aliases: ["kind", "意愿"]),
  ]

  static let outcome: [Field] = [
    roadshowCode,
    Field("firm", .reference(.firm), required: true, "code of the firm", aliases: ["企业", "公司"]),
    Field(
      "investor", .reference(.investor), required: true, "code of the investor", aliases: ["投资方", "投资机构"]),
    Field(
      "outcome", .choice(["met", "no_show"]), required: true, "what came of their meeting",
      aliases: ["result", "结果", "会谈结果"]),
    Field(
      "by", .owner, "of a no_show: code of the side that did not come",
      aliases: ["absent", "absentee", "缺席方"]),
    Field("note", .text(Limits.note), "what was said, for the desk", aliases: ["notes", "remark", "备注"]),
  ]
}
