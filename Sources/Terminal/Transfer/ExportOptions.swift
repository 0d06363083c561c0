import Domain

/// What `export` is told.
struct ExportOptions {
  enum Form: String, CaseIterable { case csv, jsonl }

  /// Nil for `all`.
  var noun: Noun?
  var path: String
  /// The roadshow whose rows are meant; nil for those of all.
  var roadshow: String?
  var form: Form
  /// Whether an existing file is replaced.
  var isForced = false
  /// Whether CSV starts with a byte order mark, by which Excel knows UTF-8.
  var hasMark = false

  static let help = """
    usage: bellwether export NOUN|all FILE [--FLAG…]

    Writes every object in the form that import takes, so that importing it again changes nothing. The file
    appears whole or not at all. FILE - is standard output.

    NOUN is \(Noun.allCases.map(\.name).joined(separator: ", ")); all writes JSON lines, each with its noun,
    without \(Noun.sheets.map(\.name).joined(separator: ", ")), which are exported by name.

      --as csv|jsonl  the form; by the file's ending without it (.jsonl), else csv
      --roadshow CODE the rows of one roadshow, of a noun with that field
      --force         replace a file that is there
      --bom           start CSV with a byte order mark, for Excel

    A cell of CSV that a spreadsheet would run as a formula (= + - @) begins with an apostrophe, which
    import takes off again.

    """

  init(_ arguments: [String]) throws(Failure) {
    let given = try LocalArguments(arguments, valued: ["as", "roadshow"], plain: ["force", "bom"])
    guard given.words.count == 2 else {
      throw .usage("export takes a noun and a file (- is standard output): bellwether export firm firms.csv")
    }
    path = given.words[1]
    let word = given.words[0].lowercased()
    noun = Noun(rawValue: word)
    guard noun != nil || word == "all" else {
      let nouns = Noun.allCases.map(\.name).joined(separator: ", ")
      let hint = NearestWord.hint(for: given.words[0], among: Noun.allCases.map(\.name) + ["all"])
      throw .usage(
        "\"\(given.words[0])\" is nothing to export\(hint.isEmpty ? ";" : hint) one of \(nouns), all")
    }
    let isLines = [".jsonl", ".ndjson", ".json"].contains(where: path.lowercased().hasSuffix)
    form = isLines || noun == nil ? .jsonl : .csv
    if let text = given["as"] {
      guard let chosen = Form(rawValue: text) else {
        throw .usage("--as \"\(text)\" is unknown; csv or jsonl")
      }
      form = chosen
    }
    guard noun != nil || form == .jsonl else {
      throw .usage("all nouns do not fit one table; export all as jsonl, or one noun as csv")
    }
    roadshow = given["roadshow"]
    isForced = try given.flag("force")
    hasMark = try given.flag("bom")
  }
}
