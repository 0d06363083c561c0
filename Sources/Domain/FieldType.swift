/// What a field may hold, and how its text is read.
public enum FieldType: Sendable, Hashable {
  /// Free text of at most so many characters, on one line.
  case text(Int)
  /// The code of an object of this noun.
  case reference(Noun)
  /// Codes of objects of this noun, at most so many.
  case references(Noun, Int)
  /// The code of an institute, firm or investor.
  case owner
  /// Sector codes with weights, `ai:0.8,chips:0.5`; a weight left out is 1.
  case sectorWeights(Int)
  /// One of these words.
  case choice([String])
  /// Some of these words.
  case choices([String])
  /// Codes of objects that need not exist, at most so many.
  case codes(Int)
  /// Free words (names of regions), at most so many.
  case names(Int)
  case integer(ClosedRange<Int64>)
  /// A number above 0 with at most six decimal places.
  case decimal
  case amount
  case amountRange
  case currency
  case date
  case flag
  case email
  case timeZone
  /// Steps of risk above tolerance that make a veto: 1 to 5; `yes` is 1 and `no` is 5.
  case vetoSteps

  /// What is wrong with a text, and what would be right: a sentence without the field's name.
  public struct Rejection: Error, Hashable {
    public var reason: String
    public init(_ reason: String) { self.reason = reason }
  }

