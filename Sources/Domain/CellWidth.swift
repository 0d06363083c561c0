/// How much room text takes on a terminal, and text that is safe to show there.
extension StringProtocol {
  /// Cells that a terminal uses for the text: 2 for an ideograph or an emoji, 0 for a combining mark. The text
  /// is without control characters. Linear in its length.
  public var cellWidth: Int {
    if utf8.allSatisfy({ $0 < 128 }) { return utf8.count }
    return reduce(0) { $0 + $1.cellWidth }
  }

  /// The text cut to so many cells, the last of them `…` where something was left out.
  public func cut(toCells limit: Int) -> String {
    if cellWidth <= limit { return String(self) }
    var (kept, width) = ("", 0)
    for character in self {
      let more = character.cellWidth
      guard width + more <= limit - 1 else { break }
      kept.append(character)
      width += more
    }
    return limit > 0 ? kept + "…" : ""
  }

  /// The text without what could steer a terminal or turn the order of what follows: control characters
  /// and bidirectional overrides become U+FFFD. What comes out of the registry was typed by someone else.
  public var printable: String {
    guard unicodeScalars.contains(where: \.steersTerminal) else { return String(self) }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: unicodeScalars.map { $0.steersTerminal ? "\u{FFFD}" : $0 })
    return String(text)
  }
}

extension Unicode.Scalar {
  fileprivate var steersTerminal: Bool {
    switch value {
    case 9: false
    case 0..<32, 127..<160: true
    // Marks, embeddings, overrides and isolates of direction (Unicode Annex 9).
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Wide by Unicode Annex 11 (W and F): the blocks of East Asian scripts, and emoji.
  fileprivate var isWide: Bool {
    switch value {
    case 0..<0x1100: false
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x20000...0x3FFFD:
      true
    default: properties.isEmojiPresentation
    }
  }

  fileprivate var cellWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: 0
    case .format: value == 0xAD ? 1 : 0
    default: isWide ? 2 : 1
    }
  }
}

extension Character {
  /// A character of several scalars is an emoji sequence, drawn as one emoji, or letters with their marks.
  fileprivate var cellWidth: Int {
    let scalars = unicodeScalars
    guard scalars.count > 1 else { return scalars.first!.cellWidth }
    let isEmoji = scalars.contains {
      $0.value == 0xFE0F || $0.value == 0x200D || $0.properties.isEmojiPresentation
    }
    return isEmoji ? 2 : scalars.reduce(0) { $0 + $1.cellWidth }
  }
}
