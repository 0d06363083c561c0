import Domain

/// What the columns of a spreadsheet mean.
struct HeaderMap: Hashable {
  enum Column: Hashable {
    /// The code or a field of the noun, with the unit that the header names for its amounts.
    case field(String, AmountUnit? = nil)
    /// Left out on purpose.
    case skipped
    /// Without a header; its cells must be empty.
    case unnamed
  }

  private(set) var columns: [Column] = []
  /// Headers that mean nothing and were left out, as was asked for.
  private(set) var skippedUnknown: [String] = []

  /// Reads a header row.
  /// - Parameters:
  ///   - map: headers that mean a field by `--map`.
  ///   - skip: headers that are left out by `--skip`.
  ///   - skipsUnknown: whether headers that mean nothing are left out as well.
  /// - Throws: a failure that names every header that means nothing, with what it might have meant; two
  ///   headers that mean the same; a missing code.
  init(
    _ headers: [String], of noun: Noun, map: [(String, String)] = [], skip: [String] = [],
    skipsUnknown: Bool = false
  ) throws(Failure) {
    try Self.check(headers, noun, map: map, skip: skip)
    var unknown: [String] = []
    for header in headers {
      if header.isEmpty {
        columns.append(.unnamed)
      } else if skip.contains(where: { Self.isSame($0, header) }) {
        columns.append(.skipped)
      } else if let field = map.first(where: { Self.isSame($0.0, header) })?.1 {
        columns.append(.field(field, Self.remark(header).flatMap { Self.unit($0.inside, of: field, noun) }))
      } else if let column = Self.column(header, noun) {
        columns.append(column)
      } else {
        unknown.append(header)
        columns.append(skipsUnknown ? .skipped : .unnamed)
      }
    }
    guard unknown.isEmpty || skipsUnknown else { throw Self.unknown(unknown, noun) }
    skippedUnknown = unknown
    letCurrenciesDecide()
    try checkDoubles(headers)
    try checkKey(noun)
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    let (a, b) = (Field.loosened(left), Field.loosened(right))
    return a.isEmpty || b.isEmpty ? left == right : a == b
  }

  private static func check(
    _ headers: [String], _ noun: Noun, map: [(String, String)], skip: [String]
  ) throws(Failure) {
    let known = names(noun)
    for (header, field) in map where !known.contains(field) {
      throw .usage(
        "--map \(header)=\(field): \(noun.name) has no field \"\(field)\"; its fields are "
          + known.joined(separator: ", "))
    }
    for name in skip + map.map(\.0) where !headers.contains(where: { isSame($0, name) }) {
      throw .usage("the file has no column \"\(name)\"; its columns are \(headers.joined(separator: ", "))")
    }
  }

  private static func names(_ noun: Noun) -> [String] {
    (noun.hasCode ? ["code"] : []) + noun.fields.map(\.name)
  }

  /// What a header means: as it stands, or without a remark in parentheses that names a unit or says nothing.
  private static func column(_ header: String, _ noun: Noun) -> Column? {
    if let name = field(header, noun) { return .field(name) }
    guard let (base, inside) = remark(header), let name = field(base, noun) else { return nil }
    if let unit = unit(inside, of: name, noun) { return .field(name, unit) }
    let saysNothing =
      ["required", "optional", "必填", "选填", "可选"].contains(inside.lowercased())
      || !inside.unicodeScalars.contains(where: \.properties.isAlphabetic)
      || inside.lowercased() == Field.loosened(name)
    return saysNothing ? .field(name) : nil
  }

  /// `融资金额（万元）` in two.
  private static func remark(_ header: String) -> (base: String, inside: String)? {
    guard let last = header.last, last == ")" || last == "）",
      let open = header.lastIndex(where: { $0 == "(" || $0 == "（" }), open > header.startIndex
    else { return nil }
    return (String(header[..<open]), String(header[header.index(after: open)...].dropLast()))
  }

  private static func unit(_ text: String, of field: String, _ noun: Noun) -> AmountUnit? {
    guard [.amount, .amountRange].contains(noun.field(field)?.type) else { return nil }
    return AmountUnit(text)
  }

  /// The 元 of 万元 says little where a column of its own names the currency of each row.
  private mutating func letCurrenciesDecide() {
    guard columns.contains(where: { if case .field("currency", _) = $0 { true } else { false } }) else {
      return
    }
    columns = columns.map { column in
      guard case .field(let name, var unit?) = column, unit.isLoose else { return column }
      unit.currency = nil
      return .field(name, unit)
    }
  }

  /// The field that a header means: its own name first, then what spreadsheets call it.
  private static func field(_ header: String, _ noun: Noun) -> String? {
    let loose = Field.loosened(header)
    if let name = names(noun).first(where: { Field.loosened($0) == loose }) { return name }
    if noun.hasCode, codeAliases(noun).contains(where: { Field.loosened($0) == loose }) { return "code" }
    if let name = noun.fields.first(where: { $0.matches(header: header) })?.name { return name }
    // `企业编号` in a sheet of stakes.
    let named = noun.fields.first { field in
      guard case .reference(let target) = field.type else { return false }
      return endedWords(target).contains { Field.loosened($0) == loose }
    }
    if let named { return named.name }
    if noun.field("name") != nil, nameAliases(noun).contains(where: { Field.loosened($0) == loose }) {
      return "name"
    }
    return nil
  }

