import Domain
import Testing
import Wire

@testable import Terminal

@Suite struct TableTests {
  private func rows(_ lines: String...) throws -> [JSON] { try lines.map { try JSONParser.parse($0) } }

  private func deals() throws -> [JSON] {
    try rows(
      #"{"rank":1,"kind":"firm","code":"F-0042","name":"合肥量子科技","score":873456,"ask":12500000}"#,
      #"{"rank":2,"kind":"project","code":"P-7","name":"Fusion diagnostics","score":90000}"#,
      #"{"rank":10,"kind":"firm","code":"F-1","name":"Ångström","score":999950,"ask":800}"#)
  }

  @Test func drawsCodesNumbersAndIdeographs() throws {
    let drawing = Table(try deals()).drawing(width: nil, colored: false)
    #expect(
      drawing.lines.joined(separator: "\n")
        == """
        rank  kind     code    name                score         ask
        ────────────────────────────────────────────────────────────
           1  firm     F-0042  合肥量子科技         87.3  12,500,000
           2  project  P-7     Fusion diagnostics    9.0
          10  firm     F-1     Ångström            100.0         800
        """)
  }

  /// Columns are left out, the least important ones first, before any name is cut.
  @Test func leavesColumnsOutBeforeItCuts() throws {
    let drawing = Table(try deals()).drawing(width: 52, colored: false)
    #expect(drawing.hidden == ["kind"])
    #expect(drawing.lines.allSatisfy { $0.cellWidth <= 52 })
    #expect(drawing.lines[2].contains("合肥量子科技"))
    #expect(drawing.lines[2].hasSuffix("87.3  12,500,000"))
  }

  @Test func saysWhichColumnsHadNoRoom() throws {
    let drawing = Table(try deals()).drawing(width: 30, colored: false)
    #expect(drawing.hidden == ["rank", "kind", "score", "ask"])
    #expect(drawing.lines.allSatisfy { $0.cellWidth <= 30 })
  }

  private func firms() throws -> [JSON] {
    try rows(
      #"{"code":"F-0042","name":"Hefei Quantum Sensing and Metrology Technologies","name_zh":"合肥量子精密测量科技有限公司","stage":"series_a","ask":12500000,"currency":"CNY","starts":"2031-12-01T09:00","sectors":["quantum_sensing","ai","advanced_manufacturing"]}"#,
      #"{"code":"F-0043","name":"B","name_zh":"短","stage":"seed","ask":800,"currency":"USD","starts":"2031-12-01T09:20","sectors":["ai"]}"#
    )
  }

  /// At every width: a currency stands beside its amount or not at all, times are whole, names keep 24 cells.
  @Test(arguments: 36...160) func keepsTogetherWhatBelongsTogether(width: Int) throws {
    let drawing = Table(try firms()).drawing(width: width, colored: false)
    let header = drawing.lines[0]
    #expect(drawing.lines.allSatisfy { $0.cellWidth <= width })
    #expect(drawing.hidden.contains("ask") == drawing.hidden.contains("currency"))
    #expect(header.contains("starts") == drawing.lines[2].contains("2031-12-01T09:00"))
    #expect(header.contains("ask") == drawing.lines[2].contains("12,500,000"))
    // 24 cells: 23 of the name and the ellipsis at least.
    #expect(drawing.lines[2].contains("Hefei Quantum Sensing a"))
    #expect(drawing.lines[2].contains("F-0042"))
  }

  /// EXPLAIN shows people the same scale as DEALS.
  @Test func showsOneScaleForPeople() throws {
    let lines = Table(
      try rows(#"{"criterion":"stage","points":163800,"weight":200000,"value":819000,"known":true}"#)
    ).drawing(width: nil, colored: false).lines
    #expect(lines[2] == "stage        16.4    20.0   81.9  yes")
    // Elsewhere a weight is a weight.
    #expect(Cell(.integer(200_000), column: "weight").text == "200000")
  }

  @Test func drawsOneRowDownThePage() throws {
    let table = Table(
      try rows(
        #"{"code":"I-1","name":"江淮基金","ticket":"2000000-10000000","lead":true,"sectors":["ai","chips"],"note":"one two three four"}"#
      ))
    #expect(
      table.vertical(width: 25, colored: false).joined(separator: "\n") == """
        code     I-1
        name     江淮基金
        ticket   2,000,000–10,000
                 ,000
        lead     yes
        sectors  ai, chips
        note     one two three
                 four
        """)
  }

