import Domain
import Testing

@testable import Documents

/// Pages as text; what they look like on paper has been looked at.
@Suite struct DaySheetsTests {
  private static func words(_ html: String) -> [String] {
    // What a reader sees, tag by tag.
    html.split(separator: "<body>")[1].split(separator: "<").flatMap {
      $0.split(separator: ">", maxSplits: 1).dropFirst().map { String($0) }
    }.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.trimmed }
  }

  @Test func aSheetTellsWhenWithWhomAndWhere() {
    let programme = ShowFixture.programme([ShowFixture.meeting, ShowFixture.pitch])
    let english = Self.words(DaySheets(programme).parties([ShowFixture.recipient(person: 0)]))
    #expect(
      english == [
        "Hefei Autumn Roadshow", "合肥秋季路演", "Convention Centre, 合肥",
        "Plan 3 · made 2026-11-25 09:00 · times of Asia/Shanghai", "李伟", "Kedao Quantum 科道量子",
        "Firm · F-1",
        "People: 李伟, Ann O&#39;Hara", "Thursday, 26 November 2026", "李伟", "Time", "With", "Where",
        "08:00–08:05",
        "Pitch", "09:00–09:25", "City Seed Fund", "城市种子基金 · I-1", "王芳", "Table 12 · Lotus", "Hall A",
        "09:30–09:55", "free", "10:00–10:25", "free",

      ])
    // Investors come for the pitches.
    let chinese = Self.words(
      DaySheets(programme).parties([ShowFixture.recipient(ShowFixture.investor, .chinese)]))
    #expect(
      chinese == [
        "合肥秋季路演", "Hefei Autumn Roadshow", "Convention Centre，合肥",
        "第 3 版 · 制表时间 2026-11-25 09:00 · 时区 Asia/Shanghai", "城市种子基金", "City Seed Fund", "投资方 · I-1",
        "参会人：王芳", "2026年11月26日 星期四", "城市种子基金", "时间", "会谈对象", "地点", "09:00–09:25", "科道量子",
        "Kedao Quantum · F-1", "李伟，Ann O&#39;Hara", "12 号桌 · Lotus", "Hall A", "09:30–09:55", "空闲",
        "10:00–10:25", "空闲", "路演顺序 · 2026年11月26日 星期四", "1", "08:00–08:05", "科道量子", "Kedao Quantum",

      ])
  }

  @Test func nobodyReadsOfOthers() {
    let programme = ShowFixture.programme([ShowFixture.meeting])
    let html = DaySheets(programme).parties([ShowFixture.recipient(ShowFixture.other)])
    for name in ["Kedao", "City Seed", "Lotus", "李伟"] { #expect(!html.contains(name)) }
    #expect(html.ranges(of: "<tr class=\"free\">").count == 3)
    let nothing = DaySheets(ShowFixture.programme([], slots: [])).parties([ShowFixture.recipient()])
    #expect(nothing.contains("<p>No appointments.</p>") && !nothing.contains("<table>"))
  }

  @Test func whatIsCancelledIsFree() {
    var cancelled = ShowFixture.meeting
    cancelled.isCancelled = true
    let programme = ShowFixture.programme([cancelled])
    let pages = [
      DaySheets(programme).parties([ShowFixture.recipient()]), DaySheets(programme).tables(in: .english),
      DaySheets(programme).wall(in: .english),
    ]
    for html in pages { #expect(!html.contains("City Seed")) }
    #expect(pages.map { $0.ranges(of: " class=\"free\"").count } == [3, 3, 3])
  }

  /// Headers say what they are of; narrow and dark screens have rules of their own, which paper does not see.
  @Test func pagesAreForScreensToo() {
    var programme = ShowFixture.programme([ShowFixture.meeting, ShowFixture.pitch])
    let pages = [
      DaySheets(programme).parties([ShowFixture.recipient()]), DaySheets(programme).tables(in: .english),
      DaySheets(programme).wall(in: .chinese),
    ]
    for html in pages {
      let headers = html.ranges(of: #/<th[ >]/#).count
      #expect(headers > 1 && html.ranges(of: #/<th scope="col(group)?"/#).count == headers)
      #expect(html.contains("@media screen and (max-width:719px){"))
      #expect(html.contains("@media screen and (prefers-color-scheme:dark){"))
      #expect(!html.contains("UTC"))
    }
    // The zone covers the days of the roadshow only; sheets made long before have an offset of their own.
    programme.madeOffset = 7_200
    let early = DaySheets(programme).parties([ShowFixture.recipient()])
    #expect(early.contains("made 2026-11-25 03:00 · times of Asia/Shanghai"))
  }

  @Test func eachSheetIsASectionInItsLanguage() {
    let programme = ShowFixture.programme([ShowFixture.meeting])
    let html = DaySheets(programme).parties([
      ShowFixture.recipient(), ShowFixture.recipient(ShowFixture.investor, .chinese),
    ])
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"))
    #expect(html.ranges(of: "<section lang=\"en\">").count == 1)
    #expect(html.ranges(of: "<section lang=\"zh\">").count == 1)
    #expect(html.contains("@page{size:A4;") && html.contains("section{break-after:page}"))
    #expect(DaySheets(programme).wall(in: .chinese).contains("@page{size:A4 landscape;"))
  }

  @Test func aTableKnowsWhoSitsThere() {
    let second = Programme.Table(number: 2)
    let programme = ShowFixture.programme([ShowFixture.meeting], tables: [ShowFixture.table, second])
    let all = DaySheets(programme).tables(in: .english)
    #expect(
      all.ranges(of: "<section").count == 2
        && all.contains("<title>Hefei Autumn Roadshow: Tables 2–12</title>"))
    let one = Self.words(DaySheets(programme).tables(12, in: .english))
    #expect(
      one == [
        "Hefei Autumn Roadshow", "合肥秋季路演", "Convention Centre, 合肥",
        "Plan 3 · made 2026-11-25 09:00 · times of Asia/Shanghai", "Table 12 · Lotus", "Hall A",
        "Thursday, 26 November 2026", "Table 12 · Lotus", "Time", "Firm", "Investor", "09:00–09:25",
        "Kedao Quantum",
        "科道量子 · F-1", "李伟, Ann O&#39;Hara", "City Seed Fund", "城市种子基金 · I-1", "王芳", "09:30–09:55", "free",
        "10:00–10:25", "free",
      ])
    #expect(DaySheets(programme).tables(3, in: .english).ranges(of: "<section").isEmpty)
  }

  @Test func theWallIsSplitIntoSheetsThatCanBeRead() {
    let tables = (1...100).map { Programme.Table(number: $0) }
    let slots = (0..<15).map {
      Programme.Slot(
        number: $0 + 1, start: ShowFixture.start + $0 * 1_800, end: ShowFixture.start + $0 * 1_800 + 1_500)
    }
    var appointments: [Programme.Appointment] = []
    for slot in slots {
      for table in tables {
        appointments.append(
          .init(
            .meeting(appointments.count), start: slot.start, end: slot.end, slot: slot.number, table: table,
            firm: ShowFixture.delegation("F", "f\(slot.number).\(table.number)"),
            investor: ShowFixture.delegation("I", "i\(slot.number).\(table.number)")))
      }
    }
    for place in 0..<30 {
      appointments.append(
        .init(
          .pitch, start: ShowFixture.start - 86_400 + place * 300,
          end: ShowFixture.start - 86_100 + place * 300,
          firm: ShowFixture.delegation("F", "p\(place)")))
    }
    let html = DaySheets(ShowFixture.programme(appointments, slots: slots, tables: tables)).wall(in: .english)
    // Two of the line-up, then the first seven slots and the other eight, each on 20 sheets of five tables.
    #expect(html.ranges(of: "<section").count == 42)
    #expect(html.contains("Wednesday, 25 November 2026 · Line-up · page 2 of 2"))
    #expect(html.contains("Thursday, 26 November 2026 · 09:00–12:25 · Tables 1–5 · page 1 of 40"))
    #expect(html.contains("Thursday, 26 November 2026 · 12:30–16:25 · Tables 96–100 · page 40 of 40"))
    // Everybody is on it once.
    let words = Dictionary(grouping: Self.words(html)) { $0 }.mapValues(\.count)
    for appointment in appointments {
      #expect(words[appointment.firm.name] == 1)
      if let investor = appointment.investor { #expect(words[investor.name] == 1) }
    }
  }

  @Test(arguments: SheetLanguage.allCases)
  func namesAreNoMoreThanWords(_ language: SheetLanguage) {
    let name = ShowFixture.hostile + String(repeating: "长", count: 200)
    let party = ShowFixture.delegation("F-1", name, name + "!", [name])
    var meeting = ShowFixture.meeting
    meeting.firm = party
    meeting.investor = party
    meeting.investor?.code = "I-1"
    meeting.table = Programme.Table(number: 12, name: name, room: name)
    var pitch = ShowFixture.pitch
    pitch.firm = party
    var programme = ShowFixture.programme([meeting, pitch], tables: [])
    (programme.name, programme.nameZh, programme.venue, programme.city) = (name, name, name, name)
    let investor = Programme.Recipient(
      meeting.investor!, side: .investor, person: party.persons[0], language: language)
    for html in [
      DaySheets(programme).parties([investor]), DaySheets(programme).tables(in: language),
      DaySheets(programme).wall(in: language),
    ] {
      #expect(
        html.contains("=&lt;script&gt;alert(&#39;科&#39;)&lt;/script&gt; &amp; &quot;x&quot;, y; z\\   BEGIN"))
      #expect(!html.contains("<script") && !html.contains("alert('"))
      #expect(html.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 && $0.value != 0x2028 })
      for word in ["http:", "https:", "src=", "href=", "url(", "@import", "<link", "onload"] {
        #expect(!html.contains(word))
      }
      // Nothing that is opened is left open.
      for tag in ["section", "table", "tbody", "tr", "td", "div", "b", "span", "ol", "li"] {
        #expect(
          html.ranges(of: "<\(tag)>").count + html.ranges(of: "<\(tag) ").count
            == html.ranges(of: "</\(tag)>").count)
      }
    }
  }

  @Test func daysAreToldApart() {
    var (late, second) = (ShowFixture.meeting, ShowFixture.pitch)
    late.start += 86_400
    late.end += 86_400
    late.kind = .meeting(18)
    second.start += 86_400
    second.end += 86_400
    second.firm = ShowFixture.delegation("F-2", "Second")
    let programme = ShowFixture.programme([ShowFixture.meeting, late, second, ShowFixture.pitch])
    let html = DaySheets(programme).parties([ShowFixture.recipient(ShowFixture.investor)])
    #expect(html.ranges(of: "<table>").count == 2 && html.ranges(of: "<ol>").count == 2)
    let words = Self.words(html)
    // Places are those of the whole line-up.
    #expect(
      words.suffix(9) == [
        "Line-up · Thursday, 26 November 2026", "1", "08:00–08:05", "Kedao Quantum", "科道量子",
        "Line-up · Friday, 27 November 2026", "2", "08:00–08:05", "Second",
      ])
    #expect(DaySheets(programme).wall(in: .english).ranges(of: "<section").count == 4)
  }

  @Test func languagesAreFoundByTheirTags() {
    let tags: [String?] = ["zh", "zh-Hans-CN", "ZH", "en", "de", "", nil]
    #expect(tags.map(SheetLanguage.init).map(\.rawValue) == ["zh", "zh", "zh", "en", "en", "en", "en"])
  }
}

extension String {
  fileprivate var trimmed: String {
    let text = drop(while: \.isWhitespace)
    return String(text[..<(text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex)])
  }
}
