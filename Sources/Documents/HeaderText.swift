/// Words in a header of mail. What is not plain and short becomes encoded words (RFC 2047) a line each, of which none can
/// hold an octet that means something to whoever reads the header. Line ends and other control characters, which
/// programs that decode them might take for more than text, are blanks.
enum HeaderText {
  /// Octets of an encoded word. RFC 2047 allows 75 and 76 in a line, whose first may begin with the field's name.
  private static let wordLength = 62

  /// As the words of a subject.
  static func unstructured(_ text: String) -> String {
    let text = text.onOneLine
    return isPlain(text) ? text : encoded(text)
  }

  /// As the name before an address, in quotes where it is plain. Programs that know no quotes would see an address in
  /// a name that holds one.
  static func phrase(_ text: String) -> String {
    let text = text.onOneLine
    if text.isEmpty { return "" }
    return isPlain(text) && !text.contains(where: "\"\\<>@,;:".contains) ? "\"\(text)\"" : encoded(text)
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.count <= wordLength && text.utf8.allSatisfy { (32..<127).contains($0) } && !text.contains("=?")
      && text.first != " "
  }

  /// Encoding Q, which leaves letters and digits as they are. A word ends between two characters, never within one.
  private static func encoded(_ text: String) -> String {
    let (start, end) = ("=?UTF-8?Q?", "?=")
    var words: [String] = []
    var word = start
    for scalar in text.unicodeScalars {
      let next =
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": String(scalar)
        case " ": "_"
        default: String(scalar).utf8.map(QuotedPrintable.escape).joined()
        }
      if word.utf8.count + next.utf8.count + end.utf8.count > wordLength {
        words.append(word + end)
        word = start
      }
      word += next
    }
    return (words + [word + end]).joined(separator: "\n ")
  }
}

extension String {
  /// The text with a blank for each control character and line separator.
  var onOneLine: String {
    var text = UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: text.append(" ")
      default: text.append(scalar)
      }
    }
    return String(text)
  }
}
