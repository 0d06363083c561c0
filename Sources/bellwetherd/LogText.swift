/// The text of a log line. Whatever a client sends and an error repeats, it stays on one line and in its own value.
enum LogText {
  /// `message key=value`, a value with blanks in quotes.
  static func line(_ message: String, _ values: [(key: String, value: String)]) -> String {
    escaped(message) + values.map { " \($0.key)=\(quoted(escaped($0.value)))" }.joined()
  }

  /// Without control characters, line separators and what turns the direction of the text behind it.
  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        let hex = String(scalar.value, radix: 16)
        result.append(
          contentsOf: (scalar.value < 256 ? "\\x" + (hex.count < 2 ? "0" : "") + hex : "\\u{\(hex)}")
            .unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// By scalars: a blank with a mark on it is one character, and not a blank.
  private static func quoted(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0 == "\"" || $0.properties.isWhitespace }) else {
      return text
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.unicodeScalars.map { $0 == "\"" ? "'" : $0 })
    return "\"\(result)\""
  }
}
