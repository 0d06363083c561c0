import Domain
import Wire

/// What `import` is told.
struct ImportOptions {
  /// Nil for `all`: rows that name their noun, as `export all` writes them.
  var noun: Noun?
  var path: String
  var isPartial = false
  var isDryRun = false
  var clearsEmpty = false
  var encoding: String?
  /// The octet between cells; detected from the header without it.
  var delimiter: UInt8?
  var key: String?
  var map: [(header: String, field: String)] = []
  var skip: [String] = []
  var skipsUnknown = false

  static let help = """
    usage: bellwether import NOUN FILE [--FLAG…]

    Reads a spreadsheet (CSV) or JSON lines, adds new objects and changes known ones. All or nothing: one bad
    row and nothing is imported, and every bad row is named by its line. FILE - is standard input.

    NOUN is \(Noun.allCases.map(\.name).joined(separator: ", ")), or all for what "export all" wrote.

    A CSV file's first row names the fields; case, spaces and punctuation do not matter, and common other
    names are known, Chinese ones too (企业编号, 名称, 行业, 融资阶段 …). A header may name the unit of its amounts:
    融资金额（万元）, Ask (M CNY). Commas, semicolons and tabs between cells
    are told apart. An empty cell leaves the field as it is. UTF-8, UTF-16 with its mark, GB18030 (GBK)
    and Windows-1252 are told apart too.

      --partial             take the good rows and name the bad ones
      --dry-run             check all and change nothing
      --map "HEADER=FIELD,…"  what a column means
      --skip "HEADER,…"     columns to leave out
      --skip-unknown        leave out every column that means nothing here
      --clear-empty         an empty cell clears its field
      --encoding NAME       any encoding that iconv knows
      --delimiter D         , ; | or tab
      --key KEY             the import takes effect at most once under this key

    examples:
      bellwether import firm firms.csv --dry-run
      bellwether import investor 基金.csv --map "备注=summary" --skip "联系人,电话"
      zcat firms.csv.gz | bellwether import firm - --partial

    """

  init(_ arguments: [String]) throws(Failure) {
    let given = try LocalArguments(
      arguments, valued: ["encoding", "delimiter", "key", "map", "skip"],
      plain: ["partial", "dry-run", "clear-empty", "skip-unknown"])
    guard given.words.count == 2 else {
      throw .usage("import takes a noun and a file (- is standard input): bellwether import firm firms.csv")
    }
    path = given.words[1]
    if given.words[0].lowercased() != "all" {
      guard let known = Noun(rawValue: given.words[0].lowercased()) else {
        let nouns = Noun.allCases.map(\.name).joined(separator: ", ")
        let hint = NearestWord.hint(for: given.words[0], among: Noun.allCases.map(\.name) + ["all"])
        throw .usage(
          "\"\(given.words[0])\" is nothing to import\(hint.isEmpty ? ";" : hint) one of \(nouns), all")
      }
      noun = known
    }
    isPartial = try given.flag("partial")
    isDryRun = try given.flag("dry-run")
    clearsEmpty = try given.flag("clear-empty")
    encoding = given["encoding"]
    key = given["key"]
    if let text = given["delimiter"] { delimiter = try Self.delimiter(text) }
    for pair in Self.items(given["map"]) {
      guard let equals = pair.lastIndex(of: "=") else {
        throw .usage("--map \"\(pair)\" is not HEADER=FIELD")
      }
      map.append((String(pair[..<equals]), String(pair[pair.index(after: equals)...])))
    }
    skip = Self.items(given["skip"])
    skipsUnknown = try given.flag("skip-unknown")
  }

  private static func items(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { item in
      String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func delimiter(_ text: String) throws(Failure) -> UInt8 {
    switch text {
    case "tab", "\\t", "\t": return 9
    case ",", ";", "|": return text.utf8.first!
    default: throw .usage("--delimiter \"\(text)\" is unknown; one of , ; | tab")
    }
  }

  /// The request that a noun's rows follow.
  func request(_ noun: Noun) -> RequestLine {
    var named: [Attribute] = []
    if isPartial { named.append(Attribute("partial", "yes")) }
    if isDryRun { named.append(Attribute("dry_run", "yes")) }
    if let key { named.append(Attribute("key", self.noun == nil ? "\(key).\(noun.name)" : key)) }
    return RequestLine(positional: ["IMPORT", noun.name], named: named)
  }
}
