/// A digest as plain text.
struct DigestText {
  /// Columns of a line; a Chinese character takes two.
  private static let width = 72

  private(set) var text = ""

  init(_ digest: Digest) {
    line("\(digest.greeting),")
    for section in digest.sections {
      text += "\n"
      line("\(section.title): \(section.count)")
      if let hint = section.hint { line(hint) }
      let indent = String(repeating: " ", count: (section.entries.map(\.mark.count).max() ?? 0) + 2)
      for entry in section.entries {
        text += "\n"
        let mark = entry.mark + indent.dropFirst(entry.mark.count)
        line(entry.title + (entry.code.map { " (\($0))" } ?? ""), mark, indent)
        for words in entry.lines + (entry.command.map { [$0] } ?? []) { line(words, indent, indent) }
      }
      if let more = section.more {
        text += "\n"
        line(more)
      }
    }
    for words in [digest.shift, digest.nothing].compactMap(\.self) {
      text += "\n"
      line(words)
    }
    text += "\n"
    for words in digest.ending { line(words) }
  }

  /// Adds words, in as many lines as they take.
  private mutating func line(_ words: String, _ first: String = "", _ indent: String = "") {
    var line = first
    var column = first.utf8.count
    var isEmpty = true
    func wraps(_ cells: Int) -> Bool { column + cells > Self.width && column > indent.utf8.count }
    func wrap() {
      text += line + "\n"
      line = indent
      column = indent.utf8.count
    }
    for word in words.onOneLine.split(separator: " ") {
      let cells = word.cells
      if !isEmpty {
        // What is longer than a line anyway, such as Chinese, goes on in this one.
        if wraps(1 + cells), cells < Self.width / 2 {
          wrap()
        } else {
          line += " "
          column += 1
        }
      }
      for character in word {
        let cells = String(character).cells
        if wraps(cells) { wrap() }
        line.append(character)
        column += cells
      }
      isEmpty = false
    }
    text += line + "\n"
  }
}

extension StringProtocol {
  /// Columns that it takes, near enough to fold lines by.
  fileprivate var cells: Int { unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 1 : 2) } }
}
