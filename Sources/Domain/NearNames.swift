/// Finds firms that are probably there twice, by their names.
///
/// Two names are near when they are the same but for case, punctuation, marks on letters, full-width forms, plurals,
/// traditional characters, the form of the company and a city in front; or when one word of several letters differs by
/// one of them. In Chinese a single character makes another name, so there only the former counts; and where both
/// firms have Chinese names that differ, a letter in the other name is no reason to doubt them.
///
/// Linear in the number of names: near ones meet under a common hash, and only those are compared.
public struct NearNames {
  /// A firm as its names have it.
  public struct Named: Sendable {
    public var code: String
    public var name: String
    public var nameZh: String?

    public init(code: String, name: String, nameZh: String?) {
      self.code = code
      self.name = name
      self.nameZh = nameZh
    }
  }

  /// Two firms that are near.
  public struct Match: Sendable {
    /// The number, in order of ``add(_:)``, of the firm that was taken in.
    public var number: Int
    /// Which name of the firm that was looked for, and of the one that was found, are near.
    public var isChinese: Bool
    public var text: String
    public var foundText: String
  }

  /// A firm with its names taken apart.
  private struct Entry {
    var named: Named
    var texts: [NameText]

    init(_ named: Named) {
      self.named = named
      texts = [NameText(named.name)] + (named.nameZh.map { [NameText($0)] } ?? [])
    }

    func text(_ place: Int) -> String { place == 0 ? named.name : named.nameZh ?? "" }
  }

  private var entries: [Entry] = []
  /// Entries under a hash: the first link, then link by link.
  private var heads: [UInt64: Int32] = [:]
  private var links: [(entry: Int32, next: Int32)] = []

  /// - Parameter count: How many firms will be taken in, as far as is known.
  public init(expecting count: Int = 1) {
    entries.reserveCapacity(count)
    heads.reserveCapacity(count * 8)
    links.reserveCapacity(count * 10)
  }

  /// Takes a firm in, and gives the one taken in before that it is near to.
  public mutating func add(_ named: Named) -> Match? {
    let entry = Entry(named)
    let found = nearest(to: entry)
    let number = Int32(entries.count)
    entries.append(entry)
    for text in entry.texts {
      for hash in text.hashes {
        links.append((number, heads[hash] ?? -1))
        heads[hash] = Int32(links.count - 1)
      }
    }
    return found
  }

  /// Another firm among those taken in that this one is near to.
  public func near(to named: Named) -> Match? { heads.isEmpty ? nil : nearest(to: Entry(named)) }

  /// Under which hashes a firm looks for others: it can be near only to one taken in that ``hashes(of:)`` one of them.
  public static func probes(of named: Named) -> [UInt64] { Entry(named).texts.flatMap(\.probes) }

  /// Under which hashes a firm is found.
  public static func hashes(of named: Named) -> [UInt64] { Entry(named).texts.flatMap(\.hashes) }

  /// The firm of a number.
  public subscript(_ number: Int) -> Named { entries[number].named }

  private func nearest(to entry: Entry) -> Match? {
    for text in entry.texts {
      for hash in text.probes {
        var link = heads[hash] ?? -1
        while link >= 0 {
          let number = Int(links[Int(link)].entry)
          let other = entries[number]
          if other.named.code != entry.named.code, let (one, two) = Self.nearTexts(entry, other) {
            return Match(
              number: number, isChinese: one == 1, text: entry.text(one), foundText: other.text(two))
          }
          link = links[Int(link)].next
        }
      }
    }
    return nil
  }

  /// The places of the two names that are near; nil when none are.
  private static func nearTexts(_ left: Entry, _ right: Entry) -> (Int, Int)? {
    var differInChinese = false
    for (place, one) in left.texts.enumerated() {
      for (otherPlace, other) in right.texts.enumerated() where one.isChinese == other.isChinese {
        if one.isSame(as: other) { return (place, otherPlace) }
        differInChinese = differInChinese || one.isChinese
      }
    }
    guard !differInChinese else { return nil }
    for (place, one) in left.texts.enumerated() {
      for (otherPlace, other) in right.texts.enumerated() where one.isOneLetterOff(other) {
        return (place, otherPlace)
      }
    }
    return nil
  }
}

/// A name without what does not tell firms apart.
private struct NameText {
  let isChinese: Bool
  /// Of a name without ideographs: its words in plain lower-case letters and digits.
  private var words: [[UInt8]] = []
  /// Of a name with ideographs: all letters, digits and ideographs, simplified.
  private var characters: [UInt32] = []

