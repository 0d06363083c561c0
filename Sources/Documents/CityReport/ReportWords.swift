import Domain

/// What a report says in a language, all of it.
struct ReportWords: Sendable {
  let language: SheetLanguage

  private func choose(_ english: String, _ chinese: String) -> String {
    language == .chinese ? chinese : english
  }

  var title: String { choose("City report", "城市报告") }
  var all: String { choose("In all", "合计") }
  var nothing: String { choose("Nothing yet.", "暂无。") }
  var colon: String { choose(": ", "：") }
  func asOf(_ day: Day) -> String { choose("as of \(day)", "截至 \(day)") }
  /// What stands in brackets behind a title.
  func inUnit(_ title: String, _ unit: String) -> String { choose("\(title), \(unit)", "\(title)（\(unit)）") }

  /// The title of a section, and what its first column holds.
  func section(_ section: ReportTable.Section) -> (title: String, item: String) {
    switch section {
    case .capital: (choose("State capital by programme", "各专项国有资本"), choose("Programme", "专项"))
    case .years: (choose("Invested and returned by year", "历年投资与回收"), choose("Year", "年份"))
    case .effect:
      (choose("Private capital that followed state capital", "国有资本带动的社会资本"), choose("Programme", "专项"))
    case .stages: (choose("Firms by stage", "各阶段企业"), choose("Stage", "阶段"))
    case .risks: (choose("Firms by risk class", "各风险等级企业"), choose("Risk", "风险等级"))
    case .institutes: (choose("Institutes", "研究院"), choose("Institute", "研究院"))
    case .incubation: (choose("Projects in incubation by TRL", "在孵项目技术成熟度"), "TRL")
    case .funds: (choose("Funds by tolerance for risk", "各风险承受等级基金"), choose("Tolerance", "承受等级"))
    case .scenarios: (choose("Test grounds", "应用场景"), choose("Scenario", "场景"))
    case .reviews: (choose("Diligence", "尽职调查"), choose("Review", "类别"))
    case .roadshows: (choose("Roadshows", "路演"), choose("Roadshow", "路演"))
    case .conversions: (choose("From meeting to investment", "从会谈到投资"), choose("Step", "步骤"))
    }
  }

  /// What the figures of a section mean, where their names do not say it.
  func note(_ section: ReportTable.Section) -> String? {
    switch section {
    case .capital:
      choose(
        "Lost: cost of what was written off, and what sales brought less than their cost. Held: cost of what is held. "
          + "Undrawn: committed and not yet paid.", "损失：核销成本及低于成本出售的差额。持有：所持份额的成本。未拨：已承诺而尚未支付。")
    case .effect:
      choose(
        "Private capital within 6, 12 and 24 months for each unit of state capital, and in matched firms without it.",
        "每一单位国有资本之后 6、12、24 个月内跟进的社会资本，及未获国有资本的对照企业。")
    case .institutes:
      choose("Steps: TRL that projects and firms rose by.", "提升级数：项目与企业技术成熟度的提升。")
    case .scenarios, .roadshows:
      choose("Who takes part twice counts twice in all.", "多次参加者在合计中重复计算。")
    case .reviews:
      choose("Expired: of those with a verdict, those that no longer count.", "过期：已有结论但已失效。")
    case .conversions:
      choose("Ended: meetings that went no further.", "止步：未再前进的会谈。")
    case .risks: choose("As they are known today.", "按目前所知。")
    case .years, .stages, .incubation, .funds: nil
    }
  }

