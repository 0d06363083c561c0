import Domain

/// A language in which sheets are written.
public enum SheetLanguage: String, Sendable, CaseIterable, Hashable {
  case english = "en"
  case chinese = "zh"

  /// The language for a tag such as `zh-Hans`: Chinese for all Chinese ones, English for others and for none.
  public init(tag: String?) {
    self = tag?.lowercased().hasPrefix("zh") == true ? .chinese : .english
  }

  var words: SheetWords { self == .chinese ? .chinese : .english }

  /// The name by which something is called in it, and what it is called as well.
  func names(_ name: String, _ nameZh: String?) -> (first: String, second: String?) {
    guard let nameZh, !nameZh.isEmpty, nameZh != name else { return (name, nil) }
    return self == .chinese ? (nameZh, name) : (name, nameZh)
  }

  func name(_ delegation: Programme.Delegation) -> String { names(delegation.name, delegation.nameZh).first }

  func name(_ programme: Programme) -> String { names(programme.name, programme.nameZh).first }
}

/// What sheets say in a language, all of it.
struct SheetWords: Sendable {
  var meeting: String
  var pitch: String
  var lineUp: String
  var timetable: String
  var time: String
  var with: String
  var place: String
  var firm: String
  var investor: String
  var people: String
  var free: String
  var nothing: String
  var comma: String
  var colon: String
  var table: @Sendable (Int) -> String
  var tables: @Sendable (Int, Int) -> String
  var date: @Sendable (Day) -> String
  var page: @Sendable (Int, Int) -> String
  /// Of a plan's number, a day and time, and a time zone.
  var made: @Sendable (Int, String, String) -> String

  static let english = SheetWords(
    meeting: "Meeting", pitch: "Pitch", lineUp: "Line-up", timetable: "Timetable", time: "Time", with: "With",
    place: "Where", firm: "Firm", investor: "Investor", people: "People", free: "free",
    nothing: "No appointments.",
    comma: ", ", colon: ": ", table: { "Table \($0)" },
    tables: { $0 == $1 ? "Table \($0)" : "Tables \($0)–\($1)" },
    date: { day in
      let (year, month, number) = day.components
      let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
      ]
      let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      return "\(weekdays[day.weekday]), \(number) \(months[month - 1]) \(year)"
    }, page: { "page \($0) of \($1)" }, made: { "Plan \($0) · made \($1) · times of \($2)" })

  static let chinese = SheetWords(
    meeting: "会谈", pitch: "路演", lineUp: "路演顺序", timetable: "会谈总表", time: "时间", with: "会谈对象", place: "地点",
    firm: "企业", investor: "投资方", people: "参会人", free: "空闲", nothing: "没有安排。", comma: "，", colon: "：",
    table: { "\($0) 号桌" }, tables: { $0 == $1 ? "\($0) 号桌" : "\($0)–\($1) 号桌" },
    date: { day in
      let (year, month, number) = day.components
      let weekday = ["一", "二", "三", "四", "五", "六", "日"][day.weekday]
      return "\(year)年\(month)月\(number)日 星期\(weekday)"
    }, page: { "第 \($0) 页，共 \($1) 页" }, made: { "第 \($0) 版 · 制表时间 \($1) · 时区 \($2)" })

  /// `Table 12 · Lotus`
  func name(_ table: Programme.Table) -> String {
    [self.table(table.number), table.name ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
  }

  func side(_ side: IntroductionSide) -> String { side == .firm ? firm : investor }
}

extension Day {
  /// From 0, which is Monday. 1 January 1970 was a Thursday.
  fileprivate var weekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 }
}
