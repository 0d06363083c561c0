/// How sheets spell what fields hold. Everything that reads values goes through ``FieldType``, so that a spelling is
/// known in requests, uploads and files alike.
enum Spelling {
  /// The text with the full-width forms of East Asian sheets as the ASCII they stand for.
  static func folded(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 128 }) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0xFF01...0xFF5E: scalars.append(Unicode.Scalar(scalar.value - 0xFEE0)!)
      case 0x3000, 0xA0: scalars.append(" ")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// The word of a fixed set that a text means, by its own name or by what sheets call it.
  static func word(_ text: String, of words: [String]) -> String? {
    if let exact = words.first(where: { $0 == text }) { return exact }
    let loose = loosened(text)
    if let own = words.first(where: { loosened($0) == loose }) { return own }
    return others[loose]?.first(where: words.contains)
  }

  /// Without case, spaces, hyphens and the word for round or phase at the end.
  private static func loosened(_ text: String) -> String {
    var loose = text.lowercased().filter { $0 != " " && $0 != "-" && $0 != "_" }
    for ending in ["轮", "期", "阶段", "round", "stage"]
    where loose.hasSuffix(ending) && loose.count > ending.count {
      loose.removeLast(ending.count)
      break
    }
    return loose
  }

  /// What sheets say, loosened, for the words of fields. Where a word means different things to different fields, that
  /// of the field counts: 上市 is the stage `public` and the round `ipo`.
  private static let others: [String: [String]] = [
    // Stages and rounds. Before A and after the angels is seed; what follows D is growth.
    "前种子": ["pre_seed"], "天使": ["angel"], "种子": ["seed"], "prea": ["seed"], "prea+": ["seed"],
    "a": ["series_a"], "a+": ["series_a"], "a1": ["series_a"], "a2": ["series_a"], "preb": ["series_a"],
    "b": ["series_b"], "b+": ["series_b"], "b1": ["series_b"], "b2": ["series_b"], "prec": ["series_b"],
    "c": ["series_c"], "c+": ["series_c"], "d": ["series_d"], "d+": ["series_d"], "e": ["growth"],
    "f": ["growth"],
    "seriese": ["growth"], "成长": ["growth"], "成熟": ["growth"], "战略": ["growth"], "拟上市": ["pre_ipo"],
    "上市": ["public", "ipo"], "已上市": ["public", "ipo"], "ipo": ["public"], "listed": ["public", "ipo"],
    "债权": ["debt"], "贷款": ["debt"], "资助": ["grant"], "补助": ["grant"],
    // Instruments.
    "股权": ["equity"], "可转债": ["convertible"], "convertiblenote": ["convertible"], "其他": ["other"],
    "其它": ["other"],
    // Investors.
    "政府引导基金": ["state_fund"], "引导基金": ["state_fund"], "国有基金": ["state_fund"], "母基金": ["state_fund"],
    "子基金": ["sub_fund"], "风险投资": ["vc"], "创投": ["vc"], "创业投资": ["vc"], "venturecapital": ["vc"],
    "产业资本": ["cvc"], "企业风险投资": ["cvc"], "天使投资人": ["angel"], "businessangel": ["angel"], "银行": ["bank"],
    "家族办公室": ["family_office"],
    // Owners of persons, and roadshows.
    "研究院": ["institute"], "企业": ["firm"], "公司": ["firm"], "投资机构": ["investor"], "投资方": ["investor"],
    "路演": ["roadshow"], "大赛": ["competition"], "竞赛": ["competition"],
  ]
}

extension Day {
  /// Reads what sheets write for a day: `2026-11-23`, `2026/11/23`, `2026.1.5`, `20261123`, `2026年11月23日` and the German
  /// `23.11.2026`, a midnight behind it left out. `1/5/2026` may be two days, so it is none.
  init?(spelled text: String) {
    if let day = Day(text) {
      self = day
      return
    }
    var text = text
    for midnight in ["00:00:00", "0:00:00", "00:00", "0:00"] where text.hasSuffix(midnight) {
      text.removeLast(midnight.count)
      guard text.last == " " || text.last == "T" else { return nil }
      text.removeLast()
      break
    }
    if text.hasSuffix("日") { text.removeLast() }
    if text.utf8.count == 8, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      self.init(text.prefix(4) + "-" + text.dropFirst(4).prefix(2) + "-" + text.suffix(2))
      return
    }
    var parts = text.split(omittingEmptySubsequences: false) { "-/.年月".contains($0) }
    guard parts.count == 3 else { return nil }
    if text.contains("."), !text.contains(where: { "-/年月".contains($0) }), parts[2].count == 4 {
      parts.reverse()
    }
    guard parts[0].count == 4, (1...2).contains(parts[1].count), (1...2).contains(parts[2].count) else {
      return nil
    }
    func padded(_ part: Substring) -> String { part.count == 1 ? "0\(part)" : String(part) }
    self.init("\(parts[0])-\(padded(parts[1]))-\(padded(parts[2]))")
  }
}