  /// What spreadsheets call an object of the noun, in English and Chinese.
  private static func words(_ noun: Noun) -> (english: [String], chinese: [String]) {
    switch noun {
    case .institute: (["institute", "institution"], ["研究院", "机构"])
    case .project: (["project"], ["项目"])
    case .firm: (["firm", "company", "enterprise", "startup"], ["企业", "公司"])
    case .investor: (["investor", "fund", "investment firm"], ["投资方", "投资机构", "投资人", "基金", "机构"])
    case .person: (["person", "contact"], ["人员", "联系人"])
    case .roadshow: (["roadshow", "event"], ["路演", "活动"])
    case .sector: (["sector"], ["行业", "领域"])
    case .programme: (["programme", "program"], ["专项", "计划"])
    case .stake: (["stake"], ["持股"])
    case .tranche: (["tranche"], ["批次"])
    case .scenario: (["scenario", "test ground"], ["场景"])
    case .pilot: (["pilot"], ["试点"])
    case .expert: (["expert"], ["专家"])
    case .review: (["review"], ["评审"])
    case .committee: (["committee"], ["委员会"])
    case .decision: (["decision"], ["决策", "决议"])
    case .holding, .round, .rate, .milestone, .juror, .criterion, .mark, .enrolment, .absence, .wish,
      .outcome:
      ([], [])
    }
  }

  /// What spreadsheets call the column of codes.
  private static func codeAliases(_ noun: Noun) -> [String] {
    ["id", "no", "number", "key", "uid"] + codeEndings + endedWords(noun)
  }

  private static let codeEndings = ["编号", "代码", "编码", "序号"]

  /// `firm code`, `企业编号` and the like.
  private static func endedWords(_ noun: Noun) -> [String] {
    let words = words(noun)
    return words.english.flatMap { ["\($0) code", "\($0) id", "\($0) no"] }
      + words.chinese.flatMap { word in codeEndings.map { word + $0 } }
  }

  /// What spreadsheets call the column of names.
  private static func nameAliases(_ noun: Noun) -> [String] {
    var aliases = noun == .person ? ["姓名"] : []
    let words = words(noun)
    for word in words.english { aliases += [word, "\(word) name", "name of \(word)", "name of the \(word)"] }
    for word in words.chinese { aliases += [word, word + "名称", word + "名", word + "全称"] }
    return aliases
  }

  private static func unknown(_ headers: [String], _ noun: Noun) -> Failure {
    let named = headers.map { header in
      let near = near(header, noun)
      return "\"\(header)\"" + (near.isEmpty ? "" : " (\(near.joined(separator: " or "))?)")
    }
    let plural = headers.count == 1 ? "this column means" : "these columns mean"
    let guess = headers.lazy.compactMap { header in near(header, noun).first.map { "\(header)=\($0)" } }.first
    return .data(
      "\(plural) nothing for \(noun.name): \(named.joined(separator: ", ")); leave them out with --skip "
        + "\"\(headers.joined(separator: ","))\" or --skip-unknown, or say what they mean with --map "
        + "\"\(guess ?? "\(headers[0])=\(noun.fields[0].name)")\" and the like; "
        + "the fields are \(names(noun).joined(separator: ", "))")
  }

  /// Fields whose name, or another name of theirs, is spelled almost like the header.
  private static func near(_ header: String, _ noun: Noun) -> [String] {
    let loose = Array(Field.loosened(header))
    guard loose.count >= 2 else { return [] }
    return names(noun).filter { name in
      let others = noun.field(name)?.aliases ?? codeAliases(noun)
      return ([name] + others).contains { other in
        let other = Array(Field.loosened(other))
        if min(loose.count, other.count) >= 4, loose.starts(with: other) || other.starts(with: loose) {
          return true
        }
        return distance(loose, other) <= max(1, min(loose.count, other.count) / 4)
          && abs(loose.count - other.count) <= 2 && other.count > 2
      }
    }
  }

  /// Edits that make one spelling the other: letters put in, left out, changed, or two that change places
  /// (optimal string alignment). Both are short.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var before = [Int](repeating: 0, count: right.count + 1)
    var row = Array(0...right.count)
    for i in left.indices {
      var next = [i + 1]
      for j in right.indices {
        var best = min(row[j + 1] + 1, next[j] + 1, row[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          best = min(best, before[j - 1] + 1)
        }
        next.append(best)
      }
      (before, row) = (row, next)
    }
    return row[right.count]
  }

  private func checkDoubles(_ headers: [String]) throws(Failure) {
    var first: [String: Int] = [:]
    for (index, column) in columns.enumerated() {
      guard case .field(let name, _) = column else { continue }
      if let other = first[name] {
        throw .data(
          "columns \(other + 1) (\(headers[other])) and \(index + 1) (\(headers[index])) both mean \(name); "
            + "leave one out with --skip or rename it with --map")
      }
      first[name] = index
    }
  }

  private func checkKey(_ noun: Noun) throws(Failure) {
    let missing = noun.key.filter { name in
      (name == "code" || noun.field(name)?.isRequired == true)
        && !columns.contains { if case .field(name, _) = $0 { true } else { false } }
    }
    guard let name = missing.first else { return }
    let hint = name == "code" ? " (code, id, no, 编号 and the like are known)" : ""
    throw .data(
      "no column holds the \(name) of the \(noun.name)\(hint); name one with --map \"HEADER=\(name)\"")
  }
}
