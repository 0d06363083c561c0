/// The rules for codes: a code names an object, is unique per noun and is ordered bytewise.
public enum Code {
  /// What a code may be, as a person reads it in an error.
  public static let rule = "a code is 1 to \(Limits.code) letters, digits and -_./:"

  /// Whether the text is a code: 1–160 octets of ASCII letters, digits and `-_./:`.
  public static func isValid(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= Limits.code && bytes.allSatisfy(isCodeByte)
  }

  /// Whether a code may have this octet.
  public static func isCodeByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "-")...UInt8(ascii: ":"),  // - . / 0…9 :
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Bytewise order, the order of codes everywhere (SQL: `COLLATE "C"`).
  public static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