  @Test func ordersColumnsThatComeLate() throws {
    let table = Table(try rows(#"{"a":1,"c":2}"#, #"{"a":1,"b":2,"c":3}"#, #"{"z":1,"a":2}"#))
    #expect(table.columns == ["z", "a", "b", "c"])
  }

  @Test(arguments: [80, 40, 20, 5, 1]) func neverIsWiderThanTheTerminal(width: Int) throws {
    let wide = try rows(
      #"{"code":"F-1","name":"合肥合肥合肥合肥合肥合肥合肥","city":"Hefei","summary":"a very long text that goes on and on"}"#,
      #"{"code":"F-2","name":"B","city":"芜湖","summary":"短"}"#)
    #expect(Table(wide).drawing(width: width, colored: false).lines.allSatisfy { $0.cellWidth <= width })
  }

  @Test func disarmsWhatSteersATerminal() throws {
    let row = try rows(#"{"name":"a\u001b[2Jb\u202ec","x":"1\t2"}"#)
    #expect(Table(row).drawing(width: nil, colored: false).lines[2] == "a\u{FFFD}[2Jb\u{FFFD}c  1 2")
  }

  @Test func coloursTheHeaderOnly() throws {
    let lines = Table(try rows(#"{"a":1}"#)).drawing(width: nil, colored: true).lines
    #expect(lines == ["\u{1B}[1ma\u{1B}[0m", "\u{1B}[2m─\u{1B}[0m", "1"])
  }
}

@Suite struct CellWidthTests {
  @Test(arguments: [
    ("abc", 3), ("合肥", 4), ("é", 1), ("e\u{301}", 1), ("한국", 4), ("ｆｕｌｌ", 8), ("，", 2), ("👍🏽", 2), ("🇨🇳", 2),
    ("👩‍🔬", 2),
    ("…", 1), ("", 0), ("カタカナ", 8), ("ｶﾀ", 2),
  ]) func measures(text: String, width: Int) { #expect(text.cellWidth == width) }

  @Test(arguments: [
    ("合肥量子", 5, "合肥…"), ("合肥量子", 4, "合…"), ("abcdef", 3, "ab…"), ("abc", 3, "abc"), ("abc", 0, ""),
  ])
  func cuts(text: String, limit: Int, cut: String) {
    #expect(text.cut(toCells: limit) == cut)
    #expect(cut.cellWidth <= limit)
  }
}

@Suite struct CellTests {
  @Test(
    arguments: [
      (0, "0.0"), (49, "0.0"), (500, "0.1"), (873_456, "87.3"), (873_499, "87.3"), (873_500, "87.4"),
      (1_000_000, "100.0"), (-873_456, "-87.3"), (-1, "0.0"),
    ] as [(Int64, String)]) func roundsScores(millionths: Int64, text: String)
  {
    #expect(Cell.score(millionths) == text)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
    (Int64.min, "-9,223,372,036,854,775,808"),
  ])
  func groupsThousands(number: Int64, text: String) { #expect(Cell.grouped(number) == text) }

  @Test func drawsProgress() {
    #expect(
      ProgressBar.line(step: "score", done: 5_000, of: 20_000, elapsed: .seconds(2))
        == "score  ██████··················   25%  5,000 of 20,000  2,500/s  6 s left")
    #expect(
      ProgressBar.line(step: "load", done: 0, of: 10, elapsed: .zero)
        == "load  ························    0%  0 of 10")
    #expect(ProgressBar.line(step: "read", done: 12, of: nil, elapsed: .seconds(1)) == "read  12  12/s")
  }

  @Test(arguments: [
    (0.004, "0.00 s"), (1.234, "1.23 s"), (9.999, "10.0 s"), (59.0, "59.0 s"), (250, "4 min 10 s"),
    (7_500, "2 h 5 min"),
  ])
  func saysDurations(seconds: Double, text: String) { #expect(Duration.seconds(seconds).short == text) }
}
