/// Keeps spreadsheets from running what a cell of CSV holds: text that would be a formula begins with an apostrophe, and an
/// import takes that apostrophe off again. One rule for every writer and for the reader.
///
/// A cell is guarded if, behind apostrophes and blanks, it begins with `=`, `+`, `-`, `@` or their wide forms, and is no plain
/// number. Text that begins with an apostrophe before such a sign gets one more, so that taking one off always gives back
/// what was written.
public enum FormulaGuard {
  private static let apostrophe: Unicode.Scalar = "'"

  /// The text as it is written into a cell.
  public static func guarded(_ text: String) -> String { isNeeded(text) ? "'" + text : text }

  /// The text that a cell stands for.
  public static func unguarded(_ cell: String) -> String {
    guard cell.unicodeScalars.first == apostrophe, isNeeded(cell) else { return cell }
    return String(cell.unicodeScalars.dropFirst())
  }

  /// Whether a cell with this text needs an apostrophe. Linear in the length of what stands before the first sign.
  public static func isNeeded(_ text: String) -> Bool {
    // Most texts begin with a letter or digit.
    guard let first = text.utf8.first, !isLetterOrDigit(first) else { return false }
    let rest = text.unicodeScalars.drop { $0 == apostrophe || isBlank($0) }
    guard let sign = rest.first, "=+-@＝＋－＠".unicodeScalars.contains(sign) else { return false }
    return text.unicodeScalars.first != rest.first || !isNumber(rest)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    // From E4 to E9 are Chinese characters.
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0xE4...0xE9: true
    default: false
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.value < 32
      || scalar.properties.generalCategory == .format
  }

  /// A sign, then digits with points, commas and a percent sign: nothing that a spreadsheet could compute to something else.
  private static func isNumber(_ text: Substring.UnicodeScalarView) -> Bool {
    guard text.first == "-" || text.first == "+" else { return false }
    let digits = text.dropFirst()
    return digits.contains { (48...57).contains($0.value) }
      && digits.allSatisfy { (48...57).contains($0.value) || $0 == "." || $0 == "," || $0 == "%" }
  }
}