  /// Reads a value from its text.
  /// - Parameter sectors: the sectors by name, where they are at hand; without them a sector is its code.
  /// - Throws: ``Rejection`` that says what would be right.
  public func read(_ text: String, sectors: SectorNames? = nil) throws(Rejection) -> FieldValue {
    if case .text(let limit) = self { return .text(try Self.plain(withoutBlankEnds(text), limit: limit)) }
    if case .names = self { return try read(items: Self.split(text)) }
    let text = withoutBlankEnds(Spelling.folded(text))
    switch self {
    case .reference(.sector): return .text(try Self.code(text, sectors))
    case .reference, .owner: return .text(try Self.code(text))
    case .choices: return try read(items: Self.split(text, withSlash: true))
    case .references, .codes, .sectorWeights: return try read(items: Self.split(text), sectors: sectors)
    case .choice(let words): return .text(try Self.word(text, of: words))
    case .integer(let range):
      guard let value = Int64(text), range.contains(value) else {
        throw Rejection(
          "\(quoted(text)) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return .integer(value)
    case .decimal: return .text(try Self.decimal(text))
    case .amount, .amountRange, .currency: return try readMoney(text)
    default: return try readWord(text)
    }
  }

  /// Reads a list from its items; a type that is no list takes exactly one item.
  public func read(items: [String], sectors: SectorNames? = nil) throws(Rejection) -> FieldValue {
    switch self {
    case .references(let noun, let limit):
      let sectors = noun == .sector ? sectors : nil
      return .list(
        try Self.distinct(items, limit: limit) { (item) throws(Rejection) in
          try Self.code(Spelling.folded(item), sectors)
        })
    case .codes(let limit):
      return .list(
        try Self.distinct(items, limit: limit) { (item) throws(Rejection) in
          try Self.code(Spelling.folded(item))
        })
    case .sectorWeights(let limit): return .weights(try Self.weights(items, limit: limit, sectors))
    case .choices(let words):
      let chosen = try Self.distinct(items, limit: words.count) { (item) throws(Rejection) in
        try Self.word(Spelling.folded(item), of: words)
      }
      return .list(words.filter(chosen.contains))
    case .names(let limit):
      return .list(
        try Self.distinct(items.map { trimmed($0) }.filter { !$0.isEmpty }, limit: limit) {
          (item) throws(Rejection) in
          guard !item.unicodeScalars.contains(where: Self.isSeparator) else {
            throw Rejection("\(quoted(item)) holds a separator of lists")
          }
          return try Self.plain(withoutBlankEnds(item), limit: Limits.name)
        })
    default:
      guard items.count == 1 else { throw Rejection("takes one value, not a list of \(items.count)") }
      return try read(items[0], sectors: sectors)
    }
  }

  private func readMoney(_ text: String) throws(Rejection) -> FieldValue {
    switch self {
    case .amount:
      guard let amount = Amount(text) else {
        throw Rejection("\(quoted(text)) is not an amount like 5M, 250k or 5000000, at most \(Limits.amount)")
      }
      return .amount(amount)
    case .amountRange:
      guard let range = AmountRange(text) else {
        throw Rejection("\(quoted(text)) is not a range like 2M-10M, 2M- or -10M, the smaller amount first")
      }
      return .range(range)
    default:
      guard let code = Currency.code(text) else {
        throw Rejection("\(quoted(text)) is not a currency code of three letters like CNY")
      }
      return .text(code)
    }
  }

  private func readWord(_ text: String) throws(Rejection) -> FieldValue {
    switch self {
    case .date:
      guard let day = Day(spelled: text) else {
        throw Rejection("\(quoted(text)) is not a date like 2026-11-23")
      }
      return .text(day.description)
    case .flag:
      guard let flag = Self.flag(text) else { throw Rejection("\(quoted(text)) is neither yes nor no") }
      return .flag(flag)
    case .email:
      if let problem = MailAddress.problem(of: text) {
        throw Rejection("\(quoted(text)) is not a mail address like name@example.org: \(problem)")
      }
      return .text(text)
    case .timeZone:
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      let isName = parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { Code.isValid(String(UnicodeScalar($0))) && $0 != 46 }
      }
      guard isName, text.utf8.count <= 64, text == "UTC" || parts.count >= 2 else {
        throw Rejection("\(quoted(text)) is not a time zone like Asia/Shanghai or UTC")
      }
      return .text(text)
    default:
      if let flag = Self.flag(text), Int64(text) == nil { return .integer(flag ? 1 : 5) }
      guard let steps = Int64(text), (1...5).contains(steps) else {
        throw Rejection(
          "\(quoted(text)) is not yes, no, or the steps above tolerance from which it is a veto, 1 to 5")
      }
      return .integer(steps)
    }
  }

  // MARK: Parts

  private static func plain(_ text: String, limit: Int) throws(Rejection) -> String {
    // Characters are counted as the database counts them, a letter and the mark on it as two.
    guard !text.isEmpty else { throw Rejection("is empty") }
    let count = text.unicodeScalars.count
    guard count <= limit else { throw Rejection("is \(count) characters long; at most \(limit)") }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<32, 0x7F...0x9F: throw Rejection("holds a control character")
      // Line separators, byte order marks, and what turns the order of the characters around it (Unicode Annex 9):
      // nobody sees them, and a list or a page that shows the name falls apart.
      case 0x2028, 0x2029, 0xFEFF, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
        throw Rejection("holds the invisible character U+\(String(scalar.value, radix: 16, uppercase: true))")
      default: continue
      }
    }
    return text
  }

  private static func code(_ text: String, _ sectors: SectorNames? = nil) throws(Rejection) -> String {
    if let known = try sectors?.code(of: text) { return known }
    guard Code.isValid(text) else {
      let other = sectors == nil ? "" : ", nor is it the name of a sector"
      throw Rejection("\(quoted(text)) is not a code: \(Code.rule)\(other)")
    }
    return text
  }

  private static func word(_ text: String, of words: [String]) throws(Rejection) -> String {
    guard let found = Spelling.word(text, of: words) else {
      let hint = NearestWord.hint(for: text, among: words)
      throw Rejection(
        "\(quoted(text)) is unknown\(hint.isEmpty ? ";" : hint) one of \(words.joined(separator: ", "))")
    }
    return found
  }

  /// The items of a list in text. `;` and `|` separate as well as `,`, for sheets whose cells cannot hold
  /// commas, and so do the Chinese separators; between words of a fixed set a slash does as well.
  private static func split(_ text: String, withSlash: Bool = false) -> [String] {
    // By scalars: an item may begin with a mark, which makes one character of it and the comma before.
    text.unicodeScalars.split { isSeparator($0) || (withSlash && $0 == "/") }.map { trimmed(String($0)) }
      .filter { !$0.isEmpty }
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ",", ";", "|", "，", "、", "；": true
    default: false
    }
  }

  /// The items, read each, none twice.
  private static func distinct(
    _ items: [String], limit: Int, _ read: (String) throws(Rejection) -> String
  ) throws(Rejection) -> [String] {
    var kept: [String] = []
    for item in items {
      let item = try read(item)
      guard !kept.contains(item) else { continue }
      // At once, since each item is looked for among those before it.
      guard kept.count < limit else { throw Rejection("names \(Set(items).count) items; at most \(limit)") }
      kept.append(item)
    }
    return kept
  }

  private static func weights(
    _ items: [String], limit: Int, _ sectors: SectorNames?
  ) throws(Rejection) -> [FieldValue.Weight] {
    var weights: [FieldValue.Weight] = []
    for item in items {
      let item = Spelling.folded(item)
      var (name, weight) = (item, 1_000_000)
      if let colon = item.lastIndex(of: ":") {
        name = trimmed(item[..<colon])
        guard let read = Decimal6.millionths(trimmed(item[item.index(after: colon)...])),
          (1...1_000_000).contains(read)
        else { throw Rejection("\(quoted(item)) has no weight above 0 and at most 1, like ai:0.8") }
        weight = read
      }
      name = try code(name, sectors)
      guard !weights.contains(where: { $0.code == name }) else { throw Rejection("names \(name) twice") }
      guard weights.count < limit else { throw Rejection("names \(items.count) sectors; at most \(limit)") }
      weights.append(.init(code: name, millionths: weight))
    }
    return sorted(weights)
  }

  /// Heaviest first, then by code.
  public static func sorted(_ weights: [FieldValue.Weight]) -> [FieldValue.Weight] {
    weights.sorted {
      $0.millionths != $1.millionths ? $0.millionths > $1.millionths : Code.precedes($0.code, $1.code)
    }
  }

  private static func decimal(_ text: String) throws(Rejection) -> String {
    guard let value = Decimal6.millionths(text), value > 0 else {
      throw Rejection("\(quoted(text)) is not a number above 0 with at most six decimal places, like 7.25")
    }
    return Decimal6.text(value)
  }

  static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "yes", "y", "true", "1", "是": true
    case "no", "n", "false", "0", "否": false
    default: nil
    }
  }
}

