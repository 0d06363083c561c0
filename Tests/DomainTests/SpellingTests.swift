import Testing

@testable import Domain

/// What people write into sheets, and what it is read as.
@Suite struct SpellingTests {
  @Test(
    arguments: [
      ("5M", 5_000_000, nil), ("5000000", 5_000_000, nil), ("5,000,000", 5_000_000, nil),
      ("2.5b", 2_500_000_000, nil),
      ("5M CNY", 5_000_000, "CNY"), ("5m cny", 5_000_000, "CNY"), ("¥5,000,000", 5_000_000, "CNY"),
      ("￥500万", 5_000_000, "CNY"), ("500万元", 5_000_000, "CNY"), ("500 万元", 5_000_000, "CNY"),
      ("500万元人民币", 5_000_000, "CNY"), ("RMB 500万", 5_000_000, "CNY"), ("1.2亿美元", 120_000_000, "USD"),
      ("USD 500万元", 5_000_000, "USD"), ("$5M", 5_000_000, "USD"), ("US$5M", 5_000_000, "USD"),
      ("€2.5 million", 2_500_000, "EUR"), ("CNY5M", 5_000_000, "CNY"), ("5000000CNY", 5_000_000, "CNY"),
      ("5 mio", 5_000_000, nil), ("5 mio EUR", 5_000_000, "EUR"), ("2千万", 20_000_000, nil),
      ("3百万港币", 3_000_000, "HKD"),
    ] as [(String, Int64, String?)])
  func amountsAreRead(_ text: String, _ units: Int64, _ currency: String?) {
    #expect(Amount(text) == Amount(units: units, currency: currency))
  }

  /// However a list comes, what is stored of it is what its spelling says.
  @Test func namesOfListsAreTrimmed() throws {
    let regions = FieldType.names(4)
    let stored = try regions.read(items: [" Anhui", "", "\u{3000}江苏 ", "Anhui", " "])
    #expect(stored == .list(["Anhui", "江苏"]))
    #expect(try regions.read(stored.spelling) == stored)
  }