  init(_ name: String) {
    // Ideographs are written in three octets or more, other letters with marks in two.
    isChinese = name.utf8.contains { $0 >= 0xE3 } && name.unicodeScalars.contains { Self.isIdeograph($0) }
    var word: [UInt8] = []
    for scalar in name.unicodeScalars {
      let value = scalar.value
      switch value {
      case 0x61...0x7A, 0x30...0x39: word.append(UInt8(value))
      case 0x41...0x5A: word.append(UInt8(value + 32))
      case 0..<128: close(&word)
      case 0x4E00...0x9FFF:
        close(&word)
        characters.append(UInt32(Self.simplified[Int(value - 0x4E00)]))
      case 0xFF10...0xFF19, 0xFF41...0xFF5A: word.append(UInt8(value - 0xFEE0))
      case 0xFF21...0xFF3A: word.append(UInt8(value - 0xFEC0))
      case 0x300...0x36F: continue
      case 0xC0...0x24F: word += Self.plain(scalar)
      default:
        close(&word)
        if scalar.properties.isAlphabetic { characters.append(value) }
      }
    }
    close(&word)
    if isChinese { dropForms() }
    if words.count > 2, Self.places.contains(Self.packed(words[0])) { words.removeFirst() }
  }

  private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4E00...0x9FFF: true
    case 0..<0x250, 0xFF00...0xFF5E: false
    default: scalar.properties.isAlphabetic
    }
  }

  private mutating func close(_ word: inout [UInt8]) {
    guard !word.isEmpty else { return }
    if isChinese {
      for byte in word { characters.append(UInt32(byte)) }
    } else if !Self.forms.contains(Self.packed(word)) {
      // Widgets and Widget are one.
      if word.count > 4, word.last == UInt8(ascii: "s") { word.removeLast() }
      words.append(word)
    }
    word.removeAll(keepingCapacity: true)
  }

  /// A short word in one number, which is quicker to look up: seven octets and the length.
  private static func packed(_ word: [UInt8]) -> UInt64 {
    var packed = UInt64(min(word.count, 255))
    for byte in word.prefix(7) { packed = packed << 8 | UInt64(byte) }
    return packed
  }

  /// `ü` as `u`: the letter that its name names.
  private static func plain(_ scalar: Unicode.Scalar) -> [UInt8] {
    switch scalar.value {
    case 0xDF: return Array("ss".utf8)
    case 0xC6, 0xE6: return Array("ae".utf8)
    case 0x152, 0x153: return Array("oe".utf8)
    default:
      guard let name = scalar.properties.name, let range = name.firstRange(of: " LETTER ") else { return [] }
      return Array(name[range.upperBound...].prefix { $0 != " " }.lowercased().utf8)
    }
  }

  private mutating func dropForms() {
    var goesOn = true
    while goesOn {
      goesOn = false
      for form in Self.chineseForms
      where characters.count > form.count && characters.suffix(form.count).elementsEqual(form) {
        characters.removeLast(form.count)
        goesOn = true
      }
    }
  }

  // MARK: Meeting

  /// Under what it is found.
  var hashes: [UInt64] {
    isChinese ? [hash(characters[...])] + (withoutPlace.map { [hash($0, 1)] } ?? []) : wordHashes
  }

  /// Under what it looks for others. Two names without their places are not compared: the same name in two cities is two
  /// firms.
  var probes: [UInt64] {
    guard isChinese else { return wordHashes }
    return [hash(characters[...]), hash(characters[...], 1)] + (withoutPlace.map { [hash($0)] } ?? [])
  }

  /// Without the two characters of a place, 市 or 省 behind them included, where enough is left.
  private var withoutPlace: ArraySlice<UInt32>? {
    guard characters.count >= 6 else { return nil }
    let rest = characters.dropFirst([0x5E02, 0x7701].contains(characters[2]) ? 3 : 2)
    return rest.count >= 4 ? rest : nil
  }

  private var wordHashes: [UInt64] {
    guard !words.isEmpty else { return [] }
    var found = [hash(words.joined())]
    for (index, word) in words.enumerated() where canDiffer(word) {
      var others = UInt64(index)
      for (place, other) in words.enumerated() where place != index { others = hash(other, others) }
      // The one letter is not both among the first two and among the last two.
      found.append(hash(word.prefix(2), others ^ 3))
      found.append(hash(word.suffix(2), others ^ 4))
    }
    return found
  }

  private func canDiffer(_ word: [UInt8]) -> Bool {
    word.count >= (words.count == 1 ? 7 : 5) && word.allSatisfy { $0 >= 0x61 }
  }

  /// FNV-1a by units.
  private func hash(_ units: some Sequence<some FixedWidthInteger>, _ seed: UInt64 = 0) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    for unit in units { hash = (hash ^ UInt64(truncatingIfNeeded: unit)) &* 0x100_0000_01b3 }
    return hash
  }

  // MARK: Comparing

  func isSame(as other: NameText) -> Bool {
    guard isChinese else { return !words.isEmpty && words.joined().elementsEqual(other.words.joined()) }
    return characters == other.characters || withoutPlace.map { $0 == other.characters[...] } ?? false
      || other.withoutPlace.map { $0 == characters[...] } ?? false
  }

  func isOneLetterOff(_ other: NameText) -> Bool {
    guard !isChinese, !other.isChinese, words.count == other.words.count else { return false }
    let different = words.indices.filter { words[$0] != other.words[$0] }
    guard different.count == 1, canDiffer(words[different[0]]), other.canDiffer(other.words[different[0]])
    else {
      return false
    }
    return Self.isOneEdit(words[different[0]], other.words[different[0]])
  }

  /// Whether one letter put in, left out or changed, or two that change places, make one word the other.
  private static func isOneEdit(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard abs(left.count - right.count) <= 1 else { return false }
    let start = zip(left, right).prefix { $0 == $1 }.count
    let (a, b) = (left[start...], right[start...])
    if a.count == b.count {
      return a.dropFirst().elementsEqual(b.dropFirst())
        || (a.count >= 2 && a.first == b.dropFirst().first && b.first == a.dropFirst().first
          && a.dropFirst(2).elementsEqual(b.dropFirst(2)))
    }
    return a.count > b.count ? a.dropFirst().elementsEqual(b) : b.dropFirst().elementsEqual(a)
  }

  // MARK: Words

  private static let forms = pack(
    "co company corp corporation inc llc ltd limited gmbh plc group holding holdings ag sa bv nv kg srl sarl pte pty se"
  )

  /// Cities and provinces that a name may lead with or not.
  private static let places = pack(
    "hefei anhui wuhu chuzhou bengbu shanghai beijing shenzhen suzhou nanjing hangzhou guangzhou wuhan chengdu xian "
      + "tianjin chongqing china")

  private static func pack(_ words: String) -> [UInt64] {
    words.split(separator: " ").map { packed(Array($0.utf8)) }
  }

  private static let chineseForms: [[UInt32]] = ["股份有限公司", "有限责任公司", "责任有限公司", "有限公司", "集团", "公司"].map {
    $0.unicodeScalars.map(\.value)
  }

  /// By character from U+4E00 on: itself, or the simplified one of a traditional one that names of firms are written with.
  private static let simplified: [UInt16] = {
    let pairs = """
      測测試试電电術术業业國国華华龍龙廣广東东車车機机動动導导體体風风飛飞馬马鳥鸟魚鱼門门開开關关長长張张陽阳陰阴陳陈陸陆雲云靈灵頭头題题顯显類类風风館馆
      驗验高高黃黄點点齊齐齒齿義义習习聯联聲声職职聖圣肅肃腦脑膠胶臨临興兴舊旧藝艺藥药蘇苏蘭兰衛卫術术裝装製制複复見见規规視视覺觉觀观計计訊讯設设許许證证訊讯
      詞词試试該该認认語语說说調调談谈論论諾诺謝谢識识譯译護护讀读變变貝贝財财貨货貿贸費费資资賀贺賓宾質质賽赛贏赢趙赵軌轨軍军軟软載载輕轻輛辆輝辉輪轮輸输轉转
      農农達达過过運运連连進进遠远適适選选還还邁迈醫医釋释鋁铝鋒锋鋼钢錄录錢钱鏈链鏡镜鐵铁鑫鑫鑽钻銀银銅铜鋰锂鎂镁鈦钛鈉钠節节純纯紅红級级紙纸納纳細细終终組组
      結结給给絡络統统絲丝經经綠绿維维網网綜综緯纬線线編编練练緻致縱纵總总績绩織织繼继續续纖纤養养驅驱驗验騰腾競竞筆笔築筑範范簡简糧粮環环瑪玛現现產产畫画異异
      當当發发盤盘盡尽監监礦矿確确碼码磚砖禮礼種种稱称積积穩稳穎颖窮穷權权樂乐樓楼標标樣样橋桥檢检歐欧歲岁歷历氣气漢汉滿满漸渐潔洁潤润澤泽濟济濱滨灣湾為为無无
      煙烟熱热燈灯營营爾尔犧牺獨独獎奖獲获態态愛爱慶庆應应懷怀戰战戲戏戶户據据擇择擊击擴扩攝摄數数斷断時时曆历會会書书東东條条棟栋極极構构槍枪樞枢億亿優优儀仪
      價价儲储兒儿兩两冊册凱凯劃划創创劑剂務务勝胜勞劳勢势區区協协單单衛卫廠厂歷历參参雙双員员問问啟启喬乔團团園园圖图圓圆塊块場场塵尘報报壓压壘垒壯壮處处備备
      復复夢梦夥伙奧奥學学孫孙實实審审寧宁寬宽寶宝將将專专尋寻對对導导層层屬属島岛崗岗嶺岭師师帶带幣币幫帮幹干庫库廳厅強强彈弹彙汇徑径後后從从術术徵征德德
      """.unicodeScalars.filter { (0x4E00...0x9FFF).contains($0.value) }.map { UInt16($0.value) }
    var table = (0x4E00...0x9FFF).map { UInt16($0) }
    for index in stride(from: 0, to: pairs.count - 1, by: 2) {
      table[Int(pairs[index]) - 0x4E00] = pairs[index + 1]
    }
    return table
  }()
}