/// The text in quotes, cut to what an error line can bear.
func quoted(_ text: String) -> String { "\"\(shown(text))\"" }

/// The text cut to what an error line can bear. By scalars, since a character may have any number of marks.
public func shown(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard let end = scalars.index(scalars.startIndex, offsetBy: 60, limitedBy: scalars.endIndex),
    end < scalars.endIndex
  else { return text }
  return String(String.UnicodeScalarView(scalars.prefix(57))) + "…"
}

/// The text without what cannot be seen at its ends: blanks of every kind, and characters of no width. Sheets and pages leave
/// them behind names.
func withoutBlankEnds(_ text: String) -> String {
  let isBlank: (Unicode.Scalar) -> Bool = {
    // Control characters are refused by name; U+00AD is the soft hyphen.
    guard $0.value >= 32 else { return false }
    return $0.properties.isWhitespace && $0.value != 0x85 || $0.value == 0xAD || $0.value == 0x180E
      || $0.properties.generalCategory == .format
  }
  let scalars = text.unicodeScalars
  guard let first = scalars.first, let last = scalars.last, isBlank(first) || isBlank(last) else {
    return text
  }
  guard let start = scalars.firstIndex(where: { !isBlank($0) }),
    let end = scalars.lastIndex(where: { !isBlank($0) })
  else { return "" }
  return String(scalars[start...end])
}

/// The text without spaces and tabs at its ends.
func trimmed(_ text: some StringProtocol) -> String {
  let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\u{3000}" }
  guard let start = text.firstIndex(where: { !isSpace($0) }),
    let end = text.lastIndex(where: { !isSpace($0) })
  else { return "" }
  return String(text[start...end])
}