  @Test(arguments: [
    "", "much", "5X", "5,00", "1.2.3", "-5M", "¥5M USD", "5.5", "abc5", "5 M M", "CNY", "1000000000000001",
    "元", "5kM",
  ])
  func otherAmountsAreRefused(_ text: String) { #expect(Amount(text) == nil) }

  @Test(
    arguments: [
      ("2M-10M", 2_000_000, 10_000_000, nil), ("2M-", 2_000_000, nil, nil), ("-10M", nil, 10_000_000, nil),
      ("5M", 5_000_000, 5_000_000, nil), ("2M-10M CNY", 2_000_000, 10_000_000, "CNY"),
      ("2M- CNY", 2_000_000, nil, "CNY"), ("2M–10M", 2_000_000, 10_000_000, nil),
      ("2M～10M", 2_000_000, 10_000_000, nil),
      ("¥2M — ¥10M", 2_000_000, 10_000_000, "CNY"), ("2M+", 2_000_000, nil, nil),
      ("200万以上", 2_000_000, nil, nil),
      // The unit of the larger end is that of both, unless that cannot be.
      ("2-10M", 2_000_000, 10_000_000, nil), ("200-1000万元", 2_000_000, 10_000_000, "CNY"),
      ("0.5-2M", 500_000, 2_000_000, nil), ("0-10M", 0, 10_000_000, nil),
      ("500000-2M", 500_000, 2_000_000, nil),
      ("100-5k", 100, 5_000, nil), ("2000000-10000000", 2_000_000, 10_000_000, nil),
    ] as [(String, Int64?, Int64?, String?)])
  func rangesAreRead(_ text: String, _ min: Int64?, _ max: Int64?, _ currency: String?) {
    #expect(AmountRange(text) == AmountRange(min: min, max: max, currency: currency))
  }

  @Test(arguments: ["", "-", "10M-2M", "2M-10M-20M", "2M CNY-10M USD", "CNY", "a-b"])
  func otherRangesAreRefused(_ text: String) { #expect(AmountRange(text) == nil) }

  @Test(arguments: [
    "2020-01-05", "2020/1/5", "2020.1.5", "05.01.2020", "5.1.2020", "2020年1月5日", "2020-1-5", "20200105",
    "2020/1/5 0:00", "2020-01-05T00:00:00", "２０２０／１／５",
  ])
  func datesAreRead(_ text: String) throws {
    #expect(try FieldType.date.read(text) == .text("2020-01-05"))
  }

  @Test(arguments: ["1/5/2020", "2020-13-01", "30.02.2020", "2020", "2020-01", "yesterday", "2020/1/5 8:30"])
  func otherDatesAreRefused(_ text: String) {
    #expect(throws: FieldType.Rejection.self) { try FieldType.date.read(text) }
  }

  @Test(arguments: [
    ("天使轮", "angel"), ("种子轮", "seed"), ("A轮", "series_a"), ("Ａ轮", "series_a"), ("Pre-A轮", "seed"),
    ("B+轮", "series_b"),
    ("Series A", "series_a"), ("series-c", "series_c"), ("上市", "public"), ("Pre-IPO", "pre_ipo"),
    ("IPO", "public"),
    ("seed round", "seed"), ("成长期", "growth"),
  ])
  func stagesAreRead(_ text: String, _ stage: String) throws {
    #expect(try FieldType.choice(Stage.names).read(text) == .text(stage))
    #expect(try FieldType.choice(FieldTable.roundKinds).read("上市") == .text("ipo"))
    #expect(try FieldType.choices(Stage.names).read("种子轮/A轮、天使") == .list(["angel", "seed", "series_a"]))
  }

  @Test func everyOtherSpellingMeansAWord() {
    let words = Set(
      Noun.allCases.flatMap(\.fields).flatMap { field -> [String] in
        switch field.type {
        case .choice(let words), .choices(let words): words
        default: []
        }
      })
    for word in words { #expect(Spelling.word(word, of: Array(words)) == word) }
  }

  @Test func currenciesAreRead() throws {
    for (text, code) in [
      ("cny", "CNY"), ("人民币", "CNY"), ("RMB", "CNY"), ("美元", "USD"), ("￥", "CNY"), ("€", "EUR"),
    ] {
      #expect(try FieldType.currency.read(text) == .text(code))
    }
    #expect(throws: FieldType.Rejection.self) { try FieldType.currency.read("money") }
  }

  @Test func sectorsAreReadByName() throws {
    var names = SectorNames()
    names.add(code: "ai", names: ["Artificial intelligence", "人工智能"])
    names.add(code: "chips", names: ["Chips", "芯片"])
    names.add(code: "old_chips", names: ["Old chips", "芯片"])
    let list = FieldType.references(.sector, 8)
    #expect(try list.read("人工智能,chips", sectors: names) == .list(["ai", "chips"]))
    #expect(try list.read("AI；artificial  intelligence", sectors: names) == .list(["ai"]))
    // What is not known here may be known to the database.
    #expect(try list.read("new_one", sectors: names) == .list(["new_one"]))
    #expect(
      try FieldType.sectorWeights(9).read("人工智能：0.8", sectors: names)
        == .weights([.init(code: "ai", millionths: 800_000)]))
    #expect { try list.read("芯片", sectors: names) } throws: { "\($0)".contains("chips, old_chips") }
    #expect { try list.read("量子", sectors: names) } throws: {
      "\($0)".contains("nor is it the name of a sector")
    }
  }

  @Test(
    arguments: [
      ("万元", "万", "CNY", true), ("CNY", "", "CNY", false), ("M CNY", "m", "CNY", false),
      ("USD million", "m", "USD", false), ("亿", "亿", nil, false),
    ] as [(String, String, String?, Bool)])
  func unitsOfHeadersAreRead(_ text: String, _ scale: String, _ currency: String?, _ isLoose: Bool) throws {
    let unit = try #require(AmountUnit(text))
    #expect(unit.currency == currency && unit.isLoose == isLoose)
    let ending = currency.map { " \($0)" } ?? ""
    #expect(unit.applied(to: "500") == "500\(scale)\(ending)")
    #expect(unit.applied(to: "1,000.5 - 2000") == "1,000.5\(scale) - 2000\(scale)\(ending)")
  }

  @Test func aCellsOwnUnitGoesOverItsHeaders() throws {
    let unit = try #require(AmountUnit("万元"))
    #expect(unit.applied(to: "3M") == "3M CNY")
    #expect(
      unit.applied(to: "3M USD") == "3M USD" && unit.applied(to: "¥500") == "¥500万")
    #expect(AmountUnit("1-9") == nil && AmountUnit("English") == nil && AmountUnit("") == nil)
  }

  @Test(arguments: ["a\u{2028}b", "a\u{202E}b", "a\u{FEFF}b", "a\u{0085}b", "a\u{2069}b"])
  func invisibleCharactersAreRefused(_ text: String) {
    #expect(throws: FieldType.Rejection.self) { try FieldType.text(200).read(text) }
  }
}