  func measure(_ measure: ReportTable.Measure) -> String {
    switch measure {
    case .budget: choose("Budget", "预算")
    case .invested: choose("Invested", "已投")
    case .returned: choose("Returned", "回收")
    case .lost: choose("Lost", "损失")
    case .held: choose("Held", "持有")
    case .undrawn: choose("Undrawn", "未拨")
    case .firms: choose("Firms", "企业")
    case .unmatched: choose("Unmatched", "无对照")
    case .followed6: choose("6 mo", "6 个月")
    case .followed12: choose("12 mo", "12 个月")
    case .followed24: choose("24 mo", "24 个月")
    case .matched6: choose("Matched 6", "对照 6")
    case .matched12: choose("Matched 12", "对照 12")
    case .matched24: choose("Matched 24", "对照 24")
    case .share: choose("Share", "占比")
    case .funded: choose("Funded", "获投")
    case .steps: choose("Steps", "提升级数")
    case .stepsPerYear: choose("Steps a year", "每年级数")
    case .projects: choose("Projects", "项目")
    case .funds: choose("Funds", "基金")
    case .budgetLeft: choose("Budget left", "剩余预算")
    case .places: choose("Places", "容量")
    case .onTrial: choose("On trial", "试用中")
    case .passed: choose("Passed", "通过")
    case .failed: choose("Failed", "未通过")
    case .abandoned: choose("Abandoned", "中止")
    case .reviews: choose("Reviews", "评审")
    case .positive: choose("Positive", "肯定")
    case .conditional: choose("Conditional", "有条件")
    case .negative: choose("Negative", "否定")
    case .open: choose("Open", "进行中")
    case .expired: choose("Expired", "过期")
    case .investors: choose("Investors", "投资方")
    case .planned: choose("Planned", "计划")
    case .met: choose("Met", "已会谈")
    case .mutual: choose("Mutual", "互选")
    case .investments: choose("Invested", "已投资")
    case .meetings: choose("Meetings", "会谈")
    case .ended: choose("Ended", "止步")
    case .endedShare: choose("Share", "占比")
    }
  }

  /// A measure by itself, away from its section.
  func tile(_ section: ReportTable.Section, _ measure: ReportTable.Measure) -> String {
    switch (section, measure) {
    case (.effect, .followed24):
      choose("Private capital within 24 months per unit", "24 个月内每单位带动社会资本")
    case (.capital, .held): choose("Held at cost", "持有成本")
    case (.scenarios, .onTrial): choose("Firms on trial", "试用企业")
    case (.roadshows, .met): choose("Meetings held at roadshows", "路演会谈")
    case (.roadshows, .investments): choose("Investments from roadshows", "路演促成投资")
    default: self.measure(measure)
    }
  }

  /// What a row is about, the code of what has one first.
  func item(_ item: ReportTable.Item) -> String {
    switch item {
    case .named(let named): "\(named.code) \(name(named))"
    case .year(let year): String(year)
    case .word(let word): self.word(word)
    case .unknown: choose("unknown", "未知")
    case .all: all
    }
  }

  func name(_ named: CityReport.Named) -> String { language.names(named.name, named.nameZh).first }

  private func word(_ word: String) -> String {
    if let stage = Stage(name: word) { return self.stage(stage) }
    return switch word {
    case "expert": choose("expert", "专家")
    case "commercial": choose("commercial", "商务")
    case "financial": choose("financial", "财务")
    case "legal": choose("legal", "法律")
    case "planned": choose("planned", "计划会谈")
    case "met": choose("met", "已会谈")
    case "mutual": choose("introduction mutual", "双方互选")
    case "invested": choose("invested", "已投资")
    default: word
    }
  }

  private func stage(_ stage: Stage) -> String {
    switch stage {
    case .preSeed: choose("pre-seed", "种子前")
    case .angel: choose("angel", "天使")
    case .seed: choose("seed", "种子")
    case .seriesA: choose("series A", "A 轮")
    case .seriesB: choose("series B", "B 轮")
    case .seriesC: choose("series C", "C 轮")
    case .seriesD: choose("series D", "D 轮")
    case .growth: choose("growth", "成长期")
    case .preIPO: choose("pre-IPO", "上市前")
    case .public: choose("public", "已上市")
    }
  }
}
